# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the parts of the sandbox share."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .calls import Call, CallLog
from .clock import Clock
from .settings import Settings

Handler = Callable[[Call], "dict[str, Any]"]
"""Answers a call with the members of the operation's output shape, or raises AwsError.

`call.parameters` are parsed after the service model (names as in boto3). Handlers run one at a time under
`Context.lock`, so they must not wait for the checker, nor for the network but for the sandbox's own DNS.
"""
ControlHandler = Callable[[str, "dict[str, Any]"], Any]
"""Answers a request to `/sandbox/<name>`: method and JSON body (or query) in, JSON out; ValueError is a 400."""


@dataclass
class Context:
    """One sandbox. `reset` clears state, and keeps ports, credentials' secrets and the listeners."""

    clock: Clock = field(default_factory=Clock)
    settings: Settings = field(default_factory=Settings)
    calls: CallLog = field(default_factory=CallLog)
    faults: Any = None
    resolver: Any = None
    name_servers: Any = None
    registrar: Any = None
    throttle: Any = None
    lock: threading.RLock = field(default_factory=threading.RLock)
    operations: dict[tuple[str, str], Handler] = field(default_factory=dict)
    control: dict[str, ControlHandler] = field(default_factory=dict)
    on_reset: list[Callable[[], None]] = field(default_factory=list)

    def register(self, service: str, operations: dict[str, Handler]) -> None:
        """Answer these operations of the service ("acm", "route53", "sts", "tag"); all others of it are refused."""
        for action, handler in operations.items():
            self.operations[service, action] = handler

    def reset(self) -> None:
        """Forget everything but the settings the sandbox was started with."""
        for forget in self.on_reset:
            forget()
