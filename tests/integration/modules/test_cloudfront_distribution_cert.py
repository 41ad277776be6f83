# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The viewer certificate of distributions."""

from __future__ import annotations

import json
from typing import Any

import pytest
from attaching import certificate, changes, predicted, refused
from aws_world import ACCOUNT, World
from support.modules import ModuleResult

MODULE = "cloudfront_distribution_cert"
READS = {"cloudfront:GetDistribution": 1, "acm:ListCertificates": 1}
NOBODYS = f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/00000000-0000-0000-0000-000000000000"


def cert(world: World, *names: str, **wish: Any) -> str:
    return certificate(world.sandbox, *(names or ("example.com", "*.example.com")), region="us-east-1", **wish)


def distribution(world: World, *aliases: str, arn: str | None = None) -> str:
    return world.sandbox.distribution(list(aliases), arn)["id"]


def config(world: World, distribution_id: str) -> dict[str, Any]:
    answer = world.sandbox.boto("cloudfront").get_distribution_config(Id=distribution_id)
    return dict(answer["DistributionConfig"])


def viewer(world: World, distribution_id: str) -> tuple[str | None, str, str]:
    found = config(world, distribution_id)["ViewerCertificate"]
    return found.get("ACMCertificateArn"), found["MinimumProtocolVersion"], found.get("SSLSupportMethod", "")


def give(world: World, distribution_id: str, arn: str, **options: Any) -> ModuleResult:
    return world.run(MODULE, distribution_id=distribution_id, certificate_arn=arn, **options)


def edit(world: World, distribution_id: str, **changed: Any) -> None:
    """Somebody else's change of the distribution."""
    cloudfront = world.sandbox.boto("cloudfront")
    answer = cloudfront.get_distribution_config(Id=distribution_id)
    new = {**answer["DistributionConfig"], **changed}
    cloudfront.update_distribution(Id=distribution_id, DistributionConfig=new, IfMatch=answer["ETag"])


# --- Fresh, converged, predicted -------------------------------------------------------------------------------------


def test_a_distribution_gets_its_certificate_and_nothing_else(world: World) -> None:
    old, new = cert(world), cert(world)
    cdn = distribution(world, "cdn.example.com", arn=old)
    edit(world, cdn, Comment="the shop's", PriceClass="PriceClass_100", HttpVersion="http2and3")
    world.sandbox.advance(60)
    before = config(world, cdn)
    world.counted()
    result = give(world, cdn, new, wait=False)
    assert world.counted() == {**READS, "cloudfront:UpdateDistribution": 1}
    after = config(world, cdn)
    assert after["ViewerCertificate"]["ACMCertificateArn"] == new
    assert {**before, "ViewerCertificate": None} == {**after, "ViewerCertificate": None}
    assert result["changed"] is True
    (shown,) = result["distributions"]
    assert shown == {
        "distribution_id": cdn,
        "arn": f"arn:aws:cloudfront::{ACCOUNT}:distribution/{cdn}",
        "aliases": ["cdn.example.com"],
        "status": "InProgress",
        "certificate_arn": new,
        "minimum_protocol_version": "TLSv1.2_2021",
        "ssl_support_method": "sni-only",
        "previous_certificate_arn": old,
    }
    assert [each["arn"] for each in result["certificates"]] == [new]
    world.counted()
    again = give(world, cdn, new, wait=False)
    assert again["changed"] is False
    assert again["distributions"][0]["previous_certificate_arn"] is None
    assert world.counted() == READS


def test_check_mode_says_what_then_happens(world: World) -> None:
    cdn = distribution(world)
    arn = cert(world)
    options = {"distribution_id": cdn, "certificate_arn": arn}
    result = predicted(world, MODULE, **options)
    subject = f"viewer certificate of distribution {cdn}"
    assert json.loads(result["diff"]["before"])[subject]["certificate_arn"] == "(CloudFront's own)"
    assert json.loads(result["diff"]["after"])[subject] == {
        "certificate_arn": arn,
        "minimum_protocol_version": "TLSv1.2_2021",
        "ssl_support_method": "sni-only",
    }


def test_the_protocol_version_is_kept_or_set(world: World) -> None:
    old, new = cert(world), cert(world)
    cdn = distribution(world, "cdn.example.com", arn=old)
    give(world, cdn, old, minimum_protocol_version="TLSv1.2_2018")
    assert viewer(world, cdn) == (old, "TLSv1.2_2018", "sni-only")
    give(world, cdn, new)
    assert viewer(world, cdn) == (new, "TLSv1.2_2018", "sni-only")
    predicted(world, MODULE, distribution_id=cdn, certificate_arn=new, minimum_protocol_version="TLSv1.2_2021")
    assert viewer(world, cdn) == (new, "TLSv1.2_2021", "sni-only")


def test_a_dedicated_ip_address_is_kept_or_left(world: World) -> None:
    cdn, arn = distribution(world), cert(world)
    with_vip = {**config(world, cdn)["ViewerCertificate"], "SSLSupportMethod": "vip", "MinimumProtocolVersion": "TLSv1"}
    with_vip |= {"CloudFrontDefaultCertificate": False, "ACMCertificateArn": arn, "CertificateSource": "acm"}
    edit(world, cdn, ViewerCertificate=with_vip)
    world.sandbox.advance(60)
    new = cert(world)
    predicted(world, MODULE, distribution_id=cdn, certificate_arn=new)
    assert viewer(world, cdn) == (new, "TLSv1", "vip")
    result = give(world, cdn, new, minimum_protocol_version="TLSv1.2_2021")
    assert result.failed
    assert "InvalidMinimumProtocolVersion" in result["msg"]
    predicted(world, MODULE, distribution_id=cdn, certificate_arn=new, ssl_support_method="sni-only")
    assert viewer(world, cdn) == (new, "TLSv1", "sni-only")


@pytest.mark.parametrize("alias", ["cdn.example.com", "CDN.Example.com"])
def test_by_alias_on_any_page(world: World, alias: str) -> None:
    arn = cert(world)
    ids = [distribution(world, f"n{number}.example.com", arn=arn) for number in range(4)]
    cdn = distribution(world, "cdn.example.com", arn=arn)
    new = cert(world)
    world.sandbox.configure(page_limit=2)
    world.counted()
    result = world.run(MODULE, alias=alias, certificate_arn=new)
    assert world.counted()["cloudfront:ListDistributions"] == 3
    assert result["distributions"][0]["distribution_id"] == cdn
    assert [viewer(world, each)[0] for each in [*ids, cdn]] == [*[arn] * 4, new]


def test_several_distributions_at_once(world: World) -> None:
    old, new, wide = cert(world), cert(world), cert(world, "example.org", "www.example.org")
    first = distribution(world, "cdn.example.com", arn=old)
    second = distribution(world, "www.example.org", arn=wide)
    third = distribution(world)
    entries = [
        {"distribution_id": first, "certificate_arn": new},
        {"alias": "www.example.org", "certificate_arn": wide, "minimum_protocol_version": "TLSv1.2_2019"},
        {"distribution_id": third, "certificate_arn": wide},
    ]
    result = predicted(world, MODULE, distributions=entries, wait=False)
    assert [each["distribution_id"] for each in result["distributions"]] == [first, second, third]
    assert [viewer(world, each)[:2] for each in (first, second, third)] == [
        (new, "TLSv1.2_2021"),
        (wide, "TLSv1.2_2019"),
        (wide, "TLSv1.2_2021"),
    ]


# --- Waiting --------------------------------------------------------------------------------------------------------


def test_a_deployment_is_waited_for(world: World) -> None:
    cdn, arn = distribution(world), cert(world)
    world.sandbox.configure(cloudfront_deploy_delay=300)
    before = world.clock.now()
    result = give(world, cdn, arn)
    assert 300 <= world.clock.now() - before < 330
    assert result["distributions"][0]["status"] == "Deployed"
    assert world.counted()["cloudfront:GetDistribution"] < 60


def test_a_deployment_in_progress_is_waited_for_by_the_next_run_too(world: World) -> None:
    cdn, arn = distribution(world), cert(world)
    world.sandbox.configure(cloudfront_deploy_delay=300)
    give(world, cdn, arn, wait=False)
    result = give(world, cdn, arn)
    assert result["changed"] is False
    assert result["distributions"][0]["status"] == "Deployed"


def test_a_deployment_that_is_late_is_a_failure_that_says_so(world: World) -> None:
    cdn, arn = distribution(world), cert(world)
    world.sandbox.configure(cloudfront_deploy_delay=3000)
    result = give(world, cdn, arn, wait_timeout=60)
    assert result.failed
    for part in (cdn, "within 60 seconds", "run again"):
        assert part in result["msg"]
    assert result["changed"] is True
    assert result["distributions"][0]["status"] == "InProgress"
    world.sandbox.advance(3000)
    again = give(world, cdn, arn)
    assert (again["changed"], again.failed) == (False, False)


# --- What is refused before anything is changed ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wish", "part"),
    [
        ({"status": "PENDING_VALIDATION"}, "PENDING_VALIDATION"),
        ({"status": "FAILED", "failure_reason": "CAA_ERROR"}, "CAA_ERROR"),
        ({"status": "EXPIRED"}, "EXPIRED"),
        ({"origin": "ACME"}, "ACME"),
        ({"type": "IMPORTED", "key_algorithm": "EC_secp384r1"}, "EC_secp384r1"),
    ],
    ids=str,
)
def test_a_certificate_that_can_t_be_attached(world: World, wish: dict[str, Any], part: str) -> None:
    good = cert(world)
    cdn = distribution(world, "cdn.example.com", arn=good)
    bad = cert(world, **wish)
    refused(world, give(world, cdn, bad), bad, cdn, part)
    refused(world, give(world, cdn, bad, check=True), bad, part)
    assert viewer(world, cdn)[0] == good


@pytest.mark.parametrize("where", [None, {"account": "222222222222"}], ids=["nowhere", "in another account"])
def test_a_certificate_that_is_not_there(world: World, where: dict[str, str] | None) -> None:
    cdn = distribution(world)
    arn = cert(world, **where) if where else NOBODYS
    refused(world, give(world, cdn, arn), arn, "doesn't exist")


def test_aliases_that_the_certificate_does_not_cover(world: World) -> None:
    wide = cert(world, "example.com", "*.example.com", "example.org")
    narrow = cert(world, "*.example.com")
    cdn = distribution(world, "cdn.example.com", "example.com", "example.org", arn=wide)
    other = distribution(world, "a.example.com", arn=wide)
    entries = [{"distribution_id": each, "certificate_arn": narrow} for each in (cdn, other)]
    message = refused(world, world.run(MODULE, distributions=entries), cdn, "example.com, example.org", narrow)
    assert other not in message
    assert viewer(world, other)[0] == wide


def test_a_certificate_with_more_names_than_the_listing_shows(world: World) -> None:
    names = [f"n{number}.example.com" for number in range(150)]
    cdn = distribution(world, "n149.example.com", arn=cert(world))
    many = cert(world, *names)
    assert give(world, cdn, many)["changed"] is True


def test_a_certificate_of_another_region_is_refused_without_a_call(world: World) -> None:
    cdn = distribution(world)
    far = certificate(world.sandbox)
    world.sandbox.clear_calls()
    result = give(world, cdn, far)
    assert world.sandbox.calls() == []
    refused(world, result, far, "us-east-1 only")


def test_distributions_that_are_not_there_are_all_listed(world: World) -> None:
    arn = cert(world)
    cdn = distribution(world, "cdn.example.com", arn=arn)
    entries = [
        {"distribution_id": cdn, "certificate_arn": cert(world)},
        {"distribution_id": "E00000000000AB", "certificate_arn": arn},
        {"alias": "www.example.com", "certificate_arn": arn},
    ]
    message = refused(world, world.run(MODULE, distributions=entries), "E00000000000AB", "www.example.com")
    assert cdn not in message


def test_two_entries_for_one_distribution(world: World) -> None:
    arn = cert(world)
    cdn = distribution(world, "cdn.example.com", arn=arn)
    entries = [
        {"distribution_id": cdn, "certificate_arn": arn},
        {"alias": "cdn.example.com", "certificate_arn": cert(world)},
    ]
    refused(world, world.run(MODULE, distributions=entries), "same distribution", cdn)


@pytest.mark.parametrize(
    ("options", "part"),
    [
        ({}, "either distribution_id or alias"),
        ({"distribution_id": "E00000000000AB"}, "isn't the ARN"),
        ({"distribution_id": "E00000000000AB", "alias": "a.example.com", "certificate_arn": NOBODYS}, "either"),
        ({"alias": "a.example.com", "certificate_arn": NOBODYS, "wait_timeout": 0}, "wait_timeout"),
        ({"certificate_arn": "shop", "wait_timeout": 0}, "3 faults"),
        ({"alias": "a.example.com", "distributions": []}, "leave out"),
        ({"certificate_arn": NOBODYS, "distributions": [{"alias": "a.example.com"}]}, "leave out"),
        ({"minimum_protocol_version": "SSLv3"}, "SSLv3"),
    ],
    ids=lambda given: str(given)[:70],
)
def test_bad_options_end_before_the_first_call(world: World, options: dict[str, Any], part: str) -> None:
    result = world.run(MODULE, **options)
    assert world.sandbox.calls() == []
    refused(world, result, part)


# --- What AWS refuses -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "action", ["cloudfront:ListDistributions", "cloudfront:GetDistribution", "acm:ListCertificates"]
)
def test_a_read_that_is_denied_is_named(world: World, action: str) -> None:
    arn = cert(world)
    distribution(world, "cdn.example.com", arn=arn)
    world.sandbox.deny(ACCOUNT, [action])
    result = world.run(MODULE, alias="cdn.example.com", certificate_arn=cert(world))
    refused(world, result, "AccessDenied", action)


def test_an_update_that_is_denied_is_named_and_the_next_run_finishes(world: World) -> None:
    old, new = cert(world), cert(world)
    cdn = distribution(world, "cdn.example.com", arn=old)
    world.sandbox.deny(ACCOUNT, ["cloudfront:UpdateDistribution"])
    result = give(world, cdn, new)
    assert result.failed
    assert result["changed"] is False
    for part in (cdn, "AccessDenied", "cloudfront:UpdateDistribution"):
        assert part in result["msg"]
    assert viewer(world, cdn)[0] == old
    world.sandbox.control("DELETE", "denials", {})
    assert give(world, cdn, new)["changed"] is True
    assert give(world, cdn, new)["changed"] is False


@pytest.mark.parametrize(
    "fault", [{"code": "Throttling", "times": 4}, {"cut": "before"}, {"cut": "after"}, {"status": 503}], ids=str
)
@pytest.mark.parametrize("action", ["GetDistribution", "UpdateDistribution"])
def test_what_passes_is_waited_out(world: World, action: str, fault: dict[str, Any]) -> None:
    old, new = cert(world), cert(world)
    cdn = distribution(world, "cdn.example.com", arn=old)
    world.sandbox.fail("cloudfront", action, **fault)
    result = give(world, cdn, new)
    assert not result.failed, result.result
    assert result["changed"] is True
    assert viewer(world, cdn)[0] == new
    assert give(world, cdn, new)["changed"] is False


def test_what_another_one_changed_meanwhile_is_kept(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other's change comes in between our read and our update."""
    old, new = cert(world), cert(world)
    cdn = distribution(world, "cdn.example.com", arn=old)
    meanwhile(world, monkeypatch, lambda: edit(world, cdn, Comment="the other's", PriceClass="PriceClass_100"))
    world.counted()
    result = give(world, cdn, new)
    assert not result.failed, result.result
    assert [call["error"] for call in world.sandbox.calls("cloudfront", "UpdateDistribution")] == [
        None,
        "PreconditionFailed",
        None,
    ]
    after = config(world, cdn)
    assert (after["Comment"], after["PriceClass"]) == ("the other's", "PriceClass_100")
    assert viewer(world, cdn)[0] == new


def meanwhile(world: World, monkeypatch: pytest.MonkeyPatch, act: Any) -> None:
    """``act`` once, when the module has read and planned and is about to update."""
    from ansible_collections.tlsops.certificates.plugins.module_utils._aws import cloudfront

    update, acted = cloudfront.update_distribution, []

    def later(*given: Any) -> Any:
        if not acted:
            acted.append(True)
            act()
        return update(*given)

    monkeypatch.setattr(cloudfront, "update_distribution", later)


def test_another_one_that_did_the_same_is_no_conflict(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = cert(world), cert(world)
    cdn = distribution(world, "cdn.example.com", arn=old)
    wanted = {**config(world, cdn)["ViewerCertificate"], "ACMCertificateArn": new, "Certificate": new}
    meanwhile(world, monkeypatch, lambda: edit(world, cdn, ViewerCertificate=wanted))
    result = give(world, cdn, new)
    assert not result.failed, result.result
    assert viewer(world, cdn)[0] == new


def test_an_alias_that_came_meanwhile_is_not_left_uncovered(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    wide = cert(world, "example.com", "*.example.com", "example.org")
    narrow = cert(world, "*.example.com")
    cdn = distribution(world, "cdn.example.com", arn=wide)
    aliases = {"Quantity": 2, "Items": ["cdn.example.com", "example.org"]}
    meanwhile(world, monkeypatch, lambda: edit(world, cdn, Aliases=aliases))
    result = give(world, cdn, narrow)
    assert result.failed
    assert "InvalidViewerCertificate" in result["msg"] or "example.org" in result["msg"]
    assert result["changed"] is False
    assert viewer(world, cdn)[0] == wide


def test_conflicts_without_end_are_said(world: World) -> None:
    cdn, arn = distribution(world), cert(world)
    world.sandbox.fail("cloudfront", "UpdateDistribution", times=999, code="PreconditionFailed", status=412)
    result = give(world, cdn, arn)
    assert result.failed
    assert "PreconditionFailed" in result["msg"]
    assert world.counted()["cloudfront:UpdateDistribution"] < 20


def test_a_change_of_the_viewer_certificate_in_progress_is_waited_for(world: World) -> None:
    first, second, third = cert(world), cert(world), cert(world)
    cdn = distribution(world, "cdn.example.com", arn=first)
    world.sandbox.configure(cloudfront_deploy_delay=240)
    give(world, cdn, second, wait=False)
    before = world.clock.now()
    result = give(world, cdn, third, wait=False)
    assert not result.failed, result.result
    assert 200 < world.clock.now() - before < 300
    assert viewer(world, cdn)[0] == third


def test_a_change_in_progress_without_end_is_said(world: World) -> None:
    first, second, third = cert(world), cert(world), cert(world)
    cdn = distribution(world, "cdn.example.com", arn=first)
    world.sandbox.configure(cloudfront_deploy_delay=100_000)
    give(world, cdn, second, wait=False)
    result = give(world, cdn, third, wait=False)
    assert result.failed
    assert "Only one viewer certificate change" in result["msg"]
    assert viewer(world, cdn)[0] == second


def test_a_certificate_just_issued_is_tried_for_two_minutes(world: World) -> None:
    cdn = distribution(world)
    world.sandbox.configure(cloudfront_certificate_lag=90)
    fresh = cert(world, age=0)
    before = world.clock.now()
    result = give(world, cdn, fresh)
    assert not result.failed, result.result
    assert 85 < world.clock.now() - before < 120
    assert viewer(world, cdn)[0] == fresh


def test_after_two_minutes_the_refusal_is_said(world: World) -> None:
    cdn = distribution(world)
    world.sandbox.configure(cloudfront_certificate_lag=100_000)
    fresh, older = cert(world, age=0), cert(world)
    before = world.clock.now()
    result = give(world, cdn, fresh)
    assert result.failed
    assert "InvalidViewerCertificate" in result["msg"]
    assert 110 < world.clock.now() - before < 140
    before = world.clock.now()
    world.counted()
    assert give(world, cdn, older).failed
    assert world.clock.now() - before < 5
    assert changes(world.counted()) == {"UpdateDistribution": 1}


def test_one_distribution_s_refusal_spares_the_others(world: World) -> None:
    arn = cert(world)
    ids = [distribution(world) for dummy in range(3)]
    world.sandbox.fail("cloudfront", "UpdateDistribution", code="InternalThing", status=400)
    entries = [{"distribution_id": each, "certificate_arn": arn} for each in ids]
    result = world.run(MODULE, distributions=entries)
    assert result.failed
    assert result["changed"] is True
    assert "InternalThing" in result["msg"]
    assert sorted(str(viewer(world, each)[0]) for each in ids) == sorted(["None", arn, arn])
    assert world.run(MODULE, distributions=entries)["changed"] is True
    assert world.run(MODULE, distributions=entries)["changed"] is False


def test_cloudfront_s_throttling_is_waited_out(world: World) -> None:
    """It publishes no rates; seen were four updates at once, and then one in three seconds."""
    arn = cert(world)
    world.sandbox.configure(cloudfront_throttle=True)
    entries = [{"distribution_id": distribution(world), "certificate_arn": arn} for dummy in range(20)]
    result = world.run(MODULE, distributions=entries, rate_limits={})
    assert not result.failed, result.result
    assert world.run(MODULE, distributions=entries)["changed"] is False
