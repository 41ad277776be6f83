# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Route 53 refuses in a change batch. Pure: record sets in, record sets or the refusal out.

The limits are those of "Quotas" in the developer guide (DNSLimitations.html); messages are AWS's own, as they are
quoted in public issues, which each rule names. Where AWS's wording is not known, the rule says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from . import cloudfront_edges, domain_names
from .record_values import fault_in_value

MAX_RECORDS_PER_BATCH = 1000
MAX_CHARACTERS_PER_BATCH = 32000
MAX_VALUES_PER_RECORD_SET = 400
MAX_RECORD_SETS_PER_ZONE = 10000


class InvalidInput(Exception):
    """The request is malformed: Route 53 answers InvalidInput before it looks at the zone."""


class InvalidChangeBatch(Exception):
    """The batch is well formed, but not possible in this zone."""

    def __init__(self, messages: list[str]) -> None:
        super().__init__(f"[{', '.join(messages)}]")
        self.messages = messages


@dataclass(frozen=True)
class RecordSet:
    """One resource record set; `routing` holds Weight, Region, Failover and the like, as they came."""

    name: str
    type: str
    identifier: str | None = None
    ttl: int | None = None
    values: tuple[str, ...] = ()
    alias: tuple[tuple[str, Any], ...] | None = None
    routing: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @property
    def key(self) -> tuple[str, str]:
        """What is unique among the record sets of one name."""
        return self.type, self.identifier or ""

    def same_values(self, other: RecordSet) -> bool:
        """Whether a DELETE that names `other` means this one: everything equal, the order of values aside."""
        return (self.ttl, sorted(self.values), self.alias) == (other.ttl, sorted(other.values), other.alias)

    def __str__(self) -> str:
        identifier = f", set identifier='{self.identifier}'" if self.identifier else ""
        return f"[name='{self.name}', type='{self.type}'{identifier}]"


@dataclass(frozen=True)
class Change:
    action: str
    record_set: RecordSet


Names = Mapping[str, Mapping[tuple[str, str], RecordSet]]
"""The record sets of a zone: name → (type, set identifier) → record set."""


def parse_changes(changes: Iterable[Mapping[str, Any]]) -> list[Change]:
    """The changes of a request. Raises InvalidInput, or InvalidChangeBatch for names that cannot be."""
    parsed: list[Change] = []
    faults: list[str] = []
    for change in changes:
        _check_shape(change)
        try:
            parsed.append(Change(change["Action"], _record_set(change["ResourceRecordSet"])))
        except domain_names.NameFault as fault:
            faults.append(str(fault))
    if not parsed and not faults:
        raise InvalidInput("Invalid request: Missing field 'Change' in ChangeBatch")
    if faults:
        raise InvalidChangeBatch(faults)
    return parsed


def _check_shape(change: Mapping[str, Any]) -> None:
    """Exactly one of alias, TTL with records, or traffic policy: message from hashicorp/terraform-provider-aws#42994.

    It holds for DELETE too: aws/aws-cli#1136.
    """
    given = change["ResourceRecordSet"]
    found = [
        given.get("AliasTarget") is not None,
        given.get("TTL") is not None and bool(given.get("ResourceRecords")),
        given.get("TrafficPolicyInstanceId") is not None,
    ]
    stray = given.get("AliasTarget") is not None and (given.get("TTL") is not None or given.get("ResourceRecords"))
    if sum(found) != 1 or stray:
        amount = "none" if sum(found) == 0 else "more than one"
        raise InvalidInput(
            "Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or "
            f"TrafficPolicyInstanceId], but found {amount} in Change with [Action={change['Action']}, "
            f"Name={given['Name']}, Type={given['Type']}, SetIdentifier={given.get('SetIdentifier') or 'null'}]"
        )


def _record_set(given: Mapping[str, Any]) -> RecordSet:
    plain = {"Name", "Type", "SetIdentifier", "TTL", "ResourceRecords", "AliasTarget"}
    alias = given.get("AliasTarget")
    return RecordSet(
        name=domain_names.normal(given["Name"]),
        type=given["Type"],
        identifier=given.get("SetIdentifier"),
        ttl=given.get("TTL"),
        values=tuple(record["Value"] for record in given.get("ResourceRecords") or ()),
        alias=None if alias is None else tuple(sorted(alias.items())),
        routing={key: value for key, value in given.items() if key not in plain},
    )


def apply_changes(zone: str, zone_id: str, names: Names, changes: list[Change]) -> dict[str, dict[Any, RecordSet]]:
    """The record sets of every name the batch touches as they will be, or InvalidChangeBatch: all or nothing.

    "Route 53 validates the changes in the request and then either makes all or none of the changes": API reference.
    """
    _refuse([message for rule in BATCH_RULES for message in rule(changes)])
    _refuse([message for change in changes for rule in CHANGE_RULES for message in rule(zone, change)])
    touched = {change.record_set.name: dict(names.get(change.record_set.name, {})) for change in changes}
    _refuse([message for change in changes for message in _applied(touched[change.record_set.name], change)])
    _refuse([message for rule in ZONE_RULES for message in rule(zone, touched, changes)])
    total = sum(map(len, names.values())) + sum(len(sets) - len(names.get(name, {})) for name, sets in touched.items())
    if total > MAX_RECORD_SETS_PER_ZONE and total > sum(map(len, names.values())):
        # Message: DNSControl/dnscontrol#908.
        raise InvalidChangeBatch([f"Exceeded limit MAX_RRSETS_BY_ZONE for zone: {zone_id}"])
    return touched


def _refuse(messages: list[str]) -> None:
    if messages:
        raise InvalidChangeBatch(list(dict.fromkeys(messages)))


def _applied(sets: dict[tuple[str, str], RecordSet], change: Change) -> list[str]:
    """Make one change, or say why not.

    Messages: kubernetes-sigs/external-dns#3203 (create), boto/boto#2887 (not found), external-dns#732 (values).
    """
    record_set = change.record_set
    current = sets.get(record_set.key)
    if change.action == "CREATE" and current is not None:
        return [f"Tried to create resource record set {record_set} but it already exists"]
    if change.action == "DELETE":
        if current is None:
            return [f"Tried to delete resource record set {record_set} but it was not found"]
        if not current.same_values(record_set):
            mismatch = "but the values provided do not match the current values"
            return [f"Tried to delete resource record set {record_set} {mismatch}"]
        del sets[record_set.key]
    else:
        sets[record_set.key] = record_set
    return []


# Rules over the batch alone.


def too_many_records(changes: list[Change]) -> list[str]:
    """At most 1,000 ResourceRecord elements, an alias counts as one, an UPSERT twice. Message: dnscontrol#1114."""
    total = sum(_weight(change) * (len(change.record_set.values) or 1) for change in changes)
    return ["Number of records limit of 1000 exceeded."] if total > MAX_RECORDS_PER_BATCH else []


def too_many_characters(changes: list[Change]) -> list[str]:
    """At most 32,000 characters in all Value elements, an UPSERT's twice. Message: external-dns#515."""
    total = sum(_weight(change) * sum(map(len, change.record_set.values)) for change in changes)
    return ["RDATA character limit of 32000 exceeded."] if total > MAX_CHARACTERS_PER_BATCH else []


def _weight(change: Change) -> int:
    return 2 if change.action == "UPSERT" else 1


def repeated_record_set(changes: list[Change]) -> list[str]:
    """One record set once in a batch, or DELETE then CREATE. Message: schwamster/serverless-certificate-creator#28."""
    actions: dict[tuple[str, str, str], list[str]] = {}
    for change in changes:
        actions.setdefault((change.record_set.name, *change.record_set.key), []).append(change.action)
    return [
        f"The request contains an invalid set of changes for a resource record set '{record_type} {name}'"
        for (name, record_type, _identifier), made in actions.items()
        if len(made) > 1 and made != ["DELETE", "CREATE"]
    ]


BATCH_RULES: tuple[Callable[[list[Change]], list[str]], ...] = (
    too_many_records,
    too_many_characters,
    repeated_record_set,
)

# Rules over one change.


def outside_the_zone(zone: str, change: Change) -> list[str]:
    """Names belong to the zone on label boundaries: `notexample.com` is not in `example.com`.

    Message: the log quoted in binxio/cfn-certificate-provider.
    """
    if domain_names.within(change.record_set.name, zone):
        return []
    return [f"RRSet with DNS name {change.record_set.name} is not permitted in zone {zone}"]


def cname_at_apex(zone: str, change: Change) -> list[str]:
    """RFC 1034 3.6.2: the apex has SOA and NS, so no CNAME. Message: cloudfoundry/bosh-bootloader#310."""
    record_set = change.record_set
    if change.action == "DELETE" or record_set.type != "CNAME" or record_set.name != zone:
        return []
    return [f"RRSet of type CNAME with DNS name {zone} is not permitted at apex in zone {zone}"]


def cname_with_several_values(_zone: str, change: Change) -> list[str]:
    """RFC 2181 10.1: one canonical name (also ResourceRecordTypes.html, CNAME format). AWS's words unknown."""
    record_set = change.record_set
    if change.action == "DELETE" or record_set.type != "CNAME" or len(record_set.values) < 2:
        return []
    return [f"RRSet of type CNAME with DNS name {record_set.name} cannot have more than one resource record"]


def wildcard_name_servers(_zone: str, change: Change) -> list[str]:
    """API reference: "You can't use the * wildcard for resource records sets that have a type of NS"."""
    if change.record_set.type == "NS" and change.record_set.name.startswith("\\052."):
        return [f"RRSet of type NS with DNS name {change.record_set.name} is not permitted: wildcard"]
    return []


def soa_below_apex(zone: str, change: Change) -> list[str]:
    """SOA belongs to the apex only (RFC 1035 3.3.13); AWS's words unknown."""
    if change.record_set.type == "SOA" and change.record_set.name != zone and change.action != "DELETE":
        return [f"RRSet of type SOA with DNS name {change.record_set.name} is not permitted in zone {zone}"]
    return []


def too_many_values(_zone: str, change: Change) -> list[str]:
    """400 values in a record set (100 in the message of rancher/rancher#10253, before the limit was raised)."""
    if len(change.record_set.values) <= MAX_VALUES_PER_RECORD_SET:
        return []
    return [f"Cannot have more than {MAX_VALUES_PER_RECORD_SET} records in a RRSet."]


def repeated_value(_zone: str, change: Change) -> list[str]:
    """A value once in a record set (RFC 2181 5.5); wording after AWS's console."""
    values = change.record_set.values
    repeated = [value for value in dict.fromkeys(values) if values.count(value) > 1]
    return [f"Duplicate Resource Record: '{value}'" for value in repeated]


def unreadable_value(_zone: str, change: Change) -> list[str]:
    """Values in the format of their type (ResourceRecordTypes.html). Message: redhat-cop/infra-ansible#376."""
    if change.action == "DELETE":
        return []
    faults = (fault_in_value(change.record_set.type, value) for value in change.record_set.values)
    return [f"Invalid Resource Record: '{fault}'" for fault in faults if fault]


def alias_to_cloudfront(_zone: str, change: Change) -> list[str]:
    """What an alias to CloudFront may be; of other targets nothing is checked."""
    fault = cloudfront_edges.fault_of_alias(change.record_set.alias, change.record_set.type)
    return [fault] if fault and change.action != "DELETE" else []


CHANGE_RULES: tuple[Callable[[str, Change], list[str]], ...] = (
    outside_the_zone,
    cname_at_apex,
    cname_with_several_values,
    wildcard_name_servers,
    soa_below_apex,
    too_many_values,
    repeated_value,
    unreadable_value,
    alias_to_cloudfront,
)

# Rules over the zone as it would be.


def apex_kept(zone: str, touched: Names, _changes: list[Change]) -> list[str]:
    """The zone's own SOA and NS stay. Messages: terraform-provider-aws#37863, airbnb/zonify#1."""
    if zone not in touched:
        return []
    types = {record_type for record_type, _identifier in touched[zone]}
    messages = [] if "SOA" in types else ["A HostedZone must contain exactly one SOA record."]
    if "NS" not in types:
        messages.append("A HostedZone must contain at least one NS record for the zone itself.")
    return messages


def cname_beside_others(zone: str, touched: Names, changes: list[Change]) -> list[str]:
    """RFC 1034 3.6.2: a CNAME stands alone. Both messages: boto/boto3#1475, capitalone/Particle-Cloud-Framework#113."""
    messages = []
    for change in changes:
        name, record_type = change.record_set.name, change.record_set.type
        others = {other for other, _identifier in touched[name]} - {record_type}
        if change.action == "DELETE" or not others:
            continue
        if record_type == "CNAME":
            messages.append(
                f"RRSet of type CNAME with DNS name {name} is not permitted as it conflicts with other records "
                f"with the same DNS name in zone {zone}"
            )
        elif "CNAME" in others:
            messages.append(
                f"RRSet of type {record_type} with DNS name {name} is not permitted because a conflicting RRSet "
                f"of type CNAME with the same DNS name already exists in zone {zone}"
            )
    return messages


def simple_beside_routed(_zone: str, touched: Names, changes: list[Change]) -> list[str]:
    """Record sets of one name and type have all a set identifier, or none. Wording after aws/aws-cli#8241."""
    messages = []
    for change in changes:
        name, record_type = change.record_set.name, change.record_set.type
        identifiers = [identifier for other, identifier in touched[name] if other == record_type]
        if change.action != "DELETE" and "" in identifiers and len(identifiers) > 1:
            messages.append(
                f"RRSet with DNS name {name}, type {record_type}, SetIdentifier "
                f"{change.record_set.identifier or 'null'} cannot be created because another RRSet with the same "
                "name and type already exists."
            )
    return messages


ZONE_RULES: tuple[Callable[[str, Names, list[Change]], list[str]], ...] = (
    apex_kept,
    cname_beside_others,
    simple_beside_routed,
)
