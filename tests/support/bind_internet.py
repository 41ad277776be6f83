# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who serves what in the laboratory: the root, registries, two operators with two name servers each, resolvers.

Machine `first` has the registries and each operator's first name server, `second` each operator's second one.
"""

from __future__ import annotations

from .bind import Resolver, has_ipv6
from .bind_zones import NSEC, NSEC3_OPT_OUT, NameServer, Zone

ROOT = NameServer("a.root-servers.net", "127.54.0.1")
_COM = NameServer("a.gtld-servers.net", "127.54.0.2")
_NET = NameServer("b.gtld-servers.net", "127.54.0.3")
_ORG = NameServer("a0.org.afilias-nst.org", "127.54.0.4")
_UK = NameServer("nsa.nic.uk", "127.54.0.5")
_CO_UK = NameServer("nsb.nic.uk", "127.54.0.6")
_IO = NameServer("a0.nic.io", "127.54.0.7")

A1 = NameServer("ns1.alpha-dns.net", "127.54.1.1", "first")
A2 = NameServer("ns2.alpha-dns.net", "127.54.2.1", "second")
ALPHA = (A1, A2)
B1 = NameServer("ns1.beta-dns.org", "127.54.1.2", "first")
B2 = NameServer("ns2.beta-dns.org", "127.54.2.2", "second")
BETA = (B1, B2)
#: Eight hosts, as large operators have.
MANY = tuple(
    NameServer(f"ns{number}.many-dns.net", f"127.54.{1 + number % 2}.{10 + number}", ("first", "second")[number % 2])
    for number in range(8)
)
#: Over IPv6 only, where loopback has it.
SIX = NameServer("six.alpha-dns.net", "::1", "first") if has_ipv6() else A1

# Hosts that are no BIND of their own: tests start relays there, or nothing at all.
SILENT = NameServer("silent.alpha-dns.net", "127.54.3.1", "relays")
ABSENT = NameServer("absent.alpha-dns.net", "127.54.3.2", "relays")
CAA_FAILS = NameServer("caa-fails.alpha-dns.net", "127.54.3.3", "relays")
CAA_DROPS = NameServer("caa-drops.alpha-dns.net", "127.54.3.4", "relays")
NO_EDNS = NameServer("no-edns.alpha-dns.net", "127.54.3.5", "relays")
#: A resolver in a zone's NS set: it answers, but not as one who knows.
NO_AUTHORITY = NameServer("resolver.alpha-dns.net", "127.54.9.3", "resolvers")
#: A host whose domain has expired; it never was anywhere.
LOST = NameServer("ns1.lost-dns.org", "127.54.3.9", "relays")
RELAYED = (SILENT, ABSENT, CAA_FAILS, CAA_DROPS, NO_EDNS)

RESOLVER = Resolver("127.54.9.1")
CREDULOUS = Resolver("127.54.9.4", validates=False)
INSIDE = "127.54.9.2"
"""A resolver of a company's own network, which has some zones of its own."""


def _hosts(zone: str, servers: tuple[NameServer, ...]) -> str:
    return "\n".join(f"{host.host.removesuffix('.' + zone)} {host.address_type} {host.address}" for host in servers)


REGISTRIES = [
    Zone(".", (ROOT,), signed=NSEC),
    Zone("com", (_COM,), signed=NSEC3_OPT_OUT),
    Zone("net", (_NET,), signed=NSEC3_OPT_OUT),
    Zone("org", (_ORG,), signed=NSEC),
    Zone("uk", (_UK,), signed=NSEC),
    Zone("co.uk", (_CO_UK,), signed=NSEC3_OPT_OUT),
    Zone("io", (_IO,)),
    Zone("root-servers.net", (ROOT,), _hosts("root-servers.net", (ROOT,))),
    Zone("gtld-servers.net", (_COM,), _hosts("gtld-servers.net", (_COM, _NET))),
    Zone("afilias-nst.org", (_ORG,)),
]
OPERATORS = [
    Zone("alpha-dns.net", ALPHA, _hosts("alpha-dns.net", (SIX, NO_AUTHORITY, *RELAYED)), signed=NSEC),
    Zone("beta-dns.org", BETA),
    Zone("many-dns.net", MANY),
    # What ACM's validation CNAMEs point to: a zone that exists, with names that need not.
    Zone("aws", (A1,)),
    Zone("acm-validations.aws", ALPHA),
]
