# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ACM RequestCertificate: what it refuses, its quotas, and its idempotency token."""

from __future__ import annotations

from typing import Any

import pytest
from aws_session import ACCOUNT, OTHER, described, refused, request
from botocore.config import Config
from sandbox.client import Sandbox

HOUR = 3600
YEAR = 365 * 86400


def label(length: int) -> str:
    return "a" * length


@pytest.mark.parametrize(
    "name",
    [
        "foo_bar.example.com",
        "example.com.",
        "example",
        "-a.example.com",
        "a-.example.com",
        "*.*.example.com",
        "www.*.example.com",
        "w*.example.com",
        "a..example.com",
        f"{label(64)}.com",
        "bücher.example.com",
        "10.0.0.1",
        "example.c",
        "a b.example.com",
    ],
)
def test_names_are_checked_by_the_models_expression(acm: Any, name: str) -> None:
    """API model, DomainNameString; botocore does not check patterns."""
    error = refused(acm.request_certificate, DomainName=name, ValidationMethod="DNS")
    assert (error["Code"], error["Status"]) == ("ValidationException", 400)
    assert f"Value '{name}' at 'domainName' failed to satisfy constraint" in error["Message"]
    parameters = {"DomainName": "example.com", "SubjectAlternativeNames": [name], "ValidationMethod": "DNS"}
    assert refused(acm.request_certificate, **parameters)["Code"] == "ValidationException"


@pytest.mark.parametrize(
    "name", ["example.com", "*.example.com", "WWW.Example.Com", f"{label(63)}.com", "a.b.c.d.ex.com"]
)
def test_good_names_are_taken_and_shown_in_lower_case(acm: Any, name: str) -> None:
    if len(name) <= 64:
        assert described(acm, request(acm, name))["DomainName"] == name.lower()


def test_the_common_name_has_64_characters_at_most(acm: Any) -> None:
    """RFC 5280 (ub-common-name), API model, DomainName."""
    fits, too_long = f"{label(60)}.com", f"{label(61)}.com"
    assert (len(fits), len(too_long)) == (64, 65)
    request(acm, fits)
    assert refused(acm.request_certificate, DomainName=too_long)["Code"] == "InvalidParameterException"
    assert too_long in described(acm, request(acm, "example.com", too_long))["SubjectAlternativeNames"]


def test_names_of_253_characters_are_taken_and_254_are_not(sandbox: Sandbox, acm: Any) -> None:
    long = f"{label(63)}.{label(63)}.{label(63)}.{label(57)}.com"
    assert len(long) == 253
    request(acm, "example.com", long)
    unchecked = sandbox.boto("acm", config=Config(parameter_validation=False, retries={"total_max_attempts": 1}))
    error = refused(unchecked.request_certificate, DomainName="example.com", SubjectAlternativeNames=["b" + long])
    assert "less than or equal to 253" in error["Message"]


def test_the_model_takes_100_other_names(sandbox: Sandbox, acm: Any) -> None:
    sandbox.configure(names_quota=100)
    others = [f"n{number}.example.com" for number in range(101)]
    request(acm, "n0.example.com", *others[:100])
    error = refused(acm.request_certificate, DomainName="n0.example.com", SubjectAlternativeNames=others)
    assert (error["Code"], "less than or equal to 100" in error["Message"]) == ("ValidationException", True)


def test_the_quota_of_names_counts_the_common_name_and_duplicates_once(acm: Any) -> None:
    """acm-limits: 10 names; the words: terraform-provider-aws#35825."""
    others = [f"n{number}.example.com" for number in range(9)]
    request(acm, "example.com", "example.com", "EXAMPLE.com", *others)
    parameters = {"DomainName": "example.com", "SubjectAlternativeNames": [*others, "one.too.many.example.com"]}
    error = refused(acm.request_certificate, ValidationMethod="DNS", **parameters)
    assert (error["Code"], error["Message"]) == ("LimitExceededException", "Certificate has too many domains.")


def test_the_yearly_quota_and_deleting_gives_nothing_back(sandbox: Sandbox, acm: Any) -> None:
    """acm-limits; the words: terraform-provider-aws#14025, aws-cdk#13651."""
    sandbox.configure(yearly_quota=2)
    acm.delete_certificate(CertificateArn=request(acm, "a.example.com"))
    request(acm, "b.example.com")
    error = refused(acm.request_certificate, DomainName="c.example.com", ValidationMethod="DNS")
    message = "Error: you have reached your limit of 2 certificates in the last year."
    assert (error["Code"], error["Message"]) == ("LimitExceededException", message)
    request(sandbox.boto("acm", region="us-east-1"), "c.example.com")
    sandbox.advance(YEAR + 1)
    request(acm, "c.example.com")


def test_the_total_quota_counts_neither_imported_nor_private_ones(sandbox: Sandbox, acm: Any) -> None:
    """acm-limits: "expired and revoked certificates continue to count"; those of a private CA do not."""
    sandbox.configure(total_quota=2)
    sandbox.add_certificates(
        [
            {"domain_name": "a.example.com", "status": "EXPIRED"},
            {"domain_name": "b.example.com", "type": "IMPORTED"},
            {"domain_name": "c.example.com", "type": "PRIVATE"},
        ]
    )
    request(acm, "d.example.com")
    error = refused(acm.request_certificate, DomainName="e.example.com", ValidationMethod="DNS")
    assert (error["Code"], "limit of 2 certificates" in error["Message"]) == ("LimitExceededException", True)


@pytest.mark.parametrize("token", ["a-b", "a" * 33, "a b", "ä!"])
def test_idempotency_tokens_are_32_word_characters(sandbox: Sandbox, token: str) -> None:
    acm = sandbox.boto("acm", config=Config(parameter_validation=False, retries={"total_max_attempts": 1}))
    error = refused(acm.request_certificate, DomainName="example.com", IdempotencyToken=token)
    assert (error["Code"], "idempotencyToken" in error["Message"]) == ("ValidationException", True)


def test_a_token_gives_the_same_certificate_whatever_else_is_asked(acm: Any) -> None:
    """API model; "whatever the other parameters are": AWS support in terraform-provider-aws#6666."""
    first = request(acm, "a.example.com", IdempotencyToken="t")
    assert request(acm, "b.example.net", "c.example.net", IdempotencyToken="t", KeyAlgorithm="EC_prime256v1") == first
    assert request(acm, "a.example.com", IdempotencyToken="u") != first
    assert request(acm, "a.example.com") != first


def test_a_token_holds_even_when_its_certificate_is_gone_or_failed(sandbox: Sandbox, acm: Any) -> None:
    """The strict reading of the hour."""
    gone = request(acm, "a.example.com", IdempotencyToken="gone")
    acm.delete_certificate(CertificateArn=gone)
    assert request(acm, "a.example.com", IdempotencyToken="gone") == gone
    assert refused(acm.describe_certificate, CertificateArn=gone)["Code"] == "ResourceNotFoundException"
    failed = request(acm, "b.example.com", IdempotencyToken="failed")
    sandbox.certificate(failed, status="FAILED", failure_reason="CAA_ERROR")
    assert request(acm, "b.example.com", IdempotencyToken="failed") == failed


def test_a_token_lasts_one_hour(sandbox: Sandbox, acm: Any) -> None:
    first = request(acm, "example.com", IdempotencyToken="t")
    sandbox.advance(HOUR - 5)
    assert request(acm, "example.com", IdempotencyToken="t") == first
    sandbox.advance(6)
    assert request(acm, "example.com", IdempotencyToken="t") != first


def test_a_token_is_good_for_one_account_and_region(sandbox: Sandbox, acm: Any) -> None:
    clients = [acm, sandbox.boto("acm", OTHER), sandbox.boto("acm", ACCOUNT, "us-east-1")]
    assert len({request(client, "example.com", IdempotencyToken="t") for client in clients}) == 3


def test_a_repeated_request_costs_no_quota(sandbox: Sandbox, acm: Any) -> None:
    sandbox.configure(yearly_quota=1)
    first = request(acm, "example.com", IdempotencyToken="t")
    assert request(acm, "example.com", IdempotencyToken="t") == first


def test_a_refused_request_does_not_use_up_its_token(sandbox: Sandbox, acm: Any) -> None:
    sandbox.configure(yearly_quota=0)
    parameters = {"DomainName": "example.com", "ValidationMethod": "DNS", "IdempotencyToken": "t"}
    assert refused(acm.request_certificate, **parameters)["Code"] == "LimitExceededException"
    sandbox.configure(yearly_quota=1)
    described(acm, request(acm, "example.com", IdempotencyToken="t"))


@pytest.mark.parametrize("algorithm", ["RSA_1024", "RSA_3072", "RSA_4096", "EC_secp521r1"])
def test_only_three_key_algorithms_can_be_requested(acm: Any, algorithm: str) -> None:
    """API model, KeyAlgorithm: the others are for imported certificates."""
    error = refused(acm.request_certificate, DomainName="example.com", KeyAlgorithm=algorithm)
    assert error["Code"] == "InvalidParameterException"


@pytest.mark.parametrize(
    ("algorithm", "shown"),
    [("RSA_2048", "RSA-2048"), ("EC_prime256v1", "EC-prime256v1"), ("EC_secp384r1", "EC-secp384r1")],
)
def test_describe_writes_the_algorithm_with_a_hyphen_and_list_does_not(acm: Any, algorithm: str, shown: str) -> None:
    """aws-sdk-js#2133."""
    arn = request(acm, "example.com", KeyAlgorithm=algorithm)
    assert described(acm, arn)["KeyAlgorithm"] == shown
    listed = acm.list_certificates(Includes={"keyTypes": [algorithm]})["CertificateSummaryList"]
    assert [item["KeyAlgorithm"] for item in listed] == [algorithm]


def test_http_validation_is_cloudfronts_alone(acm: Any) -> None:
    error = refused(acm.request_certificate, DomainName="example.com", ValidationMethod="HTTP")
    assert error["Code"] == "InvalidParameterException"


def test_without_a_method_the_validation_is_by_mail(acm: Any) -> None:
    """Service Authorization Reference, acm:ValidationMethod."""
    arn = acm.request_certificate(DomainName="www.example.com")["CertificateArn"]
    option = described(acm, arn)["DomainValidationOptions"][0]
    assert option["ValidationMethod"] == "EMAIL"
    assert "hostmaster@www.example.com" in option["ValidationEmails"]
    assert "ResourceRecord" not in option


def test_the_validation_domain_of_a_mail_is_the_name_or_one_above(acm: Any) -> None:
    """API model, DomainValidationOption."""
    given = {"DomainName": "www.example.com", "ValidationMethod": "EMAIL"}
    options = [{"DomainName": "www.example.com", "ValidationDomain": "example.com"}]
    arn = acm.request_certificate(**given, DomainValidationOptions=options)["CertificateArn"]
    assert described(acm, arn)["DomainValidationOptions"][0]["ValidationDomain"] == "example.com"
    options[0]["ValidationDomain"] = "ample.com"
    error = refused(acm.request_certificate, **given, DomainValidationOptions=options)
    assert error["Code"] == "InvalidDomainValidationOptionsException"


def test_tags_are_set_with_the_request(acm: Any) -> None:
    arn = request(acm, "example.com", Tags=[{"Key": "b", "Value": "2"}, {"Key": "a"}])
    tags = acm.list_tags_for_certificate(CertificateArn=arn)["Tags"]
    assert tags == [{"Key": "a", "Value": ""}, {"Key": "b", "Value": "2"}]


def test_a_request_with_bad_tags_makes_nothing(sandbox: Sandbox, acm: Any) -> None:
    tags = [{"Key": "aws:x", "Value": "y"}]
    error = refused(acm.request_certificate, DomainName="example.com", ValidationMethod="DNS", Tags=tags)
    assert error["Code"] == "InvalidTagException"
    assert sandbox.certificates() == []
