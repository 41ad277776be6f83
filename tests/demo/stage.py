# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the demos have in common: how they speak, run commands, and end."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable


class DemoError(Exception):
    """The demo didn't show what it is there to show."""


def say(text: str) -> None:
    print(f"\n\033[1m{text}\033[0m" if sys.stdout.isatty() else f"\n{text}", flush=True)


def execute(command: list[str], environment: dict[str, str]) -> int:
    """How much ansible-playbook has changed, on all hosts. What it prints is passed on as it comes."""
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    changed = []
    for line in process.stdout or []:
        print(line, end="", flush=True)
        if recap := re.search(r"ok=\d+ +changed=(\d+)", re.sub(r"\x1b\[[0-9;]*m", "", line)):
            changed.append(int(recap[1]))
    if process.wait() != 0 or not changed:
        raise DemoError(f"ansible-playbook ended with exit code {process.returncode}")
    return sum(changed)


def perform(show: Callable[[], None], what: str) -> int:
    """The exit code. ``what`` is stopped at the end."""
    started = time.monotonic()
    try:
        show()
    except DemoError as error:
        print(f"\nThe demo failed: {error}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"\nEnded. {what} is gone, and with it everything in it.", file=sys.stderr)
        return 130
    say(f"Done in {time.monotonic() - started:.0f} s. {what} is stopped; nothing is left behind.")
    return 0
