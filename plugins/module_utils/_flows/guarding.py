# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Which certificates of an account will not renew, and why. Reads only.

One listing a Region and of the zones, the zones' pages below the names, and a look at the public DNS tell of most
certificates that all is well. The others are described, and their own records are looked for.
"""

from __future__ import annotations

import collections
import dataclasses
import datetime
import typing as t

from .._aws import acm
from .._aws.access import Access
from .._certificates import Certificate, ValidationRecord
from .._diagnosis import LOOKUP_CHECKS
from .._dns.questions import DnsSettings
from .._dns.resolver import DnspythonMissing
from .._findings import Finding, sentence
from .._hosted_zones import MATCHED, HostedZone, ZoneMatch
from .._known_zones import KnownZone
from .._names import base_name
from .._record_sets import RecordSet
from .._renewal_records import RECORD_CHECKS, ZONE_CHECKS, RecordState, compare, visible_names, wanted_records
from .._renewal_report import Observed
from .._renewals import may_need_description, needs_description, needs_records
from .._threads import concurrently, gather
from .._zone_reading import PublishedReading
from . import diagnosing, observing
from .deleting import is_disabled_region
from .records import hidden_by
from .zones import ZoneOptions, find_zones, known_zone, read, read_all

_NOT_LOOKED_UP = "NotLookedUp"
#: Up to so many certificates of a Region are described in any case.
_FEW = 20


@dataclasses.dataclass(frozen=True)
class Desired:
    """``regions``: None means every Region that is enabled. ``dns``: None means not to ask the public DNS.

    With ``thorough`` every certificate that ACM is to issue or renew is described.
    """

    regions: tuple[str, ...] | None
    zones: ZoneOptions
    dns: DnsSettings | None
    thorough: bool = False
    now: datetime.datetime = dataclasses.field(default_factory=lambda: datetime.datetime.now(datetime.timezone.utc))


def observe(access: Access, dns_access: Access, desired: Desired) -> Observed:
    regions, listed, warnings = _read_regions(access, desired.regions)
    names = sorted({name for each in listed if needs_records(each) for name in each.names})
    matches = find_zones(dns_access, dict.fromkeys(map(base_name, names)), desired.zones, cuts=False)
    zones = {match.zone.id: match.zone for match in matches.values() if match.zone}
    readings = dict(
        zip(zones, gather(lambda zone: _read_published(dns_access, zone, matches), zones.values()), strict=True)
    )
    published = {name for reading in readings.values() for name in reading.published}
    matches = _with_servers(matches, readings)
    public, fault = _look(names, matches, desired.dns) if desired.dns and names else ((), "")
    astray = {base_name(each.name) for each in public if each.stops and each.check in ZONE_CHECKS}

    thorough = {each.region for each in listed} if desired.thorough else _small(listed)

    def described(each: Certificate) -> Certificate:
        suspicious = each.base_names & astray or needs_description(each, desired.now, published)
        wanted = each.region in thorough or suspicious
        return _described(access, each) if wanted and may_need_description(each) else each

    certificates = _by_region(described, listed)
    wanted = wanted_records(certificates)
    records = _read_records(dns_access, wanted, matches)
    seen = _look_for_records(records, desired.dns) if desired.dns and records and not fault else ()
    visible = visible_names((n for state in records.values() for n in state.record.domain_names), seen) & astray
    seen = tuple(f for f in seen if f.check in RECORD_CHECKS and base_name(f.name) not in astray)
    return Observed(
        certificates=tuple(certificates),
        records=records,
        public=(*(f for f in public if f.check not in LOOKUP_CHECKS), *seen),
        visible=visible,
        asked=bool(desired.dns) and not fault,
        regions=regions,
        warnings=(*warnings, *([fault] if fault else _unsure(public))),
    )


def _read_regions(
    access: Access, regions: t.Sequence[str] | None
) -> tuple[tuple[str, ...], list[Certificate], tuple[str, ...]]:
    """The Regions that were read, their certificates, and warnings. A Region that was named has to be readable."""
    outcomes = concurrently(
        lambda region: list(acm.list_certificates(access, region)), regions or access.all_regions("acm")
    )
    found = [each for outcome in outcomes for each in outcome.result or []]
    readable = tuple(outcome.item for outcome in outcomes if outcome.result is not None)
    failed = {outcome.item: outcome.error for outcome in outcomes if outcome.error}
    if regions or not readable:
        # Wrong credentials look like a Region that isn't enabled, but everywhere.
        for error in failed.values():
            raise error
    searchable = {region: error for region, error in failed.items() if not is_disabled_region(error)}
    return readable, found, tuple(f"{region} wasn't searched: {each.message}" for region, each in searchable.items())


def _small(certificates: t.Iterable[Certificate]) -> set[str]:
    """The Regions with so few certificates that describing them all costs two seconds at most."""
    counts = collections.Counter(each.region for each in certificates if may_need_description(each))
    return {region for region, count in counts.items() if count <= _FEW}


def _by_region(
    function: t.Callable[[Certificate], Certificate], certificates: t.Sequence[Certificate]
) -> list[Certificate]:
    """A pool for each Region, as each has a rate of its own."""
    regions = dict.fromkeys(each.region for each in certificates)
    done = gather(lambda region: gather(function, [c for c in certificates if c.region == region]), regions)
    return [each for region in done for each in region]


def _described(access: Access, certificate: Certificate) -> Certificate:
    # Only the listing tells whether a certificate was exported.
    return dataclasses.replace(observing.describe(access, certificate), exported=certificate.exported)


def _read_published(access: Access, zone: HostedZone, matches: t.Mapping[str, ZoneMatch]) -> PublishedReading:
    """For which names the zone has records of ACM's; and its apex."""
    reading = PublishedReading([name for name, match in matches.items() if match.zone == zone], zone.name)
    read_all(access, zone, reading)
    return reading


def _with_servers(
    matches: t.Mapping[str, ZoneMatch], readings: t.Mapping[str, PublishedReading]
) -> dict[str, ZoneMatch]:
    return {
        name: dataclasses.replace(match, zone=known_zone(match.zone, readings[match.zone.id].record_sets))
        if match.zone
        else match
        for name, match in matches.items()
    }


def _read_records(
    dns_access: Access, wanted: t.Mapping[str, ValidationRecord], matches: t.Mapping[str, ZoneMatch]
) -> dict[str, RecordState]:
    """{record name: its state}"""
    by_zone: dict[HostedZone, list[str]] = {}
    states: dict[str, RecordState] = {}
    for name, record in wanted.items():
        # A listing cuts names off at a hundred, so a description may bring others.
        match = matches.get(base_name(record.domain_names[0])) or ZoneMatch(name, None, _NOT_LOOKED_UP, "")
        if match.zone:
            by_zone.setdefault(match.zone, []).append(name)
        else:
            states[name] = RecordState(record, match)

    def read_zone(item: tuple[HostedZone, list[str]]) -> dict[str, RecordState]:
        zone, names = item
        reading = read(dns_access, zone, names)
        there: dict[str, list[RecordSet]] = {}
        for record_set in reading.record_sets:
            there.setdefault(record_set.name, []).append(record_set)
        match = ZoneMatch(zone.name, zone, MATCHED, "")
        return {n: compare(wanted[n], match, there.get(n, []), hidden_by(n, reading.cuts)) for n in names}

    for found in gather(read_zone, by_zone.items()):
        states.update(found)
    return states


def _look(
    names: t.Sequence[str], matches: t.Mapping[str, ZoneMatch], settings: DnsSettings
) -> tuple[tuple[Finding, ...], str]:
    """What the public DNS says of the names, and why it couldn't be asked."""
    zones = {name: match.zone for name, match in matches.items() if isinstance(match.zone, KnownZone)}
    try:
        return tuple(diagnosing.look(settings, names, zones)), ""
    except DnspythonMissing as error:
        return (), f"{error.message}."


def _look_for_records(records: t.Mapping[str, RecordState], settings: DnsSettings) -> tuple[Finding, ...]:
    """Whether the public DNS has the records, in whatever zone: that is what ACM goes by."""
    wanted = [state.record for state in records.values()]
    names = sorted({name for record in wanted for name in record.domain_names})
    return tuple(diagnosing.look(settings, names, {}, wanted))


def _unsure(findings: t.Iterable[Finding]) -> list[str]:
    said = sentence([each for each in findings if each.check in LOOKUP_CHECKS])
    return [f"The public DNS wasn't seen as a whole: {said}."] if said else []
