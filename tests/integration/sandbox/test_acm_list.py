# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ACM ListCertificates: default filters, pages, summaries."""

from __future__ import annotations

from typing import Any

import pytest
from aws_session import ACCOUNT, refused, request
from sandbox.client import Sandbox

KEY_TYPES = ["RSA_1024", "RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1"]
ORIGINS = ["AWS_MANAGED", "ACME", "CUSTOMER_PROVIDED"]


def names(acm: Any, **filters: Any) -> list[str]:
    found = acm.list_certificates(MaxItems=1000, **filters)["CertificateSummaryList"]
    return sorted(item["DomainName"] for item in found)


def test_only_rsa_1024_and_2048_are_listed_by_default(sandbox: Sandbox, acm: Any) -> None:
    """API model, Filters.keyTypes; amazon.aws#1567, aws-load-balancer-controller#2671."""
    sandbox.add_certificates(
        [{"domain_name": f"{kind.lower()}.example.com".replace("_", "-"), "key_algorithm": kind} for kind in KEY_TYPES]
    )
    assert names(acm) == ["rsa-1024.example.com", "rsa-2048.example.com"]
    assert names(acm, Includes={"keyTypes": ["EC_prime256v1"]}) == ["ec-prime256v1.example.com"]
    assert len(names(acm, Includes={"keyTypes": KEY_TYPES})) == 7
    # A filter on something else leaves the default on the key types in force.
    assert len(names(acm, Includes={"exportOption": "DISABLED"})) == 2


def test_acme_certificates_are_not_listed_by_default(sandbox: Sandbox, acm: Any) -> None:
    """API model, ListCertificatesRequest.CertificateKeyPairOrigins."""
    sandbox.add_certificates(
        [
            {"domain_name": "acme.example.com", "origin": "ACME"},
            {"domain_name": "imported.example.com", "type": "IMPORTED"},
            {"domain_name": "managed.example.com"},
        ]
    )
    assert names(acm) == ["imported.example.com", "managed.example.com"]
    assert names(acm, CertificateKeyPairOrigins=["ACME"]) == ["acme.example.com"]
    assert len(names(acm, CertificateKeyPairOrigins=ORIGINS)) == 3


def test_filters_by_status_manager_and_export(sandbox: Sandbox, acm: Any) -> None:
    sandbox.add_certificates(
        [
            {"domain_name": "failed.example.com", "status": "FAILED"},
            {"domain_name": "cloudfront.example.com", "managed_by": "CLOUDFRONT", "validation_method": "HTTP"},
            {"domain_name": "export.example.com", "export": "ENABLED"},
        ]
    )
    assert names(acm, CertificateStatuses=["FAILED", "EXPIRED"]) == ["failed.example.com"]
    assert names(acm, Includes={"managedBy": "CLOUDFRONT"}) == ["cloudfront.example.com"]
    assert names(acm, Includes={"exportOption": "ENABLED"}) == ["export.example.com"]


def test_pages_and_tokens(sandbox: Sandbox, acm: Any) -> None:
    sandbox.add_certificates([{"domain_name": f"n{number}.example.com"} for number in range(25)])
    pages: list[list[str]] = []
    token: dict[str, str] = {}
    while True:
        page = acm.list_certificates(MaxItems=10, **token)
        pages.append([item["CertificateArn"] for item in page["CertificateSummaryList"]])
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
    assert [len(page) for page in pages] == [10, 10, 5]
    assert len({arn for page in pages for arn in page}) == 25


def test_a_full_last_page_has_no_token(sandbox: Sandbox, acm: Any) -> None:
    sandbox.add_certificates([{"domain_name": f"n{number}.example.com"} for number in range(10)])
    assert "NextToken" not in acm.list_certificates(MaxItems=10)


def test_a_page_holds_1000_at_most_and_can_be_capped(sandbox: Sandbox, acm: Any) -> None:
    sandbox.add_certificates([{"domain_name": f"n{number}.example.com"} for number in range(1001)])
    assert len(acm.list_certificates(MaxItems=1000)["CertificateSummaryList"]) == 1000
    assert refused(acm.list_certificates, MaxItems=1001)["Code"] == "ValidationException"
    sandbox.configure(page_limit=400)
    page = acm.list_certificates(MaxItems=1000)
    assert (len(page["CertificateSummaryList"]), "NextToken" in page) == (400, True)


def test_a_certificate_deleted_between_two_pages_does_not_end_the_list(sandbox: Sandbox, acm: Any) -> None:
    sandbox.add_certificates([{"domain_name": f"n{number}.example.com"} for number in range(20)])
    page = acm.list_certificates(MaxItems=10)
    acm.delete_certificate(CertificateArn=page["CertificateSummaryList"][-1]["CertificateArn"])
    assert len(acm.list_certificates(MaxItems=10, NextToken=page["NextToken"])["CertificateSummaryList"]) == 10


def test_a_token_is_good_for_its_own_question_only(sandbox: Sandbox, acm: Any) -> None:
    sandbox.add_certificates([{"domain_name": f"n{number}.example.com"} for number in range(20)])
    token = acm.list_certificates(MaxItems=10)["NextToken"]
    for question in ({"CertificateStatuses": ["ISSUED"]}, {"CertificateKeyPairOrigins": ["ACME"]}):
        assert refused(acm.list_certificates, NextToken=token, **question)["Code"] == "InvalidArgsException"
    assert refused(acm.list_certificates, NextToken="nonsense")["Code"] == "InvalidArgsException"


def test_sorting_needs_both_parameters(sandbox: Sandbox, acm: Any) -> None:
    """API model: "If you specify SortBy, you must also specify SortOrder"."""
    sandbox.add_certificates([{"domain_name": f"n{age}.example.com", "age": age} for age in (5, 1, 9)])
    for order, wanted in (("ASCENDING", ["n9", "n5", "n1"]), ("DESCENDING", ["n1", "n5", "n9"])):
        found = acm.list_certificates(SortBy="CREATED_AT", SortOrder=order)["CertificateSummaryList"]
        assert [item["DomainName"].split(".")[0] for item in found] == wanted
    assert refused(acm.list_certificates, SortBy="CREATED_AT")["Code"] == "ValidationException"
    assert refused(acm.list_certificates, SortOrder="ASCENDING")["Code"] == "ValidationException"


def test_a_summary_has_100_names_and_says_when_there_are_more(sandbox: Sandbox, acm: Any) -> None:
    """API model, CertificateSummary."""
    for total, more in ((100, False), (101, True)):
        sandbox.reset()
        others = [f"n{number}.example.com" for number in range(total - 1)]
        sandbox.add_certificates([{"domain_name": "example.com", "subject_alternative_names": others}])
        (item,) = acm.list_certificates()["CertificateSummaryList"]
        assert len(item["SubjectAlternativeNameSummaries"]) == 100
        assert item["HasAdditionalSubjectAlternativeNames"] is more


def test_a_summary_has_no_tags_no_users_and_no_validation(sandbox: Sandbox, acm: Any) -> None:
    sandbox.add_certificates([{"domain_name": "example.com", "tags": {"a": "b"}, "in_use_by": ["arn:aws:x"]}])
    (item,) = acm.list_certificates()["CertificateSummaryList"]
    assert item["InUse"] is True
    assert not {"Tags", "InUseBy", "DomainValidationOptions", "FailureReason"} & set(item)


def test_a_new_certificate_appears_and_a_deleted_one_vanishes_late(sandbox: Sandbox, acm: Any) -> None:
    """DeleteCertificate: "a short delay before the certificate no longer appears in the list"."""
    sandbox.configure(list_lag=100)
    arn = request(acm, "example.com")
    assert names(acm) == []
    sandbox.advance(101)
    assert names(acm) == ["example.com"]
    acm.delete_certificate(CertificateArn=arn)
    assert names(acm) == ["example.com"]
    assert refused(acm.describe_certificate, CertificateArn=arn)["Code"] == "ResourceNotFoundException"
    sandbox.advance(101)
    assert names(acm) == []


@pytest.mark.parametrize("count", [5000])
def test_seeding_thousands_is_quick_and_lists_in_pages(sandbox: Sandbox, acm: Any, count: int) -> None:
    sandbox.add_certificates([{"domain_name": f"n{number}.example.com", "account": ACCOUNT} for number in range(count)])
    pages = acm.get_paginator("list_certificates").paginate(PaginationConfig={"PageSize": 1000})
    assert sum(len(page["CertificateSummaryList"]) for page in pages) == count
    assert sandbox.count("acm", "ListCertificates") == count / 1000
