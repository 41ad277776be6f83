# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Is the laboratory what it says it is? Asked with dnspython, without anything of the collection."""

from __future__ import annotations

import dns.exception
import dns.flags
import dns.message
import dns.query
import dns.rcode
import healthy
import pytest
from support import bind_internet
from support.bind import Laboratory
from support.bind_internet import A1, A2, RESOLVER


def ask(
    laboratory: Laboratory,
    name: str,
    rdtype: str = "A",
    address: str = RESOLVER.address,
    check: bool = True,
    timeout: float = 8,
) -> dns.message.Message:
    query = dns.message.make_query(name, rdtype, want_dnssec=True)
    if not check:
        query.flags |= dns.flags.CD
    return dns.query.udp_with_fallback(query, address, timeout=timeout, port=laboratory.port)[0]


def test_the_resolver_gets_to_every_healthy_name(laboratory: Laboratory) -> None:
    bad = {}
    for name in healthy.NAMES:
        name = name.removeprefix("*.").encode("idna").decode()
        for rdtype in ("CAA", "A", "SOA"):
            rcode = ask(laboratory, name, rdtype).rcode()
            if rcode not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
                bad[name, rdtype] = dns.rcode.to_text(rcode)
    assert len(healthy.NAMES) >= 200
    assert not bad


@pytest.mark.parametrize("name", ["signed.com", "signed.org", "www.signed-child.signed.com", "shop.co.uk"])
def test_signed_zones_are_secure(laboratory: Laboratory, name: str) -> None:
    assert ask(laboratory, name, "SOA").flags & dns.flags.AD


@pytest.mark.parametrize(
    "name", ["plain.com", "plain.io", "unsigned-child.signed.com", "island.com", "unknown-algorithm.com"]
)
def test_unsigned_zones_are_insecure_and_no_more(laboratory: Laboratory, name: str) -> None:
    answer = ask(laboratory, name, "SOA")
    assert answer.rcode() == dns.rcode.NOERROR
    assert answer.answer
    assert not answer.flags & dns.flags.AD


@pytest.mark.parametrize(
    "name", ["foreign-ds.com", "left-over-ds.com", "expired.com", "not-yet-valid.com", "bogus.secure-parent.com"]
)
def test_bogus_zones_fail_only_where_signatures_are_checked(laboratory: Laboratory, name: str) -> None:
    assert ask(laboratory, f"www.{name}").rcode() == dns.rcode.SERVFAIL
    assert ask(laboratory, f"www.{name}", check=False).answer


@pytest.mark.parametrize("zone", ["all-lame.com", "all-absent.com"])
def test_zones_that_nobody_serves_fail(laboratory: Laboratory, zone: str) -> None:
    assert ask(laboratory, f"www.{zone}").rcode() == dns.rcode.SERVFAIL
    assert ask(laboratory, f"www.{zone}", check=False).rcode() == dns.rcode.SERVFAIL


@pytest.mark.parametrize(("name", "rdtype"), [("www.all-silent.com", "A"), ("www.caa-drops.com", "CAA")])
def test_a_resolver_is_silent_as_long_as_those_it_asks(laboratory: Laboratory, name: str, rdtype: str) -> None:
    with pytest.raises(dns.exception.Timeout):
        ask(laboratory, name, rdtype, timeout=0.5)


@pytest.mark.parametrize("name", ["www.unregistered.com", "undelegated.com", "unregistered.co.uk"])
def test_names_that_nobody_registered_are_not_there(laboratory: Laboratory, name: str) -> None:
    assert ask(laboratory, name, "SOA").rcode() == dns.rcode.NXDOMAIN


def test_name_servers_answer_for_their_own_zones_only(laboratory: Laboratory) -> None:
    own = ask(laboratory, "plain.com", "SOA", A1.address)
    assert own.flags & dns.flags.AA
    assert ask(laboratory, "lame-refused.com", "SOA", bind_internet.B1.address).rcode() == dns.rcode.REFUSED
    lame = ask(laboratory, "lame-no-authority.com", "SOA", bind_internet.NO_AUTHORITY.address)
    assert lame.answer
    assert not lame.flags & dns.flags.AA


def test_name_servers_of_a_zone_differ_where_they_should(laboratory: Laboratory) -> None:
    new, old = (ask(laboratory, "_v.www.lagging.com", "CNAME", server.address) for server in (A1, A2))
    assert (new.rcode(), old.rcode()) == (dns.rcode.NOERROR, dns.rcode.NXDOMAIN)
    inside, outside = (
        ask(laboratory, "www.split.com", "A", address).answer[0][0].to_text()
        for address in (bind_internet.INSIDE, RESOLVER.address)
    )
    assert (inside, outside) == ("10.0.0.1", "192.0.2.1")


def test_caa_alone_fails_where_it_should(laboratory: Laboratory) -> None:
    assert ask(laboratory, "www.caa-drops.com").rcode() == dns.rcode.NOERROR
    assert ask(laboratory, "www.caa-fails.com").rcode() == dns.rcode.NOERROR
    assert ask(laboratory, "www.caa-fails.com", "CAA").rcode() == dns.rcode.SERVFAIL


def test_a_dead_machine_leaves_the_other_name_server(laboratory: Laboratory) -> None:
    with laboratory.dead("second"):
        with pytest.raises(dns.exception.Timeout):
            dns.query.udp(dns.message.make_query("plain.com", "SOA"), A2.address, timeout=0.3, port=laboratory.port)
        assert ask(laboratory, "plain.com", "SOA", A1.address).answer
    assert ask(laboratory, "plain.com", "SOA", A2.address).answer


def test_questions_are_counted_by_who_asks(laboratory: Laboratory) -> None:
    laboratory.forget_questions()
    ask(laboratory, "www.plain.com", "CAA", A1.address)
    (question,) = laboratory.questions()
    assert (question.server, question.name, question.rdtype) == (A1.address, "www.plain.com", "CAA")
    ask(laboratory, "never-asked-before.plain.com")
    assert any(each.name == "never-asked-before.plain.com" for each in laboratory.questions(asked_by_server=True))
