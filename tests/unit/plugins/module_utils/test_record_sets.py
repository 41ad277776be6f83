# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils import _hosted_zones as hosted_zones
from ansible_collections.tlsops.certificates.plugins.module_utils import _record_sets as record_sets
from ansible_collections.tlsops.certificates.plugins.module_utils._record_sets import (
    Change,
    RecordChanges,
    RecordSet,
    WantedRecord,
    WantedRecordSet,
    plan_changes,
    wanted_record_sets,
)
from hypothesis import given
from hypothesis import strategies as st

CASES = json.loads((Path(__file__).parents[2] / "cases" / "zone_match.json").read_text(encoding="utf-8"))

NAME = "_a.example.com"
CNAME = WantedRecord("_a.Example.com.", "CNAME", "_v.acm-validations.aws.", ("example.com",))
TXT = WantedRecord("_acme-challenge.example.com", "TXT", "ours")


def cname(value: str = "_v.acm-validations.aws.", ttl: int = 300, name: str = NAME) -> RecordSet:
    return RecordSet(name, "CNAME", ttl, (value,))


def txt(*values: str, ttl: int = 60) -> RecordSet:
    return RecordSet("_acme-challenge.example.com", "TXT", ttl, tuple(f'"{value}"' for value in values))


def plan(wanted: WantedRecord, *existing: RecordSet, **options: Any) -> RecordChanges:
    return plan_changes(wanted_record_sets([wanted]), existing, **options)


class TestWhatIsWanted:
    def test_a_wildcard_and_its_apex_share_one_record(self) -> None:
        wildcard = WantedRecord(NAME, "CNAME", "_V.acm-validations.aws", ("*.example.com",), ttl=60)
        (wanted,) = wanted_record_sets([CNAME, wildcard])
        assert (wanted.name, wanted.values) == (NAME, ("_v.acm-validations.aws.",))
        assert wanted.domain_names == ("example.com", "*.example.com")
        assert wanted.ttl == 60

    def test_txt_values_of_one_name_are_merged_whatever_their_quoting(self) -> None:
        records = [WantedRecord("_t.example.com", "TXT", value) for value in ("one", '"one"', "two", '"t" "wo"')]
        (wanted,) = wanted_record_sets(records)
        assert wanted.values == ('"one"', '"two"')

    def test_all_contradictions_come_at_once(self) -> None:
        with pytest.raises(record_sets.InvalidRecords) as caught:
            wanted_record_sets(
                [
                    CNAME,
                    WantedRecord(NAME, "CNAME", "_w.acm-validations.aws."),
                    WantedRecord("_b.example.com", "CNAME", "_v."),
                    WantedRecord("_b.example.com", "TXT", "text"),
                    WantedRecord("c.example.com", "A", "192.0.2.1"),
                    WantedRecord("d..example.com", "TXT", "text"),
                    WantedRecord("e.example.com", "TXT", ""),
                    WantedRecord(".", "TXT", "text"),
                ]
            )
        faults = "\n".join(caught.value.faults)
        assert len(caught.value.faults) == 6
        for words in (
            "_a.example.com: 2 different CNAME",
            "_b.example.com: a CNAME and a TXT",
            "record type is A",
            "d..example.com",
            "e.example.com: the TXT record has no value",
            "without a name",
        ):
            assert words in faults

    def test_more_txt_values_than_a_record_set_takes_are_refused(self) -> None:
        with pytest.raises(record_sets.InvalidRecords, match="401 TXT values"):
            wanted_record_sets([WantedRecord(NAME, "TXT", f"v{number}") for number in range(401)])


class TestPresent:
    def test_a_missing_record_is_written_with_the_default_ttl(self) -> None:
        assert plan(CNAME).changes == (Change("CREATE", cname(ttl=300)),)
        assert plan(CNAME, default_ttl=60).changes == (Change("CREATE", cname(ttl=60)),)

    @pytest.mark.parametrize("value", ["_v.acm-validations.aws.", "_V.ACM-validations.aws", "_v.acm-validations.aws"])
    def test_a_right_value_is_left_alone_whatever_its_ttl_and_case(self, value: str) -> None:
        found = plan(CNAME, cname(value, ttl=5))
        assert found.changes == ()
        assert [wanted.name for wanted in found.unchanged] == [NAME]

    def test_another_value_is_replaced_and_shown(self) -> None:
        before = cname("_old.acm-validations.aws.", ttl=60)
        assert plan(CNAME, before).changes == (Change("UPSERT", cname(ttl=60), before),)

    @pytest.mark.parametrize(
        ("there", "words"),
        [
            (RecordSet(NAME, "A", 60, ("192.0.2.1",)), "an A record (192.0.2.1)"),
            (RecordSet(NAME, "TXT", 60, ('"x"',)), "a TXT record"),
            (RecordSet(NAME, "NS", 60, ("ns.other.test.",)), "an NS record (ns.other.test.)"),
            (RecordSet(NAME, "CNAME", None, ("x.test.",), alias=True), "a CNAME alias to x.test."),
            (RecordSet(NAME, "CNAME", 60, ("x.test.",), set_identifier="blue"), "routing policy (blue)"),
            (RecordSet(NAME, "CNAME", 60, ("_v.acm-validations.aws.",), set_identifier="blue"), "routing policy"),
            (RecordSet(NAME, "CNAME", 60, ("x.test.",), traffic_policy_instance="t-1"), "traffic policy instance t-1"),
        ],
    )
    def test_what_stands_in_the_way_is_a_problem_that_names_it(self, there: RecordSet, words: str) -> None:
        found = plan(CNAME, there)
        assert found.changes == ()
        (problem,) = found.problems
        assert words in problem
        assert NAME in problem

    def test_txt_stands_beside_other_types_but_not_beside_a_cname_or_below_a_cut(self) -> None:
        name = "_acme-challenge.example.com"
        assert plan(TXT, RecordSet(name, "A", 60, ("192.0.2.1",))).changes
        assert plan(TXT, RecordSet(name, "CNAME", 60, ("x.test.",))).problems
        assert plan(TXT, RecordSet(name, "NS", 60, ("ns.test.",))).problems
        apex = (RecordSet(name, "NS", 60, ("ns.test.",)), RecordSet(name, "SOA", 60, ("x",)))
        assert plan(TXT, *apex).changes

    def test_other_people_s_txt_values_stay(self) -> None:
        found = plan(TXT, txt("theirs"))
        assert found.changes == (Change("UPSERT", txt("theirs", "ours"), txt("theirs")),)
        assert plan(TXT, txt("theirs", "ours")).changes == ()
        assert plan(TXT, RecordSet(TXT.name, "TXT", 60, ('"ou" "rs"',))).changes == ()

    def test_a_txt_record_set_that_would_grow_too_large_is_a_problem(self) -> None:
        crowd = txt(*(f"v{number}" for number in range(400)))
        assert "401 values" in plan(TXT, crowd).problems[0]
        long = txt(*(f"{number}" + "x" * 250 for number in range(64)))
        assert "larger than Route 53 allows" in plan(TXT, long).problems[0]

    def test_records_of_other_names_do_no_harm(self) -> None:
        assert len(plan(CNAME, cname(name="_b.example.com")).changes) == 1


class TestAbsent:
    def test_our_record_is_deleted_as_it_is(self) -> None:
        there = cname("_V.acm-validations.aws", ttl=77)
        assert plan(CNAME, there, state="absent").changes == (Change("DELETE", there, there),)

    def test_gone_is_fine(self) -> None:
        found = plan(CNAME, state="absent", needed=[NAME])
        assert (found.changes, found.kept, len(found.unchanged)) == ((), (), 1)

    def test_a_value_that_is_not_ours_is_kept(self) -> None:
        found = plan(CNAME, cname("other.test."), state="absent")
        assert found.changes == ()
        assert "other.test., which is not ours" in found.kept[0].reason

    @pytest.mark.parametrize("needed", [["_A.example.com."], {NAME}, lambda name: name == NAME])
    def test_a_record_that_another_certificate_needs_is_kept(self, needed: Any) -> None:
        found = plan(CNAME, cname(), state="absent", needed=needed)
        assert found.changes == ()
        assert "another certificate" in found.kept[0].reason

    def test_a_record_set_with_a_routing_policy_is_kept(self) -> None:
        there = RecordSet(NAME, "CNAME", 60, ("_v.acm-validations.aws.",), set_identifier="blue")
        assert "routing policy (blue)" in plan(CNAME, there, state="absent").kept[0].reason

    def test_only_our_txt_value_goes_and_the_set_with_the_last(self) -> None:
        shared = plan(TXT, txt("theirs", "ours"), state="absent")
        assert shared.changes == (Change("UPSERT", txt("theirs"), txt("theirs", "ours")),)
        assert plan(TXT, txt("ours"), state="absent").changes == (Change("DELETE", txt("ours"), txt("ours")),)
        assert plan(TXT, txt("theirs"), state="absent").changes == ()


def test_five_hundred_validation_records_are_created_in_one_call() -> None:
    # As long as ACM's: _<32 hex digits>.<10 letters>.acm-validations.aws
    value = f"_{'f' * 32}.{'z' * 10}.acm-validations.aws"
    wanted = [WantedRecordSet(f"_x{number}.example.com", "CNAME", (value,)) for number in range(501)]
    created = record_sets.plan_changes(wanted, []).changes
    assert [len(batch) for batch in record_sets.batches(created)] == [500, 1]
    assert record_sets.change_tokens(created) == 501
    upserts = record_sets.as_upserts(created)
    assert [len(batch) for batch in record_sets.batches(upserts)] == [250, 250, 1]
    assert {change.action for change in upserts} == {"UPSERT"}


def test_from_api_reads_escapes_aliases_and_routing_policies() -> None:
    plain = {"Name": r"\052.Example.com.", "Type": "CNAME", "TTL": 60, "ResourceRecords": [{"Value": "x.test."}]}
    alias = {"Name": "a.test.", "Type": "A", "AliasTarget": {"DNSName": "lb.test.", "HostedZoneId": "Z"}}
    policy = {**plain, "SetIdentifier": "blue", "Weight": 1}
    assert record_sets.from_api(plain) == RecordSet("*.example.com", "CNAME", 60, ("x.test.",))
    assert record_sets.from_api(alias) == RecordSet("a.test", "A", None, ("lb.test.",), alias=True)
    assert record_sets.from_api(alias).simple is False
    assert record_sets.from_api(policy).set_identifier == "blue"
    assert record_sets.from_api({**plain, "TrafficPolicyInstanceId": "t-1"}).simple is False
    assert record_sets.from_api(record_sets.from_api(plain).to_api()) == record_sets.from_api(plain)


@pytest.mark.parametrize("case", CASES["validation_record_batches"], ids=lambda case: case["id"])
def test_validation_record_table(case: dict[str, Any]) -> None:
    zones = [hosted_zones.HostedZone(zone["id"], zone["name"], zone["private"]) for zone in case["zones"]]
    matches = hosted_zones.match_zones([option["record"] for option in case["options"]], zones)
    if case["expected"] == "FAIL_BEFORE_REQUEST":
        assert hosted_zones.missing(matches)
        return
    wanted: dict[str, list[WantedRecord]] = {}
    for option in case["options"]:
        zone = matches[option["record"]].zone
        assert zone is not None
        record = WantedRecord(option["record"], "CNAME", option["value"], (option["domain"],))
        wanted.setdefault(zone.id, []).append(record)
    written = {}
    for zone_id, records in wanted.items():
        existing = [
            RecordSet(name, found["type"], found["ttl"], tuple(found["values"]))
            for name, found in case.get("existing_records", {}).get(zone_id, {}).items()
        ]
        done = plan_changes(wanted_record_sets(records), existing)
        assert not done.problems
        written[zone_id] = [change.record_set.name + "." for change in done.changes]
    # No options yet: nothing to write, and it is the wait's business.
    assert written == ({} if case["expected"] == "WAIT" else case["expected"])


def changes_of(drawn: list[tuple[int, str, int, int]]) -> list[Change]:
    changes = []
    for name, action, count, length in drawn:
        record_set = RecordSet(f"n{name}.example.com", "TXT", 60, tuple("x" * length for dummy in range(count)))
        changes.append(Change("UPSERT" if action == "UPSERT" else "DELETE", record_set))
    return changes


@given(
    st.lists(
        st.tuples(st.integers(0, 400), st.sampled_from(["UPSERT", "DELETE"]), st.integers(1, 60), st.integers(1, 60)),
        max_size=80,
        unique_by=lambda drawn: drawn[0],
    )
)
def test_batches_lose_nothing_and_stay_within_the_limits(drawn: list[tuple[int, str, int, int]]) -> None:
    changes = changes_of(drawn)
    batches = record_sets.batches(changes)
    assert [change for batch in batches for change in batch] == changes
    for batch in batches:
        assert batch
        for limit, cost in ((1000, len), (32000, lambda values: sum(map(len, values)))):
            spent = sum((2 if c.action == "UPSERT" else 1) * cost(c.record_set.values) for c in batch)
            assert spent <= limit


def test_the_changes_of_one_name_are_never_split() -> None:
    changes = [Change("UPSERT", cname(name=f"n{number}.example.com")) for number in range(999)]
    changes.append(Change("DELETE", RecordSet("n0.example.com", "TXT", 60, ('"x"',))))
    batches = record_sets.batches(changes)
    assert [len(batch) for batch in batches] == [500, 500]
    assert [change.action for change in batches[0][:2]] == ["UPSERT", "DELETE"]


def test_five_hundred_upserts_or_a_thousand_deletes_are_one_call() -> None:
    names = [f"n{number}.example.com" for number in range(1001)]
    upserts = [Change("UPSERT", RecordSet(name, "CNAME", 60, ("v.test.",))) for name in names]
    deletes = [Change("DELETE", RecordSet(name, "CNAME", 60, ("v.test.",))) for name in names]
    assert [len(batch) for batch in record_sets.batches(upserts)] == [500, 500, 1]
    assert [len(batch) for batch in record_sets.batches(deletes)] == [1000, 1]
    assert record_sets.change_tokens(upserts[:500]) == 1000
    assert record_sets.change_tokens(deletes[:500]) == 500
    assert record_sets.batches([]) == []


def test_a_change_no_call_can_take_is_refused() -> None:
    giant = RecordSet(NAME, "TXT", 60, tuple("x" * 200 for dummy in range(100)))
    with pytest.raises(record_sets.InvalidRecords, match=NAME):
        record_sets.batches([Change("UPSERT", giant)])
