# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Which ACM certificates will not renew, or are dead already, and why. What is wrong with records: _renewal_records.

Source: AWS Certificate Manager user guide, "Managed certificate renewal" and "Check a certificate's renewal status".
"""

from __future__ import annotations

import datetime
import typing as t

from ._acm_failures import failure_advice
from ._certificates import NOT_FOUND, Certificate
from ._findings import ERROR, FATAL, INFO, WARNING, Finding
from ._public_certificates import limits

#: Every check that looks at ACM's side, and what a finding of it means. Those of the DNS side are in _findings.
CHECKS = {
    "validation_timed_out": "ACM looked for the validation records for 72 hours and gave up",
    "certificate_failed": "ACM has refused to issue the certificate",
    "certificate_expired": "the certificate has expired",
    "certificate_revoked": "the certificate was revoked, or is inactive",
    "validation_pending": "ACM hasn't validated every name of a new certificate yet",
    "renewal_failed": "ACM has tried to renew the certificate and failed",
    "renewal_pending_validation": "ACM wants to renew the certificate and can't validate its names",
    "renewal_overdue": "the certificate ends soon, and nothing is seen of its renewal",
    "imported": "the certificate was imported, and ACM never renews those",
    "not_in_use": "nothing uses the certificate, so ACM doesn't renew it",
    "email_validation": "a person has to click a link at each renewal",
    "migration_pending": "the move from e-mail to DNS validation waits for its records",
    "migration_failed": "the move from e-mail to DNS validation wasn't finished within 72 hours",
    "private_ca_permission": "ACM may not renew the certificate with its private CA",
    "renewal_not_eligible": "ACM doesn't renew the certificate, for a reason that it doesn't say",
}
_DEAD = {
    "VALIDATION_TIMED_OUT": "validation_timed_out",
    "FAILED": "certificate_failed",
    "EXPIRED": "certificate_expired",
    "REVOKED": "certificate_revoked",
    "INACTIVE": "certificate_revoked",
}
#: ACM begins 45 days (public) or 60 days (private) before the end. What isn't renewed at 30 days has a problem; for
#: shorter lives than today's 198 days it is the same share of them.
_DUE_WITHIN = datetime.timedelta(days=30)
_DUE_SHARE = 0.15
_NEAR_WITHIN = datetime.timedelta(days=75)
_NEAR_SHARE = 0.5


def may_need_description(certificate: Certificate) -> bool:
    """Whether a description could tell more than the listing: records, validation method, renewal, reasons."""
    if certificate.status == "FAILED":
        return True
    return certificate.live and certificate.type != "IMPORTED" and certificate.key_pair_origin != "ACME"


def needs_description(certificate: Certificate, now: datetime.datetime, published: t.Collection[str]) -> bool:
    """Whether it is worth its call. ``published`` are the base names for which some record of ACM's is there.

    Nothing is wrong with a certificate that is issued, eligible, far from its end, and whose names have such records -
    but that a record may be another account's, which is seen when the renewal comes near.
    """
    if not may_need_description(certificate):
        return False
    if certificate.status != "ISSUED" or _is_near(certificate, now) or not certificate.names_complete:
        return True
    if is_used(certificate) and certificate.renewal_eligibility == "INELIGIBLE":
        return True
    return certificate.type == "AMAZON_ISSUED" and not certificate.base_names <= set(published)


def needs_records(certificate: Certificate) -> bool:
    """Whether validation records have to be in the DNS for this certificate, as far as that is known."""
    by_dns = certificate.validation_method == "DNS" or not certificate.described
    return certificate.live and certificate.type == "AMAZON_ISSUED" and by_dns and certificate.key_pair_origin != "ACME"


def is_used(certificate: Certificate) -> bool:
    """In use by a service, or exported: then it is worth renewing, and only then ACM does it."""
    return bool(certificate.in_use) or bool(certificate.exported)


def _is_near(certificate: Certificate, now: datetime.datetime) -> bool:
    """Whether ACM may be about its renewal: 45 days before the end, or 60, and some time to mend what is wrong."""
    if certificate.not_after is None:
        return True
    within = _NEAR_WITHIN
    if certificate.not_before is not None:
        within = min(within, (certificate.not_after - certificate.not_before) * _NEAR_SHARE)
    return certificate.not_after - now <= within


def is_due(certificate: Certificate, now: datetime.datetime) -> bool:
    """Whether it ends so soon that it should have been renewed."""
    if certificate.not_after is None:
        return False
    within = _DUE_WITHIN
    if certificate.not_before is not None:
        within = min(within, (certificate.not_after - certificate.not_before) * _DUE_SHARE)
    return certificate.not_after - now <= within


def certificate_findings(
    certificate: Certificate, now: datetime.datetime, others: t.Iterable[Certificate] = ()
) -> list[Finding]:
    """What is wrong with the certificate by ACM's word alone. ``others`` are those that share its names."""
    if certificate.status in _DEAD:
        return [_dead(certificate, others)]
    if certificate.status == "PENDING_VALIDATION":
        return [_finding(certificate, "validation_pending", WARNING, certificate.condition.message, _SEE_RECORDS)]
    if certificate.status == NOT_FOUND or certificate.status != "ISSUED":
        return []
    level = WARNING if is_due(certificate, now) else INFO
    if certificate.type == "IMPORTED":
        explanation = f"ACM never renews an imported certificate; it ends on {_date(certificate)}"
        return [_finding(certificate, "imported", level, explanation, _IMPORT_AGAIN)]
    if not is_used(certificate) and certificate.key_pair_origin != "ACME":
        explanation = f"nothing uses it, so ACM doesn't renew it; it ends on {_date(certificate)}"
        return [_finding(certificate, "not_in_use", level, explanation, _ATTACH_OR_DELETE)]
    found = [*_renewal(certificate, now), *_method(certificate, now), *_eligibility(certificate)]
    if not found and is_due(certificate, now) and (certificate.renewal or {}).get("RenewalStatus") != "SUCCESS":
        return [_overdue(certificate)]
    return found


_SEE_RECORDS = "Look at what else is found for it; when nothing is, wait"
_IMPORT_AGAIN = "Import its successor to the same ARN, or request a certificate that ACM renews"
_ATTACH_OR_DELETE = "Attach it where it belongs, or delete it"
_MIGRATE = (
    "Move it to DNS validation with acm_certificate_migrate (acm_guard: migrate_email); until then, click the link in "
    "ACM's mail at each renewal"
)


def _dead(certificate: Certificate, others: t.Iterable[Certificate]) -> Finding:
    replaced = any(other.live and other.arn != certificate.arn and other.names >= certificate.names for other in others)
    said = f"ACM: {certificate.status}" + (f", {certificate.failure_reason}" if certificate.failure_reason else "")
    level, explanation, remedy = ERROR, said, failure_advice(certificate.status, certificate.failure_reason)
    if certificate.in_use:
        level, explanation = FATAL, f"{said}, and it is still in use"
        remedy = f"{remedy} Attach the new one in its place"
    elif replaced or not certificate.names:
        level, remedy = INFO, "Delete it: another certificate has its names, and dead ones count towards the quota"
    return _finding(certificate, _DEAD[certificate.status], level, explanation, remedy)


def _renewal(certificate: Certificate, now: datetime.datetime) -> list[Finding]:
    renewal = certificate.renewal or {}
    status, reason = renewal.get("RenewalStatus"), renewal.get("RenewalStatusReason")
    if status == "FAILED":
        said = "the renewal has failed" + (f" with {reason}" if reason else "")
        remedy = failure_advice("FAILED", reason) if reason else "Request a new certificate, and attach it"
        explanation = f"{said}; it ends on {_date(certificate)}"
        return [_finding(certificate, "renewal_failed", FATAL, explanation, remedy)]
    if status != "PENDING_VALIDATION":
        return []
    waiting = [
        option["DomainName"]
        for option in renewal.get("DomainValidationOptions") or []
        if option.get("ValidationStatus") != "SUCCESS"
    ]
    shown = ", ".join(waiting[:3]) + (f" and {len(waiting) - 3} more" if len(waiting) > 3 else "")
    explanation = f"ACM wants to renew it and can't validate {shown or 'its names'}; it ends on {_date(certificate)}"
    remedy = "Look at what else is found for it: mostly a validation record is gone, or the domain was moved"
    if certificate.validation_method == "EMAIL":
        remedy = "Click the link in the mail that ACM has sent"
    return [_finding(certificate, "renewal_pending_validation", ERROR, explanation, remedy)]


def _method(certificate: Certificate, now: datetime.datetime) -> list[Finding]:
    if certificate.validation_method != "EMAIL":
        return []
    level = ERROR if is_due(certificate, now) else WARNING
    if certificate.migration_status == "PENDING_DOMAIN_VALIDATION":
        explanation = "the move to DNS validation waits for its records; after 72 hours it fails"
        remedy = "Run acm_certificate_migrate (acm_guard: migrate_email), which writes what is missing"
        return [_finding(certificate, "migration_pending", level, explanation, remedy)]
    if certificate.migration_status == "FAILED":
        explanation = "the move to DNS validation has failed, since ACM didn't see its records within 72 hours"
        return [_finding(certificate, "migration_failed", ERROR, explanation, _MIGRATE)]
    days = limits(now.date()).validation_reuse
    explanation = f"it is validated by e-mail, so a person has to act at each renewal, and at least every {days} days"
    return [_finding(certificate, "email_validation", level, explanation, _MIGRATE)]


def _eligibility(certificate: Certificate) -> list[Finding]:
    """ACM's own word, where nothing that is known explains it."""
    if certificate.renewal_eligibility != "INELIGIBLE" or certificate.key_pair_origin == "ACME":
        return []
    if certificate.type == "PRIVATE":
        explanation = f"ACM may not renew it with its private CA; it ends on {_date(certificate)}"
        remedy = (
            f"Grant acm.amazonaws.com IssueCertificate, GetCertificate and ListPermissions on "
            f"{certificate.certificate_authority_arn or 'the CA'} (a CA shared from another account: renew the share)"
        )
        return [_finding(certificate, "private_ca_permission", ERROR, explanation, remedy)]
    explanation = f"ACM says that it doesn't renew it; it ends on {_date(certificate)}"
    remedy = "If it was attached a moment ago, look again in an hour; else request a new one and attach that"
    return [_finding(certificate, "renewal_not_eligible", WARNING, explanation, remedy)]


def _overdue(certificate: Certificate) -> Finding:
    if certificate.key_pair_origin == "ACME":
        remedy = "Its ACME client renews it, not ACM: look there"
    else:
        remedy = (
            "Look at what else is found for it; if nothing is, ask AWS Support, or request a new one and attach that"
        )
    explanation = f"it ends on {_date(certificate)}, and ACM shows no renewal"
    return _finding(certificate, "renewal_overdue", ERROR, explanation, remedy)


def _finding(certificate: Certificate, check: str, level: str, explanation: str, remedy: str) -> Finding:
    return Finding(check, level, certificate.domain_name, explanation.rstrip("."), certificate.arn, remedy.rstrip("."))


def _date(certificate: Certificate) -> str:
    return f"{certificate.not_after:%Y-%m-%d}" if certificate.not_after else "an unknown day"
