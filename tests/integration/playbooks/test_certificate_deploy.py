# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""certificate_deploy.yml as a user runs it: one certificate to every kind of target, with a real nginx."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sandbox.client import Sandbox
from support.kept import Issuer
from support.nginx import TlsSite
from support.playbooks import Playbook, Run
from support.secret_services import TOKEN, SecretServices

PASSPHRASE = "passphrase-of-the-keystore"


class Site(Playbook):
    """A kept certificate, the playbook, and everything that it goes to."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self.issuer, self.kept, self.files = Issuer(), folder / "kept" / "shop", folder / "files"
        self.files.mkdir()
        self.renew()
        for name, source in (("tls.key", "privkey"), ("tls.pem", "fullchain")):
            (self.files / name).write_bytes((self.kept / f"{source}.pem").read_bytes())
        self.server = TlsSite(folder / "nginx", {"shop.example.com": (self.files / "tls.key", self.files / "tls.pem")})
        self.services = SecretServices()
        playbook = folder / "deploy.yml"
        handler = {"name": "Reload nginx", "ansible.builtin.command": self.server.reload_command}
        play = {
            "hosts": "localhost",
            "gather_facts": False,
            "roles": ["tlsops.certificates.certificate_deploy"],
            "handlers": [handler],
        }
        playbook.write_text(json.dumps([play]))
        self.inventory_file = folder / "hosts.json"
        variables = {
            "certificate_deploy_directory": str(folder / "kept"),
            "certificate_deploy_region": "eu-west-1",
            "certificate_deploy_verify_timeout": 20,
            "certificate_deploy_kubernetes": {"host": self.services.url, "api_key": TOKEN},
            "certificate_deploy_vault": {"url": self.services.url, "auth_method": "token", "token": TOKEN},
            "certificate_deploy_list": [{"name": "shop", "deploy": self.targets()}],
        }
        self.have_hosts("localhost")
        super().__init__(str(playbook), sandbox, folder, variables, str(self.inventory_file))

    def have_hosts(self, *names: str) -> None:
        local = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
        self.inventory_file.write_text(json.dumps({"all": {"hosts": dict.fromkeys(names, local)}}))

    def files_target(self, **more: Any) -> dict[str, Any]:
        paths = {"privkey_path": str(self.files / "tls.key"), "fullchain_path": str(self.files / "tls.pem")}
        return {"type": "files", **paths, "notify": "Reload nginx", "verify": [self.server.endpoint], **more}

    def targets(self) -> list[dict[str, Any]]:
        store = {"pkcs12_path": str(self.files / "tls.p12"), "pkcs12_passphrase": PASSPHRASE}
        return [
            self.files_target(**store),
            {"type": "acm", "tags": {"team": "web"}},
            {"type": "secretsmanager", "secret": "web/shop"},
            {"type": "kubernetes", "secret": "shop-tls", "namespaces": "shop, blog"},
            {"type": "vault", "path": "web/shop", "engine_mount_point": "kv"},
        ]

    def renew(self, **options: Any) -> None:
        self.issuer.keep(self.kept, "shop.example.com", **options)

    def read(self, name: str) -> str:
        return (self.kept / f"{name}.pem").read_text()

    def quiet(self, *flags: str, **variables: Any) -> Run:
        """Whatever a run says, it says no key, no passphrase, and no token."""
        run = self.run("-vvv", *flags, **variables)
        lines = [self.read("privkey").splitlines()[1], base64.b64encode(self.read("privkey").encode()).decode()[40:80]]
        assert [secret for secret in (*lines, PASSPHRASE, TOKEN, "PRIVATE KEY") if secret in run.output] == []
        return run

    def good(self, *flags: str, **variables: Any) -> Run:
        run = self.quiet(*flags, **variables)
        assert run.exit_code == 0, run.output
        return run

    def everywhere(self) -> list[str]:
        """The certificate with its chain as each target has it."""
        acm = self.sandbox.boto("acm")
        (imported,) = [each for each in self.sandbox.certificates() if each["Type"] == "IMPORTED"]
        secret = self.sandbox.boto("secretsmanager").get_secret_value(SecretId="web/shop")["SecretString"]
        in_kubernetes = [self.services.kubernetes[name, "shop-tls"]["data"]["tls.crt"] for name in ("shop", "blog")]
        body = acm.get_certificate(CertificateArn=imported["CertificateArn"])
        return [
            (self.files / "tls.pem").read_text(),
            body["Certificate"] + "".join(body["CertificateChain"].partition("-----END CERTIFICATE-----\n")[:2]),
            json.loads(secret)["fullchain"],
            *(base64.b64decode(text).decode() for text in in_kubernetes),
            self.services.vault["kv/web/shop"][-1]["fullchain"],
        ]


@pytest.fixture
def site(sandbox: Sandbox, tmp_path: Path) -> Iterator[Site]:
    found = Site(sandbox, tmp_path)
    yield found
    found.server.stop()
    found.services.stop()


def test_one_certificate_goes_to_every_target_and_is_served(site: Site) -> None:
    site.renew()
    predicted = site.good("--check", "--diff")
    assert (predicted.changed > 0, site.services.writes, site.sandbox.count("acm", "ImportCertificate")) == (True, 0, 0)
    site.good(certificate_deploy_calls_from="host")
    assert site.everywhere() == [site.read("fullchain")] * 6
    key = base64.b64decode(site.services.kubernetes["shop", "shop-tls"]["data"]["tls.key"]).decode()
    assert (key, site.services.vault["kv/web/shop"][-1]["privkey"]) == (site.read("privkey"),) * 2
    assert site.services.unknown == []
    # Who calls the services is no reason to change anything there.
    before = site.services.writes
    again = site.good()
    assert (again.changed, site.services.writes, "RUNNING HANDLER" in again.output) == (0, before, False)


def test_what_a_target_refuses_is_said_and_the_others_get_theirs(site: Site) -> None:
    """What was changed is reloaded, although the role fails: the next run wouldn't see that it has to be."""
    site.sandbox.deny("111111111111", ["acm:ListCertificates"])
    site.renew()
    run = site.quiet(
        certificate_deploy_kubernetes={"host": site.services.url, "api_key": "another"},
        certificate_deploy_list=[
            {
                "name": "shop",
                "deploy": [
                    site.files_target(verify=[]),
                    *site.targets()[1:4],
                    {"type": "kubernetes", "secret": "shop-tls", "namespaces": ["nowhere"]},
                    site.targets()[4],
                ],
            }
        ],
    )
    assert run.exit_code != 0
    for said in ("AccessDenied", "Not deployed to shop-tls in shop, blog", "Unauthorized", "HANDLER [Reload nginx]"):
        assert said in run.output, said
    assert "kv/web/shop" in site.services.vault
    assert site.sandbox.count("secretsmanager", "CreateSecret") == 1


def test_a_reload_that_was_missed_is_made_up_for_and_one_that_is_forgotten_is_said(site: Site) -> None:
    """As after a run that was killed between the files and the reload; then with a target that has no handler."""
    for name, source in (("tls.key", "privkey"), ("tls.pem", "fullchain")):
        (site.files / name).write_bytes((site.kept / f"{source}.pem").read_bytes())
    site.renew()
    only_files = [{"name": "shop", "deploy": [site.files_target(notify=[])]}]
    forgotten = site.quiet(certificate_deploy_list=only_files, certificate_deploy_verify_timeout=1)
    assert (forgotten.exit_code, "serves another certificate" in forgotten.output) == (2, True)
    made_up = site.good(certificate_deploy_list=[{"name": "shop", "deploy": [site.files_target()]}])
    assert "RUNNING HANDLER [Reload nginx]" in made_up.output


def test_what_must_not_go_somewhere_goes_nowhere(site: Site) -> None:
    """All that is wrong is said before anything is changed; in check mode, what isn't there yet may come."""
    Issuer("(STAGING) Pretend Pear X1").keep(site.folder / "kept" / "staging", "staging.example.com")
    entries = [
        {"name": "staging", "deploy": {**site.files_target(verify=[]), "production": "yes"}},
        {"name": "missing", "deploy": {"type": "acm"}},
        {"name": "shop", "deploy": {"type": "secretsmanager", "secret": "web/shop"}},
    ]
    before = (site.files / "tls.pem").read_text()
    run = site.quiet(certificate_deploy_list=entries)
    assert run.exit_code != 0
    for said in ("must not go there", "(STAGING)", "There is no certificate in"):
        assert said in run.output, said
    assert site.sandbox.count("secretsmanager") == 0
    assert (site.files / "tls.pem").read_text() == before
    survey = json.dumps(entries[1:])
    assert site.good("--check", certificate_deploy_list=survey).changed == 1


def test_what_is_kept_on_the_controller_goes_to_each_host_and_once_to_a_service(site: Site) -> None:
    site.name = "tlsops.certificates.certificate_deploy"
    site.have_hosts("one", "two")
    paths = {
        f"{name}_path": str(site.files / f"{{{{ inventory_hostname }}}}.{name}") for name in ("privkey", "fullchain")
    }
    survey = {
        "certificate_deploy_kept_on": "controller",
        "certificate_deploy_become": "no",
        "certificate_deploy_list": [{"name": "shop", "deploy": [{"type": "files", **paths}, site.targets()[4]]}],
    }
    assert site.good("--check", "--diff", **survey).changed > 0
    assert sorted(each.name for each in site.files.iterdir()) == ["tls.key", "tls.pem"]
    site.good(**survey)
    for host in ("one", "two"):
        assert (site.files / f"{host}.privkey").read_text() == site.read("privkey")
        assert (site.files / f"{host}.privkey").stat().st_mode & 0o777 == 0o600
        assert (site.files / f"{host}.fullchain").read_text() == site.read("fullchain")
    assert len(site.services.vault["kv/web/shop"]) == 1
    assert site.good(**survey).changed == 0
