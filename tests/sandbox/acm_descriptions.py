# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A certificate as DescribeCertificate and ListCertificates show it."""

from __future__ import annotations

import hashlib
from typing import Any

from . import http_tokens
from .acm_certificates import Certificate, base_name, validation_record
from .clock import utc
from .settings import Settings

SUMMARY_NAMES = 100
MAILBOXES = ("admin", "administrator", "hostmaster", "postmaster", "webmaster")


def shuffled(names: tuple[str, ...], salt: str) -> list[str]:
    """The order of names in answers is not specified; a fixed, other order keeps clients from relying on one."""
    return sorted(names, key=lambda name: hashlib.sha256(f"{salt}{name}".encode()).digest())


def key_usages(certificate: Certificate) -> list[str]:
    if certificate.not_after is None:
        return []
    usages = ["DIGITAL_SIGNATURE"]
    return [*usages, "KEY_ENCIPHERMENT"] if certificate.key_algorithm.startswith("RSA") else usages


def _without_nothing(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}


def _times(certificate: Certificate) -> dict[str, Any]:
    """IssuedAt, NotBefore, NotAfter exist only once issued (aws-sdk-js#2133, API model)."""
    members = {
        "CreatedAt": certificate.created_at,
        "IssuedAt": certificate.issued_at,
        "ImportedAt": certificate.imported_at,
        "RevokedAt": certificate.revoked_at,
        "NotBefore": certificate.not_before,
        "NotAfter": certificate.not_after,
    }
    return {name: utc(value) for name, value in members.items() if value is not None}


def _renewal_eligibility(certificate: Certificate, in_use: bool) -> str:
    """Only certificates in use or exported are renewed, and never imported ones; those of a private CA only where it
    lets ACM (ACM guide, "Managed renewal")."""
    if certificate.renewal_eligibility:
        return certificate.renewal_eligibility
    renewable = certificate.type != "IMPORTED" and certificate.status == "ISSUED"
    if certificate.issuer is not None:
        renewable = renewable and certificate.issuer.lets_renew(certificate)
    return "ELIGIBLE" if renewable and (in_use or certificate.exported) else "INELIGIBLE"


def describe(certificate: Certificate, now: float, settings: Settings) -> dict[str, Any]:
    """CertificateDetail."""
    users = certificate.used_by(now, settings.in_use_lag)
    detail = {
        "CertificateArn": certificate.arn,
        "DomainName": certificate.names[0] if certificate.names else None,
        "SubjectAlternativeNames": shuffled(certificate.names, certificate.arn),
        "DomainValidationOptions": _validation_options(certificate, now, settings),
        "Serial": certificate.serial,
        "Subject": f"CN={certificate.names[0]}" if certificate.names else None,
        "Issuer": "Amazon" if certificate.type == "AMAZON_ISSUED" else "Sandbox",
        "Status": certificate.status,
        "FailureReason": certificate.failure_reason,
        # Describe writes RSA-2048 where requests and filters write RSA_2048 (aws-sdk-js#2133).
        "KeyAlgorithm": certificate.key_algorithm.replace("_", "-", 1),
        "SignatureAlgorithm": "SHA256WITHRSA",
        "InUseBy": users,
        "Type": certificate.type,
        "KeyUsages": [{"Name": usage} for usage in key_usages(certificate)],
        "ExtendedKeyUsages": _extended_key_usages(certificate),
        "CertificateAuthorityArn": certificate.authority_arn,
        "RenewalEligibility": _renewal_eligibility(certificate, bool(users)),
        "RenewalSummary": certificate.renewal,
        "UpdateSummary": certificate.migration.update_summary() if certificate.migration else None,
        "Options": {"CertificateTransparencyLoggingPreference": "ENABLED", "Export": certificate.export},
        "ManagedBy": certificate.managed_by,
        "CertificateKeyPairOrigin": certificate.origin,
    }
    return _without_nothing(detail) | _times(certificate)


def _extended_key_usages(certificate: Certificate) -> list[dict[str, str]]:
    """Only server authentication: clientAuth has been gone since 11 June 2025. A private CA signs by the template
    EndEntityCertificate, which has both."""
    if certificate.not_after is None:
        return []
    usages = [{"Name": "TLS_WEB_SERVER_AUTHENTICATION", "OID": "1.3.6.1.5.5.7.3.1"}]
    if certificate.issuer is not None:
        usages.append({"Name": "TLS_WEB_CLIENT_AUTHENTICATION", "OID": "1.3.6.1.5.5.7.3.2"})
    return usages


def _validation_options(certificate: Certificate, now: float, settings: Settings) -> list[dict[str, Any]] | None:
    """DomainValidationOptions exist for AMAZON_ISSUED only (API model). After a request they come late: first the
    list is missing, then it lacks records, then it lacks some (aws-sdk-js#2133, community.aws#321, cdk#8282)."""
    if certificate.type != "AMAZON_ISSUED":
        return None
    age = now - certificate.created_at
    delay = settings.record_delay
    if age < delay / 2:
        return None
    options = []
    for position, name in enumerate(shuffled(certificate.names, certificate.arn + "validation"), 1):
        option: dict[str, Any] = {
            "DomainName": name,
            "ValidationStatus": certificate.validated.get(name, "PENDING_VALIDATION"),
            "ValidationMethod": certificate.validation_method,
        }
        if age >= delay * (0.5 + 0.5 * position / len(certificate.names)):
            option |= challenge(certificate, name, certificate.validation_method)
        options.append(option)
    return options


def challenge(certificate: Certificate, name: str, method: str) -> dict[str, Any]:
    domain = certificate.validation_domains.get(name, base_name(name))
    if method == "DNS":
        record_name, value = validation_record(certificate.account, name)
        return {
            "ValidationDomain": domain,
            "ResourceRecord": {"Name": record_name, "Type": "CNAME", "Value": value},
        }
    if method == "EMAIL":
        return {"ValidationDomain": domain, "ValidationEmails": [f"{box}@{domain}" for box in MAILBOXES]}
    start, end = http_tokens.redirect(certificate, name)
    return {"HttpRedirect": {"RedirectFrom": start, "RedirectTo": end}}


def summarize(certificate: Certificate, now: float, settings: Settings) -> dict[str, Any]:
    """CertificateSummary: no tags, no list of users, and the first 100 names only (API model)."""
    in_use = bool(certificate.used_by(now, settings.in_use_lag))
    summary = {
        "CertificateArn": certificate.arn,
        "DomainName": certificate.names[0] if certificate.names else None,
        "SubjectAlternativeNameSummaries": shuffled(certificate.names, certificate.arn)[:SUMMARY_NAMES],
        "HasAdditionalSubjectAlternativeNames": len(certificate.names) > SUMMARY_NAMES,
        "Status": certificate.status,
        "Type": certificate.type,
        "KeyAlgorithm": certificate.key_algorithm,
        "KeyUsages": key_usages(certificate),
        "ExtendedKeyUsages": [usage["Name"] for usage in _extended_key_usages(certificate)],
        "ExportOption": certificate.export,
        "InUse": in_use,
        "Exported": certificate.exported,
        "RenewalEligibility": _renewal_eligibility(certificate, in_use),
        "ManagedBy": certificate.managed_by,
        "CertificateKeyPairOrigin": certificate.origin,
    }
    return _without_nothing(summary) | _times(certificate)
