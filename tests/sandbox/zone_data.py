# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The data of one DNS zone, and the answer an authoritative server gives from it.

RFC 1034 4.3.2 (the algorithm), RFC 4592 (wildcards), RFC 2308 (negative answers), RFC 8020 (nothing exists below a
name that does not exist).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

import dns.name
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from .record_values import rdata_of

MAX_CHAIN = 16
_WILDCARD = dns.name.Name((b"*",))


@lru_cache(maxsize=50_000)
def parents(name: dns.name.Name) -> tuple[dns.name.Name, ...]:
    """The name and all above it, the root last."""
    return (name,) if name == dns.name.root else (name, *parents(name.parent()))


@dataclass
class Reply:
    """The sections of an answer, not yet a message."""

    rcode: dns.rcode.Rcode = dns.rcode.NOERROR
    authoritative: bool = True
    answer: list[dns.rrset.RRset] = field(default_factory=list)
    authority: list[dns.rrset.RRset] = field(default_factory=list)
    additional: list[dns.rrset.RRset] = field(default_factory=list)


class ZoneData:
    """A zone's record sets by name and type. Not safe for threads by itself."""

    def __init__(self, origin: dns.name.Name, glue: Callable[[dns.name.Name], str | None] = lambda host: None) -> None:
        self.origin = origin
        self._glue = glue
        self._names: dict[dns.name.Name, dict[dns.rdatatype.RdataType, dns.rrset.RRset]] = {}
        self._existing: Counter[dns.name.Name] = Counter()
        self._changes_below: Counter[dns.name.Name] = Counter()

    def version(self, name: dns.name.Name) -> int:
        """Grows whenever an answer for the name may have changed."""
        changes = self._changes_below
        return sum(changes[parent] for parent in parents(name)[: len(name) - len(self.origin) + 1])

    def put(self, name: dns.name.Name, record_type: str, ttl: int, values: list[str]) -> None:
        """Serve this record set in place of the one of the same name and type."""
        rrset = dns.rrset.RRset(name, dns.rdataclass.IN, dns.rdatatype.from_text(record_type))
        for value in values:
            rrset.add(rdata_of(record_type, value), ttl)
        self._note_change(name)
        if name not in self._names:
            self._names[name] = {}
            self._existing.update(self._up_to_origin(name))
        self._names[name][rrset.rdtype] = rrset

    def remove(self, name: dns.name.Name, record_type: str) -> None:
        rrsets = self._names.get(name, {})
        rrsets.pop(dns.rdatatype.from_text(record_type), None)
        if name in self._names and not rrsets:
            del self._names[name]
            self._existing.subtract(self._up_to_origin(name))
        self._note_change(name)

    def _note_change(self, name: dns.name.Name) -> None:
        """All at or below the name may be answered otherwise now, and below those that (do not) exist because of it.

        A wildcard speaks for its parent's children.
        """
        top = name.parent() if name.labels[0] == b"*" else name
        missing = [node for node in self._up_to_origin(name) if self._existing[node] <= 0]
        if missing and len(missing[-1]) < len(top):
            top = missing[-1]
        self._changes_below[top] += 1

    def get(self, name: dns.name.Name, record_type: str) -> dns.rrset.RRset | None:
        return self._names.get(name, {}).get(dns.rdatatype.from_text(record_type))

    def reply(self, name: dns.name.Name, rdtype: dns.rdatatype.RdataType) -> Reply:
        """Answer the question, with CNAMEs followed as far as this zone goes."""
        reply = Reply()
        for _step in range(MAX_CHAIN):
            cut = self._cut_above(name, rdtype)
            if cut is not None:
                reply.authoritative = bool(reply.answer)
                self._refer(reply, cut)
                return reply
            rrsets = self._rrsets_at(name)
            if rrsets is None:
                reply.rcode = dns.rcode.NXDOMAIN
                return self._deny(reply)
            alias = rrsets.get(dns.rdatatype.CNAME)
            if alias is None or rdtype in (dns.rdatatype.CNAME, dns.rdatatype.ANY):
                wanted = list(rrsets.values()) if rdtype == dns.rdatatype.ANY else [rrsets.get(rdtype)]
                found = [rrset for rrset in wanted if rrset is not None]
                reply.answer += [_owned(rrset, name) for rrset in found]
                return reply if found else self._deny(reply)
            reply.answer.append(_owned(alias, name))
            name = alias[0].target
            if not name.is_subdomain(self.origin):
                return reply
        return reply

    def _up_to_origin(self, name: dns.name.Name) -> Iterator[dns.name.Name]:
        """The name and its parents, up to and with the origin: what exists because the name does."""
        yield from parents(name)[: len(name) - len(self.origin) + 1]

    def _cut_above(self, name: dns.name.Name, rdtype: dns.rdatatype.RdataType) -> dns.rrset.RRset | None:
        """The topmost NS set between origin and name: all from there on belongs to another zone, but for its DS."""
        for parent in reversed(parents(name)[: len(name) - len(self.origin)]):
            name_servers = self._names.get(parent, {}).get(dns.rdatatype.NS)
            if name_servers is not None and not (parent == name and rdtype == dns.rdatatype.DS):
                return name_servers
        return None

    def _rrsets_at(self, name: dns.name.Name) -> dict[dns.rdatatype.RdataType, dns.rrset.RRset] | None:
        """The record sets of the name, those of the wildcard that covers it, or None when the name does not exist."""
        if self._existing[name] > 0:
            return self._names.get(name, {})
        for encloser in parents(name)[1 : len(name) - len(self.origin) + 1]:
            if self._existing[encloser] > 0:
                return self._names.get(_WILDCARD.concatenate(encloser))
        return None

    def _refer(self, reply: Reply, name_servers: dns.rrset.RRset) -> None:
        reply.authority.append(name_servers)
        for name_server in name_servers:
            address = self._glue(name_server.target)
            if address is not None:
                glue = dns.rrset.from_text(name_server.target, name_servers.ttl, "IN", "A", address)
                reply.additional.append(glue)

    def _deny(self, reply: Reply) -> Reply:
        """Add the SOA, whose TTL is the time the answer may be remembered (RFC 2308 3)."""
        soa = self.get(self.origin, "SOA")
        if soa is not None:
            negative = soa.copy()
            negative.ttl = min(soa.ttl, soa[0].minimum)
            reply.authority.append(negative)
        return reply


def _owned(rrset: dns.rrset.RRset, name: dns.name.Name) -> dns.rrset.RRset:
    """The set under the name that was asked for: a wildcard's owner is never shown (RFC 4592 2.2.1)."""
    if rrset.name == name:
        return rrset
    synthesised = rrset.copy()
    synthesised.name = name
    return synthesised
