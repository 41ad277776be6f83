# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The log of AWS calls, and the call as the handlers see it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

SECRET_PARAMETERS = frozenset(
    {"PrivateKey", "Passphrase", "SecretAccessKey", "SessionToken", "TokenCode", "SecretString"}
)


@dataclass
class Call:
    """One AWS call. `service` is the IAM prefix in lower case, `action` the API operation's name."""

    at: float
    service: str
    action: str
    account: str
    region: str
    principal: str
    parameters: dict[str, Any] = field(default_factory=dict)
    status: int | None = None
    error: str | None = None
    access_key: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {
            "at": self.at,
            "service": self.service,
            "action": self.action,
            "account": self.account,
            "region": self.region,
            "principal": self.principal,
            "parameters": without_secrets(self.parameters),
            "status": self.status,
            "error": self.error,
        }


def without_secrets(value: Any) -> Any:
    """The parameters as they may be logged: secrets replaced, everything else fit for JSON."""
    if isinstance(value, dict):
        return {key: "***" if key in SECRET_PARAMETERS else without_secrets(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [without_secrets(item) for item in value]
    if isinstance(value, bytes):
        return f"<{len(value)} bytes>"
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    return str(value)


class CallLog:
    """Every call in the order of its end."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: list[Call] = []

    def add(self, call: Call) -> None:
        with self._lock:
            self._calls.append(call)

    def clear(self) -> None:
        with self._lock:
            self._calls.clear()

    def find(self, service: str | None = None, action: str | None = None) -> list[Call]:
        with self._lock:
            calls = list(self._calls)
        return [
            call
            for call in calls
            if (service is None or call.service == service) and (action is None or call.action == action)
        ]
