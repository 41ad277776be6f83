# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role of distribution tenants through ansible-playbook: records, web servers, certificates, and Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sandbox.client import Sandbox
from support import two_accounts
from support.nginx import Nginx
from support.playbooks import Playbook

SHOP, BLOG = "shop.example.com", "blog.example.com"


@pytest.fixture
def accounts(sandbox: Sandbox) -> two_accounts.TwoAccounts:
    sandbox.configure(insync_delay=0.2, issue_delay=0, cloudfront_deploy_delay=0.5, validation_interval=0.2)
    return two_accounts.build(sandbox)


@pytest.fixture
def playbook(sandbox: Sandbox, accounts: two_accounts.TwoAccounts, tmp_path: Path) -> Playbook:
    """A multi-tenant distribution and the default connection group are there, and web1, which is this machine."""
    inventory = tmp_path / "hosts.ini"
    python = "ansible_python_interpreter='{{ ansible_playbook_python }}'"
    inventory.write_text(f"[web]\nweb1 ansible_connection=local {python}\n")
    sandbox.connection_group(default=True)
    variables = {
        "cloudfront_tenants_distribution_id": sandbox.distribution(parameters=[])["id"],
        "cloudfront_tenants_dns_role_arn": accounts.role_arn,
        "cloudfront_tenants_dns_role_external_id": two_accounts.EXTERNAL_ID,
        "cloudfront_tenants_nameservers": [sandbox.dns_address],
        "cloudfront_tenants_first_interval": 1,
        "cloudfront_tenants_poll_interval": 1,
        "cloudfront_tenants_wait_timeout": 60,
        "cloudfront_tenants_token_become": False,
        "acm_certificates_poll_interval": 1,
    }
    sandbox.clear_calls()
    return Playbook("tlsops.certificates.cloudfront_tenants", sandbox, tmp_path, variables)


@pytest.fixture
def nginx(sandbox: Sandbox, accounts: two_accounts.TwoAccounts, tmp_path: Path) -> Iterator[Nginx]:
    """The web server that SHOP points to."""
    server = Nginx(tmp_path / "nginx")
    sandbox.configure(http_port=server.port)
    put(sandbox, accounts, SHOP, "A", "127.0.0.1")
    yield server
    server.stop()


def put(sandbox: Sandbox, accounts: two_accounts.TwoAccounts, name: str, kind: str, value: str) -> None:
    record_set = {"Name": name, "Type": kind, "TTL": 60, "ResourceRecords": [{"Value": value}]}
    changes = {"Changes": [{"Action": "UPSERT", "ResourceRecordSet": record_set}]}
    route53 = sandbox.boto("route53", two_accounts.DNS)
    route53.change_resource_record_sets(HostedZoneId=accounts.zones["example.com"], ChangeBatch=changes)


def self_hosted(nginx: Nginx, **more: Any) -> dict[str, Any]:
    return {
        "cloudfront_tenants_validation_token_host": "self-hosted",
        "cloudfront_tenants_web_hosts": "web",
        "cloudfront_tenants_token_path": str(nginx.snippets / "validation.conf"),
        "cloudfront_tenants_token_reload": nginx.reload_command,
        "cloudfront_tenants_replace_records": True,
        **more,
    }


def hosts(playbook: Playbook) -> tuple[str, str]:
    return "-i", str(playbook.folder / "hosts.ini")


def requests(sandbox: Sandbox) -> list[dict[str, Any]]:
    return [each for each in sandbox.certificates() if each.get("ManagedBy") == "CLOUDFRONT"]


def active(sandbox: Sandbox) -> dict[str, bool]:
    """By name, whether every domain of the tenant is served."""
    return {
        name: {each["Status"] for each in tenant["Domains"]} == {"active"} for name, tenant in sandbox.tenants().items()
    }


def test_by_cloudfront_names_are_pointed_there_first(playbook: Playbook) -> None:
    """As a survey delivers it; then a tenant goes, with its record. Check mode and the second run are molecule's."""
    sandbox = playbook.sandbox
    given: dict[str, Any] = {
        "cloudfront_tenants_validation_token_host": "cloudfront",
        "cloudfront_tenants_list": f"shop: {SHOP}\nblog: {BLOG}, dev.example.com\n",
    }
    run = playbook.run(**given)
    assert run.exit_code == 0, run.output
    assert active(sandbox) == {"shop": True, "blog": True}
    assert len(requests(sandbox)) == 2
    endpoint = sandbox.connection_group(default=True)["endpoint"]
    assert sandbox.resolve(SHOP)["chain"] == [f"{SHOP}.", f"{endpoint}."]
    # The apex of a zone can't have a CNAME.
    assert sorted(sandbox.resolve("dev.example.com")["records"]) == sorted(sandbox.resolve(endpoint)["records"])
    given["cloudfront_tenants_list"] = [{"name": "shop", "domains": [SHOP], "state": "absent"}]
    gone = playbook.run(**given)
    assert gone.exit_code == 0, gone.output
    assert list(sandbox.tenants()) == ["blog"]
    assert sandbox.resolve(SHOP)["records"] == []
    assert gone.tasks <= run.tasks


def test_self_hosted_by_a_real_web_server(playbook: Playbook, nginx: Nginx) -> None:
    """The old site shows the token until the certificate is there; then the name moves, and the redirect goes."""
    sandbox = playbook.sandbox
    sandbox.configure(validation_interval=600)
    given = self_hosted(nginx, cloudfront_tenants_list=[{"name": "shop", "domains": [SHOP]}])
    first = playbook.run(*hosts(playbook), cloudfront_tenants_wait="false", **given)
    assert first.exit_code == 0, first.output
    (token,) = sandbox.tokens(sandbox.tenants()["shop"]["certificate"]).values()
    snippet = nginx.snippets / "validation.conf"
    assert token["to"] in snippet.read_text()
    assert active(sandbox) == {"shop": False}
    sandbox.configure(validation_interval=0.2)
    later = playbook.run(*hosts(playbook), **given)
    assert later.exit_code == 0, later.output
    assert active(sandbox) == {"shop": True}
    assert len(requests(sandbox)) == 1
    assert token["to"] not in snippet.read_text()
    endpoint = sandbox.connection_group(default=True)["endpoint"]
    assert sandbox.resolve(SHOP)["chain"] == [f"{SHOP}.", f"{endpoint}."]
    again = playbook.run(*hosts(playbook), **given)
    assert (again.exit_code, again.changed) == (0, 0), again.output


TOKEN_FILES = """
- hosts: localhost
  connection: local
  gather_facts: false
  vars:
    ansible_python_interpreter: "{{ ansible_playbook_python }}"
  tasks:
    - ansible.builtin.include_role:
        name: tlsops.certificates.cloudfront_tenants
        tasks_from: tokens_file
      vars:
        __cloudfront_tenants_host: web1
        __cloudfront_tenants_tokens: "{{ tokens }}"
"""


def test_tokens_can_be_files(playbook: Playbook, nginx: Nginx, tmp_path: Path) -> None:
    """What ACM shows at the end of the redirect (here: the web server) is put into a folder, and removed afterwards."""
    play = tmp_path / "files.yml"
    play.write_text(TOKEN_FILES)
    files = Playbook(str(play), playbook.sandbox, tmp_path, {"cloudfront_tenants_token_method": "file"})
    folder = tmp_path / "www" / "tokens"
    token = {
        "domain": SHOP,
        "redirect_from": f"http://{SHOP}/.well-known/pki-validation/0123abcd.txt",
        "redirect_to": f"http://127.0.0.1:{nginx.port}/token.txt",
    }
    given = {"cloudfront_tenants_token_path": str(folder), "cloudfront_tenants_token_become": False}
    first = files.run(*hosts(playbook), tokens=[token], **given)
    assert first.exit_code == 0, first.output
    assert (folder / "0123abcd.txt").read_text() == "the old site"
    again = files.run("--check", *hosts(playbook), tokens=[token], **given)
    assert (again.exit_code, again.changed) == (0, 0), again.output
    gone = files.run(*hosts(playbook), tokens=[], **given)
    assert gone.exit_code == 0, gone.output
    assert list(folder.iterdir()) == []


def test_a_tenant_that_fails_does_not_keep_the_others(playbook: Playbook) -> None:
    sandbox = playbook.sandbox
    other = sandbox.distribution(parameters=[], account=two_accounts.DNS)["id"]
    sandbox.add_tenants(other, [{"name": "theirs", "domains": [BLOG]}], account=two_accounts.DNS)
    run = playbook.run(
        cloudfront_tenants_validation_token_host="cloudfront",
        cloudfront_tenants_list=[{"name": "shop", "domains": [SHOP]}, {"name": "blog", "domains": [BLOG]}],
    )
    assert run.exit_code == 2, run.output
    assert "CNAMEAlreadyExists" in run.output
    assert active(sandbox)["shop"] is True


def test_what_is_known_is_said_when_a_web_host_is_gone(playbook: Playbook) -> None:
    """The tenant waits for its token, which nobody can show; the summary has it for whoever can."""
    off = json.dumps({"web": {"hosts": {"web1": {"ansible_host": "127.0.0.1", "ansible_port": 1}}}})
    (playbook.folder / "hosts.json").write_text(off)
    run = playbook.run(
        "-i",
        str(playbook.folder / "hosts.json"),
        cloudfront_tenants_validation_token_host="self-hosted",
        cloudfront_tenants_web_hosts="web",
        cloudfront_tenants_list=[{"name": "shop", "domains": [SHOP]}],
    )
    assert run.exit_code == 2, run.output
    assert "The web host web1 can't be reached" in run.output
    (token,) = playbook.sandbox.tokens(playbook.sandbox.tenants()["shop"]["certificate"]).values()
    summary = run.output.rpartition("TASK [Summary]")[2]
    assert token["to"] in summary
    assert f"shop ({SHOP})" in summary


def test_ctrl_c_ends_the_play_at_once_and_the_next_one_finishes(playbook: Playbook, nginx: Nginx) -> None:
    """SIGINT to the process group while the play waits: no orphan goes on calling, and nothing is requested twice."""
    sandbox = playbook.sandbox
    sandbox.configure(validation_interval=600)
    given = self_hosted(nginx, cloudfront_tenants_list=[{"name": "shop", "domains": [SHOP]}])
    process = playbook.start(*hosts(playbook), **given)
    deadline = time.monotonic() + 60
    while sandbox.count("cloudfront", "GetManagedCertificateDetails") < 4:
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < deadline
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGINT)
    output, _nothing = process.communicate(timeout=15)
    assert process.returncode != 0
    assert "Traceback" not in output
    assert "0 of 1 tenant" in output  # said while it waited
    seen = sandbox.count()
    time.sleep(1.5)
    assert sandbox.count() == seen
    sandbox.configure(validation_interval=0.2)
    assert playbook.run(*hosts(playbook), **given).exit_code == 0
    assert active(sandbox) == {"shop": True}
    assert len(requests(sandbox)) == 1
