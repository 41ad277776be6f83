# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Certificate revocation lists of a CA and those above it: read, verified, compared with what was there before.

A CA sends one list for each CA of its chain, and nothing says in which order.
"""

from __future__ import annotations

import dataclasses
import datetime
import re
import typing as t

try:
    from cryptography import exceptions as crypto_exceptions
    from cryptography import x509
except ImportError:
    pass  # _x509.require_cryptography says what is missing.

from .._x509 import Certificate, Unreadable

_PEM_BLOCK = re.compile(r"-----BEGIN X509 CRL-----.*?-----END X509 CRL-----", re.DOTALL)


@dataclasses.dataclass(frozen=True)
class Crl:
    """``number`` is None in a list of version 1, ``next_update`` where the CA promises none."""

    issuer: str
    number: int | None
    last_update: datetime.datetime
    next_update: datetime.datetime | None
    revoked: int
    content: t.Any = dataclasses.field(repr=False, compare=False)


def read(text: str) -> list[Crl]:
    """Raises Unreadable, also where there is none."""
    blocks = _PEM_BLOCK.findall(text)
    if not blocks:
        raise Unreadable("there is no certificate revocation list in PEM")
    return [_read(block) for block in blocks]


def _read(block: str) -> Crl:
    try:
        content = x509.load_pem_x509_crl(block.encode("ascii"))
        return Crl(
            issuer=content.issuer.rfc4514_string(),
            number=_number(content),
            last_update=t.cast(datetime.datetime, _moment(content, "last_update")),
            next_update=_moment(content, "next_update"),
            revoked=len(content),
            content=content,
        )
    except (ValueError, crypto_exceptions.UnsupportedAlgorithm) as error:
        raise Unreadable(f"this isn't a certificate revocation list in PEM: {error}") from error


def _number(content: t.Any) -> int | None:
    try:
        return int(content.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number)
    except x509.ExtensionNotFound:
        return None


def _moment(content: t.Any, attribute: str) -> datetime.datetime | None:
    """The attributes that know their zone are new in cryptography 42."""
    if hasattr(content, f"{attribute}_utc"):
        return t.cast("datetime.datetime | None", getattr(content, f"{attribute}_utc"))
    found = getattr(content, attribute)
    return found.replace(tzinfo=datetime.timezone.utc) if found else None


def problems(crls: t.Sequence[Crl], bundle: t.Sequence[Certificate], where: str = "in ca_path") -> list[str]:
    """Why the lists can't be trusted; ``where`` the bundle is from."""
    found = []
    for crl in crls:
        issuers = [each for each in bundle if each.subject.rfc4514_string() == crl.issuer]
        if not issuers:
            found.append(f"the list of {crl.issuer} comes from none of the CAs {where}")
        elif not any(_signed_by(crl, issuer) for issuer in issuers):
            found.append(f"the list of {crl.issuer} isn't signed by it")
    return found


def endings(crls: t.Iterable[Crl], now: datetime.datetime, within: datetime.timedelta) -> list[str]:
    """Which lists have ended or soon will, each with a sentence on it."""
    found = []
    for crl in crls:
        if crl.next_update is None or now + within < crl.next_update:
            continue
        verb = "has expired" if crl.next_update <= now else "expires"
        found.append(
            f"The revocation list of {crl.issuer} {verb} at {crl.next_update.isoformat()}, and nothing is trusted "
            "without "
            "it then. Puppet Server renews its own list when something is revoked, and never that of a CA above it: "
            "upload a "
            "new one there (PUT certificate_revocation_list)."
        )
    return found


def _signed_by(crl: Crl, issuer: Certificate) -> bool:
    try:
        return bool(crl.content.is_signature_valid(issuer.public_key()))
    except (TypeError, crypto_exceptions.UnsupportedAlgorithm):
        return False


def regressions(new: t.Sequence[Crl], old: t.Sequence[Crl]) -> list[str]:
    """What the new lists have less than the old ones. Whoever can replay an old answer could bring back what was "
    "revoked."""
    found = []
    for before in old:
        after = [each for each in new if each.issuer == before.issuer]
        if not after:
            found.append(f"the new lists have none of {before.issuer}, and the present ones have")
        elif before.number is not None and max(each.number or 0 for each in after) < before.number:
            numbers = max(each.number or 0 for each in after)
            found.append(f"the new list of {before.issuer} has number {numbers}, and the present one {before.number}")
    return found


def revokes(crls: t.Iterable[Crl], certificate: Certificate) -> bool:
    """Whether the issuer has revoked it."""
    return lists_serial(crls, certificate.issuer.rfc4514_string(), certificate.serial_number)


def lists_serial(crls: t.Iterable[Crl], issuer: str, serial: int) -> bool:
    found = [each for each in crls if each.issuer == issuer]
    return any(each.content.get_revoked_certificate_by_serial_number(serial) is not None for each in found)


def first_end(crls: t.Iterable[Crl]) -> datetime.datetime | None:
    """The earliest next update."""
    return min((each.next_update for each in crls if each.next_update), default=None)


def shown(crl: Crl) -> dict[str, t.Any]:
    return {
        "issuer": crl.issuer,
        "number": crl.number,
        "last_update": crl.last_update.isoformat(),
        "next_update": crl.next_update.isoformat() if crl.next_update else None,
        "revoked_certificates": crl.revoked,
    }
