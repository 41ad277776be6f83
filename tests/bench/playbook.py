# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole playbook, as a user runs it, over certificates that are there."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any

from sandbox.client import Sandbox
from support.modules import COLLECTIONS, ROOT

#: `make bench` gives the AWS CLI an environment of its own.
AWS_CLI = ROOT / ".cache" / "bench" / "venv" / "bin" / "aws"


@dataclasses.dataclass(frozen=True)
class Command:
    """A command, and the AWS calls made meanwhile."""

    seconds: float
    calls: int


def aws_cli() -> str:
    return str(AWS_CLI) if AWS_CLI.exists() else "aws"


def measure(sandbox: Sandbox, wanted: list[dict[str, Any]], folder: Path) -> Command:
    variables = folder / "certificates.json"
    variables.write_text(json.dumps({"acm_certificates_list": wanted, "acm_certificates_region": "eu-west-1"}))
    command = [
        "ansible-playbook",
        "-i",
        "localhost,",
        str(ROOT / "playbooks" / "acm_certificates.yml"),
        "-e",
        f"@{variables}",
    ]
    return run(sandbox, [command])


def run(sandbox: Sandbox, commands: list[list[str]]) -> Command:
    """The commands one after the other; all of them have to succeed."""
    environment = {**os.environ, **sandbox.environment(), "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS)}
    environment["AWS_CLI"] = aws_cli()
    sandbox.clear_calls()
    began = time.monotonic()
    for command in commands:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
    return Command(time.monotonic() - began, sandbox.count())
