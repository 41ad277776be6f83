# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Kills a process of ours at any of its steps."""

from __future__ import annotations

import http.client
import os
from collections.abc import Callable
from typing import Any

#: What changes something on the disk.
CALLS = ("mkdir", "open", "fsync", "chmod", "rename", "replace", "unlink")


def killed_at(number: int, do: Callable[[], Any]) -> bool:
    """Whether ``do`` was killed, at its n-th step, in a process of its own that has no time to clean up."""
    child = os.fork()
    if child == 0:
        seen = 0

        def counted(function: Callable[..., Any]) -> Callable[..., Any]:
            def call(*arguments: Any, **options: Any) -> Any:
                nonlocal seen
                seen += 1
                if seen == number:
                    os._exit(9)
                return function(*arguments, **options)

            return call

        for name in CALLS:
            setattr(os, name, counted(getattr(os, name)))
        for name in ("request", "getresponse"):
            setattr(http.client.HTTPSConnection, name, counted(getattr(http.client.HTTPSConnection, name)))
        try:
            do()
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
