# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keys, requests and signatures of private CAs."""

from __future__ import annotations

from functools import cache
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from .errors import AwsError

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
CURVES: dict[str, ec.EllipticCurve] = {
    "EC_prime256v1": ec.SECP256R1(),
    "EC_secp384r1": ec.SECP384R1(),
    "EC_secp521r1": ec.SECP521R1(),
}
HASHES: dict[str, hashes.HashAlgorithm] = {
    "SHA256": hashes.SHA256(),
    "SHA384": hashes.SHA384(),
    "SHA512": hashes.SHA512(),
}
# "CSR: a maximum of 32 KB" is the model's; keys below are what the Private CA guide supports.
SMALLEST_RSA_KEY = 2048


@cache
def private_key(algorithm: str, number: int) -> PrivateKey:
    """The key of this number; `number` only tells keys of one algorithm apart."""
    if algorithm in CURVES:
        return ec.generate_private_key(CURVES[algorithm])
    if algorithm.startswith("RSA_"):
        return rsa.generate_private_key(65537, int(algorithm.removeprefix("RSA_")))
    raise AwsError("NotImplemented", f"The sandbox has no keys of {algorithm}", 501)


def family(key: PrivateKey) -> str:
    return "RSA" if isinstance(key, rsa.RSAPrivateKey) else "ECDSA"


def check_signing_algorithm(algorithm: str, key: PrivateKey) -> None:
    """ "The specified signing algorithm family (RSA or ECDSA) must match the algorithm family of the CA's secret key"
    (API model, IssueCertificateRequest)."""
    wanted = algorithm.partition("WITH")[2].removesuffix("_PSS")
    if wanted != family(key):
        raise AwsError(
            "InvalidArgsException",
            f"The signing algorithm {algorithm} does not match the key algorithm family of the certificate authority.",
        )


def signed(builder: Any, key: PrivateKey, algorithm: str) -> Any:
    """What the builder builds, signed with one of AWS's algorithms, such as SHA256WITHRSA_PSS."""
    digest, dummy, scheme = algorithm.partition("WITH")
    options: dict[str, Any] = {}
    if scheme == "RSA_PSS":
        options["rsa_padding"] = padding.PSS(padding.MGF1(HASHES[digest]), padding.PSS.DIGEST_LENGTH)
    return builder.sign(key, HASHES[digest], **options)


def pem(item: x509.Certificate | x509.CertificateRevocationList | x509.CertificateSigningRequest) -> str:
    return item.public_bytes(serialization.Encoding.PEM).decode()


def public_bytes(key: Any) -> bytes:
    form = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    encoded: bytes = key.public_bytes(*form)
    return encoded


def read_request(pem: bytes) -> x509.CertificateSigningRequest:
    """The CSR, or MalformedCSRException: unreadable, not signed by its key, a weak key, nobody named."""
    try:
        request = x509.load_pem_x509_csr(pem)
        valid, key = request.is_signature_valid, request.public_key()
        names = _names_of(request)
    except (ValueError, InvalidSignature, UnsupportedAlgorithm, x509.DuplicateExtension) as error:
        raise malformed(f"it cannot be read: {error}") from error
    if not valid:
        raise malformed("its signature does not belong to its key")
    if isinstance(key, rsa.RSAPublicKey):
        if key.key_size < SMALLEST_RSA_KEY:
            raise malformed(f"an RSA key of {key.key_size} bits is too short")
    elif not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name not in _curve_names():
        raise malformed("its key algorithm is not supported")
    # "A CSR must provide either a subject name or a subject alternative name or the request will be rejected" (API
    # model, IssueCertificateRequest.Csr).
    if not list(request.subject) and not names:
        raise malformed("it has neither a subject nor a subject alternative name")
    return request


def _names_of(request: x509.CertificateSigningRequest) -> list[x509.GeneralName]:
    try:
        return list(request.extensions.get_extension_for_class(x509.SubjectAlternativeName).value)
    except x509.ExtensionNotFound:
        return []


def _curve_names() -> set[str]:
    return {curve.name for curve in CURVES.values()}


def malformed(why: str) -> AwsError:
    return AwsError("MalformedCSRException", f"The certificate signing request is invalid: {why}.")
