# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import datetime
from typing import Any

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils import _certificate_requests as requests
from ansible_collections.tlsops.certificates.plugins.module_utils import _x509 as x509
from ansible_collections.tlsops.certificates.plugins.module_utils._certificate_requests import WantedCertificate
from ansible_collections.tlsops.certificates.plugins.module_utils._errors import InvalidInput
from support.authority import NOW

KEY = x509.generate_key("EC_prime256v1")


def entry(**given: Any) -> dict[str, Any]:
    defaults = {key: spec.get("default") for key, spec in requests.KEPT_ARGUMENTS.items()}
    own = {"directory": "/etc/tlsops/web", "common_name": "web", "key_algorithm": "EC_prime256v1", "validity": "30d"}
    return {**defaults, **own, **given}


def wanted(**given: Any) -> WantedCertificate:
    return requests.kept_certificate(entry(**given), "ca")


WANTED = wanted()


class TestWhatIsWanted:
    def test_usages(self) -> None:
        assert WANTED.wanted_usages == {"server_auth", "client_auth"}
        assert wanted(template="CodeSigningCertificate/V1").wanted_usages is None
        assert wanted(ca=True).wanted_usages is None
        assert wanted(template="Blank", usages=["1.3.6.1.5.5.7.3.2"]).wanted_usages == {"client_auth"}
        csr = x509.build_csr(KEY, WANTED.names, {"client_auth"})
        assert requests.kept_certificate(entry(common_name=None), "ca", csr).wanted_usages == {"client_auth"}

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
            requests.host_certificates([entry(name="web", **given)], NOW.date())
        [fault] = caught.value.faults
        assert fault.startswith("certificates[0] (web): ")
        assert part in fault

    def test_every_fault_of_every_entry(self) -> None:
        entries = [entry(validity="x", mode="y"), entry(), entry()]
        with pytest.raises(InvalidInput) as caught:
            requests.host_certificates(entries, NOW.date())
        assert len(caught.value.faults) == 3
        assert caught.value.faults[-1] == "2 certificates want the directory /etc/tlsops/web"


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


@pytest.mark.parametrize(
    ("issuer", "hours"), [("https://acme.example.com/directory", 80), ("ca", 160 / 3), (None, 160 / 3)]
)
def test_short_lived_certificates_of_acme_cas_are_due_at_half(issuer: str | None, hours: float) -> None:
    policy = requests.kept_certificate(entry(), issuer).policy
    assert policy.left(datetime.timedelta(hours=160)) == datetime.timedelta(hours=hours)
    assert policy.left(datetime.timedelta(days=90)) == datetime.timedelta(days=30)
