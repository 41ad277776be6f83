# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The demo of ACME: a page of a real nginx gets a certificate of a real CA (Pebble), proved in a real DNS (BIND).

Run it with ``make demo-acme``.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from support.acme_world import AcmeWorld
from support.nginx import Nginx
from support.pebble import free_ports
from support.visitors import Page, Visitors

from demo.stage import DemoError, execute, perform, say

NAMES = ["shop.example.test", "*.shop.example.test"]
PLAYBOOK = Path(__file__).resolve().parent / "acme.yml"


class Site:
    """A host called web, which is this machine, with nginx; and the CA and the DNS that it uses."""

    def __init__(self, world: AcmeWorld, nginx: Nginx, folder: Path) -> None:
        self._world = world
        self._folder = folder
        self._port = free_ports(1)[0]
        self._inventory = folder / "hosts.json"
        local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
        self._inventory.write_text(json.dumps({"all": {"hosts": {"web": local}}}), encoding="utf-8")
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

    def visitors(self) -> Visitors:
        return Visitors(self._port, NAMES[0], self._world.pebble.root())

    def show(self) -> Page:
        try:
            page = self.visitors().visit()
        except OSError as error:
            raise DemoError(f"no page: {error}") from error
        print(f"  https://{NAMES[0]}: {page.status}, certificate {page.fingerprint[:16]}... by {page.issuer}")
        return page

    def leftovers(self) -> list[str]:
        return self._world.challenges(NAMES[0])


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
    visitors = site.visitors()
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
