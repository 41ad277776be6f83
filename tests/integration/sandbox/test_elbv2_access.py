# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Elastic Load Balancing and CloudFront: permissions, throttling."""

from __future__ import annotations

import pytest
from aws_session import OTHER, limited, refused
from balancing import certificate, certificates, named
from sandbox.calls import Call
from sandbox.client import Sandbox
from sandbox.clock import Clock
from sandbox.errors import AwsError
from sandbox.settings import Settings
from sandbox.throttle import Throttle


def test_changes_of_a_listener_are_allowed_by_its_arn(sandbox: Sandbox) -> None:
    default, one = certificates(sandbox, 2)
    mine = sandbox.load_balancer("mine", certificate_arn=default)["listener_arn"]
    theirs = sandbox.load_balancer("theirs", certificate_arn=default)["listener_arn"]
    resource = "arn:aws:elasticloadbalancing:eu-west-1:111111111111:listener/app/mine/*"
    elb = limited(sandbox, "elbv2", {"Action": "elasticloadbalancing:*", "Resource": resource})
    elb.add_listener_certificates(ListenerArn=mine, Certificates=named(one))
    elb.modify_listener(ListenerArn=mine, Certificates=named(one))
    elb.add_tags(ResourceArns=[mine], Tags=[{"Key": "a", "Value": "b"}])
    for call in (elb.add_listener_certificates, elb.remove_listener_certificates, elb.modify_listener):
        error = refused(call, ListenerArn=theirs, Certificates=named(one))
        assert (error["Code"], error["Status"]) == ("AccessDenied", 403)
        assert f"on resource: {theirs}" in error["Message"]
    tags = [{"Key": "a", "Value": "b"}]
    assert refused(elb.add_tags, ResourceArns=[mine, theirs], Tags=tags)["Code"] == "AccessDenied"
    assert refused(elb.remove_tags, ResourceArns=[theirs], TagKeys=["a"])["Code"] == "AccessDenied"


def test_describing_load_balancers_knows_no_resources(sandbox: Sandbox) -> None:
    """Service Authorization Reference: Describe* of Elastic Load Balancing V2 have no resource types."""
    listener = sandbox.load_balancer("web", certificate_arn=certificate(sandbox))["listener_arn"]
    action = "elasticloadbalancing:Describe*"
    narrow = limited(sandbox, "elbv2", {"Action": action, "Resource": listener})
    assert refused(narrow.describe_listener_certificates, ListenerArn=listener)["Code"] == "AccessDenied"
    wide = limited(sandbox, "elbv2", {"Action": action, "Resource": "*"})
    assert len(wide.describe_listener_certificates(ListenerArn=listener)["Certificates"]) == 1


def test_creating_load_balancers_with_tags_needs_add_tags_too(sandbox: Sandbox) -> None:
    start = "arn:aws:elasticloadbalancing:eu-west-1:111111111111:loadbalancer"
    create = {"Action": "elasticloadbalancing:CreateLoadBalancer", "Resource": f"{start}/app/web-*"}
    tag = {"Action": "elasticloadbalancing:AddTags", "Resource": f"{start}/app/*"}
    elb, tags = limited(sandbox, "elbv2", create), [{"Key": "a", "Value": "b"}]
    elb.create_load_balancer(Name="web-1")
    assert refused(elb.create_load_balancer, Name="api-1")["Code"] == "AccessDenied"
    assert refused(elb.create_load_balancer, Name="web-2", Type="network")["Code"] == "AccessDenied"
    assert "elasticloadbalancing:AddTags" in refused(elb.create_load_balancer, Name="web-2", Tags=tags)["Message"]
    limited(sandbox, "elbv2", create, tag).create_load_balancer(Name="web-2", Tags=tags)


def test_tags_of_a_listener_decide(sandbox: Sandbox) -> None:
    default, one = certificates(sandbox, 2)
    listener = sandbox.load_balancer("web", certificate_arn=default)["listener_arn"]
    condition = {"StringEquals": {"aws:ResourceTag/team": "web"}}
    elb = limited(sandbox, "elbv2", {"Action": "*", "Resource": "*", "Condition": condition})
    given = {"ListenerArn": listener, "Certificates": named(one)}
    assert refused(elb.add_listener_certificates, **given)["Code"] == "AccessDenied"
    sandbox.boto("elbv2").add_tags(ResourceArns=[listener], Tags=[{"Key": "team", "Value": "web"}])
    elb.add_listener_certificates(**given)


def test_distributions_are_allowed_by_their_arns_and_listing_by_none(sandbox: Sandbox) -> None:
    mine, theirs = sandbox.distribution(), sandbox.distribution()
    cloudfront = limited(sandbox, "cloudfront", {"Action": "cloudfront:*", "Resource": mine["arn"]})
    read = cloudfront.get_distribution_config(Id=mine["id"])
    cloudfront.update_distribution(Id=mine["id"], IfMatch=read["ETag"], DistributionConfig=read["DistributionConfig"])
    cloudfront.tag_resource(Resource=mine["arn"], Tags={"Items": [{"Key": "a", "Value": "b"}]})
    for call in (cloudfront.get_distribution, cloudfront.get_distribution_config):
        error = refused(call, Id=theirs["id"])
        assert (error["Code"], error["Status"]) == ("AccessDenied", 403)
    assert refused(cloudfront.list_tags_for_resource, Resource=theirs["arn"])["Code"] == "AccessDenied"
    assert refused(cloudfront.list_distributions)["Code"] == "AccessDenied"


def test_a_distribution_with_tags_needs_tag_resource(sandbox: Sandbox) -> None:
    made = sandbox.distribution()
    config = sandbox.boto("cloudfront").get_distribution_config(Id=made["id"])["DistributionConfig"]
    given = {"DistributionConfig": config | {"CallerReference": "new"}, "Tags": {"Items": [{"Key": "a", "Value": "b"}]}}
    create = {"Action": "cloudfront:CreateDistribution", "Resource": "*"}
    error = refused(
        limited(sandbox, "cloudfront", create).create_distribution_with_tags, DistributionConfigWithTags=given
    )
    assert "cloudfront:TagResource" in error["Message"]
    tag = {"Action": "cloudfront:TagResource", "Resource": "*"}
    limited(sandbox, "cloudfront", create, tag).create_distribution_with_tags(DistributionConfigWithTags=given)


# Throttling


def call(service: str, action: str, account: str = "111111111111", region: str = "eu-west-1") -> Call:
    return Call(0.0, service, action, account, region, "")


def passed(throttle: Throttle, service: str, action: str, **place: str) -> int:
    for count in range(500):
        try:
            throttle.charge(call(service, action, **place))
        except AwsError:
            return count
    return 500


@pytest.fixture
def clock() -> Clock:
    return Clock(lambda: 1000.0)


@pytest.mark.parametrize(
    ("action", "burst", "rate"),
    [
        ("DescribeListenerCertificates", 40, 10),
        ("AddListenerCertificates", 20, 3),
        ("RemoveListenerCertificates", 20, 3),
        ("ModifyListener", 20, 3),
        ("CreateListener", 20, 3),
        ("AddTags", 20, 3),
        ("CreateLoadBalancer", 10, 0.2),
    ],
)
def test_load_balancer_calls_have_published_rates(clock: Clock, action: str, burst: int, rate: float) -> None:
    throttle = Throttle(clock, Settings(throttle=True))
    assert passed(throttle, "elasticloadbalancing", action) == burst
    clock.advance(5)
    assert passed(throttle, "elasticloadbalancing", action) == 5 * rate if 5 * rate < burst else burst
    assert passed(throttle, "elasticloadbalancing", action, account=OTHER) == burst
    assert passed(throttle, "elasticloadbalancing", action, region="us-east-1") == burst


def test_changes_share_a_bucket_and_all_calls_share_another(clock: Clock) -> None:
    throttle = Throttle(clock, Settings(throttle=True))
    assert passed(throttle, "elasticloadbalancing", "AddListenerCertificates") == 20
    assert passed(throttle, "elasticloadbalancing", "ModifyListener") == 0
    assert passed(throttle, "elasticloadbalancing", "DescribeListeners") == 20


def test_load_balancing_answers_throttling(sandbox: Sandbox) -> None:
    """boto3#3125: the code on the wire is Throttling."""
    elb = sandbox.boto("elbv2")
    for dummy in range(45):
        elb.describe_load_balancers()
    sandbox.configure(throttle=True)
    errors = []
    for dummy in range(60):
        try:
            elb.describe_load_balancers()
        except elb.exceptions.ClientError as error:
            errors.append(error.response["Error"])
    assert errors
    assert errors[0] == {"Type": "Sender", "Code": "Throttling", "Message": "Rate exceeded"}


def test_cloudfront_throttles_updates_only_when_told(clock: Clock) -> None:
    """certd#796: four at once, then one in two to four seconds; there is no published rate."""
    settings = Settings(throttle=True)
    throttle = Throttle(clock, settings)
    assert passed(throttle, "cloudfront", "UpdateDistribution") == 500
    settings.cloudfront_throttle = True
    assert passed(throttle, "cloudfront", "UpdateDistribution") == 4
    assert passed(throttle, "cloudfront", "GetDistribution") == 500
    clock.advance(3)
    assert passed(throttle, "cloudfront", "UpdateDistribution") == 1
    with pytest.raises(AwsError) as caught:
        throttle.charge(call("cloudfront", "UpdateDistribution"))
    assert caught.value.code == "Throttling"
