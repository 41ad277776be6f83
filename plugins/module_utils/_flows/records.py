# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Writing validation records, and taking them away: read, plan, change in batches, zones side by side."""

from __future__ import annotations

import dataclasses
import random
import typing as t

from .._aws import route53
from .._aws.access import Access
from .._aws.errors import ACCESS_DENIED_CODES, require_code
from .._errors import InvalidInput, ServiceError, TlsopsError
from .._hosted_zones import HostedZone
from .._names import is_within
from .._pace import Deadline, intervals
from .._plan import ChangeRecordSet
from .._record_sets import (
    DEFAULT_TTL,
    Change,
    InvalidRecords,
    RecordChanges,
    State,
    WantedRecord,
    WantedRecordSet,
    as_upserts,
    batches,
    plan_changes,
    remaining_changes,
    wanted_record_sets,
)
from .._threads import gather
from . import zones

_FIRST_PAUSE = 1.0
_GROWTH = 1.5
_LONGEST_PAUSE = 10.0
_JITTER = 0.2


@dataclasses.dataclass(frozen=True)
class ZonePlan:
    """The changes of one zone that bring about, or take away, what is wanted there."""

    zone: HostedZone
    changes: RecordChanges
    wanted: tuple[WantedRecordSet, ...] = ()
    state: State = "present"
    ttl: int = DEFAULT_TTL

    @property
    def steps(self) -> list[ChangeRecordSet]:
        shown = f"{self.zone.name} ({self.zone.id})"
        return [ChangeRecordSet(shown, self.zone.id, change) for change in self.changes.changes]


def check(records: t.Iterable[WantedRecord]) -> None:
    """Raises InvalidInput where the wanted records contradict each other."""
    try:
        wanted_record_sets(records)
    except InvalidRecords as error:
        raise InvalidInput(error.faults) from error


def plan_records(
    access: Access,
    placed: t.Mapping[HostedZone, t.Sequence[WantedRecord]],
    *,
    state: State = "present",
    needed: t.Callable[[str], bool] | None = None,
    ttl: int,
) -> list[ZonePlan]:
    """Reads the zones and plans; raises InvalidInput with all that stands in the way, before anything is written."""

    def plan(item: tuple[HostedZone, t.Sequence[WantedRecord]]) -> ZonePlan:
        zone, records = item
        wanted = wanted_record_sets(records)
        reading = zones.read(access, zone, [each.name for each in wanted])
        changes = plan_changes(wanted, reading.record_sets, state=state, needed=needed, default_ttl=ttl)
        hidden = [problem for each in wanted if (problem := _hidden(each, reading.cuts))] if state == "present" else []
        return ZonePlan(zone, dataclasses.replace(changes, problems=(*changes.problems, *hidden)), wanted, state, ttl)

    for records in placed.values():
        check(records)
    plans = gather(plan, placed.items())
    problems = [f"hosted zone {each.zone}: {problem}" for each in plans for problem in each.changes.problems]
    if problems:
        raise InvalidInput(problems)
    return plans


def hidden_by(name: str, cuts: t.Iterable[str]) -> str | None:
    """The NS record set above a name that hands it to another zone."""
    return next((cut for cut in cuts if name != cut and is_within(name, cut)), None)


def _hidden(wanted: WantedRecordSet, cuts: t.Iterable[str]) -> str | None:
    """Why a record would never be seen."""
    cut = hidden_by(wanted.name, cuts)
    return f"{wanted.name} is delegated away by the NS record set at {cut}: write it to that zone" if cut else None


@dataclasses.dataclass(frozen=True)
class Applied:
    """What became of a zone's plan: the ids of its changes, up to the one that failed with ``error``."""

    plan: ZonePlan
    change_ids: tuple[str, ...]
    error: TlsopsError | None = None


def apply_plans(access: Access, plans: t.Sequence[ZonePlan]) -> list[Applied]:
    """Zones side by side. A zone's batches go one after the other: Route 53 takes one change a zone at a time."""

    def apply(plan: ZonePlan) -> Applied:
        change_ids: list[str] = []
        try:
            for batch in batches(plan.changes.changes):
                change_ids += _write(access, plan.zone, batch)
        except TlsopsError as error:
            return Applied(plan, tuple(change_ids), error)
        return Applied(plan, tuple(change_ids))

    return gather(apply, [plan for plan in plans if plan.changes.changes])


def lost_texts(access: Access, plans: t.Iterable[ZonePlan]) -> list[ZonePlan]:
    """What others have undone of the TXT values that were written or taken away, to be done again.

    Route 53 changes whole record sets and compares nothing before. Of two who read one at the same time and add their
    values, the second takes away those of the first.
    """

    def look(plan: ZonePlan) -> ZonePlan:
        changed = {change.record_set.name for change in plan.changes.changes if change.record_set.type == "TXT"}
        wanted = tuple(each for each in plan.wanted if each.name in changed)
        there = zones.read(access, plan.zone, [each.name for each in wanted]).record_sets if wanted else ()
        changes = plan_changes(wanted, there, state=plan.state, default_ttl=plan.ttl)
        return dataclasses.replace(plan, changes=changes)

    return [plan for plan in gather(look, plans) if plan.changes.changes or plan.changes.problems]


def _write(access: Access, zone: HostedZone, batch: t.Sequence[Change]) -> list[str]:
    """The ids of the changes.

    A batch is refused as a whole when the zone isn't as it was read: another run was quicker, or the answer to this
    very batch was lost and it was sent again. A CREATE is also refused by policies that allow UPSERT only.
    """
    try:
        return [route53.change_record_sets(access, zone.id, batch)]
    except ServiceError as error:
        if error.code == "InvalidChangeBatch":
            now = zones.read(access, zone, [change.record_set.name for change in batch]).record_sets
            left = remaining_changes(batch, now)
        else:
            require_code(error, ACCESS_DENIED_CODES)
            left = as_upserts(batch)
        if left == list(batch):
            raise
    return [route53.change_record_sets(access, zone.id, each) for each in batches(left)]


def wait_in_sync(access: Access, change_ids: t.Sequence[str], timeout: float) -> None:
    """Until all of Route 53's name servers have the changes (usually within 60 seconds)."""
    deadline = Deadline(access.clock, timeout)
    pauses = intervals(_FIRST_PAUSE, _GROWTH, _LONGEST_PAUSE, _JITTER, random.random)
    pending = list(change_ids)
    while pending:
        deadline.pause(next(pauses))
        done = gather(lambda change_id: route53.change_in_sync(access, change_id), pending)
        pending = [change_id for change_id, in_sync in zip(pending, done, strict=True) if not in_sync]
        if pending and deadline.passed():
            raise TlsopsError(
                f"{len(pending)} of {len(change_ids)} changes haven't reached all of Route 53's name servers within "
                f"{timeout:.0f} seconds ({', '.join(pending)}). The records are written; run again to go on waiting."
            )
