# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One laboratory of name servers for all tests of DNS; few tests change anything in it."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

import dns.rcode
import pytest
from support import bind_relay
from support.bind import Laboratory, Resolver

sys.path.insert(0, str(Path(__file__).parent))

import broken
import healthy
import name_servers


@pytest.fixture(scope="session")
def laboratory() -> Iterator[Laboratory]:
    resolvers = [
        name_servers.RESOLVER,
        Resolver(name_servers.INSIDE, broken.INSIDE),
        Resolver(name_servers.NO_AUTHORITY.address),
    ]
    zones = [*name_servers.REGISTRIES, *name_servers.OPERATORS, *healthy.ZONES, *broken.ZONES]
    faults = {
        name_servers.SILENT: bind_relay.silent,
        name_servers.CAA_FAILS: bind_relay.fails(dns.rcode.SERVFAIL, "CAA"),
        name_servers.CAA_DROPS: bind_relay.drops("CAA"),
        name_servers.NO_EDNS: bind_relay.no_edns,
    }
    with Laboratory.start(zones, resolvers) as running, contextlib.ExitStack() as relays:
        for server, fault in faults.items():
            relays.enter_context(bind_relay.relay(server.address, running.port, name_servers.A1.address, fault))
        yield running
