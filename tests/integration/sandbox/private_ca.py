# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of private CAs say again and again: CSRs, and calls with what they always need."""

from __future__ import annotations

import functools
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = 86400
TEMPLATES = "arn:aws:acm-pca:::template/"


@functools.cache
def a_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)] if name else [])


def csr(
    name: str = "db.internal",
    sans: list[x509.GeneralName] | None = None,
    extensions: list[tuple[x509.ExtensionType, bool]] | None = None,
    key: Any = None,
) -> bytes:
    """A request in PEM; the common name is its only alternative name unless others are given."""
    names = [x509.DNSName(name)] if sans is None else sans
    builder = x509.CertificateSigningRequestBuilder().subject_name(named(name))
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    for extension, critical in extensions or []:
        builder = builder.add_extension(extension, critical)
    return builder.sign(key or a_key(), hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def wish(authority: str, **changes: Any) -> dict[str, Any]:
    """The parameters of IssueCertificate for 30 days."""
    validity = {"Type": "DAYS", "Value": 30}
    given = {"Csr": csr(), "SigningAlgorithm": "SHA256WITHECDSA", "Validity": validity}
    return {"CertificateAuthorityArn": authority, **given, **changes}


def issue(pca: Any, authority: str, **changes: Any) -> str:
    return str(pca.issue_certificate(**wish(authority, **changes))["CertificateArn"])


def fetch(pca: Any, arn: str) -> tuple[x509.Certificate, str]:
    """The certificate of that ARN, and its chain in PEM."""
    got = pca.get_certificate(CertificateAuthorityArn=arn.partition("/certificate/")[0], CertificateArn=arn)
    return x509.load_pem_x509_certificate(got["Certificate"].encode()), got.get("CertificateChain", "")


def issued(pca: Any, authority: str, **changes: Any) -> x509.Certificate:
    return fetch(pca, issue(pca, authority, **changes))[0]


def authority_of(pca: Any, arn: str) -> dict[str, Any]:
    found: dict[str, Any] = pca.describe_certificate_authority(CertificateAuthorityArn=arn)["CertificateAuthority"]
    return found
