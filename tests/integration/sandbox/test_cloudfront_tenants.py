# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Distribution tenants: made, found, changed by version, listed, deleted, refused. Sources stand at the handlers."""

from __future__ import annotations

from typing import Any

import pytest
from aws_session import OTHER, limited, refused
from sandbox.client import Sandbox
from tenancy import DOMAIN, SELF_HOSTED, create, read, states, update, wildcard

WEB_ACL = "arn:aws:wafv2:us-east-1:111111111111:global/webacl/shop/0123"


@pytest.fixture
def cloudfront(sandbox: Sandbox) -> Any:
    sandbox.configure(cloudfront_deploy_delay=300)
    return sandbox.boto("cloudfront")


@pytest.fixture
def template(sandbox: Sandbox) -> dict[str, str]:
    """A multi-tenant distribution with a certificate for *.example.com."""
    return sandbox.distribution(certificate_arn=wildcard(sandbox), parameters=[])


def error_of(cloudfront: Any, template: dict[str, str], **members: Any) -> tuple[str, int]:
    error = refused(lambda: create(cloudfront, template, **members))
    return error["Code"], error["Status"]


def test_a_new_tenant_is_in_progress_then_deployed(sandbox: Sandbox, cloudfront: Any, template: dict[str, str]) -> None:
    tags = {"Items": [{"Key": "team", "Value": "shop"}]}
    made = create(cloudfront, template, Tags=tags)
    assert made["Id"].startswith("dt_")
    assert made["Arn"] == f"arn:aws:cloudfront::111111111111:distribution-tenant/{made['Id']}"
    assert (made["Status"], made["Enabled"], made["Tags"]) == ("InProgress", True, tags)
    assert states(made) == {DOMAIN: "active"}
    sandbox.advance(300)
    found = read(cloudfront)
    assert found == made | {"Status": "Deployed"}


def test_a_tenant_is_found_by_id_arn_name_and_domain(cloudfront: Any, template: dict[str, str]) -> None:
    made = create(cloudfront, template)
    for identifier in (made["Id"], made["Arn"], "shop"):
        assert read(cloudfront, identifier)["Id"] == made["Id"]
    found = cloudfront.get_distribution_tenant_by_domain(Domain=DOMAIN)
    assert (found["DistributionTenant"]["Id"], found["ETag"]) == (made["Id"], made["ETag"])
    assert refused(cloudfront.get_distribution_tenant, Identifier="shop2")["Code"] == "EntityNotFound"
    assert refused(cloudfront.get_distribution_tenant_by_domain, Domain="example.com")["Status"] == 404


def test_another_account_sees_no_tenant(sandbox: Sandbox, cloudfront: Any, template: dict[str, str]) -> None:
    made = create(cloudfront, template)
    other = sandbox.boto("cloudfront", account=OTHER)
    assert refused(other.get_distribution_tenant, Identifier=made["Arn"])["Code"] == "EntityNotFound"
    assert other.list_distribution_tenants()["DistributionTenantList"] == []
    assert error_of(other, template, Domains=["www.example.org"])[0] == "EntityNotFound"


def test_a_name_is_unique_in_the_account(cloudfront: Any, template: dict[str, str]) -> None:
    create(cloudfront, template)
    assert error_of(cloudfront, template, Domains=["www.example.com"]) == ("EntityAlreadyExists", 409)


def test_a_standard_distribution_takes_no_tenants(sandbox: Sandbox, cloudfront: Any) -> None:
    assert error_of(cloudfront, sandbox.distribution()) == ("InvalidAssociation", 409)
    assert error_of(cloudfront, {"id": "ENOSUCH"}) == ("EntityNotFound", 404)


@pytest.mark.parametrize(
    "domains", [[], ["a..example.com"], ["com"], [DOMAIN, "SHOP.example.com"], ["x y.example.com"]]
)
def test_domains_are_checked(cloudfront: Any, template: dict[str, str], domains: list[str]) -> None:
    assert error_of(cloudfront, template, Domains=domains) == ("InvalidArgument", 400)


def test_a_tenant_has_five_domains_at_most(sandbox: Sandbox, cloudfront: Any, template: dict[str, str]) -> None:
    six = [f"{letter}.example.com" for letter in "abcdef"]
    assert error_of(cloudfront, template, Domains=six) == ("EntityLimitExceeded", 400)
    sandbox.configure(tenant_domains_quota=100)
    assert len(create(cloudfront, template, Domains=six)["Domains"]) == 6


def test_tenants_are_limited(sandbox: Sandbox, cloudfront: Any, template: dict[str, str]) -> None:
    sandbox.configure(tenant_quota=1)
    create(cloudfront, template)
    assert error_of(cloudfront, template, name="two", Domains=["www.example.com"])[0] == "EntityLimitExceeded"


def test_a_domain_belongs_to_one_tenant_or_distribution_of_all_accounts(
    sandbox: Sandbox, cloudfront: Any, template: dict[str, str]
) -> None:
    sandbox.distribution(["www.example.com"], certificate_arn=wildcard(sandbox))
    create(cloudfront, template)
    for domain in (DOMAIN, "www.example.com"):
        assert error_of(cloudfront, template, name="two", Domains=[domain]) == ("CNAMEAlreadyExists", 409)
    theirs = wildcard(sandbox, account=OTHER)
    others = sandbox.distribution(certificate_arn=theirs, parameters=[], account=OTHER)
    other = sandbox.boto("cloudfront", account=OTHER)
    for domain in (DOMAIN, "*.example.com"):
        assert error_of(other, others, Domains=[domain])[0] == "CNAMEAlreadyExists"
    config = cloudfront.get_distribution_config(Id=sandbox.distribution(certificate_arn=wildcard(sandbox))["id"])
    taken = config["DistributionConfig"] | {"CallerReference": "x", "Aliases": {"Quantity": 1, "Items": [DOMAIN]}}
    assert refused(cloudfront.create_distribution, DistributionConfig=taken)["Code"] == "CNAMEAlreadyExists"


def test_parameters_are_those_of_the_distribution(sandbox: Sandbox, cloudfront: Any) -> None:
    definitions = [{"name": "origin", "required": True}, {"name": "tier", "required": True, "default": "basic"}]
    template = sandbox.distribution(certificate_arn=wildcard(sandbox), parameters=definitions)
    assert error_of(cloudfront, template) == ("InvalidArgument", 400)
    unknown = [{"Name": "origin", "Value": "a"}, {"Name": "color", "Value": "b"}]
    assert error_of(cloudfront, template, Parameters=unknown) == ("InvalidArgument", 400)
    twice = [{"Name": "origin", "Value": "a"}, {"Name": "origin", "Value": "b"}]
    assert error_of(cloudfront, template, Parameters=twice) == ("InvalidArgument", 400)
    many = [{"Name": f"p{number}", "Value": "a"} for number in range(6)]
    assert error_of(cloudfront, template, Parameters=many) == ("EntityLimitExceeded", 400)
    given = [{"Name": "origin", "Value": "a"}]
    assert create(cloudfront, template, Parameters=given)["Parameters"] == given


@pytest.mark.parametrize(
    "customizations",
    [
        {"WebAcl": {"Action": "override"}},
        {"WebAcl": {"Action": "disable", "Arn": WEB_ACL}},
        {"WebAcl": {"Action": "override", "Arn": "arn:aws:wafv2:eu-west-1:111111111111:regional/webacl/shop/0123"}},
        {"GeoRestrictions": {"RestrictionType": "whitelist"}},
        {"GeoRestrictions": {"RestrictionType": "none", "Locations": ["DE"]}},
        {"GeoRestrictions": {"RestrictionType": "blacklist", "Locations": ["de"]}},
    ],
)
def test_customizations_are_checked(cloudfront: Any, template: dict[str, str], customizations: dict[str, Any]) -> None:
    assert error_of(cloudfront, template, Customizations=customizations) == ("InvalidArgument", 400)


def test_what_the_model_forbids_is_refused_before_anything_else(cloudfront: Any, template: dict[str, str]) -> None:
    assert error_of(cloudfront, template, name="-shop") == ("MalformedXML", 400)
    request = {"ValidationTokenHost": "me"}
    assert error_of(cloudfront, template, ManagedCertificateRequest=request)[0] == "MalformedXML"


def test_tags_of_aws_are_refused(cloudfront: Any, template: dict[str, str]) -> None:
    tags = {"Items": [{"Key": "aws:team", "Value": "shop"}]}
    assert error_of(cloudfront, template, Tags=tags) == ("InvalidTagging", 400)


def test_an_update_keeps_what_it_leaves_out_but_replaces_customizations(
    sandbox: Sandbox, cloudfront: Any, template: dict[str, str]
) -> None:
    own = wildcard(sandbox)
    both = {"WebAcl": {"Action": "override", "Arn": WEB_ACL}, "Certificate": {"Arn": own}}
    made = create(cloudfront, template, Customizations=both)
    changed = update(cloudfront, Enabled=False)
    assert changed["Customizations"] == both
    assert (changed["Enabled"], changed["Domains"], changed["Status"]) == (False, made["Domains"], "InProgress")
    geo = {"GeoRestrictions": {"RestrictionType": "whitelist", "Locations": ["DE", "FR"]}}
    assert update(cloudfront, Customizations=geo)["Customizations"] == geo
    assert read(cloudfront)["Enabled"] is False


def test_an_update_needs_the_version_that_was_read(cloudfront: Any, template: dict[str, str]) -> None:
    made = create(cloudfront, template)
    update(cloudfront, Enabled=False)
    old = refused(cloudfront.update_distribution_tenant, Id=made["Id"], IfMatch=made["ETag"], Enabled=True)
    assert (old["Code"], old["Status"]) == ("PreconditionFailed", 412)
    empty = refused(cloudfront.update_distribution_tenant, Id=made["Id"], IfMatch="", Enabled=True)
    assert (empty["Code"], empty["Status"]) == ("InvalidIfMatchVersion", 400)
    assert read(cloudfront)["Enabled"] is False


def test_an_update_may_move_a_tenant(sandbox: Sandbox, cloudfront: Any, template: dict[str, str]) -> None:
    create(cloudfront, template)
    other = sandbox.distribution(certificate_arn=wildcard(sandbox), parameters=[])
    group = sandbox.connection_group("vip")
    moved = update(cloudfront, DistributionId=other["id"], ConnectionGroupId=group["id"])
    assert (moved["DistributionId"], moved["ConnectionGroupId"]) == (other["id"], group["id"])
    assert (
        refused(lambda: update(cloudfront, DistributionId=sandbox.distribution()["id"]))["Code"] == "InvalidAssociation"
    )
    assert refused(lambda: update(cloudfront, ConnectionGroupId="cg_none"))["Code"] == "EntityNotFound"


def test_an_active_domain_can_be_removed_but_not_deactivated(
    sandbox: Sandbox, cloudfront: Any, template: dict[str, str]
) -> None:
    create(cloudfront, template, Domains=[DOMAIN, "www.example.com"])
    plain = sandbox.distribution(parameters=[])
    assert refused(lambda: update(cloudfront, DistributionId=plain["id"]))["Code"] == "InvalidArgument"
    assert states(update(cloudfront, Domains=[{"Domain": DOMAIN}])) == {DOMAIN: "active"}


def test_only_a_disabled_and_deployed_tenant_can_be_deleted(
    sandbox: Sandbox, cloudfront: Any, template: dict[str, str]
) -> None:
    made = create(cloudfront, template)
    sandbox.advance(300)
    error = refused(cloudfront.delete_distribution_tenant, Id=made["Id"], IfMatch=made["ETag"])
    assert (error["Code"], error["Status"]) == ("ResourceNotDisabled", 409)
    etag = update(cloudfront, Enabled=False)["ETag"]
    assert refused(cloudfront.delete_distribution_tenant, Id=made["Id"], IfMatch=etag)["Code"] == "ResourceNotDisabled"
    sandbox.advance(300)
    old = refused(cloudfront.delete_distribution_tenant, Id=made["Id"], IfMatch=made["ETag"])
    assert (old["Code"], old["Status"]) == ("PreconditionFailed", 412)
    deleted = cloudfront.delete_distribution_tenant(Id=made["Id"], IfMatch=etag)
    assert deleted["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert refused(cloudfront.get_distribution_tenant, Identifier="shop")["Code"] == "EntityNotFound"
    create(cloudfront, template)


def test_a_distribution_with_tenants_cannot_be_deleted(
    sandbox: Sandbox, cloudfront: Any, template: dict[str, str]
) -> None:
    create(cloudfront, template)
    present = cloudfront.get_distribution_config(Id=template["id"])
    disabled = present["DistributionConfig"] | {"Enabled": False}
    changed = cloudfront.update_distribution(Id=template["id"], IfMatch=present["ETag"], DistributionConfig=disabled)
    sandbox.advance(300)
    assert (
        refused(cloudfront.delete_distribution, Id=template["id"], IfMatch=changed["ETag"])["Code"] == "ResourceInUse"
    )


def test_lists_come_in_pages_with_etags_and_without_parameters(
    sandbox: Sandbox, cloudfront: Any, template: dict[str, str]
) -> None:
    sandbox.add_tenants(
        template["id"], [{"name": f"t{number}", "domains": [f"t{number}.example.com"]} for number in range(5)]
    )
    first = cloudfront.list_distribution_tenants(MaxItems=2)
    assert len(first["DistributionTenantList"]) == 2
    found = list(cloudfront.get_paginator("list_distribution_tenants").paginate(PaginationConfig={"PageSize": 2}))
    tenants = [tenant for page in found for tenant in page["DistributionTenantList"]]
    assert sorted(tenant["Name"] for tenant in tenants) == ["t0", "t1", "t2", "t3", "t4"]
    assert "NextMarker" not in found[-1]
    assert {tenant["ETag"] for tenant in tenants} == {tenant["etag"] for tenant in sandbox.tenants().values()}
    assert not {"Parameters", "Tags"} & set(tenants[0])


def test_lists_are_filtered_by_distribution_group_and_customization(
    sandbox: Sandbox, cloudfront: Any, template: dict[str, str]
) -> None:
    own, group = wildcard(sandbox), sandbox.connection_group("vip")
    create(cloudfront, template, "own", Customizations={"Certificate": {"Arn": own}}, ConnectionGroupId=group["id"])
    acl = {"WebAcl": {"Action": "override", "Arn": WEB_ACL}}
    create(cloudfront, template, "acl", Domains=["www.example.com"], Customizations=acl)
    by = {"DistributionId": template["id"], "ConnectionGroupId": group["id"]}
    assert names(cloudfront.list_distribution_tenants(AssociationFilter=by)) == ["own"]
    assert names(cloudfront.list_distribution_tenants(AssociationFilter={"DistributionId": "E"})) == []
    search = cloudfront.list_distribution_tenants_by_customization
    assert names(search(CertificateArn=own)) == ["own"]
    assert names(search(WebACLArn=WEB_ACL)) == ["acl"]
    assert refused(search)["Code"] == "InvalidArgument"
    assert refused(search, CertificateArn=own, WebACLArn=WEB_ACL)["Code"] == "InvalidArgument"


def names(listed: dict[str, Any]) -> list[str]:
    return [tenant["Name"] for tenant in listed["DistributionTenantList"]]


def test_tenants_are_tagged_by_arn(cloudfront: Any, template: dict[str, str]) -> None:
    made = create(cloudfront, template)
    cloudfront.tag_resource(Resource=made["Arn"], Tags={"Items": [{"Key": "a", "Value": "1"}, {"Key": "b"}]})
    cloudfront.untag_resource(Resource=made["Arn"], TagKeys={"Items": ["a"]})
    found = cloudfront.list_tags_for_resource(Resource=made["Arn"])["Tags"]
    assert found == read(cloudfront)["Tags"] == {"Items": [{"Key": "b", "Value": ""}]}


def test_tags_are_listed_by_the_tagging_api_of_us_east_1(
    sandbox: Sandbox, cloudfront: Any, template: dict[str, str]
) -> None:
    tags = {"Items": [{"Key": "team", "Value": "shop"}]}
    made = create(cloudfront, template, Tags=tags)
    create(cloudfront, template, "untagged", Domains=["www.example.com"])
    asked = {"ResourceTypeFilters": ["cloudfront:distribution-tenant"], "TagFilters": [{"Key": "team"}]}
    found = sandbox.boto("resourcegroupstaggingapi", region="us-east-1").get_resources(**asked)
    assert found["ResourceTagMappingList"] == [{"ResourceARN": made["Arn"], "Tags": tags["Items"]}]
    assert sandbox.boto("resourcegroupstaggingapi").get_resources(**asked)["ResourceTagMappingList"] == []
    theirs = sandbox.boto("resourcegroupstaggingapi", account=OTHER, region="us-east-1").get_resources(**asked)
    assert theirs["ResourceTagMappingList"] == []


def test_changes_are_throttled_when_asked(sandbox: Sandbox, cloudfront: Any, template: dict[str, str]) -> None:
    create(cloudfront, template)
    sandbox.configure(cloudfront_throttle=True)
    for dummy in range(4):
        update(cloudfront, Enabled=True)
    assert refused(lambda: update(sandbox.boto("cloudfront"), Enabled=True))["Code"] == "Throttling"
    sandbox.advance(3)
    update(cloudfront, Enabled=True)


def test_what_a_tenant_needs_of_its_caller(sandbox: Sandbox, template: dict[str, str]) -> None:
    """Tags at creation need TagResource, a managed certificate ACM's permissions in the caller's name."""
    sandbox.configure(default_connection_group="distribution")
    allowed = ["cloudfront:CreateDistributionTenant", "acm:RequestCertificate"]
    cloudfront = limited(sandbox, "cloudfront", {"Action": allowed, "Resource": "*"})
    tags = {"Items": [{"Key": "team", "Value": "shop"}]}
    assert "cloudfront:TagResource" in refused(lambda: create(cloudfront, template, Tags=tags))["Message"]
    request = refused(lambda: create(cloudfront, template, ManagedCertificateRequest=SELF_HOSTED))
    assert (request["Code"], request["Status"]) == ("AccessDenied", 403)
    assert "acm:DescribeCertificate" in request["Message"]
    assert create(cloudfront, template)["Name"] == "shop"


def test_permissions_can_be_narrowed_to_a_tenant(sandbox: Sandbox, template: dict[str, str]) -> None:
    (one, two) = sandbox.add_tenants(
        template["id"], [{"name": name, "domains": [f"{name}.example.com"]} for name in ("one", "two")]
    )
    cloudfront = limited(sandbox, "cloudfront", {"Action": "cloudfront:*", "Resource": one["arn"]})
    assert cloudfront.get_distribution_tenant(Identifier=one["id"])["ETag"] == one["etag"]
    assert refused(cloudfront.get_distribution_tenant, Identifier=two["id"])["Code"] == "AccessDenied"
    assert refused(cloudfront.list_distribution_tenants)["Code"] == "AccessDenied"
