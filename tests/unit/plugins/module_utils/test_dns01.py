# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils import _dns01 as dns01
from ansible_collections.tlsops.certificates.plugins.module_utils import _hosted_zones as hosted_zones
from ansible_collections.tlsops.certificates.plugins.module_utils._dns_answers import Answer, Record, find_zone, follow
from ansible_collections.tlsops.certificates.plugins.module_utils._hosted_zones import HostedZone, match_zone
from ansible_collections.tlsops.certificates.plugins.module_utils._names import InvalidName, is_within, normalise
from ansible_collections.tlsops.certificates.plugins.module_utils._record_sets import (
    RecordSet,
    WantedRecord,
    plan_changes,
    wanted_record_sets,
)
from ansible_collections.tlsops.certificates.plugins.module_utils._txt import quote_txt, unquote_txt

GROUPS = json.loads((Path(__file__).parents[2] / "cases" / "dns01_zone_find.json").read_text(encoding="utf-8"))[
    "groups"
]
REFUSALS = {
    "AMBIGUOUS": {hosted_zones.AMBIGUOUS_ZONE},
    "NOT_DELEGATED": {hosted_zones.DELEGATED_AWAY},
    None: {hosted_zones.NO_ZONE, hosted_zones.ONLY_PRIVATE_ZONE},
}


def rows(group: str, having: str = "") -> Any:
    chosen = [row for row in GROUPS[group] if not having or having in row]
    return pytest.mark.parametrize("row", chosen, ids=[row.get("id", str(number)) for number, row in enumerate(chosen)])


@rows("challenge_name")
def test_challenge_name_table(row: dict[str, Any]) -> None:
    assert dns01.challenge_name(row["domain"], row["type"], row["account_uri"]) + "." == row["expected"]


def test_the_label_of_an_account() -> None:
    """The example of draft-ietf-acme-dns-account-label."""
    uri = "https://example.com/acme/acct/ExampleAccount"
    assert dns01.challenge_name("*.example.org", "dns-account-01", uri) == (
        "_ujmmovf2vn55tgye._acme-challenge.example.org"
    )


def climb_answer(name: str, given: dict[str, Any]) -> Answer:
    def records(section: list[list[str]]) -> tuple[Record, ...]:
        return tuple(
            Record(normalise(owner), kind, tuple(map(normalise, rest)) or ("",)) for kind, owner, *rest in section
        )

    return Answer(name, "SOA", given["rcode"], records(given["answer"]), records(given["authority"]))


@rows("soa_climb")
def test_soa_climb_table(row: dict[str, Any]) -> None:
    dns = {normalise(name): answer for name, answer in row["dns"].items()}
    asked: list[str] = []

    def ask(name: str, rdtype: str) -> Answer:
        asked.append(name)
        return climb_answer(name, dns[name])

    found = find_zone(row["fqdn"], ask)
    assert asked == [normalise(name) for name in row["expected_queries"]]
    assert found.zone == normalise(row["expected_zone"] or ".")
    if found.failed:
        assert f"rcode {found.failed.rcode} at {found.failed.name}." == row["expected_error"]
    else:
        assert row["expected_error"] == (None if found.zone else "no SOA found")


@rows("best_match")
def test_best_match_table(row: dict[str, Any]) -> None:
    match = match_zone(row["name"], [HostedZone(f"Z{name}", name) for name in row["zones"]])
    assert (match.zone.name if match.zone else None) == row["expected"]


@rows("route53_choice")
def test_route53_choice_table(row: dict[str, Any]) -> None:
    zones = [HostedZone(zone["id"], zone["name"], zone["private"]) for zone in row["zones"]]
    cut = row.get("soa_zone")
    match = match_zone(
        row["name"],
        zones,
        hosted_zone_id=row.get("explicit_zone_id"),
        delegations={zone.id: [cut] for zone in zones if cut and is_within(cut, zone.name)},
    )
    if row["expected"] in REFUSALS:
        assert match.reason in REFUSALS[row["expected"]]
    else:
        assert match.zone is not None
        assert match.zone.id == row["expected"]


def targets_of(row: dict[str, Any]) -> Callable[[str], str | None]:
    if "generate" in row:
        return lambda name: f"c{int(name[1:].partition('.')[0]) + 1}.example"
    cnames = {normalise(name): normalise(target) for name, target in row["cnames"].items()}
    wildcards = {normalise(name)[2:]: normalise(target) for name, target in row.get("wildcard_cnames", {}).items()}
    return lambda name: cnames.get(name) or wildcards.get(name.partition(".")[2])


@rows("cname_follow")
def test_cname_follow_table(row: dict[str, Any]) -> None:
    target_of = targets_of(row)
    start = normalise(row["start"])
    chain, fault = follow(start, target_of)
    assert fault == row.get("expected_error", "")
    if "expected" in row:
        assert chain[-1] == normalise(row["expected"])
    if "verdict" in row:
        wildcard = target_of(dns01.control_name(start)) == target_of(start)
        assert ("WARN_WILDCARD" if wildcard else "FOLLOW") == row["verdict"]


@rows("relative_name")
def test_relative_name_table(row: dict[str, Any]) -> None:
    if row.get("error"):
        with pytest.raises(InvalidName):
            dns01.relative_name(row["fqdn"], row["zone"])
    else:
        assert dns01.relative_name(row["fqdn"], row["zone"]) == row["expected"]


@rows("name_guesses")
def test_name_guesses_table(row: dict[str, Any]) -> None:
    assert dns01.name_guesses(row["domain"]) == row["expected"]


@rows("cloudflare_lookup")
def test_cloudflare_lookup_table(row: dict[str, Any]) -> None:
    asked: list[str] = []

    def zones_named(name: str) -> list[dict[str, Any]]:
        asked.append(name)
        zones: list[dict[str, Any]] = row["zones_by_name"].get(name, [])
        return zones

    assert dns01.listed_zone(row["name"], zones_named) == row["expected"]
    assert asked == row["expected_calls"]


@rows("txt_edits")
def test_txt_edits_table(row: dict[str, Any]) -> None:
    before = tuple(map(quote_txt, row["before"]))
    there = [RecordSet("_acme-challenge.example.com", "TXT", 60, before)] if before else []
    wanted = wanted_record_sets([WantedRecord("_acme-challenge.example.com", "TXT", row["value"])])
    changes = plan_changes(wanted, there, state="present" if row["op"] == "present" else "absent").changes
    after = before
    for change in changes:
        after = () if change.action == "DELETE" else change.record_set.values
    assert [unquote_txt(value) for value in after] == row["after"]
    assert bool(changes) == (row["before"] != row["after"])


@rows("txt_encoding")
def test_txt_encoding_table(row: dict[str, Any]) -> None:
    if "chunks" in row:
        assert unquote_txt(" ".join(map(quote_txt, row["chunks"]))) == row["joined"]
    else:
        written = row.get("route53", row.get("cloudflare"))
        assert (quote_txt(row["value"]), unquote_txt(written)) == (written, row["value"])


@rows("propagation")
def test_propagation_table(row: dict[str, Any]) -> None:
    assert dns01.spread(row["want"], row["answers"]) == row["expected"]


@pytest.mark.parametrize(
    ("seen", "verdict"),
    [
        ({"ns1": ["V", "OLD"], "ns2": ["V"]}, dns01.READY),
        ({"ns1": ["V"], "ns2": []}, dns01.WAIT),
        ({"ns1": "REFUSED", "ns2": ["OLD"]}, dns01.ERROR),
        ({}, dns01.WAIT),
    ],
)
def test_all_name_servers_must_have_the_value(seen: dict[str, Any], verdict: str) -> None:
    assert dns01.spread("V", seen) == verdict


@rows("doubled_name", having="probe")
def test_doubled_name_table(row: dict[str, Any]) -> None:
    if "validation_name" in row:
        found = dns01.doubled_names(row["validation_name"], [row["zone"]])
    else:
        found = dns01.doubled_names(dns01.challenge_name(row["domain"]), [row["domain"], row["registered"]])
    assert [name + "." for name in found] == row["probe"]


@rows("doubled_name", having="seen_target")
def test_doubled_value_table(row: dict[str, Any]) -> None:
    zone = dns01.appended_zone(row["expected_target"], row["seen_target"], row["validation_name"])
    assert zone is not None
    assert normalise(row["seen_target"]) == f"{normalise(row['expected_target'])}.{zone}"
    assert dns01.appended_zone(row["expected_target"], row["expected_target"], row["validation_name"]) is None
    assert dns01.appended_zone(row["expected_target"], row["seen_target"], "_x1.other.test") is None


@rows("doubled_name", having="note")
def test_the_control_is_a_sibling_that_nobody_has(row: dict[str, Any]) -> None:
    name = dns01.challenge_name(row["domain"])
    control = dns01.control_name(name)
    assert control != name
    assert control.partition(".")[2] == name.partition(".")[2]
    assert control == dns01.control_name(name.upper())
