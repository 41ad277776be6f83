# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Pointing names to CloudFront, each in the hosted zone it belongs in."""

from __future__ import annotations

import dataclasses
import typing as t

from .._aws.access import Access
from .._errors import InvalidInput
from .._hosted_zones import HostedZone, missing
from .._names import normalise, zone_name_faults
from .._pointing import Pointer, plan_pointer
from .._record_sets import LONGEST_TTL, joined
from .._threads import gather
from . import zones
from .records import ZonePlan, hidden_by
from .zones import ZoneOptions, find_zones


@dataclasses.dataclass(frozen=True)
class Settings:
    state: str
    ttl: int
    replace: bool


def parse(params: t.Mapping[str, t.Any]) -> tuple[Pointer, ...]:
    """Raises InvalidInput with every fault."""
    pointers: dict[str, Pointer] = {}
    faults = [] if 0 < params["ttl"] <= LONGEST_TTL else [f"ttl must be between 1 and {LONGEST_TTL} seconds"]
    faults += [] if params["wait_timeout"] > 0 else ["wait_timeout must be above 0"]
    for position, record in enumerate(params["records"]):
        wrong = [fault for value in (record["name"], record["value"]) for fault in zone_name_faults(value or "")]
        faults += [f"records[{position}]: {fault}" for fault in wrong]
        if wrong:
            continue
        pointer = Pointer(normalise(record["name"]), normalise(record["value"]))
        if pointers.setdefault(pointer.name, pointer) != pointer:
            faults.append(f"records[{position}]: {pointer.name} can't point to two hosts")
    if faults:
        raise InvalidInput(faults)
    return tuple(pointers.values())


def plan(dns_access: Access, pointers: t.Sequence[Pointer], options: ZoneOptions, settings: Settings) -> list[ZonePlan]:
    """Reads the zones; raises InvalidInput with all that stands in the way, before anything is written."""
    matches = find_zones(dns_access, [pointer.name for pointer in pointers], options, cuts=False)
    without = missing(matches)
    if without:
        raise InvalidInput(without)
    placed: dict[HostedZone, list[Pointer]] = {}
    for pointer in pointers:
        placed.setdefault(t.cast(HostedZone, matches[pointer.name].zone), []).append(pointer)
    plans = gather(lambda item: _plan_zone(dns_access, *item, settings), placed.items())
    problems = [f"hosted zone {each.zone}: {problem}" for each in plans for problem in each.changes.problems]
    if problems:
        raise InvalidInput(problems)
    return plans


def _plan_zone(dns_access: Access, zone: HostedZone, pointers: t.Sequence[Pointer], settings: Settings) -> ZonePlan:
    names = [name for pointer in pointers for name in (pointer.name, pointer.challenge_name)]
    reading = zones.read(dns_access, zone, names)
    changes = joined(
        [plan_pointer(each, zone.name, reading.record_sets, **dataclasses.asdict(settings)) for each in pointers]
    )
    hidden = [
        f"{each.name} is delegated away by the NS record set at {cut}: write it to that zone"
        for each in pointers
        if settings.state == "present" and (cut := hidden_by(each.name, reading.cuts))
    ]
    return ZonePlan(zone, dataclasses.replace(changes, problems=(*changes.problems, *hidden)))
