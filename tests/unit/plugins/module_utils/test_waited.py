# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils._certificate_result import as_result
from ansible_collections.tlsops.certificates.plugins.module_utils._certificates import Certificate, DomainValidation
from ansible_collections.tlsops.certificates.plugins.module_utils._errors import InvalidInput
from ansible_collections.tlsops.certificates.plugins.module_utils._hosted_zones import HostedZone
from ansible_collections.tlsops.certificates.plugins.module_utils._waited import Waited, parse_waited


def arn(number: int, region: str = "eu-west-1") -> str:
    return f"arn:aws:acm:{region}:111111111111:certificate/{number}"


def certificate(number: int, status: str = "PENDING_VALIDATION") -> Certificate:
    validation = DomainValidation("example.com", "DNS", status, "_x.example.com", "CNAME", "_y.acm-validations.aws")
    names = frozenset({"example.com"})
    return Certificate(
        arn(number), "eu-west-1", "example.com", names, status, "AMAZON_ISSUED", domain_validations=(validation,)
    )


def parse(certificates: list[dict[str, Any]] | None = None, arns: list[str] | None = None) -> Waited:
    return parse_waited({"certificates": certificates or [], "certificate_arns": arns or []})


def test_only_what_is_pending_is_looked_at() -> None:
    records = [as_result(certificate(1)), as_result(certificate(2, "ISSUED")), as_result(certificate(3, "FAILED"))]
    foretold = {**as_result(certificate(4)), "arn": None, "status": None}
    waited = parse([*records, foretold])
    assert [each.arn for each in waited.pending] == [arn(1)]
    assert waited.results() == [waited.results()[0], records[1], records[2], foretold]


def test_the_region_is_read_from_each_arn() -> None:
    waited = parse(arns=[arn(1), arn(2, "us-east-1"), arn(1)])
    assert [(each.arn, each.region) for each in waited.pending] == [
        (arn(1), "eu-west-1"),
        (arn(2, "us-east-1"), "us-east-1"),
    ]


def test_what_an_earlier_task_knew_better_stays() -> None:
    given = as_result(
        certificate(1), name="shop", superseded=["old"], zones={"example.com": HostedZone("Z1", "example.com")}
    )
    waited = parse([given])
    waited.update([dataclasses.replace(certificate(1, "ISSUED"), in_use_by=("lb",))])
    [result] = waited.results()
    assert (result["name"], result["superseded"]) == ("shop", ["old"])
    assert result["validation_records"][0]["hosted_zone_id"] == "Z1"
    assert (result["status"], result["phase"], result["ready"], result["in_use_by"]) == (
        "ISSUED",
        "Issued",
        True,
        ["lb"],
    )
    assert waited.pending == []


def test_an_arn_alone_becomes_a_whole_record() -> None:
    waited = parse(arns=[arn(1)])
    waited.update([certificate(1, "ISSUED")])
    assert waited.results() == [as_result(certificate(1, "ISSUED"))]


def test_a_failure_comes_before_what_is_late() -> None:
    waited = parse([as_result(certificate(1)), as_result(certificate(2, "FAILED"))])
    assert "1 of 2 certificates failed" in str(waited.failure(60))
    pending = parse([as_result(certificate(1))])
    assert "not issued within 60 seconds" in str(pending.failure(60))
    assert pending.failure(None) is None
    assert parse([as_result(certificate(1, "ISSUED"))]).failure(60) is None


def test_every_fault_is_said() -> None:
    with pytest.raises(InvalidInput) as caught:
        parse([{"arn": arn(1)}, {**as_result(certificate(2)), "arn": "shop"}], ["arn:aws:iam::1:role/x"])
    faults = caught.value.details["faults"]
    assert "certificates[0]" in faults[0]
    assert "'shop'" in faults[1]
    assert "role/x" in faults[2]
