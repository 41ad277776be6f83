# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import datetime
from typing import Any

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils._certificate_result import as_result
from ansible_collections.tlsops.certificates.plugins.module_utils._certificates import (
    MANAGED_BY,
    TAG_MANAGED_BY,
    TAG_NAME,
    Certificate,
    from_detail,
    from_summary,
)

UTC = datetime.timezone.utc
ARN = "arn:aws:acm:eu-west-1:111111111111:certificate/1"


def option(
    name: str, status: str = "PENDING_VALIDATION", record: bool = True, method: str | None = "DNS"
) -> dict[str, Any]:
    base = name.removeprefix("*.")
    shown: dict[str, Any] = {"DomainName": name, "ValidationStatus": status}
    if method:
        shown["ValidationMethod"] = method
    if record:
        shown["ResourceRecord"] = {"Name": f"_A.{base}.", "Type": "CNAME", "Value": "_b.acm-validations.aws."}
    return shown


def detail(*options: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "CertificateArn": ARN,
        "DomainName": "example.com",
        "SubjectAlternativeNames": ["example.com", "*.example.com", "WWW.example.com"],
        "DomainValidationOptions": list(options),
        "Status": "PENDING_VALIDATION",
        "Type": "AMAZON_ISSUED",
        "KeyAlgorithm": "RSA-2048",
        **more,
    }


ALL = [option("example.com"), option("*.example.com"), option("www.example.com")]


def test_a_description_is_read() -> None:
    certificate = from_detail(detail(*ALL, InUseBy=["lb"], CertificateAuthorityArn="ca"), "eu-west-1", {"a": "b"})
    assert certificate.names == {"example.com", "*.example.com", "www.example.com"}
    assert certificate.key_algorithm == "RSA_2048", "DescribeCertificate writes RSA-2048"
    assert (certificate.described, certificate.in_use, certificate.in_use_by) == (True, True, ("lb",))
    assert (certificate.validation_method, certificate.certificate_authority_arn) == ("DNS", "ca")
    assert certificate.tags == {"a": "b"}
    assert certificate.base_names == {"example.com", "www.example.com"}


def test_a_wildcard_shares_its_record_with_its_apex() -> None:
    records = from_detail(detail(*ALL), "eu-west-1").validation_records
    assert [(record.name, record.domain_names) for record in records] == [
        ("_a.example.com", ("*.example.com", "example.com")),
        ("_a.www.example.com", ("www.example.com",)),
    ]


@pytest.mark.parametrize(
    ("options", "awaits"),
    [
        ([], True),
        (ALL[:2], True),
        ([*ALL[:2], option("www.example.com", record=False)], True),
        ([*ALL[:2], option("www.example.com", record=False, method=None)], True),
        (ALL, False),
        ([*ALL[:2], option("www.example.com", "SUCCESS", record=False)], False),
    ],
    ids=["none", "one missing", "no record", "no method", "all", "validated"],
)
def test_records_are_awaited_until_all_are_there(options: list[dict[str, Any]], awaits: bool) -> None:
    assert from_detail(detail(*options), "eu-west-1").awaits_records is awaits


@pytest.mark.parametrize("change", [{"Status": "FAILED"}, {"Status": "ISSUED"}, {"Type": "PRIVATE"}], ids=str)
def test_no_records_are_awaited_where_none_will_come(change: dict[str, str]) -> None:
    assert not from_detail(detail(**change), "eu-west-1").awaits_records


def test_a_listing_is_read() -> None:
    certificate = from_summary(
        {
            "CertificateArn": ARN,
            "DomainName": "Example.com",
            "SubjectAlternativeNameSummaries": ["example.com", "www.example.com"],
            "HasAdditionalSubjectAlternativeNames": True,
            "Status": "ISSUED",
            "Type": "IMPORTED",
            "KeyAlgorithm": "EC-prime256v1",
            "InUse": True,
            "ManagedBy": "CLOUDFRONT",
            "CertificateKeyPairOrigin": "ACME",
        },
        "eu-west-1",
    )
    assert certificate.names == {"example.com", "www.example.com"}
    assert (certificate.names_complete, certificate.described, certificate.tags) == (False, False, None)
    assert (certificate.type, certificate.key_algorithm) == ("IMPORTED", "EC_prime256v1")
    assert (certificate.managed_by, certificate.key_pair_origin) == ("CLOUDFRONT", "ACME")


def test_a_failed_certificate_may_lack_everything() -> None:
    certificate = from_summary({"CertificateArn": ARN}, "eu-west-1")
    assert (certificate.names, certificate.live) == (frozenset(), False)


@pytest.mark.parametrize("name", ["bad name", "ex\\ample", "." * 3, "ü" * 300, ""], ids=lambda name: repr(name[:8]))
def test_an_imported_certificate_may_carry_anything_as_a_name(name: str) -> None:
    summary = {"CertificateArn": ARN, "DomainName": name, "SubjectAlternativeNameSummaries": [name]}
    as_result(from_summary(summary, "eu-west-1"))


def test_ownership_is_a_tag() -> None:
    def owner(tags: dict[str, str] | None) -> tuple[bool, str | None]:
        certificate = Certificate(ARN, "eu-west-1", "example.com", frozenset(), "ISSUED", "AMAZON_ISSUED", tags=tags)
        return certificate.owned, certificate.owner_name

    assert owner(None) == (False, None)
    assert owner({TAG_NAME: "shop"}) == (False, None), "anybody can write that"
    assert owner({TAG_MANAGED_BY: "somebody", TAG_NAME: "shop"}) == (False, None)
    assert owner({TAG_MANAGED_BY: MANAGED_BY}) == (True, None)
    assert owner({TAG_MANAGED_BY: MANAGED_BY, TAG_NAME: "shop"}) == (True, "shop")


@pytest.mark.parametrize(
    ("change", "phase", "reason", "message"),
    [
        ({"Status": "ISSUED", "NotAfter": datetime.datetime(2027, 6, 8, tzinfo=UTC)}, "Issued", "Issued", "2027-06-08"),
        ({"DomainValidationOptions": []}, "PendingValidation", "AwaitingValidationRecords", "hasn't said yet"),
        ({}, "PendingValidation", "AwaitingValidation", "_a.example.com -> _b.acm-validations.aws"),
        (
            {"DomainValidationOptions": [option(o["DomainName"], "SUCCESS") for o in ALL]},
            "PendingValidation",
            "AwaitingIssuance",
            "issuing",
        ),
        ({"Type": "PRIVATE"}, "PendingValidation", "AwaitingPrivateCa", "private CA"),
        ({"Status": "FAILED", "FailureReason": "CAA_ERROR"}, "Failed", "CaaError", "amazon.com"),
        ({"Status": "FAILED"}, "Failed", "Failed", "can't retry"),
        ({"Status": "VALIDATION_TIMED_OUT"}, "Failed", "ValidationTimedOut", "72 hours"),
        ({"Status": "EXPIRED"}, "Failed", "Expired", "run again"),
        ({"Status": "A_NEW_ONE"}, "Failed", "ANewOne", "console"),
    ],
    ids=lambda value: str(value)[:40] if isinstance(value, dict) else None,
)
def test_a_condition_says_how_far_it_is(change: dict[str, Any], phase: str, reason: str, message: str) -> None:
    condition = from_detail({**detail(*ALL), **change}, "eu-west-1").condition
    assert (condition.phase, condition.reason) == (phase, reason)
    assert message in condition.message
    assert condition.ready is (phase == "Issued")
    assert condition.failed is (phase == "Failed")


def test_a_long_list_of_names_is_cut() -> None:
    names = [f"n{number}.example.com" for number in range(20)]
    given = detail(*[option(name) for name in names], DomainName=names[0], SubjectAlternativeNames=names)
    message = from_detail(given, "eu-west-1").condition.message
    assert "and 17 more" in message
    assert len(message) < 300
