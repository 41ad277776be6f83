# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Kills ansible-playbook between two tasks, and writes down which ones it has come to: support/killed_runs.py."""

from __future__ import annotations

import os
import signal
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: killed_at_task
type: aggregate
short_description: Kills the run before a task
description: For tests.
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "killed_at_task"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self._begun = 0

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        self._begun += 1
        with open(os.environ["PYTEST_KILLED_LOG"], "a", encoding="utf-8") as log:
            log.write(f"{task.get_name()}\n")
        if self._begun == int(os.environ["PYTEST_KILLED_AT"]):
            os.kill(os.getpid(), signal.SIGKILL)

    def v2_playbook_on_handler_task_start(self, task: Any) -> None:
        self.v2_playbook_on_task_start(task, False)
