# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Clients and settings for the tests of the sandbox itself."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from sandbox.client import Sandbox

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def acm(sandbox: Sandbox) -> Any:
    """ACM in eu-west-1, with records at once."""
    sandbox.configure(record_delay=0, insync_delay=0, issue_delay=0)
    return sandbox.boto("acm")


@pytest.fixture
def tagging(sandbox: Sandbox) -> Any:
    return sandbox.boto("resourcegroupstaggingapi")


@pytest.fixture
def sts(sandbox: Sandbox) -> Any:
    return sandbox.boto("sts")


@pytest.fixture
def pca(sandbox: Sandbox) -> Any:
    """Private CA in eu-west-1, issuing at once."""
    sandbox.configure(private_issue_delay=0, authority_create_delay=0)
    return sandbox.boto("acm-pca")


@pytest.fixture
def authority(sandbox: Sandbox, pca: Any) -> str:
    """An active root CA with an EC key; its ARN."""
    return sandbox.certificate_authority()
