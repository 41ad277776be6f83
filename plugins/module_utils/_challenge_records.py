# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""TXT records of DNS-01 challenges: what is wanted at each name, and what of that has to be written or taken away.

A name has a value for each certificate that is asked for it, and may have other people's values. Ours are added to
these, and only ours are taken away.
"""

from __future__ import annotations

import dataclasses
import typing as t

from ._errors import InvalidInput
from ._module_result import Result
from ._names import InvalidName, is_within, normalise, zone_name_faults
from ._record_sets import LONGEST_TTL
from ._txt import unquote_txt

State = t.Literal["present", "absent"]

RECORD_ARGUMENTS: dict[str, t.Any] = {
    "name": {"type": "str", "required": True},
    "type": {"type": "str", "choices": ["TXT"], "default": "TXT"},
    "value": {"type": "str"},
    # As the modules return it: templates take "values" for a method of dictionaries.
    "values": {"type": "list", "elements": "str", "aliases": ["txt_values"]},
    "zone": {"type": "str"},
    # As dns_challenge_info returns them.
    "challenge_name": {"type": "str"},
    "name_servers": {"type": "list", "elements": "str"},
}
RECORDS_ARGUMENTS: dict[str, t.Any] = {
    "records": {"type": "list", "elements": "dict", "required": True, "options": RECORD_ARGUMENTS},
}
PUBLISHING_ARGUMENTS: dict[str, t.Any] = {
    **RECORDS_ARGUMENTS,
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "ttl": {"type": "int", "default": 60},
    "timeout": {"type": "int", "default": 10},
}


@dataclasses.dataclass(frozen=True)
class ChallengeRecord:
    """All that is wanted at one name, as plain texts; the zone, when it is known."""

    name: str
    values: tuple[str, ...]
    zone: str = ""


def parse_records(params: t.Mapping[str, t.Any], *, empty: bool = False) -> list[ChallengeRecord]:
    """One record for each name, in their order. With ``empty`` a record needs no value. Raises InvalidInput."""
    values: dict[str, list[str]] = {}
    zones: dict[str, set[str]] = {}
    faults = []
    for position, record in enumerate(params["records"]):
        given = [each for each in (record["value"], *(record["values"] or ())) if each]
        wrong = _faults(record, given or empty)
        faults += [f"records[{position}]: {fault}" for fault in wrong]
        if not wrong:
            name = normalise(record["name"])
            values.setdefault(name, []).extend(map(unquote_txt, given))
            zones.setdefault(name, set()).update({normalise(record["zone"])} if record["zone"] else ())
    faults += [
        f"{name} is said to be in several zones: {', '.join(sorted(found))}"
        for name, found in zones.items()
        if len(found) > 1
    ]
    if faults:
        raise InvalidInput(faults)
    return [
        ChallengeRecord(name, tuple(dict.fromkeys(found)), next(iter(zones[name]), ""))
        for name, found in values.items()
    ]


def _faults(record: t.Mapping[str, t.Any], has_value: t.Any) -> list[str]:
    found = zone_name_faults(record["name"])
    if record["zone"]:
        outside = zone_name_faults(record["zone"])
        if not found and not outside and not is_within(record["name"], record["zone"]):
            outside = [f"{record['name']} isn't in the zone {record['zone']}"]
        found += outside
    return found if has_value else [*found, f"{record['name']} has no value"]


def check_publishing(params: t.Mapping[str, t.Any]) -> None:
    """Raises InvalidInput."""
    faults = [f"{name} must be above 0" for name in ("ttl", "timeout") if params[name] <= 0]
    if params["ttl"] > LONGEST_TTL:
        faults.append(f"ttl must be between 1 and {LONGEST_TTL} seconds, not {params['ttl']}")
    if faults:
        raise InvalidInput(faults)


def same_name(one: str, other: str) -> bool:
    """Whether two texts, of which one comes from a service, are the same name."""
    try:
        return normalise(one) == normalise(other)
    except InvalidName:
        return False


@dataclasses.dataclass(frozen=True)
class TxtEdit:
    """What becomes of the values at a name: a step of a plan if anything does."""

    zone: str
    name: str
    there: tuple[str, ...] = ()
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    ttl: int = 60

    @property
    def subject(self) -> str:
        return f"TXT {self.name} in {self.zone}"

    def before(self) -> list[str] | None:
        return list(self.there) or None

    def after(self) -> list[str] | None:
        return [*(value for value in self.there if value not in self.remove), *self.add] or None

    @property
    def action(self) -> str:
        return "created" if self.add else "deleted" if self.remove else "unchanged"


def edit(record: ChallengeRecord, zone: str, there: t.Iterable[str], state: State) -> TxtEdit:
    """The fewest changes at one name that bring our values about, or take them away."""
    values = tuple(there)
    if state == "absent":
        return TxtEdit(zone, record.name, values, remove=tuple(each for each in record.values if each in values))
    return TxtEdit(zone, record.name, values, add=tuple(each for each in record.values if each not in values))


@dataclasses.dataclass(frozen=True)
class EditPlan:
    """The edits of all zones."""

    edits: tuple[TxtEdit, ...]

    @property
    def steps(self) -> list[TxtEdit]:
        return [each for each in self.edits if each.action != "unchanged"]

    def of_zone(self) -> dict[str, list[TxtEdit]]:
        """What is to be done in each zone."""
        zones: dict[str, list[TxtEdit]] = {}
        for step in self.steps:
            zones.setdefault(step.zone, []).append(step)
        return zones

    def predict(self) -> Result:
        return self.result({})

    def result(self, failed: t.Mapping[str, str]) -> Result:
        """``failed`` says for zones what went wrong with them."""
        zones = self.of_zone()
        done = len(zones) - len(failed)
        intro = f"{done} of {len(zones)} zones are done. " if failed and len(zones) > 1 else ""
        return Result(
            changed=done > 0,
            values={
                "records": [
                    {
                        "name": each.name,
                        "type": "TXT",
                        "zone": each.zone,
                        "values_there": list(each.after() or ()) if each.zone not in failed else list(each.there),
                        "action": each.action if each.zone not in failed else "failed",
                    }
                    for each in sorted(self.edits, key=lambda one: one.name)
                ]
            },
            failure=intro + "; ".join(failed.values()) if failed else None,
        )
