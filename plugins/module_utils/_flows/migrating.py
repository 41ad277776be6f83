# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Moving certificates from e-mail to DNS validation: ask ACM, then write the records it wants to see."""

from __future__ import annotations

import dataclasses
import typing as t

from .._aws import acm
from .._aws.access import Access
from .._certificates import Certificate
from .._errors import InvalidInput, TlsopsError
from .._migrations import (
    IN_PROGRESS,
    MigrationPlan,
    check_movable,
    is_moving,
    names_to_place,
    place_records,
    usable_zones,
)
from .._module_result import Result
from .._pace import Deadline
from .._threads import concurrently, gather
from . import records
from .zones import ZoneOptions, find_zones

_TOO_OLD = (
    "the installed botocore doesn't know ListCertificateDomainValidations, so certificates can't be moved from e-mail "
    "to DNS validation: install botocore 1.43.71 or later"
)
_RECORDS_WITHIN = 300.0  # seconds; as after a request
_PAUSE = 3.0


@dataclasses.dataclass(frozen=True)
class Desired:
    """``arns`` with their Regions."""

    arns: t.Mapping[str, str]
    zones: ZoneOptions
    write_records: bool = True
    ttl: int = 300


@dataclasses.dataclass(frozen=True)
class Observed:
    plan: MigrationPlan
    record_plans: tuple[records.ZonePlan, ...] = ()


def observe(access: Access, dns_access: Access, desired: Desired) -> Observed:
    """The certificates, the zones of their names, and the records of migrations that are under way. Reads only."""
    certificates = gather(lambda item: _describe(access, *item), desired.arns.items())
    check_movable(certificates)
    concerned = {each.region for each in certificates if each.validation_method == "EMAIL"}
    if any(not acm.can_migrate(access, region) for region in concerned):
        raise InvalidInput([_TOO_OLD])
    certificates = gather(lambda each: _with_records(access, each) if is_moving(each) else each, certificates)
    if not desired.write_records:
        return Observed(MigrationPlan(tuple(certificates), {}))
    zones = usable_zones(find_zones(dns_access, names_to_place(certificates), desired.zones))
    plans = records.plan_records(dns_access, place_records(certificates, zones), ttl=desired.ttl)
    steps = tuple(step for plan in plans for step in plan.steps)
    return Observed(MigrationPlan(tuple(certificates), zones, steps), tuple(plans))


def _describe(access: Access, arn: str, region: str) -> Certificate:
    certificate = acm.describe_certificate(access, arn, region)
    if certificate is None:
        raise TlsopsError(f"{arn}: ACM doesn't know this certificate in this account.")
    return certificate


def _with_records(access: Access, certificate: Certificate) -> Certificate:
    """The certificate with the validations that it will have, once ACM shows all of their records."""
    deadline = Deadline(access.clock, _RECORDS_WITHIN)
    while True:
        wanted = tuple(acm.list_requested_validations(access, certificate.arn, certificate.region))
        known = {each.domain_name for each in wanted if each.has_record or each.status == "SUCCESS"}
        if certificate.names <= known or not wanted:
            return dataclasses.replace(certificate, domain_validations=wanted)
        if deadline.passed():
            raise TlsopsError(
                f"{certificate.arn}: ACM has shown no validation records for {_RECORDS_WITHIN:.0f} seconds. The "
                "migration goes on; run again, and they are written."
            )
        deadline.pause(_PAUSE)


def apply(access: Access, dns_access: Access, observed: Observed, desired: Desired) -> Result:
    """What fails for one certificate spares the others; its next run goes on where this one ended."""
    plan, current = observed.plan, {each.arn: each for each in observed.plan.certificates}
    outcomes = concurrently(lambda each: _migrate(access, each), plan.new)
    current.update({each.item.arn: each.result for each in outcomes if each.result})
    failed = [each.error.message for each in outcomes if each.error]
    changed = any(each.result for each in outcomes)
    zone_plans: t.Sequence[records.ZonePlan] = observed.record_plans
    if changed and desired.write_records:
        zone_plans = records.plan_records(dns_access, place_records(current.values(), plan.zones), ttl=desired.ttl)
    applied = records.apply_plans(dns_access, zone_plans)
    failed += [each.error.message for each in applied if each.error]
    result = plan.result(current.values(), changed or any(each.change_ids for each in applied))
    result.failure = " ".join(failed) or None
    return result


def _migrate(access: Access, certificate: Certificate) -> Certificate:
    acm.migrate_to_dns(access, certificate.arn, certificate.region)
    return _with_records(access, dataclasses.replace(certificate, migration_status=IN_PROGRESS))
