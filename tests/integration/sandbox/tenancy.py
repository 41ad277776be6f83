# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of distribution tenants say again and again."""

from __future__ import annotations

from typing import Any

from aws_session import make_zone, put_records
from sandbox.client import Sandbox

SELF_HOSTED = {"ValidationTokenHost": "self-hosted", "PrimaryDomainName": "shop.example.com"}
BY_CLOUDFRONT = {"ValidationTokenHost": "cloudfront", "PrimaryDomainName": "shop.example.com"}
DOMAIN = "shop.example.com"


def wildcard(sandbox: Sandbox, name: str = "*.example.com", **more: Any) -> str:
    """An issued certificate in us-east-1; its ARN."""
    (arn,) = sandbox.add_certificates([{"domain_name": name, "region": "us-east-1"} | more])
    return arn


def create(cloudfront: Any, distribution: dict[str, str], name: str = "shop", **members: Any) -> dict[str, Any]:
    """The tenant `name` with the domain shop.example.com, or `Domains` given as names; with its ETag."""
    domains = [{"Domain": domain} for domain in members.pop("Domains", [DOMAIN])]
    given = {"DistributionId": distribution["id"], "Name": name, "Domains": domains} | members
    made = cloudfront.create_distribution_tenant(**given)
    return made["DistributionTenant"] | {"ETag": made["ETag"]}


def read(cloudfront: Any, identifier: str = "shop") -> dict[str, Any]:
    found = cloudfront.get_distribution_tenant(Identifier=identifier)
    return found["DistributionTenant"] | {"ETag": found["ETag"]}


def update(cloudfront: Any, identifier: str = "shop", **members: Any) -> dict[str, Any]:
    """An update of what was just read."""
    present = read(cloudfront, identifier)
    changed = cloudfront.update_distribution_tenant(Id=present["Id"], IfMatch=present["ETag"], **members)
    return changed["DistributionTenant"] | {"ETag": changed["ETag"]}


def details(cloudfront: Any, identifier: str = "shop") -> dict[str, Any]:
    found: dict[str, Any] = cloudfront.get_managed_certificate_details(Identifier=identifier)
    return found["ManagedCertificateDetails"]


def states(tenant: dict[str, Any]) -> dict[str, str]:
    return {item["Domain"]: item["Status"] for item in tenant["Domains"]}


def point(sandbox: Sandbox, endpoint: str, *domains: str) -> str:
    """The zone example.com with CNAMEs from the domains to the endpoint; its id."""
    zone = make_zone(sandbox, "example.com")
    if domains:
        put_records(sandbox, zone, [(domain, "CNAME", endpoint) for domain in domains])
    return zone
