# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where a node keeps its key and certificate, and which CA it trusts at first."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils import _chains as chains
from ansible_collections.tlsops.certificates.plugins.module_utils import _x509 as x509
from support.puppet_world import Node, PuppetWorld


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_without_the_ca_or_its_fingerprint_nobody_is_trusted(ca: PuppetWorld) -> None:
    node = ca.node()
    ca_file = node.ssldir / "certs" / "ca.pem"
    bundle = ca_file.read_text()
    issuing, root = (x509.describe_certificate(each) for each in chains.split(bundle))
    ca_file.unlink()
    assert "nothing says which CA to trust" in ca.enrol(node)["msg"]
    assert "another CA, or somebody in between" in ca.enrol(node, ca_fingerprint="00" * 32)["msg"]
    assert "isn't a root" in ca.enrol(node, ca_fingerprint=issuing.fingerprint)["msg"]
    assert not ca_file.exists()
    assert ca.state(node.certname) is None
    colons = ":".join(root.fingerprint[at : at + 2] for at in range(0, 64, 2)).upper()
    assert ca.enrol(node, ca_fingerprint=f"SHA256 Fingerprint={colons}")["phase"] == "Requesting"
    assert ca_file.read_text() == bundle
    whole_file = hashlib.sha256(bundle.encode()).hexdigest()
    assert not ca.enrol(node, ca_fingerprint=whole_file)["changed"]
    assert ca.enrol(node, ca_fingerprint="00" * 32).failed


def test_absent_removes_what_is_here_and_leaves_the_ca_alone(ca: PuppetWorld) -> None:
    node = ca.enrolled()
    assert ca.enrol(node, state="absent", check=True, diff=True)["changed"]
    assert node.key.exists()
    assert ca.enrol(node, state="absent")["changed"]
    assert sorted(path.name for path in node.ssldir.rglob("*.pem")) == ["ca.pem", "crl.pem"]
    assert not ca.enrol(node, state="absent")["changed"]
    assert ca.state(node.certname) == "signed"


def test_a_key_that_cannot_be_read_is_not_replaced(ca: PuppetWorld) -> None:
    node = ca.node()
    node.key.parent.mkdir()
    node.key.write_text("something else")
    result = ca.enrol(node)
    assert "isn't a private key" in result["msg"]
    assert node.key.read_text() == "something else"


def test_a_key_that_others_can_read_is_put_right_and_what_puppet_sets_is_left(ca: PuppetWorld) -> None:
    node = ca.enrolled()
    node.key.chmod(0o640)
    assert not ca.enrol(node)["changed"]
    node.key.chmod(0o644)
    assert ca.enrol(node, check=True)["changed"]
    assert ca.enrol(node)["changed"]
    assert mode(node.key) == 0o640
    assert ca.enrol(node, mode="0600")["changed"]
    assert mode(node.key) == 0o600
    assert not ca.enrol(node, mode="0600")["changed"]


def test_paths_of_ones_own(ca: PuppetWorld) -> None:
    node = ca.node("autosign.test")
    own = ca.folder / "service"
    paths = {name: str(own / f"{name}.pem") for name in ("key_path", "certificate_path", "crl_path")}
    result = ca.enrol(node, **paths, ca_path=str(node.ssldir / "certs" / "ca.pem"))
    assert result["phase"] == "Signed"
    assert sorted(path.name for path in own.iterdir()) == ["certificate_path.pem", "crl_path.pem", "key_path.pem"]


def test_every_fault_of_the_options_is_said_at_once(ca: PuppetWorld) -> None:
    node = Node("Upper.test", ca.folder)
    options = {
        "ca_url": "http://localhost",
        "ca_fingerprint": "12:34",
        "client_cert": "/nowhere.pem",
        "subject_alternative_names": ["user@example.com"],
        "extension_requests": {"pp_rôle": "web", "pp_cli_auth": "true"},
        "renew_before": "soon",
        "wait_timeout": 0,
        "cert_ttl": -5,
        "owner": "no-such-user",
    }
    result = ca.enrol(node, **options)
    assert len(result["faults"]) == 11, result["faults"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to others")
def test_files_belong_to_the_owner_of_puppets_directory(ca: PuppetWorld) -> None:
    node = ca.node("autosign.test")
    os.chown(node.ssldir, 1234, 2345)
    ca.enrol(node)
    for path in (node.key, node.certificate, node.ssldir / "crl.pem", node.key.parent):
        assert (path.stat().st_uid, path.stat().st_gid) == (1234, 2345), path
    other = ca.node("autosign.test")
    ca.enrol(other, owner="4321", mode="0640")
    assert (other.key.stat().st_uid, mode(other.key)) == (4321, 0o640)
