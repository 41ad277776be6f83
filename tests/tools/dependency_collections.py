# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lay out a collections tree in which this collection and the ones it depends on are found.

The dependencies come out of the wheel of the `ansible` package: it holds the released collections, so that the Python
package index is the only thing a test machine has to reach.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path, PurePosixPath

REPOSITORY = Path(__file__).resolve().parents[2]
# One that the releases of `ansible` we use allow. Its Python code is run by hosts, not by what downloads it.
PYTHON_OF_THE_WHEEL = "3.12"


def download(version: str, wheels: Path) -> Path:
    """Return the wheel of this version of `ansible`, downloaded once."""
    wheel = wheels / f"ansible-{version}-py3-none-any.whl"
    if not wheel.exists():
        wheels.mkdir(parents=True, exist_ok=True)
        pip = [sys.executable, "-m", "pip", "-qq", "--disable-pip-version-check", "--no-input", "--retries", "5"]
        options = ["--no-deps", "--only-binary=:all:", "--python-version", PYTHON_OF_THE_WHEEL]
        # Into a folder beside it first: a killed download leaves no half wheel under the right name.
        with tempfile.TemporaryDirectory(dir=wheels) as folder:
            subprocess.run([*pip, "download", *options, "-d", folder, f"ansible=={version}"], check=True)
            (Path(folder) / wheel.name).replace(wheel)
    return wheel


def unpack(wheel: Path, collection: str, root: Path) -> None:
    """Replace the collection in the tree by the wheel's."""
    prefix = PurePosixPath("ansible_collections", *collection.split("."))
    target = root / prefix
    shutil.rmtree(target, ignore_errors=True)
    with zipfile.ZipFile(wheel) as archive:
        members = [name for name in archive.namelist() if PurePosixPath(name).is_relative_to(prefix)]
        if not members:
            raise SystemExit(f"{wheel.name} holds no {collection}.")
        archive.extractall(root, members)
    # A repository of its own: antsibull-docs copies what git lists, and the checkout's git ignores this folder.
    subprocess.run(["git", "init", "--quiet", str(target)], check=True)


def link(root: Path) -> None:
    """Put this checkout where Ansible looks for tlsops.certificates."""
    place = root / "ansible_collections" / "tlsops" / "certificates"
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.is_symlink() or place.exists():
        place.unlink()
    # Relative, so that a checkout can be moved.
    place.symlink_to(os.path.relpath(REPOSITORY, place.parent.resolve()), target_is_directory=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("root", type=Path, help="folder that gets an ansible_collections folder")
    parser.add_argument("--ansible", required=True, help="version of the `ansible` package the dependencies come from")
    parser.add_argument(
        "--wheels", type=Path, default=REPOSITORY / ".cache" / "wheels", help="where downloads are kept"
    )
    parser.add_argument("--without-link", action="store_true", help="leave this collection itself out")
    parser.add_argument("collections", nargs="+", metavar="NAMESPACE.NAME")
    arguments = parser.parse_args()
    wheel = download(arguments.ansible, arguments.wheels)
    for collection in arguments.collections:
        unpack(wheel, collection, arguments.root)
    if not arguments.without_link:
        link(arguments.root)


if __name__ == "__main__":
    main()
