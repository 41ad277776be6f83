# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every certificate that will not renew is found, with what to do; and the records that are gone can be put back."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils._dns import questions
from aws_world import ACCOUNT, DNS_ACCOUNT, REGION, World, writes
from sandbox.acm_certificates import validation_record
from support.modules import ModuleResult

MODULE = "acm_renewal_info"
BALANCER = f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:loadbalancer/app/web/1"


def guard(world: World, **options: Any) -> ModuleResult:
    options.setdefault("regions", [REGION, "us-east-1"])
    options.setdefault("check_dns", False)
    return world.run(MODULE, **options)


def used(world: World, *names: str, **wish: Any) -> str:
    """An issued certificate in use."""
    return world.add(*names, **{"in_use_by": [BALANCER], **wish})


def problems(result: ModuleResult) -> list[tuple[str, str, str]]:
    return [(each["check"], each["level"], each["domain_name"]) for each in result["problems"]]


def publish(world: World, result: ModuleResult, **options: Any) -> ModuleResult:
    return world.run("route53_validation_records", records=result["records"], **options)


def healthy(world: World, *names: str, **wish: Any) -> str:
    """The same, with its records."""
    arn = used(world, *names, **wish)
    publish(world, guard(world))
    return arn


def test_a_record_that_is_gone_is_found_put_back_and_then_all_is_well(world: World) -> None:
    zone = world.zone("example.com")
    arn = used(world, "example.com", "*.example.com", "www.example.com")
    world.counted()
    result = guard(world)
    assert writes(world.counted()) == {}
    assert result["changed"] is False
    assert problems(result) == [("record_missing", "error", "example.com")] * 2
    assert all(each["repairable"] for each in result["problems"])
    assert {each["certificate_arn"] for each in result["problems"]} == {arn}
    assert [each["hosted_zone_id"] for each in result["records"]] == [zone, zone]
    first = result["problems"][0]["message"]
    assert first.startswith("example.com (eu-west-1): the validation record _")
    assert first.endswith("(record_missing)")
    assert "the renewal before 20" in first
    check = publish(world, result, check=True)
    assert check["changed"] is True
    assert publish(world, result)["changed"] is True
    assert publish(world, result)["changed"] is False
    after = guard(world)
    assert (after["problems"], after["records"]) == ([], [])
    assert after["counts"] == {"fatal": 0, "error": 0, "warning": 0, "info": 0}


def test_a_changed_record_is_found_and_put_right(world: World) -> None:
    zone = world.zone("example.com")
    healthy(world, "www.example.com")
    (name, _kind) = next(iter(world.records(zone)))
    world.put_record(zone, name, "CNAME", "_old.acm-validations.aws")
    result = guard(world)
    assert problems(result) == [("record_wrong_value", "error", "www.example.com")]
    assert "points to _old.acm-validations.aws, expected _" in result["problems"][0]["explanation"]
    publish(world, result)
    assert guard(world)["problems"] == []


def test_another_record_in_the_way_needs_a_person(world: World) -> None:
    zone = world.zone("example.com")
    healthy(world, "www.example.com")
    ((name, _kind), (_ttl, (value,))) = next(iter(world.records(zone).items()))
    world.put_record(zone, name, "CNAME", value, delete=True)
    world.put_record(zone, name, "A", "192.0.2.1")
    result = guard(world)
    assert problems(result) == [("other_record_at_name", "error", "www.example.com")]
    assert (result["records"], result["problems"][0]["repairable"]) == ([], False)


def test_a_name_delegated_away(world: World) -> None:
    zone = world.zone("example.com")
    used(world, "www.shop.example.com")
    world.put_record(zone, "shop.example.com", "NS", "ns1.example.net.")
    result = guard(world)
    assert problems(result) == [("child_zone", "error", "www.shop.example.com")]
    assert result["records"] == []


def test_names_without_a_usable_zone(world: World) -> None:
    used(world, "www.example.org")
    world.zone("example.net", private=True)
    used(world, "www.example.net")
    assert sorted(problems(guard(world))) == [
        ("no_hosted_zone", "info", "www.example.org"),
        ("private_zone", "error", "www.example.net"),
    ]


STATES: dict[str, tuple[dict[str, Any], str]] = {
    "renewal_failed": ({"renewal_status": "FAILED", "renewal_reason": "CAA_ERROR"}, "fatal"),
    "renewal_pending_validation": ({"renewal_status": "PENDING_VALIDATION"}, "error"),
    "validation_timed_out": ({"status": "VALIDATION_TIMED_OUT", "in_use_by": []}, "error"),
    "certificate_failed": ({"status": "FAILED", "failure_reason": "DOMAIN_NOT_ALLOWED", "in_use_by": []}, "error"),
    "certificate_expired": ({"status": "EXPIRED"}, "fatal"),
    "certificate_revoked": ({"status": "REVOKED"}, "fatal"),
    "imported": ({"type": "IMPORTED"}, "info"),
    "not_in_use": ({"in_use_by": []}, "info"),
    "email_validation": ({"validation_method": "EMAIL"}, "warning"),
    "private_ca_permission": ({"type": "PRIVATE", "renewal_eligibility": "INELIGIBLE"}, "error"),
    "renewal_not_eligible": ({"renewal_eligibility": "INELIGIBLE"}, "warning"),
}


@pytest.mark.parametrize("check", STATES)
def test_each_state_is_found_and_nothing_else(world: World, check: str) -> None:
    world.zone("example.com")
    wish, level = STATES[check]
    arn = healthy(world, "www.example.com")
    world.sandbox.certificate(arn, **wish)
    result = guard(world)
    assert problems(result) == [(check, level, "www.example.com")]
    assert result["certificates"][0]["checks"] == [check]
    assert result["counts"][level] == 1


def test_a_renewal_that_never_began(world: World) -> None:
    world.zone("example.com")
    arn = healthy(world, "www.example.com")
    now = world.sandbox.now()
    world.sandbox.certificate(arn, not_before=now - 180 * 86400, not_after=now + 18 * 86400)
    assert problems(guard(world)) == [("renewal_overdue", "error", "www.example.com")]


def test_a_pending_certificate_and_what_keeps_it(world: World) -> None:
    world.zone("example.com")
    world.issue("www.example.com", write_records=False, wait=False)
    result = guard(world)
    assert problems(result) == [
        ("record_missing", "error", "www.example.com"),
        ("validation_pending", "warning", "www.example.com"),
    ]
    assert "ACM can't issue the certificate without it" in result["problems"][0]["explanation"]


def test_every_enabled_region_is_searched_unless_some_are_named(world: World) -> None:
    world.zone("example.com")
    used(world, "far.example.com", region="us-east-1")
    everywhere = guard(world, regions=None)
    assert problems(everywhere) == [("record_missing", "error", "far.example.com")]
    assert {REGION, "us-east-1"} <= set(everywhere["regions"])
    assert guard(world, regions=[REGION])["problems"] == []


def test_a_region_that_cannot_be_read(world: World) -> None:
    world.sandbox.fail("acm", "ListCertificates", code="AccessDeniedException", times=1)
    warned = guard(world, regions=None)
    (warning,) = warned["warnings"]
    assert "wasn't searched: ACM ListCertificates" in str(warning)
    world.sandbox.fail("acm", "ListCertificates", code="AccessDeniedException", times=1)
    failed = guard(world)
    assert failed.failed
    assert failed["error"]["code"] == "AccessDeniedException"


def test_wrong_credentials_are_no_empty_account(world: World) -> None:
    wrong = {**world.sandbox.environment(), "AWS_ACCESS_KEY_ID": "AKIAWRONG"}
    result = guard(world, regions=None, environment=wrong)
    assert result.failed
    assert "AWS doesn't know these credentials" in result["msg"]


def test_zones_in_another_account_are_read_by_its_role(world: World) -> None:
    role = world.sandbox.role(DNS_ACCOUNT, "dns", trusted=[ACCOUNT])
    zone = world.zone("example.com", DNS_ACCOUNT)
    used(world, "www.example.com")
    result = guard(world, dns_role_arn=role)
    assert [each["hosted_zone_id"] for each in result["records"]] == [zone]
    assert publish(world, result, dns_role_arn=role)["changed"] is True


def test_a_thousand_certificates_in_a_bounded_number_of_calls(world: World) -> None:
    """Healthy ones: at most 25 calls. What lacks its record, or is near its end, is described."""
    zone_id = world.zone("example.com")
    near = {"not_before": world.sandbox.now() - 138 * 86400, "not_after": world.sandbox.now() + 60 * 86400}
    names = [f"n{number}.example.com" for number in range(800)]
    wishes = [{"domain_name": name, "age": 86400, "in_use_by": [BALANCER]} for name in names]
    wishes += [{"domain_name": f"i{number}.example.com", "type": "IMPORTED"} for number in range(200)]
    arns = world.sandbox.add_certificates(wishes)
    for start in range(0, 800, 400):
        publish_at_once(world, zone_id, names[start : start + 400])
    world.counted()
    assert problems(guard(world, regions=[REGION]))[0][:2] == ("imported", "info")
    calls = world.counted()
    assert "acm:DescribeCertificate" not in calls
    assert sum(calls.values()) <= 25
    record, value = validation_record(ACCOUNT, names[5])
    world.put_record(zone_id, record, "CNAME", value, delete=True)
    world.sandbox.certificate(arns[7], renewal_status="PENDING_VALIDATION", **near)
    world.counted()
    result = guard(world, regions=[REGION])
    found = {each["check"]: each["domain_name"] for each in result["problems"] if each["level"] != "info"}
    assert found == {"record_missing": names[5], "renewal_pending_validation": names[7]}
    assert [each["name"] for each in result["records"]] == [record.rstrip(".")]
    assert world.counted()["acm:DescribeCertificate"] == 2
    guard(world, regions=[REGION], thorough=True)
    assert world.counted()["acm:DescribeCertificate"] == 800


def publish_at_once(world: World, zone_id: str, names: list[str]) -> None:
    changes = [
        {
            "Action": "CREATE",
            "ResourceRecordSet": {"Name": name, "Type": "CNAME", "TTL": 300, "ResourceRecords": [{"Value": value}]},
        }
        for name, value in (validation_record(ACCOUNT, each) for each in names)
    ]
    world.route53().change_resource_record_sets(HostedZoneId=zone_id, ChangeBatch={"Changes": changes})


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"regions": ["nowhere"]}, "region nowhere isn't the name of an AWS Region"),
        ({"dns_role_external_id": "tlsops-demo"}, "dns_role_external_id is given without dns_role_arn"),
    ],
)
def test_bad_options(world: World, options: dict[str, Any], sentence: str) -> None:
    result = guard(world, **options)
    assert result.failed
    assert sentence in result["msg"]
    assert world.counted() == {}


# --- The public DNS --------------------


def look(world: World) -> ModuleResult:
    world.clock.sleep(5)  # until all that was changed is seen
    return guard(world, check_dns=True, nameservers=[world.sandbox.dns_address])


def test_a_healthy_world_has_no_problems_in_the_public_dns(world: World) -> None:
    world.zone("example.com")
    healthy(world, "example.com", "*.example.com", "www.example.com")
    result = look(world)
    assert (result["problems"], result.result.get("warnings", [])) == ([], [])


def test_a_zone_that_is_not_the_delegated_one(world: World) -> None:
    world.zone("example.com", DNS_ACCOUNT)
    stale = world.zone("example.com", delegate=False)
    arn = used(world, "www.example.com")
    result = look(world)
    assert problems(result) == [("delegation_mismatch", "fatal", "www.example.com")]
    assert stale in result["problems"][0]["message"]
    assert result["records"] == [], "a record written there would not be seen"
    assert result["problems"][0]["certificate_arn"] == arn


def test_a_copy_of_the_zone_is_no_matter_where_the_other_has_the_record(world: World) -> None:
    live = world.zone("example.com", DNS_ACCOUNT)
    world.zone("example.com", delegate=False)
    used(world, "www.example.com")
    (record,) = guard(world)["records"]
    world.put_record(live, record["name"], "CNAME", record["value"], account=DNS_ACCOUNT)
    assert look(world)["problems"] == []


def test_a_zone_outside_of_route_53_is_judged_by_the_public_dns(world: World) -> None:
    live = world.zone("example.com", DNS_ACCOUNT)
    used(world, "www.example.com")
    ((check, level, _name),) = problems(look(world))
    assert (check, level) == ("record_missing", "error")
    (record,) = world.run("acm_renewal_info", regions=[REGION], check_dns=False)["certificates"][0][
        "validation_records"
    ]
    world.put_record(live, record["name"], "CNAME", record["value"], account=DNS_ACCOUNT)
    assert look(world)["problems"] == []


def test_caa_that_forbids_the_renewal(world: World) -> None:
    zone = world.zone("example.com")
    healthy(world, "www.example.com")
    world.put_record(zone, "example.com", "CAA", '0 issue "letsencrypt.org"')
    ((check, _level, name),) = problems(look(world))
    assert (check, name) == ("caa_forbids", "www.example.com")


def test_a_resolver_that_does_not_answer_is_one_warning(world: World) -> None:
    world.zone("example.com")
    healthy(world, "www.example.com")
    result = guard(world, check_dns=True, nameservers=["127.0.0.1:9"])
    assert result["problems"] == []
    (warning,) = result["warnings"]
    assert "The public DNS wasn't seen as a whole" in str(warning)


def test_without_dnspython_only_route_53_is_asked(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.zone("example.com")
    used(world, "www.example.com")
    monkeypatch.setattr(questions, "HAS_DNSPYTHON", False)
    result = guard(world, check_dns=True)
    assert [each["check"] for each in result["problems"]] == ["record_missing"]
    (warning,) = result["warnings"]
    assert "dnspython isn't installed" in str(warning)
