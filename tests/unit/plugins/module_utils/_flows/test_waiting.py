# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils._certificates import Certificate
from ansible_collections.tlsops.certificates.plugins.module_utils._flows.waiting import WaitSettings, wait_until_issued
from stub_aws import StubAws, aws_error

CASES = json.loads((Path(__file__).parents[3] / "cases" / "cert_lifecycle.json").read_text(encoding="utf-8"))
REGION = "eu-west-1"
ERROR = "Exception"


def arn(number: int = 1) -> str:
    return f"arn:aws:acm:{REGION}:111111111111:certificate/{number}"


def pending(number: int = 1, **changes: Any) -> Certificate:
    given = {"names": frozenset({"example.com"}), "type": "AMAZON_ISSUED", "described": False, **changes}
    return Certificate(arn(number), REGION, "example.com", status="PENDING_VALIDATION", **given)


def answer(status: str, type_: str = "AMAZON_ISSUED", **more: Any) -> Any:
    if status.endswith(ERROR):
        return aws_error(status)
    detail = {"CertificateArn": arn(), "DomainName": "example.com", "SubjectAlternativeNames": ["example.com"]}
    if type_ == "AMAZON_ISSUED":
        detail["DomainValidationOptions"] = [{"DomainName": "example.com", "ValidationMethod": "DNS"}]
    return {"Certificate": {**detail, "Status": status, "Type": type_, **more}}


def listing(*statuses: str) -> dict[str, Any]:
    names = {"DomainName": "example.com", "SubjectAlternativeNameSummaries": ["example.com"]}
    return {
        "CertificateSummaryList": [
            {"CertificateArn": arn(number), "Status": status, "Type": "AMAZON_ISSUED", **names}
            for number, status in enumerate(statuses, start=1)
        ]
    }


@pytest.mark.parametrize("row", [row for row in CASES["wait"] if row.get("wait", True)], ids=lambda row: row["id"])
def test_wait_table(row: dict[str, Any]) -> None:
    reason = {"FailureReason": row["failure_reason"]} if "failure_reason" in row else {}
    aws = StubAws({"DescribeCertificate": [answer(status, row["type"], **reason) for status in row["statuses"]]})
    [done] = wait_until_issued(aws.access(), [pending(type=row["type"])], WaitSettings(600, 15))
    expected = row["expected"].lower()
    if expected.startswith("ok"):
        assert done.condition.ready
    else:
        assert not done.condition.ready
        assert done.condition.failed is (row["statuses"][-1] != "PENDING_VALIDATION")
    if row["statuses"][-1] != "PENDING_VALIDATION":
        assert aws.count("DescribeCertificate") == len(row["statuses"])


@pytest.mark.parametrize("status", ["FAILED", "VALIDATION_TIMED_OUT", "REVOKED", "EXPIRED", "INACTIVE"])
def test_a_final_state_ends_the_wait_at_once(status: str) -> None:
    aws = StubAws({"DescribeCertificate": [answer("PENDING_VALIDATION"), answer(status, FailureReason="CAA_ERROR")]})
    [done] = wait_until_issued(aws.access(), [pending()], WaitSettings(600, 15))
    assert (done.status, done.condition.failed) == (status, True)
    assert aws.count("DescribeCertificate") == 2


def test_pauses_grow_to_the_longest_and_the_end_is_kept() -> None:
    aws = StubAws({"DescribeCertificate": [answer("PENDING_VALIDATION")]})
    wait_until_issued(aws.access(), [pending(described=True)], WaitSettings(300, 15))
    times = [0.0, *aws.times("DescribeCertificate")]
    pauses = [after - before for before, after in itertools.pairwise(times)]
    assert pauses[0] <= 2
    assert max(pauses) <= 15
    assert max(pauses) > 10
    assert 299 < times[-1] <= 301
    assert 15 < len(pauses) < 60


def test_a_thousand_are_looked_at_with_one_call() -> None:
    count = 1000
    aws = StubAws({"ListCertificates": [listing(*["PENDING_VALIDATION"] * count), listing(*["ISSUED"] * count)]})
    done = wait_until_issued(aws.access(), [pending(number + 1) for number in range(count)], WaitSettings(600, 15))
    assert all(certificate.condition.ready for certificate in done)
    assert len(aws.calls) == 2
    assert [certificate.arn for certificate in done] == [arn(number + 1) for number in range(count)]


def test_pages_that_hold_none_of_ours_are_not_read() -> None:
    page = {**listing(*["ISSUED"] * 10), "NextToken": "more"}
    aws = StubAws({"ListCertificates": [page]})
    wait_until_issued(aws.access(), [pending(number + 1) for number in range(10)], WaitSettings(600, 15))
    assert len(aws.calls) == 1


def test_nothing_pending_costs_nothing() -> None:
    aws = StubAws({})
    issued = Certificate(arn(), REGION, "example.com", frozenset({"example.com"}), "ISSUED", "AMAZON_ISSUED")
    assert wait_until_issued(aws.access(), [issued], WaitSettings(600, 15)) == [issued]
    assert aws.calls == []


def test_what_stays_unknown_is_given_up_after_a_minute() -> None:
    aws = StubAws({"DescribeCertificate": [aws_error("ResourceNotFoundException")]})
    [done] = wait_until_issued(aws.access(), [pending(names=frozenset())], WaitSettings(4500, 15))
    assert done.status == "NOT_FOUND"
    assert 60 <= aws.times("DescribeCertificate")[-1] < 80


def test_what_was_known_and_is_gone_is_given_up_at_once() -> None:
    aws = StubAws({"DescribeCertificate": [aws_error("ResourceNotFoundException")]})
    [done] = wait_until_issued(aws.access(), [pending(described=True)], WaitSettings(4500, 15))
    assert done.status == "NOT_FOUND"
    assert aws.count("DescribeCertificate") == 1


def test_one_failure_ends_the_wait_for_all_if_it_is_to() -> None:
    aws = StubAws(
        {
            "ListCertificates": [listing("ISSUED", "FAILED", *["PENDING_VALIDATION"] * 3)],
            "DescribeCertificate": [answer("FAILED", FailureReason="CAA_ERROR"), answer("PENDING_VALIDATION")],
        }
    )
    certificates = [pending(number + 1) for number in range(5)]
    done = wait_until_issued(aws.access(), certificates, WaitSettings(600, 15, stop_at_failure=True))
    assert [certificate.condition.failed for certificate in done].count(True) == 1
    assert aws.count("ListCertificates") == 1
