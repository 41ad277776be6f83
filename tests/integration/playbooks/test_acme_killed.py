# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A renewal that is killed between two tasks, with a real CA and DNS, and a real nginx that is visited all the time.

By default it is killed after those tasks that take the longest way back. ``KILLED_BEFORE=all`` takes every task, which
is ten minutes on an idle machine, and ``KILLED_BEFORE=31,32`` those with these numbers.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from support.acme_world import AcmeSite, AcmeWorld
from support.killed_runs import tasks_until
from support.modules import ROOT
from support.nginx import Nginx
from support.pebble import free_ports
from support.visitors import Visitors

NAMES = ["shop.example.test", "*.shop.example.test"]
#: What has been done by then is that of the task before.
AFTER_CHANGES = [
    "Wait until every name server has them",  # there is an order, and its records are written
    "Find where the records are",  # the certificate is issued
    "Forget the orders that are done with",  # the certificate is in its place
    "Send them to services from the controller",  # nginx has new files, and serves the old ones
]


class WebServer(AcmeSite):
    """The host of the demo, which deploys its certificate to nginx."""

    def __init__(self, world: AcmeWorld, nginx: Nginx, folder: Path) -> None:
        [port] = free_ports(1)
        served = {
            "nginx_snippets": str(nginx.snippets),
            "nginx_folder": str(folder),
            "nginx_endpoint": f"127.0.0.1:{port}",
            "nginx_reload": nginx.reload_command,
        }
        super().__init__(world, folder, ("web",), str(ROOT / "tests" / "demo" / "acme.yml"), **served)
        self.visitors = Visitors(port, NAMES[0], world.pebble.root())
        self._algorithms = itertools.cycle(["EC_secp384r1", "EC_prime256v1"])
        self.timeout = 600.0

    def make_due(self) -> None:
        """Another algorithm is a reason to renew, for all runs to come."""
        self.variables["acme_certificates_key_algorithm"] = next(self._algorithms)

    def kept(self) -> str:
        """The fingerprint of what is kept, whole; and the files of nginx belong together."""
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(self.folder / "tls.pem", self.folder / "tls.key")
        return hashlib.sha256(self.served("web/shop").public_bytes(Encoding.DER)).hexdigest()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[WebServer]:
    with AcmeWorld.start(tmp_path / "pebble", NAMES) as world:
        (tmp_path / "nginx").mkdir()
        nginx = Nginx(tmp_path / "nginx")
        try:
            yield WebServer(world, nginx, tmp_path)
        finally:
            nginx.stop()


def chosen(tasks: list[str]) -> list[int]:
    """The numbers of the tasks before which runs are killed."""
    wanted = os.environ.get("KILLED_BEFORE", "")
    if wanted == "all":
        return list(range(1, len(tasks) + 1))
    if wanted:
        return [int(number) for number in wanted.split(",")]
    names = [task.rpartition(" : ")[2] for task in tasks]
    return [names.index(name) + 1 for name in AFTER_CHANGES]


@pytest.mark.slow
def test_killed_between_two_tasks_the_next_run_finishes(server: WebServer) -> None:
    """The old certificate is served until then, the records are gone, and no order is placed again."""
    tasks = tasks_until(server, 0)
    issued = {server.kept()}
    with server.visitors.coming(pause=0.2):
        for number in chosen(tasks):
            server.make_due()
            old, before = server.visitors.visit().fingerprint, server.world.pebble.orders()
            where = f"{number}: {tasks_until(server, number)[-1]}"
            print(where)
            issued.add(server.kept())
            server.good()
            new = server.visitors.visit().fingerprint
            assert (new != old, new == server.kept()) == (True, True), where
            assert server.world.challenges(NAMES[0]) == [], where
            assert server.world.pebble.orders() - before == 1, where
            # Killed before it forgot its order, it leaves a note. For an hour that may be one of a run that goes on.
            assert len(server.noted) <= 1, where
            issued.add(new)
    assert server.visitors.failures == []
    assert set(server.visitors.seen) <= issued
