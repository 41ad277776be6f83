# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Discovery, as far as AWS has to do with it. Which certificate is the best is in the tables of the unit tests."""

from __future__ import annotations

from typing import Any

import pytest
from attaching import certificate
from aws_world import ACCOUNT, CA_ARN, MANAGED_BY, NAME, REGION, World, writes
from support.modules import ModuleResult

MODULE = "acm_certificate_match_info"
DAY = 86400
OTHER_CA = CA_ARN.replace("11111111-2222", "99999999-2222")
OURS = {MANAGED_BY: "tlsops.certificates"}


def find(world: World, *hosts: str, **options: Any) -> ModuleResult:
    return world.run(MODULE, hosts=list(hosts), **options)


def found(result: ModuleResult) -> list[str | None]:
    assert not result.failed, result.result
    assert result["changed"] is False
    return [each["certificate_arn"] for each in result["matches"]]


def private(world: World, name: str, authority: str = CA_ARN) -> str:
    return certificate(world.sandbox, name, type="PRIVATE", authority_arn=authority)


# --- Found ----------------------------------------------------------------------------------------------------------


def test_the_best_for_each_host_in_two_calls(world: World) -> None:
    wildcard = certificate(world.sandbox, "*.example.com", "example.com")
    exact = certificate(world.sandbox, "www.example.com")
    for number in range(40):
        certificate(world.sandbox, f"n{number}.example.org")
    world.counted()
    result = find(world, "www.example.com", "shop.example.com", "example.com", "api.example.com")
    assert found(result) == [exact, wildcard, wildcard, wildcard]
    assert world.counted() == {"acm:ListCertificates": 1, "tag:GetResources": 1}
    assert [each["arn"] for each in result["certificates"]] == [exact, wildcard]
    assert result["matches"][0]["host"] == "www.example.com"
    assert {each["reason"] for each in result["matches"]} == {"Matched"}
    assert result["missing"] == []


def test_check_mode_finds_the_same(world: World) -> None:
    certificate(world.sandbox, "www.example.com")
    assert found(find(world, "www.example.com", check=True, diff=True)) == found(find(world, "www.example.com"))


def test_every_key_type_origin_and_page_is_seen(world: World) -> None:
    world.sandbox.configure(page_limit=2)
    arns = [
        certificate(world.sandbox, "a.example.com", key_algorithm="EC_prime256v1"),
        certificate(world.sandbox, "b.example.com", type="IMPORTED", key_algorithm="RSA_4096"),
        certificate(world.sandbox, "c.example.com", type="IMPORTED", key_algorithm="EC_secp521r1"),
        private(world, "d.example.com"),
        certificate(world.sandbox, "e.example.com"),
    ]
    assert found(find(world, *[f"{letter}.example.com" for letter in "abcde"])) == arns


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("WWW.Example.COM", "www.example.com"),
        ("bücher.example.com", "xn--bcher-kva.example.com"),
        ("XN--bcher-kva.example.com", "*.example.com"),
        ("*.example.com", "*.example.com"),
    ],
)
def test_hosts_are_put_right_and_shown_as_given(world: World, host: str, name: str) -> None:
    arn = certificate(world.sandbox, name)
    result = find(world, host)
    assert found(result) == [arn]
    assert result["matches"][0]["host"] == host


def test_a_name_beyond_the_hundred_that_the_listing_shows(world: World) -> None:
    names = [f"n{number:03}.example.com" for number in range(150)]
    arn = certificate(world.sandbox, *names)
    assert found(find(world, names[3], names[149])) == [arn, arn]


def test_another_region_has_certificates_of_its_own(world: World) -> None:
    far = certificate(world.sandbox, "www.example.com", region="us-east-1")
    assert found(find(world, "www.example.com", region="us-east-1")) == [far]
    assert find(world, "www.example.com").failed


def test_one_certificate_of_each_key_family(world: World) -> None:
    rsa = certificate(world.sandbox, "www.example.com")
    ec = certificate(world.sandbox, "www.example.com", key_algorithm="EC_prime256v1")
    result = find(world, "www.example.com", per_key_family=True)
    assert sorted(result["matches"][0]["certificate_arns"]) == sorted([rsa, ec])
    assert len(result["certificates"]) == 2
    only = find(world, "www.example.com", per_key_family=True, key_algorithms=["EC_prime256v1"])
    assert only["matches"][0]["certificate_arns"] == [ec]


def test_one_that_is_about_to_expire_is_the_last_choice(world: World) -> None:
    now = world.sandbox.now()
    soon = certificate(world.sandbox, "www.example.com", age=DAY, not_after=now + 3 * DAY)
    lasting = certificate(world.sandbox, "*.example.com", age=2 * DAY)
    assert found(find(world, "www.example.com")) == [lasting]
    assert found(find(world, "www.example.com", min_validity_days=2)) == [soon]


# --- Filters --------------------------------------------------------------------------------------------------------


def test_public_before_private_and_never_mixed(world: World) -> None:
    public, inner = certificate(world.sandbox, "*.example.com"), private(world, "www.example.com")
    assert found(find(world, "www.example.com")) == [public]
    assert found(find(world, "www.example.com", type="public")) == [public]
    assert found(find(world, "www.example.com", type="private")) == [inner]


def test_only_certain_authorities_for_a_call_a_candidate(world: World) -> None:
    first, second = private(world, "www.example.com"), private(world, "www.example.com", OTHER_CA)
    certificate(world.sandbox, "www.example.com")
    private(world, "other.example.com")
    world.counted()
    result = find(world, "www.example.com", certificate_authority_arns=[OTHER_CA])
    assert found(result) == [second]
    assert result["certificates"][0]["certificate_authority_arn"] == OTHER_CA
    assert world.counted()["acm:DescribeCertificate"] == 2
    both = find(world, "www.example.com", certificate_authority_arns=[CA_ARN, OTHER_CA])
    assert found(both)[0] in (first, second)


def test_only_with_these_tags(world: World) -> None:
    shop = certificate(world.sandbox, "www.example.com", tags={"team": "shop", "stage": "prod"})
    certificate(world.sandbox, "www.example.com", tags={"team": "blog"})
    assert found(find(world, "www.example.com", tags={"team": "shop"})) == [shop]
    none = find(world, "www.example.com", tags={"team": "shop", "stage": "test"})
    assert none.failed
    assert "lacks the tag" in none["msg"]


def test_what_is_managed_for_something_else_is_left_out(world: World) -> None:
    named = certificate(world.sandbox, "www.example.com", tags={**OURS, NAME: "shop"})
    result = find(world, "www.example.com", missing="report")
    assert found(result) == [None]
    assert "it is managed for shop" in result["matches"][0]["message"]
    assert found(find(world, "www.example.com", owners=["shop"])) == [named]
    assert found(find(world, "www.example.com", owners=["blog"], missing="report")) == [None]
    assert found(find(world, "www.example.com", exclude_managed=False)) == [named]
    assert found(find(world, "www.example.com", exclude_managed="yes", missing="report")) == [None]


def test_what_was_requested_without_a_name_is_left_out_too(world: World) -> None:
    arn = certificate(world.sandbox, "www.example.com", tags=OURS)
    result = find(world, "www.example.com", owners=["shop"])
    assert result.failed
    assert "managed by this collection" in result["msg"]
    assert found(find(world, "www.example.com", exclude_managed=False)) == [arn]


def test_tags_are_read_only_where_they_decide(world: World) -> None:
    certificate(world.sandbox, "www.example.com")
    world.counted()
    find(world, "www.example.com", exclude_managed=False)
    assert world.counted() == {"acm:ListCertificates": 1}


def test_without_the_tagging_api_the_tags_are_read_one_by_one(world: World) -> None:
    arn = certificate(world.sandbox, "www.example.com", tags={"team": "shop"})
    certificate(world.sandbox, "other.example.com")
    world.sandbox.deny(ACCOUNT, ["tag:GetResources"])
    world.counted()
    assert found(find(world, "www.example.com", tags={"team": "shop"})) == [arn]
    assert world.counted()["acm:ListTagsForCertificate"] == 1


# --- Not found ------------------------------------------------------------------------------------------------------


def test_one_message_for_all_hosts_without_a_certificate(world: World) -> None:
    good = certificate(world.sandbox, "www.example.com")
    pending = certificate(world.sandbox, "shop.example.com", status="PENDING_VALIDATION")
    result = find(world, "www.example.com", "shop.example.com", "a.b.example.com", "not a host")
    assert result.failed
    for part in ("shop.example.com", pending, "PENDING_VALIDATION", "a.b.example.com", "not a host"):
        assert part in result["msg"], result["msg"]
    assert good not in result["msg"]
    assert [each["reason"] for each in result["matches"]] == [
        "Matched",
        "NotEligible",
        "NoCertificate",
        "InvalidHost",
    ]
    assert result["missing"] == ["shop.example.com", "a.b.example.com", "not a host"]
    assert [each["arn"] for each in result["certificates"]] == [good]
    reported = find(world, "www.example.com", "shop.example.com", missing="report")
    assert found(reported) == [good, None]
    assert reported["missing"] == ["shop.example.com"]
    assert pending in reported["matches"][1]["message"]


@pytest.mark.parametrize(
    ("wish", "part"),
    [
        ({"status": "EXPIRED"}, "expired"),
        ({"status": "FAILED"}, "FAILED"),
        ({"status": "REVOKED"}, "REVOKED"),
        ({"managed_by": "CLOUDFRONT"}, "CLOUDFRONT"),
        ({"origin": "ACME"}, "ACME"),
        ({"not_before": 4e9, "not_after": 4.1e9}, "valid from"),
    ],
    ids=str,
)
def test_what_can_t_be_attached_is_passed_over(world: World, wish: dict[str, Any], part: str) -> None:
    arn = certificate(world.sandbox, "www.example.com", **wish)
    result = find(world, "www.example.com", missing="report")
    assert found(result) == [None]
    assert arn in result["matches"][0]["message"]
    assert part in result["matches"][0]["message"]


def test_an_empty_region_is_no_error_but_no_certificate(world: World) -> None:
    assert "no certificate for www.example.com" in find(world, "www.example.com")["msg"]
    assert found(find(world)) == []


@pytest.mark.parametrize(
    ("options", "part"),
    [
        ({}, "hosts"),
        ({"hosts": ["a.example.com"], "type": "both"}, "both"),
        ({"hosts": ["a.example.com"], "key_algorithms": ["EC"]}, "EC"),
        ({"hosts": ["a.example.com"], "region": "Ireland"}, "Ireland"),
        ({"hosts": ["a.example.com"], "certificate_authority_arns": ["ca-1"]}, "ca-1"),
        ({"hosts": ["a.example.com"], "min_validity_days": -1}, "min_validity_days"),
    ],
    ids=str,
)
def test_bad_options_end_before_the_first_call(world: World, options: dict[str, Any], part: str) -> None:
    result = world.run(MODULE, **options)
    assert result.failed
    assert world.sandbox.calls() == []
    assert part in result["msg"]


@pytest.mark.parametrize("action", ["acm:ListCertificates", "acm:DescribeCertificate", "acm:ListTagsForCertificate"])
def test_a_read_that_is_denied_is_named(world: World, action: str) -> None:
    private(world, "www.example.com")
    denied = [action, "tag:GetResources"] if "Tags" in action else [action]
    world.sandbox.deny(ACCOUNT, denied)
    result = find(world, "www.example.com", certificate_authority_arns=[CA_ARN])
    assert result.failed
    assert "AccessDenied" in result["msg"]
    assert action in result["msg"]


def test_nothing_is_ever_changed(world: World) -> None:
    certificate(world.sandbox, "www.example.com")
    before = world.certificates()
    find(world, "www.example.com", "shop.example.com", certificate_authority_arns=[CA_ARN])
    assert writes(world.counted()) == {}
    assert world.certificates() == before


def test_five_hundred_hosts_among_a_thousand_certificates(world: World) -> None:
    wishes = [{"domain_name": f"n{number}.example.com", "age": DAY} for number in range(1000)]
    arns = world.sandbox.add_certificates([{"account": ACCOUNT, "region": REGION, **wish} for wish in wishes])
    world.counted()
    assert found(find(world, *[f"n{number}.example.com" for number in range(500)])) == arns[:500]
    counted = world.counted()
    assert counted["acm:ListCertificates"] <= 2
    assert counted["tag:GetResources"] <= 10
