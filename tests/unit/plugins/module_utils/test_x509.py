# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import subprocess

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils import _x509 as x509
from ansible_collections.tlsops.certificates.plugins.module_utils._errors import TlsopsError
from ansible_collections.tlsops.certificates.plugins.module_utils._subject_names import SubjectNames

EVERY_KIND = (
    "DNS:www.example.com",
    "DNS:*.example.com",
    "IP:192.0.2.1",
    "IP:2001:db8::1",
    "email:someone@example.com",
    "URI:spiffe://example.org/web",
    "RID:1.2.3.4",
    f"otherName:1.3.6.1.4.1.311.20.2.3;UTF8:{'long' * 40}@corp.internal",
)
NAMES = SubjectNames((("C", "DE"), ("O", "Example"), ("CN", "web")), EVERY_KIND)


@pytest.mark.parametrize("algorithm", [name for name in x509.KEY_ALGORITHMS if name not in ("RSA_3072", "RSA_4096")])
def test_a_key_and_a_request_say_what_they_were_made_of(algorithm: str) -> None:
    key = x509.generate_key(algorithm)
    found, public = x509.describe_key(key)
    assert found == algorithm
    described = x509.describe_csr(x509.build_csr(key, NAMES, {"client_auth"}))
    assert described.names == NAMES
    assert (described.key_algorithm, described.public_key) == (algorithm, public)
    own = {"digital_signature", "key_encipherment"} if algorithm == "RSA_2048" else {"digital_signature"}
    assert described.usages == {"client_auth", *own}


def test_openssl_reads_the_request() -> None:
    csr = x509.build_csr(x509.generate_key("EC_prime256v1"), NAMES, {"server_auth", "1.2.3.4", "key_agreement"})
    shown = subprocess.run(
        ["openssl", "req", "-noout", "-text", "-verify"], input=csr, capture_output=True, text=True, check=True
    ).stdout
    for part in ("CN = web", "DNS:*.example.com", "Registered ID:1.2.3.4", "UPN::longlong", "Key Agreement"):
        assert part in shown
    assert "TLS Web Server Authentication, 1.2.3.4" in shown or "1.2.3.4, TLS Web Server" in shown


def test_a_request_for_a_ca() -> None:
    csr = x509.build_csr(x509.generate_key("EC_prime256v1"), SubjectNames((("CN", "Sub"),)), (), ca=True)
    assert x509.describe_csr(csr).usages == {"digital_signature", "key_cert_sign", "crl_sign"}


def test_a_request_that_was_changed_on_its_way_is_refused() -> None:
    first = x509.build_csr(x509.generate_key("EC_prime256v1"), SubjectNames((("CN", "aaaaaaaa"),)), ())
    der = x509.x509.load_pem_x509_csr(first.encode()).public_bytes(x509.serialization.Encoding.DER)
    forged = x509.x509.load_der_x509_csr(der.replace(b"aaaaaaaa", b"bbbbbbbb"))
    with pytest.raises(x509.Unreadable, match="signature"):
        x509.describe_csr(forged.public_bytes(x509.serialization.Encoding.PEM).decode())


@pytest.mark.parametrize("text", ["", "nonsense", "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END"])
def test_what_can_t_be_read_is_said_in_a_sentence(text: str) -> None:
    for read in (x509.describe_csr, x509.describe_key, x509.load_certificate):
        with pytest.raises(x509.Unreadable, match="this isn't"):
            read(text)


def test_a_key_s_text_is_never_in_a_message() -> None:
    key = x509.generate_key("EC_prime256v1").replace("A", "!")
    with pytest.raises(x509.Unreadable) as caught:
        x509.describe_key(key)
    assert not any(line in str(caught.value) for line in key.splitlines())


def test_an_rsa_key_whose_parts_don_t_belong_together_is_noticed() -> None:
    key = x509.serialization.load_pem_private_key(x509.generate_key("RSA_2048").encode(), None)
    assert isinstance(key, x509.rsa.RSAPrivateKey)
    numbers = key.private_numbers()
    forged = x509.rsa.RSAPrivateNumbers(
        numbers.p, numbers.q, numbers.d + 2, numbers.dmp1 + 2, numbers.dmq1, numbers.iqmp, numbers.public_numbers
    ).private_key(unsafe_skip_rsa_key_validation=True)
    pem = forged.private_bytes(
        x509.serialization.Encoding.PEM, x509.serialization.PrivateFormat.PKCS8, x509.serialization.NoEncryption()
    )
    with pytest.raises(x509.Unreadable):
        x509.describe_key(pem.decode())


@pytest.mark.parametrize(
    ("algorithm", "weak"),
    [("RSA_1024", True), ("RSA_2048", False), ("EC_secp192r1", True), ("EC_secp384r1", False), ("ED25519", False)],
)
def test_weak_keys(algorithm: str, weak: bool) -> None:
    assert bool(x509.weakness(algorithm)) is weak


def test_a_missing_library_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    x509.require_cryptography()
    monkeypatch.setattr(x509, "HAS_CRYPTOGRAPHY", False)
    with pytest.raises(TlsopsError, match="python3-cryptography"):
        x509.require_cryptography()
