# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Unit tests and sanity with every supported ansible-core whose Python is on this machine, and a table of results."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
TOOLS = REPOSITORY / "tests" / "tools"


@dataclass(frozen=True)
class Cell:
    """One ansible-core, the Pythons it runs on (the first that is present is taken) and the amazon.aws beside it."""

    core: str
    pythons: tuple[str, ...]
    # The release of the `ansible` package that amazon.aws comes from: 12.3.0 holds 10.1.2, 14.5.0 holds 11.4.0.
    ansible: str


# Pythons as in ansible-core's support matrix, those below our own 3.10 left out. The order spreads the Pythons over
# the cells: the oldest core with the oldest Python, the newest with the newest.
CELLS = (
    Cell("2.17", ("3.10", "3.11", "3.12"), "12.3.0"),
    Cell("2.18", ("3.11", "3.12", "3.13"), "12.3.0"),
    Cell("2.19", ("3.12", "3.11", "3.13"), "12.3.0"),
    Cell("2.20", ("3.12", "3.13", "3.14"), "14.5.0"),
    Cell("2.21", ("3.14", "3.13", "3.12"), "14.5.0"),
)


def find_python(cell: Cell) -> str | None:
    # One version at a time: asked for several, find_python prefers what is on the PATH to the order.
    for version in cell.pythons:
        command = [str(TOOLS / "find_python"), version]
        found = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
        if found:
            return found
    return None


def run(command: list[str], environment: dict[str, str]) -> bool:
    done = subprocess.run(command, cwd=REPOSITORY, env=environment, stdin=subprocess.DEVNULL, check=False)
    return done.returncode == 0


def run_cell(cell: Cell, python: str, work: Path) -> dict[str, str]:
    """Return what each stage came to."""
    venv, collections = work / "venv", work / "collections"
    environment = dict(os.environ)
    environment["PATH"] = os.pathsep.join([str(venv / "bin"), environment["PATH"]])
    environment["PYTHONPATH"] = os.pathsep.join([str(collections), str(REPOSITORY / "tests")])
    environment["ANSIBLE_COLLECTIONS_PATH"] = str(collections)
    environment["PYTHON"] = python
    requirements = [f"ansible-core~={cell.core}.0", "-r", str(REPOSITORY / "tests" / "requirements" / "unit.txt")]
    python_of_cell = str(venv / "bin" / "python")

    started = time.monotonic()
    install = [str(TOOLS / "virtual_environment"), str(venv), *requirements]
    fetch = [python_of_cell, str(TOOLS / "dependency_collections.py"), str(collections)]
    fetch += ["--ansible", cell.ansible, "amazon.aws"]
    if not (run(install, environment) and run(fetch, environment)):
        return {"set-up": "failed"}
    results = {"set-up": f"{time.monotonic() - started:.0f} s"}
    stages = {
        # The collection under test is found through PYTHONPATH: pytest's own setting names .venv's tree.
        "unit": [python_of_cell, "-m", "pytest", "-q", "-o", f"pythonpath={collections} tests", "tests/unit"],
        "sanity": [
            *[python_of_cell, str(TOOLS / "sanity.py"), "--work", str(work / "sanity")],
            *["--home", str(work / "home"), "--collections", str(collections)],
        ],
    }
    for stage, command in stages.items():
        started = time.monotonic()
        passed = run(command, environment)
        results[stage] = f"{time.monotonic() - started:.0f} s" if passed else "failed"
    return results


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("cores", nargs="*", help="only these, such as 2.17")
    arguments = parser.parse_args()
    lines: list[tuple[str, ...]] = [("ansible-core", "Python", "set-up", "unit", "sanity")]
    failed = False
    for cell in CELLS:
        if arguments.cores and cell.core not in arguments.cores:
            continue
        python = find_python(cell)
        if python is None:
            versions = ", ".join(cell.pythons)
            print(f"=== ansible-core {cell.core}: skipped, none of Python {versions} is here", flush=True)
            lines.append((cell.core, "none", "skipped", "", ""))
            continue
        print(f"=== ansible-core {cell.core} with {python}", flush=True)
        results = run_cell(cell, python, arguments.work / cell.core)
        failed = failed or "failed" in results.values()
        lines.append((cell.core, python, *(results.get(stage, "") for stage in lines[0][2:])))
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    print()
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
