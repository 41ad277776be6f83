# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils._challenge_records import ChallengeRecord
from ansible_collections.tlsops.certificates.plugins.module_utils._dns_answers import TIME_OUT, Answer, Record
from ansible_collections.tlsops.certificates.plugins.module_utils._propagation import (
    Sighting,
    judge,
    late_sentence,
    seen_line,
    to_be_looked_for,
)
from hypothesis import given
from hypothesis import strategies as st

NAME, OTHER = "_acme-challenge.example.com", "_acme-challenge.example.org"
#: The values that a server has at the name, or how it fails in a word; NXDOMAIN is no failure.
Seen = Mapping[str, Any]


def sighting(seen: Seen, *values: str, name: str = NAME, fault: str = "") -> Sighting:
    return Sighting(
        ChallengeRecord(name, values or ("V",), "example.com"), {s: answer(name, h) for s, h in seen.items()}, fault
    )


def answer(name: str, has: Sequence[str] | str) -> Answer:
    if isinstance(has, str):
        return Answer(name, "TXT", fault=has) if has.islower() else Answer(name, "TXT", rcode=has)
    return Answer(name, "TXT", answer=tuple(Record(name, "TXT", (value,)) for value in has))


@pytest.mark.parametrize(
    ("seen", "pass_over", "reason", "message"),
    [
        ({"ns1": ["V"]}, False, "Published", f"ns1 has {NAME}."),
        ({"ns1": ["V", "theirs"], "ns2": ["V"]}, False, "Published", f"ns1, ns2 have {NAME}."),
        ({"ns1": ["V"], "ns2": ["OLD"], "ns3": []}, False, "Propagating", f"{NAME} isn't on ns2, ns3 yet."),
        ({"ns1": "NXDOMAIN"}, False, "Propagating", f"{NAME} isn't on ns1 yet."),
        (
            {"ns1": ["V"], "ns2": TIME_OUT},
            False,
            "ServerUnanswered",
            f"No answer for {NAME} comes from ns2 (time-out); {NAME} is on all others.",
        ),
        (
            {"ns1": [], "ns2": "REFUSED"},
            False,
            "ServerUnanswered",
            f"No answer for {NAME} comes from ns2 (REFUSED); {NAME} isn't on ns1 yet.",
        ),
        (
            {"ns1": ["V"], "ns2": TIME_OUT},
            True,
            "Published",
            f"ns1 has {NAME}; no answer from ns2 (time-out).",
        ),
        ({"ns1": [], "ns2": TIME_OUT}, True, "Propagating", f"{NAME} isn't on ns1 yet."),
        # Somebody has to have it.
        ({"ns1": TIME_OUT}, True, "ServerUnanswered", f"No answer for {NAME} comes from ns1 (time-out)."),
    ],
)
def test_what_is_said_of_a_record(seen: Seen, pass_over: bool, reason: str, message: str) -> None:
    found = judge(sighting(seen), pass_over=pass_over)
    assert (found["reason"], found["message"]) == (reason, message)
    assert (found["ready"], found["phase"]) == (reason == "Published", "Published" if found["ready"] else "Pending")
    assert [each["server"] for each in found["servers"]] == sorted(seen)


def test_all_values_of_a_name_have_to_be_there() -> None:
    found = judge(sighting({"ns1": ["V", "W"], "ns2": ["V"]}, "V", "W"))
    assert (found["reason"], found["message"]) == ("Propagating", f"{NAME} isn't on ns2 yet.")


def test_what_can_t_be_looked_for_is_final() -> None:
    found = judge(sighting({}, fault="the zone can't be found"))
    assert (found["phase"], found["reason"], found["ready"]) == ("Failed", "ZoneNotFound", False)
    assert found["message"] == f"{NAME} can't be looked for: the zone can't be found."


@given(st.dictionaries(st.sampled_from(["a", "b", "c"]), st.sampled_from([("V",), (), ("W",), "REFUSED", "NXDOMAIN"])))
def test_only_what_every_server_has_is_published(seen: dict[str, Any]) -> None:
    found = judge(sighting(seen))
    assert found["ready"] == (bool(seen) and all(has == ("V",) for has in seen.values()))
    lacking = [server for server, has in seen.items() if has != ("V",)]
    assert all(server in found["message"] for server in lacking)


def judged(*seen: Seen) -> list[dict[str, Any]]:
    return [judge(sighting(each, name=f"n{number}.example.com")) for number, each in enumerate(seen)]


def test_the_line_of_a_wait_names_who_lacks_what() -> None:
    there, late, silent = {"ns1": ["V"]}, {"ns1": ["V"], "ns2": []}, {"ns1": TIME_OUT}
    assert seen_line(judged(there)) == "1 of 1 TXT record on every name server"
    assert seen_line(judged(there, late)) == (
        "1 of 2 TXT records on every name server; n1.example.com isn't on ns2 yet"
    )
    assert "from ns1 (time-out)" in seen_line(judged(silent))
    assert seen_line(judged(*[late] * 5)).endswith("n2.example.com isn't on ns2 yet; and 2 more")


def test_when_the_time_is_over_it_is_said_what_is_missing() -> None:
    there, late = {"ns1": ["V"]}, {"ns1": []}
    assert late_sentence(judged(there), 5) is None
    assert late_sentence(judged(there, late), 5) == (
        "1 of 2 records is not published within 5 seconds: n1.example.com isn't on ns1 yet."
    )
    assert late_sentence(judged(late), 0) == "1 of 1 records is not published: n0.example.com isn't on ns1 yet."
    assert str(late_sentence(judged(*[late] * 4), 5)).endswith("And 1 more.")
    lost = judge(sighting({}, fault="nobody tells"))
    assert late_sentence([lost], 5) == f"1 of 1 records is not published: {lost['message']}"


def test_a_record_is_looked_for_again_by_what_was_returned() -> None:
    [again] = to_be_looked_for(judged({"ns1": []}))
    assert again == {"name": "n0.example.com", "zone": "example.com", "txt_values": ["V"]}
