# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificate templates. Source: Private CA guide, "AWS Private CA certificate templates" (UsingTemplates)."""

from __future__ import annotations

import base64
import ipaddress
from typing import Any

import pytest
from aws_session import refused
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from private_ca import TEMPLATES, csr, issued, named, wish
from sandbox.client import Sandbox

SERVER, CLIENT = ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH
CODE, OCSP = ExtendedKeyUsageOID.CODE_SIGNING, ExtendedKeyUsageOID.OCSP_SIGNING
EMAIL = ExtendedKeyUsageOID.EMAIL_PROTECTION
USAGES = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement")
USAGES += ("key_cert_sign", "crl_sign")
TLS = {"digital_signature", "key_encipherment"}
AUTHORITY = {"digital_signature", "key_cert_sign", "crl_sign"}
NAMES: list[x509.GeneralName] = [
    x509.DNSName("db.internal"),
    x509.IPAddress(ipaddress.ip_address("10.0.0.1")),
    x509.RFC822Name("ops@example.com"),
    x509.UniformResourceIdentifier("spiffe://example.com/db"),
]


def usage(*names: str) -> x509.KeyUsage:
    chosen = {name: name in names for name in USAGES}
    return x509.KeyUsage(**chosen, encipher_only=False, decipher_only=False)


ASKED: list[tuple[x509.ExtensionType, bool]] = [
    (usage("key_agreement"), True),
    (x509.ExtendedKeyUsage([EMAIL]), False),
    (x509.BasicConstraints(ca=True, path_length=None), True),
    (x509.OCSPNoCheck(), False),
]


def template(name: str) -> str:
    return f"{TEMPLATES}{name}/V1"


def extension(certificate: x509.Certificate, kind: Any) -> tuple[Any, bool]:
    """Value and whether it is critical; None when it is not there."""
    try:
        found = certificate.extensions.get_extension_for_class(kind)
    except x509.ExtensionNotFound:
        return None, False
    return found.value, found.critical


def key_usages(certificate: x509.Certificate) -> tuple[set[str], bool]:
    value, critical = extension(certificate, x509.KeyUsage)
    return ({name for name in USAGES if getattr(value, name)} if value else set()), critical


def extended(certificate: x509.Certificate) -> tuple[list[x509.ObjectIdentifier], bool]:
    value, critical = extension(certificate, x509.ExtendedKeyUsage)
    return (list(value) if value else []), critical


@pytest.mark.parametrize(
    ("name", "usages", "purposes", "critical"),
    [
        (None, TLS, [SERVER, CLIENT], False),
        ("EndEntityCertificate", TLS, [SERVER, CLIENT], False),
        ("EndEntityClientAuthCertificate", TLS, [CLIENT], False),
        ("EndEntityServerAuthCertificate", TLS, [SERVER], False),
        ("CodeSigningCertificate", {"digital_signature"}, [CODE], True),
        ("OCSPSigningCertificate", {"digital_signature"}, [OCSP], True),
        ("EndEntityCertificate_APIPassthrough", TLS, [SERVER, CLIENT], False),
        ("EndEntityServerAuthCertificate_CSRPassthrough", TLS, [SERVER], False),
        ("EndEntityClientAuthCertificate_APICSRPassthrough", TLS, [CLIENT], False),
    ],
)
def test_a_definition_wins_over_the_request(
    pca: Any, authority: str, name: str | None, usages: set[str], purposes: list[Any], critical: bool
) -> None:
    given = {"TemplateArn": template(name)} if name else {}
    certificate = issued(pca, authority, Csr=csr(sans=NAMES, extensions=ASKED), **given)
    assert key_usages(certificate) == (usages, True)
    assert extended(certificate) == (purposes, critical)
    constraints, is_critical = extension(certificate, x509.BasicConstraints)
    assert (constraints.ca, is_critical) == (False, False)
    assert list(extension(certificate, x509.SubjectAlternativeName)[0]) == NAMES
    assert certificate.subject == named("db.internal")
    # What no definition says comes from the CSR only where the template lets it in.
    assert (extension(certificate, x509.OCSPNoCheck)[0] is not None) == ("CSRPassthrough" in (name or ""))


@pytest.mark.parametrize("variety", ["CSRPassthrough", "APICSRPassthrough"])
def test_a_blank_template_takes_usages_from_the_csr(pca: Any, authority: str, variety: str) -> None:
    arn = template(f"BlankEndEntityCertificate_{variety}")
    certificate = issued(pca, authority, Csr=csr(sans=NAMES, extensions=ASKED), TemplateArn=arn)
    assert key_usages(certificate) == ({"key_agreement"}, True)
    assert extended(certificate) == ([EMAIL], False)
    constraints, critical = extension(certificate, x509.BasicConstraints)
    assert (constraints.ca, critical) == (False, False)
    assert list(extension(certificate, x509.SubjectAlternativeName)[0]) == NAMES


def test_a_blank_template_without_the_csr_has_no_usages(pca: Any, authority: str) -> None:
    arn = template("BlankEndEntityCertificate_APIPassthrough")
    certificate = issued(pca, authority, Csr=csr(extensions=ASKED), TemplateArn=arn)
    assert (key_usages(certificate)[0], extended(certificate)[0]) == (set(), [])


def test_critical_basic_constraints_are_a_template_of_their_own(pca: Any, authority: str) -> None:
    arn = template("BlankEndEntityCertificate_CriticalBasicConstraints_APICSRPassthrough")
    assert extension(issued(pca, authority, TemplateArn=arn), x509.BasicConstraints)[1] is True


API = {
    "Subject": {"CommonName": "from the API", "Organization": "Corp"},
    "Extensions": {
        "KeyUsage": {"DigitalSignature": True},
        "ExtendedKeyUsage": [
            {"ExtendedKeyUsageType": "CLIENT_AUTH"},
            {"ExtendedKeyUsageObjectIdentifier": "1.2.3.4"},
        ],
        "SubjectAlternativeNames": [
            {"DnsName": "api.internal"},
            {"IpAddress": "10.0.0.2"},
            {"Rfc822Name": "api@example.com"},
            {"UniformResourceIdentifier": "spiffe://example.com/api"},
        ],
        "CertificatePolicies": [{"CertPolicyId": "1.2.3.4.5"}],
        "CustomExtensions": [
            {"ObjectIdentifier": "1.2.3.4.6", "Value": base64.b64encode(b"\x05\x00").decode(), "Critical": False}
        ],
    },
}


def test_the_api_comes_before_the_csr(pca: Any, authority: str) -> None:
    arn = template("BlankEndEntityCertificate_APICSRPassthrough")
    request = csr(sans=NAMES, extensions=ASKED)
    certificate = issued(pca, authority, Csr=request, TemplateArn=arn, ApiPassthrough=API)
    assert certificate.subject.rfc4514_string() == "CN=from the API,O=Corp"
    assert key_usages(certificate)[0] == {"digital_signature"}
    assert extended(certificate)[0] == [CLIENT, x509.ObjectIdentifier("1.2.3.4")]
    assert [str(each.value) for each in extension(certificate, x509.SubjectAlternativeName)[0]] == [
        "api.internal",
        "10.0.0.2",
        "api@example.com",
        "spiffe://example.com/api",
    ]
    (policy,) = extension(certificate, x509.CertificatePolicies)[0]
    assert policy.policy_identifier.dotted_string == "1.2.3.4.5"
    assert certificate.extensions.get_extension_for_oid(x509.ObjectIdentifier("1.2.3.4.6")).critical is False
    assert extension(certificate, x509.OCSPNoCheck)[0] is not None


def test_the_api_is_ignored_by_other_templates(pca: Any, authority: str) -> None:
    """ "An APIPassthrough or APICSRPassthrough template variant must be selected, or else this [...] is ignored"."""
    certificate = issued(pca, authority, ApiPassthrough=API)
    assert certificate.subject == named("db.internal")
    names = extension(certificate, x509.SubjectAlternativeName)[0]
    assert names.get_values_for_type(x509.DNSName) == ["db.internal"]


@pytest.mark.parametrize("length", [0, 1, 2, 3])
def test_subordinate_templates_limit_the_depth(pca: Any, authority: str, length: int) -> None:
    arn = template(f"SubordinateCACertificate_PathLen{length}")
    certificate = issued(pca, authority, TemplateArn=arn)
    constraints, critical = extension(certificate, x509.BasicConstraints)
    assert (constraints.ca, constraints.path_length, critical) == (True, length, True)
    assert key_usages(certificate) == (AUTHORITY, True)
    blank = issued(
        pca, authority, TemplateArn=template(f"BlankSubordinateCACertificate_PathLen{length}_APIPassthrough")
    )
    assert extension(blank, x509.BasicConstraints)[0] == constraints
    assert key_usages(blank)[0] == set()


def test_no_ca_is_deeper_than_those_above_it_allow(sandbox: Sandbox, pca: Any) -> None:
    """ "The CA depth configured on a subordinate CA certificate must not exceed the limit set by its parents"."""
    lowest = sandbox.certificate_authority(subordinate=True)
    given = wish(lowest, TemplateArn=template("SubordinateCACertificate_PathLen0"))
    assert refused(pca.issue_certificate, **given)["Code"] == "ValidationException"


@pytest.mark.parametrize(
    "arn",
    [
        template("Nothing"),
        template("BlankEndEntityCertificate"),
        template("EndEntityCertificate_PathLen0"),
        template("SubordinateCACertificate"),
        template("SubordinateCACertificate_PathLen4"),
        template("RootCACertificate_CSRPassthrough"),
        template("BlankCodeSigningCertificate_APIPassthrough"),
        "arn:aws:acm-pca:::template/EndEntityCertificate",
        "arn:aws:acm-pca:::template/EndEntityCertificate/V2",
        "arn:aws-us-gov:acm-pca:::template/EndEntityCertificate/V1",
    ],
)
def test_other_templates_do_not_exist(pca: Any, authority: str, arn: str) -> None:
    assert refused(pca.issue_certificate, **wish(authority, TemplateArn=arn))["Code"] == "InvalidArgsException"


def test_a_region_of_another_partition_has_its_own_templates(sandbox: Sandbox, pca: Any) -> None:
    arn = sandbox.certificate_authority(region="us-gov-west-1")
    assert arn.startswith("arn:aws-us-gov:")
    there = sandbox.boto("acm-pca", region="us-gov-west-1")
    issued(there, arn, TemplateArn="arn:aws-us-gov:acm-pca:::template/EndEntityClientAuthCertificate/V1")
    given = wish(arn, TemplateArn=template("EndEntityClientAuthCertificate"))
    assert refused(there.issue_certificate, **given)["Code"] == "InvalidArgsException"


def test_the_root_template_is_for_a_roots_own_request(pca: Any, authority: str) -> None:
    given = wish(authority, TemplateArn=template("RootCACertificate"))
    assert refused(pca.issue_certificate, **given)["Code"] == "InvalidArgsException"


def test_identifiers_lead_to_the_ca(pca: Any, authority: str) -> None:
    certificate = issued(pca, authority)
    body = pca.get_certificate_authority_certificate(CertificateAuthorityArn=authority)["Certificate"]
    issuer = x509.load_pem_x509_certificate(body.encode())
    own = extension(issuer, x509.SubjectKeyIdentifier)[0].digest
    assert extension(certificate, x509.AuthorityKeyIdentifier)[0].key_identifier == own


def test_where_revocation_is_asked_for_is_the_cas_configuration(sandbox: Sandbox, pca: Any, authority: str) -> None:
    """ "CRL distribution points are included in the template only if the CA is configured with CRL generation"."""
    assert extension(issued(pca, authority), x509.CRLDistributionPoints)[0] is None
    both = {
        "CrlConfiguration": {"Enabled": True, "S3BucketName": "crls", "ExpirationInDays": 7},
        "OcspConfiguration": {"Enabled": True},
    }
    pca.update_certificate_authority(CertificateAuthorityArn=authority, RevocationConfiguration=both)
    certificate = issued(pca, authority)
    (point,) = extension(certificate, x509.CRLDistributionPoints)[0]
    name = authority.rpartition("/")[2]
    assert point.full_name[0].value == f"http://crls.s3.eu-west-1.amazonaws.com/crl/{name}.crl"
    (access,) = extension(certificate, x509.AuthorityInformationAccess)[0]
    assert access.access_location.value == "http://ocsp.acm-pca.eu-west-1.amazonaws.com"
    both["CrlConfiguration"] |= {"CustomCname": "crl.example.com", "CustomPath": "lists"}
    pca.update_certificate_authority(CertificateAuthorityArn=authority, RevocationConfiguration=both)
    (point,) = extension(issued(pca, authority), x509.CRLDistributionPoints)[0]
    assert point.full_name[0].value == f"http://crl.example.com/lists/{name}.crl"
    both["CrlConfiguration"] |= {"CrlDistributionPointExtensionConfiguration": {"OmitExtension": True}}
    pca.update_certificate_authority(CertificateAuthorityArn=authority, RevocationConfiguration=both)
    assert extension(issued(pca, authority), x509.CRLDistributionPoints)[0] is None
