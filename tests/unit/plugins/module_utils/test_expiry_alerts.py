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
from ansible_collections.tlsops.certificates.plugins.module_utils._expiry_alerts import alert, thresholds
from hypothesis import given
from hypothesis import strategies as st

CASES = json.loads((Path(__file__).parents[2] / "cases" / "renew_policy.json").read_text(encoding="utf-8"))
START = datetime.datetime(2026, 3, 2, tzinfo=datetime.timezone.utc)


@pytest.mark.parametrize("case", CASES["alert_thresholds"], ids=lambda case: case["id"])
def test_from_when_on_it_is_a_worry(case: dict[str, Any]) -> None:
    lifetime, left = (timedelta(seconds=case[key]) for key in ("lifetime_s", "renew_at_left_s"))
    found = thresholds(lifetime, left)
    assert found.warning == timedelta(seconds=case["warn_when_left_s"])
    assert found.critical == timedelta(seconds=case["critical_when_left_s"])
    end, renew_at = START + lifetime, START + lifetime - left
    seen = [
        alert(START, end, renew_at, end - limit + timedelta(seconds=seconds))
        for limit in (found.warning, found.critical)
        for seconds in (-1, 0)
    ]
    assert seen == ["none", "warning", "warning", "critical"]


@given(st.integers(3600, 10**8), st.floats(0, 1))
def test_nothing_is_a_worry_before_it_is_due(lifetime: int, share: float) -> None:
    left = timedelta(seconds=int(lifetime * share))
    found = thresholds(timedelta(seconds=lifetime), left)
    assert timedelta(0) <= found.critical <= found.warning <= left


def test_what_has_expired_is_critical() -> None:
    assert (
        alert(START, START + timedelta(days=90), START + timedelta(days=90), START + timedelta(days=90)) == "critical"
    )
