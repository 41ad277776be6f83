# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""tests/support/warm.py: what a Python of its own would do, these do."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from support import warm

TELLS = """
import atexit, json, os, sys
mask = os.umask(0)
atexit.register(print, "at the end")
os.environ["SEEN"] = "here"
print(json.dumps([sys.argv[1:], os.getcwd(), mask, os.environ.get("GIVEN"), os.environ.get("HOME"), sys.stdin.read()]))
print("to the other stream", file=sys.stderr)
assert "boto3" in sys.modules and "ansible" not in sys.modules
sys.exit(int(sys.argv[1]))
"""
WAITS = """
import signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))
print("waiting", flush=True)
time.sleep(600)
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    return tmp_path / "script.py"


def test_a_script_finds_what_it_was_given_and_its_end_is_seen(script: Path, tmp_path: Path) -> None:
    script.write_text(TELLS)
    command = [warm.for_modules(), str(script), "3", "two words"]
    for value in ("one", "another"):
        done = subprocess.run(
            command,
            input="typed",
            env={"GIVEN": value, "PATH": os.environ["PATH"]},
            cwd=tmp_path,
            umask=0o027,
            capture_output=True,
            text=True,
            check=False,
        )
        told, end = done.stdout.splitlines()
        assert json.loads(told) == [["3", "two words"], str(tmp_path), 0o027, value, None, "typed"]
        assert (end, done.stderr, done.returncode) == ("at the end", "to the other stream\n", 3)


def test_a_script_that_fails_says_where(script: Path) -> None:
    script.write_text("1 / 0\n")
    done = subprocess.run([warm.for_modules(), script], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f'"{script}", line 1' in done.stderr
    assert "ZeroDivisionError" in done.stderr


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 7), (signal.SIGINT, -2), (signal.SIGKILL, -9)])
def test_a_signal_reaches_the_script(script: Path, number: signal.Signals, code: int) -> None:
    """SIGKILL, too: the script holds the pipe, and nobody else."""
    script.write_text(WAITS)
    command = [warm.for_modules(), str(script)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "waiting\n"
        running.send_signal(number)
        running.communicate(timeout=30)
    assert running.returncode == code


def test_what_has_no_script_is_run_by_a_new_python() -> None:
    done = subprocess.run(
        [warm.for_modules(), "-c", "import sys; print(sys.executable)"], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"{sys.executable}\n"


PLAY = """
- hosts: localhost
  connection: local
  gather_facts: false
  tasks:
    - ansible.builtin.ping:
    - ansible.builtin.debug:
        msg: "{{ ansible_playbook_python }}"
"""


def test_a_playbook_s_modules_get_one_too_and_other_settings_a_new_ansible(tmp_path: Path) -> None:
    (tmp_path / "play.yml").write_text(PLAY)
    environment = {**os.environ, "ANSIBLE_HOME": str(tmp_path / "home"), "ANSIBLE_NOCOLOR": "1"}
    command = warm.command(["ansible-playbook", str(tmp_path / "play.yml")], environment)
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert warm.for_modules() in run.stdout
    assert (tmp_path / "home").is_dir()
    elsewhere = {**environment, "ANSIBLE_HOME": str(tmp_path / "elsewhere")}
    run = subprocess.run(command, env=elsewhere, capture_output=True, text=True, check=True)
    assert sys.executable in run.stdout
    assert (tmp_path / "elsewhere").is_dir()
    [servers_own] = (tmp_path / "home" / "tmp").iterdir()
    assert list(servers_own.iterdir()) == []
