# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sandbox's clock for modules: they wait as long as ever, and it takes no time."""

from __future__ import annotations

import threading
import time

from sandbox.client import Sandbox


class SandboxClock:
    """Whoever sleeps moves the sandbox's clock on. Those who sleep at the same time share the time that passes."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._ahead = 0.0
        self._lock = threading.Lock()

    def now(self) -> float:
        return time.monotonic() + self._ahead

    def sleep(self, seconds: float) -> None:
        waking = self.now() + seconds
        with self._lock:
            missing = waking - self.now()
            if missing > 0:
                self._sandbox.advance(missing)
                self._ahead += missing
