# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Whether the validation records that ACM renews by are there, by Route 53's word and by that of the public DNS."""

from __future__ import annotations

import dataclasses
import typing as t

from ._certificates import Certificate, ValidationRecord
from ._findings import ERROR, INFO, WARNING, Finding
from ._hosted_zones import AMBIGUOUS_ZONE, DELEGATED_AWAY, NO_ZONE, ONLY_PRIVATE_ZONE, HostedZone, ZoneMatch
from ._names import base_name
from ._record_sets import RecordChanges, RecordSet, WantedRecordSet, plan_changes
from ._renewals import is_used, needs_records

#: Why a name has no hosted zone -> the check that says so.
_ZONE_CHECKS = {
    AMBIGUOUS_ZONE: "duplicate_zone",
    DELEGATED_AWAY: "child_zone",
    NO_ZONE: "no_hosted_zone",
    ONLY_PRIVATE_ZONE: "private_zone",
}
#: What the public DNS says about a record, not about the way to it.
RECORD_CHECKS = frozenset(
    {
        *("record_missing", "record_wrong_value", "zone_name_appended", "underscore_dropped", "record_proxied"),
        *("other_record_at_name", "wildcard_cname", "propagation_lag", "negative_cache"),
    }
)
#: What a look that knows the account's zones finds, and one that doesn't can't.
ZONE_CHECKS = frozenset({"delegation_mismatch", "no_hosted_zone", "private_zone", "duplicate_zone", "child_zone"})


@dataclasses.dataclass(frozen=True)
class RecordState:
    """A validation record: where it belongs, and what would have to change there. ``cut``: an NS set that hides it."""

    record: ValidationRecord
    match: ZoneMatch
    changes: RecordChanges = dataclasses.field(default_factory=RecordChanges)
    cut: str | None = None

    @property
    def zone(self) -> HostedZone | None:
        return self.match.zone


def wanted_records(certificates: t.Iterable[Certificate]) -> dict[str, ValidationRecord]:
    """{record name: record} of all certificates that need some; many certificates share one."""
    found: dict[str, ValidationRecord] = {}
    for certificate in certificates:
        for record in certificate.validation_records if needs_records(certificate) else ():
            names = found[record.name].domain_names if record.name in found else ()
            shared = tuple(sorted({*names, *record.domain_names}))
            found[record.name] = dataclasses.replace(record, domain_names=shared)
    return found


def zones_of(states: t.Iterable[RecordState]) -> dict[str, HostedZone]:
    """The zone of each base name that has one."""
    return {base_name(state.record.domain_names[0]): state.zone for state in states if state.zone}


def compare(record: ValidationRecord, match: ZoneMatch, there: t.Iterable[RecordSet], cut: str | None) -> RecordState:
    """The record against what the zone has at its name."""
    wanted = WantedRecordSet(record.name, record.type, (record.value,), record.domain_names)
    return RecordState(record, match, plan_changes([wanted], there), cut)


def route53_finding(certificate: Certificate, state: RecordState, public: bool) -> Finding | None:
    """What is wrong with the record by Route 53's word. ``public``: the public DNS says what else there is to say."""
    record, zone = state.record, state.zone
    if zone is None:
        if public or state.match.reason not in _ZONE_CHECKS:
            return None
        level = INFO if state.match.reason == NO_ZONE else _level(certificate)
        return _finding(record, _ZONE_CHECKS[state.match.reason], level, state.match.message, "")
    write = f"Put {record.type} {record.name} -> {record.value} back into {zone} (acm_guard: repair)"
    if state.cut:
        said = f"{record.name} is delegated away by the NS record set at {state.cut} in {zone}"
        return _finding(record, "child_zone", _level(certificate), said, "Write the record to that zone")
    if state.changes.problems:
        said = state.changes.problems[0]
        return _finding(
            record, "other_record_at_name", _level(certificate), said, "Then put the validation record back"
        )
    if not state.changes.changes:
        return None
    before = state.changes.changes[0].before
    if before:
        said = f"{record.name} points to {', '.join(before.values)}, expected {record.value}{_consequence(certificate)}"
        return _finding(record, "record_wrong_value", _level(certificate), said, write)
    said = f"the validation record {record.name} is gone from {zone}{_consequence(certificate)}"
    return _finding(record, "record_missing", _level(certificate), said, write)


def needs_write(state: RecordState) -> bool:
    """Whether writing the record into its zone makes it good."""
    return state.zone is not None and bool(state.changes.changes) and state.cut is None


def visible_names(names: t.Iterable[str], findings: t.Iterable[Finding]) -> frozenset[str]:
    """The base names whose records ACM sees, by findings of a look that was told nothing of zones."""
    refused = {found.name for found in findings if found.stops}
    return frozenset(base_name(name) for name in names if name not in refused)


def _level(certificate: Certificate) -> str:
    return ERROR if is_used(certificate) or certificate.status == "PENDING_VALIDATION" else WARNING


def _consequence(certificate: Certificate) -> str:
    if certificate.not_after is None:
        return "; ACM can't issue the certificate without it"
    return f"; the renewal before {certificate.not_after:%Y-%m-%d} will fail"


def _finding(record: ValidationRecord, check: str, level: str, explanation: str, remedy: str) -> Finding:
    detail = f"{record.name} {record.type} {record.value}"
    return Finding(check, level, base_name(record.domain_names[0]), explanation.rstrip("."), detail, remedy)
