# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""AWS Private CA: what it refuses of authorities: certificates that do not fit, tags, principals, policies.

Sources: API model of acm-pca (ImportCertificateAuthorityCertificate, CreatePermission, Tag, CrlConfiguration).
"""

from __future__ import annotations

import itertools
import json
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature

from . import acm_pca_keys as keys
from . import acm_pca_passthrough as passthrough
from . import iam
from .acm_pca_store import Authority, Output
from .errors import AwsError

TAGS_PER_AUTHORITY = 50


def wrong_state(authority: Authority, purpose: str) -> AwsError:
    """The words: terraform-provider-aws#26968."""
    message = f"The certificate authority {authority.arn} is not in the correct state {purpose}"
    return AwsError("InvalidStateException", message)


def own_request(authority: Authority) -> x509.CertificateSigningRequest:
    """The CSR of the CA itself."""
    name = passthrough.subject(authority.configuration["Subject"])
    builder = x509.CertificateSigningRequestBuilder().subject_name(name)
    made: x509.CertificateSigningRequest = keys.signed(
        builder, authority.key, authority.configuration["SigningAlgorithm"]
    )
    return made


def imported(
    authority: Authority, body: bytes, chain: bytes, now: float
) -> tuple[x509.Certificate, list[x509.Certificate]]:
    """The CA's certificate and the chain above it, the root last; the chain does not hold the CA's own."""
    try:
        certificate = x509.load_pem_x509_certificate(body)
        above = x509.load_pem_x509_certificates(chain) if chain.strip() else []
    except ValueError as error:
        raise _malformed(f"it cannot be read: {error}") from error
    if keys.public_bytes(certificate.public_key()) != keys.public_bytes(authority.key.public_key()):
        message = (
            "The certificate authority certificate you are importing does not comply with conditions: another key."
        )
        raise AwsError("CertificateMismatchException", message)
    self_signed = certificate.subject == certificate.issuer
    if self_signed != (authority.type == "ROOT"):
        raise _malformed("only a self-signed certificate can be that of a root CA, and it can be no other's")
    if self_signed and above:
        raise _malformed("a root CA has no chain")
    _check_constraints(certificate)
    path = [certificate, *above] if above else [certificate, certificate]
    try:
        for lower, upper in itertools.pairwise(path):
            lower.verify_directly_issued_by(upper)
    except (ValueError, TypeError, InvalidSignature) as error:
        raise _malformed("it is not signed by its chain") from error
    if certificate.not_valid_after_utc.timestamp() <= now:
        raise _malformed("it has expired")
    return certificate, above


def _check_constraints(certificate: x509.Certificate) -> None:
    """ "Basic constraints (must be marked critical)" (API model)."""
    try:
        found = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    except x509.ExtensionNotFound:
        raise _malformed("it has no basic constraints") from None
    if not found.critical or not found.value.ca:
        raise _malformed("its basic constraints are not critical, or not those of a CA")


def _malformed(why: str) -> AwsError:
    return AwsError("MalformedCertificateException", f"The certificate authority certificate is not valid: {why}.")


def revocation(present: Output, given: Output) -> Output:
    """RevocationConfiguration as it is shown afterwards; each of its two parts is replaced as a whole."""
    merged = present | given
    if merged:
        merged.setdefault("CrlConfiguration", {"Enabled": False})
        merged.setdefault("OcspConfiguration", {"Enabled": False})
    crl = merged.get("CrlConfiguration", {})
    if crl.get("Enabled"):
        # "If no value is specified, the default is PUBLIC_READ"; "COMPLETE - The default setting" (API model).
        merged["CrlConfiguration"] = {"S3ObjectAcl": "PUBLIC_READ", "CrlType": "COMPLETE"} | crl
    return merged


def merged_tags(present: dict[str, str], tags: list[dict[str, Any]]) -> dict[str, str]:
    for tag in tags:
        if tag["Key"].lower().startswith("aws:"):
            raise AwsError(
                "InvalidTagException", f"aws: prefixed tag keys are not allowed for external use: {tag['Key']}"
            )
    merged = present | {tag["Key"]: tag.get("Value") or "" for tag in tags}
    if len(merged) > TAGS_PER_AUTHORITY:
        message = f"A certificate authority can have {TAGS_PER_AUTHORITY} tags at most."
        raise AwsError("TooManyTagsException", message)
    return merged


def check_policy(text: str) -> None:
    """A resource-based policy has principals; the rest is as in IAM."""
    try:
        policy = json.loads(text)
        for statement in policy["Statement"]:
            if not statement.get("Principal"):
                raise ValueError("a statement needs a Principal")
        iam.check(
            {
                "Statement": [
                    {name: value for name, value in item.items() if name != "Principal"} for item in policy["Statement"]
                ]
            }
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise AwsError("InvalidPolicyException", f"The resource policy is invalid: {error}") from error
