# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""TXT records of challenges in zones at Cloudflare."""

from __future__ import annotations

import dataclasses
import functools
import typing as t

from .._challenge_records import ChallengeRecord, EditPlan, State, TxtEdit, edit
from .._dns.cloudflare import Cloudflare
from .._dns01 import listed_zone
from .._errors import InvalidInput
from .._module_result import Result
from .._threads import concurrently, gather
from .._txt import unquote_txt

# Cloudflare allows 1,200 calls in five minutes.
_WORKERS = 4


@dataclasses.dataclass(frozen=True)
class CloudflarePlan(EditPlan):
    """``zone_ids`` by zone, and ``record_ids`` by name and value, as they were read."""

    zone_ids: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    record_ids: t.Mapping[tuple[str, str], str] = dataclasses.field(default_factory=dict)


def observe(cloudflare: Cloudflare, records: t.Sequence[ChallengeRecord], state: State, ttl: int) -> CloudflarePlan:
    """Raises InvalidInput with every record that has no zone which could take it."""
    zones = _zones(cloudflare, records, state)
    there = gather(
        lambda record: cloudflare.texts(str(zones[record.name]["id"]), record.name), records, workers=_WORKERS
    )
    edits: list[TxtEdit] = []
    record_ids = {}
    for record, found in zip(records, there, strict=True):
        texts = {unquote_txt(str(each["content"])): str(each["id"]) for each in found}
        record_ids.update({(record.name, text): each for text, each in texts.items()})
        made = edit(record, str(zones[record.name]["name"]), texts, state)
        edits.append(dataclasses.replace(made, ttl=ttl))
    return CloudflarePlan(tuple(edits), {str(zone["name"]): str(zone["id"]) for zone in zones.values()}, record_ids)


def _zones(cloudflare: Cloudflare, records: t.Sequence[ChallengeRecord], state: State) -> dict[str, dict[str, t.Any]]:
    """The zone of each record. A call that fails ends the search, since beyond it another zone would be found."""
    named = functools.lru_cache(maxsize=None)(cloudflare.zones_named)
    by_id: dict[str, dict[str, t.Any]] = {}

    def zones_named(name: str) -> list[dict[str, t.Any]]:
        found: list[dict[str, t.Any]] = named(name)
        by_id.update({str(zone["id"]): zone for zone in found})
        return found

    zones, faults = {}, []
    for record in records:
        known = zones_named(record.zone) if record.zone else []
        zone_id = str(known[0]["id"]) if known else None if record.zone else listed_zone(record.name, zones_named)
        if zone_id is None:
            faults.append(
                f"no Cloudflare zone for {record.zone or record.name}: the token lacks Zone:Read, or the domain is in "
                "another account"
            )
            continue
        zone = zones[record.name] = by_id[zone_id]
        if state == "present" and zone.get("status", "active") != "active":
            faults.append(
                f"the zone {zone['name']} is {zone['status']} at Cloudflare, so nobody sees its records: delegate the "
                "domain to the name servers that Cloudflare names"
            )
    if faults:
        raise InvalidInput(faults)
    return zones


def apply(cloudflare: Cloudflare, plan: CloudflarePlan) -> Result:
    """Zones side by side, and the records of a zone one after the other."""
    zones = concurrently(lambda item: _write(cloudflare, plan, *item), plan.of_zone().items(), workers=_WORKERS)
    return plan.result({each.item[0]: each.error.message for each in zones if each.error})


def _write(cloudflare: Cloudflare, plan: CloudflarePlan, zone: str, edits: t.Sequence[TxtEdit]) -> None:
    zone_id = plan.zone_ids[zone]
    for each in edits:
        for value in each.add:
            cloudflare.add_text(zone_id, each.name, value, each.ttl)
        for value in each.remove:
            cloudflare.delete(zone_id, plan.record_ids[each.name, value], each.name)
