"""tests/tools/sanity.py: what it prepares for ansible-test."""

from __future__ import annotations

import configparser
import importlib.util
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

TOOL = Path(__file__).parents[2] / "tools" / "sanity.py"


@pytest.fixture
def sanity() -> ModuleType:
    spec = importlib.util.spec_from_file_location("sanity_tool", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_pip_settings_of_the_environment_reach_a_pip_that_cannot_see_it(
    sanity: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_DEFAULT_TIMEOUT", "77")
    sanity.settings_for_pip(tmp_path)
    path = tmp_path / ".config" / "pip" / "pip.conf"
    settings = configparser.RawConfigParser()
    settings.read(path)
    assert settings["global"]["default-timeout"] == "77"
    assert path.stat().st_mode & 0o077 == 0


def test_the_copy_follows_the_checkout(sanity: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checkout, copy = tmp_path / "checkout", tmp_path / "copy"
    (checkout / "plugins").mkdir(parents=True)
    (checkout / ".gitignore").write_text("*.pyc\n")
    (checkout / "plugins" / "tracked.py").touch()
    (checkout / "plugins" / "compiled.pyc").touch()
    subprocess.run(["git", "init", "--quiet", str(checkout)], check=True)
    subprocess.run(["git", "-C", str(checkout), "add", "plugins/tracked.py"], check=True)
    monkeypatch.setattr(sanity, "REPOSITORY", checkout)

    sanity.copy_checkout(copy)
    (copy / "tests" / "output").mkdir(parents=True)
    (copy / "tests" / "output" / "report.txt").touch()
    # One file goes and one that git does not know yet comes.
    (checkout / "plugins" / "tracked.py").unlink()
    (checkout / "new.py").touch()
    sanity.copy_checkout(copy)

    there = {path.relative_to(copy) for path in copy.rglob("*") if path.is_file()}
    ours = {path.as_posix() for path in there if path.parts[0] != ".git"}
    assert ours == {".gitignore", "new.py", "tests/output/report.txt"}


def test_the_stand_in_for_get_pip_brings_the_pip_that_is_asked_for(
    sanity: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []
    monkeypatch.setattr(subprocess, "run", lambda command, **dummy: asked.append(command))
    sanity.stand_in_for_get_pip(tmp_path)

    version = asked[0][-1].removeprefix("pip==")
    cache = tmp_path / ".ansible" / "test" / "cache"
    assert cache.is_dir()
    script = (cache / f"get_pip_{version.replace('.', '_')}.py").read_text(encoding="utf-8")
    assert f"pip-{version}-py3-none-any.whl" in script
    compile(script, "get_pip", "exec")
