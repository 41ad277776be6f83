# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from typing import Any

import pytest
from aws_world import ACCOUNT, CA_ARN, DNS_ACCOUNT, NAME, World, writes

EXTERNAL_ID = "tlsops-test"
#: What the issue grants the DNS role, and nothing else.
DNS_POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": [
                "route53:ListHostedZones*",
                "route53:ListResourceRecordSets",
                "route53:ChangeResourceRecordSets",
                "route53:GetChange",
            ],
            "Resource": "*",
        }
    ],
}
DEMO: list[dict[str, Any]] = [
    {"name": "site", "domain_name": "example.com", "subject_alternative_names": ["*.example.com"]},
    {"name": "api", "domain_name": "api.v2.dev.example.com", "tags": {"team": "api"}},
    {"name": "cdn", "domain_name": "cdn.example.com", "cloudfront": True},
]


def dns_role(world: World, policy: dict[str, Any] | None = None) -> dict[str, str]:
    """Options for a role in the DNS account that the certificate account may assume."""
    arn = world.sandbox.role(
        DNS_ACCOUNT, "dns-validation", trusted=[ACCOUNT], external_id=EXTERNAL_ID, policy=policy or DNS_POLICY
    )
    return {"dns_role_arn": arn, "dns_role_external_id": EXTERNAL_ID}


def by_name(result: Any) -> dict[str, dict[str, Any]]:
    return {certificate["name"]: certificate for certificate in result["certificates"]}


# --- Two accounts, several Regions -----------------------------------------------------------------------------------


def test_certificates_of_one_account_are_validated_in_the_zones_of_another(world: World) -> None:
    parent = world.zone("example.com", DNS_ACCOUNT)
    child = world.zone("dev.example.com", DNS_ACCOUNT)
    world.zone("v2.dev.example.com", DNS_ACCOUNT, private=True)
    world.zone("example.com", ACCOUNT, private=True)
    role = dns_role(world)
    world.counted()
    result = world.issue_all(DEMO, tags={"env": "test"}, **role)
    counted = world.counted()
    found = by_name(result)
    assert [each["name"] for each in result["certificates"]] == ["site", "api", "cdn"]
    assert all(each["ready"] for each in result["certificates"])
    assert found["cdn"]["region"] == "us-east-1"
    assert [record["hosted_zone_id"] for record in found["api"]["validation_records"]] == [child]
    assert len(world.records(parent, DNS_ACCOUNT)) == 2
    assert len(world.records(child, DNS_ACCOUNT)) == 1
    assert found["api"]["tags"].items() >= {"team": "api", "env": "test"}.items()
    assert counted["sts:AssumeRole"] == 1
    assert counted["acm:ListCertificates"] - 2 <= 8, "one listing a Region, and one a look"
    assert writes(counted) == {"acm:RequestCertificate": 3, "route53:ChangeResourceRecordSets": 2}


def test_a_second_run_needs_the_dns_account_for_nothing(world: World) -> None:
    world.zone("example.com", DNS_ACCOUNT)
    world.zone("dev.example.com", DNS_ACCOUNT)
    role = dns_role(world)
    first = world.issue_all(DEMO, **role)
    world.counted()
    second = world.issue_all(DEMO, **role)
    assert second["changed"] is False
    assert world.counted() == {"acm:ListCertificates": 2, "tag:GetResources": 2}
    assert [each["arn"] for each in second["certificates"]] == [each["arn"] for each in first["certificates"]]
    assert all(each["ready"] for each in second["certificates"])


def test_a_zone_that_is_given_isn_t_looked_for(world: World) -> None:
    zone = world.zone("example.com", DNS_ACCOUNT)
    world.zone("dev.example.com", DNS_ACCOUNT)
    policy = json.loads(json.dumps(DNS_POLICY))
    policy["Statement"][0]["Action"].remove("route53:ListHostedZones*")
    role = dns_role(world, policy)
    world.counted()
    result = world.issue_all(
        [{"domain_name": "www.example.com"}, {"domain_name": "a.example.com"}], hosted_zone_id=zone, **role
    )
    assert all(each["ready"] for each in result["certificates"])
    assert not [call for call in world.counted() if "ListHostedZones" in call]
    assert len(world.records(zone, DNS_ACCOUNT)) == 2


def test_zones_given_by_domain(world: World) -> None:
    one, other = world.zone("example.com"), world.zone("example.org")
    world.sandbox.deny(ACCOUNT, ["route53:ListHostedZones*"])
    result = world.issue_all(
        [{"domain_name": "www.example.com", "subject_alternative_names": ["*.shop.example.org"]}],
        hosted_zones={"example.com": one, "example.org": f"/hostedzone/{other}"},
    )
    assert result["certificates"][0]["ready"] is True
    assert (len(world.records(one)), len(world.records(other))) == (1, 1)


def test_a_name_outside_of_the_given_zone_is_refused(world: World) -> None:
    zone = world.zone("example.com")
    result = world.issue_all([{"domain_name": "www.example.org"}], hosted_zone_id=zone)
    assert result.failed
    assert "www.example.org" in result["msg"]
    assert zone in result["msg"]
    assert world.certificates() == {}


def test_nothing_is_requested_while_one_name_has_no_zone(world: World) -> None:
    world.zone("example.com")
    world.zone("example.net", private=True)
    world.counted()
    result = world.issue_all(
        [
            {"domain_name": "www.example.com"},
            {"domain_name": "a.example.org"},
            {"domain_name": "b.example.com", "subject_alternative_names": ["b.example.net"]},
        ]
    )
    assert result.failed
    assert all(name in result["msg"] for name in ("a.example.org", "b.example.net"))
    assert "www.example.com" not in result["msg"]
    assert "private" in result["msg"]
    assert writes(world.counted()) == {}
    assert world.certificates() == {}


def test_of_two_zones_of_one_name_the_delegated_one_takes_the_records(world: World) -> None:
    stale = world.zone("example.com", delegate=False)
    live = world.zone("example.com")
    other = world.zone("example.com", delegate=False)
    world.sandbox.advance(60)
    result = world.issue_all([{"domain_name": "www.example.com"}], nameservers=[world.sandbox.dns_address])
    assert result["certificates"][0]["ready"] is True, result["msg"]
    assert (len(world.records(live)), world.records(stale), world.records(other)) == (1, {}, {})


def test_two_zones_of_one_name_are_refused_if_the_dns_cannot_tell(world: World) -> None:
    zones = [world.zone("example.com", delegate=False), world.zone("example.com", delegate=False)]
    result = world.issue_all([{"domain_name": "www.example.com"}], nameservers=[world.sandbox.dns_address])
    assert result.failed
    assert all(zone in result["msg"] for zone in zones)
    assert world.certificates() == {}


def test_a_name_that_is_delegated_away_is_refused(world: World) -> None:
    zone = world.zone("example.com")
    world.put_record(zone, "dev.example.com", "NS", "ns1.elsewhere.example.")
    result = world.issue_all([{"domain_name": "www.dev.example.com"}])
    assert result.failed
    assert "dev.example.com" in result["msg"]
    assert world.certificates() == {}


# --- Many ------------------------------------------------------------------------------------------------------------


def test_entries_with_the_same_names_keep_apart(world: World) -> None:
    world.zone("example.com")
    entries = [
        {"name": "a", "domain_name": "example.com", "tags": {"t": "1"}},
        {"name": "b", "domain_name": "example.com", "tags": {"t": "2"}},
        {"domain_name": "example.com", "tags": {"t": "3"}},
        {"domain_name": "example.com", "key_algorithm": "EC_prime256v1"},
    ]
    first = world.issue_all(entries)
    second = world.issue_all(entries)
    arns = [each["arn"] for each in first["certificates"]]
    assert len(set(arns)) == 4
    assert second["changed"] is False
    assert [each["arn"] for each in second["certificates"]] == arns
    tags = world.certificates()
    assert [tags[arn]["tags"].get("t") for arn in arns] == ["1", "2", "3", None]


def test_many_certificates_cost_two_calls_each_and_one_look_for_all(world: World) -> None:
    world.sandbox.configure(names_quota=100)
    world.zone("example.com")
    entries = [{"name": f"n{number}", "domain_name": f"n{number}.example.com"} for number in range(25)]
    world.counted()
    result = world.issue_all(entries)
    counted = world.counted()
    assert all(each["ready"] for each in result["certificates"])
    assert counted["acm:RequestCertificate"] == 25
    assert counted["acm:DescribeCertificate"] <= 35
    assert counted["route53:ChangeResourceRecordSets"] == 1
    again = world.issue_all(entries)
    assert again["changed"] is False
    assert sum(world.counted().values()) <= 4


def test_tags_of_more_names_than_a_call_takes_are_read(world: World) -> None:
    entries = [{"name": f"n{number}", "domain_name": f"n{number}.example.com"} for number in range(45)]
    world.zone("example.com")
    world.issue_all(entries, wait=False)
    changed = [{**entry, "subject_alternative_names": ["more.example.com"]} for entry in entries]
    result = world.issue_all(changed, check=True)
    assert all(len(each["superseded"]) == 1 for each in result["certificates"])


def test_private_and_public_ones_in_one_run(world: World) -> None:
    world.private_ca()
    world.zone("example.com")
    result = world.issue_all(
        [
            {"domain_name": "example.com", "certificate_authority_arn": ""},
            {"domain_name": "db.internal", "certificate_authority_arn": CA_ARN},
        ]
    )
    assert [each["type"] for each in result["certificates"]] == ["AMAZON_ISSUED", "PRIVATE"]
    assert all(each["ready"] for each in result["certificates"])


def test_an_entry_can_be_public_where_the_default_is_private(world: World) -> None:
    world.private_ca()
    world.zone("example.com")
    result = world.issue_all(
        [{"domain_name": "example.com", "certificate_authority_arn": ""}, {"domain_name": "db.internal"}],
        certificate_authority_arn=CA_ARN,
        check=True,
    )
    assert [each["type"] for each in result["certificates"]] == ["AMAZON_ISSUED", "PRIVATE"]


def test_an_empty_list_does_nothing(world: World) -> None:
    result = world.issue_all([])
    assert (result["changed"], result["certificates"]) == (False, [])
    assert world.counted() == {}


# --- Failures spare the others ---------------------------------------------------------------------------------------

THREE = [{"name": name, "domain_name": f"{name}.example.com"} for name in ("one", "two", "three")]


def test_a_failed_certificate_doesn_t_keep_the_others_from_being_finished(world: World) -> None:
    zone = world.zone("example.com")
    world.put_record(zone, "two.example.com", "CAA", '0 issue "letsencrypt.org"')
    result = world.issue_all(THREE)
    found = by_name(result)
    assert result.failed
    assert "1 of 3 certificates failed: two (eu-west-1): ACM: FAILED, CAA_ERROR" in result["msg"]
    assert "one" not in result["msg"].split("two", 1)[0].replace("1 of 3", "")
    assert (found["one"]["ready"], found["two"]["ready"], found["three"]["ready"]) == (True, False, True)
    assert result["changed"] is True


def test_a_failure_can_be_reported_only(world: World) -> None:
    zone = world.zone("example.com")
    world.put_record(zone, "two.example.com", "CAA", '0 issue "letsencrypt.org"')
    result = world.issue_all(THREE, on_failure="report")
    assert not result.failed
    assert by_name(result)["two"]["reason"] == "CaaError"


def test_a_request_that_is_refused_doesn_t_keep_the_others_from_being_finished(world: World) -> None:
    world.zone("example.com")
    many = {"name": "many", "subject_alternative_names": [f"n{number}.example.com" for number in range(11)]}
    world.counted()
    result = world.issue_all([*THREE, many])
    found = by_name(result)
    assert result.failed
    assert "many" in result["msg"]
    assert "quota of names per certificate" in result["msg"]
    assert (found["many"]["arn"], found["many"]["reason"]) == (None, "LimitExceededException")
    assert [found[name]["ready"] for name in ("one", "two", "three")] == [True] * 3
    assert world.counted()["acm:RequestCertificate"] == 4


def test_records_that_cannot_be_written_to_one_zone_spare_the_other(world: World) -> None:
    world.zone("example.com")
    world.zone("example.org")
    entries = [{"name": "com", "domain_name": "example.com"}, {"name": "org", "domain_name": "example.org"}]
    world.sandbox.fail("route53", "ChangeResourceRecordSets", code="InvalidInput")
    result = world.issue_all(entries)
    assert result.failed
    ready = [each["ready"] for each in result["certificates"]]
    assert sorted(ready) == [False, True]
    failed = result["certificates"][ready.index(False)]
    assert (failed["phase"], failed["reason"], failed["status"]) == ("Failed", "InvalidInput", "PENDING_VALIDATION")
    again = world.issue_all(entries)
    assert not again.failed
    assert [each["arn"] for each in again["certificates"]] == [each["arn"] for each in result["certificates"]]
    assert len(world.certificates()) == 2


def test_a_certificate_whose_records_cannot_be_read_is_still_shown_as_requested(world: World) -> None:
    world.zone("example.com")
    world.sandbox.deny(ACCOUNT, ["acm:DescribeCertificate"])
    result = world.issue_all([THREE[0]])
    [arn] = world.certificates()
    assert result.failed
    assert result["changed"] is True
    assert result["certificates"][0]["arn"] == arn
    assert "acm:DescribeCertificate" in result["msg"]


@pytest.mark.parametrize("wait", [True, False])
def test_the_others_superseded_and_names_come_back_in_order(world: World, wait: bool) -> None:
    world.zone("example.com")
    world.issue_all(THREE)
    changed = [{**entry, "subject_alternative_names": ["x.example.com"]} for entry in reversed(THREE)]
    result = world.issue_all(changed, wait=wait)
    assert [each["name"] for each in result["certificates"]] == ["three", "two", "one"]
    olds = {
        each["tags"].get(NAME): arn
        for arn, each in world.certificates().items()
        if len(each["SubjectAlternativeNames"]) == 1
    }
    assert [each["superseded"] for each in result["certificates"]] == [[olds[n]] for n in ("three", "two", "one")]
