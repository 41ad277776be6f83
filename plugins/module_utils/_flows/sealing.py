# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Encrypts and opens archives. age and gpg get by standard input what is secret, and give back by standard output."""

from __future__ import annotations

import os
import subprocess
import typing as t

from .. import _files
from .._archive_seals import AGE, GPG, VAULT, Keys, Seal, checked_identity, encryption_of
from .._errors import InvalidInput, TlsopsError
from .._vault_format import CannotOpen, decrypt, encrypt

_TIMEOUT = 300


def try_out(seal: Seal) -> None:
    """Raises InvalidInput if nothing could be encrypted so: the program isn't there, or a recipient has no key."""
    try:
        sealed(b"", seal)
    except TlsopsError as error:
        raise InvalidInput([error.message]) from error


def sealed(content: bytes, seal: Seal) -> bytes:
    """Raises TlsopsError."""
    if seal.encryption == VAULT:
        return encrypt(content, seal.passphrase).encode("ascii")
    if seal.encryption == AGE:
        recipients = [part for each in seal.recipients for part in ("--recipient", each)]
        return _run(["age", *recipients], content, "The archive can't be encrypted")
    recipients = [part for each in seal.recipients for part in ("--recipient", each)]
    # They are given by their fingerprints, so there is nothing to trust in.
    command = [*_gpg(seal.gnupg_home), "--trust-model", "always", *recipients, "--encrypt"]
    return _run(command, content, "The archive can't be encrypted")


def opened(path: str, keys: Keys) -> bytes:
    """Raises CannotOpen, and InvalidInput for what is missing."""
    content = _files.read_bytes(path)
    if content is None:
        raise InvalidInput([f"{path} isn't there"])
    encryption = encryption_of(content)
    if encryption == VAULT:
        if not keys.passphrase:
            raise InvalidInput([f"{path} is encrypted with a passphrase, and passphrase is missing"])
        return decrypt(content.decode("utf-8", "replace"), keys.passphrase)
    try:
        if encryption == AGE:
            identity = checked_identity(keys.identity)
            return _run(["age", "--decrypt", "--identity", "-", path], identity.encode("utf-8"), "It can't be opened")
        if encryption == GPG:
            secret = ["--pinentry-mode", "loopback", "--passphrase-fd", "0"] if keys.passphrase else []
            command = [*_gpg(keys.gnupg_home), *secret, "--decrypt", path]
            return _run(command, keys.passphrase.encode("utf-8"), "It can't be opened")
    except TlsopsError as error:
        raise CannotOpen(error.message) from error
    raise CannotOpen("it isn't a file that Ansible Vault, age or GPG has encrypted")


def _gpg(home: str | None) -> list[str]:
    """gpg would make a home of its own where there is none, in check mode too."""
    home = os.path.expanduser(home or os.environ.get("GNUPGHOME") or "~/.gnupg")
    if not os.path.isdir(home):
        raise TlsopsError(f"There is no {home} with the keys of gpg: import them there first, or give gnupg_home.")
    return ["gpg", "--batch", "--no-tty", "--quiet", "--homedir", home]


def _run(command: t.Sequence[str], given: bytes, failed: str) -> bytes:
    """In a session of its own, so that a question doesn't go to the terminal of whoever runs Ansible."""
    try:
        done = subprocess.run(
            command,
            input=given,
            capture_output=True,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
            start_new_session=True,
            timeout=_TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise TlsopsError(f"{failed}: {command[0]} didn't end within {_TIMEOUT} seconds.") from error
    except OSError as error:
        advice = "Install it, or use another encryption."
        raise TlsopsError(f"{failed}: {command[0]} isn't on this host. {advice}") from error
    if done.returncode:
        raise TlsopsError(f"{failed}: {_said(done.stderr) or f'{command[0]} ended with {done.returncode}'}")
    return done.stdout


def _said(printed: bytes) -> str:
    """Without age's advice where to report its errors."""
    lines = printed.decode("utf-8", "replace").splitlines()
    return "; ".join(line.strip() for line in lines if line.strip() and "report unexpected" not in line)
