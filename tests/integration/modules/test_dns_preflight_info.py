# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""With what the other modules return, over hosted zones of Route 53. Everything that goes wrong in DNS is in ../dns."""

from __future__ import annotations

from typing import Any

import pytest
from aws_world import World
from support.in_process import run_main
from support.modules import ModuleResult

NAMES = ["www.example.com", "*.example.com"]


@pytest.fixture
def preflight(world: World, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The module without any credentials."""

    def run(*names: str, check: bool = False, **options: Any) -> ModuleResult:
        address = world.sandbox.dns_address
        port = int(address.rpartition(":")[2])
        given = {"names": list(names), "nameservers": [address], "authoritative_port": port, "issuer": "acm", **options}
        return run_main(monkeypatch, "dns_preflight_info", given, check=check)

    return run


def zone_facts(world: World, zone_id: str) -> dict[str, Any]:
    """As boto3 and amazon.aws.route53_info have them."""
    answer: dict[str, Any] = world.route53().get_hosted_zone(Id=zone_id)
    return {key: answer[key] for key in ("HostedZone", "DelegationSet")}


@pytest.mark.parametrize("authoritative", [False, True])
def test_nothing_is_in_the_way_of_what_is_issued_then(world: World, preflight: Any, authoritative: bool) -> None:
    zone_id = world.zone("example.com")
    world.sandbox.advance(60)
    result = preflight(*NAMES, hosted_zones=[zone_facts(world, zone_id)], authoritative=authoritative)
    assert (result["findings"], result["ok"], result["changed"], result["message"]) == ([], True, False, "")
    certificate = world.issue(*NAMES)["certificate"]
    assert certificate["ready"] is True
    records = certificate["validation_records"]
    assert preflight(*NAMES, records=records, authoritative=authoritative)["findings"] == []


def test_zones_that_another_module_has_found_will_do(world: World, preflight: Any) -> None:
    world.zone("example.com")
    world.zone("dev.example.com", delegate=False)
    world.sandbox.advance(60)
    found = world.run("route53_hosted_zone_match_info", names=["www.example.com", "api.dev.example.com"])
    result = preflight("www.example.com", "api.dev.example.com", hosted_zones=found["zones"])
    assert [(each["name"], each["check"]) for each in result["findings"]] == [
        ("api.dev.example.com", "delegation_mismatch")
    ]


def test_the_zone_that_nobody_asks_is_told_from_the_live_one(world: World, preflight: Any) -> None:
    stale, live = world.zone("example.com", delegate=False), world.zone("example.com")
    world.sandbox.advance(60)
    result = preflight("www.example.com", hosted_zones=[zone_facts(world, stale)])
    assert result["ok"] is False
    assert result["message"].endswith(f"not to the zone {stale} (delegation_mismatch)")
    both = preflight("www.example.com", hosted_zones=[zone_facts(world, each) for each in (stale, live)])
    assert [(each["check"], each["level"]) for each in both["findings"]] == [("duplicate_zone", "warning")]
    assert f"delegated to {live}" in both["findings"][0]["explanation"]


def test_a_record_that_is_gone_is_missed(world: World, preflight: Any) -> None:
    zone_id = world.zone("example.com")
    records = world.issue("www.example.com")["certificate"]["validation_records"]
    [(name, kind)] = world.records(zone_id)
    world.put_record(zone_id, name, kind, records[0]["value"], delete=True)
    world.sandbox.advance(120)
    result = preflight("www.example.com", records=records)
    assert [each["check"] for each in result["findings"]] == ["record_missing"]
    assert result["names"] == [{"name": "www.example.com", "ok": False, "checks": ["record_missing"]}]


def test_records_and_zones_of_check_mode_are_taken_for_what_they_are(world: World, preflight: Any) -> None:
    world.zone("example.com")
    world.sandbox.advance(60)
    planned = world.issue("www.example.com", check=True)["certificate"]["validation_records"]
    assert preflight("www.example.com", records=planned, check=True)["findings"] == []


def test_every_fault_of_the_options_is_said_at_once(preflight: Any) -> None:
    result = preflight(
        caa_identities=["ca.example"],
        method="dns-01",
        timeout=0,
        deadline=-1,
        nameservers=["resolver.example.com"],
        authoritative_port=70000,
        hosted_zones=[{"id": "Z1"}],
        records=[{"name": "a b", "value": "x"}],
    )
    assert result.failed
    words = (
        "names is empty",
        "caa_identities",
        "timeout",
        "deadline",
        "resolver.example.com",
        "70000",
        "no name",
        "a b",
    )
    assert all(word in result["msg"] for word in words), result["msg"]
