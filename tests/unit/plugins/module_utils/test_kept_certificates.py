# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import dataclasses
import datetime
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils import _files as files
from ansible_collections.tlsops.certificates.plugins.module_utils import _x509 as x509
from ansible_collections.tlsops.certificates.plugins.module_utils._chains import Chain, order
from ansible_collections.tlsops.certificates.plugins.module_utils._errors import InvalidInput, TlsopsError
from ansible_collections.tlsops.certificates.plugins.module_utils._kept_certificates import (
    CertificateDirectory,
    Kept,
    Pending,
    Request,
)
from ansible_collections.tlsops.certificates.plugins.module_utils._renewal import Reason
from ansible_collections.tlsops.certificates.plugins.module_utils._subject_names import SubjectNames
from support.authority import NOW, Authority

CA = Authority("CA", Authority("Root"))
NAMES = SubjectNames((("CN", "web"),), ("DNS:web.corp.internal",))
#: What changes something on the disk. A run may be killed before or after any of these.
CALLS = ("mkdir", "open", "fsync", "chmod", "rename", "replace", "symlink", "unlink", "rmdir")


def request(key: str, **changes: Any) -> Request:
    made: dict[str, Any] = {
        "issuer": "ca",
        "requested_at": NOW,
        "not_after": NOW + datetime.timedelta(days=30),
        **changes,
    }
    return Request(x509.build_csr(key, NAMES, {"client_auth"}), **made)


def issued(key: str, authority: Authority = CA) -> tuple[Pending, Chain]:
    made = request(key)
    return Pending(made, key), order(authority.issue(made.csr) + authority.pem)


def new() -> tuple[Pending, Chain]:
    return issued(x509.generate_key("EC_prime256v1"))


FIRST, SECOND = new(), new()


@pytest.fixture(autouse=True)
def _no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)


@pytest.fixture
def kept(tmp_path: Path) -> CertificateDirectory:
    return CertificateDirectory(str(tmp_path / "etc" / "web"), files.Rights())


def mode(path: str | Path) -> str:
    return oct(stat.S_IMODE(os.stat(path).st_mode))


def reason(kept: CertificateDirectory) -> str | None:
    found = kept.read_current()
    return found.reason if isinstance(found, Reason) else None


def fingerprint(kept: CertificateDirectory) -> str:
    found = kept.read_current()
    assert isinstance(found, Kept), found
    return found.facts.fingerprint


def test_a_request_and_then_its_certificate(kept: CertificateDirectory) -> None:
    assert (reason(kept), kept.read_pending(), kept.faults()) == ("DoesNotExist", None, [])
    pending, chain = FIRST
    kept.keep_pending(pending)
    assert kept.read_pending() == pending
    kept.install(pending, chain)
    assert fingerprint(kept) == chain.facts.fingerprint
    assert (kept.has_pending(), kept.drift(), kept.current_key()) == (False, [], pending.key)
    found = kept.read_current()
    assert isinstance(found, Kept)
    assert (found.request, found.chain, found.state.issuer) == (pending.request, chain, "ca")


def test_what_is_in_the_files(kept: CertificateDirectory) -> None:
    pending, chain = FIRST
    kept.install(pending, chain)
    assert {name: Path(path).read_text() for name, path in kept.paths.items()} == {
        "privkey": pending.key,
        "cert": chain.leaf,
        "chain": CA.pem,
        "fullchain": chain.leaf + CA.pem,
        "ca": "",
    }


def test_only_the_owner_can_read_anything(kept: CertificateDirectory) -> None:
    kept.keep_pending(FIRST[0])
    below = list(Path(kept.path).rglob("*"))
    assert {mode(path) for path in below if path.is_file()} == {"0o600"}
    kept.install(*FIRST)
    below = [Path(kept.path), *Path(kept.path).rglob("*")]
    assert {mode(path) for path in below if path.is_file()} == {"0o600"}
    assert {mode(path) for path in below if path.is_dir()} == {"0o700"}


def test_rights_that_were_changed_are_put_right(tmp_path: Path) -> None:
    CertificateDirectory(str(tmp_path / "web"), files.Rights()).install(*FIRST)
    kept = CertificateDirectory(str(tmp_path / "web"), files.Rights(0o640, os.getuid(), os.getgid()))
    os.unlink(kept.paths["cert"])
    assert kept.paths["cert"] in kept.drift()
    kept.repair()
    assert kept.drift() == []
    assert (mode(kept.paths["privkey"]), mode(kept.path)) == ("0o640", "0o750")
    assert fingerprint(kept) == FIRST[1].facts.fingerprint


def test_a_directory_of_others_keeps_its_rights(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "openssl.cnf").touch()
    kept = CertificateDirectory(str(tmp_path), files.Rights())
    kept.install(*FIRST)
    assert (mode(tmp_path), kept.drift()) == ("0o755", [])


def test_the_one_before_is_kept_and_those_before_it_are_not(kept: CertificateDirectory) -> None:
    for pending, chain in (FIRST, SECOND, new()):
        kept.install(pending, chain)
    versions = Path(kept.path, "versions")
    assert len(list(versions.iterdir())) == 2
    assert Path(kept.path, "previous", "cert.pem").read_text() == SECOND[1].leaf


def test_installing_again_changes_nothing(kept: CertificateDirectory) -> None:
    kept.install(*FIRST)
    kept.install(*SECOND)
    kept.install(*SECOND)
    assert Path(kept.path, "previous", "cert.pem").read_text() == FIRST[1].leaf
    assert fingerprint(kept) == SECOND[1].facts.fingerprint


def test_a_certificate_whose_key_is_elsewhere(tmp_path: Path) -> None:
    kept = CertificateDirectory(str(tmp_path / "web"), files.Rights(), with_key=False)
    pending = dataclasses.replace(FIRST[0], key=None)
    kept.keep_pending(pending)
    assert kept.read_pending() == pending
    kept.install(pending, FIRST[1])
    assert "privkey" not in kept.paths
    assert fingerprint(kept) == FIRST[1].facts.fingerprint
    assert list(Path(kept.path).rglob("privkey.pem")) == []


def damage(name: str, text: str | None) -> Callable[[CertificateDirectory], None]:
    def do(kept: CertificateDirectory) -> None:
        path = Path(kept.path, "current", name)
        path.unlink()
        if text is not None:
            path.write_text(text)

    return do


@pytest.mark.parametrize(
    ("do", "expected"),
    [
        (damage("privkey.pem", None), "MissingData"),
        (damage("fullchain.pem", None), "MissingData"),
        (damage("privkey.pem", "nonsense"), "InvalidKeyPair"),
        (damage("privkey.pem", SECOND[0].key), "InvalidKeyPair"),
        (damage("fullchain.pem", "nonsense"), "InvalidCertificate"),
        (damage("fullchain.pem", SECOND[1].leaf + FIRST[1].leaf), "InvalidCertificate"),
        (damage("request.json", "{}"), None),
    ],
)
def test_what_is_damaged_is_said(
    kept: CertificateDirectory, do: Callable[[CertificateDirectory], None], expected: str | None
) -> None:
    kept.install(*FIRST)
    do(kept)
    assert reason(kept) == expected


@pytest.mark.parametrize("name", ["privkey.pem", "request.json"])
@pytest.mark.parametrize("text", [None, "", '{"csr": 1}', SECOND[0].key])
def test_a_damaged_request_is_none(kept: CertificateDirectory, name: str, text: str | None) -> None:
    kept.keep_pending(FIRST[0])
    path = Path(kept.path, "pending", name)
    path.unlink()
    if text is not None:
        path.write_text(text)
    assert kept.read_pending() is None
    assert kept.has_pending()


def test_what_becomes_known_is_kept_with_the_request(kept: CertificateDirectory) -> None:
    kept.keep_pending(FIRST[0])
    told = Pending(dataclasses.replace(FIRST[0].request, certificate_arn="arn:1"), FIRST[0].key)
    kept.keep_request(told)
    assert kept.read_pending() == told
    kept.install(*FIRST)
    kept.mark_revoked(FIRST[0].request)
    found = kept.read_current()
    assert isinstance(found, Kept)
    assert found.state.revoked


def test_what_others_have_made_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "privkey.pem").write_text("theirs")
    assert "wasn't made by this collection" in CertificateDirectory(str(tmp_path), files.Rights()).faults()[0]
    assert "is no directory" in CertificateDirectory(str(tmp_path / "privkey.pem"), files.Rights()).faults()[0]
    assert "absolute" in CertificateDirectory("web", files.Rights()).faults()[0]


def killed_at(number: int, do: Callable[[], None]) -> bool:
    """Whether ``do`` was killed, at its n-th change of the disk, in a process of its own."""
    child = os.fork()
    if child == 0:
        seen = 0

        def counted(function: Callable[..., Any]) -> Callable[..., Any]:
            def call(*args: Any, **options: Any) -> Any:
                nonlocal seen
                seen += 1
                if seen == number:
                    os._exit(9)
                return function(*args, **options)

            return call

        for name in CALLS:
            setattr(os, name, counted(getattr(os, name)))
        do()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9


def test_killed_anywhere_key_and_certificate_belong_together_and_the_next_run_finishes(tmp_path: Path) -> None:
    def replaced(kept: CertificateDirectory) -> None:
        kept.keep_pending(SECOND[0])
        kept.install(*SECOND)

    number, killed = 0, True
    while killed:
        number += 1
        kept = CertificateDirectory(str(tmp_path / str(number)), files.Rights())
        kept.install(*FIRST)
        killed = killed_at(number, lambda kept=kept: replaced(kept))  # type: ignore[misc]
        assert fingerprint(kept) in (FIRST[1].facts.fingerprint, SECOND[1].facts.fingerprint)
        assert kept.read_pending() in (None, SECOND[0])
        assert {mode(path) for path in Path(kept.path).rglob("privkey.pem")} == {"0o600"}
        replaced(kept)
        assert fingerprint(kept) == SECOND[1].facts.fingerprint
        assert sorted(os.listdir(kept.path)) == sorted(
            ["current", "previous", "versions", "privkey.pem", "cert.pem", "chain.pem", "fullchain.pem", "ca.pem"]
        )
        assert len(os.listdir(os.path.join(kept.path, "versions"))) == 2
    assert number > 40


def test_killed_anywhere_at_the_first_time_there_is_a_pair_or_nothing(tmp_path: Path) -> None:
    number, killed = 0, True
    while killed:
        number += 1
        kept = CertificateDirectory(str(tmp_path / str(number)), files.Rights())
        killed = killed_at(number, lambda kept=kept: kept.install(*FIRST))  # type: ignore[misc]
        assert reason(kept) in ("DoesNotExist", None)
        there = [name for name, path in kept.paths.items() if os.path.exists(path)]
        assert len(there) in (0, 5)
        kept.install(*FIRST)
        assert (reason(kept), kept.drift()) == (None, [])


@pytest.mark.parametrize(
    ("options", "part"),
    [
        ({"mode": "rw"}, "octal"),
        ({"mode": "0666"}, "nobody but the owner"),
        ({"mode": "0700"}, "'0700'"),
        ({"mode": "0000"}, "'0000'"),
        ({"owner": "nobody-of-this-name"}, "no user"),
        ({"group": "nobody-of-this-name"}, "no group"),
    ],
)
def test_rights_that_can_t_be(options: dict[str, Any], part: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        files.rights(options)
    assert part in caught.value.faults[0]


def test_rights() -> None:
    assert files.rights({}) == files.Rights()
    assert files.rights({"mode": "0640", "owner": "0", "group": "root"}) == files.Rights(0o640, 0, 0)


def test_what_the_system_refuses_is_a_sentence() -> None:
    with pytest.raises(TlsopsError, match=r"^/: Permission denied\. Run the task with become\.$"), files.file_errors():
        raise PermissionError(13, "Permission denied", "/")
