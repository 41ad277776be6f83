# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Certificates from names to issued, for one or for a thousand: observe, (plan), apply."""

from __future__ import annotations

import dataclasses
import typing as t

from .._aws import acm
from .._aws.access import Access
from .._certificate_choice import Choice, tag_change
from .._certificate_plan import (
    CertificatePlan,
    PlannedCertificate,
    certificate_result,
    failure_sentence,
    late_sentence,
    names_to_place,
    place_records,
)
from .._certificates import Certificate, WantedCertificate
from .._diagnosis import OFF
from .._errors import TlsopsError
from .._hosted_zones import ZoneMatch
from .._module_result import Result
from .._plan import ChangeRecordSet
from .._private_authorities import RenewalGrants
from .._threads import concurrently, gather
from . import diagnosing, observing, records, renewal_grants, requesting, waiting
from .waiting import WaitSettings
from .zones import ZoneOptions, find_zones


@dataclasses.dataclass(frozen=True)
class Desired:
    """``describe``: read everything about issued certificates too, at the price of a call each."""

    certificates: tuple[WantedCertificate, ...]
    zones: ZoneOptions
    write_records: bool = True
    ttl: int = 300
    describe: bool = False
    wait: WaitSettings | None = None
    report_failures: bool = False
    preflight: str = OFF
    grant_renewal_permission: bool = False


@dataclasses.dataclass(frozen=True)
class Observed:
    choices: tuple[Choice, ...]
    zones: t.Mapping[str, ZoneMatch] = dataclasses.field(default_factory=dict)
    record_plans: tuple[records.ZonePlan, ...] = ()
    renewals: RenewalGrants = dataclasses.field(default_factory=RenewalGrants)

    @property
    def record_steps(self) -> list[ChangeRecordSet]:
        return [step for plan in self.record_plans for step in plan.steps]


def observe(access: Access, dns_access: Access, desired: Desired) -> Observed:
    """What is there, of certificates, hosted zones and records, as far as it matters. Reads only."""
    choices = observing.choose_certificates(access, desired.certificates, desired.describe)
    choices = gather(lambda choice: _with_sure_tags(access, choice), choices)
    wanted = [choice.wanted for choice in choices if choice.certificate is None and choice.wanted.private]
    renewals = renewal_grants.observe(access, wanted, desired.grant_renewal_permission)
    names = names_to_place(choices) if desired.write_records else []
    if not names:
        return Observed(tuple(choices), renewals=renewals)
    matches = find_zones(dns_access, names, desired.zones)
    pending = [choice.certificate for choice in choices if choice.certificate]
    placed = place_records(pending, {name: match.zone for name, match in matches.items() if match.zone})
    record_plans = tuple(records.plan_records(dns_access, placed, ttl=desired.ttl))
    return Observed(tuple(choices), matches, record_plans, renewals)


def _with_sure_tags(access: Access, choice: Choice) -> Choice:
    """The tagging API lags behind ACM, so what it says is only believed where it asks for no change."""
    certificate = choice.certificate
    if certificate and tag_change(choice.wanted, certificate):
        tags = acm.list_tags(access, certificate.arn, certificate.region)
        certificate = dataclasses.replace(certificate, tags=tags)
    return dataclasses.replace(choice, certificate=certificate)


class _Progress:
    """What has become of each planned certificate so far: it survives the failure of any other."""

    def __init__(self, plan: CertificatePlan) -> None:
        self._planned = plan.certificates
        self._certificates = {planned.wanted: planned.choice.certificate for planned in plan.certificates}
        self._errors: dict[WantedCertificate, TlsopsError] = {}

    def found(self, planned: PlannedCertificate, certificate: Certificate | None) -> None:
        self._certificates[planned.wanted] = certificate

    def failed(self, planned: PlannedCertificate, error: TlsopsError) -> None:
        self._errors.setdefault(planned.wanted, error)

    def refreshed(self, certificates: t.Iterable[Certificate]) -> None:
        by_arn = {certificate.arn: certificate for certificate in certificates}
        for wanted, certificate in self._certificates.items():
            if certificate:
                self._certificates[wanted] = by_arn.get(certificate.arn, certificate)

    def certificates(self) -> list[Certificate]:
        return [certificate for certificate in self._certificates.values() if certificate]

    def unfailed(self) -> list[Certificate]:
        return [c for wanted, c in self._certificates.items() if c and wanted not in self._errors]

    def results(self) -> list[dict[str, t.Any]]:
        return [
            certificate_result(planned, self._certificates[planned.wanted], self._errors.get(planned.wanted))
            for planned in self._planned
        ]


def apply(access: Access, dns_access: Access, plan: CertificatePlan, observed: Observed, desired: Desired) -> Result:
    """Request, tag, write the records, wait. What fails for one certificate is kept with it; the others go on."""
    progress = _Progress(plan)
    changed = renewal_grants.apply(access, plan.renewals)
    changed |= _request(access, plan, progress)
    changed |= _tag(access, plan, progress)
    if desired.write_records:
        changed |= _write_records(dns_access, plan, observed, desired, progress)
    if desired.wait:
        progress.refreshed(waiting.wait_until_issued(access, progress.unfailed(), desired.wait))
        if desired.preflight != OFF:
            progress.refreshed(
                diagnosing.explained(progress.certificates(), progress.results(), desired.zones.nameservers)
            )
    return _result(progress.results(), changed, desired, plan.renewals.warnings)


def _request(access: Access, plan: CertificatePlan, progress: _Progress) -> bool:
    new = plan.requests
    outcomes = requesting.request_all(access, [requesting.PlannedRequest(p.wanted, p.dead) for p in new])
    silent = [p for p in plan.reused if p.choice.certificate and p.choice.certificate.awaits_records]
    outcomes += requesting.await_records(
        access, [(p.wanted, t.cast(Certificate, p.choice.certificate)) for p in silent]
    )
    for planned, outcome in zip([*new, *silent], outcomes, strict=True):
        if outcome.result:
            progress.found(planned, outcome.result)
        if outcome.error:
            progress.failed(planned, outcome.error)
    return any(outcome.result for outcome in outcomes[: len(new)])


def _tag(access: Access, plan: CertificatePlan, progress: _Progress) -> bool:
    def change(planned: PlannedCertificate) -> None:
        certificate = t.cast(Certificate, planned.choice.certificate)
        if planned.tag_change.remove:
            acm.remove_tags(access, certificate.arn, certificate.region, planned.tag_change.remove)
        if planned.tag_change.add:
            acm.add_tags(access, certificate.arn, certificate.region, planned.tag_change.add)

    outcomes = concurrently(change, [planned for planned in plan.reused if planned.tag_change])
    for outcome in outcomes:
        if outcome.error:
            progress.failed(outcome.item, outcome.error)
    return any(outcome.error is None for outcome in outcomes)


def _write_records(
    dns_access: Access, plan: CertificatePlan, observed: Observed, desired: Desired, progress: _Progress
) -> bool:
    zones = {name: zone for planned in plan.certificates for name, zone in planned.zones.items()}
    placed = place_records(progress.certificates(), zones)
    try:
        zone_plans: t.Sequence[records.ZonePlan] = observed.record_plans
        if plan.requests or any(c.awaits_records for p in plan.reused if (c := p.choice.certificate)):
            zone_plans = records.plan_records(dns_access, placed, ttl=desired.ttl)
        applied = records.apply_plans(dns_access, zone_plans)
    except TlsopsError as error:
        _blame(plan, {zone.id for zone in placed}, error, progress)
        return False
    for each in applied:
        if each.error:
            _blame(plan, {each.plan.zone.id}, each.error, progress)
    return any(each.change_ids for each in applied)


def _blame(plan: CertificatePlan, zone_ids: t.Collection[str], error: TlsopsError, progress: _Progress) -> None:
    """A zone's records couldn't be written: so much is missing for every pending certificate with a name in it."""
    pending = {c.arn for c in progress.certificates() if c.status == "PENDING_VALIDATION"}
    for planned, record in zip(plan.certificates, progress.results(), strict=True):
        if record["arn"] in pending and any(zone.id in zone_ids for zone in planned.zones.values()):
            progress.failed(planned, error)


def _result(shown: list[dict[str, t.Any]], changed: bool, desired: Desired, warnings: t.Sequence[str]) -> Result:
    failure = failure_sentence(shown) or (late_sentence(shown, desired.wait.timeout) if desired.wait else None)
    values = {"certificates": shown, "failure": failure}
    return Result(changed, values, failure=None if desired.report_failures else failure, warnings=warnings)
