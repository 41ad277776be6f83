# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""certificate_backup.yml and certificate_restore.yml as a user runs them: an archive to the controller, and back."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sandbox.client import Sandbox
from support.kept import Issuer
from support.playbooks import Playbook, Run
from support.recipients import AgeRecipient

PASSPHRASE = "passphrase-of-the-archives"


class Backup:
    """Two hosts that are folders of this one, or what is on the controller for both."""

    def __init__(self, sandbox: Sandbox, folder: Path, hosts: Sequence[str], **variables: Any) -> None:
        self.kept, self.fetched, self._folder, self._sandbox = folder / "kept", folder / "fetched", folder, sandbox
        Issuer().keep(self.kept / "shop", "shop.example.com")
        self.key = (self.kept / "shop" / "privkey.pem").read_bytes()
        local = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
        self._inventory = folder / "hosts.json"
        self._inventory.write_text(json.dumps({"all": {"hosts": dict.fromkeys(hosts, local)}}))
        self._variables = {
            "certificate_backup_become": False,
            "certificate_backup_paths": [str(self.kept)],
            "certificate_backup_directory": str(folder / "archives"),
            "certificate_backup_fetch_to": str(self.fetched),
            "certificate_backup_keep": "1",
            **variables,
        }

    def run(self, name: str, *flags: str, secrets: Sequence[str], **more: str) -> Run:
        """It ends well, and says nothing that is secret, whatever it says."""
        inventory = str(self._inventory)
        playbook = Playbook(f"tlsops.certificates.{name}", self._sandbox, self._folder, self._variables, inventory)
        done = playbook.run("-vvv", *flags, **more)
        assert done.exit_code == 0, done.output
        held = (*secrets, "PRIVATE KEY", self.key.decode().splitlines()[1])
        assert [secret for secret in held if secret in done.output] == []
        return done

    def lose(self) -> None:
        shutil.rmtree(self.kept)

    def hold_key(self) -> None:
        assert (self.kept / "shop" / "privkey.pem").read_bytes() == self.key


def test_an_archive_is_fetched_and_puts_back_what_was_lost(
    sandbox_process: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Paths begin where Ansible is started."""
    monkeypatch.chdir(tmp_path)
    own = {"certificate_backup_passphrase": PASSPHRASE, "certificate_backup_fetch_to": "fetched"}
    backup = Backup(sandbox_process, tmp_path, ["web1"], **own)

    def run(name: str, *flags: str, **more: str) -> int:
        return backup.run(name, *flags, secrets=[PASSPHRASE], **more).changed

    of_web1 = backup.fetched / "web1"
    of_web1.mkdir(parents=True)
    for old in ("certificates-20200101T000000Z.tar.vault", "certificates-other-20200101T000000Z.tar.vault"):
        (of_web1 / old).write_text("an old one")
    assert run("certificate_backup") == 3
    [archive, others] = sorted(of_web1.iterdir())
    assert others.name == "certificates-other-20200101T000000Z.tar.vault"
    found = {"certificate_backup_archive": str(archive.relative_to(tmp_path))}
    backup.lose()
    assert run("certificate_restore", "--check", **found) == 1
    assert not backup.kept.exists()
    assert run("certificate_restore", **found) == 1
    backup.hold_key()
    assert run("certificate_restore", **found) == 0
    assert run("certificate_backup") == 0


def test_what_is_kept_on_the_controller_for_recipients_comes_back_there(
    sandbox_process: Sandbox, tmp_path: Path
) -> None:
    age, other = (AgeRecipient.make(tmp_path, name) for name in ("identity", "other"))
    survey = {
        "certificate_backup_kept_on": "controller",
        "certificate_backup_encryption": "age",
        "certificate_backup_recipients": f"{age.recipient}, {other.recipient}",
    }
    backup = Backup(sandbox_process, tmp_path, ["web1", "web2"], **survey)
    backup.run("certificate_backup", secrets=[])
    [archive] = (tmp_path / "archives").glob("*.tar.age")
    backup.lose()
    identity = {"certificate_backup_identity_file": str(age.identity_file)}
    run = backup.run("certificate_restore", secrets=[age.secret], certificate_backup_archive=str(archive), **identity)
    # Once for both hosts.
    assert run.changed == 1
    backup.hold_key()
