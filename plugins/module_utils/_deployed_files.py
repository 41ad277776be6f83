# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""The files that a server reads: what each of them has in it, and whether one that is there has it already."""

from __future__ import annotations

import typing as t

try:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.serialization import pkcs12
except ImportError:
    pass  # require_cryptography says what is missing.

from ._chains import split
from ._deployable import Deployable, shown
from ._errors import TlsopsError
from ._x509 import (
    Unreadable,
    certificate_pem,
    describe_certificate,
    describe_key,
    load_certificate,
    public_key_fingerprint,
)

#: What can be asked for, the one with the key first: it is the first to be put in place.
KINDS = ("privkey", "combined", "pkcs12", "fullchain", "cert", "chain", "ca")
#: Those with a key in them.
SECRET_KINDS = ("privkey", "combined", "pkcs12")


def content(kind: str, wanted: Deployable, passphrase: str | None = None, name: str | None = None) -> bytes:
    """Raises TlsopsError where the certificate has no such part."""
    if kind == "pkcs12":
        return _pkcs12(wanted, passphrase or "", name)
    if kind == "ca":
        if wanted.chain.root is None:
            raise TlsopsError("a file with the root is wanted, and the root isn't kept with the certificate")
        return wanted.chain.root.encode("ascii")
    text = {
        "privkey": wanted.key,
        "combined": wanted.chain.full + wanted.key,
        "fullchain": wanted.chain.full,
        "cert": wanted.chain.leaf,
        "chain": "".join(wanted.chain.intermediates),
    }[kind]
    return text.encode("ascii")


def _pkcs12(wanted: Deployable, passphrase: str, name: str | None) -> bytes:
    key: t.Any = serialization.load_pem_private_key(wanted.key.encode("utf-8"), password=None)
    above = [load_certificate(pem) for pem in wanted.certificates[1:]]
    encryption = serialization.BestAvailableEncryption(passphrase.encode("utf-8"))
    leaf = load_certificate(wanted.chain.leaf)
    return pkcs12.serialize_key_and_certificates((name or "").encode("utf-8") or None, key, leaf, above, encryption)


def holds(kind: str, found: bytes | None, wanted: Deployable, passphrase: str | None = None) -> bool:
    """Whether a file has in it what it should. Keys and certificates are compared, not how they are written down."""
    if found is None:
        return False
    try:
        there = _contents(kind, found, passphrase)
    except (Unreadable, ValueError):
        return False
    return there == _contents(kind, content(kind, wanted, passphrase), passphrase)


def _contents(kind: str, found: bytes, passphrase: str | None) -> tuple[str | None, list[str]]:
    """The fingerprint of the public key, and the certificates. Raises Unreadable or ValueError."""
    if kind == "pkcs12":
        key, leaf, above = pkcs12.load_key_and_certificates(found, (passphrase or "").encode("utf-8"))
        if key is None or leaf is None:
            raise ValueError("no key, or no certificate")
        return public_key_fingerprint(key.public_key()), [certificate_pem(leaf), *sorted(map(certificate_pem, above))]
    text = found.decode("utf-8")
    key_id = describe_key(_key_block(text))[1] if kind in SECRET_KINDS else None
    return key_id, [certificate_pem(each) for each in split(text)]


def _key_block(text: str) -> str:
    """The key among certificates: all from where it begins."""
    start = text.rfind("-----BEGIN ", 0, text.find("PRIVATE KEY-----") + 1)
    return text[max(start, 0) :]


def described(kind: str, found: bytes | None, passphrase: str | None = None) -> dict[str, t.Any]:
    """What a diff shows of a file: nothing of a key but the fingerprint of its public half."""
    try:
        public_key, pems = _contents(kind, found or b"", passphrase)
    except (Unreadable, ValueError):
        return {"content": "something else"}
    facts = describe_certificate(load_certificate(pems[0])) if pems else None
    return {**({"public_key": public_key} if public_key else {}), **(shown(facts) if facts else {})}
