# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs of a playbook that are killed between two of their tasks, as by a machine that goes down."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path
from typing import Any

from . import warm
from .playbooks import Playbook

CALLBACKS = Path(__file__).resolve().parent / "callbacks"


def tasks_until(playbook: Playbook, number: int, **variables: Any) -> list[str]:
    """The tasks that were begun. The last of them is the one with this number, before which the run was killed; with
    0, the run has ended well."""
    log = playbook.folder / "tasks.log"
    log.unlink(missing_ok=True)
    command, environment = playbook.command(**variables)
    environment["ANSIBLE_CALLBACK_PLUGINS"] = str(CALLBACKS)
    environment["ANSIBLE_CALLBACKS_ENABLED"] = "killed_at_task"
    # What has this prefix isn't the reason for another one of the Pythons that are kept warm.
    environment["PYTEST_KILLED_AT"] = str(number)
    environment["PYTEST_KILLED_LOG"] = str(log)
    done = subprocess.run(
        warm.command(command, environment),
        env=environment,
        capture_output=True,
        text=True,
        timeout=playbook.timeout,
        check=False,
    )
    assert done.returncode == (-signal.SIGKILL if number else 0), done.stdout + done.stderr
    return log.read_text(encoding="utf-8").splitlines()
