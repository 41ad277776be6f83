# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs a playbook of the collection in a process of its own, as a user would, and reads what it prints."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

from sandbox.client import Sandbox

from . import warm
from .modules import COLLECTIONS


class Playbook:
    """``variables`` are passed in a file, as a user would. Without a sandbox there is no AWS."""

    def __init__(
        self, name: str, sandbox: Sandbox | None, folder: Path, variables: dict[str, Any], inventory: str = "localhost,"
    ) -> None:
        self.name = name
        self.sandbox = sandbox
        self.folder = folder
        self.variables = variables
        self.inventory = inventory
        self.timeout = 120.0

    def command(self, *flags: str, **variables: Any) -> tuple[list[str], dict[str, str]]:
        """What to run, and in which environment."""
        file = self.folder / "variables.json"
        file.write_text(json.dumps({**self.variables, **variables}), encoding="utf-8")
        clean = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
        aws = self.sandbox.environment() if self.sandbox else {}
        environment = {**clean, **aws, "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS)}
        environment.update(ANSIBLE_NOCOLOR="1", ANSIBLE_FORCE_COLOR="0")
        return ["ansible-playbook", self.name, "-i", self.inventory, "-e", f"@{file}", *flags], environment

    def start(self, *flags: str, **variables: Any) -> subprocess.Popen[str]:
        """To be killed."""
        return self._start(*self.command(*flags, **variables))

    def _start(self, command: list[str], environment: dict[str, str]) -> subprocess.Popen[str]:
        return subprocess.Popen(
            command,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, *flags: str, **variables: Any) -> Run:
        command, environment = self.command(*flags, **variables)
        process = self._start(warm.command(command, environment), environment)
        output, _nothing = process.communicate(timeout=self.timeout)
        return Run(process.returncode, output)


class Run:
    """What a run printed."""

    def __init__(self, exit_code: int, output: str) -> None:
        self.exit_code = exit_code
        self.output = output

    @property
    def changed(self) -> int:
        """On all hosts."""
        found = re.findall(r"ok=\d+ +changed=(\d+)", self.output)
        assert found, self.output
        return sum(int(count) for count in found)

    @property
    def tasks(self) -> int:
        return self.output.count("\nTASK [")
