# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Questions to name servers: each asked once, side by side, and none for longer than there is time."""

from __future__ import annotations

import collections
import concurrent.futures
import dataclasses
import threading
import typing as t

from .._dns_answers import NO_TIME_LEFT, Answer
from .._errors import InvalidInput
from .._pace import Clock, Deadline
from .exchange import Question, exchange
from .resolver import HAS_DNSPYTHON, DnspythonMissing, Nameserver

# A packet may get lost. A server that has answered nothing so many times is taken for dead, and isn't asked again.
_TRIES = 2
_DEAD = 2
PORT_ARGUMENTS: dict[str, t.Any] = {"authoritative_port": {"type": "int", "default": 53}}
NO_NAMESERVERS = "empty list of nameservers"


@dataclasses.dataclass(frozen=True)
class DnsSettings:
    """Whom to ask, and for how long.

    ``nameservers`` are recursive resolvers, each of which is a view of its own; none are the system's. With
    ``authoritative`` the delegations are followed from the root besides; ``port`` is that of the servers found there,
    and with ``ipv6`` their IPv6 addresses are asked, too. ``timeout`` is that of one try, ``deadline`` that of
    everything, both in seconds.
    """

    nameservers: tuple[Nameserver, ...] = ()
    authoritative: bool = False
    port: int = 53
    ipv6: bool = False
    timeout: float = 2.0
    deadline: float = 60.0


def check_port(params: t.Mapping[str, t.Any]) -> None:
    """Raises InvalidInput."""
    port = params["authoritative_port"]
    if not 0 < port < 65536:
        raise InvalidInput([f"authoritative_port must be between 1 and 65535, not {port}"])


class Questions:
    """What has been asked, and what was answered. Safe for threads: who asks the same waits for the same answer."""

    def __init__(
        self, settings: DnsSettings, clock: Clock, ask: t.Callable[[Question, float], Answer] = exchange
    ) -> None:
        if not HAS_DNSPYTHON:
            raise DnspythonMissing
        self.settings = settings
        self.statistics: collections.Counter[str] = collections.Counter()
        self._exchange = ask
        self._deadline = Deadline(clock, settings.deadline)
        self._lock = threading.Lock()
        self._answers: dict[Question, concurrent.futures.Future[Answer]] = {}
        self._failures: dict[Nameserver, int] = {}
        self._heard: set[Nameserver] = set()
        self._dead: dict[Nameserver, str] = {}

    def ask(self, question: Question) -> Answer:
        """The answer, or why there is none; never an exception for what the server does."""
        with self._lock:
            known = self._answers.get(question)
            future = known or self._answers.setdefault(question, concurrent.futures.Future())
        if known:
            return known.result()
        try:
            answer = self._try(question)
        except BaseException as error:
            future.set_exception(error)
            raise
        future.set_result(answer)
        if answer.ttl == 0:
            with self._lock:
                self._answers.pop(question, None)
        return answer

    def ask_any(
        self, servers: t.Sequence[Nameserver], question: Question, usable: t.Callable[[Answer], bool] | None = None
    ) -> Answer:
        """The first usable answer, those who have kept silent before asked last; else the last that isn't."""
        answer = Answer(question.name, question.rdtype, fault=NO_NAMESERVERS)
        for server in sorted(servers, key=lambda each: self._failures.get(each, 0)):
            answer = self.ask(question._replace(server=server))
            if not answer.fault and (usable is None or usable(answer)):
                break
        return answer

    def _try(self, question: Question) -> Answer:
        fault = self._dead.get(question.server, NO_TIME_LEFT)
        answer = Answer(question.name, question.rdtype, server=str(question.server), fault=fault)
        for dummy in range(_TRIES):
            left = self._deadline.left()
            if left <= 0 or question.server in self._dead:
                break
            answer = self._exchange(question, min(self.settings.timeout, left))
            self._note(question.server, answer)
            if not answer.fault:
                break
        return answer

    def _note(self, server: Nameserver, answer: Answer) -> None:
        with self._lock:
            self.statistics["queries"] += 1
            if not answer.fault:
                self._heard.add(server)
                self._failures.pop(server, None)
                self._dead.pop(server, None)
                return
            self.statistics["unanswered"] += 1
            failures = self._failures[server] = self._failures.get(server, 0) + 1
            if failures >= _DEAD and server not in self._heard:
                self._dead[server] = answer.fault
