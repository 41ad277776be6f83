# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils import _certificate_plan as certificate_plan
from ansible_collections.tlsops.certificates.plugins.module_utils._certificate_choice import (
    Choice,
    choose,
    request_tags,
)
from ansible_collections.tlsops.certificates.plugins.module_utils._certificates import (
    Certificate,
    DomainValidation,
    WantedCertificate,
)
from ansible_collections.tlsops.certificates.plugins.module_utils._errors import InvalidInput, ServiceError
from ansible_collections.tlsops.certificates.plugins.module_utils._hosted_zones import HostedZone, match_zones
from ansible_collections.tlsops.certificates.plugins.module_utils._plan import RequestCertificate, TagCertificate, diff

WANTED = WantedCertificate("example.com", ("*.example.com", "example.com", "www.example.org"), "eu-west-1", name="shop")
COM, ORG = HostedZone("ZCOM", "example.com"), HostedZone("ZORG", "example.org")
MATCHES = match_zones(["example.com", "www.example.org"], [COM, ORG])


def validation(name: str, status: str = "PENDING_VALIDATION") -> DomainValidation:
    base = name.removeprefix("*.")
    return DomainValidation(name, "DNS", status, f"_x.{base}", "CNAME", f"_y.{base}.acm-validations.aws")


def certificate(status: str = "PENDING_VALIDATION", *validated: str, **changes: Any) -> Certificate:
    given: dict[str, Any] = {"tags": request_tags(WANTED), "described": True, **changes}
    return Certificate(
        arn="arn-1",
        region="eu-west-1",
        domain_name="example.com",
        names=frozenset(WANTED.names),
        status=status,
        type="AMAZON_ISSUED",
        domain_validations=tuple(
            validation(name, "SUCCESS" if name in validated else "PENDING_VALIDATION") for name in WANTED.names
        ),
        **given,
    )


def test_a_request_says_where_its_records_will_go() -> None:
    plan = certificate_plan.make_plan([choose(WANTED, [])], MATCHES)
    [step] = plan.steps
    assert isinstance(step, RequestCertificate)
    assert step.zones == {"example.com": "example.com (ZCOM)", "www.example.org": "example.org (ZORG)"}
    result = plan.predict()
    assert result.changed is True
    [shown] = result.values["certificates"]
    assert (shown["arn"], shown["phase"], shown["reason"]) == (None, "Pending", "NotRequested")
    assert [record["hosted_zone_id"] for record in shown["validation_records"]] == ["ZCOM", "ZORG"]
    assert shown["tags"] == request_tags(WANTED)


def test_nothing_is_planned_while_a_name_has_no_zone() -> None:
    matches = match_zones(["example.com", "www.example.org"], [COM])
    with pytest.raises(InvalidInput, match=r"www\.example\.org"):
        certificate_plan.make_plan([choose(WANTED, [])], matches)


def test_what_is_there_is_no_step() -> None:
    plan = certificate_plan.make_plan([choose(WANTED, [certificate("ISSUED")])], {})
    assert plan.steps == []
    assert plan.predict().changed is False
    assert diff(plan.steps) == {"before": "", "after": ""}


def test_tags_that_change_are_shown_as_they_will_be() -> None:
    tagged = dataclasses.replace(WANTED, tags={"team": "web"})
    old = certificate("ISSUED", tags={**request_tags(WANTED), "old": "1"})
    plan = certificate_plan.make_plan([choose(tagged, [old])], {})
    [step] = plan.steps
    assert isinstance(step, TagCertificate)
    assert (step.before()["old"], "old" in step.after(), step.after()["team"]) == ("1", False, "web")
    assert plan.predict().values["certificates"][0]["tags"] == step.after()


@pytest.mark.parametrize(
    ("choice", "names"),
    [
        (Choice(WANTED, None), ["example.com", "www.example.org"]),
        (Choice(WANTED, certificate()), ["example.com", "www.example.org"]),
        (Choice(WANTED, certificate("PENDING_VALIDATION", "www.example.org")), ["example.com"]),
        (Choice(WANTED, certificate("PENDING_VALIDATION", *WANTED.names)), []),
        (Choice(WANTED, certificate("ISSUED")), []),
        (Choice(dataclasses.replace(WANTED, certificate_authority_arn="ca"), None), []),
    ],
    ids=["new", "pending", "half validated", "validated", "issued", "private"],
)
def test_names_are_placed_only_where_a_record_is_to_be_written(choice: Choice, names: list[str]) -> None:
    assert certificate_plan.names_to_place([choice]) == names


def test_records_go_to_their_zones_and_only_those_still_needed() -> None:
    zones = {"example.com": COM, "www.example.org": ORG}
    placed = certificate_plan.place_records([certificate(), certificate("ISSUED")], zones)
    assert {zone.id: [record.name for record in records] for zone, records in placed.items()} == {
        "ZCOM": ["_x.example.com"],
        "ZORG": ["_x.www.example.org"],
    }
    half = certificate_plan.place_records([certificate("PENDING_VALIDATION", "www.example.org")], zones)
    assert list(half) == [COM]
    assert certificate_plan.place_records([certificate()], {}) == {}


def test_an_error_is_shown_with_what_is_there() -> None:
    [planned] = certificate_plan.make_plan([choose(WANTED, [])], MATCHES).certificates
    error = ServiceError("Refused, sorry.", code="LimitExceededException")
    refused = certificate_plan.certificate_result(planned, None, error)
    assert (refused["arn"], refused["phase"], refused["reason"]) == (None, "Failed", "LimitExceededException")
    there = certificate_plan.certificate_result(planned, certificate(), error)
    assert (there["arn"], there["phase"], there["message"]) == ("arn-1", "Failed", "Refused, sorry.")
    assert set(refused) == set(there)


def record(name: str, phase: str, message: str = "Because.") -> dict[str, Any]:
    ready = phase == "Issued"
    return {
        "name": name,
        "domain_name": "x",
        "arn": "a",
        "region": "eu-west-1",
        "phase": phase,
        "ready": ready,
        "message": message,
    }


def test_sentences_count_and_name() -> None:
    records = [record("a", "Issued"), record("b", "Failed", "CAA."), record("c", "PendingValidation", "Wait.")]
    assert certificate_plan.failure_sentence(records) == "1 of 3 certificates failed: b (eu-west-1): CAA."
    late = certificate_plan.late_sentence(records, 60)
    assert late is not None
    assert late.startswith("2 of 3 certificates not issued within 60 seconds: b (eu-west-1): CAA. c (eu-west-1): Wait.")
    assert certificate_plan.failure_sentence(records[:1]) is certificate_plan.late_sentence(records[:1], 60) is None
    alone = certificate_plan.failure_sentence([record("", "Failed")])
    assert alone == "1 of 1 certificate failed: x (eu-west-1): Because."
