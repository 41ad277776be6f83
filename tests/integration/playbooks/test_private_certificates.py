# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""private_certificates.yml as a user runs it: for two hosts, which are folders of this one."""

from __future__ import annotations

import json
import ssl
import stat
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from sandbox.client import Sandbox
from support.playbooks import Playbook, Run

HOSTS = ("one", "two")
LIST = [
    {
        "name": "db",
        "subject_alternative_names": ["db.internal", "10.0.0.5"],
        "deploy": {"type": "files", "combined_path": "{{ private_certificates_directory }}.pem"},
    },
    {"name": "client", "common_name": "reporting", "usages": "client_auth", "validity": "7d"},
]


class Site(Playbook):
    """The playbook, its hosts, and the CA."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        sandbox.configure(private_issue_delay=0)
        self.ca = sandbox.certificate_authority(subordinate=True, crl_bucket="crls")
        hosts = {
            host: {
                "private_certificates_directory": str(folder / host),
                "trust_bundle_path": str(folder / host / "trusted.pem"),
            }
            for host in HOSTS
        }
        local = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
        inventory = folder / "hosts.json"
        inventory.write_text(json.dumps({"all": {"hosts": hosts, "vars": local}}), encoding="utf-8")
        variables = {
            "private_certificates_become": False,
            "private_certificates_certificate_authority_arn": self.ca,
            "private_certificates_key_algorithm": "EC_prime256v1",
            "private_certificates_list": LIST,
            "private_certificates_journal": str(folder / "journal"),
        }
        super().__init__("tlsops.certificates.private_certificates", sandbox, folder, variables, str(inventory))

    def good(self, *flags: str, **variables: Any) -> Run:
        """A run that ends well, and says no key whatever it says."""
        run = self.run(*flags, **variables)
        assert run.exit_code == 0, run.output
        assert "PRIVATE KEY" not in run.output
        return run

    def check(self, host: str, name: str) -> x509.Certificate:
        """Key and certificate belong together, lead to the root, and are the owner's alone."""
        path = self.folder / host / name
        chain = x509.load_pem_x509_certificates((path / "fullchain.pem").read_bytes())
        root = x509.load_pem_x509_certificate((path / "ca.pem").read_bytes())
        for lower, upper in zip(chain, [*chain[1:], root], strict=True):
            lower.verify_directly_issued_by(upper)
        key = serialization.load_pem_private_key((path / "privkey.pem").read_bytes(), None)
        assert key.public_key() == chain[0].public_key()
        assert stat.S_IMODE((path / "privkey.pem").stat().st_mode) == 0o600
        return chain[0]

    def check_all(self) -> list[x509.Certificate]:
        return [self.check(host, entry["name"]) for host in HOSTS for entry in LIST]

    def trusted(self, host: str) -> list[x509.Certificate]:
        """The roots that programs find in the file."""
        path = self.folder / host / "trusted.pem"
        ssl.create_default_context(cafile=str(path))
        return x509.load_pem_x509_certificates(path.read_bytes())

    def actions(self) -> list[str]:
        """What was asked of AWS since the last time."""
        found = [call["action"] for call in self.sandbox.calls("acm-pca")]
        self.sandbox.clear_calls()
        return found


@pytest.fixture
def site(sandbox: Sandbox, tmp_path: Path) -> Site:
    return Site(sandbox, tmp_path)


def test_hosts_get_their_certificates_and_the_second_run_changes_nothing(site: Site) -> None:
    predicted = site.good("--check", "--diff")
    assert "db.internal" in predicted.output
    assert (predicted.changed > 0, site.actions().count("IssueCertificate")) == (True, 0)
    assert not (site.folder / "one").exists()
    first = site.good("-vvv")
    assert first.changed > 0
    assert len({certificate.serial_number for certificate in site.check_all()}) == 4
    keys = [path.read_text().splitlines()[1:-1] for path in site.folder.glob("*/*/privkey.pem")]
    assert len(keys) == 4
    assert not [line for key in keys for line in key if line in first.output]
    for host in HOSTS:
        whole = (site.folder / f"{host}.pem").read_text()
        kept = [(site.folder / host / "db" / name).read_text() for name in ("fullchain.pem", "privkey.pem")]
        assert whole == "".join(kept)
    actions = site.actions()
    assert (actions.count("IssueCertificate"), actions.count("DescribeCertificateAuthority")) == (4, 1)
    again = site.good("--diff")
    assert again.changed == 0, again.output
    assert site.actions() == []
    # Who asks AWS is no reason to replace anything; and as many tasks for one certificate as for two.
    assert site.good("--limit", "one", private_certificates_issue_on="host").changed == 0
    assert site.good("--limit", "one", private_certificates_list=LIST[:1]).tasks == again.tasks


@pytest.mark.slow
def test_a_new_ca_comes_with_its_root_first(site: Site) -> None:
    """Trust both, replace all, trust the new one only."""
    site.good(trust_bundle_certificate_authority_arns=[site.ca])
    old = {certificate.serial_number for certificate in site.check_all()}
    new = site.sandbox.certificate_authority(name="Next", crl_bucket="crls")
    site.actions()
    moved = {"private_certificates_certificate_authority_arn": new, "private_certificates_revoke_superseded": "true"}
    run = site.good(**moved, trust_bundle_certificate_authority_arns=f"{site.ca}, {new}")
    assert run.output.index("trust_bundle : Give the host its roots") < run.output.index("Put key and certificate")
    assert "Next" in site.check_all()[0].issuer.rfc4514_string()
    actions = site.actions()
    assert "RevokeCertificate" not in actions[: len(actions) - len(old)]
    revoked = x509.load_pem_x509_crl((site.sandbox.crl(site.ca) or "").encode())
    assert {entry.serial_number for entry in revoked} == old
    assert [len(site.trusted(host)) for host in HOSTS] == [2, 2]
    last = site.good(**moved, trust_bundle_certificate_authority_arns=new, private_certificates_force="no")
    assert last.changed == len(HOSTS), last.output
    assert [len(site.trusted(host)) for host in HOSTS] == [1, 1]


def test_each_host_trusts_its_own_roots_and_keeps_what_cannot_be_read(site: Site) -> None:
    """A root that the list doesn't have is taken away; one that only can't be seen, or a forgotten list, is no wish."""
    other = site.sandbox.certificate_authority(name="Another")

    def roots(one: str, two: str) -> dict[str, str]:
        chosen = f"{{{{ (inventory_hostname == 'one') | ternary('{one}', '{two}') }}}}"
        return {"trust_bundle_certificate_authority_arns": chosen}

    site.good(**roots(site.ca, other), private_certificates_list=[])
    before = {host: site.trusted(host) for host in HOSTS}
    assert [len(found) for found in before.values()] == [1, 1]
    assert before["one"] != before["two"]
    site.sandbox.deny("*", ["acm-pca:GetCertificateAuthorityCertificate"])
    refused = site.run(**roots("", other))
    assert refused.exit_code != 0
    assert "No root is given" in refused.output
    assert f"The root of {other} can't be read" in refused.output
    assert {host: site.trusted(host) for host in HOSTS} == before


def test_a_survey_delivers_texts(site: Site) -> None:
    texts = {
        "private_certificates_list": "db.internal, 10.0.0.5\nclient.internal",
        "private_certificates_usages": "server_auth, client_auth",
        "private_certificates_validity": "30d",
        "private_certificates_force": "false",
        "private_certificates_renew_before": "",
        "private_certificates_renew_windows": "0 3 * * sat,sun 4h Europe/Berlin\n30 12 * * wed 1h",
        "private_certificates_issue_on": "host",
    }
    assert site.good("--limit", "two", **texts).changed > 0
    names = site.check("two", "db.internal").extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [str(name.value) for name in names] == ["db.internal", "10.0.0.5"]


def test_a_ca_that_issues_nothing_ends_the_play_with_a_sentence(site: Site) -> None:
    site.sandbox.change_certificate_authority(site.ca, status="DISABLED")
    for flags in (["--check"], []):
        run = site.run("--limit", "one", *flags)
        assert run.exit_code != 0
        assert "is DISABLED" in run.output
        assert "IssueCertificate" not in site.actions()
        assert "Traceback" not in run.output


def test_what_one_run_has_requested_another_fetches(site: Site) -> None:
    site.sandbox.configure(private_issue_delay=100_000)
    late = site.run("--limit", "one", private_certificates_wait_timeout=1)
    assert late.exit_code != 0
    assert "run again to fetch them" in late.output
    assert site.actions().count("IssueCertificate") == len(LIST)
    site.sandbox.advance(100_001)
    site.good("--limit", "one")
    assert site.actions().count("IssueCertificate") == 0
    for entry in LIST:
        site.check("one", entry["name"])


@pytest.mark.slow
def test_killed_between_issue_and_fetch_the_next_run_goes_on(site: Site) -> None:
    """The whole play, with SIGKILL: before its hosts know what they have been issued, and after."""
    for action, after in (("IssueCertificate", 1), ("GetCertificate", 0)):
        killed = site.start("--limit", "one")
        site.sandbox.fail("acm-pca", action, after=after, kill_pid=-killed.pid)
        killed.communicate(timeout=120)
        assert killed.returncode == -9
        site.sandbox.clear_faults()
    site.good("--limit", "one")
    for entry in LIST:
        site.check("one", entry["name"])
    assert list((site.folder / "journal").iterdir()) == []
    assert [each["Issued"] for each in site.sandbox.certificate_authorities() if each["Arn"] == site.ca] == [len(LIST)]
