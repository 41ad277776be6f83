# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A resolver that lies, drops or cuts makes a finding of dns_preflight_info, and never a hang."""

from __future__ import annotations

import time
from typing import Any

import dns.rcode
import healthy
import pytest
from conftest import SHORT, Preflight
from dns.edns import EDECode
from support import bind_bulk, bind_relay
from support.bind import Laboratory, free_port, has_ipv6
from support.bind_internet import RESOLVER

ADDRESS = "127.54.8.1"
VIEWS = pytest.mark.parametrize("authoritative", [False, True], ids=["resolver", "authoritative"])


@pytest.fixture
def through(laboratory: Laboratory, preflight: Preflight) -> Any:
    """A preflight by a resolver with a fault."""

    def run(fault: bind_relay.Fault, *names: str, tcp: bind_relay.Fault | None = None, **options: Any) -> Any:
        options = {"resolvers": (ADDRESS,), "timeout": SHORT, **options}
        with bind_relay.relay(ADDRESS, laboratory.port, RESOLVER.address, fault, tcp):
            return preflight(*names or ("www.plain.com",), **options)

    return run


@VIEWS
@pytest.mark.parametrize(
    ("fault", "check"),
    [
        (bind_relay.silent, "resolver_silent"),
        (bind_relay.wrong_id, "resolver_wrong_answers"),
        (bind_relay.wrong_question, "resolver_wrong_answers"),
        (bind_relay.garbage, "resolver_wrong_answers"),
        (bind_relay.cut_off, "resolver_wrong_answers"),
        (bind_relay.fails(dns.rcode.REFUSED), "resolver_silent"),
    ],
    ids=["silent", "wrong id", "wrong question", "garbage", "cut off", "refuses"],
)
def test_the_resolver_is_named(through: Any, fault: bind_relay.Fault, check: str, authoritative: bool) -> None:
    (finding,) = through(fault, tcp=bind_relay.silent, authoritative=authoritative)["findings"]
    assert (finding["check"], finding["level"]) == (check, "error")
    assert ADDRESS in finding["explanation"]


@VIEWS
@pytest.mark.parametrize("fault", [bind_relay.cut_off, bind_relay.no_edns], ids=["cut off", "no EDNS"])
def test_an_old_or_cautious_resolver_will_do(through: Any, fault: bind_relay.Fault, authoritative: bool) -> None:
    assert through(fault, tcp=bind_relay.honest, authoritative=authoritative)["findings"] == []


@VIEWS
@pytest.mark.parametrize("resolvers", [(ADDRESS, RESOLVER.address), (RESOLVER.address, ADDRESS)])
def test_one_that_answers_is_enough(through: Any, resolvers: tuple[str, ...], authoritative: bool) -> None:
    (finding,) = through(bind_relay.silent, resolvers=resolvers, authoritative=authoritative)["findings"]
    assert (finding["check"], finding["level"]) == ("resolver_silent", "warning")
    assert ADDRESS in finding["explanation"]


@pytest.mark.parametrize(
    ("code", "check"),
    [
        (EDECode.DNSSEC_BOGUS, "dnssec_bogus"),
        (EDECode.DNSKEY_MISSING, "dnssec_bogus"),
        (EDECode.NO_REACHABLE_AUTHORITY, "zone_unanswered"),
        (None, "zone_unanswered"),
    ],
)
def test_a_resolver_may_say_why_it_fails(through: Any, code: EDECode | None, check: str) -> None:
    """It fails as well when it is asked not to validate."""
    fault = bind_relay.fails(dns.rcode.SERVFAIL, "SOA", "CAA", because=code)
    (finding,) = through(fault)["findings"]
    assert (finding["check"], finding["level"]) == (check, "fatal")
    assert code is None or str(code.value) in finding["detail"]


@pytest.mark.skipif(not has_ipv6(), reason="loopback has no IPv6")
def test_a_resolver_may_be_asked_over_ipv6(laboratory: Laboratory, preflight: Preflight) -> None:
    port = free_port("127.0.0.1")
    at = {"nameservers": [f"[::1]:{port}"]}
    with bind_relay.relay("::1", port, RESOLVER.address, bind_relay.honest, upstream_port=laboratory.port):
        (finding,) = preflight("www.plain.com", "www.unregistered.com", **at)["findings"]
    assert (finding["check"], finding["name"]) == ("domain_not_registered", "www.unregistered.com")
    (finding,) = preflight("www.plain.com", timeout=SHORT, **at)["findings"]
    assert finding["check"] == "resolver_silent"
    assert f"[::1]:{port}" in finding["explanation"]


def test_a_silent_resolver_costs_its_tries_once(through: Any) -> None:
    """Not those of each name, and a finding for every one of them."""
    result = through(bind_relay.silent, *bind_bulk.NAMES)
    assert result["statistics"] == {"queries": 2, "unanswered": 2}
    assert [finding["name"] for finding in result["findings"]] == bind_bulk.NAMES


@pytest.mark.parametrize("seed", range(4))
def test_nothing_that_a_resolver_sends_is_too_much(through: Any, seed: int) -> None:
    """No traceback, and an end in time; what is found depends on what the answers came to say."""
    began = time.monotonic()
    names = healthy.NAMES[seed::8]
    result = through(bind_relay.scrambles(seed), *names, authoritative=bool(seed % 2), timeout=0.2, deadline=5)
    assert time.monotonic() - began < 20
    assert [each["name"] for each in result["names"]] == names


def test_the_deadline_ends_it(through: Any) -> None:
    """A resolver that drops nearly everything but once answered, so that it isn't taken for dead."""
    began = time.monotonic()
    result = through(bind_relay.drops("SOA", "CAA"), *bind_bulk.NAMES, deadline=2)
    assert time.monotonic() - began < 15
    assert {finding["name"] for finding in result["findings"]} == set(bind_bulk.NAMES)
    assert "not_examined" in {finding["check"] for finding in result["findings"]}
    assert result["ok"] is False


def test_the_deadline_ends_questions_to_name_servers(preflight: Preflight) -> None:
    names = [f"{number}.all-silent.com" for number in range(100)]
    began = time.monotonic()
    result = preflight(*names, authoritative=True, timeout=SHORT, deadline=1)
    assert time.monotonic() - began < 10
    assert {finding["name"] for finding in result["findings"]} == set(names)
    assert result["ok"] is False
