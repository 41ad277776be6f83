# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Before anything is requested the DNS is asked whether it can be validated, and when a wait hangs, what keeps it."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils._dns import questions
from ansible_collections.tlsops.certificates.plugins.module_utils._flows import diagnosing
from aws_world import DNS_ACCOUNT, World
from support.modules import ModuleResult
from tenant_world import Tenancy

FOREVER = {"wait": True, "wait_timeout": 130, "poll_interval": 10}


def settle(world: World) -> None:
    """Until name servers and resolver show what was changed."""
    world.clock.sleep(5)


def zone(world: World, *arguments: Any, **options: Any) -> str:
    made = world.zone(*arguments, **options)
    settle(world)
    return made


def undelegated(world: World) -> str:
    """A zone of the account, while the registry names the servers of another account's."""
    world.zone("example.com", DNS_ACCOUNT)
    return zone(world, "example.com", delegate=False)


def requested(world: World) -> int:
    return world.counted().get("acm:RequestCertificate", 0)


def checks(result: ModuleResult) -> list[str]:
    return [each["check"] for each in result["findings"]]


# --- Before the request --------------------


def test_a_healthy_name_is_requested_without_a_word(world: World) -> None:
    zone(world, "example.com")
    result = world.issue("example.com", "*.example.com", "www.example.com", preflight="fail")
    assert (checks(result), result.result.get("warnings", [])) == ([], [])
    assert result["certificate"]["ready"]
    (record, *_rest) = result["certificate"]["validation_records"]
    assert len(record["hosted_zone_name_servers"]) == 4


def test_a_zone_that_is_not_delegated_is_told_and_by_default_requested_all_the_same(world: World) -> None:
    zone_id = undelegated(world)
    result = world.issue("www.example.com", wait=False)
    assert checks(result) == ["delegation_mismatch"]
    (warning,) = result["warnings"]
    assert "The validation may fail: " in str(warning)
    assert zone_id in str(warning)
    assert requested(world) == 1


@pytest.mark.parametrize("check", [False, True])
def test_with_fail_nothing_is_requested_also_in_check_mode(world: World, check: bool) -> None:
    undelegated(world)
    world.counted()
    result = world.issue_all(
        [{"domain_name": "www.example.com"}, {"domain_name": "api.example.com"}], preflight="fail", check=check
    )
    assert result.failed
    assert result["msg"].startswith("Nothing was requested, as the validation would fail: ")
    assert "(delegation_mismatch)" in result["msg"]
    assert [each["name"] for each in result["findings"]] == ["www.example.com", "api.example.com"]
    assert requested(world) == 0


def test_caa_is_told_before_acm_fails_for_good(world: World) -> None:
    zone_id = zone(world, "example.com")
    world.put_record(zone_id, "example.com", "CAA", '0 issue "letsencrypt.org"')
    settle(world)
    result = world.issue("www.example.com", preflight="fail")
    assert "(caa_forbids)" in result["msg"]
    assert requested(world) == 0


def test_off_asks_nobody(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*arguments: Any) -> None:
        raise AssertionError("the DNS was asked")

    monkeypatch.setattr(diagnosing, "look", never)
    undelegated(world)
    result = world.issue("www.example.com", preflight="off", **FOREVER)
    assert "not issued within 130 seconds" in result["msg"]


def test_what_is_there_is_not_looked_at(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A converged run needs neither the DNS nor dnspython; nor does a private certificate."""
    zone(world, "example.com")
    world.issue("www.example.com")
    monkeypatch.setattr(questions, "HAS_DNSPYTHON", False)
    again = world.issue("www.example.com", preflight="fail")
    assert (again["changed"], again["findings"], again.result.get("warnings", [])) == (False, [], [])


def test_without_dnspython_it_is_one_warning(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    zone(world, "example.com")
    monkeypatch.setattr(questions, "HAS_DNSPYTHON", False)
    result = world.issue("www.example.com", preflight="fail")
    (warning,) = result["warnings"]
    assert "There was no preflight: the Python library dnspython isn't installed" in str(warning)
    assert result["certificate"]["ready"]


def test_a_resolver_that_does_not_answer_keeps_nothing_from_being_requested(world: World) -> None:
    zone(world, "example.com")
    result = world.issue("www.example.com", preflight="fail", nameservers=["127.0.0.1:9"], wait=False)
    assert checks(result) == ["resolver_silent"]
    assert requested(world) == 1


def test_names_whose_records_are_written_elsewhere_are_looked_at_without_a_zone(world: World) -> None:
    zone(world, "example.com", DNS_ACCOUNT)
    result = world.issue("www.example.com", write_records=False, wait=False, preflight="fail")
    assert (result.failed, checks(result)) == (False, [])


# --- While it hangs --------------------


def test_a_wait_in_vain_ends_with_the_cause(world: World) -> None:
    zone_id = undelegated(world)
    result = world.issue("www.example.com", **FOREVER)
    assert result["msg"].startswith(
        "1 of 1 certificate not issued within 130 seconds: www.example.com (eu-west-1): ACM "
    )
    assert "(delegation_mismatch)" in result["msg"]
    assert zone_id in result["msg"]
    assert "looks for CNAME _" in result["msg"]
    assert "(delegation_mismatch)" in result["certificate"]["message"]


def test_acm_certificate_wait_knows_the_zone_from_the_records(world: World) -> None:
    zone_id = undelegated(world)
    first = world.issue_all([{"domain_name": "www.example.com"}], wait=False)
    result = world.run("acm_certificate_wait", certificates=first["certificates"], **FOREVER)
    assert zone_id in result["msg"]
    assert "(delegation_mismatch)" in result["msg"]
    silent = world.run("acm_certificate_wait", certificates=first["certificates"], diagnose="never", **FOREVER)
    assert "(delegation_mismatch)" not in silent["msg"]


def test_a_look_asks_only_if_told_to(world: World) -> None:
    undelegated(world)
    first = world.issue_all([{"domain_name": "www.example.com"}], wait=False)
    look = world.run("acm_certificate_wait", certificates=first["certificates"], wait=False)
    assert "(delegation_mismatch)" not in look["certificates"][0]["message"]
    asked = world.run("acm_certificate_wait", certificates=first["certificates"], wait=False, diagnose="always")
    assert "(delegation_mismatch)" in asked["certificates"][0]["message"]


def test_a_record_that_is_gone_is_named(world: World) -> None:
    zone_id = zone(world, "example.com")
    world.sandbox.configure(issue_delay=10_000)
    first = world.issue_all([{"domain_name": "www.example.com"}], write_records=False, wait=False)
    assert zone_id
    result = world.run("acm_certificate_wait", certificates=first["certificates"], **FOREVER)
    assert "(record_missing)" in result["msg"]


def test_what_goes_wrong_with_the_diagnosis_is_not_said(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*arguments: Any) -> None:
        raise ValueError("no")

    undelegated(world)
    first = world.issue_all([{"domain_name": "www.example.com"}], wait=False)
    monkeypatch.setattr(diagnosing, "look", broken)
    result = world.run("acm_certificate_wait", certificates=first["certificates"], **FOREVER)
    assert "not issued within 130 seconds" in result["msg"]


def test_a_silent_resolver_makes_the_wait_no_longer(world: World) -> None:
    undelegated(world)
    first = world.issue_all([{"domain_name": "www.example.com"}], wait=False)
    result = world.run(
        "acm_certificate_wait", certificates=first["certificates"], nameservers=["127.0.0.1:9"], **FOREVER
    )
    assert "not issued within 130 seconds" in result["msg"]
    assert "resolver" not in result["msg"]


# --- Tenants of CloudFront --------------------


@pytest.mark.parametrize("check", [False, True])
def test_with_fail_no_tenant_is_created_whose_certificate_is_refused(world: World, check: bool) -> None:
    tenancy = Tenancy(world)
    world.put_record(tenancy.zone, "example.com", "CAA", '0 issue "letsencrypt.org"')
    tenancy.point()
    settle(world)
    result = tenancy.run(host="cloudfront", preflight="fail", check=check)
    assert result["msg"].startswith("Nothing was requested, as the validation would fail: ")
    assert [each["check"] for each in result["findings"]] == ["caa_forbids"]
    assert tenancy.sandbox.tenants() == {}


def test_a_tenant_is_created_all_the_same_by_default_and_off_asks_nobody(world: World) -> None:
    tenancy = Tenancy(world)
    settle(world)
    result = tenancy.run(wait=False)
    assert checks(result) == ["no_address"], "nobody can show the token"
    assert "The validation may fail: " in str(result["warnings"][0])
    assert (result["tenant"]["reason"], result["changed"]) == ("PendingValidation", True)
    again = tenancy.run("two", "two.example.com", wait=False, preflight="off")
    assert (checks(again), again.result.get("warnings", [])) == ([], [])


def test_a_domain_that_is_yet_to_point_to_cloudfront_is_no_finding(world: World) -> None:
    tenancy = Tenancy(world)
    settle(world)
    result = tenancy.run(host="cloudfront", wait=False, preflight="fail")
    assert (result.failed, checks(result)) == (False, [])
    assert result["tenant"]["reason"] == "DomainValidationPending"


def test_a_tenant_that_is_there_is_not_looked_at(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    tenancy = Tenancy(world)
    tenancy.attached()
    monkeypatch.setattr(questions, "HAS_DNSPYTHON", False)
    again = tenancy.run(preflight="fail")
    assert (again["changed"], checks(again), again.result.get("warnings", [])) == (False, [], [])
