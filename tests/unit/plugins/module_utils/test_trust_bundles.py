# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import dataclasses
import datetime
import os
from pathlib import Path

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils import _trust_bundles as bundles
from ansible_collections.tlsops.certificates.plugins.module_utils._errors import InvalidInput, TlsopsError
from ansible_collections.tlsops.certificates.plugins.module_utils._flows import trusting
from ansible_collections.tlsops.certificates.plugins.module_utils._subject_names import SubjectNames
from ansible_collections.tlsops.certificates.plugins.module_utils._trust_bundles import Store
from ansible_collections.tlsops.certificates.plugins.module_utils._x509 import build_csr, generate_key
from support.authority import NOW, Authority

OLD, NEW, THEIRS = Authority("Old"), Authority("New"), Authority("Theirs")
LEAF = OLD.issue(build_csr(generate_key("EC_prime256v1"), SubjectNames((), ("DNS:web",)), ()))


class Host:
    """A trust store in a folder; its command puts all that is there in one file."""

    def __init__(self, folder: Path) -> None:
        self.anchors = folder / "anchors"
        self.anchors.mkdir()
        self.read = folder / "ca-certificates.crt"
        self.read.write_text(THEIRS.pem)
        self.store = Store(str(self.anchors), ("update",), str(self.read))
        self.ran = 0

    def update(self, command: object) -> str:
        self.ran += 1
        self.read.write_text(THEIRS.pem + "".join(path.read_text() for path in sorted(self.anchors.iterdir())))
        return ""

    def wanted(self, *roots: Authority, name: str = "corp") -> trusting.Wanted:
        return trusting.Wanted(name, tuple(bundles.roots([root.pem for root in roots])), store=self.store)

    def trust(self, *roots: Authority, name: str = "corp") -> bool:
        plan = trusting.make_plan(self.wanted(*roots, name=name), NOW)
        return trusting.apply(plan, self.update).changed


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return Host(tmp_path)


def test_a_rotation_from_one_root_over_both_to_the_other(host: Host) -> None:
    assert host.trust(OLD)
    assert not host.trust(OLD)
    assert host.trust(OLD, NEW)
    assert host.read.read_text().count("BEGIN") == 3
    assert host.trust(NEW)
    assert bundles.bodies(host.read.read_text()) == bundles.bodies(THEIRS.pem + NEW.pem)
    assert host.ran == 3


def test_what_comes_is_written_before_what_goes_is_removed(host: Host) -> None:
    host.trust(OLD)
    steps = trusting.make_plan(host.wanted(NEW), NOW).steps
    assert [step.new is None for step in steps] == [False, True]


def test_roots_of_another_name_stay(host: Host) -> None:
    host.trust(OLD, name="a")
    host.trust(NEW, name="a-b")
    (host.anchors / "a-theirs.crt").write_text(THEIRS.pem)
    host.trust(name="a")
    assert len(list(host.anchors.iterdir())) == 2


def test_a_run_that_was_killed_before_the_command_is_finished(host: Host) -> None:
    plan = trusting.make_plan(host.wanted(OLD), NOW)
    for step in plan.steps:
        step.carry_out()
    assert host.trust(OLD)
    assert (host.ran, host.trust(OLD)) == (1, False)


def test_what_a_killed_run_has_taken_away_is_not_trusted_for_longer(host: Host) -> None:
    """Its file is gone, and programs find the root all the same until the command has run."""
    host.trust(OLD, NEW)
    for path in (host.anchors, host.read):
        os.utime(path, (1, 1))
    assert not host.trust(OLD, NEW)
    for step in trusting.make_plan(host.wanted(NEW), NOW).steps:
        step.carry_out()
    assert OLD.pem in host.read.read_text()
    assert host.trust(NEW)
    assert OLD.pem not in host.read.read_text()
    assert not host.trust(NEW)


def test_a_command_that_fails_is_said(host: Host) -> None:
    plan = trusting.make_plan(host.wanted(OLD), NOW)
    with pytest.raises(TlsopsError, match="update failed: no space"):
        trusting.apply(plan, lambda command: "no space")


def test_a_file_with_all_of_them(tmp_path: Path) -> None:
    path = tmp_path / "etc" / "roots.pem"
    wanted = trusting.Wanted("x", tuple(bundles.roots([OLD.pem + NEW.pem, OLD.pem])), path=str(path))
    plan = trusting.make_plan(wanted, NOW)
    assert trusting.apply(plan, lambda command: "never").values["updated"] is False
    assert path.read_text().count("BEGIN") == 2
    assert trusting.make_plan(wanted, NOW).steps == []
    path.chmod(0o600)
    assert [step.changed for step in trusting.make_plan(wanted, NOW).steps] == [True]
    turned = dataclasses.replace(wanted, roots=wanted.roots[::-1])
    assert bundles.bundle(turned.roots) == path.read_text()


def test_an_expired_root_is_warned_of(host: Host) -> None:
    plan = trusting.make_plan(host.wanted(OLD), NOW + datetime.timedelta(days=31))
    assert "CN=Old expired at" in plan.predict().warnings[0]


@pytest.mark.parametrize(
    ("texts", "part"),
    [
        (["nonsense"], "no certificate in PEM"),
        ([OLD.pem, LEAF], "certificates[1]: "),
        ([LEAF], "isn't the certificate"),
    ],
)
def test_what_is_no_root(texts: list[str], part: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        bundles.roots(texts)
    assert part in caught.value.faults[0]


def test_a_name_is_part_of_file_names() -> None:
    bundles.check_name("corp-2026")
    for name in ("", "../x", "a b", "-x"):
        with pytest.raises(InvalidInput):
            bundles.check_name(name)


def test_the_store_of_a_host(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trusting, "STORES", (host.store,))
    assert trusting.find_store(None, ()) == host.store
    assert trusting.find_store(None, ("own",)).command == ("own",)
    assert trusting.find_store("/anchors", ("own",)) == Store("/anchors", ("own",), "")
    assert trusting.find_store(host.store.anchors, ()) == host.store
    monkeypatch.setattr(trusting, "STORES", ())
    for anchors in (None, "/anchors"):
        with pytest.raises(InvalidInput):
            trusting.find_store(anchors, ())
