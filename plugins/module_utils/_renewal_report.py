# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""What a person has to know about the certificates of an account: problems, and the records that make some good."""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

from ._certificate_result import as_result, record_result
from ._certificates import Certificate
from ._findings import LEVELS, WARNING, Finding
from ._module_result import Result
from ._names import base_name
from ._renewal_records import RECORD_CHECKS, ZONE_CHECKS, RecordState, needs_write, route53_finding, zones_of
from ._renewals import certificate_findings, is_used, needs_records


@dataclasses.dataclass(frozen=True)
class Observed:
    """``records`` by their names. ``public`` are the findings of the public DNS, if that was ``asked``; ``visible`` the
    base names whose records it has, though in another zone than the account's."""

    certificates: tuple[Certificate, ...]
    records: t.Mapping[str, RecordState] = dataclasses.field(default_factory=dict)
    public: tuple[Finding, ...] = ()
    visible: frozenset[str] = frozenset()
    asked: bool = False
    regions: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Problem:
    """One finding of one certificate. ``repairable``: writing the record that is returned makes it good."""

    certificate: Certificate
    finding: Finding
    repairable: bool = False

    def result(self) -> dict[str, t.Any]:
        found, certificate = self.finding, self.certificate
        where = f"{certificate.domain_name or certificate.arn} ({certificate.region})"
        remedy = f" {found.remedy[0].upper()}{found.remedy[1:]}." if found.remedy else ""
        return {
            **dataclasses.asdict(found),
            "certificate_arn": certificate.arn,
            "domain_name": certificate.domain_name,
            "region": certificate.region,
            "repairable": self.repairable,
            "message": f"{where}: {found.explanation}.{remedy} ({found.check})",
        }


def report(observed: Observed, now: datetime.datetime) -> Result:
    """Every certificate with its problems, the worst first, and the records to write."""
    reporter = _Reporter(observed)
    problems = {each.arn: reporter.problems(each, now) for each in observed.certificates}
    flat = sorted(
        (problem for found in problems.values() for problem in found),
        key=lambda p: (LEVELS.index(p.finding.level), p.certificate.region, p.certificate.domain_name),
    )
    values = {
        "certificates": [
            {**as_result(each, zones=reporter.zones), "checks": [p.finding.check for p in problems[each.arn]]}
            for each in observed.certificates
        ],
        "problems": [problem.result() for problem in flat],
        "records": reporter.lost_records(),
        "counts": {level: sum(p.finding.level == level for p in flat) for level in LEVELS},
        "regions": list(observed.regions),
    }
    return Result(changed=False, values=values, warnings=observed.warnings)


class _Reporter:
    def __init__(self, observed: Observed) -> None:
        self._observed = observed
        self._same_names: dict[tuple[str, str], list[Certificate]] = {}
        for each in observed.certificates:
            self._same_names.setdefault((each.region, each.domain_name), []).append(each)
        # What the registry says of a zone goes before what the zone says of its records.
        self._astray = {base_name(f.name) for f in observed.public if f.check in ZONE_CHECKS and f.stops}
        self._public: dict[str, list[Finding]] = {}
        for found in observed.public:
            if base_name(found.name) not in observed.visible:
                self._public.setdefault(base_name(found.name), []).append(found)
        self.zones = zones_of(observed.records.values())

    def problems(self, certificate: Certificate, now: datetime.datetime) -> list[Problem]:
        others = self._same_names[certificate.region, certificate.domain_name]
        found = [Problem(certificate, each) for each in certificate_findings(certificate, now, others)]
        if needs_records(certificate):
            for base in sorted(certificate.base_names):
                found += self._record_problems(certificate, base)
        return found

    def _record_problems(self, certificate: Certificate, base: str) -> t.Iterator[Problem]:
        own = None if base in self._astray else self._route53_problem(certificate, base)
        if own:
            yield own
        seen: set[str] = set()
        for found in self._public.get(base, []):
            # The wildcard and its base name have the same faults, and one record.
            if found.check in seen or (own and found.check in RECORD_CHECKS):
                continue
            seen.add(found.check)
            calm = found.stops and certificate.status == "ISSUED" and not is_used(certificate)
            yield Problem(certificate, dataclasses.replace(found, level=WARNING) if calm else found)

    def _route53_problem(self, certificate: Certificate, base: str) -> Problem | None:
        record = next((r for r in certificate.validation_records if base in map(base_name, r.domain_names)), None)
        state = self._observed.records.get(record.name) if record else None
        found = route53_finding(certificate, state, self._observed.asked) if state else None
        return Problem(certificate, found, needs_write(state)) if found and state else None

    def lost_records(self) -> list[dict[str, t.Any]]:
        """Those to write. In a zone that the public DNS doesn't delegate to it would be in vain."""
        return [
            record_result(state.record, self.zones)
            for name, state in sorted(self._observed.records.items())
            if needs_write(state) and base_name(state.record.domain_names[0]) not in self._astray
        ]
