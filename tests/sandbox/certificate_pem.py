# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""X.509 for the certificates: real PEM, made only when somebody asks for it."""

from __future__ import annotations

import functools
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from .clock import utc
from .errors import AwsError

if TYPE_CHECKING:
    from .acm_certificates import Certificate


@functools.cache
def _authority() -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    """One certificate authority and, as ACM never hands out keys, one key for all leaves."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Sandbox CA")])
    now = datetime.now(timezone.utc)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    return key, certificate


@functools.cache
def leaf_key(algorithm: str) -> ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey:
    if algorithm.startswith("RSA_"):
        return rsa.generate_private_key(65537, max(2048, int(algorithm[4:])))
    curves: dict[str, ec.EllipticCurve] = {"EC_secp384r1": ec.SECP384R1(), "EC_secp521r1": ec.SECP521R1()}
    return ec.generate_private_key(curves.get(algorithm, ec.SECP256R1()))


def pem_of(certificate: Certificate) -> tuple[str, str]:
    """Body and chain of an issued certificate, with the names, serial and dates Describe shows."""
    key, authority = _authority()
    built = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, certificate.names[0])]))
        .issuer_name(authority.subject)
        .public_key(leaf_key(certificate.key_algorithm).public_key())
        .serial_number(int((certificate.serial or "01").replace(":", ""), 16))
        .not_valid_before(utc(certificate.not_before or 0.0))
        .not_valid_after(utc(certificate.not_after or 0.0))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in certificate.names]), critical=False)
        .sign(key, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    return built.public_bytes(encoding).decode(), authority.public_bytes(encoding).decode()


def read_certificate(body: bytes, private_key: bytes) -> dict[str, Any]:
    """What ACM reads from an imported certificate; the key must belong to it (ACM guide, import prerequisites)."""
    try:
        certificate = x509.load_pem_x509_certificate(body)
        key = serialization.load_pem_private_key(private_key, None)
    except (ValueError, TypeError) as error:
        raise AwsError("ValidationException", f"The certificate or its key is not valid: {error}") from error
    public = certificate.public_key()
    form = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    if public.public_bytes(*form) != key.public_key().public_bytes(*form):
        raise AwsError("ValidationException", "The private key does not match the certificate.")
    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        names = extension.value.get_values_for_type(x509.DNSName)
    except x509.ExtensionNotFound:
        names = []
    common = [str(item.value) for item in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    serial = f"{certificate.serial_number:032x}"
    return {
        "names": tuple(dict.fromkeys([*common, *names])),
        "serial": ":".join(serial[i : i + 2] for i in range(0, len(serial), 2)),
        "not_before": certificate.not_valid_before_utc.timestamp(),
        "not_after": certificate.not_valid_after_utc.timestamp(),
        "key_algorithm": _algorithm(public),
    }


def _algorithm(public: Any) -> str:
    if isinstance(public, ec.EllipticCurvePublicKey):
        return {"secp256r1": "EC_prime256v1"}.get(public.curve.name, f"EC_{public.curve.name}")
    if isinstance(public, rsa.RSAPublicKey):
        return f"RSA_{public.key_size}"
    raise AwsError("ValidationException", "The key algorithm is not supported.")
