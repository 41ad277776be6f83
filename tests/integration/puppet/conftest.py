# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One Puppet Server for all tests of this folder, started while other tests still run."""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.puppet_server import JAR, PuppetServer, Shared
from support.puppet_world import PuppetWorld

_HERE = Path(__file__).parent
_INSTALLED = Path(JAR).exists()
_shared: list[Shared] = []


def _folder() -> Path:
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or str(os.getpid())
    return Path(tempfile.gettempdir()) / f"tlsops-puppet-{run}"


def pytest_collection_finish(session: pytest.Session) -> None:
    wanted = any(_HERE in item.path.parents for item in session.items) and not session.config.option.collectonly
    if wanted and _INSTALLED:
        _shared.append(Shared(_folder(), wait=False))


def pytest_sessionfinish() -> None:
    while _shared:
        _shared.pop().leave()


@pytest.fixture(scope="session")
def puppet_server() -> PuppetServer:
    if not _INSTALLED:
        pytest.skip("this system has no Puppet Server (tests/tools/debian-packages.txt)")
    shared = Shared(_folder())
    _shared.append(shared)
    assert shared.server is not None
    shared.server.wait()
    return shared.server


@pytest.fixture
def ca(puppet_server: PuppetServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PuppetWorld]:
    """One test at a time: they count what the CA has signed and revoked, and it lists its requests while others go."""
    with (_folder() / "turn").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield PuppetWorld(puppet_server, tmp_path, monkeypatch)
