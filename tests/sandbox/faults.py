# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults a test asks for: an error, a cut connection, or the death of the caller."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

from .calls import Call
from .errors import AwsError


@dataclass
class Fault:
    """`times` matching calls meet the fault, after `after` matching calls passed unharmed.

    `cut` is "before" (the call is not executed) or "after" (executed, the answer is lost). With `kill_pid` the call
    is executed and logged, and the process (or, if negative, the process group) gets SIGKILL before the answer.
    """

    service: str | None
    action: str | None
    times: int = 1
    code: str = "ThrottlingException"
    message: str | None = None
    status: int | None = None
    after: int = 0
    cut: str | None = None
    kill_pid: int | None = None

    def matches(self, call: Call) -> bool:
        return self.service in (None, "*", call.service) and self.action in (None, "*", call.action)

    @property
    def strikes_after_execution(self) -> bool:
        return self.kill_pid is not None or self.cut == "after"

    def error(self) -> AwsError:
        status = self.status
        if status is None:
            status = 500 if self.code in ("InternalFailure", "InternalServerException", "InternalError") else 400
            status = 503 if self.code == "ServiceUnavailable" else status
        return AwsError(self.code, self.message or _message(self.code), status)


def _message(code: str) -> str:
    return "Rate exceeded" if code in ("ThrottlingException", "Throttling") else f"{code} (asked for by the test)"


class Faults:
    """The faults still to come."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, wish: dict[str, Any]) -> None:
        cut = wish.get("cut")
        fault = Fault(**{**wish, "cut": "before" if cut is True else cut or None})
        if fault.cut not in (None, "before", "after"):
            raise ValueError("cut must be true, 'before' or 'after'")
        with self._lock:
            self._faults.append(fault)

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def strike(self, call: Call) -> Fault | None:
        """The fault this call meets, if any. Every matching fault counts the call; the first due one strikes."""
        with self._lock:
            struck: Fault | None = None
            for fault in self._faults:
                if not fault.matches(call):
                    continue
                if fault.after > 0:
                    fault.after -= 1
                elif struck is None:
                    fault.times -= 1
                    struck = fault
            self._faults = [fault for fault in self._faults if fault.times > 0]
            return struck
