# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificate templates: which extensions a certificate gets, and from whom.

Source: Private CA guide, "AWS Private CA certificate templates" (UsingTemplates): varieties, order of operations (the
template, then the API's values, then the CSR's, each only where the variety lets them in) and definitions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID

from .acm_pca_store import partition_of
from .errors import AwsError

DEFAULT = "EndEntityCertificate"
SERVER, CLIENT = ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH
KEY_USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)
TLS = ("digital_signature", "key_encipherment")
SIGNER = ("digital_signature",)
AUTHORITY = ("digital_signature", "key_cert_sign", "crl_sign")
VARIETIES = {"": (False, False), "API": (True, False), "CSR": (False, True), "APICSR": (True, True)}
FIXED = {
    "EndEntityCertificate": (TLS, (SERVER, CLIENT), False),
    "EndEntityClientAuthCertificate": (TLS, (CLIENT,), False),
    "EndEntityServerAuthCertificate": (TLS, (SERVER,), False),
    "CodeSigningCertificate": (SIGNER, (ExtendedKeyUsageOID.CODE_SIGNING,), True),
    "OCSPSigningCertificate": (SIGNER, (ExtendedKeyUsageOID.OCSP_SIGNING,), True),
    "SubordinateCACertificate": (AUTHORITY, (), False),
    "RootCACertificate": (AUTHORITY, (), False),
}
_NAME = re.compile(
    r"(?P<blank>Blank)?(?P<base>\w+?Certificate)(?P<path>_PathLen[0-3])?(?P<critical>_CriticalBasicConstraints)?"
    r"(_(?P<variety>API|CSR|APICSR)Passthrough)?"
)


@dataclass(frozen=True)
class Template:
    """One template; `path_length` is None where it sets no limit."""

    name: str
    base: str
    is_blank: bool
    takes_api: bool
    takes_csr: bool
    is_authority: bool = False
    path_length: int | None = None
    critical_constraints: bool = False

    @property
    def is_root(self) -> bool:
        return self.base == "RootCACertificate"

    def extensions(self) -> Iterator[tuple[x509.ExtensionType, bool]]:
        """What the definition fixes, with whether it is critical."""
        constraints = x509.BasicConstraints(ca=self.is_authority, path_length=self.path_length)
        yield constraints, self.critical_constraints
        if self.is_blank:
            return
        usages, extended, critical = FIXED[self.base]
        yield key_usage(usages), True
        if extended:
            yield x509.ExtendedKeyUsage(extended), critical


def key_usage(names: tuple[str, ...] | list[str]) -> x509.KeyUsage:
    return x509.KeyUsage(**{name: name in names for name in KEY_USAGES})


def arn_of(name: str, region: str) -> str:
    return f"arn:{partition_of(region)}:acm-pca:::template/{name}/V1"


def template_of(arn: str, region: str) -> Template:
    """The template of that ARN, which is of the CA's own partition. AWS's words for an unknown one are unknown."""
    start = arn_of("", region).removesuffix("/V1")
    name = arn.removeprefix(start).removesuffix("/V1")
    found = _NAME.fullmatch(name) if arn == arn_of(name, region) else None
    template = _template(name, found) if found else None
    if template is None:
        raise AwsError("InvalidArgsException", f"The template {arn} does not exist.")
    return template


def _template(name: str, found: re.Match[str]) -> Template | None:
    base, path, variety = found["base"], found["path"], found["variety"] or ""
    blank, critical = bool(found["blank"]), bool(found["critical"])
    subordinate, root = base == "SubordinateCACertificate", base == "RootCACertificate"
    if base not in FIXED or (critical and not blank) or (subordinate and path is None):
        return None
    if path and not (subordinate or (root and blank)):
        return None
    if blank and (not variety or base not in ("EndEntityCertificate", "SubordinateCACertificate", "RootCACertificate")):
        return None
    if root and variety not in ("", "API"):
        return None
    takes_api, takes_csr = VARIETIES[variety]
    is_authority = subordinate or root
    if critical and is_authority:
        return None
    length = int(path[-1]) if path else None
    return Template(name, base, blank, takes_api, takes_csr, is_authority, length, critical or is_authority)


# Never copied from a CSR: they are the CA's to say.
OWN = frozenset(
    {
        ExtensionOID.BASIC_CONSTRAINTS,
        ExtensionOID.AUTHORITY_KEY_IDENTIFIER,
        ExtensionOID.SUBJECT_KEY_IDENTIFIER,
        ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
    }
)
