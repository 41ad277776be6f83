# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ACM UpdateCertificateOptions and ListCertificateDomainValidations: from e-mail to DNS validation, keeping the ARN."""

from __future__ import annotations

from typing import Any

import pytest
from aws_session import NEVER, described, later, make_zone, put_records, refused
from sandbox.client import Sandbox

NAMES = ("example.com", "*.example.com", "www.example.com")


def by_email(sandbox: Sandbox, **wish: Any) -> str:
    wish = {
        "domain_name": NAMES[0],
        "subject_alternative_names": NAMES[1:],
        "validation_method": "EMAIL",
        "age": 86400,
        **wish,
    }
    return sandbox.add_certificates([wish])[0]


def migrate(acm: Any, arn: str) -> None:
    acm.update_certificate_options(CertificateArn=arn, Options={"ValidationMethod": "DNS"})


def validations(acm: Any, arn: str) -> dict[str, dict[str, Any]]:
    pages = acm.get_paginator("list_certificate_domain_validations").paginate(CertificateArn=arn)
    return {each["DomainName"]: each for page in pages for each in page["DomainValidationSummaryList"]}


def record(summary: dict[str, Any]) -> tuple[str, str, str]:
    shown = summary["RequestedValidationConfiguration"]["ValidationChallenge"]["DnsValidationChallenge"]
    return tuple(shown["ResourceRecord"][key] for key in ("Name", "Type", "Value"))


def test_without_a_migration_only_the_active_method_is_shown(sandbox: Sandbox, acm: Any) -> None:
    """API model: RequestedValidationConfiguration "is present only when a migration is in progress"."""
    arn = by_email(sandbox)
    shown = validations(acm, arn)
    assert sorted(shown) == sorted(NAMES)
    active = shown["www.example.com"]["ActiveValidationConfiguration"]
    assert (active["ValidationMethod"], active["ValidationStatus"]) == ("EMAIL", "SUCCESS")
    assert "admin@www.example.com" in active["ValidationChallenge"]["EmailValidationChallenge"]["ValidationEmails"]
    assert all("RequestedValidationConfiguration" not in each for each in shown.values())
    assert "UpdateSummary" not in described(acm, arn)


def test_the_arn_stays_and_dns_takes_over_once_every_record_is_seen(sandbox: Sandbox, acm: Any) -> None:
    zone = make_zone(sandbox, "example.com")
    arn = by_email(sandbox)
    migrate(acm, arn)
    assert described(acm, arn)["UpdateSummary"]["Status"] == "PENDING_DOMAIN_VALIDATION"
    sandbox.advance(5)
    records = {record(each) for each in validations(acm, arn).values()}
    assert len(records) == 2, "a wildcard and its apex share one"
    first, second = sorted(records)
    put_records(sandbox, zone, [first])
    sandbox.advance(5)
    assert described(acm, arn)["DomainValidationOptions"][0]["ValidationMethod"] == "EMAIL"
    put_records(sandbox, zone, [second])
    sandbox.advance(5)
    later(lambda: described(acm, arn)["UpdateSummary"]["Status"] == "SUCCESS")
    detail = described(acm, arn)
    assert {option["ValidationMethod"] for option in detail["DomainValidationOptions"]} == {"DNS"}
    assert detail["DomainValidationOptions"][0]["ResourceRecord"]
    assert detail["Status"] == "ISSUED"


def test_after_72_hours_it_has_failed_and_may_be_tried_again(sandbox: Sandbox, acm: Any) -> None:
    """ACM guide, "Updating a certificate's validation method"."""
    arn = by_email(sandbox)
    migrate(acm, arn)
    sandbox.advance(72 * 3600)
    assert described(acm, arn)["UpdateSummary"]["Status"] == "FAILED"
    assert described(acm, arn)["DomainValidationOptions"][0]["ValidationMethod"] == "EMAIL"
    migrate(acm, arn)


def test_the_records_come_late(sandbox: Sandbox, acm: Any) -> None:
    sandbox.configure(record_delay=100)
    arn = by_email(sandbox)
    migrate(acm, arn)
    assert all(
        "ValidationChallenge" not in each["RequestedValidationConfiguration"] for each in validations(acm, arn).values()
    )
    sandbox.advance(101)
    assert all(record(each) for each in validations(acm, arn).values())


def test_pages(sandbox: Sandbox, acm: Any) -> None:
    arn = by_email(sandbox)
    sandbox.configure(page_limit=2)
    assert sorted(validations(acm, arn)) == sorted(NAMES)
    error = refused(acm.list_certificate_domain_validations, CertificateArn=arn, NextToken="nonsense")
    assert error["Code"] == "InvalidArgsException"


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"validation_method": "DNS"}, "InvalidStateException"),
        ({"status": "PENDING_VALIDATION"}, "InvalidStateException"),
        ({"type": "IMPORTED"}, "ValidationException"),
        ({"type": "PRIVATE"}, "ValidationException"),
    ],
)
def test_only_an_issued_certificate_by_email_can_move(
    sandbox: Sandbox, acm: Any, wish: dict[str, Any], code: str
) -> None:
    """API model: "migrates an email-validated certificate"; the errors are those the operation declares."""
    arn = by_email(sandbox, **wish)
    options = {"ValidationMethod": "DNS"}
    assert refused(acm.update_certificate_options, CertificateArn=arn, Options=options)["Code"] == code


def test_other_refusals(sandbox: Sandbox, acm: Any) -> None:
    arn = by_email(sandbox)
    update = acm.update_certificate_options
    assert refused(update, CertificateArn=arn, Options={"Export": "ENABLED"})["Code"] == "ValidationException"
    migrate(acm, arn)
    options = {"ValidationMethod": "DNS"}
    assert refused(update, CertificateArn=arn, Options=options)["Code"] == "ConflictException"
    assert refused(update, CertificateArn=NEVER, Options=options)["Code"] == "ResourceNotFoundException"


def test_a_renewal_that_failed_says_why(sandbox: Sandbox, acm: Any) -> None:
    """API model, RenewalSummary; eligibility is what the test says."""
    arn = by_email(sandbox)
    sandbox.certificate(arn, renewal_status="FAILED", renewal_reason="CAA_ERROR", renewal_eligibility="ELIGIBLE")
    detail = described(acm, arn)
    assert detail["RenewalSummary"]["RenewalStatusReason"] == "CAA_ERROR"
    assert detail["RenewalEligibility"] == "ELIGIBLE"
