# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import dataclasses
import datetime
import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils._certificates import Certificate, DomainValidation
from ansible_collections.tlsops.certificates.plugins.module_utils._renewals import (
    CHECKS,
    certificate_findings,
    is_due,
    needs_description,
    needs_records,
)

CASES = json.loads((Path(__file__).parents[2] / "cases" / "renew_policy.json").read_text(encoding="utf-8"))[
    "aws_managed_renewal"
]
NOW = datetime.datetime(2026, 11, 22, tzinfo=datetime.timezone.utc)
DAY = datetime.timedelta(days=1)
PENDING = [{"DomainName": "www.example.com", "ValidationStatus": "PENDING_VALIDATION"}]


def certificate(left: float = 150, life: float = 198, **changes: Any) -> Certificate:
    """Issued, in use, validated by DNS, far from its end: nothing is wrong with it."""
    good = Certificate(
        arn="arn:aws:acm:eu-west-1:111111111111:certificate/1",
        region="eu-west-1",
        domain_name="www.example.com",
        names=frozenset({"www.example.com"}),
        status="ISSUED",
        type="AMAZON_ISSUED",
        described=True,
        in_use=True,
        validation_method="DNS",
        renewal_eligibility="ELIGIBLE",
        not_before=NOW + DAY * (left - life),
        not_after=NOW + DAY * left,
        domain_validations=(
            DomainValidation("www.example.com", "DNS", "SUCCESS", "_x1.www.example.com", "CNAME", "_x2.acm.aws"),
        ),
    )
    return dataclasses.replace(good, **changes)


def found(each: Certificate, *others: Certificate) -> list[tuple[str, str]]:
    return [(finding.check, finding.level) for finding in certificate_findings(each, NOW, others)]


def test_nothing_is_found_of_a_healthy_certificate() -> None:
    assert found(certificate()) == []
    assert found(certificate(renewal={"RenewalStatus": "PENDING_AUTO_RENEWAL"})) == []
    assert found(certificate(left=10, renewal={"RenewalStatus": "SUCCESS"})) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"status": "VALIDATION_TIMED_OUT", "in_use": False}, ("validation_timed_out", "error")),
        ({"status": "FAILED", "failure_reason": "CAA_ERROR", "in_use": False}, ("certificate_failed", "error")),
        ({"status": "EXPIRED", "in_use": False}, ("certificate_expired", "error")),
        ({"status": "EXPIRED"}, ("certificate_expired", "fatal")),
        ({"status": "REVOKED"}, ("certificate_revoked", "fatal")),
        ({"status": "INACTIVE"}, ("certificate_revoked", "fatal")),
        ({"status": "PENDING_VALIDATION", "in_use": False}, ("validation_pending", "warning")),
        ({"renewal": {"RenewalStatus": "FAILED", "RenewalStatusReason": "CAA_ERROR"}}, ("renewal_failed", "fatal")),
        (
            {"renewal": {"RenewalStatus": "PENDING_VALIDATION", "DomainValidationOptions": PENDING}},
            ("renewal_pending_validation", "error"),
        ),
        ({"left": 29}, ("renewal_overdue", "error")),
        ({"left": 29, "renewal": {"RenewalStatus": "PENDING_AUTO_RENEWAL"}}, ("renewal_overdue", "error")),
        ({"type": "IMPORTED", "in_use": False}, ("imported", "info")),
        ({"type": "IMPORTED", "left": 20}, ("imported", "warning")),
        ({"in_use": False}, ("not_in_use", "info")),
        ({"in_use": False, "left": 20}, ("not_in_use", "warning")),
        ({"validation_method": "EMAIL"}, ("email_validation", "warning")),
        ({"validation_method": "EMAIL", "left": 20}, ("email_validation", "error")),
        (
            {"validation_method": "EMAIL", "migration_status": "PENDING_DOMAIN_VALIDATION"},
            ("migration_pending", "warning"),
        ),
        ({"validation_method": "EMAIL", "migration_status": "FAILED"}, ("migration_failed", "error")),
        ({"type": "PRIVATE", "renewal_eligibility": "INELIGIBLE"}, ("private_ca_permission", "error")),
        ({"renewal_eligibility": "INELIGIBLE"}, ("renewal_not_eligible", "warning")),
        ({"key_pair_origin": "ACME", "in_use": False, "left": 20}, ("renewal_overdue", "error")),
    ],
)
def test_each_fault_is_found_and_nothing_else(changes: dict[str, Any], expected: tuple[str, str]) -> None:
    (finding,) = certificate_findings(certificate(**changes), NOW)
    assert (finding.check, finding.level) == expected
    assert finding.check in CHECKS
    assert finding.name == "www.example.com"
    assert finding.explanation
    assert finding.remedy
    assert not (finding.explanation + finding.remedy).endswith("."), "the sentence is put together elsewhere"


def test_every_check_is_found_by_some_row_above() -> None:
    parameters = test_each_fault_is_found_and_nothing_else.pytestmark[0].args[1]
    assert {expected[0] for _changes, expected in parameters} == set(CHECKS)


def test_a_renewal_by_email_asks_for_the_click() -> None:
    renewal = {"RenewalStatus": "PENDING_VALIDATION", "DomainValidationOptions": PENDING}
    findings = certificate_findings(certificate(validation_method="EMAIL", renewal=renewal), NOW)
    assert [f.check for f in findings] == ["renewal_pending_validation", "email_validation"]
    assert "Click the link" in findings[0].remedy
    assert "www.example.com" in findings[0].explanation


@pytest.mark.parametrize(("year", "days"), [(2026, 200), (2028, 100), (2030, 10)])
def test_how_often_a_person_has_to_click(year: int, days: int) -> None:
    """By what the CA/Browser Forum lets a CA reuse."""
    then = NOW.replace(year=year)
    mailed = certificate(validation_method="EMAIL", not_after=then + 150 * DAY)
    [finding] = certificate_findings(mailed, then)
    assert finding.explanation.endswith(f"at each renewal, and at least every {days} days")


def test_a_dead_certificate_is_no_worry_once_another_has_its_names() -> None:
    dead = certificate(status="VALIDATION_TIMED_OUT", in_use=False)
    live = certificate(arn="other", names=frozenset({"www.example.com", "example.com"}))
    assert found(dead, dead) == [("validation_timed_out", "error")]
    assert found(dead, dead, live) == [("validation_timed_out", "info")]
    assert found(dataclasses.replace(dead, in_use=True), live) == [("validation_timed_out", "fatal")]


def test_an_exported_certificate_is_renewed_without_being_in_use() -> None:
    assert found(certificate(in_use=False, exported=True)) == []


@pytest.mark.parametrize(
    ("life", "left", "due"),
    [(198, 29.6, True), (198, 30.5, False), (395, 29.9, True), (395, 30.1, False), (47, 7, True), (47, 7.1, False)],
)
def test_due_is_thirty_days_or_the_same_share_of_a_shorter_life(life: float, left: float, due: bool) -> None:
    assert is_due(certificate(left=left, life=life), NOW) is due


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["ttl"])
def test_the_alarm_is_given_after_aws_has_begun_and_before_it_is_late(case: dict[str, Any]) -> None:
    """What AWS never renews is found at any time, and is a warning before it ends."""
    kind = "PRIVATE" if "private" in case["ttl"].lower() else "AMAZON_ISSUED"
    life, begins = case["lifetime_days"], case["aws_renews_days_before"]
    if begins is None:
        seen = [found(certificate(left=left, life=life or 198, type="IMPORTED")) for left in (190, 60, 29, 1)]
        assert seen == [[("imported", level)] for level in ("info", "info", "warning", "warning")]
        return
    begun = certificate(left=begins, life=life, type=kind)
    assert found(begun) == []
    assert not is_due(begun, NOW)
    # It is looked at closely by then, so that what keeps it from being renewed is seen at once.
    assert needs_description(begun, NOW, begun.base_names)
    assert not needs_description(certificate(left=life, life=life, type=kind), NOW, begun.base_names)
    late = certificate(left=min(begins, life * 0.15) / 2, life=life, type=kind)
    assert found(late) == [("renewal_overdue", "error")]


def test_without_dates_nothing_is_due() -> None:
    assert not is_due(certificate(not_after=None), NOW)
    assert is_due(certificate(left=29, not_before=None), NOW)


@pytest.mark.parametrize(
    ("changes", "needed"),
    [
        ({}, False),
        ({"status": "PENDING_VALIDATION"}, True),
        ({"status": "FAILED"}, True),
        ({"left": 74}, True),
        ({"left": 76}, False),
        ({"left": 24, "life": 47}, False),
        ({"left": 23, "life": 47}, True),
        ({"not_after": None}, True),
        ({"renewal_eligibility": "INELIGIBLE"}, True),
        ({"renewal_eligibility": "INELIGIBLE", "in_use": False}, False),
        ({"names_complete": False}, True),
        ({"names": frozenset({"www.example.com", "example.com"})}, True),
        ({"names": frozenset({"*.www.example.com"})}, False),
        ({"type": "PRIVATE", "names": frozenset({"db.internal"})}, False),
        ({"type": "PRIVATE", "left": 60}, True),
        ({"type": "IMPORTED", "left": 1}, False),
        ({"status": "EXPIRED"}, False),
        ({"status": "VALIDATION_TIMED_OUT"}, False),
        ({"key_pair_origin": "ACME", "left": 1}, False),
    ],
)
def test_described_is_what_is_in_trouble_or_near_or_lacks_a_record(changes: dict[str, Any], needed: bool) -> None:
    assert needs_description(certificate(**changes), NOW, {"www.example.com"}) is needed


@pytest.mark.parametrize(
    "changes",
    [{"validation_method": "EMAIL"}, {"validation_method": "HTTP"}, {"type": "PRIVATE"}, {"status": "EXPIRED"}],
)
def test_records_matter_for_live_certificates_by_dns_only(changes: dict[str, Any]) -> None:
    assert needs_records(certificate())
    assert not needs_records(certificate(**changes))
