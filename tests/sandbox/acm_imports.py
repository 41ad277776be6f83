# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What ACM refuses to import, and to import in place of something else.

Sources: ACM guide, "Prerequisites for importing ACM certificates", "Certificate import problems" and "Reimporting a
certificate" (read 2026-11). The messages are in our words.
"""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from .errors import AwsError

LARGEST_KEY = 5120
RSA_SIZES = (1024, 2048, 3072, 4096)
CURVES = ("secp256r1", "secp384r1", "secp521r1")
_BEGIN = re.compile(rb"-----BEGIN CERTIFICATE-----")


def check(body: bytes, key: bytes, chain: bytes, now: float) -> None:
    """Everything about the certificate alone."""
    if len(_BEGIN.findall(body)) != 1:
        raise _refused("The certificate field contains more than one certificate.")
    if len(key) > LARGEST_KEY:
        raise _refused(f"The private key may be no larger than {LARGEST_KEY} bytes.")
    certificate = x509.load_pem_x509_certificate(body)
    moment = datetime.fromtimestamp(now, tz=timezone.utc)
    if not certificate.not_valid_before_utc <= moment < certificate.not_valid_after_utc:
        raise _refused("The certificate is not valid at the time of import.")
    public = certificate.public_key()
    known = (isinstance(public, rsa.RSAPublicKey) and public.key_size in RSA_SIZES) or (
        isinstance(public, ec.EllipticCurvePublicKey) and public.curve.name in CURVES
    )
    if not known:
        raise _refused("The key algorithm is not supported.")
    _check_chain(certificate, chain)


def _check_chain(certificate: x509.Certificate, chain: bytes) -> None:
    """ "Each certificate must directly certify the one preceding"; without the certificate itself."""
    above = x509.load_pem_x509_certificates(chain) if chain else []
    for lower, upper in zip([certificate, *above], above, strict=False):
        try:
            lower.verify_directly_issued_by(upper)
        except (InvalidSignature, ValueError, TypeError) as error:
            raise _refused("Could not validate the certificate with the certificate chain.") from error


def check_replacement(present: str, body: bytes) -> None:
    """ "The key type and size cannot be changed"; usages may be added, but not removed, except for client
    authentication, which public CAs no longer give."""
    old, new = x509.load_pem_x509_certificate(present.encode()), x509.load_pem_x509_certificate(body)
    if _kind(old) != _kind(new):
        raise _refused("The key type and size of a certificate cannot be changed when it is reimported.")
    for usages in (_key_usages, _extended_key_usages):
        if usages(old) - usages(new):
            raise _refused("Key usages of a certificate cannot be removed when it is reimported.")


def _kind(certificate: x509.Certificate) -> tuple[str, Any]:
    public: Any = certificate.public_key()
    return ("rsa", public.key_size) if isinstance(public, rsa.RSAPublicKey) else ("ec", public.curve.name)


def _key_usages(certificate: x509.Certificate) -> set[str]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return set()
    names = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement")
    return {name for name in names if getattr(found, name)}


def _extended_key_usages(certificate: x509.Certificate) -> set[str]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return set()
    return {each.dotted_string for each in found} - {ExtendedKeyUsageOID.CLIENT_AUTH.dotted_string}


def _refused(message: str) -> AwsError:
    return AwsError("ValidationException", message)
