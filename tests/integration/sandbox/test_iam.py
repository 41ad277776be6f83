# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Policy evaluation: IAM User Guide, "Policy evaluation logic" and "Condition operators"."""

from __future__ import annotations

from typing import Any

import pytest
from sandbox import iam

ZONE = "arn:aws:route53:::hostedzone/Z1"
TYPES = "route53:ChangeResourceRecordSetsRecordTypes"
NAMES = "route53:ChangeResourceRecordSetsNormalizedRecordNames"


def statement(effect: str = "Allow", action: Any = "*", resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


def decide(*statements: dict[str, Any], action: str = "route53:GetChange", resource: str = ZONE, **keys: Any) -> str:
    policy = {"Version": "2012-10-17", "Statement": list(statements)}
    iam.check(policy)
    return iam.decide([policy], action, resource, keys.get("keys", {}))


def test_nothing_is_allowed_unless_a_statement_says_so() -> None:
    assert decide(statement(action="acm:*")) == ""


def test_an_explicit_deny_beats_an_allow_in_any_order() -> None:
    deny = statement("Deny", "route53:Get*")
    assert decide(statement(), deny) == "Deny"
    assert decide(deny, statement()) == "Deny"


def test_actions_are_compared_without_case_and_resources_with_it() -> None:
    assert decide(statement(action="ROUTE53:getchange")) == "Allow"
    assert decide(statement(resource=ZONE.lower())) == ""


@pytest.mark.parametrize(
    ("pattern", "allowed"),
    [
        ("arn:aws:route53:::hostedzone/*", True),
        ("arn:aws:route53:::hostedzone/Z?", True),
        ("arn:aws:route53:::hostedzone/Z", False),
        ("arn:aws:route53:::hostedzone/[Z]1", False),
    ],
)
def test_only_star_and_question_mark_are_wildcards(pattern: str, allowed: bool) -> None:
    assert (decide(statement(resource=pattern)) == "Allow") is allowed


def test_an_action_without_a_resource_of_its_own_needs_a_star() -> None:
    assert decide(statement(resource=ZONE), action="route53:ListHostedZones", resource="*") == ""


def test_not_action_and_not_resource_turn_the_match_round() -> None:
    assert decide({"Effect": "Allow", "NotAction": "acm:*", "Resource": "*"}) == "Allow"
    assert decide({"Effect": "Allow", "Action": "*", "NotResource": ZONE}) == ""


@pytest.mark.parametrize(
    ("operator", "wanted", "present", "allowed"),
    [
        ("StringEquals", "DNS", "DNS", True),
        ("StringEquals", "DNS", "EMAIL", False),
        ("StringEquals", ["EMAIL", "DNS"], "DNS", True),
        ("StringEquals", "DNS", None, False),
        ("StringEqualsIfExists", "DNS", None, True),
        ("StringNotEquals", "DNS", None, True),
        ("StringNotEquals", "DNS", "DNS", False),
        ("StringLike", "*.example.com", "www.example.com", True),
        ("StringLike", "*.example.com", "example.com", False),
        ("ForAllValues:StringLike", "*.example.com", ["a.example.com", "b.example.com"], True),
        ("ForAllValues:StringLike", "*.example.com", ["a.example.com", "b.example.net"], False),
        ("ForAllValues:StringEquals", "CNAME", None, True),
        ("ForAnyValue:StringEquals", "CNAME", ["TXT", "CNAME"], True),
        ("ForAnyValue:StringEquals", "CNAME", None, False),
        ("Null", "false", ["CNAME"], True),
        ("Null", "false", None, False),
        ("Null", "true", None, True),
    ],
)
def test_condition_operators(operator: str, wanted: Any, present: Any, allowed: bool) -> None:
    keys = {} if present is None else {TYPES: present}
    condition = {operator: {TYPES.upper(): wanted}}
    assert (decide(statement(Condition=condition), keys=keys) == "Allow") is allowed


def test_for_all_values_needs_the_null_guard() -> None:
    """ForAllValues is true for a request without the key; "Null": false keeps such a request out."""
    condition = {"ForAllValues:StringEquals": {TYPES: "CNAME"}, "Null": {TYPES: "false"}}
    assert decide(statement(Condition=condition), keys={}) == ""
    assert decide(statement(Condition=condition), keys={TYPES: ["CNAME"]}) == "Allow"


def test_a_key_with_several_values_needs_a_set_operator() -> None:
    assert decide(statement(Condition={"StringEquals": {TYPES: "CNAME"}}), keys={TYPES: ["CNAME", "TXT"]}) == ""


def test_all_conditions_must_hold() -> None:
    condition = {"ForAllValues:StringEquals": {TYPES: "CNAME", NAMES: "a.example.com"}}
    keys = {TYPES: ["CNAME"], NAMES: ["b.example.com"]}
    assert decide(statement(Condition=condition), keys=keys) == ""


@pytest.mark.parametrize(
    "bad",
    [
        {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}},
        {"Effect": "Allow", "Action": "*", "Resource": "*", "Principal": "*"},
        {"Effect": "Allow", "Action": "*"},
        {"Effect": "Maybe", "Action": "*", "Resource": "*"},
        {"Effect": "Allow", "Action": "*", "Resource": "arn:aws:iam::${aws:PrincipalAccount}:role/x"},
    ],
)
def test_a_policy_that_is_not_understood_is_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        iam.check({"Version": "2012-10-17", "Statement": [bad]})
