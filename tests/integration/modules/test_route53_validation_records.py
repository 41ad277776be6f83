# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils._aws import route53
from aws_world import ACCOUNT, World, writes
from support.modules import ModuleResult

ONE = {"name": "_a.www.example.com", "value": "_b.acm-validations.aws"}


def publish(world: World, *records: dict[str, Any], **options: Any) -> ModuleResult:
    return world.run("route53_validation_records", records=list(records), **options)


def actions(result: ModuleResult) -> dict[str, str]:
    return {record["name"]: record["action"] for record in result["records"]}


def test_records_go_to_their_zones_in_one_batch_each(world: World) -> None:
    com, org = world.zone("example.com"), world.zone("example.org")
    world.counted()
    records = [ONE, {"name": "_c.example.org.", "value": "_d.acm-validations.aws."}, dict(ONE)]
    result = publish(world, *records, ttl=60)
    assert writes(world.counted()) == {"route53:ChangeResourceRecordSets": 2}
    assert result["changed"] is True
    assert actions(result) == {"_a.www.example.com": "created", "_c.example.org": "created"}
    assert len(result["change_ids"]) == 2
    assert world.records(com) == {("_a.www.example.com", "CNAME"): (60, ["_b.acm-validations.aws"])}
    assert world.records(org) == {("_c.example.org", "CNAME"): (60, ["_d.acm-validations.aws"])}
    again = publish(world, *records, ttl=300)
    assert (again["changed"], set(actions(again).values())) == (False, {"unchanged"})
    assert writes(world.counted()) == {}


def test_check_mode_writes_nothing_and_the_diff_shows_what_it_would(world: World) -> None:
    zone = world.zone("example.com")
    world.put_record(zone, "_a.www.example.com", "CNAME", "old.acm-validations.aws")
    world.counted()
    result = publish(world, ONE, check=True, diff=True)
    assert (result["changed"], actions(result)) == (True, {"_a.www.example.com": "replaced"})
    assert writes(world.counted()) == {}
    assert "old.acm-validations.aws" in result["diff"]["before"]
    [shown] = json.loads(result["diff"]["after"]).values()
    assert shown["values"] == ["_b.acm-validations.aws"]
    assert publish(world, ONE, diff=True)["diff"] == result["diff"]


def test_nothing_is_written_while_one_record_has_no_zone(world: World) -> None:
    zone = world.zone("example.com")
    result = publish(world, ONE, {"name": "_x.example.net", "value": "y.example"})
    assert result.failed
    assert "example.net" in result["msg"]
    assert world.records(zone) == {}


def test_nothing_is_written_while_something_is_in_the_way(world: World) -> None:
    zone = world.zone("example.com")
    world.put_record(zone, "_a.www.example.com", "TXT", '"mine"')
    result = publish(world, ONE, {"name": "_x.example.com", "value": "y.example"})
    assert result.failed
    assert "TXT" in result["msg"]
    assert set(world.records(zone)) == {("_a.www.example.com", "TXT")}


def test_txt_values_are_merged_and_taken_out_again(world: World) -> None:
    zone = world.zone("example.com")
    world.put_record(zone, "_acme-challenge.example.com", "TXT", '"theirs"', ttl=30)
    ours = {"name": "_acme-challenge.example.com", "type": "TXT", "value": "ours"}
    assert publish(world, ours)["changed"] is True
    assert sorted(world.records(zone)["_acme-challenge.example.com", "TXT"][1]) == ['"ours"', '"theirs"']
    assert publish(world, ours, state="absent", regions=["eu-west-1"])["changed"] is True
    assert world.records(zone) == {("_acme-challenge.example.com", "TXT"): (30, ['"theirs"'])}


@pytest.mark.parametrize(("times", "fails"), [(1, False), (5, True)])
def test_a_writer_who_has_read_before_us_takes_our_values_away(
    world: World, monkeypatch: pytest.MonkeyPatch, times: int, fails: bool
) -> None:
    """Route 53 has no compare-and-set: the record set is as the last one wanted it."""
    zone = world.zone("example.com")
    name, mine, ours = "_acme-challenge.example.com", '"theirs"', '"ours"'
    world.put_record(zone, name, "TXT", mine)
    write, left = route53.change_record_sets, itertools.repeat(None, times)

    def raced(*arguments: Any) -> str:
        change_id = write(*arguments)
        for _once in itertools.islice(left, 1):
            world.put_record(zone, name, "TXT", mine)
        return change_id

    monkeypatch.setattr(route53, "change_record_sets", raced)
    result = publish(world, {"name": name, "type": "TXT", "value": "ours"}, wait=True)
    assert result.failed is fails
    assert world.records(zone)[name, "TXT"][1] == ([mine] if fails else [mine, ours])
    if fails:
        assert "Others have undone 3 times" in result["msg"]
        assert name in result["msg"]
    else:
        assert len(result["change_ids"]) == 2


def test_absent_keeps_what_a_certificate_needs(world: World) -> None:
    zone = world.zone("example.com")
    records = world.issue("example.com")["certificate"]["validation_records"]
    kept = publish(world, *records, ONE, state="absent", regions=["eu-west-1", "us-east-1"])
    assert kept["changed"] is False
    assert actions(kept) == {records[0]["name"]: "kept", "_a.www.example.com": "unchanged"}
    removed = publish(world, *records, state="absent", keep_needed=False)
    assert actions(removed) == {records[0]["name"]: "deleted"}
    assert world.records(zone) == {}


def test_absent_deletes_what_has_another_ttl_and_keeps_another_value(world: World) -> None:
    zone = world.zone("example.com")
    world.put_record(zone, "_a.www.example.com", "CNAME", "_b.acm-validations.aws", ttl=9)
    world.put_record(zone, "_x.example.com", "CNAME", "theirs.example")
    other = {"name": "_x.example.com", "value": "ours.example"}
    result = publish(world, ONE, other, state="absent", regions=["eu-west-1"])
    assert actions(result) == {"_a.www.example.com": "deleted", "_x.example.com": "kept"}
    assert set(world.records(zone)) == {("_x.example.com", "CNAME")}


def test_absent_keeps_all_when_a_region_cannot_be_read(world: World) -> None:
    zone = world.zone("example.com")
    world.put_record(zone, "_a.www.example.com", "CNAME", "_b.acm-validations.aws")
    world.sandbox.deny(ACCOUNT, ["acm:ListCertificates"])
    result = publish(world, ONE, state="absent", regions=["eu-west-1"])
    assert (result["changed"], actions(result)) == (False, {"_a.www.example.com": "kept"})
    assert "acm:ListCertificates" in str(result["warnings"])
    assert world.records(zone)


def test_a_wait_ends_when_every_name_server_has_it(world: World) -> None:
    world.sandbox.configure(insync_delay=50)
    world.zone("example.com")
    before = world.clock.now()
    result = publish(world, ONE, wait=True)
    assert not result.failed
    assert 50 <= world.clock.now() - before < 90
    assert world.sandbox.resolve("_a.www.example.com", "CNAME")["records"]


def test_a_wait_has_an_end(world: World) -> None:
    world.sandbox.configure(insync_delay=5000)
    zone = world.zone("example.com")
    result = publish(world, ONE, wait=True, wait_timeout=100)
    assert result.failed
    assert "100 seconds" in result["msg"]
    assert len(world.records(zone)) == 1


def test_more_records_than_a_call_takes(world: World) -> None:
    zone = world.zone("example.com")
    records = [
        {"name": f"_a.n{number}.example.com", "value": f"_b{number}.acm-validations.aws"} for number in range(1100)
    ]
    world.counted()
    assert publish(world, *records)["changed"] is True
    assert world.counted()["route53:ChangeResourceRecordSets"] <= 3
    assert publish(world, *records)["changed"] is False
    assert zone


def test_records_of_check_mode_are_passed_over(world: World) -> None:
    world.zone("example.com")
    foretold = world.issue("example.com", check=True)["certificate"]["validation_records"]
    world.counted()
    result = publish(world, *foretold)
    assert (result["changed"], result["records"]) == (False, [])


def test_the_records_that_a_certificate_wants_are_all_it_takes(world: World) -> None:
    world.zone("example.com")
    pending = world.issue("example.com", "*.example.com", write_records=False, wait=False)["certificate"]
    publish(world, *pending["validation_records"])
    done = world.run("acm_certificate_wait", certificates=[pending])
    assert done["certificates"][0]["ready"] is True
