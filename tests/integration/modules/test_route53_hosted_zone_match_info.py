# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

from aws_world import ACCOUNT, DNS_ACCOUNT, World
from support.modules import ModuleResult


def match(world: World, *names: str, **options: Any) -> ModuleResult:
    return world.run("route53_hosted_zone_match_info", names=list(names), **options)


def test_each_name_goes_to_its_most_specific_public_zone(world: World) -> None:
    parent = world.zone("example.com")
    child = world.zone("dev.example.com")
    world.zone("v2.dev.example.com", private=True)
    names = ["*.example.com", "api.v2.dev.example.com", "_acme-challenge.dev.example.com", "notexample.com.example.com"]
    result = match(world, *names)
    assert result["changed"] is False
    assert [zone["name"] for zone in result["zones"]] == names
    assert [zone["hosted_zone_id"] for zone in result["zones"]] == [parent, child, child, parent]
    assert {zone["reason"] for zone in result["zones"]} == {"Matched"}
    assert result["hosted_zone_ids"]["example.com"] == parent
    assert result["missing"] == []


def test_what_it_found_fits_the_option_hosted_zones(world: World) -> None:
    world.zone("example.com")
    found = match(world, "*.example.com", "www.example.com")
    world.sandbox.deny(ACCOUNT, ["route53:ListHostedZones"])
    result = world.issue("*.example.com", "www.example.com", hosted_zones=found["hosted_zone_ids"])
    assert result["certificate"]["ready"] is True


def test_names_without_a_zone_are_said_all_at_once(world: World) -> None:
    world.zone("example.com")
    world.zone("example.org", private=True)
    result = match(world, "www.example.com", "www.example.net", "www.example.org")
    assert result.failed
    assert "www.example.net" in result["msg"]
    assert "www.example.org" in result["msg"]
    assert result["missing"] == ["www.example.net", "www.example.org"]
    assert [zone["reason"] for zone in result["zones"]] == ["Matched", "NoZone", "OnlyPrivateZone"]
    reported = match(world, "www.example.com", "www.example.net", missing="report")
    assert (reported.failed, reported["missing"]) == (False, ["www.example.net"])


def test_twins_are_told_apart_by_the_delegation(world: World) -> None:
    stale, live = world.zone("example.com", delegate=False), world.zone("example.com")
    world.sandbox.advance(60)
    result = match(world, "www.example.com", nameservers=[world.sandbox.dns_address])
    assert result["hosted_zone_ids"] == {"www.example.com": live}
    assert stale not in result.stdout.split('"invocation"')[0]


def test_twins_that_cannot_be_told_apart_are_listed(world: World) -> None:
    zones = [world.zone("example.com", delegate=False), world.zone("example.com", delegate=False)]
    result = match(world, "www.example.com", nameservers=["127.0.0.1:9"])
    assert result.failed
    assert all(zone in result["msg"] for zone in zones)
    assert result["zones"][0]["reason"] == "AmbiguousZone"


def test_a_name_that_is_delegated_away_has_no_zone(world: World) -> None:
    zone = world.zone("example.com")
    world.put_record(zone, "dev.example.com", "NS", "ns1.elsewhere.example.")
    assert match(world, "www.dev.example.com", missing="report")["zones"][0]["reason"] == "DelegatedAway"
    world.counted()
    unchecked = match(world, "www.dev.example.com", check_delegation=False)
    assert unchecked["zones"][0]["hosted_zone_id"] == zone
    assert world.counted() == {"route53:ListHostedZones": 1}


def test_more_zones_than_a_page_holds(world: World) -> None:
    wanted = world.zone("zz.example.com")
    for number in range(6):
        world.zone(f"n{number}.example.org", delegate=False)
    world.sandbox.configure(page_limit=3)
    assert match(world, "www.zz.example.com")["zones"][0]["hosted_zone_id"] == wanted
    assert world.counted()["route53:ListHostedZones"] >= 3


def test_zones_of_another_account(world: World) -> None:
    zone = world.zone("example.com", DNS_ACCOUNT)
    role = world.sandbox.role(DNS_ACCOUNT, "dns", trusted=[ACCOUNT], external_id="x-1")
    result = match(world, "www.example.com", dns_role_arn=role, dns_role_external_id="x-1")
    assert result["zones"][0]["hosted_zone_id"] == zone
    assert match(world, "www.example.com").failed


def test_check_mode_reads_the_same(world: World) -> None:
    world.zone("example.com")
    assert match(world, "www.example.com", check=True)["zones"] == match(world, "www.example.com")["zones"]


def test_no_names_cost_nothing(world: World) -> None:
    assert match(world)["zones"] == []
    assert world.counted() == {}
