# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connection groups and multi-tenant distributions. Sources stand at the handlers."""

from __future__ import annotations

from typing import Any

import pytest
from aws_session import OTHER, refused
from sandbox.client import Sandbox
from tenancy import SELF_HOSTED, create, update
from test_cloudfront_distributions import config


@pytest.fixture
def cloudfront(sandbox: Sandbox) -> Any:
    sandbox.configure(cloudfront_deploy_delay=300)
    return sandbox.boto("cloudfront")


def groups(cloudfront: Any) -> list[dict[str, Any]]:
    return list(cloudfront.list_connection_groups()["ConnectionGroups"])


# Connection groups


def test_the_default_group_comes_with_the_first_tenant(sandbox: Sandbox, cloudfront: Any) -> None:
    template = sandbox.distribution(parameters=[])
    assert groups(cloudfront) == []
    made = create(cloudfront, template, ManagedCertificateRequest=SELF_HOSTED)
    (group,) = groups(cloudfront)
    assert (group["Id"], group["IsDefault"], group["Enabled"]) == (made["ConnectionGroupId"], True, True)
    second = create(
        cloudfront,
        template,
        "two",
        Domains=["a.example.com"],
        ManagedCertificateRequest={"ValidationTokenHost": "self-hosted"},
    )
    assert second["ConnectionGroupId"] == group["Id"]


def test_or_with_the_first_multi_tenant_distribution(sandbox: Sandbox, cloudfront: Any) -> None:
    """DeveloperGuide, custom-connection-group."""
    sandbox.configure(default_connection_group="distribution")
    sandbox.distribution()
    assert groups(cloudfront) == []
    sandbox.distribution(parameters=[])
    assert [group["IsDefault"] for group in groups(cloudfront)] == [True]


def test_a_group_is_made_and_found_by_id_arn_name_and_endpoint(sandbox: Sandbox, cloudfront: Any) -> None:
    tags = {"Items": [{"Key": "team", "Value": "shop"}]}
    made = cloudfront.create_connection_group(Name="vip", Tags=tags, Ipv6Enabled=False)
    group = made["ConnectionGroup"]
    assert made["ResponseMetadata"]["HTTPStatusCode"] == 201
    assert group["Arn"] == f"arn:aws:cloudfront::111111111111:connection-group/{group['Id']}"
    assert group["RoutingEndpoint"].endswith(".cloudfront.net")
    assert (group["Status"], group["IsDefault"], group["Tags"]) == ("InProgress", False, tags)
    assert sandbox.resolve(group["RoutingEndpoint"], "AAAA")["records"] == []
    for identifier in (group["Id"], group["Arn"], "vip"):
        assert cloudfront.get_connection_group(Identifier=identifier)["ETag"] == made["ETag"]
    by_endpoint = cloudfront.get_connection_group_by_routing_endpoint
    assert by_endpoint(RoutingEndpoint=group["RoutingEndpoint"])["ConnectionGroup"] == group
    assert refused(by_endpoint, RoutingEndpoint="d.cloudfront.net")["Code"] == "EntityNotFound"
    other = sandbox.boto("cloudfront", account=OTHER)
    assert refused(other.get_connection_group, Identifier=group["Id"])["Status"] == 404
    assert refused(cloudfront.create_connection_group, Name="vip")["Code"] == "EntityAlreadyExists"


def test_a_group_is_changed_by_version_and_deleted_when_disabled_and_empty(sandbox: Sandbox, cloudfront: Any) -> None:
    template = sandbox.distribution(parameters=[])
    group = sandbox.connection_group("vip")
    create(cloudfront, template, ConnectionGroupId=group["id"], ManagedCertificateRequest=SELF_HOSTED)
    change, delete = cloudfront.update_connection_group, cloudfront.delete_connection_group
    changed = change(Id=group["id"], IfMatch=group["etag"], Ipv6Enabled=False)
    assert changed["ConnectionGroup"]["Ipv6Enabled"] is False
    assert sandbox.resolve(group["endpoint"], "AAAA")["records"] == []
    assert refused(change, Id=group["id"], IfMatch=group["etag"])["Code"] == "PreconditionFailed"
    error = refused(delete, Id=group["id"], IfMatch=changed["ETag"])
    assert (error["Code"], error["Status"]) == ("CannotDeleteEntityWhileInUse", 409)
    update(cloudfront, ConnectionGroupId=sandbox.connection_group("other")["id"])
    assert refused(delete, Id=group["id"], IfMatch=changed["ETag"])["Code"] == "ResourceNotDisabled"
    etag = change(Id=group["id"], IfMatch=changed["ETag"], Enabled=False)["ETag"]
    assert refused(delete, Id=group["id"], IfMatch=etag)["Code"] == "ResourceNotDisabled"
    sandbox.advance(300)
    assert delete(Id=group["id"], IfMatch=etag)["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert sandbox.resolve(group["endpoint"])["rcode"] == "NXDOMAIN"


# Multi-tenant distributions


def test_a_multi_tenant_distribution_is_made_shown_and_updated(sandbox: Sandbox, cloudfront: Any) -> None:
    definition = {"Name": "origin", "Definition": {"StringSchema": {"Required": True}}}
    tenants = {"ConnectionMode": "tenant-only", "TenantConfig": {"ParameterDefinitions": [definition]}}
    made = cloudfront.create_distribution(DistributionConfig=config(**tenants))
    shown = made["Distribution"]["DistributionConfig"]
    assert {name: shown[name] for name in tenants} == tenants
    identifier, etag = made["Distribution"]["Id"], made["ETag"]
    etag = cloudfront.update_distribution(Id=identifier, IfMatch=etag, DistributionConfig=shown)["ETag"]
    (listed,) = cloudfront.list_distributions()["DistributionList"]["Items"]
    assert listed["ConnectionMode"] == "tenant-only"
    direct = {name: value for name, value in shown.items() if name not in tenants}
    error = refused(cloudfront.update_distribution, Id=identifier, IfMatch=etag, DistributionConfig=direct)
    assert error["Code"] == "IllegalUpdate"


@pytest.mark.parametrize(
    "member",
    [
        {"Aliases": {"Quantity": 1, "Items": ["www.example.com"]}},
        {"PriceClass": "PriceClass_100"},
        {"ContinuousDeploymentPolicyId": "policy"},
    ],
)
def test_what_only_standard_distributions_may_have(cloudfront: Any, member: dict[str, Any]) -> None:
    given = config(ConnectionMode="tenant-only", **member)
    assert refused(cloudfront.create_distribution, DistributionConfig=given)["Code"] == "InvalidArgument"


def test_parameters_are_for_multi_tenant_distributions(cloudfront: Any) -> None:
    given = config(TenantConfig={"ParameterDefinitions": []})
    assert refused(cloudfront.create_distribution, DistributionConfig=given)["Code"] == "InvalidArgument"


def test_an_account_has_twenty_multi_tenant_distributions(sandbox: Sandbox, cloudfront: Any) -> None:
    for dummy in range(20):
        sandbox.distribution(parameters=[])
    given = config(ConnectionMode="tenant-only")
    assert refused(cloudfront.create_distribution, DistributionConfig=given)["Code"] == "EntityLimitExceeded"
    cloudfront.create_distribution(DistributionConfig=config())
