# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Elastic Load Balancing v2: tags, and the little of target groups that actions need."""

from __future__ import annotations

from . import elbv2_rules as rules
from .calls import Call
from .context import Handler
from .elbv2_lookup import Lookup
from .elbv2_store import Listener, LoadBalancer, Output, TargetGroup, arn_start, new_id
from .errors import AwsError

TARGET_GROUP_DEFAULTS = {
    "Protocol": "HTTP",
    "Port": 80,
    "VpcId": "vpc-0123456789abcdef0",
    "HealthCheckProtocol": "HTTP",
    "HealthCheckPort": "traffic-port",
    "HealthCheckEnabled": True,
    "TargetType": "instance",
    "IpAddressType": "ipv4",
}


class TagsAndTargets:
    """The operations; each takes the call and returns the members of its output."""

    def __init__(self, find: Lookup) -> None:
        self._find = find
        self._store = find.store

    def operations(self) -> dict[str, Handler]:
        return {
            "CreateTargetGroup": self.create_target_group,
            "DescribeTargetGroups": self.describe_target_groups,
            "AddTags": self.add_tags,
            "RemoveTags": self.remove_tags,
            "DescribeTags": self.describe_tags,
        }

    def create_target_group(self, call: Call) -> Output:
        given = {name: value for name, value in call.parameters.items() if name not in ("Name", "Tags")}
        groups = [group for group in self._find.groups(call) if group.name == call.parameters["Name"]]
        if groups:
            message = f"A target group with the same name '{groups[0].name}' exists, but with different settings"
            if groups[0].settings != TARGET_GROUP_DEFAULTS | given:
                raise AwsError("DuplicateTargetGroupName", message)
            return {"TargetGroups": [groups[0].as_output()]}
        name = call.parameters["Name"]
        group = TargetGroup(
            f"{arn_start(call.account, call.region)}:targetgroup/{name}/{new_id()}",
            call.account,
            call.region,
            name,
            TARGET_GROUP_DEFAULTS | given,
            rules.merged_tags({}, call.parameters.get("Tags") or []),
        )
        self._store.target_groups[group.arn] = group
        return {"TargetGroups": [group.as_output()]}

    def describe_target_groups(self, call: Call) -> Output:
        given, groups = call.parameters, self._find.groups(call)
        for member, name in (("TargetGroupArns", "arn"), ("Names", "name")):
            if given.get(member):
                groups = [group for group in groups if getattr(group, name) in given[member]]
                if len(groups) < len(set(given[member])):
                    raise AwsError("TargetGroupNotFound", "One or more target groups not found")
        page, marker = self._find.page(call, groups, lambda group: group.arn)
        return {"TargetGroups": [group.as_output() for group in page]} | marker

    def add_tags(self, call: Call) -> Output:
        for resource in self._tagged(call):
            resource.tags = rules.merged_tags(resource.tags, call.parameters["Tags"])
        return {}

    def remove_tags(self, call: Call) -> Output:
        gone = set(call.parameters["TagKeys"])
        for resource in self._tagged(call):
            resource.tags = {key: value for key, value in resource.tags.items() if key not in gone}
        return {}

    def describe_tags(self, call: Call) -> Output:
        return {
            "TagDescriptions": [
                {
                    "ResourceArn": resource.arn,
                    "Tags": [{"Key": key, "Value": value} for key, value in sorted(resource.tags.items())],
                }
                for resource in self._tagged(call)
            ]
        }

    def _tagged(self, call: Call) -> list[LoadBalancer | Listener | TargetGroup]:
        arns = call.parameters["ResourceArns"]
        rules.check_number(arns, "resources")
        return [self._find.resource(call, arn) for arn in arns]
