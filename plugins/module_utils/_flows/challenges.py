# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Where challenges go, and whether they have got there: what name servers are asked."""

from __future__ import annotations

import dataclasses
import random
import typing as t

from .._challenge_places import Place, find_place
from .._challenge_records import ChallengeRecord
from .._dns.exchange import Question
from .._dns.questions import DnsSettings, Questions
from .._dns.resolver import Nameserver, system_nameservers
from .._dns.resolver_view import ResolverView
from .._dns_answers import NO_ADDRESS, NO_AUTHORITY, Answer
from .._names import InvalidName
from .._pace import Clock, Deadline, SystemClock, intervals
from .._propagation import PENDING, Sighting, judge
from .._threads import gather

_GROWTH = 1.5
_JITTER = 0.2


def places(settings: DnsSettings, names: t.Iterable[str], follow_aliases: bool) -> list[Place]:
    """The place of each challenge."""
    view = _resolvers(Questions(settings, SystemClock()))

    def place(name: str) -> Place:
        try:
            return find_place(name, view, follow_aliases=follow_aliases)
        except InvalidName as error:
            return Place(name, name, fault=f"a CNAME of {name} leads to what is no name: {error}")

    return list(gather(place, dict.fromkeys(names)))


def placed(records: t.Sequence[ChallengeRecord], found: t.Sequence[Place]) -> dict[str, t.Any]:
    """The records where they go, and why some go nowhere."""
    faults = [place.fault for place in found if place.fault]
    there = [
        {
            "name": place.name,
            "type": "TXT",
            "txt_values": list(record.values),
            "zone": place.zone,
            "challenge_name": place.challenge_name,
            "name_servers": list(place.name_servers),
        }
        for record, place in zip(records, found, strict=True)
        if not place.fault
    ]
    return {"records": there, "ok": not faults, "message": "; ".join(faults) + "." if faults else ""}


def _resolvers(questions: Questions) -> ResolverView:
    """Those that are given, of which any will do, or the system's."""
    given = questions.settings.nameservers
    if not given:
        return ResolverView(questions, system_nameservers(), "the system's resolver")
    label = "the resolver" if len(given) == 1 else "the resolvers"
    return ResolverView(questions, given, f"{label} {', '.join(map(str, given))}")


class Lookout:
    """Looks for records: at the name servers of their zones, or with ``at_resolvers`` at the resolvers."""

    def __init__(self, settings: DnsSettings, at_resolvers: bool, pass_over: bool) -> None:
        self._settings = settings
        self._at_resolvers = at_resolvers
        self._pass_over = pass_over

    def look(self, records: t.Sequence[ChallengeRecord]) -> list[dict[str, t.Any]]:
        """Asks anew. Names of one zone share the questions for its name servers."""
        questions = Questions(self._settings, SystemClock())
        resolvers = None if self._at_resolvers else _resolvers(questions)
        found = gather(lambda record: self._see(questions, resolvers, record), records)
        return [judge(each, pass_over=self._pass_over) for each in found]

    def _see(self, questions: Questions, resolvers: ResolverView | None, record: ChallengeRecord) -> Sighting:
        if resolvers is None:
            servers = self._settings.nameservers or system_nameservers()
            if not servers:
                return Sighting(record, fault="no resolver is given, and the system has none")
            return Sighting(record, {str(server): _ask(questions, server, record.name, True) for server in servers})
        place = Place(record.name, record.name, record.zone) if record.zone else _place(record.name, resolvers)
        if place.fault:
            return Sighting(record, fault=place.fault)
        record = ChallengeRecord(record.name, record.values, place.zone)
        hosts = resolvers.ask(place.zone, "NS").values
        if not hosts:
            return Sighting(record, fault=f"{resolvers.label} tells no name servers of {place.zone}")
        seen: dict[str, Answer] = {}
        for host in sorted(hosts):
            seen.update(self._ask_host(questions, resolvers, host, record.name))
        return Sighting(record, seen)

    def _ask_host(self, questions: Questions, resolvers: ResolverView, host: str, name: str) -> dict[str, Answer]:
        kinds = ("A", "AAAA") if self._settings.ipv6 else ("A",)
        addresses = [address for kind in kinds for address in resolvers.ask(host, kind).values]
        if not addresses:
            return {host: Answer(name, "TXT", fault=NO_ADDRESS)}
        servers = [Nameserver(address, self._settings.port) for address in sorted(addresses)]
        return {f"{host} ({server})": _ask(questions, server, name, False) for server in servers}

    def wait(
        self, records: t.Sequence[ChallengeRecord], clock: Clock, timeout: float, longest_pause: float
    ) -> list[dict[str, t.Any]]:
        """Until all are published, or the time is over: what was seen last."""
        deadline = Deadline(clock, timeout)
        pauses = intervals(1.0, _GROWTH, longest_pause, _JITTER, random.random)
        seen = self.look(records)
        while any(each["phase"] == PENDING for each in seen) and not deadline.passed():
            deadline.pause(next(pauses))
            left = [record for record, each in zip(records, seen, strict=True) if each["phase"] == PENDING]
            again = {each["name"]: each for each in self.look(left)}
            seen = [again.get(each["name"], each) for each in seen]
        return seen


def _place(name: str, resolvers: ResolverView) -> Place:
    try:
        return find_place(name, resolvers, follow_aliases=False)
    except InvalidName as error:
        return Place(name, name, fault=str(error))


def _ask(questions: Questions, server: Nameserver, name: str, recursive: bool) -> Answer:
    answer = questions.ask(Question(server, name, "TXT", recursive=recursive))
    if recursive or answer.authoritative or answer.failure:
        return answer
    return dataclasses.replace(answer, fault=NO_AUTHORITY)
