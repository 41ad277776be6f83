# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""acm_pca_certificate: what it issues, when it does not, and what it refuses before anything is issued."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from aws_world import DNS_ACCOUNT
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from private_world import DAY, FILES, PrivateWorld, csr

ISSUE, GET, DESCRIBE = "acm-pca:IssueCertificate", "acm-pca:GetCertificate", "acm-pca:DescribeCertificateAuthority"


# --- What is issued --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", ["RSA_2048", "EC_prime256v1", "EC_secp384r1"])
def test_a_certificate_with_its_key_is_kept(private: PrivateWorld, algorithm: str) -> None:
    result = private.issue(key_algorithm=algorithm)
    assert (result["changed"], result["failure"]) == (True, None)
    kept = private.kept()
    kept.check("sslserver")
    assert kept.names == ["db.internal"]
    assert kept.usages == {"serverAuth", "clientAuth"}
    record = result["certificate"]
    assert (record["phase"], record["ready"], record["issuer"]) == ("Issued", True, private.ca)
    assert record["key_algorithm"] == algorithm
    assert int(record["serial_number"].replace(":", ""), 16) == kept.certificate.serial_number
    assert record["paths"]["fullchain"] == str(kept.path / "fullchain.pem")
    full = x509.load_pem_x509_certificates(kept.read("fullchain.pem"))
    assert [each == kept.certificate for each in full] == [True, False]
    counted = private.counted()
    assert (counted[ISSUE], counted[DESCRIBE]) == (1, 1)


@pytest.mark.parametrize("key_algorithm", ["RSA_2048", "EC_secp384r1"])
def test_any_ca_signs_any_key(private: PrivateWorld, key_algorithm: str) -> None:
    """The signing algorithm is the CA's, whatever the key."""
    ca = private.sandbox.certificate_authority(key_algorithm=key_algorithm)
    private.issue(certificate_authority_arn=ca)
    private.kept().check()


def test_the_time_of_its_end_is_the_one_asked_for(private: PrivateWorld) -> None:
    began = int(private.sandbox.now())
    private.issue(validity="12h")
    end = private.kept().certificate.not_valid_after_utc.timestamp()
    assert 0 <= end - began - 12 * 3600 < 60


@pytest.mark.parametrize(
    ("usages", "extended", "purpose"),
    [
        (["client_auth"], {"clientAuth"}, "sslclient"),
        (["server_auth"], {"serverAuth"}, "sslserver"),
        (["server_auth", "client_auth"], {"serverAuth", "clientAuth"}, "sslclient"),
        (["code_signing"], {"codeSigning"}, None),
        (["ocsp_signing"], {"OCSPSigning"}, None),
        (["email_protection", "client_auth", "digital_signature"], {"emailProtection", "clientAuth"}, "smimesign"),
    ],
    ids=lambda value: "+".join(sorted(value)) if isinstance(value, (list, set)) else str(value),
)
def test_usages_choose_the_template(
    private: PrivateWorld, usages: list[str], extended: set[str], purpose: str | None
) -> None:
    result = private.issue(usages=usages)
    assert private.kept().usages == extended
    private.kept().check(purpose)
    assert set(usages) <= set(result["certificate"]["usages"])
    assert private.issue(usages=usages)["changed"] is False


def test_names_of_every_kind(private: PrivateWorld) -> None:
    names = ["db.internal", "10.0.0.5", "2001:db8::1", "ops@example.com", "spiffe://corp.internal/db"]
    result = private.issue(subject_alternative_names=names, subject={"organization": "Corp", "country": "DE"})
    assert private.kept().names == names
    assert private.kept().certificate.subject.rfc4514_string() in ("CN=db.internal,O=Corp,C=DE",)
    assert (
        private.issue(subject_alternative_names=names[::-1], subject={"organization": "Corp", "country": "DE"})[
            "changed"
        ]
        is False
    )
    assert "IP:10.0.0.5" in result["certificate"]["subject_alternative_names"]


def test_names_without_a_subject(private: PrivateWorld) -> None:
    """RFC 5280, 4.2.1.6: the alternative names are critical then; OpenSSL is strict about it."""
    private.issue(common_name=None)
    private.kept().check()
    assert private.kept().certificate.subject.rfc4514_string() == ""


def test_a_template_can_be_named(private: PrivateWorld) -> None:
    private.issue(template="EndEntityServerAuthCertificate/V1")
    assert private.kept().usages == {"serverAuth"}


def test_a_region_of_another_partition(private: PrivateWorld) -> None:
    """The Region is the CA's, and so is the partition of the template."""
    ca = private.sandbox.certificate_authority(region="us-gov-west-1")
    result = private.issue(certificate_authority_arn=ca, usages=["client_auth"])
    assert result["certificate_arn"].startswith("arn:aws-us-gov:acm-pca:us-gov-west-1:")


def test_a_csr_whose_key_is_elsewhere(private: PrivateWorld) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    path = private.folder / "device.csr"
    path.write_text(csr(key, "device.internal"))
    nobody: dict[str, Any] = {"common_name": None, "subject_alternative_names": None, "key_algorithm": None}
    result = private.issue("device", csr_path=str(path), **nobody)
    kept = private.kept("device")
    assert kept.certificate.public_key() == key.public_key()
    assert not (kept.path / "privkey.pem").exists()
    kept.verify()
    assert result["certificate"]["subject_alternative_names"] == ["DNS:device.internal"]
    again = private.issue("device", csr_content=path.read_text(), **nobody)
    assert (again["changed"], private.issued()) == (False, 1)


def test_without_a_directory_the_certificate_is_only_returned(private: PrivateWorld) -> None:
    request = csr(ec.generate_private_key(ec.SECP256R1()), "device.internal")
    result = private.run("acm_pca_certificate", certificate_authority_arn=private.ca, csr_content=request)
    record = result["certificate"]
    leaf = x509.load_pem_x509_certificate(record["certificate"].encode())
    chain = x509.load_pem_x509_certificates(record["chain"].encode())
    root = x509.load_pem_x509_certificate(record["root"].encode())
    for lower, upper in zip([leaf, *chain], [*chain, root], strict=True):
        lower.verify_directly_issued_by(upper)
    assert list(private.folder.iterdir()) == []


# --- The second time -------------------------------------------------------------------------------------------------


def test_the_second_run_asks_nobody(private: PrivateWorld) -> None:
    first = private.issue()
    private.counted()
    second = private.issue()
    assert (second["changed"], private.counted()) == (False, {})
    assert second["certificate"]["fingerprint"] == first["certificate"]["fingerprint"]
    assert set(second.result or {}) - {"invocation"} == set(first.result or {}) - {"invocation"}


@pytest.mark.parametrize(
    "change",
    [
        {"common_name": "db2.internal"},
        {"subject_alternative_names": ["db.internal", "db2.internal"]},
        {"usages": ["client_auth"]},
        {"key_algorithm": "EC_secp384r1"},
        {"force": True},
    ],
    ids=str,
)
def test_what_is_wanted_otherwise_is_issued_anew(private: PrivateWorld, change: dict[str, Any]) -> None:
    private.issue()
    before = private.kept().certificate
    check = private.issue(check=True, diff=True, **change)
    assert (check["changed"], private.issued()) == (True, 1)
    result = private.issue(diff=True, **change)
    assert (result["changed"], private.issued()) == (True, 2)
    assert result["diff"]["before"] == check["diff"]["before"]
    private.kept().check()
    assert private.kept().certificate.serial_number != before.serial_number
    assert private.kept().certificate.public_key() != before.public_key()
    again = private.issue(**change)
    assert again["changed"] is bool(change.get("force"))


def test_a_third_before_its_end_it_is_renewed_with_a_new_key(private: PrivateWorld) -> None:
    private.issue(validity="90d")
    before = private.kept().certificate
    private.sandbox.advance(59 * DAY)
    assert private.issue(validity="90d")["changed"] is False
    private.sandbox.advance(2 * DAY)
    assert private.issue(validity="90d", check=True)["changed"] is True
    result = private.issue(validity="90d")
    assert (result["changed"], private.issued()) == (True, 2)
    private.kept().check()
    assert private.kept().certificate.public_key() != before.public_key()
    assert (private.kept().path / "previous" / "privkey.pem").exists()


def test_the_key_may_stay(private: PrivateWorld) -> None:
    private.issue()
    before = private.kept().certificate.public_key()
    private.issue(reuse_key=True, force=True)
    assert private.kept().certificate.public_key() == before


def test_another_ca_is_a_reason_to_replace(private: PrivateWorld) -> None:
    """That is how a CA is rotated."""
    private.issue()
    other = private.sandbox.certificate_authority(name="Next")
    assert private.issue(certificate_authority_arn=other)["changed"] is True
    private.kept().check()
    assert "Next" in private.kept().certificate.issuer.rfc4514_string()
    assert private.issue(certificate_authority_arn=other)["changed"] is False


@pytest.mark.parametrize("damaged", ["privkey.pem", "cert.pem", "fullchain.pem", "chain.pem"])
def test_what_is_damaged_or_gone_is_issued_anew(private: PrivateWorld, damaged: str) -> None:
    private.issue()
    target = (private.kept().path / damaged).resolve()
    target.write_text("")
    assert private.issue()["changed"] is True
    private.kept().check()
    (private.kept().path / damaged).resolve().unlink()
    assert private.issue()["changed"] is True
    private.kept().check()


def test_a_foreign_key_is_not_taken_for_ours(private: PrivateWorld) -> None:
    private.issue()
    private.issue("other")
    (private.kept().path / "privkey.pem").resolve().write_bytes(private.kept("other").read("privkey.pem"))
    result = private.issue()
    assert (result["changed"], result["certificate"]["reason"]) == (True, "InvalidKeyPair")
    private.kept().check()


def test_rights_are_put_right_without_a_new_certificate(private: PrivateWorld) -> None:
    private.issue()
    (private.kept().path / "privkey.pem").resolve().chmod(0o644)
    assert private.issue(check=True)["changed"] is True
    result = private.issue()
    assert (result["changed"], private.issued()) == (True, 1)
    private.kept().check()
    private.issue(mode="0640")
    assert stat.S_IMODE((private.kept().path / "privkey.pem").stat().st_mode) == 0o640


def test_check_mode_writes_nothing_and_issues_nothing(private: PrivateWorld) -> None:
    result = private.issue(check=True, diff=True)
    assert (result["changed"], private.issued(), list(private.folder.iterdir())) == (True, 0, [])
    assert "db.internal" in json.dumps(result["diff"])
    assert set(private.counted()) == {DESCRIBE}


# --- Waiting ---------------------------------------------------------------------------------------------------------


def test_in_progress_is_waited_for(private: PrivateWorld) -> None:
    private.sandbox.configure(private_issue_delay=40)
    assert private.issue()["certificate"]["ready"] is True
    assert private.counted()[GET] > 2


def test_not_waiting_is_finished_by_a_later_run(private: PrivateWorld) -> None:
    private.sandbox.configure(private_issue_delay=1000)
    result = private.issue(wait=False)
    assert (result["changed"], result["certificate"]["ready"]) == (True, False)
    late = private.issue(wait_timeout=5)
    assert (late.failed, private.issued()) == (True, 1)
    assert "run again" in late["msg"]
    private.sandbox.advance(1000)
    assert private.issue()["changed"] is True
    assert (private.issue()["changed"], private.issued()) == (False, 1)
    private.kept().check()


@pytest.mark.parametrize("action", ["DescribeCertificateAuthority", "IssueCertificate", "GetCertificate"])
@pytest.mark.parametrize("code", ["ThrottlingException", "InternalServerError", "ServiceUnavailable"])
def test_what_passes_is_repeated(private: PrivateWorld, action: str, code: str) -> None:
    private.sandbox.fail("acm-pca", action, times=3, code=code, status=400 if "Throttling" in code else 503)
    assert private.issue()["changed"] is True
    assert private.issued() == 1
    private.kept().check()


@pytest.mark.parametrize("action", ["IssueCertificate", "GetCertificate"])
def test_a_lost_answer_costs_no_second_certificate(private: PrivateWorld, action: str) -> None:
    private.sandbox.fail("acm-pca", action, times=2, cut="after")
    assert private.issue()["changed"] is True
    assert private.issued() == 1


@pytest.mark.parametrize("code", ["RequestFailedException", "ResourceNotFoundException"])
def test_what_aws_has_given_up_or_lost_is_issued_anew_by_the_next_run(private: PrivateWorld, code: str) -> None:
    private.sandbox.fail("acm-pca", "GetCertificate", code=code, message="It is gone.")
    result = private.issue()
    assert (result.failed, code in result["msg"]) == (True, True)
    assert (private.issue()["changed"], private.issued()) == (True, 2)
    private.kept().check()


def test_a_ca_that_the_wrong_credentials_do_not_find_loses_no_certificate(private: PrivateWorld) -> None:
    private.sandbox.configure(private_issue_delay=1000)
    private.issue(wait=False)
    private.sandbox.advance(1000)
    private.sandbox.fail("acm-pca", code="ResourceNotFoundException", message="Could not find the CA.", times=100)
    result = private.issue()
    assert (result.failed, "AWS doesn't know the private CA" in result["msg"]) == (True, True)
    private.sandbox.clear_faults()
    assert (private.issue()["changed"], private.issued()) == (True, 1)
    private.kept().check()


def test_a_refusal_is_final_and_says_so(private: PrivateWorld) -> None:
    private.sandbox.deny("*", ["acm-pca:IssueCertificate"])
    result = private.issue()
    assert result.failed
    assert "not authorized to perform: acm-pca:IssueCertificate" in result["msg"]
    assert private.counted()[ISSUE] == 1
    private.sandbox.control("DELETE", "denials")
    assert private.issue()["changed"] is True
    private.kept().check()


# --- What is refused before anything is issued -----------------------------------------------------------------------


def refused(private: PrivateWorld, *words: str, **options: Any) -> None:
    """One sentence with these words, no certificate, and nothing on the disk."""
    before = private.issued()
    result = private.issue(**options)
    assert result.failed
    for word in words:
        assert word in result["msg"], result["msg"]
    assert (private.issued(), private.counted().get(ISSUE, 0)) == (before, 0)
    assert not (private.folder / "db").exists()


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        ("CREATING", "wait"),
        ("PENDING_CERTIFICATE", "certificate has to be installed"),
        ("DISABLED", "enable it"),
        ("EXPIRED", "expired"),
        ("FAILED", "make another"),
        ("DELETED", "restore"),
    ],
)
def test_a_ca_that_is_not_active(private: PrivateWorld, status: str, advice: str) -> None:
    private.sandbox.configure(authority_create_delay=1000)
    private.sandbox.change_certificate_authority(private.ca, status=status)
    refused(private, f"is {status}", private.ca, advice)


def test_a_ca_of_another_region_or_account(private: PrivateWorld) -> None:
    elsewhere = private.ca.replace("eu-west-1", "eu-central-1")
    refused(private, elsewhere, "account and Region", certificate_authority_arn=elsewhere)
    theirs = private.sandbox.certificate_authority(account=DNS_ACCOUNT)
    refused(private, theirs, "no resource-based policy", certificate_authority_arn=theirs)


def test_a_ca_that_is_shared_issues_by_the_template_it_is_shared_for(private: PrivateWorld) -> None:
    theirs = private.sandbox.certificate_authority(account=DNS_ACCOUNT, shared_with=["111111111111"])
    private.issue(certificate_authority_arn=theirs)
    private.kept().check()
    result = private.issue("client", certificate_authority_arn=theirs, usages=["client_auth"])
    assert result.failed
    assert "no resource-based policy" in result["msg"]


def test_a_validity_beyond_the_ca(private: PrivateWorld) -> None:
    ca = private.sandbox.certificate_authority(days=60)
    refused(private, "itself only until", "shorten", certificate_authority_arn=ca, validity="90d")
    refused(private, "has passed", not_after="2020-01-01T00:00:00Z")
    short = private.sandbox.certificate_authority(usage_mode="SHORT_LIVED_CERTIFICATE")
    refused(private, "short-lived", "7d", certificate_authority_arn=short, validity="8d")
    private.issue(certificate_authority_arn=short, validity="7d")
    private.kept().check()


NOBODY: dict[str, Any] = {"common_name": None, "subject_alternative_names": None, "key_algorithm": None}


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("no CSR", "certificate signing request"),
        (csr(rsa.generate_private_key(65537, 1024), "a.internal"), "1024"),
        (csr(ec.generate_private_key(ec.SECP256R1())), "neither a subject"),
        (csr(ec.generate_private_key(ec.SECP256R1()), "a.internal")[:-60], "certificate signing request"),
        (csr(ec.generate_private_key(ec.SECP256R1()), *(f"a{n}.{'b' * 60}.internal" for n in range(500))), "32768"),
    ],
    ids=["text", "weak", "nobody", "cut", "large"],
)
def test_a_csr_that_no_ca_would_sign(private: PrivateWorld, text: str, word: str) -> None:
    refused(private, word, csr_content=text, **NOBODY)
    assert private.counted() == {}


def test_every_fault_is_said_at_once(private: PrivateWorld) -> None:
    result = private.issue(
        certificate_authority_arn="ca-1", validity="soon", usages=["flying"], mode="0777", template="a b"
    )
    assert result.failed
    for word in ("ca-1", "soon", "flying", "0777", "a b"):
        assert word in result["msg"], word
    assert private.counted() == {}


def test_what_others_made_is_not_touched(private: PrivateWorld) -> None:
    (private.folder / "db").mkdir()
    theirs = private.folder / "db" / "privkey.pem"
    theirs.write_text("theirs")
    result = private.issue()
    assert (result.failed, theirs.read_text()) == (True, "theirs")
    assert private.counted() == {}


def test_a_template_that_makes_other_certificates(private: PrivateWorld) -> None:
    refused(private, "client_auth", template="EndEntityClientAuthCertificate/V1", usages=["server_auth"])


def test_a_certificate_that_lacks_what_was_asked_for_is_not_installed(private: PrivateWorld) -> None:
    """The CSR doesn't ask for usages, and the template takes them from nowhere else."""
    request = csr(ec.generate_private_key(ec.SECP256R1()), "db.internal")
    template = "BlankEndEntityCertificate_CSRPassthrough/V1"
    result = private.issue(csr_content=request, template=template, usages=["server_auth"], **NOBODY)
    assert result.failed
    assert "isn't what was asked for" in result["msg"]
    assert not (private.kept().path / "cert.pem").exists()


# --- Secrets ---------------------------------------------------------------------------------------------------------


def test_no_key_is_logged_and_no_file_is_open_to_others(private: PrivateWorld) -> None:
    """What is said is looked at in every test (PrivateWorld.run); the calls and all other files here."""
    private.issue()
    private.issue(force=True)
    assert "PRIVATE" not in json.dumps(private.sandbox.calls())
    keys = [path for path in files(private.folder) if "PRIVATE KEY" in path.read_text()]
    assert {path.name for path in keys} == {"privkey.pem"}
    for path in files(private.folder):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    for path in private.folder.rglob("*"):
        if path.is_dir() and not path.is_symlink():
            assert stat.S_IMODE(path.stat().st_mode) == 0o700, path


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]


# --- Revocation ------------------------------------------------------------------------------------------------------


def revoked_serials(private: PrivateWorld) -> list[int]:
    return [each.serial_number for each in x509.load_pem_x509_crl((private.sandbox.crl(private.ca) or "").encode())]


@pytest.mark.parametrize("by", ["directory", "certificate_arn", "serial_number"])
def test_a_certificate_is_revoked_once(private: PrivateWorld, by: str) -> None:
    issued = private.issue()
    serial = private.kept().certificate.serial_number
    named: dict[str, Any] = {
        "directory": {"directory": str(private.kept().path)},
        "certificate_arn": {"certificate_arn": issued["certificate_arn"]},
        "serial_number": {"serial_number": f"{serial:x}", "certificate_authority_arn": private.ca},
    }[by]
    assert private.revoke(check=True, **named)["changed"] is True
    assert revoked_serials(private) == []
    assert private.revoke(revocation_reason="KEY_COMPROMISE", **named)["changed"] is True
    assert revoked_serials(private) == [serial]
    again = private.revoke(revocation_reason="KEY_COMPROMISE", **named)
    assert (again.failed, again["changed"]) == (False, False)
    assert revoked_serials(private) == [serial]


def test_what_is_revoked_is_replaced(private: PrivateWorld) -> None:
    private.issue()
    private.revoke(directory=str(private.kept().path))
    result = private.issue()
    assert (result["changed"], private.issued()) == (True, 2)
    assert private.kept().certificate.serial_number not in revoked_serials(private)


def test_openssl_sees_the_revocation(private: PrivateWorld) -> None:
    private.issue()
    private.revoke(directory=str(private.kept().path))
    crl = private.folder / "crl.pem"
    crl.write_text(private.sandbox.crl(private.ca) or "")
    with pytest.raises(AssertionError, match="revoked"):
        private.kept().verify(crl=crl)


def test_a_serial_that_the_ca_does_not_know(private: PrivateWorld) -> None:
    result = private.revoke(serial_number="01:02", certificate_authority_arn=private.ca)
    assert result.failed
    assert "01:02" in result["msg"]


def test_every_file_is_there(private: PrivateWorld) -> None:
    private.issue()
    assert {path.name for path in private.kept().path.iterdir()} == {*FILES, "current", "versions"}
