# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pythons that have imported already what Ansible and modules import.

That is most of the time that a short playbook takes: ansible-playbook imports Ansible, and every module imports the
libraries of its service and has the code compiled that it brings along. These Pythons do it once, and are forked.
"""

from __future__ import annotations

import atexit
import functools
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

_HERE = Path(__file__).parent
_KEPT = _HERE.parents[1] / ".cache" / "compiled"
#: What differs between runs and tests, and Ansible doesn't read when it is imported.
_READ_LATE = ("AWS_", "PYTEST_", "SSL_")


def command(playbook: list[str], environment: dict[str, str]) -> list[str]:
    """The command (ansible-playbook and its arguments) for such a Python. Its modules get one, too."""
    program, *arguments = playbook
    early = {name: value for name, value in environment.items() if not name.startswith(_READ_LATE)}
    python = _python("playbooks", for_modules(), *sorted(early.items()))
    return [python, str(Path(sys.executable).with_name(program)), *arguments]


def for_modules() -> str:
    """A Python that has imported what modules import."""
    return _python("modules", sys.executable)


@functools.cache
def _python(kind: str, executable: str, *environment: tuple[str, str]) -> str:
    """The program. ``executable`` is what it takes for itself."""
    folder = Path(tempfile.mkdtemp(prefix="warm-"))
    server = subprocess.Popen(
        [sys.executable, str(_HERE / "warm_server.py"), kind, str(folder), str(_KEPT), executable],
        env=dict(environment) or None,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    # It ends with its standard input, also when this process has no time to say so.
    atexit.register(server.communicate)
    if server.stdout is None or server.stdout.readline() != "ready\n":
        raise RuntimeError(f"the server for {kind} doesn't start")
    client = [sys.executable, "-IS", str(_HERE / "warm_client.py"), str(folder / "socket"), sys.executable]
    program = folder / "python"
    program.write_text(f'#!/bin/sh\nexec {shlex.join(client)} "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    return str(program)
