# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificates in directories, as the modules keep them, without anybody who issues them."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Sequence
from pathlib import Path

from ansible_collections.tlsops.certificates.plugins.module_utils._chains import order
from ansible_collections.tlsops.certificates.plugins.module_utils._files import Rights
from ansible_collections.tlsops.certificates.plugins.module_utils._kept_certificates import (
    CertificateDirectory,
    Kept,
    Pending,
    Request,
)
from ansible_collections.tlsops.certificates.plugins.module_utils._subject_names import SubjectNames
from ansible_collections.tlsops.certificates.plugins.module_utils._x509 import build_csr, generate_key
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from .authority import Authority

_PLAIN = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
DAY = datetime.timedelta(days=1)


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)


class Issuer:
    """A root and a CA below it, which sign for any directory. They began yesterday."""

    def __init__(self, root: str = "Test Root", name: str = "Test CA") -> None:
        self.root = Authority(root)
        self.authority = Authority(name, self.root)

    def keep(
        self,
        directory: Path,
        *names: str,
        algorithm: str = "EC_prime256v1",
        days: float = 30,
        start: datetime.datetime | None = None,
        usages: Sequence[str] = ("server_auth", "client_auth"),
        issuer: str | None = "arn:aws:acm-pca:eu-west-1:111111111111:certificate-authority/1",
        root: bool = True,
    ) -> Path:
        """A new key and certificate take the place of those that are there."""
        start = start or now() - DAY
        key = generate_key(algorithm)
        csr = build_csr(key, SubjectNames((), tuple(f"DNS:{name}" for name in names)), usages)
        texts = [self.authority.issue(csr, days, start), self.authority.pem, *([self.root.pem] if root else [])]
        request = Request(csr, issuer, start, start + days * DAY)
        CertificateDirectory(str(directory), Rights()).install(Pending(request, key), order("".join(texts)))
        return directory


def age(directory: Path, by: float, days: float) -> x509.Certificate:
    """The certificate that is there, with its key, as if it had come so many days ago and were good for ``days``."""
    place, authority = CertificateDirectory(str(directory), Rights()), Authority("Test CA of those days")
    kept = place.read_current()
    assert isinstance(kept, Kept), kept
    assert kept.request is not None
    young, start = x509.load_pem_x509_certificate(kept.chain.leaf.encode()), now() - by * DAY
    aged = authority.sign(young.subject, young.public_key(), days, start=start, extensions=young.extensions)
    request = dataclasses.replace(kept.request, requested_at=start)
    text = aged.public_bytes(serialization.Encoding.PEM).decode() + authority.pem
    place.install(Pending(request, place.current_key()), order(text))
    return aged


def self_signed(directory: Path, name: str) -> Path:
    """As another client keeps them: plain files."""
    authority = Authority(name)
    certificate = authority.sign(authority.name, authority.key.public_key(), start=now() - DAY)
    directory.mkdir(parents=True)
    (directory / "privkey.pem").write_bytes(authority.key.private_bytes(*_PLAIN))
    (directory / "fullchain.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return directory
