# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""acme_certificates.yml where the DNS has its faults. What was served before stays, and no record is left."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.acme_world import AcmeSite, AcmeWorld
from support.kept import Issuer
from support.playbooks import Run

SILENT_ADDRESS = "127.0.0.2"
ZONES = {"silent.test": f"@ NS ns2\nns2 A {SILENT_ADDRESS}", "refused.test": ""}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AcmeWorld]:
    """The key may write to one zone only. Of the other's name servers, one takes questions and answers none."""
    with (
        AcmeWorld.start(tmp_path_factory.mktemp("acme"), ["silent.test"], ZONES) as running,
        contextlib.closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as silent,
    ):
        silent.bind((SILENT_ADDRESS, running.primary.port))
        yield running


def failed(world: AcmeWorld, folder: Path, domain: str) -> Run:
    """A run that replaces a certificate by one for the domain, and doesn't get there."""
    listed = [{"name": "site", "dns_names": [domain]}]
    site = AcmeSite(world, folder, acme_certificates_list=listed, acme_certificates_dns_wait_timeout=1)
    served = Issuer().keep(folder / "one" / "site", domain) / "fullchain.pem"
    old = served.read_bytes()
    run = site.run()
    assert run.exit_code != 0
    assert "Traceback" not in run.output
    site.hold_secrets(run)
    assert served.read_bytes() == old
    assert world.challenges(domain) == []
    return run


def test_one_of_two_name_servers_is_silent(world: AcmeWorld, tmp_path: Path) -> None:
    """A CA may ask just that one."""
    run = failed(world, tmp_path, "silent.test")
    said = (
        f"No answer for _acme-challenge.silent.test comes from ns2.silent.test ({SILENT_ADDRESS}:{world.primary.port})"
    )
    assert f"{said} (time-out); _acme-challenge.silent.test is on all others" in run.output
    assert world.primary.log.count("adding an RR") == world.primary.log.count("deleting an RR") == 1


def test_the_name_server_refuses_the_update(world: AcmeWorld, tmp_path: Path) -> None:
    run = failed(world, tmp_path, "refused.test")
    assert f"The name server {world.primary.at} answers REFUSED to an update of refused.test" in run.output
    assert "may not do that; let its update-policy or allow-update have these TXT names" in run.output
