# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils import _caa as caa
from ansible_collections.tlsops.certificates.plugins.module_utils._certificates import ValidationRecord
from ansible_collections.tlsops.certificates.plugins.module_utils._dns_answers import Answer, Record, clock_error
from ansible_collections.tlsops.certificates.plugins.module_utils._preflight import examine_name
from ansible_collections.tlsops.certificates.plugins.module_utils._preflight_subject import Subject
from ansible_collections.tlsops.certificates.plugins.module_utils._preflight_views import Report, merge
from fake_dns import FakeView

NAME = "www.example.com"
THERE = f"_v.{NAME} CNAME _t.acm-validations.aws"
ALIAS = f"{NAME} CNAME x.cdn.test"
SUBJECT = Subject(
    NAME, caa.issuer("acm"), records=(ValidationRecord(f"_v.{NAME}", "CNAME", "_t.acm-validations.aws", ()),)
)
ZONES = {"com": ("a.gtld.test",), "example.com": ("ns1.ours.test",)}
INSIDE: dict[str, Any] = {"zones": {**ZONES, "example.com": ("dc1.corp.test",)}, "mname": "dc1.corp.test"}


def authority(*records: str, **more: Any) -> FakeView:
    return FakeView(ZONES, records, servers={"ns1": records}, label="the authoritative name servers", **more)


def resolver(*records: str, **more: Any) -> FakeView:
    return FakeView(**{"zones": ZONES, "records": records, **more})


def found(*views: FakeView) -> list[tuple[str, str]]:
    reports = [Report(view, tuple(examine_name(SUBJECT, view))) for view in views]
    return [(finding.check, finding.level) for finding in merge(SUBJECT, reports)]


@pytest.mark.parametrize(
    ("views", "expected"),
    [
        pytest.param([resolver(THERE), resolver(THERE)], [], id="agreed"),
        pytest.param([resolver(), resolver()], [("record_missing", "error")], id="agreed-missing"),
        pytest.param([resolver(THERE), resolver()], [("resolvers_disagree", "error")], id="one-does-not-see-it"),
        pytest.param(
            [resolver(), resolver(THERE)],
            [("record_missing", "error"), ("resolvers_disagree", "error")],
            id="the-first-does-not-see-it",
        ),
        pytest.param(
            [resolver(THERE, fault="time-out"), resolver(THERE)], [("resolver_silent", "warning")], id="one-is-silent"
        ),
        pytest.param([resolver(fault="time-out")] * 2, [("resolver_silent", "error")], id="all-are-silent"),
        pytest.param([resolver(THERE), resolver(THERE, **INSIDE)], [("resolvers_disagree", "warning")], id="two-dns"),
        pytest.param([authority(THERE), resolver(THERE)], [], id="authority-agreed"),
        pytest.param([authority(THERE), resolver()], [("negative_cache", "warning")], id="resolver-remembers"),
        pytest.param(
            [authority(THERE), resolver(f"_v.{NAME} CNAME _old.acm-validations.aws")],
            [("negative_cache", "warning")],
            id="resolver-remembers-another-value",
        ),
        pytest.param([authority(THERE), resolver(**INSIDE)], [("split_view", "warning")], id="inside"),
        pytest.param([authority(THERE), resolver(THERE, **INSIDE)], [("split_view", "warning")], id="inside-too"),
        pytest.param(
            [authority(THERE), resolver(THERE, failing={"example.com": "BOGUS"})],
            [("dnssec_bogus", "fatal")],
            id="the-resolver-validates",
        ),
        pytest.param([authority(THERE), resolver(failing={"example.com": "time-out"})], [], id="the-resolver-is-slow"),
        pytest.param(
            [authority(THERE, ALIAS), resolver(THERE, ALIAS, failing={"x.cdn.test": "time-out"})],
            [],
            id="the-resolver-is-slow-behind-an-alias",
        ),
        pytest.param(
            [authority(THERE, ALIAS), resolver(THERE, ALIAS, failing={"x.cdn.test": "BOGUS"})],
            [("caa_unanswered", "fatal")],
            id="the-resolver-validates-behind-an-alias",
        ),
        pytest.param([authority(THERE), resolver(THERE, mname="ns1.second.test")], [], id="two-providers"),
        pytest.param([authority(), resolver()], [("record_missing", "error")], id="authority-agreed-missing"),
    ],
)
def test_what_several_views_make_together(views: list[FakeView], expected: list[tuple[str, str]]) -> None:
    assert found(*views) == expected


def test_negative_answers_are_remembered_for_the_shorter_of_two_times() -> None:
    soa = Record("example.com", "SOA", ("ns1", "1", "60"), 900)
    assert Answer(NAME, "A", "NXDOMAIN", authority=(soa,)).negative_ttl == 60
    assert Answer(NAME, "A", "NXDOMAIN").negative_ttl is None


@pytest.mark.parametrize(("now", "seconds"), [(1500.0, 0), (900.0, 100), (2300.0, 300)])
def test_a_clock_that_contradicts_good_signatures_is_wrong(now: float, seconds: int) -> None:
    signature = Record("", "RRSIG", ("NS", "1000", "2000", "text"))
    assert clock_error(Answer("", "NS", answer=(signature,), authenticated=True), now) == seconds
    assert clock_error(Answer("", "NS", answer=(signature,)), now) == 0
    assert clock_error(Answer("", "NS", authenticated=True), now) == 0
