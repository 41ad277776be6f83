# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from typing import Any

import pytest
from aws_world import ACCOUNT, CA_ARN, DNS_ACCOUNT, MANAGED_BY, NAME, REQUEST, World, writes
from support.modules import ModuleResult


def without_zones(certificate: dict[str, Any]) -> dict[str, Any]:
    """Zones are looked up only where a record has to be written."""
    records = [{k: v for k, v in r.items() if "zone" not in k} for r in certificate["validation_records"]]
    return {**certificate, "validation_records": records}


def keys(result: ModuleResult) -> set[str]:
    assert result.result is not None
    return set(result.result) - {"invocation", "diff", "warnings", "failed", "msg"}


# --- Fresh, converged, check mode ------------------------------------------------------------------------------------


def test_names_become_an_issued_certificate(world: World) -> None:
    zone = world.zone("example.com")
    world.counted()
    result = world.issue("Example.com", "*.EXAMPLE.com", name="shop", tags={"team": "web"})
    counted = world.counted()
    certificate = result["certificate"]
    assert result["changed"] is True
    assert (certificate["status"], certificate["phase"], certificate["ready"]) == ("ISSUED", "Issued", True)
    assert certificate["subject_alternative_names"] == ["*.example.com", "example.com"]
    assert result["certificates"] == [certificate]
    assert result["certificate_arn"] == certificate["arn"]
    assert writes(counted) == {"acm:RequestCertificate": 1, "route53:ChangeResourceRecordSets": 1}
    assert counted["acm:ListCertificates"] == counted["route53:ListHostedZones"] == 1
    assert counted["acm:DescribeCertificate"] <= 3
    there = world.certificates()[certificate["arn"]]
    assert there["DomainName"] == "example.com"
    assert there["tags"][MANAGED_BY] == "tlsops.certificates"
    assert (there["tags"][NAME], there["tags"]["team"]) == ("shop", "web")
    assert certificate["tags"] == there["tags"]
    assert len(world.records(zone)) == 1, "a wildcard and its apex share one record"


def test_the_validation_record_is_returned_as_it_was_written(world: World) -> None:
    zone = world.zone("example.com")
    record = world.issue("*.example.com", "example.com", ttl=77)["certificate"]["validation_records"][0]
    assert record["domain_names"] == ["*.example.com", "example.com"]
    assert (record["hosted_zone_id"], record["hosted_zone_name"]) == (zone, "example.com")
    assert world.records(zone) == {(record["name"], "CNAME"): (77, [record["value"]])}


def test_a_second_run_changes_nothing_and_costs_three_calls(world: World) -> None:
    world.zone("example.com")
    first = world.issue("example.com", name="shop", tags={"team": "web"})
    world.counted()
    second = world.issue("example.com", name="shop", tags={"team": "web"})
    assert world.counted() == {"acm:ListCertificates": 1, "tag:GetResources": 1, "acm:DescribeCertificate": 1}
    assert second["changed"] is False
    assert without_zones(second["certificate"]) == without_zones(first["certificate"])


def test_check_mode_requests_nothing_and_says_where_the_record_will_go(world: World) -> None:
    zone = world.zone("example.com")
    world.counted()
    result = world.issue("www.example.com", name="shop", check=True, diff=True)
    assert writes(world.counted()) == {}
    assert world.certificates() == {}
    assert (result["changed"], result["certificate_arn"]) == (True, None)
    assert (result["certificate"]["phase"], result["certificate"]["ready"]) == ("Pending", False)
    [record] = result["certificate"]["validation_records"]
    assert (record["name"], record["value"]) == (None, None)
    assert (record["hosted_zone_id"], record["hosted_zone_name"]) == (zone, "example.com")
    assert result["diff"]["before"] == ""
    shown = json.loads(result["diff"]["after"])["certificate shop (eu-west-1)"]
    assert shown["subject_alternative_names"] == ["www.example.com"]
    assert f"example.com ({zone})" in shown["validation_records"]["www.example.com"]


def test_check_mode_of_what_is_there_already_changes_nothing(world: World) -> None:
    world.zone("example.com")
    done = world.issue("example.com")
    again = world.issue("example.com", check=True, diff=True)
    assert again["changed"] is False
    assert "diff" not in (again.result or {})
    assert without_zones(again["certificate"]) == without_zones(done["certificate"])


def test_check_mode_needs_the_zones_too(world: World) -> None:
    world.zone("example.com")
    result = world.issue("www.example.com", "www.example.net", "shop.example.org", check=True)
    assert result.failed
    assert "www.example.net" in result["msg"]
    assert "shop.example.org" in result["msg"]
    assert writes(world.counted()).get("acm:RequestCertificate") is None


def test_the_diff_of_a_run_is_that_of_its_check(world: World) -> None:
    world.zone("example.com")
    foretold = world.issue("example.com", check=True, diff=True)["diff"]
    assert world.issue("example.com", diff=True)["diff"] == foretold


def test_the_keys_are_the_same_whatever_happens(world: World) -> None:
    world.zone("example.com")
    check = world.issue("example.com", check=True)
    fresh = world.issue("example.com")
    converged = world.issue("example.com")
    world.sandbox.certificate(fresh["certificate_arn"], status="FAILED", failure_reason="CAA_ERROR")
    pending = world.issue("example.com", wait=False)
    assert keys(check) == keys(fresh) == keys(converged) == keys(pending)
    records = [each["certificate"] for each in (check, fresh, converged, pending)]
    assert len({frozenset(record) for record in records}) == 1
    assert len({frozenset(record["validation_records"][0]) for record in records}) == 1


# --- What is reused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "there",
    [
        {"type": "IMPORTED"},
        {"validation_method": "EMAIL"},
        {"managed_by": "CLOUDFRONT", "validation_method": "HTTP"},
        {"origin": "ACME"},
        {"key_algorithm": "EC_prime256v1"},
        {"type": "PRIVATE", "authority_arn": CA_ARN},
        {"tags": {MANAGED_BY: "tlsops.certificates", NAME: "another"}},
        {"status": "FAILED", "failure_reason": "CAA_ERROR"},
        {"status": "VALIDATION_TIMED_OUT"},
        {"status": "EXPIRED"},
        {"status": "REVOKED"},
        {"region": "us-east-1"},
        {"account": DNS_ACCOUNT},
        {"subject_alternative_names": ["www.example.com", "more.example.com"]},
    ],
    ids=str,
)
def test_not_reused(world: World, there: dict[str, Any]) -> None:
    world.zone("example.com")
    other = world.add("example.com", **{"subject_alternative_names": ["www.example.com"], **there})
    result = world.issue("example.com", "www.example.com", name="shop", wait=False)
    assert result["changed"] is True
    assert result["certificate_arn"] != other
    assert result["certificate"]["superseded"] == []
    assert other in world.certificates()


@pytest.mark.parametrize("status", ["ISSUED", "PENDING_VALIDATION"])
def test_a_certificate_that_somebody_else_requested_by_dns_is_reused_and_stays_theirs(
    world: World, status: str
) -> None:
    world.zone("example.com")
    other = world.add("www.example.com", "example.com", status=status, tags={"owner": "them"})
    result = world.issue("example.com", "www.example.com", tags={"team": "web"})
    assert result["certificate_arn"] == other
    assert result["certificate"]["ready"] is True
    assert world.certificates()[other]["tags"] == {"owner": "them", "team": "web"}
    assert world.issue("example.com", "www.example.com", tags={"team": "web"})["changed"] is False


def test_a_certificate_with_more_names_is_reused_if_that_will_do(world: World) -> None:
    wide = world.add("example.com", "*.example.com")
    world.counted()
    result = world.issue("shop.example.com", match="covers")
    assert (result["changed"], result["certificate_arn"]) == (False, wide)
    assert writes(world.counted()) == {}


@pytest.mark.parametrize("algorithm", ["EC_prime256v1", "EC_secp384r1"])
def test_an_elliptic_curve_certificate_is_found_again(world: World, algorithm: str) -> None:
    world.zone("example.com")
    first = world.issue("example.com", key_algorithm=algorithm)
    second = world.issue("example.com", key_algorithm=algorithm)
    assert first["certificate"]["key_algorithm"] == algorithm
    assert (second["changed"], second["certificate_arn"]) == (False, first["certificate_arn"])
    assert len(world.certificates()) == 1


def test_a_certificate_on_the_last_page_is_found(world: World) -> None:
    world.sandbox.add_certificates([{"domain_name": f"n{number}.example.net"} for number in range(12)])
    wanted = world.add("example.com", age=2 * 86400)
    world.sandbox.configure(page_limit=5)
    result = world.issue("example.com", wait=False)
    assert (result["changed"], result["certificate_arn"]) == (False, wanted)
    assert world.counted()["acm:ListCertificates"] == 3


# --- What is replaced ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"names": ["example.com", "new.example.com"]},
        {"names": ["new.example.com"]},
        {"key_algorithm": "EC_prime256v1"},
        {"certificate_authority_arn": CA_ARN},
    ],
    ids=str,
)
def test_a_named_certificate_that_is_wanted_otherwise_is_replaced_and_kept(
    world: World, change: dict[str, Any]
) -> None:
    world.private_ca()
    world.zone("example.com")
    old = world.issue("example.com", "www.example.com", name="shop")["certificate_arn"]
    names = change.pop("names", ["example.com", "www.example.com"])
    result = world.issue(*names, name="shop", **change)
    assert result["changed"] is True
    assert result["certificate_arn"] != old
    assert result["certificate"]["superseded"] == [old]
    assert world.certificates()[old]["Status"] == "ISSUED"
    again = world.issue(*names, name="shop", **change)
    assert again["changed"] is False
    assert without_zones(again["certificate"]) == without_zones(result["certificate"])


def test_an_unnamed_certificate_supersedes_nothing(world: World) -> None:
    world.zone("example.com")
    old = world.issue("example.com")["certificate_arn"]
    result = world.issue("example.com", "www.example.com")
    assert result["certificate_arn"] != old
    assert result["certificate"]["superseded"] == []


def test_check_mode_of_a_replacement_says_what_it_supersedes(world: World) -> None:
    world.zone("example.com")
    old = world.issue("example.com", name="shop")["certificate_arn"]
    result = world.issue("www.example.com", name="shop", check=True)
    assert (result["changed"], result["certificate"]["superseded"]) == (True, [old])


# --- Tags ------------------------------------------------------------------------------------------------------------


def test_tags_converge(world: World) -> None:
    world.zone("example.com")
    arn = world.issue("example.com", name="shop", tags={"team": "web", "old": "1"})["certificate_arn"]
    world.counted()
    result = world.issue("example.com", name="shop", tags={"team": "shop", "new": "2"}, diff=True)
    assert result["changed"] is True
    tags = world.certificates()[arn]["tags"]
    assert {key: value for key, value in tags.items() if not key.startswith("tlsops:")} == {"team": "shop", "new": "2"}
    assert {MANAGED_BY, NAME, REQUEST} < set(tags)
    assert result["certificate"]["tags"] == tags
    assert '"old": "1"' in result["diff"]["before"]
    assert '"old"' not in result["diff"]["after"]
    assert world.issue("example.com", name="shop", tags={"team": "shop", "new": "2"})["changed"] is False


def test_tags_are_left_alone_if_nothing_is_said_of_them(world: World) -> None:
    world.zone("example.com")
    world.issue("example.com", tags={"team": "web"})
    assert world.issue("example.com")["changed"] is False


def test_other_tags_are_kept_without_purge(world: World) -> None:
    world.zone("example.com")
    arn = world.issue("example.com", tags={"team": "web"})["certificate_arn"]
    result = world.issue("example.com", tags={"new": "2"}, purge_tags=False)
    assert result["changed"] is True
    assert {"team": "web", "new": "2"}.items() <= world.certificates()[arn]["tags"].items()


def test_no_tags_at_all_are_purged_to(world: World) -> None:
    world.zone("example.com")
    arn = world.issue("example.com", tags={"team": "web"})["certificate_arn"]
    assert world.issue("example.com", tags={})["changed"] is True
    assert "team" not in world.certificates()[arn]["tags"]


def test_check_mode_touches_no_tag(world: World) -> None:
    world.zone("example.com")
    world.issue("example.com", tags={"team": "web"})
    world.counted()
    result = world.issue("example.com", tags={"team": "shop"}, check=True)
    assert result["changed"] is True
    assert result["certificate"]["tags"]["team"] == "shop"
    assert writes(world.counted()) == {}


def test_without_the_tagging_api_tags_are_read_from_each_certificate_that_may_be_meant(world: World) -> None:
    world.sandbox.deny(ACCOUNT, ["tag:*"])
    world.zone("example.com")
    world.sandbox.add_certificates([{"domain_name": f"n{number}.example.net"} for number in range(5)])
    first = world.issue("example.com", tags={"team": "web"})
    world.counted()
    second = world.issue("example.com", tags={"team": "web"})
    assert (second["changed"], second["certificate_arn"]) == (False, first["certificate_arn"])
    assert world.counted()["acm:ListTagsForCertificate"] == 1


def test_without_the_tagging_api_a_named_certificate_is_found_by_none_of_its_names(world: World) -> None:
    world.sandbox.deny(ACCOUNT, ["tag:*"])
    world.zone("example.com")
    old = world.issue("old.example.com", name="shop")["certificate_arn"]
    assert world.issue("new.example.com", name="shop")["certificate"]["superseded"] == [old]


def test_tags_that_the_index_has_not_seen_yet_change_nothing(world: World) -> None:
    world.sandbox.configure(tagging_lag=600)
    world.zone("example.com")
    first = world.issue("example.com", name="shop", tags={"team": "web"})
    second = world.issue("example.com", name="shop", tags={"team": "web"})
    assert (second["changed"], second["certificate_arn"]) == (False, first["certificate_arn"])
    assert second["certificate"]["tags"] == first["certificate"]["tags"]


# --- Delays ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "settings",
    [{"record_delay": 20}, {"describe_lag": 8}, {"list_lag": 120}, {"insync_delay": 60}, {"issue_delay": 900}],
    ids=str,
)
def test_what_becomes_visible_late_is_waited_for(world: World, settings: dict[str, float]) -> None:
    world.sandbox.configure(**settings)
    world.zone("example.com")
    world.sandbox.advance(120)
    result = world.issue("example.com", "www.example.com")
    assert result["certificate"]["ready"] is True
    assert world.issue("example.com", "www.example.com")["certificate_arn"] == result["certificate_arn"]
    assert len(world.certificates()) == 1


def test_without_waiting_a_later_run_goes_on(world: World) -> None:
    zone = world.zone("example.com")
    first = world.issue("example.com", wait=False)
    certificate = first["certificate"]
    assert (first["changed"], certificate["ready"], certificate["phase"]) == (True, False, "PendingValidation")
    assert len(world.records(zone)) == 1
    assert not first.failed
    second = world.issue("example.com")
    assert (second["changed"], second["certificate"]["ready"]) == (False, True)
    assert second["certificate_arn"] == first["certificate_arn"]


def test_records_that_somebody_removed_are_written_again_while_it_is_pending(world: World) -> None:
    zone = world.zone("example.com", delegate=False)
    first = world.issue("example.com", wait=False)
    [((name, kind), (ttl, [value]))] = world.records(zone).items()
    world.put_record(zone, name, kind, value, ttl=ttl, delete=True)
    again = world.issue("example.com", wait=False, diff=True)
    assert again["changed"] is True
    assert again["certificate_arn"] == first["certificate_arn"]
    assert name in again["diff"]["after"]
    assert len(world.records(zone)) == 1


def test_time_that_is_up_is_a_failure_that_says_what_is_missing(world: World) -> None:
    result = world.issue("example.com", write_records=False, wait_timeout=120)
    assert result.failed
    assert result["changed"] is True
    record = result["certificate"]["validation_records"][0]
    assert "120 seconds" in result["msg"]
    assert record["name"] in result["msg"]
    assert record["value"] in result["msg"]
    assert "run again" in result["msg"]
    assert result["certificate"]["phase"] == "PendingValidation"


# --- Failures of ACM's -----------------------------------------------------------------------------------------------


def test_a_caa_record_that_forbids_amazon_is_reported_and_the_next_run_requests_anew(world: World) -> None:
    zone = world.zone("example.com")
    world.put_record(zone, "example.com", "CAA", '0 issue "letsencrypt.org"')
    failed = world.issue("example.com")
    assert failed.failed
    assert "CAA_ERROR" in failed["msg"]
    assert 'issue "amazon.com"' in failed["msg"]
    assert (failed["certificate"]["phase"], failed["certificate"]["reason"]) == ("Failed", "CaaError")
    world.put_record(zone, "example.com", "CAA", '0 issue "amazon.com"')
    again = world.issue("example.com")
    assert again["certificate"]["ready"] is True
    assert again["certificate_arn"] != failed["certificate_arn"]


def test_the_next_run_requests_anew_even_if_the_tags_of_the_failed_one_show_late(world: World) -> None:
    world.sandbox.configure(tagging_lag=900)
    zone = world.zone("example.com")
    world.put_record(zone, "example.com", "CAA", '0 issue "letsencrypt.org"')
    failed = world.issue("example.com", name="shop")
    world.put_record(zone, "example.com", "CAA", '0 issue "amazon.com"')
    again = world.issue("example.com", name="shop")
    assert again["certificate"]["ready"] is True
    assert again["certificate_arn"] != failed["certificate_arn"]


def test_a_validation_that_timed_out_is_reported_and_the_next_run_requests_anew(world: World) -> None:
    pending = world.issue("example.com", write_records=False, wait=False)
    world.sandbox.advance(73 * 3600)
    world.zone("example.com")
    again = world.issue("example.com")
    assert again["certificate"]["ready"] is True
    assert again["certificate_arn"] != pending["certificate_arn"]


def test_a_validation_that_times_out_while_it_is_waited_for_ends_the_wait(world: World) -> None:
    result = world.issue("example.com", write_records=False, wait_timeout=1_000_000, poll_interval=36_000)
    assert result.failed
    assert "VALIDATION_TIMED_OUT" in result["msg"]
    assert "72 hours" in result["msg"]
    assert "run again" in result["msg"]
    assert result["certificate"]["reason"] == "ValidationTimedOut"


# --- Private certificates --------------------------------------------------------------------------------------------


def test_a_private_certificate_needs_no_zone(world: World) -> None:
    world.private_ca()
    world.sandbox.configure(issue_delay=30)
    world.counted()
    result = world.issue("db.internal", "cache.internal", certificate_authority_arn=CA_ARN, key_algorithm="RSA_4096")
    assert result["certificate"]["ready"] is True
    assert (result["certificate"]["type"], result["certificate"]["validation_records"]) == ("PRIVATE", [])
    assert result["certificate"]["certificate_authority_arn"] == CA_ARN
    counted = world.counted()
    assert not [call for call in counted if call.startswith(("route53:", "sts:"))]
    again = world.issue("db.internal", "cache.internal", certificate_authority_arn=CA_ARN, key_algorithm="RSA_4096")
    assert (again["changed"], again["certificate_arn"]) == (False, result["certificate_arn"])


def test_cloudfront_gets_its_certificate_in_us_east_1(world: World) -> None:
    world.zone("example.com")
    result = world.issue("cdn.example.com", cloudfront=True)
    assert result["certificate"]["region"] == "us-east-1"
    assert ":us-east-1:" in result["certificate_arn"]


# --- Deleting --------------------------------------------------------------------------------------------------------


def test_a_certificate_is_deleted_with_its_records(world: World) -> None:
    zone = world.zone("example.com")
    arn = world.issue("example.com", "www.example.com", name="shop")["certificate_arn"]
    world.counted()
    foretold = world.delete(name="shop", check=True, diff=True)
    assert (foretold["changed"], writes(world.counted())) == (True, {})
    assert foretold["diff"]["after"] == ""
    result = world.delete(name="shop")
    assert result["changed"] is True
    assert [each["arn"] for each in result["deleted"]] == [arn]
    assert (result["certificates"], result["certificate"], result["certificate_arn"]) == ([], None, None)
    assert world.certificates() == {}
    assert world.records(zone) == {}
    assert world.counted()["route53:ChangeResourceRecordSets"] == 1
    assert world.delete(name="shop")["changed"] is False


@pytest.mark.parametrize("how", ["certificate_arn", "name", "domain_name"])
def test_what_is_not_there_is_absent_already(world: World, how: str) -> None:
    never = f"arn:aws:acm:eu-west-1:{ACCOUNT}:certificate/00000000-0000-0000-0000-000000000000"
    result = world.delete(**{how: {"certificate_arn": never, "name": "shop", "domain_name": "example.com"}[how]})
    assert (result["changed"], result["deleted"]) == (False, [])


def test_a_certificate_in_use_is_refused_with_what_uses_it(world: World) -> None:
    zone = world.zone("example.com")
    arn = world.issue("example.com", name="shop")["certificate_arn"]
    users = [f"arn:aws:elasticloadbalancing:eu-west-1:{ACCOUNT}:loadbalancer/app/shop/1"]
    world.sandbox.certificate(arn, in_use_by=users)
    result = world.delete(name="shop")
    assert result.failed
    assert users[0] in result["msg"]
    assert result["in_use_by"] == users
    assert arn in world.certificates()
    assert world.records(zone)


def test_the_lag_after_a_detach_is_waited_for(world: World) -> None:
    world.zone("example.com")
    arn = world.issue("example.com", name="shop")["certificate_arn"]
    world.sandbox.configure(in_use_lag=90)
    world.sandbox.certificate(arn, in_use_by=["arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/app/shop/1"])
    world.sandbox.certificate(arn, in_use_by=[])
    assert world.delete(name="shop").failed
    assert world.delete(name="shop", in_use_timeout=300)["changed"] is True
    assert world.certificates() == {}


def test_acm_that_still_says_in_use_when_nothing_uses_it_is_asked_again(world: World) -> None:
    world.zone("example.com")
    world.issue("example.com", name="shop")
    world.sandbox.fail("acm", "DeleteCertificate", times=2, code="ResourceInUseException")
    assert world.delete(name="shop")["changed"] is True
    assert world.certificates() == {}


@pytest.mark.parametrize("regions", [["eu-west-1", "us-east-1"], ["us-east-1"]], ids=str)
@pytest.mark.parametrize("other", ["eu-west-1", "us-east-1"])
def test_a_record_that_another_certificate_needs_is_kept(world: World, other: str, regions: list[str]) -> None:
    zone = world.zone("example.com")
    world.issue("example.com", "www.example.com", name="shop")
    world.issue("*.example.com", name="wild", region=other)
    result = world.delete(name="shop", regions=regions)
    [(name, _kind)] = world.records(zone)
    assert name.endswith(".example.com")
    assert not name.endswith(".www.example.com")
    assert [kept["name"] for kept in result["kept_records"]] == [name]
    assert "another certificate" in result["kept_records"][0]["reason"]


def test_a_failed_certificate_needs_no_record(world: World) -> None:
    zone = world.zone("example.com")
    world.issue("example.com", name="shop")
    world.add("example.com", status="EXPIRED")
    assert world.delete(name="shop")["kept_records"] == []
    assert world.records(zone) == {}


def test_all_records_are_kept_when_a_region_cannot_be_read(world: World) -> None:
    zone = world.zone("example.com")
    world.issue("example.com", name="shop")
    world.sandbox.fail("acm", "ListCertificates", after=1, times=9, code="AccessDeniedException")
    result = world.delete(name="shop")
    assert world.certificates() == {}
    assert len(world.records(zone)) == 1
    assert "kept" in str(result["warnings"])


def test_records_stay_if_they_are_to_stay(world: World) -> None:
    zone = world.zone("example.com")
    world.issue("example.com", name="shop")
    assert world.delete(name="shop", remove_records=False)["changed"] is True
    assert len(world.records(zone)) == 1


@pytest.mark.parametrize("given", [False, True], ids=["looked up", "given"])
def test_a_zone_that_is_gone_is_a_warning(world: World, given: bool) -> None:
    zone = world.zone("example.com")
    world.issue("example.com", name="shop")
    [((name, kind), (ttl, [value]))] = world.records(zone).items()
    world.put_record(zone, name, kind, value, ttl=ttl, delete=True)
    world.route53().delete_hosted_zone(Id=zone)
    result = world.delete(name="shop", **({"hosted_zone_id": zone} if given else {}))
    assert result["changed"] is True
    assert world.certificates() == {}
    assert name in str(result["warnings"]) or zone in str(result["warnings"])


def test_an_arn_says_it_all_whoever_requested_it(world: World) -> None:
    arn = world.add("example.com", type="IMPORTED", region="us-east-1")
    result = world.delete(certificate_arn=arn)
    assert result["changed"] is True
    assert world.certificates() == {}


def test_without_the_tagging_api_a_certificate_is_still_found_by_its_name(world: World) -> None:
    world.sandbox.deny(ACCOUNT, ["tag:*"])
    world.zone("example.com")
    world.issue("example.com", name="shop")
    assert world.delete(name="shop")["changed"] is True
    assert world.certificates() == {}


def test_a_deletion_whose_answer_is_lost_is_done(world: World) -> None:
    zone = world.zone("example.com")
    world.issue("example.com", name="shop")
    world.sandbox.fail("acm", "DeleteCertificate", cut="after")
    world.sandbox.fail("route53", "ChangeResourceRecordSets", cut="after")
    result = world.delete(name="shop")
    assert not result.failed
    assert (world.certificates(), world.records(zone)) == ({}, {})


@pytest.mark.parametrize("lag", [{}, {"list_lag": 120, "tagging_lag": 120}], ids=["no lag", "with lag"])
def test_what_was_deleted_can_be_had_again_within_the_hour(world: World, lag: dict[str, float]) -> None:
    world.zone("example.com")
    old = world.issue("example.com", name="shop")["certificate_arn"]
    world.sandbox.advance(300)
    world.sandbox.configure(**lag)
    assert world.delete(name="shop")["changed"] is True
    new = world.issue("example.com", name="shop")
    assert new["certificate"]["ready"] is True
    assert new["certificate_arn"] != old
    assert set(world.certificates()) == {new["certificate_arn"]}
