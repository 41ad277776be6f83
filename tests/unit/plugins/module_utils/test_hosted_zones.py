# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils import _hosted_zones as hosted_zones
from ansible_collections.tlsops.certificates.plugins.module_utils._hosted_zones import HostedZone, match_zone
from hypothesis import given
from hypothesis import strategies as st

CASES = json.loads((Path(__file__).parents[2] / "cases" / "zone_match.json").read_text(encoding="utf-8"))
REFUSALS = {
    None: {hosted_zones.NO_ZONE, hosted_zones.ONLY_PRIVATE_ZONE},
    "AMBIGUOUS": {hosted_zones.AMBIGUOUS_ZONE},
    "DELEGATED_AWAY": {hosted_zones.DELEGATED_AWAY},
}

PARENT = HostedZone("ZPARENT", "example.com")
CHILD = HostedZone("ZCHILD", "dev.example.com")
TWIN = HostedZone("ZTWIN", "example.com")

LABELS = st.text(alphabet="ab-", min_size=1, max_size=2)
NAMES = st.lists(LABELS, min_size=1, max_size=4).map(".".join)


def zones_of(case: dict[str, Any]) -> list[HostedZone]:
    filler = range(case.get("zones_filler", {}).get("count", 0))
    zones = [HostedZone(f"Z{number:03}", f"zone{number:03}.test.") for number in filler]
    return zones + [HostedZone(zone["id"], zone["name"], zone["private"]) for zone in case["zones"]]


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: case["id"])
def test_zone_match_table(case: dict[str, Any]) -> None:
    match = match_zone(
        case["name"],
        zones_of(case),
        hosted_zone_id=case.get("hosted_zone_id"),
        delegations=case.get("delegations"),
        delegated_zone_ids=case.get("delegated_zone_ids"),
    )
    assert case["name"] in match.message
    if case["expected"] in REFUSALS:
        assert match.zone is None
        assert match.reason in REFUSALS[case["expected"]]
    else:
        assert match.reason == hosted_zones.MATCHED
        assert match.zone is not None
        assert match.zone.id == case["expected"]


@pytest.mark.parametrize("case", [case for case in CASES["cases"] if "idn" in case], ids=lambda case: case["id"])
def test_zones_named_in_unicode_match_like_those_in_punycode(case: dict[str, Any]) -> None:
    zones = [HostedZone(zone["id"], zone.get("unicode", zone["name"])) for zone in case["zones"]]
    match = match_zone(case["name"], zones)
    assert match.zone is not None
    assert match.zone.id == case["expected"]


def test_from_api() -> None:
    zone = hosted_zones.from_api(
        {
            "Id": "/hostedzone/Z1",
            "Name": "Example.com.",
            "Config": {"PrivateZone": True},
            "ResourceRecordSetCount": 12,
            "LinkedService": {"ServicePrincipal": "servicediscovery.amazonaws.com", "Description": "…"},
        }
    )
    assert zone == HostedZone("Z1", "example.com", True, 12, "servicediscovery.amazonaws.com")
    assert hosted_zones.from_api({"Id": "/hostedzone/Z2", "Name": "x.test."}) == HostedZone("Z2", "x.test")


def test_no_zone_says_what_was_looked_for_and_what_there_is() -> None:
    match = match_zone("a.b.example.org", [PARENT, HostedZone("ZPRIV", "example.net", private=True)])
    assert match.reason == hosted_zones.NO_ZONE
    assert "a.b.example.org, b.example.org, example.org" in match.message
    assert "none of the 1 public zones" in match.message


def test_only_a_private_zone_is_named_with_the_reason_it_will_not_do() -> None:
    match = match_zone("app.internal.example.com", [HostedZone("Z1", "internal.example.com", private=True)])
    assert match.reason == hosted_zones.ONLY_PRIVATE_ZONE
    assert "Z1 (internal.example.com)" in match.message
    assert "ACM validates over public DNS" in match.message


def test_a_zone_that_comes_on_two_pages_is_one_zone() -> None:
    assert match_zone("www.example.com", [PARENT, PARENT]).zone == PARENT


class TestTwoPublicZonesOfOneName:
    def test_are_refused_with_both_ids_and_the_option_to_choose(self) -> None:
        match = match_zone("www.example.com", [PARENT, TWIN])
        assert match.reason == hosted_zones.AMBIGUOUS_ZONE
        assert match.candidates == (PARENT, TWIN)
        for word in ("ZPARENT", "ZTWIN", "hosted_zone_id", "www.example.com"):
            assert word in match.message

    def test_are_told_apart_by_the_live_delegation(self) -> None:
        match = match_zone("www.example.com", [PARENT, TWIN], delegated_zone_ids={"Example.com.": "/hostedzone/ZTWIN"})
        assert match.zone == TWIN

    def test_stay_refused_when_the_delegation_names_neither(self) -> None:
        match = match_zone("www.example.com", [PARENT, TWIN], delegated_zone_ids={"example.com": "ZOTHER"})
        assert match.reason == hosted_zones.AMBIGUOUS_ZONE
        assert "ZOTHER" in match.message

    def test_do_not_matter_where_a_more_specific_zone_holds_the_name(self) -> None:
        assert match_zone("a.dev.example.com", [PARENT, TWIN, CHILD]).zone == CHILD

    def test_are_chosen_from_by_id(self) -> None:
        assert match_zone("www.example.com", [PARENT, TWIN], hosted_zone_id="/hostedzone/ZTWIN").zone == TWIN


class TestAnExplicitZone:
    def test_wins_over_a_more_specific_one(self) -> None:
        assert match_zone("a.dev.example.com", [PARENT, CHILD], hosted_zone_id="ZPARENT").zone == PARENT

    def test_need_not_be_listed(self) -> None:
        match = match_zone("a.example.com", [], hosted_zone_id="ZUNSEEN")
        assert match.zone == HostedZone("ZUNSEEN", "")

    def test_must_hold_the_name(self) -> None:
        match = match_zone("a.example.org", [PARENT], hosted_zone_id="ZPARENT")
        assert match.reason == hosted_zones.NOT_IN_ZONE
        assert "ZPARENT (example.com)" in match.message

    def test_must_be_public(self) -> None:
        zones = [HostedZone("ZPRIV", "example.com", private=True), PARENT]
        assert match_zone("a.example.com", zones, hosted_zone_id="ZPRIV").reason == hosted_zones.ONLY_PRIVATE_ZONE


CUTS = {"ZPARENT": ["dev.example.com."]}


class TestDelegatedAway:
    @pytest.mark.parametrize(
        "name", ["dev.example.com", "*.dev.example.com", "a.b.dev.example.com", "_x.dev.example.com."]
    )
    def test_names_at_and_below_the_cut_are_refused(self, name: str) -> None:
        match = match_zone(name, [PARENT], delegations=CUTS)
        assert match.reason == hosted_zones.DELEGATED_AWAY
        assert "NS record set at dev.example.com" in match.message

    @pytest.mark.parametrize("name", ["example.com", "www.example.com", "xdev.example.com", "*.example.com"])
    def test_names_beside_and_above_it_are_not(self, name: str) -> None:
        assert match_zone(name, [PARENT], delegations=CUTS).zone == PARENT

    def test_an_own_zone_below_the_cut_is_where_the_name_belongs(self) -> None:
        assert match_zone("a.dev.example.com", [PARENT, CHILD], delegations=CUTS).zone == CHILD

    def test_an_own_private_zone_there_does_not_help(self) -> None:
        private = HostedZone("ZPRIV", "dev.example.com", private=True)
        assert match_zone("a.dev.example.com", [PARENT, private], delegations=CUTS).zone is None

    def test_the_zone_s_own_ns_record_set_is_no_cut(self) -> None:
        assert match_zone("a.example.com", [PARENT], delegations={"ZPARENT": ["example.com"]}).zone == PARENT

    def test_an_explicit_zone_is_no_way_around_it(self) -> None:
        match = match_zone("a.dev.example.com", [PARENT], hosted_zone_id="ZPARENT", delegations=CUTS)
        assert match.reason == hosted_zones.DELEGATED_AWAY


def test_a_zone_that_another_service_manages_is_refused() -> None:
    managed = HostedZone("ZSVC", "svc.example.com", linked_service="servicediscovery.amazonaws.com")
    match = match_zone("a.svc.example.com", [PARENT, managed])
    assert match.reason == hosted_zones.SERVICE_MANAGED_ZONE
    assert "servicediscovery.amazonaws.com" in match.message


def test_each_name_without_a_zone_has_its_message() -> None:
    matches = hosted_zones.match_zones(["www.example.com", "a.test", "b.test"], [PARENT])
    messages = hosted_zones.missing(matches)
    assert ["a.test" in messages[0], "b.test" in messages[1]] == [True, True]
    assert len(messages) == 2
    assert hosted_zones.missing(hosted_zones.match_zones(["www.example.com"], [PARENT])) == ()


@pytest.mark.parametrize("case", CASES["validation_record_batches"], ids=lambda case: case["id"])
def test_records_of_the_table_land_in_their_zones(case: dict[str, Any]) -> None:
    matches = hosted_zones.match_zones([option["record"] for option in case["options"]], zones_of(case))
    if case["expected"] == "FAIL_BEFORE_REQUEST":
        assert hosted_zones.missing(matches)
        return
    found: dict[str, set[str]] = {}
    for record, match in matches.items():
        assert match.zone is not None
        found.setdefault(match.zone.id, set()).add(record)
    if isinstance(case["expected"], dict):
        for zone_id, records in case["expected"].items():
            assert set(records) <= found[zone_id]


SERVERS = {"Z1": ["ns-1.awsdns-1.com", "ns-2.awsdns-2.net"], "Z2": ["ns-3.awsdns-3.com", "ns-4.awsdns-4.net"]}


@pytest.mark.parametrize(
    ("live", "expected"),
    [
        (["NS-2.awsdns-2.net.", "ns-1.awsdns-1.COM."], "Z1"),
        (["ns-3.awsdns-3.com."], "Z2"),
        (["ns-1.awsdns-1.com", "ns-2.awsdns-2.net", "ns.other.test"], None),
        (["ns-1.awsdns-1.com", "ns-3.awsdns-3.com"], None),
        (["ns.other.test"], None),
        ([], None),
    ],
)
def test_delegated_zone(live: list[str], expected: str | None) -> None:
    assert hosted_zones.delegated_zone(live, SERVERS) == expected


def test_zones_that_share_their_name_servers_cannot_be_told_apart() -> None:
    same = {"Z1": SERVERS["Z1"], "Z2": SERVERS["Z1"]}
    assert hosted_zones.delegated_zone(SERVERS["Z1"], same) is None
    assert hosted_zones.delegated_zone(SERVERS["Z1"][:1], same) is None


@given(NAMES, st.lists(st.tuples(NAMES, st.booleans()), max_size=8))
def test_the_zone_is_always_the_longest_public_one_by_whole_labels(name: str, drawn: list[tuple[str, bool]]) -> None:
    zones = [HostedZone(f"Z{number}", zone, private) for number, (zone, private) in enumerate(drawn)]
    wanted = name.split(".")
    holding = [
        zone for zone in zones if not zone.private and wanted[-len(zone.name.split(".")) :] == zone.name.split(".")
    ]
    longest = max((zone.name.count(".") for zone in holding), default=None)
    best = [zone for zone in holding if zone.name.count(".") == longest]
    match = match_zone(name, zones)
    if len(best) == 1:
        assert match.zone == best[0]
    else:
        assert match.zone is None
        assert (match.reason == hosted_zones.AMBIGUOUS_ZONE) == (len(best) > 1)
