# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Which Route 53 hosted zone a name's validation record belongs in, or why none will do."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ._names import base_name, is_within, labels, normalise

MATCHED = "Matched"
NO_ZONE = "NoZone"
ONLY_PRIVATE_ZONE = "OnlyPrivateZone"
AMBIGUOUS_ZONE = "AmbiguousZone"
DELEGATED_AWAY = "DelegatedAway"
NOT_IN_ZONE = "NotInZone"
SERVICE_MANAGED_ZONE = "ServiceManagedZone"


@dataclass(frozen=True)
class HostedZone:
    """A hosted zone as far as the choice needs it. The name is empty when only the id is known."""

    id: str
    name: str
    private: bool = False
    record_set_count: int | None = None
    linked_service: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "id", bare_id(self.id))
        object.__setattr__(self, "name", normalise(self.name))

    def __str__(self) -> str:
        return f"{self.id} ({self.name})" if self.name else self.id


@dataclass(frozen=True)
class ZoneMatch:
    """The zone found for a name, or the reason there is none. The name is as it was given."""

    name: str
    zone: HostedZone | None
    reason: str
    message: str
    candidates: tuple[HostedZone, ...] = ()


def bare_id(zone_id: str) -> str:
    """The API gives ids as /hostedzone/Z… and takes them with or without that."""
    return zone_id.rpartition("/")[2]


def from_api(zone: Mapping[str, Any]) -> HostedZone:
    """A zone of ListHostedZones, ListHostedZonesByName or GetHostedZone."""
    service = zone.get("LinkedService")
    return HostedZone(
        id=zone["Id"],
        name=zone["Name"],
        private=bool(zone.get("Config", {}).get("PrivateZone", False)),
        record_set_count=zone.get("ResourceRecordSetCount"),
        linked_service=service.get("ServicePrincipal", "another AWS service") if service else None,
    )


def match_zone(
    name: str,
    zones: Iterable[HostedZone],
    *,
    hosted_zone_id: str | None = None,
    delegations: Mapping[str, Collection[str]] | None = None,
    delegated_zone_ids: Mapping[str, str] | None = None,
) -> ZoneMatch:
    """The zone for one name of a certificate, or for one validation record.

    `zones` are all zones of the account (every page). `delegations` maps a zone id to the names that NS record sets in
    it delegate away, `delegated_zone_ids` a zone's name to the id of the zone that the public DNS delegates it to.
    """
    return match_zones(
        [name],
        zones,
        hosted_zone_id=hosted_zone_id,
        delegations=delegations,
        delegated_zone_ids=delegated_zone_ids,
    )[name]


def match_zones(
    names: Iterable[str],
    zones: Iterable[HostedZone],
    *,
    hosted_zone_id: str | None = None,
    delegations: Mapping[str, Collection[str]] | None = None,
    delegated_zone_ids: Mapping[str, str] | None = None,
) -> dict[str, ZoneMatch]:
    """match_zone for many names; the zones are sorted out once."""
    chooser = _Chooser(zones, delegations or {}, delegated_zone_ids or {})
    if hosted_zone_id:
        return {name: chooser.explicit(name, bare_id(hosted_zone_id)) for name in names}
    return {name: chooser.best(name) for name in names}


def missing(matches: Mapping[str, ZoneMatch]) -> tuple[str, ...]:
    """One message for every name without a zone, which says why."""
    return tuple(match.message for match in matches.values() if match.zone is None)


def delegated_zone(live_name_servers: Collection[str], zone_name_servers: Mapping[str, Collection[str]]) -> str | None:
    """The id of the one zone whose name servers the public DNS names, None when that cannot be said for sure.

    A delegation that lists only some of a zone's servers is still one to that zone. One that lists any server besides
    them is half someone else's, so no number of common servers is enough.
    """
    live = _hosts(live_name_servers)
    if not live:
        return None
    sets = {zone_id: _hosts(servers) for zone_id, servers in zone_name_servers.items()}
    for found in (
        [zone_id for zone_id, servers in sets.items() if servers == live],
        [zone_id for zone_id, servers in sets.items() if servers >= live],
    ):
        if found:
            return found[0] if len(found) == 1 else None
    return None


def _hosts(name_servers: Collection[str]) -> frozenset[str]:
    return frozenset(normalise(server) for server in name_servers)


class _Chooser:
    def __init__(
        self,
        zones: Iterable[HostedZone],
        delegations: Mapping[str, Collection[str]],
        delegated_zone_ids: Mapping[str, str],
    ) -> None:
        # By id, as pages read while zones come and go may repeat one.
        self._zones = {zone.id: zone for zone in zones}
        self._by_name: dict[str, list[HostedZone]] = {}
        for zone in self._zones.values():
            self._by_name.setdefault(zone.name, []).append(zone)
        self._delegations = {bare_id(zone_id): cuts for zone_id, cuts in delegations.items()}
        self._delegated = {normalise(name): bare_id(zone_id) for name, zone_id in delegated_zone_ids.items()}

    def explicit(self, name: str, zone_id: str) -> ZoneMatch:
        zone = self._zones.get(zone_id, HostedZone(id=zone_id, name=""))
        if not is_within(base_name(normalise(name)), zone.name):
            message = f"{name} is not within hosted zone {zone}: give the id of a zone that holds it, or none"
            return ZoneMatch(name, None, NOT_IN_ZONE, message, (zone,))
        if zone.private:
            return _only_private(name, (zone,))
        return self._usable(name, zone, (zone,))

    def best(self, name: str) -> ZoneMatch:
        candidates = self._holding(name)
        public = tuple(zone for zone in candidates if not zone.private)
        if candidates and not public:
            return _only_private(name, candidates)
        if not public:
            return self._no_zone(name)
        nearest = tuple(zone for zone in public if zone.name == public[0].name)
        if len(nearest) > 1:
            live = self._delegated.get(nearest[0].name)
            nearest = tuple(zone for zone in nearest if zone.id == live) or nearest
        if len(nearest) > 1:
            return self._ambiguous(name, nearest)
        return self._usable(name, nearest[0], public)

    def _holding(self, name: str) -> tuple[HostedZone, ...]:
        """All zones that hold the name, the most specific first."""
        parts = labels(base_name(normalise(name)))
        return tuple(zone for start in range(len(parts)) for zone in self._by_name.get(".".join(parts[start:]), ()))

    def _usable(self, name: str, zone: HostedZone, candidates: tuple[HostedZone, ...]) -> ZoneMatch:
        if zone.linked_service:
            message = (
                f"the hosted zone for {name}, {zone}, is managed by {zone.linked_service}, and Route 53 lets nobody "
                f"else change its records"
            )
            return ZoneMatch(name, None, SERVICE_MANAGED_ZONE, message, candidates)
        cut = self._cut(name, zone)
        if cut:
            message = (
                f"{name} is delegated away: hosted zone {zone} has an NS record set at {cut}, so records for it belong "
                f"in the zone {cut}, which is not among the public zones of this account; give its hosted_zone_id or "
                f"use a role of the account that has it"
            )
            return ZoneMatch(name, None, DELEGATED_AWAY, message, candidates)
        return ZoneMatch(name, zone, MATCHED, f"{name} belongs in hosted zone {zone}", candidates)

    def _cut(self, name: str, zone: HostedZone) -> str | None:
        """The topmost zone cut below the zone's apex that the name is at or below."""
        base = base_name(normalise(name))
        found = [
            cut
            for cut in map(normalise, self._delegations.get(zone.id, ()))
            if cut != zone.name and is_within(cut, zone.name) and is_within(base, cut)
        ]
        return min(found, key=len, default=None)

    def _ambiguous(self, name: str, zones: tuple[HostedZone, ...]) -> ZoneMatch:
        listed = " and ".join(zone.id for zone in zones)
        live = self._delegated.get(zones[0].name)
        found = (
            f"the public DNS delegates it to {live}, none of these" if live else "and which one is live is not known"
        )
        message = (
            f"{len(zones)} public hosted zones named {zones[0].name} could hold {name} ({listed}), {found}: "
            f"choose one with hosted_zone_id"
        )
        return ZoneMatch(name, None, AMBIGUOUS_ZONE, message, zones)

    def _no_zone(self, name: str) -> ZoneMatch:
        parts = labels(base_name(normalise(name)))
        looked_for = ", ".join(".".join(parts[start:]) for start in range(max(1, len(parts) - 1)))
        count = sum(not zone.private for zone in self._zones.values())
        among = (
            f"none of the {count} public zones in this account has a name it lies in (looked for {looked_for})"
            if count
            else "there is no public zone in this account"
        )
        message = (
            f"no hosted zone for {name}: {among}; "
            f"create the zone, give hosted_zone_id, or use a role of the account that has it"
        )
        return ZoneMatch(name, None, NO_ZONE, message)


def _only_private(name: str, zones: tuple[HostedZone, ...]) -> ZoneMatch:
    listed = " and ".join(str(zone) for zone in zones)
    which = f"only a private zone, {listed}, matches" if len(zones) == 1 else f"only private zones match ({listed})"
    message = f"no public hosted zone for {name}: {which}; ACM validates over public DNS"
    return ZoneMatch(name, None, ONLY_PRIVATE_ZONE, message, zones)
