# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fleets of distribution tenants: what they cost, and that one tenant's trouble is not the others'."""

from __future__ import annotations

from typing import Any

import pytest
from aws_world import World
from support.modules import ModuleResult
from tenant_world import UNPACED, Tenancy

MODULE = "cloudfront_tenant_certs"
#: For 1,000 attached tenants.
MOST_CALLS = 15


@pytest.fixture
def tenancy(world: World) -> Tenancy:
    return Tenancy(world)


def entries(count: int) -> list[dict[str, Any]]:
    return [{"name": f"tenant{number}", "domains": [f"t{number}.example.com"]} for number in range(count)]


def run(tenancy: Tenancy, tenants: list[dict[str, Any]], **options: Any) -> ModuleResult:
    given: dict[str, Any] = {
        "distribution_id": tenancy.distribution,
        "managed_certificate": {"validation_token_host": "cloudfront"},
        "nameservers": [tenancy.sandbox.dns_address],
        "rate_limits": UNPACED,
    }
    return tenancy.world.run(MODULE, tenants=tenants, **given | options)


def test_a_thousand_attached_tenants_cost_fifteen_calls_at_most(tenancy: Tenancy) -> None:
    tenancy.sandbox.add_tenants(tenancy.distribution, entries(1000))
    tenancy.world.counted()
    result = run(tenancy, entries(1000))
    assert not result.failed, result["msg"]
    assert result["changed"] is False
    assert all(each["ready"] for each in result["tenants"])
    counted = tenancy.world.counted()
    assert counted["cloudfront:ListDistributionTenants"] == 10
    assert sum(counted.values()) <= MOST_CALLS, counted


def test_only_those_not_yet_attached_are_asked_for(tenancy: Tenancy) -> None:
    wishes = entries(40)
    for number, state in enumerate(("issued", "pending-validation", "failed")):
        wishes[number] = wishes[number] | {"certificate": state}
    tenancy.sandbox.add_tenants(tenancy.distribution, wishes)
    tenancy.world.counted()
    result = run(tenancy, entries(40), wait=False)
    assert result.failed
    found = {each["name"]: each["reason"] for each in result["tenants"]}
    assert (found["tenant1"], found["tenant2"], found["tenant3"]) == (
        "PendingValidation",
        "CertificateFailed",
        "Validated",
    )
    assert found["tenant0"] in ("Deploying", "Validated")
    counted = tenancy.world.counted()
    assert counted["cloudfront:UpdateDistributionTenant"] == 1
    assert counted["cloudfront:GetManagedCertificateDetails"] <= 5
    assert counted.get("cloudfront:GetDistributionTenant", 0) <= 2


def test_tags_cost_a_listing_and_parameters_a_call_each(tenancy: Tenancy) -> None:
    settings = {"tags": {"team": "shop"}, "parameters": {"origin": "a"}}
    tenancy.sandbox.add_tenants(tenancy.distribution, [entry | settings for entry in entries(120)])
    tenancy.world.counted()
    assert run(tenancy, entries(120), tags={"team": "shop"})["changed"] is False
    counted = tenancy.world.counted()
    assert (counted["tag:GetResources"], counted.get("cloudfront:GetDistributionTenant", 0)) == (2, 0)
    assert run(tenancy, [entry | {"parameters": {"origin": "a"}} for entry in entries(120)])["changed"] is False
    assert tenancy.world.counted()["cloudfront:GetDistributionTenant"] == 120


def test_a_fresh_fleet_gets_there_in_one_run(tenancy: Tenancy) -> None:
    wanted = entries(12)
    tenancy.point(*(each["domains"][0] for each in wanted))
    result = run(tenancy, wanted)
    assert not result.failed, result["msg"]
    assert {each["phase"] for each in result["tenants"]} == {"Attached"}
    assert len(tenancy.requests()) == 12
    assert len({each["arn"] for each in result["certificates"]}) == 12
    assert run(tenancy, wanted)["changed"] is False


def test_the_trouble_of_one_tenant_is_not_the_others(tenancy: Tenancy) -> None:
    """A domain that is taken, one that doesn't point to CloudFront, and a good one."""
    tenancy.attached("theirs", "t0.example.com")
    tenancy.point("t0.example.com", "t2.example.com")
    result = run(tenancy, entries(3), wait_timeout=900)
    assert result.failed
    found = {each["name"]: each["reason"] for each in result["tenants"]}
    assert found == {"tenant0": "DomainConflict", "tenant1": "DomainValidationPending", "tenant2": "Validated"}
    for part in ("tenant0", "theirs", "t1.example.com"):
        assert part in result["msg"]
    assert set(tenancy.sandbox.tenants()) == {"theirs", "tenant2"}


def test_cloudfronts_throttling_is_waited_out_and_said(tenancy: Tenancy) -> None:
    """At the rates that were seen in the field: about one change in three seconds."""
    wanted = entries(6)
    tenancy.point(*(each["domains"][0] for each in wanted))
    tenancy.sandbox.configure(cloudfront_throttle=True)
    result = run(tenancy, wanted)
    assert not result.failed, result["msg"]
    assert {each["phase"] for each in result["tenants"]} == {"Attached"}
    assert len(tenancy.requests()) == 6
    assert "CloudFront has throttled" in str(result["warnings"])


def test_all_faults_of_all_entries_are_said_at_once(tenancy: Tenancy) -> None:
    tenants = [
        {"name": "-bad-", "domains": ["a.example.com"]},
        {"name": "one", "domains": ["*.example.com"]},
        {"name": "two", "domains": ["b.example.com"], "parameters": {"a b": "c"}},
        {"name": "two", "domains": ["c.example.com"]},
    ]
    tenancy.world.counted()
    result = run(tenancy, tenants)
    assert result.failed
    for part in ("-bad-", "*.example.com", "a b", "twice"):
        assert part in result["msg"], (part, result["msg"])
    assert tenancy.world.counted() == {}


def test_a_list_of_nothing_does_nothing(tenancy: Tenancy) -> None:
    tenancy.world.counted()
    result = run(tenancy, [])
    assert (result["changed"], result["tenants"], result["certificates"]) == (False, [], [])
    assert tenancy.world.counted() == {}
