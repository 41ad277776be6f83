# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every example of the documentation is run as it stands: those of the modules, and those of the README and the pages.

The world they find: example.com is in the account of the certificates, example.net and dev.example.net are in another
one that is reached by a role, and example.org is in a third one, out of reach. The load balancer web listens on 443 and
8443, api on 443. Each listener has a certificate that somebody else put there, and so has the distribution of
cdn.example.com.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.tlsops.certificates.plugins.module_utils._subject_names import SubjectNames
from ansible_collections.tlsops.certificates.plugins.module_utils._x509 import build_csr, generate_key
from sandbox.client import Sandbox
from support import bind_primary
from support.bind_primary import Primary
from support.cloudflare import TOKEN, CloudflareStandIn
from support.examples import Tasks, examples_of, fenced, playbooks_in, run_playbook, sections_of, tasks_in
from support.kept import Issuer
from support.modules import ROOT
from support.nginx import TlsSite
from support.pebble import Pebble
from support.recipients import AgeRecipient

ACCOUNT, OTHER_ACCOUNT, STRANGE_ACCOUNT = "111111111111", "222222222222", "333333333333"
CA_ARN = f"arn:aws:acm-pca:eu-west-1:{ACCOUNT}:certificate-authority/12345678-1234-1234-1234-123456789012"
#: Those that need a Puppet CA are run where there is one.
MODULES = [path for path in sorted((ROOT / "plugins" / "modules").glob("*.py")) if not path.stem.startswith("puppet_")]
AWX = ROOT / "docs" / "awx.md"
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md"), *(ROOT / "roles").glob("*/README.md")])
PLAYBOOKS = {
    "acm_certificates": "acm_certificates_list",
    "acm_guard": "acm_guard_repair",
    "acme_certificates": "acme_certificates_list",
    "certificate_backup": "certificate_backup_paths",
    "certificate_deploy": "certificate_deploy_list",
    "cloudfront_distribution_certificate": "cloudfront_distribution_certificate_list",
    "cloudfront_tenants": "cloudfront_tenants_list",
    "elb_certificates": "elb_certificates_members",
    "private_certificates": "private_certificates_list",
}
#: Modules that ask the public DNS, which is the sandbox's here.
ASKING_DNS = ("acm_dns_certificate", "acm_dns_certificates", "acm_certificate_wait", "acm_renewal_info")
#: Variables that examples leave to the reader.
CHALLENGE = "gfj9Xq-Rg85nM-kb6jyFbqr3d6lXc0EuJm4sXJ1aLkw"
APPLIANCE_CSR = build_csr(
    generate_key("RSA_2048"), SubjectNames((("CN", "appliance"),), ("DNS:appliance.corp.internal",)), ()
)

#: Modules that begin to look later than anything takes here.
LOOKING_AT_TENANTS = ("cloudfront_tenant_cert", "cloudfront_tenant_certs")


def settings_in(page: Path) -> list[dict[str, Any]]:
    return [block for block in map(yaml.safe_load, fenced(page, "yaml")) if isinstance(block, dict)]


def playbook_for(settings: dict[str, Any]) -> str | None:
    """The playbook that has all it needs in these variables: those with a list of what is wanted."""
    found = [name for name, needed in PLAYBOOKS.items() if needed in settings]
    return found[0] if found else None


def playbooks_of(page: Path) -> list[Tasks]:
    return playbooks_in(page.read_text(encoding="utf-8"))


class World:
    """What is there, and ansible-playbook with the credentials of the account that gets the certificates."""

    def __init__(self, sandbox: Sandbox, primary: Primary, pebble: Pebble, folder: Path) -> None:
        self.sandbox = sandbox
        self.folder = folder
        self.pebble = pebble
        self.cloudflare = CloudflareStandIn({"example.com": ("023e105f4ecef8ad9ca31a8372d0c353", "active")})
        own, other = sandbox.boto("route53", ACCOUNT), sandbox.boto("route53", OTHER_ACCOUNT)
        self.zone_id = self._zone(own, "example.com")
        parent, child = self._zone(other, "example.net"), self._zone(other, "dev.example.net", delegate=False)
        servers = other.get_hosted_zone(Id=child)["DelegationSet"]["NameServers"]
        delegation = {
            "Name": "dev.example.net",
            "Type": "NS",
            "TTL": 300,
            "ResourceRecords": [{"Value": server} for server in servers],
        }
        other.change_resource_record_sets(
            HostedZoneId=parent, ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": delegation}]}
        )
        self._zone(sandbox.boto("route53", STRANGE_ACCOUNT), "example.org")
        sandbox.advance(2)  # New zones are served when they are in sync.
        sandbox.role(OTHER_ACCOUNT, "dns-validation", trusted=[ACCOUNT], external_id="tlsops-demo")
        sandbox.certificate_authority(arn=CA_ARN, key_algorithm="RSA_2048", renewal_permission=True)
        self.variables = {
            "hosted_zone_id": self.zone_id,
            "certificate_authority_arn": CA_ARN,
            "challenge": CHALLENGE,
            "folder": str(folder / "kept"),
            "private_certificates_hosts": "localhost",
            "private_certificates_become": False,
            "private_certificates_directory": str(folder / "kept" / "role"),
            "trust_bundle_path": str(folder / "kept" / "roots.pem"),
            "appliance_csr": APPLIANCE_CSR,
            "resolver": sandbox.dns_address,
            "dns_port": int(sandbox.dns_address.rpartition(":")[2]),
            "acm_certificates_nameservers": [sandbox.dns_address],
            "acm_guard_nameservers": [sandbox.dns_address],
            "primary": bind_primary.ADDRESS,
            "primary_port": primary.port,
            "tsig_secret": primary.secret,
            "tsig_key_file": str(primary.key_file),
            "cloudflare_token": TOKEN,
            "cloudflare_endpoint": self.cloudflare.endpoint,
            **self._acme(primary),
            **self._endpoints(),
            **self._serving(),
        }
        self._neglected()

    def _serving(self) -> dict[str, Any]:
        """A server of two names. One has what is kept, the other files with an old certificate."""
        kept, files = self.folder / "shop", self.folder / "served"
        issuer = Issuer()
        issuer.keep(kept, "shop.example.com")
        files.mkdir()
        (files / "tls.key").write_bytes((kept / "privkey.pem").read_bytes())
        (files / "tls.pem").write_bytes((kept / "fullchain.pem").read_bytes())
        issuer.keep(kept, "shop.example.com")
        own = (files / "tls.key", files / "tls.pem")
        age = AgeRecipient.make(self.folder)
        self.site = TlsSite(self.folder / "nginx", {"shop.example.com": own, "kept.example.com": kept})
        return {
            "kept_certificate": str(kept),
            "keystore_passphrase": "a passphrase of the examples",
            "served_files": str(files),
            "served_endpoint": self.site.endpoint,
            "reload_command": self.site.reload_command,
            "backup_passphrase": "another passphrase of the examples",
            "age_recipient": age.recipient,
            "age_identity_file": str(age.identity_file),
            "certificate_backup_hosts": "localhost",
            "certificate_backup_become": False,
            "certificate_deploy_hosts": "localhost",
            "certificate_deploy_become": False,
        }

    def _acme(self, primary: Primary) -> dict[str, Any]:
        """An ACME CA, and the key of an account that it doesn't have yet."""
        key = self.folder / "account.pem"
        key.write_text(generate_key("EC_prime256v1"), encoding="utf-8")
        return {
            "acme_directory": self.pebble.directory,
            "account_key": str(key),
            "acme_certificates_issuer": self.pebble.directory,
            "acme_certificates_hosts": "localhost",
            "acme_certificates_become": False,
            "acme_certificates_directory": str(self.folder / "kept" / "acme"),
            "acme_certificates_state_directory": str(self.folder / "acme"),
            "acme_certificates_dns_nameservers": [primary.at],
            "acme_certificates_dns_port": primary.port,
        }

    def _neglected(self) -> None:
        """Certificates whose records are gone, and one that is validated by e-mail."""
        used = {"age": 86400, "in_use_by": [f"arn:aws:apigateway:eu-west-1::/domainnames/{ACCOUNT}"]}
        names = ({"domain_name": "guarded.example.com"}, {"domain_name": "guarded.example.net"})
        by_email = {"domain_name": "mail.example.net", "validation_method": "EMAIL"}
        self.sandbox.add_certificates([{**used, **each} for each in (*names, by_email)])

    def _endpoints(self) -> dict[str, Any]:
        """Load balancers and a distribution, and certificates to attach. No example requests one with these names."""
        balancer = self.sandbox.load_balancer
        imported = {"type": "IMPORTED", "age": 86400}
        regional = [
            {**imported, "domain_name": name, "subject_alternative_names": [more]}
            for name, more in (
                ("*.example.com", "old.example.com"),
                ("shop.example.com", "shop.old.example.com"),
                ("api.example.com", "api.old.example.com"),
            )
        ]
        names = {"domain_name": "cdn.example.com", "subject_alternative_names": ["cdn.old.example.com"]}
        for_cloudfront = {**imported, **names, "region": "us-east-1"}
        wildcard, shop, api, old_cdn, cdn = self.sandbox.add_certificates([*regional, for_cloudfront, for_cloudfront])
        balancer("web", certificate_arn=wildcard)
        balancer("web", certificate_arn=wildcard, port=8443)
        return {
            "listener_arn": balancer("api", certificate_arn=wildcard)["listener_arn"],
            "shop_certificate_arn": shop,
            "api_certificate_arn": api,
            "legacy_certificate_arn": api,
            "cdn_certificate_arn": cdn,
            "distribution_id": self.sandbox.distribution(["cdn.example.com"], old_cdn)["id"],
            **self._tenants(),
        }

    def _tenants(self) -> dict[str, Any]:
        """A multi-tenant distribution with a tenant, and two names that point to its connection group already."""
        template = self.sandbox.distribution(parameters=[{"name": "tenantName", "required": False}])["id"]
        group = self.sandbox.connection_group("customers")
        self.sandbox.add_tenants(template, [{"name": "old-shop", "domains": ["old-shop.example.com"]}])
        names = {"domain_name": "*.customers.example.com", "region": "us-east-1", "type": "IMPORTED", "age": 86400}
        changes = [
            {"Name": name, "Type": "CNAME", "TTL": 300, "ResourceRecords": [{"Value": group["endpoint"]}]}
            for name in ("a.customers.example.com", "b.customers.example.com", "www.b.customers.example.com")
        ]
        self.sandbox.boto("route53", ACCOUNT).change_resource_record_sets(
            HostedZoneId=self.zone_id,
            ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": change} for change in changes]},
        )
        return {
            "multi_tenant_distribution_id": template,
            "connection_group_id": group["id"],
            "routing_endpoint": group["endpoint"],
            "customers_certificate_arn": self.sandbox.add_certificates([names])[0],
            "cloudfront_tenants_first_interval": 1,
            "cloudfront_tenants_poll_interval": 2,
        }

    def _zone(self, route53: Any, name: str, delegate: bool = True) -> str:
        made = route53.create_hosted_zone(Name=name, CallerReference=name)
        zone_id = str(made["HostedZone"]["Id"]).rpartition("/")[2]
        if delegate:
            self.sandbox.delegate(name, zone_id)
        return zone_id

    def play(self, tasks: Tasks) -> int:
        """How many tasks changed something."""
        play = {"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": tasks}
        return self.run([play])

    def run(self, playbook: Tasks, **more: Any) -> int:
        asking = {f"tlsops.certificates.{name}": {"nameservers": [self.sandbox.dns_address]} for name in ASKING_DNS}
        asking |= {
            f"tlsops.certificates.{name}": {"first_interval": 1, "poll_interval": 2} for name in LOOKING_AT_TENANTS
        }
        playbook = [{**play, "module_defaults": asking} if "hosts" in play else play for play in playbook]
        trusting = {"SSL_CERT_FILE": str(self.pebble.ca_path)}
        environment = {**self.sandbox.environment(ACCOUNT), **trusting}
        return run_playbook(playbook, self.folder, {**self.variables, **more}, environment)


@pytest.fixture(scope="session")
def primary() -> Iterator[Primary]:
    """A name server that isn't AWS's, and takes challenges for example.com."""
    with bind_primary.start({"example.com": ""}, ["_acme-challenge.example.com"]) as running:
        yield running


@pytest.fixture(scope="session")
def pebble(primary: Primary, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pebble]:
    """An ACME CA that asks this name server."""
    with Pebble.running(tmp_path_factory.mktemp("pebble"), primary.at) as running:
        yield running


@pytest.fixture
def world(sandbox: Sandbox, primary: Primary, pebble: Pebble, tmp_path: Path) -> Iterator[World]:
    found = World(sandbox, primary, pebble, tmp_path)
    yield found
    found.site.stop()
    found.cloudflare.stop()


def removes(task: dict[str, Any]) -> bool:
    """Whether the task takes something away that another one has made."""
    return any(
        options.get("state") in ("absent", "revoked") or options.get("certificate_arns") == []
        for options in task.values()
        if isinstance(options, dict)
    )


def writes(task: dict[str, Any]) -> bool:
    """Whether it is a module of ours that may change something."""
    return any(name.startswith("tlsops.certificates.") and not name.endswith(("_info", "_wait")) for name in task)


def run_twice(world: World, tasks: Tasks) -> int:
    """How much the tasks change: those that make something, twice, then those that take it away, twice."""
    making, removing = [t for t in tasks if not removes(t)], [t for t in tasks if removes(t)]
    changed = world.play(making)
    assert world.play(making) == 0
    if removing:
        assert world.play(removing) == len(removing)
        assert world.play(removing) == 0
    return changed


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_the_examples_of_a_module_work_and_change_nothing_again(world: World, module: Path) -> None:
    tasks = examples_of(module)
    assert any(f"tlsops.certificates.{module.stem}" in task for task in tasks)
    changed = run_twice(world, tasks)
    assert (changed > 0) == any(map(writes, tasks))


def test_the_readme_has_a_playbook_of_ten_lines() -> None:
    [playbook] = [block for block in fenced(ROOT / "README.md", "yaml") if re.search("^  hosts:", block, re.MULTILINE)]
    assert len(playbook.splitlines()) <= 10


@pytest.mark.parametrize(
    "playbook",
    [
        pytest.param(playbook, id=f"{page.relative_to(ROOT)}-{number}")
        for page in PAGES
        if page != AWX
        for number, playbook in enumerate(playbooks_of(page))
    ],
)
def test_the_playbooks_of_a_page_work_and_change_nothing_again(world: World, playbook: Tasks) -> None:
    assert world.run(playbook) > 0
    assert world.run(playbook) == 0


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param(settings, id=f"{page.relative_to(ROOT)}-{playbook_for(settings)}")
        for page in PAGES
        for settings in settings_in(page)
        if playbook_for(settings)
    ],
)
def test_the_variables_of_a_page_work_with_their_playbook(world: World, settings: dict[str, Any]) -> None:
    playbook = [{"ansible.builtin.import_playbook": f"tlsops.certificates.{playbook_for(settings)}"}]
    assert world.run(playbook, **settings) > 0
    assert world.run(playbook, **settings) == 0


def examples_by_section(page: Path) -> dict[str, Tasks]:
    """What uses a variable that another section registers comes after that; what only takes away, after the first."""
    found = {heading: tasks for heading, text in sections_of(page).items() if (tasks := tasks_in(text))}
    return {heading: before(tasks, list(found.values())) + tasks for heading, tasks in found.items()}


def before(tasks: Tasks, sections: list[Tasks]) -> Tasks:
    expressions = " ".join(re.findall("{{(.*?)}}", json.dumps(tasks)))
    for section in sections:
        names = [task["register"] for task in section if "register" in task]
        if section is not tasks and any(re.search(rf"\b{name}\.", expressions) for name in names):
            return section
    return sections[0] if all(map(removes, tasks)) else []


@pytest.mark.parametrize(
    "tasks",
    [
        pytest.param(tasks, id=f"{page.relative_to(ROOT)}-{heading}")
        for page in PAGES
        for heading, tasks in examples_by_section(page).items()
    ],
)
def test_the_tasks_of_a_section_work_and_change_nothing_again(world: World, tasks: Tasks) -> None:
    run_twice(world, tasks)


def test_the_job_template_works_with_the_answers_of_its_survey(world: World) -> None:
    """As strings, which is how a survey delivers them."""
    [playbook] = playbooks_of(AWX)
    [settings] = [block for block in settings_in(AWX) if not playbook_for(block)]
    survey = json.loads((ROOT / "docs" / "awx-survey.json").read_text(encoding="utf-8"))
    answers = {question["variable"]: str(question["default"]) for question in survey["spec"]}
    [answers["acm_certificates_list"]] = fenced(AWX, "text")
    before = {each["CertificateArn"] for each in world.sandbox.certificates()}
    assert world.run(playbook, **{**settings, **answers}) > 0
    made = [each for each in world.sandbox.certificates() if each["CertificateArn"] not in before]
    found = {tuple(sorted(each["SubjectAlternativeNames"])): each["Status"] for each in made}
    assert found == {
        ("*.shop.example.net", "shop.example.net"): "ISSUED",
        ("example.net", "www.example.net"): "ISSUED",
    }
