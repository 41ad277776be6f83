# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ACM DescribeCertificate and GetCertificate: what appears when."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
from aws_session import ACCOUNT, NEVER, OTHER, described, refused, request, validation_records
from cryptography import x509
from sandbox.client import Sandbox

DAY = 86400


def visible(options: list[dict[str, Any]]) -> int:
    return sum(1 for option in options if "ResourceRecord" in option)


def test_validation_options_come_late_and_records_later_still(sandbox: Sandbox, acm: Any) -> None:
    """aws-sdk-js#2133, community.aws#321, cdk#8282: first no list, then a list without records, then with some."""
    sandbox.configure(record_delay=1000)
    arn = request(acm, *(f"n{number}.example.com" for number in range(4)))
    assert "DomainValidationOptions" not in described(acm, arn)
    sandbox.advance(510)
    options = described(acm, arn)["DomainValidationOptions"]
    assert (len(options), visible(options)) == (4, 0)
    sandbox.advance(270)
    assert 0 < visible(described(acm, arn)["DomainValidationOptions"]) < 4
    sandbox.advance(250)
    assert visible(described(acm, arn)["DomainValidationOptions"]) == 4


def test_a_new_certificate_may_not_be_found_yet(sandbox: Sandbox, acm: Any) -> None:
    """RequestCertificate: "a delay of several seconds before you can retrieve information"."""
    sandbox.configure(describe_lag=100)
    arn = request(acm, "example.com")
    assert refused(acm.describe_certificate, CertificateArn=arn)["Code"] == "ResourceNotFoundException"
    sandbox.advance(101)
    described(acm, arn)


@pytest.mark.parametrize(
    ("arn", "code"),
    [(NEVER, "ResourceNotFoundException"), ("arn:aws:s3:eu-west-1:111111111111:bucket/x", "ValidationException")],
)
def test_a_wrong_arn(acm: Any, arn: str, code: str) -> None:
    assert refused(acm.describe_certificate, CertificateArn=arn)["Code"] == code


def test_the_record_is_a_function_of_account_and_name(sandbox: Sandbox, acm: Any) -> None:
    """ACM guide, "DNS validation": the same in every Region, for every certificate, and for wildcard and apex."""
    records = validation_records(acm, request(acm, "example.com", "*.example.com"))
    assert len(records) == 1
    name, kind, value = records[0]
    assert kind == "CNAME"
    assert name.startswith("_")
    assert name.endswith(".example.com.")
    assert value.endswith(".acm-validations.aws.")
    assert validation_records(acm, request(acm, "example.com")) == records
    elsewhere = sandbox.boto("acm", region="us-east-1")
    assert validation_records(elsewhere, request(elsewhere, "*.example.com")) == records
    other = sandbox.boto("acm", OTHER)
    ((other_name, _kind, other_value),) = validation_records(other, request(other, "example.com"))
    assert (other_name != name, other_value.split(".")[0] != value.split(".")[0]) == (True, True)
    assert validation_records(acm, request(acm, "www.example.com"))[0][2] != value


def test_names_come_in_another_order_with_the_common_name_among_them(acm: Any) -> None:
    names = [f"n{number}.example.com" for number in range(8)]
    detail = described(acm, request(acm, *names))
    for shown in (detail["SubjectAlternativeNames"], [o["DomainName"] for o in detail["DomainValidationOptions"]]):
        assert sorted(shown) == names
        assert shown != names
    again = described(acm, detail["CertificateArn"])
    assert again["SubjectAlternativeNames"] == detail["SubjectAlternativeNames"]


def test_a_pending_certificate_has_no_dates_and_no_body(acm: Any) -> None:
    """API model: IssuedAt; GetCertificate: RequestInProgressException."""
    detail = described(acm, request(acm, "example.com"))
    assert detail["Status"] == "PENDING_VALIDATION"
    assert not {"IssuedAt", "NotBefore", "NotAfter", "Serial", "FailureReason"} & set(detail)
    error = refused(acm.get_certificate, CertificateArn=detail["CertificateArn"])
    assert error["Code"] == "RequestInProgressException"


def test_an_issued_public_certificate_is_valid_for_198_days(sandbox: Sandbox, acm: Any) -> None:
    """Since 18 February 2026 (ACM guide, "Certificate characteristics")."""
    (arn,) = sandbox.add_certificates([{"domain_name": "example.com"}])
    detail = described(acm, arn)
    assert (detail["NotAfter"] - detail["NotBefore"]).total_seconds() == 198 * DAY - 1
    assert detail["NotBefore"].astimezone(timezone.utc).hour == 0
    assert abs((datetime.now(timezone.utc) - detail["IssuedAt"]).total_seconds()) < 10


def test_server_authentication_only(sandbox: Sandbox, acm: Any) -> None:
    """clientAuth is gone since 11 June 2025."""
    (arn,) = sandbox.add_certificates([{"domain_name": "example.com"}])
    assert [usage["Name"] for usage in described(acm, arn)["ExtendedKeyUsages"]] == ["TLS_WEB_SERVER_AUTHENTICATION"]


@pytest.mark.parametrize("algorithm", ["RSA_2048", "EC_prime256v1", "EC_secp384r1"])
def test_the_body_agrees_with_the_description(sandbox: Sandbox, acm: Any, algorithm: str) -> None:
    names = ["example.com", "*.example.com"]
    wish = {"domain_name": names[0], "subject_alternative_names": names[1:], "key_algorithm": algorithm}
    (arn,) = sandbox.add_certificates([wish])
    body = acm.get_certificate(CertificateArn=arn)
    leaf = x509.load_pem_x509_certificate(body["Certificate"].encode())
    detail = described(acm, arn)
    assert leaf.serial_number == int(detail["Serial"].replace(":", ""), 16)
    assert leaf.not_valid_after_utc == detail["NotAfter"]
    extension = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert sorted(extension.get_values_for_type(x509.DNSName)) == sorted(names)
    leaf.verify_directly_issued_by(x509.load_pem_x509_certificate(body["CertificateChain"].encode()))


def test_only_a_certificate_in_use_or_exported_is_eligible_for_renewal(sandbox: Sandbox, acm: Any) -> None:
    """ACM guide, "Managed certificate renewal"."""
    (arn,) = sandbox.add_certificates([{"domain_name": "example.com"}])
    assert described(acm, arn)["RenewalEligibility"] == "INELIGIBLE"
    sandbox.certificate(arn, in_use_by=["arn:aws:elasticloadbalancing:eu-west-1:111111111111:loadbalancer/app/x/1"])
    assert described(acm, arn)["RenewalEligibility"] == "ELIGIBLE"
    sandbox.certificate(arn, in_use_by=[], exported=True)
    assert described(acm, arn)["RenewalEligibility"] == "ELIGIBLE"


def test_a_private_certificate_is_issued_by_itself_a_moment_later(sandbox: Sandbox, acm: Any) -> None:
    """API model: DomainValidationOptions only for AMAZON_ISSUED; PENDING_VALIDATION at first: Terraform's waiter."""
    sandbox.configure(issue_delay=100)
    authority = sandbox.certificate_authority(key_algorithm="RSA_2048")
    arn = acm.request_certificate(DomainName="host.internal.corp", CertificateAuthorityArn=authority)["CertificateArn"]
    detail = described(acm, arn)
    assert (detail["Status"], detail["Type"]) == ("PENDING_VALIDATION", "PRIVATE")
    assert "DomainValidationOptions" not in detail
    sandbox.advance(101)
    detail = described(acm, arn)
    assert (detail["Status"], detail["CertificateAuthorityArn"]) == ("ISSUED", authority)


def test_a_test_may_force_any_state(sandbox: Sandbox, acm: Any) -> None:
    arn = request(acm, "example.com")
    sandbox.certificate(arn, status="FAILED", failure_reason="DOMAIN_NOT_ALLOWED")
    detail = described(acm, arn)
    assert (detail["Status"], detail["FailureReason"]) == ("FAILED", "DOMAIN_NOT_ALLOWED")
    assert detail["DomainValidationOptions"][0]["ValidationStatus"] == "FAILED"
    sandbox.certificate(arn, status="ISSUED", renewal_status="PENDING_VALIDATION")
    detail = described(acm, arn)
    assert (detail["Status"], "FailureReason" in detail) == ("ISSUED", False)
    assert detail["RenewalSummary"]["RenewalStatus"] == "PENDING_VALIDATION"
    sandbox.certificate(arn, status="PENDING_VALIDATION")
    assert "IssuedAt" not in described(acm, arn)


def test_a_certificate_expires_by_the_clock(sandbox: Sandbox, acm: Any) -> None:
    (arn,) = sandbox.add_certificates([{"domain_name": "example.com"}])
    sandbox.advance(199 * DAY)
    assert described(acm, arn)["Status"] == "EXPIRED"


@pytest.mark.parametrize("status", ["EXPIRED", "REVOKED", "INACTIVE", "VALIDATION_TIMED_OUT"])
def test_seeded_states_are_as_asked(sandbox: Sandbox, acm: Any, status: str) -> None:
    (arn,) = sandbox.add_certificates([{"domain_name": "example.com", "status": status, "account": ACCOUNT}])
    assert described(acm, arn)["Status"] == status
