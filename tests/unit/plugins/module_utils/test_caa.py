# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils import _caa as caa
from ansible_collections.tlsops.certificates.plugins.module_utils._caa import CaaAnswer, Decision, Issuer, Property
from hypothesis import given
from hypothesis import strategies as st

CASES = json.loads((Path(__file__).parents[2] / "cases" / "caa_policy.json").read_text(encoding="utf-8"))
LETSENCRYPT = Issuer(("letsencrypt.org",), "dns-01", "https://acme.example/acct/1")


def look_up_in(case: dict[str, Any], asked: list[str]) -> Any:
    def look_up(name: str) -> CaaAnswer:
        asked.append(name)
        if name in case["errors"]:
            return CaaAnswer(error=case["errors"][name])
        while name in case["cnames"]:
            name = case["cnames"][name]
        return CaaAnswer(tuple(Property(*record) for record in case["records"].get(name, ())))

    return look_up


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: case["id"])
def test_caa_policy_table(case: dict[str, Any]) -> None:
    asked: list[str] = []
    wanted = Issuer(tuple(case["issuers"]), case["method"], case["account_uri"])
    decision = caa.decide(case["domain"], wanted, look_up_in(case, asked))
    expected = case["expect"]
    assert (decision.allowed, decision.found_at, decision.reason) == (
        expected["allowed"],
        expected["found_at"],
        expected["reason"],
    )
    assert decision.error_at == expected.get("error_at", "")
    assert asked[-1] in (decision.found_at, decision.error_at) or decision.reason == caa.NO_CAA
    assert bool(caa.advice(decision, case["domain"], wanted)) == (not decision.allowed)


@pytest.mark.parametrize("case", CASES["value_parse"], ids=lambda case: repr(case["value"]))
def test_value_parse_table(case: dict[str, Any]) -> None:
    if case["error"]:
        with pytest.raises(caa.MalformedProperty, match=case["error"]):
            caa.parse_value(case["value"])
    else:
        issuer, parameters = caa.parse_value(case["value"])
        assert (issuer, [list(pair) for pair in parameters]) == (case["issuer"], case["params"])


@pytest.mark.parametrize("case", CASES["advice"], ids=lambda case: case["reason"])
def test_advice_table(case: dict[str, Any]) -> None:
    decision = Decision(
        case["reason"],
        found_at="example.com",
        properties=(Property(0, "issue", "b.example; x=y"), Property(0, "issue", "a.example")),
        error_at="www.example.com",
        error="SERVFAIL",
    )
    values = {
        "found_at": "example.com",
        "domain": "www.example.com",
        "issuers": "a.example, b.example",
        "issuer": "letsencrypt.org",
        "error_at": "www.example.com",
        "rcode": "SERVFAIL",
    }
    assert caa.advice(decision, "*.www.example.com", LETSENCRYPT) == case["message"].format(**values)


def test_the_issuers_are_those_of_the_table() -> None:
    assert {name: list(identities) for name, identities in caa.ISSUERS.items()} == CASES["issuer_names"]


def judged(*values: str, wanted: Issuer = LETSENCRYPT, domain: str = "example.com", tag: str = "issue") -> Decision:
    properties = tuple(Property(0, tag, value) for value in values)
    return caa.decide(domain, wanted, lambda name: CaaAnswer(properties))


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (["%%%%%"], caa.MALFORMED_PROPERTY),
        (["%%%%%", ";"], caa.MALFORMED_PROPERTY),
        (["letsencrypt.org; validationmethods"], caa.MALFORMED_PROPERTY),
        (["%%%%%", "letsencrypt.org"], caa.AUTHORISED),
        (["other.example", "letsencrypt.org; validationmethods=http-01"], caa.METHOD_NOT_ALLOWED),
        (["other.example", ";"], caa.OTHER_ISSUER_ONLY),
        (["LetsEncrypt.ORG;"], caa.AUTHORISED),
        (["letsencrypt.org; validationmethods="], caa.METHOD_NOT_ALLOWED),
    ],
)
def test_of_several_properties_the_nearest_to_permission_counts(values: list[str], reason: str) -> None:
    assert judged(*values).reason == reason


def test_acm_does_not_read_parameters() -> None:
    parameters = "amazon.com; validationmethods=http-01; accounturi=https://x.example/1"
    assert judged(parameters, wanted=caa.issuer("acm")).reason == caa.AUTHORISED


def test_the_advice_for_a_wildcard_names_the_property_that_counts_for_it() -> None:
    decision = judged("other.example", domain="*.example.com", tag="issuewild")
    assert '0 issuewild "letsencrypt.org"\'' in caa.advice(decision, "*.example.com", LETSENCRYPT)


def test_bit_1_is_critical_for_letsencrypt_only() -> None:
    unknown = (Property(1, "foo", "bar"),)
    assert caa.decide("example.com", LETSENCRYPT, lambda name: CaaAnswer(unknown)).reason == caa.UNKNOWN_CRITICAL
    acm = caa.decide("example.com", caa.issuer("acm"), lambda name: CaaAnswer(unknown))
    assert acm.reason == caa.NO_RELEVANT_PROPERTY


@given(st.text(max_size=20))
def test_any_value_is_read_or_malformed(value: str) -> None:
    try:
        issuer, parameters = caa.parse_value(value)
    except caa.MalformedProperty:
        return
    assert caa.parse_value("; ".join([issuer, *("=".join(pair) for pair in parameters)])) == (issuer, parameters)


@given(st.lists(st.sampled_from(["letsencrypt.org", "other.example", ";", "%", "letsencrypt.org; a=b"]), min_size=1))
def test_the_order_of_the_records_does_not_matter(values: list[str]) -> None:
    assert judged(*values).reason == judged(*reversed(values)).reason
    assert judged(*values).allowed == any(value.startswith("letsencrypt.org") for value in values)
