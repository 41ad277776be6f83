# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of the sandbox say to it again and again."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from sandbox.client import Sandbox

ACCOUNT = "111111111111"
OTHER = "222222222222"
NEVER = "arn:aws:acm:eu-west-1:111111111111:certificate/00000000-0000-0000-0000-000000000000"


def refused(call: Callable[..., Any], **parameters: Any) -> dict[str, Any]:
    """The call's error: `Code`, `Message`, and `Status` of HTTP."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    response = caught.value.response
    return {**response["Error"], "Status": response["ResponseMetadata"]["HTTPStatusCode"]}


def limited(sandbox: Sandbox, service: str, *statements: dict[str, Any]) -> Any:
    """A client of a user with these statements only."""
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement} for statement in statements]}
    access_key, secret_key = sandbox.credentials(name=f"limited-{service}", policy=policy)
    return sandbox.boto(service, credentials={"AccessKeyId": access_key, "SecretAccessKey": secret_key})


def request(acm: Any, *names: str, **parameters: Any) -> str:
    """Request a certificate for the names by DNS; its ARN."""
    given: dict[str, Any] = {"DomainName": names[0], "ValidationMethod": "DNS", **parameters}
    if names[1:]:
        given["SubjectAlternativeNames"] = list(names[1:])
    return str(acm.request_certificate(**given)["CertificateArn"])


def described(acm: Any, arn: str) -> dict[str, Any]:
    found: dict[str, Any] = acm.describe_certificate(CertificateArn=arn)["Certificate"]
    return found


def make_zone(sandbox: Sandbox, name: str, account: str = ACCOUNT, delegate: bool = True) -> str:
    """A public hosted zone, delegated at the registrar; its id."""
    route53 = sandbox.boto("route53", account)
    zone = route53.create_hosted_zone(Name=name, CallerReference=f"{name} {time.monotonic_ns()}")["HostedZone"]["Id"]
    zone_id = str(zone).rpartition("/")[2]
    if delegate:
        sandbox.delegate(name, zone_id)
    return zone_id


def put_records(
    sandbox: Sandbox, zone_id: str, records: list[tuple[str, str, str]], account: str = ACCOUNT, action: str = "UPSERT"
) -> None:
    """Change records given as (name, type, value)."""
    changes = [
        {
            "Action": action,
            "ResourceRecordSet": {"Name": name, "Type": kind, "TTL": 300, "ResourceRecords": [{"Value": value}]},
        }
        for name, kind, value in records
    ]
    sandbox.boto("route53", account).change_resource_record_sets(HostedZoneId=zone_id, ChangeBatch={"Changes": changes})


def validation_records(acm: Any, arn: str) -> list[tuple[str, str, str]]:
    """The CNAMEs ACM asks for, each once."""
    options = described(acm, arn)["DomainValidationOptions"]
    records = [option["ResourceRecord"] for option in options]
    return list(dict.fromkeys((record["Name"], record["Type"], record["Value"]) for record in records))


def later(check: Callable[[], Any], what: str = "") -> Any:
    """What the check returns once it is true; for what real threads do, and the clock does not reach."""
    deadline = time.monotonic() + 10
    while True:
        found = check()
        if found:
            return found
        assert time.monotonic() < deadline, f"never happened: {what}"
        time.sleep(0.05)
