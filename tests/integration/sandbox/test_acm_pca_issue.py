# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""IssueCertificate and GetCertificate: states, tokens, validity, CSRs. Source: API model of acm-pca."""

from __future__ import annotations

import os
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from aws_session import OTHER, refused
from botocore.config import Config
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from private_ca import DAY, TEMPLATES, a_key, authority_of, csr, fetch, issue, issued, named, wish
from sandbox.client import Sandbox


def moment(sandbox: Sandbox) -> datetime:
    return datetime.fromtimestamp(int(sandbox.now()), tz=timezone.utc)


def near(one: datetime, other: datetime) -> bool:
    return abs((one - other).total_seconds()) < 5


def test_issuing_takes_a_moment(sandbox: Sandbox, pca: Any, authority: str) -> None:
    sandbox.configure(private_issue_delay=100)
    arn = issue(pca, authority)
    given = {"CertificateAuthorityArn": authority, "CertificateArn": arn}
    assert refused(pca.get_certificate, **given)["Code"] == "RequestInProgressException"
    sandbox.advance(101)
    certificate, chain = fetch(pca, arn)
    root = x509.load_pem_x509_certificate(chain.encode())
    certificate.verify_directly_issued_by(root)
    assert arn == f"{authority}/certificate/{certificate.serial_number:032x}"


def test_a_token_gives_one_certificate_in_five_minutes_whatever_else_is_asked(
    sandbox: Sandbox, pca: Any, authority: str
) -> None:
    """ "AWS Private CA recognizes that you are requesting only one certificate and will issue only one"."""
    first = issue(pca, authority, IdempotencyToken="t")
    sandbox.advance(295)
    assert issue(pca, authority, IdempotencyToken="t", Csr=csr("other.internal")) == first
    assert issue(pca, authority, IdempotencyToken="u") != first
    assert issue(pca, authority) != issue(pca, authority)
    sandbox.advance(6)
    assert issue(pca, authority, IdempotencyToken="t") != first


def test_a_token_is_good_for_one_ca(sandbox: Sandbox, pca: Any, authority: str) -> None:
    other = sandbox.certificate_authority(name="Other")
    assert len({issue(pca, arn, IdempotencyToken="t") for arn in (authority, other)}) == 2


@pytest.mark.parametrize("status", ["CREATING", "PENDING_CERTIFICATE", "DISABLED", "DELETED", "EXPIRED", "FAILED"])
def test_only_an_active_ca_issues(sandbox: Sandbox, pca: Any, authority: str, status: str) -> None:
    """The words: terraform-provider-aws#37592."""
    sandbox.configure(authority_create_delay=1000)
    sandbox.change_certificate_authority(authority, status=status)
    error = refused(pca.issue_certificate, **wish(authority))
    message = "The certificate authority is not in a valid state for issuing certificates"
    assert (error["Code"], error["Message"], error["Status"]) == ("InvalidStateException", message, 400)


def test_what_a_disabled_ca_issued_can_still_be_fetched(sandbox: Sandbox, pca: Any, authority: str) -> None:
    """ "You can retrieve the certificate if it is in the ISSUED, EXPIRED, or REVOKED state"."""
    arn = issue(pca, authority)
    pca.revoke_certificate(
        CertificateAuthorityArn=authority, CertificateSerial=arn[-32:], RevocationReason="UNSPECIFIED"
    )
    pca.update_certificate_authority(CertificateAuthorityArn=authority, Status="DISABLED")
    fetch(pca, arn)
    pca.delete_certificate_authority(CertificateAuthorityArn=authority)
    given = {"CertificateAuthorityArn": authority, "CertificateArn": arn}
    error = refused(pca.get_certificate, **given)
    assert (error["Code"], "not in the correct state" in error["Message"]) == ("InvalidStateException", True)


def test_the_certificate_is_one_of_that_ca(sandbox: Sandbox, pca: Any, authority: str) -> None:
    arn, other = issue(pca, authority), sandbox.certificate_authority(name="Other")
    given = {"CertificateAuthorityArn": other, "CertificateArn": arn}
    assert refused(pca.get_certificate, **given)["Code"] == "InvalidArnException"
    unknown = {"CertificateAuthorityArn": authority, "CertificateArn": f"{authority}/certificate/{'0' * 32}"}
    assert refused(pca.get_certificate, **unknown)["Code"] == "ResourceNotFoundException"


# --- Validity --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "value", "days"),
    [("DAYS", 1, (1, 1)), ("MONTHS", 1, (28, 31)), ("MONTHS", 13, (395, 397)), ("YEARS", 1, (365, 366))],
)
def test_spans_count_from_now(
    sandbox: Sandbox, pca: Any, authority: str, kind: str, value: int, days: tuple[int, int]
) -> None:
    certificate = issued(pca, authority, Validity={"Type": kind, "Value": value})
    now = moment(sandbox)
    span = round((certificate.not_valid_after_utc - now) / timedelta(days=1))
    assert days[0] <= span <= days[1]
    # "Not Before" is "the issuance time minus 60 minutes".
    assert near(certificate.not_valid_before_utc, now - timedelta(hours=1))


def test_points_in_time_are_taken_to_the_second(sandbox: Sandbox, pca: Any, authority: str) -> None:
    start, end = moment(sandbox) + timedelta(minutes=5), moment(sandbox) + timedelta(hours=7)
    absolute = {"Type": "ABSOLUTE", "Value": int(end.timestamp())}
    begins = {"Type": "ABSOLUTE", "Value": int(start.timestamp())}
    certificate = issued(pca, authority, Validity=absolute, ValidityNotBefore=begins)
    assert (certificate.not_valid_before_utc, certificate.not_valid_after_utc) == (start, end)
    for form in ("%Y%m%d%H%M%S", "%y%m%d%H%M%S"):
        dated = {"Type": "END_DATE", "Value": int(end.strftime(form))}
        assert issued(pca, authority, Validity=dated).not_valid_after_utc == end


def test_only_an_absolute_time_begins_a_validity(pca: Any, authority: str) -> None:
    error = refused(pca.issue_certificate, **wish(authority, ValidityNotBefore={"Type": "DAYS", "Value": 1}))
    assert error["Code"] == "ValidationException"


def test_no_certificate_outlives_its_ca(sandbox: Sandbox, pca: Any) -> None:
    """ "must not exceed the limit set on its parents in the CA hierarchy"."""
    arn = sandbox.certificate_authority(days=30)
    end = int(authority_of(pca, arn)["NotAfter"].timestamp())
    issue(pca, arn, Validity={"Type": "ABSOLUTE", "Value": end})
    error = refused(pca.issue_certificate, **wish(arn, Validity={"Type": "ABSOLUTE", "Value": end + 1}))
    message = "The certificate validity specified exceeds the certificate authority validity."
    assert (error["Code"], error["Message"]) == ("ValidationException", message)
    past = {"Type": "ABSOLUTE", "Value": int(sandbox.now()) - 1}
    assert refused(pca.issue_certificate, **wish(arn, Validity=past))["Code"] == "ValidationException"


def test_a_short_lived_ca_issues_for_seven_days_at_most(sandbox: Sandbox, pca: Any) -> None:
    """ "Short-lived certificate validity is limited to seven days"."""
    arn = sandbox.certificate_authority(usage_mode="SHORT_LIVED_CERTIFICATE")
    issue(pca, arn, Validity={"Type": "DAYS", "Value": 7})
    error = refused(pca.issue_certificate, **wish(arn, Validity={"Type": "DAYS", "Value": 8}))
    assert error["Code"] == "ValidationException"


# --- CSRs and algorithms ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("algorithm", "key_algorithm"),
    [("SHA256WITHRSA", "EC_prime256v1"), ("SHA256WITHECDSA", "RSA_2048"), ("SHA256WITHRSA_PSS", "EC_prime256v1")],
)
def test_the_signing_algorithm_is_of_the_cas_family(
    sandbox: Sandbox, pca: Any, algorithm: str, key_algorithm: str
) -> None:
    arn = sandbox.certificate_authority(key_algorithm=key_algorithm)
    assert refused(pca.issue_certificate, **wish(arn, SigningAlgorithm=algorithm))["Code"] == "InvalidArgsException"


@pytest.mark.parametrize("algorithm", ["SHA256WITHRSA", "SHA384WITHRSA", "SHA512WITHRSA", "SHA256WITHRSA_PSS"])
def test_the_signature_is_the_one_asked_for(sandbox: Sandbox, pca: Any, algorithm: str) -> None:
    arn = sandbox.certificate_authority(key_algorithm="RSA_2048")
    certificate = issued(pca, arn, SigningAlgorithm=algorithm)
    digest = certificate.signature_hash_algorithm
    assert digest is not None
    assert digest.name.upper() == algorithm[:6]
    assert ("PSS" in type(certificate.signature_algorithm_parameters).__name__) == algorithm.endswith("_PSS")


def weak(request: bytes) -> bytes:
    """The same request with a bit of its signature turned."""
    lines = request.decode().splitlines()
    lines[-2] = ("B" if lines[-2][0] == "A" else "A") + lines[-2][1:]
    return "\n".join(lines).encode()


@pytest.mark.parametrize(
    "request_of",
    [
        lambda: b"no request",
        lambda: csr()[:-60],
        lambda: csr().replace(b"CERTIFICATE REQUEST", b"CERTIFICATE"),
        lambda: weak(csr()),
        lambda: csr("", sans=[]),
        lambda: csr(key=rsa.generate_private_key(65537, 1024)),
        lambda: csr(key=ec.generate_private_key(ec.SECP224R1())),
    ],
    ids=["text", "cut", "certificate", "signature", "nobody", "short key", "curve"],
)
def test_a_bad_request_is_malformed(pca: Any, authority: str, request_of: Any) -> None:
    error = refused(pca.issue_certificate, **wish(authority, Csr=request_of()))
    assert (error["Code"], error["Status"]) == ("MalformedCSRException", 400)


def test_keys_of_other_kinds_are_not_supported(pca: Any, authority: str) -> None:
    key = ed25519.Ed25519PrivateKey.generate()
    request = x509.CertificateSigningRequestBuilder().subject_name(named("db.internal")).sign(key, None)
    pem = request.public_bytes(serialization.Encoding.PEM)
    assert refused(pca.issue_certificate, **wish(authority, Csr=pem))["Code"] == "MalformedCSRException"


def test_a_request_has_32768_bytes_at_most(sandbox: Sandbox, authority: str) -> None:
    unchecked = sandbox.boto("acm-pca", config=Config(parameter_validation=False, retries={"total_max_attempts": 1}))
    error = refused(unchecked.issue_certificate, **wish(authority, Csr=os.urandom(32769)))
    assert (error["Code"], "at 'csr'" in error["Message"]) == ("ValidationException", True)


def test_names_may_be_in_the_subject_or_in_the_alternative_names(pca: Any, authority: str) -> None:
    assert issued(pca, authority, Csr=csr("only.subject", sans=[])).subject.rfc4514_string() == "CN=only.subject"
    certificate = issued(pca, authority, Csr=csr("", sans=[x509.DNSName("only.san")]))
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["only.san"]
    assert certificate.public_key() == a_key().public_key()


# --- Who, and how many -----------------------------------------------------------------------------------------------


def test_another_account_needs_the_cas_policy_and_has_one_template_then(sandbox: Sandbox, pca: Any) -> None:
    """RAM's default permission: AWSRAMDefaultPermissionCertificateAuthority."""
    closed, shared = sandbox.certificate_authority(), sandbox.certificate_authority(shared_with=[OTHER])
    theirs = sandbox.boto("acm-pca", OTHER)
    error = refused(theirs.issue_certificate, **wish(closed))
    assert (error["Code"], "no resource-based policy" in error["Message"]) == ("AccessDeniedException", True)
    assert authority_of(theirs, shared)["Status"] == "ACTIVE"
    fetch(theirs, issue(theirs, shared))
    given = wish(shared, TemplateArn=f"{TEMPLATES}EndEntityClientAuthCertificate/V1")
    assert refused(theirs.issue_certificate, **given)["Code"] == "AccessDeniedException"
    serial = {"CertificateAuthorityArn": shared, "CertificateSerial": "01", "RevocationReason": "UNSPECIFIED"}
    assert refused(theirs.revoke_certificate, **serial)["Code"] == "AccessDeniedException"
    listed = theirs.list_certificate_authorities(ResourceOwner="OTHER_ACCOUNTS")["CertificateAuthorities"]
    assert [each["Arn"] for each in listed] == [shared]
    assert theirs.list_certificate_authorities()["CertificateAuthorities"] == []


def test_a_ca_has_a_quota_of_certificates(sandbox: Sandbox, pca: Any, authority: str) -> None:
    """PcaLimits: 1,000,000 with a complete CRL."""
    sandbox.configure(private_certificates_quota=1)
    first = issue(pca, authority, IdempotencyToken="t")
    assert refused(pca.issue_certificate, **wish(authority))["Code"] == "LimitExceededException"
    assert issue(pca, authority, IdempotencyToken="t") == first


def test_a_clock_past_its_end_makes_no_certificate_unfetchable(sandbox: Sandbox, pca: Any, authority: str) -> None:
    arn = issue(pca, authority, Validity={"Type": "DAYS", "Value": 1})
    sandbox.advance(2 * DAY)
    fetch(pca, arn)
