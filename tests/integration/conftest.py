# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One sandbox process for all integration tests; each test gets it as new."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sandbox.client import Sandbox  # noqa: E402


@pytest.fixture(scope="session")
def sandbox_process() -> Iterator[Sandbox]:
    """The process; use `sandbox` instead, unless the test needs no clean state."""
    with Sandbox.start() as running:
        yield running


@pytest.fixture
def sandbox(sandbox_process: Sandbox) -> Sandbox:
    """The sandbox as new: no certificates, zones, roles or faults; clock and settings as at the start."""
    sandbox_process.reset()
    return sandbox_process
