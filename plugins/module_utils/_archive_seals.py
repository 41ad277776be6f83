# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""How archives are encrypted: with a passphrase as Ansible Vault does it, or for recipients with age or GPG."""

from __future__ import annotations

import dataclasses
import hashlib
import re
import typing as t

from ._errors import InvalidInput, parse_all
from ._vault_format import check_passphrase

VAULT, AGE, GPG = "vault", "age", "gpg"
ENCRYPTIONS = (VAULT, AGE, GPG)
_MARK = 16
#: The name of an archive after the name of the backup: the time, what it has if that can't be seen by opening it, and
#: how it is encrypted.
ENDING = rf"-\d{{8}}T\d{{6}}Z(-[0-9a-f]{{{_MARK}}})?\.tar\.({'|'.join(ENCRYPTIONS)})"
_AGE_RECIPIENT = re.compile(r"age1[0-9a-z]+|ssh-(ed25519|rsa) [A-Za-z0-9+/=]+( .*)?")
_FINGERPRINT = re.compile(r"[0-9A-F]{40}|[0-9A-F]{64}")
_IDENTITY = re.compile(r"AGE-(SECRET-KEY|PLUGIN-[A-Z0-9]+)-1[0-9A-Z]+|-----BEGIN [A-Z ]*PRIVATE KEY-----")
#: Of the packets that a message for recipients or with a passphrase begins with (RFC 4880, 4.2 and 5).
_GPG_TAGS = (1, 3)


@dataclasses.dataclass(frozen=True)
class Seal:
    """What a new archive is encrypted with."""

    encryption: str
    passphrase: str = dataclasses.field(default="", repr=False)
    recipients: tuple[str, ...] = ()
    gnupg_home: str | None = None

    def ending(self, content: bytes) -> str:
        """Of the archive's name. Without the keys of the recipients nobody can open it to compare, so the name says
        what is in it, and for whom. It says nothing to others: a private key is in it, which can't be guessed."""
        if self.encryption == VAULT:
            return ".tar.vault"
        known = hashlib.sha256("\n".join(self.recipients).encode("utf-8") + b"\0" + content).hexdigest()
        return f"-{known[:_MARK]}.tar.{self.encryption}"


@dataclasses.dataclass(frozen=True)
class Keys:
    """What an archive is opened with; which of them depends on how it is encrypted."""

    passphrase: str = dataclasses.field(default="", repr=False)
    identity: str = dataclasses.field(default="", repr=False)
    gnupg_home: str | None = None


def wanted_seal(params: t.Mapping[str, t.Any]) -> Seal:
    """Raises InvalidInput."""
    encryption, passphrase, given = params["encryption"], params["passphrase"], params["recipients"]
    if encryption == VAULT:
        (passphrase, _nothing) = parse_all(
            lambda: check_passphrase(passphrase, "passphrase"),
            lambda: _refuse(bool(given), "recipients need the encryption age or gpg"),
        )
        return Seal(VAULT, passphrase)
    (_nothing, recipients) = parse_all(
        lambda: _refuse(bool(passphrase), f"a passphrase is for the encryption vault, and {encryption} has recipients"),
        lambda: _recipients(encryption, [each.strip() for each in given if each.strip()]),
    )
    return Seal(encryption, "", recipients, params["gnupg_home"])


def _refuse(wrong: bool, fault: str) -> None:
    if wrong:
        raise InvalidInput([fault])


def _recipients(encryption: str, given: t.Sequence[str]) -> tuple[str, ...]:
    _refuse(not given, f"the encryption {encryption} needs recipients")
    # Whoever takes a key by its address has to trust whoever made it.
    form, advice = {
        AGE: (_AGE_RECIPIENT, "what age can encrypt for: age1..., ssh-ed25519 ... or ssh-rsa ..."),
        GPG: (_FINGERPRINT, "the fingerprint of a key, 40 hexadecimal digits: gpg --list-keys shows it"),
    }[encryption]
    found = [_fingerprint(each) if encryption == GPG else each for each in given]
    wrong = [shown for shown, each in zip(given, found, strict=True) if not form.fullmatch(each)]
    if wrong:
        raise InvalidInput([f"{_shown(each)} isn't {advice}" for each in wrong])
    return tuple(sorted(set(found)))


def _fingerprint(given: str) -> str:
    return given.replace(" ", "").upper().removeprefix("0X")


def _shown(recipient: str) -> str:
    """Who mistakes an identity for its recipient doesn't want to read it in a log."""
    return "a recipient that is a secret key" if "SECRET" in recipient else f"the recipient {recipient[:100]!r}"


def encryption_of(content: bytes) -> str | None:
    """By its first bytes, whatever its name says; None if it is none of them."""
    if content.startswith(b"$ANSIBLE_VAULT;"):
        return VAULT
    if content.startswith((b"age-encryption.org/", b"-----BEGIN AGE ENCRYPTED FILE-----")):
        return AGE
    first = content[0] if content else 0
    tag = first & 0x3F if first & 0x40 else first >> 2 & 0x0F
    if content.startswith(b"-----BEGIN PGP MESSAGE-----") or (first & 0x80 and tag in _GPG_TAGS):
        return GPG
    return None


def checked_identity(identity: str) -> str:
    """Raises InvalidInput. What age says of a damaged one may have parts of it."""
    lines = [line.strip() for line in identity.splitlines() if line.strip() and not line.startswith("#")]
    _refuse(not lines, "the archive is encrypted with age, and identity is missing")
    _refuse(not _IDENTITY.fullmatch(lines[0]), "identity is neither one of age (AGE-SECRET-KEY-1...) nor an SSH key")
    return identity.rstrip("\n") + "\n"
