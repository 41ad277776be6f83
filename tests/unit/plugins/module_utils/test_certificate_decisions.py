# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import dataclasses
import datetime
from datetime import timedelta
from typing import Any

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils import _certificate_decisions as decisions
from ansible_collections.tlsops.certificates.plugins.module_utils import _certificate_requests as requests
from ansible_collections.tlsops.certificates.plugins.module_utils import _x509 as x509
from ansible_collections.tlsops.certificates.plugins.module_utils._certificate_decisions import KEEP, REQUEST, RESUME
from ansible_collections.tlsops.certificates.plugins.module_utils._certificate_requests import WantedCertificate
from ansible_collections.tlsops.certificates.plugins.module_utils._chains import order
from ansible_collections.tlsops.certificates.plugins.module_utils._kept_certificates import Kept, Pending, Request
from ansible_collections.tlsops.certificates.plugins.module_utils._kept_result import kept_result
from ansible_collections.tlsops.certificates.plugins.module_utils._renewal import Reason, RenewalPolicy
from support.authority import NOW, Authority

CA = Authority("CA", Authority("Root"))
KEY = x509.generate_key("EC_prime256v1")
NOTHING = Reason("DoesNotExist", "There is no certificate.")
ARN = "arn:aws:acm-pca:eu-west-1:111111111111:certificate-authority/1/certificate/ab"


def entry(**given: Any) -> dict[str, Any]:
    defaults = {key: spec.get("default") for key, spec in requests.KEPT_ARGUMENTS.items()}
    own = {"directory": "/etc/tlsops/web", "common_name": "web", "key_algorithm": "EC_prime256v1", "validity": "30d"}
    return {**defaults, **own, **given}


def wanted(**given: Any) -> WantedCertificate:
    return requests.kept_certificate(entry(**given), "ca")


def pending(made: WantedCertificate, at: datetime.datetime = NOW, arn: str | None = None, key: str = KEY) -> Pending:
    csr = x509.build_csr(key, made.names, made.wanted_usages or (), made.ca)
    request = decisions.new_request(made, csr, at)
    return Pending(dataclasses.replace(request, certificate_arn=arn), key)


def kept(request: Request) -> Kept:
    chain = order(CA.issue(request.csr) + CA.pem)
    return Kept(chain, chain.facts, request)


WANTED = wanted()
PENDING = pending(WANTED)
KEPT = kept(PENDING.request)


def decide(made: WantedCertificate, *seen: Any, days: float = 0) -> tuple[str, str]:
    decision = decisions.decide(made, *seen, NOW + timedelta(days=days))
    return decision.action, decision.reason.reason


class TestWhatToDo:
    def test_what_is_good_stays(self) -> None:
        assert decide(WANTED, KEPT, None) == (KEEP, "Issued")
        assert decide(WANTED, KEPT, None, days=19) == (KEEP, "Issued")

    def test_what_isn_t_there_or_due_is_requested(self) -> None:
        assert decide(WANTED, NOTHING, None) == (REQUEST, "DoesNotExist")
        assert decide(WANTED, KEPT, None, days=20) == (REQUEST, "Due")
        assert decide(wanted(force=True), KEPT, None) == (REQUEST, "Forced")
        assert decide(wanted(common_name="db"), KEPT, None) == (REQUEST, "NamesChanged")
        assert decide(dataclasses.replace(WANTED, issuer="two"), KEPT, None) == (REQUEST, "IssuerChanged")

    def test_what_an_earlier_run_has_begun_is_finished(self) -> None:
        assert decide(WANTED, NOTHING, PENDING) == (RESUME, "DoesNotExist")
        other = pending(WANTED, key=x509.generate_key("EC_prime256v1"), at=NOW + timedelta(days=20))
        assert decide(WANTED, KEPT, other, days=20) == (RESUME, "Due")
        assert decide(wanted(force=True), KEPT, other, days=20) == (RESUME, "Due")

    def test_a_certificate_that_was_issued_is_fetched_even_if_none_is_needed(self) -> None:
        key = x509.generate_key("EC_prime256v1")
        assert decide(WANTED, KEPT, pending(WANTED, arn=ARN, key=key)) == (RESUME, "Interrupted")
        assert decide(WANTED, KEPT, pending(WANTED, key=key)) == (KEEP, "Issued")

    def test_the_rest_of_a_request_whose_certificate_is_in_place_is_of_no_use(self) -> None:
        assert decide(WANTED, KEPT, dataclasses.replace(PENDING)) == (KEEP, "Issued")
        assert decide(wanted(force=True), KEPT, PENDING) == (REQUEST, "Forced")

    @pytest.mark.parametrize(
        "changes",
        [
            {"common_name": "db"},
            {"subject_alternative_names": ["web"]},
            {"usages": ["client_auth"]},
            {"key_algorithm": "RSA_2048"},
            {"validity": "31d"},
            {"template": "Blank"},
        ],
        ids=lambda changes: next(iter(changes)),
    )
    def test_a_request_that_asks_for_something_else_isn_t_gone_on_with(self, changes: dict[str, Any]) -> None:
        assert decide(wanted(**changes), NOTHING, PENDING) == (REQUEST, "DoesNotExist")
        issuer = dataclasses.replace(WANTED, issuer="two")
        assert decide(issuer, NOTHING, PENDING) == (REQUEST, "DoesNotExist")

    def test_a_request_whose_certificate_would_be_due_isn_t_gone_on_with(self) -> None:
        assert decide(WANTED, NOTHING, PENDING, days=19)[0] == RESUME
        assert decide(WANTED, NOTHING, PENDING, days=20)[0] == REQUEST

    def test_another_csr_than_that_of_the_certificate(self) -> None:
        csr = x509.build_csr(x509.generate_key("EC_prime256v1"), WANTED.names, WANTED.wanted_usages or ())
        given = requests.kept_certificate(entry(common_name=None), "ca", csr)
        assert decide(given, KEPT, None) == (REQUEST, "InvalidKeyPair")
        again = requests.kept_certificate(entry(common_name=None), "ca", PENDING.request.csr)
        assert decide(again, KEPT, None) == (KEEP, "Issued")

    def test_a_request_ends_at_a_whole_second_and_its_end_may_be_given(self) -> None:
        at = NOW.replace(microsecond=999_999)
        assert decisions.new_request(WANTED, "csr", at).not_after == NOW + timedelta(days=30)
        end = NOW + timedelta(days=5)
        assert decisions.new_request(dataclasses.replace(WANTED, not_after=end), "csr", at).not_after == end


ACME = dataclasses.replace(wanted(validity="90d"), issuer="https://acme.example.com/directory")


class TestWhenItIsRenewed:
    """The certificate is due after twenty of its thirty days, in a night."""

    NIGHTS = wanted(renew_windows=[{"cron": "0 3 * * *", "duration": "2h", "timezone": "UTC"}])
    DAY = NOW.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=22)

    def decide(self, made: WantedCertificate, now: datetime.datetime, *seen: Any) -> decisions.Decision:
        return decisions.decide(made, KEPT, *(seen or (None,)), now)

    def test_in_a_window(self) -> None:
        at_night, by_day = self.DAY + timedelta(hours=4), self.DAY + timedelta(hours=12)
        assert self.decide(self.NIGHTS, at_night).reason.reason == "Due"
        found = self.decide(self.NIGHTS, by_day)
        following = self.DAY + timedelta(days=1, hours=3)
        assert (found.action, found.reason.reason) == (KEEP, "Issued")
        assert "waits for the maintenance window at" in found.reason.message
        assert kept_result(found, chain=KEPT.chain)["renew_at"] == following.isoformat()
        assert self.decide(dataclasses.replace(self.NIGHTS, force=True), by_day).reason.reason == "Forced"

    def test_what_was_begun_in_a_window_isn_t_thrown_away_after_it(self) -> None:
        by_day = self.DAY + timedelta(hours=12)
        for arn in (None, ARN):
            begun = pending(self.NIGHTS, self.DAY + timedelta(hours=4), arn, x509.generate_key("EC_prime256v1"))
            found = self.decide(self.NIGHTS, by_day, begun)
            assert (found.action, found.pending) == (KEEP, begun)
            found = self.decide(self.NIGHTS, self.DAY + timedelta(days=1, hours=3), begun)
            assert (found.action, found.pending) == (RESUME, begun)

    def test_the_issuer_s_wish(self) -> None:
        early = dataclasses.replace(WANTED, suggested=NOW + timedelta(days=10))
        assert self.decide(early, NOW + timedelta(days=9)).action == KEEP
        found = self.decide(early, NOW + timedelta(days=10))
        assert (found.action, found.reason.reason) == (REQUEST, "Due")
        assert "its issuer wants it renewed since" in found.reason.message

    @pytest.mark.parametrize(
        ("days", "alert"), [(0, "none"), (22, "none"), (24, "warning"), (28, "critical"), (31, "critical")]
    )
    def test_how_worrying_it_is_that_it_is_still_there(self, days: float, alert: str) -> None:
        found = self.decide(WANTED, NOW + timedelta(days=days))
        assert (found.alert, kept_result(found)["alert"]) == (alert, alert)
        assert kept_result(found, chain=KEPT.chain)["alert"] == (alert if found.action == KEEP else "none")

    def test_nothing_is_said_of_one_that_isn_t_there(self) -> None:
        record = kept_result(decisions.decide(WANTED, NOTHING, None, NOW))
        assert (record["alert"], record["renew_at"]) == (None, None)

    def test_a_new_one_isn_t_renewed_when_the_issuer_wanted_that_of_the_old_one(self) -> None:
        found = self.decide(dataclasses.replace(WANTED, suggested=NOW + timedelta(days=1)), NOW + timedelta(days=2))
        assert (
            kept_result(found, chain=KEPT.chain)["renew_at"] == (KEPT.facts.not_after - timedelta(days=10)).isoformat()
        )

    @pytest.mark.parametrize(
        ("made", "days", "parts"),
        [
            (WANTED, 0, []),
            (wanted(renew_before="29d"), 0, ["nearly every run renews them"]),
            (dataclasses.replace(WANTED, suggested=NOW), 0.01, ["too young for that, so it isn't renewed before"]),
            (
                wanted(renew_windows=[{"cron": "0 3 1 1 *", "duration": "2h"}]),
                0,
                ["no maintenance window is left before"],
            ),
            (ACME, 0, []),
            # What it really lives for counts, as the CA isn't told.
            (dataclasses.replace(ACME, policy=RenewalPolicy(timedelta(days=28))), 0, ["nearly every run renews them"]),
            (dataclasses.replace(ACME, policy=RenewalPolicy(timedelta(days=30))), 0, ["is 30d, and it is valid for"]),
        ],
    )
    def test_what_is_odd_is_warned_of(self, made: WantedCertificate, days: float, parts: list[str]) -> None:
        found = self.decide(made, NOW + timedelta(days=days)).warnings
        assert len(found) == len(parts)
        for part, warning in zip(parts, found, strict=True):
            assert warning.startswith("web: ")
            assert part in warning


def test_what_isn_t_as_it_was_asked_for() -> None:
    assert decisions.mismatches(PENDING.request, KEPT.facts) == []
    other = wanted(common_name="db", usages=["client_auth"])
    found = decisions.mismatches(pending(other, key=x509.generate_key("EC_prime256v1")).request, KEPT.facts)
    assert [part.split()[1] for part in found] == ["is", "names", "usages"]
