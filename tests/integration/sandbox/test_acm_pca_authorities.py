# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private CAs: how they are made, get their certificate, and end. Sources: API model of acm-pca; Private CA guide."""

from __future__ import annotations

from typing import Any

import pytest
from aws_session import ACCOUNT, OTHER, refused
from cryptography import x509
from private_ca import DAY, TEMPLATES, authority_of, csr, fetch, issue, wish
from sandbox.client import Sandbox

CONFIGURATION = {
    "KeyAlgorithm": "EC_prime256v1",
    "SigningAlgorithm": "SHA256WITHECDSA",
    "Subject": {"CommonName": "Corp Root", "Organization": "Corp", "Country": "DE"},
}


def create(pca: Any, kind: str = "ROOT", **changes: Any) -> str:
    given = {"CertificateAuthorityType": kind, "CertificateAuthorityConfiguration": CONFIGURATION, **changes}
    return str(pca.create_certificate_authority(**given)["CertificateAuthorityArn"])


def csr_of(pca: Any, arn: str) -> bytes:
    return bytes(pca.get_certificate_authority_csr(CertificateAuthorityArn=arn)["Csr"].encode())


def activate(pca: Any, arn: str, years: int = 10) -> None:
    """Sign a root's own request with itself and import that."""
    validity = {"Type": "YEARS", "Value": years}
    template = f"{TEMPLATES}RootCACertificate/V1"
    signed = issue(pca, arn, Csr=csr_of(pca, arn), TemplateArn=template, Validity=validity)
    certificate = pca.get_certificate(CertificateAuthorityArn=arn, CertificateArn=signed)
    assert "CertificateChain" not in certificate
    body = certificate["Certificate"].encode()
    pca.import_certificate_authority_certificate(CertificateAuthorityArn=arn, Certificate=body)


def test_a_ca_is_creating_then_pending_then_active(sandbox: Sandbox, pca: Any) -> None:
    sandbox.configure(authority_create_delay=100)
    arn = create(pca)
    assert arn.startswith(f"arn:aws:acm-pca:eu-west-1:{ACCOUNT}:certificate-authority/")
    assert authority_of(pca, arn)["Status"] == "CREATING"
    error = refused(pca.get_certificate_authority_csr, CertificateAuthorityArn=arn)
    assert error["Code"] == "RequestInProgressException"
    sandbox.advance(101)
    shown = authority_of(pca, arn)
    assert (shown["Status"], "NotAfter" in shown, "Serial" in shown) == ("PENDING_CERTIFICATE", False, False)
    activate(pca, arn)
    shown = authority_of(pca, arn)
    assert (shown["Status"], shown["Type"], shown["UsageMode"]) == ("ACTIVE", "ROOT", "GENERAL_PURPOSE")
    assert shown["CertificateAuthorityConfiguration"] == CONFIGURATION
    assert shown["OwnerAccount"] == ACCOUNT
    assert shown["KeyStorageSecurityStandard"] == "FIPS_140_2_LEVEL_3_OR_HIGHER"
    assert (shown["NotAfter"] - shown["CreatedAt"]).days > 3640
    got = pca.get_certificate_authority_certificate(CertificateAuthorityArn=arn)
    assert "CertificateChain" not in got
    certificate = x509.load_pem_x509_certificate(got["Certificate"].encode())
    certificate.verify_directly_issued_by(certificate)
    assert certificate.subject.rfc4514_string() == "CN=Corp Root,O=Corp,C=DE"


def test_a_subordinate_ca_gets_its_certificate_from_another(pca: Any, authority: str) -> None:
    arn = create(pca, "SUBORDINATE")
    template = f"{TEMPLATES}SubordinateCACertificate_PathLen0/V1"
    signed = issue(pca, authority, Csr=csr_of(pca, arn), TemplateArn=template)
    certificate, chain = fetch(pca, signed)
    given = {"CertificateAuthorityArn": arn, "Certificate": csr(), "CertificateChain": chain.encode()}
    refusal = refused(pca.import_certificate_authority_certificate, **given)
    assert refusal["Code"] == "MalformedCertificateException"
    body = pca.get_certificate(CertificateAuthorityArn=authority, CertificateArn=signed)["Certificate"].encode()
    pca.import_certificate_authority_certificate(**given | {"Certificate": body})
    assert authority_of(pca, arn)["Status"] == "ACTIVE"
    # The CA's own 30 days have begun, so 30 more would outlive it.
    leaf, its_chain = fetch(pca, issue(pca, arn, Validity={"Type": "DAYS", "Value": 29}))
    issuer, root = x509.load_pem_x509_certificates(its_chain.encode())
    leaf.verify_directly_issued_by(issuer)
    issuer.verify_directly_issued_by(root)
    assert issuer == certificate


@pytest.mark.parametrize(
    ("kind", "body", "chain", "code"),
    [
        ("ROOT", "other root", "", "CertificateMismatchException"),
        ("SUBORDINATE", "signed", "", "MalformedCertificateException"),
        ("SUBORDINATE", "signed", "wrong", "MalformedCertificateException"),
        ("ROOT", "signed", "right", "MalformedCertificateException"),
        ("SUBORDINATE", "leaf", "right", "MalformedCertificateException"),
    ],
)
def test_a_ca_takes_only_its_own_certificate_with_its_chain(
    sandbox: Sandbox, pca: Any, authority: str, kind: str, body: str, chain: str, code: str
) -> None:
    """API model, ImportCertificateAuthorityCertificate: the same key, self-signed for a root only, the whole chain."""
    arn, other = create(pca, kind), sandbox.certificate_authority(name="Another")
    template = "EndEntityCertificate/V1" if body == "leaf" else "SubordinateCACertificate_PathLen0/V1"
    signed = issue(pca, authority, Csr=csr_of(pca, arn), TemplateArn=TEMPLATES + template)
    root = pca.get_certificate_authority_certificate(CertificateAuthorityArn=authority)["Certificate"]
    alien = pca.get_certificate_authority_certificate(CertificateAuthorityArn=other)["Certificate"]
    own = pca.get_certificate(CertificateAuthorityArn=authority, CertificateArn=signed)["Certificate"]
    given = {"CertificateAuthorityArn": arn, "Certificate": (alien if body == "other root" else own).encode()}
    if chain:
        given["CertificateChain"] = (root if chain == "right" else alien).encode()
    assert refused(pca.import_certificate_authority_certificate, **given)["Code"] == code
    assert authority_of(pca, arn)["Status"] == "PENDING_CERTIFICATE"


@pytest.mark.parametrize(
    "algorithm", ["RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1"]
)
def test_a_ca_has_the_key_it_was_asked_for(sandbox: Sandbox, pca: Any, algorithm: str) -> None:
    arn = sandbox.certificate_authority(key_algorithm=algorithm)
    body = pca.get_certificate_authority_certificate(CertificateAuthorityArn=arn)["Certificate"].encode()
    key: Any = x509.load_pem_x509_certificate(body).public_key()
    size = {"EC_prime256v1": 256, "EC_secp384r1": 384, "EC_secp521r1": 521}.get(algorithm) or int(algorithm[4:])
    assert key.key_size == size


def test_the_signing_algorithm_is_of_the_keys_family(pca: Any) -> None:
    configuration = CONFIGURATION | {"SigningAlgorithm": "SHA256WITHRSA"}
    given = {"CertificateAuthorityType": "ROOT", "CertificateAuthorityConfiguration": configuration}
    assert refused(pca.create_certificate_authority, **given)["Code"] == "InvalidArgsException"


def test_a_token_makes_one_ca_in_five_minutes(sandbox: Sandbox, pca: Any) -> None:
    first = create(pca, IdempotencyToken="t")
    sandbox.advance(295)
    assert create(pca, IdempotencyToken="t") == first
    assert create(pca, IdempotencyToken="u") != first
    sandbox.advance(6)
    assert create(pca, IdempotencyToken="t") != first


def test_the_quota_of_cas_counts_those_that_can_be_restored(sandbox: Sandbox, pca: Any, authority: str) -> None:
    """PcaLimits: 200 per account and Region."""
    sandbox.configure(authorities_quota=1)
    assert refused(create, pca=pca)["Code"] == "LimitExceededException"
    create(sandbox.boto("acm-pca", OTHER))
    create(sandbox.boto("acm-pca", region="us-east-1"))
    pca.update_certificate_authority(CertificateAuthorityArn=authority, Status="DISABLED")
    pca.delete_certificate_authority(CertificateAuthorityArn=authority, PermanentDeletionTimeInDays=7)
    assert refused(create, pca=pca)["Code"] == "LimitExceededException"
    sandbox.advance(7 * DAY + 1)
    create(pca)


def test_only_active_and_disabled_cas_can_be_updated(pca: Any, authority: str) -> None:
    """The words: terraform-provider-aws, resource aws_acmpca_certificate_authority."""
    pca.update_certificate_authority(CertificateAuthorityArn=authority, Status="DISABLED")
    assert authority_of(pca, authority)["Status"] == "DISABLED"
    pca.update_certificate_authority(CertificateAuthorityArn=authority, Status="ACTIVE")
    assert authority_of(pca, authority)["Status"] == "ACTIVE"
    given = {"CertificateAuthorityArn": authority, "Status": "EXPIRED"}
    assert refused(pca.update_certificate_authority, **given)["Code"] == "InvalidArgsException"
    error = refused(pca.update_certificate_authority, CertificateAuthorityArn=create(pca), Status="ACTIVE")
    message = "The certificate authority must be in the ACTIVE or DISABLED state to be updated"
    assert (error["Code"], error["Message"]) == ("InvalidStateException", message)


def test_an_active_ca_is_disabled_before_it_is_deleted_and_can_be_restored(
    sandbox: Sandbox, pca: Any, authority: str
) -> None:
    """API model, DeleteCertificateAuthority and RestoreCertificateAuthority."""
    one = {"CertificateAuthorityArn": authority}
    assert refused(pca.delete_certificate_authority, **one)["Code"] == "InvalidStateException"
    assert refused(pca.restore_certificate_authority, **one)["Code"] == "InvalidStateException"
    pca.update_certificate_authority(**one, Status="DISABLED")
    pca.delete_certificate_authority(**one)
    shown = authority_of(pca, authority)
    assert (shown["Status"], (shown["RestorableUntil"] - shown["LastStateChangeAt"]).days) == ("DELETED", 30)
    assert refused(pca.get_certificate_authority_certificate, **one)["Code"] == "InvalidStateException"
    pca.restore_certificate_authority(**one)
    assert authority_of(pca, authority)["Status"] == "DISABLED"
    pca.delete_certificate_authority(**one, PermanentDeletionTimeInDays=7)
    sandbox.advance(7 * DAY + 1)
    assert refused(pca.restore_certificate_authority, **one)["Code"] == "ResourceNotFoundException"


def test_a_ca_expires_with_its_certificate(sandbox: Sandbox, pca: Any) -> None:
    arn = sandbox.certificate_authority(days=10)
    sandbox.advance(10 * DAY + 1)
    assert authority_of(pca, arn)["Status"] == "EXPIRED"
    assert refused(pca.issue_certificate, **wish(arn))["Code"] == "InvalidStateException"


def test_a_ca_is_known_in_its_own_region_only(sandbox: Sandbox, authority: str) -> None:
    elsewhere = sandbox.boto("acm-pca", region="us-east-1")
    error = refused(elsewhere.describe_certificate_authority, CertificateAuthorityArn=authority)
    assert error["Code"] == "ResourceNotFoundException"


@pytest.mark.parametrize(
    "arn", ["arn:aws:acm-pca:eu-west-1:111111111111:certificate/1", "arn:aws:acm:eu-west-1:111111111111:x/1"]
)
def test_what_is_no_ca_is_no_arn_of_one(pca: Any, arn: str) -> None:
    error = refused(pca.describe_certificate_authority, CertificateAuthorityArn=arn)
    assert error["Code"] in ("InvalidArnException", "ValidationException")


def test_cas_are_listed_in_pages_of_their_owner(sandbox: Sandbox, pca: Any, authority: str) -> None:
    arns = {authority, *(sandbox.certificate_authority(name=f"CA {number}") for number in range(2))}
    sandbox.certificate_authority(account=OTHER)
    sandbox.certificate_authority(region="us-east-1")
    pages = list(pca.get_paginator("list_certificate_authorities").paginate(PaginationConfig={"PageSize": 2}))
    assert [len(page["CertificateAuthorities"]) for page in pages] == [2, 1]
    assert {each["Arn"] for page in pages for each in page["CertificateAuthorities"]} == arns
    error = refused(pca.list_certificate_authorities, NextToken="x")
    assert error["Code"] == "InvalidNextTokenException"


def test_a_crl_needs_a_bucket_that_lets_it_in(sandbox: Sandbox, pca: Any) -> None:
    """Guide, "Access policies for CRLs in Amazon S3"."""
    sandbox.configure(crl_buckets_refusing=["closed"])

    def with_crl(**crl: Any) -> dict[str, Any]:
        return {"RevocationConfiguration": {"CrlConfiguration": {"Enabled": True, "ExpirationInDays": 7, **crl}}}

    assert refused(create, pca=pca, **with_crl())["Code"] == "InvalidArgsException"
    error = refused(create, pca=pca, **with_crl(S3BucketName="closed"))
    assert "requires 's3:GetBucketAcl' permissions" in error["Message"]
    arn = create(pca, **with_crl(S3BucketName="open"))
    crl = authority_of(pca, arn)["RevocationConfiguration"]["CrlConfiguration"]
    assert (crl["S3ObjectAcl"], crl["CrlType"]) == ("PUBLIC_READ", "COMPLETE")


def test_a_test_may_force_any_state(sandbox: Sandbox, pca: Any, authority: str) -> None:
    sandbox.change_certificate_authority(authority, status="FAILED", failure_reason="REQUEST_TIMED_OUT")
    shown = authority_of(pca, authority)
    assert (shown["Status"], shown["FailureReason"]) == ("FAILED", "REQUEST_TIMED_OUT")
    assert sandbox.certificate_authorities()[0]["Issued"] == 0
