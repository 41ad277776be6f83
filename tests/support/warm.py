# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pythons that have imported already what Ansible and modules import.

That is most of the time that a short playbook takes: ansible-playbook imports Ansible, and every module imports the
libraries of its service and has the code compiled that it brings along. These Pythons do it once, and are forked.

``python -m support.warm COMMAND...`` runs a command whose ansible-playbook is run by one of them.
"""

from __future__ import annotations

import atexit
import fcntl
import functools
import hashlib
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from .warm_server import READ_EARLY

_HERE = Path(__file__).parent
_KEPT = _HERE.parents[1] / ".cache" / "compiled"
#: Names the folder of the Pythons for the processes below main().
_FOLDER = "TLSOPS_WARM_PYTHONS"


def command(playbook: list[str], environment: Mapping[str, str]) -> list[str]:
    """The command (ansible-playbook and its arguments) for such a Python. Its modules get one, too."""
    program, *arguments = playbook
    early = {name: value for name, value in environment.items() if name.startswith(READ_EARLY)}
    python = _python("playbooks", for_modules(), *sorted(early.items()))
    return [python, str(Path(sys.executable).with_name(program)), *arguments]


def for_modules() -> str:
    """A Python that has imported what modules import."""
    return _python("modules", sys.executable)


@functools.cache
def _python(kind: str, executable: str, *environment: tuple[str, str]) -> str:
    """The program, whose server is started unless it runs. ``executable`` is what it takes for itself."""
    identity = hashlib.sha256(repr((kind, os.getcwd(), environment)).encode()).hexdigest()[:16]
    folder = _folder() / identity
    folder.mkdir(exist_ok=True)
    program = folder / "python"
    with (folder / "starting").open("w") as starting:
        fcntl.flock(starting, fcntl.LOCK_EX)
        if not program.exists():
            _start(kind, folder, executable, dict(environment))
            client = [sys.executable, "-IS", str(_HERE / "warm_client.py"), str(folder / "socket"), sys.executable]
            program.write_text(f'#!/bin/sh\nexec {shlex.join(client)} "$@"\n', encoding="utf-8")
            program.chmod(0o755)
    return str(program)


def _start(kind: str, folder: Path, executable: str, early: dict[str, str]) -> None:
    """The server ends when nobody holds the folder any more."""
    late = {name: value for name, value in os.environ.items() if not early or not name.startswith(READ_EARLY)}
    with (folder.parent / "held").open() as held, (folder / "log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, str(_HERE / "warm_server.py"), kind, str(folder), str(_KEPT), executable],
            env={**late, **early},
            stdin=held,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            start_new_session=True,
        )
    _servers.append(server)
    if server.stdout is None or server.stdout.readline() != "ready\n":
        raise RuntimeError(f"the server for {kind} doesn't start: {(folder / 'log').read_text(encoding='utf-8')}")


_servers: list[subprocess.Popen[str]] = []


@functools.cache
def _folder() -> Path:
    return Path(os.environ.get(_FOLDER) or _hold())


def _hold() -> str:
    """A new folder, for as long as this process runs, however it ends."""
    folder = tempfile.mkdtemp(prefix="warm-")
    os.mkfifo(f"{folder}/held")
    holder = os.open(f"{folder}/held", os.O_RDWR)

    def leave() -> None:
        os.close(holder)
        for server in _servers:
            server.communicate()
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(leave)
    return folder


def main() -> int:
    folder = Path(_hold())
    program = folder / "bin" / "ansible-playbook"
    program.parent.mkdir()
    starter = shlex.join([sys.executable, "-c", f"from support import warm; warm.run('{program.name}')"])
    program.write_text(f'#!/bin/sh\nexec {starter} "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.call(sys.argv[1:], env={**os.environ, "PATH": path, _FOLDER: str(folder)})


def run(program: str) -> None:
    """Becomes the program."""
    os.execv((started := command([program, *sys.argv[1:]], os.environ))[0], started)


if __name__ == "__main__":
    sys.exit(main())
