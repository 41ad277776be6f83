# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Looking names up the way a resolver on the Internet does: from the root, along the delegations, over UDP.

RFC 1034 5.3.3, RFC 2308. Nothing here reads the sandbox's data directly: a record that is not reachable by delegation
is not found.
"""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rdatatype
import dns.rrset

from .public_dns import ROOT_ADDRESS

MAX_REFERRALS = 20
MAX_ALIASES = 16
MAX_DEPTH = 4
TIMEOUT = 2.0
_CACHE_SIZE = 50_000


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


@dataclass
class LookUp:
    """The same in DNS's own terms, with the versions of the servers it rests on."""

    rcode: dns.rcode.Rcode = dns.rcode.NOERROR
    answer: list[dns.rrset.RRset] = field(default_factory=list)
    authority: list[dns.rrset.RRset] = field(default_factory=list)
    names: list[dns.name.Name] = field(default_factory=list)
    asked: dict[str, int] = field(default_factory=dict)


class Unanswered(Exception):
    """No server of a zone gives a usable answer."""


class Resolver:
    """A recursing resolver. Safe for threads.

    Answers and delegations are remembered for as long as no server they came from has changed (`version`): what is
    found is what a resolver finds when every TTL is 0, but thousands of names can be asked again and again.
    """

    def __init__(self, port: int, version: Callable[[str], int], root: str = ROOT_ADDRESS) -> None:
        self._port = port
        self._version = version
        self._root = root
        self._local = threading.local()
        self._answers: dict[tuple[dns.name.Name, dns.rdatatype.RdataType], LookUp] = {}
        self._cuts: dict[dns.name.Name, tuple[list[str], dict[str, int]]] = {}

    def resolve(self, name: str, rdtype: str) -> Answer:
        """Look a name up. A server failure is an answer too (SERVFAIL)."""
        wanted = dns.rdatatype.from_text(rdtype)
        found = self.look_up(dns.name.from_text(name), wanted)
        last = found.names[-1]
        return Answer(
            name=name,
            rdtype=rdtype,
            rcode=dns.rcode.to_text(found.rcode),
            records=tuple(
                (rdtype, rdata.to_text())
                for rrset in found.answer
                if rrset.rdtype == wanted and rrset.name == last
                for rdata in rrset
            ),
            chain=tuple(step.to_text().lower() for step in found.names),
            servers=tuple(found.asked),
        )

    def look_up(self, name: dns.name.Name, rdtype: dns.rdatatype.RdataType, depth: int = 0) -> LookUp:
        """Look a name up and follow its aliases; remembered until a server on the way changes."""
        known = self._answers.get((name, rdtype))
        if known is not None and self._holds(known.asked):
            return known
        found = LookUp(names=[name])
        try:
            while self._one_name(found, rdtype, depth):
                if len(found.names) > MAX_ALIASES:
                    raise Unanswered("too many aliases")
        except Unanswered:
            found.rcode, found.answer, found.authority = dns.rcode.SERVFAIL, [], []
        if len(self._answers) >= _CACHE_SIZE:
            self._answers.clear()
        if found.rcode != dns.rcode.SERVFAIL:
            self._answers[name, rdtype] = found
        return found

    def _holds(self, asked: dict[str, int]) -> bool:
        return all(self._version(address) == version for address, version in asked.items())

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
        self, name: dns.name.Name, rdtype: dns.rdatatype.RdataType, asked: dict[str, int], depth: int
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
            self._cuts[zone] = (servers, dict(asked))
        raise Unanswered("too many referrals")

    def _closest_cut(self, name: dns.name.Name, asked: dict[str, int]) -> tuple[dns.name.Name, list[str]]:
        for labels in range(len(name), 1, -1):
            parent = name.split(labels)[1]
            known = self._cuts.get(parent)
            if known is None:
                continue
            if self._holds(known[1]):
                _note(asked, known[1])
                return parent, known[0]
            self._cuts.pop(parent, None)
        return dns.name.root, [self._root]

    def _addresses(
        self, cut: dns.rrset.RRset, response: dns.message.Message, depth: int, asked: dict[str, int]
    ) -> list[str]:
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
        asked: dict[str, int],
    ) -> dns.message.Message:
        """The first usable answer of the zone's servers; REFUSED, SERVFAIL and lame ones are passed over."""
        for address in servers:
            if not address.startswith("127."):
                continue  # The sandbox's DNS never leaves loopback: a server elsewhere does not answer.
            version = self._version(address)
            try:
                response = self._ask(address, name, rdtype)
            except (OSError, dns.exception.DNSException):
                continue
            _note(asked, {address: version})
            if response.rcode() not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
                continue
            if response.flags & dns.flags.AA or _referral(response, name, zone) is not None:
                return response
        raise Unanswered(f"no server of {zone} answers for {name}")

    def _ask(self, address: str, name: dns.name.Name, rdtype: dns.rdatatype.RdataType) -> dns.message.Message:
        query = dns.message.make_query(name, rdtype, use_edns=0, payload=1232)
        query.flags &= ~dns.flags.RD
        wire = query.to_wire()
        channel = self._channel()
        channel.sendto(wire, (address, self._port))
        while True:
            answer, peer = channel.recvfrom(65535)
            if peer == (address, self._port) and answer[:2] == wire[:2]:
                break
        if answer[2] & 0x02:
            return dns.query.tcp(query, address, timeout=TIMEOUT, port=self._port)
        response = dns.message.from_wire(answer)
        if not query.is_response(response):
            raise dns.exception.FormError("an answer to another question")
        return response

    def _channel(self) -> socket.socket:
        """This thread's UDP socket."""
        channel: socket.socket | None = getattr(self._local, "channel", None)
        if channel is None:
            channel = self._local.channel = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            channel.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", int(TIMEOUT), 0))
        return channel


def _note(asked: dict[str, int], more: dict[str, int]) -> None:
    """Add servers; of one asked twice the earlier version counts, so that a change in between is noticed."""
    for address, version in more.items():
        asked.setdefault(address, version)


def _rrset(
    section: Iterable[dns.rrset.RRset], name: dns.name.Name, rdtype: dns.rdatatype.RdataType
) -> dns.rrset.RRset | None:
    return next((rrset for rrset in section if rrset.name == name and rrset.rdtype == rdtype), None)


def _referral(response: dns.message.Message, name: dns.name.Name, zone: dns.name.Name) -> dns.rrset.RRset | None:
    """The NS set of a zone closer to the name, when the answer is a referral and leads down."""
    if response.answer or response.flags & dns.flags.AA:
        return None
    for rrset in response.authority:
        if rrset.rdtype == dns.rdatatype.NS and rrset.name != zone and rrset.name.is_subdomain(zone):
            if name.is_subdomain(rrset.name):
                return rrset
    return None
