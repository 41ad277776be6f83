# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Distribution tenants and connection groups put into the sandbox by a test. None of it is a call."""

from __future__ import annotations

from typing import Any

from . import http_tokens
from .acm_certificates import Certificate
from .acm_seed import change_certificate
from .cloudfront_managed_certificates import STATUSES, new_certificate
from .cloudfront_tenant_store import Tenant, TenantConfig
from .cloudfront_tenants import USER, Tenants
from .context import Context

ACM_STATUSES = {managed: status for status, managed in STATUSES.items()}
MEMBERS = {
    "account",
    "name",
    "distribution_id",
    "domains",
    "certificate",
    "token_host",
    "certificate_arn",
    "connection_group_id",
    "parameters",
    "customizations",
    "enabled",
    "tags",
}


class TenantControl:
    """The handlers of `/sandbox/tenants` and `/sandbox/connection_groups`."""

    def __init__(self, context: Context, tenants: Tenants) -> None:
        self._context = context
        self._tenants = tenants

    def tenants(self, method: str, wish: dict[str, Any]) -> Any:
        """POST {"add": [...]} (see `_add`); GET: all, by name."""
        with self._context.lock:
            if method == "GET":
                return {tenant.name: self._shown(tenant) for tenant in self._tenants.tenants.values()}
            added = [self._add(item) for item in wish["add"]]
            return [{"id": tenant.id, "arn": tenant.arn, "etag": tenant.etag} for tenant in added]

    def _add(self, wish: dict[str, Any]) -> Tenant:
        """A deployed tenant from `MEMBERS`. `certificate` is that of a managed one: "attached" (and issued), a status
        as CloudFront has it, or None for no request."""
        unknown = sorted(set(wish) - MEMBERS)
        if unknown:
            raise ValueError(f"unknown: {', '.join(unknown)}; known are: {', '.join(sorted(MEMBERS))}")
        account, customizations = wish["account"], dict(wish.get("customizations") or {})
        if wish.get("certificate_arn"):
            customizations["Certificate"] = {"Arn": wish["certificate_arn"]}
        group = wish.get("connection_group_id") or self._tenants.groups.make_default(account).id
        config = TenantConfig(
            wish["distribution_id"],
            tuple(domain.lower() for domain in wish["domains"]),
            group,
            customizations,
            tuple((wish.get("parameters") or {}).items()),
            wish.get("enabled", True),
        )
        tenant = self._tenants.add(account, wish["name"], config)
        tenant.deployed_at, tenant.certificate_since = tenant.created, float("-inf")
        tenant.tags = dict(wish.get("tags") or {})
        if wish.get("certificate") is not None:
            self._request(tenant, wish["certificate"], wish.get("token_host", "cloudfront"))
        return self._tenants.settled(tenant)

    def _request(self, tenant: Tenant, wanted: str, token_host: str) -> None:
        now = self._context.clock.now()
        certificate: Certificate = new_certificate(tenant, tenant.config.domains[0], now)
        self._tenants.managed.hold(tenant, certificate, {"ValidationTokenHost": token_host})
        status = "ISSUED" if wanted == "attached" else ACM_STATUSES[wanted]
        change_certificate(certificate, {"status": status}, now)
        self._tenants.managed.watch(certificate)
        if wanted == "attached":
            tenant.attach(certificate.arn, now)
            tenant.certificate_since = float("-inf")
            certificate.set_users(USER, [tenant.arn], now)

    def _shown(self, tenant: Tenant) -> dict[str, Any]:
        """As GetDistributionTenant shows it, with `account`, `etag` and the ARN of the last `certificate` requested."""
        now = self._context.clock.now()
        shown = self._tenants.settled(tenant).as_output(now) | {"account": tenant.account, "etag": tenant.etag}
        return shown | {"certificate": tenant.request.arn if tenant.request else None}

    def tokens(self, method: str, wish: dict[str, Any]) -> Any:
        """GET {"arn": of a certificate}: by domain, from where to where ACM wants to be led, and what is there."""
        with self._context.lock:
            certificate = self._tenants.managed.get(wish["arn"])
            found = {}
            for name in certificate.names:
                start, end = http_tokens.redirect(certificate, name)
                found[name] = {"from": start, "to": end, "content": http_tokens.content(certificate, name)}
            return found

    def connection_groups(self, method: str, wish: dict[str, Any]) -> Any:
        """POST {account, name, default}: a deployed connection group."""
        with self._context.lock:
            groups = self._tenants.groups
            group = groups.default(wish["account"]) if wish.get("default") else None
            group = group or groups.add(wish["account"], wish["name"], bool(wish.get("default")))
            group.deployed_at = group.created
            return {"id": group.id, "arn": group.arn, "endpoint": group.endpoint, "etag": group.etag}
