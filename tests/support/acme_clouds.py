# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A CA with renewal information, and a DNS of which a part each is in Route 53, at Cloudflare, and with a person.

All of it is served by the sandbox's name servers. What Cloudflare's stand-in and the person have written is in hosted
zones of an account of their own, which no module knows.
"""

from __future__ import annotations

import contextlib
import dataclasses
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sandbox.client import Sandbox

from .cloudflare import TOKEN, WITHOUT_READ, CloudflareStandIn
from .pebble import Pebble
from .renewal_info import RenewalInfo

ROUTE53, CLOUDFLARE, BY_HAND = "example.com", "example.net", "example.org"
EXTERNAL_ID = "acme-external-id"
_DNS_ACCOUNT, _ELSEWHERE = "222222222222", "333333333333"
_PRINTED = re.compile(r"Write these TXT records now: ([^\"]+)")


@dataclasses.dataclass(frozen=True)
class Clouds:
    """``zones`` are ids by name."""

    sandbox: Sandbox
    cloudflare: CloudflareStandIn
    pebble: Pebble
    renewal_info: RenewalInfo
    zones: dict[str, str]
    role_arn: str

    @classmethod
    @contextlib.contextmanager
    def start(cls, folder: Path, settings: dict[str, object] | None = None) -> Iterator[Clouds]:
        with Sandbox.start(record_delay=0, insync_delay=0.2) as sandbox, contextlib.ExitStack() as stack:
            owners = {ROUTE53: _DNS_ACCOUNT, CLOUDFLARE: _ELSEWHERE, BY_HAND: _ELSEWHERE}
            zones = {name: _zone(sandbox, name, account) for name, account in owners.items()}
            role_arn = sandbox.role(_DNS_ACCOUNT, "dns", trusted=["111111111111"], external_id=EXTERNAL_ID)
            cloudflare = CloudflareStandIn(
                {CLOUDFLARE: ("c1", "active")},
                lambda name, values: _set(sandbox, zones[CLOUDFLARE], _ELSEWHERE, name, values),
            )
            stack.callback(cloudflare.stop)
            pebble = stack.enter_context(Pebble.running(folder, sandbox.dns_address, settings))
            renewal_info = stack.enter_context(RenewalInfo.running(pebble))
            yield cls(sandbox, cloudflare, pebble, renewal_info, zones, role_arn)

    @property
    def directory(self) -> str:
        return self.renewal_info.directory

    @property
    def resolver(self) -> str:
        return self.sandbox.dns_address

    @property
    def secrets(self) -> list[str]:
        keys = [self.sandbox.credentials()[1]]
        return [TOKEN, WITHOUT_READ, EXTERNAL_ID, *keys]

    @property
    def dns(self) -> list[dict[str, Any]]:
        return [
            {"provider": "route53", "zones": ROUTE53, "role_arn": self.role_arn, "role_external_id": EXTERNAL_ID},
            self.at_cloudflare(TOKEN),
            {"provider": "manual", "zones": [BY_HAND]},
        ]

    def at_cloudflare(self, token: str) -> dict[str, Any]:
        return {
            "provider": "cloudflare",
            "zones": CLOUDFLARE,
            "api_token": token,
            "endpoint": self.cloudflare.endpoint,
        }

    def put(self, name: str, *values: str, ttl: int = 60) -> None:
        """TXT values in Route 53."""
        _set(self.sandbox, self.zones[ROUTE53], _DNS_ACCOUNT, name, [f'"{value}"' for value in values], ttl)

    def in_route53(self, name: str) -> tuple[int, list[str]] | None:
        """TTL and TXT values."""
        found = self.sandbox.boto("route53", account=_DNS_ACCOUNT).list_resource_record_sets(
            HostedZoneId=self.zones[ROUTE53], StartRecordName=name, StartRecordType="TXT", MaxItems="1"
        )["ResourceRecordSets"]
        if not found or (found[0]["Name"], found[0]["Type"]) != (f"{name}.", "TXT"):
            return None
        return found[0]["TTL"], sorted(each["Value"].strip('"') for each in found[0]["ResourceRecords"])

    def write_by_hand(self, printed: str) -> list[str]:
        """What somebody does who reads what a run prints; the names of the records. None where it asks for nothing."""
        asked = _PRINTED.search(printed)
        values: dict[str, list[str]] = {}
        for record in asked[1].split("; ") if asked else []:
            name, kind, value = record.split(" ")
            if kind == "TXT":
                values.setdefault(name, []).append(f'"{value}"')
        for name, found in values.items():
            _set(self.sandbox, self.zones[BY_HAND], _ELSEWHERE, name, found)
        return list(values)

    def writes(self) -> list[str]:
        """What modules have changed in Route 53 and at Cloudflare."""
        own = [
            each
            for each in self.sandbox.calls("route53", "ChangeResourceRecordSets")
            if each["account"] == _DNS_ACCOUNT
        ]
        return [str(each["action"]) for each in own] + [e for e in self.cloudflare.calls if not e.startswith("GET")]


def _zone(sandbox: Sandbox, name: str, account: str) -> str:
    made = sandbox.boto("route53", account=account).create_hosted_zone(Name=name, CallerReference=name)
    zone_id = str(made["HostedZone"]["Id"]).rpartition("/")[2]
    sandbox.delegate(name, zone_id)
    return zone_id


def _set(sandbox: Sandbox, zone_id: str, account: str, name: str, values: Sequence[str], ttl: int = 60) -> None:
    """The TXT record set of a name as it is to be; none without values. They are in quotes, or they get them."""
    route53 = sandbox.boto("route53", account=account)
    there = [
        each
        for each in route53.list_resource_record_sets(HostedZoneId=zone_id)["ResourceRecordSets"]
        if (each["Name"], each["Type"]) == (f"{name}.", "TXT")
    ]
    changes: list[dict[str, Any]] = [{"Action": "DELETE", "ResourceRecordSet": each} for each in there]
    if values:
        records = [{"Value": f'"{value.strip(chr(34))}"'} for value in values]
        wanted = {"Name": name, "Type": "TXT", "TTL": ttl, "ResourceRecords": records}
        changes = [{"Action": "UPSERT", "ResourceRecordSet": wanted}]
    if changes:
        route53.change_resource_record_sets(HostedZoneId=zone_id, ChangeBatch={"Changes": changes})
