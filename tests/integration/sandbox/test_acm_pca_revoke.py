# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""RevokeCertificate and the revocation list. Sources: API model of acm-pca; RFC 5280, 5."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from aws_session import refused
from cryptography import x509
from private_ca import DAY, issue
from sandbox.client import Sandbox

UNKNOWN = "0" * 31 + "1"


@pytest.fixture
def listing(sandbox: Sandbox, pca: Any) -> str:
    """A CA with a revocation list."""
    return sandbox.certificate_authority(crl_bucket="crls")


def revoke(pca: Any, authority: str, serial: str, reason: str = "SUPERSEDED") -> None:
    given = {"CertificateAuthorityArn": authority, "CertificateSerial": serial, "RevocationReason": reason}
    pca.revoke_certificate(**given)


def refusal(pca: Any, authority: str, serial: str) -> str:
    return str(refused(revoke, pca=pca, authority=authority, serial=serial)["Code"])


def crl(sandbox: Sandbox, authority: str) -> x509.CertificateRevocationList:
    """The list as written, which the CA has signed."""
    text = sandbox.crl(authority)
    assert text is not None
    body = sandbox.boto("acm-pca").get_certificate_authority_certificate(CertificateAuthorityArn=authority)
    found = x509.load_pem_x509_crl(text.encode())
    issuer = x509.load_pem_x509_certificate(body["Certificate"].encode())
    assert found.is_signature_valid(issuer.public_key())  # type: ignore[arg-type]
    assert found.issuer == issuer.subject
    return found


def number(found: x509.CertificateRevocationList) -> int:
    return found.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number


def pairs(serial: str) -> str:
    return ":".join(serial[at : at + 2] for at in range(0, len(serial), 2))


@pytest.mark.parametrize("form", [str, str.upper, pairs, lambda serial: pairs(serial).upper()])
def test_a_serial_is_hexadecimal_with_or_without_colons(sandbox: Sandbox, pca: Any, listing: str, form: Any) -> None:
    serial = issue(pca, listing)[-32:]
    revoke(pca, listing, form(serial))
    (entry,) = crl(sandbox, listing)
    assert entry.serial_number == int(serial, 16)


@pytest.mark.parametrize("serial", ["no serial", "12345678901234567890g", "a:b:c", ""])
def test_other_serials_are_refused(pca: Any, listing: str, serial: str) -> None:
    assert refusal(pca, listing, serial) in ("InvalidRequestException", "ValidationException")


def test_a_second_revocation_is_an_error(sandbox: Sandbox, pca: Any, listing: str) -> None:
    serial = issue(pca, listing)[-32:]
    revoke(pca, listing, serial)
    assert refusal(pca, listing, pairs(serial)) == "RequestAlreadyProcessedException"
    assert number(crl(sandbox, listing)) == 2


def test_what_the_ca_never_issued_is_not_found(sandbox: Sandbox, pca: Any, listing: str) -> None:
    assert refusal(pca, listing, UNKNOWN) == "ResourceNotFoundException"
    other = sandbox.certificate_authority(name="Other")
    assert refusal(pca, other, issue(pca, listing)[-32:]) == "ResourceNotFoundException"


def test_what_is_not_issued_yet_is_in_progress(sandbox: Sandbox, pca: Any, listing: str) -> None:
    sandbox.configure(private_issue_delay=100)
    serial = issue(pca, listing)[-32:]
    assert refusal(pca, listing, serial) == "RequestInProgressException"
    sandbox.advance(101)
    revoke(pca, listing, serial)


@pytest.mark.parametrize("status", ["PENDING_CERTIFICATE", "DELETED", "FAILED"])
def test_a_ca_without_a_certificate_revokes_nothing(sandbox: Sandbox, pca: Any, listing: str, status: str) -> None:
    serial = issue(pca, listing)[-32:]
    sandbox.change_certificate_authority(listing, status=status)
    assert refusal(pca, listing, serial) == "InvalidStateException"


def test_a_disabled_ca_still_revokes(sandbox: Sandbox, pca: Any, listing: str) -> None:
    serial = issue(pca, listing)[-32:]
    pca.update_certificate_authority(CertificateAuthorityArn=listing, Status="DISABLED")
    revoke(pca, listing, serial)
    assert len(list(crl(sandbox, listing))) == 1


@pytest.mark.parametrize(
    ("reason", "flag"),
    [
        ("KEY_COMPROMISE", x509.ReasonFlags.key_compromise),
        ("CERTIFICATE_AUTHORITY_COMPROMISE", x509.ReasonFlags.ca_compromise),
        ("AFFILIATION_CHANGED", x509.ReasonFlags.affiliation_changed),
        ("SUPERSEDED", x509.ReasonFlags.superseded),
        ("CESSATION_OF_OPERATION", x509.ReasonFlags.cessation_of_operation),
        ("PRIVILEGE_WITHDRAWN", x509.ReasonFlags.privilege_withdrawn),
        ("A_A_COMPROMISE", x509.ReasonFlags.aa_compromise),
    ],
)
def test_the_list_says_why(sandbox: Sandbox, pca: Any, listing: str, reason: str, flag: x509.ReasonFlags) -> None:
    revoke(pca, listing, issue(pca, listing)[-32:], reason)
    (entry,) = crl(sandbox, listing)
    assert entry.extensions.get_extension_for_class(x509.CRLReason).value.reason == flag


def test_no_reason_is_given_as_none(sandbox: Sandbox, pca: Any, listing: str) -> None:
    """RFC 5280, 5.3.1: unspecified should be left out."""
    revoke(pca, listing, issue(pca, listing)[-32:], "UNSPECIFIED")
    (entry,) = crl(sandbox, listing)
    assert len(entry.extensions) == 0


def test_the_list_grows_and_so_does_its_number(sandbox: Sandbox, pca: Any, listing: str) -> None:
    numbers = [number(crl(sandbox, listing))]
    for dummy in range(3):
        revoke(pca, listing, issue(pca, listing)[-32:])
        numbers.append(number(crl(sandbox, listing)))
    assert numbers == [1, 2, 3, 4]
    sandbox.advance(4 * DAY)
    renewed = crl(sandbox, listing)
    assert (number(renewed) > 4, len(list(renewed))) == (True, 3)
    assert renewed.next_update_utc is not None
    assert (renewed.next_update_utc - renewed.last_update_utc).days == 7


def test_the_list_is_late(sandbox: Sandbox, pca: Any, listing: str) -> None:
    """ "A CRL is typically updated approximately 30 minutes after a certificate is revoked"."""
    sandbox.configure(crl_delay=1800)
    revoke(pca, listing, issue(pca, listing)[-32:])
    assert list(crl(sandbox, listing)) == []
    sandbox.advance(1801)
    assert len(list(crl(sandbox, listing))) == 1


def test_a_bucket_that_was_closed_keeps_the_old_list(sandbox: Sandbox, pca: Any, listing: str) -> None:
    """The metric for it is MisconfiguredCRLBucket; the revocation itself succeeds."""
    sandbox.configure(crl_buckets_refusing=["crls"])
    revoke(pca, listing, issue(pca, listing)[-32:])
    assert list(crl(sandbox, listing)) == []
    sandbox.configure(crl_buckets_refusing=[])
    assert len(list(crl(sandbox, listing))) == 1


def test_cloudwatch_counts_the_lists(sandbox: Sandbox, pca: Any, listing: str) -> None:
    """Private CA guide, "Supported CloudWatch metrics"."""
    cloudwatch = sandbox.boto("cloudwatch")

    def counted(metric: str, arn: str = listing) -> list[float]:
        now = datetime.fromtimestamp(sandbox.now(), tz=timezone.utc)
        points = cloudwatch.get_metric_statistics(
            Namespace="AWS/ACMPrivateCA",
            MetricName=metric,
            Dimensions=[{"Name": "PrivateCAArn", "Value": arn}],
            StartTime=now - timedelta(hours=1),
            EndTime=now + timedelta(minutes=1),
            Period=3600,
            Statistics=["Sum"],
        )["Datapoints"]
        return [point["Sum"] for point in points]

    assert (counted("CRLGenerated"), counted("MisconfiguredCRLBucket")) == ([1.0], [])
    sandbox.configure(crl_buckets_refusing=["crls"])
    revoke(pca, listing, issue(pca, listing)[-32:])
    assert (counted("CRLGenerated"), counted("MisconfiguredCRLBucket")) == ([1.0], [1.0])
    assert counted("CRLGenerated", sandbox.certificate_authority(name="Other")) == []
    sandbox.advance(2 * 3600)
    assert counted("MisconfiguredCRLBucket") == []


def test_a_ca_without_a_bucket_has_no_list(sandbox: Sandbox, pca: Any, authority: str) -> None:
    revoke(pca, authority, issue(pca, authority)[-32:])
    assert sandbox.crl(authority) is None
