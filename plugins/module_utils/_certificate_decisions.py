# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""What has to be done for a certificate that is kept in a directory, from what there is of it."""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

from . import _expiry_alerts, _key_usages
from ._acme_issuers import is_acme
from ._certificate_requests import WantedCertificate
from ._chains import Chain
from ._kept_certificates import Kept, Pending, Request
from ._renewal import Reason, RenewalTime, reissue, renewal_time, restless
from ._x509 import Described, describe_csr

KEEP, RESUME, REQUEST = "keep", "resume", "request"


@dataclasses.dataclass(frozen=True)
class Decision:
    """What to do for one certificate, and why. ``renewal`` and ``alert`` are of the one that is kept.

    With ``KEEP``, ``pending`` is a request that an earlier run has begun, and that waits for a maintenance window.
    """

    wanted: WantedCertificate
    action: str
    reason: Reason
    kept: Kept | None = None
    pending: Pending | None = None
    renewal: RenewalTime | None = None
    alert: str | None = None
    warnings: tuple[str, ...] = ()


def decide(
    wanted: WantedCertificate, current: Kept | Reason, pending: Pending | None, now: datetime.datetime
) -> Decision:
    """Keep what is there, finish what an earlier run has begun, or request anew."""
    kept = current if isinstance(current, Kept) else None
    why = current if isinstance(current, Reason) else _reissue(wanted, current, now)
    renewal = renewal_time(wanted.state, kept.state, now) if kept else None
    waits = bool(renewal and renewal.planned <= now < renewal.next)
    if pending and (_was_installed(pending.request, kept) or not _fits(wanted, pending.request, now)):
        pending = None
    if pending and not why and pending.request.certificate_arn and not waits:
        why = Reason("Interrupted", "An earlier run has requested a certificate, and was interrupted.")
    return Decision(
        wanted,
        KEEP if not why else RESUME if pending else REQUEST,
        why or _stays(t.cast(RenewalTime, renewal), waits),
        kept,
        pending if why or waits else None,
        renewal,
        _alert(kept, renewal, now),
        tuple(f"{wanted.label}: {found}." for found in _warnings(wanted, kept, renewal, now)),
    )


def _stays(renewal: RenewalTime, waits: bool) -> Reason:
    due = "due, and waits for the maintenance window at" if waits else "will be due at"
    return Reason("Issued", f"It is valid and {due} {renewal.next.isoformat()}.")


def first_renewal(wanted: WantedCertificate, chain: Chain) -> datetime.datetime:
    """Of a certificate that has just come, of which its issuer has said nothing yet."""
    state = dataclasses.replace(wanted.state, suggested=None)
    return renewal_time(state, Kept(chain, chain.facts, None).state, chain.facts.not_before).planned


def _alert(kept: Kept | None, renewal: RenewalTime | None, now: datetime.datetime) -> str | None:
    if kept is None or renewal is None:
        return None
    return _expiry_alerts.alert(kept.facts.not_before, kept.facts.not_after, renewal.planned, now)


def _warnings(
    wanted: WantedCertificate, kept: Kept | None, renewal: RenewalTime | None, now: datetime.datetime
) -> t.Iterator[str]:
    """What is odd about when it is renewed."""
    lifetime = wanted.validity
    if is_acme(wanted.issuer):
        lifetime = kept.facts.not_after - kept.facts.not_before if kept else datetime.timedelta(0)
    if lifetime and (found := restless(lifetime, wanted.policy)):
        yield found
    if kept is None or renewal is None or now >= kept.facts.not_after:
        return
    if renewal.held_back(now):
        yield (
            f"it is due since {renewal.wished.isoformat()}, and too young for that, so it isn't renewed before "
            f"{renewal.grown_at.isoformat()}, unless with force: a loop would use up what its CA allows"
        )
    if renewal.outside:
        yield (
            f"no maintenance window is left before it expires at {kept.facts.not_after.isoformat()}, so it is renewed "
            f"outside of them, from {renewal.planned.isoformat()} on"
        )


def _reissue(wanted: WantedCertificate, kept: Kept, now: datetime.datetime) -> Reason | None:
    if wanted.public_key not in (None, kept.facts.public_key):
        return Reason("InvalidKeyPair", "The certificate isn't for the key of the CSR.")
    return reissue(wanted.state, kept.state, now)


def _was_installed(request: Request, kept: Kept | None) -> bool:
    """A run was interrupted after the new certificate was in place: what is left of its request is of no use."""
    return bool(kept and kept.request and kept.request.csr == request.csr)


def _fits(wanted: WantedCertificate, request: Request, now: datetime.datetime) -> bool:
    """Whether the request of an earlier run still asks for what is wanted, and its certificate wouldn't be due soon."""
    described = describe_csr(request.csr)
    same = (
        wanted.names == described.names
        and wanted.key_algorithm == described.key_algorithm
        and wanted.csr in (None, request.csr)
        and wanted.issuer == request.issuer
        and wanted.template == request.template
        and wanted.wanted_usages == (None if request.usages is None else frozenset(request.usages))
        and (wanted.not_after or _whole_seconds(request.requested_at + wanted.validity)) == request.not_after
    )
    return same and now < wanted.policy.renew_at(request.requested_at, request.not_after)


def new_request(wanted: WantedCertificate, csr: str, now: datetime.datetime) -> Request:
    return Request(
        csr=csr,
        issuer=wanted.issuer,
        requested_at=now,
        not_after=wanted.not_after or _whole_seconds(now + wanted.validity),
        usages=None if wanted.wanted_usages is None else tuple(sorted(wanted.wanted_usages)),
        template=wanted.template,
        certificate_arn=wanted.certificate_arn,
    )


def _whole_seconds(moment: datetime.datetime) -> datetime.datetime:
    return moment.replace(microsecond=0)


def mismatches(request: Request, certificate: Described) -> list[str]:
    """What isn't in a certificate as it was asked for."""
    asked = describe_csr(request.csr)
    found = []
    if certificate.public_key != asked.public_key:
        found.append("it is for another key")
    if not asked.names.satisfied_by(certificate.names):
        found.append(f"its names are {', '.join(certificate.names.alternative) or certificate.names.shown_subject}")
    if request.usages is not None and not _key_usages.match(request.usages, certificate.usages):
        found.append(f"its usages are {', '.join(sorted(certificate.usages)) or 'none'}")
    return found
