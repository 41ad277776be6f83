# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificates that ACM has a private CA sign. Sources: API model of ACM; ACM guide, "Private certificates"."""

from __future__ import annotations

from typing import Any

import pytest
from aws_session import ACCOUNT, OTHER, described
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from sandbox.client import Sandbox

USER = "arn:aws:elasticloadbalancing:eu-west-1:111111111111:loadbalancer/app/web/1"
UNKNOWN = "arn:aws:acm-pca:eu-west-1:111111111111:certificate-authority/12345678-1234-1234-1234-123456789012"


def request(acm: Any, authority: str, **more: Any) -> str:
    given = {"DomainName": "db.internal", "SubjectAlternativeNames": ["cache.internal"], **more}
    return str(acm.request_certificate(CertificateAuthorityArn=authority, **given)["CertificateArn"])


def outcome(acm: Any, arn: str) -> tuple[str, str | None]:
    detail = described(acm, arn)
    return detail["Status"], detail.get("FailureReason")


@pytest.mark.parametrize("subordinate", [False, True])
def test_the_ca_signs_it(sandbox: Sandbox, acm: Any, subordinate: bool) -> None:
    authority = sandbox.certificate_authority(key_algorithm="RSA_2048", subordinate=subordinate)
    arn = request(acm, authority)
    assert outcome(acm, arn) == ("ISSUED", None)
    got = acm.get_certificate(CertificateArn=arn)
    certificate = x509.load_pem_x509_certificate(got["Certificate"].encode())
    chain = x509.load_pem_x509_certificates(got["CertificateChain"].encode())
    assert len(chain) == 2 if subordinate else 1
    for lower, upper in zip([certificate, *chain], chain, strict=False):
        lower.verify_directly_issued_by(upper)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["db.internal", "cache.internal"]
    usages = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usages) == [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
    detail = described(acm, arn)
    assert int(detail["Serial"].replace(":", ""), 16) == certificate.serial_number
    assert detail["NotAfter"] == certificate.not_valid_after_utc
    shown = [usage["Name"] for usage in detail["ExtendedKeyUsages"]]
    assert shown == ["TLS_WEB_SERVER_AUTHENTICATION", "TLS_WEB_CLIENT_AUTHENTICATION"]


@pytest.mark.parametrize("status", ["PENDING_CERTIFICATE", "DISABLED", "EXPIRED", "DELETED"])
def test_a_ca_that_is_not_active_fails_it(sandbox: Sandbox, acm: Any, status: str) -> None:
    """terraform-provider-aws#31132."""
    authority = sandbox.certificate_authority(key_algorithm="RSA_2048")
    sandbox.change_certificate_authority(authority, status=status)
    assert outcome(acm, request(acm, authority)) == ("FAILED", "PCA_INVALID_STATE")


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"days": 394}, "PCA_INVALID_DURATION"),
        ({"usage_mode": "SHORT_LIVED_CERTIFICATE"}, "PCA_INVALID_DURATION"),
        ({"account": OTHER}, "PCA_ACCESS_DENIED"),
        ({"key_algorithm": "EC_prime256v1"}, "PCA_INVALID_ARGS"),
        ({"region": "us-east-1"}, "PCA_INVALID_ARN"),
    ],
)
def test_a_ca_that_does_not_fit_fails_it(sandbox: Sandbox, acm: Any, options: dict[str, Any], reason: str) -> None:
    authority = sandbox.certificate_authority(**{"key_algorithm": "RSA_2048", **options})
    assert outcome(acm, request(acm, authority)) == ("FAILED", reason)


def test_a_ca_that_is_not_there_fails_it(acm: Any) -> None:
    assert outcome(acm, request(acm, UNKNOWN)) == ("FAILED", "PCA_RESOURCE_NOT_FOUND")


def test_an_ec_key_needs_an_ec_ca(sandbox: Sandbox, acm: Any) -> None:
    authority = sandbox.certificate_authority()
    assert outcome(acm, request(acm, authority, KeyAlgorithm="EC_prime256v1")) == ("ISSUED", None)


def test_a_ca_shared_with_the_account_signs(sandbox: Sandbox, acm: Any) -> None:
    options = {"account": OTHER, "key_algorithm": "RSA_2048"}
    authority = sandbox.certificate_authority(shared_with=[ACCOUNT], **options)
    arn = request(acm, authority)
    assert outcome(acm, arn) == ("ISSUED", None)
    sandbox.certificate(arn, in_use_by=[USER])
    assert described(acm, arn)["RenewalEligibility"] == "ELIGIBLE"


def test_it_is_renewed_only_with_the_cas_permission(sandbox: Sandbox, acm: Any) -> None:
    """API model, CreatePermission: "For automatic certificate renewal to succeed, the ACM service principal needs
    permissions to create, retrieve, and list certificates"."""
    authority, pca = sandbox.certificate_authority(key_algorithm="RSA_2048"), sandbox.boto("acm-pca")
    arn = request(acm, authority)
    sandbox.certificate(arn, in_use_by=[USER])
    assert described(acm, arn)["RenewalEligibility"] == "INELIGIBLE"
    one = {"CertificateAuthorityArn": authority, "Principal": "acm.amazonaws.com"}
    pca.create_permission(**one, Actions=["IssueCertificate", "GetCertificate"])
    assert described(acm, arn)["RenewalEligibility"] == "INELIGIBLE"
    pca.delete_permission(**one)
    pca.create_permission(**one, Actions=["IssueCertificate", "GetCertificate", "ListPermissions"])
    assert described(acm, arn)["RenewalEligibility"] == "ELIGIBLE"


def test_the_ca_can_revoke_it(sandbox: Sandbox, acm: Any) -> None:
    authority = sandbox.certificate_authority(key_algorithm="RSA_2048", crl_bucket="crls")
    detail = described(acm, request(acm, authority))
    sandbox.boto("acm-pca").revoke_certificate(
        CertificateAuthorityArn=authority, CertificateSerial=detail["Serial"], RevocationReason="KEY_COMPROMISE"
    )
    (entry,) = x509.load_pem_x509_crl((sandbox.crl(authority) or "").encode())
    assert entry.serial_number == int(detail["Serial"].replace(":", ""), 16)
