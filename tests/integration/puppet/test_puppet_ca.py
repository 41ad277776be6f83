# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A CA from elsewhere, made by the real ``puppetserver ca``; and the role, from nothing to a CA that answers."""

from __future__ import annotations

import datetime
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils import _x509
from ansible_collections.tlsops.certificates.plugins.module_utils._puppet import csr
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from support import puppet_config
from support.in_process import run_main
from support.killed import killed_at
from support.modules import ModuleResult
from support.playbooks import Playbook, Run
from support.puppet_server import JAR, PuppetServer, Unmade

pytestmark = pytest.mark.skipif(not Path(JAR).exists(), reason="this system has no Puppet Server")
CERTNAME = "puppet.test"
PASSWORD = "the password of the web servers"
CERTIFICATE_OR_REQUEST = ("certificate", "certificate_request")


def places(folder: Path) -> dict[str, str]:
    for name in ("conf", "server/conf.d"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    return {
        "certname": CERTNAME,
        "confdir": str(folder / "conf"),
        "server_confdir": str(folder / "server"),
        "ssldir": str(folder / "ssl"),
        "cadir": str(folder / "ca"),
    }


def settings(patch: pytest.MonkeyPatch, folder: Path, check: bool = False, diff: bool = False, **options: Any) -> Any:
    program = {"autosign_program": str(folder / "autosign")}
    return run_main(patch, "puppet_ca_settings", {**places(folder), **program, **options}, check=check, diff=diff)


def setup(patch: pytest.MonkeyPatch, folder: Path, check: bool = False, **options: Any) -> ModuleResult:
    result = run_main(patch, "puppet_ca_setup", {**places(folder), **options}, check=check, diff=True)
    assert "PRIVATE KEY" not in result.stdout
    return result


def pem(key: Any) -> str:
    none = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, none).decode()


class Elsewhere:
    """A root, a CA below it that has signed nothing, and the root's revocation list; what an import takes."""

    def __init__(self, folder: Path, key: Any = None, list_days: int = 30) -> None:
        self._now = datetime.datetime.now(datetime.timezone.utc)
        self._root_key = ec.generate_private_key(ec.SECP256R1())
        self._root = self._certificate("Root", self._root_key.public_key(), None)
        key = key or rsa.generate_private_key(public_exponent=65537, key_size=2048)
        issuing = self._certificate("Issuing", key.public_key(), self._root)
        texts = {
            "import_key_path": pem(key),
            "import_certificates_path": self._text(issuing) + self._text(self._root),
            "import_crls_path": self._list(list_days),
        }
        self.options = {name: str(folder / f"{name}.pem") for name in texts}
        for name, text in texts.items():
            Path(self.options[name]).write_text(text, encoding="utf-8")

    def _certificate(self, name: str, public: Any, issuer: x509.Certificate | None) -> x509.Certificate:
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        identifier = x509.SubjectKeyIdentifier.from_public_key(public)
        above = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._root_key.public_key())
        usage = dict.fromkeys(
            ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"), False
        )
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer.subject if issuer else subject)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(self._now - datetime.timedelta(days=1))
            .not_valid_after(self._now + datetime.timedelta(days=365))
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(
                x509.KeyUsage(**usage, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False),
                critical=True,
            )
            .add_extension(identifier, critical=False)
            .add_extension(above, critical=False)
            .sign(self._root_key, hashes.SHA256())
        )

    def _list(self, days: int) -> str:
        above = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._root_key.public_key())
        made = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self._root.subject)
            .last_update(self._now - datetime.timedelta(days=9))
            .next_update(self._now + datetime.timedelta(days=days))
            .add_extension(x509.CRLNumber(1), critical=False)
            .add_extension(above, critical=False)
            .sign(self._root_key, hashes.SHA256())
        )
        return made.public_bytes(serialization.Encoding.PEM).decode()

    @staticmethod
    def _text(certificate: x509.Certificate) -> str:
        return certificate.public_bytes(serialization.Encoding.PEM).decode()


# From elsewhere


def test_a_ca_from_elsewhere_is_imported_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings(monkeypatch, tmp_path)
    options = Elsewhere(tmp_path).options
    predicted = setup(monkeypatch, tmp_path, check=True, **options)
    assert (predicted["changed"], predicted["ready"], predicted["phase"]) == (True, False, "Pending")
    assert not (tmp_path / "ca").exists()
    made = setup(monkeypatch, tmp_path, **options)
    assert (made["changed"], made["reason"], made["phase"]) == (True, "Imported", "Issued"), made.result
    assert made["certificates"] == (tmp_path / "ca" / "ca_crt.pem").read_text()
    again = setup(monkeypatch, tmp_path, **options)
    assert (again["changed"], again["reason"], again["fingerprint"]) == (False, "Exists", made["fingerprint"])


def test_what_cannot_be_imported_is_refused_before_anything_is_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    options = {"command": "/bin/false", **Elsewhere(tmp_path, ec.generate_private_key(ec.SECP256R1())).options}
    assert "takes RSA keys only" in setup(monkeypatch, tmp_path, **options)["msg"]
    options = {"command": "/bin/false", **Elsewhere(tmp_path, list_days=-1).options}
    assert "has expired" in setup(monkeypatch, tmp_path, **options)["msg"]
    Path(options["import_crls_path"]).unlink()
    assert "there is no file" in setup(monkeypatch, tmp_path, **options)["msg"]
    assert not (tmp_path / "ca").exists()


# What is half there


@pytest.fixture(scope="module")
def ready_made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A command that has its CA from a real one, as fast as files are copied."""
    folder = tmp_path_factory.mktemp("ready_made")
    places(folder)
    (folder / "conf" / "puppet.conf").write_text("[main]\nkeylength = 2048\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        made = setup(patch, folder, subject_alternative_names=["localhost"])
    assert made["reason"] == "SetUp", made.result
    script = folder / "puppetserver"
    target = '$(sed -n "s/^{} = //p" "$4")'
    copies = "\n".join(f'cp -r {folder}/{name[:-3]} "{target.format(name)}" || exit 1' for name in ("ssldir", "cadir"))
    script.write_text(f"#!/bin/sh\n{copies}\n", encoding="utf-8")
    script.chmod(0o755)
    return script


def test_a_set_up_that_is_killed_anywhere_is_finished_by_the_next_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, ready_made: Path
) -> None:
    """With the same CA, if one was ready."""
    kills = 0
    for number in range(1, 400, 3):
        folder = tmp_path / str(number)
        folder.mkdir()
        places(folder)

        def make(folder: Path = folder) -> ModuleResult:
            return setup(monkeypatch, folder, command=str(ready_made))

        if not killed_at(number, make):
            break
        kills += 1
        assert make()["phase"] == "Issued"
        assert (folder / "ca" / "ca_key.pem").read_text() == (ready_made.parent / "ca" / "ca_key.pem").read_text()
        assert not [name for name in os.listdir(folder / "ca") if name.startswith(".")]
        assert not make()["changed"]
    assert kills > 10


def test_an_agents_key_stays_and_another_cas_certificate_is_in_the_way(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    places(tmp_path)
    (tmp_path / "conf" / "puppet.conf").write_text("[main]\nkeylength = 2048\n", encoding="utf-8")
    key, certificate = tmp_path / "ssl/private_keys/puppet.test.pem", tmp_path / "ssl/certs/puppet.test.pem"
    for path in (key, certificate):
        path.parent.mkdir(parents=True)
    key.write_text(pem(rsa.generate_private_key(public_exponent=65537, key_size=2048)), encoding="utf-8")
    before = key.read_text(encoding="utf-8")
    certificate.write_text("of another CA", encoding="utf-8")
    assert f"move {certificate} away first" in setup(monkeypatch, tmp_path, command="/bin/false")["msg"]
    certificate.unlink()
    assert setup(monkeypatch, tmp_path)["changed"]
    assert key.read_text(encoding="utf-8") == before
    server = _x509.load_certificate(certificate.read_text(encoding="utf-8"))
    assert _x509.describe_certificate(server).public_key == _x509.describe_key(before)[1]


@pytest.mark.parametrize("missing", ["ca_key.pem", "ca_crt.pem"])
def test_half_a_ca_is_never_made_whole(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, missing: str) -> None:
    (tmp_path / "ca").mkdir()
    there = next(name for name in ("ca_key.pem", "ca_crt.pem") if name != missing)
    (tmp_path / "ca" / there).write_text("of a set-up that was killed", encoding="utf-8")
    result = setup(monkeypatch, tmp_path, command="/bin/false")
    assert f"has {there} without {missing}" in result["msg"]
    assert os.listdir(tmp_path / "ca") == [there]


def test_a_set_up_that_has_failed_says_what_it_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    result = setup(monkeypatch, tmp_path, command="/bin/false")
    assert "puppetserver ca setup has failed, and nothing was changed: it ended with 1" in result["msg"]
    assert "can't be run: No such file" in setup(monkeypatch, tmp_path, command=str(tmp_path / "none"))["msg"]
    # A command that ends with 0 and has written nothing isn't believed.
    assert "has failed" in setup(monkeypatch, tmp_path, command="/bin/true")["msg"]


# What it may sign


def test_policies_are_decided_by_a_program_that_needs_no_ansible(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    policy = {"certnames": ["web*.test"], "challenge_passwords": [PASSWORD]}
    made = settings(monkeypatch, tmp_path, diff=True, autosign_policies=[policy])
    assert PASSWORD not in made.stdout
    assert (tmp_path / "autosign.json").stat().st_mode & 0o777 == 0o640
    key = _x509.generate_key("EC_prime256v1")

    def asks(certname: str, password: str | None) -> int:
        options = {"certname": certname, "challenge_password": password}
        request = csr.build(csr.wanted_request(options), key)
        clean = {"PATH": os.environ["PATH"]}
        return subprocess.run(
            [tmp_path / "autosign", certname], input=request.encode(), env=clean, capture_output=True, check=False
        ).returncode

    assert [asks("web1.test", PASSWORD), asks("web1.test", None), asks("db1.test", PASSWORD)] == [0, 1, 1]
    assert not settings(monkeypatch, tmp_path, autosign_policies=[policy])["changed"]


def test_other_settings_stay(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    places(tmp_path)
    before = "# by hand\n[main]\nlogdir = /var/log/puppet\n[server]\nreports = store\n"
    (tmp_path / "conf" / "puppet.conf").write_text(before, encoding="utf-8")
    settings(monkeypatch, tmp_path, ca_ttl="30d", autosign=["*.test"])
    after = (tmp_path / "conf" / "puppet.conf").read_text(encoding="utf-8")
    assert set(before.splitlines()) < set(after.splitlines())
    assert "ca_ttl = 2592000" in after
    wrong = settings(monkeypatch, tmp_path, ca_ttl="soon", autosign={"certname": "x"})
    assert "ca_ttl 'soon' isn't a time" in wrong["msg"]
    assert "autosign is true, false, or a list" in wrong["msg"]


# The role


def contents(folder: Path) -> dict[str, tuple[bytes, int, int]]:
    """Serial numbers and what was signed included; whose the files are, too."""
    paths = [path for name in ("ca", "ssl") for path in (folder / name).rglob("*") if path.is_file()]
    assert {"ca_key.pem", "serial", "inventory.txt"} <= {path.name for path in paths}
    return {str(path): (path.read_bytes(), path.stat().st_mode, path.stat().st_uid) for path in paths}


def the_playbook(folder: Path, **variables: Any) -> Playbook:
    inventory = folder / "hosts.json"
    local = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    inventory.write_text(json.dumps({"puppet_ca": {"hosts": {"localhost": local}}}), encoding="utf-8")
    playbook = Playbook("tlsops.certificates.puppet_ca", None, folder, variables, str(inventory))
    # The server takes up to a minute to start, and the more the less of the machine it gets.
    playbook.timeout = 420.0
    return playbook


def asks(server: PuppetServer, certname: str, password: str | None) -> bool:
    """Whether the CA has signed by itself what it was asked for."""
    options = {"certname": certname, "challenge_password": password}
    request = csr.build(csr.wanted_request(options), _x509.generate_key("EC_prime256v1"))
    assert server.request("PUT", f"certificate_request/{certname}", request)[0] == 200
    signed, pending = (server.request("GET", f"{kind}/{certname}")[0] for kind in CERTIFICATE_OR_REQUEST)
    assert {signed, pending} == {200, 404}
    return signed == 200


def signs_by_policies(server: PuppetServer, policies: Path) -> None:
    """The server itself runs the program, and has in its log what is refused."""
    assert asks(server, "web1.test", PASSWORD)
    assert not asks(server, "web2.test", "another")
    assert not asks(server, "db1.test", PASSWORD)
    for said in ("the request of web2.test isn't signed: it has another challenge password", "no policy is for this"):
        assert said in server.log()
    before = policies.read_text(encoding="utf-8")
    policies.write_text("[", encoding="utf-8")
    assert not asks(server, "web3.test", PASSWORD)
    assert "the policies can't be read" in server.log()
    policies.write_text(before, encoding="utf-8")


def test_from_nothing_to_a_ca_that_answers(tmp_path: Path) -> None:
    with Unmade(tmp_path / "server") as unmade:
        passphrase = "a passphrase for the tests"
        playbook = the_playbook(
            tmp_path,
            **unmade.variables,
            puppet_ca_export_to=str(tmp_path),
            puppet_ca_backup_passphrase=passphrase,
            puppet_ca_backup_directory=str(tmp_path / "backups"),
            puppet_ca_allow_subject_alt_names="yes",
            puppet_ca_ttl="30d",
            puppet_ca_autosign_policies=[{"certnames": ["web*.test"], "challenge_passwords": [PASSWORD]}],
        )

        def run(*flags: str) -> Run:
            found = playbook.run(*flags)
            assert found.exit_code == 0, found.output
            for secret in ("PRIVATE KEY", PASSWORD, passphrase):
                assert secret not in found.output
            return found

        assert run("--check", "--diff").changed
        assert not list((tmp_path / "server" / "ca").iterdir())
        made = run()
        assert "The CA is in" in made.output
        assert made.changed
        assert run("-vvv").changed == 0
        before = contents(tmp_path / "server")
        signs_by_policies(unmade.server, tmp_path / "server" / "conf" / "autosign.json")
        ends = _x509.describe_certificate(_x509.load_certificate((tmp_path / "ca.pem").read_text())).not_after
        # The CA outlives what it signs.
        assert ends > datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=365)
        for name in ("ca", "ssl"):
            shutil.rmtree(tmp_path / "server" / name)
        is_restored(playbook, tmp_path, passphrase)
        assert contents(tmp_path / "server") == before


def is_restored(playbook: Playbook, folder: Path, passphrase: str) -> None:
    """There is a CA then, and none is made. The server has missed its files meanwhile, and would want a restart."""
    (archive,) = (folder / "backups").glob("puppet-ca-*")
    options = {
        "certificate_backup_hosts": "localhost",
        "certificate_backup_become": False,
        "certificate_backup_archive": str(archive),
        "certificate_backup_passphrase": passphrase,
    }
    restored = Playbook("tlsops.certificates.certificate_restore", None, folder, options, playbook.inventory).run()
    assert restored.exit_code == 0, restored.output
    again = playbook.run("--diff", puppet_ca_start_command=[])
    assert (again.exit_code, again.changed) == (0, 0), again.output


def test_a_server_whose_ca_service_is_disabled_is_no_ca(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, ready_made: Path
) -> None:
    """The role says so that has set it up, and the modules that ask it."""
    with Unmade(tmp_path / "server") as unmade:
        unmade.switch_ca_off(CERTNAME)
        given = {**unmade.variables, "puppet_ca_certname": CERTNAME, "puppet_ca_command": str(ready_made)}
        run = the_playbook(tmp_path, **given).run()
        assert run.exit_code == 2, run.output
        assert "is no CA: its CA service is disabled in services.d/ca.cfg" in run.output
        server = unmade.server
        node = {"certname": "web1.test", "ssldir": str(tmp_path / "node"), "key_algorithm": "EC_prime256v1"}
        admin = {name: value.replace(puppet_config.CERTNAME, CERTNAME) for name, value in server.admin.items()}
        signs = {**admin, "certnames": ["web1.test"], "any_key": True}
        for module, options in (("puppet_certificate", node), ("puppet_ca_sign", signs), ("puppet_ca_info", admin)):
            result = run_main(monkeypatch, module, {**server.options, **options})
            assert "the CA service of this Puppet Server is disabled" in result["msg"], result.result
