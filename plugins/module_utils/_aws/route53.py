# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Route 53: one function an API call."""

from __future__ import annotations

import typing as t

from .. import _hosted_zones, _record_sets
from .._hosted_zones import HostedZone
from .._record_sets import Change, RecordSet
from .._zone_reading import PAGE_SIZE, Start
from .access import Access


def list_hosted_zones(access: Access) -> list[HostedZone]:
    """Every hosted zone of the account, private ones too; 100 a call."""
    zones: list[HostedZone] = []
    paging: dict[str, str] = {}
    while True:
        page = access.call("route53", "ListHostedZones", paging, about="the hosted zones of the account")
        zones += [_hosted_zones.from_api(zone) for zone in page["HostedZones"]]
        if not page["IsTruncated"]:
            return zones
        paging = {"Marker": page["NextMarker"]}


def list_record_sets(
    access: Access, hosted_zone_id: str, start: Start | None = None, most: int = PAGE_SIZE
) -> tuple[list[RecordSet], Start | None]:
    """One page in Route 53's order (labels reversed), from the apex or ``start``; and where the next page starts."""
    page = access.call(
        "route53",
        "ListResourceRecordSets",
        {"HostedZoneId": hosted_zone_id, "MaxItems": str(most), **(start.to_api() if start else {})},
        about=f"the records of hosted zone {hosted_zone_id}",
    )
    return [_record_sets.from_api(record_set) for record_set in page["ResourceRecordSets"]], Start.from_api(page)


def change_record_sets(access: Access, hosted_zone_id: str, changes: t.Sequence[Change]) -> str:
    """One atomic batch; the change's id."""
    answer = access.call(
        "route53",
        "ChangeResourceRecordSets",
        {
            "HostedZoneId": hosted_zone_id,
            "ChangeBatch": {
                "Comment": "tlsops.certificates",
                "Changes": [{"Action": c.action, "ResourceRecordSet": c.record_set.to_api()} for c in changes],
            },
        },
        about=f"{len(changes)} record{'' if len(changes) == 1 else 's'} in hosted zone {hosted_zone_id}",
        change_tokens=_record_sets.change_tokens(changes),
    )
    return str(answer["ChangeInfo"]["Id"]).rpartition("/")[2]


def change_in_sync(access: Access, change_id: str) -> bool:
    """Whether all of Route 53's name servers have the change."""
    answer = access.call("route53", "GetChange", {"Id": change_id}, about=f"change {change_id}")
    return bool(answer["ChangeInfo"]["Status"] == "INSYNC")
