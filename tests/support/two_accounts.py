# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The world of the demo and the scenarios: certificates in one account, hosted zones in another.

``python -m support.two_accounts READY_FILE`` builds it in a running sandbox and prints the playbook's variables
as JSON.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path
from typing import Any

from sandbox.client import Sandbox

CERTIFICATES = "111111111111"
DNS = "222222222222"
EXTERNAL_ID = "tlsops-demo-external-id"


@dataclasses.dataclass(frozen=True)
class TwoAccounts:
    """``zones`` maps names to ids; the private decoy is ``private.dev.example.com``."""

    role_arn: str
    zones: dict[str, str]
    nameserver: str

    @property
    def playbook_variables(self) -> dict[str, Any]:
        return {
            "acm_certificates_dns_role_arn": self.role_arn,
            "acm_certificates_dns_role_external_id": EXTERNAL_ID,
            "acm_certificates_nameservers": [self.nameserver],
        }


def build(sandbox: Sandbox) -> TwoAccounts:
    """example.com and example.net, delegated by their registrar; dev.example.com, delegated by example.com.

    There is a decoy as well, which is a private zone dev.example.com: nobody outside ever sees a record in it.
    """
    route53 = sandbox.boto("route53", account=DNS)
    zones = {name: _public_zone(route53, name) for name in ("example.com", "example.net", "dev.example.com")}
    for name in ("example.com", "example.net"):
        sandbox.delegate(name, zones[name])
    servers = route53.get_hosted_zone(Id=zones["dev.example.com"])["DelegationSet"]["NameServers"]
    route53.change_resource_record_sets(
        HostedZoneId=zones["example.com"],
        ChangeBatch={
            "Changes": [
                {
                    "Action": "CREATE",
                    "ResourceRecordSet": {
                        "Name": "dev.example.com",
                        "Type": "NS",
                        "TTL": 300,
                        "ResourceRecords": [{"Value": server} for server in servers],
                    },
                }
            ]
        },
    )
    zones["private.dev.example.com"] = _zone_id(
        route53.create_hosted_zone(
            Name="dev.example.com",
            CallerReference="private",
            VPC={"VPCRegion": "eu-west-1", "VPCId": "vpc-0123456789abcdef0"},
            HostedZoneConfig={"PrivateZone": True},
        )
    )
    sandbox.advance(2)  # New zones are served when they are in sync.
    role_arn = sandbox.role(DNS, "dns-validation", trusted=[CERTIFICATES], external_id=EXTERNAL_ID)
    return TwoAccounts(role_arn, zones, sandbox.dns_address)


def _public_zone(route53: Any, name: str) -> str:
    return _zone_id(route53.create_hosted_zone(Name=name, CallerReference=f"public-{name}"))


def _zone_id(created: dict[str, Any]) -> str:
    return str(created["HostedZone"]["Id"]).rpartition("/")[2]


if __name__ == "__main__":
    print(json.dumps(build(Sandbox.attach(Path(sys.argv[1]))).playbook_variables))
