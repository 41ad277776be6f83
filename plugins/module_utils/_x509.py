# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Keys, certificate signing requests and certificates, over cryptography."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import typing as t

try:
    import cryptography
    from cryptography import exceptions as crypto_exceptions
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
    from cryptography.x509.oid import SignatureAlgorithmOID

    HAS_CRYPTOGRAPHY = True
except ImportError:
    HAS_CRYPTOGRAPHY = False

from . import _key_usages
from ._errors import TlsopsError
from ._subject_names import SubjectNames
from ._x509_names import as_general_names, as_name, extension, names_of, usages_of

# RFC 5958 and SEC 2 names as AWS writes them; Ed25519 for CAs that sign it (AWS Private CA doesn't).
KEY_ALGORITHMS = (
    "RSA_2048",
    "RSA_3072",
    "RSA_4096",
    "EC_prime256v1",
    "EC_secp384r1",
    "EC_secp521r1",
    "ED25519",
)
_WEAKEST_RSA_KEY = 2048

Certificate: t.TypeAlias = "x509.Certificate"


class Unreadable(TlsopsError):
    """What should be a key, a CSR or a certificate isn't one."""


def require_cryptography() -> None:
    """Raises TlsopsError where the library is missing."""
    if not HAS_CRYPTOGRAPHY:
        raise TlsopsError(
            "The Python library cryptography (3.4 or newer) is missing for the Python that runs this task: install "
            "python3-cryptography there, or use pip."
        )


@dataclasses.dataclass(frozen=True)
class Described:
    """What a CSR or a certificate says. ``public_key`` is the SHA-256 of its SubjectPublicKeyInfo, in hex."""

    names: SubjectNames
    usages: frozenset[str]
    key_algorithm: str
    public_key: str


@dataclasses.dataclass(frozen=True)
class CertificateFacts(Described):
    serial: str
    issuer: str
    fingerprint: str
    not_before: datetime.datetime
    not_after: datetime.datetime


def generate_key(algorithm: str) -> str:
    """A new private key, as PEM (PKCS #8)."""
    if algorithm.startswith("RSA_"):
        key: t.Any = rsa.generate_private_key(public_exponent=65537, key_size=int(algorithm[4:]))
    elif algorithm == "ED25519":
        key = ed25519.Ed25519PrivateKey.generate()
    else:
        curves: dict[str, t.Any] = {
            "EC_prime256v1": ec.SECP256R1,
            "EC_secp384r1": ec.SECP384R1,
            "EC_secp521r1": ec.SECP521R1,
        }
        key = ec.generate_private_key(curves[algorithm]())
    pem: bytes = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return pem.decode("ascii")


def describe_key(pem: str) -> tuple[str, str]:
    """The algorithm of a private key, and the fingerprint of its public key. Raises Unreadable."""
    key = _load_key(pem)
    public = key.public_key()
    if isinstance(key, rsa.RSAPrivateKey):
        _try_out(key)
    return key_algorithm(public), public_key_fingerprint(public)


def _try_out(key: rsa.RSAPrivateKey) -> None:
    """Whether its parts belong together: a signature takes a hundredth of the time of proving its primes."""
    message, scheme, digest = b"tlsops", padding.PKCS1v15(), hashes.SHA256()
    try:
        key.public_key().verify(key.sign(message, scheme, digest), message, scheme, digest)
    except (ValueError, crypto_exceptions.InvalidSignature) as error:
        raise Unreadable("the parts of this private key don't belong together") from error


def _load_key(pem: str) -> t.Any:
    try:
        return serialization.load_pem_private_key(pem.encode("utf-8"), password=None, **_quickly())
    except (ValueError, TypeError, crypto_exceptions.UnsupportedAlgorithm) as error:
        # The library's own words might quote the input.
        raise Unreadable("this isn't a private key without a passphrase, in PEM") from error


def _quickly() -> dict[str, bool]:
    """cryptography 39 and newer can leave out what takes a tenth of a second for each RSA key."""
    return {"unsafe_skip_rsa_key_validation": True} if int(cryptography.__version__.partition(".")[0]) >= 39 else {}


def key_algorithm(public: t.Any) -> str:
    if isinstance(public, rsa.RSAPublicKey):
        return f"RSA_{public.key_size}"
    if isinstance(public, ec.EllipticCurvePublicKey):
        name = public.curve.name
        return "EC_" + {"secp256r1": "prime256v1"}.get(name, name)
    if isinstance(public, ed25519.Ed25519PublicKey):
        return "ED25519"
    return type(public).__name__.strip("_").removesuffix("PublicKey")


def weakness(algorithm: str) -> str | None:
    """Why no CA should sign such a key."""
    if algorithm.startswith("RSA_") and int(algorithm[4:]) < _WEAKEST_RSA_KEY:
        return f"an RSA key of {algorithm[4:]} bits is too weak: {_WEAKEST_RSA_KEY} is the least"
    if algorithm.startswith("EC_") and algorithm not in KEY_ALGORITHMS:
        return f"the curve {algorithm[3:]} is too weak, or unknown to CAs: use prime256v1, secp384r1 or secp521r1"
    return None


def public_key_fingerprint(public: t.Any) -> str:
    der = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(der).hexdigest()


def public_key_pem(key_pem: str) -> str:
    """The other half of a private key."""
    public = _load_key(key_pem).public_key()
    pem: bytes = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return pem.decode("ascii")


def build_csr(key_pem: str, names: SubjectNames, usages: t.Iterable[str], ca: bool = False) -> str:
    key = _load_key(key_pem)
    builder = x509.CertificateSigningRequestBuilder().subject_name(as_name(names.subject))
    if names.alternative:
        alternative = x509.SubjectAlternativeName(as_general_names(names.alternative))
        builder = builder.add_extension(alternative, critical=not names.subject)
    builder = builder.add_extension(_key_usage(key, usages, ca), critical=True)
    if extended := sorted(_key_usages.oid(usage) for usage in _key_usages.extended(usages)):
        oids = [x509.ObjectIdentifier(oid) for oid in extended]
        builder = builder.add_extension(x509.ExtendedKeyUsage(oids), critical=False)
    if ca:
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    return sign_request(builder, key_pem)


def sign_request(builder: x509.CertificateSigningRequestBuilder, key_pem: str) -> str:
    """The CSR as PEM."""
    key = _load_key(key_pem)
    signed = builder.sign(key, None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256())
    return signed.public_bytes(serialization.Encoding.PEM).decode("ascii")


def _key_usage(key: t.Any, usages: t.Iterable[str], ca: bool) -> x509.KeyUsage:
    wanted = set(_key_usages.key_usages(usages))
    if ca:
        wanted |= {"digital_signature", "key_cert_sign", "crl_sign"}
    elif not wanted:
        wanted = {"digital_signature"} | ({"key_encipherment"} if isinstance(key, rsa.RSAPrivateKey) else set())
    return x509.KeyUsage(**{usage: usage in wanted for usage in _key_usages.KEY})


def describe_csr(pem: str) -> Described:
    """What a CSR asks for. Raises Unreadable, also when its signature is wrong."""
    try:
        csr = x509.load_pem_x509_csr(pem.encode("utf-8"))
        described = _describe(csr)
        valid = csr.is_signature_valid
    except (ValueError, crypto_exceptions.UnsupportedAlgorithm) as error:
        raise Unreadable(f"this isn't a certificate signing request in PEM: {error}") from error
    if not valid:
        raise Unreadable("the signature of the certificate signing request is wrong")
    return described


def load_certificate(pem: str) -> Certificate:
    """Raises Unreadable."""
    try:
        return x509.load_pem_x509_certificate(pem.encode("utf-8"))
    except (ValueError, crypto_exceptions.UnsupportedAlgorithm) as error:
        raise Unreadable(f"this isn't a certificate in PEM: {error}") from error


def certificate_pem(certificate: Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode("ascii")


def describe_certificate(certificate: Certificate) -> CertificateFacts:
    """Raises Unreadable."""
    try:
        described = _describe(certificate)
    except (ValueError, crypto_exceptions.UnsupportedAlgorithm) as error:
        raise Unreadable(f"the certificate has something in it that can't be read: {error}") from error
    return CertificateFacts(
        **vars(described),
        serial=f"{certificate.serial_number:x}",
        issuer=certificate.issuer.rfc4514_string(),
        fingerprint=certificate.fingerprint(hashes.SHA256()).hex(),
        not_before=_moment(certificate, "not_valid_before"),
        not_after=_moment(certificate, "not_valid_after"),
    )


def is_self_signed(certificate: Certificate) -> bool:
    return is_signed_by(certificate, certificate)


def authority_key_identifier(certificate: Certificate) -> bytes | None:
    """How the key of its CA is called in it."""
    found = extension(certificate, "AUTHORITY_KEY_IDENTIFIER")
    return found.key_identifier if found else None


def is_ca(certificate: Certificate) -> bool:
    """A certificate of version 1 has no such extension; old roots are of this kind, and self-signed."""
    constraints = extension(certificate, "BASIC_CONSTRAINTS")
    return bool(constraints.ca) if constraints else is_self_signed(certificate)


def is_signed_by(certificate: Certificate, issuer: Certificate) -> bool:
    """By name and by signature; verify_directly_issued_by would want cryptography 40."""
    if certificate.issuer != issuer.subject:
        return False
    key: t.Any = issuer.public_key()
    signed = certificate.signature, certificate.tbs_certificate_bytes
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(*signed, _rsa_padding(certificate), t.cast(t.Any, certificate.signature_hash_algorithm))
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(*signed, ec.ECDSA(t.cast(t.Any, certificate.signature_hash_algorithm)))
        else:
            key.verify(*signed)
    except crypto_exceptions.InvalidSignature:
        return False
    except (AttributeError, TypeError, crypto_exceptions.UnsupportedAlgorithm) as error:
        raise Unreadable(f"the signature of a certificate can't be checked: {error}") from error
    return True


def _rsa_padding(certificate: Certificate) -> t.Any:
    if certificate.signature_algorithm_oid == SignatureAlgorithmOID.RSASSA_PSS:
        return certificate.signature_algorithm_parameters
    return padding.PKCS1v15()


def _moment(certificate: Certificate, attribute: str) -> datetime.datetime:
    """The attributes that know their zone are new in cryptography 42."""
    found = getattr(certificate, attribute + "_utc", None)
    return found or getattr(certificate, attribute).replace(tzinfo=datetime.timezone.utc)


def _describe(subject: t.Any) -> Described:
    public = subject.public_key()
    return Described(
        names=names_of(subject),
        usages=usages_of(subject),
        key_algorithm=key_algorithm(public),
        public_key=public_key_fingerprint(public),
    )
