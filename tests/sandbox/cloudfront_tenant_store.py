# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connection groups and distribution tenants as CloudFront keeps and shows them. Guarded by `Context.lock`."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from .clock import utc
from .errors import AwsError

Output = dict[str, Any]
Item = TypeVar("Item")

MAX_PAGE = 100
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


def tenant_id() -> str:
    """Like dt_2x9GhoK0TZRsohWzv1b9It8J1AB."""
    return "dt_" + "".join(secrets.choice(_LETTERS) for dummy in range(27))


def group_id() -> str:
    """Like cg_2uVbA9KeWaADTbKzhj9lcKDoM25."""
    return "cg_" + "".join(secrets.choice(_LETTERS) for dummy in range(27))


def shown_tags(tags: dict[str, str]) -> Output:
    return {"Items": [{"Key": key, "Value": value} for key, value in sorted(tags.items())]}


@dataclass
class ConnectionGroup:
    id: str
    account: str
    name: str
    endpoint: str
    created: float
    modified: float
    deployed_at: float
    etag: str
    default: bool = False
    enabled: bool = True
    ipv6: bool = True
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def arn(self) -> str:
        return f"arn:aws:cloudfront::{self.account}:connection-group/{self.id}"

    def status(self, now: float) -> str:
        return "InProgress" if now < self.deployed_at else "Deployed"

    def summary(self, now: float) -> Output:
        return {
            "Id": self.id,
            "Name": self.name,
            "Arn": self.arn,
            "RoutingEndpoint": self.endpoint,
            "CreatedTime": utc(self.created),
            "LastModifiedTime": utc(self.modified),
            "ETag": self.etag,
            "Enabled": self.enabled,
            "Status": self.status(now),
            "IsDefault": self.default,
        }

    def as_output(self, now: float) -> Output:
        shown = {name: value for name, value in self.summary(now).items() if name != "ETag"}
        return shown | {"Ipv6Enabled": self.ipv6, "Tags": shown_tags(self.tags)}


@dataclass(frozen=True)
class TenantConfig:
    """What a caller sets; a member that an update leaves out stays as it is."""

    distribution_id: str
    domains: tuple[str, ...]
    group_id: str
    customizations: Output = field(default_factory=dict)
    parameters: tuple[tuple[str, str], ...] = ()
    enabled: bool = True

    @property
    def certificate(self) -> str | None:
        arn: str | None = self.customizations.get("Certificate", {}).get("Arn")
        return arn

    @property
    def web_acl(self) -> str | None:
        arn: str | None = self.customizations.get("WebAcl", {}).get("Arn")
        return arn


@dataclass
class CertificateRequest:
    """The last managed certificate asked for, and what CloudFront has told the tenant of it."""

    arn: str
    token_host: str
    told: tuple[Any, ...] = ()


@dataclass
class Tenant:
    id: str
    account: str
    name: str
    config: TenantConfig
    created: float
    modified: float
    deployed_at: float
    certificate_since: float
    etag: str
    tags: dict[str, str] = field(default_factory=dict)
    request: CertificateRequest | None = None
    active: set[str] = field(default_factory=set)

    @property
    def arn(self) -> str:
        return f"arn:aws:cloudfront::{self.account}:distribution-tenant/{self.id}"

    def is_called(self, identifier: str) -> bool:
        """ "You can specify the ARN, ID, or name of the distribution tenant" (GetDistributionTenant)."""
        return identifier in (self.id, self.arn, self.name)

    def attach(self, certificate: str, now: float) -> None:
        """Put the certificate among the customizations, beside what is there."""
        customizations = self.config.customizations | {"Certificate": {"Arn": certificate}}
        self.config = replace(self.config, customizations=customizations)
        self.certificate_since = self.modified = now

    def status(self, now: float) -> str:
        return "InProgress" if now < self.deployed_at else "Deployed"

    def _head(self, now: float) -> Output:
        config, active = self.config, self.active
        shown: Output = {
            "Id": self.id,
            "DistributionId": config.distribution_id,
            "Name": self.name,
            "Arn": self.arn,
            "Domains": [
                {"Domain": name, "Status": "active" if name in active else "inactive"} for name in config.domains
            ],
            "ConnectionGroupId": config.group_id,
            "CreatedTime": utc(self.created),
            "LastModifiedTime": utc(self.modified),
            "Enabled": config.enabled,
            "Status": self.status(now),
        }
        return shown | ({"Customizations": config.customizations} if config.customizations else {})

    def summary(self, now: float) -> Output:
        """DistributionTenantSummary: the ETag, but neither parameters nor tags (API model)."""
        return self._head(now) | {"ETag": self.etag}

    def as_output(self, now: float) -> Output:
        parameters = [{"Name": name, "Value": value} for name, value in self.config.parameters]
        return self._head(now) | {"Tags": shown_tags(self.tags)} | ({"Parameters": parameters} if parameters else {})


def page_of(
    items: list[Item], id_of: Callable[[Item], str], given: Output, limit: int | None
) -> tuple[list[Item], Output]:
    """One page, in the order of ids, and the members that lead to the next."""
    size = given.get("MaxItems", MAX_PAGE)
    if size < 1:
        raise AwsError("InvalidArgument", f"The parameter MaxItems is not valid: {size}")
    size = min(size, MAX_PAGE, limit or MAX_PAGE)
    rest = [item for item in sorted(items, key=id_of) if id_of(item) > given.get("Marker", "")]
    page = rest[:size]
    return page, {"NextMarker": id_of(page[-1])} if len(rest) > size else {}
