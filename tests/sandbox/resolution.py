# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Looking names up the way a resolver on the Internet does: from the root, along the delegations, over UDP.

RFC 1034 5.3.3, RFC 2308. Nothing here reads the sandbox's data directly: a record that is not reachable by delegation
is not found.
"""

from __future__ import annotations

import random
import socket
import struct
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from .public_dns import ROOT_ADDRESS, Version
from .zone_data import parents

MAX_REFERRALS = 20
MAX_ALIASES = 16
MAX_DEPTH = 4
TIMEOUT = 2.0
_CACHE_SIZE = 50_000
Key = TypeVar("Key")
Value = TypeVar("Value")
# One question and one OPT record, nothing else set: not even "recursion desired".
_HEADER = struct.pack("!HHHHH", 0, 1, 0, 0, 1)
_EDNS = b"\0" + struct.pack("!HHIH", dns.rdatatype.OPT, 1232, 0, 0)


@dataclass(frozen=True)
class Answer:
    """What a look-up brought: rcode as text, the records of the type asked for at the end of the chain of names."""

    name: str
    rdtype: str
    rcode: str
    records: tuple[tuple[str, str], ...]
    chain: tuple[str, ...]
    servers: tuple[str, ...]

    @property
    def values(self) -> list[str]:
        return [value for _rdtype, value in self.records]


Asked = dict[tuple[str, dns.name.Name], Version]
"""Who was asked for which name, and the version of what they had to say about it."""


@dataclass
class Remembered:
    """Something learned, what it rests on, and the generation of the whole DNS at which that was last found true."""

    asked: Asked = field(default_factory=dict)
    held_at: int = -1


@dataclass
class Cut(Remembered):
    """A delegation: the addresses of a zone's name servers."""

    servers: list[str] = field(default_factory=list)


@dataclass
class LookUp(Remembered):
    """An answer in DNS's own terms."""

    rcode: dns.rcode.Rcode = dns.rcode.NOERROR
    answer: list[dns.rrset.RRset] = field(default_factory=list)
    authority: list[dns.rrset.RRset] = field(default_factory=list)
    names: list[dns.name.Name] = field(default_factory=list)


class Unanswered(Exception):
    """No server of a zone gives a usable answer."""


class Changes(Protocol):
    """What tells the resolver that it must ask again."""

    def generation(self) -> int:

        """See the class that implements it."""

    def version(self, address: str, name: dns.name.Name) -> Version:
        """See the class that implements it."""


class Resolver:
    """A recursing resolver. Safe for threads.

    Answers and delegations are remembered until something changed on the way to them (`version`): what is found is
    what a resolver finds when every TTL is 0, but thousands of names can be asked again and again.
    """

    def __init__(self, port: int, changes: Changes, root: str = ROOT_ADDRESS) -> None:
        self._port = port
        self._changes = changes
        self._root = root
        self._local = threading.local()
        self._channels: list[socket.socket] = []
        self._random = random.SystemRandom()
        self._found: dict[tuple[str, str], tuple[LookUp, Answer]] = {}
        self._answers: dict[tuple[dns.name.Name, dns.rdatatype.RdataType], LookUp] = {}
        self._cuts: dict[dns.name.Name, Cut] = {}

    def close(self) -> None:
        """Close all threads' sockets; nothing is looked up afterwards."""
        for channel in self._channels:
            channel.close()

    def resolve(self, name: str, rdtype: str) -> Answer:
        """Look a name up. A server failure is an answer too (SERVFAIL)."""
        known = self._found.get((name, rdtype))
        if known is not None and self._holds(known[0]):
            return known[1]
        look_up = self.look_up(dns.name.from_text(name), dns.rdatatype.from_text(rdtype))
        answer = _answer(name, rdtype, look_up)
        if look_up.rcode != dns.rcode.SERVFAIL:
            _remember(self._found, (name, rdtype), (look_up, answer))
        return answer

    def look_up(self, name: dns.name.Name, rdtype: dns.rdatatype.RdataType, depth: int = 0) -> LookUp:
        """Look a name up and follow its aliases; remembered until a server on the way changes."""
        known = self._answers.get((name, rdtype))
        if known is not None and self._holds(known):
            return known
        found = LookUp(names=[name], held_at=self._changes.generation())
        try:
            while self._one_name(found, rdtype, depth):
                if len(found.names) > MAX_ALIASES:
                    raise Unanswered("too many aliases")
        except Unanswered:
            found.rcode, found.answer, found.authority = dns.rcode.SERVFAIL, [], []
        if found.rcode != dns.rcode.SERVFAIL:
            _remember(self._answers, (name, rdtype), found)
        return found

    def _holds(self, known: Remembered) -> bool:
        generation = self._changes.generation()
        if known.held_at != generation:
            if any(self._changes.version(*question) != version for question, version in known.asked.items()):
                return False
            known.held_at = generation
        return True

    def _one_name(self, found: LookUp, rdtype: dns.rdatatype.RdataType, depth: int) -> bool:
        """Ask for the last name of the chain; whether an alias leads on."""
        response = self._iterate(found.names[-1], rdtype, found.asked, depth)
        found.rcode, found.authority = response.rcode(), list(response.authority)
        while True:
            name = found.names[-1]
            alias = _rrset(response.answer, name, dns.rdatatype.CNAME)
            if alias is None or rdtype in (dns.rdatatype.CNAME, dns.rdatatype.ANY):
                found.answer += [rrset for rrset in response.answer if rrset.name == name]
                return False
            found.answer.append(alias)
            target = alias[0].target
            if target in found.names:
                raise Unanswered("alias loop")
            found.names.append(target)
            if not any(rrset.name == target for rrset in response.answer):
                # The server followed the chain as far as its zone goes: to a denial, or out of the zone.
                return not any(rrset.rdtype == dns.rdatatype.SOA for rrset in response.authority)

    def _iterate(
        self, name: dns.name.Name, rdtype: dns.rdatatype.RdataType, asked: Asked, depth: int
    ) -> dns.message.Message:
        """Follow referrals from the closest delegation known, the root at worst, to the answer."""
        zone, servers = self._closest_cut(name, asked)
        for _hop in range(MAX_REFERRALS):
            response = self._ask_zone(servers, name, rdtype, zone, asked)
            cut = _referral(response, name, zone)
            if cut is None:
                return response
            servers = self._addresses(cut, response, depth, asked)
            zone = cut.name
            _remember(self._cuts, zone, Cut(dict(asked), servers=servers))
        raise Unanswered("too many referrals")

    def _closest_cut(self, name: dns.name.Name, asked: Asked) -> tuple[dns.name.Name, list[str]]:
        for parent in parents(name)[:-1]:
            known = self._cuts.get(parent)
            if known is None:
                continue
            if self._holds(known):
                _note(asked, known.asked)
                return parent, known.servers
            self._cuts.pop(parent, None)
        return dns.name.root, [self._root]

    def _addresses(self, cut: dns.rrset.RRset, response: dns.message.Message, depth: int, asked: Asked) -> list[str]:
        """The addresses of a zone's name servers, from glue or by looking them up."""
        addresses: list[str] = []
        for host in (rdata.target for rdata in cut):
            rrset = _rrset(response.additional, host, dns.rdatatype.A)
            if rrset is None and depth < MAX_DEPTH:
                found = self.look_up(host, dns.rdatatype.A, depth + 1)
                _note(asked, found.asked)
                rrset = _rrset(found.answer, found.names[-1], dns.rdatatype.A)
            addresses += [rdata.address for rdata in rrset or ()]
        return list(dict.fromkeys(addresses))

    def _ask_zone(
        self,
        servers: Iterable[str],
        name: dns.name.Name,
        rdtype: dns.rdatatype.RdataType,
        zone: dns.name.Name,
        asked: Asked,
    ) -> dns.message.Message:
        """The first usable answer of the zone's servers; refusals, failures and lame ones (no AA) are passed over."""
        for address in servers:
            if not address.startswith("127."):
                continue  # The sandbox's DNS never leaves loopback: a server elsewhere does not answer.
            version = self._changes.version(address, name)
            try:
                response = self._ask(address, name, rdtype)
            except (OSError, dns.exception.DNSException):
                continue
            _note(asked, {(address, name): version})
            if response.flags & dns.flags.AA or _referral(response, name, zone) is not None:
                return response
        raise Unanswered(f"no server of {zone} answers for {name}")

    def _ask(self, address: str, name: dns.name.Name, rdtype: dns.rdatatype.RdataType) -> dns.message.Message:
        question = (name.to_wire() or b"") + struct.pack("!HH", rdtype, dns.rdataclass.IN)
        query_id = self._random.randbytes(2)
        query = query_id + _HEADER + question + _EDNS
        channel = self._channel()
        channel.sendto(query, (address, self._port))
        while True:
            answer, peer = channel.recvfrom(65535)
            if peer == (address, self._port) and answer[:2] == query_id and answer[12 : 12 + len(question)] == question:
                break
        if answer[2] & 0x02:
            return dns.query.tcp(dns.message.from_wire(query), address, timeout=TIMEOUT, port=self._port)
        return dns.message.from_wire(answer)

    def _channel(self) -> socket.socket:
        """This thread's UDP socket."""
        channel: socket.socket | None = getattr(self._local, "channel", None)
        if channel is None:
            channel = self._local.channel = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            channel.bind(("127.0.0.1", 0))
            self._channels.append(channel)
            channel.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", int(TIMEOUT), 0))
        return channel


def _answer(name: str, rdtype: str, found: LookUp) -> Answer:
    last, wanted = found.names[-1], dns.rdatatype.from_text(rdtype)
    rrsets = [rrset for rrset in found.answer if rrset.rdtype == wanted and rrset.name == last]
    return Answer(
        name=name,
        rdtype=rdtype,
        rcode=dns.rcode.to_text(found.rcode),
        records=tuple((rdtype, rdata.to_text()) for rrset in rrsets for rdata in rrset),
        chain=tuple(step.to_text().lower() for step in found.names),
        servers=tuple(dict.fromkeys(address for address, _name in found.asked)),
    )


def _remember(memory: dict[Key, Value], key: Key, value: Value) -> None:
    if len(memory) >= _CACHE_SIZE:
        memory.clear()
    memory[key] = value


def _note(asked: Asked, more: Asked) -> None:
    """Add questions; of one asked twice the earlier version counts, so that a change in between is noticed."""
    for question, version in more.items():
        asked.setdefault(question, version)


def _rrset(
    section: Iterable[dns.rrset.RRset], name: dns.name.Name, rdtype: dns.rdatatype.RdataType
) -> dns.rrset.RRset | None:
    return next((rrset for rrset in section if rrset.name == name and rrset.rdtype == rdtype), None)


def _referral(response: dns.message.Message, name: dns.name.Name, zone: dns.name.Name) -> dns.rrset.RRset | None:
    """The NS set of a zone closer to the name, when the answer is a referral and leads down."""
    if response.answer or response.flags & dns.flags.AA:
        return None
    for rrset in response.authority:
        leads_down = rrset.name != zone and rrset.name.is_subdomain(zone) and name.is_subdomain(rrset.name)
        if rrset.rdtype == dns.rdatatype.NS and leads_down:
            return rrset
    return None
