# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""certificate_signing_request and certificate_install: a key that never leaves its host, and what is put beside it."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from private_world import DAY, PrivateWorld, csr
from support.modules import ModuleResult

REQUEST, INSTALL = "certificate_signing_request", "certificate_install"


class Host:
    """A host without credentials, and somebody who has its requests signed."""

    def __init__(self, private: PrivateWorld) -> None:
        self.private = private

    def request(self, *names: str, check: bool = False, **options: Any) -> ModuleResult:
        wanted = [self.private.wish(name, issuer=self.private.ca, **options) for name in names or ("db",)]
        return self.private.run(REQUEST, certificates=wanted, check=check)

    def sign(self, record: dict[str, Any]) -> dict[str, Any]:
        order = {"csr_content": record["csr"], "not_after": record["requested_not_after"], "usages": record["usages"]}
        signed = self.private.run("acm_pca_certificate", certificate_authority_arn=self.private.ca, **order)
        found: dict[str, Any] = signed["certificate"]
        return found

    def arrival(self, record: dict[str, Any], **changes: Any) -> dict[str, Any]:
        found = self.sign(record)
        parts = {key: found[key] for key in ("certificate", "chain", "root")}
        return {"directory": record["directory"], "certificate_arn": found["arn"], **parts, **changes}

    def install(self, *arrivals: dict[str, Any], check: bool = False) -> ModuleResult:
        return self.private.run(INSTALL, certificates=list(arrivals), check=check)

    def pending(self, name: str = "db") -> list[str]:
        folder = self.private.folder / name / "pending"
        return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


@pytest.fixture
def host(private: PrivateWorld) -> Host:
    return Host(private)


def test_a_key_waits_beside_its_request_until_the_certificate_comes(host: Host) -> None:
    assert host.request(check=True)["changed"] is True
    assert host.pending() == []
    requested = host.request()
    (record,) = requested["certificates"]
    assert (requested["changed"], record["phase"], record["reason"]) == (True, "Pending", "DoesNotExist")
    assert host.pending() == ["privkey.pem", "request.json"]
    asked = x509.load_pem_x509_csr(record["csr"].encode())
    assert asked.is_signature_valid
    # The same again, as long as nothing has come.
    again = host.request()
    assert (again["changed"], again["certificates"][0]["csr"]) == (False, record["csr"])
    arrival = host.arrival(record)
    assert host.install(arrival, check=True)["changed"] is True
    assert host.pending() != []
    installed = host.install(arrival)
    assert (installed["changed"], installed["certificates"][0]["changed"]) == (True, True)
    host.private.kept().check()
    assert host.private.kept().certificate.public_key() == asked.public_key()
    assert host.pending() == []
    assert (host.install(arrival)["changed"], host.request()["changed"]) == (False, False)
    assert host.private.issued() == 1


def test_nobody_is_asked(host: Host) -> None:
    host.private.counted()
    host.request("a", "b", "c")
    assert host.private.counted() == {}


def test_when_it_is_due_there_is_a_new_key_and_the_old_pair_stays_in_use(host: Host) -> None:
    host.install(host.arrival(host.request(validity="30d")["certificates"][0]))
    before = host.private.kept().certificate
    host.private.sandbox.advance(21 * DAY)
    (record,) = host.request(validity="30d")["certificates"]
    assert record["csr"] is not None
    assert host.private.kept().certificate == before
    host.private.kept().check()
    replaced = host.install(host.arrival(record))["certificates"][0]
    assert replaced["previous_serial_number"].replace(":", "") == f"{before.serial_number:x}".zfill(32)
    assert replaced["previous_issuer"] == host.private.ca
    assert host.private.kept().certificate.public_key() != before.public_key()
    host.private.kept().check()


def test_what_is_due_waits_for_a_maintenance_window(host: Host) -> None:
    """One that opens in half a day, and one that never closes."""
    host.install(host.arrival(host.request(validity="30d")["certificates"][0]))
    host.private.sandbox.advance(21 * DAY)
    closed = [{"cron": f"0 {(host.private.now.hour + 12) % 24} * * *", "duration": "2h"}]
    waiting = host.request(validity="30d", renew_windows=closed)
    (record,) = waiting["certificates"]
    assert (waiting["changed"], record["reason"], record["alert"]) == (False, "Issued", "none")
    assert "waits for the maintenance window at" in record["message"]
    opened = host.request(validity="30d", renew_windows=[{"cron": "0 * * * *", "duration": "60m"}], check=True)
    assert (opened["changed"], opened["certificates"][0]["reason"]) == (True, "Due")
    wrong = host.request(renew_windows=[{"cron": "61 * * * *", "duration": "x", "timezone": "Mars/Olympus"}])
    assert [fault.partition(": ")[2].partition(": ")[0] for fault in wrong["faults"]] == ["renew_windows[0]"] * 3


def test_the_arn_is_noted_before_the_certificate_is_there(host: Host) -> None:
    (record,) = host.request()["certificates"]
    note = {"directory": record["directory"], "certificate_arn": f"{host.private.ca}/certificate/{'a' * 32}"}
    assert host.install(note, check=True)["changed"] is True
    assert host.install(note)["changed"] is True
    assert host.install(note)["changed"] is False
    (later,) = host.request()["certificates"]
    assert (later["arn"], later["csr"]) == (note["certificate_arn"], record["csr"])


@pytest.mark.parametrize("wrong", ["key", "names", "usages", "chain", "text", "nothing pending"])
def test_what_was_not_asked_for_is_not_put_in_place(host: Host, wrong: str) -> None:
    record, other = host.request("db", "other")["certificates"]
    host.install(host.arrival(other))
    before = host.private.kept("other").certificate
    (other,) = host.request("other", force=True)["certificates"]
    arrival = host.arrival(other)
    if wrong == "key":
        arrival["certificate"] = host.sign(record)["certificate"]
    elif wrong == "names":
        key = ec.generate_private_key(ec.SECP256R1())
        arrival["certificate"] = host.sign({**other, "csr": csr(key, "evil.internal")})["certificate"]
    elif wrong == "usages":
        arrival["certificate"] = host.sign({**other, "usages": ["client_auth"]})["certificate"]
    elif wrong == "chain":
        stranger = host.private.sandbox.certificate_authority(subordinate=True, name="Stranger")
        got = host.private.sandbox.boto("acm-pca").get_certificate_authority_certificate(
            CertificateAuthorityArn=stranger
        )
        arrival |= {"chain": got["Certificate"], "root": got["CertificateChain"]}
    elif wrong == "text":
        arrival["certificate"] = "no certificate"
    else:
        arrival["directory"] = str(host.private.folder / "elsewhere")
    result = host.install(host.arrival(record), arrival)
    assert result.failed
    assert arrival["directory"] in result["msg"]
    # Not even the good one of the two.
    assert not (host.private.kept().path / "cert.pem").exists()
    assert host.private.kept("other").certificate == before
    host.private.kept("other").check()


def test_a_chain_may_come_in_any_order_and_in_one_text(host: Host) -> None:
    (record,) = host.request()["certificates"]
    found = host.sign(record)
    text = found["root"] + found["chain"] + found["chain"] + found["certificate"]
    assert host.install({"directory": record["directory"], "certificate": text})["changed"] is True
    host.private.kept().check()


def test_rights_are_the_wanted_ones(host: Host) -> None:
    (record,) = host.request(mode="0640")["certificates"]
    host.install(host.arrival(record, mode="0640"))
    modes = {path.stat().st_mode & 0o777 for path in (host.private.kept().path / "current").iterdir()}
    assert modes == {0o640}
    assert host.request(mode="0640")["changed"] is False


def test_all_faults_of_all_are_said_at_once(host: Host) -> None:
    wanted = [host.private.wish("a", validity="soon"), host.private.wish("b", usages=["flying"], mode="0777")]
    result = host.private.run(REQUEST, certificates=wanted)
    for word in ("soon", "flying", "0777", "certificates[0]", "certificates[1]"):
        assert word in result["msg"], word
    assert list(host.private.folder.iterdir()) == []


ROOTS = "trust_bundle"


def root_of(private: PrivateWorld, arn: str) -> str:
    got = private.sandbox.boto("acm-pca").get_certificate_authority_certificate(CertificateAuthorityArn=arn)
    return str(got.get("CertificateChain") or got["Certificate"])


def test_roots_come_and_go_with_a_rotation(private: PrivateWorld) -> None:
    new = private.sandbox.certificate_authority(name="Next")
    roots = [root_of(private, private.ca), root_of(private, new)]
    path, anchors, updated = (private.folder / name for name in ("roots.pem", "anchors", "updated"))
    theirs = anchors / "theirs.crt"
    anchors.mkdir()
    theirs.write_text(roots[0])
    options = {
        "path": str(path),
        "system": True,
        "anchors_directory": str(anchors),
        "update_command": ["touch", str(updated)],
    }

    def trust(*trusted: str, check: bool = False) -> Any:
        updated.unlink(missing_ok=True)
        return private.run(ROOTS, certificates=list(trusted), check=check, diff=True, **options)["changed"]

    def trusted() -> tuple[int, int]:
        return len(x509.load_pem_x509_certificates(path.read_bytes())), len(list(anchors.iterdir())) - 1

    assert (trust(roots[0], check=True), path.exists(), updated.exists()) == (True, False, False)
    assert (trust(roots[0]), trusted(), updated.exists()) == (True, (1, 1), True)
    assert (trust(roots[0]), updated.exists()) == (False, False)
    assert (trust(*roots), trusted(), updated.exists()) == (True, (2, 2), True)
    assert trust("".join(roots[::-1])) is False
    assert (trust(roots[1]), trusted(), updated.exists()) == (True, (1, 1), True)
    assert theirs.read_text() == roots[0]


@pytest.mark.skipif(shutil.which("update-ca-certificates") is None, reason="no update-ca-certificates here")
def test_debian_s_own_tool_makes_a_trust_store_of_the_roots(private: PrivateWorld) -> None:
    """The real update-ca-certificates, in folders of the test's own; OpenSSL then trusts what the store has."""
    other = private.sandbox.certificate_authority(name="Another")
    roots = [root_of(private, private.ca), root_of(private, other)]
    store = private.folder / "store"
    folders = {name: store / name for name in ("certsdir", "localcertsdir", "etccertsdir", "hooksdir")}
    for folder in folders.values():
        folder.mkdir(parents=True)
    configuration = store / "ca-certificates.conf"
    configuration.touch()
    command = ["update-ca-certificates", "--certsconf", str(configuration)]
    command += [part for name, folder in folders.items() for part in (f"--{name}", str(folder))]
    options = {"anchors_directory": str(folders["localcertsdir"]), "update_command": command}
    private.issue()

    def trusted(*trusting: str) -> bool:
        assert private.run(ROOTS, certificates=list(trusting), **options)["changed"] is True
        assert private.run(ROOTS, certificates=list(trusting), **options)["changed"] is False
        arguments = ["-CApath", str(folders["etccertsdir"]), "-untrusted", "chain.pem", "cert.pem"]
        arguments = ["-attime", str(int(private.sandbox.now()) + 1), *arguments]
        done = subprocess.run(["openssl", "verify", *arguments], cwd=private.kept().path, check=False)
        return done.returncode == 0

    assert [trusted(roots[1]), trusted(*roots), trusted(roots[1])] == [False, True, False]


def test_a_server_is_no_root(private: PrivateWorld) -> None:
    private.issue()
    leaf = private.kept().read("cert.pem").decode()
    result = private.run(ROOTS, certificates=[leaf], path=str(private.folder / "roots.pem"))
    assert (result.failed, "isn't the certificate of a CA" in result["msg"]) == (True, True)
    assert not (private.folder / "roots.pem").exists()


def test_an_update_that_fails_is_repeated(private: PrivateWorld) -> None:
    """The store was changed and not made of: the next run has to see that."""
    root, anchors = root_of(private, private.ca), private.folder / "anchors"
    options = {"certificates": [root], "system": True, "anchors_directory": str(anchors)}
    failed = private.run(ROOTS, **options, update_command=["false"])
    assert failed.failed
    updated = private.folder / "updated"
    again = private.run(ROOTS, **options, update_command=["touch", str(updated)])
    assert (again.failed, again["changed"], updated.exists()) == (False, True, True)
    assert json.dumps(again.result).count("PRIVATE") == 0
