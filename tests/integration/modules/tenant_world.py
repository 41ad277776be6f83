# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests about distribution tenants say again and again."""

from __future__ import annotations

from typing import Any

from aws_world import World
from support.modules import ModuleResult

MODULE = "cloudfront_tenant_cert"
DOMAIN = "shop.example.com"
#: Calls that change a tenant, or whose a domain is.
CHANGES = {
    *[f"cloudfront:{action}DistributionTenant" for action in ("Create", "Update", "Delete")],
    *[f"cloudfront:{action}" for action in ("TagResource", "UntagResource", "UpdateDomainAssociation")],
}
#: Pacing is the subject of other tests.
UNPACED = {call.partition(":")[2]: 1000 for call in CHANGES}
WEB_ACL = "arn:aws:wafv2:us-east-1:111111111111:global/webacl/shop/0123"


class Tenancy:
    """A multi-tenant distribution, the default connection group, and the zone of the domains."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.sandbox = world.sandbox
        self.sandbox.configure(insync_delay=0, cloudfront_deploy_delay=60, validation_interval=3600)
        self.distribution = self.sandbox.distribution(parameters=[{"name": "origin"}, {"name": "tier"}])["id"]
        self.endpoint = self.sandbox.connection_group("default", default=True)["endpoint"]
        self.zone = world.zone("example.com")
        self.sandbox.clear_calls()

    def point(self, *domains: str, to: str | None = None) -> None:
        """CNAMEs to the routing endpoint."""
        for domain in domains or (DOMAIN,):
            self.world.put_record(self.zone, domain, "CNAME", to or self.endpoint)
        self.sandbox.clear_calls()

    def run(self, name: str = "shop", *domains: str, host: str | None = "self-hosted", **options: Any) -> ModuleResult:
        """The module for one tenant, with a managed certificate unless `host` is None. It asks the sandbox's DNS."""
        given: dict[str, Any] = {"distribution_id": self.distribution, "domains": list(domains or (DOMAIN,))}
        if host:
            given["managed_certificate"] = {"validation_token_host": host}
        given |= {"nameservers": [self.sandbox.dns_address], "rate_limits": UNPACED}
        given |= options
        given = {key: value for key, value in given.items() if value is not None}
        return self.world.run(MODULE, name=name, **given)

    def tenant(self, name: str = "shop") -> dict[str, Any]:
        return self.sandbox.tenants()[name]

    def requests(self) -> list[dict[str, Any]]:
        """Every managed certificate there is."""
        return [each for each in self.sandbox.certificates() if each.get("ManagedBy") == "CLOUDFRONT"]

    def settle(self, status: str = "ISSUED", name: str = "shop") -> str:
        """Let the tenant's last request end like this; its ARN."""
        arn = str(self.tenant(name)["certificate"])
        self.sandbox.certificate(arn, status=status)
        return arn

    def attached(self, name: str = "shop", *domains: str, **wish: Any) -> str:
        """A tenant as a run of the module leaves it; the ARN of its certificate."""
        entry = {"name": name, "domains": list(domains or (DOMAIN,)), **wish}
        self.sandbox.add_tenants(self.distribution, [entry])
        return str(self.tenant(name)["certificate"])

    def edit(self, name: str = "shop", **members: Any) -> None:
        """Somebody else's change."""
        cloudfront = self.sandbox.boto("cloudfront")
        found = cloudfront.get_distribution_tenant(Identifier=name)
        cloudfront.update_distribution_tenant(Id=found["DistributionTenant"]["Id"], IfMatch=found["ETag"], **members)
        self.sandbox.clear_calls()

    def changes(self) -> dict[str, int]:
        """The calls that changed something since the last time this was asked, without the service's prefix."""
        return {call.partition(":")[2]: count for call, count in self.world.counted().items() if call in CHANGES}

    def converged(self, **options: Any) -> ModuleResult:
        """A run that finds nothing to do."""
        self.world.counted()
        result = self.run(**options)
        assert not result.failed, result.result
        assert result["changed"] is False, result.result
        assert self.changes() == {}
        return result


def good(result: ModuleResult, *, changed: bool = True) -> dict[str, Any]:
    assert not result.failed, result.result
    assert result["changed"] is changed, result.result
    return dict(result["tenant"])


def bad(result: ModuleResult, reason: str, *parts: str) -> str:
    """The run failed; the tenant says why in one word, and the message has the parts."""
    assert result.failed, result.result
    assert result["tenant"]["reason"] == reason, result.result
    for part in parts:
        assert part in result["msg"], f"{part!r} is missing in: {result['msg']}"
    return str(result["msg"])


def statuses(tenant: dict[str, Any]) -> dict[str, str]:
    return {each["domain"]: each["status"] for each in tenant["domains"]}
