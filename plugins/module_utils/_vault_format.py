# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""What ansible-vault can open: its format 1.1, over cryptography, since hosts have no Ansible.

https://docs.ansible.com/ansible/latest/vault_guide/vault_using_encrypted_content.html#ansible-vault-payload-format-1-1-1-2
"""

from __future__ import annotations

import binascii
import contextlib
import hashlib
import hmac
import os

with contextlib.suppress(ImportError):  # _x509.require_cryptography says what is missing.
    from cryptography.hazmat.primitives import padding
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from ._errors import InvalidInput, TlsopsError

_HEADER = "$ANSIBLE_VAULT;1.1;AES256"
_ITERATIONS = 10000
_LINE = 80
_SALT = 32
#: The format derives keys with no more than 10,000 rounds, so a short passphrase could be guessed.
SHORTEST_PASSPHRASE = 16


class CannotOpen(TlsopsError):
    """It isn't such a text, or the passphrase is another."""


def check_passphrase(passphrase: str | None, option: str) -> str:
    """Raises InvalidInput."""
    if not passphrase or len(passphrase) < SHORTEST_PASSPHRASE:
        raise InvalidInput([f"{option} needs {SHORTEST_PASSPHRASE} characters or more, better random ones"])
    return passphrase


def encrypt(content: bytes, passphrase: str, salt: bytes | None = None) -> str:
    salt = os.urandom(_SALT) if salt is None else salt
    cipher_key, mac_key, counter = _keys(passphrase, salt)
    padder = padding.PKCS7(algorithms.AES.block_size).padder()
    encryptor = Cipher(algorithms.AES(cipher_key), modes.CTR(counter)).encryptor()
    sealed = encryptor.update(padder.update(content) + padder.finalize()) + encryptor.finalize()
    mac = hmac.new(mac_key, sealed, hashlib.sha256).digest()
    inner = b"\n".join(map(binascii.hexlify, (salt, mac, sealed)))
    text = binascii.hexlify(inner).decode("ascii")
    lines = [text[start : start + _LINE] for start in range(0, len(text), _LINE)]
    return "\n".join((_HEADER, *lines)) + "\n"


def decrypt(text: str, passphrase: str) -> bytes:
    """Raises CannotOpen."""
    header, dummy, body = text.partition("\n")
    if header.strip() != _HEADER:
        raise CannotOpen("it isn't a file that ansible-vault has encrypted")
    try:
        inner = binascii.unhexlify("".join(body.split()))
        salt, mac, sealed = (binascii.unhexlify(part) for part in inner.split(b"\n", 2))
    except ValueError as error:
        raise CannotOpen("it is damaged") from error
    cipher_key, mac_key, counter = _keys(passphrase, salt)
    if not hmac.compare_digest(mac, hmac.new(mac_key, sealed, hashlib.sha256).digest()):
        raise CannotOpen("the passphrase is another, or the file is damaged")
    decryptor = Cipher(algorithms.AES(cipher_key), modes.CTR(counter)).decryptor()
    unpadder = padding.PKCS7(algorithms.AES.block_size).unpadder()
    opened: bytes = unpadder.update(decryptor.update(sealed) + decryptor.finalize()) + unpadder.finalize()
    return opened


def _keys(passphrase: str, salt: bytes) -> tuple[bytes, bytes, bytes]:
    derived = hashlib.pbkdf2_hmac("sha256", passphrase.encode("utf-8"), salt, _ITERATIONS, 80)
    return derived[:32], derived[32:64], derived[64:]
