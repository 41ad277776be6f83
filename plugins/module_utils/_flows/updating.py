# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""TXT records of challenges on a name server of one's own, by dynamic updates."""

from __future__ import annotations

import dataclasses
import typing as t

from .._challenge_records import ChallengeRecord, EditPlan, State, TxtEdit, edit
from .._dns.primary import Primary
from .._dns_answers import Answer, find_zone
from .._errors import InvalidInput, ServiceError
from .._module_result import Result
from .._threads import concurrently, gather


def observe(primary: Primary, records: t.Sequence[ChallengeRecord], state: State, ttl: int) -> list[TxtEdit]:
    """What is there, and so what is to be done. Raises InvalidInput with all that stands in the way."""
    found = gather(lambda record: _look(primary, record, state), records)
    obstacles = [each for each in found if isinstance(each, str)]
    if obstacles:
        raise InvalidInput(obstacles)
    return [dataclasses.replace(each, ttl=ttl) for each in found if isinstance(each, TxtEdit)]


def _look(primary: Primary, record: ChallengeRecord, state: State) -> TxtEdit | str:
    """The edit of a name, or why there can't be one."""
    answer = primary.ask(record.name, "TXT")
    if answer.failure:
        return f"the name server {primary.server} answers {answer.failure} when it is asked for {record.name}"
    if not answer.authoritative:
        return (
            f"the name server {primary.server} has no zone of its own for {record.name}: it isn't the primary, or the "
            "name is delegated away"
        )
    if state == "present" and answer.alias:
        return (
            f"{record.name} is a CNAME to {answer.alias}: TXT cannot live there (BIND silently ignores it), so write "
            f"it at {answer.alias}"
        )
    zone = record.zone or _zone(primary, record.name)
    if not zone:
        return f"the name server {primary.server} tells no zone for {record.name}; give zone if you know it"
    return edit(record, zone, () if answer.alias else answer.values, state)


def _zone(primary: Primary, name: str) -> str:
    return find_zone(name, lambda asked, rdtype: _with_authority(primary.ask(asked, rdtype))).zone


def _with_authority(answer: Answer) -> Answer:
    """An answer that a resolver remembers tells nothing of what the server has."""
    return answer if answer.authoritative or answer.failure else dataclasses.replace(answer, answer=())


def apply(primary: Primary, plan: EditPlan) -> Result:
    """One update a zone, zones side by side."""
    zones = concurrently(lambda item: _write(primary, *item), plan.of_zone().items())
    return plan.result({each.item[0]: each.error.message for each in zones if each.error})


def _write(primary: Primary, zone: str, edits: t.Sequence[TxtEdit]) -> None:
    """Read back, since a server may say NOERROR and write nothing (RFC 2136, 3.4.2.2)."""
    primary.update(zone, edits)
    for each in edits:
        answer = primary.ask(each.name, "TXT")
        missing = [value for value in each.add if value not in answer.values]
        left = [value for value in each.remove if value in answer.values]
        if not answer.failure and not missing and not left:
            continue
        why = answer.failure or (f"a CNAME to {answer.alias} is there" if answer.alias else "it has other values")
        raise ServiceError(
            f"The name server {primary.server} has accepted the update of {zone}, but {each.name} isn't as it was "
            f"written: {why}.",
            code=answer.failure or "NOT_WRITTEN",
            operation=f"an update of {zone}",
        )
