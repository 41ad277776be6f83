# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""The format of Ansible Vault, version 1.1, over cryptography: hosts have no ansible-core.

https://docs.ansible.com/ansible/latest/vault_guide/vault_encrypting_content.html ("Ansible Vault payload format 1.1 -
1.2"). What is made here is opened by ansible-vault, and the other way round.
"""

from __future__ import annotations

import binascii
import hashlib
import hmac
import os
import textwrap

try:
    from cryptography.hazmat.primitives import padding
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
except ImportError:
    pass  # require_cryptography says what is missing.

from ._errors import TlsopsError

_HEADER = "$ANSIBLE_VAULT;1.1;AES256"
_ITERATIONS = 10000
_WIDTH = 80


def encrypt(content: bytes, passphrase: str, salt: bytes | None = None) -> str:
    salt = salt or os.urandom(32)
    key, mac_key, counter = _keys(passphrase, salt)
    padder = padding.PKCS7(128).padder()
    encryptor = Cipher(algorithms.AES(key), modes.CTR(counter)).encryptor()
    sealed = encryptor.update(padder.update(content) + padder.finalize()) + encryptor.finalize()
    parts = (salt, hmac.new(mac_key, sealed, hashlib.sha256).digest(), sealed)
    payload = binascii.hexlify(b"\n".join(map(binascii.hexlify, parts))).decode("ascii")
    return "\n".join([_HEADER, *textwrap.wrap(payload, _WIDTH), ""])


def decrypt(text: str, passphrase: str) -> bytes:
    """Raises TlsopsError where it isn't of this format, or sealed with another passphrase."""
    header, dummy, body = text.partition("\n")
    if header.split(";")[0] != _HEADER.split(";")[0] or not header.rstrip().endswith("AES256"):
        raise TlsopsError("this isn't a file of Ansible Vault")
    try:
        payload = binascii.unhexlify("".join(body.split()))
        salt, expected, sealed = (binascii.unhexlify(part) for part in payload.split(b"\n", 2))
    except ValueError as error:
        raise TlsopsError("this file of Ansible Vault is damaged") from error
    key, mac_key, counter = _keys(passphrase, salt)
    if not hmac.compare_digest(hmac.new(mac_key, sealed, hashlib.sha256).digest(), expected):
        raise TlsopsError("the passphrase isn't the one it was sealed with, or the file is damaged")
    decryptor = Cipher(algorithms.AES(key), modes.CTR(counter)).decryptor()
    padded = decryptor.update(sealed) + decryptor.finalize()
    unpadder = padding.PKCS7(128).unpadder()
    return bytes(unpadder.update(padded) + unpadder.finalize())


def _keys(passphrase: str, salt: bytes) -> tuple[bytes, bytes, bytes]:
    """Of the cipher, of the seal, and where the counter begins."""
    derived = hashlib.pbkdf2_hmac("sha256", passphrase.encode("utf-8"), salt, _ITERATIONS, 80)
    return derived[:32], derived[32:64], derived[64:]
