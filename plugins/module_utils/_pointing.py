# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""The records that point a name to CloudFront: a CNAME, or alias records where DNS allows none."""

from __future__ import annotations

import dataclasses
import typing as t

from ._names import normalise
from ._record_sets import Change, Kept, RecordChanges, RecordSet, WantedRecordSet, describe, joined
from ._txt import quote_txt, unquote_txt

# AliasTarget, HostedZoneId: the one of all of CloudFront.
_CLOUDFRONT_ZONE = "Z2FDTNDATAQYW2"
_ADDRESSES = ("A", "AAAA")
_POINTERS = ("CNAME", *_ADDRESSES)


@dataclasses.dataclass(frozen=True)
class Pointer:
    """A name, and the host of CloudFront it is to point to."""

    name: str
    endpoint: str

    @property
    def challenge_name(self) -> str:
        """An alias record doesn't show where it leads, so CloudFront wants to read it here.

        https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/managed-cloudfront-certificates.html
        """
        return f"_cf-challenge.{self.name}"


def plan_pointer(
    pointer: Pointer, zone_name: str, existing: t.Iterable[RecordSet], *, state: str, ttl: int, replace: bool
) -> RecordChanges:
    """The fewest changes that point the name to its endpoint, or take away what does.

    ``existing`` are the record sets at the name and at its challenge. With ``replace`` other addresses of the name go.
    """
    existing = list(existing)
    there = [record_set for record_set in existing if record_set.name == pointer.name]
    challenge = [each for each in existing if each.name == pointer.challenge_name and each.type == "TXT"]
    if state == "absent":
        return joined([_taken_away(pointer, each) for each in (*there, *challenge)])
    wanted = _wanted(pointer, pointer.name == zone_name, there, ttl)
    problems = _obstacles(pointer, zone_name, wanted, there, replace)
    if problems:
        return RecordChanges(problems=tuple(problems))
    # What is in the way goes first: Route 53 has no CNAME beside anything else.
    types = {record_set.type for record_set in wanted}
    gone = [Change("DELETE", each, each) for each in there if each.type in _POINTERS and each.type not in types]
    parts = [RecordChanges(changes=tuple(gone)), *(_written(each, there) for each in wanted)]
    if "CNAME" not in types:
        parts.append(_challenge(pointer, challenge, ttl))
    return joined(parts)


def _wanted(pointer: Pointer, apex: bool, there: t.Sequence[RecordSet], ttl: int) -> list[RecordSet]:
    beside = any(record_set.type not in _POINTERS for record_set in there)
    if apex or beside or any(_is_alias(pointer, record_set) for record_set in there):
        target = {"HostedZoneId": _CLOUDFRONT_ZONE, "DNSName": pointer.endpoint, "EvaluateTargetHealth": False}
        return [
            RecordSet(pointer.name, kind, None, (pointer.endpoint,), alias=True, alias_target=target)
            for kind in _ADDRESSES
        ]
    return [RecordSet(pointer.name, "CNAME", ttl, (pointer.endpoint,))]


def _points_there(pointer: Pointer, record_set: RecordSet) -> bool:
    values = [normalise(value) for value in record_set.values]
    return values == [pointer.endpoint] and (record_set.type == "CNAME" or record_set.alias)


def _is_alias(pointer: Pointer, record_set: RecordSet) -> bool:
    return record_set.alias and record_set.type in _ADDRESSES and _points_there(pointer, record_set)


def _obstacles(
    pointer: Pointer, zone_name: str, wanted: t.Sequence[RecordSet], there: t.Sequence[RecordSet], replace: bool
) -> list[str]:
    delegated = [each for each in there if each.type == "NS" and pointer.name != zone_name]
    routed = [
        each for each in there if each.type in _POINTERS and (each.set_identifier or each.traffic_policy_instance)
    ]
    other = [each for each in there if each.type in _POINTERS and not _points_there(pointer, each)]
    for found, advice in (
        (delegated, "write it to that zone"),
        (routed, "remove it first"),
        ([] if replace else other, "replace: true puts ours in its place"),
    ):
        if found:
            listed = ", ".join(describe(each) for each in found)
            return [f"{pointer.name} can't be pointed to {pointer.endpoint}, as it has {listed}: {advice}"]
    return []


def _written(wanted: RecordSet, there: t.Sequence[RecordSet]) -> RecordChanges:
    before = next((each for each in there if each.type == wanted.type), None)
    if before and before.alias == wanted.alias and normalise(before.values[0]) == wanted.values[0]:
        return RecordChanges(unchanged=(WantedRecordSet(wanted.name, wanted.type, wanted.values),))
    return RecordChanges(changes=(Change("UPSERT" if before else "CREATE", wanted, before),))


def _challenge(pointer: Pointer, there: t.Sequence[RecordSet], ttl: int) -> RecordChanges:
    before = there[0] if there else None
    values = before.values if before else ()
    if any(unquote_txt(value) == pointer.endpoint for value in values):
        return RecordChanges(unchanged=(WantedRecordSet(pointer.challenge_name, "TXT", values),))
    after = RecordSet(
        pointer.challenge_name, "TXT", (before.ttl if before else None) or ttl, (*values, quote_txt(pointer.endpoint))
    )
    return RecordChanges(changes=(Change("UPSERT" if before else "CREATE", after, before),))


def _taken_away(pointer: Pointer, found: RecordSet) -> RecordChanges:
    if found.type == "TXT":
        left = tuple(value for value in found.values if unquote_txt(value) != pointer.endpoint)
        if found.name != pointer.challenge_name or left == found.values:
            return RecordChanges()
        after = RecordSet(found.name, "TXT", found.ttl, left)
        return RecordChanges(changes=(Change("UPSERT", after, found) if left else Change("DELETE", found, found),))
    if found.type not in _POINTERS:
        return RecordChanges()
    if found.set_identifier or not _points_there(pointer, found):
        return RecordChanges(kept=(Kept(found, f"it is {describe(found)}, which is not ours"),))
    return RecordChanges(changes=(Change("DELETE", found, found),))
