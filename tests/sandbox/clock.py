# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One clock for everything in the sandbox that depends on time, so that tests move it instead of sleeping."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime, timezone


class Clock:
    """Real time plus an offset that only grows."""

    def __init__(self, source: Callable[[], float] = time.time) -> None:
        self._source = source
        self._offset = 0.0
        self._lock = threading.Lock()
        self._listeners: list[Callable[[], None]] = []

    @property
    def offset(self) -> float:
        return self._offset

    def now(self) -> float:
        """Seconds since the epoch, as the sandbox sees them."""
        return self._source() + self._offset

    def advance(self, seconds: float) -> float:
        """Move the clock forward, tell the listeners, and return the new time."""
        if seconds < 0:
            raise ValueError("the clock only moves forward")
        with self._lock:
            self._offset += seconds
        for listener in list(self._listeners):
            listener()
        return self.now()

    def reset(self) -> None:
        with self._lock:
            self._offset = 0.0

    def on_advance(self, listener: Callable[[], None]) -> None:
        """Call the listener after each `advance`."""
        self._listeners.append(listener)


def utc(seconds: float) -> datetime:
    """A time of the clock as an aware datetime."""
    return datetime.fromtimestamp(seconds, tz=timezone.utc)
