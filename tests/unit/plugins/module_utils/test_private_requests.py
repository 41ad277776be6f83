# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import dataclasses
import datetime
from datetime import timedelta
from typing import Any

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils import _private_authorities as authorities
from ansible_collections.tlsops.certificates.plugins.module_utils import _private_options as options
from ansible_collections.tlsops.certificates.plugins.module_utils import _private_requests as requests
from ansible_collections.tlsops.certificates.plugins.module_utils import _x509 as x509
from ansible_collections.tlsops.certificates.plugins.module_utils._errors import InvalidInput
from ansible_collections.tlsops.certificates.plugins.module_utils._kept_certificates import Request
from ansible_collections.tlsops.certificates.plugins.module_utils._private_authorities import Authority
from ansible_collections.tlsops.certificates.plugins.module_utils._subject_names import SubjectNames

NOW = datetime.datetime(2026, 3, 2, tzinfo=datetime.timezone.utc)
ARN = "arn:aws:acm-pca:eu-west-1:111111111111:certificate-authority/11111111-2222"
CA = Authority(ARN, "ACTIVE", "ROOT", "EC_prime256v1", "SHA256WITHECDSA", not_after=NOW + timedelta(days=365))
CSR = x509.build_csr(x509.generate_key("EC_prime256v1"), SubjectNames((("CN", "web"),)), {"client_auth"})


def request(**changes: Any) -> Request:
    made: dict[str, Any] = {"csr": CSR, "issuer": ARN, "requested_at": NOW, "not_after": NOW + timedelta(days=30)}
    return Request(**{**made, **changes})


@pytest.mark.parametrize(
    ("arn", "usages", "ca", "template"),
    [
        (ARN, None, False, "aws:acm-pca:::template/EndEntityCertificate/V1"),
        (ARN, {"server_auth", "client_auth"}, False, "aws:acm-pca:::template/EndEntityCertificate/V1"),
        (ARN, {"client_auth"}, False, "aws:acm-pca:::template/EndEntityClientAuthCertificate/V1"),
        (ARN, {"server_auth"}, False, "aws:acm-pca:::template/EndEntityServerAuthCertificate/V1"),
        (ARN, {"code_signing"}, False, "aws:acm-pca:::template/CodeSigningCertificate/V1"),
        (ARN, {"ocsp_signing"}, False, "aws:acm-pca:::template/OCSPSigningCertificate/V1"),
        (ARN, {"email_protection"}, False, "aws:acm-pca:::template/BlankEndEntityCertificate_APICSRPassthrough/V1"),
        (ARN, set(), False, "aws:acm-pca:::template/BlankEndEntityCertificate_APICSRPassthrough/V1"),
        (
            ARN,
            {"client_auth", "digital_signature"},
            False,
            "aws:acm-pca:::template/BlankEndEntityCertificate_APICSRPassthrough/V1",
        ),
        (ARN, {"client_auth"}, True, "aws:acm-pca:::template/SubordinateCACertificate_PathLen0/V1"),
        (
            ARN.replace("arn:aws:", "arn:aws-us-gov:"),
            None,
            False,
            "aws-us-gov:acm-pca:::template/EndEntityCertificate/V1",
        ),
        (ARN.replace("arn:aws:", "arn:aws-cn:"), None, False, "aws-cn:acm-pca:::template/EndEntityCertificate/V1"),
    ],
)
def test_the_template_for_usages(arn: str, usages: set[str] | None, ca: bool, template: str) -> None:
    assert requests.template_arn(arn, None, usages, ca) == f"arn:{template}"


def test_a_named_template_counts() -> None:
    named = "arn:aws:acm-pca:::template/Own/V1"
    assert requests.template_arn(ARN, "Own/V1", {"client_auth"}, True) == named
    assert requests.template_arn(ARN, "Own", None, False) == named
    assert requests.template_arn(ARN, named, None, False) == named


@pytest.mark.parametrize(
    ("template", "usages", "good"),
    [
        (None, ["client_auth"], True),
        ("EndEntityCertificate/V1", None, True),
        ("EndEntityCertificate/V1", ["client_auth", "server_auth"], True),
        ("EndEntityCertificate_APIPassthrough/V1", ["client_auth"], False),
        ("arn:aws:acm-pca:::template/CodeSigningCertificate/V1", ["client_auth"], False),
        ("BlankEndEntityCertificate_CSRPassthrough/V1", ["client_auth"], True),
        ("EndEntity Certificate", None, False),
        ("arn:aws:acm-pca:eu-west-1:1:template/x", None, False),
    ],
)
def test_a_template_that_can_t_give_what_is_asked_for(
    template: str | None, usages: list[str] | None, good: bool
) -> None:
    assert (requests.template_faults(template, usages) == []) is good


def test_what_aws_is_asked_for() -> None:
    asked = requests.issue_parameters(request(usages=("client_auth",)), CA, ca=False)
    token = asked.pop("IdempotencyToken")
    assert len(token) == 36
    assert token.isalnum()
    assert asked == {
        "CertificateAuthorityArn": ARN,
        "Csr": CSR.encode(),
        "SigningAlgorithm": "SHA256WITHECDSA",
        "TemplateArn": "arn:aws:acm-pca:::template/EndEntityClientAuthCertificate/V1",
        "Validity": {"Type": "ABSOLUTE", "Value": int((NOW + timedelta(days=30)).timestamp())},
    }


def test_the_token_is_the_same_for_the_same_request_and_no_other() -> None:
    def token(made: Request, authority: Authority = CA) -> str:
        return str(requests.issue_parameters(made, authority, ca=False)["IdempotencyToken"])

    again = request(requested_at=NOW + timedelta(minutes=4))
    assert token(request()) == token(again)
    others = [
        token(request(not_after=NOW + timedelta(days=31))),
        token(request(csr=x509.build_csr(x509.generate_key("EC_prime256v1"), SubjectNames((("CN", "web"),)), ()))),
        token(request(usages=("client_auth",))),
        token(request(), dataclasses.replace(CA, arn=ARN + "3")),
    ]
    assert len({token(request()), *others}) == 5


@pytest.mark.parametrize(
    ("usages", "template", "passed"),
    [
        (("client_auth",), "BlankEndEntityCertificate_APICSRPassthrough/V1", None),
        (("client_auth",), "BlankEndEntityCertificate_CSRPassthrough/V1", None),
        (("client_auth",), "BlankEndEntityCertificate_APIPassthrough/V1", [{"ExtendedKeyUsageType": "CLIENT_AUTH"}]),
        (("email_protection", "1.2.3"), None, [
            {"ExtendedKeyUsageObjectIdentifier": "1.2.3"},
            {"ExtendedKeyUsageType": "EMAIL_PROTECTION"},
        ]),
        (None, "BlankEndEntityCertificate_APIPassthrough/V1", None),
    ],
)  # fmt: skip
def test_usages_that_the_csr_doesn_t_ask_for_are_passed(
    usages: tuple[str, ...] | None, template: str | None, passed: list[dict[str, str]] | None
) -> None:
    asked = requests.issue_parameters(request(usages=usages, template=template), CA, ca=False)
    found = asked.get("ApiPassthrough", {}).get("Extensions", {})
    assert found.get("ExtendedKeyUsage") == passed
    assert ("KeyUsage" in found) == (passed is not None)


@pytest.mark.parametrize(
    ("serial", "sent"), [("abc", "0a:bc"), ("AB:CD", "ab:cd"), ("0", "00"), ("0102030405", "01:02:03:04:05")]
)
def test_a_serial_number_as_aws_shows_it(serial: str, sent: str) -> None:
    assert requests.serial_as_sent(serial) == sent


@pytest.mark.parametrize(
    "status", ["CREATING", "PENDING_CERTIFICATE", "DISABLED", "EXPIRED", "FAILED", "DELETED", "SOMETHING_NEW"]
)
def test_only_an_active_ca_signs(status: str) -> None:
    problem = authorities.status_problem(dataclasses.replace(CA, status=status, failure_reason="OTHER"))
    assert problem
    assert status in problem
    assert "OTHER" in problem
    assert authorities.acm_problem(dataclasses.replace(CA, status=status), "RSA_2048")
    assert authorities.status_problem(CA) is None


@pytest.mark.parametrize(
    ("changes", "days", "part"),
    [
        ({}, 365, None),
        ({}, 365.01, "only until"),
        ({}, 0, "has passed"),
        ({"not_after": None}, 4000, None),
        ({"usage_mode": "SHORT_LIVED_CERTIFICATE"}, 7, None),
        ({"usage_mode": "SHORT_LIVED_CERTIFICATE"}, 7.01, "7d is the most"),
    ],
)
def test_how_long_a_ca_signs_for(changes: dict[str, Any], days: float, part: str | None) -> None:
    found = authorities.validity_problem(dataclasses.replace(CA, **changes), NOW + timedelta(days=days), NOW)
    assert (found is None) if part is None else (part in str(found))


def test_what_is_wrong_with_a_ca() -> None:
    granted = [{"Principal": "acm.amazonaws.com", "Actions": ["IssueCertificate", "GetCertificate"]}]
    ending = dataclasses.replace(CA, not_before=NOW - timedelta(days=3650), crl={"Enabled": True, "S3BucketName": "b"})
    found = authorities.authority_problems(ending, granted, 2.0, NOW + timedelta(days=1))
    assert len(found) == 3
    assert "ends at" in found[0]
    assert "it may not ListPermissions" in found[1]
    assert "bucket b" in found[2]
    full = [{"Principal": "acm.amazonaws.com", "Actions": list(authorities.ACM_ACTIONS)}]
    healthy = dataclasses.replace(CA, ocsp={"Enabled": True})
    assert authorities.authority_problems(healthy, full, 0, NOW) == []
    assert authorities.authority_problems(healthy, None, None, NOW) == []
    assert "neither a revocation list nor OCSP" in authorities.authority_problems(CA, full, 0, NOW)[0]
    assert authorities.lacking_permissions([{"Principal": "other", "Actions": ["IssueCertificate"]}])


def entry(**given: Any) -> dict[str, Any]:
    defaults = {key: spec.get("default") for key, spec in options.PRIVATE_ARGUMENTS.items()}
    return {**defaults, "certificate_authority_arn": ARN, **given}


def test_options() -> None:
    made = options.private_certificate(entry(directory="/etc/web", common_name="web"))
    assert (made.issuer, made.label, made.csr) == (ARN, "web", None)
    arn = f"{ARN}/certificate/ab12"
    given = options.private_certificate(entry(csr_content=CSR, certificate_arn=arn, not_after="2027-01-31T12:00:00Z"))
    assert (given.certificate_arn, str(given.not_after)) == (arn, "2027-01-31 12:00:00+00:00")
    assert given.wanted_usages == {"client_auth"}


@pytest.mark.parametrize(
    ("given", "part"),
    [
        ({"common_name": "web"}, "say where key and certificate are kept"),
        ({"directory": "/d", "common_name": "web", "key_algorithm": "ED25519"}, "RSA and EC keys only"),
        ({"csr_content": CSR, "csr_path": "/x"}, "exclude each other"),
        ({"csr_path": "/there/is/none"}, "no such file"),
        ({"csr_path": "/etc"}, "directory"),
        ({"csr_content": "x"}, "isn't a certificate signing request"),
        ({"csr_content": CSR, "common_name": "web"}, "leave out the subject"),
        ({"csr_content": CSR, "certificate_arn": "arn:aws:acm-pca:x"}, "isn't that of a certificate"),
        ({"csr_content": CSR, "not_after": "tomorrow"}, "isn't a time"),
        ({"csr_content": CSR, "certificate_authority_arn": "ca"}, "isn't the ARN of a private CA"),
        ({"csr_content": CSR, "template": "a b"}, "neither a template's name"),
    ],
)
def test_options_that_can_t_be(given: dict[str, Any], part: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        options.private_certificates([entry(**given)])
    [fault] = caught.value.faults
    assert part in fault


@pytest.mark.parametrize(
    ("given", "faults"),
    [
        ({}, 1),
        ({"directory": "/d", "serial_number": "ab", "certificate_authority_arn": ARN}, 1),
        ({"serial_number": "ab"}, 1),
        ({"serial_number": "xy"}, 2),
        ({"certificate_arn": "x"}, 1),
        ({"certificate_arn": f"{ARN}/certificate/ab", "certificate_authority_arn": ARN + "9"}, 1),
    ],
)
def test_certificates_to_revoke_that_can_t_be(given: dict[str, Any], faults: int) -> None:
    with pytest.raises(InvalidInput) as caught:
        options.unwanted_certificate({"revocation_reason": "UNSPECIFIED", **given})
    assert len(caught.value.faults) == faults


def test_a_certificate_to_revoke() -> None:
    found = options.unwanted_certificate(
        {"revocation_reason": "SUPERSEDED", "certificate_arn": f"{ARN}/certificate/ab"}
    )
    assert (found.authority_arn, found.reason) == (ARN, "SUPERSEDED")
