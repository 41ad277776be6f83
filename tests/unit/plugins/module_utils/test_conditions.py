# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils import _conditions
from ansible_collections.tlsops.certificates.plugins.module_utils._conditions import Condition, camel_case


@pytest.mark.parametrize(
    ("token", "said"),
    [
        ("VALIDATION_TIMED_OUT", "ValidationTimedOut"),
        ("CAA_ERROR", "CaaError"),
        ("pending-validation", "PendingValidation"),
    ],
)
def test_reasons_are_one_word(token: str, said: str) -> None:
    assert camel_case(token) == said


@pytest.mark.parametrize(
    ("phase", "ready", "failed"),
    [
        (_conditions.PENDING, False, False),
        (_conditions.PENDING_VALIDATION, False, False),
        (_conditions.ISSUED, True, False),
        (_conditions.ATTACHING, False, False),
        (_conditions.ATTACHED, True, False),
        (_conditions.FAILED, False, True),
    ],
)
def test_ready_and_failed_follow_from_the_phase(phase: str, ready: bool, failed: bool) -> None:
    condition = Condition(phase, "Reason", "Message.")
    assert (condition.ready, condition.failed) == (ready, failed)
