# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A view of a DNS that is written down in a few lines."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from ansible_collections.tlsops.certificates.plugins.module_utils._dns_answers import Answer, Record, follow
from ansible_collections.tlsops.certificates.plugins.module_utils._preflight_subject import Delegation


@dataclasses.dataclass
class FakeView:
    """``zones`` have the name servers they are delegated to, ``records`` are "name TYPE value", ``failing`` names fail.

    ``servers`` makes it the view of the zone's name servers: what each of them has, or how it fails.
    """

    zones: Mapping[str, Sequence[str]]
    records: Sequence[str] = ()
    failing: Mapping[str, str] = dataclasses.field(default_factory=dict)
    servers: Mapping[str, Sequence[str] | str] = dataclasses.field(default_factory=dict)
    hosts: Mapping[str, str] = dataclasses.field(default_factory=dict)
    mname: str = "ns1.provider.test"
    fault: str = ""
    label: str = "the resolver 192.0.2.53"
    broken: tuple[str, str] = ("", "")

    @property
    def authoritative(self) -> bool:
        return bool(self.servers)

    def ask(self, name: str, rdtype: str) -> Answer:
        return self._answer(name, rdtype, self.records, self.failing)

    def ask_unchecked(self, name: str, rdtype: str) -> Answer:
        return self._answer(name, rdtype, self.records, {n: f for n, f in self.failing.items() if f != "BOGUS"})

    def delegation(self, zone: str) -> Delegation:
        return Delegation(zone, tuple(self.zones.get(zone, ())))

    def addresses(self, host: str) -> frozenset[str]:
        return frozenset({self.hosts[host]} if host in self.hosts else ())

    def ask_each(self, zone: str, name: str, rdtype: str) -> dict[str, Answer]:
        return {
            server: Answer(name, rdtype, rcode=has) if isinstance(has, str) else self._answer(name, rdtype, has, {})
            for server, has in self.servers.items()
        }

    def signature_fault(self, name: str) -> tuple[str, str]:
        return self.broken

    def _answer(self, name: str, rdtype: str, records: Sequence[str], failing: Mapping[str, str]) -> Answer:
        there = [
            Record(owner, kind, tuple(rest.split("|"))) for owner, kind, rest in (r.split(" ", 2) for r in records)
        ]
        there += [Record(zone, "SOA", (self.mname, "1", "60")) for zone in self.zones]
        own = {record.name for record in there if record.type == "NS"}
        there += [Record(z, "NS", (host,)) for z, hosts in self.zones.items() if z not in own for host in hosts]
        targets = {record.name: record.value for record in there if record.type == "CNAME"}
        chain, circle = ((name,), "") if rdtype == "CNAME" else follow(name, targets.get)
        failure = next((failing[link] for link in chain if link in failing), "SERVFAIL" if circle else "")
        answer = tuple(r for r in there if r.name in chain[:-1] and r.type == "CNAME")
        if failure:
            known = {"rcode": "SERVFAIL"} if failure == "BOGUS" else {"rcode": failure}
            fault = {"fault": failure} if failure.islower() else known
            return Answer(name, rdtype, answer=answer, **fault)
        found = tuple(record for record in there if (record.name, record.type) == (chain[-1], rdtype))
        exists = any(r.name == chain[-1] or r.name.endswith("." + chain[-1]) for r in there) or not chain[-1]
        authority = () if found else (Record("zone.test", "SOA", (self.mname, "1", "60"), 900),)
        rcode = "NOERROR" if exists else "NXDOMAIN"
        return Answer(name, rdtype, rcode, answer + found, authority, authoritative=self.authoritative)
