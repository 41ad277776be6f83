# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import uuid
from typing import Any

import pytest
from aws_session import refused
from sandbox.client import Sandbox


@pytest.fixture
def aws(sandbox: Sandbox) -> Any:
    return sandbox.boto("secretsmanager")


def test_the_last_version_is_the_current_one(aws: Any, sandbox: Sandbox) -> None:
    made = aws.create_secret(Name="web/tls", SecretString="one", Tags=[{"Key": "a", "Value": "b"}])
    aws.put_secret_value(SecretId=made["ARN"], SecretString="two")
    assert aws.get_secret_value(SecretId="web/tls")["SecretString"] == "two"
    assert aws.describe_secret(SecretId="web/tls")["Tags"] == [{"Key": "a", "Value": "b"}]
    assert "two" not in str(sandbox.calls())
    other = sandbox.boto("secretsmanager", "222222222222")
    assert refused(other.get_secret_value, SecretId="web/tls")["Code"] == "ResourceNotFoundException"


def test_a_name_is_taken_until_its_secret_is_gone(aws: Any) -> None:
    aws.create_secret(Name="tls")
    assert refused(aws.get_secret_value, SecretId="tls")["Code"] == "ResourceNotFoundException"
    assert refused(aws.create_secret, Name="tls")["Code"] == "ResourceExistsException"
    aws.delete_secret(SecretId="tls")
    for call in (aws.get_secret_value, aws.delete_secret):
        assert refused(call, SecretId="tls")["Code"] == "InvalidRequestException"
    assert refused(aws.create_secret, Name="tls")["Code"] == "InvalidRequestException"
    assert refused(aws.put_secret_value, SecretId="tls", SecretString="x")["Code"] == "InvalidRequestException"


def test_a_token_stands_for_one_value(aws: Any) -> None:
    aws.create_secret(Name="tls", SecretString="one")
    token = str(uuid.uuid4())
    for dummy in range(2):
        aws.put_secret_value(SecretId="tls", SecretString="two", ClientRequestToken=token)
    error = refused(aws.put_secret_value, SecretId="tls", SecretString="three", ClientRequestToken=token)
    assert error["Code"] == "ResourceExistsException"
