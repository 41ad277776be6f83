# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The demo of ACME: a page of a real nginx gets a certificate of a real CA (Pebble), proved in a real DNS (BIND).

Run it with ``make demo-acme``.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import os
import socket
import ssl
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from support.acme_world import AcmeWorld
from support.nginx import Nginx
from support.pebble import free_ports

from demo.stage import DemoError, execute, perform, say

NAMES = ["shop.example.test", "*.shop.example.test"]
PLAYBOOK = Path(__file__).resolve().parent / "acme.yml"


@dataclasses.dataclass(frozen=True)
class Page:
    """What a client sees that trusts the CA, and asks for the name."""

    status: str
    issuer: str
    fingerprint: str


class Site:
    """A host called web, which is this machine, with nginx; and the CA and the DNS that it uses."""

    def __init__(self, world: AcmeWorld, nginx: Nginx, folder: Path) -> None:
        self._world = world
        self._folder = folder
        self._port = free_ports(1)[0]
        self._inventory = folder / "hosts.json"
        local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
        self._inventory.write_text(json.dumps({"all": {"hosts": {"web": local}}}), encoding="utf-8")
        root = folder / "root.pem"
        root.write_text(world.pebble.root(), encoding="utf-8")
        self._context = ssl.create_default_context(cafile=str(root))
        self._variables = folder / "variables.json"
        self._variables.touch(mode=0o600)
        self._variables.write_text(json.dumps(self._values(nginx)), encoding="utf-8")

    def _values(self, nginx: Nginx) -> dict[str, Any]:
        own = {
            "issuer": self._world.pebble.directory,
            "ca_bundle": str(self._world.pebble.ca_path),
            "terms_agreed": True,
            "directory": str(self._folder / "tls"),
            "state_directory": str(self._folder / "state"),
            "dns": self._world.dns,
            "dns_nameservers": [self._world.primary.at],
            "dns_port": self._world.primary.port,
        }
        served = {
            "nginx_snippets": str(nginx.snippets),
            "nginx_folder": str(self._folder),
            "nginx_endpoint": f"127.0.0.1:{self._port}",
            "nginx_reload": nginx.reload_command,
        }
        return {**{f"acme_certificates_{name}": value for name, value in own.items()}, **served}

    def run(self, *flags: str) -> int:
        """How much the playbook has changed."""
        say(" ".join(["$ ansible-playbook", os.path.relpath(PLAYBOOK), "-i hosts.json -e @variables.json", *flags]))
        command = ["ansible-playbook", str(PLAYBOOK), "-i", str(self._inventory), "-e", f"@{self._variables}", *flags]
        orders, started = self._world.pebble.orders(), time.monotonic()
        changed = execute(command, {**os.environ, "ANSIBLE_FORCE_COLOR": str(int(sys.stdout.isatty()))})
        orders = self._world.pebble.orders() - orders
        print(f"changed={changed}, {time.monotonic() - started:.1f} s, {orders} orders at the CA")
        return changed

    def visit(self) -> Page:
        """By a new connection, whose handshake checks the chain and the name."""
        name = NAMES[0]
        with (
            socket.create_connection(("127.0.0.1", self._port), timeout=5) as plain,
            self._context.wrap_socket(plain, server_hostname=name) as connection,
        ):
            connection.sendall(f"GET / HTTP/1.0\r\nHost: {name}\r\n\r\n".encode())
            answer = connection.makefile("rb").read().decode()
            issuer = dict(part[0] for part in connection.getpeercert()["issuer"])  # type: ignore[index, misc]
            fingerprint = hashlib.sha256(connection.getpeercert(binary_form=True) or b"").hexdigest()
        return Page(answer.splitlines()[0], str(issuer["commonName"]), fingerprint)

    def show(self) -> Page:
        try:
            page = self.visit()
        except OSError as error:
            raise DemoError(f"no page: {error}") from error
        print(f"  https://{NAMES[0]}: {page.status}, certificate {page.fingerprint[:16]}... by {page.issuer}")
        return page

    def leftovers(self) -> list[str]:
        return self._world.challenges(NAMES[0])


class Visitors:
    """One after the other, all the time, each by a new connection."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._end = threading.Event()
        self.seen: list[str] = []
        self.failures: list[str] = []

    @contextlib.contextmanager
    def coming(self) -> Iterator[None]:
        thread = threading.Thread(target=self._come)
        thread.start()
        try:
            yield
        finally:
            self._end.set()
            thread.join()

    def _come(self) -> None:
        while not self._end.wait(0.05):
            try:
                self.seen.append(self._site.visit().fingerprint)
            except (OSError, LookupError) as error:
                self.failures.append(repr(error))


def demonstrate(site: Site) -> None:
    if not site.run():
        raise DemoError("the first run changed nothing")
    say("The page, by a handshake that checks the chain and the name:")
    old = site.show()
    if left := site.leftovers():
        raise DemoError(f"records of the challenges are left: {left}")
    print("  The records of the challenges are gone from the DNS.")

    say("All of it again: nothing changes.")
    if site.run():
        raise DemoError("the second run changed something")

    say("A renewal, while visitors come all the time:")
    visitors = Visitors(site)
    with visitors.coming():
        site.run("-e", "acme_certificates_force=true")
        time.sleep(0.5)
    new = site.show()
    if new.fingerprint == old.fingerprint or new.fingerprint not in visitors.seen:
        raise DemoError("the old certificate is still served")
    if visitors.failures or not set(visitors.seen) <= {old.fingerprint, new.fingerprint}:
        raise DemoError(f"not every visitor was served: {visitors.failures}")
    first = visitors.seen.index(new.fingerprint)
    print(f"  {first} visitors saw the old certificate, then {len(visitors.seen) - first} the new one; 0 failed.")


def show() -> None:
    with tempfile.TemporaryDirectory(prefix="tlsops-demo-") as name:
        folder = Path(name)
        with AcmeWorld.start(folder / "pebble", NAMES) as world:
            (folder / "nginx").mkdir()
            nginx = Nginx(folder / "nginx")
            try:
                say(f"A CA on this machine: {world.pebble.directory}. A name server that it asks: {world.primary.at}.")
                print(f"nginx at http://127.0.0.1:{nginx.port}, without TLS for now.")
                demonstrate(Site(world, nginx, folder))
            finally:
                nginx.stop()


if __name__ == "__main__":
    sys.exit(perform(show, "All that it started"))
