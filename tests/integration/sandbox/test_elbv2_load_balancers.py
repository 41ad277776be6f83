# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Load balancers and listeners. Sources stand at the handlers and in elbv2_rules."""

from __future__ import annotations

from typing import Any

import pytest
from aws_session import OTHER, refused
from balancing import FIXED, certificate, in_use_by, named
from sandbox.client import Sandbox

NO_BALANCER = "arn:aws:elasticloadbalancing:eu-west-1:111111111111:loadbalancer/app/none/0123456789abcdef"
NO_LISTENER = "arn:aws:elasticloadbalancing:eu-west-1:111111111111:listener/app/none/0123456789abcdef/0123456789abcdef"


@pytest.fixture
def elb(sandbox: Sandbox) -> Any:
    return sandbox.boto("elbv2")


def balancer(elb: Any, name: str = "web", **parameters: Any) -> str:
    made = elb.create_load_balancer(Name=name, **parameters)["LoadBalancers"][0]
    return str(made["LoadBalancerArn"])


def listener(elb: Any, arn: str, **parameters: Any) -> Any:
    given = {"Port": 80, "Protocol": "HTTP", "DefaultActions": FIXED} | parameters
    return elb.create_listener(LoadBalancerArn=arn, **given)["Listeners"][0]


def test_a_load_balancer_is_shown_as_made(elb: Any) -> None:
    made = elb.create_load_balancer(Name="web", Subnets=["subnet-1", "subnet-2"], Scheme="internal")["LoadBalancers"][0]
    assert made["LoadBalancerArn"].startswith(
        "arn:aws:elasticloadbalancing:eu-west-1:111111111111:loadbalancer/app/web/"
    )
    assert (made["Type"], made["Scheme"], made["State"]) == ("application", "internal", {"Code": "active"})
    assert [zone["SubnetId"] for zone in made["AvailabilityZones"]] == ["subnet-1", "subnet-2"]
    assert elb.describe_load_balancers()["LoadBalancers"] == [made]
    network = elb.create_load_balancer(Name="net", Type="network")["LoadBalancers"][0]
    assert ":loadbalancer/net/net/" in network["LoadBalancerArn"]


def test_creating_the_same_load_balancer_again_succeeds_and_another_of_the_name_does_not(elb: Any) -> None:
    assert balancer(elb) == balancer(elb)
    assert refused(elb.create_load_balancer, Name="web", Type="network")["Code"] == "DuplicateLoadBalancerName"


@pytest.mark.parametrize("name", ["a" * 33, "-web", "web-", "internal-web", "web_1"])
def test_names_of_load_balancers(elb: Any, name: str) -> None:
    assert refused(elb.create_load_balancer, Name=name)["Code"] == "ValidationError"


def test_gateway_load_balancers_and_rules_are_clearly_not_there(elb: Any) -> None:
    assert refused(elb.create_load_balancer, Name="gate", Type="gateway")["Status"] == 501
    assert refused(elb.describe_rules)["Status"] == 501


def test_load_balancers_are_found_by_arn_and_by_name(elb: Any) -> None:
    web, api = balancer(elb, "web"), balancer(elb, "api")
    found = elb.describe_load_balancers(LoadBalancerArns=[web])["LoadBalancers"]
    assert [item["LoadBalancerName"] for item in found] == ["web"]
    assert elb.describe_load_balancers(Names=["api"])["LoadBalancers"][0]["LoadBalancerArn"] == api
    assert refused(elb.describe_load_balancers, Names=["web", "none"])["Code"] == "LoadBalancerNotFound"
    assert refused(elb.describe_load_balancers, LoadBalancerArns=[NO_BALANCER])["Code"] == "LoadBalancerNotFound"
    assert refused(elb.describe_load_balancers, LoadBalancerArns=["web"])["Code"] == "ValidationError"
    assert refused(elb.describe_load_balancers, LoadBalancerArns=[web], Names=["web"])["Code"] == "ValidationError"
    assert refused(elb.describe_load_balancers, LoadBalancerArns=[web] * 21)["Code"] == "ValidationError"


def test_load_balancers_come_in_pages(sandbox: Sandbox, elb: Any) -> None:
    names = {f"web-{number}" for number in range(5)}
    for name in names:
        balancer(elb, name)
    pages = list(elb.get_paginator("describe_load_balancers").paginate(PaginationConfig={"PageSize": 2}))
    assert [len(page["LoadBalancers"]) for page in pages] == [2, 2, 1]
    assert {item["LoadBalancerName"] for page in pages for item in page["LoadBalancers"]} == names
    assert refused(elb.describe_load_balancers, Marker="else")["Code"] == "ValidationError"
    sandbox.configure(page_limit=3)
    assert len(elb.describe_load_balancers()["LoadBalancers"]) == 3


def test_another_account_and_another_region_see_nothing(sandbox: Sandbox, elb: Any) -> None:
    arn = balancer(elb)
    entry = listener(elb, arn)["ListenerArn"]
    for other in (sandbox.boto("elbv2", account=OTHER), sandbox.boto("elbv2", region="us-east-1")):
        assert other.describe_load_balancers()["LoadBalancers"] == []
        assert refused(other.describe_load_balancers, LoadBalancerArns=[arn])["Code"] == "LoadBalancerNotFound"
        assert refused(other.describe_listeners, ListenerArns=[entry])["Code"] == "ListenerNotFound"
        assert refused(other.delete_listener, ListenerArn=entry)["Code"] == "ListenerNotFound"
        other.delete_load_balancer(LoadBalancerArn=arn)
    assert len(elb.describe_load_balancers()["LoadBalancers"]) == 1


def test_deleting_a_load_balancer_takes_its_listeners_and_frees_the_certificate(sandbox: Sandbox, elb: Any) -> None:
    wanted = certificate(sandbox)
    made = sandbox.load_balancer("web", certificate_arn=wanted)
    elb.delete_load_balancer(LoadBalancerArn=made["load_balancer_arn"])
    assert refused(elb.describe_listeners, ListenerArns=[made["listener_arn"]])["Code"] == "ListenerNotFound"
    assert in_use_by(sandbox, wanted) == []
    elb.delete_load_balancer(LoadBalancerArn=made["load_balancer_arn"])


def test_a_listener_shows_its_default_certificate_only(sandbox: Sandbox, elb: Any) -> None:
    one, two = certificate(sandbox), certificate(sandbox, "b.example.com")
    arn = balancer(elb)
    made = listener(elb, arn, Port=443, Protocol="HTTPS", Certificates=named(one))
    assert made["ListenerArn"].startswith(arn.replace(":loadbalancer/", ":listener/") + "/")
    assert made["SslPolicy"] == "ELBSecurityPolicy-2016-08"
    elb.add_listener_certificates(ListenerArn=made["ListenerArn"], Certificates=named(two))
    (shown,) = elb.describe_listeners(LoadBalancerArn=arn)["Listeners"]
    assert shown == made
    assert shown["Certificates"] == named(one)


def test_a_port_has_one_listener(sandbox: Sandbox, elb: Any) -> None:
    arn = balancer(elb)
    first = listener(elb, arn)
    assert listener(elb, arn) == first
    given = {"LoadBalancerArn": arn, "Port": 80, "Protocol": "HTTPS", "DefaultActions": FIXED}
    error = refused(elb.create_listener, **given, Certificates=named(certificate(sandbox)))
    assert error["Code"] == "DuplicateListener"
    second = listener(elb, arn, Port=81)
    assert refused(elb.modify_listener, ListenerArn=second["ListenerArn"], Port=80)["Code"] == "DuplicateListener"


def test_protocols_by_type_of_load_balancer(elb: Any) -> None:
    web, net = balancer(elb), balancer(elb, "net", Type="network")
    group = elb.create_target_group(Name="group", Protocol="TCP", Port=443)["TargetGroups"][0]["TargetGroupArn"]
    forward = [{"Type": "forward", "TargetGroupArn": group}]
    given = {"Port": 80, "DefaultActions": forward}
    assert refused(elb.create_listener, LoadBalancerArn=web, Protocol="TCP", **given)["Code"] == "UnsupportedProtocol"
    assert refused(elb.create_listener, LoadBalancerArn=net, Protocol="HTTP", **given)["Code"] == "UnsupportedProtocol"
    assert refused(elb.create_listener, LoadBalancerArn=web, **given)["Code"] == "ValidationError"
    assert elb.create_listener(LoadBalancerArn=net, Protocol="TCP", **given)["Listeners"][0]["Protocol"] == "TCP"
    missing = refused(elb.create_listener, LoadBalancerArn=NO_BALANCER, Protocol="HTTP", **given)
    assert missing["Code"] == "LoadBalancerNotFound"


def test_a_network_load_balancer_only_forwards_and_to_target_groups_that_exist(elb: Any) -> None:
    given = {"LoadBalancerArn": balancer(elb, Type="network"), "Port": 80, "Protocol": "TCP"}
    assert refused(elb.create_listener, **given, DefaultActions=FIXED)["Code"] == "InvalidLoadBalancerAction"
    actions = [{"Type": "forward", "TargetGroupArn": "arn:aws:x:targetgroup/none/0"}]
    assert refused(elb.create_listener, **given, DefaultActions=actions)["Code"] == "TargetGroupNotFound"


def test_ssl_policies_have_known_names(sandbox: Sandbox, elb: Any) -> None:
    made = sandbox.load_balancer("web", certificate_arn=certificate(sandbox))
    error = refused(elb.modify_listener, ListenerArn=made["listener_arn"], SslPolicy="Mine")
    assert error["Code"] == "SSLPolicyNotFound"
    policy = "ELBSecurityPolicy-TLS13-1-2-2021-06"
    changed = elb.modify_listener(ListenerArn=made["listener_arn"], SslPolicy=policy)["Listeners"][0]
    assert changed["SslPolicy"] == policy


def test_listeners_are_found_by_load_balancer_or_by_arn_in_pages(sandbox: Sandbox, elb: Any) -> None:
    arn = balancer(elb)
    arns = {listener(elb, arn, Port=port)["ListenerArn"] for port in range(80, 85)}
    pages = list(
        elb.get_paginator("describe_listeners").paginate(LoadBalancerArn=arn, PaginationConfig={"PageSize": 2})
    )
    assert [len(page["Listeners"]) for page in pages] == [2, 2, 1]
    assert {item["ListenerArn"] for page in pages for item in page["Listeners"]} == arns
    assert {item["ListenerArn"] for item in elb.describe_listeners(ListenerArns=list(arns))["Listeners"]} == arns
    assert refused(elb.describe_listeners)["Code"] == "ValidationError"
    assert refused(elb.describe_listeners, ListenerArns=[NO_LISTENER])["Code"] == "ListenerNotFound"
    assert refused(elb.describe_listeners, ListenerArns=["listener"])["Code"] == "ValidationError"


def test_a_deleted_listener_is_gone_and_frees_the_certificate(sandbox: Sandbox, elb: Any) -> None:
    wanted = certificate(sandbox)
    arn = sandbox.load_balancer("web", certificate_arn=wanted)["listener_arn"]
    elb.delete_listener(ListenerArn=arn)
    assert in_use_by(sandbox, wanted) == []
    assert refused(elb.delete_listener, ListenerArn=arn)["Code"] == "ListenerNotFound"


def test_tags_of_up_to_twenty_resources(sandbox: Sandbox, elb: Any) -> None:
    arn = balancer(elb, Tags=[{"Key": "a", "Value": "1"}])
    entry = listener(elb, arn)["ListenerArn"]
    elb.add_tags(ResourceArns=[arn, entry], Tags=[{"Key": "b", "Value": "2"}, {"Key": "c"}])
    elb.remove_tags(ResourceArns=[arn], TagKeys=["c", "unknown"])
    shown = {
        item["ResourceArn"]: {tag["Key"]: tag.get("Value", "") for tag in item["Tags"]}
        for item in elb.describe_tags(ResourceArns=[arn, entry])["TagDescriptions"]
    }
    assert shown == {arn: {"a": "1", "b": "2"}, entry: {"b": "2", "c": ""}}
    assert refused(elb.describe_tags, ResourceArns=[arn] * 21)["Code"] == "ValidationError"
    assert refused(elb.describe_tags, ResourceArns=[arn, NO_LISTENER])["Code"] == "ListenerNotFound"
    assert refused(elb.describe_tags, ResourceArns=[NO_BALANCER])["Code"] == "LoadBalancerNotFound"
    twice = [{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}]
    assert refused(elb.add_tags, ResourceArns=[arn], Tags=twice)["Code"] == "DuplicateTagKeys"
    many = [{"Key": f"k{number}", "Value": ""} for number in range(49)]
    assert refused(elb.add_tags, ResourceArns=[arn], Tags=many)["Code"] == "TooManyTags"


def test_target_groups_by_name_and_arn(elb: Any) -> None:
    made = elb.create_target_group(Name="group", Protocol="HTTPS", Port=8443)["TargetGroups"][0]
    assert elb.create_target_group(Name="group", Protocol="HTTPS", Port=8443)["TargetGroups"][0] == made
    assert refused(elb.create_target_group, Name="group", Port=1)["Code"] == "DuplicateTargetGroupName"
    assert elb.describe_target_groups(Names=["group"])["TargetGroups"] == [made]
    assert elb.describe_target_groups(TargetGroupArns=[made["TargetGroupArn"]])["TargetGroups"] == [made]
    assert refused(elb.describe_target_groups, Names=["none"])["Code"] == "TargetGroupNotFound"


def test_the_client_makes_load_balancers_without_calls(sandbox: Sandbox, elb: Any) -> None:
    wanted = certificate(sandbox)
    sandbox.clear_calls()
    first = sandbox.load_balancer("web", certificate_arn=wanted)
    second = sandbox.load_balancer("web", certificate_arn=wanted, port=8443)
    plain = sandbox.load_balancer("web", port=80)
    net = sandbox.load_balancer("net", type="network", certificate_arn=wanted)
    assert sandbox.calls() == []
    assert first["load_balancer_arn"] == second["load_balancer_arn"] == plain["load_balancer_arn"]
    listeners = elb.describe_listeners(LoadBalancerArn=first["load_balancer_arn"])["Listeners"]
    assert {(item["Port"], item["Protocol"]) for item in listeners} == {(443, "HTTPS"), (8443, "HTTPS"), (80, "HTTP")}
    assert elb.describe_listeners(ListenerArns=[net["listener_arn"]])["Listeners"][0]["Protocol"] == "TLS"
    assert sandbox.listeners()[first["listener_arn"]] == {"default": wanted, "certificates": []}
