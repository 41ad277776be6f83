# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""CloudFront: distribution tenants. Sources: the API model, and cloudfront_tenant_rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from . import cloudfront_pointing
from . import cloudfront_tenant_rules as rules
from .acm_certificates import Certificate
from .calls import Call
from .cloudfront import CloudFront
from .cloudfront_connection_groups import ConnectionGroups
from .cloudfront_domains import Holder, refuse_taken
from .cloudfront_managed_certificates import ManagedCertificates
from .cloudfront_rules import check_version, merged_tags, parameter_definitions
from .cloudfront_store import new_id
from .cloudfront_tenant_store import (
    ConnectionGroup,
    Output,
    Tenant,
    TenantConfig,
    page_of,
    tenant_id,
)
from .context import Context, Handler
from .errors import AwsError

USER = "cloudfront-tenants"


class Tenants:
    """The operations; each takes the call and returns the members of its output."""

    def __init__(self, context: Context, cloudfront: CloudFront) -> None:
        self._context = context
        self._cloudfront = cloudfront
        self.groups = ConnectionGroups(context, self._is_used)
        self.managed = ManagedCertificates(context, cloudfront.certificates, self.endpoint_of, self.shared_certificate)
        self.reset()

    def reset(self) -> None:
        self.tenants: dict[str, Tenant] = {}
        self.groups.reset()
        self.managed.reset()

    def operations(self) -> dict[str, Handler]:
        return {
            "CreateDistributionTenant": self.create_distribution_tenant,
            "GetDistributionTenant": self.get_distribution_tenant,
            "GetDistributionTenantByDomain": self.get_distribution_tenant_by_domain,
            "UpdateDistributionTenant": self.update_distribution_tenant,
            "DeleteDistributionTenant": self.delete_distribution_tenant,
            "ListDistributionTenants": self.list_distribution_tenants,
            "ListDistributionTenantsByCustomization": self.list_distribution_tenants_by_customization,
            "GetManagedCertificateDetails": self.get_managed_certificate_details,
        }

    # What others ask

    @property
    def now(self) -> float:
        return self._context.clock.now()

    def of(self, account: str) -> list[Tenant]:
        return [self.settled(tenant) for tenant in self.tenants.values() if tenant.account == account]

    def holders(self) -> Iterator[Holder]:
        for tenant in self.tenants.values():
            yield Holder(tenant.account, "distribution-tenant", tenant.id, frozenset(tenant.config.domains))

    def uses(self, distribution_id: str) -> bool:
        return any(tenant.config.distribution_id == distribution_id for tenant in self.tenants.values())

    def _is_used(self, group: ConnectionGroup) -> bool:
        return any(tenant.config.group_id == group.id for tenant in self.tenants.values())

    def endpoint_of(self, tenant: Tenant) -> str:
        return self.groups.groups[tenant.config.group_id].endpoint

    def shared_certificate(self, tenant: Tenant) -> Certificate | None:
        """ "The tenant inherits the shared certificate from the multi-tenant distribution"
        (managed-cloudfront-certificates)."""
        return self._shared(tenant.account, tenant.config)

    def _shared(self, account: str, config: TenantConfig) -> Certificate | None:
        distribution = self._cloudfront.distributions.get(config.distribution_id)
        return self.managed.find(distribution.certificate, account) if distribution else None

    def certificate_of(self, account: str, config: TenantConfig) -> Certificate | None:
        """The one that is used for the domains."""
        if config.certificate is not None:
            return self.managed.find(config.certificate, account)
        return self._shared(account, config)

    def settled(self, tenant: Tenant) -> Tenant:
        """As of now: what became of the managed certificate, and which domains are active."""
        self.managed.settle(tenant)
        certificate, config = self.certificate_of(tenant.account, tenant.config), tenant.config
        delay = self._context.settings.domain_activation_delay
        if certificate is not None and certificate.issued and self.now >= tenant.certificate_since + delay:
            tenant.active |= set(config.domains) - set(rules.uncovered(config.domains, certificate))
        tenant.active &= set(config.domains)
        return tenant

    def get(self, account: str, identifier: str) -> Tenant:
        for tenant in self.tenants.values():
            if tenant.account == account and tenant.is_called(identifier):
                return self.settled(tenant)
        raise AwsError("EntityNotFound", "The specified distribution tenant does not exist.", 404)

    # Operations

    def create_distribution_tenant(self, call: Call) -> Output:
        given, settings = call.parameters, self._context.settings
        own = [tenant for tenant in self.tenants.values() if tenant.account == call.account]
        if any(tenant.name == given["Name"] for tenant in own):
            raise AwsError("EntityAlreadyExists", "A distribution tenant with this name already exists.", 409)
        if len(own) >= settings.tenant_quota:
            message = f"An account can have at most {settings.tenant_quota} distribution tenants."
            raise AwsError("EntityLimitExceeded", message)
        tags = merged_tags({}, given.get("Tags", {}).get("Items") or [])
        config = changed(TenantConfig("", (), ""), given)
        self._check(call.account, config, given, None)
        if not config.group_id:
            config = replace(config, group_id=self.groups.make_default(call.account).id)
        tenant = self.add(call.account, given["Name"], config)
        tenant.tags = tags
        self._request(tenant, given)
        return self._shown(tenant)

    def add(self, account: str, name: str, config: TenantConfig) -> Tenant:
        now = self.now
        deployed_at = now + self._context.settings.cloudfront_deploy_delay
        tenant = Tenant(tenant_id(), account, name, config, now, now, deployed_at, now, new_id())
        self.tenants[tenant.id] = tenant
        self.tell_certificates(config.certificate)
        return tenant

    def _shown(self, tenant: Tenant) -> Output:
        return {"DistributionTenant": self.settled(tenant).as_output(self.now), "ETag": tenant.etag}

    def get_distribution_tenant(self, call: Call) -> Output:
        return self._shown(self.get(call.account, call.parameters["Identifier"]))

    def get_distribution_tenant_by_domain(self, call: Call) -> Output:
        for tenant in self.of(call.account):
            if call.parameters["Domain"].lower() in tenant.config.domains:
                return self._shown(tenant)
        raise AwsError("EntityNotFound", "The specified distribution tenant does not exist.", 404)

    def update_distribution_tenant(self, call: Call) -> Output:
        """Members left out stay as they are; Customizations is one member."""
        given, now = call.parameters, self.now
        tenant = self.get(call.account, given["Id"])
        check_version(call, tenant.etag)
        before, config = tenant.config, changed(tenant.config, given)
        if "ManagedCertificateRequest" in given:
            self.managed.refuse_second(tenant)
        self._check(call.account, config, given, tenant)
        if (config.certificate, config.distribution_id) != (before.certificate, before.distribution_id):
            tenant.certificate_since = now
        tenant.config, tenant.etag, tenant.modified = config, new_id(), now
        tenant.deployed_at = now + self._context.settings.cloudfront_deploy_delay
        self.tell_certificates(before.certificate, config.certificate)
        self._request(tenant, given)
        return self._shown(tenant)

    def _request(self, tenant: Tenant, given: Output) -> None:
        if "ManagedCertificateRequest" in given:
            self.managed.request(tenant, given["ManagedCertificateRequest"])

    def delete_distribution_tenant(self, call: Call) -> Output:
        """ "You must first disable the distribution tenant"; that has to be deployed as well."""
        tenant = self.get(call.account, call.parameters["Id"])
        check_version(call, tenant.etag)
        if tenant.config.enabled or tenant.status(self.now) != "Deployed":
            raise AwsError("ResourceNotDisabled", "The distribution tenant has not been disabled.", 409)
        del self.tenants[tenant.id]
        self.managed.forget(tenant)
        self.tell_certificates(tenant.config.certificate)
        return {}

    def list_distribution_tenants(self, call: Call) -> Output:
        wanted = call.parameters.get("AssociationFilter") or {}
        found = [
            tenant
            for tenant in self.of(call.account)
            if wanted.get("DistributionId", tenant.config.distribution_id) == tenant.config.distribution_id
            and wanted.get("ConnectionGroupId", tenant.config.group_id) == tenant.config.group_id
        ]
        return self._listed(call, found)

    def list_distribution_tenants_by_customization(self, call: Call) -> Output:
        """ "You must specify either the CertificateArn parameter or WebACLArn parameter, but not both." """
        given = call.parameters
        if ("CertificateArn" in given) == ("WebACLArn" in given):
            raise rules.invalid("Either CertificateArn or WebACLArn must be specified, but not both.")
        found = [
            tenant
            for tenant in self.of(call.account)
            if given.get("CertificateArn", tenant.config.certificate) == tenant.config.certificate
            and given.get("WebACLArn") == (tenant.config.web_acl if "WebACLArn" in given else None)
        ]
        return self._listed(call, found)

    def _listed(self, call: Call, found: list[Tenant]) -> Output:
        limit = self._context.settings.page_limit
        page, marker = page_of(found, lambda tenant: tenant.id, call.parameters, limit)
        return {"DistributionTenantList": [tenant.summary(self.now) for tenant in page]} | marker

    def get_managed_certificate_details(self, call: Call) -> Output:
        tenant = self.get(call.account, call.parameters["Identifier"])
        return {"ManagedCertificateDetails": self.managed.details(tenant)}

    # Checks

    def _check(self, account: str, config: TenantConfig, given: Output, present: Tenant | None) -> None:
        """Everything, before anything is changed."""
        distribution = self._cloudfront.distributions.get(config.distribution_id)
        if distribution is None or distribution.account != account:
            raise AwsError("EntityNotFound", "The specified distribution does not exist.", 404)
        if not distribution.multi_tenant:
            message = "Distribution tenants can only be associated with a multi-tenant distribution."
            raise AwsError("InvalidAssociation", message, 409)
        if config.group_id:
            self.groups.get(account, config.group_id)
        rules.check_config(config, parameter_definitions(distribution.config), self._context.settings)
        others = (holder for holder in self._cloudfront.all_holders() if present is None or holder.id != present.id)
        refuse_taken(account, config.domains, others)
        request = given.get("ManagedCertificateRequest")
        if request is not None:
            rules.check_request(request, config.domains)
        self._check_certificate(account, config, present)
        self._check_ownership(account, config, request, present)

    def _check_certificate(self, account: str, config: TenantConfig, present: Tenant | None) -> None:
        certificate = self.certificate_of(account, config)
        if config.certificate is not None and (present is None or config.certificate != present.config.certificate):
            own = present is not None and present.request is not None and present.request.arn == config.certificate
            lag = 0.0 if own else self._context.settings.cloudfront_certificate_lag
            rules.check_certificate(certificate, config.domains, self.now, lag)
        lost = (present.active if present else set()) & set(rules.uncovered(config.domains, certificate))
        if lost:
            # "You can't deactivate a domain" that is active, only remove it (managed-cloudfront-certificates).
            raise rules.invalid(f"No certificate would cover the active domains: {', '.join(sorted(lost))}")

    def _check_ownership(
        self, account: str, config: TenantConfig, request: Output | None, present: Tenant | None
    ) -> None:
        """Whoever adds a domain shows that it is theirs: by a certificate, by having CloudFront serve it, or later by
        the token on their own web server (DeveloperGuide; aws-sdk-php#3129)."""
        uncovered = rules.uncovered(config.domains, self.certificate_of(account, config))
        host = request["ValidationTokenHost"] if request else ""
        if host == "self-hosted":
            return
        known = set(present.config.domains) if present is not None and host != "cloudfront" else set()
        group = self.groups.groups.get(config.group_id) or self.groups.default(account)
        for domain in uncovered:
            if domain in known:
                continue
            if group is None or not cloudfront_pointing.is_proven(self._context.resolver, domain, group.endpoint):
                raise rules.invalid(rules.NOT_OWNED)

    def tell_certificates(self, *arns: str | None) -> None:
        """InUseBy has the ARNs of tenants."""
        for arn in dict.fromkeys(arns):
            certificate = self._cloudfront.certificates.certificates.get(arn or "")
            if certificate is not None:
                users = sorted(tenant.arn for tenant in self.tenants.values() if tenant.config.certificate == arn)
                certificate.set_users(USER, users, self.now)


def changed(config: TenantConfig, given: Output) -> TenantConfig:
    """With what the call names."""
    members: Output = {}
    if "DistributionId" in given:
        members["distribution_id"] = given["DistributionId"]
    if "Domains" in given:
        members["domains"] = tuple(item["Domain"].lower() for item in given["Domains"])
    if given.get("ConnectionGroupId"):
        members["group_id"] = given["ConnectionGroupId"]
    if "Customizations" in given:
        members["customizations"] = {name: value for name, value in given["Customizations"].items() if value}
    if "Parameters" in given:
        members["parameters"] = tuple((item["Name"], item["Value"]) for item in given["Parameters"])
    if "Enabled" in given:
        members["enabled"] = given["Enabled"]
    return replace(config, **members)
