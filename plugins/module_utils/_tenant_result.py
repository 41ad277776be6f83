# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""The record of a distribution tenant, and of its certificate, with the same keys whatever happened."""

from __future__ import annotations

import typing as t

from ._certificate_result import as_result
from ._certificates import CLOUDFRONT_REGION, Certificate
from ._tenant_states import FAIL, SETTLED, Assessment, Seen
from ._tenants import GEO_RESTRICTIONS, PENDING_VALIDATION, WEB_ACL, Tenant, WantedTenant

ROUTING = t.Mapping[str, str]
#: The group of tenants that name none.
DEFAULT_GROUP = ""


def tenant_result(wanted: WantedTenant, seen: Seen, found: Assessment, routing: ROUTING) -> dict[str, t.Any]:
    """``routing`` maps connection groups to their endpoints."""
    tenant, managed = seen.tenant, seen.managed
    endpoint = endpoint_of(wanted, tenant, routing)
    domains = dict(tenant.domains) if tenant else {}
    names = list(dict.fromkeys([*(wanted.domains or ()), *domains]))
    return {
        "name": wanted.name,
        "id": tenant.id if tenant else None,
        "arn": tenant.arn if tenant else None,
        "distribution_id": tenant.distribution_id if tenant else wanted.distribution_id,
        "domains": [{"domain": domain, "status": status} for domain, status in domains.items()],
        "enabled": tenant.enabled if tenant else None,
        "status": tenant.status if tenant else None,
        "connection_group_id": tenant.connection_group_id if tenant else wanted.connection_group_id,
        "routing_endpoint": endpoint,
        "dns_records": [{"name": name, "type": "CNAME", "value": endpoint} for name in names if endpoint],
        "certificate_arn": (managed.arn if managed else None) or (tenant.certificate_arn if tenant else None),
        "attached_certificate_arn": tenant.certificate_arn if tenant else None,
        "certificate_status": managed.status if managed else None,
        "validation_token_host": (managed.token_host if managed else None)
        or (wanted.managed.validation_token_host if wanted.managed else None),
        "validation_tokens": [
            {"domain": each.domain, "redirect_from": each.redirect_from, "redirect_to": each.redirect_to}
            for each in (managed.tokens if managed and managed.status == PENDING_VALIDATION else ())
            if each.redirect_from
        ],
        **_settings(tenant),
        "phase": found.condition.phase,
        "ready": found.condition.ready,
        "certificate_ready": found.certificate_ready,
        "reason": found.condition.reason,
        "message": found.condition.message,
        "next": found.next,
        "retry_after": found.retry_after,
    }


def _settings(tenant: Tenant | None) -> dict[str, t.Any]:
    """Empty where the tenant isn't there, or was only listed."""
    customizations = tenant.customizations if tenant else {}
    acl, geo = customizations.get(WEB_ACL) or {}, customizations.get(GEO_RESTRICTIONS) or {}
    return {
        "parameters": dict((tenant.parameters if tenant else None) or {}),
        "web_acl": {"action": acl.get("Action"), "arn": acl.get("Arn")},
        "geo_restrictions": {
            "restriction_type": geo.get("RestrictionType"),
            "locations": sorted(geo.get("Locations") or []),
        },
        "tags": dict((tenant.tags if tenant else None) or {}),
    }


def endpoint_of(wanted: WantedTenant, tenant: Tenant | None, routing: ROUTING) -> str | None:
    """Where the domains have to point to; None where the group isn't there (yet)."""
    group = wanted.connection_group_id or (tenant.connection_group_id if tenant else None) or DEFAULT_GROUP
    return routing.get(group) or None


def certificate_results(
    tenants: t.Iterable[t.Mapping[str, t.Any]], certificates: t.Mapping[str, Certificate]
) -> list[dict[str, t.Any]]:
    """The certificates of the tenants, each once: as ACM has them, else as far as CloudFront tells."""
    named: dict[str, t.Mapping[str, t.Any]] = {}
    for tenant in tenants:
        if tenant["certificate_arn"]:
            named.setdefault(tenant["certificate_arn"], tenant)
    return [
        as_result(certificates.get(arn) or _told(arn, tenant), name=tenant["name"]) for arn, tenant in named.items()
    ]


def _told(arn: str, tenant: t.Mapping[str, t.Any]) -> Certificate:
    names = [each["domain"] for each in tenant["domains"]]
    status = tenant["certificate_status"] or ("issued" if tenant["ready"] else "pending-validation")
    return Certificate(
        arn=arn,
        region=CLOUDFRONT_REGION,
        domain_name=names[0] if names else "",
        names=frozenset(names),
        status=status.upper().replace("-", "_"),
        type="AMAZON_ISSUED",
        managed_by="CLOUDFRONT" if tenant["certificate_status"] else None,
    )


def failure_sentence(tenants: t.Sequence[t.Mapping[str, t.Any]]) -> str | None:
    """Which tenants have failed and why; None if none has."""
    failed = [tenant for tenant in tenants if tenant["next"] == FAIL]
    return f"{len(failed)} of {_count(tenants)} failed: {_reasons(failed)}" if failed else None


def late_sentence(tenants: t.Sequence[t.Mapping[str, t.Any]], timeout: float) -> str | None:
    """Which tenants aren't done when the time is up, and what they wait for; None if all are."""
    late = [tenant for tenant in tenants if tenant["next"] not in SETTLED]
    if not late:
        return None
    return (
        f"{len(late)} of {_count(tenants)} not done within {timeout:.0f} seconds: {_reasons(late)} "
        "What is there is kept; run again to go on waiting."
    )


def _count(tenants: t.Sequence[t.Any]) -> str:
    return f"{len(tenants)} tenant" + ("" if len(tenants) == 1 else "s")


def _reasons(tenants: t.Iterable[t.Mapping[str, t.Any]]) -> str:
    return " ".join(f"{tenant['name']}: {tenant['message']}" for tenant in tenants)
