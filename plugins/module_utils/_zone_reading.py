# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""How to read of a hosted zone no more than is needed: the record sets at some names, and the zone cuts above them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from ._names import ancestors, is_within, normalise
from ._record_sets import RecordSet

# ListResourceRecordSets, MaxItems.
PAGE_SIZE = 300


class Start(NamedTuple):
    """Where a page of ListResourceRecordSets starts."""

    name: str
    type: str | None = None
    identifier: str | None = None

    @classmethod
    def from_api(cls, page: Mapping[str, Any]) -> Start | None:
        """Where the page after this one starts, None when there is none."""
        if not page.get("IsTruncated"):
            return None
        return cls(normalise(page["NextRecordName"]), page.get("NextRecordType"), page.get("NextRecordIdentifier"))

    def to_api(self) -> dict[str, str]:
        """The parameters of the call."""
        parameters = {
            "StartRecordName": self.name,
            "StartRecordType": self.type,
            "StartRecordIdentifier": self.identifier,
        }
        return {parameter: value for parameter, value in parameters.items() if value is not None}


def cuts(record_sets: Iterable[RecordSet], zone_name: str) -> tuple[str, ...]:
    """The names that NS record sets below the zone's apex delegate away."""
    apex = normalise(zone_name)
    found = {record_set.name for record_set in record_sets if record_set.type == "NS" and record_set.name != apex}
    return tuple(sorted(found))


class Reading:
    """Reads of a zone just what matters for some names: the record sets there, and zone cuts above them.

    ListResourceRecordSets gives up to 300 record sets from a start name on, in the order of the reversed names. So the
    names (with all names between them and the apex, where an NS set would be a cut) are taken in that order, and each
    call starts at the first that no earlier page has reached. The cost is the smaller one of both ways to read: no more
    calls than there are names to look at, and, as only the name that a page ends in is read twice, about no more than
    all pages (record sets / 300). A thousand names side by side in a zone of 2,500 take 9 calls, and one name in a zone
    of 10,000 takes 1 (at most 2 with a level between).

        while (start := reading.next_start()) is not None:
            page = ListResourceRecordSets(HostedZoneId=…, MaxItems=300, **start.to_api())
            reading.add(map(from_api, page["ResourceRecordSets"]), Start.from_api(page))
    """

    def __init__(self, names: Iterable[str], zone_name: str) -> None:
        self.zone_name = normalise(zone_name)
        self.names = {normalise(name) for name in names}
        self._pending = {name for name in self.names if is_within(name, self.zone_name)}
        for name in tuple(self._pending):
            self._pending.update(ancestors(name, self.zone_name))
        self._looked_at = frozenset(self._pending)
        self._found: dict[tuple[str, str, str | None], RecordSet] = {}
        self._start: Start | None = None
        self._rest_of_name: Start | None = None

    def next_start(self) -> Start | None:
        """Where the next call has to start, None when all has been read."""
        name = min(self._pending, key=_by_text, default=None)
        self._start = self._rest_of_name or (None if name is None else Start(name))
        return self._start

    def add(self, record_sets: Iterable[RecordSet], following: Start | None) -> None:
        """The page that the last next_start asked for, and where the one after it would start."""
        start = self._start
        if start is None:
            raise ValueError("next_start has not asked for a page")
        for record_set in record_sets:
            if record_set.name in self._looked_at:
                key = (record_set.name, record_set.type, record_set.set_identifier)
                self._found[key] = record_set
        # A name may have more record sets than a page holds (routing policies).
        self._rest_of_name = following if following and following.name == start.name else None
        if self._rest_of_name is None:
            end = following.name if following else None
            self._pending = {name for name in self._pending if not _was_read(name, start.name, end)}
            self._pending.discard(start.name)

    @property
    def record_sets(self) -> tuple[RecordSet, ...]:
        """All that was found at the names and at the levels above them."""
        return tuple(self._found.values())

    @property
    def cuts(self) -> tuple[str, ...]:
        return cuts(self._found.values(), self.zone_name)


# The name of a validation record is "_" and a hash before the name (ACM user guide, "DNS validation").
_HASHED = re.compile(r"^_[0-9a-f]{32}\.(.+)$")
_VALIDATION_DOMAIN = ".acm-validations.aws"


class PublishedReading(Reading):
    """Reads for which of some names a zone has a validation record of ACM's, by the records' shape.

    They stand right below each name, so the pages start there, besides at the apex.
    """

    def __init__(self, names: Iterable[str], zone_name: str) -> None:
        super().__init__([zone_name, *(f"_.{name}" for name in names)], zone_name)
        self.published: set[str] = set()

    def add(self, record_sets: Iterable[RecordSet], following: Start | None) -> None:
        record_sets = list(record_sets)
        for record_set in record_sets:
            found = _HASHED.match(record_set.name) if record_set.type == "CNAME" else None
            if found and record_set.values[0].rstrip(".").endswith(_VALIDATION_DOMAIN):
                self.published.add(found[1])
        # Of the record set that the next page begins with only the name and the type are known.
        found = _HASHED.match(following.name) if following and following.type == "CNAME" else None
        if found:
            self.published.add(found[1])
        super().add(record_sets, following)


def _was_read(name: str, start: str, end: str | None) -> bool:
    """Whether a page from the start to before the end must have shown the name.

    How Route 53 orders `-` and `*` against the dot, and escaped or not, can be read in several ways. A name counts as
    read only where all of them put it on the page; otherwise one more call is made.
    """
    return all(order(start) <= order(name) and (end is None or order(name) < order(end)) for order in _ORDERS)


def _by_text(name: str) -> str:
    # As the API reference of ListResourceRecordSets has it: by the reversed labels with a trailing dot, as text, so
    # that characters below the dot in ASCII (the hyphen, the asterisk) sort a sibling before the names below.
    return ".".join(reversed(name.split("."))) + "."


def _by_escaped_text(name: str) -> str:
    return _by_text(name.replace("*", r"\052"))


def _by_labels(name: str) -> str:
    return "\0".join(reversed(name.split(".")))


_ORDERS = (_by_text, _by_escaped_text, _by_labels)
