# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CAA as ACM's issuance sees it: the table of cases, and the same over real DNS."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sandbox import caa
from sandbox.local_route53 import LocalRoute53
from sandbox.resolution import Answer

TABLE = Path(__file__).resolve().parents[2] / "unit" / "cases" / "caa_policy.json"
# Amazon binds an authorisation to no account and no method, and takes 128 alone for "critical" (RFC 8659 4.1).
ACME_ONLY = {"account_not_allowed", "method_not_allowed", "malformed_property"}
CASES = [
    case
    for case in json.loads(TABLE.read_text(encoding="utf-8"))["cases"]
    if case["expect"]["reason"] not in ACME_ONLY and case["id"] != "b-unknown-critical-1"
]


class Table:
    """A resolver that knows a case's records and nothing else."""

    def __init__(self, case: dict[str, Any]) -> None:
        self._case = case
        self.asked: list[str] = []

    def resolve(self, name: str, rdtype: str) -> Answer:
        assert rdtype == "CAA"
        bare = name.rstrip(".")
        self.asked.append(bare)
        chain = [bare]
        while chain[-1] in self._case["cnames"] and len(chain) < 10:
            chain.append(self._case["cnames"][chain[-1]])
        failed = any(step in self._case["errors"] for step in chain)
        properties = self._case["records"].get(chain[-1], [])
        records = tuple(("CAA", f'{flags} {tag} "{value}"') for flags, tag, value in properties)
        rcode = "SERVFAIL" if failed else "NOERROR" if records else "NXDOMAIN"
        return Answer(name, rdtype, rcode, () if failed else records, tuple(chain), ())


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_decisions(case: dict[str, Any]) -> None:
    wildcard = case["domain"].startswith("*.")
    decision = caa.decide(Table(case), case["domain"], wildcard, case["issuers"])
    assert decision.allowed is bool(case["expect"]["allowed"])
    assert decision.reason == case["expect"]["reason"]
    if decision.reason != "lookup_error":
        assert decision.found_at == case["expect"]["found_at"]


def test_the_table_is_not_empty() -> None:
    assert len(CASES) >= 35
    assert {"authorised", "lookup_error", "unknown_critical"} <= {case["expect"]["reason"] for case in CASES}


@pytest.fixture(scope="module")
def running() -> Iterator[LocalRoute53]:
    with LocalRoute53() as service:
        yield service


@pytest.fixture
def aws(running: LocalRoute53) -> LocalRoute53:
    running.context.reset()
    return running


@pytest.fixture
def zone(aws: LocalRoute53) -> str:
    return aws.zone("example.com", delegate=True)


def allows(aws: LocalRoute53, domain: str, wildcard: bool = False) -> bool:
    return caa.allows(aws.context.resolver, domain, wildcard)


def test_no_caa_allows_everybody(aws: LocalRoute53, zone: str) -> None:
    assert allows(aws, "a.b.example.com")
    assert allows(aws, "example.com", wildcard=True)


@pytest.mark.parametrize("issuer", ["amazon.com", "amazontrust.com", "awstrust.com", "amazonaws.com", "Amazon.com"])
def test_each_of_amazons_names_will_do(aws: LocalRoute53, zone: str, issuer: str) -> None:
    """ACM user guide, "Certification Authority Authorization (CAA) problems"."""
    aws.put(zone, "example.com", "CAA", '0 issue "letsencrypt.org"')
    assert not allows(aws, "www.example.com")
    aws.put(zone, "example.com", "CAA", '0 issue "letsencrypt.org"', f'0 issue "{issuer}"')
    assert allows(aws, "www.example.com")


def test_the_closest_records_decide_alone(aws: LocalRoute53, zone: str) -> None:
    """RFC 8659 3."""
    aws.put(zone, "example.com", "CAA", '0 issue ";"')
    aws.put(zone, "dev.example.com", "CAA", '0 issue "amazon.com"')
    assert not allows(aws, "www.example.com")
    assert allows(aws, "a.dev.example.com")
    aws.put(zone, "a.dev.example.com", "CAA", '0 issue ";"')
    assert not allows(aws, "a.dev.example.com")


def test_issuewild_is_for_wildcards_only(aws: LocalRoute53, zone: str) -> None:
    """RFC 8659 4.3."""
    aws.put(zone, "example.com", "CAA", '0 issue "amazon.com"', '0 issuewild ";"')
    assert allows(aws, "example.com")
    assert not allows(aws, "example.com", wildcard=True)
    aws.put(zone, "example.com", "CAA", '0 issue ";"', '0 issuewild "amazon.com"')
    assert not allows(aws, "example.com")
    assert allows(aws, "example.com", wildcard=True)


def test_a_critical_property_nobody_knows_forbids(aws: LocalRoute53, zone: str) -> None:
    """RFC 8659 4.1."""
    aws.put(zone, "example.com", "CAA", '0 issue "amazon.com"', '128 tbs "x"')
    assert not allows(aws, "example.com")
    aws.put(zone, "example.com", "CAA", '128 issue "amazon.com"', '0 tbs "x"')
    assert allows(aws, "example.com")


def test_records_at_the_target_of_an_alias_count(aws: LocalRoute53, zone: str) -> None:
    """ACM user guide: CAA at the CNAME target. RFC 8659 3: but not those above the target."""
    other = aws.zone("provider.net", delegate=True)
    aws.put(zone, "www.example.com", "CNAME", "shop.provider.net.")
    aws.put(other, "provider.net", "CAA", '0 issue ";"')
    assert allows(aws, "www.example.com")
    aws.put(other, "shop.provider.net", "CAA", '0 issue ";"')
    assert not allows(aws, "www.example.com")


def test_a_name_that_cannot_be_looked_up_forbids(aws: LocalRoute53, zone: str) -> None:
    """CA/B Baseline Requirements 3.2.2.8."""
    assert allows(aws, "www.broken.example.com")
    aws.put(zone, "broken.example.com", "NS", "ns1.does-not-exist.net.")
    decision = caa.decide(aws.context.resolver, "www.broken.example.com")
    assert decision == caa.Decision(False, "www.broken.example.com", "lookup_error")
    assert allows(aws, "www.example.com")
