# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Killed at any moment, a run for a private certificate is finished by the next one, and none is issued twice.

The moments are every AWS call, executed but not answered, and every change of the file system.
"""

from __future__ import annotations

import itertools
import os
import shutil
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from module_process import run_forked
from private_world import Kept, csr
from sandbox.client import Sandbox

FIVE_MINUTES, TEN_MINUTES = 290, 600


class Stage:
    """A CA, and one certificate from it in a folder."""

    def __init__(self, sandbox: Sandbox, folder: Path, delay: float = 3) -> None:
        self.sandbox, self.folder = sandbox, folder
        self.ca = sandbox.certificate_authority(subordinate=True)
        sandbox.configure(private_issue_delay=delay)

    @property
    def kept(self) -> Kept:
        return Kept(self.folder / "db", self.sandbox.now)

    def run(self, *names: str, **how: Any) -> Any:
        options = {
            "certificate_authority_arn": self.ca,
            "directory": str(self.folder / "db"),
            "subject_alternative_names": ["db.internal", *names],
            "key_algorithm": "EC_prime256v1",
        }
        return run_forked(self.sandbox, "acm_pca_certificate", options, **how)

    def issued(self) -> int:
        return sum(each["Issued"] for each in self.sandbox.certificate_authorities() if each["Arn"] == self.ca)

    def finish(self, *names: str) -> None:
        """The next run ends it, the one after that has nothing to do."""
        second = self.run(*names)
        assert not second.failed, second.result
        self.kept.check_pair()
        assert self.kept.names == ["db.internal", *names]
        third = self.run(*names)
        assert (third.failed, third["changed"]) == (False, False), third.result
        assert not (self.folder / "db" / "pending").exists()


@pytest.mark.parametrize("later", [FIVE_MINUTES, TEN_MINUTES])
def test_killed_after_any_call(sandbox: Sandbox, tmp_path: Path, later: int) -> None:
    struck = []
    for call in itertools.count(1):
        sandbox.reset()
        stage = Stage(sandbox, tmp_path / str(call))
        if stage.run(kill_after_call=call):
            break
        struck.append(sandbox.calls()[-1]["action"])
        sandbox.advance(later)
        stage.finish()
        # Nobody has told the ARN to a run that dies with AWS's answer under way, and AWS knows the token for five
        # minutes only. From the moment on in which the ARN is on the disk, no time matters.
        unavoidable = later == TEN_MINUTES and struck[-1] == "IssueCertificate"
        assert stage.issued() == (2 if unavoidable else 1), struck
    assert struck[:2] == ["DescribeCertificateAuthority", "IssueCertificate"]
    assert set(struck[2:]) == {"GetCertificate"}
    assert len(struck) >= 4


def test_what_is_issued_for_others_is_in_a_journal_until_it_is_fetched(sandbox: Sandbox, tmp_path: Path) -> None:
    """Their key is elsewhere, and so is the directory in which the ARN would be kept."""
    order = {"csr_content": csr(ec.generate_private_key(ec.SECP256R1()), "device.internal")}
    struck = []
    for call in itertools.count(1):
        sandbox.reset()
        stage = Stage(sandbox, tmp_path)
        order["not_after"] = datetime.fromtimestamp(int(sandbox.now()) + 86400, tz=timezone.utc).isoformat()
        journal = tmp_path / str(call)
        options = {"certificate_authority_arn": stage.ca, "certificates": [order], "journal": str(journal)}
        if run_forked(sandbox, "acm_pca_certificates", options, kill_after_call=call):
            break
        struck.append(sandbox.calls()[-1]["action"])
        sandbox.advance(TEN_MINUTES)
        finished = run_forked(sandbox, "acm_pca_certificates", options)
        assert finished is not None
        assert "device.internal" in finished["certificates"][0]["subject_alternative_names"][0]
        assert list(journal.iterdir()) == []
        assert stage.issued() == (2 if struck[-1] == "IssueCertificate" else 1), struck
    assert len(struck) >= 4


@pytest.mark.slow
def test_killed_before_any_change_of_the_file_system(sandbox: Sandbox, tmp_path: Path) -> None:
    """There is a certificate already, and another is to take its place."""
    stage = Stage(sandbox, tmp_path / "before", delay=0)
    assert not stage.run().failed
    before = stage.folder
    for change in itertools.count(1):
        stage.folder = tmp_path / str(change)
        shutil.copytree(before, stage.folder, symlinks=True)
        issued = stage.issued()
        if stage.run("new.internal", kill_before_change=change):
            break
        # Whoever follows the links finds a whole pair, the old or the new one.
        stage.kept.check_pair()
        assert stage.kept.names in (["db.internal"], ["db.internal", "new.internal"])
        check_rights(stage.folder)
        if change % 5 == 0:
            stage.finish("new.internal")
            assert stage.issued() == issued + 1
    assert change > 15


def test_killed_when_there_is_nothing_yet(sandbox: Sandbox, tmp_path: Path) -> None:
    stage = Stage(sandbox, tmp_path, delay=0)
    for change in itertools.count(1, 7):
        stage.folder = tmp_path / str(change)
        stage.folder.mkdir()
        issued = stage.issued()
        if stage.run(kill_before_change=change):
            break
        check_rights(stage.folder)
        stage.finish()
        assert stage.issued() == issued + 1
    assert change > 15


def check_rights(folder: Path) -> None:
    """No file was open to others, even for a moment."""
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            assert os.stat(path).st_mode & 0o077 == 0, path
