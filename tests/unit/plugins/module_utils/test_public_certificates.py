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
from ansible_collections.tlsops.certificates.plugins.module_utils._public_certificates import limits, policy_fault
from ansible_collections.tlsops.certificates.plugins.module_utils._renewal import RenewalPolicy

CASES = json.loads((Path(__file__).parents[2] / "cases" / "renew_policy.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES["max_validity_by_date"], ids=lambda case: case["issued_on"])
def test_what_public_cas_may_issue(case: dict[str, Any]) -> None:
    found = limits(datetime.date.fromisoformat(case["issued_on"]))
    assert (found.validity, found.validation_reuse) == (case["max_validity_days"], case["max_dcv_reuse_days"])


@pytest.mark.parametrize(
    ("day", "validity", "reuse"),
    [
        ("2020-09-01", 398, 398),
        ("2026-03-14", 398, 398),
        ("2026-03-15", 200, 200),
        ("2027-03-14", 200, 200),
        ("2027-03-15", 100, 100),
        ("2029-03-14", 100, 100),
        ("2029-03-15", 47, 10),
        ("2040-01-01", 47, 10),
    ],
)
def test_each_step_and_the_day_before(day: str, validity: int, reuse: int) -> None:
    found = limits(datetime.date.fromisoformat(day))
    assert (found.validity, found.validation_reuse) == (validity, reuse)


def test_a_policy_that_no_public_certificate_could_follow() -> None:
    long, short = RenewalPolicy(timedelta(days=95)), RenewalPolicy(timedelta(days=30))
    assert policy_fault(long, datetime.date(2027, 3, 14)) is None
    fault = policy_fault(long, datetime.date(2027, 3, 15))
    assert fault is not None
    assert fault.startswith("renew_before 95d isn't clearly shorter than the 100d for which a public CA may issue")
    assert policy_fault(short, datetime.date(2029, 3, 15)) is None
    assert policy_fault(RenewalPolicy(percent_left=99), datetime.date(2029, 3, 15)) is None
