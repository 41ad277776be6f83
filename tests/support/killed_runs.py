# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs of a playbook that are killed between two of their tasks, as by a machine that goes down."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .playbooks import Playbook

CALLBACKS = Path(__file__).resolve().parent / "callbacks"


def tasks_until(playbook: Playbook, number: int, **variables: Any) -> list[str]:
    """The tasks that were begun. The last of them is the one with this number, before which the run was killed; with
    0, the run has ended well."""
    log = playbook.folder / "tasks.log"
    log.unlink(missing_ok=True)
    with _watched(log, number):
        process = playbook.start(**variables)
    output, _nothing = process.communicate(timeout=playbook.timeout)
    assert process.returncode == (-signal.SIGKILL if number else 0), output
    return log.read_text(encoding="utf-8").splitlines()


@contextlib.contextmanager
def _watched(log: Path, number: int) -> Iterator[None]:
    own = {
        "ANSIBLE_CALLBACK_PLUGINS": str(CALLBACKS),
        "ANSIBLE_CALLBACKS_ENABLED": "killed_at_task",
        "KILLED_AT_TASK": str(number),
        "KILLED_AT_TASK_LOG": str(log),
    }
    os.environ.update(own)
    try:
        yield
    finally:
        for name in own:
            del os.environ[name]
