# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""certificate_backup.yml and certificate_restore.yml as a user runs them: an archive to the controller, and back."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

from sandbox.client import Sandbox
from support.kept import Issuer
from support.playbooks import Playbook, Run

PASSPHRASE = "passphrase-of-the-archives"


def test_an_archive_is_fetched_and_puts_back_what_was_lost(sandbox_process: Sandbox, tmp_path: Path) -> None:
    kept, fetched = tmp_path / "kept", tmp_path / "fetched"
    Issuer().keep(kept / "shop", "shop.example.com")
    key = (kept / "shop" / "privkey.pem").read_bytes()
    local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    inventory = tmp_path / "hosts.json"
    inventory.write_text(json.dumps({"all": {"hosts": {"web1": local}}}))
    variables = {
        "certificate_backup_become": False,
        "certificate_backup_paths": [str(kept)],
        "certificate_backup_directory": str(tmp_path / "archives"),
        "certificate_backup_fetch_to": str(fetched),
        "certificate_backup_passphrase": PASSPHRASE,
        "certificate_backup_keep": "1",
    }

    def run(name: str, *flags: str, **more: str) -> Run:
        playbook = Playbook(f"tlsops.certificates.{name}", sandbox_process, tmp_path, variables, str(inventory))
        done = playbook.run("-vvv", *flags, **more)
        assert done.exit_code == 0, done.output
        secrets = (PASSPHRASE, "PRIVATE KEY", key.decode().splitlines()[1])
        assert [secret for secret in secrets if secret in done.output] == []
        return done

    (fetched / "web1").mkdir(parents=True)
    (fetched / "web1" / "certificates-20200101T000000Z.tar.vault").write_text("an old one")
    assert run("certificate_backup").changed == 3
    [archive] = (fetched / "web1").iterdir()
    shutil.rmtree(kept)
    assert run("certificate_restore", "--check", certificate_backup_archive=str(archive)).changed == 1
    assert not kept.exists()
    assert run("certificate_restore", certificate_backup_archive=str(archive)).changed == 1
    assert (kept / "shop" / "privkey.pem").read_bytes() == key
    assert run("certificate_restore", certificate_backup_archive=str(archive)).changed == 0
    assert run("certificate_backup").changed == 0
