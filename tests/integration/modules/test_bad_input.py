# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bad input ends before the first call to AWS, with one message that lists every fault."""

from __future__ import annotations

from typing import Any

import pytest
from aws_world import ACCOUNT, CA_ARN, World
from support.modules import ModuleResult

NAME_254 = ".".join(["a" * 63, "b" * 63, "c" * 63, "d" * 50, "example.com"])
LABEL_64 = "a" * 64
LONG_COMMON_NAME = f"{'a' * 60}.example.com"
MANY = [f"n{number}.example.com" for number in range(101)]

#: name -> a word of the fault
BAD_NAMES = {
    "": "empty",
    "   ": "empty",
    NAME_254: "253",
    f"{LABEL_64}.example.com": "63",
    "under_score.example.com": "_",
    "www.example.com.": "dot",
    "192.0.2.1": "IP",
    "2001:db8::1": "",
    "com": "",
    "co.uk": "public suffix",
    "*.co.uk": "public suffix",
    "*.*.example.com": "wildcard",
    "www.*.example.com": "wildcard",
    "w*.example.com": "wildcard",
    "-x.example.com": "hyphen",
    "a..example.com": "",
    "https://www.example.com/": "URL",
    "sp ace.example.com": "",
}


def nothing_was_asked(world: World, result: ModuleResult) -> str:
    assert result.failed
    assert world.sandbox.calls() == []
    assert world.certificates() == {}
    return str(result["msg"])


@pytest.mark.parametrize("check", [False, True], ids=["for real", "check"])
@pytest.mark.parametrize("name", BAD_NAMES, ids=lambda name: repr(name[:30]))
def test_a_bad_name(world: World, name: str, check: bool) -> None:
    message = nothing_was_asked(world, world.issue("www.example.com", name, check=check))
    assert BAD_NAMES[name] in message
    assert repr(name)[1:-1] in message or not name.strip()


@pytest.mark.parametrize(
    "options", [{"domain_name": LONG_COMMON_NAME}, {"subject_alternative_names": [LONG_COMMON_NAME]}]
)
def test_no_name_that_fits_a_common_name(world: World, options: dict[str, Any]) -> None:
    assert "64" in nothing_was_asked(world, world.run("acm_dns_certificate", **options))


@pytest.mark.parametrize("options", [{}, {"subject_alternative_names": []}, {"name": "shop"}], ids=str)
def test_no_name_at_all(world: World, options: dict[str, Any]) -> None:
    assert "name" in nothing_was_asked(world, world.run("acm_dns_certificate", **options))


def test_too_many_names(world: World) -> None:
    message = nothing_was_asked(world, world.issue(*MANY))
    assert "101" in message
    assert "100" in message


def test_every_fault_of_every_name_is_said_at_once(world: World) -> None:
    bad = [name for name in BAD_NAMES if name.strip()]
    result = world.issue("www.example.com", *bad)
    message = nothing_was_asked(world, result)
    for name in bad:
        assert name in message, name
    assert len(result["faults"]) >= len(bad)
    assert f"{len(result['faults'])} faults" in message


def test_every_fault_of_every_entry_is_said_at_once_and_where_it_is(world: World) -> None:
    entries = [
        {"domain_name": "good.example.com"},
        {"name": "shop", "domain_name": "under_score.example.com", "subject_alternative_names": ["192.0.2.1"]},
        {"domain_name": "other.example.com", "tags": {"aws:x": "1", "tlsops:name": "y"}},
        {"domain_name": "third.example.com", "key_algorithm": "RSA_4096"},
        {"domain_name": "fourth.example.com", "certificate_authority_arn": "ca-1"},
        {"domain_name": "fifth.example.com", "region": "Ireland"},
    ]
    message = nothing_was_asked(world, world.issue_all(entries))
    assert "certificates[0]" not in message
    for part in (
        "certificates[1] (shop)",
        "under_score.example.com",
        "192.0.2.1",
        "certificates[2]",
        "aws:x",
        "tlsops:name",
        "certificates[3]",
        "RSA_4096",
        "certificates[4]",
        "ca-1",
        "certificates[5]",
        "Ireland",
    ):
        assert part in message, part


def test_faults_in_different_options_are_said_at_once(world: World) -> None:
    options = {
        "domain_name": "under_score.example.com",
        "ttl": 0,
        "wait_timeout": -1,
        "hosted_zone_id": "not a zone",
        "nameservers": ["dns.example.com"],
        "dns_role_external_id": "an-external-id",
        "rate_limits": {"RequestCertificate": "fast"},
    }
    message = nothing_was_asked(world, world.run("acm_dns_certificate", **options))
    for part in ("under_score", "ttl", "wait_timeout", "not a zone", "dns.example.com", "dns_role_arn", "fast"):
        assert part in message, part


@pytest.mark.parametrize(
    ("options", "part"),
    [
        ({"ttl": 0}, "ttl"),
        ({"ttl": 2**31}, "ttl"),
        ({"wait_timeout": 0}, "wait_timeout"),
        ({"poll_interval": -1}, "poll_interval"),
        ({"rate_limits": {"RequestCertificate": 0}}, "RequestCertificate"),
        ({"rate_limits": {"RequestCertificate": "nan"}}, "RequestCertificate"),
        pytest.param({"rate_limits": {"RequestCertficate": 5}}, "RequestCertficate"),
        ({"hosted_zone_id": "example.com"}, "example.com"),
        pytest.param({"hosted_zones": {"exa mple.com": "Z1"}}, "exa mple.com"),
        ({"nameservers": ["192.0.2.1:port"]}, "192.0.2.1:port"),
        ({"dns_role_external_id": "x"}, "dns_role_arn"),
        pytest.param({"dns_role_arn": "dns-validation"}, "dns-validation"),
        ({"region": "Ireland"}, "Ireland"),
        ({"name": "a#b"}, "a#b"),
        ({"name": "n" * 257}, "256"),
        ({"tags": {"k": "v" * 257}}, "256"),
        ({"tags": {"": "v"}}, "tag"),
        ({"tags": {f"k{number}": "v" for number in range(48)}}, "50"),
        ({"certificate_authority_arn": CA_ARN.replace("acm-pca", "acm")}, "private CA"),
        ({"certificate_authority_arn": CA_ARN, "region": "us-east-1"}, "Region"),
        ({"key_algorithm": "EC_secp521r1"}, "EC_secp521r1"),
    ],
    ids=lambda given: str(given)[:60] if isinstance(given, dict) else None,
)
def test_a_bad_option(world: World, options: dict[str, Any], part: str) -> None:
    assert part in nothing_was_asked(world, world.issue("www.example.com", **options))


@pytest.mark.parametrize(
    "entries",
    [
        [{"domain_name": "example.com"}, {"domain_name": "EXAMPLE.com"}],
        [{"name": "shop", "domain_name": "example.com"}, {"name": "shop", "domain_name": "www.example.com"}],
        [
            {"domain_name": "example.com", "subject_alternative_names": ["www.example.com"]},
            {"domain_name": "www.example.com", "subject_alternative_names": ["example.com"]},
        ],
    ],
    ids=["names", "name", "order"],
)
def test_what_is_asked_for_twice(world: World, entries: list[dict[str, Any]]) -> None:
    assert "twice" in nothing_was_asked(world, world.issue_all(entries))


def test_the_same_name_in_another_region_is_another_certificate(world: World) -> None:
    world.zone("example.com")
    entries = [{"name": "shop", "domain_name": "example.com", "cloudfront": cdn} for cdn in (False, True)]
    assert not world.issue_all(entries, check=True).failed


def test_what_is_only_written_differently_is_put_right(world: World) -> None:
    world.zone("example.com")
    world.zone("xn--bcher-kva.com")
    result = world.issue("EXAMPLE.com", "example.COM", "bücher.com", "xn--BCHER-kva.com", wait=False)
    assert result["certificate"]["subject_alternative_names"] == ["example.com", "xn--bcher-kva.com"]
    assert world.issue("bücher.com", "example.com", wait=False)["certificate_arn"] == result["certificate_arn"]


@pytest.mark.parametrize(
    ("options", "part"),
    [
        ({}, "say which"),
        ({"certificate_arn": "shop"}, "shop"),
        ({"certificate_arn": f"arn:aws:acm:eu-west-1:{ACCOUNT}:certificate/1", "name": "shop"}, "leave out"),
        ({"domain_name": "under_score.example.com"}, "under_score"),
        pytest.param({"name": "shop", "regions": ["Ireland"]}, "Ireland"),
        pytest.param({"name": "shop", "in_use_timeout": -1}, "in_use_timeout"),
    ],
    ids=str,
)
def test_a_deletion_that_says_not_what(world: World, options: dict[str, Any], part: str) -> None:
    assert part in nothing_was_asked(world, world.delete(**options))


def test_an_arn_doesn_t_say_what_to_request(world: World) -> None:
    arn = f"arn:aws:acm:eu-west-1:{ACCOUNT}:certificate/1"
    assert "certificate_arn" in nothing_was_asked(world, world.issue("www.example.com", certificate_arn=arn))


@pytest.mark.parametrize(
    ("options", "part"),
    [
        ({"certificate_arns": ["shop"]}, "shop"),
        ({"certificates": [{"name": "shop"}]}, "certificates[0]"),
        ({"certificate_arns": ["shop"], "wait_timeout": 0}, "shop"),
        pytest.param({"certificate_arns": ["shop"], "wait_timeout": 0}, "wait_timeout"),
    ],
    ids=str,
)
def test_a_wait_for_nothing_known(world: World, options: dict[str, Any], part: str) -> None:
    assert part in nothing_was_asked(world, world.run("acm_certificate_wait", **options))


@pytest.mark.parametrize("name", ["", pytest.param("exa mple.com"), "a..b"], ids=repr)
def test_a_zone_for_no_name(world: World, name: str) -> None:
    nothing_was_asked(world, world.run("route53_hosted_zone_match_info", names=["www.example.com", name]))


@pytest.mark.parametrize(
    ("records", "part"),
    [
        ([{"name": "a..b", "value": "x"}], "records[0]"),
        ([{"name": "_x.example.com"}], "no value"),
        (
            [{"name": "_x.example.com", "value": "a.example"}, {"name": "_X.example.com.", "value": "b.example"}],
            "_x.example.com",
        ),
        pytest.param([{"name": "_x.example.com", "value": "a.example", "ttl": -5}], "ttl"),
    ],
    ids=str,
)
def test_records_that_cannot_be(world: World, records: list[dict[str, Any]], part: str) -> None:
    message = nothing_was_asked(world, world.run("route53_validation_records", records=records))
    assert part.lower() in message.lower()
