# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Record sets of a hosted zone: what is wanted, what is there, and the fewest changes between, in batches."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from ._names import InvalidName, normalise
from ._txt import quote_txt, unquote_txt

DEFAULT_TTL = 300
LONGEST_TTL = 2147483647  # ChangeResourceRecordSets, TTL

# ChangeResourceRecordSets takes 1,000 ResourceRecord elements and 32,000 characters in their values, and counts an
# UPSERT twice. https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html
MAX_BATCH_RECORDS = 1000
MAX_BATCH_CHARACTERS = 32000
# The same page: values in one record set.
MAX_VALUES = 400

Action = Literal["CREATE", "UPSERT", "DELETE"]
State = Literal["present", "absent"]


class InvalidRecords(ValueError):
    """The wanted records contradict each other or AWS's limits; every fault is listed."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(self.faults))


@dataclass(frozen=True)
class RecordSet:
    """A record set as Route 53 has it or gets it; TXT values in their quotes."""

    name: str
    type: str
    ttl: int | None
    values: tuple[str, ...]
    alias: bool = False
    set_identifier: str | None = None
    traffic_policy_instance: str | None = None
    alias_target: Mapping[str, Any] | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", normalise(self.name))

    @property
    def simple(self) -> bool:
        """Neither an alias nor part of a routing policy: one that may be written as a whole."""
        return not (self.alias or self.set_identifier or self.traffic_policy_instance)

    def to_api(self) -> dict[str, Any]:
        """The ResourceRecordSet of a change; a simple one, or an alias."""
        if self.alias_target:
            return {"Name": self.name, "Type": self.type, "AliasTarget": dict(self.alias_target)}
        return {
            "Name": self.name,
            "Type": self.type,
            "TTL": self.ttl,
            "ResourceRecords": [{"Value": value} for value in self.values],
        }


@dataclass(frozen=True)
class WantedRecord:
    """One record somebody wants: a validation CNAME, or a TXT value (plain, or quoted as Route 53 shows it)."""

    name: str
    type: str
    value: str
    domain_names: tuple[str, ...] = ()
    ttl: int | None = None


@dataclass(frozen=True)
class WantedRecordSet:
    """All that is wanted at one name. CNAME: one value; TXT: any number, quoted."""

    name: str
    type: str
    values: tuple[str, ...]
    domain_names: tuple[str, ...] = ()
    ttl: int | None = None


@dataclass(frozen=True)
class Change:
    """One change of a batch, with what it replaces or removes."""

    action: Action
    record_set: RecordSet
    before: RecordSet | None = None


@dataclass(frozen=True)
class Kept:
    """A record set that was to go and stays, and why."""

    record_set: RecordSet
    reason: str


@dataclass(frozen=True)
class RecordChanges:
    """The plan for one zone. With problems it must not be applied."""

    changes: tuple[Change, ...] = ()
    unchanged: tuple[WantedRecordSet, ...] = ()
    kept: tuple[Kept, ...] = ()
    problems: tuple[str, ...] = ()


def from_api(record_set: Mapping[str, Any]) -> RecordSet:
    """A record set of ListResourceRecordSets."""
    target = record_set.get("AliasTarget")
    values = [target["DNSName"]] if target else [record["Value"] for record in record_set.get("ResourceRecords", ())]
    return RecordSet(
        name=record_set["Name"],
        type=record_set["Type"],
        ttl=record_set.get("TTL"),
        values=tuple(values),
        alias=target is not None,
        set_identifier=record_set.get("SetIdentifier"),
        traffic_policy_instance=record_set.get("TrafficPolicyInstanceId"),
        alias_target=target,
    )


def wanted_record_sets(records: Iterable[WantedRecord]) -> tuple[WantedRecordSet, ...]:
    """One record set for each name, sorted, or InvalidRecords with everything that contradicts.

    A wildcard and its apex are validated by one and the same CNAME; TXT values of one name are merged.
    """
    by_name: dict[str, list[WantedRecord]] = {}
    faults: list[str] = []
    for record in records:
        fault = _fault(record)
        if fault:
            faults.append(fault)
        else:
            by_name.setdefault(normalise(record.name), []).append(record)
    merged = []
    for name, group in sorted(by_name.items()):
        found, record_set = _merge(name, group)
        faults.extend(found)
        merged.append(record_set)
    if faults:
        raise InvalidRecords(faults)
    return tuple(merged)


def _fault(record: WantedRecord) -> str | None:
    if record.type not in ("CNAME", "TXT"):
        return f"{record.name}: the record type is {record.type}, and only CNAME and TXT can be written"
    if not record.value:
        return f"{record.name}: the {record.type} record has no value"
    try:
        return None if normalise(record.name) else "a record without a name is wanted"
    except InvalidName as error:
        return str(error)


def _merge(name: str, group: Sequence[WantedRecord]) -> tuple[list[str], WantedRecordSet]:
    faults = []
    first = group[0].type
    if any(record.type != first for record in group):
        faults.append(f"{name}: a CNAME and a TXT record are wanted, and a CNAME allows no other record at its name")
    values = _unique_values(first, [record.value for record in group if record.type == first])
    if first == "CNAME" and len(values) > 1:
        faults.append(f"{name}: {len(values)} different CNAME values are wanted ({', '.join(values)})")
    if first == "TXT" and len(values) > MAX_VALUES:
        faults.append(f"{name}: {len(values)} TXT values are wanted, and a record set takes at most {MAX_VALUES}")
    domain_names = tuple(dict.fromkeys(domain for record in group for domain in record.domain_names))
    ttl = min((record.ttl for record in group if record.ttl is not None), default=None)
    return faults, WantedRecordSet(name, first, values, domain_names, ttl)


def _unique_values(record_type: str, values: Iterable[str]) -> tuple[str, ...]:
    if record_type == "TXT":
        # Whatever the quoting it comes in, it is written in one way.
        values = [quote_txt(unquote_txt(value)) for value in values]
    unique: dict[str, str] = {}
    for value in values:
        unique.setdefault(_value_key(record_type, value), value)
    return tuple(unique.values())


def _value_key(record_type: str, value: str) -> str:
    """Values with equal keys mean the same: host names without case and dot, TXT without its quoting."""
    if record_type == "TXT":
        return unquote_txt(value)
    try:
        return normalise(value)
    except InvalidName:
        return value.lower()


def plan_changes(
    wanted: Iterable[WantedRecordSet],
    existing: Iterable[RecordSet],
    *,
    state: State = "present",
    needed: Callable[[str], bool] | Collection[str] | None = None,
    default_ttl: int = DEFAULT_TTL,
) -> RecordChanges:
    """The fewest changes to one zone that bring the wanted records about, or take them away.

    `existing` are the record sets read at the wanted names (others do no harm). `needed` tells which names must stay
    when the state is absent, because some other certificate is validated by them.
    """
    at_name: dict[str, list[RecordSet]] = {}
    for record_set in existing:
        at_name.setdefault(record_set.name, []).append(record_set)
    must_stay = _must_stay(needed)
    parts = []
    for target in wanted:
        there = at_name.get(target.name, [])
        if state == "present":
            parts.append(_plan_present(target, there, default_ttl))
        else:
            parts.append(_plan_absent(target, there, must_stay))
    return joined(parts)


def joined(parts: Sequence[RecordChanges]) -> RecordChanges:
    """The plans of several names as one."""
    return RecordChanges(
        changes=tuple(change for part in parts for change in part.changes),
        unchanged=tuple(record_set for part in parts for record_set in part.unchanged),
        kept=tuple(kept for part in parts for kept in part.kept),
        problems=tuple(problem for part in parts for problem in part.problems),
    )


def _must_stay(needed: Callable[[str], bool] | Collection[str] | None) -> Callable[[str], bool]:
    if callable(needed):
        return needed
    names = {normalise(name) for name in needed or ()}
    return names.__contains__


def _plan_present(wanted: WantedRecordSet, there: Sequence[RecordSet], default_ttl: int) -> RecordChanges:
    problem = _obstacle(wanted, there)
    if problem:
        return RecordChanges(problems=(problem,))
    before = next((record_set for record_set in there if record_set.type == wanted.type), None)
    old = before.values if before else ()
    old_keys = {_value_key(wanted.type, value) for value in old}
    keys = {_value_key(wanted.type, value) for value in wanted.values}
    # A TXT record may hold other people's values, too. A CNAME has one value, and it is ours or wrong.
    if keys <= old_keys:
        return RecordChanges(unchanged=(wanted,))
    ttl = wanted.ttl or (before.ttl if before else None) or default_ttl
    values = wanted.values
    if wanted.type == "TXT":
        values = old + tuple(value for value in values if _value_key("TXT", value) not in old_keys)
    after = RecordSet(wanted.name, wanted.type, ttl, values)
    records, characters = _cost(Change("UPSERT", after))
    if len(values) > MAX_VALUES or records > MAX_BATCH_RECORDS or characters > MAX_BATCH_CHARACTERS:
        problem = f"{wanted.name}: with our values its {wanted.type} record set would be larger than Route 53 allows"
        return RecordChanges(problems=(f"{problem} ({len(values)} values, {characters // 2} characters)",))
    # A CREATE costs half of what an UPSERT does: 500 validation records a call, and 1 change token each.
    return RecordChanges(changes=(Change("UPSERT" if before else "CREATE", after, before),))


def _obstacle(wanted: WantedRecordSet, there: Sequence[RecordSet]) -> str | None:
    """What is at the name that a record of ours cannot be written beside or over."""
    delegated = all(record_set.type != "SOA" for record_set in there)  # else it is the zone's own apex
    in_the_way = [
        record_set
        for record_set in there
        if (record_set.type == wanted.type and not record_set.simple)
        or (record_set.type != wanted.type and "CNAME" in (record_set.type, wanted.type))
        # Below a zone cut the records of this zone are not seen.
        or (record_set.type == "NS" and delegated)
    ]
    if not in_the_way:
        return None
    found = ", ".join(dict.fromkeys(describe(record_set) for record_set in in_the_way))
    return (
        f"{wanted.name}: a {wanted.type} record cannot be written, because the name already has {found}; "
        f"remove it, or validate another way"
    )


def describe(record_set: RecordSet) -> str:
    """As a sentence calls it."""
    article = "an" if record_set.type[0] in "AMNS" else "a"
    if record_set.alias:
        return f"{article} {record_set.type} alias to {record_set.values[0]}"
    if record_set.traffic_policy_instance:
        return f"{article} {record_set.type} record set of traffic policy instance {record_set.traffic_policy_instance}"
    if record_set.set_identifier:
        return f"{article} {record_set.type} record set with a routing policy ({record_set.set_identifier})"
    return f"{article} {record_set.type} record ({', '.join(record_set.values)})"


def _plan_absent(
    wanted: WantedRecordSet, there: Sequence[RecordSet], must_stay: Callable[[str], bool]
) -> RecordChanges:
    before = next((record_set for record_set in there if record_set.type == wanted.type), None)
    if before is None:
        return RecordChanges(unchanged=(wanted,))
    if not before.simple:
        return RecordChanges(kept=(Kept(before, f"it is {describe(before)}, which is not ours"),))
    ours = {_value_key(wanted.type, value) for value in wanted.values}
    rest = tuple(value for value in before.values if _value_key(wanted.type, value) not in ours)
    if len(rest) == len(before.values):
        if wanted.type == "TXT":
            return RecordChanges(unchanged=(wanted,))
        return RecordChanges(kept=(Kept(before, f"its value is {', '.join(rest)}, which is not ours"),))
    if wanted.type == "CNAME" and must_stay(wanted.name):
        return RecordChanges(kept=(Kept(before, "another certificate needs it to be issued or renewed"),))
    if rest:
        after = RecordSet(before.name, before.type, before.ttl, rest)
        return RecordChanges(changes=(Change("UPSERT", after, before),))
    # Route 53 deletes only what is described exactly as it is, its TTL included.
    return RecordChanges(changes=(Change("DELETE", before, before),))


def remaining_changes(changes: Iterable[Change], existing: Iterable[RecordSet]) -> list[Change]:
    """What of the changes is still to be done in a zone that has changed since they were planned.

    A record that somebody else has meanwhile put where ours was to be deleted is left alone.
    """
    there = {(record_set.name, record_set.type): record_set for record_set in existing}
    left = []
    for change in changes:
        found = there.get((change.record_set.name, change.record_set.type))
        if found is None:
            left += [change] if change.action != "DELETE" else []
        elif _same_values(found, change.record_set):
            left += [Change("DELETE", found, found)] if change.action == "DELETE" else []
        elif change.action != "DELETE":
            left.append(Change("UPSERT", change.record_set, found))
    return left


def _same_values(one: RecordSet, other: RecordSet) -> bool:
    keys = [{_value_key(each.type, value) for value in each.values} for each in (one, other)]
    return one.simple and keys[0] == keys[1]


def as_upserts(changes: Iterable[Change]) -> list[Change]:
    """The same changes, whether the record sets to be created are there by now or not."""
    return [replace(change, action="UPSERT") if change.action == "CREATE" else change for change in changes]


def batches(changes: Iterable[Change]) -> list[list[Change]]:
    """The changes in as few ChangeResourceRecordSets calls as AWS's limits allow, all of one name in one call.

    A call is all or nothing, so a name is never left half done.
    """
    by_name: dict[str, list[Change]] = {}
    for change in changes:
        by_name.setdefault(change.record_set.name, []).append(change)
    done: list[list[Change]] = []
    room = (0, 0)
    for name, group in by_name.items():
        costs = [_cost(change) for change in group]
        records, characters = sum(cost[0] for cost in costs), sum(cost[1] for cost in costs)
        if records > MAX_BATCH_RECORDS or characters > MAX_BATCH_CHARACTERS:
            raise InvalidRecords([f"{name}: its changes are more than one call to Route 53 takes"])
        if not done or records > room[0] or characters > room[1]:
            done.append([])
            room = (MAX_BATCH_RECORDS, MAX_BATCH_CHARACTERS)
        done[-1].extend(group)
        room = (room[0] - records, room[1] - characters)
    return done


def change_tokens(changes: Iterable[Change]) -> int:
    """What the changes take from Route 53's bucket of change tokens: 2 for an UPSERT, 1 for a CREATE or DELETE.

    Whether AWS counts record sets or values is not published; values are the dearer reading.
    """
    return sum(_cost(change)[0] for change in changes)


def _cost(change: Change) -> tuple[int, int]:
    times = 2 if change.action == "UPSERT" else 1
    values = change.record_set.values
    return times * max(1, len(values)), times * sum(map(len, values))
