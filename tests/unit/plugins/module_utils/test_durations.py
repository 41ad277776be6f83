# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import datetime

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils import _durations as durations
from ansible_collections.tlsops.certificates.plugins.module_utils._errors import InvalidInput
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90d", 7776000), ("12h", 43200), ("1w2d", 777600), ("3600", 3600), ("1h30m", 5400), ("2 d", 172800), ("5S", 5)],
)
def test_a_time_as_people_write_it(text: str, seconds: int) -> None:
    assert durations.duration(text).total_seconds() == seconds


@pytest.mark.parametrize("text", ["", "d", "-1d", "1y", "1d1w", "90 days", "1.5d", "tomorrow"])
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(ValueError, match="isn't a time such as 90d"):
        durations.duration(text)
    with pytest.raises(InvalidInput, match="isn't a time"):
        durations.duration_option({"wait": text}, "wait")
    faults = ["one"]
    assert durations.collected_duration(text, "wait", faults) is None
    assert len(faults) == 2


def test_more_time_than_there_is() -> None:
    with pytest.raises(ValueError, match="longer than anything lasts"):
        durations.duration("9" * 30 + "w")


@given(st.integers(0, 10**9))
def test_what_is_shown_can_be_read(seconds: int) -> None:
    lasting = datetime.timedelta(seconds=seconds)
    assert durations.duration(durations.as_text(lasting)) == lasting


def test_how_it_is_shown() -> None:
    shown = [durations.as_text(datetime.timedelta(hours=hours)) for hours in (160, 0.5, 24 * 90, 0)]
    assert shown == ["6d16h", "30m", "90d", "0s"]
