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
from ansible_collections.tlsops.certificates.plugins.module_utils import _renewal_windows as windows
from ansible_collections.tlsops.certificates.plugins.module_utils._errors import InvalidInput
from ansible_collections.tlsops.certificates.plugins.module_utils._maintenance_windows import maintenance_windows
from ansible_collections.tlsops.certificates.plugins.module_utils._renewal import KeptState, RenewalPolicy, WantedState
from ansible_collections.tlsops.certificates.plugins.module_utils._subject_names import SubjectNames
from hypothesis import given
from hypothesis import strategies as st

CASES = json.loads((Path(__file__).parents[2] / "cases" / "renew_policy.json").read_text(encoding="utf-8"))
UTC = datetime.timezone.utc
A_SECOND = timedelta(seconds=1)
START = datetime.datetime(2026, 3, 2, tzinfo=UTC)
WEB = SubjectNames((("CN", "web"),), ("DNS:web.corp.internal",))


def moment(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def policy_of(case: dict[str, Any]) -> RenewalPolicy:
    before, percent = case.get("renew_before_s"), case.get("renew_before_percent")
    half = case["policy"] == "third_or_half_under_10d"
    nearly_ten = moment(case["not_after"]) - moment(case["not_before"]) < timedelta(days=10.5)
    if case["policy"] == "third_or_half_upto_10d" and nearly_ten and percent is None:
        percent = 50
    return RenewalPolicy(None if before is None else timedelta(seconds=before), percent, half)


@pytest.mark.parametrize("case", CASES["renew_at"], ids=lambda case: case["id"])
def test_when_a_certificate_is_due(case: dict[str, Any]) -> None:
    policy, not_before, not_after = policy_of(case), moment(case["not_before"]), moment(case["not_after"])
    assert policy.renew_at(not_before, not_after) == moment(case["renew_at"])
    assert policy.left(not_after - not_before).total_seconds() // 1 == case["renew_before_used_s"]


@pytest.mark.parametrize("case", CASES["should_renew"], ids=lambda case: case["id"])
def test_whether_a_certificate_is_due(case: dict[str, Any]) -> None:
    """By our rules, set as the client is that the row is from.

    Where clients differ from us on purpose: after their strict "more than" the boundary counts a second later. A
    ``renew_before`` longer than the lifetime renews in each run there, and here when a third is left. Certbot doesn't
    look at the lifetime once the CA has named a window, and here it counts all the same. Lego takes fewer than no days
    for "always", which is ``force`` here.
    """
    for draw in (0.0, 0.5, 1.0):
        assert CLIENTS[case["policy"]](case, draw) == case["renew"]


def reason(
    case: dict[str, Any],
    policy: RenewalPolicy,
    later: timedelta = timedelta(0),
    earliest: datetime.datetime | None = None,
    **changes: Any,
) -> str | None:
    """Why ours would renew, looking a little later or earlier than the row says."""
    not_before = min(moment(case["not_before"]), earliest or moment(case["not_before"]))
    state = kept(not_before=not_before, not_after=moment(case["not_after"]))
    found = renewal.reissue(wanted(policy=policy, **changes), state, moment(case["now"]) + later)
    return found and found.reason


def by_days(case: dict[str, Any], strict: bool = False) -> bool:
    """Zero is the end itself, and less is after it. In a lifetime in which there is room for it, see above."""
    if case.get("renew_before_days") is None:
        return False
    days = timedelta(days=case["renew_before_days"])
    later = -A_SECOND if strict else timedelta(0)
    if days <= timedelta(0):
        return reason(case, RenewalPolicy(), later + days) == "Expired"
    return reason(case, RenewalPolicy(days), later, moment(case["not_after"]) - 2 * days) is not None


def said(case: dict[str, Any], draw: float) -> datetime.datetime | None:
    """The moment in the window, if there is one that makes sense."""
    if not case.get("ari_window"):
        return None
    answer = {"suggestedWindow": dict(zip(("start", "end"), case["ari_window"], strict=True))}
    begin, now = moment(case["not_before"]), moment(case["now"])
    return windows.suggestion("id", answer, None, begin, now, lambda: draw).renew_at


def within(suggested: datetime.datetime | None, now: datetime.datetime) -> bool:
    return windows.is_due(windows.Suggestion("id", START, renew_at=suggested), now)


def ours(case: dict[str, Any], draw: float, half: bool = True, strict: bool = False) -> bool:
    days = case.get("renew_before_days")
    policy = RenewalPolicy(None if days is None else timedelta(days=days), half_when_short=half)
    return reason(case, policy, -A_SECOND if strict else timedelta(0), suggested=said(case, draw)) is not None


def lego(case: dict[str, Any], draw: float) -> bool:
    """Ten days are short there, and so is what is nearly ten; less than no days is always."""
    days, suggested = case.get("renew_before_days"), said(case, draw)
    if days is None:
        return reason(case, policy_of(case), suggested=suggested) is not None
    if days < 0:
        return reason(case, RenewalPolicy(), force=True) is not None
    return by_days(case) or within(suggested, moment(case["now"]))


def ari(case: dict[str, Any], draw: float) -> bool:
    """The window alone; the lifetime where there is none that makes sense."""
    suggested = said(case, draw)
    sleep = timedelta(seconds=case.get("sleep_ok_s") or 0)
    return within(suggested, moment(case["now"]) + sleep) if suggested else ours(case, draw)


def ari_start(case: dict[str, Any], draw: float) -> bool:
    suggested = said(case, 0.0)
    return within(suggested, moment(case["now"]) - A_SECOND) if suggested else by_days(case, strict=True)


def certbot(case: dict[str, Any], draw: float) -> bool:
    suggested = said(case, draw)
    by_ari = within(suggested, moment(case["now"]) - A_SECOND)
    if case.get("renew_before_days") is not None:
        return by_ari or by_days(case, strict=True)
    return by_ari if suggested else ours(case, draw, strict=True)


CLIENTS = {
    "third": lambda case, draw: ours(case, draw, half=False),
    "third_or_half_under_10d": ours,
    "third_or_half_upto_10d": lego,
    "days": lego,
    "certbot": certbot,
    "ari": ari,
    "ari_start": ari_start,
    "cc_remaining_days": lambda case, draw: by_days(case, strict=True),
}


@given(lifetime=st.integers(1, 10**9), before=st.integers(-10, 10**9), percent=st.integers(-5, 105))
def test_it_is_always_due_within_its_life_and_at_a_whole_second(lifetime: int, before: int, percent: int) -> None:
    end = START + timedelta(seconds=lifetime)
    for policy in (RenewalPolicy(timedelta(seconds=before)), RenewalPolicy(percent_left=percent), RenewalPolicy()):
        due = policy.renew_at(START, end)
        assert START <= due < end
        assert due.microsecond == 0


@given(
    lifetime=st.integers(3600, 10**8),
    befores=st.tuples(st.integers(1, 10**8), st.integers(1, 10**8)).map(sorted),
    window=st.sampled_from([None, ("0 3 * * *", "1h"), ("*/30 * * * *", "10m"), ("0 22 1-7 * sat", "1d")]),
)
def test_who_renews_longer_before_the_end_renews_no_later(
    lifetime: int, befores: list[int], window: tuple[str, str] | None
) -> None:
    """As far as that is shorter than the lifetime, which is the rule of another test."""
    allowed = [dict(zip(("cron", "duration"), window, strict=True))] if window else []
    opened = maintenance_windows(allowed, "renew_windows")
    state = kept(not_after=START + timedelta(seconds=lifetime))
    late, early = (
        renewal.renewal_time(
            wanted(policy=RenewalPolicy(timedelta(seconds=min(each, lifetime - 1))), windows=opened), state, START
        )
        for each in befores
    )
    assert early.outside or late.outside or early.planned <= late.planned
    assert early.outside <= late.outside


NIGHTS = maintenance_windows([{"cron": "0 3 * * *", "duration": "2h"}], "renew_windows")
SUNDAYS = maintenance_windows([{"cron": "0 3 * * sun", "duration": "2h"}], "renew_windows")


def at(day: int, hour: int = 0, minute: int = 0) -> datetime.datetime:
    return START + timedelta(days=day, hours=hour, minutes=minute)


@pytest.mark.parametrize(
    ("now", "reason", "following"),
    [
        (at(19), None, at(20, 3)),
        # The certificate is due on day 20 at midnight, and nobody works then.
        (at(20, 2, 59), None, at(20, 3)),
        (at(20, 3), "Due", at(20, 3)),
        (at(20, 4, 59), "Due", at(20, 4, 59)),
        # That night was missed, and the next is as good.
        (at(20, 5), None, at(21, 3)),
        (at(21, 4), "Due", at(21, 4)),
        # The last window before the end has gone.
        (at(29, 4, 59), "Due", at(29, 4, 59)),
        (at(29, 5), "Due", at(20)),
        (at(30), "Expired", at(20)),
    ],
)
def test_what_is_due_waits_for_a_window(
    now: datetime.datetime, reason: str | None, following: datetime.datetime
) -> None:
    found = renewal.reissue(wanted(windows=NIGHTS), kept(), now)
    assert (found and found.reason) == reason
    assert renewal.renewal_time(wanted(windows=NIGHTS), kept(), now).next == following


def test_where_no_window_is_left_it_is_renewed_outside_of_them() -> None:
    """Day 20 is a Sunday, and so is day 27; a certificate of 25 days is due on day 16."""
    fits, late = kept(), kept(not_after=at(26), not_before=at(-40))
    assert renewal.renewal_time(wanted(windows=SUNDAYS), fits, START).planned == at(20, 3)
    week = wanted(windows=SUNDAYS, policy=RenewalPolicy(timedelta(days=5)))
    found = renewal.renewal_time(week, late, START)
    assert (found.outside, found.planned) == (True, at(21))
    due = renewal.reissue(week, late, at(21))
    assert due is not None
    assert due.reason == "Due"


@pytest.mark.parametrize(
    ("wanted_changes", "kept_changes", "reason"),
    [
        ({"force": True}, {}, "Forced"),
        ({}, {"revoked": True}, "Revoked"),
        ({"issuer": "two"}, {}, "IssuerChanged"),
        ({"key_algorithm": "RSA_2048"}, {}, "KeyAlgorithmChanged"),
        ({"names": SubjectNames((("CN", "db"),), ())}, {}, "NamesChanged"),
    ],
)
def test_what_is_wrong_or_forced_waits_for_no_window(
    wanted_changes: dict[str, Any], kept_changes: dict[str, Any], reason: str
) -> None:
    found = renewal.reissue(wanted(windows=SUNDAYS, **wanted_changes), kept(**kept_changes), at(1))
    assert found is not None
    assert found.reason == reason


@pytest.mark.parametrize(
    ("suggested", "now", "reason"),
    [
        (at(10), at(9, 23), None),
        (at(10), at(10), "Due"),
        # The lifetime counts all the same.
        (at(25), at(20), "Due"),
        # A CA that has to revoke names a time that has gone by.
        (at(-3), at(1), "Due"),
        (at(-3), at(0, 0, 59), None),
    ],
)
def test_what_the_issuer_wants_counts_too(
    suggested: datetime.datetime, now: datetime.datetime, reason: str | None
) -> None:
    found = renewal.reissue(wanted(suggested=suggested), kept(), now)
    assert (found and found.reason) == reason


@pytest.mark.parametrize("lifetime", [timedelta(hours=1), timedelta(hours=10), timedelta(days=6), timedelta(days=90)])
def test_a_young_certificate_isn_t_due_whoever_says_so(lifetime: timedelta) -> None:
    """No loop renews more than once an hour, or in a tenth of a short life, whatever the policy and the CA say."""
    young = min(timedelta(hours=1), lifetime / 10)
    state = kept(not_after=START + lifetime)
    for eager in (
        wanted(policy=RenewalPolicy(percent_left=99)),
        wanted(policy=RenewalPolicy(lifetime - timedelta(minutes=1))),
        wanted(suggested=at(-1)),
    ):
        found = renewal.renewal_time(eager, state, START + timedelta(minutes=5))
        assert found.planned == max(found.wished, START + young)
        assert found.held_back(START + young - A_SECOND) == (found.wished < START + young)
        assert renewal.reissue(eager, state, START + young - A_SECOND) is None
        assert renewal.reissue(eager, state, max(found.planned, START + young)) is not None
    for wrong in (wanted(force=True), wanted(issuer="two")):
        assert renewal.reissue(wrong, state, START) is not None


def test_its_age_counts_from_when_it_was_requested() -> None:
    """Let's Encrypt and AWS Private CA write an hour before that into it."""
    eager = wanted(suggested=at(0))
    dated_back = kept(requested_at=at(0, 1))
    assert renewal.reissue(eager, dated_back, at(0, 1, 59)) is None
    assert renewal.reissue(eager, dated_back, at(0, 2)) is not None
    # A clock that was wrong when it was requested keeps nothing from being renewed.
    assert renewal.reissue(eager, kept(requested_at=at(300)), at(0, 2)) is not None


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
    too_long = renewal.restless(timedelta(days=6), RenewalPolicy(timedelta(days=30)))
    assert too_long == "renew_before is 30d, and it is valid for 6d only, so it is renewed when 2d is left"


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
