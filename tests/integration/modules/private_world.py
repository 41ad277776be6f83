# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificates from a private CA that are kept below a folder, and what can be asked of them there."""

from __future__ import annotations

import datetime
import os
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils import _runner
from aws_world import World
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID
from support.modules import ModuleResult

DAY = 86400
FILES = ("privkey.pem", "cert.pem", "chain.pem", "fullchain.pem", "ca.pem")
#: Beginnings of what must never be seen outside of a file.
SECRETS = ("PRIVATE KEY", "MHcCAQEE", "MIGHAgEAMBM")


class PrivateWorld:
    """A private CA, and certificates from it in folders. The modules live on the sandbox's clock in every respect."""

    def __init__(self, world: World, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.world, self.sandbox, self.folder = world, world.sandbox, folder
        self.sandbox.configure(private_issue_delay=1)
        self.ca = self.sandbox.certificate_authority(subordinate=True, crl_bucket="crls")
        monkeypatch.setattr(_runner.Runner, "now", property(lambda dummy_runner: self.now))

    @property
    def now(self) -> datetime.datetime:
        return datetime.datetime.fromtimestamp(self.sandbox.now(), tz=datetime.timezone.utc)

    def wish(self, name: str = "db", **options: Any) -> dict[str, Any]:
        return {
            "directory": str(self.folder / name),
            "common_name": f"{name}.internal",
            "subject_alternative_names": [f"{name}.internal"],
            "key_algorithm": "EC_prime256v1",
            **options,
        }

    def issue(self, name: str = "db", *, check: bool = False, diff: bool = False, **options: Any) -> ModuleResult:
        given = {"certificate_authority_arn": self.ca, **self.wish(name), **options}
        present = {key: value for key, value in given.items() if value is not None}
        return self.run("acm_pca_certificate", check=check, diff=diff, **present)

    def issue_all(self, entries: list[dict[str, Any]], **options: Any) -> ModuleResult:
        given = {"certificate_authority_arn": self.ca, **options}
        return self.run("acm_pca_certificates", certificates=entries, **given)

    def revoke(self, **options: Any) -> ModuleResult:
        return self.run("acm_pca_certificate", state="revoked", **options)

    def run(self, module: str, **options: Any) -> ModuleResult:
        """As World.run; and whatever a test is about, no key may be in what a module says."""
        result = self.world.run(module, **options)
        said = result.stdout + result.stderr
        assert not [secret for secret in SECRETS if secret in said], said
        return result

    def counted(self) -> dict[str, int]:
        return self.world.counted()

    def issued(self) -> int:
        """How many certificates the CA has issued in all."""
        return sum(each["Issued"] for each in self.sandbox.certificate_authorities() if each["Arn"] == self.ca)

    def kept(self, name: str = "db") -> Kept:
        return Kept(self.folder / name, self.sandbox.now)


class Kept:
    """What is in a certificate's directory, as those see it who follow its links."""

    def __init__(self, path: Path, now: Callable[[], float]) -> None:
        self.path = path
        self._now = now

    def read(self, name: str) -> bytes:
        return (self.path / name).read_bytes()

    @property
    def certificate(self) -> x509.Certificate:
        return x509.load_pem_x509_certificate(self.read("cert.pem"))

    @property
    def names(self) -> list[str]:
        found = self.certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        return [str(each.value) for each in found]

    @property
    def usages(self) -> set[str]:
        """Of the extended key usage, as OpenSSL calls them."""
        found = self.certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        return {each._name for each in found}

    def check(self, purpose: str | None = None) -> None:
        """Key and certificate belong together, and OpenSSL finds the way to the root."""
        self.check_pair()
        for name in FILES:
            mode = os.stat(self.path / name).st_mode
            assert stat.S_IMODE(mode) == 0o600, f"{name}: {mode:o}"
        self.verify(purpose)

    def check_pair(self) -> None:
        key = serialization.load_pem_private_key(self.read("privkey.pem"), None)
        assert key.public_key() == self.certificate.public_key()
        assert self.read("fullchain.pem").startswith(self.read("cert.pem"))

    def verify(self, purpose: str | None = None, crl: Path | None = None) -> None:
        """By OpenSSL, at the time of the sandbox."""
        command = ["openssl", "verify", "-x509_strict", "-CAfile", "ca.pem", "-attime", str(int(self._now()) + 1)]
        # A certificate that the root itself has signed has none between.
        command += ["-untrusted", "chain.pem"] if self.read("chain.pem") else []
        command += ["-purpose", purpose] if purpose else []
        command += ["-crl_check", "-CRLfile", str(crl)] if crl else []
        done = subprocess.run([*command, "cert.pem"], cwd=self.path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def csr(key: Any, *names: str, common_name: str | None = None) -> str:
    """A request in PEM."""
    subject = [x509.NameAttribute(NameOID.COMMON_NAME, common_name)] if common_name else []
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(subject))
    if names:
        alternative = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
        # RFC 5280, 4.2.1.6: critical where there is no subject.
        builder = builder.add_extension(alternative, critical=not subject)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()
