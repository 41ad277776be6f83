# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Options of a preflight: whom they name, what is known of zones and records; or all their faults."""

from __future__ import annotations

import re
import typing as t

from ._caa import ISSUERS, Issuer, issuer
from ._certificates import ValidationRecord
from ._errors import InvalidInput
from ._known_zones import KnownZone
from ._names import normalise, zone_name_faults

_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")
ISSUER_NAMES = sorted(ISSUERS)
METHODS = ("dns-01", "dns-account-01", "dns-persist-01", "http-01", "tls-alpn-01")


def parse_issuer(params: t.Mapping[str, t.Any]) -> Issuer:
    """Raises InvalidInput."""
    method, account = params["method"] or "", params["account_uri"] or ""
    if params["issuer"]:
        faults = []
        if params["caa_identities"]:
            faults.append("issuer and caa_identities are both given: give one")
        if params["issuer"] == "acm" and (method or account):
            faults.append("method and account_uri are for ACME, not for issuer acm")
        if faults:
            raise InvalidInput(faults)
        return issuer(params["issuer"], method, account)
    identities = [identity.strip() for identity in params["caa_identities"] or ()]
    faults = [f"caa_identities: {fault}" for identity in identities for fault in zone_name_faults(identity)]
    if faults:
        raise InvalidInput(faults)
    return Issuer(tuple(map(normalise, identities)), method, account)


def parse_zones(params: t.Mapping[str, t.Any]) -> tuple[KnownZone, ...] | None:
    """Zones as several modules return them; None when nothing is known of any. Raises InvalidInput."""
    if params["hosted_zones"] is None:
        return None
    zones, faults = [], []
    for position, entry in enumerate(params["hosted_zones"]):
        given = _flat(entry)
        zone_id = given.get("hosted_zone_id") or given.get("id")
        name = given.get("hosted_zone_name") or given.get("name")
        wrong = zone_name_faults(str(name)) if name else ["it has no name"]
        wrong += [] if zone_id else ["it has no id"]
        faults += [f"hosted_zones[{position}]: {fault}" for fault in wrong]
        if not wrong:
            zones.append(_zone(str(zone_id), str(name), given))
    if faults:
        raise InvalidInput(faults)
    return tuple({zone.id: zone for zone in zones}.values())


def _flat(entry: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Keys in snake case, as most modules have them, and those of a nested hosted zone beside the others."""
    given = {_CAPITAL.sub("_", key).lower(): value for key, value in entry.items()}
    for nested in ("hosted_zone", "config", "delegation_set"):
        inner = given.pop(nested, None)
        given.update(_flat(inner) if isinstance(inner, dict) else {})
    return given


def _zone(zone_id: str, name: str, given: t.Mapping[str, t.Any]) -> KnownZone:
    return KnownZone(
        zone_id,
        name,
        private=_is_true(given.get("private", given.get("private_zone", False))),
        name_servers=tuple(given.get("name_servers") or ()),
        status=str(given.get("status") or ""),
    )


def _is_true(value: t.Any) -> bool:
    """Also what a survey or a template delivers as text."""
    return str(value).strip().lower() in ("true", "yes", "on", "1")


def parse_records(params: t.Mapping[str, t.Any]) -> tuple[ValidationRecord, ...]:
    """Records without a name come from check mode, and are left out. Raises InvalidInput."""
    records, faults = [], []
    for position, given in enumerate(params["records"]):
        if not given["name"]:
            continue
        wrong = zone_name_faults(given["name"]) + ([] if given["value"] else ["it has no value"])
        if given["type"] == "CNAME" and given["value"]:
            wrong += zone_name_faults(given["value"])
        faults += [f"records[{position}]: {fault}" for fault in wrong]
        records.append(
            ValidationRecord(given["name"], given["type"], given["value"] or "", tuple(given["domain_names"] or ()))
        )
    if faults:
        raise InvalidInput(faults)
    return tuple(records)
