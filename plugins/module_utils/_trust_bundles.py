# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Roots that a host trusts: which files they are kept in, and what has to change."""

from __future__ import annotations

import dataclasses
import datetime
import re
import typing as t

from ._chains import split
from ._errors import InvalidInput
from ._x509 import Certificate, Unreadable, certificate_pem, describe_certificate, is_ca

_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")
_PEM_BODY = re.compile(r"-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----", re.DOTALL)
_FINGERPRINT_SHOWN = 16


@dataclasses.dataclass(frozen=True)
class Store:
    """A trust store: where roots are put, what makes it of them, and the file that programs read."""

    anchors: str
    command: tuple[str, ...]
    bundle: str


#: By the directory whose presence tells which one a host has: Debian and Alpine, RHEL and Fedora, SUSE.
STORES = (
    Store("/usr/local/share/ca-certificates", ("update-ca-certificates",), "/etc/ssl/certs/ca-certificates.crt"),
    Store(
        "/etc/pki/ca-trust/source/anchors",
        ("update-ca-trust", "extract"),
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    ),
    Store("/etc/pki/trust/anchors", ("update-ca-certificates",), "/var/lib/ca-certificates/ca-bundle.pem"),
)


@dataclasses.dataclass(frozen=True)
class Root:
    pem: str
    subject: str
    fingerprint: str
    not_after: datetime.datetime

    def file_name(self, name: str) -> str:
        """Debian's tools take no other ending."""
        return f"{name}-{self.fingerprint[:_FINGERPRINT_SHOWN]}.crt"


def roots(texts: t.Sequence[str]) -> list[Root]:
    """The CA certificates in these texts, each once. Raises InvalidInput."""
    found: dict[str, Root] = {}
    faults = []
    for position, text in enumerate(texts):
        try:
            certificates = split(text)
        except Unreadable as error:
            faults.append(f"certificates[{position}]: {error.message}")
            continue
        if not certificates:
            faults.append(f"certificates[{position}]: there is no certificate in PEM in it")
        for each in certificates:
            root = _root(each)
            found[root.fingerprint] = root
            if not is_ca(each):
                faults.append(f"certificates[{position}]: {root.subject} isn't the certificate of a CA")
    if faults:
        raise InvalidInput(faults)
    return list(found.values())


def _root(certificate: Certificate) -> Root:
    facts = describe_certificate(certificate)
    subject = certificate.subject.rfc4514_string()
    return Root(certificate_pem(certificate), subject, facts.fingerprint, facts.not_after)


def check_name(name: str) -> None:
    """Raises InvalidInput."""
    if not _NAME.match(name):
        raise InvalidInput([f"name {name!r} is part of file names: letters, digits, '.', '_' and '-'"])


def is_ours(file_name: str, name: str) -> bool:
    return bool(re.fullmatch(rf"{re.escape(name)}-[0-9a-f]{{{_FINGERPRINT_SHOWN}}}\.crt", file_name))


def bundle(wanted: t.Iterable[Root]) -> str:
    """All of them in one text, the one that ends last first, so that the order doesn't depend on the options'."""
    ordered = sorted(wanted, key=lambda root: (-root.not_after.timestamp(), root.fingerprint))
    return "".join(f"# {root.subject}\n{root.pem}" for root in ordered)


def bodies(text: str) -> set[str]:
    """The certificates of a bundle, for comparison."""
    return {"".join(body.split()) for body in _PEM_BODY.findall(text)}


def expired(wanted: t.Iterable[Root], now: datetime.datetime) -> list[str]:
    return [f"{root.subject} expired at {root.not_after.isoformat()}" for root in wanted if root.not_after <= now]
