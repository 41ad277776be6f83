# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Which certificates of an account will not renew, and why. Reads only.

One listing a Region, a description of each certificate that ACM is to issue or renew (nothing else tells its records
and the state of its renewal), one listing of the zones, each zone's pages at the records, and a look at the public DNS.
"""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

from .._aws import acm
from .._aws.access import Access
from .._certificates import Certificate, ValidationRecord
from .._diagnosis import LOOKUP_CHECKS
from .._dns.questions import DnsSettings
from .._dns.resolver import DnspythonMissing
from .._findings import sentence
from .._hosted_zones import MATCHED, HostedZone, ZoneMatch
from .._known_zones import KnownZone
from .._names import base_name
from .._record_sets import RecordSet
from .._renewal_records import ZONE_CHECKS, RecordState, compare, visible_names, wanted_records, zones_of
from .._renewal_report import Observed
from .._renewals import needs_description
from .._threads import concurrently, gather
from . import diagnosing, observing
from .deleting import is_disabled_region
from .records import hidden_by
from .zones import ZoneOptions, find_zones, known_zone, read


@dataclasses.dataclass(frozen=True)
class Desired:
    """``regions``: None means every Region that is enabled. ``dns``: None means not to ask the public DNS."""

    regions: tuple[str, ...] | None
    zones: ZoneOptions
    dns: DnsSettings | None
    now: datetime.datetime = dataclasses.field(default_factory=lambda: datetime.datetime.now(datetime.timezone.utc))


def observe(access: Access, dns_access: Access, desired: Desired) -> Observed:
    regions, certificates, warnings = _read_regions(access, desired.regions)
    wanted = wanted_records(certificates)
    records = _read_records(dns_access, wanted, desired.zones)
    observed = Observed(tuple(certificates), records, regions=regions, warnings=warnings)
    return _look_at_dns(observed, desired.dns) if desired.dns and wanted else observed


def _read_regions(
    access: Access, regions: t.Sequence[str] | None
) -> tuple[tuple[str, ...], list[Certificate], tuple[str, ...]]:
    """The Regions that were read, their certificates, and warnings. A Region that was named has to be readable."""
    outcomes = concurrently(lambda region: _read_region(access, region), regions or access.all_regions("acm"))
    found = [each for outcome in outcomes for each in outcome.result or []]
    readable = tuple(outcome.item for outcome in outcomes if outcome.result is not None)
    failed = {outcome.item: outcome.error for outcome in outcomes if outcome.error}
    if regions or not readable:
        # Wrong credentials look like a Region that isn't enabled, but everywhere.
        for error in failed.values():
            raise error
    searchable = {region: error for region, error in failed.items() if not is_disabled_region(error)}
    return readable, found, tuple(f"{region} wasn't searched: {each.message}" for region, each in searchable.items())


def _read_region(access: Access, region: str) -> list[Certificate]:
    """A pool for each Region, as each has a rate of its own."""
    return gather(lambda each: _described(access, each), acm.list_certificates(access, region))


def _described(access: Access, certificate: Certificate) -> Certificate:
    if not needs_description(certificate):
        return certificate
    # Only the listing tells whether a certificate was exported.
    return dataclasses.replace(observing.describe(access, certificate), exported=certificate.exported)


def _read_records(
    dns_access: Access, wanted: t.Mapping[str, ValidationRecord], options: ZoneOptions
) -> dict[str, RecordState]:
    """{record name: its state}"""
    matches = find_zones(dns_access, {base_name(r.domain_names[0]) for r in wanted.values()}, options, cuts=False)
    by_zone: dict[HostedZone, list[str]] = {}
    states: dict[str, RecordState] = {}
    for name, record in wanted.items():
        match = matches[base_name(record.domain_names[0])]
        if match.zone:
            by_zone.setdefault(match.zone, []).append(name)
        else:
            states[name] = RecordState(record, match)

    def read_zone(item: tuple[HostedZone, list[str]]) -> dict[str, RecordState]:
        zone, names = item
        reading = read(dns_access, zone, [*names, zone.name])
        there: dict[str, list[RecordSet]] = {}
        for record_set in reading.record_sets:
            there.setdefault(record_set.name, []).append(record_set)
        match = ZoneMatch(zone.name, known_zone(zone, reading.record_sets), MATCHED, "")
        return {n: compare(wanted[n], match, there.get(n, []), hidden_by(n, reading.cuts)) for n in names}

    for found in gather(read_zone, by_zone.items()):
        states.update(found)
    return states


def _look_at_dns(observed: Observed, settings: DnsSettings) -> Observed:
    """With what the public DNS says, which is what ACM goes by.

    A zone that isn't the delegated one is no matter where the record is in the other: that takes a second look.
    """
    records = [state.record for state in observed.records.values()]
    names = sorted({name for record in records for name in record.domain_names})
    zones = {base: zone for base, zone in zones_of(observed.records.values()).items() if isinstance(zone, KnownZone)}
    try:
        found = diagnosing.look(settings, names, zones, records)
        elsewhere = sorted({each.name for each in found if each.stops and each.check in ZONE_CHECKS})
        second = diagnosing.look(settings, elsewhere, {}, records) if elsewhere else []
    except DnspythonMissing as error:
        return dataclasses.replace(observed, warnings=(*observed.warnings, f"{error.message}."))
    silent = [each for each in found if each.check in LOOKUP_CHECKS]
    warnings = (f"The public DNS wasn't seen as a whole: {sentence(silent)}.",) if sentence(silent) else ()
    return dataclasses.replace(
        observed,
        public=tuple(each for each in found if each.check not in LOOKUP_CHECKS),
        visible=visible_names(elsewhere, second),
        asked=True,
        warnings=(*observed.warnings, *warnings),
    )
