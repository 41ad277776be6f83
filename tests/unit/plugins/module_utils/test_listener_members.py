# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils._listener_members import (
    PUBLIC,
    GroupCertificates,
    Member,
    faults,
    in_order,
    merge,
    sources,
)
from hypothesis import given
from hypothesis import strategies as st

CASES = json.loads((Path(__file__).parents[2] / "cases" / "listener_sync.json").read_text(encoding="utf-8"))
HOSTS = ("www.example.com",)


@pytest.mark.parametrize("row", CASES["merge_members"], ids=lambda row: row["id"])
def test_merge_table(row: dict[str, Any]) -> None:
    """``all`` has the default a second time where it is asked for in the list, too."""
    members = [Member(each["name"], order=each.get("order", 0)) for each in row["members"]]
    expected = row["expected"]
    group = merge(members, {each["name"]: each["certs"] for each in row["members"]})
    if "count" in expected:
        assert len(group.certificates) == expected["count"]
    if "default" in expected:
        assert group.default == expected["default"]
    if "all" in expected:
        assert list(group.certificates) == list(dict.fromkeys(expected["all"]))
        assert group.default_in_list == (expected["all"].count(group.default) > 1)
    if "list_after_sync" in expected:
        in_list = [arn for arn in group.certificates if arn != group.default or group.default_in_list]
        assert sorted(in_list) == sorted(expected["list_after_sync"])


@pytest.mark.parametrize("row", CASES["explicit_vs_managed"], ids=lambda row: row["id"])
def test_explicit_against_managed_table(row: dict[str, Any]) -> None:
    on_group = "explicit_on" in row
    explicit = row.get("explicit", [])
    member = Member(
        "app", hosts=HOSTS, certificate_arn=explicit[0] if explicit else None, request=bool(row.get("managed"))
    )
    (source,) = sources([member], certificate_arn="arn:group" if on_group else None)
    if row.get("expected") == "no certificate is requested":
        assert (source.origin, source.certificate_arn) == ("given", "arn:group")
        return
    found = {"given": explicit, "requested": [row["managed"]], "discovered": []}[source.origin]
    (expected,) = (value for key, value in row.items() if key.startswith("expected_port_"))
    assert list(merge([member], {"app": found}).certificates) == expected


def test_a_given_certificate_wins_over_a_request_and_discovery() -> None:
    (source,) = sources(
        [Member("app", hosts=HOSTS, certificate_arn="arn:a", request=True)], certificate_arn="arn:group"
    )
    assert (source.origin, source.certificate_arn) == ("given", "arn:a")


def test_without_a_request_the_certificate_is_discovered() -> None:
    assert [source.origin for source in sources([Member("app", hosts=HOSTS), Member("none")])] == ["discovered", "none"]


@pytest.mark.parametrize(
    ("own", "group", "expected"),
    [
        (None, None, None),
        (None, "ca-group", "ca-group"),
        ("ca-own", "ca-group", "ca-own"),
        ("", "ca-group", "ca-group"),
        (PUBLIC, "ca-group", None),
        (PUBLIC, None, None),
        (None, "", None),
    ],
)
def test_the_authority_to_request_from(own: str | None, group: str | None, expected: str | None) -> None:
    member = Member("app", hosts=HOSTS, request=True, certificate_authority_arn=own)
    (source,) = sources([member], certificate_authority_arn=group)
    assert (source.origin, source.certificate_authority_arn) == ("requested", expected)


@pytest.mark.parametrize(("own", "expected"), [(None, None), ("ca-own", "ca-own"), (PUBLIC, None), ("", None)])
def test_discovery_is_limited_to_the_members_own_authority(own: str | None, expected: str | None) -> None:
    member = Member("app", hosts=HOSTS, certificate_authority_arn=own)
    (source,) = sources([member], certificate_authority_arn="ca-group")
    assert (source.origin, source.certificate_authority_arn) == ("discovered", expected)


def test_every_member_that_requests_without_hosts_is_named() -> None:
    assert faults([Member("a", hosts=HOSTS, request=True)]) == []
    members = [Member("b", request=True), Member("a", request=True), Member("c", request=True, certificate_arn="arn:c")]
    assert [fault.split('"')[1] for fault in faults(members)] == ["a", "b"]
    assert faults(members, certificate_arn="arn:group") == []


def test_two_members_of_one_name_are_a_fault() -> None:
    assert faults([Member("a", hosts=HOSTS), Member("b"), Member("a", order=1)]) == [
        '2 members are named "a": give each its own'
    ]


def test_members_stand_by_order_then_name_however_they_are_listed() -> None:
    members = [Member("b"), Member("a"), Member("z", order=-1), Member("y", order=1)]
    assert [member.name for member in in_order(members)] == ["z", "a", "b", "y"]


def test_a_group_without_certificates_has_no_default() -> None:
    group = merge([Member("a")], {})
    assert group == GroupCertificates()
    assert group.default is None


def test_a_certificate_named_twice_that_is_not_the_default_is_there_once() -> None:
    group = merge([Member("a"), Member("b"), Member("c")], {"a": ["1"], "b": ["2"], "c": ["2"]})
    assert group == GroupCertificates(("1", "2"), default_in_list=False)


@given(st.permutations([Member("a"), Member("b", order=2), Member("c", order=1), Member("d")]))
def test_a_member_that_leaves_takes_only_its_own_certificate_with_it(members: list[Member]) -> None:
    certificates = {"a": ["1", "2"], "b": ["2", "3"], "c": ["4"], "d": ["5"]}
    everything = merge(members, certificates).certificates
    assert everything == ("1", "2", "5", "4", "3")
    without = merge([member for member in members if member.name != "b"], certificates).certificates
    assert without == tuple(arn for arn in everything if arn != "3")
