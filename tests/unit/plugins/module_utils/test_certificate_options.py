# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils._certificate_options import (
    unwanted_certificate,
    wanted_certificate,
    wanted_certificates,
)
from ansible_collections.tlsops.certificates.plugins.module_utils._errors import InvalidInput

CASES = json.loads((Path(__file__).parents[2] / "cases" / "cert_discovery.json").read_text(encoding="utf-8"))
REGION = {"region": "eu-west-1"}
ARN = "arn:aws:acm:us-east-1:111111111111:certificate/12345678-1234-1234-1234-123456789012"


def ca_arn(ca: str | None) -> str | None:
    return f"arn:aws:acm-pca:eu-west-1:111111111111:certificate-authority/{ca}" if ca else ca


@pytest.mark.parametrize("row", CASES["build_request"], ids=lambda row: row["id"])
def test_build_request_table(row: dict[str, Any]) -> None:
    given, expected = row["input"], row["expected"]
    entry = {"subject_alternative_names": given["hosts"], "tags": given.get("tags"), "name": given.get("name")}
    entry["certificate_authority_arn"] = ca_arn(given.get("ca"))
    entry["key_algorithm"] = given.get("key") or given.get("key_algorithm")
    defaults = {
        **REGION,
        "certificate_authority_arn": ca_arn(given.get("default_ca")),
        "tags": given.get("default_tags"),
    }
    if isinstance(expected, str):
        assert expected.startswith("error")
        with pytest.raises(InvalidInput, match="no name is given"):
            wanted_certificates([entry], defaults)
        return
    [wanted] = wanted_certificates([entry], defaults)
    found = {
        "type": "PRIVATE" if wanted.private else "AMAZON_ISSUED",
        "domain_name": wanted.domain_name,
        "sans": sorted(wanted.names),
        "ca": wanted.certificate_authority_arn,
        "validation": None if wanted.private else "DNS",
        "key": wanted.key_algorithm,
        "tags": wanted.tags,
    }
    wish = {**expected, **({"ca": ca_arn(expected["ca"])} if "ca" in expected else {})}
    if "sans" in wish:
        wish["sans"] = sorted(wish["sans"])
    assert {key: found[key] for key in wish} == wish


def faults(entry: dict[str, Any], **defaults: Any) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        wanted_certificates([{"domain_name": "www.example.com", **entry}], {**REGION, **defaults})
    found: list[str] = caught.value.details["faults"]
    return found


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ({"tags": {"aws:x": "1"}}, "reserved"),
        ({"tags": {"TLSOPS:name": "1"}}, "reserved"),
        ({"tags": {"k" * 129: "1"}}, "128"),
        ({"tags": {"k": "v" * 257}}, "256"),
        ({"tags": {"k": "a;b"}}, "a;b"),
        ({"tags": {f"k{n}": "" for n in range(48)}}, "48 tags"),
        ({"name": "a;b"}, "a;b"),
        ({"region": "Ireland"}, "Ireland"),
        ({"region": "eu-west-1", "cloudfront": True}, "us-east-1"),
        ({"certificate_authority_arn": "ca-1"}, "ca-1"),
        ({"key_algorithm": "RSA_4096"}, "private CAs"),
    ],
    ids=str,
)
def test_a_fault(entry: dict[str, Any], fault: str) -> None:
    [found] = faults(entry)
    assert found.startswith("certificates[0]")
    assert fault in found


def test_all_faults_of_an_entry_are_found_at_once() -> None:
    assert (
        len(faults({"domain_name": "a_b.example.com", "tags": {"aws:x": "1"}, "name": "x;", "region": "Ireland"})) == 4
    )


def test_no_region_is_a_fault() -> None:
    with pytest.raises(InvalidInput, match="no Region"):
        wanted_certificates([{"domain_name": "www.example.com"}], {})


def test_tags_of_an_entry_come_on_top_of_those_of_all() -> None:
    [wanted] = wanted_certificates(
        [{"domain_name": "www.example.com", "tags": {"team": "web", "n": 1}}],
        {**REGION, "tags": {"team": "x", "env": "t"}},
    )
    assert wanted.tags == {"team": "web", "env": "t", "n": "1"}


def test_no_tags_are_another_thing_than_none() -> None:
    assert wanted_certificate({"domain_name": "www.example.com"}, REGION).tags is None
    assert wanted_certificate({"domain_name": "www.example.com", "tags": {}}, REGION).tags == {}


def test_names_are_a_set() -> None:
    one = wanted_certificate({"domain_name": "B.example.com", "subject_alternative_names": ["a.example.com"]}, REGION)
    assert one.names == ("a.example.com", "b.example.com")
    assert one.domain_name == "b.example.com"


def test_cloudfront_is_us_east_1() -> None:
    assert wanted_certificate({"domain_name": "www.example.com", "cloudfront": True}, REGION).region == "us-east-1"


@pytest.mark.parametrize(
    ("one", "other", "twice"),
    [
        ({"domain_name": "a.example.com"}, {"domain_name": "A.example.com"}, True),
        ({"domain_name": "a.example.com"}, {"domain_name": "a.example.com", "region": "us-east-1"}, False),
        ({"domain_name": "a.example.com"}, {"domain_name": "a.example.com", "key_algorithm": "EC_prime256v1"}, False),
        ({"domain_name": "a.example.com"}, {"domain_name": "a.example.com", "name": "x"}, False),
        ({"domain_name": "a.example.com", "name": "x"}, {"domain_name": "b.example.com", "name": "x"}, True),
        ({"domain_name": "a.example.com", "name": "x"}, {"domain_name": "a.example.com", "name": "y"}, False),
    ],
)
def test_what_is_asked_for_twice(one: dict[str, Any], other: dict[str, Any], twice: bool) -> None:
    if not twice:
        assert len(wanted_certificates([one, other], REGION)) == 2
        return
    with pytest.raises(InvalidInput, match="asked for twice"):
        wanted_certificates([one, other], REGION)


def unwanted(**options: Any) -> Any:
    return unwanted_certificate({"subject_alternative_names": [], **options}, "eu-west-1")


def test_what_is_to_go_is_said_by_arn_name_or_names() -> None:
    by_arn = unwanted(certificate_arn=ARN)
    assert (by_arn.region, by_arn.arn) == ("us-east-1", ARN)
    by_name = unwanted(name="shop", domain_name="example.com")
    assert (by_name.region, by_name.name, by_name.names) == ("eu-west-1", "shop", ())
    by_names = unwanted(domain_name="Example.com", subject_alternative_names=["www.example.com"])
    assert by_names.names == ("example.com", "www.example.com")
    assert unwanted(name="shop", cloudfront=True).region == "us-east-1"


@pytest.mark.parametrize("options", [{}, {"certificate_arn": "x"}, {"certificate_arn": ARN, "name": "shop"}], ids=str)
def test_what_is_to_go_is_not_guessed(options: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        unwanted(**options)
