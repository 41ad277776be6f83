# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import dataclasses
import datetime
from datetime import timedelta
from typing import Any

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils import _certificate_requests as requests
from ansible_collections.tlsops.certificates.plugins.module_utils import _x509 as x509
from ansible_collections.tlsops.certificates.plugins.module_utils._certificate_requests import (
    KEEP,
    REQUEST,
    RESUME,
    WantedCertificate,
)
from ansible_collections.tlsops.certificates.plugins.module_utils._chains import order
from ansible_collections.tlsops.certificates.plugins.module_utils._errors import InvalidInput
from ansible_collections.tlsops.certificates.plugins.module_utils._kept_certificates import Kept, Pending, Request
from ansible_collections.tlsops.certificates.plugins.module_utils._renewal import Reason
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
    request = requests.new_request(made, csr, at)
    return Pending(dataclasses.replace(request, certificate_arn=arn), key)


def kept(request: Request) -> Kept:
    chain = order(CA.issue(request.csr) + CA.pem)
    return Kept(chain, chain.facts, request)


WANTED = wanted()
PENDING = pending(WANTED)
KEPT = kept(PENDING.request)


def decide(made: WantedCertificate, *seen: Any, days: float = 0) -> tuple[str, str]:
    decision = requests.decide(made, *seen, NOW + timedelta(days=days))
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


class TestWhatIsWanted:
    def test_usages(self) -> None:
        assert WANTED.wanted_usages == {"server_auth", "client_auth"}
        assert wanted(template="CodeSigningCertificate/V1").wanted_usages is None
        assert wanted(ca=True).wanted_usages is None
        assert wanted(template="Blank", usages=["1.3.6.1.5.5.7.3.2"]).wanted_usages == {"client_auth"}
        csr = x509.build_csr(KEY, WANTED.names, {"client_auth"})
        assert requests.kept_certificate(entry(common_name=None), "ca", csr).wanted_usages == {"client_auth"}

    def test_a_request_ends_at_a_whole_second_and_its_end_may_be_given(self) -> None:
        at = NOW.replace(microsecond=999_999)
        assert requests.new_request(WANTED, "csr", at).not_after == NOW + timedelta(days=30)
        end = NOW + timedelta(days=5)
        assert requests.new_request(dataclasses.replace(WANTED, not_after=end), "csr", at).not_after == end

    @pytest.mark.parametrize(
        ("given", "part"),
        [
            ({"common_name": None}, "say whom the certificate is for"),
            ({"usages": ["everything"]}, "'everything' is none of"),
            ({"mode": "0666"}, "nobody but the owner"),
            ({"validity": "1m"}, "shorter than an hour"),
            ({"subject_alternative_names": ["a b"]}, "isn't a DNS name"),
        ],
    )
    def test_what_can_t_be(self, given: dict[str, Any], part: str) -> None:
        with pytest.raises(InvalidInput) as caught:
            requests.host_certificates([entry(name="web", **given)])
        [fault] = caught.value.faults
        assert fault.startswith("certificates[0] (web): ")
        assert part in fault

    def test_every_fault_of_every_entry(self) -> None:
        entries = [entry(validity="x", mode="y"), entry(), entry()]
        with pytest.raises(InvalidInput) as caught:
            requests.host_certificates(entries)
        assert len(caught.value.faults) == 3
        assert caught.value.faults[-1] == "2 certificates want the directory /etc/tlsops/web"

    def test_a_policy_that_renews_all_the_time(self) -> None:
        assert "nearly every run" in str(wanted(renew_before="29d").warning)
        assert WANTED.warning is None


@pytest.mark.parametrize(
    ("csr", "part"),
    [
        ("nonsense", "isn't a certificate signing request"),
        ("x" * 32769, "32769 bytes"),
        (x509.build_csr(KEY, x509.SubjectNames(), ()), "neither a subject nor"),
    ],
)
def test_csrs_that_no_ca_would_sign(csr: str, part: str) -> None:
    [fault] = requests.csr_faults(csr)
    assert part in fault


def test_a_csr_with_a_weak_key() -> None:
    weak = x509.rsa.generate_private_key(65537, 1024)
    name = x509.x509.Name([x509.x509.NameAttribute(x509.x509.NameOID.COMMON_NAME, "a")])
    signed = x509.x509.CertificateSigningRequestBuilder().subject_name(name).sign(weak, x509.hashes.SHA256())
    [fault] = requests.csr_faults(signed.public_bytes(x509.serialization.Encoding.PEM).decode())
    assert "1024 bits is too weak" in fault


def test_what_isn_t_as_it_was_asked_for() -> None:
    assert requests.mismatches(PENDING.request, KEPT.facts) == []
    other = wanted(common_name="db", usages=["client_auth"])
    found = requests.mismatches(pending(other, key=x509.generate_key("EC_prime256v1")).request, KEPT.facts)
    assert [part.split()[1] for part in found] == ["is", "names", "usages"]


@pytest.mark.parametrize(
    ("issuer", "hours"), [("https://acme.example.com/directory", 80), ("ca", 160 / 3), (None, 160 / 3)]
)
def test_short_lived_certificates_of_acme_cas_are_due_at_half(issuer: str | None, hours: float) -> None:
    policy = requests.kept_certificate(entry(), issuer).policy
    assert policy.left(datetime.timedelta(hours=160)) == datetime.timedelta(hours=hours)
    assert policy.left(datetime.timedelta(days=90)) == datetime.timedelta(days=30)
