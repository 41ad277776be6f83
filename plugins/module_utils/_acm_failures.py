# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""What ACM says when it will not issue, and what a person can do about it.

Sources: AWS Certificate Manager user guide, "Troubleshoot certificate requests" and "Quotas".
"""

from __future__ import annotations

import re

_GUIDE = "https://docs.aws.amazon.com/acm/latest/userguide/"

# FailureReason of DescribeCertificate -> advice.
_FAILURE_ADVICE = {
    "NO_AVAILABLE_CONTACTS": "No contact address could be found for e-mail validation; use DNS validation.",
    "ADDITIONAL_VERIFICATION_REQUIRED": (
        "AWS wants to check a well-known name by hand: open a case with AWS Support, then request again."
    ),
    "DOMAIN_NOT_ALLOWED": (
        "A name is on a list of unsafe sites: have it taken off (VirusTotal shows who lists it), then request again."
    ),
    "INVALID_PUBLIC_DOMAIN": "A name isn't below a public suffix anybody can register: correct the name.",
    "DOMAIN_VALIDATION_DENIED": "The owner of a name refused the validation.",
    "CAA_ERROR": (
        "A CAA record forbids Amazon to issue: add a CAA record 'issue \"amazon.com\"' (and 'issuewild' for a "
        "wildcard) at the name, at its parent, or at the target of its CNAME, then run again."
    ),
    "PCA_LIMIT_EXCEEDED": "The private CA's quota is used up: raise it or use another CA.",
    "PCA_INVALID_ARN": "The ARN of the private CA is wrong, or the CA is in another Region.",
    "PCA_INVALID_STATE": "The private CA isn't ACTIVE: enable it or install its certificate.",
    "PCA_REQUEST_FAILED": "The private CA couldn't issue: look at the CA, then run again.",
    "PCA_NAME_CONSTRAINTS_VALIDATION": "A name is outside the name constraints of the private CA's certificate.",
    "PCA_RESOURCE_NOT_FOUND": "The private CA doesn't exist (any more).",
    "PCA_INVALID_ARGS": "The private CA refused the request's arguments.",
    "PCA_INVALID_DURATION": "The private CA's own certificate ends within the 395 days that ACM asks for.",
    "PCA_ACCESS_DENIED": "ACM may not use the private CA: grant acm.amazonaws.com IssueCertificate and GetCertificate.",
    "SLR_NOT_FOUND": "ACM's service-linked role is missing: allow iam:CreateServiceLinkedRole for acm.amazonaws.com.",
    "OTHER": "AWS gives no reason: request again, and ask AWS Support when it fails again.",
}

# Certificate statuses that can't become ISSUED any more -> advice. ACM has no retry: only a new request helps.
_STATUS_ADVICE = {
    "VALIDATION_TIMED_OUT": (
        "ACM looked for the validation records for 72 hours and gave up. Check the records and the delegation of the "
        "zone, then run again: a new certificate is requested."
    ),
    "EXPIRED": "The certificate has expired; run again to request a new one.",
    "REVOKED": "The certificate was revoked; run again to request a new one.",
    "INACTIVE": "The certificate is inactive in ACM and can't be used.",
    "NOT_FOUND": (
        "ACM doesn't know the certificate in this account and Region: it was deleted, or the credentials are another "
        "account's."
    ),
    "FAILED": "The request failed for good; ACM can't retry it.",
}


def failure_advice(status: str, failure_reason: str | None) -> str:
    """What to do about a certificate in a final state that isn't ISSUED."""
    if failure_reason in _FAILURE_ADVICE:
        return _FAILURE_ADVICE[failure_reason]
    return _STATUS_ADVICE.get(status, "Look at the certificate in the ACM console.")


def quota_advice(message: str) -> str:
    """Which of ACM's quotas a ``LimitExceededException`` means; its message is all that tells them apart.

    The quota on names is met with a smaller certificate, the yearly one only by AWS: deleting gives nothing back.
    """
    text = message.lower()
    if "year" in text or "365" in text:
        return (
            "This is the quota of certificates requested within 365 days. Deleting certificates gives nothing back; "
            f"ask AWS to raise it ({_GUIDE}acm-limits.html) and run again."
        )
    if re.search(r"\b(domain|alternative|san|name)s?\b", text):
        return (
            "This is the quota of names per certificate (10 unless AWS raised it, up to 100). Split the names over "
            f"several certificates, or ask AWS to raise it ({_GUIDE}acm-limits.html)."
        )
    return (
        "This is the quota of certificates in this account and Region. Delete certificates that nothing uses, or ask "
        f"AWS to raise it ({_GUIDE}acm-limits.html)."
    )
