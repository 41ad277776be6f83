# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils import _zone_reading as zone_reading
from ansible_collections.tlsops.certificates.plugins.module_utils._record_sets import RecordSet
from ansible_collections.tlsops.certificates.plugins.module_utils._zone_reading import Start
from hypothesis import given
from hypothesis import strategies as st

ORDERS = pytest.mark.parametrize(
    "order", [zone_reading._by_text, zone_reading._by_labels, zone_reading._by_escaped_text]
)
LABELS = st.text(alphabet="ab-*_", min_size=1, max_size=2)
NAMES = st.lists(LABELS, max_size=3).map(lambda labels: ".".join([*labels, "example.com"]))


def a(name: str, record_type: str = "A") -> RecordSet:
    return RecordSet(name, record_type, 60, ("x.test.",))


def read(
    names: Iterable[str], zone: Iterable[RecordSet], order: Callable[[str], str], page_size: int = 300
) -> tuple[zone_reading.Reading, int]:
    """What a server that sorts in this order would answer, and the number of calls."""

    def position(name: str, record_type: str | None, identifier: str | None) -> tuple[str, str, str]:
        return order(name), record_type or "", identifier or ""

    listed = sorted((position(r.name, r.type, r.set_identifier), number, r) for number, r in enumerate(zone))
    reading = zone_reading.Reading(names, "Example.com.")
    calls = 0
    while (start := reading.next_start()) is not None:
        calls += 1
        rest = [record_set for place, _number, record_set in listed if place >= position(*start)]
        more = rest[page_size] if len(rest) > page_size else None
        reading.add(rest[:page_size], Start(more.name, more.type, more.set_identifier) if more else None)
        assert calls < 10000
    return reading, calls


@ORDERS
@pytest.mark.parametrize("size", [1, 3, 300])
def test_whatever_the_order_nothing_is_missed(order: Callable[[str], str], size: int) -> None:
    @given(st.lists(NAMES, max_size=25), st.lists(NAMES, max_size=6))
    def check(in_zone: list[str], wanted: list[str]) -> None:
        zone = [a(name) for name in dict.fromkeys(in_zone)] + [a(name, "NS") for name in dict.fromkeys(in_zone[:3])]
        reading, calls = read(wanted, zone, order, size)
        levels = {".".join(name.split(".")[-n:]) for name in wanted for n in range(3, name.count(".") + 2)}
        expected = {record_set for record_set in zone if record_set.name in levels | set(wanted)}
        assert set(reading.record_sets) == expected
        if size > 3:
            assert calls <= len(levels | set(wanted))

    check()


@ORDERS
def test_names_side_by_side_cost_no_more_than_all_pages(order: Callable[[str], str]) -> None:
    zone = [a(f"h{number:04}.example.com") for number in range(2500)]
    dummy, calls = read((f"h{number:04}.example.com" for number in range(0, 2500, 2)), zone, order)
    assert calls == 9


@ORDERS
def test_few_names_cost_a_call_or_two_each_in_a_large_zone(order: Callable[[str], str]) -> None:
    zone = [a(f"h{number:05}.example.com") for number in range(10000)]
    assert read(["_a.example.com"], zone, order)[1] == 1
    assert read(["_a.h05000.example.com"], zone, order)[1] == 1
    names = [f"_a.h0{number}500.example.com" for number in range(10)]
    assert read(names, zone, order)[1] <= 10


def test_a_level_above_with_more_than_a_page_below_it_is_jumped_over() -> None:
    zone = [a(f"h{number:05}.dev.example.com") for number in range(10000)]
    assert read(["_x.z.dev.example.com"], zone, zone_reading._by_text)[1] == 2


def test_cuts_above_the_names_are_seen() -> None:
    zone = [a("example.com", "NS"), a("dev.example.com", "NS"), a("b.example.com", "NS")]
    reading, dummy = read(["_x.a.dev.example.com"], zone, zone_reading._by_text)
    assert reading.cuts == ("dev.example.com",)
    assert zone_reading.cuts(zone, "Example.com.") == ("b.example.com", "dev.example.com")


def test_a_name_with_more_record_sets_than_a_page_is_read_to_its_end() -> None:
    zone = [RecordSet("r.example.com", "A", 60, ("x",), set_identifier=f"{number:03}") for number in range(400)]
    reading, calls = read(["r.example.com"], [*zone, a("r.example.com", "TXT")], zone_reading._by_text)
    assert (len(reading.record_sets), calls) == (401, 2)


def test_start_speaks_the_api_s_language() -> None:
    page = {"IsTruncated": True, "NextRecordName": r"\052.Example.com.", "NextRecordType": "A"}
    assert Start.from_api(page) == Start("*.example.com", "A")
    assert Start.from_api({"IsTruncated": False}) is None
    assert Start("a.test", "A", "blue").to_api() == {
        "StartRecordName": "a.test",
        "StartRecordType": "A",
        "StartRecordIdentifier": "blue",
    }
    assert Start("a.test").to_api() == {"StartRecordName": "a.test"}


def test_names_outside_the_zone_are_not_looked_for() -> None:
    assert zone_reading.Reading(["www.example.org"], "example.com").next_start() is None


def test_a_page_that_was_not_asked_for_is_refused() -> None:
    with pytest.raises(ValueError, match="next_start"):
        zone_reading.Reading([], "example.com").add([], None)


def test_a_name_with_a_record_of_acms_is_published_also_where_a_page_ends_at_it() -> None:
    hashed = "_" + "0" * 32
    target = ("_x.acm-validations.aws.",)
    reading = zone_reading.PublishedReading(
        ["a.example.com", "b.example.com", "c.example.com", "d.example.com"], "example.com"
    )
    assert reading.next_start() == Start("example.com")
    page = [
        RecordSet("example.com", "NS", 300, ("ns1.example.net",)),
        RecordSet(f"{hashed}.a.example.com", "CNAME", 300, target),
        RecordSet(f"{hashed}.b.example.com", "CNAME", 300, ("elsewhere.example.net",)),
        RecordSet("_dmarc.b.example.com", "CNAME", 300, target),
    ]
    reading.add(page, Start(f"{hashed}.c.example.com", "CNAME"))
    assert reading.published == {"a.example.com", "c.example.com"}
    assert "example.com" in {each.name for each in reading.record_sets}
