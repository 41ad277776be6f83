# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""dns_preflight_info finds every cause where there is one: that check, at that level, and nothing besides."""

from __future__ import annotations

import dataclasses
from typing import Any

import broken
import dns.message
import dns.query
import dns.update
import pytest
from conftest import SHORT, Preflight
from support import bind_internet
from support.bind import Laboratory, Resolver
from support.bind_internet import A1, A2, ALPHA, BETA, CREDULOUS, RESOLVER
from support.bind_zones import NameServer

VIEWS = pytest.mark.parametrize("authoritative", [False, True], ids=["resolver", "authoritative"])
LETS_ENCRYPT = {"issuer": "letsencrypt", "method": "dns-01"}


def zone(name: str, id: str = "Z1", servers: tuple[NameServer, ...] | None = ALPHA, **facts: Any) -> dict[str, Any]:
    """A hosted zone, as its provider knows it."""
    hosts = {} if servers is None else {"name_servers": [server.host for server in servers]}
    return {"id": id, "name": name, **hosts, **facts}


def record(name: str, value: str = broken.TARGET, type: str = "CNAME") -> dict[str, Any]:
    """The record that validates www of a domain."""
    return {"name": name, "type": type, "value": value, "domain_names": [f"www.{name.partition('.www.')[2]}"]}


@dataclasses.dataclass(frozen=True)
class Cause:
    """What is found of a name, and words that have to be in the explanation."""

    name: str
    check: str
    level: str
    says: tuple[str, ...] = ()
    options: dict[str, Any] = dataclasses.field(default_factory=dict)


def because(check: str, level: str, name: str, *says: str, **options: Any) -> Any:
    return pytest.param(Cause(name, check, level, says, options), id=f"{check}-{name}")


def validated(check: str, level: str, domain: str, *says: str, **options: Any) -> Any:
    """A name whose validation record should be there."""
    return because(check, level, f"www.{domain}", *says, records=[record(f"_v.www.{domain}")], **options)


EVERYWHERE = [
    because("name_not_allowed", "fatal", "localhost", "localhost"),
    because("name_not_allowed", "fatal", "192.0.2.1", "192.0.2.1"),
    because("name_not_allowed", "fatal", "www.*.plain.com", "www.*.plain.com"),
    because("name_not_allowed", "fatal", "under_score.plain.com", "under_score.plain.com"),
    because("name_not_allowed", "fatal", "co.uk", "co.uk"),
    because("name_not_allowed", "fatal", f"{'a' * 64}.plain.com", "63"),
    because("name_not_allowed", "fatal", "*.plain.com", "HTTP", issuer="letsencrypt", validation="http"),
    because("domain_not_registered", "fatal", "www.unregistered.com", "unregistered.com does not exist"),
    because("domain_not_registered", "fatal", "a.b.unregistered.co.uk", "unregistered.co.uk does not exist"),
    because("domain_not_registered", "fatal", "undelegated.com", "undelegated.com does not exist"),
    # The zone that is written to, and the one that is asked.
    because("no_hosted_zone", "fatal", "www.plain.com", "www.plain.com", hosted_zones=[zone("plain.io")]),
    because("no_hosted_zone", "fatal", "www.plain.com", "www.plain.com", hosted_zones=[]),
    because("private_zone", "fatal", "www.plain.com", "private", hosted_zones=[zone("plain.com", private=True)]),
    because("zone_inactive", "fatal", "www.plain.com", "pending", hosted_zones=[zone("plain.com", status="pending")]),
    because(
        "duplicate_zone",
        "warning",
        "www.duplicate.com",
        *("Z1", "Z2", "delegated to Z2"),
        hosted_zones=[zone("duplicate.com"), zone("duplicate.com", "Z2", BETA)],
    ),
    because(
        "duplicate_zone",
        "error",
        "www.duplicate.com",
        *("Z1", "Z2", "can't be told"),
        hosted_zones=[zone("duplicate.com", servers=None), zone("duplicate.com", "Z2", None)],
    ),
    because(
        "delegation_mismatch",
        "fatal",
        "www.mismatch.com",
        *("ns1.beta-dns.org", "not to the zone Z1"),
        hosted_zones=[zone("mismatch.com")],
    ),
    validated(
        "delegation_mismatch",
        "fatal",
        "mismatch.com",
        *("ns1.beta-dns.org", "not to the zone Z1 you wrote to"),
        hosted_zones=[zone("mismatch.com")],
    ),
    because(
        "delegation_mismatch",
        "fatal",
        "www.sub.plain.com",
        *("sub.plain.com is not delegated", "plain.com"),
        hosted_zones=[zone("sub.plain.com")],
    ),
    because(
        "child_zone",
        "fatal",
        "www.dev.parted.com",
        *("dev.parted.com is a zone of its own", "parted.com"),
        hosted_zones=[zone("parted.com")],
    ),
    # Nobody answers for the zone.
    because("zone_unanswered", "fatal", "www.all-lame.com", "all-lame.com"),
    because("zone_unanswered", "fatal", "www.all-absent.com", "all-absent.com"),
    because("zone_unanswered", "fatal", "www.all-lost.com", "all-lost.com"),
    because("zone_unanswered", "fatal", "www.all-silent.com", "all-silent.com", timeout=SHORT),
    because("alias_loop", "fatal", "www.loop.com", "www.loop.com"),
    # What is in the place of the record.
    because("other_record_at_name", "warning", "www.challenge-alias.com", "www.vendor.plain.com", **LETS_ENCRYPT),
    because(
        "other_record_at_name",
        "error",
        "www.challenge-alias.com",
        "www.vendor.plain.com",
        records=[record("_acme-challenge.www.challenge-alias.com", "secret", "TXT")],
        **LETS_ENCRYPT,
    ),
    validated("other_record_at_name", "error", "other-type.com", "_v.www.other-type.com", "TXT"),
    because("wildcard_cname", "warning", "www.wildcard.com", "_acme-challenge.www.wildcard.com", **LETS_ENCRYPT),
    validated("wildcard_cname", "error", "wildcard.com", "www.plain.com", "_v.www.wildcard.com"),
    validated("record_missing", "error", "missing.com", "_v.www.missing.com"),
    validated("record_wrong_value", "error", "changed.com", "_other_424c", "expected _424c"),
    validated("zone_name_appended", "error", "appended.com", "_v.www.appended.com.appended.com"),
    validated("zone_name_appended", "error", "value-appended.com", "acm-validations.aws.value-appended.com"),
    validated("underscore_dropped", "error", "bare.com", " v.www.bare.com", "underscore"),
    validated("record_proxied", "error", "proxied.com", "_v.www.proxied.com", "192.0.2.1"),
    because("no_address", "fatal", "new.plain.com", "new.plain.com", issuer="letsencrypt", validation="http"),
    # CAA.
    because("caa_forbids", "fatal", "caa-other.com", "amazon.com", "CAA at caa-other.com"),
    because("caa_forbids", "fatal", "a.b.caa-other.com", "a.b.caa-other.com", "CAA at caa-other.com"),
    because("caa_forbids", "fatal", "caa-nobody.com", "CAA at caa-nobody.com"),
    because("caa_forbids", "fatal", "*.caa-wild.com", "CAA at caa-wild.com"),
    because("caa_forbids", "fatal", "caa-critical.com", "CAA at caa-critical.com"),
    because("caa_forbids", "fatal", "hop.caa-alias.com", "hop.caa-alias.com", "caa-nobody.com"),
    because("caa_forbids", "fatal", "caa-method.com", "caa-method.com", **LETS_ENCRYPT),
    because(
        "caa_forbids",
        "fatal",
        "caa-account.com",
        "caa-account.com",
        account_uri="https://acme.example.net/acct/2",
        **LETS_ENCRYPT,
    ),
    because("caa_unanswered", "fatal", "www.caa-fails.com", "www.caa-fails.com", "SERVFAIL"),
    because("caa_unanswered", "fatal", "www.caa-drops.com", "www.caa-drops.com", "time-out", timeout=SHORT),
]
DNSSEC = [
    because("dnssec_bogus", "fatal", "www.foreign-ds.com", "DNSSEC of foreign-ds.com"),
    because("dnssec_bogus", "fatal", "www.left-over-ds.com", "DNSSEC of left-over-ds.com"),
    because("dnssec_bogus", "fatal", "www.expired.com", "DNSSEC of expired.com"),
    because("dnssec_bogus", "fatal", "www.not-yet-valid.com", "DNSSEC of not-yet-valid.com"),
    because("dnssec_bogus", "fatal", "www.bogus.secure-parent.com", "DNSSEC of bogus.secure-parent.com"),
]
#: A resolver hides these, as it only has to find one server that answers.
AT_THE_NAME_SERVERS = [
    because("lame_name_server", "warning", "www.lame-refused.com", "ns1.beta-dns.org"),
    because("lame_name_server", "warning", "www.lame-no-authority.com", "resolver.alpha-dns.net"),
    because("lame_name_server", "warning", "www.lame-silent.com", "silent.alpha-dns.net", timeout=SHORT),
    because("lame_name_server", "warning", "www.lame-absent.com", "absent.alpha-dns.net"),
    because("lame_name_server", "warning", "www.lame-lost.com", "ns1.lost-dns.org"),
    because("delegation_mismatch", "warning", "www.renamed.com", "ns1.alpha-dns.net", "ns1.beta-dns.org"),
    because(
        "delegation_mismatch",
        "error",
        "www.half-moved.com",
        *("ns1.beta-dns.org", "besides the zone Z1"),
        hosted_zones=[zone("half-moved.com")],
    ),
    validated("propagation_lag", "warning", "lagging.com", "_v.www.lagging.com", "ns2.alpha-dns.net"),
]
HEALTHY_AFTER_ALL = [
    "open.caa-other.com",
    "caa-wild.com",
    # CAA is looked for at the alias's target, but not above it (RFC 8659, 3).
    "www.caa-alias.com",
    "caa-alias.com",
    "www.secure-parent.com",
]


def assert_found(preflight: Preflight, cause: Cause, **options: Any) -> None:
    result = preflight(cause.name, **options, **cause.options)
    found = [(finding["check"], finding["level"], finding["name"]) for finding in result["findings"]]
    assert found == [(cause.check, cause.level, cause.name)], result["findings"]
    (finding,) = result["findings"]
    for words in cause.says:
        assert words in finding["explanation"], finding
    assert cause.name.removeprefix("*.").removeprefix("www.") in finding["explanation"], finding
    assert finding["remedy"]
    assert result["ok"] is (cause.level not in ("fatal", "error"))
    assert cause.check in result["message"]


@pytest.mark.parametrize("cause", [*EVERYWHERE, *DNSSEC])
@VIEWS
def test_it_is_found_and_nothing_else(preflight: Preflight, cause: Cause, authoritative: bool) -> None:
    assert_found(preflight, cause, authoritative=authoritative)


@pytest.mark.parametrize("cause", AT_THE_NAME_SERVERS)
def test_the_zones_own_name_servers_show_it(preflight: Preflight, cause: Cause) -> None:
    assert_found(preflight, cause, authoritative=True)


@pytest.mark.parametrize("cause", DNSSEC)
def test_broken_dnssec_is_found_without_a_resolver_that_validates(preflight: Preflight, cause: Cause) -> None:
    assert_found(preflight, cause, authoritative=True, resolvers=(CREDULOUS.address,))


@pytest.mark.parametrize("resolvers", [(CREDULOUS, RESOLVER), (RESOLVER, CREDULOUS)], ids=["last", "first"])
def test_one_resolver_that_validates_is_enough(preflight: Preflight, resolvers: tuple[Resolver, ...]) -> None:
    addresses = tuple(resolver.address for resolver in resolvers)
    (finding,) = preflight("www.foreign-ds.com", resolvers=addresses)["findings"]
    assert (finding["check"], finding["level"]) == ("dnssec_bogus", "fatal")


@VIEWS
def test_what_looks_alike_is_healthy(preflight: Preflight, authoritative: bool) -> None:
    assert preflight(*HEALTHY_AFTER_ALL, authoritative=authoritative)["findings"] == []


def test_no_caa_is_asked_for_beside_an_alias(preflight: Preflight) -> None:
    (finding,) = preflight("hop.caa-alias.com")["findings"]
    assert "own CAA" not in finding["remedy"]
    assert "caa-nobody.com" in finding["remedy"]


def test_an_unknown_account_is_said_to_be_unknown(preflight: Preflight) -> None:
    (finding,) = preflight("caa-account.com", **LETS_ENCRYPT)["findings"]
    assert (finding["check"], finding["level"]) == ("caa_forbids", "info")


def test_all_names_are_reported_in_their_order(preflight: Preflight) -> None:
    names = ["www.missing.com", "www.plain.com", "www.unregistered.com", "caa-nobody.com", "www.expired.com"]
    result = preflight(*names, records=[record("_v.www.missing.com"), record("_v.www.unregistered.com")])
    assert [finding["name"] for finding in result["findings"]] == [name for name in names if name != "www.plain.com"]
    assert [(each["name"], each["ok"]) for each in result["names"]] == [
        (name, name == "www.plain.com") for name in names
    ]


def test_serials_tell_who_lags(preflight: Preflight) -> None:
    (finding,) = preflight("www.lagging.com", authoritative=True, records=[record("_v.www.lagging.com")])["findings"]
    for words in ("2026112202 on ns1.alpha-dns.net", "2026112201 on ns2.alpha-dns.net"):
        assert words in finding["detail"]


def test_a_resolver_remembers_that_nothing_was_there(laboratory: Laboratory, preflight: Preflight) -> None:
    name = "_v.www.remembered.com"
    early = dns.message.make_query(name, "CNAME")
    dns.query.udp(early, RESOLVER.address, timeout=5, port=laboratory.port)
    change = dns.update.Update("remembered.com")
    change.add("_v.www", 300, "CNAME", broken.TARGET)
    for server in (A1, A2):
        assert dns.query.tcp(change, server.address, timeout=5, port=laboratory.port).rcode() == 0
    (finding,) = preflight("www.remembered.com", authoritative=True, records=[record(name)])["findings"]
    assert (finding["check"], finding["level"]) == ("negative_cache", "warning")
    assert "up to " in finding["explanation"]


def test_another_view_inside_is_told_from_a_cache(preflight: Preflight) -> None:
    for records in ([], [record("_v.www.split.com")]):
        result = preflight("www.split.com", authoritative=True, resolvers=(bind_internet.INSIDE,), records=records)
        assert [finding["check"] for finding in result["findings"]] == ["split_view"], result["findings"]


@pytest.mark.parametrize("inside_first", [False, True])
def test_resolvers_that_see_different_records_disagree(preflight: Preflight, inside_first: bool) -> None:
    resolvers = (RESOLVER.address, bind_internet.INSIDE)
    result = preflight(
        "www.split.com",
        resolvers=resolvers[::-1] if inside_first else resolvers,
        records=[record("_v.www.split.com")],
    )
    checks = [finding["check"] for finding in result["findings"]]
    assert checks == (["record_missing"] if inside_first else []) + ["resolvers_disagree"]
    assert bind_internet.INSIDE in result["findings"][-1]["explanation"]
