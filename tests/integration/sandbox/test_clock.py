# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The movable clock."""

from __future__ import annotations

import time

import pytest
from sandbox.client import Sandbox, SandboxError
from sandbox.clock import Clock


def test_advance_moves_only_forward_and_tells_the_listeners() -> None:
    clock = Clock(lambda: 100.0)
    heard: list[float] = []
    clock.on_advance(lambda: heard.append(clock.now()))
    assert clock.advance(50) == 150.0
    assert heard == [150.0]
    with pytest.raises(ValueError, match="forward"):
        clock.advance(-1)
    clock.reset()
    assert clock.now() == 100.0


def test_the_clock_is_moved_over_http_and_put_back_by_reset(sandbox: Sandbox) -> None:
    assert sandbox.advance(86400) == pytest.approx(time.time() + 86400, abs=5)
    sandbox.reset()
    assert sandbox.now() == pytest.approx(time.time(), abs=5)


def test_the_clock_does_not_go_back(sandbox: Sandbox) -> None:
    with pytest.raises(SandboxError, match="forward"):
        sandbox.advance(-1)
