# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""acm_pca_certificates: many certificates of one run, what fails alone, and AWS's rates."""

from __future__ import annotations

import collections
from pathlib import Path
from typing import Any

import pytest
from aws_world import DNS_ACCOUNT
from private_world import Kept, PrivateWorld

ISSUE, GET, DESCRIBE = "acm-pca:IssueCertificate", "acm-pca:GetCertificate", "acm-pca:DescribeCertificateAuthority"


def entries(private: PrivateWorld, count: int, **options: Any) -> list[dict[str, Any]]:
    return [private.wish(f"n{number}", **options) for number in range(count)]


def test_each_gets_its_own(private: PrivateWorld) -> None:
    result = private.issue_all(entries(private, 5))
    assert (result["changed"], result["failure"]) == (True, None)
    assert [record["name"] for record in result["certificates"]] == [f"n{number}.internal" for number in range(5)]
    for number in range(5):
        private.kept(f"n{number}").check()
    assert len({record["serial_number"] for record in result["certificates"]}) == 5
    counted = private.counted()
    assert (counted[DESCRIBE], counted[ISSUE]) == (1, 5)
    assert (private.issue_all(entries(private, 5))["changed"], private.counted()) == (False, {})


def test_a_ca_of_its_own_for_one(private: PrivateWorld) -> None:
    other = private.sandbox.certificate_authority(name="Another", region="us-east-1")
    wanted = [private.wish("a"), private.wish("b", certificate_authority_arn=other)]
    result = private.issue_all(wanted)
    assert [record["issuer"] for record in result["certificates"]] == [private.ca, other]
    assert private.counted()[DESCRIBE] == 2
    private.kept("a").check()
    private.kept("b").check()


def test_only_what_is_due_is_issued(private: PrivateWorld) -> None:
    private.issue_all(entries(private, 3))
    more = [*entries(private, 3), private.wish("n4")]
    check = private.issue_all(more, check=True)
    assert (check["changed"], private.issued()) == (True, 3)
    assert private.issue_all(more)["changed"] is True
    assert private.issued() == 4


def test_a_new_ca_for_all(private: PrivateWorld) -> None:
    """The new ones are in place before the old ones are gone: those are valid, and kept below `previous`."""
    private.issue_all(entries(private, 3))
    before = [private.kept(f"n{number}").certificate for number in range(3)]
    other = private.sandbox.certificate_authority(name="Next")
    result = private.issue_all(entries(private, 3), certificate_authority_arn=other)
    assert {record["issuer"] for record in result["certificates"]} == {other}
    for number, old in enumerate(before):
        private.kept(f"n{number}").check()
        previous = Kept(private.kept(f"n{number}").path / "previous", private.sandbox.now)
        previous.check_pair()
        assert previous.certificate == old
    assert "RevokeCertificate" not in {call["action"] for call in private.sandbox.calls()}


def test_one_that_fails_does_not_hold_up_the_others(private: PrivateWorld) -> None:
    wanted = entries(private, 4)
    private.sandbox.fail("acm-pca", "IssueCertificate", code="MalformedCSRException", message="No.")
    result = private.issue_all(wanted)
    assert (result.failed, result["changed"]) == (True, True)
    assert "1 of 4 certificates failed" in result["msg"]
    assert collections.Counter(record["phase"] for record in result["certificates"]) == {"Issued": 3, "Failed": 1}
    again = private.issue_all(wanted)
    assert (again.failed, private.issued()) == (False, 4)


def test_failures_may_be_reported_only(private: PrivateWorld) -> None:
    private.sandbox.fail("acm-pca", "IssueCertificate", code="MalformedCSRException", message="No.")
    result = private.issue_all(entries(private, 2), on_failure="report")
    assert not result.failed
    assert "1 of 2 certificates failed" in result["failure"]


def test_nothing_is_issued_while_one_of_the_cas_is_of_no_use(private: PrivateWorld) -> None:
    disabled = private.sandbox.certificate_authority(name="Disabled")
    theirs = private.sandbox.certificate_authority(account=DNS_ACCOUNT)
    private.sandbox.change_certificate_authority(disabled, status="DISABLED")
    for ca in (disabled, theirs):
        wanted = [private.wish("a"), private.wish("b", certificate_authority_arn=ca)]
        result = private.issue_all(wanted)
        assert result.failed
        assert ca in result["msg"]
        assert private.issued() == 0


def test_two_cannot_have_one_directory(private: PrivateWorld) -> None:
    result = private.issue_all([private.wish("a"), private.wish("a")])
    assert result.failed
    assert private.counted() == {}


def test_an_empty_list_does_nothing(private: PrivateWorld) -> None:
    result = private.issue_all([])
    assert (result["changed"], result["certificates"], private.counted()) == (False, [], {})


def paced(private: PrivateWorld, count: int) -> float:
    """Seconds on the sandbox's clock from the first to the last certificate issued, at AWS's own rates."""
    private.sandbox.configure(throttle=True)
    result = private.issue_all(entries(private, count), wait_timeout=600)
    assert not result.failed, result["msg"]
    calls = private.sandbox.calls("acm-pca")
    # Not even one that would have been repeated.
    assert {call["error"] for call in calls} <= {None, "RequestInProgressException"}
    actions = collections.Counter(call["action"] for call in calls if not call["error"])
    assert (actions["IssueCertificate"], actions["DescribeCertificateAuthority"]) == (count, 1)
    moments = [call["at"] for call in calls if call["action"] == "IssueCertificate"]
    private.sandbox.clear_calls()
    again = private.issue_all(entries(private, count))
    assert (again["changed"], private.counted().get(DESCRIBE, 0) <= 1) == (False, True)
    assert private.counted() == {}
    return float(max(moments) - min(moments))


def test_the_rates_of_aws_are_kept(private: PrivateWorld) -> None:
    """25 issues and 75 gets a second."""
    assert paced(private, 80) >= (80 - 25) / 25


@pytest.mark.slow
def test_five_hundred_in_one_run(private: PrivateWorld) -> None:
    took = paced(private, 500)
    assert (500 - 25) / 25 <= took <= 1.3 * 500 / 25
    some: list[Path] = [private.folder / f"n{number}" for number in range(0, 500, 100)]
    for path in some:
        Kept(path, private.sandbox.now).check()
