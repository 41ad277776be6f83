# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""What AWS Private CA is asked for: template, validity, token."""

from __future__ import annotations

import hashlib
import json
import re
import typing as t

from . import _key_usages
from ._kept_certificates import Request
from ._private_authorities import AUTHORITY_ARN, Authority
from ._x509 import describe_csr

CERTIFICATE_ARN = re.compile(
    r"^(?P<authority>arn:[\w-]+:acm-pca:[a-z0-9-]+:\d{12}:certificate-authority/[\w-]+)/certificate/\w+$"
)
SERIAL_NUMBER = re.compile(r"^[0-9a-fA-F]+(:[0-9a-fA-F]+)*$")
#: The reasons that RevokeCertificate takes.
REVOCATION_REASONS = (
    "UNSPECIFIED",
    "KEY_COMPROMISE",
    "CERTIFICATE_AUTHORITY_COMPROMISE",
    "AFFILIATION_CHANGED",
    "SUPERSEDED",
    "CESSATION_OF_OPERATION",
    "PRIVILEGE_WITHDRAWN",
    "A_A_COMPROMISE",
)
_END_ENTITY = "EndEntityCertificate/V1"
_SUBORDINATE = "SubordinateCACertificate_PathLen0/V1"
_PASSTHROUGH = "BlankEndEntityCertificate_APICSRPassthrough/V1"
_SINGLE_USAGE = {
    "code_signing": "CodeSigningCertificate/V1",
    "client_auth": "EndEntityClientAuthCertificate/V1",
    "server_auth": "EndEntityServerAuthCertificate/V1",
    "ocsp_signing": "OCSPSigningCertificate/V1",
}
#: What the templates put in whatever is asked for ("AWS Private CA template definitions"), by how their names begin.
_FIXED_USAGES = {
    "EndEntityCertificate": _key_usages.DEFAULT,
    "EndEntityClientAuthCertificate": frozenset({"client_auth"}),
    "EndEntityServerAuthCertificate": frozenset({"server_auth"}),
    "CodeSigningCertificate": frozenset({"code_signing"}),
    "OCSPSigningCertificate": frozenset({"ocsp_signing"}),
}
_TEMPLATE_NAME = re.compile(r"^[A-Za-z0-9_]+(/V\d+)?$")
_TEMPLATE_ARN = re.compile(r"^arn:[\w-]+:acm-pca:::template/[A-Za-z0-9_]+/V\d+$")
_TOKEN_LENGTH = 36
# KeyUsage and ExtendedKeyUsageType of the API.
_API_KEY_USAGES = {
    "digital_signature": "DigitalSignature",
    "content_commitment": "NonRepudiation",
    "key_encipherment": "KeyEncipherment",
    "data_encipherment": "DataEncipherment",
    "key_agreement": "KeyAgreement",
    "key_cert_sign": "KeyCertSign",
    "crl_sign": "CRLSign",
    "encipher_only": "EncipherOnly",
    "decipher_only": "DecipherOnly",
}


def template_faults(template: str | None, usages: t.Collection[str] | None) -> list[str]:
    if not template:
        return []
    if not (_TEMPLATE_NAME.match(template) or _TEMPLATE_ARN.match(template)):
        return [f"template {template!r} is neither a template's name (EndEntityCertificate/V1) nor its ARN"]
    kind = template.rpartition("template/")[2].partition("/")[0].partition("_")[0]
    fixed = _FIXED_USAGES.get(kind)
    if fixed is None or usages is None or _key_usages.extended(_key_usages.normalise(usages)) == fixed:
        return []
    return [f"template {template} makes certificates for {', '.join(sorted(fixed))}, whatever usages ask for"]


def template_arn(authority_arn: str, template: str | None, usages: t.Collection[str] | None, ca: bool) -> str:
    """The template for these usages, in the partition of the CA; the choice is that of aws-privateca-issuer."""
    if template and _TEMPLATE_ARN.match(template):
        return template
    found = AUTHORITY_ARN.match(authority_arn)
    name = template or _template_for(usages, ca)
    partition = found["partition"] if found else "aws"
    return f"arn:{partition}:acm-pca:::template/{name if '/' in name else name + '/V1'}"


def _template_for(usages: t.Collection[str] | None, ca: bool) -> str:
    if ca:
        return _SUBORDINATE
    wanted = _key_usages.DEFAULT if usages is None else frozenset(usages)
    if wanted == _key_usages.DEFAULT:
        return _END_ENTITY
    return _SINGLE_USAGE.get(next(iter(wanted)), _PASSTHROUGH) if len(wanted) == 1 else _PASSTHROUGH


def issue_parameters(request: Request, authority: Authority, ca: bool) -> dict[str, t.Any]:
    """IssueCertificate. The same request has the same token, so within five minutes it gets the same certificate."""
    template = template_arn(authority.arn, request.template, request.usages, ca)
    parameters: dict[str, t.Any] = {
        "CertificateAuthorityArn": authority.arn,
        "Csr": request.csr,
        "SigningAlgorithm": authority.signing_algorithm,
        "TemplateArn": template,
        # DAYS can't express less than a day, and would mean another moment in each try.
        "Validity": {"Type": "ABSOLUTE", "Value": int(request.not_after.timestamp())},
    }
    extensions = _passed_extensions(request, template)
    if extensions:
        parameters["ApiPassthrough"] = {"Extensions": extensions}
    hashed = hashlib.sha256(json.dumps(parameters, sort_keys=True).encode()).hexdigest()
    return {**parameters, "Csr": request.csr.encode(), "IdempotencyToken": hashed[:_TOKEN_LENGTH]}


def serial_as_sent(serial: str) -> str:
    """RevokeCertificate's examples have it as OpenSSL shows it: in bytes, between colons."""
    digits = serial.replace(":", "").lower()
    digits = digits.zfill(len(digits) + len(digits) % 2)
    return ":".join(digits[start : start + 2] for start in range(0, len(digits), 2))


def _passed_extensions(request: Request, template: str) -> dict[str, t.Any]:
    """The usages that the CSR doesn't ask for by itself, where the template takes them from the call."""
    name = template.rpartition("template/")[2]
    takes = "_APIPassthrough/" in name or "_APICSRPassthrough/" in name
    if not takes or request.usages is None:
        return {}
    asked = describe_csr(request.csr).usages
    if "_APICSRPassthrough/" in name and _key_usages.match(request.usages, asked):
        return {}
    extensions: dict[str, t.Any] = {}
    extended = sorted(_key_usages.extended(request.usages))
    if extended:
        extensions["ExtendedKeyUsage"] = [_api_extended_usage(usage) for usage in extended]
    wanted_bits = _key_usages.key_usages(request.usages) or _key_usages.key_usages(asked)
    if wanted_bits:
        extensions["KeyUsage"] = {_API_KEY_USAGES[usage]: True for usage in sorted(wanted_bits)}
    return extensions


def _api_extended_usage(usage: str) -> dict[str, str]:
    if usage in _key_usages.EXTENDED:
        return {"ExtendedKeyUsageType": usage.upper()}
    return {"ExtendedKeyUsageObjectIdentifier": usage}
