# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One laboratory of name servers for all tests of DNS; few tests change anything in it."""

from __future__ import annotations

import contextlib
import dataclasses
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dns.rcode
import pytest
from support import bind_bulk, bind_internet, bind_relay
from support.bind import Laboratory, Resolver
from support.in_process import run_main
from support.modules import ModuleResult

sys.path.insert(0, str(Path(__file__).parent))

import broken
import healthy


@pytest.fixture(scope="session")
def laboratory() -> Iterator[Laboratory]:
    resolvers = [
        bind_internet.RESOLVER,
        bind_internet.CREDULOUS,
        Resolver(bind_internet.INSIDE, broken.INSIDE),
        Resolver(bind_internet.NO_AUTHORITY.address),
    ]
    zones = [*bind_internet.REGISTRIES, *bind_internet.OPERATORS, *healthy.ZONES, *broken.ZONES, *bind_bulk.ZONES]
    faults = {
        bind_internet.SILENT: bind_relay.silent,
        bind_internet.CAA_FAILS: bind_relay.fails(dns.rcode.SERVFAIL, "CAA"),
        bind_internet.CAA_DROPS: bind_relay.drops("CAA"),
        bind_internet.NO_EDNS: bind_relay.no_edns,
    }
    with Laboratory.start(zones, resolvers) as running, contextlib.ExitStack() as relays:
        for server, fault in faults.items():
            relays.enter_context(bind_relay.relay(server.address, running.port, bind_internet.A1.address, fault))
        yield running


#: Where somebody is silent: all others are on this machine, and don't take as long.
SHORT = 0.4


@dataclasses.dataclass(frozen=True)
class Preflight:
    """dns_preflight_info with its eyes in the laboratory."""

    laboratory: Laboratory
    monkeypatch: pytest.MonkeyPatch

    def __call__(
        self, *names: str, resolvers: tuple[str, ...] = (bind_internet.RESOLVER.address,), **options: Any
    ) -> ModuleResult:
        """For ACM unless the options say otherwise."""
        wish = {
            "names": list(names),
            "issuer": "acm",
            "nameservers": [self.laboratory.at(address) for address in resolvers],
            "authoritative_port": self.laboratory.port,
            **options,
        }
        result = run_main(self.monkeypatch, "dns_preflight_info", wish)
        assert not result.failed, result.stdout
        return result


@pytest.fixture
def preflight(laboratory: Laboratory, monkeypatch: pytest.MonkeyPatch) -> Preflight:
    return Preflight(laboratory, monkeypatch)
