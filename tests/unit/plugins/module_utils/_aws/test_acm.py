# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import botocore.session
import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils._aws import acm
from ansible_collections.tlsops.certificates.plugins.module_utils._errors import ServiceError
from stub_aws import StubAws, _Client, aws_error

MODEL = botocore.session.Session().get_service_model("acm")
REGION = "eu-west-1"


def test_every_kind_of_key_and_origin_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    """ListCertificates hides EC, large RSA and ACME certificates from whoever doesn't ask for them."""
    monkeypatch.setattr(_Client, "input_shape", MODEL.operation_model("ListCertificates").input_shape)
    aws = StubAws({"ListCertificates": [{"CertificateSummaryList": []}]})
    assert list(acm.list_certificates(aws.access(), REGION)) == []
    asked = aws.calls[0][1]
    assert set(asked["Includes"]["keyTypes"]) == set(MODEL.shape_for("KeyAlgorithm").enum)
    assert set(asked["CertificateKeyPairOrigins"]) == set(MODEL.shape_for("CertificateKeyPairOrigin").enum)
    assert asked["MaxItems"] == 1000
    assert (asked["SortBy"], asked["SortOrder"]) == ("CREATED_AT", "DESCENDING")


def test_an_old_botocore_is_not_asked_for_origins() -> None:
    aws = StubAws({"ListCertificates": [{"CertificateSummaryList": []}]})
    list(acm.list_certificates(aws.access(), REGION))
    assert "CertificateKeyPairOrigins" not in aws.calls[0][1]


GONE = aws_error("ResourceNotFoundException")
DENIED = aws_error("AccessDeniedException")


@pytest.mark.parametrize(
    ("operation", "call", "gone"),
    [
        ("DescribeCertificate", acm.describe_certificate, None),
        ("DeleteCertificate", acm.delete_certificate, False),
        ("ListTagsForCertificate", acm.list_tags, {}),
    ],
)
def test_what_is_gone_is_no_error_and_what_is_denied_is(operation: str, call: Any, gone: Any) -> None:
    assert call(StubAws({operation: [GONE]}).access(), "arn-1", REGION) == gone
    with pytest.raises(ServiceError, match=f"arn-1: ACM {operation}"):
        call(StubAws({operation: [DENIED]}).access(), "arn-1", REGION)


def test_a_tag_is_removed_with_its_value() -> None:
    aws = StubAws({"RemoveTagsFromCertificate": [{}]})
    acm.remove_tags(aws.access(), "arn-1", REGION, {"b": "2", "a": ""})
    assert aws.calls[0][1]["Tags"] == [{"Key": "a", "Value": ""}, {"Key": "b", "Value": "2"}]
