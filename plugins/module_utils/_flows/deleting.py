# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Deleting certificates, and then the validation records that nobody needs any more."""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

from .._aws import acm
from .._aws.access import Access
from .._aws.errors import UNKNOWN_CREDENTIALS_CODES, require_code
from .._certificate_options import DeletionSettings
from .._certificates import Certificate, ValidationRecord, WantedCertificate
from .._deletion import (
    DeletionPlan,
    UnwantedCertificate,
    choose_unwanted,
    needed_names,
    refuse_in_use,
    validated_name,
)
from .._errors import ServiceError, TlsopsError
from .._hosted_zones import HostedZone
from .._module_result import Result
from .._names import base_name
from .._pace import Deadline
from .._record_sets import WantedRecord
from .._threads import concurrently, gather
from . import observing, records
from .zones import ZoneOptions, find_zones

#: ACM may still say "in use" for a moment when InUseBy is empty already.
_LAG = 60.0
_PAUSE = 5.0


@dataclasses.dataclass(frozen=True)
class Desired:
    """``keep_in_use``: leave certificates that are in use, instead of refusing to delete any."""

    unwanted: UnwantedCertificate
    zones: ZoneOptions
    settings: DeletionSettings = dataclasses.field(default_factory=DeletionSettings)
    keep_in_use: bool = False
    now: datetime.datetime = dataclasses.field(default_factory=lambda: datetime.datetime.now(datetime.timezone.utc))


@dataclasses.dataclass(frozen=True)
class Observed:
    certificates: tuple[Certificate, ...]
    kept: tuple[Certificate, ...] = ()
    record_plans: tuple[records.ZonePlan, ...] = ()
    warnings: tuple[str, ...] = ()
    keep_in_use: bool = False


def observe(access: Access, dns_access: Access, desired: Desired) -> Observed:
    """The certificates that go, described, and what becomes of their records. Reads only."""
    found = choose_unwanted(desired.unwanted, _candidates(access, desired.unwanted, desired.now))
    described = gather(lambda c: _settled_use(access, c, desired.settings.in_use_timeout), found)
    there = [certificate for certificate in described if certificate]
    if not desired.keep_in_use:
        refuse_in_use(there)
    going = [certificate for certificate in there if not certificate.in_use_by]
    kept = tuple(certificate for certificate in there if certificate.in_use_by)
    going_records = [record for certificate in going for record in certificate.validation_records]
    if not going_records or not desired.settings.remove_records:
        return Observed(tuple(going), kept, keep_in_use=desired.keep_in_use)
    given = desired.settings.regions
    regions = given and tuple({*given, desired.unwanted.region})
    needed, warnings = read_needed_names(access, regions, {certificate.arn for certificate in going})
    try:
        plans, unplaced = _plan_records(dns_access, going_records, desired.zones, needed)
    except ServiceError as error:
        require_code(error, {"NoSuchHostedZone"})
        plans, unplaced = [], [f"The validation records are left alone: {error.message}"]
    said = tuple(dict.fromkeys([*warnings, *unplaced]))
    return Observed(tuple(going), kept, tuple(plans), said, desired.keep_in_use)


def _plan_records(
    dns_access: Access,
    going: t.Sequence[ValidationRecord],
    options: ZoneOptions,
    needed: t.AbstractSet[str] | None,
) -> tuple[list[records.ZonePlan], list[str]]:
    """The removal of the records, and warnings about those whose zone isn't there (any more)."""
    matches = find_zones(dns_access, {base_name(record.domain_names[0]) for record in going}, options, cuts=False)
    placed: dict[HostedZone, list[WantedRecord]] = {}
    warnings = []
    for record in going:
        match = matches[base_name(record.domain_names[0])]
        if match.zone:
            wanted = WantedRecord(record.name, record.type, record.value, record.domain_names)
            placed.setdefault(match.zone, []).append(wanted)
        else:
            warnings.append(f"The validation record {record.name} is left alone: {match.message}")
    return records.plan_records(dns_access, placed, state="absent", needed=is_needed(needed), ttl=0), warnings


def is_needed(needed: t.AbstractSet[str] | None) -> t.Callable[[str], bool]:
    """Whether a validation record has to stay, by its name; as long as nobody knows, it has to."""
    return lambda name: needed is None or validated_name(name) in needed


def _candidates(access: Access, unwanted: UnwantedCertificate, now: datetime.datetime) -> list[Certificate]:
    if unwanted.arn:
        certificate = acm.describe_certificate(access, unwanted.arn, unwanted.region)
        return [certificate] if certificate else []
    listed = list(acm.list_certificates(access, unwanted.region))
    if unwanted.name_prefix:
        managed = observing.read_managed_tags(access, unwanted.region, listed)
        return observing.with_young_tags(access, managed, now)
    names = unwanted.names
    wanted = WantedCertificate(names[0] if names else "", names, unwanted.region, unwanted.name)
    tagged = observing.read_tags(access, unwanted.region, listed, [wanted])
    return observing.with_young_tags(access, tagged, now)


def _settled_use(access: Access, certificate: Certificate, timeout: float) -> Certificate | None:
    """The certificate as described, once nothing uses it or the time is up; None when it is gone."""
    deadline = Deadline(access.clock, timeout)
    while True:
        detail = acm.describe_certificate(access, certificate.arn, certificate.region)
        if detail is None or not detail.in_use_by or deadline.passed():
            return dataclasses.replace(detail, tags=certificate.tags) if detail else None
        deadline.pause(_PAUSE)


def read_needed_names(
    access: Access, regions: t.Sequence[str] | None, going: t.Collection[str]
) -> tuple[frozenset[str] | None, list[str]]:
    """The names whose records are needed by certificates that stay, and warnings; None: that can't be said for sure.

    A Region that the account hasn't enabled can't hold a certificate. One that can't be read for another reason may.
    """
    outcomes = concurrently(
        lambda region: list(acm.list_certificates(access, region)), regions or access.all_regions("acm")
    )
    remaining: list[Certificate] = []
    for outcome in outcomes:
        if outcome.result is not None:
            remaining += [certificate for certificate in outcome.result if certificate.arn not in going]
        elif regions or not is_disabled_region(outcome.error):
            return None, [_unsearched(outcome.item, outcome.error)]
    return needed_names(remaining), []


def _unsearched(region: str, error: TlsopsError | None) -> str:
    return (
        f"All validation records are kept, because {region} can't be searched for certificates that need them: "
        f"{error.message if error else ''} Give the Regions that you use in regions."
    )


def is_disabled_region(error: TlsopsError | None) -> bool:
    """Whether this is the answer of a Region that the account hasn't enabled."""
    return isinstance(error, ServiceError) and error.code in UNKNOWN_CREDENTIALS_CODES


def make_plan(observed: Observed) -> DeletionPlan:
    return DeletionPlan(
        observed.certificates,
        tuple(step for plan in observed.record_plans for step in plan.steps),
        tuple((kept.record_set.name, kept.reason) for plan in observed.record_plans for kept in plan.changes.kept),
        observed.warnings,
        observed.kept,
    )


def apply(access: Access, dns_access: Access, plan: DeletionPlan, observed: Observed) -> Result:
    """The certificates first: as long as one exists its records must."""
    outcomes = concurrently(lambda each: _delete(access, each, observed.keep_in_use), plan.certificates)
    failed = [outcome for outcome in outcomes if outcome.error]
    kept = tuple(outcome.result for outcome in outcomes if outcome.result)
    deleted = tuple(outcome.item for outcome in outcomes if not outcome.error and not outcome.result)
    staying = needed_names([*kept, *(outcome.item for outcome in failed)])
    applied = records.apply_plans(dns_access, [_without(each, staying) for each in observed.record_plans])
    result = dataclasses.replace(plan, certificates=deleted, kept=(*plan.kept, *kept)).result()
    result.changed = bool(deleted) or any(each.change_ids for each in applied)
    messages = [outcome.error.message for outcome in failed if outcome.error]
    left = [each.error.message for each in applied if each.error]
    if left:
        messages.append(f"The certificate is deleted, but not all of its validation records: {' '.join(left)}")
    result.failure = " ".join(messages) or None
    return result


def _without(plan: records.ZonePlan, names: t.AbstractSet[str]) -> records.ZonePlan:
    """The plan but for the records that validate one of the names."""
    changes = tuple(each for each in plan.changes.changes if validated_name(each.record_set.name) not in names)
    return dataclasses.replace(plan, changes=dataclasses.replace(plan.changes, changes=changes))


def _delete(access: Access, certificate: Certificate, keep_in_use: bool) -> Certificate | None:
    """None when it is gone. With ``keep_in_use`` the certificate, if ACM says that something has begun to use it."""
    deadline = Deadline(access.clock, _LAG)
    while True:
        try:
            acm.delete_certificate(access, certificate.arn, certificate.region)
            return None
        except ServiceError as error:
            if error.code != "ResourceInUseException" or (deadline.passed() and not keep_in_use):
                raise
        detail = acm.describe_certificate(access, certificate.arn, certificate.region)
        if keep_in_use and detail and (detail.in_use_by or deadline.passed()):
            return dataclasses.replace(detail, tags=certificate.tags)
        refuse_in_use([detail] if detail else [])
        deadline.pause(_PAUSE)
