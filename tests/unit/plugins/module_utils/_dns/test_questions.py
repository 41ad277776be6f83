# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import collections
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils._dns.exchange import Question
from ansible_collections.tlsops.certificates.plugins.module_utils._dns.questions import DnsSettings, Questions
from ansible_collections.tlsops.certificates.plugins.module_utils._dns.resolver import Nameserver
from ansible_collections.tlsops.certificates.plugins.module_utils._dns_answers import (
    NO_TIME_LEFT,
    TIME_OUT,
    Answer,
    Record,
)
from fake_clock import FakeClock

CASES = Path(__file__).parents[3] / "cases" / "dns01_zone_find.json"
ROWS = {row["id"]: row for row in json.loads(CASES.read_text(encoding="utf-8"))["groups"]["nameserver_order"]}
FIRST, SECOND = Nameserver("192.0.2.1"), Nameserver("192.0.2.2")


class Net:
    """Name servers of which some are dead, and what they were asked."""

    def __init__(self, *dead: Nameserver, ttl: int = 300) -> None:
        self.dead = set(dead)
        self.ttl = ttl
        self.clock = FakeClock(start=0.0)
        self.asked: list[tuple[Nameserver, str]] = []

    def exchange(self, question: Question, timeout: float) -> Answer:
        self.asked.append((question.server, question.name))
        if question.server in self.dead:
            self.clock.sleep(timeout)
            return Answer(question.name, question.rdtype, fault=TIME_OUT)
        found = Record(question.name, question.rdtype, ("x",), self.ttl)
        return Answer(question.name, question.rdtype, answer=(found,), server=str(question.server))

    def questions(self, **settings: Any) -> Questions:
        return Questions(DnsSettings(**settings), self.clock, self.exchange)


def question(name: str = "example.com", server: Nameserver = FIRST) -> Question:
    return Question(server, name, "SOA")


def dead_servers(row: dict[str, Any]) -> tuple[list[Nameserver], Net]:
    servers = [Nameserver(f"192.0.2.{number}") for number in range(len(row["nameservers"]))]
    silent = [s for s, behaviour in zip(servers, row["nameservers"], strict=True) if behaviour == ["transport_error"]]
    return servers, Net(*silent)


def test_the_second_answers_when_the_first_is_dead_and_is_asked_first_from_then_on() -> None:
    servers, net = dead_servers(ROWS["first-dead-second-answers"])
    questions = net.questions()
    assert questions.ask_any(servers, question("a.example.com")).server == str(servers[1])
    del net.asked[:]
    assert questions.ask_any(servers, question("b.example.com")).server == str(servers[1])
    assert net.asked == [(servers[1], "b.example.com")]


@pytest.mark.parametrize(("case", "fault"), [("all-dead", TIME_OUT), ("none-configured", "empty list of nameservers")])
def test_the_fault_is_that_of_the_transport(case: str, fault: str) -> None:
    servers, net = dead_servers(ROWS[case])
    assert net.questions().ask_any(servers, question()).fault == fault


def test_what_may_not_be_remembered_is_asked_again() -> None:
    net = Net(ttl=ROWS["cache-ttl-0"]["soa_ttl"])
    questions = net.questions()
    questions.ask(question())
    questions.ask(question())
    assert len(net.asked) == 2


def test_the_answer_of_one_server_is_not_that_of_another() -> None:
    assert "cache-key-has-server" in ROWS
    net = Net()
    questions = net.questions()
    for dummy in range(3):
        assert questions.ask(question(server=FIRST)).server == str(FIRST)
        assert questions.ask(question(server=SECOND)).server == str(SECOND)
    assert net.asked == [(FIRST, "example.com"), (SECOND, "example.com")]


def side_by_side(count: int, work: Callable[[int], None]) -> None:
    threads = [threading.Thread(target=work, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)


def test_threads_that_ask_the_same_wait_for_the_same_answer() -> None:
    net = Net()
    started = threading.Barrier(8)
    questions = Questions(DnsSettings(), net.clock, net.exchange)
    answers: list[Answer] = []

    def work(number: int) -> None:
        started.wait()
        answers.extend(questions.ask(question(f"{name}.example.com")) for name in range(20))

    side_by_side(8, work)
    assert len(answers) == 160
    assert collections.Counter(net.asked).most_common(1)[0][1] == 1
    assert questions.statistics["queries"] == 20


def test_a_lost_packet_is_sent_again() -> None:
    net = Net(FIRST)
    questions = net.questions()

    def recovering(asked: Question, timeout: float) -> Answer:
        answer = net.exchange(asked, timeout)
        net.dead.clear()
        return answer

    questions._exchange = recovering
    assert not questions.ask(question()).fault


def test_a_server_that_never_answers_costs_two_tries_in_all() -> None:
    net = Net(FIRST)
    questions = net.questions()
    faults = {questions.ask(question(f"{number}.example.com")).fault for number in range(50)}
    assert faults == {TIME_OUT}
    assert len(net.asked) == 2


def test_one_that_has_answered_before_is_asked_again() -> None:
    net = Net()
    questions = net.questions()
    questions.ask(question("a.example.com"))
    net.dead.add(FIRST)
    questions.ask(question("b.example.com"))
    net.dead.clear()
    assert not questions.ask(question("c.example.com")).fault


def test_nothing_is_asked_after_the_deadline() -> None:
    net = Net(FIRST)
    questions = net.questions(timeout=4.0, deadline=5.0)
    assert questions.ask(question()).fault == TIME_OUT
    assert net.clock.now() == 5.0
    assert questions.ask(question(server=SECOND)).fault == NO_TIME_LEFT
