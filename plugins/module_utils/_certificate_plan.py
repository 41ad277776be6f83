# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""The plan for a list of certificates: which are requested, which are reused, where their validation records go."""

from __future__ import annotations

import dataclasses
import typing as t

from . import _conditions
from ._certificate_choice import Choice, TagChange, idempotency_token, request_tags, tag_change
from ._certificate_result import as_result, wanted_as_result
from ._certificates import Certificate, WantedCertificate
from ._conditions import Condition
from ._errors import InvalidInput, TlsopsError
from ._hosted_zones import HostedZone, ZoneMatch, missing
from ._module_result import Result
from ._names import base_name
from ._plan import ChangeRecordSet, RequestCertificate, Step, TagCertificate
from ._private_authorities import RenewalGrants
from ._record_sets import WantedRecord


@dataclasses.dataclass(frozen=True)
class PlannedCertificate:
    """One wanted certificate, and what makes it be there."""

    choice: Choice
    tag_change: TagChange
    zones: t.Mapping[str, HostedZone]

    @property
    def wanted(self) -> WantedCertificate:
        return self.choice.wanted

    @property
    def dead(self) -> tuple[str, ...]:
        """What ACM must not give back for the token."""
        return tuple(certificate.arn for certificate in self.choice.dead)

    @property
    def step(self) -> Step | None:
        if self.choice.certificate is None:
            places = {name: f"{zone.name} ({zone.id})" for name, zone in self.zones.items()}
            return RequestCertificate(self.wanted, idempotency_token(self.wanted, self.dead), places)
        return TagCertificate(self.choice.certificate, self.tag_change) if self.tag_change else None


@dataclasses.dataclass(frozen=True)
class CertificatePlan:
    """``record_steps`` are the records of certificates that are pending already; those of new ones nobody knows yet."""

    certificates: tuple[PlannedCertificate, ...]
    record_steps: tuple[ChangeRecordSet, ...] = ()
    renewals: RenewalGrants = dataclasses.field(default_factory=RenewalGrants)

    @property
    def steps(self) -> list[Step]:
        own = [planned.step for planned in self.certificates]
        return [*self.renewals.grants, *[step for step in own if step], *self.record_steps]

    @property
    def requests(self) -> list[PlannedCertificate]:
        return [planned for planned in self.certificates if planned.choice.certificate is None]

    @property
    def reused(self) -> list[PlannedCertificate]:
        return [planned for planned in self.certificates if planned.choice.certificate is not None]

    def predict(self) -> Result:
        shown = [certificate_result(planned, planned.choice.certificate, None) for planned in self.certificates]
        values = {"certificates": shown, "failure": None}
        return Result(changed=bool(self.steps), values=values, warnings=self.renewals.warnings)


def names_to_place(choices: t.Iterable[Choice]) -> list[str]:
    """The base names whose validation records have to be written: of what is requested or still pending."""
    names: dict[str, None] = {}
    for choice in choices:
        if choice.wanted.private:
            continue
        if choice.certificate is None:
            names.update(dict.fromkeys(base_name(name) for name in choice.wanted.names))
        elif choice.certificate.status == "PENDING_VALIDATION":
            names.update(dict.fromkeys(base_name(name) for name in _unvalidated(choice.certificate)))
    return list(names)


def _unvalidated(certificate: Certificate) -> list[str]:
    validated = {v.domain_name for v in certificate.domain_validations if v.status == "SUCCESS"}
    return sorted(certificate.names - validated)


def make_plan(
    choices: t.Sequence[Choice],
    matches: t.Mapping[str, ZoneMatch],
    record_steps: t.Sequence[ChangeRecordSet] = (),
    renewals: RenewalGrants | None = None,
) -> CertificatePlan:
    """Raises InvalidInput with every name that has no zone: then nothing at all is requested.

    ``matches`` are those of ``names_to_place``; empty where the caller writes the records.
    """
    without = missing(matches)
    if without:
        raise InvalidInput(without)
    zones = {name: match.zone for name, match in matches.items() if match.zone}
    return CertificatePlan(
        tuple(
            PlannedCertificate(
                choice,
                tag_change(choice.wanted, choice.certificate) if choice.certificate else TagChange({}, {}),
                {base: zones[base] for base in sorted({base_name(n) for n in choice.wanted.names}) if base in zones},
            )
            for choice in choices
        ),
        tuple(record_steps),
        renewals or RenewalGrants(),
    )


def place_records(
    certificates: t.Iterable[Certificate], zones: t.Mapping[str, HostedZone]
) -> dict[HostedZone, list[WantedRecord]]:
    """The records that pending certificates still need, by the zone they go to."""
    placed: dict[HostedZone, list[WantedRecord]] = {}
    for certificate in certificates:
        if certificate.status != "PENDING_VALIDATION":
            continue
        unvalidated = set(_unvalidated(certificate))
        for record in certificate.validation_records:
            zone = zones.get(base_name(record.domain_names[0]))
            if zone and unvalidated & set(record.domain_names):
                wanted = WantedRecord(record.name, record.type, record.value, record.domain_names)
                placed.setdefault(zone, []).append(wanted)
    return placed


def certificate_result(
    planned: PlannedCertificate, certificate: Certificate | None, error: TlsopsError | None
) -> dict[str, t.Any]:
    """The record of one wanted certificate: as it is, as it would be requested, or why it isn't there."""
    zones = planned.zones
    condition = None
    if error:
        condition = Condition(_conditions.FAILED, getattr(error, "code", "") or type(error).__name__, error.message)
    if certificate is None:
        condition = condition or Condition(
            _conditions.PENDING, "NotRequested", "It isn't there and would be requested."
        )
        superseded = [old.arn for old in planned.choice.superseded]
        return wanted_as_result(planned.wanted, condition, request_tags(planned.wanted), zones, superseded)
    if planned.tag_change and not error:
        certificate = dataclasses.replace(certificate, tags=TagCertificate(certificate, planned.tag_change).after())
    superseded = [old.arn for old in planned.choice.superseded if old.arn != certificate.arn]
    return as_result(certificate, name=planned.wanted.name, superseded=superseded, zones=zones, condition=condition)


def failure_sentence(certificates: t.Sequence[t.Mapping[str, t.Any]]) -> str | None:
    """Which of the returned records failed and why; None if none did."""
    failed = [record for record in certificates if record["phase"] == _conditions.FAILED]
    return f"{len(failed)} of {_count(certificates)} failed: {_reasons(failed)}" if failed else None


def late_sentence(certificates: t.Sequence[t.Mapping[str, t.Any]], timeout: float) -> str | None:
    """Which of the returned records aren't issued when the time is up, and what they wait for; None if all are."""
    late = [record for record in certificates if not record["ready"]]
    if not late:
        return None
    return (
        f"{len(late)} of {_count(certificates)} not issued within {timeout:.0f} seconds: {_reasons(late)} "
        "What is there is kept; run again to go on waiting."
    )


def _count(certificates: t.Sequence[t.Any]) -> str:
    return f"{len(certificates)} certificate" + ("" if len(certificates) == 1 else "s")


def _reasons(records: t.Iterable[t.Mapping[str, t.Any]]) -> str:
    return " ".join(
        f"{each['name'] or each['domain_name'] or each['arn']} ({each['region']}): {each['message']}"
        for each in records
    )
