# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The demo: certificates from names to served, as a user would do it, on an AWS that lives on this machine.

Run it with ``make demo``.
"""

from __future__ import annotations

import collections
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

TESTS = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS))

from sandbox.client import Sandbox  # noqa: E402
from support import two_accounts  # noqa: E402

from demo.stage import DemoError, execute, perform, say  # noqa: E402

CERTIFICATES = TESTS / "demo" / "certificates.yml"
OLD = {"domain_name": "*.example.com", "status": "ISSUED", "type": "IMPORTED"}


class Playbooks:
    """Runs playbooks of the collection as a user would, and keeps what each needs to know in a file."""

    def __init__(self, sandbox: Sandbox, folder: str) -> None:
        self._sandbox = sandbox
        self._folder = Path(folder)

    def run(self, name: str, variables: dict[str, Any], *files: Path) -> int:
        """How much the run changed."""
        own = self._folder / f"{name}.json"
        own.write_text(json.dumps(variables), encoding="utf-8")
        playbook = f"tlsops.certificates.{name}"
        extra = [f"@{os.path.relpath(file)}" for file in files] + [f"@{own}"]
        say(f"$ ansible-playbook {playbook} " + " ".join(f"-e {file}" for file in extra))
        command = ["ansible-playbook", playbook, "-i", "localhost,", *(part for file in extra for part in ("-e", file))]
        self._sandbox.clear_calls()
        started = time.monotonic()
        changed = execute(command, {**os.environ, **self._sandbox.environment(two_accounts.CERTIFICATES)})
        seconds = time.monotonic() - started
        print(f"changed={changed}, {seconds:.1f} s, {summarise_calls(self._sandbox)}")
        return changed


def summarise_calls(sandbox: Sandbox) -> str:
    counts = collections.Counter(f"{call['service']}:{call['action']}" for call in sandbox.calls())
    listed = ", ".join(f"{count} × {name}" for name, count in counts.most_common())
    return f"{sum(counts.values())} AWS calls: {listed}"


def validation_records(sandbox: Sandbox, zone_id: str) -> list[str]:
    route53 = sandbox.boto("route53", account=two_accounts.DNS)
    record_sets = route53.list_resource_record_sets(HostedZoneId=zone_id)["ResourceRecordSets"]
    return [each["Name"] for each in record_sets if each["Type"] == "CNAME"] or ["none"]


def show_records(sandbox: Sandbox, world: two_accounts.TwoAccounts) -> None:
    say("The validation records, by hosted zone (ACM found them asking the public DNS from its root servers on):")
    for name, zone_id in world.zones.items():
        print(f"  {zone_id}  {name.removeprefix('private.')}")
        for record in validation_records(sandbox, zone_id):
            print(f"      {record}")


def certificate_arns(sandbox: Sandbox) -> dict[str, str]:
    """The requested ones, by name."""
    return {
        certificate["tags"]["tlsops:name"]: certificate["CertificateArn"]
        for certificate in sandbox.certificates()
        if "tlsops:name" in certificate["tags"]
    }


def tenant_variables(sandbox: Sandbox, world: two_accounts.TwoAccounts) -> dict[str, Any]:
    """A customer's domain on a multi-tenant distribution. CloudFront has its certificate requested and validated."""
    group = sandbox.connection_group(default=True)
    template = sandbox.distribution(parameters=[])
    say(f"A multi-tenant distribution {template['id']}, whose tenants are reached at {group['endpoint']}.")
    wish = {
        "distribution_id": template["id"],
        "validation_token_host": "cloudfront",
        "nameservers": [sandbox.dns_address],
        "first_interval": 2,
        "poll_interval": 4,
        "dns_role_arn": world.role_arn,
        "dns_role_external_id": two_accounts.EXTERNAL_ID,
        "list": [{"name": "customer", "domains": ["customer.example.com"]}],
    }
    return {f"cloudfront_tenants_{name}": value for name, value in wish.items()}


def show_tenants(sandbox: Sandbox) -> None:
    for name, tenant in sandbox.tenants().items():
        domains = ", ".join(f"{each['Domain']} is {each['Status']}" for each in tenant["Domains"])
        print(f"  tenant {name}: {domains}, with {tenant['Customizations']['Certificate']['Arn']}")


def demonstrate(sandbox: Sandbox, folder: str) -> None:
    say(f"An AWS on this machine: {sandbox.endpoint}, its public DNS on {sandbox.dns_address}.")
    world = two_accounts.build(sandbox)
    print(f"Account {two_accounts.CERTIFICATES} gets the certificates, account {two_accounts.DNS} has the zones:")
    for name, zone_id in world.zones.items():
        decoy = "  (private: a decoy)" if name.startswith("private.") else ""
        print(f"  {zone_id}  {name.removeprefix('private.')}{decoy}")
    old, old_cdn = sandbox.add_certificates([OLD, {**OLD, "region": "us-east-1"}])
    sandbox.load_balancer("web", certificate_arn=old)
    distribution = sandbox.distribution(aliases=["cdn.example.com"], certificate_arn=old_cdn)
    print(f"There are a load balancer web and a distribution {distribution['id']}, both with an old certificate.")

    playbooks = Playbooks(sandbox, folder)
    if not playbooks.run("acm_certificates", world.playbook_variables, CERTIFICATES):
        raise DemoError("the first run changed nothing")
    show_records(sandbox, world)

    arns = certificate_arns(sandbox)
    members = [{"name": name, "certificate_arn": arns[name]} for name in ("shop", "api")]
    listener = {
        "elb_certificates_group": "demo",
        "elb_certificates_load_balancer": "web",
        "elb_certificates_members": members,
    }
    viewer = {
        "cloudfront_distribution_certificate_group": "demo",
        "cloudfront_distribution_certificate_list": [
            {"distribution_id": distribution["id"], "certificate_arn": arns["cdn"]}
        ],
    }
    if not playbooks.run("elb_certificates", listener):
        raise DemoError("nothing was attached to the load balancer")
    if not playbooks.run("cloudfront_distribution_certificate", viewer):
        raise DemoError("nothing was attached to the distribution")

    tenants = tenant_variables(sandbox, world)
    if not playbooks.run("cloudfront_tenants", tenants):
        raise DemoError("no tenant was created")
    show_tenants(sandbox)

    say("All of it again: nothing changes.")
    again = playbooks.run("acm_certificates", world.playbook_variables, CERTIFICATES)
    again += playbooks.run("elb_certificates", listener)
    again += playbooks.run("cloudfront_distribution_certificate", viewer)
    again += playbooks.run("cloudfront_tenants", tenants)
    if again:
        raise DemoError("the second run changed something")


def show() -> None:
    # Slow enough to see it wait: records reach the name servers after 3 seconds, and ACM takes 4 more.
    with (
        Sandbox.start(insync_delay=3, issue_delay=4) as sandbox,
        tempfile.TemporaryDirectory(prefix="tlsops-demo-") as folder,
    ):
        demonstrate(sandbox, folder)


if __name__ == "__main__":
    sys.exit(perform(show, "The sandbox"))
