# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Reading distribution tenants: one listing, and a call for a single one only where it decides something."""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

from .._aws import acm, cloudfront, cloudfront_tenants, tagging
from .._aws.access import Access
from .._aws.errors import ACCESS_DENIED_CODES, require_code
from .._certificates import CLOUDFRONT_REGION
from .._errors import ServiceError
from .._tenant_result import DEFAULT_GROUP, endpoint_of
from .._tenant_states import Holder, Seen
from .._tenant_steps import tag_step
from .._tenants import ISSUED, ManagedCertificate, ParentDistribution, Tenant, WantedTenant, from_distribution
from .._threads import gather

#: Up to so many tenants are asked for by name; for more the account's are listed, 100 a call.
_READ_ONE_BY_ONE = 10


class Reader:
    """Sees tenants as CloudFront shows them, and remembers what doesn't change."""

    def __init__(self, access: Access, now: datetime.datetime, describe: bool) -> None:
        self._access = access
        self._now = now
        self._started = access.clock.now()
        self._describe = describe
        self._names: dict[str, frozenset[str] | None] = {}
        self.routing: dict[str, str] = {}

    def read_routing(self) -> None:
        """Where the names of each connection group point to; unknown where the credentials may not look."""
        try:
            groups = cloudfront_tenants.list_connection_groups(self._access)
        except ServiceError as error:
            require_code(error, ACCESS_DENIED_CODES)
            return
        self.routing = {DEFAULT_GROUP if group.default else group.id: group.routing_endpoint for group in groups}
        self.routing |= {group.id: group.routing_endpoint for group in groups}

    def tenants(self, wanted: t.Sequence[WantedTenant]) -> dict[str, Tenant]:
        """{name: tenant} of those that are there."""
        if len(wanted) <= _READ_ONE_BY_ONE:
            found = gather(lambda each: cloudfront_tenants.get_tenant(self._access, each.name), wanted)
            return {tenant.name: tenant for tenant in found if tenant}
        by_name = {each.name: each for each in wanted}
        listed = [tenant for tenant in cloudfront_tenants.list_tenants(self._access) if tenant.name in by_name]
        tags = self._tags(wanted)
        complete = gather(lambda tenant: self._completed(by_name[tenant.name], tenant, tags), listed)
        return {tenant.name: tenant for tenant in complete if tenant}

    def _tags(self, wanted: t.Sequence[WantedTenant]) -> dict[str, dict[str, str]]:
        """Those of all tenants, if they matter; {} where they can't be had in bulk."""
        if all(each.tags is None for each in wanted):
            return {}
        try:
            return tagging.tags_of_tenants(self._access)
        except ServiceError:
            return {}  # Then they are read one by one: not every endpoint has this API, nor every role the right.

    def _completed(
        self, wanted: WantedTenant, listed: Tenant, tags: t.Mapping[str, t.Mapping[str, str]]
    ) -> Tenant | None:
        """A listing has neither parameters nor tags."""
        if wanted.absent:
            return listed
        if wanted.parameters is not None:
            return cloudfront_tenants.get_tenant(self._access, listed.id)
        # The tagging API lags behind CloudFront, so what it says is only believed where it asks for no change.
        tagged = dataclasses.replace(listed, tags=tags.get(listed.arn, {}))
        return listed if tag_step(wanted, tagged) else tagged

    def see(self, wanted: WantedTenant, tenant: Tenant | None, extended: bool = False, **known: t.Any) -> Seen:
        """A tenant with its managed certificate. ``known`` is what the run remembers of it (see ``Seen``).

        ``extended``: it has got domains, which its certificate may not have, whatever their status. A request of this
        run is followed, whatever the domains' status.
        """
        endpoint = endpoint_of(wanted, tenant, self.routing)
        if tenant and tenant.tags is None and wanted.tags is not None and not wanted.absent:
            tenant = dataclasses.replace(tenant, tags=cloudfront_tenants.list_tags(self._access, tenant.arn))
        if tenant is None or wanted.absent or not wanted.managed:
            return Seen(tenant, endpoint=endpoint, **known)
        asked = extended or known.get("replaced") is not None
        served = tenant.certificate_arn and not tenant.inactive and not asked
        if served and not self._describe:
            return Seen(tenant, details_read=False, endpoint=endpoint, **known)
        managed = cloudfront_tenants.get_managed_certificate(self._access, tenant)
        names = self._certificate_names(tenant, managed) if tenant.inactive or extended else None
        return Seen(tenant, managed, names=names, age=self._age(tenant), endpoint=endpoint, **known)

    def _age(self, tenant: Tenant) -> float | None:
        if tenant.created_at is None:
            return None
        elapsed = self._access.clock.now() - self._started
        return (self._now - tenant.created_at).total_seconds() + elapsed

    def _certificate_names(self, tenant: Tenant, managed: ManagedCertificate | None) -> frozenset[str] | None:
        """Those of the attached certificate: of ACM, else those that CloudFront had to validate, if it tells."""
        if managed is None or managed.status != ISSUED or managed.arn != tenant.certificate_arn:
            return None
        arn = str(managed.arn)
        if arn not in self._names:
            self._names[arn] = self._described_names(arn)
        return self._names[arn] or frozenset(token.domain for token in managed.tokens) or None

    def _described_names(self, arn: str) -> frozenset[str] | None:
        try:
            certificate = acm.describe_certificate(self._access, arn, CLOUDFRONT_REGION)
        except ServiceError:
            return None
        return certificate.names if certificate else None

    def parent(self, distribution_id: str) -> ParentDistribution | None:
        """None where the credentials may not look: then CloudFront says what is wrong, later."""
        try:
            found = cloudfront.get_distribution(self._access, distribution_id)
        except ServiceError as error:
            require_code(error, ACCESS_DENIED_CODES)
            return None
        return from_distribution(distribution_id, found.config) if found else ParentDistribution(distribution_id, False)

    def holders(self, wanted: WantedTenant, tenant: Tenant | None) -> tuple[Holder, ...]:
        """Who of this account has the domains that are to be moved to the tenant."""
        if not wanted.move_domains or wanted.absent:
            return ()
        missing = [domain for domain in wanted.domains or () if not tenant or domain not in tenant.domains]
        found = zip(missing, gather(lambda each: self.holder(each, tenant), missing), strict=True)
        return tuple(holder for domain, holder in found if holder)

    def holder(self, domain: str, tenant: Tenant | None) -> Holder | None:
        """What has a domain now: another tenant of the account, or as far as CloudFront tells."""
        other = cloudfront_tenants.get_tenant_by_domain(self._access, domain)
        if other:
            own = tenant is not None and other.id == tenant.id
            return None if own else Holder(domain, f"tenant {other.name} ({other.id})", other.enabled)
        if tenant is None:
            return None
        resource = {"DistributionTenantId": tenant.id}
        try:
            conflicts = cloudfront_tenants.list_domain_conflicts(self._access, domain, resource)
        except ServiceError:
            return None  # It asks for a certificate that covers the domain, and says no without one.
        for each in conflicts:
            if each["Domain"].lower() == domain and each["ResourceId"] != tenant.id:
                label = f"{each['ResourceType']} {each['ResourceId']} of account {each['AccountId']}"
                return Holder(domain, label, enabled=False)
        return None
