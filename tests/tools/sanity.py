# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run `ansible-test sanity` of the ansible-core that this Python has, on a copy of the checkout.

A copy, because ansible-test wants a collection under ansible_collections/<namespace>/<name>, with its dependencies
beside it. Without --venv: that option only adds one more virtual environment with ansible-core in it, which the
interpreter that runs this has already; the tests with requirements of their own (validate-modules, pylint, import, …)
get their own environments either way.
"""

from __future__ import annotations

import argparse
import ast
import configparser
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]

# ansible-test fetches pip's bootstrap script from a web server. This stands in for it and takes the same pip from the
# package index, like everything else here. It is what ansible-test passes get-pip's arguments to.
GET_PIP = """\
import os
import sys

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "{wheel}"))
sys.argv = ["pip", "install", "--upgrade", "--find-links", here] + [
    argument for argument in sys.argv[1:] if argument not in ("--no-setuptools", "--no-wheel")
]
from pip._internal.cli.main import main

sys.exit(main())
"""


def copy_checkout(target: Path) -> None:
    """Make target hold what git tracks or would track, and nothing else. Unchanged files keep their times."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    wanted = {Path(name) for name in listed.split("\0") if name and (REPOSITORY / name).is_file()}
    target.mkdir(parents=True, exist_ok=True)
    for path in sorted(target.rglob("*"), reverse=True):
        name = path.relative_to(target)
        if name.parts[0] == ".git" or name.parts[:2] == ("tests", "output"):
            continue
        if path.is_dir() and not path.is_symlink():
            if not any(path.iterdir()):
                path.rmdir()
        elif name not in wanted:
            path.unlink()
    for name in wanted:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(REPOSITORY / name, target / name, follow_symlinks=False)
    # A repository of its own: ansible-test asks git what is there, and the checkout's git ignores this folder.
    if not (target / ".git").exists():
        subprocess.run(["git", "init", "--quiet", str(target)], check=True)


def stand_in_for_get_pip(home: Path) -> None:
    """Put the bootstrap script where this ansible-test looks for it, with the pip it asks for."""
    import ansible_test._internal.python_requirements as requirements

    found = re.search(r"\bpip=['\"]([0-9.]+)['\"]", Path(requirements.__file__).read_text(encoding="utf-8"))
    if not found:
        raise SystemExit(
            "This ansible-test does not say which pip it wants; tests/tools/sanity.py has to learn its new way."
        )
    version = found[1]
    cache = home / ".ansible" / "test" / "cache"
    wheel = f"pip-{version}-py3-none-any.whl"
    if not (cache / wheel).exists():
        cache.mkdir(parents=True, exist_ok=True)
        pip = [sys.executable, "-m", "pip", "-qq", "--disable-pip-version-check", "--no-input", "--retries", "5"]
        subprocess.run([*pip, "download", "--no-deps", "-d", str(cache), f"pip=={version}"], check=True)
    (cache / f"get_pip_{version.replace('.', '_')}.py").write_text(GET_PIP.format(wheel=wheel), encoding="utf-8")


def settings_for_pip(home: Path) -> None:
    """Write what pip goes by here into a home folder whose pip sees neither the user's settings nor the environment's.

    ansible-test hands no PIP_* variable on, and a pip that asks another index may find none.
    """
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    listed = subprocess.run([*pip, "config", "list"], check=True, capture_output=True, text=True).stdout
    cache = subprocess.run([*pip, "cache", "dir"], check=False, capture_output=True, text=True).stdout.strip()
    settings = configparser.RawConfigParser()
    settings["global"] = {"cache-dir": cache} if cache else {}
    # Sorted so that variables (:env:) come last: they win.
    for line in sorted(listed.splitlines(), key=lambda line: line.startswith(":env:")):
        section, dot, rest = line.partition(".")
        option, equals, value = rest.partition("=")
        section = "global" if section == ":env:" else section
        if dot and equals and option != "config-file":
            if not settings.has_section(section):
                settings.add_section(section)
            settings[section][option] = str(ast.literal_eval(value))
    settings["global"]["quiet"] = "2"
    path = home / ".config" / "pip" / "pip.conf"
    path.parent.mkdir(parents=True, exist_ok=True)
    # Not for others to read: an index may have a password in its address.
    with open(path, "w", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, mode=0o600)) as file:
        settings.write(file)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True, help="folder for the copy")
    parser.add_argument(
        "--home", type=Path, required=True, help="home folder for ansible-test, which writes to ~/.ansible"
    )
    parser.add_argument("--collections", type=Path, required=True, help="collections tree that holds our dependencies")
    arguments, options = parser.parse_known_args()

    root = arguments.work / "ansible_collections"
    copy = root / "tlsops" / "certificates"
    copy_checkout(copy)
    dependencies = root / "amazon"
    if dependencies.is_symlink():
        dependencies.unlink()
    dependencies.symlink_to(
        (arguments.collections / "ansible_collections" / "amazon").resolve(), target_is_directory=True
    )
    stand_in_for_get_pip(arguments.home)
    settings_for_pip(arguments.home)

    # --python: without it ansible-test tries every python on the PATH and dies of the first version manager's shim.
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    programs = str(Path(sys.executable).parent)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "PYTHON"))}
    environment |= {"HOME": str(arguments.home.resolve()), "PATH": os.pathsep.join([programs, os.environ["PATH"]])}
    command = [str(Path(programs) / "ansible-test"), "sanity", "--color", "no", "--python", version, *options]
    sys.stdout.flush()
    sys.exit(subprocess.run(command, cwd=copy, env=environment, stdin=subprocess.DEVNULL, check=False).returncode)


if __name__ == "__main__":
    main()
