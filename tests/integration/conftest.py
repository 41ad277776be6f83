# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One sandbox process for all integration tests; each test gets it as new."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sandbox.client import Sandbox


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
