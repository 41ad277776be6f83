# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ACM's checker: issues after a real look-up along the delegation, and fails as AWS does."""

from __future__ import annotations

import time
from typing import Any

import pytest
from aws_session import OTHER, described, later, make_zone, put_records, refused, request, validation_records
from sandbox.client import Sandbox
from sandbox.settings import Settings

DAYS_3 = 72 * 3600


def look(sandbox: Sandbox) -> None:
    """Two rounds of the checker: one validates, one issues."""
    sandbox.advance(0.1)
    sandbox.advance(0.1)


def status(acm: Any, arn: str) -> str:
    return str(described(acm, arn)["Status"])


def test_a_certificate_is_issued_once_its_records_resolve(sandbox: Sandbox, acm: Any) -> None:
    zone = make_zone(sandbox, "example.com")
    arn = request(acm, "example.com", "*.example.com", "www.example.com")
    look(sandbox)
    assert status(acm, arn) == "PENDING_VALIDATION"
    put_records(sandbox, zone, validation_records(acm, arn))
    look(sandbox)
    detail = described(acm, arn)
    assert detail["Status"] == "ISSUED"
    assert {option["ValidationStatus"] for option in detail["DomainValidationOptions"]} == {"SUCCESS"}


def test_it_is_issued_without_anybody_moving_the_clock(sandbox: Sandbox, acm: Any) -> None:
    zone = make_zone(sandbox, "example.com")
    arn = request(acm, "example.com")
    put_records(sandbox, zone, validation_records(acm, arn))
    later(lambda: status(acm, arn) == "ISSUED", "ISSUED")


def test_a_shorter_interval_takes_effect_at_once(sandbox: Sandbox, acm: Any) -> None:
    """The checker must not sleep out the interval that an earlier test had set."""
    sandbox.configure(validation_interval=600)
    time.sleep(0.7)  # A round of the default interval is over: the checker now waits for the long one.
    sandbox.configure(validation_interval=0.2)
    zone = make_zone(sandbox, "example.com")
    arn = request(acm, "example.com")
    put_records(sandbox, zone, validation_records(acm, arn))
    later(lambda: status(acm, arn) == "ISSUED", "ISSUED")


def test_each_name_is_validated_by_itself(sandbox: Sandbox, acm: Any) -> None:
    zone = make_zone(sandbox, "example.com")
    arn = request(acm, "a.example.com", "b.example.com")
    records = validation_records(acm, arn)
    put_records(sandbox, zone, [record for record in records if ".a." in record[0]])
    look(sandbox)
    detail = described(acm, arn)
    assert detail["Status"] == "PENDING_VALIDATION"
    found = {option["DomainName"]: option["ValidationStatus"] for option in detail["DomainValidationOptions"]}
    assert found == {"a.example.com": "SUCCESS", "b.example.com": "PENDING_VALIDATION"}


def test_one_record_validates_every_certificate_of_the_account_in_every_region(sandbox: Sandbox, acm: Any) -> None:
    """ACM guide, "DNS validation"."""
    zone = make_zone(sandbox, "example.com")
    put_records(sandbox, zone, validation_records(acm, request(acm, "example.com")))
    elsewhere = sandbox.boto("acm", region="us-east-1")
    arn = request(elsewhere, "*.example.com")
    stranger = sandbox.boto("acm", OTHER)
    strange = request(stranger, "example.com")
    look(sandbox)
    assert (status(elsewhere, arn), status(stranger, strange)) == ("ISSUED", "PENDING_VALIDATION")


def test_a_record_is_not_seen_before_the_change_is_in_sync(sandbox: Sandbox, acm: Any) -> None:
    sandbox.configure(insync_delay=100)
    zone = make_zone(sandbox, "example.com")
    sandbox.advance(101)
    arn = request(acm, "example.com")
    put_records(sandbox, zone, validation_records(acm, arn))
    look(sandbox)
    assert status(acm, arn) == "PENDING_VALIDATION"
    sandbox.advance(101)
    look(sandbox)
    assert status(acm, arn) == "ISSUED"


def test_a_record_in_a_zone_that_is_not_delegated_is_not_seen(sandbox: Sandbox, acm: Any) -> None:
    """ACM guide, troubleshooting-DNS-validation: the record must resolve publicly."""
    make_zone(sandbox, "example.com")
    decoy = make_zone(sandbox, "example.com", delegate=False)
    arn = request(acm, "example.com")
    put_records(sandbox, decoy, validation_records(acm, arn))
    look(sandbox)
    assert status(acm, arn) == "PENDING_VALIDATION"
    sandbox.delegate("example.com", decoy)
    look(sandbox)
    assert status(acm, arn) == "ISSUED"


def test_a_record_in_a_private_zone_is_not_seen(sandbox: Sandbox, acm: Any) -> None:
    make_zone(sandbox, "example.com")
    zone = sandbox.boto("route53").create_hosted_zone(
        Name="example.com",
        CallerReference="private",
        HostedZoneConfig={"PrivateZone": True},
        VPC={"VPCRegion": "eu-west-1", "VPCId": "vpc-12345678"},
    )
    arn = request(acm, "example.com")
    put_records(sandbox, zone["HostedZone"]["Id"].rpartition("/")[2], validation_records(acm, arn))
    look(sandbox)
    assert status(acm, arn) == "PENDING_VALIDATION"


def test_a_record_above_a_delegated_child_zone_is_not_seen(sandbox: Sandbox, acm: Any) -> None:
    parent, child = (
        make_zone(sandbox, name, delegate=name == "example.com") for name in ("example.com", "dev.example.com")
    )
    route53 = sandbox.boto("route53")
    servers = route53.get_hosted_zone(Id=child)["DelegationSet"]["NameServers"]
    record = {"Name": "dev.example.com", "Type": "NS", "TTL": 60}
    values = [{"Value": server} for server in servers]
    changes = [{"Action": "CREATE", "ResourceRecordSet": record | {"ResourceRecords": values}}]
    arn = request(acm, "a.dev.example.com")
    put_records(sandbox, parent, validation_records(acm, arn))
    route53.change_resource_record_sets(HostedZoneId=parent, ChangeBatch={"Changes": changes})
    look(sandbox)
    assert status(acm, arn) == "PENDING_VALIDATION"
    put_records(sandbox, child, validation_records(acm, arn))
    look(sandbox)
    assert status(acm, arn) == "ISSUED"


def test_a_wrong_value_does_not_validate(sandbox: Sandbox, acm: Any) -> None:
    zone = make_zone(sandbox, "example.com")
    arn = request(acm, "example.com")
    ((name, kind, _value),) = validation_records(acm, arn)
    put_records(sandbox, zone, [(name, kind, "_other.acm-validations.aws.")])
    look(sandbox)
    assert status(acm, arn) == "PENDING_VALIDATION"


@pytest.mark.parametrize(("links", "issued"), [(5, True), (6, False)])
def test_five_chained_cnames_at_most(sandbox: Sandbox, acm: Any, links: int, issued: bool) -> None:
    """ACM guide, troubleshooting-DNS-validation."""
    zone = make_zone(sandbox, "example.com")
    arn = request(acm, "example.com")
    ((name, kind, value),) = validation_records(acm, arn)
    steps = [name, *(f"step{number}.example.com." for number in range(links - 1)), value]
    put_records(sandbox, zone, [(steps[i], kind, steps[i + 1]) for i in range(links)])
    look(sandbox)
    assert (status(acm, arn) == "ISSUED") is issued


def test_after_72_hours_the_validation_is_timed_out_for_good(sandbox: Sandbox, acm: Any) -> None:
    """API model, CertificateDetail.Status."""
    zone = make_zone(sandbox, "example.com")
    arn = request(acm, "example.com")
    records = validation_records(acm, arn)
    sandbox.advance(DAYS_3 - 10)
    assert status(acm, arn) == "PENDING_VALIDATION"
    sandbox.advance(11)
    detail = described(acm, arn)
    assert detail["Status"] == "VALIDATION_TIMED_OUT"
    assert "FailureReason" not in detail
    put_records(sandbox, zone, records)
    look(sandbox)
    assert status(acm, arn) == "VALIDATION_TIMED_OUT"
    assert refused(acm.get_certificate, CertificateArn=arn)["Code"] == "ResourceNotFoundException"


@pytest.mark.parametrize(
    ("caa", "wanted"),
    [
        (['0 issue "letsencrypt.org"'], "FAILED"),
        (['0 issue ";"'], "FAILED"),
        (['0 issue "amazontrust.com"'], "ISSUED"),
        (['0 issue "amazon.com"', '0 issuewild ";"'], "FAILED"),
        (['0 issue ";"', '0 issuewild "amazonaws.com"'], "FAILED"),
        (['0 issue "awstrust.com"', '0 issuewild "amazonaws.com"'], "ISSUED"),
    ],
)
def test_caa_must_allow_amazon_for_every_name(sandbox: Sandbox, acm: Any, caa: list[str], wanted: str) -> None:
    """ACM guide, "CAA problems"; RFC 8659. The certificate has a wildcard and an ordinary name."""
    zone = make_zone(sandbox, "example.com")
    route53 = sandbox.boto("route53")
    values = [{"Value": value} for value in caa]
    record = {"Name": "example.com", "Type": "CAA", "TTL": 60, "ResourceRecords": values}
    changes = [{"Action": "CREATE", "ResourceRecordSet": record}]
    route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})
    arn = request(acm, "www.example.com", "*.example.com")
    put_records(sandbox, zone, validation_records(acm, arn))
    look(sandbox)
    detail = described(acm, arn)
    assert (detail["Status"], detail.get("FailureReason")) == (wanted, "CAA_ERROR" if wanted == "FAILED" else None)


@pytest.mark.parametrize(
    "name",
    ["co.uk", "*.co.uk", "host.internal", "www.example.test", "10.0.0.10", "ab--cd.example.com"],
)
def test_a_public_suffix_or_no_public_name_at_all_fails_soon(sandbox: Sandbox, acm: Any, name: str) -> None:
    """ACM guide, "Certificate request fails": INVALID_PUBLIC_DOMAIN. The request itself is taken."""
    arn = request(acm, "example.com", name)
    sandbox.advance(0)
    detail = described(acm, arn)
    assert (detail["Status"], detail["FailureReason"]) == ("FAILED", "INVALID_PUBLIC_DOMAIN")


def test_punycode_is_a_public_name(sandbox: Sandbox, acm: Any) -> None:
    arn = request(acm, "xn--bcher-kva.example.com")
    sandbox.advance(0)
    assert status(acm, arn) == "PENDING_VALIDATION"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("www.evil.example", "INVALID_PUBLIC_DOMAIN"),
        ("www.evil.com", "DOMAIN_NOT_ALLOWED"),
        ("bank.com", "ADDITIONAL_VERIFICATION_REQUIRED"),
        ("x.elasticbeanstalk.com", "ADDITIONAL_VERIFICATION_REQUIRED"),
        ("notevil.com", None),
    ],
)
def test_names_amazon_does_not_want(sandbox: Sandbox, acm: Any, name: str, reason: str | None) -> None:
    """ACM guide, "Certificate request fails"."""
    sandbox.configure(domains_not_allowed=["evil.com"], domains_needing_verification=["bank.com"])
    arn = request(acm, name)
    sandbox.advance(0)
    assert described(acm, arn).get("FailureReason") == reason


def test_a_failed_certificate_stays_failed(sandbox: Sandbox, acm: Any) -> None:
    """API model, Status: "delete the request, correct the issue ... and try again"."""
    zone = make_zone(sandbox, "example.com")
    arn = request(acm, "example.com")
    sandbox.certificate(arn, status="FAILED", failure_reason="CAA_ERROR")
    put_records(sandbox, zone, validation_records(acm, arn))
    look(sandbox)
    assert status(acm, arn) == "FAILED"


def test_mail_validation_waits_for_a_person(sandbox: Sandbox, acm: Any) -> None:
    arn = request(acm, "example.com", ValidationMethod="EMAIL")
    sandbox.advance(DAYS_3 - 60)
    assert status(acm, arn) == "PENDING_VALIDATION"
    sandbox.certificate(arn, status="ISSUED")
    assert status(acm, arn) == "ISSUED"


def test_issuing_takes_its_time_after_the_last_name(sandbox: Sandbox, acm: Any) -> None:
    sandbox.configure(issue_delay=100)
    zone = make_zone(sandbox, "example.com")
    arn = request(acm, "example.com")
    put_records(sandbox, zone, validation_records(acm, arn))
    look(sandbox)
    detail = described(acm, arn)
    assert detail["DomainValidationOptions"][0]["ValidationStatus"] == "SUCCESS"
    assert detail["Status"] == "PENDING_VALIDATION"
    sandbox.advance(101)
    assert status(acm, arn) == "ISSUED"


def test_the_defaults_are_quick_but_not_immediate() -> None:
    settings = Settings()
    assert 0 < settings.record_delay <= 1
    assert 0 < settings.insync_delay <= 1
    assert 0 < settings.issue_delay <= 1
