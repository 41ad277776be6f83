# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What goes wrong in AWS ends as a sentence, and the next run finishes the work."""

from __future__ import annotations

import json
from typing import Any

import pytest
from aws_world import ACCOUNT, DNS_ACCOUNT, World, writes
from support.modules import ModuleResult, run_module

NOBODY = {
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    "AWS_ACCESS_KEY_ID": "AKIA0000000000000000",
    "AWS_SECRET_ACCESS_KEY": "a-secret-key-of-somebody",
    "AWS_REGION": "eu-west-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}


def is_one_sentence(result: ModuleResult, *parts: str) -> None:
    """What was asked, what AWS said, what to do; and nothing that nobody may see."""
    assert result.failed
    assert result.exit_code == 1
    printed = result.stdout + result.stderr
    message = result["msg"]
    assert "Traceback" not in printed
    assert "exception" not in (result.result or {})
    assert "\n" not in message
    assert message[-1] not in " ,;:"
    for part in parts:
        assert part in message, f"{part!r} is missing in: {message}"


def finished_by_the_next_run(world: World, options: dict[str, Any]) -> None:
    world.sandbox.clear_faults()
    world.sandbox.control("DELETE", "denials", {})
    again = world.run("acm_dns_certificate", **options)
    assert again["certificate"]["ready"] is True
    assert len(world.certificates()) == 1
    assert world.run("acm_dns_certificate", **options)["changed"] is False


SHOP: dict[str, Any] = {"name": "shop", "domain_name": "example.com", "tags": {"team": "web"}}


# --- Getting there at all --------------------------------------------------------------------------------------------


def test_an_endpoint_that_is_down(world: World) -> None:
    result = world.run("acm_dns_certificate", environment=NOBODY, **SHOP)
    is_one_sentence(result, "ACM ListCertificates in eu-west-1", "EndpointConnectionError", "endpoint_url")


def test_a_process_of_its_own_fails_the_same_way(world: World) -> None:
    result = run_module("acm_dns_certificate", SHOP, {**NOBODY, "AWS_ENDPOINT_URL": "http://127.0.0.1:9"})
    is_one_sentence(result, "ACM ListCertificates in eu-west-1", "EndpointConnectionError")
    assert NOBODY["AWS_SECRET_ACCESS_KEY"] not in result.stdout + result.stderr
    assert result.exit_code == 1


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        ("ExpiredTokenException", "The credentials have expired"),
        ("UnrecognizedClientException", "doesn't know these credentials"),
        ("InvalidClientTokenId", "doesn't know these credentials"),
        ("SignatureDoesNotMatch", "doesn't know these credentials"),
    ],
)
def test_credentials_that_are_no_good(world: World, code: str, advice: str) -> None:
    world.zone("example.com")
    world.sandbox.fail("acm", "ListCertificates", times=99, code=code)
    world.counted()
    is_one_sentence(world.run("acm_dns_certificate", **SHOP), code, advice)
    assert world.counted() == {"acm:ListCertificates": 1}
    finished_by_the_next_run(world, SHOP)


def test_credentials_that_aws_has_never_seen(world: World) -> None:
    environment = {**world.sandbox.environment(), "AWS_ACCESS_KEY_ID": "AKIA0000000000000000"}
    is_one_sentence(world.run("acm_dns_certificate", environment=environment, **SHOP), "doesn't know these credentials")


def test_no_credentials_at_all(world: World) -> None:
    environment = {
        **{key: value for key, value in NOBODY.items() if "KEY" not in key},
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_ENDPOINT_URL": world.sandbox.endpoint,
    }
    result = run_module("acm_dns_certificate", SHOP, environment)
    is_one_sentence(result, "NoCredentialsError", "access_key")


# --- Permissions -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "action",
    [
        "acm:ListCertificates",
        "acm:RequestCertificate",
        "acm:AddTagsToCertificate",
        "acm:DescribeCertificate",
        "route53:ListHostedZones",
        "route53:ListResourceRecordSets",
        "route53:ChangeResourceRecordSets",
    ],
)
def test_an_action_that_is_denied_is_named_and_the_next_run_finishes(world: World, action: str) -> None:
    world.zone("example.com")
    world.sandbox.deny(ACCOUNT, [action])
    result = world.run("acm_dns_certificate", **SHOP)
    is_one_sentence(result, "AccessDenied", action)
    finished_by_the_next_run(world, SHOP)


@pytest.mark.parametrize(
    "action", ["acm:AddTagsToCertificate", "acm:RemoveTagsFromCertificate", "acm:ListTagsForCertificate"]
)
def test_tags_that_may_not_be_touched(world: World, action: str) -> None:
    world.zone("example.com")
    world.run("acm_dns_certificate", **SHOP)
    world.sandbox.deny(ACCOUNT, [action])
    changed = {**SHOP, "tags": {"new": "1"}}
    is_one_sentence(world.run("acm_dns_certificate", **changed), "AccessDenied", action)
    finished_by_the_next_run(world, changed)


@pytest.mark.parametrize("action", ["acm:DeleteCertificate", "acm:DescribeCertificate", "route53:ListHostedZones"])
def test_a_deletion_that_is_denied_deletes_nothing(world: World, action: str) -> None:
    zone = world.zone("example.com")
    world.run("acm_dns_certificate", **SHOP)
    world.sandbox.deny(ACCOUNT, [action])
    is_one_sentence(world.delete(name="shop"), "AccessDenied", action)
    assert len(world.certificates()) == len(world.records(zone)) == 1


def test_records_that_may_not_be_removed_are_said_to_be_left(world: World) -> None:
    world.zone("example.com")
    world.run("acm_dns_certificate", **SHOP)
    world.sandbox.deny(ACCOUNT, ["route53:ChangeResourceRecordSets"])
    result = world.delete(name="shop")
    is_one_sentence(result, "The certificate is deleted, but not all of its validation records", "AccessDenied")
    assert result["changed"] is True
    assert world.certificates() == {}


# --- The DNS account's role ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", ["external id", "no external id", "name", "trust"])
def test_a_role_that_cannot_be_assumed(world: World, wrong: str) -> None:
    world.zone("example.com", DNS_ACCOUNT)
    trusted = [DNS_ACCOUNT if wrong == "trust" else ACCOUNT]
    arn = world.sandbox.role(DNS_ACCOUNT, "dns", trusted=trusted, external_id="the-right-external-id")
    options = {**SHOP, "dns_role_arn": arn, "dns_role_external_id": "the-right-external-id"}
    if wrong == "external id":
        options["dns_role_external_id"] = "another-external-id"
    if wrong == "no external id":
        del options["dns_role_external_id"]
    if wrong == "name":
        options["dns_role_arn"] = arn + "-that-is-not-there"
    world.counted()
    result = world.run("acm_dns_certificate", **options)
    is_one_sentence(result, options["dns_role_arn"], "STS AssumeRole", "AccessDenied", "trust policy", "external ID")
    assert "the-right-external-id" not in result.stdout
    assert "another-external-id" not in result.stdout
    assert writes(world.counted()) == {}
    assert world.certificates() == {}


def test_a_session_that_ends_meanwhile_is_renewed(world: World) -> None:
    world.zone("example.com", DNS_ACCOUNT)
    arn = world.sandbox.role(DNS_ACCOUNT, "dns", trusted=[ACCOUNT])
    world.sandbox.fail("route53", "ChangeResourceRecordSets", code="ExpiredToken")
    world.counted()
    result = world.run("acm_dns_certificate", **SHOP, dns_role_arn=arn)
    assert result["certificate"]["ready"] is True
    assert world.counted()["sts:AssumeRole"] == 2


def test_an_action_that_the_role_may_not_do_is_named(world: World) -> None:
    world.zone("example.com", DNS_ACCOUNT)
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "route53:List*", "Resource": "*"}]}
    arn = world.sandbox.role(DNS_ACCOUNT, "dns", trusted=[ACCOUNT], policy=policy)
    result = world.run("acm_dns_certificate", **SHOP, dns_role_arn=arn)
    is_one_sentence(result, "route53:ChangeResourceRecordSets", "AccessDenied")
    assert result["changed"] is True


# --- Throttling, broken connections, AWS's own faults ----------------------------------------------------------------

FLOW = [
    ("acm", "ListCertificates"),
    ("acm", "RequestCertificate"),
    ("acm", "DescribeCertificate"),
    ("route53", "ListHostedZones"),
    ("route53", "ListResourceRecordSets"),
    ("route53", "ChangeResourceRecordSets"),
]


@pytest.mark.parametrize(
    "fault",
    [
        {"code": "ThrottlingException", "times": 3},
        {"code": "Throttling", "times": 3},
        {"code": "InternalFailure", "status": 500, "times": 2},
        {"cut": "before"},
        {"cut": "after"},
    ],
    ids=str,
)
@pytest.mark.parametrize(("service", "action"), FLOW, ids=[action for _service, action in FLOW])
def test_what_passes_is_waited_out(world: World, service: str, action: str, fault: dict[str, Any]) -> None:
    zone = world.zone("example.com")
    world.sandbox.fail(service, action, **fault)
    result = world.run("acm_dns_certificate", **SHOP)
    assert result["certificate"]["ready"] is True
    assert len(world.certificates()) == len(world.records(zone)) == 1


@pytest.mark.parametrize("fault", [{"code": "ThrottlingException", "times": 3}, {"cut": "before"}], ids=str)
@pytest.mark.parametrize(
    ("service", "action"),
    [("tag", "GetResources"), ("acm", "AddTagsToCertificate"), ("acm", "RemoveTagsFromCertificate")],
)
def test_what_passes_while_tags_change_is_waited_out(
    world: World, service: str, action: str, fault: dict[str, Any]
) -> None:
    world.zone("example.com")
    world.run("acm_dns_certificate", **SHOP)
    world.sandbox.fail(service, action, **fault)
    assert world.run("acm_dns_certificate", **{**SHOP, "tags": {"new": "1"}})["changed"] is True
    assert world.run("acm_dns_certificate", **{**SHOP, "tags": {"new": "1"}})["changed"] is False


def test_throttling_that_doesn_t_pass_is_said(world: World) -> None:
    world.sandbox.fail("acm", "ListCertificates", times=999, code="ThrottlingException")
    is_one_sentence(world.run("acm_dns_certificate", **SHOP), "ThrottlingException", "Run again later")


@pytest.mark.parametrize(
    ("settings", "names", "quota"),
    [
        ({"names_quota": 3}, 4, "quota of names per certificate"),
        ({"yearly_quota": 1}, 1, "within 365 days"),
        ({"total_quota": 1}, 1, "in this account and Region"),
    ],
    ids=["names", "yearly", "total"],
)
def test_a_quota_is_final_at_once_and_named(world: World, settings: dict[str, int], names: int, quota: str) -> None:
    world.zone("example.com")
    world.issue("first.example.com")
    world.sandbox.configure(**settings)
    world.counted()
    result = world.issue(*[f"n{number}.example.com" for number in range(names)])
    is_one_sentence(result, "LimitExceededException", quota)
    assert world.counted()["acm:RequestCertificate"] == 1
    assert (result["changed"], result["certificate_arn"], result["certificate"]["phase"]) == (False, None, "Failed")


def test_a_quota_that_is_met_ends_the_requests_that_would_meet_it_too(world: World) -> None:
    world.zone("example.com")
    world.sandbox.configure(yearly_quota=3)
    world.counted()
    entries = [{"name": f"n{number}", "domain_name": f"n{number}.example.com"} for number in range(40)]
    result = world.issue_all(entries, rate_limits={})
    counted = world.counted()
    assert [each["ready"] for each in result["certificates"]].count(True) == 3
    is_one_sentence(result, "37 of 40 certificates failed", "within 365 days")
    assert counted["acm:RequestCertificate"] < 25


def test_a_change_that_route_53_refuses_is_said_and_the_next_run_finishes(world: World) -> None:
    world.zone("example.com")
    world.sandbox.fail(
        "route53", "ChangeResourceRecordSets", times=99, code="InvalidChangeBatch", message="[No, never]"
    )
    is_one_sentence(world.run("acm_dns_certificate", **SHOP), "InvalidChangeBatch", "No, never")
    finished_by_the_next_run(world, SHOP)


def test_a_record_of_another_type_in_the_way_is_said(world: World) -> None:
    zone = world.zone("example.com")
    first = world.issue("example.com", write_records=False, wait=False)
    name = first["certificate"]["validation_records"][0]["name"]
    world.put_record(zone, name, "TXT", '"mine"')
    is_one_sentence(world.issue("example.com"), name, "TXT")
    assert world.records(zone) == {(name, "TXT"): (300, ['"mine"'])}


# --- Nothing that nobody may see -------------------------------------------------------------------------------------


def test_no_secret_is_printed(world: World) -> None:
    world.zone("example.com", DNS_ACCOUNT)
    arn = world.sandbox.role(DNS_ACCOUNT, "dns", trusted=[ACCOUNT], external_id="the-external-id")
    environment = world.sandbox.environment()
    options = {**SHOP, "dns_role_arn": arn, "dns_role_external_id": "the-external-id"}
    for check in (True, False):
        result = world.run("acm_dns_certificate", check=check, diff=True, **options)
        printed = json.dumps(result.result) + result.stdout + result.stderr
        assert environment["AWS_SECRET_ACCESS_KEY"] not in printed
        assert "the-external-id" not in printed
        assert "SessionToken" not in printed
