# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Waiting until certificates are issued: one listing tells about a thousand of them."""

from __future__ import annotations

import dataclasses
import random
import typing as t

from .._aws import acm
from .._aws.access import Access
from .._certificates import NOT_FOUND, Certificate
from .._pace import Deadline, intervals
from .._threads import gather

_GROWTH = 1.15
_JITTER = 0.2
#: Up to so many pending certificates of a Region are described, which tells what each waits for; more are listed.
_DESCRIBED_AT_MOST = 3
_UNKNOWN_FOR_AT_MOST = 60.0  # seconds that ACM may not know a certificate after its request
_EXPLAINED_AT_MOST = 10  # of those that are still pending when the time is up


@dataclasses.dataclass(frozen=True)
class WaitSettings:
    """Seconds. ``timeout`` 0 means: look once."""

    timeout: float
    longest_pause: float
    stop_at_failure: bool = False
    first_pause: float = 1.5


def wait_until_issued(
    access: Access, certificates: t.Sequence[Certificate], settings: WaitSettings
) -> list[Certificate]:
    """The certificates as they are when all are settled, one has failed (if that ends the wait), or the time is up."""
    current = {certificate.arn: certificate for certificate in certificates}
    deadline = Deadline(access.clock, settings.timeout)
    pauses = intervals(settings.first_pause, _GROWTH, settings.longest_pause, _JITTER, random.random)
    unknown = Deadline(access.clock, _UNKNOWN_FOR_AT_MOST)
    while pending := [certificate for certificate in current.values() if not certificate.settled]:
        if deadline.passed() or (settings.stop_at_failure and any(c.condition.failed for c in current.values())):
            current.update(_described(access, [c for c in pending if not c.described][:_EXPLAINED_AT_MOST]))
            break
        deadline.pause(next(pauses))
        current.update(refresh(access, pending))
        if unknown.passed():
            lost = [
                certificate for certificate in current.values() if not certificate.settled and not certificate.names
            ]
            current.update({each.arn: dataclasses.replace(each, status=NOT_FOUND) for each in lost})
    return list(current.values())


def refresh(access: Access, pending: t.Sequence[Certificate]) -> dict[str, Certificate]:
    """{ARN: certificate} with what ACM says now, in one listing a Region, or a description each when they are few."""
    by_region: dict[str, list[Certificate]] = {}
    for certificate in pending:
        by_region.setdefault(certificate.region, []).append(certificate)
    found = gather(lambda item: _refresh_region(access, *item), by_region.items())
    return {arn: certificate for region in found for arn, certificate in region.items()}


def _refresh_region(access: Access, region: str, pending: t.Sequence[Certificate]) -> dict[str, Certificate]:
    if len(pending) <= _DESCRIBED_AT_MOST:
        return _described(access, pending)
    missing = {certificate.arn: certificate for certificate in pending}
    found: dict[str, Certificate] = {}
    # The newest come first, so pages that can't hold ours are never read.
    for listed in acm.list_certificates(access, region):
        if listed.arn in missing:
            found[listed.arn] = _advanced(missing.pop(listed.arn), listed)
            if not missing:
                break
    failed = [certificate for certificate in found.values() if certificate.condition.failed]
    return {**found, **_described(access, [*failed, *missing.values()])}


def _advanced(known: Certificate, listed: Certificate) -> Certificate:
    """What the listing says anew; the names, records and tags that are known stay."""
    if not known.names:
        return dataclasses.replace(listed, tags=known.tags)
    return dataclasses.replace(known, status=listed.status, not_before=listed.not_before, not_after=listed.not_after)


def _described(access: Access, certificates: t.Sequence[Certificate]) -> dict[str, Certificate]:
    details = gather(lambda c: acm.describe_certificate(access, c.arn, c.region), certificates)
    return {known.arn: _seen(known, detail) for known, detail in zip(certificates, details, strict=True)}


def _seen(known: Certificate, detail: Certificate | None) -> Certificate:
    if detail:
        return dataclasses.replace(detail, tags=known.tags)
    # What ACM has described before and doesn't know any more was deleted; a new one becomes known within seconds.
    return dataclasses.replace(known, status=NOT_FOUND) if known.described else known
