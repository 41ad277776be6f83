# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""What the public DNS has to do with it: before ACM certificates are requested, and while their validation hangs."""

from __future__ import annotations

import contextlib
import dataclasses
import typing as t

from .._aws.access import Access
from .._caa import issuer
from .._certificate_plan import CertificatePlan
from .._certificates import Certificate, ValidationRecord
from .._diagnosis import OFF, Preflight, diagnosis_of
from .._dns.questions import DnsSettings
from .._dns.resolver import DnspythonMissing, Nameserver
from .._findings import Finding
from .._hosted_zones import HostedZone
from .._known_zones import KnownZone
from .._names import base_name, normalise
from .._preflight_subject import DNS, Subject
from .._threads import gather
from . import preflight
from .zones import with_name_servers

#: Seconds for all questions: before a request, and while one waits.
_BEFORE = 30.0
_MEANWHILE = 10.0
_DIAGNOSED_AT_MOST = 10  # certificates that hang: mostly one cause keeps them all


def look(
    settings: DnsSettings,
    names: t.Iterable[str],
    zones: t.Mapping[str, KnownZone],
    records: t.Sequence[ValidationRecord] = (),
) -> list[Finding]:
    """The findings for these names; ``zones`` are those of the base names, as far as they are in Route 53."""
    known = {base: [zone] for base, zone in zones.items()}
    subjects = [Subject(name, issuer("acm"), DNS, known.get(base_name(normalise(name)))) for name in names]
    return preflight.examination(settings, subjects, records).findings


def before_requests(
    dns_access: Access, plan: CertificatePlan, mode: str, nameservers: tuple[Nameserver, ...]
) -> Preflight:
    """What would keep the certificates that are to be requested from being validated. With ``fail`` it raises."""
    new = [planned for planned in plan.requests if not planned.wanted.private]
    if mode == OFF or not new:
        return Preflight()
    names = list(dict.fromkeys(name for planned in new for name in planned.wanted.names))
    zones = {base: zone for planned in new for base, zone in planned.zones.items()}
    try:
        found = look(DnsSettings(nameservers, deadline=_BEFORE), names, _known(dns_access, zones))
    except DnspythonMissing as error:
        return Preflight(fault=error.message)
    done = Preflight(tuple(found))
    done.check(mode)
    return done


def _known(dns_access: Access, zones: t.Mapping[str, HostedZone]) -> dict[str, KnownZone]:
    unique = list(dict.fromkeys(zones.values()))
    known = dict(zip(unique, gather(lambda zone: with_name_servers(dns_access, zone), unique), strict=True))
    return {base: known[zone] for base, zone in zones.items()}


def explained(
    certificates: t.Iterable[Certificate],
    records: t.Iterable[t.Mapping[str, t.Any]],
    nameservers: tuple[Nameserver, ...],
) -> list[Certificate]:
    """The certificates, those that hang with what keeps them; ``records`` are what is returned of them.

    A wait must neither last longer nor fail for this, so what goes wrong here is not said.
    """
    hanging = [record for record in records if record["status"] == "PENDING_VALIDATION"][:_DIAGNOSED_AT_MOST]
    said: dict[str, str] = {}
    with contextlib.suppress(Exception):
        settings = DnsSettings(nameservers, deadline=_MEANWHILE)
        wanted = [wanted for record in hanging for wanted in record["validation_records"] if wanted["name"]]
        names = sorted({name for each in wanted for name in each["domain_names"]})
        found = look(settings, names, _zones_of(wanted), [_record(each) for each in wanted]) if names else []
        said = {record["arn"]: diagnosis_of(record, found) for record in hanging}
    return [dataclasses.replace(each, diagnosis=said.get(each.arn) or each.diagnosis) for each in certificates]


def _zones_of(records: t.Iterable[t.Mapping[str, t.Any]]) -> dict[str, KnownZone]:
    """{base name: zone} by what an earlier task has returned with its records."""
    return {
        base_name(normalise(name)): KnownZone(
            each["hosted_zone_id"],
            each["hosted_zone_name"],
            name_servers=tuple(each.get("hosted_zone_name_servers") or ()),
        )
        for each in records
        if each.get("hosted_zone_id") and each.get("hosted_zone_name")
        for name in each["domain_names"]
    }


def _record(record: t.Mapping[str, t.Any]) -> ValidationRecord:
    return ValidationRecord(record["name"], record["type"], record["value"], tuple(record["domain_names"]))
