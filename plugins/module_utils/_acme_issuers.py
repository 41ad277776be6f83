# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""ACME CAs by name, and what their certificates are good for."""

from __future__ import annotations

import dataclasses
import typing as t
import urllib.parse

from ._development_issuers import DEVELOPMENT_ISSUERS
from ._errors import InvalidInput

#: https://letsencrypt.org/docs/acme-protocol-updates/ and https://letsencrypt.org/docs/staging-environment/
_DIRECTORIES = {
    "letsencrypt": "https://acme-v02.api.letsencrypt.org/directory",
    "letsencrypt_staging": "https://acme-staging-v02.api.letsencrypt.org/directory",
}
_NAMES = {url: name for name, url in _DIRECTORIES.items()}
#: Let's Encrypt for all but a few; what CAA records name it by.
_CAA_NAMES = dict.fromkeys(_DIRECTORIES, "letsencrypt")


@dataclasses.dataclass(frozen=True)
class Issuer:
    """``directory`` is empty where no CA is asked. ``trusted``: whether clients trust it; None where nobody knows."""

    name: str
    directory: str
    trusted: bool | None

    @property
    def key(self) -> str:
        """What the issuer is called beside a kept certificate: another one is a reason to replace it."""
        return self.directory or self.name

    @property
    def preflight(self) -> str | None:
        """What dns_preflight_info knows it by."""
        return _CAA_NAMES.get(self.name)


def issuer(text: str) -> Issuer:
    """By its name, or by the URL of its directory. Raises InvalidInput."""
    text = text.strip()
    if text in DEVELOPMENT_ISSUERS:
        return Issuer(text, "", False)
    if text in _DIRECTORIES:
        return Issuer(text, _DIRECTORIES[text], text == "letsencrypt")
    if text in _NAMES:
        return issuer(_NAMES[text])
    parts = urllib.parse.urlsplit(text)
    if parts.scheme != "https" or not parts.hostname:
        known = ", ".join((*_DIRECTORIES, *DEVELOPMENT_ISSUERS))
        raise InvalidInput([f"the issuer {text!r} is neither one of {known} nor an https URL of an ACME directory"])
    return Issuer(text, text, None)


def is_acme(key: str | None) -> bool:
    """Whether it is an ACME CA, from what the issuer is called beside a kept certificate."""
    return (key or "").startswith("https://")


def is_public(key: str | None) -> bool:
    """Whether its certificates are known to keep to the CA/Browser Forum's rules."""
    return key in _NAMES


def production_faults(wanted: Issuer, entries: t.Iterable[tuple[str, bool]]) -> list[str]:
    """Of certificates that are for production, ``(name, production)``: none may come from an issuer nobody trusts."""
    if wanted.trusted is not False:
        return []
    return [
        f"{name}: it is marked production, and no client trusts certificates of {wanted.name}: choose another issuer"
        for name, production in entries
        if production
    ]


def downgrade(name: str, kept_issuer: str | None, wanted: Issuer) -> str | None:
    """Why a kept certificate isn't replaced by one of the wanted issuer, unless that is forced."""
    if not kept_issuer or wanted.trusted is not False:
        return None
    try:
        kept = issuer(kept_issuer)
    except InvalidInput:
        return None
    if kept.trusted is False:
        return None
    return f"{name}: a certificate of {kept.name} isn't replaced by one of {wanted.name}, which no client trusts"
