# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Distributions: made, read, changed by version, listed, deleted, tagged. Sources stand at the handlers."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from aws_session import OTHER, refused
from sandbox.client import Sandbox


@pytest.fixture
def cloudfront(sandbox: Sandbox) -> Any:
    return sandbox.boto("cloudfront")


def config(reference: str = "one", **changes: Any) -> dict[str, Any]:
    """The least CloudFront takes."""
    origin = {"Id": "origin", "DomainName": "origin.example.net"}
    origin["CustomOriginConfig"] = {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"}  # type: ignore[assignment]
    behavior = {"TargetOriginId": "origin", "ViewerProtocolPolicy": "redirect-to-https", "CachePolicyId": "policy"}
    least = {
        "CallerReference": reference,
        "Origins": {"Quantity": 1, "Items": [origin]},
        "DefaultCacheBehavior": behavior,
        "Comment": "",
        "Enabled": True,
    }
    return least | changes


def read(cloudfront: Any, made: dict[str, str]) -> tuple[str, dict[str, Any]]:
    found = cloudfront.get_distribution_config(Id=made["id"])
    return found["ETag"], found["DistributionConfig"]


def update(cloudfront: Any, made: dict[str, str], **changes: Any) -> Any:
    etag, present = read(cloudfront, made)
    return cloudfront.update_distribution(Id=made["id"], IfMatch=etag, DistributionConfig=present | changes)


def test_a_new_distribution_is_in_progress_then_deployed(sandbox: Sandbox, cloudfront: Any) -> None:
    sandbox.configure(cloudfront_deploy_delay=300)
    made = cloudfront.create_distribution(DistributionConfig=config())
    assert made["ResponseMetadata"]["HTTPStatusCode"] == 201
    distribution = made["Distribution"]
    assert distribution["ARN"] == f"arn:aws:cloudfront::111111111111:distribution/{distribution['Id']}"
    assert made["Location"].endswith(f"/2020-05-31/distribution/{distribution['Id']}")
    assert distribution["Status"] == "InProgress"
    sandbox.advance(299)
    assert cloudfront.get_distribution(Id=distribution["Id"])["Distribution"]["Status"] == "InProgress"
    sandbox.advance(1)
    found = cloudfront.get_distribution(Id=distribution["Id"])
    assert found["Distribution"]["Status"] == "Deployed"
    assert found["ETag"] == made["ETag"]


def test_what_was_left_out_is_shown_with_its_default(cloudfront: Any) -> None:
    shown = cloudfront.create_distribution(DistributionConfig=config())["Distribution"]["DistributionConfig"]
    assert shown["Aliases"] == {"Quantity": 0}
    assert (shown["PriceClass"], shown["HttpVersion"], shown["WebACLId"]) == ("PriceClass_All", "http2", "")
    assert shown["DefaultCacheBehavior"]["AllowedMethods"]["Items"] == ["HEAD", "GET"]
    assert shown["Origins"]["Items"][0]["ConnectionAttempts"] == 3
    assert shown["ViewerCertificate"] == {
        "CloudFrontDefaultCertificate": True,
        "SSLSupportMethod": "vip",
        "MinimumProtocolVersion": "TLSv1",
        "CertificateSource": "cloudfront",
    }


def test_a_caller_reference_is_good_once_even_after_deletion(sandbox: Sandbox, cloudfront: Any) -> None:
    made = cloudfront.create_distribution(DistributionConfig=config(Enabled=False))
    error = refused(cloudfront.create_distribution, DistributionConfig=config(Comment="else"))
    assert (error["Code"], error["Status"]) == ("DistributionAlreadyExists", 409)
    sandbox.boto("cloudfront", account=OTHER).create_distribution(DistributionConfig=config())
    sandbox.advance(10)
    cloudfront.delete_distribution(Id=made["Distribution"]["Id"], IfMatch=made["ETag"])
    assert refused(cloudfront.create_distribution, DistributionConfig=config())["Code"] == "DistributionAlreadyExists"


def test_another_account_sees_no_distribution(sandbox: Sandbox, cloudfront: Any) -> None:
    made = sandbox.distribution()
    other = sandbox.boto("cloudfront", account=OTHER)
    etag, present = read(cloudfront, made)
    assert refused(other.get_distribution, Id=made["id"])["Status"] == 404
    error = refused(other.update_distribution, Id=made["id"], IfMatch=etag, DistributionConfig=present)
    assert error["Code"] == "NoSuchDistribution"
    assert refused(other.list_tags_for_resource, Resource=made["arn"])["Code"] == "NoSuchResource"
    assert other.list_distributions()["DistributionList"]["Quantity"] == 0


def test_every_update_changes_the_etag_and_deploys_anew(sandbox: Sandbox, cloudfront: Any) -> None:
    sandbox.configure(cloudfront_deploy_delay=300)
    made = sandbox.distribution()
    etag, present = read(cloudfront, made)
    assert etag == made["etag"]
    changed = update(cloudfront, made, Comment="new")
    assert changed["ETag"] != etag
    assert changed["Distribution"]["Status"] == "InProgress"
    now, after = read(cloudfront, made)
    assert now == changed["ETag"]
    assert after == present | {"Comment": "new"}
    assert update(cloudfront, made)["ETag"] != now
    sandbox.advance(300)
    assert cloudfront.get_distribution(Id=made["id"])["Distribution"]["Status"] == "Deployed"


def test_an_update_needs_the_version_that_was_read(sandbox: Sandbox, cloudfront: Any) -> None:
    made = sandbox.distribution()
    etag, present = read(cloudfront, made)
    error = refused(cloudfront.update_distribution, Id=made["id"], DistributionConfig=present)
    assert (error["Code"], error["Status"]) == ("InvalidIfMatchVersion", 400)
    update(cloudfront, made, Comment="theirs")
    error = refused(cloudfront.update_distribution, Id=made["id"], IfMatch=etag, DistributionConfig=present)
    assert (error["Code"], error["Status"]) == ("PreconditionFailed", 412)
    assert read(cloudfront, made)[1]["Comment"] == "theirs"


def test_an_update_is_the_whole_configuration(sandbox: Sandbox, cloudfront: Any) -> None:
    """aws-controllers-k8s/community#2335."""
    made = sandbox.distribution()
    etag, present = read(cloudfront, made)
    for name in ("Aliases", "ViewerCertificate", "Logging", "WebACLId", "Restrictions"):
        part = {key: value for key, value in present.items() if key != name}
        error = refused(cloudfront.update_distribution, Id=made["id"], IfMatch=etag, DistributionConfig=part)
        assert (error["Code"], error["Message"]) == ("IllegalUpdate", f"{name} is required for updates")


def test_the_caller_reference_stays(sandbox: Sandbox, cloudfront: Any) -> None:
    with pytest.raises(cloudfront.exceptions.IllegalUpdate):
        update(cloudfront, sandbox.distribution(), CallerReference="other")


def test_quantities_must_fit_the_items(sandbox: Sandbox, cloudfront: Any) -> None:
    error = refused(cloudfront.create_distribution, DistributionConfig=config(Aliases={"Quantity": 1}))
    assert error["Code"] == "InconsistentQuantities"
    made = sandbox.distribution()
    etag, present = read(cloudfront, made)
    broken = copy.deepcopy(present)
    broken["DefaultCacheBehavior"]["AllowedMethods"]["CachedMethods"]["Quantity"] = 3
    error = refused(cloudfront.update_distribution, Id=made["id"], IfMatch=etag, DistributionConfig=broken)
    assert error["Code"] == "InconsistentQuantities"


def test_the_default_behavior_names_an_origin(cloudfront: Any) -> None:
    wrong = config(DefaultCacheBehavior={"TargetOriginId": "none", "ViewerProtocolPolicy": "allow-all"})
    assert refused(cloudfront.create_distribution, DistributionConfig=wrong)["Code"] == "NoSuchOrigin"


def test_an_unknown_value_is_malformed(sandbox: Sandbox, cloudfront: Any) -> None:
    """aws-cli#6275."""
    viewer = {"ACMCertificateArn": "x", "SSLSupportMethod": "sni-only", "MinimumProtocolVersion": "TLSv1.4"}
    error = refused(cloudfront.create_distribution, DistributionConfig=config(ViewerCertificate=viewer))
    assert error["Code"] == "MalformedXML"
    assert "'distributionConfig.viewerCertificate.minimumProtocolVersion' failed to satisfy" in error["Message"]


def test_distributions_come_in_pages(sandbox: Sandbox, cloudfront: Any) -> None:
    made = {sandbox.distribution()["id"] for dummy in range(5)}
    pages = [
        page["DistributionList"]
        for page in cloudfront.get_paginator("list_distributions").paginate(PaginationConfig={"PageSize": 2})
    ]
    assert [(page["Quantity"], page["IsTruncated"]) for page in pages] == [(2, True), (2, True), (1, False)]
    assert {item["Id"] for page in pages for item in page["Items"]} == made
    etags = {item["Id"]: item["ETag"] for page in pages for item in page["Items"]}
    assert etags == {item["Id"]: item["ETag"] for item in sandbox.distributions()}
    sandbox.configure(page_limit=3)
    assert cloudfront.list_distributions()["DistributionList"]["Quantity"] == 3
    assert refused(cloudfront.list_distributions, MaxItems="0")["Code"] == "InvalidArgument"


def test_a_distribution_is_deleted_when_disabled_and_deployed(sandbox: Sandbox, cloudfront: Any) -> None:
    sandbox.configure(cloudfront_deploy_delay=300)
    made = sandbox.distribution()
    error = refused(cloudfront.delete_distribution, Id=made["id"], IfMatch=made["etag"])
    assert (error["Code"], error["Status"]) == ("DistributionNotDisabled", 409)
    etag = update(cloudfront, made, Enabled=False)["ETag"]
    assert refused(cloudfront.delete_distribution, Id=made["id"], IfMatch=etag)["Code"] == "DistributionNotDisabled"
    sandbox.advance(300)
    assert refused(cloudfront.delete_distribution, Id=made["id"])["Code"] == "InvalidIfMatchVersion"
    error = refused(cloudfront.delete_distribution, Id=made["id"], IfMatch=made["etag"])
    assert error["Code"] == "PreconditionFailed"
    answer = cloudfront.delete_distribution(Id=made["id"], IfMatch=etag)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert refused(cloudfront.get_distribution, Id=made["id"])["Code"] == "NoSuchDistribution"


def test_tags_at_creation_and_later(sandbox: Sandbox, cloudfront: Any) -> None:
    given = {"DistributionConfig": config(), "Tags": {"Items": [{"Key": "a", "Value": "1"}]}}
    made = cloudfront.create_distribution_with_tags(DistributionConfigWithTags=given)["Distribution"]
    assert sandbox.calls("cloudfront")[-1]["action"] == "CreateDistributionWithTags"
    cloudfront.tag_resource(Resource=made["ARN"], Tags={"Items": [{"Key": "b", "Value": "2"}, {"Key": "c"}]})
    cloudfront.untag_resource(Resource=made["ARN"], TagKeys={"Items": ["c", "unknown"]})
    tags = cloudfront.list_tags_for_resource(Resource=made["ARN"])["Tags"]["Items"]
    assert tags == [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]
    many = {"Items": [{"Key": f"k{number}", "Value": ""} for number in range(49)]}
    assert refused(cloudfront.tag_resource, Resource=made["ARN"], Tags=many)["Code"] == "InvalidTagging"
    reserved = {"Items": [{"Key": "aws:x", "Value": ""}]}
    assert refused(cloudfront.tag_resource, Resource=made["ARN"], Tags=reserved)["Code"] == "InvalidTagging"
    unknown = made["ARN"][:-4] + "0000"
    error = refused(cloudfront.list_tags_for_resource, Resource=unknown)
    assert (error["Code"], error["Status"]) == ("NoSuchResource", 404)


def test_the_client_makes_distributions_without_calls(sandbox: Sandbox, cloudfront: Any) -> None:
    made = sandbox.distribution(tags={"a": "b"})
    assert sandbox.calls() == []
    assert cloudfront.get_distribution(Id=made["id"])["Distribution"]["Status"] == "Deployed"
    assert cloudfront.list_tags_for_resource(Resource=made["arn"])["Tags"]["Items"] == [{"Key": "a", "Value": "b"}]
