"""The Makefile: that targets call what they say, which an empty recipe would hide behind an exit code of 0."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[3]


def make(*arguments: str) -> str:
    """Return what make prints, whatever the make that runs this test was told."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    command = ["make", "--no-print-directory", *arguments]
    done = subprocess.run(command, cwd=REPOSITORY, env=environment, check=True, capture_output=True, text=True)
    return done.stdout


@pytest.mark.parametrize(
    ("target", "programs"),
    [
        ("unit", ["pytest tests/unit"]),
        ("integration", ["pytest tests/integration", "debian_packages"]),
        ("molecule", ["molecule test --all"]),
        ("sanity", ["sanity.py"]),
        ("lint", ["ruff", "mypy", "yamllint", "ansible-lint", "antsibull-docs", "antsibull-changelog"]),
        ("test", ["unit integration molecule sanity lint"]),
        ("matrix", ["matrix.py"]),
        ("build", ["ansible-galaxy collection build"]),
    ],
)
def test_a_target_runs_its_programs(target: str, programs: list[str]) -> None:
    commands = make("--dry-run", target)
    assert [program for program in programs if program not in commands] == []


def test_help_lists_every_target_a_person_calls() -> None:
    listed = make("help")
    targets = ("unit", "integration", "molecule", "sanity", "lint", "test", "matrix", "sandbox", "demo", "demo-puppet")
    for target in (*targets, "bench"):
        assert f"make {target} " in listed
