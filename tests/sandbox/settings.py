# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What can be set in the sandbox. The defaults are faithful, but quick."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

CHOICES = {
    "elb_lag_error": ("CertificateNotFound", "UnsupportedCertificate"),
    "old_default": ("removed", "kept"),
    "default_connection_group": ("tenant", "distribution"),
}


@dataclass
class Settings:
    """Delays are in seconds of the sandbox's clock unless they say otherwise."""

    throttle: bool = False
    """Throttle at AWS's published rates."""
    record_delay: float = 1.0
    """How long after the request DescribeCertificate shows the ResourceRecord (AWS: "a delay of several seconds")."""
    describe_lag: float = 0.0
    """How long a new certificate answers ResourceNotFoundException."""
    list_lag: float = 0.0
    """How long a new certificate is missing in ListCertificates."""
    insync_delay: float = 1.0
    """How long a change of records stays PENDING; DNS serves it only from INSYNC on."""
    prior_request_ms: int = 0
    """How long Route 53 processes a change batch; the next one of the zone gets PriorRequestNotComplete meanwhile."""
    legacy_batch_errors: bool = False
    """Send InvalidChangeBatch in its older form: botocore finds no code in it, only `Messages`."""
    validation_interval: float = 0.5
    """How often ACM's checker looks, in real seconds."""
    issue_delay: float = 0.5
    """From the last name validated to ISSUED."""
    tagging_lag: float = 0.0
    """How long the Resource Groups Tagging API does not see a change of tags."""
    in_use_lag: float = 0.0
    """How late InUseBy shows what was attached or detached; deletion is blocked by what is and by what it shows."""
    elb_certificate_lag: float = 0.0
    """How long load balancers refuse a certificate that was just issued or imported."""
    elb_lag_error: str = "CertificateNotFound"
    """With which code they do: CertificateNotFound or UnsupportedCertificate."""
    old_default: str = "removed"
    """What ModifyListener does with the old default certificate: "removed", or "kept" in the listener's list."""
    listener_quota: int = 25
    """Certificates in a listener's list; the default is not counted."""
    default_in_list_counts: bool = True
    """Whether the default counts when it is in the list too; AWS does not say."""
    listener_lag: float = 0.0
    """How long a new listener answers ListenerNotFound to changes of its certificates."""
    cloudfront_certificate_lag: float = 0.0
    """How long CloudFront refuses a certificate that was just issued or imported."""
    cloudfront_deploy_delay: float = 1.0
    """How long a distribution is InProgress after a change."""
    cloudfront_throttle: bool = False
    """Throttle changes of distributions and tenants as it was observed; AWS publishes no rates."""
    tenants_attach_themselves: bool = False
    """Whether CloudFront attaches a managed certificate to its tenant once it is issued: seen both ways."""
    domain_activation_delay: float = 0.0
    """From the certificate's attachment to active domains of a tenant."""
    default_connection_group: str = "tenant"
    """With what the default connection group comes: the first "tenant" (API model), or the first multi-tenant
    "distribution" (developer guide)."""
    tenant_domains_quota: int = 5
    """Domains of a tenant: the API model says 5, the page of quotas 100."""
    tenant_quota: int = 10_000
    """Distribution tenants of an account."""
    http_port: int = 80
    """The port at which ACM looks for the tokens of HTTP validation."""
    authority_create_delay: float = 0.5
    """How long a new private CA is CREATING."""
    private_issue_delay: float = 0.5
    """From IssueCertificate until GetCertificate has the certificate."""
    crl_delay: float = 0.0
    """How long after RevokeCertificate the list has it (AWS: approximately 30 minutes)."""
    crl_buckets_refusing: list[str] = field(default_factory=list)
    """Buckets that do not let Private CA write."""
    authorities_quota: int = 200
    """Private CAs per account and Region; deleted ones count until they are gone for good."""
    private_certificates_quota: int = 1_000_000
    """Certificates per private CA."""
    names_quota: int = 10
    """Names per certificate."""
    yearly_quota: int = 5000
    """Certificates requested in 365 days."""
    total_quota: int = 2500
    """Certificates per account and Region."""
    page_limit: int | None = None
    """Caps every page, to force pagination."""
    latency: float = 0.0
    """Real seconds added to every answer."""
    domains_not_allowed: list[str] = field(default_factory=list)
    """Names, with all below them, that end FAILED with DOMAIN_NOT_ALLOWED."""
    domains_needing_verification: list[str] = field(default_factory=list)
    """Names, with all below them, that end FAILED with ADDITIONAL_VERIFICATION_REQUIRED."""

    def update(self, changes: dict[str, Any]) -> None:
        """Set what is named; an unknown name is an error, so that a misspelt setting does not pass a test."""
        known = {item.name for item in fields(self)}
        unknown = sorted(set(changes) - known)
        if unknown:
            raise ValueError(f"unknown settings: {', '.join(unknown)}; known are: {', '.join(sorted(known))}")
        for name, allowed in CHOICES.items():
            if changes.get(name, allowed[0]) not in allowed:
                raise ValueError(f"{name} must be one of {', '.join(allowed)}")
        for name, value in changes.items():
            setattr(self, name, value)

    def as_dict(self) -> dict[str, Any]:
        return {item.name: getattr(self, item.name) for item in fields(self)}
