# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificates put into the sandbox, or changed, by a test: imported ones, CloudFront's, e-mail-validated, failed..."""

from __future__ import annotations

from typing import Any

from .acm import new_arn
from .acm_certificates import PRIVATE_VALIDITY, PUBLIC_VALIDITY, Certificate

# What may be set as it is; the rest has a meaning of its own below.
PLAIN = {
    "type",
    "status",
    "key_algorithm",
    "validation_method",
    "failure_reason",
    "managed_by",
    "export",
    "exported",
    "origin",
    "authority_arn",
    "not_before",
    "not_after",
    "issued_at",
    "imported_at",
    "revoked_at",
    "created_at",
    "serial",
    "validated",
    "ready_at",
    "renewal_eligibility",
}
OTHERS = {"in_use_by", "tags", "renewal", "renewal_status", "renewal_reason"}
PLACE = {"arn", "account", "region", "domain_name", "subject_alternative_names", "age"}


def new_certificate(wish: dict[str, Any], now: float) -> Certificate:
    """A certificate from: account, region, domain_name, subject_alternative_names, age (seconds since it was made),
    tags, in_use_by, and anything `change_certificate` knows. ISSUED unless said otherwise."""
    account, region = wish["account"], wish["region"]
    names = [wish["domain_name"], *wish.get("subject_alternative_names", [])] if wish.get("domain_name") else []
    created_at = now - float(wish.get("age", 0))
    certificate = Certificate(
        arn=wish.get("arn") or new_arn(account, region),
        account=account,
        region=region,
        names=tuple(dict.fromkeys(name.lower() for name in names)),
        created_at=created_at,
    )
    if wish.get("type") == "IMPORTED":
        certificate.origin, certificate.imported_at = "CUSTOMER_PROVIDED", created_at
    changes = {name: value for name, value in wish.items() if name not in PLACE}
    change_certificate(certificate, {"status": "ISSUED", **changes}, now if not wish.get("age") else created_at)
    return certificate


def change_certificate(certificate: Certificate, changes: dict[str, Any], now: float) -> None:
    """Force what the test wants. An unknown name is an error."""
    unknown = sorted(set(changes) - PLAIN - OTHERS)
    if unknown:
        raise ValueError(f"unknown: {', '.join(unknown)}; known are: {', '.join(sorted(PLAIN | OTHERS))}")
    for name in ("type", "key_algorithm"):
        if name in changes:
            setattr(certificate, name, changes[name])
    status = changes.get("status", certificate.status)
    if status != certificate.status:
        _enter(certificate, status, changes.get("failure_reason"), now)
    for name in sorted(PLAIN & set(changes)):
        setattr(certificate, name, changes[name])
    if "in_use_by" in changes:
        certificate.set_in_use_by(list(changes["in_use_by"]), now)
    if "tags" in changes:
        certificate.set_tags(dict(changes["tags"]), now)
    if "renewal" in changes:
        certificate.renewal = changes["renewal"]
    if "renewal_status" in changes:
        certificate.renewal = _renewal(certificate, changes["renewal_status"], changes.get("renewal_reason"), now)


def _enter(certificate: Certificate, status: str, reason: str | None, now: float) -> None:
    """The status with everything that goes with it."""
    if status in ("ISSUED", "EXPIRED", "REVOKED", "INACTIVE"):
        certificate.issue(now)
        if status == "EXPIRED":
            validity = PRIVATE_VALIDITY if certificate.type == "PRIVATE" else PUBLIC_VALIDITY
            certificate.not_before, certificate.not_after = now - validity - 1, now - 1
        if status == "REVOKED":
            certificate.revoked_at = now
        if certificate.type == "IMPORTED":
            certificate.issued_at = None
    elif status == "FAILED":
        certificate.fail(reason or "OTHER")
    elif status == "VALIDATION_TIMED_OUT":
        certificate.validated = dict.fromkeys(certificate.names, "FAILED")
    elif status == "PENDING_VALIDATION":
        certificate.validated, certificate.ready_at = {}, None
        certificate.issued_at = certificate.not_before = certificate.not_after = certificate.serial = None
    certificate.status = status


def _renewal(certificate: Certificate, status: str, reason: str | None, now: float) -> dict[str, Any]:
    validation = "SUCCESS" if status == "SUCCESS" else "PENDING_VALIDATION"
    return {
        "RenewalStatus": status,
        **({"RenewalStatusReason": reason} if reason else {}),
        "UpdatedAt": now,
        "DomainValidationOptions": [
            {"DomainName": name, "ValidationStatus": validation, "ValidationMethod": certificate.validation_method}
            for name in certificate.names
        ],
    }
