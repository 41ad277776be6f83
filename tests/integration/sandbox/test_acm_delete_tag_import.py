# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ACM: deleting, tags of a certificate, importing."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from aws_session import described, refused, request
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sandbox.client import Sandbox

BALANCER = "arn:aws:elasticloadbalancing:eu-west-1:111111111111:loadbalancer/app/x/1"


def tags(acm: Any, arn: str) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in acm.list_tags_for_certificate(CertificateArn=arn)["Tags"]}


def test_a_certificate_in_use_cannot_be_deleted(sandbox: Sandbox, acm: Any) -> None:
    (arn,) = sandbox.add_certificates([{"domain_name": "example.com", "in_use_by": [BALANCER]}])
    assert described(acm, arn)["InUseBy"] == [BALANCER]
    assert refused(acm.delete_certificate, CertificateArn=arn)["Code"] == "ResourceInUseException"
    sandbox.certificate(arn, in_use_by=[])
    acm.delete_certificate(CertificateArn=arn)
    assert refused(acm.delete_certificate, CertificateArn=arn)["Code"] == "ResourceNotFoundException"


def test_after_a_detach_it_counts_as_in_use_for_a_while(sandbox: Sandbox, acm: Any) -> None:
    """InUseBy is eventually consistent; Terraform retries the deletion for 20 minutes."""
    sandbox.configure(in_use_lag=100)
    (arn,) = sandbox.add_certificates([{"domain_name": "example.com", "in_use_by": [BALANCER]}])
    sandbox.certificate(arn, in_use_by=[])
    assert refused(acm.delete_certificate, CertificateArn=arn)["Code"] == "ResourceInUseException"
    assert described(acm, arn)["InUseBy"] == [BALANCER]
    sandbox.advance(101)
    acm.delete_certificate(CertificateArn=arn)


def test_pending_and_failed_certificates_can_be_deleted(sandbox: Sandbox, acm: Any) -> None:
    pending, failed = request(acm, "a.example.com"), request(acm, "b.example.com")
    sandbox.certificate(failed, status="FAILED", failure_reason="OTHER")
    for arn in (pending, failed):
        acm.delete_certificate(CertificateArn=arn)
    assert sandbox.certificates() == []


def test_an_acme_certificate_cannot_be_deleted(sandbox: Sandbox, acm: Any) -> None:
    """API model, DeleteCertificate."""
    (arn,) = sandbox.add_certificates([{"domain_name": "example.com", "origin": "ACME"}])
    assert refused(acm.delete_certificate, CertificateArn=arn)["Code"] == "ConflictException"


def test_adding_a_tag_keeps_the_others_and_overwrites_its_value(acm: Any) -> None:
    arn = request(acm, "example.com", Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    acm.add_tags_to_certificate(CertificateArn=arn, Tags=[{"Key": "b", "Value": "3"}, {"Key": "B", "Value": "4"}])
    assert tags(acm, arn) == {"a": "1", "b": "3", "B": "4"}


def test_removing_with_a_value_takes_only_that_pair(acm: Any) -> None:
    """API model, RemoveTagsFromCertificate."""
    arn = request(acm, "example.com", Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    acm.remove_tags_from_certificate(CertificateArn=arn, Tags=[{"Key": "a", "Value": "other"}])
    assert tags(acm, arn) == {"a": "1", "b": "2"}
    acm.remove_tags_from_certificate(CertificateArn=arn, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b"}])
    assert tags(acm, arn) == {}


def test_fifty_tags_at_most(acm: Any) -> None:
    arn = request(acm, "example.com", Tags=[{"Key": f"k{number}", "Value": ""} for number in range(50)])
    acm.add_tags_to_certificate(CertificateArn=arn, Tags=[{"Key": "k0", "Value": "again"}])
    error = refused(acm.add_tags_to_certificate, CertificateArn=arn, Tags=[{"Key": "one more"}])
    assert error["Code"] == "TooManyTagsException"
    assert len(tags(acm, arn)) == 50


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ([{"Key": "aws:x", "Value": "y"}], "InvalidTagException"),
        ([{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}], "InvalidTagException"),
        ([{"Key": "a?", "Value": "1"}], "ValidationException"),
        ([{"Key": "a" * 129, "Value": "1"}], "ValidationException"),
        ([{"Key": "a", "Value": "1" * 257}], "ValidationException"),
    ],
)
def test_bad_tags(acm: Any, given: list[dict[str, str]], code: str) -> None:
    """API model, Tag; ACM guide, "Tag restrictions"."""
    arn = request(acm, "example.com")
    assert refused(acm.add_tags_to_certificate, CertificateArn=arn, Tags=given)["Code"] == code


def self_signed(name: str) -> tuple[bytes, bytes]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(timezone.utc)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(4711)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(f"www.{name}")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return certificate.public_bytes(serialization.Encoding.PEM), private


def test_an_imported_certificate_shows_what_is_in_it(acm: Any) -> None:
    body, key = self_signed("example.com")
    arn = acm.import_certificate(Certificate=body, PrivateKey=key, Tags=[{"Key": "a", "Value": "b"}])["CertificateArn"]
    detail = described(acm, arn)
    assert (detail["Type"], detail["Status"], detail["KeyAlgorithm"]) == ("IMPORTED", "ISSUED", "EC-prime256v1")
    assert sorted(detail["SubjectAlternativeNames"]) == ["example.com", "www.example.com"]
    assert (detail["RenewalEligibility"], detail["CertificateKeyPairOrigin"]) == ("INELIGIBLE", "CUSTOMER_PROVIDED")
    assert "ImportedAt" in detail
    assert not {"DomainValidationOptions", "IssuedAt"} & set(detail)
    assert acm.get_certificate(CertificateArn=arn)["Certificate"].encode() == body
    assert tags(acm, arn) == {"a": "b"}


def test_reimporting_keeps_the_arn_and_takes_no_tags(acm: Any) -> None:
    body, key = self_signed("example.com")
    arn = acm.import_certificate(Certificate=body, PrivateKey=key)["CertificateArn"]
    body, key = self_signed("example.com")
    given = {"CertificateArn": arn, "Certificate": body, "PrivateKey": key}
    assert acm.import_certificate(**given)["CertificateArn"] == arn
    assert acm.get_certificate(CertificateArn=arn)["Certificate"].encode() == body
    error = refused(acm.import_certificate, **given, Tags=[{"Key": "a"}])
    assert error["Code"] == "InvalidParameterException"


def test_importing_needs_the_matching_key(acm: Any) -> None:
    body, _key = self_signed("example.com")
    _body, other = self_signed("example.com")
    assert refused(acm.import_certificate, Certificate=body, PrivateKey=other)["Code"] == "ValidationException"
