# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Distributions, tenants and connection groups, as a test asks the running sandbox for them."""

from __future__ import annotations

from typing import Any

from .defaults import DEFAULT_ACCOUNT


class CloudFrontResources:
    """What `Sandbox` can do with CloudFront; none of it is an AWS call."""

    def control(self, method: str, name: str, wish: dict[str, Any] | None = None) -> Any:
        raise NotImplementedError

    def distribution(
        self,
        aliases: list[str] | None = None,
        certificate_arn: str | None = None,
        account: str = DEFAULT_ACCOUNT,
        tags: dict[str, str] | None = None,
        parameters: list[dict[str, Any]] | None = None,
    ) -> dict[str, str]:
        """A deployed distribution: `id`, `arn` and `etag`. With `parameters` ({name, required, default}; or an empty
        list) a multi-tenant one."""
        wish = {"aliases": aliases or [], "certificate_arn": certificate_arn, "account": account, "tags": tags or {}}
        made: dict[str, str] = self.control("POST", "distributions", wish | {"parameters": parameters})
        return made

    def distributions(self) -> list[dict[str, Any]]:
        """All distributions as ListDistributions shows them, with `account`."""
        found: list[dict[str, Any]] = self.control("GET", "distributions")
        return found

    def connection_group(
        self, name: str = "group", account: str = DEFAULT_ACCOUNT, default: bool = False
    ) -> dict[str, str]:
        """A deployed connection group: `id`, `arn`, `endpoint` and `etag`; of default ones there is one an account."""
        made: dict[str, str] = self.control(
            "POST", "connection_groups", {"name": name, "account": account, "default": default}
        )
        return made

    def add_tenants(
        self, distribution_id: str, tenants: list[dict[str, Any]], account: str = DEFAULT_ACCOUNT
    ) -> list[dict[str, str]]:
        """Deployed tenants (see `TenantControl`): `id`, `arn` and `etag` of each. With an attached managed certificate
        unless `certificate` says otherwise."""
        usual = {"account": account, "distribution_id": distribution_id, "certificate": "attached"}
        made: list[dict[str, str]] = self.control("POST", "tenants", {"add": [usual | item for item in tenants]})
        return made

    def tenants(self) -> dict[str, dict[str, Any]]:
        """By name, as GetDistributionTenant shows them, with `account`, `etag` and the last `certificate` requested,
        whose state `Sandbox.certificate` changes."""
        found: dict[str, dict[str, Any]] = self.control("GET", "tenants")
        return found

    def tokens(self, certificate_arn: str) -> dict[str, dict[str, str]]:
        """By domain: `from` where `to` where ACM wants to be led, and the `content` that is there."""
        found: dict[str, dict[str, str]] = self.control("GET", "tokens", {"arn": certificate_arn})
        return found
