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
from ansible_collections.tlsops.certificates.plugins.module_utils import _maintenance_windows as maintenance
from ansible_collections.tlsops.certificates.plugins.module_utils._errors import InvalidInput
from ansible_collections.tlsops.certificates.plugins.module_utils._maintenance_windows import MaintenanceWindow, opening
from ansible_collections.tlsops.certificates.plugins.module_utils._renewal import (
    KeptState,
    RenewalPolicy,
    WantedState,
    renewal_time,
)
from ansible_collections.tlsops.certificates.plugins.module_utils._subject_names import SubjectNames
from hypothesis import given
from hypothesis import strategies as st

CASES = json.loads((Path(__file__).parents[2] / "cases" / "renew_policy.json").read_text(encoding="utf-8"))["windows"]
UTC = datetime.timezone.utc
START = datetime.datetime(2026, 3, 2, tzinfo=UTC)  # a Monday


def moment(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def window(cron: str, duration: str = "2h", timezone: str | None = "UTC") -> MaintenanceWindow:
    entry = {"cron": cron, "duration": duration, "timezone": timezone}
    [found] = maintenance.maintenance_windows([entry], "renew_windows")
    return found


def opened(cron: str, at: str, days: float = 800, **more: Any) -> str | None:
    found = opening([window(cron, **more)], moment(at), moment(at) + timedelta(days=days))
    return found and found.isoformat().replace("+00:00", "Z")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_when_a_certificate_is_renewed_with_windows(case: dict[str, Any]) -> None:
    windows = tuple(window(each["cron"], str(each["duration_s"]), each.get("timezone")) for each in case["windows"])
    begin, end, target = (moment(case[key]) for key in ("not_before", "not_after", "target"))
    wanted = WantedState(SubjectNames(), RenewalPolicy(end - target), windows=windows)
    kept = KeptState(SubjectNames(), frozenset(), "EC_prime256v1", None, begin, end)
    found = renewal_time(wanted, kept, begin)
    assert (found.wished, found.planned) == (target, moment(case["renew_at"]))
    assert found.outside == case["no_window_before_expiry"]


@pytest.mark.parametrize(
    ("cron", "at", "start"),
    [
        ("30 4 * * *", "2026-03-02T04:31:00Z", None),
        ("30 4 * * *", "2026-03-02T06:29:59Z", None),
        ("30 4 * * *", "2026-03-02T06:30:00Z", "2026-03-03T04:30:00Z"),
        ("*/20 4 * * *", "2026-03-02T08:00:00Z", "2026-03-03T04:00:00Z"),
        ("5/20 4 * * *", "2026-03-02T00:00:00Z", "2026-03-02T04:05:00Z"),
        ("0 4-10/3 * * *", "2026-03-02T03:00:00Z", "2026-03-02T04:00:00Z"),
        ("0 22 * * fri", "2026-03-02T00:00:00Z", "2026-03-06T22:00:00Z"),
        ("0 22 * * FRI-sun", "2026-03-08T00:00:00Z", "2026-03-08T22:00:00Z"),
        ("0 22 * * 7", "2026-03-02T00:00:00Z", "2026-03-08T22:00:00Z"),
        ("0 22 * * 0", "2026-03-02T00:00:00Z", "2026-03-08T22:00:00Z"),
        ("0 22 * jun,dec *", "2026-03-02T00:00:00Z", "2026-06-01T22:00:00Z"),
        ("0 22 29 2 *", "2026-03-02T00:00:00Z", "2028-02-29T22:00:00Z"),
        # Two fields for days that both say something: one of them is enough.
        ("0 22 13 * fri", "2026-03-07T00:00:00Z", "2026-03-13T22:00:00Z"),
        ("0 22 11 * fri", "2026-03-07T00:00:00Z", "2026-03-11T22:00:00Z"),
        # One that begins with a star says nothing, so both have to fit: the first odd day that is a Friday.
        ("0 22 */2 * fri", "2026-03-07T00:00:00Z", "2026-03-13T22:00:00Z"),
        ("0 22 1-7 * *", "2026-03-08T00:00:00Z", "2026-04-01T22:00:00Z"),
        # What has begun before the target is open still.
        ("0 23 * * *", "2026-03-02T00:30:00Z", None),
    ],
)
def test_cron(cron: str, at: str, start: str | None) -> None:
    assert opened(cron, at) == (start or at)


@pytest.mark.parametrize(
    ("cron", "zone", "at", "start"),
    [
        ("0 4 * * *", "Europe/Berlin", "2026-03-28T05:00:00Z", "2026-03-29T02:00:00Z"),
        ("0 4 * * *", "Europe/Berlin", "2026-03-28T00:00:00Z", "2026-03-28T03:00:00Z"),
        ("0 4 * * *", "America/Denver", "2026-11-01T00:00:00Z", "2026-11-01T11:00:00Z"),
        ("0 9 * * *", "Pacific/Kiritimati", "2026-03-02T00:00:00Z", "2026-03-02T19:00:00Z"),
        ("0 9 * * mon", "Pacific/Kiritimati", "2026-02-28T22:00:00Z", "2026-03-01T19:00:00Z"),
        ("0 9 * * *", "Pacific/Pago_Pago", "2026-03-02T00:00:00Z", "2026-03-02T20:00:00Z"),
        ("0 23 * * *", "Pacific/Pago_Pago", "2026-03-02T09:00:00Z", "2026-03-02T10:00:00Z"),
        # The clock goes from 2:00 to 3:00 that night, and from 3:00 to 2:00 in this one.
        ("30 2 * * *", "Europe/Berlin", "2026-03-29T00:00:00Z", "2026-03-29T01:30:00Z"),
        ("30 2 * * *", "Europe/Berlin", "2026-10-24T22:00:00Z", "2026-10-25T00:30:00Z"),
        ("30 2 * * *", "Europe/Berlin", "2026-10-25T01:00:00Z", "2026-10-26T01:30:00Z"),
        ("30 2 * * *", None, "2026-10-25T01:00:00Z", "2026-10-25T02:30:00Z"),
    ],
)
def test_zones_and_changes_of_clocks(cron: str, zone: str | None, at: str, start: str) -> None:
    assert opened(cron, at, duration="30m", timezone=zone) == start


def test_a_window_is_open_as_long_as_it_says_whatever_the_clocks_do() -> None:
    night = window("0 1 * * *", "3h", "Europe/Berlin")
    begin = moment("2026-03-29T00:00:00Z")
    assert [night.is_open(begin + timedelta(minutes=minutes)) for minutes in (-1, 0, 179, 180)] == [
        *(False, True, True, False)
    ]


def test_of_several_windows_the_first_counts() -> None:
    early, late = window("0 5 * * *"), window("0 15 * * *")
    for windows in ([early, late], [late, early]):
        assert opening(windows, START, START + timedelta(days=9)) == START + timedelta(hours=5)
        assert opening(windows, START + timedelta(hours=8), START + timedelta(days=9)) == START + timedelta(hours=15)


def test_a_window_that_doesn_t_come_in_time() -> None:
    assert opened("0 22 * * sun", "2026-03-02T00:00:00Z", days=7) == "2026-03-08T22:00:00Z"
    assert opened("0 22 * * sun", "2026-03-02T00:00:00Z", days=6) is None
    # It would begin at the very end.
    assert opened("0 0 * * sun", "2026-03-02T00:00:00Z", days=6) is None
    assert opening([], START, START + timedelta(days=1)) is None


def test_a_certificate_that_never_ends() -> None:
    """RFC 5280, 4.1.2.5: 9999-12-31 stands for that."""
    end = datetime.datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        each = window("0 0 31 12 *", timezone=zone)
        assert opening([each], START, end) is not None
        assert opening([each], end - timedelta(hours=30), end) is None


@pytest.mark.parametrize(
    ("entry", "parts"),
    [
        ({"cron": "0 10 * *"}, ["has 4 fields, not five: minute, hour, day of the month"]),
        ({"cron": ""}, ["has 0 fields"]),
        ({"cron": "60 24 0 13 8"}, ["minute '60' isn't between 0 and 59", "hour '24'", "month '0'", "'13'", "'8'"]),
        ({"cron": "a b c d e"}, ["minute 'a'", "hour 'b'", "month 'c'", "month 'd'", "week 'e'"]),
        ({"cron": "0 0 * mar-jan *"}, ["month 'mar-jan' is empty"]),
        (
            {"cron": "*/0 -1 1,,2 * 2-1"},
            ["minute '*/0' is empty", "hour '-1'", "day of the month ''", "'2-1' is empty"],
        ),
        ({"cron": "0 0 31 2,4,6 *"}, ["that day never comes"]),
        ({"cron": "@daily"}, ["has 1 fields"]),
        ({"duration": "0"}, ["duration 0 isn't between a minute and a year"]),
        ({"duration": "400d"}, ["duration 400d isn't between a minute and a year"]),
        ({"duration": "soon"}, ["duration 'soon' isn't a time"]),
        ({"timezone": "Mars/Olympus"}, ["timezone 'Mars/Olympus' isn't known where the task runs"]),
        ({"timezone": "../../etc/passwd"}, ["timezone '../../etc/passwd' isn't known"]),
        ({"timezone": "Europe"}, ["timezone 'Europe' isn't known"]),
        ({"cron": "x 0 * * *", "duration": "x", "timezone": "x"}, ["minute 'x'", "duration 'x'", "timezone 'x'"]),
    ],
)
def test_every_fault_is_said(entry: dict[str, str], parts: list[str]) -> None:
    good = {"cron": "0 10 * * *", "duration": "2h", "timezone": "UTC"}
    with pytest.raises(InvalidInput) as caught:
        maintenance.maintenance_windows([good, {**good, **entry}], "renew_windows")
    assert len(caught.value.faults) == len(parts)
    for part, fault in zip(parts, caught.value.faults, strict=True):
        assert fault.startswith("renew_windows[1]: ")
        assert part in fault


numbers = st.integers(0, 59), st.integers(0, 23), st.integers(1, 28), st.integers(1, 12), st.integers(0, 7)
fields = st.tuples(*(st.one_of(st.just("*"), each.map(str)) for each in numbers)).map(" ".join)
zones = st.sampled_from(["UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kolkata"])
made = st.builds(window, fields, st.integers(1, 2880).map(lambda minutes: f"{minutes}m"), zones)


@given(
    st.lists(made, min_size=1, max_size=3),
    st.integers(0, 400 * 86400).map(lambda seconds: START + timedelta(seconds=seconds)),
    st.integers(1, 60 * 86400),
)
def test_it_is_never_early_and_always_in_a_window_and_in_time(
    windows: list[MaintenanceWindow], target: datetime.datetime, left: int
) -> None:
    end = target + timedelta(seconds=left)
    found = opening(windows, target, end)
    if found is None:
        # Then none is open at any time that could be looked at.
        looks = [target + timedelta(seconds=left) * share / 50 for share in range(50)]
        assert not any(each.is_open(look) for each in windows for look in looks)
        return
    assert target <= found < end
    assert any(each.is_open(found) for each in windows)
    if found > target:
        assert not any(each.is_open(found - timedelta(seconds=1)) for each in windows)
        assert opening(windows, found - timedelta(seconds=1), end) == found


@given(made, st.integers(0, 400 * 86400))
def test_a_later_target_isn_t_renewed_earlier(each: MaintenanceWindow, seconds: int) -> None:
    end, target = START + timedelta(days=500), START + timedelta(seconds=seconds)
    first, second = opening([each], START, end), opening([each], target, end)
    assert first is None or second is None or first <= second
    assert not (first is None and second is not None)
