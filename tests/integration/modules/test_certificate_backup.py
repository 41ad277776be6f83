# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""certificate_backup and certificate_restore: there and back, byte by byte."""

from __future__ import annotations

import json
import os
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils import _runner
from support.in_process import run_main
from support.kept import DAY, Issuer, now
from support.modules import ModuleResult
from support.nginx import TlsSite
from support.recipients import PASSPHRASE as GPG_PASSPHRASE
from support.recipients import AgeRecipient, GpgRecipient

PASSPHRASE = "passphrase-of-the-archives"


class Host:
    """Two kept certificates, and an account key beside them."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.issuer, self.folder, self.archives = Issuer(), folder, folder / "archives"
        self.kept, self.account = folder / "kept", folder / "account.pem"
        self.time = now()
        self.monkeypatch = monkeypatch
        for name in ("shop", "blog"):
            self.renew(name)
        self.account.write_text("-----BEGIN PRIVATE KEY-----\nof the account\n")
        self.account.chmod(0o400)
        monkeypatch.setattr(_runner.Runner, "now", property(lambda dummy_runner: self.time))

    def renew(self, name: str = "shop") -> None:
        self.issuer.keep(self.kept / name, f"{name}.example.com")

    def _run(self, module: str, options: dict[str, Any], **flags: bool) -> ModuleResult:
        result = run_main(self.monkeypatch, module, options, **flags)
        said = result.stdout + result.stderr
        assert [each for each in ("PRIVATE KEY", "SECRET-KEY", PASSPHRASE, GPG_PASSPHRASE) if each in said] == []
        return result

    def keep(self, check: bool = False, diff: bool = False, **options: Any) -> ModuleResult:
        self.time += DAY / 24
        paths = [str(self.kept), str(self.account)]
        passphrase = {} if "encryption" in options else {"passphrase": PASSPHRASE}
        given = {"paths": paths, "directory": str(self.archives), **passphrase, **options}
        return self._run("certificate_backup", given, check=check, diff=diff)

    def restore(self, archive: str, check: bool = False, diff: bool = False, **options: Any) -> ModuleResult:
        given = {"archive": archive, "passphrase": PASSPHRASE, **options}
        return self._run("certificate_restore", given, check=check, diff=diff)

    def seen(self) -> dict[str, Any]:
        """Every path with rights, owners and content."""
        found = {}
        for path in sorted([self.kept, *self.kept.rglob("*"), self.account]):
            status = path.lstat()
            content = os.readlink(path) if path.is_symlink() else path.read_bytes() if path.is_file() else ""
            found[str(path)] = (oct(status.st_mode), status.st_uid, status.st_gid, content)
        return found


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Host:
    return Host(tmp_path, monkeypatch)


def lose(host: Host) -> None:
    shutil.rmtree(host.kept)
    host.account.unlink()


def test_what_was_lost_comes_back_byte_by_byte_and_serves(host: Host) -> None:
    before = host.seen()
    archive = host.keep()["archive"]
    lose(host)
    predicted = host.restore(archive, check=True, diff=True)
    assert (predicted["changed"], host.kept.exists()) == (True, False)
    assert sorted(json.loads(predicted["diff"]["after"])) == sorted(map(str, (host.account, host.kept)))
    assert host.restore(archive)["restored"] == sorted(map(str, (host.account, host.kept)))
    assert host.seen() == before
    assert host.restore(archive)["changed"] is False
    site = TlsSite(host.folder / "nginx", {"shop.example.com": host.kept / "shop"})
    try:
        served = ssl.get_server_certificate(("127.0.0.1", site.tls_port))
    finally:
        site.stop()
    assert served.split() == (host.kept / "shop" / "cert.pem").read_text().split()


def test_archives_are_sealed_and_their_owners_alone(host: Host) -> None:
    archive = Path(host.keep()["archive"])
    assert (archive.stat().st_mode & 0o777, host.archives.stat().st_mode & 0o777) == (0o600, 0o700)
    text = archive.read_text()
    assert (text.startswith("$ANSIBLE_VAULT;1.1;AES256\n"), "BEGIN" in text, "shop" in text) == (True, False, False)
    password = host.folder / "password"
    password.write_text(PASSPHRASE)
    command = ["ansible-vault", "view", "--vault-password-file", str(password), str(archive)]
    opened = subprocess.run(command, capture_output=True, check=True, env={**os.environ, "PAGER": "cat"})
    assert b"BEGIN PRIVATE KEY" in opened.stdout


def test_only_a_change_makes_another_archive_and_old_ones_go(host: Host) -> None:
    assert (host.keep(check=True)["changed"], host.archives.exists()) == (True, False)
    first = host.keep(keep=2)
    assert (first["created"], host.keep(keep=2)["created"]) == (True, False)
    os.utime(host.account, (1, 1))
    assert host.keep(keep=2)["changed"] is False
    host.account.chmod(0o600)
    second = host.keep(keep=2)
    host.renew()
    third = host.keep(keep=2, diff=True)
    assert (third["removed"], first["archive"] in third["diff"]["before"]) == ([first["archive"]], True)
    assert sorted(map(str, host.archives.iterdir())) == [second["archive"], third["archive"]]
    assert host.keep(keep=2)["changed"] is False
    assert host.keep(keep=1)["removed"] == [second["archive"]]


def test_another_passphrase_makes_another_archive(host: Host) -> None:
    first = host.keep()["archive"]
    other = host.keep(passphrase=PASSPHRASE[::-1])
    assert (other["created"], other["archive"] != first) == (True, True)
    assert host.keep(passphrase=PASSPHRASE[::-1])["changed"] is False


def test_what_is_there_is_replaced_by_force_only(host: Host) -> None:
    archive = host.keep()["archive"]
    before = host.seen()
    host.renew()
    host.renew()
    renewed = host.seen()
    refused = host.restore(archive)
    assert (refused.failed, "use force to replace it" in refused["msg"], host.seen() == renewed) == (True, True, True)
    assert host.restore(archive, paths=[str(host.account)])["changed"] is False
    assert host.restore(archive, force=True)["restored"] == [str(host.kept)]
    assert host.seen() == before


def test_a_restoration_that_was_killed_is_begun_again(host: Host) -> None:
    before = host.seen()
    archive = host.keep()["archive"]
    half = host.folder / "kept.restored"
    half.mkdir()
    (half / "half").write_text("written")
    host.kept.rename(host.folder / "kept.replaced")
    host.restore(archive)
    assert (host.seen() == before, sorted(each.name for each in host.folder.glob("kept*"))) == (True, ["kept"])


def test_what_is_wrong_is_said_and_nothing_done(host: Host) -> None:
    inside = str(host.kept / "shop")
    said = host.keep(paths=["x", "/nowhere", str(host.kept), inside], name="a/b", keep=0, passphrase="")["msg"]
    parts = ("'x' isn't an absolute", "/nowhere isn't there", f"{inside} is in", "name 'a/b'", "keep must")
    for part in (*parts, "passphrase needs"):
        assert part in said, part
    assert "would be in" in host.keep(directory=str(host.kept / "archives"))["msg"]
    archive = host.keep()["archive"]
    lose(host)
    assert "isn't there" in host.restore("/nowhere")["msg"]
    assert "the passphrase is another" in host.restore(archive, passphrase="wrong")["msg"]
    assert "isn't in the archive, which has" in host.restore(archive, paths=["/etc/passwd"])["msg"]
    assert not host.kept.exists()


@pytest.fixture
def age(tmp_path: Path) -> AgeRecipient:
    return AgeRecipient.make(tmp_path)


@pytest.fixture(scope="module")
def gpg() -> Iterator[GpgRecipient]:
    with GpgRecipient.make() as made:
        yield made


def hold_sealed(archive: str, *openers: str) -> None:
    """Its owner's alone, nothing in it can be read, and the program itself opens it."""
    content = Path(archive).read_bytes()
    assert (Path(archive).stat().st_mode & 0o777, b"BEGIN PRIV" in content, b"shop" in content) == (0o600, False, False)
    assert b"BEGIN PRIVATE KEY" in subprocess.run([*openers, archive], capture_output=True, check=True).stdout


def test_archives_for_recipients_of_age(host: Host, age: AgeRecipient) -> None:
    other = AgeRecipient.make(host.folder, "other")
    before = host.seen()
    wanted = {"encryption": "age", "recipients": [age.recipient, other.recipient]}
    assert (host.keep(check=True, **wanted)["changed"], host.archives.exists()) == (True, False)
    made = host.keep(**wanted)
    archive = made["archive"]
    hold_sealed(archive, "age", "--decrypt", "--identity", str(other.identity_file))
    assert host.keep(**{**wanted, "recipients": wanted["recipients"][::-1]})["changed"] is False
    lose(host)
    assert "identity is missing" in host.restore(archive)["msg"]
    stranger = AgeRecipient.make(host.folder, "stranger").identity_file.read_text()
    refused = host.restore(archive, identity=stranger)
    assert (refused.failed, "no identity matched" in refused["msg"], "report" in refused["msg"]) == (True, True, False)
    assert host.restore(archive, identity=age.identity_file.read_text(), check=True)["changed"] is True
    assert host.restore(archive, identity=age.identity_file.read_text())["changed"] is True
    assert host.seen() == before
    fewer = host.keep(**{**wanted, "recipients": [age.recipient], "keep": 1})
    assert (fewer["created"], fewer["removed"]) == (True, [archive])
    # Another encryption makes another archive, and they are counted together.
    assert host.keep(keep=1)["removed"] == [fewer["archive"]]
    assert host.keep(keep=1)["changed"] is False


def test_archives_for_recipients_of_gpg(host: Host, gpg: GpgRecipient) -> None:
    before = host.seen()
    wanted = {"encryption": "gpg", "recipients": [gpg.fingerprint.lower()], "gnupg_home": str(gpg.public_home)}
    archive = host.keep(**wanted)["archive"]
    loopback = ["--batch", "--pinentry-mode", "loopback", "--passphrase", GPG_PASSPHRASE]
    hold_sealed(archive, "gpg", "--homedir", str(gpg.home), *loopback, "--decrypt")
    assert host.keep(**wanted)["changed"] is False
    lose(host)
    assert "secret key" in host.restore(archive, gnupg_home=str(gpg.public_home))["msg"]
    assert host.restore(archive, gnupg_home=str(gpg.home), passphrase=GPG_PASSPHRASE)["changed"] is True
    assert host.seen() == before


def test_who_cant_encrypt_is_said_before_anything_is_done(host: Host, age: AgeRecipient, gpg: GpgRecipient) -> None:
    for_gpg = {"encryption": "gpg", "recipients": ["0" * 40]}
    assert "No public key" in host.keep(**for_gpg, gnupg_home=str(gpg.public_home), check=True)["msg"]
    nowhere = str(host.folder / "nowhere")
    assert "with the keys of gpg" in host.keep(**for_gpg, gnupg_home=nowhere)["msg"]
    for_age = {"encryption": "age", "recipients": [age.recipient[:-1] + "q"]}
    assert "malformed recipient" in host.keep(**for_age)["msg"]
    host.monkeypatch.setenv("PATH", nowhere)
    for_age["recipients"] = [age.recipient]
    assert "age isn't on this host. Install it, or use" in host.keep(**for_age, check=True)["msg"]
    assert (host.archives.exists(), Path(nowhere).exists()) == (False, False)
