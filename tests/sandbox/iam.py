# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""IAM policy evaluation: pure, and only as much of it as certificates need.

Source: IAM User Guide, "Policy evaluation logic" and "Condition operators". What is not understood is refused when
the policy is registered, so that no test passes by an ignored condition.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

Values = Mapping[str, "str | list[str]"]
ALLOW_ALL: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}
_ELEMENTS = {"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"}


def matches(value: str, pattern: str) -> bool:
    """IAM's wildcards: `*` and `?`, and nothing else of the shell's."""
    return _wildcard(pattern).fullmatch(value) is not None


_OPERATORS = {
    "StringEquals": lambda value, wanted: value == wanted,
    "StringEqualsIgnoreCase": lambda value, wanted: value.lower() == wanted.lower(),
    "StringLike": matches,
    "ArnEquals": matches,
    "ArnLike": matches,
    "Bool": lambda value, wanted: value.lower() == wanted.lower(),
}
_NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
}


def check(policy: Mapping[str, Any]) -> None:
    """Raise ValueError for a policy with anything this file does not evaluate."""
    statements = _many(policy.get("Statement"))
    if not statements:
        raise ValueError("a policy needs a Statement")
    for statement in statements:
        unknown = sorted(set(statement) - _ELEMENTS)
        if unknown:
            raise ValueError(f"policy elements not supported: {', '.join(unknown)}")
        if statement.get("Effect") not in ("Allow", "Deny"):
            raise ValueError("Effect must be Allow or Deny")
        if ("Action" in statement) == ("NotAction" in statement):
            raise ValueError("a statement needs either Action or NotAction")
        if ("Resource" in statement) == ("NotResource" in statement):
            raise ValueError("a statement needs either Resource or NotResource")
        for operator in statement.get("Condition", {}):
            _qualifier, base, _if_exists = _split(operator)
            if base != "Null" and base not in _OPERATORS and base not in _NEGATED:
                raise ValueError(f"condition operator not supported: {operator}")
        if "${" in str(statement):
            raise ValueError("policy variables are not supported")


def decide(policies: Iterable[Mapping[str, Any]], action: str, resource: str, keys: Values) -> str:
    """ "Allow", "Deny" (explicit), or "" when no statement applies. An explicit deny wins."""
    decision = ""
    for policy in policies:
        for statement in _many(policy.get("Statement")):
            if _applies(statement, action, resource, keys):
                if statement["Effect"] == "Deny":
                    return "Deny"
                decision = "Allow"
    return decision


@lru_cache(maxsize=4096)
def _wildcard(pattern: str) -> re.Pattern[str]:
    return re.compile("".join({"*": ".*", "?": "."}.get(char, re.escape(char)) for char in pattern), re.DOTALL)


def _many(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _applies(statement: Mapping[str, Any], action: str, resource: str, keys: Values) -> bool:
    # Actions are compared without regard to case, resources with it.
    if "Action" in statement:
        named = any(matches(action.lower(), pattern.lower()) for pattern in _many(statement["Action"]))
    else:
        named = not any(matches(action.lower(), pattern.lower()) for pattern in _many(statement["NotAction"]))
    if not named:
        return False
    if "Resource" in statement:
        meant = any(matches(resource, pattern) for pattern in _many(statement["Resource"]))
    else:
        meant = not any(matches(resource, pattern) for pattern in _many(statement["NotResource"]))
    return meant and _conditions_hold(statement.get("Condition", {}), keys)


def _conditions_hold(conditions: Mapping[str, Mapping[str, Any]], keys: Values) -> bool:
    """All operators and all keys must hold; of a key's wanted values one is enough."""
    lowered = {name.lower(): value for name, value in keys.items()}
    return all(
        _condition_holds(operator, lowered.get(name.lower()), [str(item) for item in _many(wanted)])
        for operator, test in conditions.items()
        for name, wanted in test.items()
    )


def _split(operator: str) -> tuple[str, str, bool]:
    qualifier, dummy, base = operator.rpartition(":")
    if_exists = base.endswith("IfExists")
    return qualifier, base.removesuffix("IfExists"), if_exists


def _condition_holds(operator: str, present: str | list[str] | None, wanted: list[str]) -> bool:
    qualifier, base, if_exists = _split(operator)
    if base == "Null":
        return any((present is None or present == []) == (item.lower() == "true") for item in wanted)
    values = _many(present)
    if not values and if_exists:
        return True
    negated = base in _NEGATED
    test = _OPERATORS[_NEGATED.get(base, base)]

    def holds(value: str) -> bool:
        return any(test(value, item) for item in wanted) != negated

    if qualifier == "ForAllValues":
        return all(holds(value) for value in values)
    if qualifier == "ForAnyValue":
        return any(holds(value) for value in values)
    if not values:
        return negated
    # A key with several values needs a set operator; without one the comparison is not defined, and fails here.
    return len(values) == 1 and holds(values[0])
