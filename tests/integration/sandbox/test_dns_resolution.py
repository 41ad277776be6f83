# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The resolver: it finds what is delegated, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.resolver
import pytest
from sandbox.local_route53 import LocalRoute53, change
from sandbox.public_dns import ROOT_ADDRESS, TLD_ADDRESS
from sandbox.resolution import Answer

TOKEN = "_token.www.example.com"
VALUE = "_value.acm-validations.aws."


@pytest.fixture(scope="module")
def running() -> Iterator[LocalRoute53]:
    with LocalRoute53() as service:
        yield service


@pytest.fixture
def aws(running: LocalRoute53) -> LocalRoute53:
    running.context.reset()
    return running


def resolve(aws: LocalRoute53, name: str, rdtype: str = "A") -> Answer:
    answer: Answer = aws.context.resolver.resolve(name, rdtype)
    return answer


def name_servers(aws: LocalRoute53, zone_id: str) -> list[str]:
    servers: list[str] = aws.call("GetHostedZone", Id=zone_id)["DelegationSet"]["NameServers"]
    return servers


def test_a_record_in_a_delegated_zone_is_found_along_the_delegation(aws: LocalRoute53) -> None:
    zone_id = aws.zone("example.com", delegate=True)
    aws.put(zone_id, TOKEN, "CNAME", VALUE)
    answer = resolve(aws, TOKEN, "CNAME")
    assert (answer.rcode, answer.records, answer.chain) == ("NOERROR", (("CNAME", VALUE),), (f"{TOKEN}.",))
    assert answer.servers[:2] == (ROOT_ADDRESS, TLD_ADDRESS)
    assert len(answer.servers) == 3


def test_a_zone_that_is_not_delegated_is_not_seen(aws: LocalRoute53) -> None:
    zone_id = aws.zone("example.com")
    aws.put(zone_id, TOKEN, "CNAME", VALUE)
    assert resolve(aws, TOKEN, "CNAME").rcode == "NXDOMAIN"
    aws.context.registrar.delegate("example.com", zone_id)
    assert resolve(aws, TOKEN, "CNAME").values == [VALUE]
    aws.context.registrar.undelegate("example.com")
    assert resolve(aws, TOKEN, "CNAME").rcode == "NXDOMAIN"


def test_of_two_zones_the_delegated_one_is_seen(aws: LocalRoute53) -> None:
    delegated, decoy = aws.zone("example.com", delegate=True), aws.zone("example.com")
    aws.put(decoy, TOKEN, "CNAME", VALUE)
    assert resolve(aws, TOKEN, "CNAME").rcode == "NXDOMAIN"
    aws.put(delegated, TOKEN, "CNAME", VALUE)
    assert resolve(aws, TOKEN, "CNAME").values == [VALUE]


def test_private_zones_are_not_seen(aws: LocalRoute53) -> None:
    public, private = aws.zone("example.com", delegate=True), aws.zone("example.com", vpc="vpc-1")
    aws.put(private, TOKEN, "CNAME", VALUE)
    assert resolve(aws, TOKEN, "CNAME").rcode == "NXDOMAIN"
    aws.put(public, TOKEN, "CNAME", VALUE)
    assert resolve(aws, TOKEN, "CNAME").values == [VALUE]


def test_a_child_zone_hides_the_parent_once_the_parent_delegates(aws: LocalRoute53) -> None:
    parent, child = aws.zone("example.com", delegate=True), aws.zone("www.example.com")
    aws.put(parent, TOKEN, "CNAME", VALUE)
    assert resolve(aws, TOKEN, "CNAME").values == [VALUE], "nobody knows of the child zone yet"
    aws.put(parent, "www.example.com", "NS", *name_servers(aws, child))
    assert resolve(aws, TOKEN, "CNAME").rcode == "NXDOMAIN"
    aws.put(child, TOKEN, "CNAME", "_child.acm-validations.aws.")
    answer = resolve(aws, TOKEN, "CNAME")
    assert answer.values == ["_child.acm-validations.aws."]
    assert len(answer.servers) == 4
    aws.change(parent, change("DELETE", "www.example.com", "NS", *name_servers(aws, child)))
    aws.settle()
    assert resolve(aws, TOKEN, "CNAME").values == [VALUE]


def test_a_delegation_to_servers_without_the_zone_is_a_failure(aws: LocalRoute53) -> None:
    """REFUSED by every server: what is left of a deleted zone, or of name servers mixed up."""
    zone_id = aws.zone("example.com", delegate=True)
    other = aws.zone("example.com")
    aws.context.registrar.delegate("example.com", name_servers(aws, other))
    assert resolve(aws, "example.com", "SOA").rcode == "NOERROR"
    aws.call("DeleteHostedZone", Id=other)
    assert resolve(aws, "example.com", "SOA").rcode == "SERVFAIL"
    aws.context.registrar.delegate("example.com", zone_id)
    assert resolve(aws, "example.com", "SOA").rcode == "NOERROR"


def test_one_good_server_among_bad_ones_is_enough(aws: LocalRoute53) -> None:
    zone_id = aws.zone("example.com")
    aws.zone("unrelated.org")
    bad = name_servers(aws, aws.zone("example.com"))[0]
    aws.put(zone_id, TOKEN, "CNAME", VALUE)
    servers = ["ns1.nowhere.net.", "ns-1.awsdns-63.com.", name_servers(aws, zone_id)[2]]
    aws.context.registrar.delegate("example.com", servers)
    assert resolve(aws, TOKEN, "CNAME").values == [VALUE]
    aws.context.registrar.delegate("example.com", [*servers[:2], bad])
    assert resolve(aws, TOKEN, "CNAME").rcode == "NXDOMAIN", "the bad one has a zone of that name, and it is empty"


def test_name_servers_without_an_address_are_a_failure(aws: LocalRoute53) -> None:
    aws.context.registrar.delegate("example.com", ["ns1.does-not-exist.net", "ns2.does-not-exist.net"])
    assert resolve(aws, TOKEN, "CNAME").rcode == "SERVFAIL"


def test_the_resolver_does_not_leave_loopback(aws: LocalRoute53, monkeypatch: pytest.MonkeyPatch) -> None:
    provider = aws.zone("dns-provider.net", delegate=True)
    aws.put(provider, "ns1.dns-provider.net", "A", "192.0.2.53")
    aws.context.registrar.delegate("example.com", ["ns1.dns-provider.net"])
    resolver = aws.context.resolver
    asked: list[str] = []
    ask = resolver._ask
    monkeypatch.setattr(resolver, "_ask", lambda *question: asked.append(question[0]) or ask(*question))
    assert resolve(aws, TOKEN, "CNAME").rcode == "SERVFAIL"
    assert asked
    assert all(address.startswith("127.") for address in asked)


def test_name_servers_under_a_name_of_the_customers_own(aws: LocalRoute53) -> None:
    """White-label name servers: their addresses are looked up, as no glue names them."""
    zone_id = aws.zone("example.com", delegate=True)
    aws.put(zone_id, TOKEN, "CNAME", VALUE)
    address = resolve(aws, name_servers(aws, zone_id)[0]).values[0]
    vanity = aws.zone("dns-provider.net", delegate=True)
    aws.put(vanity, "ns1.dns-provider.net", "A", address)
    aws.context.registrar.delegate("example.com", ["ns1.dns-provider.net"])
    assert resolve(aws, TOKEN, "CNAME").values == [VALUE]


def test_aliases_are_followed_across_zones(aws: LocalRoute53) -> None:
    here, there = aws.zone("example.com", delegate=True), aws.zone("example.org", delegate=True)
    aws.put(here, "a.example.com", "CNAME", "b.example.com.")
    aws.put(here, "b.example.com", "CNAME", "C.example.org.")
    aws.put(there, "c.example.org", "TXT", '"found"')
    answer = resolve(aws, "a.example.com", "TXT")
    assert answer.values == ['"found"']
    assert answer.chain == ("a.example.com.", "b.example.com.", "c.example.org.")
    assert resolve(aws, "a.example.com", "CNAME").values == ["b.example.com."]
    dangling = resolve(aws, "a.example.com", "A")
    assert (dangling.rcode, dangling.records, dangling.chain[-1]) == ("NOERROR", (), "c.example.org.")


def test_the_target_of_a_validation_record_need_not_exist(aws: LocalRoute53) -> None:
    zone_id = aws.zone("example.com", delegate=True)
    aws.put(zone_id, TOKEN, "CNAME", VALUE)
    answer = resolve(aws, TOKEN, "TXT")
    assert (answer.rcode, answer.chain[-1]) == ("NXDOMAIN", VALUE)


def test_loops_of_aliases_are_a_failure(aws: LocalRoute53) -> None:
    here, there = aws.zone("example.com", delegate=True), aws.zone("example.org", delegate=True)
    aws.put(here, "a.example.com", "CNAME", "b.example.org.")
    aws.put(there, "b.example.org", "CNAME", "a.example.com.")
    aws.put(here, "self.example.com", "CNAME", "self.example.com.")
    assert resolve(aws, "a.example.com").rcode == "SERVFAIL"
    assert resolve(aws, "self.example.com").rcode == "SERVFAIL"


def test_long_chains_of_aliases_are_a_failure(aws: LocalRoute53) -> None:
    zone_id = aws.zone("example.com", delegate=True)
    for number in range(30):
        aws.put(zone_id, f"n{number}.example.com", "CNAME", f"n{number + 1}.example.com.")
    aws.put(zone_id, "n30.example.com", "A", "192.0.2.1")
    assert resolve(aws, "n20.example.com").values == ["192.0.2.1"]
    assert resolve(aws, "n0.example.com").rcode == "SERVFAIL"


def test_large_answers_come_over_tcp(aws: LocalRoute53) -> None:
    zone_id = aws.zone("example.com", delegate=True)
    aws.put(zone_id, "big.example.com", "TXT", *[f'"{letter * 250}"' for letter in "abcdefgh"])
    assert len(resolve(aws, "big.example.com", "TXT").values) == 8


def test_changes_are_seen_at_once_and_unchanged_names_are_not_asked_again(
    aws: LocalRoute53, monkeypatch: pytest.MonkeyPatch
) -> None:
    zone_id = aws.zone("example.com", delegate=True)
    resolver = aws.context.resolver
    asked: list[str] = []
    ask = resolver._ask
    monkeypatch.setattr(resolver, "_ask", lambda *question: asked.append(str(question[1])) or ask(*question))
    names = [f"_t{number}.h{number}.example.com" for number in range(20)]
    for name in names:
        assert resolve(aws, name, "CNAME").rcode == "NXDOMAIN"
    first_round = len(asked)
    assert first_round == 22, "root and registry once, then each name at its own server"
    aws.put(zone_id, names[3], "CNAME", VALUE)
    assert [resolve(aws, name, "CNAME").values for name in names].count([VALUE]) == 1
    assert asked[first_round:] == [names[3] + "."]
    aws.put(zone_id, names[3], "CNAME", "_other.acm-validations.aws.")
    assert resolve(aws, names[3], "CNAME").values == ["_other.acm-validations.aws."]
    aws.context.reset()
    assert resolve(aws, names[3], "CNAME").rcode == "NXDOMAIN"


# The resolver's own socket


def test_the_resolver_answers_anybody_on_loopback(aws: LocalRoute53) -> None:
    zone_id = aws.zone("example.com", delegate=True)
    aws.put(zone_id, "www.example.com", "CNAME", "web.example.com.")
    aws.put(zone_id, "web.example.com", "A", "192.0.2.1")
    client = dns.resolver.Resolver(configure=False)
    client.nameservers, client.port = ["127.0.0.1"], aws.context.name_servers.port
    assert [record.address for record in client.resolve("www.example.com")] == ["192.0.2.1"]
    with pytest.raises(dns.resolver.NXDOMAIN):
        client.resolve("absent.example.com")
    with pytest.raises(dns.resolver.NoAnswer):
        client.resolve("web.example.com", "AAAA")
    assert [record.address for record in client.resolve("www.example.com", tcp=True)] == ["192.0.2.1"]


def test_the_resolver_says_servfail_and_that_it_recurses(aws: LocalRoute53) -> None:
    aws.context.registrar.delegate("example.com", ["ns1.does-not-exist.net"])
    query = dns.message.make_query("www.example.com", "A")
    response = dns.query.udp(query, "127.0.0.1", timeout=5, port=aws.context.name_servers.port)
    assert response.rcode() == dns.rcode.SERVFAIL
    assert response.flags & dns.flags.RA


def test_control(aws: LocalRoute53) -> None:
    """`/sandbox/registrar` and `/sandbox/resolve`."""
    zone_id = aws.zone("example.com")
    control = aws.context.control
    made = control["registrar"]("POST", {"domain": "example.com", "hosted_zone_id": zone_id})
    assert made == {"domain": "example.com", "name_servers": name_servers(aws, zone_id)}
    aws.put(zone_id, TOKEN, "CNAME", VALUE)
    found = control["resolve"]("GET", {"name": TOKEN, "type": "CNAME"})
    assert (found["rcode"], found["records"]) == ("NOERROR", [["CNAME", VALUE]])
    control["registrar"]("DELETE", {"domain": "example.com"})
    assert control["resolve"]("GET", {"name": TOKEN, "type": "CNAME"})["rcode"] == "NXDOMAIN"
    control["registrar"]("POST", {"domain": "example.com", "name_servers": name_servers(aws, zone_id)})
    assert control["resolve"]("GET", {"name": TOKEN, "type": "CNAME"})["rcode"] == "NOERROR"
