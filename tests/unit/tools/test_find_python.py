"""tests/tools/find_python: an interpreter that answers, not a name on the PATH."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "tools" / "find_python"
HERE = f"{sys.version_info[0]}.{sys.version_info[1]}"
REAL = Path(getattr(sys, "_base_executable", sys.executable))


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    return first, second


def find(folders: tuple[Path, Path], *versions: str, home: Path | None = None) -> tuple[int, str]:
    environment = {"PATH": ":".join(map(str, folders)), "HOME": str(home or folders[0])}
    command = ["/bin/sh", str(SCRIPT), *versions]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.strip()


def shim(folder: Path, name: str) -> None:
    (folder / name).write_text("#!/bin/sh\necho 'command not found' >&2\nexit 127\n")
    (folder / name).chmod(0o755)


def interpreter(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'#!/bin/sh\nexec "{REAL}" "$@"\n')
    path.chmod(0o755)


def test_a_shim_that_only_prints_an_error_is_passed_over_for_the_real_one_behind_it(folders: tuple[Path, Path]) -> None:
    for version in ("3.10", "3.11", "3.12", "3.13"):
        shim(folders[0], f"python{version}")
    interpreter(folders[1] / f"python{HERE}")
    code, found = find(folders)
    assert code == 0
    assert Path(found).samefile(REAL)


def test_a_plain_python3_will_do(folders: tuple[Path, Path]) -> None:
    interpreter(folders[1] / "python3")
    assert find(folders)[0] == 0


def test_the_version_is_what_the_interpreter_says_not_its_name(folders: tuple[Path, Path]) -> None:
    interpreter(folders[0] / "python3.99")
    assert find(folders, "3.99") == (1, "")


def test_an_interpreter_that_pyenv_holds_but_has_not_activated_is_found(folders: tuple[Path, Path]) -> None:
    home = folders[1]
    shim(folders[0], f"python{HERE}")
    interpreter(home / ".pyenv" / "versions" / f"{HERE}.1" / "bin" / "python")
    assert find(folders, HERE, home=home)[0] == 0


def test_nothing_usable_is_a_failure_without_a_word(folders: tuple[Path, Path]) -> None:
    shim(folders[0], "python3")
    assert find(folders) == (1, "")
