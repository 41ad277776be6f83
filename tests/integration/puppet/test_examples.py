# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every example that needs a Puppet CA is run, as it stands but for the address of the CA and Puppet's directory."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.tlsops.certificates.plugins.module_utils import _x509 as x509
from support.examples import Tasks, examples_of, playbooks_in, run_playbook, tasks_in
from support.in_process import run_main
from support.modules import ROOT
from support.puppet_world import PuppetWorld

#: Those first that make what the others look at.
FIRST = ("puppet_certificate", "puppet_ca_sign")
MODULES = sorted(
    (ROOT / "plugins" / "modules").glob("puppet_*.py"), key=lambda path: (path.stem not in FIRST, -len(path.stem))
)
GUIDE = ROOT / "docs" / "guide.md"
ROLES = [ROOT / "roles" / name / "README.md" for name in ("puppet_certificates", "puppet_crl")]
#: Modules that speak with no CA: they prepare one, or a program.
LOCAL = ("puppet_ca_settings", "puppet_ca_setup", "puppet_crl_program")


def changes(ca: PuppetWorld, tasks: Tasks, variables: dict[str, Any]) -> int:
    play: dict[str, Any] = {"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": tasks}
    return run(ca, [play], variables)


def run(ca: PuppetWorld, playbook: Tasks, variables: dict[str, Any]) -> int:
    text = json.dumps(playbook).replace("https://puppet.example.com:8140", ca.server.url)
    return run_playbook(
        json.loads(text.replace("/etc/puppetlabs/puppet/ssl", str(ca.folder))), ca.folder, variables, {}
    )


def prepared(ca: PuppetWorld) -> dict[str, Any]:
    """Their CA server's files, a node that has a key already, another that is signed; the variables they leave open."""
    admin, key = ca.server.admin, x509.generate_key("EC_prime256v1")
    certificate, admin_key = Path(admin["client_cert"]).read_text(), Path(admin["client_key"]).read_text()
    for name, text in (
        ("certs/ca.pem", ca.server.ca_path.read_text()),
        ("certs/puppet.example.com.pem", certificate),
        ("private_keys/puppet.example.com.pem", admin_key),
        ("private_keys/web1.example.com.pem", key),
    ):
        path = ca.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        path.chmod(0o600)
    for name in ("web1.example.com", "old.example.com", "localhost"):
        ca.set_state(name, "revoked")
        ca.delete(name)
    ca.submit("old.example.com")
    ca.set_state("old.example.com", "signed")
    return {
        "puppet_ca_fingerprint": hashlib.sha256(ca.server.ca_path.read_bytes()).hexdigest(),
        "web1_fingerprint": x509.describe_key(key)[1],
    }


def a_server_without_ca(folder: Path) -> dict[str, str]:
    """What examples leave open of a server that has no CA yet."""
    places = {
        f"puppet_{name}": str(folder / "other" / name) for name in ("confdir", "server_confdir", "ssldir", "cadir")
    }
    for path in (Path(places["puppet_confdir"]), Path(places["puppet_server_confdir"], "conf.d")):
        path.mkdir(parents=True, exist_ok=True)
    return {**places, "puppet_challenge_password": "a password of web servers"}


def test_the_examples_work_and_change_nothing_again(ca: PuppetWorld) -> None:
    """All of them in one play."""
    tasks: Tasks = []
    for module in MODULES:
        examples = examples_of(module)
        assert any(f"tlsops.certificates.{module.stem}" in task for task in examples)
        tasks += examples
    tasks += tasks_in(GUIDE.read_text(encoding="utf-8"), puppet=True)
    variables = {**prepared(ca), **a_server_without_ca(ca.folder)}
    # Requested, signed and fetched; another cleaned, so that the lists are newer than those that came along; a program.
    # And another server's CA, with what it may sign.
    assert changes(ca, tasks, variables) == 8
    assert changes(ca, tasks, variables) == 0


def test_the_example_of_the_role_that_makes_a_ca_works_and_changes_nothing_again(ca: PuppetWorld) -> None:
    """Up to the CA's files: its server is started elsewhere."""
    (playbook,) = playbooks_in((ROOT / "roles" / "puppet_ca" / "README.md").read_text(encoding="utf-8"), puppet=True)
    places = a_server_without_ca(ca.folder)
    variables = {
        **{name.replace("puppet_", "puppet_ca_", 1): value for name, value in places.items() if "password" not in name},
        "puppet_challenge_password": places["puppet_challenge_password"],
        "puppet_ca_hosts": "localhost",
        "puppet_ca_packages": "none",
        "puppet_ca_service": "",
        "puppet_ca_autosign_program": str(ca.folder / "autosign"),
    }
    assert run(ca, playbook, variables) == 3
    assert run(ca, playbook, variables) == 0


def test_the_examples_of_the_roles_work_and_change_nothing_again(ca: PuppetWorld) -> None:
    """One after the other, on this host; nothing is given to its systemd."""
    playbooks = [playbook for page in ROLES for playbook in playbooks_in(page.read_text(encoding="utf-8"), puppet=True)]
    assert len(playbooks) == len(ROLES)
    plays = [play for playbook in playbooks for play in playbook]
    variables = {
        **prepared(ca),
        "puppet_certificates_hosts": "localhost",
        "puppet_certificates_admin_ssldir": str(ca.folder),
        "puppet_crl_hosts": "localhost",
        "puppet_crl_program": str(ca.folder / "fetch-crl"),
        "puppet_crl_unit_directory": str(ca.folder),
        "puppet_crl_start": False,
    }
    # Requested, signed, fetched and the handler's word; lists, program and units.
    assert run(ca, plays, variables) > 4
    assert run(ca, plays, variables) == 0


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_a_module_returns_the_documented_keys(ca: PuppetWorld, module: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    node = ca.enrolled()
    program = {**ca.server.options, "path": str(node.ssldir / "crl.pem")}
    server = {"certname": "puppet.example.com", "confdir": str(ca.folder), "cadir": str(ca.folder / "ca")}
    options: dict[str, dict[str, Any]] = {
        "puppet_certificate": {"certname": node.certname, "ssldir": str(node.ssldir)},
        "puppet_ca_sign": {**ca.server.admin, "certnames": [node.certname], "any_key": True},
        "puppet_ca_crl": {"path": str(node.ssldir / "crl.pem")},
        "puppet_ca_info": {**ca.server.admin, "certnames": [node.certname]},
        "puppet_crl_program": {"path": str(ca.folder / "program"), "options": program},
        "puppet_ca_settings": server,
        "puppet_ca_setup": server,
    }
    if module.stem in LOCAL:
        result = run_main(monkeypatch, module.stem, options[module.stem], check=True)
    else:
        result = ca.run(module.stem, {**ca.server.options, **options[module.stem]})
    documented = returned_by(module)
    assert result.result is not None
    assert sorted(documented) == sorted(result.result.keys() - {"changed", "invocation"})
    for name, value in documented.items():
        for entry in result[name] if "contains" in value else ():
            assert sorted(value["contains"]) == sorted(entry)


def returned_by(module: Path) -> dict[str, Any]:
    text = module.read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text.partition('RETURN = r"""')[2].partition('"""')[0])
    return found
