# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The public DNS of the sandbox: root, top-level domains, cloudfront.net, and the zones on Route 53's name servers.

Only data. `name_servers` puts it on sockets, `resolution` looks names up through them.
"""

from __future__ import annotations

import heapq
import itertools
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import dns.name
import dns.rcode
import dns.rdatatype

from . import domain_names
from .clock import Clock
from .cloudfront_edges import DOMAIN as CLOUDFRONT_DOMAIN
from .zone_data import Reply, ZoneData, parents

ROOT_ADDRESS = "127.53.0.1"
TLD_ADDRESS = "127.53.0.2"
ROOT_SERVER = "a.root-servers.net."
DELEGATION_SETS = 64
_SOA_TIMES = "1 7200 900 1209600 86400"
# Registries' zones that are always there; others come with the first delegation below them.
TOP_LEVEL_DOMAINS = ("com", "net", "org", "uk", "io", "dev", "app", "cloud", "eu", "de", "aws", "info")
# RFC 6761, RFC 6762, RFC 7686, RFC 9476, ICANN's reservation of .internal: never in the public root.
NEVER_PUBLIC = frozenset(
    {"alt", "corp", "example", "home", "internal", "invalid", "lan", "local", "localhost", "onion", "test"}
)
_AWS_SUFFIXES = ("com.", "net.", "org.", "co.uk.")


Version = tuple[int, int]
"""Of a server: its zones coming and going, and the changes in the zone that a name belongs to."""


class NoDelegationSet(Exception):
    """All delegation sets hold a zone of this name, or one above or below it."""


def name_servers_of(delegation_set: int) -> list[str]:
    """The four names of a delegation set, e.g. ns-37.awsdns-04.com.

    Set 0 is the one that Route 53 shows in every private zone: ns-0.awsdns-00.com, ns-512.awsdns-00.net, ...
    """
    numbers = [(delegation_set * step) % 512 for step in (37, 101, 211, 331)]
    return [f"ns-{512 * group + n}.awsdns-{n // 8:02d}.{_AWS_SUFFIXES[group]}" for group, n in enumerate(numbers)]


def address_of(delegation_set: int) -> str:
    """One loopback address for the four servers of a set: each of them has the same zones."""
    return f"127.53.1.{delegation_set}"


SERVER_ADDRESSES = (ROOT_ADDRESS, TLD_ADDRESS, *map(address_of, range(1, DELEGATION_SETS)))


@dataclass(frozen=True)
class Publication:
    """A record set as the name servers are to serve it; no values: not any more."""

    name: str
    type: str
    ttl: int = 0
    values: tuple[str, ...] = ()


class PublicDns:
    """Who serves what, as of the clock. Safe for threads."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.RLock()
        self._ticket = itertools.count()
        self._generation = 0
        self._host_addresses = {
            dns.name.from_text(name): address_of(index)
            for index in range(1, DELEGATION_SETS)
            for name in name_servers_of(index)
        }
        self.clear()

    def clear(self) -> None:
        """Back to a root and empty top-level domains."""
        with self._lock:
            self._generation += 1
            previous: dict[str, int] = getattr(self, "_versions", {})
            self._versions = {address: previous.get(address, 0) + 1 for address in SERVER_ADDRESSES}
            self._agenda: list[tuple[float, int, str, Callable[[], None]]] = []  # due, ticket, zone id, step
            self._serving: dict[str, dict[dns.name.Name, ZoneData]] = {address: {} for address in SERVER_ADDRESSES}
            self._sets: dict[str, tuple[int, ZoneData]] = {}
            self._next_set = itertools.cycle(range(1, DELEGATION_SETS))
            root = _registry_zone(dns.name.root, ROOT_SERVER, lambda host: TLD_ADDRESS)
            root.put(dns.name.from_text(ROOT_SERVER), "A", 3600, [ROOT_ADDRESS])
            self._serving[ROOT_ADDRESS][dns.name.root] = root
            for label in TOP_LEVEL_DOMAINS:
                self._top_level_domain(label)
            for host, address in self._host_addresses.items():
                self._top_level_domain(host[-2].decode()).put(host, "A", 172800, [address])
            self._top_level_domain("net").put(dns.name.from_text(ROOT_SERVER), "A", 3600, [ROOT_ADDRESS])
            self._cloudfront = self._open_cloudfront()

    def _open_cloudfront(self) -> ZoneData:
        origin, server = dns.name.from_text(CLOUDFRONT_DOMAIN), f"ns.{CLOUDFRONT_DOMAIN}."
        zone = _registry_zone(origin, server, lambda host: None)
        zone.put(dns.name.from_text(server), "A", 3600, [TLD_ADDRESS])
        self._serving[TLD_ADDRESS][origin] = zone
        return zone

    def _top_level_domain(self, label: str) -> ZoneData:
        origin = dns.name.Name((label.encode(), b""))
        if origin not in self._serving[TLD_ADDRESS]:
            server = f"ns.nic.{label}."
            zone = _registry_zone(origin, server, self._host_addresses.get)
            zone.put(dns.name.from_text(server), "A", 3600, [TLD_ADDRESS])
            self._serving[TLD_ADDRESS][origin] = zone
            self._serving[ROOT_ADDRESS][dns.name.root].put(origin, "NS", 172800, [server])
            self._versions[TLD_ADDRESS] += 1
        return self._serving[TLD_ADDRESS][origin]

    # What Route 53 does.

    def free_delegation_set(self, zone: str) -> int:
        """A set without a zone of this name, above or below it (API reference, ConflictingDomainExists)."""
        origin = domain_names.dns_name(zone)
        with self._lock:
            taken = {
                index
                for index, data in self._sets.values()
                if data.origin.is_subdomain(origin) or origin.is_subdomain(data.origin)
            }
            for index in itertools.islice(self._next_set, DELEGATION_SETS - 1):
                if index not in taken:
                    return index
        raise NoDelegationSet(zone)

    def open_zone(self, zone_id: str, zone: str, delegation_set: int, due: float) -> None:
        """Serve a new zone from `due` on; the set is taken at once."""
        data = ZoneData(domain_names.dns_name(zone))
        address = address_of(delegation_set)
        with self._lock:
            self._sets[zone_id] = (delegation_set, data)
            self._plan(due, zone_id, lambda: self._open(address, data))

    def _open(self, address: str, data: ZoneData) -> None:
        self._serving[address][data.origin] = data
        self._versions[address] += 1

    def close_zone(self, zone_id: str) -> None:
        with self._lock:
            if zone_id not in self._sets:
                return
            delegation_set, data = self._sets.pop(zone_id)
            self._agenda = [item for item in self._agenda if item[2] != zone_id]
            heapq.heapify(self._agenda)
            self._serving[address_of(delegation_set)].pop(data.origin, None)
            self._versions[address_of(delegation_set)] += 1
            self._generation += 1

    def publish(self, zone_id: str, due: float, publications: Sequence[Publication]) -> None:
        """Serve these record sets from `due` on."""
        with self._lock:
            if zone_id in self._sets:
                data = self._sets[zone_id][1]
                self._plan(due, zone_id, lambda: _apply(data, publications))

    def _plan(self, due: float, zone_id: str, step: Callable[[], None]) -> None:
        heapq.heappush(self._agenda, (due, next(self._ticket), zone_id, step))

    def _settle(self) -> None:
        """Carry out what is due by the clock."""
        while self._agenda and self._agenda[0][0] <= self._clock.now():
            heapq.heappop(self._agenda)[3]()
            self._generation += 1

    # What CloudFront does.

    def set_cloudfront_host(self, host: str, records: Mapping[str, Sequence[str]]) -> None:
        """Serve these addresses for a name of cloudfront.net, at once; without any it does not exist."""
        name = dns.name.from_text(host)
        with self._lock:
            for record_type in ("A", "AAAA"):
                if records.get(record_type):
                    self._cloudfront.put(name, record_type, 60, list(records[record_type]))
                else:
                    self._cloudfront.remove(name, record_type)
            self._generation += 1

    # What a registrar does.

    def delegate(self, domain: str, name_servers: Iterable[str]) -> None:
        """Put the NS records of a domain into its top-level domain, at once; none: take them out."""
        name = domain_names.dns_name(domain)
        servers = [domain_names.normal(server) for server in name_servers]
        with self._lock:
            registry = self._top_level_domain(name[-2].decode())
            if servers:
                registry.put(name, "NS", 172800, servers)
            else:
                registry.remove(name, "NS")
            self._generation += 1

    # What the name servers do.

    def generation(self) -> int:
        """Grows with every change, wherever it is."""
        with self._lock:
            self._settle()
            return self._generation

    def version(self, address: str, name: dns.name.Name) -> Version:
        """Changes whenever the answer of this server for the name may have changed."""
        with self._lock:
            self._settle()
            zone = self._zone_for(address, name)
            return self._versions.get(address, 0), 0 if zone is None else zone.version(name)

    def reply(self, address: str, name: dns.name.Name, rdtype: dns.rdatatype.RdataType) -> Reply:
        """The answer of the server at this address, from the closest zone it has; REFUSED when it has none."""
        with self._lock:
            self._settle()
            zone = self._zone_for(address, name)
            if zone is not None:
                return zone.reply(name, rdtype)
        return Reply(rcode=dns.rcode.REFUSED, authoritative=False)

    def _zone_for(self, address: str, name: dns.name.Name) -> ZoneData | None:
        zones = self._serving.get(address, {})
        return next((zones[parent] for parent in parents(name) if parent in zones), None)


def _registry_zone(origin: dns.name.Name, server: str, glue: Callable[[dns.name.Name], str | None]) -> ZoneData:
    zone = ZoneData(origin, glue)
    zone.put(origin, "SOA", 900, [f"{server} hostmaster.{server} {_SOA_TIMES}"])
    zone.put(origin, "NS", 172800, [server])
    return zone


def _apply(data: ZoneData, publications: Sequence[Publication]) -> None:
    for publication in publications:
        name = domain_names.dns_name(publication.name)
        if publication.values:
            data.put(name, publication.type, publication.ttl, list(publication.values))
        else:
            data.remove(name, publication.type)


class Registrar:
    """Delegates domains at their top-level domain, as a registrar of any vendor does."""

    def __init__(self, public_dns: PublicDns, name_servers_of_zone: Callable[[str], tuple[str, list[str]]]) -> None:
        self.public_dns = public_dns
        self._name_servers_of_zone = name_servers_of_zone
        self._delegations: dict[str, list[str]] = {}

    def clear(self) -> None:
        self._delegations.clear()

    def delegate(self, domain: str, target: str | Iterable[str]) -> list[str]:
        """Delegate to a hosted zone's name servers (its id), or to the name servers listed; returns them."""
        name = self._registrable(domain)
        if isinstance(target, str):
            zone_name, servers = self._name_servers_of_zone(target)
            if zone_name != name:
                raise ValueError(f"hosted zone {target} is for {zone_name}, not for {name}")
        else:
            servers = list(target)
            if not servers:
                raise ValueError("no name servers given")
        self.public_dns.delegate(name, servers)
        self._delegations[name] = servers
        return servers

    def undelegate(self, domain: str) -> None:
        name = self._registrable(domain)
        self.public_dns.delegate(name, [])
        self._delegations.pop(name, None)

    def _registrable(self, domain: str) -> str:
        name = domain_names.normal(domain)
        parents = domain_names.ancestors(name)
        if len(parents) < 2 or parents[-1].rstrip(".") in NEVER_PUBLIC:
            raise ValueError(f"{domain} cannot be registered: the public root has no such top-level domain")
        holder = next((parent for parent in parents[1:] if parent in self._delegations), None)
        if holder is not None:
            raise ValueError(f"{domain} belongs to {holder}: delegate it by NS records in that zone")
        return name
