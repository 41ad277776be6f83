# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""What a CA has, name by name, and what is odd about it."""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

from .._x509 import Certificate, describe_certificate, is_self_signed, weakness
from . import ca_plan, crl
from .ca_plan import Found
from .crl import Crl
from .csr import ARC, AUTHORIZATION_ARC, short_name


@dataclasses.dataclass(frozen=True)
class Oddity:
    """``check`` is a word for programs; ``certname`` is None where it is about the CA itself."""

    check: str
    message: str
    certname: str | None = None


def oddities(
    found: t.Sequence[Found],
    bundle: t.Sequence[Certificate],
    crls: t.Sequence[Crl],
    now: datetime.datetime,
    within: datetime.timedelta,
) -> list[Oddity]:
    """Those of the CA first: they are about everybody."""
    own = [Oddity("crl_expiring", message) for message in crl.endings(crls, now, within)]
    for certificate in bundle:
        ends, name = describe_certificate(certificate).not_after, certificate.subject.rfc4514_string()
        if ends <= now + within:
            message = f"The CA certificate {name} ends at {ends.isoformat()}, and with it all that are below it."
            own.append(Oddity("ca_expiring", message))
    own += [
        Oddity("crl_untrusted", f"The revocation lists can't be trusted: {each}.")
        for each in crl.problems(crls, bundle)
    ]
    return [*own, *(oddity for each in found for oddity in _of_name(each, crls, now, within))]


def _of_name(found: Found, crls: t.Sequence[Crl], now: datetime.datetime, within: datetime.timedelta) -> list[Oddity]:
    if found.state == ca_plan.REQUESTED:
        return [
            Oddity(check, f"The request of {found.certname} {why}.", found.certname)
            for check, why in _of_request(found)
        ]
    if found.facts is None:
        return []
    name, ends = found.certname, found.facts.not_after
    listed = crl.lists_serial(crls, found.facts.issuer, int(found.facts.serial, 16))
    odd = []
    if found.state == ca_plan.REVOKED and not listed:
        message = (
            f"The certificate of {name} counts as revoked, but the revocation list doesn't have it: revoke it again."
        )
        odd.append(Oddity("revoked_not_listed", message, name))
    elif found.state == ca_plan.REVOKED:
        message = (
            f"The certificate of {name} is revoked, and still blocks the name: clean it, so that it can be used again."
        )
        odd.append(Oddity("revoked_present", message, name))
    elif listed:
        message = f"The certificate of {name} counts as signed, but is in the revocation list: nobody accepts it."
        odd.append(Oddity("listed_not_revoked", message, name))
    if found.state == ca_plan.IS_SIGNED and ends <= now:
        message = f"The certificate of {name} expired at {ends.isoformat()}, and blocks the name: clean it."
        odd.append(Oddity("expired_present", message, name))
    elif found.state == ca_plan.IS_SIGNED and ends <= now + within:
        odd.append(Oddity("expiring", f"The certificate of {name} ends at {ends.isoformat()}.", name))
    return odd


def _of_request(found: Found) -> list[tuple[str, str]]:
    """What a person should look at before it is signed."""
    asked = found.asked
    if asked is None:
        return [("request_unreadable", found.unreadable)]
    odd = []
    if asked.common_name != found.certname:
        odd.append(("request_other_name", f"is for {asked.common_name or 'no name'}"))
    if weak := weakness(asked.key_algorithm):
        odd.append(("request_weak_key", f"has a key that isn't good enough ({weak})"))
    names = [name for name in asked.names.alternative if name != f"DNS:{found.certname}"]
    if names:
        odd.append(("request_alt_names", f"has the alternative names {', '.join(names)}"))
    extensions = [short_name(oid) for oid in asked.extensions if oid.startswith(f"{AUTHORIZATION_ARC}.")]
    if extensions:
        odd.append(("request_authorization", f"has the authorization extensions {', '.join(extensions)}"))
    return odd


def as_entry(found: Found) -> dict[str, t.Any]:
    asked, facts = found.asked, found.facts
    return {
        "certname": found.certname,
        "state": found.state,
        "public_key_fingerprint": asked.public_key if asked else None,
        "fingerprint": asked.fingerprint if asked else None,
        "key_algorithm": asked.key_algorithm if asked else None,
        "subject_alternative_names": sorted(set(asked.names.alternative)) if asked else [],
        "extensions": _puppet_extensions(asked.extensions) if asked else {},
        "serial_number": facts.serial if facts else None,
        "not_before": facts.not_before.isoformat() if facts else None,
        "not_after": facts.not_after.isoformat() if facts else None,
    }


def _puppet_extensions(extensions: t.Mapping[str, str]) -> dict[str, str]:
    return {short_name(oid): value for oid, value in extensions.items() if oid.startswith(f"{ARC}.")}


def as_ca(certificate: Certificate) -> dict[str, t.Any]:
    facts = describe_certificate(certificate)
    return {
        "subject": certificate.subject.rfc4514_string(),
        "issuer": facts.issuer,
        "root": is_self_signed(certificate),
        "fingerprint": facts.fingerprint,
        "key_algorithm": facts.key_algorithm,
        "not_before": facts.not_before.isoformat(),
        "not_after": facts.not_after.isoformat(),
    }
