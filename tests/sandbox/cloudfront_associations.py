# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""CloudFront: where the domains of tenants point to, who has a domain, and moving it.

Sources: the API model; DeveloperGuide, "Move an alternate domain name" (alternate-domain-names-move-*).
"""

from __future__ import annotations

import copy
from dataclasses import replace

from . import cloudfront_pointing
from . import cloudfront_tenant_rules as rules
from .acm_certificates import Certificate
from .calls import Call
from .cloudfront import CloudFront
from .cloudfront_domains import Holder, overlapping
from .cloudfront_rules import check_version
from .cloudfront_store import Distribution, new_id
from .cloudfront_tenant_store import Output, Tenant, page_of
from .cloudfront_tenants import Tenants
from .context import Context, Handler
from .errors import AwsError

SHOWN_OF_ID = 15
SHOWN_OF_ACCOUNT = 6


class Associations:
    """The operations; each takes the call and returns the members of its output."""

    def __init__(self, context: Context, cloudfront: CloudFront, tenants: Tenants) -> None:
        self._context = context
        self._cloudfront = cloudfront
        self._tenants = tenants

    def operations(self) -> dict[str, Handler]:
        return {
            "VerifyDnsConfiguration": self.verify_dns_configuration,
            "ListDomainConflicts": self.list_domain_conflicts,
            "UpdateDomainAssociation": self.update_domain_association,
        }

    def verify_dns_configuration(self, call: Call) -> Output:
        """Of one of the tenant's domains, or of all."""
        tenant = self._tenants.get(call.account, call.parameters["Identifier"])
        domains = tenant.config.domains
        if "Domain" in call.parameters:
            domains = (call.parameters["Domain"].lower(),)
            if domains[0] not in tenant.config.domains:
                raise rules.invalid("The domain is not associated with the distribution tenant.")
        endpoint, found = self._tenants.endpoint_of(tenant), []
        for domain in domains:
            verdict = cloudfront_pointing.judge(self._context.resolver, domain, endpoint)
            found.append({"Domain": domain, "Status": verdict.status, "Reason": verdict.reason})
        return {"DnsConfigurationList": found}

    def list_domain_conflicts(self, call: Call) -> Output:
        """Names at other resources that are the domain or overlap it. Ids are partly hidden (awscli's example of
        list-domain-conflicts), and so are other accounts (alternate-domain-names-move-find-source)."""
        domain = call.parameters["Domain"].lower()
        target = self._resource(call, call.parameters["DomainControlValidationResource"])
        self._check_control(target, domain)
        found = [
            (f"{name} {holder.id}", self._conflict(call.account, name, holder))
            for holder in self._cloudfront.all_holders()
            if holder.id != target.id
            for name in overlapping(domain, holder)
        ]
        page, marker = page_of(found, lambda item: item[0], call.parameters, self._context.settings.page_limit)
        return {"DomainConflicts": [conflict for dummy, conflict in page]} | marker

    @staticmethod
    def _conflict(account: str, name: str, holder: Holder) -> Output:
        shown = holder.account if holder.account == account else _hidden(holder.account, SHOWN_OF_ACCOUNT)
        return {
            "Domain": name,
            "ResourceType": holder.type,
            "ResourceId": _hidden(holder.id, SHOWN_OF_ID if len(holder.id) > SHOWN_OF_ID else SHOWN_OF_ACCOUNT),
            "AccountId": shown,
        }

    def _resource(self, call: Call, given: dict[str, str]) -> Tenant | Distribution:
        """ "You can specify either DistributionId or DistributionTenantId, but not both." """
        if len(given) != 1:
            raise rules.invalid("Either DistributionId or DistributionTenantId must be specified, but not both.")
        if "DistributionTenantId" in given:
            return self._tenants.get(call.account, given["DistributionTenantId"])
        distribution = self._cloudfront.distributions.get(given["DistributionId"])
        if distribution is None or distribution.account != call.account:
            raise AwsError("EntityNotFound", "The specified distribution does not exist.", 404)
        return distribution

    def _check_control(self, target: Tenant | Distribution, domain: str) -> None:
        """ "You must have a standard distribution or distribution tenant with a valid TLS certificate that covers the
        domain" (alternate-domain-names-move-find-source)."""
        certificate = self._certificate(target)
        if certificate is None or not certificate.issued or rules.uncovered([domain], certificate):
            raise rules.invalid(f"The resource has no certificate that covers the domain {domain}.")

    def _certificate(self, target: Tenant | Distribution) -> Certificate | None:
        if isinstance(target, Tenant):
            return self._tenants.certificate_of(target.account, target.config)
        return self._tenants.managed.find(target.certificate, target.account)

    def update_domain_association(self, call: Call) -> Output:
        """ "You must first disable the source distribution"; from another account it takes the TXT record as well."""
        domain = call.parameters["Domain"].lower()
        target = self._resource(call, call.parameters["TargetResource"])
        if "IfMatch" in call.parameters:
            check_version(call, target.etag)
        self._check_control(target, domain)
        source = self._source(domain)
        if source is target:
            raise rules.invalid("The domain is associated with the target resource already.")
        if source.config["Enabled"] if isinstance(source, Distribution) else source.config.enabled:
            raise AwsError("IllegalUpdate", "The resource that the domain is associated with is not disabled.")
        if source.account != target.account and not self._is_proven(domain, target):
            raise AwsError("IllegalUpdate", rules.NOT_OWNED)
        self._set(source, [name for name in _names(source) if name != domain])
        self._set(target, [*_names(target), domain])
        return {"Domain": domain, "ResourceId": target.id, "ETag": target.etag}

    def _source(self, domain: str) -> Tenant | Distribution:
        found = next((holder for holder in self._cloudfront.all_holders() if domain in holder.names), None)
        if found is None:
            raise AwsError("EntityNotFound", "The domain is not associated with any resource.", 404)
        return self._tenants.tenants.get(found.id) or self._cloudfront.distributions[found.id]

    def _is_proven(self, domain: str, target: Tenant | Distribution) -> bool:
        endpoint = self._tenants.endpoint_of(target) if isinstance(target, Tenant) else target.host
        return cloudfront_pointing.has_challenge(self._context.resolver, domain, endpoint)

    def _set(self, resource: Tenant | Distribution, names: list[str]) -> None:
        now = self._context.clock.now()
        if isinstance(resource, Tenant):
            resource.config = replace(resource.config, domains=tuple(names))
            self._tenants.settled(resource)
        else:
            aliases = {"Quantity": len(names)} | ({"Items": names} if names else {})
            resource.config = copy.deepcopy(resource.config) | {"Aliases": aliases}
        resource.etag, resource.modified = new_id(), now
        resource.deployed_at = now + self._context.settings.cloudfront_deploy_delay


def _names(resource: Tenant | Distribution) -> list[str]:
    if isinstance(resource, Tenant):
        return list(resource.config.domains)
    return list(resource.config["Aliases"].get("Items") or [])


def _hidden(text: str, shown: int) -> str:
    return "*" * (len(text) - shown) + text[-shown:]
