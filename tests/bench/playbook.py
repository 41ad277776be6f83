# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole playbook, as a user runs it."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import time
from pathlib import Path

from sandbox.client import Sandbox
from support.modules import COLLECTIONS, ROOT

from .scene import UNPACED, certificates, make_zone

#: `make bench` gives the AWS CLI an environment of its own.
AWS_CLI = ROOT / ".cache" / "bench" / "venv" / "bin" / "aws"


@dataclasses.dataclass(frozen=True)
class Command:
    """A command, and the AWS calls made meanwhile."""

    seconds: float
    calls: int


def aws_cli() -> str:
    return str(AWS_CLI) if AWS_CLI.exists() else "aws"


def measure(sandbox: Sandbox, count: int, folder: Path) -> tuple[Command, Command]:
    """Fresh, and once more with nothing to do."""
    sandbox.reset()
    make_zone(sandbox)
    variables = folder / "certificates.json"
    wanted = {
        "acm_certificates_list": certificates(count),
        "acm_certificates_region": "eu-west-1",
        "acm_certificates_rate_limits": UNPACED,
    }
    variables.write_text(json.dumps(wanted))
    playbook = str(ROOT / "playbooks" / "acm_certificates.yml")
    commands = [["ansible-playbook", "-i", "localhost,", playbook, "-e", f"@{variables}"]]
    return run(sandbox, commands), run(sandbox, commands)


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
