# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils._pointing import Pointer, plan_pointer
from ansible_collections.tlsops.certificates.plugins.module_utils._record_sets import (
    Change,
    RecordChanges,
    RecordSet,
    from_api,
)

ENDPOINT = "d1.cloudfront.net"
SHOP, APEX = Pointer("shop.example.com", ENDPOINT), Pointer("example.com", ENDPOINT)
ALIASES = [("A", "example.com"), ("AAAA", "example.com"), ("TXT", "_cf-challenge.example.com")]


def plan(pointer: Pointer, *there: RecordSet, **options: Any) -> RecordChanges:
    given: dict[str, Any] = {"state": "present", "ttl": 60, "replace": False, **options}
    return plan_pointer(pointer, "example.com", there, **given)


def changes(found: RecordChanges) -> list[tuple[str, str, str]]:
    return [(each.action, each.record_set.type, each.record_set.name) for each in found.changes]


def record(kind: str, value: str, name: str = SHOP.name, **more: Any) -> RecordSet:
    return RecordSet(name, kind, 300, (value,), **more)


def alias(kind: str, name: str = APEX.name, to: str = ENDPOINT) -> RecordSet:
    target = {"HostedZoneId": "Z2FDTNDATAQYW2", "DNSName": f"{to}.", "EvaluateTargetHealth": False}
    return from_api({"Name": f"{name}.", "Type": kind, "AliasTarget": target})


CHALLENGE = RecordSet("_cf-challenge.example.com", "TXT", 300, (f'"{ENDPOINT}"',))


def test_a_name_gets_a_cname() -> None:
    (change,) = plan(SHOP).changes
    assert change == Change("CREATE", RecordSet(SHOP.name, "CNAME", 60, (ENDPOINT,)))


def test_the_apex_gets_aliases_and_a_txt_record_that_says_where_they_lead() -> None:
    found = plan(APEX)
    assert changes(found) == [("CREATE", kind, name) for kind, name in ALIASES]
    assert found.changes[0].record_set.to_api() == {
        "Name": "example.com",
        "Type": "A",
        "AliasTarget": {"HostedZoneId": "Z2FDTNDATAQYW2", "DNSName": ENDPOINT, "EvaluateTargetHealth": False},
    }


def test_beside_other_records_dns_allows_no_cname() -> None:
    assert [kind for _action, kind, _name in changes(plan(SHOP, record("MX", "10 mx")))] == ["A", "AAAA", "TXT"]


@pytest.mark.parametrize(
    ("pointer", "there"),
    [
        (SHOP, [record("CNAME", "D1.cloudfront.net.")]),
        (APEX, [alias("A"), alias("AAAA"), CHALLENGE]),
    ],
)
def test_what_points_there_already_is_left_alone(pointer: Pointer, there: list[RecordSet]) -> None:
    found = plan(pointer, *there)
    assert (found.changes, found.problems) == ((), ())
    assert len(found.unchanged) == len(there)


@pytest.mark.parametrize(
    ("there", "said"),
    [
        (record("A", "192.0.2.1"), "an A record (192.0.2.1)"),
        (record("CNAME", "old.example.net"), "a CNAME record (old.example.net)"),
        (record("AAAA", "2001:db8::1"), "an AAAA record"),
    ],
)
def test_another_address_is_only_replaced_when_that_is_wanted(there: RecordSet, said: str) -> None:
    (problem,) = plan(SHOP, there).problems
    assert said in problem
    assert "replace: true" in problem
    found = plan(SHOP, there, replace=True)
    assert found.problems == ()
    first, last = changes(found)[0], changes(found)[-1]
    assert last == (("UPSERT" if there.type == "CNAME" else "CREATE"), "CNAME", SHOP.name)
    assert first == (last if there.type == "CNAME" else ("DELETE", there.type, SHOP.name))


def test_old_addresses_of_the_apex_become_aliases() -> None:
    found = plan(APEX, record("A", "192.0.2.1", APEX.name), replace=True)
    assert changes(found)[0] == ("UPSERT", "A", "example.com")
    assert found.changes[0].before == record("A", "192.0.2.1", APEX.name)


@pytest.mark.parametrize("there", [record("A", "192.0.2.1", set_identifier="blue"), record("NS", "ns1.example.net")])
def test_what_is_routed_or_delegated_is_never_overwritten(there: RecordSet) -> None:
    assert len(plan(SHOP, there, replace=True).problems) == 1


def test_other_values_of_the_challenge_are_kept() -> None:
    other = RecordSet(CHALLENGE.name, "TXT", 300, ('"other"',))
    found = plan(APEX, alias("A"), alias("AAAA"), other)
    assert found.changes == (Change("UPSERT", RecordSet(other.name, "TXT", 300, ('"other"', f'"{ENDPOINT}"')), other),)
    (taken,) = plan(APEX, RecordSet(other.name, "TXT", 300, ('"other"', f'"{ENDPOINT}"')), state="absent").changes
    assert (taken.action, taken.record_set.values) == ("UPSERT", ('"other"',))


def test_only_what_points_there_is_taken_away() -> None:
    gone = plan(APEX, alias("A"), alias("AAAA", to="d2.cloudfront.net"), CHALLENGE, state="absent")
    assert changes(gone) == [("DELETE", "A", "example.com"), ("DELETE", "TXT", CHALLENGE.name)]
    (kept,) = gone.kept
    assert "not ours" in kept.reason
    assert changes(plan(SHOP, record("CNAME", ENDPOINT), state="absent")) == [("DELETE", "CNAME", SHOP.name)]
    assert plan(SHOP, record("A", "192.0.2.1"), state="absent").changes == ()
