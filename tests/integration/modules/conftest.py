# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from sandbox.client import Sandbox

sys.path.insert(0, str(Path(__file__).parent))

from aws_world import World
from private_world import PrivateWorld


@pytest.fixture
def world(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> World:
    """The sandbox as new, and modules that run against it on its own clock."""
    return World(sandbox, monkeypatch)


@pytest.fixture
def private(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PrivateWorld:
    """A private CA, and a folder for its certificates."""
    return PrivateWorld(world, tmp_path, monkeypatch)
