# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""CloudFront's distribution tenants: one function an API call."""

from __future__ import annotations

import dataclasses
import typing as t

from .._errors import ServiceError, TlsopsError
from .._tenants import ManagedCertificate, Tenant, from_detail, from_managed, from_summary, tags_of
from .access import Access
from .errors import require_code

_LARGEST_PAGE = 100
_NOT_FOUND = frozenset({"EntityNotFound", "NoSuchDistributionTenant"})


@dataclasses.dataclass(frozen=True)
class ConnectionGroup:
    """Where the domains of tenants have to point to."""

    id: str
    routing_endpoint: str
    default: bool


@dataclasses.dataclass(frozen=True)
class DnsVerdict:
    """What CloudFront itself sees of a domain in the DNS."""

    domain: str
    status: str
    reason: str


def require_tenants(access: Access) -> None:
    if not access.offers("cloudfront", "CreateDistributionTenant"):
        raise TlsopsError(
            "This botocore doesn't know CloudFront's distribution tenants: install botocore 1.38.4 or later."
        )


def get_tenant(access: Access, identifier: str) -> Tenant | None:
    """By name, ID or ARN; None where there is none."""
    about = f"tenant {identifier}"
    try:
        answer = access.call("cloudfront", "GetDistributionTenant", {"Identifier": identifier}, about=about)
    except ServiceError as error:
        require_code(error, _NOT_FOUND)
        return None
    return _tenant(answer)


def get_tenant_by_domain(access: Access, domain: str) -> Tenant | None:
    """None where no tenant of this account has the domain."""
    try:
        answer = access.call("cloudfront", "GetDistributionTenantByDomain", {"Domain": domain}, about=domain)
    except ServiceError as error:
        require_code(error, _NOT_FOUND)
        return None
    return _tenant(answer)


def list_tenants(access: Access) -> t.Iterator[Tenant]:
    """All tenants of the account, without their parameters and tags."""
    about = "the tenants of the account"
    for page in _pages(access, "ListDistributionTenants", {}, about):
        yield from (from_summary(summary) for summary in page.get("DistributionTenantList") or [])


def create_tenant(access: Access, parameters: t.Mapping[str, t.Any]) -> Tenant:
    about = f"tenant {parameters['Name']}"
    return _tenant(access.call("cloudfront", "CreateDistributionTenant", parameters, about=about))


def update_tenant(access: Access, parameters: t.Mapping[str, t.Any], about: str) -> Tenant:
    """Refused with PreconditionFailed if the tenant has changed since it was read."""
    return _tenant(access.call("cloudfront", "UpdateDistributionTenant", parameters, about=about))


def delete_tenant(access: Access, parameters: t.Mapping[str, t.Any], about: str) -> None:
    access.call("cloudfront", "DeleteDistributionTenant", parameters, about=about)


def move_domain(access: Access, parameters: t.Mapping[str, t.Any]) -> None:
    access.call("cloudfront", "UpdateDomainAssociation", parameters, about=f"domain {parameters['Domain']}")


def get_managed_certificate(access: Access, tenant: Tenant) -> ManagedCertificate | None:
    """None where CloudFront knows of no request for the tenant."""
    about = f"managed certificate of tenant {tenant.name}"
    try:
        answer = access.call("cloudfront", "GetManagedCertificateDetails", {"Identifier": tenant.id}, about=about)
    except ServiceError as error:
        require_code(error, _NOT_FOUND)
        return None
    return from_managed(answer.get("ManagedCertificateDetails") or {})


def list_connection_groups(access: Access) -> list[ConnectionGroup]:
    about = "the connection groups of the account"
    return [
        ConnectionGroup(each["Id"], each.get("RoutingEndpoint") or "", bool(each.get("IsDefault")))
        for page in _pages(access, "ListConnectionGroups", {}, about)
        for each in page.get("ConnectionGroups") or []
    ]


def verify_dns(access: Access, tenant: Tenant) -> list[DnsVerdict]:
    """Of every domain of the tenant."""
    about = f"DNS of tenant {tenant.name}"
    answer = access.call("cloudfront", "VerifyDnsConfiguration", {"Identifier": tenant.id}, about=about)
    return [
        DnsVerdict(each["Domain"], each["Status"], each.get("Reason") or "")
        for each in answer.get("DnsConfigurationList") or []
    ]


def list_domain_conflicts(access: Access, domain: str, resource: t.Mapping[str, str]) -> list[dict[str, str]]:
    """What has the domain, or one that overlaps with it. Other accounts' IDs are partly hidden."""
    parameters = {"Domain": domain, "DomainControlValidationResource": dict(resource)}
    pages = _pages(access, "ListDomainConflicts", parameters, f"domain {domain}")
    return [conflict for page in pages for conflict in page.get("DomainConflicts") or []]


def list_tags(access: Access, arn: str) -> dict[str, str]:
    answer = access.call("cloudfront", "ListTagsForResource", {"Resource": arn}, about=arn)
    return tags_of(answer.get("Tags"))


def tag_tenant(access: Access, parameters: t.Mapping[str, t.Any]) -> None:
    access.call("cloudfront", "TagResource", parameters, about=parameters["Resource"])


def untag_tenant(access: Access, arn: str, keys: t.Iterable[str]) -> None:
    parameters = {"Resource": arn, "TagKeys": {"Items": sorted(keys)}}
    access.call("cloudfront", "UntagResource", parameters, about=arn)


def _pages(
    access: Access, operation: str, parameters: t.Mapping[str, t.Any], about: str
) -> t.Iterator[dict[str, t.Any]]:
    paging: dict[str, t.Any] = {"MaxItems": _LARGEST_PAGE}
    while True:
        page = access.call("cloudfront", operation, {**parameters, **paging}, about=about)
        yield page
        if not page.get("NextMarker"):
            return
        paging["Marker"] = page["NextMarker"]


def _tenant(answer: t.Mapping[str, t.Any]) -> Tenant:
    return from_detail(answer["DistributionTenant"], answer.get("ETag") or "")
