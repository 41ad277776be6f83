# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The examples of modules and pages as tasks and playbooks, and ansible-playbook to run them."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import yaml

from . import warm
from .modules import COLLECTIONS, ROOT

Tasks = list[dict[str, Any]]


def examples_of(module: Path) -> Tasks:
    for node in ast.parse(module.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "EXAMPLES":
            tasks: Tasks = yaml.safe_load(ast.literal_eval(node.value))
            return tasks
    raise AssertionError(f"{module.name} has no EXAMPLES")


def fenced(page: Path, language: str) -> list[str]:
    return fenced_in(page.read_text(encoding="utf-8"), language)


def fenced_in(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def lists_in(text: str) -> list[Tasks]:
    """The playbooks and lists of tasks among the text's YAML; the rest are files of variables."""
    blocks = [yaml.safe_load(block) for block in fenced_in(text, "yaml")]
    return [block for block in blocks if isinstance(block, list)]


def sections_of(page: Path) -> dict[str, str]:
    """The text below each heading of the second level, and what is before the first of them."""
    before, *parts = re.split(r"^## (.*)\n", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {"beginning": before, **dict(zip(parts[::2], parts[1::2], strict=True))}


def is_playbook(block: Tasks) -> bool:
    return "hosts" in block[0] or "ansible.builtin.import_playbook" in block[0]


def tasks_in(text: str, puppet: bool = False) -> Tasks:
    """The tasks of all blocks, in the order of the text: those that need a Puppet CA, or the others."""
    tasks = [task for block in lists_in(text) if not is_playbook(block) for task in block]
    return [task for task in tasks if needs_puppet(task) == puppet]


def playbooks_in(text: str, puppet: bool = False) -> list[Tasks]:
    """Those that need a Puppet CA, or the others."""
    playbooks = [block for block in lists_in(text) if is_playbook(block)]
    return [each for each in playbooks if any(map(needs_puppet, each)) == puppet]


def needs_puppet(task: dict[str, Any]) -> bool:
    """Of a task, or a play."""
    return "tlsops.certificates.puppet_" in json.dumps(task)


def run_playbook(playbook: Tasks, folder: Path, variables: dict[str, Any], environment: dict[str, str]) -> int:
    """How many tasks changed something on localhost. Warnings and failures are errors."""
    path = folder / "playbook.yml"
    path.write_text(yaml.safe_dump(playbook, sort_keys=False), encoding="utf-8")
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "ANSIBLE_"))}
    own = {
        "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
        "ANSIBLE_HOME": str(ROOT / ".cache" / "ansible"),
        "ANSIBLE_NOCOLOR": "1",
        # Without an inventory, as many people run it: localhost is there, with the Python that runs Ansible.
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
    }
    environment = {**clean, **own, **environment}
    done = subprocess.run(
        warm.command(["ansible-playbook", str(path), "-e", json.dumps(variables)], environment),
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "[WARNING]" not in done.stderr + done.stdout, done.stderr + done.stdout
    recap = re.search(r"^localhost +: ok=(\d+) +changed=(\d+)", done.stdout, re.MULTILINE)
    assert recap, done.stdout
    return int(recap[2])
