# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbooks for nodes of a Puppet CA as a user runs them: each node is a directory of this host."""

from __future__ import annotations

import itertools
import os
import re
import shutil
import signal
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils import _x509 as x509
from ansible_collections.tlsops.certificates.plugins.module_utils._puppet import crl
from support.puppet_relay import Asked, Reply, relayed
from support.puppet_site import PuppetSite
from support.puppet_world import Node, PuppetWorld

_numbers = itertools.count()

Build = Callable[..., PuppetSite]


@pytest.fixture
def build(ca: PuppetWorld) -> Build:
    """A site of nodes that no other test has."""

    def made(count: int = 1) -> PuppetSite:
        names = [f"r{os.getpid()}-{next(_numbers)}.role.test" for _each in range(count)]
        return PuppetSite(ca.server, ca.folder, names)

    return made


def check(site: PuppetSite, name: str) -> x509.CertificateFacts:
    """Key and certificate belong together, and only the owner reads the key."""
    facts = x509.describe_certificate(x509.load_certificate(site.certificate(name).read_text()))
    assert facts.public_key == x509.describe_key(site.key(name).read_text())[1]
    assert stat.S_IMODE(site.key(name).stat().st_mode) == 0o600
    return facts


def test_nodes_get_their_certificates_and_the_second_run_changes_nothing(ca: PuppetWorld, build: Build) -> None:
    site = build(3)
    web = {"puppet_certificates_subject_alternative_names": "www.role.test, 192.0.2.1"}
    predicted = site.good("puppet_certificates", "--check", "--diff", **web)
    assert not (site.folder / site.certnames[0]).exists()
    assert "Say what would be signed after that" in predicted.output
    # Each node submits and installs, and the CA signs.
    assert predicted.changed == 2 * len(site.certnames) + 1
    first = site.good("puppet_certificates", "-vvv", **web)
    assert first.changed == predicted.changed
    for name in site.certnames:
        assert set(check(site, name).names.alternative) == {f"DNS:{name}", "DNS:www.role.test", "IP:192.0.2.1"}
        assert ca.server.issued(name) == 1
    again = site.good("puppet_certificates", "--diff", **web)
    assert again.changed == 0, again.output
    assert site.good("puppet_certificates", "--limit", site.certnames[0], **web).tasks == again.tasks


def test_a_request_that_was_exchanged_is_not_signed(ca: PuppetWorld, build: Build) -> None:
    """After its submission, when the CA's side begins; and the node that is in order gets its certificate."""
    site = build(2)
    stolen, other = site.certnames

    def exchange(asked: Asked) -> None:
        if asked.path.startswith("certificate_statuses"):
            ca.delete(stolen)
            ca.submit(stolen)

    with relayed(ca.server, exchange) as relay:
        run = site.run("puppet_certificates", puppet_certificates_ca_url=relay.url)
    assert run.exit_code != 0
    assert "isn't one of expected_fingerprints" in run.output
    assert ca.state(stolen) == "requested"
    assert not site.certificate(stolen).exists()
    check(site, other)


def killing(
    ca: PuppetWorld, method: str, path: str, process: list[subprocess.Popen[str]]
) -> Callable[[Asked], Reply | None]:
    """A relay's answer: the request is passed on, and the play that has made it killed."""
    name = path.rpartition("/")[2]

    def kill(asked: Asked) -> Reply | None:
        if (asked.method, asked.path) != (method, path) or (method == "GET" and not ca.state(name)):
            return None
        ca.server.request(method, asked.path, asked.body or None, asked.admin)
        os.killpg(process[0].pid, signal.SIGKILL)
        return Reply(500)

    return kill


@pytest.mark.slow
def test_a_play_that_is_killed_is_finished_by_the_next(ca: PuppetWorld, build: Build) -> None:
    """With SIGKILL, when the node submits, when the CA signs, and when the certificate is fetched; answers are lost."""
    site = build()
    [name] = site.certnames
    keys = set()
    for method, path in (("PUT", "certificate_request/"), ("PUT", "certificate_status/"), ("GET", "certificate/")):
        process: list[subprocess.Popen[str]] = []
        with relayed(ca.server, killing(ca, method, path + name, process)) as relay:
            process.append(site.playbook("puppet_certificates").start(puppet_certificates_ca_url=relay.url))
            process[0].communicate(timeout=120)
        assert process[0].returncode == -signal.SIGKILL
        keys.add(site.pending_key(name).read_text())
    site.good("puppet_certificates")
    check(site, name)
    assert keys == {site.key(name).read_text()}
    assert ca.server.issued(name) == 1


def test_a_node_that_has_lost_its_key_gets_another_certificate_if_that_is_wanted(ca: PuppetWorld, build: Build) -> None:
    site = build()
    [name] = site.certnames
    site.good("puppet_certificates")
    old = check(site, name)
    site.key(name).unlink()
    refused = site.run("puppet_certificates")
    assert refused.exit_code != 0
    assert "does not match the key here" in refused.output
    site.good("puppet_certificates", puppet_certificates_replace="due, lost")
    assert check(site, name).serial != old.serial
    lists = crl.read(ca.server.request("GET", "certificate_revocation_list/ca")[1])
    assert crl.lists_serial(lists, old.issuer, int(old.serial, 16))
    assert ca.server.issued(name) == 2


def test_two_hosts_with_one_name_are_refused_before_anything_is_asked(ca: PuppetWorld, build: Build) -> None:
    site = build(2)
    run = site.run("puppet_certificates", puppet_certificates_certname="same.role.test")
    assert run.exit_code != 0
    assert "same.role.test, same.role.test" in run.output
    assert ca.state("same.role.test") is None


def test_what_is_wrong_is_said_before_anything_is_asked(build: Build) -> None:
    """A typing error on one host; and on the other the directory of another package, where the CA's file isn't."""
    site = build(2)
    typo, elsewhere = site.certnames
    site.give({typo: {"puppet_certificates_replace": "due, lots"}})
    run = site.run("puppet_certificates", puppet_certificates_admin_ssldir="/nowhere")
    assert run.exit_code != 0
    assert "puppet_certificates_replace takes due, expired, revoked, lost, differs, and not lots" in run.output
    assert "there is no file /nowhere/certs/ca.pem on localhost" in run.output
    assert not list(site.folder.glob(f"{elsewhere}/private_keys/*"))


def test_a_node_goes_and_the_others_hear_of_it(ca: PuppetWorld, build: Build) -> None:
    site = build(2)
    old, other = site.certnames
    site.good("puppet_certificates", puppet_crl_interval="1h")
    facts = check(site, old)
    node = Node(old, site.folder / "kept")
    shutil.copytree(site.folder / old, node.ssldir)
    for bad in ([], "*.role.test"):
        run = site.run("puppet_decommission", puppet_decommission_certnames=bad)
        assert run.exit_code != 0
        assert "has to name each node" in run.output
        assert run.output.count("PLAY [") == 1
    predicted = site.good("puppet_decommission", "--check", "--diff", puppet_decommission_certnames=[old])
    assert predicted.changed == 2
    assert ca.state(old) == "signed"
    assert site.good("puppet_decommission", puppet_decommission_certnames=old).changed == 3
    assert ca.state(old) is None
    assert ca.turns_away(node)
    assert not site.key(old).exists()
    assert not site.certificate(old).exists()
    check(site, other)
    assert crl.lists_serial(crl.read(site.crl(other).read_text()), facts.issuer, int(facts.serial, 16))
    site.switch_off(old)
    again = site.good("puppet_decommission", puppet_decommission_certnames=[old])
    assert again.changed == 0, again.output


def test_a_timer_fetches_revocation_lists_without_ansible(ca: PuppetWorld, build: Build) -> None:
    site = build()
    [name] = site.certnames
    site.good("puppet_certificates", puppet_crl_interval="30min")
    folder = site.folder / name
    units = [str(folder / f"tlsops-puppet-crl.{kind}") for kind in ("service", "timer")]
    if shutil.which("systemd-analyze"):
        verified = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
        assert (verified.returncode, verified.stderr) == (0, "")
    command = re.findall(r"^ExecStart=\"(.*)\"$", Path(units[0]).read_text(), re.MULTILINE)
    gone = ca.enrolled()
    ca.set_state(gone.certname, "revoked")
    done = subprocess.run(command, env={"PATH": "/usr/bin"}, cwd="/", capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "was replaced by newer lists" in done.stdout
    assert site.crl(name).read_text() == ca.server.request("GET", "certificate_revocation_list/ca")[1]
    assert site.good("puppet_certificates", puppet_crl_interval="30min").changed == 0
    site.crl(name).unlink()
    (folder / "certs" / "ca.pem").unlink()
    failed = subprocess.run(command, env={"PATH": "/usr/bin"}, capture_output=True, text=True, check=False)
    assert failed.returncode == 1
    assert "nothing says which CA to trust" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert site.good("puppet_certificates", puppet_crl_interval="").changed > 0
    assert [path.name for path in folder.glob("*fetch-crl*")] == []
    assert not Path(units[1]).exists()
