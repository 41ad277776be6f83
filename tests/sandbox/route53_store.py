# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Route 53 holds: hosted zones with their record sets, changes, delegation sets."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from . import cloudfront_edges, domain_names, public_dns
from .clock import utc
from .context import Context
from .errors import AwsError
from .public_dns import Publication, PublicDns, Registrar
from .route53_rules import RecordSet

MAX_ZONES = 500
PRIVATE_DELEGATION_SET = 0


@dataclass
class HostedZone:
    id: str
    account: str
    name: str
    caller_reference: str
    created: float
    comment: str = ""
    vpcs: list[dict[str, str]] = field(default_factory=list)
    delegation_set: int = PRIVATE_DELEGATION_SET
    names: dict[str, dict[tuple[str, str], RecordSet]] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    linked_service: str = ""
    changed_at: float = float("-inf")

    @property
    def private(self) -> bool:
        return bool(self.vpcs)

    @property
    def name_servers(self) -> list[str]:
        return public_dns.name_servers_of(self.delegation_set)

    @property
    def record_count(self) -> int:
        return sum(map(len, self.names.values()))

    def as_output(self) -> dict[str, Any]:
        output: dict[str, Any] = {
            "Id": f"/hostedzone/{self.id}",
            "Name": self.name,
            "CallerReference": self.caller_reference,
            "Config": {"PrivateZone": self.private},
            "ResourceRecordSetCount": self.record_count,
        }
        if self.comment:
            output["Config"]["Comment"] = self.comment
        if self.linked_service:
            output["LinkedService"] = {"ServicePrincipal": self.linked_service, "Description": "Managed by a service"}
        return output


@dataclass(frozen=True)
class ChangeInfo:
    id: str
    account: str
    submitted: float
    insync_at: float
    comment: str | None = None

    def as_output(self, now: float) -> dict[str, Any]:
        output = {
            "Id": f"/change/{self.id}",
            "Status": "INSYNC" if now >= self.insync_at else "PENDING",
            "SubmittedAt": utc(self.submitted),
        }
        return output | ({"Comment": self.comment} if self.comment else {})


class Store:
    """All accounts' zones and changes. Used under `Context.lock`."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._serial = itertools.count(1)
        self.public_dns = PublicDns(context.clock)
        self.registrar = Registrar(self.public_dns, self._name_servers_of)
        self.clear()

    def clear(self) -> None:
        self.zones: dict[str, HostedZone] = {}
        self.changes: dict[str, ChangeInfo] = {}
        self.caller_references: set[tuple[str, str]] = set()
        self.registrar.clear()
        self.public_dns.clear()

    def _id(self, prefix: str) -> str:
        """Ids look random, as AWS's do: nobody shall rely on their order."""
        digest = hashlib.sha256(f"{prefix}{next(self._serial)}".encode()).hexdigest().upper()
        return f"{prefix}0{digest[:20]}"

    def zone(self, account: str, zone_id: str) -> HostedZone:
        """The account's zone, or NoSuchHostedZone: ids of other accounts are unknown."""
        bare = zone_id.rpartition("/")[2]
        zone = self.zones.get(bare)
        if zone is None or zone.account != account:
            raise AwsError("NoSuchHostedZone", f"No hosted zone found with ID: {bare}", 404)
        return zone

    def zones_of(self, account: str) -> list[HostedZone]:
        return [zone for zone in self.zones.values() if zone.account == account]

    def _name_servers_of(self, zone_id: str) -> tuple[str, list[str]]:
        """For the registrar, who knows no accounts."""
        zone = self.zones.get(zone_id.rpartition("/")[2])
        if zone is None:
            raise ValueError(f"no hosted zone {zone_id}")
        if zone.private:
            raise ValueError(f"hosted zone {zone_id} is private: nobody on the Internet can be sent there")
        return zone.name, zone.name_servers

    def add_change(self, account: str, comment: str | None = None) -> ChangeInfo:
        now = self._context.clock.now()
        change = ChangeInfo(self._id("C"), account, now, now + self._context.settings.insync_delay, comment)
        self.changes[change.id] = change
        return change

    def add_zone(self, zone: HostedZone) -> ChangeInfo:
        """Keep the zone with the SOA and NS that Route 53 makes, and serve it once INSYNC when it is public."""
        change = self.add_change(zone.account)
        self.zones[zone.id] = zone
        if not zone.private:
            self.public_dns.open_zone(zone.id, zone.name, zone.delegation_set, change.insync_at)
        self.set_records(zone, {zone.name: {item.key: item for item in _apex(zone)}}, change)
        return change

    def new_zone_id(self) -> str:
        return self._id("Z")

    def remove_zone(self, zone: HostedZone) -> ChangeInfo:
        del self.zones[zone.id]
        self.public_dns.close_zone(zone.id)
        return self.add_change(zone.account)

    def set_records(
        self, zone: HostedZone, touched: dict[str, dict[tuple[str, str], RecordSet]], change: ChangeInfo
    ) -> None:
        """Replace the record sets of these names; the name servers follow when the change is INSYNC."""
        publications: list[Publication] = []
        for name, record_sets in touched.items():
            before = zone.names.pop(name, {})
            if record_sets:
                zone.names[name] = record_sets
            types = {record_type for record_type, _identifier in (*before, *record_sets)}
            publications += [_served(name, record_type, record_sets.values()) for record_type in sorted(types)]
        self.public_dns.publish(zone.id, change.insync_at, publications)


def _served(name: str, record_type: str, record_sets: Iterable[RecordSet]) -> Publication:
    """What the name servers answer for the type: of routed record sets the first one; of aliases only those to
    CloudFront are followed."""
    own = sorted((item for item in record_sets if item.type == record_type), key=lambda item: item.identifier or "")
    for item in own:
        if item.alias is None and item.ttl is not None:
            return Publication(name, record_type, item.ttl, item.values)
        values = cloudfront_edges.alias_values(item.alias, record_type)
        if values:
            return Publication(name, record_type, cloudfront_edges.ALIAS_TTL, values)
    return Publication(name, record_type)


def _apex(zone: HostedZone) -> list[RecordSet]:
    """SOA-NSrecords.html: TTLs, timers and the hostmaster's address."""
    soa = f"{zone.name_servers[0]} awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400"
    return [
        RecordSet(zone.name, "NS", ttl=172800, values=tuple(zone.name_servers)),
        RecordSet(zone.name, "SOA", ttl=900, values=(soa,)),
    ]


def record_set_output(record_set: RecordSet) -> dict[str, Any]:
    output: dict[str, Any] = {"Name": record_set.name, "Type": record_set.type, **record_set.routing}
    if record_set.identifier:
        output["SetIdentifier"] = record_set.identifier
    if record_set.alias is not None:
        return output | {"AliasTarget": dict(record_set.alias)}
    output["TTL"] = record_set.ttl
    output["ResourceRecords"] = [{"Value": value} for value in record_set.values]
    return output


def zone_key(zone: HostedZone) -> tuple[str, str]:
    """The order of ListHostedZonesByName: reversed labels, then id."""
    return domain_names.reversed_labels(zone.name), zone.id
