# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a group had and wants no more is deleted once nothing uses it, and nothing else ever is."""

from __future__ import annotations

from typing import Any

import pytest
from attaching import attach, certificate, did, listener
from aws_world import ACCOUNT, DNS_ACCOUNT, MANAGED_BY, NAME, World, writes
from support.modules import ModuleResult

MODULE = "acm_certificate_retire"
PREFIX = "elb/web/"


def group(world: World, **names: str) -> dict[str, str]:
    """Issued certificates of the group, with their records: {what follows the prefix: ARN}."""
    entries = [{"name": PREFIX + name, "domain_name": domain} for name, domain in names.items()]
    result = world.issue_all(entries)
    return dict(zip(names, [each["arn"] for each in result["certificates"]], strict=True))


def retire(world: World, *keep: str, **options: Any) -> ModuleResult:
    options.setdefault("regions", ["eu-west-1", "us-east-1"])
    return world.run(MODULE, name_prefix=PREFIX, keep=list(keep), **options)


def arns(result: ModuleResult, key: str) -> list[str]:
    return sorted(each["arn"] for each in result[key])


def test_what_is_not_kept_goes_with_its_records_and_is_predicted(world: World) -> None:
    zone = world.zone("example.com")
    ours = group(world, shop="shop.example.com", api="api.example.com", old="old.example.com")
    keep = [ours["shop"], ours["api"]]
    kept_records = {key for key in world.records(zone) if "old" not in key[0]}
    world.counted()
    check = retire(world, *keep, check=True, diff=True)
    assert writes(world.counted()) == {}
    real = retire(world, *keep, diff=True)
    assert did(check) == did(real)
    assert arns(real, "deleted") == [ours["old"]]
    assert real["kept"] == []
    assert ours["old"] in real["diff"]["before"]
    assert writes(world.counted()) == {"acm:DeleteCertificate": 1, "route53:ChangeResourceRecordSets": 1}
    assert sorted(world.certificates()) == sorted(keep)
    assert set(world.records(zone)) == kept_records
    again = retire(world, *keep, diff=True)
    assert again["changed"] is False
    assert writes(world.counted()) == {}


def test_a_converged_run_reads_in_two_calls(world: World) -> None:
    world.zone("example.com")
    ours = group(world, shop="shop.example.com", api="api.example.com")
    world.counted()
    assert retire(world, *ours.values())["changed"] is False
    assert world.counted() == {"acm:ListCertificates": 1, "tag:GetResources": 1}


def test_only_the_group_s_own_go(world: World) -> None:
    world.zone("example.com")
    ours = group(world, shop="shop.example.com")
    managed = {MANAGED_BY: "tlsops.certificates"}
    others = [
        certificate(world.sandbox, "a.example.com", tags={**managed, NAME: "elb/web2/shop"}),
        certificate(world.sandbox, "b.example.com", tags={**managed, NAME: "web"}),
        certificate(world.sandbox, "c.example.com", tags=managed),
        certificate(world.sandbox, "d.example.com", tags={NAME: "elb/web/claims"}),
        certificate(world.sandbox, "e.example.com", tags={MANAGED_BY: "somebody", NAME: "elb/web/other"}),
        certificate(world.sandbox, "shop.example.com"),
        certificate(world.sandbox, "f.example.com", tags={**managed, NAME: "elb/web/far"}, region="us-east-1"),
        certificate(world.sandbox, "g.example.com", tags={**managed, NAME: "elb/web/x"}, account="222222222222"),
    ]
    result = retire(world)
    assert arns(result, "deleted") == [ours["shop"]]
    assert sorted(world.certificates()) == sorted(others)
    # Another certificate with that name needs the record.
    assert len(result["kept_records"]) == 1


def test_a_record_that_another_region_s_certificate_needs_is_kept(world: World) -> None:
    zone = world.zone("example.com")
    ours = group(world, shop="shop.example.com")
    far = world.issue("shop.example.com", region="us-east-1")["certificate_arn"]
    before = world.records(zone)
    result = retire(world)
    assert arns(result, "deleted") == [ours["shop"]]
    assert [each["reason"] for each in result["kept_records"]] == [
        "another certificate needs it to be issued or renewed"
    ]
    assert world.records(zone) == before
    assert list(world.certificates()) == [far]


def test_records_stay_if_asked(world: World) -> None:
    zone = world.zone("example.com")
    group(world, shop="shop.example.com")
    before = world.records(zone)
    assert retire(world, remove_records=False)["changed"] is True
    assert world.records(zone) == before
    assert world.certificates() == {}


def test_records_in_another_account(world: World) -> None:
    zone = world.zone("example.com", DNS_ACCOUNT)
    role = world.sandbox.role(DNS_ACCOUNT, "dns", trusted=[ACCOUNT], external_id="shop-dns")
    dns = {"dns_role_arn": role, "dns_role_external_id": "shop-dns"}
    world.issue_all([{"name": PREFIX + "shop", "domain_name": "shop.example.com"}], **dns)
    assert world.records(zone, DNS_ACCOUNT)
    assert retire(world, **dns)["changed"] is True
    assert world.records(zone, DNS_ACCOUNT) == {}


def test_pending_and_failed_ones_of_the_group_go_too(world: World) -> None:
    managed = {MANAGED_BY: "tlsops.certificates"}
    for status in ("PENDING_VALIDATION", "FAILED", "VALIDATION_TIMED_OUT", "EXPIRED"):
        certificate(world.sandbox, "shop.example.com", status=status, tags={**managed, NAME: PREFIX + status})
    assert len(retire(world)["deleted"]) == 4
    assert world.certificates() == {}


def test_what_is_in_use_is_kept_and_reported_and_goes_when_it_is_free(world: World) -> None:
    zone = world.zone("example.com")
    ours = group(world, shop="shop.example.com", old="old.example.com")
    theirs = certificate(world.sandbox)
    web = listener(world.sandbox, theirs)
    attach(world, web, ours["shop"], ours["old"])
    world.counted()
    result = retire(world, ours["shop"])
    assert (result["changed"], arns(result, "deleted"), arns(result, "kept")) == (False, [], [ours["old"]])
    assert result["kept"][0]["in_use_by"] == [web.replace(":listener/", ":loadbalancer/").rpartition("/")[0]]
    assert writes(world.counted()) == {}
    attach(world, web, ours["shop"])
    assert arns(retire(world, ours["shop"]), "deleted") == [ours["old"]]
    assert len(world.records(zone)) == 1


def test_in_use_shows_late_after_a_detach(world: World) -> None:
    """Kept and reported; gone on a later run, or in this one if it waits."""
    world.zone("example.com")
    ours = group(world, shop="shop.example.com", old="old.example.com", older="older.example.com")
    theirs = certificate(world.sandbox)
    web = listener(world.sandbox, theirs)
    world.sandbox.configure(in_use_lag=120)
    attach(world, web, *ours.values())
    world.sandbox.advance(121)
    attach(world, web, ours["shop"], ours["older"])
    result = retire(world, ours["shop"], ours["older"])
    assert (result.failed, result["changed"], arns(result, "kept")) == (False, False, [ours["old"]])
    world.sandbox.advance(121)
    assert arns(retire(world, ours["shop"], ours["older"]), "deleted") == [ours["old"]]
    attach(world, web, ours["shop"])
    before = world.clock.now()
    result = retire(world, ours["shop"], in_use_timeout=300)
    assert arns(result, "deleted") == [ours["older"]]
    assert world.clock.now() - before < 140


def test_in_use_shows_late_after_an_attach(world: World) -> None:
    """InUseBy is empty, ACM refuses the deletion: it is in use, and the rest goes all the same."""
    world.zone("example.com")
    ours = group(world, used="used.example.com", old="old.example.com")
    theirs = certificate(world.sandbox)
    web = listener(world.sandbox, theirs)
    world.sandbox.configure(in_use_lag=30)
    attach(world, web, ours["used"])
    result = retire(world)
    assert not result.failed, result["msg"]
    assert arns(result, "deleted") == [ours["old"]]
    assert arns(result, "kept") == [ours["used"]]
    assert ours["used"] in world.certificates()


@pytest.mark.parametrize(
    ("options", "part"),
    [
        ({"name_prefix": "el", "keep": []}, "at least 3"),
        ({"name_prefix": "", "keep": []}, "at least 3"),
        ({"keep": []}, "name_prefix"),
        ({"name_prefix": PREFIX}, "keep"),
        ({"name_prefix": PREFIX, "keep": ["shop"]}, "shop"),
        ({"name_prefix": PREFIX, "keep": [""]}, "isn't the ARN"),
        ({"name_prefix": PREFIX, "keep": [], "in_use_timeout": -1}, "in_use_timeout"),
        ({"name_prefix": PREFIX, "keep": [], "regions": ["Ireland"]}, "Ireland"),
        ({"name_prefix": "x", "keep": ["y"], "in_use_timeout": -1, "hosted_zone_id": "?"}, "4 faults"),
    ],
    ids=lambda given: str(given)[:70],
)
def test_bad_options_end_before_the_first_call(world: World, options: dict[str, Any], part: str) -> None:
    certificate(world.sandbox, "a.example.com", tags={MANAGED_BY: "tlsops.certificates", NAME: PREFIX + "a"})
    result = world.run(MODULE, **options)
    assert result.failed
    assert world.sandbox.calls() == []
    assert part in result["msg"]
    assert len(world.certificates()) == 1


@pytest.mark.parametrize(
    "action",
    [
        *["acm:ListCertificates", "acm:DescribeCertificate", "acm:DeleteCertificate"],
        *["route53:ListHostedZones", "route53:ListResourceRecordSets"],
    ],
)
def test_an_action_that_is_denied_is_named_and_the_next_run_finishes(world: World, action: str) -> None:
    zone = world.zone("example.com")
    group(world, shop="shop.example.com")
    world.sandbox.deny(ACCOUNT, [action])
    world.counted()
    result = retire(world)
    assert result.failed
    assert "AccessDenied" in result["msg"]
    assert action in result["msg"]
    assert set(writes(world.counted())) <= {"acm:DeleteCertificate"}
    assert len(world.certificates()) == 1
    world.sandbox.control("DELETE", "denials", {})
    assert retire(world)["changed"] is True
    assert world.certificates() == {}
    assert world.records(zone) == {}
    assert retire(world)["changed"] is False


def test_without_the_tagging_api_the_tags_are_read_one_by_one(world: World) -> None:
    world.zone("example.com")
    ours = group(world, shop="shop.example.com", old="old.example.com")
    certificate(world.sandbox, "a.example.com")
    world.sandbox.deny(ACCOUNT, ["tag:GetResources"])
    assert arns(retire(world, ours["shop"]), "deleted") == [ours["old"]]


@pytest.mark.parametrize("fault", [{"code": "ThrottlingException", "times": 3}, {"cut": "before"}, {"cut": "after"}])
def test_what_passes_is_waited_out(world: World, fault: dict[str, Any]) -> None:
    zone = world.zone("example.com")
    group(world, shop="shop.example.com")
    world.sandbox.fail("acm", "DeleteCertificate", **fault)
    assert retire(world)["changed"] is True
    assert (world.certificates(), world.records(zone)) == ({}, {})
