# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A clock that moves only when everybody who uses it sleeps."""

from __future__ import annotations

import threading


class FakeClock:
    """Monotonic seconds for tests. With several threads, time goes on to the next waking once all of them sleep."""

    def __init__(self, start: float = 1000.0, threads: int = 1) -> None:
        self._now = start
        self._awake = threads
        self._wakings: list[float] = []
        self._changed = threading.Condition()
        self.slept: list[float] = []

    def now(self) -> float:
        with self._changed:
            return self._now

    def advance(self, seconds: float) -> None:
        with self._changed:
            self._now += seconds

    def sleep(self, seconds: float) -> None:
        with self._changed:
            self.slept.append(seconds)
            waking = self._now + max(0.0, seconds)
            self._wakings.append(waking)
            self._awake -= 1
            self._go_on()
            while self._now < waking:
                self._changed.wait(timeout=10)
            self._wakings.remove(waking)
            self._awake += 1

    def leave(self) -> None:
        """A thread that uses the clock has ended."""
        with self._changed:
            self._awake -= 1
            self._go_on()

    def _go_on(self) -> None:
        if self._awake <= 0 and self._wakings and min(self._wakings) > self._now:
            self._now = min(self._wakings)
        self._changed.notify_all()
