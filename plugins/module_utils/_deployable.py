# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""A certificate with its key, as it goes from where it is kept to whatever serves it."""

from __future__ import annotations

import dataclasses
import datetime
import json
import os
import typing as t

from . import _files
from ._chains import BrokenChain, Chain, order
from ._development_issuers import refusal
from ._errors import InvalidInput, TlsopsError
from ._files import file_errors
from ._kept_certificates import FULL_CHAIN, KEY, ROOT
from ._x509 import CertificateFacts, Unreadable, describe_key, is_self_signed, load_certificate

#: How a module is given one: kept in a directory, or as texts.
SOURCE_ARGUMENTS: dict[str, t.Any] = {
    "directory": {"type": "path"},
    "private_key": {"type": "str", "no_log": True},
    "certificate": {"type": "str"},
    "chain": {"type": "str"},
    "root": {"type": "str"},
}


class NothingKept(TlsopsError):
    """There is no certificate in a directory, or not all of it."""


@dataclasses.dataclass(frozen=True)
class Deployable:
    """``issuer`` is whom the certificate was requested from, if that is known."""

    chain: Chain
    key: str = dataclasses.field(repr=False)
    issuer: str | None = None

    @property
    def certificates(self) -> list[str]:
        """All of the chain, the leaf first, the root last."""
        rest = [self.chain.root] if self.chain.root and self.chain.root != self.chain.leaf else []
        return [self.chain.leaf, *self.chain.intermediates, *rest]

    @property
    def refusal(self) -> str | None:
        """Why no target marked production may have it."""
        loaded = [load_certificate(pem) for pem in self.certificates]
        names = [name.rfc4514_string() for each in loaded for name in (each.subject, each.issuer)]
        return refusal(self.issuer, names, is_self_signed(loaded[0]))

    def summary(self) -> dict[str, t.Any]:
        """What every record of a deployment says of it."""
        facts = self.chain.facts
        return {
            "subject_alternative_names": list(facts.names.alternative),
            "serial_number": facts.serial,
            "fingerprint": facts.fingerprint,
            "not_before": _iso(facts.not_before),
            "not_after": _iso(facts.not_after),
        }


NOTHING: dict[str, t.Any] = {
    "subject_alternative_names": [],
    **dict.fromkeys(("serial_number", "fingerprint", "not_before", "not_after")),
}


def shown(facts: CertificateFacts) -> dict[str, t.Any]:
    """A certificate in a diff."""
    return {
        "subject_alternative_names": list(facts.names.alternative),
        "fingerprint": facts.fingerprint,
        "not_after": _iso(facts.not_after),
    }


def from_options(entry: t.Mapping[str, t.Any]) -> Deployable:
    """Raises InvalidInput."""
    texts = [entry.get(name) or "" for name in ("certificate", "chain", "root")]
    given = bool(any(texts) or entry.get("private_key"))
    if bool(entry.get("directory")) == given:
        raise InvalidInput(["give either directory, or private_key and certificate"])
    try:
        if entry.get("directory"):
            return read(entry["directory"])
        return put_together("\n".join(texts), entry.get("private_key") or "")
    except TlsopsError as error:
        raise InvalidInput([error.message]) from error


def read(directory: str) -> Deployable:
    """From a directory of this collection, or of another client that uses the same names. Raises TlsopsError.

    All files are read from where the link ``current`` leads at one moment, so they belong together.
    """
    if not os.path.isabs(directory):
        raise InvalidInput([f"directory {directory!r} isn't an absolute path"])
    with file_errors():
        current = os.path.join(directory, "current")
        place = os.path.realpath(current) if os.path.islink(current) else directory
        texts = {name: _files.read_text(os.path.join(place, name)) for name in (FULL_CHAIN, KEY, ROOT)}
        record = _files.read_text(os.path.join(place, "request.json"))
    missing = [name for name in (FULL_CHAIN, KEY) if not texts[name]]
    if missing:
        raise NothingKept(f"there is no certificate in {directory}: {' and '.join(missing)} missing")
    try:
        found = put_together(f"{texts[FULL_CHAIN]}\n{texts[ROOT] or ''}", str(texts[KEY]))
    except TlsopsError as error:
        raise TlsopsError(f"{directory}: {error.message}") from error
    return dataclasses.replace(found, issuer=_issuer(record))


def put_together(certificates: str, key: str) -> Deployable:
    """Raises TlsopsError where they don't belong together."""
    try:
        chain = order(certificates)
        dummy, public_key = describe_key(key)
    except (BrokenChain, Unreadable) as error:
        raise TlsopsError(error.message) from error
    if public_key != chain.facts.public_key:
        raise TlsopsError("the private key isn't the one of the certificate")
    return Deployable(chain, key)


def _issuer(record: str | None) -> str | None:
    try:
        found = json.loads(record or "")["issuer"]
    except (ValueError, KeyError, TypeError):
        return None
    return str(found) if found else None


def _iso(moment: datetime.datetime) -> str:
    return moment.astimezone(datetime.timezone.utc).isoformat()
