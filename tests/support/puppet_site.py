# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Nodes of a Puppet CA that are directories of this host, and the playbooks for them as a user runs them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .playbooks import Playbook, Run
from .puppet_config import CERTNAME
from .puppet_server import PuppetServer, Unmade


class PuppetSite:
    """The inventory has the CA, so that hosts learn from it where the CA is, and by what they can know it."""

    def __init__(self, server: PuppetServer | Unmade, folder: Path, certnames: list[str]) -> None:
        self.server = server
        self.folder = folder
        self.certnames = certnames
        hosts = {name: {"puppet_certificates_ssldir": str(folder / name), **self._crl(name)} for name in certnames}
        local = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
        groups = {"puppet_ca": {"hosts": {"localhost": {}}}, "nodes": {"hosts": hosts}}
        self.inventory = folder / "hosts.json"
        self.inventory.write_text(json.dumps({"all": {"children": groups, "vars": local}}), encoding="utf-8")
        self.variables: dict[str, Any] = {
            "puppet_certificates_hosts": "nodes",
            "puppet_certificates_become": False,
            "puppet_certificates_ca_port": server.port,
            "puppet_certificates_admin_ssldir": str(server.folder / "ssl"),
            "puppet_certificates_admin_certname": CERTNAME,
            "puppet_certificates_sign_become": False,
            "puppet_certificates_key_algorithm": "EC_prime256v1",
            "puppet_certificates_start_timeout": 0,
            "puppet_decommission_hosts": "nodes",
            "puppet_decommission_become": False,
            "puppet_crl_ca_port": server.port,
        }

    def _crl(self, name: str) -> dict[str, Any]:
        return {
            "puppet_crl_ssldir": str(self.folder / name),
            "puppet_crl_program": str(self.folder / name / "fetch-crl"),
            "puppet_crl_unit_directory": str(self.folder / name),
            "puppet_crl_start": False,
        }

    def switch_off(self, certname: str) -> None:
        """Nobody reaches this node any more."""
        self.give({certname: {"ansible_connection": "ssh", "ansible_host": "127.0.0.1", "ansible_port": 1}})

    def give(self, variables: dict[str, dict[str, Any]]) -> None:
        """Further ones in the inventory, by host."""
        inventory = json.loads(self.inventory.read_text(encoding="utf-8"))
        for certname, given in variables.items():
            inventory["all"]["children"]["nodes"]["hosts"][certname].update(given)
        self.inventory.write_text(json.dumps(inventory), encoding="utf-8")

    def playbook(self, name: str) -> Playbook:
        return Playbook(f"tlsops.certificates.{name}", None, self.folder, self.variables, str(self.inventory))

    def run(self, name: str, *flags: str, **variables: Any) -> Run:
        """Whatever comes of it, no key is shown."""
        run = self.playbook(name).run(*flags, **variables)
        assert "PRIVATE KEY" not in run.output
        assert "Traceback" not in run.output
        for key in self.folder.glob("*/private_keys/*"):
            for line in key.read_text(encoding="utf-8").splitlines()[1:-1]:
                assert line not in run.output, key
        return run

    def good(self, name: str, *flags: str, **variables: Any) -> Run:
        run = self.run(name, *flags, **variables)
        assert run.exit_code == 0, run.output
        return run

    def key(self, certname: str) -> Path:
        return self.folder / certname / "private_keys" / f"{certname}.pem"

    def pending_key(self, certname: str) -> Path:
        return Path(f"{self.key(certname)}.pending")

    def certificate(self, certname: str) -> Path:
        return self.folder / certname / "certs" / f"{certname}.pem"

    def ca(self, certname: str) -> Path:
        return self.folder / certname / "certs" / "ca.pem"

    def crl(self, certname: str) -> Path:
        return self.folder / certname / "crl.pem"
