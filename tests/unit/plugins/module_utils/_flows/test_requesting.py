# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils._certificate_choice import fingerprint
from ansible_collections.tlsops.certificates.plugins.module_utils._certificates import WantedCertificate
from ansible_collections.tlsops.certificates.plugins.module_utils._flows.requesting import PlannedRequest, request_all
from stub_aws import StubAws, aws_error

REGION = "eu-west-1"
WANTED = WantedCertificate("example.com", ("*.example.com", "example.com"), REGION, name="shop", tags={"team": "web"})
CA = f"arn:aws:acm-pca:{REGION}:111111111111:certificate-authority/1"
NOT_FOUND = aws_error("ResourceNotFoundException")


def requested(number: int = 1) -> dict[str, str]:
    return {"CertificateArn": f"arn-{number}"}


def described(number: int = 1, records: int = 2, **more: Any) -> dict[str, Any]:
    """The first ``records`` of the names show theirs."""
    options = []
    for position, name in enumerate(WANTED.names):
        option: dict[str, Any] = {
            "DomainName": name,
            "ValidationMethod": "DNS",
            "ValidationStatus": "PENDING_VALIDATION",
        }
        if position < records:
            option["ResourceRecord"] = {"Name": "_a.example.com.", "Type": "CNAME", "Value": "_b.acm-validations.aws."}
        options.append(option)
    return {
        "Certificate": {
            "CertificateArn": f"arn-{number}",
            "DomainName": "example.com",
            "SubjectAlternativeNames": list(WANTED.names),
            "Status": "PENDING_VALIDATION",
            "Type": "AMAZON_ISSUED",
            "DomainValidationOptions": options,
            **more,
        }
    }


def request(aws: StubAws, wanted: WantedCertificate = WANTED) -> Any:
    [outcome] = request_all(aws.access(), [PlannedRequest(wanted)])
    return outcome


def test_what_is_asked_of_acm() -> None:
    aws = StubAws({"RequestCertificate": [requested()], "DescribeCertificate": [described()]})
    certificate = request(aws).result
    asked = aws.calls[0][1]
    token = asked.pop("IdempotencyToken")
    assert len(token) == 32
    assert asked == {
        "DomainName": "example.com",
        "SubjectAlternativeNames": ["*.example.com", "example.com"],
        "KeyAlgorithm": "RSA_2048",
        "ValidationMethod": "DNS",
        "Tags": [
            {"Key": "team", "Value": "web"},
            {"Key": "tlsops:managed-by", "Value": "tlsops.certificates"},
            {"Key": "tlsops:name", "Value": "shop"},
            {"Key": "tlsops:request", "Value": fingerprint(WANTED)},
        ],
    }
    assert [record.domain_names for record in certificate.validation_records] == [("*.example.com", "example.com")]
    assert aws.count("DescribeCertificate") == 1


def test_a_private_certificate_is_asked_for_without_a_validation() -> None:
    private = WantedCertificate("db.internal", ("db.internal",), REGION, certificate_authority_arn=CA)
    answer = described(Type="PRIVATE", DomainValidationOptions=[])
    aws = StubAws({"RequestCertificate": [requested()], "DescribeCertificate": [answer]})
    request(aws, private)
    assert aws.calls[0][1]["CertificateAuthorityArn"] == CA
    assert "ValidationMethod" not in aws.calls[0][1]


@pytest.mark.parametrize(
    "early",
    [
        [NOT_FOUND],
        [described(records=0)],
        [described(records=1)],
        [described(DomainValidationOptions=[])],
        [NOT_FOUND, described(DomainValidationOptions=[]), described(records=0), described(records=1)],
    ],
    ids=["unknown", "no record", "one record", "no validation", "one after the other"],
)
def test_every_record_is_waited_for(early: list[Any]) -> None:
    aws = StubAws({"RequestCertificate": [requested()], "DescribeCertificate": [*early, described()]})
    certificate = request(aws).result
    assert not certificate.awaits_records
    assert aws.count("DescribeCertificate") == len(early) + 1
    assert aws.count("RequestCertificate") == 1


def test_records_that_never_show_are_given_up_after_five_minutes() -> None:
    aws = StubAws({"RequestCertificate": [requested()], "DescribeCertificate": [described(records=1)]})
    outcome = request(aws)
    assert "arn-1" in outcome.error.message
    assert 295 < aws.times("DescribeCertificate")[-1] < 320
    assert aws.count("DescribeCertificate") < 40


def test_an_arn_that_stays_unknown_is_a_dead_one_and_another_is_asked_for() -> None:
    """Deleted within the hour: the token gives back what isn't there any more."""

    def known(parameters: dict[str, Any]) -> Any:
        return NOT_FOUND if parameters["CertificateArn"] != "arn-3" else described(3)

    aws = StubAws({"RequestCertificate": [requested(1), requested(2), requested(3)], "DescribeCertificate": [known]})
    assert request(aws).result.arn == "arn-3"
    tokens = [asked["IdempotencyToken"] for operation, asked, _at in aws.calls if operation == "RequestCertificate"]
    assert len(set(tokens)) == 3
    assert aws.times("RequestCertificate")[1] >= 20


def test_a_certificate_that_failed_at_once_is_shown_as_it_is() -> None:
    answer = described(records=0, Status="FAILED", FailureReason="DOMAIN_NOT_ALLOWED")
    aws = StubAws({"RequestCertificate": [requested()], "DescribeCertificate": [answer]})
    assert request(aws).result.condition.reason == "DomainNotAllowed"
