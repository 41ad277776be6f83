# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Puppet CA of a test, the nodes that are there, and what others do behind their backs."""

from __future__ import annotations

import dataclasses
import itertools
import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils import _x509 as x509
from ansible_collections.tlsops.certificates.plugins.module_utils._puppet import crl, csr

from .in_process import run_main
from .modules import ModuleResult
from .puppet_server import PuppetServer

_numbers = itertools.count()


@dataclasses.dataclass(frozen=True)
class Node:
    """A name that no other test has, and a directory as Puppet's agent has one."""

    certname: str
    ssldir: Path

    @property
    def key(self) -> Path:
        return self.ssldir / "private_keys" / f"{self.certname}.pem"

    @property
    def pending_key(self) -> Path:
        return Path(f"{self.key}.pending")

    @property
    def certificate(self) -> Path:
        return self.ssldir / "certs" / f"{self.certname}.pem"

    @property
    def any_key(self) -> str:
        return (self.pending_key if self.pending_key.exists() else self.key).read_text()

    @property
    def fingerprint(self) -> str:
        return x509.describe_key(self.any_key)[1]


class PuppetWorld:
    def __init__(self, server: PuppetServer, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.server = server
        self.folder = folder
        self._monkeypatch = monkeypatch

    def run(self, module: str, options: dict[str, Any], **flags: bool) -> ModuleResult:
        impatient = {} if module == "puppet_crl_program" else {"start_timeout": 0}
        result = run_main(self._monkeypatch, module, {**impatient, **options}, **flags)
        assert "PRIVATE KEY" not in result.stdout + result.stderr
        return result

    def node(self, domain: str = "node.test") -> Node:
        """It has the CA's certificates, as by a golden image."""
        certname = f"n{os.getpid()}-{next(_numbers)}.{domain}"
        node = Node(certname, self.folder / certname)
        (node.ssldir / "certs").mkdir(parents=True)
        (node.ssldir / "certs" / "ca.pem").write_text(self.server.ca_path.read_text())
        return node

    def enrol(self, node: Node, check: bool = False, diff: bool = False, **options: Any) -> ModuleResult:
        """As the node itself, without waiting."""
        given = {
            "ca_url": self.server.url,
            "certname": node.certname,
            "ssldir": str(node.ssldir),
            "key_algorithm": "EC_prime256v1",
            "wait": False,
            **options,
        }
        return self.run("puppet_certificate", given, check=check, diff=diff)

    def sign(self, *nodes: Node, check: bool = False, diff: bool = False, **options: Any) -> ModuleResult:
        """As the administrator, with the fingerprints that the nodes have."""
        names = [node.certname for node in nodes]
        given = {**self.server.options, **self.server.admin, "certnames": names, **options}
        if "expected_fingerprints" not in given and "any_key" not in given and given.get("state") is None:
            given["expected_fingerprints"] = {node.certname: node.fingerprint for node in nodes}
        return self.run("puppet_ca_sign", given, check=check, diff=diff)

    def enrolled(self, **options: Any) -> Node:
        """A node that has its certificate."""
        node = self.node()
        for step in (lambda: self.enrol(node, **options), lambda: self.sign(node), lambda: self.enrol(node, **options)):
            result = step()
            assert not result.failed, result.result
        return node

    def turns_away(self, node: Node) -> bool:
        """Whether the server doesn't speak with the node any more; it reads its lists again within a moment."""
        own = {"client_cert": str(node.certificate), "client_key": str(node.key)}
        for attempt in range(20):
            time.sleep(0.2 if attempt else 0)
            said = self.run("puppet_ca_info", {**self.server.options, **own})["msg"]
            if "was revoked" in said:
                return True
        return False

    def has_revoked(self, node: Node) -> bool:
        """Whether the CA's list has the certificate that the node has."""
        certificate = x509.load_certificate(node.certificate.read_text())
        return crl.revokes(crl.read(self.server.request("GET", "certificate_revocation_list/ca")[1]), certificate)

    # What others do.

    def submit(self, certname: str, key: str | None = None, **wanted: Any) -> str:
        """Somebody's request, by the bare API; the key it is for."""
        key = key or x509.generate_key("EC_prime256v1")
        request = csr.build(csr.WantedRequest(certname, **wanted), key)
        self.server.request("PUT", f"certificate_request/{certname}", request)
        return key

    def set_state(self, certname: str, state: str, **more: Any) -> int:
        """``signed`` or ``revoked``, by an administrator who looks at nothing."""
        body = json.dumps({"desired_state": state, **more})
        return self.server.request("PUT", f"certificate_status/{certname}", body, admin=True)[0]

    def delete(self, certname: str) -> int:
        return self.server.request("DELETE", f"certificate_status/{certname}", admin=True)[0]

    def state(self, certname: str) -> str | None:
        status, body = self.server.request("GET", f"certificate_status/{certname}", admin=True)
        return json.loads(body)["state"] if status == 200 else None

    def certificate_key(self, certname: str) -> str:
        """Fingerprint of the key in the certificate that the CA has."""
        status, body = self.server.request("GET", f"certificate/{certname}")
        assert status == 200, body
        return x509.describe_certificate(x509.load_certificate(body)).public_key
