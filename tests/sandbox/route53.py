# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Route 53's API (2013-04-01): hosted zones, record sets, changes. Everything else is refused by the endpoint.

Stock moto applies half of a failing batch, knows no PENDING and filters ListHostedZonesByName, so this is not moto's.
Sources, unless a function names another: the API reference, as botocore's service model quotes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from . import dns_control, domain_names, route53_rules
from .calls import Call
from .context import Context
from .errors import AwsError
from .public_dns import NoDelegationSet
from .route53_store import MAX_ZONES, PRIVATE_DELEGATION_SET, HostedZone, Store, record_set_output, zone_key

MAX_ZONES_A_PAGE = 100
MAX_RECORD_SETS_A_PAGE = 300
MAX_TAGGED_RESOURCES = 10

Item = TypeVar("Item")
Output = dict[str, Any]


class Route53:
    """The operations; each takes the call and returns the members of its output."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.store = Store(context)

    # Hosted zones

    def create_hosted_zone(self, call: Call) -> Output:
        given = call.parameters
        name = _zone_name(given["Name"])
        config = given.get("HostedZoneConfig") or {}
        vpc = given.get("VPC")
        self._check_new_zone(call, name, vpc, bool(config.get("PrivateZone")))
        zone = HostedZone(
            id=self.store.new_zone_id(),
            account=call.account,
            name=name,
            caller_reference=given["CallerReference"],
            created=self._context.clock.now(),
            comment=config.get("Comment") or "",
            vpcs=[vpc] if vpc else [],
            delegation_set=PRIVATE_DELEGATION_SET if vpc else self._delegation_set(name),
        )
        self._charge(call.account, 2)
        change = self.store.add_zone(zone)
        self.store.caller_references.add((call.account, zone.caller_reference))
        return self._details(zone) | {
            "ChangeInfo": change.as_output(self._context.clock.now()),
            "Location": f"https://route53.amazonaws.com/2013-04-01/hostedzone/{zone.id}",
        }

    def _check_new_zone(self, call: Call, name: str, vpc: dict[str, str] | None, private: bool) -> None:
        zones = self.store.zones_of(call.account)
        if (call.account, call.parameters["CallerReference"]) in self.store.caller_references:
            # "You must use a unique CallerReference string every time": not even after the zone's deletion.
            message = "A hosted zone has already been created with the specified caller reference."
            raise AwsError("HostedZoneAlreadyExists", message, 409)
        if private and not vpc:
            raise AwsError("InvalidInput", "When you're creating a private hosted zone, you must specify a VPC.")
        if vpc and any(zone.name == name and vpc in zone.vpcs for zone in zones):
            message = f"The VPC {vpc.get('VPCId')} is already associated with a hosted zone named {name}"
            raise AwsError("ConflictingDomainExists", message)
        if call.parameters.get("DelegationSetId"):
            message = f"The delegation set {call.parameters['DelegationSetId']} does not exist."
            raise AwsError("NoSuchDelegationSet", message)
        if len(zones) >= MAX_ZONES:
            message = "Limits Exceeded: MAX_HOSTED_ZONES_BY_OWNER - Cannot create more hosted zones."
            raise AwsError("TooManyHostedZones", message)

    def _delegation_set(self, name: str) -> int:
        try:
            return self.store.public_dns.free_delegation_set(name)
        except NoDelegationSet:
            message = "The limit on the number of hosted zones that have the same name is reached."
            raise AwsError("DelegationSetNotAvailable", message) from None

    def get_hosted_zone(self, call: Call) -> Output:
        return self._details(self.store.zone(call.account, call.parameters["Id"]))

    @staticmethod
    def _details(zone: HostedZone) -> Output:
        details: Output = {"HostedZone": zone.as_output()}
        if zone.private:
            return details | {"VPC": zone.vpcs[0], "VPCs": zone.vpcs}
        return details | {"DelegationSet": {"NameServers": zone.name_servers}}

    def delete_hosted_zone(self, call: Call) -> Output:
        """Only a zone with nothing but its own SOA and NS. Message: gruntwork-io/cloud-nuke#704."""
        zone = self.store.zone(call.account, call.parameters["Id"])
        _refuse_linked(zone)
        if zone.record_count > 2:
            message = "The specified hosted zone contains non-required resource record sets and so cannot be deleted."
            raise AwsError("HostedZoneNotEmpty", message)
        self._charge(call.account, 2)
        return {"ChangeInfo": self.store.remove_zone(zone).as_output(self._context.clock.now())}

    def get_hosted_zone_count(self, call: Call) -> Output:
        return {"HostedZoneCount": len(self.store.zones_of(call.account))}

    def list_hosted_zones(self, call: Call) -> Output:
        """Public and private zones, in an order that means nothing; NextMarker is the id of the next one."""
        given = call.parameters
        if given.get("DelegationSetId"):
            raise AwsError("NoSuchDelegationSet", f"The delegation set {given['DelegationSetId']} does not exist.")
        size = self._page_size(given, MAX_ZONES_A_PAGE)
        zones = sorted(self.store.zones_of(call.account), key=lambda zone: zone.id)
        if given.get("HostedZoneType") == "PrivateHostedZone":
            zones = [zone for zone in zones if zone.private]
        marker = given.get("Marker") or ""
        page, following = _page([zone for zone in zones if zone.id >= marker], size)
        output: Output = {
            "HostedZones": [zone.as_output() for zone in page],
            "Marker": marker,
            "IsTruncated": following is not None,
            "MaxItems": str(size),
        }
        return output | ({"NextMarker": following.id} if following else {})

    def list_hosted_zones_by_name(self, call: Call) -> Output:
        """Starts AT the name, in the order of reversed labels: it is no filter."""
        given = call.parameters
        if given.get("HostedZoneId") and not given.get("DNSName"):
            raise AwsError("InvalidInput", "The HostedZoneId parameter needs the DNSName parameter.")
        size = self._page_size(given, MAX_ZONES_A_PAGE)
        start = ("", "")
        if given.get("DNSName"):
            name = _domain_name(given["DNSName"])
            start = (domain_names.reversed_labels(name), (given.get("HostedZoneId") or "").rpartition("/")[2])
        zones = sorted(self.store.zones_of(call.account), key=zone_key)
        page, following = _page([zone for zone in zones if zone_key(zone) >= start], size)
        output: Output = {
            "HostedZones": [zone.as_output() for zone in page],
            "IsTruncated": following is not None,
            "MaxItems": str(size),
        }
        output |= {key: given[key] for key in ("DNSName", "HostedZoneId") if given.get(key)}
        return output | ({"NextDNSName": following.name, "NextHostedZoneId": following.id} if following else {})

    # Record sets

    def list_resource_record_sets(self, call: Call) -> Output:
        """From the start name (and type, and identifier) on, PENDING ones included, 300 at a time."""
        given = call.parameters
        zone = self.store.zone(call.account, given["HostedZoneId"])
        size = self._page_size(given, MAX_RECORD_SETS_A_PAGE)
        start = _start_of(given)
        names = sorted((domain_names.reversed_labels(name), name) for name in zone.names)
        listed = [
            (key, *type_and_identifier, name)
            for key, name in names
            if key >= start[0]
            for type_and_identifier in sorted(zone.names[name])
        ]
        page, following = _page([item for item in listed if item[:3] >= start], size)
        output: Output = {
            "ResourceRecordSets": [
                record_set_output(zone.names[name][record_type, identifier])
                for _key, record_type, identifier, name in page
            ],
            "IsTruncated": following is not None,
            "MaxItems": str(size),
        }
        if following is not None:
            output |= {"NextRecordName": following[3], "NextRecordType": following[1]}
            output |= {"NextRecordIdentifier": following[2]} if following[2] else {}
        return output

    def change_resource_record_sets(self, call: Call) -> Output:
        """All changes of the batch, or none. See `route53_rules`."""
        given = call.parameters
        batch = given["ChangeBatch"]
        zone = self.store.zone(call.account, given["HostedZoneId"])
        _refuse_linked(zone)
        try:
            changes = route53_rules.parse_changes(batch["Changes"])
            self._refuse_while_processing(zone)
            touched = route53_rules.apply_changes(zone.name, zone.id, zone.names, changes)
        except route53_rules.InvalidInput as error:
            raise AwsError("InvalidInput", str(error)) from None
        except route53_rules.InvalidChangeBatch as error:
            legacy = {"legacy_form": True} if self._context.settings.legacy_batch_errors else {}
            raise AwsError("InvalidChangeBatch", str(error), messages=error.messages, **legacy) from None
        self._charge(call.account, sum(2 if change.action == "UPSERT" else 1 for change in changes))
        change = self.store.add_change(call.account, batch.get("Comment"))
        zone.changed_at = self._context.clock.now()
        self.store.set_records(zone, touched, change)
        return {"ChangeInfo": change.as_output(self._context.clock.now())}

    def _refuse_while_processing(self, zone: HostedZone) -> None:
        """One request of a zone at a time (DNSLimitations.html); `prior_request_ms` says how long one takes."""
        busy = self._context.settings.prior_request_ms / 1000
        if self._context.clock.now() < zone.changed_at + busy:
            message = "The request was rejected because Route 53 was still processing a prior request."
            raise AwsError("PriorRequestNotComplete", message)

    def get_change(self, call: Call) -> Output:
        """PENDING, then INSYNC. Message: boto/botocore#543."""
        bare = call.parameters["Id"].rpartition("/")[2]
        change = self.store.changes.get(bare)
        if change is None or change.account != call.account:
            raise AwsError("NoSuchChange", f"Could not find resource with ID: {bare}", 404)
        return {"ChangeInfo": change.as_output(self._context.clock.now())}

    # Tags

    def list_tags_for_resource(self, call: Call) -> Output:
        return {"ResourceTagSet": self._tag_set(call, call.parameters["ResourceId"])}

    def list_tags_for_resources(self, call: Call) -> Output:
        ids = call.parameters["ResourceIds"]
        if len(ids) > MAX_TAGGED_RESOURCES:
            raise AwsError("InvalidInput", f"At most {MAX_TAGGED_RESOURCES} resources can be asked for.")
        return {"ResourceTagSets": [self._tag_set(call, resource) for resource in ids]}

    def _tag_set(self, call: Call, resource: str) -> Output:
        zone = self._tagged(call, resource)
        tags = [{"Key": key, "Value": value} for key, value in zone.tags.items()]
        return {"ResourceType": call.parameters["ResourceType"], "ResourceId": zone.id, "Tags": tags}

    def change_tags_for_resource(self, call: Call) -> Output:
        zone = self._tagged(call, call.parameters["ResourceId"])
        for key in call.parameters.get("RemoveTagKeys") or ():
            zone.tags.pop(key, None)
        for tag in call.parameters.get("AddTags") or ():
            zone.tags[tag["Key"]] = tag.get("Value") or ""
        return {}

    def _tagged(self, call: Call, resource: str) -> HostedZone:
        if call.parameters["ResourceType"] != "hostedzone":
            raise AwsError("NoSuchHealthCheck", f"No health check exists with the specified ID {resource}", 404)
        return self.store.zone(call.account, resource)

    # What several operations need

    def _page_size(self, given: dict[str, Any], limit: int) -> int:
        """MaxItems is text on the wire; more than the limit is not an error, but brings no more."""
        wanted = given.get("MaxItems", str(limit))
        if not str(wanted).isdecimal() or int(wanted) < 1:
            raise AwsError("InvalidInput", f"Invalid MaxItems: {wanted}")
        return min(int(wanted), limit, self._context.settings.page_limit or limit)

    def _charge(self, account: str, tokens: int) -> None:
        if self._context.throttle is not None:
            self._context.throttle.charge_changes(account, tokens)


def _page(items: Sequence[Item], size: int) -> tuple[Sequence[Item], Item | None]:
    """The page, and the first item after it."""
    return items[:size], items[size] if len(items) > size else None


def _domain_name(name: str) -> str:
    try:
        return domain_names.normal(name)
    except domain_names.NameFault as fault:
        raise AwsError("InvalidDomainName", str(fault)) from None


def _zone_name(name: str) -> str:
    """API reference: "You can't create a hosted zone for a top-level domain (TLD) such as .com"."""
    normal = _domain_name(name)
    if len(domain_names.ancestors(normal)) < 2:
        raise AwsError("InvalidDomainName", f"{normal} is reserved by AWS!")
    return normal


def _start_of(given: dict[str, Any]) -> tuple[str, str, str]:
    """Where a listing begins; "Specifying type without specifying name returns an InvalidInput error"."""
    name, record_type = given.get("StartRecordName"), given.get("StartRecordType")
    identifier = given.get("StartRecordIdentifier")
    if (record_type and not name) or (identifier and not record_type):
        raise AwsError("InvalidInput", "StartRecordType needs StartRecordName, and StartRecordIdentifier both.")
    if not name:
        return "", "", ""
    try:
        return domain_names.reversed_labels(domain_names.normal(name)), record_type or "", identifier or ""
    except domain_names.NameFault as fault:
        raise AwsError("InvalidInput", str(fault)) from None


def _refuse_linked(zone: HostedZone) -> None:
    """Zones of other services are theirs. Message: amazon-archives/service-discovery-ecs-dns#44."""
    if zone.linked_service:
        message = f"The resource hostedzone/{zone.id} can only be managed through {zone.linked_service}"
        raise AwsError("AccessDenied", message, 403)


OPERATIONS = {
    "CreateHostedZone": Route53.create_hosted_zone,
    "GetHostedZone": Route53.get_hosted_zone,
    "DeleteHostedZone": Route53.delete_hosted_zone,
    "GetHostedZoneCount": Route53.get_hosted_zone_count,
    "ListHostedZones": Route53.list_hosted_zones,
    "ListHostedZonesByName": Route53.list_hosted_zones_by_name,
    "ListResourceRecordSets": Route53.list_resource_record_sets,
    "ChangeResourceRecordSets": Route53.change_resource_record_sets,
    "GetChange": Route53.get_change,
    "ListTagsForResource": Route53.list_tags_for_resource,
    "ListTagsForResources": Route53.list_tags_for_resources,
    "ChangeTagsForResource": Route53.change_tags_for_resource,
}


def install(context: Context) -> Route53:
    """Answer Route 53's operations in this context, and give it a registrar. `name_servers.start` comes after."""
    service = Route53(context)
    context.registrar = service.store.registrar
    context.register("route53", {name: operation.__get__(service) for name, operation in OPERATIONS.items()})
    context.on_reset.append(service.store.clear)
    dns_control.install(context, service.store)
    return service
