# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The demo of Puppet CAs: a real Puppet Server on this machine, and three nodes, which are directories.

Run it with ``make demo-puppet``.
"""

from __future__ import annotations

import contextlib
import http.client
import ssl
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from support.puppet_server import JAR, Unmade
from support.puppet_site import PuppetSite

from demo.stage import DemoError, execute, perform, say

NODES = ["web1.example.com", "web2.example.com", "db1.example.com"]
GOES = "web2.example.com"
#: Puppet Server reads its own revocation list again within a moment.
SECONDS = 10.0


def run(site: PuppetSite, name: str, **variables: Any) -> int:
    """How much the run changed."""
    command, environment = site.playbook(name).command(**variables)
    shown = "".join(f" -e {key}={value}" for key, value in variables.items())
    say(f"$ ansible-playbook tlsops.certificates.{name} -i {site.inventory}{shown}")
    changed = execute(command, {**environment, "ANSIBLE_FORCE_COLOR": str(int(sys.stdout.isatty()))})
    print(f"changed={changed}")
    return changed


def speaks(site: PuppetSite, certname: str) -> str:
    """What comes of a connection with the node's certificate, to a route that is open to every valid one."""
    context = ssl.create_default_context(cafile=str(site.ca(certname)))
    context.load_cert_chain(site.certificate(certname), site.key(certname))
    connection = http.client.HTTPSConnection("localhost", site.server.port, context=context, timeout=30)
    with contextlib.closing(connection):
        try:
            connection.request("GET", "/puppet-ca/v1/expirations")
            return f"HTTP {connection.getresponse().status}"
        except (OSError, http.client.HTTPException) as error:
            return f"turned away ({type(error).__name__})"


def expect(site: PuppetSite, certname: str, wanted: str) -> None:
    end = time.monotonic() + SECONDS
    while not (found := speaks(site, certname)).startswith(wanted):
        if time.monotonic() > end:
            raise DemoError(f"{certname}: {found}, and not {wanted}")
        time.sleep(0.2)
    print(f"  {certname}: {found}")


def demonstrate(site: PuppetSite) -> None:
    if not run(site, "puppet_certificates"):
        raise DemoError("the first run changed nothing")
    say("Each node speaks with the server, by its own certificate:")
    for certname in NODES:
        expect(site, certname, "HTTP 200")
    say("All of it again: nothing changes.")
    if run(site, "puppet_certificates"):
        raise DemoError("the second run changed something")

    say(f"{GOES} goes. Its files are kept aside, as a thief would.")
    thief = PuppetSite(site.server, _made(site.folder / "thief"), NODES)
    for path in (site.ca(GOES), site.certificate(GOES), site.key(GOES)):
        copy = thief.folder / path.relative_to(site.folder)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    before = site.crl(NODES[0]).read_text(encoding="utf-8")
    run(site, "puppet_decommission", puppet_decommission_certnames=GOES)
    say("With what it had, nobody gets in any more; the others go on, and have a newer revocation list:")
    expect(thief, GOES, "turned away")
    for certname in set(NODES) - {GOES}:
        expect(site, certname, "HTTP 200")
        if site.crl(certname).read_text(encoding="utf-8") == before:
            raise DemoError(f"{certname} has the old revocation list")


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def show() -> None:
    if not Path(JAR).exists():
        raise DemoError("this system has no Puppet Server (tests/tools/debian-packages.txt)")
    with tempfile.TemporaryDirectory(prefix="tlsops-demo-") as name, Unmade(_made(Path(name) / "server")) as unmade:
        site = PuppetSite(unmade, _made(Path(name) / "site"), NODES)
        site.variables.update(unmade.variables)
        say("A Puppet Server that is installed, and has no CA yet. It gets one, and is started; that takes a minute.")
        if not run(site, "puppet_ca"):
            raise DemoError("no CA was made")
        say("The same again: a CA is made once.")
        if run(site, "puppet_ca"):
            raise DemoError("the second run changed something")
        demonstrate(site)


if __name__ == "__main__":
    sys.exit(perform(show, "Puppet Server"))
