# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Managed certificates: CloudFront requests them of ACM in us-east-1 for a tenant, and follows what becomes of them.

Sources: API model (ManagedCertificateRequest, ManagedCertificateDetails), DeveloperGuide
(managed-cloudfront-certificates), ACM guide ("HTTP validation").
"""

from __future__ import annotations

from collections.abc import Callable

from . import acm_rules, cloudfront_pointing, http_tokens, http_validation
from .acm import CertificateStore, new_arn
from .acm_certificates import Certificate
from .cloudfront_rules import CERTIFICATE_REGION
from .cloudfront_store import new_id
from .cloudfront_tenant_rules import invalid, uncovered
from .cloudfront_tenant_store import CertificateRequest, Output, Tenant
from .context import Context
from .errors import AwsError

STATUSES = {
    "PENDING_VALIDATION": "pending-validation",
    "ISSUED": "issued",
    "INACTIVE": "inactive",
    "EXPIRED": "expired",
    "VALIDATION_TIMED_OUT": "validation-timed-out",
    "REVOKED": "revoked",
    "FAILED": "failed",
}


class ManagedCertificates:
    """The requests of tenants. `endpoint_of` gives a tenant's routing endpoint, `shared` the certificate it inherits
    from its distribution."""

    def __init__(
        self,
        context: Context,
        store: CertificateStore,
        endpoint_of: Callable[[Tenant], str],
        shared: Callable[[Tenant], Certificate | None],
    ) -> None:
        self._context = context
        self._store = store
        self._endpoint_of = endpoint_of
        self._shared = shared
        self.reset()

    def reset(self) -> None:
        self._tenants: dict[str, Tenant] = {}

    def find(self, arn: str | None, account: str) -> Certificate | None:
        now = self._context.clock.now()
        return self._store.find(arn, account, CERTIFICATE_REGION, now) if arn else None

    def get(self, arn: str) -> Certificate:
        return self._store.certificates[arn]

    def watch(self, certificate: Certificate) -> None:
        self._store.watch(certificate)

    def refuse_second(self, tenant: Tenant) -> None:
        """ "One pending request per tenant" (DeveloperGuide)."""
        certificate = self.find(tenant.request.arn, tenant.account) if tenant.request else None
        if certificate is not None and certificate.status == "PENDING_VALIDATION":
            raise invalid("The distribution tenant already has a pending managed certificate request.")

    def request(self, tenant: Tenant, given: dict[str, str]) -> None:
        """Ask ACM. Nothing is asked for when the distribution's certificate has all the domains already
        (terraform-provider-aws#46790); when ACM refuses, the tenant is there without a certificate."""
        domains, now, settings = tenant.config.domains, self._context.clock.now(), self._context.settings
        if not uncovered(domains, self._shared(tenant)):
            return
        place = (tenant.account, CERTIFICATE_REGION)
        held = [c for c in self._store.by_place[place].values() if c.type == "AMAZON_ISSUED" and c.origin != "ACME"]
        try:
            acm_rules.check_quotas(self._store.requested_at[place], len(held), now, settings)
        except AwsError:
            return
        self._store.requested_at[place].append(now)
        self.hold(tenant, new_certificate(tenant, given.get("PrimaryDomainName", domains[0]).lower(), now), given)

    def hold(self, tenant: Tenant, certificate: Certificate, given: dict[str, str]) -> None:
        """Make the certificate the tenant's; an earlier request's is free to be deleted."""
        before = self._store.certificates.get(tenant.request.arn) if tenant.request else None
        if before is not None:
            before.held_by = None
        self._store.add(certificate)
        certificate.held_by = tenant.arn
        tenant.request = CertificateRequest(certificate.arn, given["ValidationTokenHost"])
        self._tenants[certificate.arn] = tenant

    def forget(self, tenant: Tenant) -> None:
        """The tenant is deleted; its certificate stays ("You own the certificate")."""
        if tenant.request is not None:
            certificate = self._store.certificates.get(tenant.request.arn)
            if certificate is not None:
                certificate.held_by = None
            self._tenants.pop(tenant.request.arn, None)

    def settle(self, tenant: Tenant) -> None:
        """ "Your distribution tenant will be updated with the latest certificate status. When calling the
        UpdateDistributionTenant operation, use the latest value for the ETag." """
        certificate = self.find(tenant.request.arn, tenant.account) if tenant.request else None
        if tenant.request is None or certificate is None:
            return
        told = (certificate.status, *sorted(certificate.validated.items()))
        if told == tenant.request.told:
            return
        first, tenant.request.told = not tenant.request.told, told
        if not first:
            tenant.etag = new_id()
        if certificate.status == "ISSUED" and self._context.settings.tenants_attach_themselves:
            # Seen by some users (terraform-provider-aws#45987, #48345), not by others.
            tenant.attach(certificate.arn, certificate.issued_at or self._context.clock.now())

    def details(self, tenant: Tenant) -> Output:
        """EntityNotFound when there is none: terraform-provider-aws#46790; AWS's words are unknown."""
        request = tenant.request
        certificate = self.find(request.arn, tenant.account) if request else None
        if request is None or certificate is None:
            raise AwsError("EntityNotFound", "The specified managed certificate does not exist.", 404)
        tokens = []
        for name in certificate.names:
            start, end = http_tokens.redirect(certificate, name)
            tokens.append({"Domain": name, "RedirectFrom": start, "RedirectTo": end})
        return {
            "CertificateArn": certificate.arn,
            "CertificateStatus": STATUSES[certificate.status],
            "ValidationTokenHost": request.token_host,
            "ValidationTokenDetails": tokens,
        }

    def proves(self, certificate: Certificate, name: str) -> bool:
        """For ACM's checker, which does not hold the lock: CloudFront serves the token of a domain that points to it;
        self-hosted, the domain's own web server has to."""
        with self._context.lock:
            tenant = self._tenants.get(certificate.arn)
            if tenant is None or tenant.request is None or self._context.resolver is None:
                return False
            host, endpoint = tenant.request.token_host, self._endpoint_of(tenant)
        if host == "cloudfront":
            return cloudfront_pointing.reaches(self._context.resolver, name, endpoint)
        start, end = http_tokens.redirect(certificate, name)
        token, port = http_tokens.content(certificate, name), self._context.settings.http_port
        return http_validation.is_served(self._context.resolver, start, end, token, port)


def new_certificate(tenant: Tenant, primary: str, now: float) -> Certificate:
    names = (primary, *(name for name in tenant.config.domains if name != primary))
    return Certificate(
        new_arn(tenant.account, CERTIFICATE_REGION),
        tenant.account,
        CERTIFICATE_REGION,
        names,
        now,
        validation_method="HTTP",
        managed_by="CLOUDFRONT",
    )
