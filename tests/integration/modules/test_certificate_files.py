# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""certificate_files and kept_certificate_info: from the directory of a certificate to the files of a server."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12
from support.in_process import run_main
from support.kept import DAY, Issuer, now, self_signed
from support.modules import ModuleResult

PASSPHRASE = "keystore-passphrase-of-the-test"


class Host:
    """A folder with a kept certificate, and one that a server reads."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.issuer = Issuer()
        self.kept, self.served = folder / "kept", folder / "served"
        self.served.mkdir()
        self._monkeypatch = monkeypatch
        self.renew()

    def renew(self, **options: Any) -> None:
        self.issuer.keep(self.kept, "shop.example.com", **options)

    def path(self, name: str) -> str:
        return str(self.served / name)

    def put(self, check: bool = False, diff: bool = False, **entry: Any) -> ModuleResult:
        """No result of any run has the key or the passphrase in it."""
        given = {"directory": str(self.kept), **entry}
        given = {key: value for key, value in given.items() if value is not None}
        options = {"certificates": [given]}
        result = run_main(self._monkeypatch, "certificate_files", options, check=check, diff=diff)
        key = (self.kept / "privkey.pem").read_text().splitlines()[1]
        said = result.stdout + result.stderr
        assert (key in said, "PRIVATE KEY" in said, PASSPHRASE in said) == (False, False, False)
        return result

    def look(self, *directories: Path, **more: Any) -> list[dict[str, Any]]:
        options = {"directories": list(map(str, directories or [self.kept])), **more}
        records: list[dict[str, Any]] = run_main(self._monkeypatch, "kept_certificate_info", options)["certificates"]
        return records


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Host:
    return Host(tmp_path, monkeypatch)


ALL = ("privkey", "combined", "fullchain", "cert", "chain", "ca", "pkcs12")


def all_files(host: Host) -> dict[str, Any]:
    paths = {f"{kind}_path": host.path(kind) for kind in ALL}
    return {**paths, "name": "shop", "pkcs12_passphrase": PASSPHRASE}


def test_every_kind_of_file_is_what_it_should_be(host: Host) -> None:
    wanted = all_files(host)
    predicted = host.put(check=True, diff=True, **wanted)
    assert (predicted["changed"], list(host.served.iterdir())) == (True, [])
    assert sorted(json.loads(predicted["diff"]["after"])) == sorted(host.path(kind) for kind in ALL)
    done = host.put(**wanted)
    assert done["certificates"][0]["files"] == {kind: host.path(kind) for kind in ALL}
    leaf, *above = x509.load_pem_x509_certificates((host.kept / "fullchain.pem").read_bytes())
    root = x509.load_pem_x509_certificate((host.kept / "ca.pem").read_bytes())
    read = {kind: (host.served / kind).read_bytes() for kind in ALL}
    assert [x509.load_pem_x509_certificates(read[kind]) for kind in ("fullchain", "cert", "chain", "ca")] == [
        [leaf, *above],
        [leaf],
        above,
        [root],
    ]
    assert x509.load_pem_x509_certificates(read["combined"]) == [leaf, *above]
    key = serialization.load_pem_private_key(read["privkey"], None)
    assert read["combined"].endswith(read["privkey"])
    assert key.public_key() == leaf.public_key()
    store = pkcs12.load_pkcs12(read["pkcs12"], PASSPHRASE.encode())
    assert store.cert is not None
    assert (store.cert.certificate, store.cert.friendly_name) == (leaf, b"shop")
    assert {each.certificate for each in store.additional_certs} == {*above, root}
    modes = {kind: (host.served / kind).stat().st_mode & 0o777 for kind in ALL}
    secret = {"privkey", "combined", "pkcs12"}
    assert modes == {kind: 0o600 if kind in secret else 0o644 for kind in ALL}
    again = host.put(**wanted, diff=True)
    assert (again["changed"], "diff" in (again.result or {})) == (False, False)


def test_what_is_compared_is_the_certificate_and_not_how_it_is_written(host: Host) -> None:
    wanted = all_files(host)
    host.put(**wanted)
    for kind in ("fullchain", "cert"):
        path = host.served / kind
        path.write_text("a remark\n" + path.read_text().replace("\n", "\r\n"))
    key = serialization.load_pem_private_key((host.served / "privkey").read_bytes(), None)
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption())
    (host.served / "privkey").write_bytes(key.private_bytes(*form))
    assert host.put(**wanted)["changed"] is False


def test_a_renewal_changes_all_and_says_so_without_the_key(host: Host) -> None:
    wanted = all_files(host)
    host.put(**wanted)
    old = host.look()[0]["fingerprint"]
    host.renew()
    result = host.put(**wanted, diff=True)
    new = host.look()[0]["fingerprint"]
    # The root and the CA below it are the same.
    assert result["certificates"][0]["changed_files"] == [
        host.path(kind) for kind in ("privkey", "combined", "pkcs12", "fullchain", "cert")
    ]
    assert (old in result["diff"]["before"], new in result["diff"]["after"]) == (True, True)
    assert host.put(**wanted)["changed"] is False


def test_another_passphrase_writes_the_keystore_anew(host: Host) -> None:
    path = host.path("keystore")
    host.put(pkcs12_path=path, pkcs12_passphrase=PASSPHRASE)
    other = PASSPHRASE[::-1]
    assert host.put(pkcs12_path=path, pkcs12_passphrase=other)["changed"] is True
    assert pkcs12.load_pkcs12(Path(path).read_bytes(), other.encode()).key is not None


def test_rights_alone_are_put_right(host: Host) -> None:
    path = host.path("tls.key")
    host.put(privkey_path=path)
    os.chmod(path, 0o644)
    before = os.stat(path).st_ino
    assert host.put(privkey_path=path, check=True)["changed"] is True
    assert host.put(privkey_path=path)["changed"] is True
    assert (os.stat(path).st_mode & 0o777, os.stat(path).st_ino) == (0o600, before)


def test_a_run_that_was_killed_between_key_and_certificate_is_finished(host: Host) -> None:
    wanted = {"privkey_path": host.path("tls.key"), "fullchain_path": host.path("tls.pem")}
    host.put(**wanted)
    host.renew()
    host.put(privkey_path=host.path("tls.key"))
    (host.served / "tls.pem.new").write_text("half a certif")
    assert host.put(**wanted)["certificates"][0]["changed_files"] == [host.path("tls.pem")]
    assert sorted(each.name for each in host.served.iterdir()) == ["tls.key", "tls.pem"]


def test_the_certificate_may_be_given_as_texts(host: Host) -> None:
    texts = {
        "private_key": (host.kept / "privkey.pem").read_text(),
        "certificate": (host.kept / "fullchain.pem").read_text(),
    }
    wanted = {"combined_path": host.path("combined")}
    assert host.put(directory=None, **texts, **wanted)["changed"] is True
    assert host.put(**wanted)["changed"] is False


def test_the_context_of_selinux_is_given_where_there_is_one(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    from ansible.module_utils.basic import AnsibleModule

    given: list[tuple[str, Any]] = []

    def give(dummy_module: Any, path: str, context: list[Any], changed: bool) -> bool:
        given.append((path, context))
        return True

    monkeypatch.setattr(AnsibleModule, "selinux_enabled", lambda dummy_module: True)
    monkeypatch.setattr(AnsibleModule, "selinux_mls_enabled", lambda dummy_module: True)
    monkeypatch.setattr(AnsibleModule, "set_context_if_different", give)
    path = host.path("tls.key")
    host.put(privkey_path=path)
    assert given == []
    result = host.put(privkey_path=path, setype="cert_t")
    assert given == [(path, [None, None, "cert_t", None])]
    assert result["certificates"][0]["changed_files"] == [path]


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({}, "say where"),
        ({"directory": "/nowhere", "cert_path": "{served}/x"}, "there is no certificate in /nowhere"),
        ({"pkcs12_path": "{served}/x"}, "pkcs12_path asks for pkcs12_passphrase"),
        ({"cert_path": "x"}, "isn't an absolute path"),
        ({"cert_path": "{served}/missing/x"}, "isn't there: make it first"),
        ({"cert_path": "{served}"}, "is a directory"),
        ({"cert_path": "{served}/x", "ca_path": "{served}/x"}, "is wanted twice"),
        ({"cert_path": "{served}/x", "mode": "0777"}, "mode '0777'"),
        ({"cert_path": "{served}/x", "private_key": "x"}, "give either directory, or private_key"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_written(host: Host, entry: dict[str, Any], said: str) -> None:
    entry = {key: value.replace("{served}", str(host.served)) for key, value in entry.items()}
    result = host.put(**entry)
    assert (result.failed, said in result["msg"]) == (True, True), result["msg"]
    assert list(host.served.iterdir()) == []


def test_in_check_mode_a_directory_may_still_be_made(host: Host) -> None:
    assert host.put(cert_path=host.path("later/tls.pem"), check=True)["changed"] is True


def test_what_is_kept_is_said(host: Host, tmp_path: Path) -> None:
    expired, later, staging, own, broken = (tmp_path / str(number) for number in range(5))
    host.issuer.keep(expired, "a.example.com", days=1, start=now() - 2 * DAY)
    host.issuer.keep(later, "a.example.com", start=now() + DAY)
    Issuer("(STAGING) Pretend Pear X1", "(STAGING) Counterfeit Cashew R10").keep(staging, "a.example.com", root=False)
    host.issuer.keep(own, "a.example.com", issuer="own_ca")
    host.issuer.keep(broken, "a.example.com")
    (broken / "current" / "privkey.pem").write_bytes((own / "privkey.pem").read_bytes())
    plain = self_signed(tmp_path / "plain", "plain.example.com")
    records = host.look(host.kept, expired, later, staging, own, broken, plain, tmp_path / "nothing")
    assert [(each["ready"], each["reason"], each["refusal"] is None) for each in records] == [
        (True, "Kept", True),
        (False, "Expired", True),
        (False, "NotYetValid", True),
        (True, "Kept", False),
        (True, "Kept", False),
        (False, "InvalidCertificate", True),
        (True, "Kept", False),
        (False, "DoesNotExist", True),
    ]
    assert "(STAGING)" in records[3]["refusal"]
    assert "own_ca" in records[4]["refusal"]
    assert "self-signed" in records[6]["refusal"]


def test_a_late_renewal_is_a_worry(host: Host, tmp_path: Path) -> None:
    """Of thirty days a third is left for renewal, unless that is said."""
    ages = {"none": 15, "warning": 25, "critical": 28}
    for alert, days in ages.items():
        host.issuer.keep(tmp_path / alert, "shop.example.com", start=now() - days * DAY)
    folders = [tmp_path / alert for alert in ages]
    assert [each["alert"] for each in host.look(*folders, tmp_path / "nowhere")] == [*ages, None]
    assert [each["alert"] for each in host.look(*folders, renew_before="5d")] == ["none", "none", "critical"]
    wrong = run_main(host._monkeypatch, "kept_certificate_info", {"directories": [], "renew_before": "soon"})
    assert (wrong.failed, wrong["faults"]) == (True, ["renew_before 'soon' isn't a time such as 90d, 12h or 1w2d"])
