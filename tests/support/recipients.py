# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Those for whom archives are encrypted, with keys made by the real programs: age and GPG."""

from __future__ import annotations

import contextlib
import dataclasses
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

#: Of the secret key of GPG.
PASSPHRASE = "passphrase of the key"


@dataclasses.dataclass(frozen=True)
class AgeRecipient:
    identity_file: Path
    recipient: str

    @classmethod
    def make(cls, folder: Path, name: str = "identity") -> AgeRecipient:
        file = folder / name
        _run("age-keygen", "--output", str(file))
        return cls(file, _run("age-keygen", "-y", str(file)).strip())

    @property
    def secret(self) -> str:
        return self.identity_file.read_text(encoding="utf-8").split()[-1]


@dataclasses.dataclass(frozen=True)
class GpgRecipient:
    """``public_home`` has the public key only, as a host has it; ``home`` has the secret one."""

    home: Path
    public_home: Path
    fingerprint: str

    @classmethod
    @contextlib.contextmanager
    def make(cls) -> Iterator[GpgRecipient]:
        """The paths are short, since sockets of GPG's agents are in them."""
        folder = Path(tempfile.mkdtemp(prefix="gpg-"))
        homes = folder / "own", folder / "public"
        for home in homes:
            home.mkdir(mode=0o700)
        try:
            secret = ["--pinentry-mode", "loopback", "--passphrase", PASSPHRASE]
            wanted = ["--quick-generate-key", "backup@example.test", "future-default", "default", "never"]
            _gpg(homes[0], *secret, *wanted)
            listed = _gpg(homes[0], "--with-colons", "--list-keys").splitlines()
            [fingerprint, *_subkeys] = [line.split(":")[9] for line in listed if line.startswith("fpr:")]
            (folder / "public.asc").write_text(_gpg(homes[0], "--armor", "--export", fingerprint), encoding="utf-8")
            _gpg(homes[1], "--import", str(folder / "public.asc"))
            _forget_passphrases(homes[0])
            yield cls(*homes, fingerprint)
        finally:
            for home in homes:
                _run("gpgconf", "--homedir", str(home), "--kill", "all")
            shutil.rmtree(folder)


def _gpg(home: Path, *arguments: str) -> str:
    return _run("gpg", "--batch", "--quiet", "--homedir", str(home), *arguments)


def _forget_passphrases(home: Path) -> None:
    _run("gpgconf", "--homedir", str(home), "--kill", "gpg-agent")


def _run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
