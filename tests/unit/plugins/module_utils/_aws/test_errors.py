# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils._aws import errors
from botocore import exceptions
from botocore.exceptions import ClientError
from stub_aws import aws_error


def test_a_code_is_aws_s_own_or_the_exception_s_name() -> None:
    assert errors.code_of(aws_error("X")) == "X"
    assert errors.code_of(exceptions.NoCredentialsError()) == "NoCredentialsError"
    legacy = ClientError({"Error": {"Code": ""}, "ResponseMetadata": {"HTTPStatusCode": 400}}, "X")
    assert errors.code_of(legacy) == "400"


def test_a_message_is_one_line_of_bounded_length() -> None:
    assert errors.message_of(aws_error("X", "two\n  lines")) == "two lines"
    assert len(errors.message_of(aws_error("X", "x" * 9000))) < 600
    batch = {
        "Error": {"Code": "InvalidChangeBatch"},
        "messages": ["a", "b"],
        "ResponseMetadata": {"HTTPStatusCode": 400},
    }
    assert errors.message_of(ClientError(batch, "ChangeResourceRecordSets")) == "a; b"


@pytest.mark.parametrize(
    ("error", "transient"),
    [
        (aws_error("X", status=500), True),
        (aws_error("X", status=503), True),
        (aws_error("X", status=400), False),
        (exceptions.EndpointConnectionError(endpoint_url="x"), True),
        (exceptions.ConnectTimeoutError(endpoint_url="x"), True),
        (exceptions.NoCredentialsError(), False),
        (exceptions.ParamValidationError(report="x"), False),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_worth_another_try(error: Exception, transient: bool) -> None:
    assert errors.is_transient(error) is transient


@pytest.mark.parametrize(
    ("service", "operation", "action"),
    [
        ("acm", "ListCertificates", "acm:ListCertificates"),
        ("resourcegroupstaggingapi", "GetResources", "tag:GetResources"),
        ("route53", "GetChange", "route53:GetChange"),
    ],
)
def test_a_denied_action_is_named_as_policies_name_it(service: str, operation: str, action: str) -> None:
    error = errors.service_error(aws_error("AccessDenied", "No."), service, operation, None, "")
    assert f"Allow {action} to" in error.message
    assert (error.code, error.operation, error.service_message) == ("AccessDenied", operation, "No.")
    assert error.details["error"]["code"] == "AccessDenied"


def test_a_quota_of_another_call_is_not_explained_as_acm_s() -> None:
    error = errors.service_error(aws_error("LimitExceededException"), "acm", "ImportCertificate", "eu-west-1", "x")
    assert error.message == "x: ACM ImportCertificate in eu-west-1 failed with LimitExceededException: no."
