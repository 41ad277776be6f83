# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""The record of a certificate that every module returns, with the same keys whatever happened."""

from __future__ import annotations

import datetime
import typing as t

from ._certificates import Certificate, ValidationRecord, WantedCertificate
from ._conditions import Condition
from ._hosted_zones import HostedZone
from ._known_zones import KnownZone
from ._names import base_name


def as_result(
    certificate: Certificate,
    *,
    name: str | None = None,
    superseded: t.Iterable[str] = (),
    zones: t.Mapping[str, HostedZone] | None = None,
    condition: Condition | None = None,
) -> dict[str, t.Any]:
    """The record that every module returns of a certificate; the same keys always.

    ``zones`` are those of the base names. ``name`` is what the caller calls it, else the tag says.
    """
    condition = condition or certificate.condition
    return {
        "name": name or certificate.owner_name,
        "arn": certificate.arn,
        "domain_name": certificate.domain_name,
        "subject_alternative_names": sorted(certificate.names),
        "region": certificate.region,
        "type": certificate.type,
        "key_algorithm": certificate.key_algorithm,
        "certificate_authority_arn": certificate.certificate_authority_arn,
        "status": certificate.status,
        "phase": condition.phase,
        "ready": condition.ready,
        "reason": condition.reason,
        "message": condition.message,
        "validation_records": [record_result(record, zones or {}) for record in certificate.validation_records],
        "not_before": _iso(certificate.not_before),
        "not_after": _iso(certificate.not_after),
        "renewal": _renewal_result(certificate.renewal),
        "in_use_by": sorted(certificate.in_use_by),
        "tags": dict(certificate.tags or {}),
        "superseded": list(superseded),
    }


def wanted_as_result(
    wanted: WantedCertificate,
    condition: Condition,
    tags: t.Mapping[str, str],
    zones: t.Mapping[str, HostedZone],
    superseded: t.Iterable[str] = (),
) -> dict[str, t.Any]:
    """The same record for a certificate that isn't there: check mode, or its request was refused."""
    blank = Certificate(
        arn="",
        region=wanted.region,
        domain_name=wanted.domain_name,
        names=frozenset(wanted.names),
        status="",
        type="PRIVATE" if wanted.private else "AMAZON_ISSUED",
        key_algorithm=wanted.key_algorithm,
        certificate_authority_arn=wanted.certificate_authority_arn,
        tags=tags,
    )
    result = as_result(blank, name=wanted.name, superseded=superseded, condition=condition)
    records = [] if wanted.private else sorted(blank.base_names)
    result.update(
        arn=None,
        status=None,
        validation_records=[
            {
                "name": None,
                "type": "CNAME",
                "value": None,
                "domain_names": sorted(name for name in wanted.names if base_name(name) == base),
                **_zone_result(zones.get(base)),
            }
            for base in records
        ],
    )
    return result


def record_result(record: ValidationRecord, zones: t.Mapping[str, HostedZone]) -> dict[str, t.Any]:
    """A validation record as it is returned; ``zones`` as in ``as_result``."""
    return {
        "name": record.name,
        "type": record.type,
        "value": record.value,
        "domain_names": list(record.domain_names),
        **_zone_result(zones.get(base_name(record.domain_names[0]))),
    }


def _zone_result(zone: HostedZone | None) -> dict[str, t.Any]:
    return {
        "hosted_zone_id": zone.id if zone else None,
        "hosted_zone_name": zone.name if zone else None,
        "hosted_zone_name_servers": list(zone.name_servers) if isinstance(zone, KnownZone) else [],
    }


def _renewal_result(renewal: t.Mapping[str, t.Any] | None) -> dict[str, t.Any]:
    renewal = renewal or {}
    return {
        "status": renewal.get("RenewalStatus"),
        "reason": renewal.get("RenewalStatusReason"),
        "updated_at": _iso(renewal.get("UpdatedAt")),
    }


def _iso(moment: datetime.datetime | None) -> str | None:
    return moment.astimezone(datetime.timezone.utc).isoformat() if moment else None
