# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils import _caa as caa
from ansible_collections.tlsops.certificates.plugins.module_utils import _preflight as preflight
from ansible_collections.tlsops.certificates.plugins.module_utils._certificates import ValidationRecord
from ansible_collections.tlsops.certificates.plugins.module_utils._dns_answers import (
    NO_TIME_LEFT,
    TIME_OUT,
    WRONG_ANSWER,
)
from ansible_collections.tlsops.certificates.plugins.module_utils._findings import CHECKS, Finding
from ansible_collections.tlsops.certificates.plugins.module_utils._known_zones import KnownZone
from ansible_collections.tlsops.certificates.plugins.module_utils._preflight_subject import Subject
from fake_dns import FakeView

NAME = "www.example.com"
RECORD = f"_v.{NAME}"
TARGET = "_t.acm-validations.aws"
OURS, THEIRS = ("ns1.ours.test", "ns2.ours.test"), ("ns1.other.net", "ns2.other.net")
ZONES = {"com": ("a.gtld.test",), "example.com": OURS}
ZONE = KnownZone("Z1", "example.com.", name_servers=("NS1.ours.test.", "ns2.ours.test"))
ACM = caa.issuer("acm")
LETSENCRYPT = caa.issuer("letsencrypt", "dns-01")


def subject(name: str = NAME, issuer: caa.Issuer = ACM, record: str = "", **more: Any) -> Subject:
    records = (
        (ValidationRecord(RECORD, "TXT" if record == "TXT" else "CNAME", TARGET + ".", (name,)),) if record else ()
    )
    return Subject(name, issuer, records=records, **more)


def look(view: FakeView, wanted: Subject | None = None) -> list[Finding]:
    return preflight.examine_name(wanted or subject(), view)


def only(findings: Sequence[Finding]) -> Finding:
    assert len(findings) == 1, findings
    assert findings[0].check in CHECKS
    assert findings[0].explanation
    return findings[0]


# --- Names -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (subject("a_b.example.com"), "underscore"),
        (subject("localhost"), "single label"),
        (subject("192.0.2.1"), "IP address"),
        (subject("www.*.example.com"), "wildcard"),
        (subject("*.co.uk"), "public suffix"),
        (subject("a." * 125 + "example.com"), "253"),
        (subject("x" * 64 + ".example.com"), "63"),
        (subject("*.example.com", LETSENCRYPT, validation="http"), "HTTP"),
        (subject("a." * 9 + "example.com", LETSENCRYPT), "10 labels"),
    ],
)
def test_a_name_that_cannot_be_in_a_certificate_is_fatal_before_any_question(wanted: Subject, said: str) -> None:
    found = only(list(preflight.check_name(wanted)))
    assert (found.check, found.level) == ("name_not_allowed", "fatal")
    assert said in found.explanation


def test_a_long_name_can_only_not_be_the_first() -> None:
    long = f"{'x' * 60}.example.com"
    assert only(list(preflight.check_name(subject(long)))).level == "warning"
    assert list(preflight.check_name(subject(long, LETSENCRYPT))) == []


def test_more_labels_are_for_acm_no_matter() -> None:
    assert list(preflight.check_name(subject("a." * 9 + "example.com"))) == []


# --- Zones -----------------------------------------------------------------------------------------------------------


def test_nothing_is_found_of_a_healthy_name() -> None:
    wanted = subject(zones=[ZONE], record="CNAME")
    assert look(FakeView(ZONES, [f"{RECORD} CNAME {TARGET}", f"{NAME} A 192.0.2.1"]), wanted) == []
    assert look(FakeView(ZONES), subject(zones=[ZONE])) == []


def test_a_domain_that_is_not_there() -> None:
    found = only(look(FakeView({"com": ()})))
    assert (found.check, found.level) == ("domain_not_registered", "fatal")
    assert "example.com" in found.explanation


def test_a_name_in_the_zone_of_its_registry_is_there_all_the_same() -> None:
    assert look(FakeView({"com": ()}, [f"{NAME} A 192.0.2.1"])) == []


def test_the_delegation_that_leads_elsewhere() -> None:
    found = only(look(FakeView({**ZONES, "example.com": THEIRS}), subject(zones=[ZONE], record="CNAME")))
    assert (found.check, found.level) == ("delegation_mismatch", "fatal")
    assert (
        found.explanation == "example.com is delegated to ns1.other.net, ns2.other.net, not to the zone Z1 you wrote to"
    )


def test_before_anything_is_written_the_zone_is_just_named() -> None:
    found = only(look(FakeView({**ZONES, "example.com": THEIRS}), subject(zones=[ZONE])))
    assert found.explanation.endswith("not to the zone Z1")


def test_a_delegation_that_leads_half_elsewhere() -> None:
    found = only(look(FakeView({**ZONES, "example.com": (OURS[0], THEIRS[0])}), subject(zones=[ZONE])))
    assert (found.check, found.level) == ("delegation_mismatch", "error")
    assert "ns1.other.net besides" in found.explanation


def test_other_names_for_the_same_servers_are_no_mismatch() -> None:
    """Route 53's white-label name servers."""
    hosts = {**dict(zip(OURS, ("192.0.2.1", "192.0.2.2"), strict=True)), "ns1.example.com": "192.0.2.1"}
    view = FakeView({**ZONES, "example.com": ("ns1.example.com",)}, hosts=hosts)
    assert look(view, subject(zones=[ZONE])) == []


def test_a_delegation_to_some_of_the_servers_is_one_to_the_zone() -> None:
    assert look(FakeView({**ZONES, "example.com": OURS[:1]}), subject(zones=[ZONE])) == []


def test_a_child_that_was_delegated_away() -> None:
    found = only(look(FakeView({**ZONES, NAME: THEIRS}), subject(zones=[ZONE])))
    assert (found.check, found.level) == ("child_zone", "fatal")
    assert NAME in found.explanation


def test_a_hosted_zone_that_nobody_delegates_to() -> None:
    child = KnownZone("Z2", NAME, name_servers=THEIRS)
    found = only(look(FakeView(ZONES), subject(zones=[ZONE, child])))
    assert (found.check, found.level) == ("delegation_mismatch", "fatal")
    assert "not delegated" in found.explanation


@pytest.mark.parametrize(
    ("zones", "check"),
    [
        ([], "no_hosted_zone"),
        ([KnownZone("Z1", "example.net")], "no_hosted_zone"),
        ([KnownZone("Z1", "example.com", private=True)], "private_zone"),
        ([KnownZone("Z1", "example.com", status="pending")], "zone_inactive"),
    ],
)
def test_zones_that_do_not_serve_the_name(zones: list[KnownZone], check: str) -> None:
    found = only(look(FakeView(ZONES), subject(zones=zones)))
    assert (found.check, found.level) == (check, "fatal")


def test_a_private_twin_is_no_twin() -> None:
    assert look(FakeView(ZONES), subject(zones=[ZONE, KnownZone("Z2", "example.com", private=True)])) == []


def test_of_two_zones_the_delegated_one_is_named() -> None:
    twin = KnownZone("Z2", "example.com", name_servers=THEIRS)
    found = only(look(FakeView(ZONES), subject(zones=[ZONE, twin])))
    assert (found.check, found.level) == ("duplicate_zone", "warning")
    assert "delegated to Z1" in found.explanation


@pytest.mark.parametrize("twin", [KnownZone("Z2", "example.com"), KnownZone("Z2", "example.com", name_servers=OURS)])
def test_two_zones_that_cannot_be_told_apart(twin: KnownZone) -> None:
    found = only(look(FakeView({**ZONES, "example.com": THEIRS}), subject(zones=[ZONE, twin])))
    assert (found.check, found.level) == ("duplicate_zone", "error")
    assert "Z1" in found.explanation
    assert "Z2" in found.explanation


# --- Failures --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["example.com", NAME])
def test_a_zone_that_does_not_answer(where: str) -> None:
    found = only(look(FakeView(ZONES, failing={where: "SERVFAIL"})))
    assert (found.check, found.level) == ("zone_unanswered", "fatal")


def test_a_zone_that_only_those_get_who_do_not_validate() -> None:
    found = only(look(FakeView(ZONES, failing={"example.com": "BOGUS"})))
    assert (found.check, found.level) == ("dnssec_bogus", "fatal")
    assert "DNSSEC of example.com" in found.explanation


def test_a_circle_of_aliases() -> None:
    records = [f"{NAME} CNAME ring.example.com", f"ring.example.com CNAME {NAME}"]
    assert only(look(FakeView(ZONES, records))).check == "alias_loop"


@pytest.mark.parametrize(("fault", "check"), [(TIME_OUT, "resolver_silent"), (WRONG_ANSWER, "resolver_wrong_answers")])
def test_a_resolver_that_is_of_no_use(fault: str, check: str) -> None:
    found = only(look(FakeView(ZONES, fault=fault)))
    assert (found.check, found.level) == (check, "error")
    assert "192.0.2.53" in found.explanation


@pytest.mark.parametrize("view", [FakeView(ZONES, fault=NO_TIME_LEFT), FakeView(ZONES, failing={NAME: NO_TIME_LEFT})])
def test_a_name_for_which_there_was_no_time(view: FakeView) -> None:
    assert [found.check for found in look(view)] == ["not_examined"]


def test_signatures_that_no_longer_hold() -> None:
    found = only(look(FakeView(ZONES, broken=("example.com", "expired"))))
    assert (found.check, found.level) == ("dnssec_bogus", "fatal")
    assert "expired" in found.detail


# --- CAA -------------------------------------------------------------------------------------------------------------


def test_caa_that_forbids() -> None:
    found = only(look(FakeView(ZONES, ["example.com CAA 0|issue|letsencrypt.org"])))
    assert (found.check, found.level) == ("caa_forbids", "fatal")
    assert found.explanation == (
        f"CAA at example.com allows only letsencrypt.org, so amazon.com may not issue for {NAME}"
    )
    assert "0 issue" in found.remedy


def test_caa_where_an_alias_leads_is_named() -> None:
    view = FakeView({**ZONES, "cdn.net": OURS}, [f"{NAME} CNAME x.cdn.net", "x.cdn.net CAA 0|issue|;"])
    found = only(look(view))
    assert "alias of x.cdn.net" in found.explanation
    assert "CAA at x.cdn.net" in found.explanation
    assert found.remedy


def test_caa_for_an_account_that_is_not_known_is_only_noted() -> None:
    record = "example.com CAA 0|issue|letsencrypt.org; accounturi=https://acme.test/1"
    assert only(look(FakeView(ZONES, [record]), subject(issuer=LETSENCRYPT))).level == "info"
    other = dataclasses.replace(LETSENCRYPT, account_uri="https://acme.test/2")
    assert only(look(FakeView(ZONES, [record]), subject(issuer=other))).level == "fatal"


def test_caa_that_cannot_be_read() -> None:
    view = FakeView(ZONES, [f"{NAME} CNAME x.cdn.net"], {"x.cdn.net": "SERVFAIL"})
    found = only(look(view))
    assert (found.check, found.level) == ("caa_unanswered", "fatal")


def test_without_a_ca_caa_is_not_looked_at() -> None:
    assert look(FakeView(ZONES, ["example.com CAA 0|issue|;"]), subject(issuer=caa.Issuer(()))) == []


# --- Records ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("records", "check", "said"),
    [
        ([], "record_missing", RECORD),
        ([f"{RECORD} CNAME _other.acm-validations.aws"], "record_wrong_value", "_other"),
        ([f"{RECORD} CNAME {TARGET}.example.com"], "zone_name_appended", "example.com was appended"),
        ([f"{RECORD}.example.com CNAME {TARGET}"], "zone_name_appended", f"{RECORD}.example.com"),
        ([f"{RECORD}.{NAME} CNAME {TARGET}"], "zone_name_appended", f"{RECORD}.{NAME}"),
        ([f"v.{NAME} CNAME {TARGET}"], "underscore_dropped", f"v.{NAME}"),
        ([f"{RECORD} A 192.0.2.1"], "record_proxied", "192.0.2.1"),
        ([f"{RECORD} TXT x"], "other_record_at_name", "TXT"),
    ],
)
def test_what_was_done_in_place_of_writing_the_record(records: list[str], check: str, said: str) -> None:
    found = only(look(FakeView(ZONES, records), subject(record="CNAME")))
    assert (found.check, found.level) == (check, "error")
    assert said in found.explanation


@pytest.mark.parametrize("value", [TARGET, TARGET.upper().lower(), TARGET.removeprefix("_")])
def test_the_target_may_come_without_its_underscore(value: str) -> None:
    assert look(FakeView(ZONES, [f"{RECORD} CNAME {value}"]), subject(record="CNAME")) == []


class Wildcard(FakeView):
    """Every name below www.example.com is an alias."""

    def ask(self, name: str, rdtype: str) -> Any:
        if name.endswith("." + NAME) and not any(record.startswith(name + " ") for record in self.records):
            return FakeView(self.zones, [f"{name} CNAME edge.cdn.test"]).ask(name, rdtype)
        return super().ask(name, rdtype)


def test_a_wildcard_in_place_of_the_record() -> None:
    found = only(look(Wildcard(ZONES), subject(record="CNAME")))
    assert (found.check, found.level) == ("wildcard_cname", "error")


def test_a_wildcard_in_place_of_the_challenge_is_no_delegation() -> None:
    found = only(look(Wildcard(ZONES), subject(issuer=LETSENCRYPT)))
    assert (found.check, found.level) == ("wildcard_cname", "warning")
    delegated = Wildcard(ZONES, [f"_acme-challenge.{NAME} CNAME x.acme.test"])
    assert only(look(delegated, subject(issuer=LETSENCRYPT))).check == "other_record_at_name"


class AddressWildcard(FakeView):
    """Every name below www.example.com has an address."""

    def ask(self, name: str, rdtype: str) -> Any:
        more = [f"{name} A 192.0.2.1"] if name.endswith("." + NAME) else []
        return FakeView(self.zones, more).ask(name, rdtype)


def test_a_wildcard_with_an_address_is_no_proxy() -> None:
    assert only(look(AddressWildcard(ZONES), subject(record="CNAME"))).check == "record_missing"


def test_a_record_under_a_wildcard_is_seen() -> None:
    assert look(Wildcard(ZONES, [f"{RECORD} CNAME {TARGET}"]), subject(record="CNAME")) == []


def test_txt_values_are_compared_without_quotes_and_found_behind_a_delegation() -> None:
    record = ValidationRecord(f"_acme-challenge.{NAME}", "TXT", '"token"', (NAME,))
    wanted = Subject(NAME, LETSENCRYPT, records=(record,))
    assert look(FakeView(ZONES, [f"_acme-challenge.{NAME} TXT token"]), wanted) == []
    behind = [f"_acme-challenge.{NAME} CNAME x.acme.test", "x.acme.test TXT token"]
    assert look(FakeView({**ZONES, "acme.test": OURS}, behind), wanted) == []
    assert only(look(FakeView(ZONES, [f"_acme-challenge.{NAME} TXT old"]), wanted)).check == "record_wrong_value"
    assert only(look(FakeView(ZONES, behind[:1]), wanted)).check == "other_record_at_name"


def test_http_needs_an_address() -> None:
    wanted = subject(validation="http")
    assert only(look(FakeView(ZONES), wanted)).check == "no_address"
    assert look(FakeView(ZONES, [f"{NAME} AAAA 2001:db8::1"]), wanted) == []
    assert only(look(FakeView(ZONES), subject(issuer=caa.issuer("letsencrypt", "tls-alpn-01")))).check == "no_address"


# --- The name servers themselves -------------------------------------------------------------------------------------


def test_a_name_server_that_does_not_serve_the_zone() -> None:
    view = FakeView(ZONES, servers={"ns1": [], "ns2": "REFUSED"})
    found = only(look(view))
    assert (found.check, found.level) == ("lame_name_server", "warning")
    assert "ns2" in found.explanation
    assert "REFUSED" in found.detail


def test_name_servers_that_know_of_others_than_the_parent() -> None:
    found = only(look(FakeView(ZONES, servers={"ns1": [f"example.com NS {THEIRS[0]}"]})))
    assert (found.check, found.level) == ("delegation_mismatch", "warning")
    grown = [f"example.com NS {host}" for host in (*OURS, *THEIRS)]
    assert look(FakeView(ZONES, servers={"ns1": grown})) == []


def test_a_record_that_some_name_servers_have() -> None:
    there = f"{RECORD} CNAME {TARGET}"
    view = FakeView(ZONES, [there], servers={"ns1": [there], "ns2": []})
    found = only(look(view, subject(record="CNAME")))
    assert (found.check, found.level) == ("propagation_lag", "warning")
    assert "ns2" in found.explanation
    assert look(FakeView(ZONES, [there], servers={"ns1": [there], "ns2": [there]}), subject(record="CNAME")) == []
    nowhere = FakeView(ZONES, servers={"ns1": [], "ns2": []})
    assert only(look(nowhere, subject(record="CNAME"))).check == "record_missing"
