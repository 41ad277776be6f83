# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What archives may be encrypted with, and how one that is there is."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils._archive_seals import (
    ENDING,
    Seal,
    checked_identity,
    encryption_of,
    wanted_seal,
)
from ansible_collections.tlsops.certificates.plugins.module_utils._errors import InvalidInput

AGE = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
SSH = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHsKLqeplhpW+uObz5dvMgjz1OxfM/XXUB+VHtZ6isGN admin@example.test"
FINGERPRINT = "0123456789ABCDEF0123456789ABCDEF01234567"
PASSPHRASE = "passphrase-of-the-archives"


def options(**given: Any) -> dict[str, Any]:
    return {"encryption": "vault", "passphrase": None, "recipients": [], "gnupg_home": None, **given}


@pytest.mark.parametrize(
    ("given", "recipients"),
    [
        (options(passphrase=PASSPHRASE), ()),
        (options(encryption="age", recipients=[f" {SSH}", AGE, "", AGE]), (AGE, SSH)),
        # As gpg shows it, and as other tools write it.
        (options(encryption="gpg", recipients=["0123 4567 89ab cdef 0123  4567 89ab cdef 0123 4567"]), (FINGERPRINT,)),
        (options(encryption="gpg", recipients=[f"0x{FINGERPRINT.lower()}"]), (FINGERPRINT,)),
    ],
)
def test_recipients_are_taken_in_one_form(given: dict[str, Any], recipients: tuple[str, ...]) -> None:
    assert wanted_seal(given).recipients == recipients


@pytest.mark.parametrize(
    ("given", "faults"),
    [
        (options(), ["passphrase needs 16 characters"]),
        (options(passphrase="short", recipients=[AGE]), ["passphrase needs", "recipients need the encryption age"]),
        (options(encryption="age"), ["the encryption age needs recipients"]),
        (options(encryption="age", passphrase=PASSPHRASE, recipients=[" "]), ["a passphrase is for", "needs recip"]),
        (options(encryption="age", recipients=["AGE-SECRET-KEY-1", FINGERPRINT]), ["a secret key isn't", FINGERPRINT]),
        # Anybody can make a key with this address.
        (options(encryption="gpg", recipients=["admin@example.test", AGE]), ["'admin@example.test' isn't the", AGE]),
    ],
)
def test_all_faults_are_said_at_once(given: dict[str, Any], faults: list[str]) -> None:
    with pytest.raises(InvalidInput) as raised:
        wanted_seal(given)
    assert len(raised.value.faults) == len(faults)
    for fault, said in zip(faults, raised.value.faults, strict=True):
        assert fault in said


def test_the_name_says_what_is_in_it_and_for_whom_where_nobody_can_look() -> None:
    sealed = Seal("age", recipients=(AGE,))
    assert Seal("vault", PASSPHRASE).ending(b"one") == Seal("vault", PASSPHRASE).ending(b"another") == ".tar.vault"
    assert sealed.ending(b"one") == Seal("age", recipients=(AGE,)).ending(b"one")
    others = (sealed.ending(b"another"), Seal("age", recipients=(SSH,)).ending(b"one"), Seal("gpg").ending(b"one"))
    assert sealed.ending(b"one") not in others
    for each in (sealed.ending(b""), ".tar.vault"):
        assert re.fullmatch(ENDING, f"-20261122T120000Z{each}")


@pytest.mark.parametrize(
    ("content", "encryption"),
    [
        (b"$ANSIBLE_VAULT;1.1;AES256\n6162", "vault"),
        (b"age-encryption.org/v1\n-> X25519 ", "age"),
        (b"-----BEGIN AGE ENCRYPTED FILE-----\n", "age"),
        (b"-----BEGIN PGP MESSAGE-----\n", "gpg"),
        # Packets for a recipient and with a passphrase, in both formats of their headers.
        (b"\x84\x5e\x03", "gpg"),
        (b"\x85\x01\x0c\x03", "gpg"),
        (b"\xc1\xc0\x4c\x03", "gpg"),
        (b"\x8c\x0d\x04\x09", "gpg"),
        (b"\x99\x01\x0d\x04 a public key", None),
        (b"a plain text", None),
        (b"", None),
    ],
)
def test_how_a_file_is_encrypted_is_seen_by_its_content(content: bytes, encryption: str | None) -> None:
    assert encryption_of(content) == encryption


@pytest.mark.parametrize(
    ("identity", "fault"),
    [("", "is missing"), ("# a comment\n\n", "is missing"), (AGE, "is neither"), ("AGE-SECRET-KEY-1q q", "is neither")],
)
def test_what_is_no_identity_is_said_without_showing_it(identity: str, fault: str) -> None:
    with pytest.raises(InvalidInput, match=fault) as raised:
        checked_identity(identity)
    assert not identity.strip() or identity not in raised.value.message


@pytest.mark.parametrize("identity", ["# created: today\nAGE-SECRET-KEY-1QQ", "-----BEGIN OPENSSH PRIVATE KEY-----\nx"])
def test_identities_are_as_in_their_files(identity: str) -> None:
    assert checked_identity(identity) == identity + "\n"
