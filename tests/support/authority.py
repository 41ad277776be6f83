# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A private CA of our own, for tests of what is done with certificates wherever they come from."""

from __future__ import annotations

import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

NOW = datetime.datetime(2026, 3, 2, tzinfo=datetime.timezone.utc)
PEM = serialization.Encoding.PEM


class Authority:
    """Its name, key and certificate; self-signed, or signed by ``parent``."""

    def __init__(self, name: str, parent: Authority | None = None, pss: bool = False) -> None:
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey = (
            rsa.generate_private_key(65537, 2048) if pss else ec.generate_private_key(ec.SECP256R1())
        )
        self._pss = pss
        self.certificate = (parent or self).sign(self.name, self.key.public_key(), ca=True)

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(PEM).decode()

    def sign(
        self,
        subject: x509.Name,
        public_key: object,
        days: float = 30,
        ca: bool = False,
        start: datetime.datetime = NOW,
        extensions: x509.Extensions | None = None,
    ) -> x509.Certificate:
        builder = (
            x509.CertificateBuilder(subject_name=subject, issuer_name=self.name, public_key=public_key)  # type: ignore[arg-type]
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(start + datetime.timedelta(days=days))
        )
        if ca:
            builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        for extension in extensions or ():
            builder = builder.add_extension(extension.value, extension.critical)
        if self._pss:
            return builder.sign(self.key, hashes.SHA256(), rsa_padding=padding.PSS(padding.MGF1(hashes.SHA256()), 32))
        return builder.sign(self.key, hashes.SHA256())

    def issue(self, csr: str, days: float = 30, start: datetime.datetime = NOW) -> str:
        """The certificate for a CSR, with all that it asks for."""
        request = x509.load_pem_x509_csr(csr.encode())
        signed = self.sign(request.subject, request.public_key(), days, start=start, extensions=request.extensions)
        return signed.public_bytes(PEM).decode()
