# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""The DNS as the zones' own name servers show it: along the delegations, from the root down (RFC 1034, 5.3.3)."""

from __future__ import annotations

import dataclasses
import typing as t

from .._dns_answers import NO_ADDRESS, NO_AUTHORITY, TOO_MANY_ALIASES, Answer, Record
from .._names import is_within, labels
from .._preflight_subject import Delegation
from .exchange import Question
from .questions import Questions
from .resolver import Nameserver
from .resolver_view import ResolverView
from .signatures import signature_fault, signers

_MAX_ALIASES = 16
# A name server's own name may need a look-up, and that one's, too.
_MAX_DEPTH = 4
_MAX_ROOT_SERVERS = 4


@dataclasses.dataclass(frozen=True)
class Cut:
    """A zone and the servers it is delegated to; or the answer that keeps the zone from being found."""

    zone: str
    hosts: tuple[str, ...] = ()
    servers: tuple[tuple[str, Nameserver], ...] = ()
    failed: Answer | None = None

    @property
    def addresses(self) -> list[Nameserver]:
        return [server for dummy, server in self.servers]


class AuthorityView:
    """Asks without recursion. A resolver tells the root's name servers, all else is found from there.

    ``now`` is the time that signatures are compared with; when it isn't known, they aren't.
    """

    authoritative = True
    label = "the authoritative name servers"

    def __init__(self, questions: Questions, resolvers: t.Sequence[ResolverView], now: float | None) -> None:
        self._questions = questions
        self._now = now
        self._port = questions.settings.port
        self._kinds = ("A", "AAAA") if questions.settings.ipv6 else ("A",)
        self._cuts: dict[str, Cut] = {}
        self._signed: dict[str, str] = {}
        self.fault = ""
        self._cuts[""] = self._find_root(resolvers)

    def ask(self, name: str, rdtype: str) -> Answer:
        return self._resolve(name, rdtype, 0)

    def ask_unchecked(self, name: str, rdtype: str) -> Answer:
        return self.ask(name, rdtype)

    def delegation(self, zone: str) -> Delegation:
        return Delegation(zone, self._cut(zone, 0).hosts)

    def addresses(self, host: str) -> frozenset[str]:
        return frozenset(server.address for server in self._look_up(host, self._kinds, 0))

    def ask_each(self, zone: str, name: str, rdtype: str) -> dict[str, Answer]:
        cut = self._cut(zone, 0)
        answers = {
            f"{host} ({server})": self._questions.ask(Question(server, name, rdtype, recursive=False))
            for host, server in cut.servers
        }
        nowhere = [host for host in cut.hosts if host not in dict(cut.servers) and not self._has_address(host)]
        return answers | {host: Answer(name, rdtype, fault=NO_ADDRESS) for host in nowhere}

    def signature_fault(self, name: str) -> tuple[str, str]:
        """The topmost zone on the way to the name whose DNSSEC is broken, and how; empty when none is."""
        above = self._cuts[""]
        parts = labels(name) if self._now is not None else ()
        for start in range(len(parts) - 1, -1, -1):
            cut = self._cut(".".join(parts[start:]), 0)
            if cut is above or cut.failed:
                continue
            delegated = signers(self._ask_cut(above, cut.zone, "DS").records)
            if not delegated:
                break  # nobody expects signatures from here on
            if cut.zone not in self._signed:
                self._signed[cut.zone] = self._signature_fault(cut, delegated)
            if self._signed[cut.zone]:
                return cut.zone, self._signed[cut.zone]
            above = cut
        return "", ""

    def _signature_fault(self, cut: Cut, delegated: t.Sequence[Record]) -> str:
        keys, signed = (self._ask_cut(cut, cut.zone, rdtype) for rdtype in ("DNSKEY", "SOA"))
        known = self._now is not None and not keys.failure
        return signature_fault(cut.zone, delegated, keys, signed, self._now or 0) if known else ""

    def _find_root(self, resolvers: t.Sequence[ResolverView]) -> Cut:
        for resolver in resolvers:
            hosts = sorted(resolver.ask("", "NS").values)[:_MAX_ROOT_SERVERS]
            found = [
                (host, server)
                for host in hosts
                for kind in self._kinds
                for server in self._nameservers(resolver.ask(host, kind).values)
            ]
            if found:
                return Cut("", tuple(hosts), tuple(found))
        self.fault = "no resolver tells the root's name servers"
        return Cut("", failed=Answer("", "NS", fault=self.fault))

    def _resolve(self, name: str, rdtype: str, depth: int) -> Answer:
        """The answer at the end of the aliases, each of them looked up from its own zone."""
        found: tuple[Record, ...] = ()
        asked, answer = name, Answer(name, rdtype)
        for dummy in range(_MAX_ALIASES):
            cut = self._cut(asked, depth)
            if cut.failed:
                return dataclasses.replace(cut.failed, name=name, rdtype=rdtype, answer=found)
            answer = self._ask_cut(cut, asked, rdtype)
            found += answer.answer
            end = answer.chain[-1]
            if rdtype == "CNAME" or end == asked or (is_within(end, cut.zone) and self._cut(end, depth) is cut):
                return dataclasses.replace(answer, name=name, answer=found)
            asked = end
        return dataclasses.replace(answer, name=name, answer=found, fault=TOO_MANY_ALIASES)

    def _cut(self, name: str, depth: int) -> Cut:
        """The zone that a name lies in, found label by label, so that names side by side share the questions."""
        parts = labels(name)
        cut = self._cuts[""]
        for start in range(len(parts) - 1, -1, -1):
            candidate = ".".join(parts[start:])
            known = self._cuts.get(candidate)
            if known is None:
                # Two threads may find the same; they find it from the same answers.
                known = self._cuts.setdefault(candidate, self._step(cut, candidate, depth))
            cut = known
            if cut.failed:
                break
        return cut

    def _step(self, cut: Cut, candidate: str, depth: int) -> Cut:
        """The zone of a name one label below, given the zone above."""
        answer = self._ask_cut(cut, candidate, "SOA")
        below = _referral(answer, cut.zone)
        if below:
            return self._delegated(cut, answer, below, depth)
        if answer.failure:
            # Some servers fail at an alias that leads nowhere. An alias is no zone's apex, so it lies in this zone.
            return cut if self._ask_cut(cut, candidate, "CNAME").alias else Cut(candidate, failed=answer)
        if len(answer.chain) == 1 and answer.records:
            # The same servers have the zone below, too.
            hosts = tuple(sorted(self._ask_cut(cut, candidate, "NS").values))
            servers = tuple(pair for pair in cut.servers if pair[0] in hosts)
            return Cut(candidate, hosts, servers or cut.servers)
        return cut

    def _delegated(self, cut: Cut, answer: Answer, below: str, depth: int) -> Cut:
        hosts = tuple(
            sorted(record.value for record in answer.authority if (record.name, record.type) == (below, "NS"))
        )
        # A zone with nothing but IPv6 is asked over that, or not at all.
        servers = self._find(cut, answer, hosts, self._kinds, depth) or self._find(cut, answer, hosts, ("AAAA",), depth)
        return Cut(below, hosts, servers)

    def _find(
        self, cut: Cut, answer: Answer, hosts: t.Iterable[str], kinds: t.Sequence[str], depth: int
    ) -> tuple[tuple[str, Nameserver], ...]:
        """The hosts' addresses, from glue or by looking them up."""
        found: list[tuple[str, Nameserver]] = []
        for host in hosts:
            glue = [record.value for record in answer.additional if record.name == host and record.type in kinds]
            known = self._nameservers(glue) if is_within(host, cut.zone) else []
            found += [(host, server) for server in known or self._look_up(host, kinds, depth + 1)]
        return tuple(found)

    def _has_address(self, host: str) -> bool:
        """Whether it has one at all, be it one that isn't asked."""
        return any(self._resolve(host, rdtype, 0).values for rdtype in ("A", "AAAA"))

    def _look_up(self, host: str, kinds: t.Sequence[str], depth: int) -> list[Nameserver]:
        if depth > _MAX_DEPTH:
            return []
        return self._nameservers(value for kind in kinds for value in self._resolve(host, kind, depth).values)

    def _nameservers(self, addresses: t.Iterable[str]) -> list[Nameserver]:
        return [Nameserver(address, self._port) for address in sorted(addresses)]

    def _ask_cut(self, cut: Cut, name: str, rdtype: str) -> Answer:
        """The first of the zone's servers that answers with authority, or knows who does."""
        if not cut.servers:
            return Answer(name, rdtype, fault=f"{NO_ADDRESS} of {', '.join(cut.hosts)}")
        question = Question(Nameserver(""), name, rdtype, recursive=False)
        answer = self._questions.ask_any(cut.addresses, question, lambda found: _is_usable(found, cut.zone))
        if not answer.failure and not _is_usable(answer, cut.zone):
            return dataclasses.replace(answer, fault=NO_AUTHORITY)
        return answer


def _is_usable(answer: Answer, zone: str) -> bool:
    return not answer.failure and (answer.authoritative or bool(_referral(answer, zone)))


def _referral(answer: Answer, zone: str) -> str:
    """The zone below that the answer leads to; empty when it leads nowhere, or up."""
    if answer.authoritative or answer.answer or answer.failure:
        return ""
    for record in answer.authority:
        if (
            record.type == "NS"
            and record.name != zone
            and is_within(record.name, zone)
            and is_within(answer.name, record.name)
        ):
            return record.name
    return ""
