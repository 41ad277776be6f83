# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import datetime
import itertools
from typing import Any

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils._aws.access import Role
from ansible_collections.tlsops.certificates.plugins.module_utils._errors import ServiceError, TlsopsError
from ansible_collections.tlsops.certificates.plugins.module_utils._threads import concurrently
from botocore import exceptions
from stub_aws import StubAws, aws_error

SERVICES = {
    "acm": "ListCertificates",
    "route53": "ListHostedZones",
    "resourcegroupstaggingapi": "GetResources",
    "sts": "AssumeRole",
}

#: What ACM, Tagging and STS answer, what Route 53 does, and what it says while it works on an earlier change.
THROTTLING = [
    "ThrottlingException",
    "RequestLimitExceeded",
    "TooManyRequestsException",
    "Throttling",
    "PriorRequestNotComplete",
]


@pytest.mark.parametrize(("service", "operation"), SERVICES.items())
@pytest.mark.parametrize("code", THROTTLING)
def test_throttled_calls_are_repeated_with_growing_pauses(service: str, operation: str, code: str) -> None:
    aws = StubAws({operation: [*[aws_error(code)] * 4, {"done": True}]})
    assert aws.access().call(service, operation, {}) == {"done": True}
    times = aws.times(operation)
    pauses = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert len(pauses) == 4
    assert all(pause >= 0.5 * 2**n for n, pause in enumerate(pauses)), pauses


@pytest.mark.parametrize(("service", "operation"), SERVICES.items())
def test_throttling_ends_after_five_minutes(service: str, operation: str) -> None:
    aws = StubAws({operation: [aws_error("ThrottlingException")]})
    with pytest.raises(ServiceError) as caught:
        aws.access().call(service, operation, {})
    assert 300 <= aws.times(operation)[-1] <= 360
    assert aws.count(operation) < 40
    assert "still throttles" in caught.value.message


@pytest.mark.parametrize(
    "error",
    [
        aws_error("InternalFailure", status=500),
        aws_error("ServiceUnavailable", status=503),
        exceptions.EndpointConnectionError(endpoint_url="http://127.0.0.1:1"),
        exceptions.ReadTimeoutError(endpoint_url="http://127.0.0.1:1"),
        exceptions.ConnectionClosedError(endpoint_url="http://127.0.0.1:1"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_broke_on_the_way_is_tried_four_times(error: Exception) -> None:
    assert StubAws({"ListCertificates": [error, error, error, {"ok": 1}]}).access().call("acm", "ListCertificates", {})
    aws = StubAws({"ListCertificates": [error]})
    with pytest.raises(ServiceError) as caught:
        aws.access().call("acm", "ListCertificates", {}, region="eu-west-1")
    assert aws.count("ListCertificates") == 4
    assert "ACM ListCertificates in eu-west-1" in caught.value.message


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("LimitExceededException", "quota"),
        ("AccessDeniedException", "Allow acm:RequestCertificate"),
        ("ExpiredTokenException", "expired"),
        ("UnrecognizedClientException", "doesn't know these credentials"),
        ("ValidationException", "ValidationException: no."),
    ],
)
def test_what_aws_means_is_said_at_once(code: str, says: str) -> None:
    aws = StubAws({"RequestCertificate": [aws_error(code)]})
    with pytest.raises(ServiceError) as caught:
        aws.access().call("acm", "RequestCertificate", {}, about="certificate shop")
    assert aws.count("RequestCertificate") == 1
    assert caught.value.code == code
    assert caught.value.message.startswith("certificate shop: ACM RequestCertificate failed with " + code)
    assert says in caught.value.message


def test_botocore_s_own_retries_are_off() -> None:
    """They take LimitExceededException for throttling."""
    aws = StubAws({"ListCertificates": [{}]})
    aws.access().call("acm", "ListCertificates", {}, region="us-east-1")
    [(service, parameters)] = aws.clients
    assert (service, parameters["region"]) == ("acm", "us-east-1")
    assert parameters["config"].retries["total_max_attempts"] == 1


def test_pages_are_read_as_they_are_needed() -> None:
    aws = StubAws({"ListCertificates": [{"L": [1, 2], "NextToken": "a"}, {"L": [], "NextToken": "b"}, {"L": [3]}]})
    pages = aws.access().pages("acm", "ListCertificates", {"x": 1}, result_key="L")
    assert [next(pages), next(pages)] == [1, 2]
    assert aws.count("ListCertificates") == 1
    assert list(pages) == [3]
    assert [given.get("NextToken") for _operation, given, _at in aws.calls] == [None, "a", "b"]
    assert all(given["x"] == 1 for _operation, given, _at in aws.calls)


def session(minutes: float, key: str = "ASIA1") -> dict[str, Any]:
    expiration = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=minutes)
    secrets = {"SecretAccessKey": "secret", "SessionToken": "token"}
    return {"Credentials": {"AccessKeyId": key, "Expiration": expiration, **secrets}}


def test_a_role_is_assumed_once_and_its_credentials_are_used() -> None:
    aws = StubAws({"AssumeRole": [session(60)], "ListHostedZones": [{}]})
    access = aws.access().as_role(Role("arn:aws:iam::222222222222:role/dns", "xyz"))
    access.call("route53", "ListHostedZones", {})
    access.call("route53", "ListHostedZones", {})
    assert [operation for operation, _given, _at in aws.calls] == ["AssumeRole", "ListHostedZones", "ListHostedZones"]
    assert aws.calls[0][1]["ExternalId"] == "xyz"
    used = [parameters.get("aws_access_key_id") for service, parameters in aws.clients if service == "route53"]
    assert used == ["ASIA1"]


def test_an_external_id_is_sent_only_if_there_is_one() -> None:
    aws = StubAws({"AssumeRole": [session(60)], "ListHostedZones": [{}]})
    aws.access().as_role(Role("arn:aws:iam::222222222222:role/dns")).call("route53", "ListHostedZones", {})
    assert "ExternalId" not in aws.calls[0][1]


def test_a_session_is_renewed_before_it_ends_and_when_it_has_ended() -> None:
    aws = StubAws({"AssumeRole": [session(4), session(60, "ASIA2")], "ListHostedZones": [{}]})
    access = aws.access().as_role(Role("arn:aws:iam::222222222222:role/dns"))
    access.call("route53", "ListHostedZones", {})
    access.call("route53", "ListHostedZones", {})
    assert aws.count("AssumeRole") == 2
    aws = StubAws({"AssumeRole": [session(60)], "ListHostedZones": [aws_error("ExpiredToken"), {"ok": 1}]})
    assert aws.access().as_role(Role("arn:aws:iam::222222222222:role/dns")).call("route53", "ListHostedZones", {})
    assert aws.count("AssumeRole") == 2


def test_credentials_of_the_user_that_have_expired_are_not_tried_again() -> None:
    aws = StubAws({"ListHostedZones": [aws_error("ExpiredToken")]})
    with pytest.raises(ServiceError, match="expired"):
        aws.access().call("route53", "ListHostedZones", {})
    assert aws.count("ListHostedZones") == 1


def test_a_role_that_cannot_be_assumed_is_named() -> None:
    aws = StubAws({"AssumeRole": [aws_error("AccessDenied")], "ListHostedZones": [{}]})
    with pytest.raises(ServiceError, match="role arn:aws:iam::222222222222:role/dns") as caught:
        aws.access().as_role(Role("arn:aws:iam::222222222222:role/dns")).call("route53", "ListHostedZones", {})
    assert "trust policy" in caught.value.message
    assert aws.count("ListHostedZones") == 0


def test_a_session_shows_no_secret() -> None:
    aws = StubAws({"AssumeRole": [session(60)], "ListHostedZones": [{}]})
    access = aws.access().as_role(Role("arn:aws:iam::222222222222:role/dns"))
    access.call("route53", "ListHostedZones", {})
    assert "secret" not in repr(access._session)
    assert "token=" not in repr(access._session)


@pytest.mark.parametrize("count", [1, 2, 40])
def test_one_item_s_error_spares_the_others(count: int) -> None:
    def work(item: int) -> int:
        if item == 0:
            raise TlsopsError("no")
        return item * 10

    outcomes = concurrently(work, range(count))
    assert [outcome.item for outcome in outcomes] == list(range(count))
    assert [outcome.result for outcome in outcomes] == [None, *[item * 10 for item in range(1, count)]]
    assert [bool(outcome.error) for outcome in outcomes] == [True, *[False] * (count - 1)]


def test_a_bug_of_ours_is_no_outcome() -> None:
    with pytest.raises(ZeroDivisionError):
        concurrently(lambda item: 1 / item, [1, 0, 2])
