# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Route 53 as boto3 sees it, in the running sandbox: names, types and errors on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from sandbox.client import Sandbox
from sandbox.local_route53 import change


@pytest.fixture
def route53(sandbox: Sandbox) -> Any:
    return sandbox.boto("route53")


@pytest.fixture
def zone_id(route53: Any, sandbox: Sandbox) -> str:
    made = route53.create_hosted_zone(Name="example.com", CallerReference=f"wire {sandbox.now()}")
    return str(made["HostedZone"]["Id"])


def change_records(route53: Any, zone_id: str, *changes: dict[str, Any]) -> Any:
    return route53.change_resource_record_sets(HostedZoneId=zone_id, ChangeBatch={"Changes": list(changes)})


def test_shapes(route53: Any, zone_id: str) -> None:
    found = route53.get_hosted_zone(Id=zone_id)
    assert found["HostedZone"]["Id"].startswith("/hostedzone/Z")
    assert found["HostedZone"]["Config"] == {"PrivateZone": False}
    assert len(found["DelegationSet"]["NameServers"]) == 4
    info = change_records(route53, zone_id, change("UPSERT", "*.example.com", "CNAME", "_v.acm-validations.aws"))
    assert info["ChangeInfo"]["Status"] == "PENDING"
    assert isinstance(info["ChangeInfo"]["SubmittedAt"], datetime)
    pages = route53.get_paginator("list_resource_record_sets").paginate(HostedZoneId=zone_id, MaxItems="1")
    records = [record for page in pages for record in page["ResourceRecordSets"]]
    assert [(record["Name"], record["Type"], record["TTL"]) for record in records] == [
        ("example.com.", "NS", 172800),
        ("example.com.", "SOA", 900),
        ("\\052.example.com.", "CNAME", 300),
    ]
    zones = route53.list_hosted_zones_by_name(DNSName="example.com", MaxItems="1")
    assert (zones["IsTruncated"], zones["MaxItems"], zones["DNSName"]) == (False, "1", "example.com")


def test_the_waiter_ends_with_insync(route53: Any, zone_id: str, sandbox: Sandbox) -> None:
    info = change_records(route53, zone_id, change("UPSERT", "www.example.com", "A", "192.0.2.1"))["ChangeInfo"]
    sandbox.advance(1)
    route53.get_waiter("resource_record_sets_changed").wait(Id=info["Id"], WaiterConfig={"MaxAttempts": 1})


def test_an_invalid_batch(route53: Any, zone_id: str) -> None:
    with pytest.raises(route53.exceptions.InvalidChangeBatch) as caught:
        change_records(route53, zone_id, change("DELETE", "www.example.com", "A", "192.0.2.1"))
    error = caught.value.response["Error"]
    words = "Tried to delete resource record set [name='www.example.com.', type='A'] but it was not found"
    assert (error["Code"], error["Message"]) == ("InvalidChangeBatch", f"[{words}]")


def test_an_invalid_batch_in_the_older_form_has_no_code(route53: Any, zone_id: str, sandbox: Sandbox) -> None:
    """API reference, InvalidChangeBatch: a list of messages; botocore 1.44 finds no code in it."""
    sandbox.configure(legacy_batch_errors=True)
    with pytest.raises(route53.exceptions.ClientError) as caught:
        change_records(route53, zone_id, change("DELETE", "www.example.com", "A", "192.0.2.1"))
    response = caught.value.response
    assert not response["Error"].get("Code")
    assert "but it was not found" in response["Messages"]["Message"]
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_errors_have_codes_and_status(route53: Any, zone_id: str) -> None:
    for operation, parameters, code, status in (
        ("get_hosted_zone", {"Id": "Z0000000000"}, "NoSuchHostedZone", 404),
        ("get_change", {"Id": "/change/C0000000000"}, "NoSuchChange", 404),
        ("list_hosted_zones", {"MaxItems": "none"}, "InvalidInput", 400),
    ):
        with pytest.raises(route53.exceptions.ClientError) as caught:
            getattr(route53, operation)(**parameters)
        response = caught.value.response
        assert (response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]) == (code, status)


def test_from_request_to_resolution(route53: Any, zone_id: str, sandbox: Sandbox) -> None:
    sandbox.delegate("example.com", zone_id)
    change_records(route53, zone_id, change("UPSERT", "_t.example.com", "CNAME", "_v.acm-validations.aws."))
    assert sandbox.resolve("_t.example.com", "CNAME")["rcode"] != "NOERROR", "PENDING is not served"
    sandbox.advance(1)
    assert sandbox.resolve("_t.example.com", "CNAME")["records"] == [["CNAME", "_v.acm-validations.aws."]]


def test_calls_are_logged_with_their_names(route53: Any, zone_id: str, sandbox: Sandbox) -> None:
    sandbox.clear_calls()
    route53.get_hosted_zone(Id=zone_id)
    (call,) = sandbox.calls("route53")
    assert (call["action"], call["account"], call["status"]) == ("GetHostedZone", "111111111111", 200)
