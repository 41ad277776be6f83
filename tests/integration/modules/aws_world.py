# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Modules run against the sandbox, on the sandbox's clock: they wait as long as ever, and it takes no time.

A module's ``main()`` runs in this process (support/in_process.py).
"""

from __future__ import annotations

import collections
import time
from typing import Any

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils import _module
from sandbox.client import Sandbox
from support.in_process import run_main
from support.modules import ModuleResult
from support.sandbox_clock import SandboxClock

ACCOUNT = "111111111111"
DNS_ACCOUNT = "222222222222"
REGION = "eu-west-1"
CA_ARN = f"arn:aws:acm-pca:{REGION}:{ACCOUNT}:certificate-authority/11111111-2222-3333-4444-555555555555"
MANAGED_BY, NAME, REQUEST = "tlsops:managed-by", "tlsops:name", "tlsops:request"
#: Pacing is the subject of other tests.
FAST = dict.fromkeys(
    [
        *[
            "RequestCertificate",
            "DescribeCertificate",
            "ListCertificates",
            "DeleteCertificate",
            "ListTagsForCertificate",
        ],
        *["AddTagsToCertificate", "RemoveTagsFromCertificate", "ListHostedZones", "ListResourceRecordSets"],
        *["ChangeResourceRecordSets", "GetChange"],
    ],
    1000,
)


#: Modules that would ask the resolvers of this machine.
ASKING_DNS = {"acm_dns_certificate", "acm_dns_certificates", "acm_certificate_wait"}

#: Modules that ask nobody.
ON_HOSTS = {"certificate_signing_request", "certificate_install", "trust_bundle"}


class World:
    """What the tests say to AWS, to the modules, and what they ask afterwards."""

    def __init__(self, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sandbox = sandbox
        self.clock = SandboxClock(sandbox)
        self.started = self.clock.now()
        self._monkeypatch = monkeypatch
        self._delegated: dict[str, tuple[str, str]] = {}
        monkeypatch.setattr(_module, "SystemClock", lambda: self.clock)

    # --- Modules -----------------------------------------------------------------------------------------------------

    def run(
        self,
        module: str,
        *,
        check: bool = False,
        diff: bool = False,
        environment: dict[str, str] | None = None,
        **options: Any,
    ) -> ModuleResult:
        """The module's result."""
        if module not in ON_HOSTS:
            options.setdefault("rate_limits", FAST)
        if module in ASKING_DNS:
            options.setdefault("nameservers", [self.sandbox.dns_address])
        for name, value in (environment or self.sandbox.environment()).items():
            self._monkeypatch.setenv(name, value)
        return run_main(self._monkeypatch, module, options, check=check, diff=diff)

    def issue(self, *names: str, **options: Any) -> ModuleResult:
        """One certificate; the first name is its domain name."""
        return self.run(
            "acm_dns_certificate", domain_name=names[0], subject_alternative_names=list(names[1:]), **options
        )

    def issue_all(self, certificates: list[dict[str, Any]], **options: Any) -> ModuleResult:
        return self.run("acm_dns_certificates", certificates=certificates, **options)

    def private_ca(self, **options: Any) -> str:
        """An active private CA for RSA keys, that lets ACM renew what it signed; CA_ARN unless said otherwise."""
        wish = {"arn": CA_ARN, "key_algorithm": "RSA_2048", "renewal_permission": True} | options
        return self.sandbox.certificate_authority(**wish)

    def delete(self, **options: Any) -> ModuleResult:
        """``state: absent``; the sandbox has two Regions to search unless the test says otherwise."""
        options.setdefault("regions", ["eu-west-1", "us-east-1"])
        return self.run("acm_dns_certificate", state="absent", **options)

    # --- AWS ---------------------------------------------------------------------------------------------------------

    def zone(self, name: str, account: str = ACCOUNT, *, delegate: bool = True, private: bool = False) -> str:
        """A hosted zone, public and delegated at the registrar unless the test says otherwise; its id."""
        vpc = {"VPC": {"VPCRegion": REGION, "VPCId": "vpc-12345678"}} if private else {}
        made = self.route53(account).create_hosted_zone(
            Name=name, CallerReference=f"{name} {time.monotonic_ns()}", **vpc
        )
        zone_id = str(made["HostedZone"]["Id"]).rpartition("/")[2]
        if delegate and not private:
            self._delegate(name, zone_id, made["DelegationSet"]["NameServers"])
            self._delegated[name] = (zone_id, account)
        return zone_id

    def _delegate(self, name: str, zone_id: str, servers: list[str]) -> None:
        """By the delegated zone above it, or at the registrar."""
        above = [domain for domain in self._delegated if name.endswith(f".{domain}")]
        if not above:
            self.sandbox.delegate(name, zone_id)
            return
        parent, account = self._delegated[max(above, key=len)]
        record_set = {"Name": name, "Type": "NS", "TTL": 300, "ResourceRecords": [{"Value": each} for each in servers]}
        self.route53(account).change_resource_record_sets(
            HostedZoneId=parent, ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": record_set}]}
        )

    def route53(self, account: str = ACCOUNT) -> Any:
        return self.sandbox.boto("route53", account)

    def records(self, zone_id: str, account: str = ACCOUNT) -> dict[tuple[str, str], tuple[int, list[str]]]:
        """{(name, type): (TTL, values)} of a zone, without those at its apex."""
        answer = self.route53(account).list_resource_record_sets(HostedZoneId=zone_id)
        return {
            (each["Name"].rstrip("."), each["Type"]): (
                each.get("TTL", 0),
                [record["Value"].rstrip(".") for record in each.get("ResourceRecords", [])],
            )
            for each in answer["ResourceRecordSets"]
            if each["Type"] not in ("SOA", "NS")
        }

    def put_record(
        self,
        zone_id: str,
        name: str,
        kind: str,
        value: str,
        *,
        ttl: int = 300,
        account: str = ACCOUNT,
        delete: bool = False,
    ) -> None:
        record_set = {"Name": name, "Type": kind, "TTL": ttl, "ResourceRecords": [{"Value": value}]}
        change = {"Action": "DELETE" if delete else "UPSERT", "ResourceRecordSet": record_set}
        self.route53(account).change_resource_record_sets(HostedZoneId=zone_id, ChangeBatch={"Changes": [change]})

    def certificates(self) -> dict[str, dict[str, Any]]:
        """Every certificate of every account, by ARN."""
        return {each.get("CertificateArn") or each["arn"]: each for each in self.sandbox.certificates()}

    def add(self, *names: str, **wish: Any) -> str:
        """A certificate that this collection didn't request, ISSUED unless the test says otherwise; its ARN."""
        wish = {"domain_name": names[0], "subject_alternative_names": list(names[1:]), "age": 86400, **wish}
        return self.sandbox.add_certificates([wish])[0]

    # --- Questions ---------------------------------------------------------------------------------------------------

    def counted(self) -> dict[str, int]:
        """{"acm:ListCertificates": 1, ...} since the last time this was asked, and the count starts anew."""
        calls = self.sandbox.calls()
        self.sandbox.clear_calls()
        return dict(collections.Counter(f"{call['service']}:{call['action']}" for call in calls))


#: Calls that change something, or bring it closer.
WRITES = {
    "acm:RequestCertificate",
    "acm:DeleteCertificate",
    "acm:AddTagsToCertificate",
    "acm:RemoveTagsFromCertificate",
    "route53:ChangeResourceRecordSets",
}


def writes(counted: dict[str, int]) -> dict[str, int]:
    return {call: count for call, count in counted.items() if call in WRITES}
