# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import datetime
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils import _renewal as renewal
from ansible_collections.tlsops.certificates.plugins.module_utils._errors import InvalidInput
from ansible_collections.tlsops.certificates.plugins.module_utils._renewal import KeptState, RenewalPolicy, WantedState
from ansible_collections.tlsops.certificates.plugins.module_utils._subject_names import SubjectNames
from hypothesis import given
from hypothesis import strategies as st

CASES = json.loads((Path(__file__).parents[2] / "cases" / "renew_policy.json").read_text(encoding="utf-8"))
START = datetime.datetime(2026, 3, 2, tzinfo=datetime.timezone.utc)
WEB = SubjectNames((("CN", "web"),), ("DNS:web.corp.internal",))


def moment(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


@pytest.mark.parametrize("case", CASES["renew_at"], ids=lambda case: case["id"])
def test_when_a_certificate_is_due(case: dict[str, Any]) -> None:
    given = case["renew_before_s"]
    policy = RenewalPolicy(
        None if given is None else timedelta(seconds=given),
        case["renew_before_percent"],
        half_when_short=case["policy"] == "third_or_half_under_10d",
    )
    not_before, not_after = moment(case["not_before"]), moment(case["not_after"])
    assert policy.renew_at(not_before, not_after) == moment(case["renew_at"])
    assert policy.left(not_after - not_before).total_seconds() // 1 == case["renew_before_used_s"]


@pytest.mark.parametrize(
    "case",
    [case for case in CASES["should_renew"] if case["policy"] == "third_or_half_under_10d"],
    ids=lambda case: case["id"],
)
def test_whether_a_certificate_is_due(case: dict[str, Any]) -> None:
    due_at = RenewalPolicy(half_when_short=True).renew_at(moment(case["not_before"]), moment(case["not_after"]))
    assert (moment(case["now"]) >= due_at) == case["renew"]


@pytest.mark.parametrize(
    "case",
    # Others take 0 and less for "at the end" and "always"; here they are refused.
    [case for case in CASES["should_renew"] if case["policy"] == "days" and case["renew_before_days"] > 0],
    ids=lambda case: case["id"],
)
def test_whether_it_is_due_by_a_fixed_time_before_its_end(case: dict[str, Any]) -> None:
    policy = RenewalPolicy(timedelta(days=case["renew_before_days"]))
    due_at = policy.renew_at(moment(case["not_before"]), moment(case["not_after"]))
    assert (moment(case["now"]) >= due_at) == case["renew"]


@given(lifetime=st.integers(1, 10**9), before=st.integers(-10, 10**9), percent=st.integers(-5, 105))
def test_it_is_always_due_within_its_life_and_at_a_whole_second(lifetime: int, before: int, percent: int) -> None:
    end = START + timedelta(seconds=lifetime)
    for policy in (RenewalPolicy(timedelta(seconds=before)), RenewalPolicy(percent_left=percent), RenewalPolicy()):
        due = policy.renew_at(START, end)
        assert START <= due < end
        assert due.microsecond == 0


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90d", 7776000), ("12h", 43200), ("1w2d", 777600), ("3600", 3600), ("1h30m", 5400), ("2 d", 172800), ("5S", 5)],
)
def test_a_time_as_people_write_it(text: str, seconds: int) -> None:
    assert renewal.duration(text).total_seconds() == seconds


@pytest.mark.parametrize("text", ["", "d", "-1d", "1y", "1d1w", "90 days", "1.5d", "tomorrow"])
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(ValueError, match="isn't a time such as 90d"):
        renewal.duration(text)


def test_options() -> None:
    assert renewal.validity_and_policy({"validity": "90d", "renew_before": "30d"}) == (
        timedelta(days=90),
        RenewalPolicy(timedelta(days=30)),
    )
    assert renewal.validity_and_policy({"validity": "7d", "renew_at_percent_left": 40})[1].percent_left == 40


@pytest.mark.parametrize(
    ("options", "parts"),
    [
        ({"validity": "59m"}, ["shorter than an hour"]),
        ({"validity": "soon"}, ["validity 'soon'"]),
        ({"validity": "1h", "renew_before": "4m"}, ["five minutes"]),
        ({"validity": "1d", "renew_before": "1d"}, ["isn't shorter than the validity 1d"]),
        ({"validity": "1d", "renew_at_percent_left": 100}, ["between 1 and 99"]),
        ({"validity": "1d", "renew_at_percent_left": 0}, ["between 1 and 99"]),
        ({"validity": "1d", "renew_before": "x", "renew_at_percent_left": -1}, ["renew_before 'x'", "not -1"]),
        ({"validity": "1d", "renew_before": "6h", "renew_at_percent_left": 20}, ["exclude each other"]),
    ],
)
def test_options_that_can_t_be(options: dict[str, Any], parts: list[str]) -> None:
    with pytest.raises(InvalidInput) as caught:
        renewal.validity_and_policy(options)
    assert len(caught.value.faults) == len(parts)
    for part, fault in zip(parts, caught.value.faults, strict=True):
        assert part in fault


def test_a_policy_that_renews_all_the_time_is_warned_of() -> None:
    assert renewal.restless(timedelta(days=30), RenewalPolicy()) is None
    assert "nearly every run" in str(renewal.restless(timedelta(days=30), RenewalPolicy(timedelta(days=29))))
    assert "nearly every run" in str(renewal.restless(timedelta(days=30), RenewalPolicy(percent_left=95)))


def kept(**changes: Any) -> KeptState:
    state: dict[str, Any] = {
        "names": WEB,
        "usages": frozenset({"server_auth", "client_auth", "digital_signature", "key_encipherment"}),
        "key_algorithm": "EC_prime256v1",
        "issuer": "one",
        "not_before": START,
        "not_after": START + timedelta(days=30),
        **changes,
    }
    return KeptState(**state)


def wanted(**changes: Any) -> WantedState:
    state: dict[str, Any] = {
        "names": WEB,
        "usages": frozenset({"server_auth", "client_auth"}),
        "key_algorithm": "EC_prime256v1",
        "issuer": "one",
        **changes,
    }
    return WantedState(**state)


@pytest.mark.parametrize(
    ("wanted_state", "kept_state", "days", "reason"),
    [
        (wanted(), kept(), 0, None),
        (wanted(), kept(), 19.99, None),
        (wanted(), kept(), 20, "Due"),
        (wanted(policy=RenewalPolicy(timedelta(days=1))), kept(), 20, None),
        (wanted(), kept(), 30, "Expired"),
        (wanted(force=True), kept(), 0, "Forced"),
        (wanted(), kept(revoked=True), 0, "Revoked"),
        (wanted(issuer="two"), kept(), 0, "IssuerChanged"),
        (wanted(issuer="two"), kept(issuer=None), 0, "IssuerChanged"),
        (wanted(issuer=None), kept(), 0, None),
        (wanted(usages=frozenset({"client_auth"})), kept(), 0, "UsagesChanged"),
        (wanted(usages=frozenset({"client_auth"})), kept(usages=frozenset({"client_auth"})), 0, None),
        (wanted(usages=frozenset({"server_auth", "client_auth", "key_agreement"})), kept(), 0, "UsagesChanged"),
        (wanted(usages=None), kept(), 0, None),
        (wanted(key_algorithm="RSA_2048"), kept(), 0, "KeyAlgorithmChanged"),
        (wanted(key_algorithm=None), kept(), 0, None),
        (wanted(names=SubjectNames((), ("DNS:web.corp.internal",))), kept(), 0, None),
        (wanted(names=SubjectNames((("CN", "db"),), ("DNS:web.corp.internal",))), kept(), 0, "NamesChanged"),
        (wanted(names=SubjectNames((), ("DNS:web.corp.internal", "IP:10.0.0.1"))), kept(), 0, "NamesChanged"),
        # What has changed is said before what is due.
        (wanted(names=SubjectNames(), issuer="two", force=True), kept(), 40, "NamesChanged"),
        (wanted(issuer="two", force=True), kept(), 40, "IssuerChanged"),
        (wanted(force=True), kept(), 25, "Due"),
    ],
)
def test_why_a_certificate_is_replaced(
    wanted_state: WantedState, kept_state: KeptState, days: float, reason: str | None
) -> None:
    found = renewal.reissue(wanted_state, kept_state, START + timedelta(days=days))
    assert (found and found.reason) == reason
    assert found is None or found.message.endswith(".")


def test_the_order_of_names_doesn_t_matter() -> None:
    names = SubjectNames((), ("DNS:a", "IP:10.0.0.1"))
    turned = SubjectNames((), ("IP:10.0.0.1", "DNS:a"))
    assert renewal.reissue(wanted(names=names), kept(names=turned), START) is None
