# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The flows and deletions of cert_lifecycle.json. Its rows say in words what is given: phrases are looked for."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from aws_world import ACCOUNT, DNS_ACCOUNT, World, writes

CASES = json.loads((Path(__file__).parents[2] / "unit" / "cases" / "cert_lifecycle.json").read_text(encoding="utf-8"))
WANTED: dict[str, Any] = {
    "name": "shop",
    "domain_name": "example.com",
    "subject_alternative_names": ["www.example.org"],
}
OPERATION = re.compile(r"^[A-Z][a-z]+[A-Z]\w+")


# --- Flows -----------------------------------------------------------------------------------------------------------


def given_before_the_run(world: World, given: str) -> str | None:
    """Bring about what a flow starts from; the ARN of what is there."""
    text = given.lower()
    if text.startswith(("no certificate", "check mode, nothing")):
        return None
    if "record write fails" in text:
        world.sandbox.deny(ACCOUNT, ["route53:ChangeResourceRecordSets"])
        assert world.run("acm_dns_certificate", **WANTED).failed
        world.sandbox.control("DELETE", "denials", {})
        return next(iter(world.certificates()))
    names = {**WANTED, "subject_alternative_names": []} if "fewer sans" in text else WANTED
    pending = "pending" in text
    result = world.run("acm_dns_certificate", **names, write_records=not pending, wait=not pending)
    if "older than" in text:
        world.sandbox.advance(600)
    return str(result["certificate_arn"])


def expected_writes(row: dict[str, Any]) -> dict[str, int]:
    """The changing calls of a flow, as this collection makes them: it deletes no certificate unasked."""
    if "disagree" in row:
        assert "keep" in row["disagree"]
        return {"route53:ChangeResourceRecordSets": 2}
    if "requests nothing" in row["result"]:
        return {"route53:ChangeResourceRecordSets": 2}
    called = [found[0] for call in row["calls"] if (found := OPERATION.match(call))]
    expected = {"acm:RequestCertificate": called.count("RequestCertificate")}
    if any(call.startswith("ChangeResourceRecordSets") for call in row["calls"]):
        # The wanted names lie in two zones here, so that each flow shows one batch a zone.
        expected["route53:ChangeResourceRecordSets"] = 2
    return {call: count for call, count in expected.items() if count}


@pytest.mark.parametrize("row", CASES["flows"], ids=lambda row: row["id"])
def test_flows_table(world: World, row: dict[str, Any]) -> None:
    world.zone("example.com")
    world.zone("example.org")
    there = given_before_the_run(world, row["given"])
    check = row["given"].startswith("check mode")
    world.counted()
    result = world.run("acm_dns_certificate", **WANTED, check=check)
    counted = world.counted()
    expected = expected_writes(row)
    if expected.get("acm:RequestCertificate") and there:
        # Of the names of the new certificate one is validated already by the record of the old one.
        expected["route53:ChangeResourceRecordSets"] = 1
    assert writes(counted) == expected
    assert result["changed"] is bool(expected or check)
    if check:
        assert counted["route53:ListHostedZones"] == 1
        assert world.certificates() == {}
        return
    assert result["certificate"]["ready"] is True
    assert (result["certificate_arn"] == there) is (there is not None and "acm:RequestCertificate" not in expected)
    if there:
        assert there in world.certificates()
    assert world.run("acm_dns_certificate", **WANTED)["changed"] is False


@pytest.mark.parametrize("row", [row for row in CASES["wait"] if row.get("wait") is False], ids=lambda row: row["id"])
def test_wait_table_without_waiting(world: World, row: dict[str, Any]) -> None:
    assert "return at once" in row["expected"]
    zone = world.zone("example.com")
    result = world.issue("example.com", wait=False)
    assert result["certificate"]["status"] == row["statuses"][0]
    assert result["certificate"]["ready"] is False
    assert len(world.records(zone)) == 1


# --- Deletions -------------------------------------------------------------------------------------------------------


class Deletion:
    """A certificate that is to be deleted, and what a row says of it."""

    def __init__(self, world: World, given: str) -> None:
        self.world = world
        self.zone = world.zone("example.com")
        self.options: dict[str, Any] = {"name": "shop"}
        text = given.lower()
        late = "not filled in" in text or "no resourcerecord" in text
        if late:
            world.sandbox.configure(record_delay=100_000)
            arn = world.sandbox.boto("acm").request_certificate(DomainName="example.com", ValidationMethod="DNS")
            self.arn = str(arn["CertificateArn"])
            self.options = {"certificate_arn": self.arn}
        elif "three certificates" in text or "another team" in text:
            self.arn = world.issue("example.com")["certificate_arn"]
            self.others = [
                world.add("example.com", type="IMPORTED"),
                world.add("example.com", tags={"team": "another"}),
            ]
            self.options = {"domain_name": "example.com"}
        else:
            self.arn = world.issue("example.com", name="shop")["certificate_arn"]
        if not late:
            [((self.record, _kind), (_ttl, [self.value]))] = world.records(self.zone).items()
        self.bring_about(text)

    def bring_about(self, text: str) -> None:
        world = self.world
        if "same domain name" in text or "any region" in text:
            world.issue("example.com", region="us-east-1")
        elif "another ttl" in text:
            world.put_record(self.zone, self.record, "CNAME", self.value, ttl=61)
        elif "record already gone" in text or "record is gone" in text:
            world.put_record(self.zone, self.record, "CNAME", self.value, delete=True)
        elif "zone gone" in text or "in another account" in text:
            world.put_record(self.zone, self.record, "CNAME", self.value, delete=True)
            world.route53().delete_hosted_zone(Id=self.zone)
        elif "already" in text and "gone" in text:
            world.sandbox.boto("acm").delete_certificate(CertificateArn=self.arn)
        elif "in use" in text:
            users = [f"arn:aws:elasticloadbalancing:eu-west-1:{ACCOUNT}:loadbalancer/app/shop/1"]
            world.sandbox.certificate(self.arn, in_use_by=users)


@pytest.mark.parametrize("row", CASES["delete"], ids=lambda row: row["id"])
def test_delete_table(world: World, row: dict[str, Any]) -> None:
    case = Deletion(world, row["given"])
    expected = row["expected"].lower()
    result = world.delete(**case.options)
    there = case.arn in world.certificates()
    if "refuse" in expected and "only certificates carrying" not in expected:
        assert result.failed
        assert there
        return
    assert not result.failed
    assert not there
    assert result["changed"] is True
    gone = "zone gone" in row["given"].lower()
    records = {} if gone else world.records(case.zone)
    assert bool(records) is ("record kept" in expected or hasattr(case, "others"))
    assert bool((result.result or {}).get("warnings")) is ("warning" in expected)
    for other in getattr(case, "others", []):
        assert other in world.certificates()


def test_where_only_other_people_s_have_the_names_they_are_listed_and_none_is_deleted(world: World) -> None:
    others = [
        world.add("example.com", type="IMPORTED"),
        world.add("example.com", tags={"team": "another"}),
        world.add("example.com", tags={"tlsops:managed-by": "tlsops.certificates", "tlsops:name": "shop"}),
    ]
    result = world.delete(domain_name="example.com")
    assert result.failed
    assert all(arn in result["msg"] for arn in others)
    assert set(world.certificates()) == set(others)


def test_a_zone_in_another_account_is_reached_by_its_role(world: World) -> None:
    zone = world.zone("example.com", DNS_ACCOUNT)
    role = world.sandbox.role(DNS_ACCOUNT, "dns", trusted=[ACCOUNT])
    world.issue("example.com", name="shop", dns_role_arn=role)
    world.delete(name="shop", dns_role_arn=role)
    assert (world.certificates(), world.records(zone, DNS_ACCOUNT)) == ({}, {})
