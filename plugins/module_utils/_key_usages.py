# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""What a certificate may be used for: key usage and extended key usage, by the names that options have."""

from __future__ import annotations

import typing as t

from ._subject_names import OID

# RFC 5280, section 4.2.1.12, and what AWS Private CA knows besides (ExtendedKeyUsageType).
EXTENDED: t.Mapping[str, str] = {
    "server_auth": "1.3.6.1.5.5.7.3.1",
    "client_auth": "1.3.6.1.5.5.7.3.2",
    "code_signing": "1.3.6.1.5.5.7.3.3",
    "email_protection": "1.3.6.1.5.5.7.3.4",
    "time_stamping": "1.3.6.1.5.5.7.3.8",
    "ocsp_signing": "1.3.6.1.5.5.7.3.9",
    "smart_card_login": "1.3.6.1.4.1.311.20.2.2",
    "document_signing": "1.3.6.1.5.5.7.3.36",
}
# RFC 5280, section 4.2.1.3, in the order of its bits.
KEY = (
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
#: What servers and clients of TLS need, and what AWS Private CA gives when nothing is said.
DEFAULT = frozenset({"server_auth", "client_auth"})
_NAMES = {oid: name for name, oid in EXTENDED.items()}


def faults(usages: t.Iterable[str]) -> list[str]:
    return [
        f"usages: {usage!r} is none of {', '.join((*EXTENDED, *KEY))}, nor an OID"
        for usage in usages
        if usage not in EXTENDED and usage not in KEY and not OID.match(usage)
    ]


def normalise(usages: t.Iterable[str]) -> frozenset[str]:
    return frozenset(_NAMES.get(usage, usage) for usage in usages)


def extended(usages: t.Iterable[str]) -> frozenset[str]:
    return frozenset(usage for usage in usages if usage not in KEY)


def key_usages(usages: t.Iterable[str]) -> frozenset[str]:
    return frozenset(usage for usage in usages if usage in KEY)


def oid(usage: str) -> str:
    return EXTENDED.get(usage, usage)


def match(wanted: t.Iterable[str], actual: t.Iterable[str]) -> bool:
    """Extended usages restrict, so they must be the same. A CA mostly adds key usages of its own, which do no harm."""
    wanted, actual = frozenset(wanted), frozenset(actual)
    return extended(wanted) == extended(actual) and key_usages(wanted) <= key_usages(actual)
