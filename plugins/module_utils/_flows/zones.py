# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Finding the hosted zone of each name: given, listed, or - of two with one name - the one that is delegated."""

from __future__ import annotations

import dataclasses
import re
import typing as t

from .._aws import route53
from .._aws.access import Access
from .._dns.resolver import Nameserver, name_servers_of, parse_nameservers
from .._errors import InvalidInput
from .._hosted_zones import AMBIGUOUS_ZONE, HostedZone, ZoneMatch, delegated_zone, match_zones
from .._known_zones import KnownZone
from .._names import base_name, is_within, normalise, zone_name_faults
from .._record_sets import RecordSet
from .._threads import gather
from .._zone_reading import Reading

ZONE_ARGUMENTS: dict[str, t.Any] = {
    "hosted_zone_id": {"type": "str"},
    "hosted_zones": {"type": "dict", "default": {}},
    "nameservers": {"type": "list", "elements": "str", "default": []},
}
_ZONE_ID = re.compile(r"^(/?hostedzone/)?[A-Z0-9]{1,32}$")


@dataclasses.dataclass(frozen=True)
class ZoneOptions:
    """``hosted_zones`` maps a domain to the id of the zone that takes the names at and below it."""

    hosted_zone_id: str | None = None
    hosted_zones: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    nameservers: tuple[Nameserver, ...] = ()

    def given_zone_id(self, name: str) -> str | None:
        domains = [domain for domain in self.hosted_zones if is_within(base_name(name), domain)]
        return self.hosted_zones[max(domains, key=len)] if domains else self.hosted_zone_id


def parse_zone_options(params: t.Mapping[str, t.Any]) -> ZoneOptions:
    """Raises InvalidInput with every fault."""
    faults: list[str] = []
    zones: dict[str, str] = {}
    nameservers: tuple[Nameserver, ...] = ()
    for domain, zone_id in (params.get("hosted_zones") or {}).items():
        wrong = zone_name_faults(domain)
        faults += [f"hosted_zones: {fault}" for fault in wrong]
        if not wrong:
            zones[normalise(domain)] = str(zone_id)
    zone_ids = [*zones.values(), *filter(None, [params.get("hosted_zone_id")])]
    faults += [
        f"{each} isn't the ID of a hosted zone (such as Z0123456789ABC)" for each in zone_ids if not _is_id(each)
    ]
    try:
        nameservers = parse_nameservers(params.get("nameservers") or ())
    except InvalidInput as error:
        faults += error.faults
    if faults:
        raise InvalidInput(faults)
    return ZoneOptions(params.get("hosted_zone_id") or None, zones, nameservers)


def _is_id(zone_id: str) -> bool:
    return bool(_ZONE_ID.match(zone_id))


def find_zones(access: Access, names: t.Iterable[str], options: ZoneOptions, cuts: bool = True) -> dict[str, ZoneMatch]:
    """For each name its zone, or why it has none. Reads only.

    With ``cuts`` the zones are also looked into: a record below an NS set of the zone would never be seen.
    """
    given: dict[str, str] = {}
    looked_up = []
    for name in dict.fromkeys(names):
        zone_id = options.given_zone_id(name)
        if zone_id:
            given[name] = zone_id.rpartition("/")[2]
        else:
            looked_up.append(name)
    zones = route53.list_hosted_zones(access) if looked_up else []
    zones += _given_zones(access, set(given.values()) - {zone.id for zone in zones})
    matches = {**_match_given(given, zones, {}), **_match_listed(access, looked_up, zones, options, {})}
    if not cuts:
        return matches
    readings = _read_zones(access, matches)
    delegations = {zone_id: reading.cuts for zone_id, reading in readings.items()}
    if any(delegations.values()):
        matches = _match_given(given, zones, delegations)
        matches.update(_match_listed(access, looked_up, zones, options, delegations))
    return {name: _with_name_servers(match, readings) for name, match in matches.items()}


def _given_zones(access: Access, zone_ids: t.Collection[str]) -> list[HostedZone]:
    """Zones known by their id only. The apex is the first record set, which tells the name without GetHostedZone."""

    def read(zone_id: str) -> HostedZone:
        record_sets, _next = route53.list_record_sets(access, zone_id, most=1)
        return HostedZone(zone_id, record_sets[0].name if record_sets else "")

    return gather(read, sorted(zone_ids))


def _match_given(
    given: t.Mapping[str, str], zones: t.Sequence[HostedZone], delegations: t.Mapping[str, t.Collection[str]]
) -> dict[str, ZoneMatch]:
    matches: dict[str, ZoneMatch] = {}
    for zone_id in sorted(set(given.values())):
        names = [name for name, each in given.items() if each == zone_id]
        matches.update(match_zones(names, zones, hosted_zone_id=zone_id, delegations=delegations))
    return matches


def _match_listed(
    access: Access,
    names: t.Sequence[str],
    zones: t.Sequence[HostedZone],
    options: ZoneOptions,
    delegations: t.Mapping[str, t.Collection[str]],
) -> dict[str, ZoneMatch]:
    matches = match_zones(names, zones, delegations=delegations)
    twins = {match.candidates for match in matches.values() if match.reason == AMBIGUOUS_ZONE}
    if not twins:
        return matches
    live, doubts = {}, []
    for candidates in twins:
        zone_id, doubt = _live_zone(access, candidates, options.nameservers)
        if zone_id:
            live[candidates[0].name] = zone_id
        doubts.append(doubt)
    matches = match_zones(names, zones, delegations=delegations, delegated_zone_ids=live)
    doubt = "; ".join(filter(None, doubts))
    return {
        name: dataclasses.replace(match, message=f"{match.message} ({doubt})")
        if match.reason == AMBIGUOUS_ZONE and doubt
        else match
        for name, match in matches.items()
    }


def _live_zone(
    access: Access, candidates: t.Sequence[HostedZone], nameservers: t.Sequence[Nameserver]
) -> tuple[str | None, str]:
    """Which of the zones of one name the public DNS delegates to, or why that can't be said."""
    found, doubt = name_servers_of(candidates[0].name, nameservers)
    if doubt:
        return None, doubt
    own = {zone.id: zone.name_servers for zone in gather(lambda zone: with_name_servers(access, zone), candidates)}
    zone_id = delegated_zone(found, own)
    if zone_id:
        return zone_id, ""
    listed = "; ".join(f"{each}: {', '.join(sorted(servers))}" for each, servers in own.items())
    return None, f"the public DNS names {', '.join(sorted(found))}, the zones have {listed}"


def _read_zones(access: Access, matches: t.Mapping[str, ZoneMatch]) -> dict[str, Reading]:
    """By id, the zones that hold names below their apex, read there for zone cuts, and at the apex on the way."""
    by_zone: dict[str, list[str]] = {}
    zones: dict[str, HostedZone] = {}
    for name, match in matches.items():
        if match.zone and base_name(normalise(name)) != match.zone.name:
            by_zone.setdefault(match.zone.id, []).append(base_name(normalise(name)))
            zones[match.zone.id] = match.zone
    readings = gather(lambda item: read(access, zones[item[0]], [*item[1], zones[item[0]].name]), by_zone.items())
    return dict(zip(by_zone, readings, strict=True))


def _with_name_servers(match: ZoneMatch, readings: t.Mapping[str, Reading]) -> ZoneMatch:
    zone = match.zone
    if zone is None or zone.id not in readings:
        return match
    return dataclasses.replace(match, zone=known_zone(zone, readings[zone.id].record_sets))


def known_zone(zone: HostedZone, record_sets: t.Iterable[RecordSet]) -> KnownZone:
    """The zone with its own name servers, by the NS set at its apex."""
    servers = next((each.values for each in record_sets if each.type == "NS" and each.name == zone.name), ())
    return KnownZone(**vars(zone), name_servers=servers)


def with_name_servers(access: Access, zone: HostedZone) -> KnownZone:
    """The same, read if it wasn't yet."""
    if isinstance(zone, KnownZone):
        return zone
    return known_zone(zone, route53.list_record_sets(access, zone.id, most=2)[0])


def read(access: Access, zone: HostedZone, names: t.Iterable[str]) -> Reading:
    """What the zone has at the names, and at the levels above them, in as few pages as tell."""
    reading = Reading(names, zone.name)
    read_all(access, zone, reading)
    return reading


def read_all(access: Access, zone: HostedZone, reading: Reading) -> None:
    """Page by page, until the reading has what it asks for."""
    while (start := reading.next_start()) is not None:
        reading.add(*route53.list_record_sets(access, zone.id, start))
