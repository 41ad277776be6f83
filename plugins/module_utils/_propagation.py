# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Whether a record is where it is looked for, by what each server says."""

from __future__ import annotations

import dataclasses
import typing as t

from ._challenge_records import ChallengeRecord
from ._dns01 import ERROR, READY, spread
from ._dns_answers import Answer

PUBLISHED, PENDING, FAILED = "Published", "Pending", "Failed"
#: For how many seconds to wait, where nobody says.
WAIT_TIMEOUT = 300
_SHOWN = 3


@dataclasses.dataclass(frozen=True)
class Sighting:
    """A record and what is seen of it; ``fault`` says why it can't be looked for."""

    record: ChallengeRecord
    answers: t.Mapping[str, Answer] = dataclasses.field(default_factory=dict)
    fault: str = ""


def judge(sighting: Sighting, *, pass_over: bool = False) -> dict[str, t.Any]:
    """The record that is returned. With ``pass_over``, servers that give no answer don't count if another one does."""
    record = sighting.record
    phase, reason, message = _verdict(sighting, pass_over)
    return {
        "name": record.name,
        "type": "TXT",
        "zone": record.zone,
        "txt_values": list(record.values),
        "phase": phase,
        "ready": phase == PUBLISHED,
        "reason": reason,
        "message": message,
        "servers": [
            {"server": server, "values": list(answer.values), "fault": answer.failure}
            for server, answer in sorted(sighting.answers.items())
        ],
    }


def _verdict(sighting: Sighting, pass_over: bool) -> tuple[str, str, str]:
    """Phase, reason and message."""
    name, answers = sighting.record.name, sighting.answers
    if sighting.fault:
        return FAILED, "ZoneNotFound", f"{name} can't be looked for: {sighting.fault}."
    silent = {server: answer.failure for server, answer in answers.items() if answer.failure}
    heard = {server: answer.values for server, answer in answers.items() if not answer.failure}
    counted = heard if pass_over and heard else {**heard, **silent}
    found = {spread(value, counted) for value in sighting.record.values}
    said = ", ".join(f"{server} ({failure})" for server, failure in silent.items())
    if found == {READY}:
        passed = f"; no answer from {said}" if silent else ""
        return PUBLISHED, "Published", f"{', '.join(heard)} {'has' if len(heard) == 1 else 'have'} {name}{passed}."
    without = [server for server, values in heard.items() if not set(sighting.record.values) <= set(values)]
    missing = f"{name} isn't on {', '.join(without)} yet" if without else f"{name} is on all others" if heard else ""
    if ERROR in found:
        parts = filter(None, [f"No answer for {name} comes from {said}", missing])
        return PENDING, "ServerUnanswered", "; ".join(parts) + "."
    return PENDING, "Propagating", f"{missing}."


def to_be_looked_for(seen: t.Iterable[t.Mapping[str, t.Any]]) -> list[dict[str, t.Any]]:
    """Records as they were returned, as they are given."""
    return [{key: each[key] for key in ("name", "zone", "txt_values")} for each in seen]


def seen_line(records: t.Sequence[t.Mapping[str, t.Any]]) -> str:
    """``1 of 2 TXT records on every name server; _acme-challenge.example.com isn't on ns1.example.com yet``"""
    ready = sum(1 for record in records if record["ready"])
    late = list(dict.fromkeys(record["message"].rstrip(".") for record in records if not record["ready"]))
    counted = f"{ready} of {len(records)} TXT record{'' if len(records) == 1 else 's'}"
    more = [f"and {len(late) - _SHOWN} more"] if len(late) > _SHOWN else []
    return "; ".join([f"{counted} on every name server", *late[:_SHOWN], *more])


def late_sentence(records: t.Sequence[t.Mapping[str, t.Any]], timeout: float) -> str | None:
    """What to say when the time is over; None where nothing is missing."""
    late = [record for record in records if not record["ready"]]
    if not late:
        return None
    count = f"{len(late)} of {len(records)} records {'is' if len(late) == 1 else 'are'} not published"
    failed = all(record["phase"] == FAILED for record in late)
    within = "" if failed or not timeout else f" within {timeout:.0f} seconds"
    shown = " ".join(dict.fromkeys(record["message"] for record in late[:_SHOWN]))
    more = f" And {len(late) - _SHOWN} more." if len(late) > _SHOWN else ""
    return f"{count}{within}: {shown}{more}"
