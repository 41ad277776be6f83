"""What `ansible-galaxy collection build` puts into the archive, and what galaxy.yml and meta/ promise about it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path, PurePosixPath

import pytest
import yaml

REPOSITORY = Path(__file__).resolve().parents[2]
GALAXY = yaml.safe_load((REPOSITORY / "galaxy.yml").read_text(encoding="utf-8"))
RUNTIME = yaml.safe_load((REPOSITORY / "meta" / "runtime.yml").read_text(encoding="utf-8"))

# What a user of the collection gets; whoever adds something new to the top of the repository decides here.
SHIPPED = {
    *["CHANGELOG.md", "CODE_OF_CONDUCT.md", "CONTRIBUTING.md", "FILES.json", "LICENSE", "MANIFEST.json", "README.md"],
    *["changelogs", "docs", "extensions", "meta", "playbooks", "plugins", "requirements.txt", "roles"],
}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> set[PurePosixPath]:
    """Build as `make build` does, with the litter in place that a used checkout has."""
    folder = tmp_path_factory.mktemp("build")
    checkout = folder / "checkout"
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        if (REPOSITORY / name).is_file():
            (checkout / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(REPOSITORY / name, checkout / name)
    for litter in (".venv/bin", ".cache/collections", ".ansible", "tests/output", "collections", "plugins/__pycache__"):
        (checkout / litter).mkdir(parents=True, exist_ok=True)
        (checkout / litter / "litter.pyc").touch()
        (checkout / litter / "litter.txt").touch()
    subprocess.run(
        [str(Path(sys.executable).parent / "ansible-galaxy"), "collection", "build", "--output-path", str(folder)],
        cwd=checkout,
        check=True,
        capture_output=True,
        env={**os.environ, "ANSIBLE_HOME": str(folder / "home")},
    )
    with tarfile.open(next(folder.glob("tlsops-certificates-*.tar.gz"))) as tar:
        return {PurePosixPath(name) for name in tar.getnames()}


def test_nothing_but_what_a_user_needs_is_at_the_top(archive: set[PurePosixPath]) -> None:
    assert {path.parts[0] for path in archive} - SHIPPED == set()


def test_no_test_cache_or_compiled_file_is_inside(archive: set[PurePosixPath]) -> None:
    assert [path for path in archive if path.suffix == ".pyc" or "litter" in path.stem] == []
    assert [path for path in archive if {"__pycache__", "tests", "molecule", ".cache", ".venv"} & set(path.parts)] == []


@pytest.mark.parametrize("folder", ["plugins", "roles", "playbooks", "meta", "docs"])
def test_every_file_that_runs_or_documents_is_inside(archive: set[PurePosixPath], folder: str) -> None:
    there = {
        PurePosixPath(path.relative_to(REPOSITORY).as_posix())
        for path in (REPOSITORY / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert there - archive == set()


def test_the_action_group_names_every_module_that_takes_aws_credentials() -> None:
    modules = (REPOSITORY / "plugins" / "modules").glob("[!_]*.py")
    aws = {path.stem for path in modules if "amazon.aws.common.modules" in path.read_text(encoding="utf-8")}
    assert set(RUNTIME["action_groups"]["aws"]) == aws


def test_python_requirements_are_lower_bounds_and_the_same_for_execution_environments() -> None:
    def packages(name: str) -> list[str]:
        lines = (REPOSITORY / name).read_text(encoding="utf-8").splitlines()
        return [line for line in lines if line and not line.startswith("#")]

    assert packages("requirements.txt") == packages("meta/ee-requirements.txt")
    assert [line for line in packages("requirements.txt") if set("<=~!") & set(line.replace(">=", ""))] == []
    assert [line for line in packages("requirements.txt") if line.startswith("ansible")] == []


def test_the_tags_are_what_galaxy_and_certification_accept() -> None:
    certified = {"application", "cloud", "database", "infrastructure", "linux", "monitoring", "networking", "security"}
    assert set(GALAXY["tags"]) & certified
    assert len(GALAXY["tags"]) <= 20
    assert [tag for tag in GALAXY["tags"] if not (tag.isalnum() and tag.islower())] == []


def test_every_dependency_has_a_lower_bound_and_no_upper_one() -> None:
    assert list(GALAXY["dependencies"].values()) == [">=10.0.0"]


def test_every_role_has_a_readme_and_argument_specs() -> None:
    roles = [role for role in (REPOSITORY / "roles").glob("*") if role.is_dir()]
    wanted = ("README.md", "meta/argument_specs.yml", "defaults/main.yml")
    assert [f"{role.name}/{name}" for role in roles for name in wanted if not (role / name).is_file()] == []
