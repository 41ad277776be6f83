# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""CloudFront: connection groups, whose routing endpoints the domains of tenants point to. Source: the API model."""

from __future__ import annotations

from collections.abc import Callable

from . import cloudfront_edges
from .calls import Call
from .cloudfront_rules import check_version, merged_tags
from .cloudfront_store import new_id
from .cloudfront_tenant_store import ConnectionGroup, Output, group_id, page_of
from .context import Context, Handler
from .errors import AwsError

MAX_GROUPS = 100
DEFAULT_NAME = "CreatedByCloudFront"


class ConnectionGroups:
    """The operations; `in_use` says whether a tenant belongs to the group."""

    def __init__(self, context: Context, in_use: Callable[[ConnectionGroup], bool]) -> None:
        self._context = context
        self._in_use = in_use
        self.reset()

    def reset(self) -> None:
        self.groups: dict[str, ConnectionGroup] = {}

    def operations(self) -> dict[str, Handler]:
        return {
            "CreateConnectionGroup": self.create_connection_group,
            "GetConnectionGroup": self.get_connection_group,
            "GetConnectionGroupByRoutingEndpoint": self.get_connection_group_by_routing_endpoint,
            "UpdateConnectionGroup": self.update_connection_group,
            "DeleteConnectionGroup": self.delete_connection_group,
            "ListConnectionGroups": self.list_connection_groups,
        }

    def of(self, account: str) -> list[ConnectionGroup]:
        return [group for group in self.groups.values() if group.account == account]

    def get(self, account: str, identifier: str) -> ConnectionGroup:
        """By id, ARN or name, as GetConnectionGroup takes them."""
        for group in self.of(account):
            if identifier in (group.id, group.arn, group.name):
                return group
        raise AwsError("EntityNotFound", "The specified connection group does not exist.", 404)

    def default(self, account: str) -> ConnectionGroup | None:
        return next((group for group in self.of(account) if group.default), None)

    def make_default(self, account: str) -> ConnectionGroup:
        """ "When you first create a distribution tenant and you don't specify a connection group, CloudFront will
        automatically create a default connection group for you" (ConnectionGroup, API model)."""
        return self.default(account) or self.add(account, DEFAULT_NAME, default=True)

    def add(self, account: str, name: str, default: bool = False) -> ConnectionGroup:
        identifier, now = group_id(), self._context.clock.now()
        deployed_at = now + self._context.settings.cloudfront_deploy_delay
        endpoint = cloudfront_edges.new_host(identifier)
        group = ConnectionGroup(identifier, account, name, endpoint, now, now, deployed_at, new_id(), default)
        self.groups[identifier] = group
        self._serve(group)
        return group

    def _serve(self, group: ConnectionGroup) -> None:
        types = ("A", "AAAA") if group.ipv6 else ("A",)
        records = {record_type: cloudfront_edges.addresses(group.endpoint, record_type) for record_type in types}
        self._context.registrar.public_dns.set_cloudfront_host(group.endpoint, records)

    def create_connection_group(self, call: Call) -> Output:
        given = call.parameters
        if any(group.name == given["Name"] for group in self.of(call.account)):
            raise AwsError("EntityAlreadyExists", "A connection group with this name already exists.", 409)
        if len(self.of(call.account)) >= MAX_GROUPS:
            raise AwsError("EntityLimitExceeded", f"An account can have at most {MAX_GROUPS} connection groups.")
        if given.get("AnycastIpListId"):
            raise AwsError("EntityNotFound", "The specified Anycast static IP list does not exist.", 404)
        tags = merged_tags({}, given.get("Tags", {}).get("Items") or [])
        group = self.add(call.account, given["Name"])
        group.tags, group.enabled, group.ipv6 = tags, given.get("Enabled", True), given.get("Ipv6Enabled", True)
        self._serve(group)
        return self._shown(group)

    def _shown(self, group: ConnectionGroup) -> Output:
        return {"ConnectionGroup": group.as_output(self._context.clock.now()), "ETag": group.etag}

    def get_connection_group(self, call: Call) -> Output:
        return self._shown(self.get(call.account, call.parameters["Identifier"]))

    def get_connection_group_by_routing_endpoint(self, call: Call) -> Output:
        for group in self.of(call.account):
            if group.endpoint == call.parameters["RoutingEndpoint"].lower():
                return self._shown(group)
        raise AwsError("EntityNotFound", "The specified connection group does not exist.", 404)

    def update_connection_group(self, call: Call) -> Output:
        given, now = call.parameters, self._context.clock.now()
        group = self.get(call.account, given["Id"])
        check_version(call, group.etag)
        group.enabled, group.ipv6 = given.get("Enabled", group.enabled), given.get("Ipv6Enabled", group.ipv6)
        group.etag, group.modified = new_id(), now
        group.deployed_at = now + self._context.settings.cloudfront_deploy_delay
        self._serve(group)
        return self._shown(group)

    def delete_connection_group(self, call: Call) -> Output:
        """CannotDeleteEntityWhileInUse 409, ResourceNotDisabled 409."""
        group = self.get(call.account, call.parameters["Id"])
        check_version(call, group.etag)
        if self._in_use(group):
            message = "The connection group has distribution tenants."
            raise AwsError("CannotDeleteEntityWhileInUse", message, 409)
        if group.enabled or group.status(self._context.clock.now()) != "Deployed":
            raise AwsError("ResourceNotDisabled", "The connection group has not been disabled.", 409)
        del self.groups[group.id]
        self._context.registrar.public_dns.set_cloudfront_host(group.endpoint, {})
        return {}

    def list_connection_groups(self, call: Call) -> Output:
        if call.parameters.get("AssociationFilter"):
            return {"ConnectionGroups": []}
        limit, now = self._context.settings.page_limit, self._context.clock.now()
        page, marker = page_of(self.of(call.account), lambda group: group.id, call.parameters, limit)
        return {"ConnectionGroups": [group.summary(now) for group in page]} | marker
