# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The name servers: what each of them answers for its zones, over UDP and TCP."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.query
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest
from sandbox.clock import Clock
from sandbox.local_route53 import LocalRoute53, change
from sandbox.public_dns import ROOT_ADDRESS, TLD_ADDRESS, Publication, PublicDns, address_of
from sandbox.zone_data import ZoneData

Question = tuple[str, str]


@pytest.fixture(scope="module")
def running() -> Iterator[LocalRoute53]:
    with LocalRoute53() as service:
        yield service


@pytest.fixture
def aws(running: LocalRoute53) -> LocalRoute53:
    running.context.reset()
    return running


def ask(
    aws: LocalRoute53, address: str, name: str, rdtype: str = "A", tcp: bool = False, payload: int = 1232
) -> dns.message.Message:
    query = dns.message.make_query(name, rdtype, use_edns=0 if payload else None, payload=payload or 512)
    query.flags &= ~dns.flags.RD
    transport = dns.query.tcp if tcp else dns.query.udp
    return transport(query, address, timeout=5, port=aws.context.name_servers.port)


def server_of(aws: LocalRoute53, zone_id: str) -> str:
    """The address of the zone's name servers, as the registry of its first one tells."""
    first = aws.call("GetHostedZone", Id=zone_id)["DelegationSet"]["NameServers"][0]
    (record,) = ask(aws, TLD_ADDRESS, first).answer[0]
    return str(record.address)


def texts(section: list[dns.rrset.RRset]) -> list[str]:
    return [f"{rrset.name} {dns.rdatatype.to_text(rrset.rdtype)} {rdata}" for rrset in section for rdata in rrset]


def zone_with(aws: LocalRoute53, *records: tuple[str, str, str]) -> str:
    """The address that serves example.com with these records."""
    zone_id = aws.zone("example.com")
    for name, rdtype, value in records:
        aws.put(zone_id, name, rdtype, value)
    return server_of(aws, zone_id)


def test_an_answer_has_the_records_and_is_authoritative(aws: LocalRoute53) -> None:
    server = zone_with(aws, ("www.example.com", "A", "192.0.2.1"))
    response = ask(aws, server, "WWW.Example.COM")
    assert response.rcode() == dns.rcode.NOERROR
    assert response.flags & dns.flags.AA
    assert not response.flags & dns.flags.RA
    assert texts(response.answer) == ["WWW.Example.COM. A 192.0.2.1"]
    assert response.answer[0].ttl == 300


def test_all_of_a_record_set_is_answered(aws: LocalRoute53) -> None:
    zone_id = aws.zone("example.com")
    aws.put(zone_id, "www.example.com", "A", "192.0.2.1", "192.0.2.2")
    assert len(ask(aws, server_of(aws, zone_id), "www.example.com").answer[0]) == 2


def test_no_record_of_the_type_is_nodata_with_soa(aws: LocalRoute53) -> None:
    """RFC 2308 2.2; the SOA's TTL is the lower of its own and its minimum (RFC 2308 3)."""
    server = zone_with(aws, ("www.example.com", "A", "192.0.2.1"))
    response = ask(aws, server, "www.example.com", "AAAA")
    assert (response.rcode(), response.answer) == (dns.rcode.NOERROR, [])
    (soa,) = response.authority
    assert (soa.rdtype, str(soa.name), soa.ttl) == (dns.rdatatype.SOA, "example.com.", 900)


def test_no_such_name_is_nxdomain_with_soa(aws: LocalRoute53) -> None:
    """RFC 2308 2.1."""
    server = zone_with(aws, ("www.example.com", "A", "192.0.2.1"))
    response = ask(aws, server, "absent.example.com")
    assert response.rcode() == dns.rcode.NXDOMAIN
    assert response.flags & dns.flags.AA
    assert [rrset.rdtype for rrset in response.authority] == [dns.rdatatype.SOA]


def test_a_name_with_names_below_it_exists(aws: LocalRoute53) -> None:
    """RFC 8020, RFC 4592 2.2.2: an empty non-terminal is NODATA, and goes with the last name below it."""
    zone_id = aws.zone("example.com")
    server = server_of(aws, zone_id)
    aws.put(zone_id, "a.b.example.com", "A", "192.0.2.1")
    assert ask(aws, server, "b.example.com").rcode() == dns.rcode.NOERROR
    aws.change(zone_id, change("DELETE", "a.b.example.com", "A", "192.0.2.1"))
    aws.settle()
    assert ask(aws, server, "b.example.com").rcode() == dns.rcode.NXDOMAIN


def test_a_cname_is_followed_inside_the_zone_only(aws: LocalRoute53) -> None:
    """RFC 1034 4.3.2 3a."""
    server = zone_with(
        aws,
        ("one.example.com", "CNAME", "two.example.com."),
        ("two.example.com", "CNAME", "three.example.net."),
        ("in.example.com", "CNAME", "www.example.com."),
        ("www.example.com", "A", "192.0.2.1"),
        ("dangling.example.com", "CNAME", "absent.example.com."),
    )
    assert texts(ask(aws, server, "one.example.com").answer) == [
        "one.example.com. CNAME two.example.com.",
        "two.example.com. CNAME three.example.net.",
    ]
    assert texts(ask(aws, server, "in.example.com").answer)[1] == "www.example.com. A 192.0.2.1"
    assert texts(ask(aws, server, "one.example.com", "CNAME").answer) == ["one.example.com. CNAME two.example.com."]
    assert ask(aws, server, "dangling.example.com").rcode() == dns.rcode.NXDOMAIN


def test_wildcards(aws: LocalRoute53) -> None:
    """RFC 4592 2.2.1 (the example) and 3.3.1 (closest encloser)."""
    server = zone_with(
        aws,
        ("*.example.com", "TXT", '"wild"'),
        ("host.example.com", "A", "192.0.2.1"),
        ("deep.under.example.com", "A", "192.0.2.2"),
    )
    assert texts(ask(aws, server, "foo.example.com", "TXT").answer) == ['foo.example.com. TXT "wild"']
    assert texts(ask(aws, server, "a.b.example.com", "TXT").answer) == ['a.b.example.com. TXT "wild"']
    nodata = ask(aws, server, "foo.example.com", "A")
    assert (nodata.rcode(), nodata.answer) == (dns.rcode.NOERROR, [])
    assert ask(aws, server, "host.example.com", "TXT").answer == [], "a name that exists is not covered"
    assert ask(aws, server, "x.host.example.com", "TXT").rcode() == dns.rcode.NXDOMAIN, "nor what is below it"
    assert ask(aws, server, "under.example.com", "TXT").answer == [], "nor an empty non-terminal"
    assert texts(ask(aws, server, "*.example.com", "TXT").answer) == ['*.example.com. TXT "wild"']
    assert ask(aws, server, "example.com", "TXT").answer == [], "nor the parent"


def test_a_wildcard_cname_is_synthesised_and_followed(aws: LocalRoute53) -> None:
    server = zone_with(aws, ("*.example.com", "CNAME", "www.example.com."), ("www.example.com", "A", "192.0.2.1"))
    assert texts(ask(aws, server, "any.example.com").answer) == [
        "any.example.com. CNAME www.example.com.",
        "www.example.com. A 192.0.2.1",
    ]


def test_ns_inside_a_zone_is_a_cut(aws: LocalRoute53) -> None:
    """RFC 1034 4.3.2 3b: a referral, and what the parent holds below the cut is not answered."""
    server = zone_with(
        aws,
        ("www.sub.example.com", "A", "192.0.2.66"),
        ("*.sub.example.com", "A", "192.0.2.67"),
        ("sub.example.com", "NS", "ns-1.other.example.net."),
    )
    for name in ("www.sub.example.com", "sub.example.com", "x.y.sub.example.com"):
        response = ask(aws, server, name)
        assert response.answer == []
        assert not response.flags & dns.flags.AA
        assert texts(response.authority) == ["sub.example.com. NS ns-1.other.example.net."]
    assert ask(aws, server, "sub.example.com", "DS").flags & dns.flags.AA, "DS belongs to the parent (RFC 4035 3.1.4.1)"


def test_servers_refuse_zones_they_do_not_have(aws: LocalRoute53) -> None:
    server = zone_with(aws)
    assert ask(aws, server, "www.example.org").rcode() == dns.rcode.REFUSED
    assert ask(aws, server, "com").rcode() == dns.rcode.REFUSED
    assert ask(aws, address_of(63), "www.example.com").rcode() == dns.rcode.REFUSED


def test_two_zones_of_one_name_are_on_servers_of_their_own(aws: LocalRoute53) -> None:
    first, second = aws.zone("example.com"), aws.zone("example.com")
    aws.put(second, "www.example.com", "A", "192.0.2.2")
    assert server_of(aws, first) != server_of(aws, second)
    assert ask(aws, server_of(aws, first), "www.example.com").rcode() == dns.rcode.NXDOMAIN
    assert len(ask(aws, server_of(aws, second), "www.example.com").answer) == 1


def test_private_zones_are_not_served(aws: LocalRoute53) -> None:
    zone_id = aws.zone("example.com", vpc="vpc-1")
    aws.put(zone_id, "www.example.com", "A", "10.0.0.1")
    for number in range(1, 64):
        assert ask(aws, address_of(number), "www.example.com").rcode() == dns.rcode.REFUSED


def test_only_what_is_insync_is_served(aws: LocalRoute53) -> None:
    """GetChange: "INSYNC indicates that the changes have propagated to all Route 53 DNS servers"."""
    server = zone_with(aws, ("www.example.com", "A", "192.0.2.1"))
    zone_id = aws.call("ListHostedZones")["HostedZones"][0]["Id"]
    aws.context.settings.insync_delay = 60
    aws.change(zone_id, change("UPSERT", "www.example.com", "A", "192.0.2.2"))
    aws.context.clock.advance(30)
    aws.change(
        zone_id,
        change("DELETE", "www.example.com", "A", "192.0.2.2"),
        change("CREATE", "new.example.com", "A", "192.0.2.3"),
    )
    aws.context.clock.advance(29)
    assert texts(ask(aws, server, "www.example.com").answer) == ["www.example.com. A 192.0.2.1"]
    aws.context.clock.advance(1)
    assert texts(ask(aws, server, "www.example.com").answer) == ["www.example.com. A 192.0.2.2"]
    assert ask(aws, server, "new.example.com").rcode() == dns.rcode.NXDOMAIN
    aws.context.clock.advance(30)
    assert ask(aws, server, "www.example.com").rcode() == dns.rcode.NXDOMAIN
    assert len(ask(aws, server, "new.example.com").answer) == 1
    aws.context.settings.insync_delay = 1


def test_a_new_zone_is_served_once_insync_and_a_deleted_one_no_more(aws: LocalRoute53) -> None:
    made = aws.call("CreateHostedZone", Name="example.com", CallerReference="r")["HostedZone"]["Id"]
    server = server_of(aws, made)
    assert ask(aws, server, "example.com", "SOA").rcode() == dns.rcode.REFUSED
    aws.settle()
    assert ask(aws, server, "example.com", "SOA").rcode() == dns.rcode.NOERROR
    aws.call("DeleteHostedZone", Id=made)
    assert ask(aws, server, "example.com", "SOA").rcode() == dns.rcode.REFUSED


def test_a_zone_deleted_before_it_was_served(aws: LocalRoute53) -> None:
    made = aws.call("CreateHostedZone", Name="example.com", CallerReference="r")["HostedZone"]["Id"]
    server = server_of(aws, made)
    aws.call("DeleteHostedZone", Id=made)
    aws.settle()
    assert ask(aws, server, "example.com", "SOA").rcode() == dns.rcode.REFUSED


def test_aliases_are_nodata_and_of_routed_record_sets_one_is_served(aws: LocalRoute53) -> None:
    zone_id = aws.zone("example.com")
    target = {"HostedZoneId": "Z2", "DNSName": "d1.cloudfront.net.", "EvaluateTargetHealth": False}
    aws.change(
        zone_id,
        change("CREATE", "cdn.example.com", "A", AliasTarget=target),
        change("CREATE", "w.example.com", "A", "192.0.2.2", SetIdentifier="b", Weight=1),
        change("CREATE", "w.example.com", "A", "192.0.2.1", SetIdentifier="a", Weight=1),
    )
    aws.settle()
    server = server_of(aws, zone_id)
    assert ask(aws, server, "cdn.example.com").answer == []
    assert texts(ask(aws, server, "w.example.com").answer) == ["w.example.com. A 192.0.2.1"]


def test_octal_escapes_are_octal(aws: LocalRoute53) -> None:
    """ResourceRecordTypes.html#TXTFormat: `\\346` is byte 230, while DNS's own master files count in decimals."""
    server = zone_with(aws, ("t.example.com", "TXT", '"ex\\346mple"'))
    (record,) = ask(aws, server, "t.example.com", "TXT").answer[0]
    assert record.strings == (b"ex\346mple",)


def test_names_without_a_trailing_dot_in_values_are_absolute(aws: LocalRoute53) -> None:
    server = zone_with(aws, ("a.example.com", "CNAME", "target.example.net"))
    assert texts(ask(aws, server, "a.example.com", "CNAME").answer) == ["a.example.com. CNAME target.example.net."]


# Root and registries


def test_root_and_registries_refer(aws: LocalRoute53) -> None:
    zone_id = aws.zone("example.co.uk", delegate=True)
    assert texts(ask(aws, ROOT_ADDRESS, "www.example.co.uk").authority) == ["uk. NS ns.nic.uk."]
    referral = ask(aws, TLD_ADDRESS, "www.example.co.uk")
    servers = aws.call("GetHostedZone", Id=zone_id)["DelegationSet"]["NameServers"]
    assert sorted(texts(referral.authority)) == sorted(f"example.co.uk. NS {server}" for server in servers)
    assert {text.split()[-1] for text in texts(referral.additional)} == {server_of(aws, zone_id)}
    assert ask(aws, TLD_ADDRESS, "other.co.uk").rcode() == dns.rcode.NXDOMAIN
    assert ask(aws, TLD_ADDRESS, "co.uk").rcode() == dns.rcode.NOERROR
    assert ask(aws, ROOT_ADDRESS, "www.example.zz").rcode() == dns.rcode.NXDOMAIN


def test_a_registrar_knows_what_can_be_registered(aws: LocalRoute53) -> None:
    registrar = aws.context.registrar
    zone_id, private = aws.zone("example.com"), aws.zone("example.org", vpc="vpc-1")
    for domain, target, words in (
        ("com", zone_id, "top-level"),
        ("service.internal", ["ns1.example.net"], "top-level"),
        ("example.net", zone_id, "is for example.com., not for example.net."),
        ("example.org", private, "private"),
        ("example.com", "Z-NONE", "no hosted zone"),
        ("example.com", [], "no name servers"),
    ):
        with pytest.raises(ValueError, match=words):
            registrar.delegate(domain, target)
    registrar.delegate("example.com", zone_id)
    with pytest.raises(ValueError, match="delegate it by NS records"):
        registrar.delegate("sub.example.com", ["ns1.example.net"])
    registrar.undelegate("example.com")
    assert ask(aws, TLD_ADDRESS, "example.com").rcode() == dns.rcode.NXDOMAIN


# Transport


def test_a_large_answer_is_truncated_over_udp_and_whole_over_tcp(aws: LocalRoute53) -> None:
    """RFC 2181 9, RFC 6891 6.2.3, DNS Flag Day 2020 (1232 octets)."""
    zone_id = aws.zone("example.com")
    server = server_of(aws, zone_id)
    aws.put(zone_id, "mid.example.com", "TXT", *[f'"{letter * 200}"' for letter in "abcd"])
    aws.put(zone_id, "big.example.com", "TXT", *[f'"{letter * 250}"' for letter in "abcdefgh"])
    assert ask(aws, server, "big.example.com", "TXT", payload=4096).flags & dns.flags.TC
    assert not ask(aws, server, "mid.example.com", "TXT", payload=1232).flags & dns.flags.TC
    classic = ask(aws, server, "mid.example.com", "TXT", payload=0)
    assert classic.flags & dns.flags.TC
    assert classic.answer == []
    whole = ask(aws, server, "big.example.com", "TXT", tcp=True)
    assert len(whole.answer[0]) == 8
    assert not whole.flags & dns.flags.TC


def test_several_queries_in_one_tcp_connection(aws: LocalRoute53) -> None:
    server = zone_with(aws, ("www.example.com", "A", "192.0.2.1"))
    with socket.create_connection((server, aws.context.name_servers.port), timeout=5) as stream:
        for rdtype in ("A", "SOA"):
            query = dns.message.make_query("www.example.com", rdtype)
            dns.query.send_tcp(stream, query)
            response, _when = dns.query.receive_tcp(stream)
            assert query.is_response(response)


def test_what_is_not_served_is_refused_and_rubbish_is_a_format_error(aws: LocalRoute53) -> None:
    server = zone_with(aws)
    port = aws.context.name_servers.port
    assert ask(aws, server, "example.com", "AXFR", tcp=True).rcode() == dns.rcode.REFUSED
    chaos = dns.message.make_query("version.bind", "TXT", "CH")
    assert dns.query.udp(chaos, server, timeout=5, port=port).rcode() == dns.rcode.REFUSED
    notify = dns.message.make_query("example.com", "SOA")
    notify.set_opcode(dns.opcode.NOTIFY)
    assert dns.query.udp(notify, server, timeout=5, port=port).rcode() == dns.rcode.NOTIMP
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as channel:
        channel.settimeout(5)
        channel.sendto(b"\x12\x34\x00\x00\x00\x09rubbish", (server, port))
        answer = channel.recv(512)
    assert answer[:2] == b"\x12\x34"
    assert answer[3] & 0x0F == dns.rcode.FORMERR


def test_all_sockets_are_on_loopback_and_close(aws: LocalRoute53) -> None:
    with LocalRoute53() as other:
        port = other.context.name_servers.port
        assert other.context.name_servers.address == f"127.0.0.1:{port}"
        assert port != aws.context.name_servers.port
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.2", port), timeout=5).close()
    for address in ("127.0.0.1", ROOT_ADDRESS, address_of(1)):
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((address, port), timeout=5).close()


# Versions: what the resolver relies on instead of TTLs

NAMES = ["example.com", "b.example.com", "a.b.example.com", "x.a.b.example.com", "other.example.com", "q.w.example.com"]
STEPS: list[tuple[str, str, list[str]]] = [
    ("a.b.example.com.", "A", ["192.0.2.1"]),
    ("*.w.example.com.", "A", ["192.0.2.2"]),
    ("b.example.com.", "NS", ["ns1.example.net."]),
    ("b.example.com.", "NS", []),
    ("*.example.com.", "TXT", ['"x"']),
    ("a.b.example.com.", "A", []),
    ("q.w.example.com.", "TXT", ['"y"']),
    ("*.example.com.", "TXT", []),
    ("q.w.example.com.", "TXT", []),
    ("*.w.example.com.", "A", []),
]


def test_a_version_changes_whenever_an_answer_does() -> None:
    data = ZoneData(dns.name.from_text("example.com"))
    data.put(data.origin, "SOA", 900, ["a. b. 1 2 3 4 5"])
    questions = [(dns.name.from_text(name), rdtype) for name in NAMES for rdtype in ("A", "TXT")]

    def answers() -> dict[tuple[dns.name.Name, str], tuple[int, str]]:
        return {
            (name, rdtype): (data.version(name), str(data.reply(name, dns.rdatatype.from_text(rdtype))))
            for name, rdtype in questions
        }

    for name, rdtype, values in STEPS:
        before = answers()
        if values:
            data.put(dns.name.from_text(name), rdtype, 300, values)
        else:
            data.remove(dns.name.from_text(name), rdtype)
        after = answers()
        changed = {question for question in before if before[question][1] != after[question][1]}
        noticed = {question for question in before if before[question][0] != after[question][0]}
        assert changed, f"{name} {rdtype} {values} shows nowhere"
        assert changed <= noticed, f"{name} {rdtype} {values}"
        assert len(noticed) < len(questions) or name.startswith("*.example"), (
            f"{name} {rdtype}: everything is asked again"
        )


def test_the_version_of_a_server_changes_with_its_zones() -> None:
    clock = Clock(lambda: 0.0)
    public_dns = PublicDns(clock)
    name = dns.name.from_text("www.example.com")
    seen = [public_dns.version(address_of(1), name)]
    public_dns.open_zone("Z1", "example.com.", 1, due=0)
    seen.append(public_dns.version(address_of(1), name))
    public_dns.publish("Z1", 5, [Publication("www.example.com.", "A", 300, ("192.0.2.1",))])
    assert public_dns.version(address_of(1), name) == seen[-1], "not due yet"
    clock.advance(5)
    seen.append(public_dns.version(address_of(1), name))
    public_dns.close_zone("Z1")
    seen.append(public_dns.version(address_of(1), name))
    public_dns.clear()
    seen.append(public_dns.version(address_of(1), name))
    assert len(set(seen)) == len(seen)
