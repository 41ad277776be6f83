# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Publishing records that are given, for whoever asked for them, and taking them away again."""

from __future__ import annotations

import dataclasses
import typing as t

from .._aws.access import Access
from .._errors import InvalidInput
from .._hosted_zones import HostedZone, missing
from .._module_result import Result
from .._names import normalise, zone_name_faults
from .._plan import ChangeRecordSet
from .._record_sets import LONGEST_TTL, WantedRecord
from . import deleting, records
from .zones import ZoneOptions, find_zones

# How often TXT values are written, where others undo that.
_TRIES = 3


@dataclasses.dataclass(frozen=True)
class Desired:
    records: tuple[WantedRecord, ...]
    zones: ZoneOptions
    state: t.Literal["present", "absent"] = "present"
    ttl: int = 300
    keep_needed: bool = True
    regions: tuple[str, ...] | None = None
    wait_timeout: float | None = None


@dataclasses.dataclass(frozen=True)
class Observed:
    record_plans: tuple[records.ZonePlan, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class PublishingPlan:
    record_plans: tuple[records.ZonePlan, ...]
    warnings: tuple[str, ...] = ()

    @property
    def steps(self) -> list[ChangeRecordSet]:
        return [step for plan in self.record_plans for step in plan.steps]

    def predict(self) -> Result:
        return self.result([])

    def result(self, change_ids: t.Sequence[str]) -> Result:
        shown = [entry for plan in self.record_plans for entry in _entries(plan)]
        return Result(
            changed=bool(self.steps),
            values={"records": sorted(shown, key=lambda entry: entry["name"]), "change_ids": list(change_ids)},
            warnings=self.warnings,
        )


def parse(params: t.Mapping[str, t.Any]) -> tuple[tuple[WantedRecord, ...], dict[str, str]]:
    """The records, and the zones that are given with them. Raises InvalidInput with every fault.

    Records without a name come from check mode: nobody knows them yet.
    """
    wanted, zone_ids = [], {}
    faults = [f"{name} must be above 0" for name in ("ttl", "wait_timeout") if params[name] <= 0]
    for position, record in enumerate(params["records"]):
        if not record["name"]:
            continue
        wrong = _record_faults(record)
        faults += [f"records[{position}]: {fault}" for fault in wrong]
        if wrong:
            continue
        name = normalise(record["name"])
        if record["hosted_zone_id"]:
            zone_ids[name] = record["hosted_zone_id"]
        domain_names = tuple(record["domain_names"] or ())
        wanted.append(WantedRecord(name, record["type"], record["value"], domain_names, record["ttl"]))
    if faults:
        raise InvalidInput(faults)
    records.check(wanted)
    return tuple(wanted), zone_ids


def _record_faults(record: t.Mapping[str, t.Any]) -> list[str]:
    faults = zone_name_faults(record["name"])
    if not record["value"]:
        faults.append(f"{record['name']} has no value")
    if record["ttl"] is not None and not 0 < record["ttl"] <= LONGEST_TTL:
        faults.append(f"ttl must be between 1 and {LONGEST_TTL} seconds, not {record['ttl']}")
    return faults


def desired(
    params: t.Mapping[str, t.Any],
    parsed: tuple[tuple[WantedRecord, ...], dict[str, str]],
    zones: ZoneOptions,
    regions: tuple[str, ...] | None,
) -> Desired:
    wanted, zone_ids = parsed
    return Desired(
        records=wanted,
        zones=dataclasses.replace(zones, hosted_zones={**zones.hosted_zones, **zone_ids}),
        state=params["state"],
        ttl=params["ttl"],
        keep_needed=params["keep_needed"],
        regions=regions,
        wait_timeout=params["wait_timeout"] if params["wait"] else None,
    )


def observe(access: Access, dns_access: Access, desired: Desired) -> Observed:
    """The zones, what they have, and what is needed by others. Reads only."""
    matches = find_zones(dns_access, [record.name for record in desired.records], desired.zones, cuts=False)
    without = missing(matches)
    if without:
        raise InvalidInput(without)
    needed: frozenset[str] | None = frozenset()
    warnings: list[str] = []
    if desired.state == "absent" and desired.keep_needed and desired.records:
        needed, warnings = deleting.read_needed_names(access, desired.regions, ())
    placed: dict[HostedZone, list[WantedRecord]] = {}
    for record in desired.records:
        placed.setdefault(t.cast(HostedZone, matches[record.name].zone), []).append(record)
    plans = records.plan_records(
        dns_access, placed, state=desired.state, needed=deleting.is_needed(needed), ttl=desired.ttl
    )
    return Observed(tuple(plans), tuple(warnings))


def make_plan(observed: Observed) -> PublishingPlan:
    return PublishingPlan(observed.record_plans, observed.warnings)


def apply(dns_access: Access, plan: PublishingPlan, wait_timeout: float | None) -> Result:
    """TXT values are read back, and written once more where another writer of the same record set has undone them."""
    change_ids: list[str] = []
    plans: t.Sequence[records.ZonePlan] = plan.record_plans
    for _try in range(_TRIES):
        applied = records.apply_plans(dns_access, plans)
        written = [change_id for each in applied for change_id in each.change_ids]
        change_ids += written
        if failed := [each.error.message for each in applied if each.error]:
            return _failed(plan.result(change_ids), failed, len(applied))
        if wait_timeout:
            records.wait_in_sync(dns_access, written, wait_timeout)
        plans = records.lost_texts(dns_access, plan.record_plans)
        if not plans:
            return plan.result(change_ids)
    names = [change.record_set.name for each in plans for change in each.changes.changes]
    said = [*names, *(problem for each in plans for problem in each.changes.problems)]
    message = f"Others have undone {_TRIES} times what was written to TXT record sets ({'; '.join(said)}). Run again."
    return dataclasses.replace(plan.result(change_ids), failure=message)


def _failed(result: Result, messages: t.Sequence[str], zone_count: int) -> Result:
    done = f"{zone_count - len(messages)} of {zone_count} hosted zones are done. " if zone_count > 1 else ""
    result.failure = done + "; ".join(messages)
    result.changed = bool(result.values["change_ids"])
    return result


def _entries(plan: records.ZonePlan) -> t.Iterator[dict[str, t.Any]]:
    changes = plan.changes
    for change in changes.changes:
        action = "deleted" if change.action == "DELETE" else "replaced" if change.before else "created"
        yield _entry(plan.zone, change.record_set.name, change.record_set.type, action)
    for record_set in changes.unchanged:
        yield _entry(plan.zone, record_set.name, record_set.type, "unchanged")
    for kept in changes.kept:
        yield _entry(plan.zone, kept.record_set.name, kept.record_set.type, "kept", kept.reason)


def _entry(zone: HostedZone, name: str, type_: str, action: str, reason: str = "") -> dict[str, t.Any]:
    return {
        "name": name,
        "type": type_,
        "hosted_zone_id": zone.id,
        "hosted_zone_name": zone.name,
        "action": action,
        "reason": reason,
    }
