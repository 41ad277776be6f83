# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The certificates of listeners. The order of calls has its table and its model in the unit tests of _listeners."""

from __future__ import annotations

import json
import time
from typing import Any

import attaching
import pytest
from attaching import (
    ELB,
    attach,
    certificate,
    certificates,
    changes,
    listener,
    owner_tags,
    predicted,
    refused,
    served,
    short,
)
from aws_world import ACCOUNT, FAST, World
from support.modules import run_module

MODULE = "elb_listener_certificates"
#: The reads of a run about one listener that is given by its ARN.
READS = {
    f"{ELB}:DescribeListeners": 1,
    f"{ELB}:DescribeListenerCertificates": 1,
    f"{ELB}:DescribeTags": 1,
    "acm:ListCertificates": 1,
}
NOBODYS = f"arn:aws:acm:eu-west-1:{ACCOUNT}:certificate/00000000-0000-0000-0000-000000000000"


@pytest.fixture(params=["removed", "kept"])
def old_default(request: pytest.FixtureRequest, world: World) -> str:
    """What ModifyListener does with the old default; AWS doesn't say."""
    world.sandbox.configure(old_default=request.param)
    return str(request.param)


# --- Fresh, converged, predicted -------------------------------------------------------------------------------------


def test_certificates_are_added_and_the_next_run_has_nothing_to_do(world: World) -> None:
    theirs, one, two = certificates(world.sandbox, 3)
    web = listener(world.sandbox, theirs)
    result = attach(world, web, one, two, owner="shop")
    assert world.counted() == {**READS, f"{ELB}:AddTags": 1, f"{ELB}:AddListenerCertificates": 2}
    assert served(world.sandbox, web) == (theirs, {one, two})
    assert owner_tags(world.sandbox, web) == {short(one): "shop", short(two): "shop"}
    (shown,) = result["listeners"]
    assert result["changed"] is True
    assert shown == {
        "listener_arn": web,
        "default_certificate_arn": theirs,
        "certificate_arns": sorted([one, two]),
        "added": sorted([one, two]),
        "removed": [],
        "kept": [{"certificate_arn": theirs, "reason": "we didn't put it there"}],
        "owners": {one: "shop", two: "shop"},
    }
    assert [each["arn"] for each in result["certificates"]] == [one, two]
    world.counted()
    again = attach(world, web, one, two, owner="shop")
    assert again["changed"] is False
    assert again["listeners"] == [{**shown, "added": []}]
    assert world.counted() == READS


def test_what_is_removed_and_added_is_predicted_with_its_diff(world: World) -> None:
    theirs, old, new = certificates(world.sandbox, 3)
    web = listener(world.sandbox, theirs)
    attach(world, web, old)
    result = predicted(world, MODULE, listener_arn=web, certificate_arns=[new])
    subject = f"certificates of listener {web}"
    assert json.loads(result["diff"]["before"]) == {subject: {"default": theirs, "others": [old]}}
    assert json.loads(result["diff"]["after"]) == {subject: {"default": theirs, "others": [new]}}
    assert served(world.sandbox, web) == (theirs, {new})
    assert owner_tags(world.sandbox, web) == {short(new): "tlsops"}


@pytest.mark.parametrize("wanted_too", [False, True], ids=["unwanted", "still wanted"])
def test_another_default(world: World, old_default: str, wanted_too: bool) -> None:
    """Whatever AWS does with the old default, it is where it should be after one run, and the next does nothing."""
    theirs, old, new = certificates(world.sandbox, 3)
    web = listener(world.sandbox, theirs)
    attach(world, web, default_certificate_arn=old, purge="all")
    assert served(world.sandbox, web) == (old, set())
    world.counted()
    others = [old] if wanted_too else []
    result = predicted(world, MODULE, listener_arn=web, default_certificate_arn=new, certificate_arns=others)
    assert served(world.sandbox, web) == (new, set(others))
    assert result["listeners"][0]["certificate_arns"] == others
    assert owner_tags(world.sandbox, web) == dict.fromkeys(map(short, [new, *others]), "tlsops")


def test_somebody_elses_default_moves_to_the_list(world: World, old_default: str) -> None:
    theirs, new = certificates(world.sandbox, 2)
    web = listener(world.sandbox, theirs)
    predicted(world, MODULE, listener_arn=web, default_certificate_arn=new)
    assert served(world.sandbox, web) == (new, {theirs})
    assert owner_tags(world.sandbox, web) == {short(new): "tlsops"}


def test_without_a_wanted_default_the_present_one_stays_until_it_is_not_wanted(world: World, old_default: str) -> None:
    theirs, first, second = certificates(world.sandbox, 3)
    web = listener(world.sandbox, theirs)
    attach(world, web, first, default_certificate_arn=first, purge="all")
    predicted(world, MODULE, listener_arn=web, certificate_arns=[second, first])
    assert served(world.sandbox, web) == (first, {second})
    predicted(world, MODULE, listener_arn=web, certificate_arns=[second])
    # The new default may stay in the list, where AWS protects it.
    assert served(world.sandbox, web) == (second, {second})


def test_a_default_that_stands_in_the_list_too_is_a_finished_state(world: World) -> None:
    theirs, ours = certificates(world.sandbox, 2)
    web = listener(world.sandbox, theirs)
    attach(world, web, ours)
    # ModifyListener leaves the new default in the list.
    world.sandbox.boto("elbv2").modify_listener(ListenerArn=web, Certificates=[{"CertificateArn": ours}])
    assert ours in served(world.sandbox, web)[1]
    for options in ({"certificate_arns": [ours]}, {"default_certificate_arn": ours}):
        world.counted()
        result = world.run(MODULE, listener_arn=web, **options)
        assert result["changed"] is False
        assert changes(world.counted()) == {}


def test_a_default_that_is_promoted_from_the_list(world: World, old_default: str) -> None:
    theirs, ours = certificates(world.sandbox, 2)
    web = listener(world.sandbox, theirs)
    attach(world, web, ours)
    predicted(world, MODULE, listener_arn=web, default_certificate_arn=ours, purge="all")
    default, others = served(world.sandbox, web)
    assert default == ours
    assert theirs not in others


def test_nothing_wanted_takes_ours_away_and_is_legal_where_nothing_is(world: World) -> None:
    theirs, ours = certificates(world.sandbox, 2)
    web = listener(world.sandbox, theirs)
    plain = listener(world.sandbox, None, port=80)
    attach(world, web, ours)
    predicted(world, MODULE, listener_arn=web)
    assert served(world.sandbox, web) == (theirs, set())
    assert owner_tags(world.sandbox, web) == {}
    assert attach(world, plain)["changed"] is False


# --- Whose ----------------------------------------------------------------------------------------------------------


def test_each_owner_takes_only_its_own(world: World) -> None:
    theirs, shop, blog, by_hand = certificates(world.sandbox, 4)
    web = listener(world.sandbox, theirs, by_hand)
    attach(world, web, shop, owner="shop")
    attach(world, web, blog, owner="blog")
    assert served(world.sandbox, web) == (theirs, {shop, blog, by_hand})
    result = predicted(world, MODULE, listener_arn=web, owner="shop")
    assert served(world.sandbox, web) == (theirs, {blog, by_hand})
    assert {each["certificate_arn"]: each["reason"] for each in result["listeners"][0]["kept"]} == {
        theirs: "we didn't put it there",
        by_hand: "we didn't put it there",
        blog: "it is there for blog",
    }
    assert owner_tags(world.sandbox, web) == {short(blog): "blog"}
    predicted(world, MODULE, listener_arn=web, owner="blog")
    assert served(world.sandbox, web) == (theirs, {by_hand})


def test_what_was_there_already_does_not_become_ours(world: World) -> None:
    theirs, by_hand = certificates(world.sandbox, 2)
    web = listener(world.sandbox, theirs, by_hand)
    assert attach(world, web, by_hand)["changed"] is False
    attach(world, web)
    assert served(world.sandbox, web) == (theirs, {by_hand})


@pytest.mark.parametrize(
    ("purge", "remain"),
    [("managed", {"wanted", "by hand", "blog"}), ("all", {"wanted"}), ("none", {"wanted", "by hand", "blog", "old"})],
)
def test_purge(world: World, purge: str, remain: set[str]) -> None:
    theirs = certificate(world.sandbox)
    arns = dict(zip(["wanted", "by hand", "blog", "old"], certificates(world.sandbox, 4), strict=True))
    web = listener(world.sandbox, theirs, arns["by hand"])
    attach(world, web, arns["blog"], owner="blog")
    attach(world, web, arns["old"])
    predicted(world, MODULE, listener_arn=web, certificate_arns=[arns["wanted"]], purge=purge)
    default, others = served(world.sandbox, web)
    if purge == "all":
        assert (default, others) == (arns["wanted"], set())
    else:
        assert (default, others) == (theirs, {arns[name] for name in remain})
    owned = {short(arns["wanted"]): "tlsops", short(arns["blog"]): "blog", short(arns["old"]): "tlsops"}
    assert owner_tags(world.sandbox, web) == {
        key: owner for key, owner in owned.items() if key in {short(arns[name]) for name in remain}
    }


def test_other_tags_of_the_listener_are_left_alone(world: World) -> None:
    theirs, ours = certificates(world.sandbox, 2)
    web = listener(world.sandbox, theirs)
    elb = world.sandbox.boto("elbv2")
    elb.add_tags(ResourceArns=[web], Tags=[{"Key": "team", "Value": "web"}, {"Key": "tlsops:other", "Value": "x"}])
    attach(world, web, ours)
    attach(world, web)
    tags = elb.describe_tags(ResourceArns=[web])["TagDescriptions"][0]["Tags"]
    assert {tag["Key"]: tag["Value"] for tag in tags} == {"team": "web", "tlsops:other": "x"}


def test_nothing_else_of_the_listener_is_changed(world: World, old_default: str) -> None:
    theirs, ours = certificates(world.sandbox, 2)
    web = listener(world.sandbox, theirs)
    elb = world.sandbox.boto("elbv2")
    elb.modify_listener(ListenerArn=web, SslPolicy="ELBSecurityPolicy-TLS13-1-2-2021-06")
    (before,) = elb.describe_listeners(ListenerArns=[web])["Listeners"]
    attach(world, web, default_certificate_arn=ours)
    (after,) = elb.describe_listeners(ListenerArns=[web])["Listeners"]
    assert {**before, "Certificates": None} == {**after, "Certificates": None}


# --- Which listener -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["application", "network"])
@pytest.mark.parametrize("by", ["name", "arn"])
def test_by_load_balancer_and_port(world: World, kind: str, by: str) -> None:
    theirs, ours = certificates(world.sandbox, 2, key_algorithm="EC_prime256v1")
    made = world.sandbox.load_balancer("web", type=kind, certificate_arn=theirs, port=443)
    other = world.sandbox.load_balancer("web", type=kind, certificate_arn=theirs, port=8443)
    which = {"load_balancer": "web" if by == "name" else made["load_balancer_arn"]}
    predicted(world, MODULE, port=8443, certificate_arns=[ours], **which)
    assert served(world.sandbox, other["listener_arn"]) == (theirs, {ours})
    assert served(world.sandbox, made["listener_arn"]) == (theirs, set())
    result = world.run(MODULE, certificate_arns=[ours], **which)
    assert result["listeners"][0]["listener_arn"] == made["listener_arn"]


def test_the_region_is_read_from_the_arn(world: World) -> None:
    theirs, ours = certificates(world.sandbox, 2, region="us-east-2")
    web = listener(world.sandbox, theirs, region="us-east-2")
    predicted(world, MODULE, listener_arn=web, certificate_arns=[ours])
    assert served(world.sandbox, web) == (theirs, {ours})


def test_several_listeners_in_several_regions_at_once(world: World) -> None:
    here, ours = certificates(world.sandbox, 2)
    there, theirs = certificates(world.sandbox, 2, region="us-east-2")
    web = listener(world.sandbox, here)
    extra = listener(world.sandbox, here, port=8443)
    far = listener(world.sandbox, there, region="us-east-2")
    entries = [
        {"listener_arn": far, "certificate_arns": [theirs], "owner": "far"},
        {"load_balancer": "web", "certificate_arns": [ours]},
        {"load_balancer": "web", "port": 8443, "default_certificate_arn": ours, "purge": "all"},
    ]
    result = predicted(world, MODULE, listeners=entries)
    assert [each["listener_arn"] for each in result["listeners"]] == [far, web, extra]
    assert served(world.sandbox, far) == (there, {theirs})
    assert served(world.sandbox, web) == (here, {ours})
    assert served(world.sandbox, extra) == (ours, set())
    assert owner_tags(world.sandbox, far, "us-east-2") == {short(theirs): "far"}


def test_all_pages_are_read(world: World) -> None:
    theirs, *ours = certificates(world.sandbox, 8)
    web = listener(world.sandbox, theirs)
    for port in (8441, 8442, 8443):
        listener(world.sandbox, theirs, port=port)
    attach(world, web, *ours)
    world.sandbox.configure(page_limit=2)
    world.counted()
    assert world.run(MODULE, load_balancer="web", certificate_arns=ours)["changed"] is False
    counted = world.counted()
    assert counted[f"{ELB}:DescribeListenerCertificates"] == 4  # seven in the list, and the default
    assert counted[f"{ELB}:DescribeListeners"] == 2
    predicted(world, MODULE, listener_arn=web, certificate_arns=ours[:1])
    assert served(world.sandbox, web) == (theirs, set(ours[:1]))


# --- Full -----------------------------------------------------------------------------------------------------------


def test_a_full_listener_loses_only_what_it_must_before_it_gets_more(world: World) -> None:
    theirs, *arns = certificates(world.sandbox, 30)
    present, new = arns[:25], arns[25:]
    web = listener(world.sandbox, theirs)
    attach(world, web, *present)
    world.counted()
    assert "no room" in refused(world, attach(world, web, *present[3:], *new, check=True))
    wanted = [*present[3:], *new[:3]]
    result = predicted(world, MODULE, listener_arn=web, certificate_arns=wanted)
    assert served(world.sandbox, web) == (theirs, set(wanted))
    assert sorted(result["listeners"][0]["removed"]) == sorted(present[:3])


def test_a_full_listener_with_nothing_removable(world: World) -> None:
    theirs, *by_hand, ours = certificates(world.sandbox, 27)
    web = listener(world.sandbox, theirs, *by_hand)
    refused(world, attach(world, web, ours), web, "no room", ours, "L-9365A611", "purge: all")
    assert served(world.sandbox, web) == (theirs, set(by_hand))
    assert owner_tags(world.sandbox, web) == {}


def test_a_full_network_listener_names_its_own_quota(world: World) -> None:
    theirs, *by_hand, ours = certificates(world.sandbox, 27)
    web = listener(world.sandbox, theirs, *by_hand, type="network")
    refused(world, attach(world, web, ours), "no room", "L-52964454")


def test_a_full_listener_is_replaced_within_its_fifty_tags(world: World) -> None:
    """26 of ours and 26 new ones are more tags than a listener may have at once."""
    theirs, *arns = certificates(world.sandbox, 53)
    old, new = arns[:26], arns[26:]
    web = listener(world.sandbox, theirs)
    world.sandbox.boto("elbv2").add_tags(ResourceArns=[web], Tags=[{"Key": "team", "Value": "web"}])
    attach(world, web, *old[1:], default_certificate_arn=old[0], purge="all")
    assert served(world.sandbox, web) == (old[0], set(old[1:]))
    options = {"default_certificate_arn": new[0], "certificate_arns": new[1:]}
    predicted(world, MODULE, listener_arn=web, **options)
    default, others = served(world.sandbox, web)
    assert (default, others - {default}) == (new[0], set(new[1:]))
    assert owner_tags(world.sandbox, web) == dict.fromkeys(map(short, new), "tlsops")


def test_no_room_for_another_tag_is_said_before_anything_is_changed(world: World) -> None:
    theirs, *arns = certificates(world.sandbox, 9)
    old, new = arns[:4], arns[4:]
    web = listener(world.sandbox, theirs)
    tags = [{"Key": f"k{number}", "Value": "v"} for number in range(43)]
    world.sandbox.boto("elbv2").add_tags(ResourceArns=[web], Tags=tags)
    attach(world, web, *old)
    world.counted()
    result = attach(world, web, *new)
    if result.failed:
        refused(world, result, web, "tags")
    else:
        assert served(world.sandbox, web) == (theirs, set(new))


def test_a_quota_that_aws_has_raised(world: World) -> None:
    theirs, *ours = certificates(world.sandbox, 31)
    web = listener(world.sandbox, theirs)
    world.sandbox.configure(listener_quota=30)
    assert attach(world, web, *ours).failed
    predicted(world, MODULE, listener_arn=web, certificate_arns=ours, quota=30)
    assert served(world.sandbox, web) == (theirs, set(ours))


# --- What is refused before anything is changed ----------------------------------------------------------------------


def test_listeners_and_load_balancers_that_are_not_there(world: World) -> None:
    theirs, ours = certificates(world.sandbox, 2)
    web = listener(world.sandbox, theirs)
    gone = web[:-4] + "0000"
    entries = [
        {"listener_arn": web, "certificate_arns": [ours]},
        {"listener_arn": gone, "certificate_arns": [ours]},
        {"load_balancer": "shop", "certificate_arns": [ours]},
        {"load_balancer": "web", "port": 8443, "certificate_arns": [ours]},
        {"load_balancer": web.partition("/")[0].replace("listener", "loadbalancer/app/x/0123456789abcdef")},
    ]
    message = refused(world, world.run(MODULE, listeners=entries), gone, "port 443 of shop", "port 8443 of web")
    assert "/app/x/" in message
    assert web not in message.replace(gone, "")
    assert len(message) < 1000
    assert served(world.sandbox, web) == (theirs, set())


@pytest.mark.parametrize(("kind", "protocol"), [("application", "HTTP"), ("network", "TCP")])
def test_a_listener_without_tls(world: World, kind: str, protocol: str) -> None:
    ours = certificate(world.sandbox)
    plain = listener(world.sandbox, None, type=kind, port=80)
    refused(world, attach(world, plain, ours), plain, "port 80", f"speaks {protocol}", "takes no certificates")


@pytest.mark.parametrize(
    ("wish", "parts"),
    [
        ({"status": "PENDING_VALIDATION"}, ["PENDING_VALIDATION", "only an ISSUED certificate"]),
        ({"status": "FAILED", "failure_reason": "CAA_ERROR"}, ["CAA_ERROR"]),
        ({"status": "EXPIRED"}, ["EXPIRED"]),
        ({"status": "VALIDATION_TIMED_OUT"}, ["VALIDATION_TIMED_OUT"]),
        ({"origin": "ACME"}, ["ACME"]),
    ],
    ids=str,
)
def test_a_certificate_that_can_t_be_attached(world: World, wish: dict[str, Any], parts: list[str]) -> None:
    theirs, good = certificates(world.sandbox, 2)
    bad = certificate(world.sandbox, **wish)
    web = listener(world.sandbox, theirs)
    refused(world, attach(world, web, good, bad), bad, *parts)
    refused(world, attach(world, web, good, default_certificate_arn=bad, check=True), bad, *parts)
    assert served(world.sandbox, web) == (theirs, set())


def test_all_faults_of_certificates_are_said_at_once(world: World) -> None:
    theirs, good = certificates(world.sandbox, 2)
    pending = certificate(world.sandbox, status="PENDING_VALIDATION")
    others = certificate(world.sandbox, account="222222222222")
    web = listener(world.sandbox, theirs)
    plain = listener(world.sandbox, None, port=80)
    entries = [
        {"listener_arn": web, "certificate_arns": [good, pending, NOBODYS, others]},
        {"listener_arn": plain, "certificate_arns": [good]},
    ]
    result = world.run(MODULE, listeners=entries)
    refused(world, result, pending, NOBODYS, others, "doesn't exist", "speaks HTTP")
    assert len(result["faults"]) == 4


def test_a_certificate_of_another_region_is_refused_without_a_call(world: World) -> None:
    theirs = certificate(world.sandbox)
    far = certificate(world.sandbox, region="us-east-1")
    web = listener(world.sandbox, theirs)
    refused(world, attach(world, web, far), far, "us-east-1", "eu-west-1")
    world.run(MODULE, load_balancer="web", certificate_arns=[far], check=True)
    assert world.counted() == {}


def test_the_key_of_a_network_load_balancer(world: World) -> None:
    theirs = certificate(world.sandbox)
    big = certificate(world.sandbox, type="IMPORTED", key_algorithm="RSA_4096")
    fine = certificate(world.sandbox, type="IMPORTED", key_algorithm="RSA_3072")
    tls = listener(world.sandbox, theirs, type="network", name="net")
    https = listener(world.sandbox, theirs)
    refused(world, attach(world, tls, fine, big), big, "RSA_4096", "3072 bits")
    predicted(world, MODULE, listener_arn=tls, certificate_arns=[fine])
    assert served(world.sandbox, tls) == (theirs, {fine})
    predicted(world, MODULE, listener_arn=https, certificate_arns=[big])
    assert served(world.sandbox, https) == (theirs, {big})


def test_what_is_attached_already_is_not_questioned(world: World) -> None:
    """It may have expired, or be somebody's to renew: the listener has it, and nothing is to be called."""
    theirs, ours = certificates(world.sandbox, 2)
    web = listener(world.sandbox, theirs)
    attach(world, web, ours)
    world.sandbox.certificate(ours, status="EXPIRED")
    assert attach(world, web, ours)["changed"] is False


@pytest.mark.parametrize(
    ("options", "part"),
    [
        ({}, "either listener_arn, or load_balancer"),
        ({"load_balancer": "web", "listeners": [{"load_balancer": "web"}]}, "leave out"),
        ({"certificate_arns": [NOBODYS], "listeners": [{"load_balancer": "web"}]}, "leave out"),
        ({"owner": "shop", "listeners": [{"load_balancer": "web"}]}, "leave out"),
        ({"port": 8443, "listeners": [{"load_balancer": "web"}]}, "leave out"),
        ({"purge": "all", "listeners": [{"load_balancer": "web"}]}, "leave out"),
        ({"load_balancer": "web", "port": 0}, "port"),
        ({"load_balancer": "web", "port": 70000}, "port"),
        ({"load_balancer": "web", "quota": 0}, "quota"),
        ({"load_balancer": "web", "certificate_arns": ["shop"], "owner": "a#b"}, "2 faults"),
        ({"listeners": [{"load_balancer": "web"}, {"load_balancer": "w_b"}, {}]}, "listeners[2]"),
        ({"load_balancer": "web", "rate_limits": {"ModifyListener": 0}}, "ModifyListener"),
    ],
    ids=lambda given: str(given)[:70],
)
def test_bad_options_end_before_the_first_call(world: World, options: dict[str, Any], part: str) -> None:
    result = world.run(MODULE, **options)
    assert world.sandbox.calls() == []
    refused(world, result, part)


def test_two_entries_for_one_listener(world: World) -> None:
    theirs, one, two = certificates(world.sandbox, 3)
    web = listener(world.sandbox, theirs)
    entries = [
        {"listener_arn": web, "certificate_arns": [one]},
        {"load_balancer": "web", "certificate_arns": [two], "owner": "other"},
    ]
    refused(world, world.run(MODULE, listeners=entries), "same listener", web)


# --- What AWS refuses -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "action",
    [
        "acm:ListCertificates",
        *[f"{ELB}:{action}" for action in ("DescribeLoadBalancers", "DescribeListeners", "DescribeTags")],
        f"{ELB}:DescribeListenerCertificates",
    ],
)
def test_a_read_that_is_denied_is_named(world: World, action: str) -> None:
    theirs, ours = certificates(world.sandbox, 2)
    web = listener(world.sandbox, theirs)
    world.sandbox.deny(ACCOUNT, [action])
    refused(world, world.run(MODULE, load_balancer="web", certificate_arns=[ours]), "AccessDenied", action)
    assert served(world.sandbox, web) == (theirs, set())


@pytest.mark.parametrize(
    "action", ["AddTags", "AddListenerCertificates", "ModifyListener", "RemoveListenerCertificates", "RemoveTags"]
)
def test_a_change_that_is_denied_is_named_and_the_next_run_finishes(world: World, action: str) -> None:
    theirs, old, new, more = certificates(world.sandbox, 4)
    web = listener(world.sandbox, theirs)
    attach(world, web, old)
    options = {"listener_arn": web, "default_certificate_arn": new, "certificate_arns": [more]}
    world.sandbox.deny(ACCOUNT, [f"{ELB}:{action}"])
    world.counted()
    result = world.run(MODULE, **options)
    assert result.failed
    for part in (web, "AccessDenied", f"{ELB}:{action}"):
        assert part in result["msg"], result["msg"]
    made = changes(world.counted())
    assert made.pop(action) == 1
    # What failed says whether anything was done before it.
    assert result["changed"] is bool(made)
    world.sandbox.control("DELETE", "denials", {})
    assert world.run(MODULE, **options)["changed"] is True
    assert served(world.sandbox, web) == (new, {more, theirs})
    assert owner_tags(world.sandbox, web) == {short(new): "tlsops", short(more): "tlsops"}
    assert world.run(MODULE, **options)["changed"] is False


def test_one_listener_s_refusal_spares_the_others(world: World) -> None:
    theirs, ours = certificates(world.sandbox, 2)
    arns = [listener(world.sandbox, theirs, port=port) for port in (443, 8443, 9443)]
    world.sandbox.fail(ELB, "AddListenerCertificates", code="InternalThing", status=400)
    entries = [{"listener_arn": arn, "certificate_arns": [ours]} for arn in arns]
    result = world.run(MODULE, listeners=entries)
    assert result.failed
    assert "2 of 3 listeners are done" in result["msg"]
    assert "InternalThing" in result["msg"]
    assert sorted(served(world.sandbox, arn)[1] == {ours} for arn in arns) == [False, True, True]
    assert world.run(MODULE, listeners=entries)["changed"] is True
    assert world.run(MODULE, listeners=entries)["changed"] is False


@pytest.mark.parametrize("fault", [{"code": "Throttling", "times": 3}, {"cut": "before"}, {"cut": "after"}], ids=str)
@pytest.mark.parametrize(
    "action", ["AddTags", "AddListenerCertificates", "ModifyListener", "RemoveListenerCertificates", "RemoveTags"]
)
def test_what_passes_is_waited_out(world: World, action: str, fault: dict[str, Any]) -> None:
    theirs, old, new, more = certificates(world.sandbox, 4)
    web = listener(world.sandbox, theirs)
    attach(world, web, old)
    world.sandbox.fail(ELB, action, **fault)
    options = {"listener_arn": web, "default_certificate_arn": new, "certificate_arns": [more]}
    assert world.run(MODULE, **options)["changed"] is True
    assert served(world.sandbox, web) == (new, {more, theirs})
    assert world.run(MODULE, **options)["changed"] is False


@pytest.mark.parametrize("code", ["CertificateNotFound", "UnsupportedCertificate"])
@pytest.mark.parametrize("how", ["added", "default"])
def test_a_certificate_just_issued_is_tried_for_two_minutes(world: World, code: str, how: str) -> None:
    theirs = certificate(world.sandbox)
    web = listener(world.sandbox, theirs)
    world.sandbox.configure(elb_certificate_lag=90, elb_lag_error=code)
    fresh = certificate(world.sandbox, age=0)
    options = {"default_certificate_arn": fresh} if how == "default" else {"certificate_arns": [fresh]}
    before = world.clock.now()
    result = world.run(MODULE, listener_arn=web, **options)
    assert not result.failed, result.result
    assert 85 < world.clock.now() - before < 120
    assert fresh in str(served(world.sandbox, web))
    assert world.run(MODULE, listener_arn=web, **options)["changed"] is False


def test_after_two_minutes_the_refusal_is_said(world: World) -> None:
    theirs = certificate(world.sandbox)
    web = listener(world.sandbox, theirs)
    world.sandbox.configure(elb_certificate_lag=100_000)
    fresh = certificate(world.sandbox, age=0)
    before = world.clock.now()
    result = attach(world, web, fresh)
    assert result.failed
    assert "CertificateNotFound" in result["msg"]
    assert fresh in result["msg"]
    assert 115 < world.clock.now() - before < 135
    world.sandbox.configure(elb_certificate_lag=0)
    assert attach(world, web, fresh)["changed"] is True


@pytest.mark.parametrize("code", ["CertificateNotFound", "UnsupportedCertificate"])
def test_an_older_certificate_is_not_tried_again(world: World, code: str) -> None:
    theirs, ours = certificates(world.sandbox, 2)
    web = listener(world.sandbox, theirs)
    world.sandbox.configure(elb_certificate_lag=100_000, elb_lag_error=code)
    before = world.clock.now()
    result = attach(world, web, ours)
    assert result.failed
    assert code in result["msg"]
    assert world.clock.now() - before < 5
    assert world.counted()[f"{ELB}:AddListenerCertificates"] == 1


def test_a_certificate_that_the_listing_does_not_show_yet(world: World) -> None:
    """It was issued a moment ago, by the task before: ListCertificates may lag behind."""
    theirs = certificate(world.sandbox)
    web = listener(world.sandbox, theirs)
    world.sandbox.configure(list_lag=60)
    fresh = certificate(world.sandbox, age=0)
    result = attach(world, web, fresh)
    assert not result.failed, result.result
    assert served(world.sandbox, web) == (theirs, {fresh})


def test_a_listener_that_is_deleted_meanwhile(world: World) -> None:
    theirs, ours = certificates(world.sandbox, 2)
    web = listener(world.sandbox, theirs)
    world.sandbox.fail(ELB, "AddListenerCertificates", code="ListenerNotFound", status=400)
    result = attach(world, web, ours)
    assert result.failed
    assert "ListenerNotFound" in result["msg"]


# --- Budget ---------------------------------------------------------------------------------------------------------


def fleet(world: World, count: int, each: int = 3) -> list[dict[str, Any]]:
    """Entries for listeners, ten to a load balancer, with certificates of their own."""
    theirs = certificate(world.sandbox)
    arns = certificates(world.sandbox, count * each)
    entries = []
    for number in range(count):
        made = world.sandbox.load_balancer(f"lb{number // 10}", certificate_arn=theirs, port=8000 + number)
        own = arns[number * each : (number + 1) * each]
        entries.append({"listener_arn": made["listener_arn"], "certificate_arns": own, "owner": "fleet"})
    world.sandbox.clear_calls()
    return entries


def test_a_hundred_listeners_at_aws_s_rates(world: World) -> None:
    """On the sandbox's clock: 400 changes at 3 a second after a burst of 20 take two minutes."""
    entries = fleet(world, 100)
    world.sandbox.configure(throttle=True)
    before = world.clock.now()
    result = world.run(MODULE, listeners=entries, rate_limits={})
    took = world.clock.now() - before
    assert not result.failed, result.result
    calls = world.sandbox.calls()
    assert [call["error"] for call in calls if call["error"]] == []
    counted = world.counted()
    written = changes(counted)
    assert written == {"AddTags": 100, "AddListenerCertificates": 300}
    reads = {call: count for call, count in counted.items() if call not in attaching.CHANGES}
    assert reads == {
        "acm:ListCertificates": 1,
        f"{ELB}:DescribeListeners": 5,
        f"{ELB}:DescribeListenerCertificates": 100,
        f"{ELB}:DescribeTags": 5,
    }
    allowed = (sum(written.values()) - 20) / 3
    assert took <= 1.15 * allowed, f"{took:.0f} s, {allowed:.0f} s are needed"
    for entry in entries:
        assert served(world.sandbox, entry["listener_arn"])[1] == set(entry["certificate_arns"])
    assert world.run(MODULE, listeners=entries, rate_limits={})["changed"] is False
    assert changes(world.counted()) == {}


@pytest.mark.slow
@pytest.mark.alone
def test_thirty_listeners_at_aws_s_rates_in_real_time(world: World) -> None:
    """Python's start and imports are measured with a run that has nothing to do, and subtracted."""
    entries = fleet(world, 30)
    environment = world.sandbox.environment()
    start = time.monotonic()
    assert not run_module(MODULE, {"listeners": []}, environment).failed
    world.sandbox.configure(throttle=True)
    before = time.monotonic()
    result = run_module(MODULE, {"listeners": entries}, environment)
    took = time.monotonic() - before - (before - start)
    assert not result.failed, result.result
    assert [call["error"] for call in world.sandbox.calls() if call["error"]] == []
    written = changes(world.counted())
    assert written == {"AddTags": 30, "AddListenerCertificates": 90}
    allowed = (sum(written.values()) - 20) / 3
    assert took <= 1.15 * allowed, f"{took:.1f} s, {allowed:.1f} s are needed"


def test_others_in_the_account_slow_a_run_down_and_no_more(world: World) -> None:
    entries = fleet(world, 5)
    for action in ("DescribeListeners", "DescribeListenerCertificates", "DescribeTags", "AddTags"):
        world.sandbox.fail(ELB, action, times=2, code="Throttling")
    world.sandbox.fail(ELB, "AddListenerCertificates", times=5, code="ThrottlingException")
    result = world.run(MODULE, listeners=entries, rate_limits=FAST)
    assert not result.failed, result.result
    assert world.run(MODULE, listeners=entries)["changed"] is False
