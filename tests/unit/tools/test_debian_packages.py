"""tests/tools/debian_packages: installs what is missing where it may, and says what to install where it may not."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "tools" / "debian_packages"


@pytest.fixture
def run(tmp_path: Path):  # noqa: ANN201 - a local function
    """Run the script on a make-believe system: a few commands of ours are all that is on the PATH."""
    programs = tmp_path / "bin"
    programs.mkdir()
    log = tmp_path / "apt.log"

    def program(name: str, body: str) -> None:
        path = programs / name
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)

    for real in ("sed", "tr", "cat", "mktemp", "rm", "env", "sh"):
        (programs / real).symlink_to(next(p for p in (Path("/bin") / real, Path("/usr/bin") / real) if p.exists()))
    program("dpkg-query", 'case "$*" in *bind9) echo installed;; *) exit 1;; esac')

    def go(
        *arguments: str, user: int = 0, sudo: bool = False, apt: str | None = "exit 0", unknown: str = "none"
    ) -> tuple[int, str, str]:
        program("id", f"echo {user}")
        program("sudo", 'shift; exec "$@"' if sudo else "exit 1")
        program("true", "exit 0")
        if apt is not None:
            program("apt-get", f'echo "$*" >>{log}\n{apt}')
            program("apt-cache", f'[ "$2" != {unknown} ]')
        done = subprocess.run(
            [str(SCRIPT), *arguments], env={"PATH": str(programs)}, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout + done.stderr, log.read_text() if log.exists() else ""

    return go


def test_does_nothing_when_everything_is_there(run) -> None:  # noqa: ANN001
    assert run("bind9") == (0, "", "")


def test_reads_a_file_of_packages_and_its_comments(run, tmp_path: Path) -> None:  # noqa: ANN001
    packages = tmp_path / "packages.txt"
    packages.write_text("# servers\nbind9\npebble  # Let's Encrypt's\n")
    code, output, apt = run(str(packages))
    assert (code, output) == (0, "Installing Debian packages: pebble\n")
    assert apt == "install --yes --quiet --no-install-recommends pebble\n"


def test_a_file_of_comments_alone_asks_for_nothing(run, tmp_path: Path) -> None:  # noqa: ANN001
    packages = tmp_path / "packages.txt"
    packages.write_text("# none yet\n")
    assert run(str(packages), user=1000) == (0, "", "")


def test_root_installs(run) -> None:  # noqa: ANN001
    code, dummy, apt = run("pebble", user=0)
    assert code == 0
    assert "install" in apt


def test_sudo_without_a_password_installs(run) -> None:  # noqa: ANN001
    code, dummy, apt = run("pebble", user=1000, sudo=True)
    assert code == 0
    assert "install" in apt


def test_another_user_is_told_the_command(run) -> None:  # noqa: ANN001
    code, output, apt = run("pebble", "bind9", "nginx", user=1000)
    assert code == 1
    assert "sudo apt-get install pebble nginx" in output
    assert apt == ""


def test_an_old_package_list_is_updated_once(run, tmp_path: Path) -> None:  # noqa: ANN001
    updated = tmp_path / "updated"
    code, output, apt = run("pebble", apt=f'case "$1" in update) : >{updated};; *) [ -e {updated} ];; esac')
    assert (code, output) == (0, "Installing Debian packages: pebble\n")
    assert [line.split()[0] for line in apt.splitlines()] == ["install", "update", "install"]


def test_a_failed_install_shows_what_apt_said(run) -> None:  # noqa: ANN001
    code, output, dummy = run("pebble", apt="echo no such package; exit 100")
    assert code == 1
    assert "no such package" in output
    assert "apt-get could not install: pebble" in output


def test_a_package_that_the_release_lacks_keeps_no_other_from_being_installed(run) -> None:  # noqa: ANN001
    code, output, apt = run(
        "puppetserver", "pebble", apt='case "$*" in *puppetserver*) exit 100;; esac', unknown="puppetserver"
    )
    assert code == 0
    assert "no package puppetserver: the tests that need it are skipped" in output
    assert apt.splitlines()[-1].endswith("--no-install-recommends pebble")


def test_without_apt_the_programs_are_named(run) -> None:  # noqa: ANN001
    code, output, dummy = run("pebble", apt=None)
    assert code == 0
    assert "pebble" in output
