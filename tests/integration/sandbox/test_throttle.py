# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Throttling at AWS's published rates: ACM quotas; Route 53 "Throttling of API requests" of 30 July 2026."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from aws_session import ACCOUNT, OTHER
from botocore.exceptions import ClientError
from sandbox.calls import Call
from sandbox.client import Sandbox
from sandbox.clock import Clock
from sandbox.errors import AwsError
from sandbox.settings import Settings
from sandbox.throttle import Throttle, TokenBucket


class Standing:
    """A clock that stands still."""

    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        return self.time


def call(service: str, action: str, account: str = ACCOUNT, region: str = "eu-west-1") -> Call:
    return Call(0.0, service, action, account, region, "")


def passed(throttle: Throttle, made: Call, most: int = 2000) -> int:
    """How many calls pass at one moment."""
    for count in range(most):
        try:
            throttle.charge(made)
        except AwsError:
            return count
    return most


def until_refused(made: Callable[[], Any]) -> dict[str, Any]:
    for dummy in range(200):
        try:
            made()
        except ClientError as error:
            return dict(error.response)
    raise AssertionError("200 calls passed")


@pytest.fixture
def clock() -> Clock:
    return Clock(Standing())


@pytest.fixture
def throttle(clock: Clock) -> Throttle:
    return Throttle(clock, Settings(throttle=True))


def test_a_bucket_starts_full_refills_and_never_overflows() -> None:
    now = Standing()
    bucket = TokenBucket(10, 2, now)
    assert bucket.take(10)
    assert not bucket.take()
    now.time += 1
    assert bucket.take(2)
    now.time += 1000
    assert bucket.take(10)
    assert not bucket.take()


def test_a_bucket_gives_all_tokens_or_none() -> None:
    bucket = TokenBucket(10, 2, Standing())
    assert not bucket.take(11)
    assert bucket.take(10)


@pytest.mark.parametrize(
    ("action", "rate"),
    [("RequestCertificate", 5), ("DescribeCertificate", 10), ("ListCertificates", 8), ("ImportCertificate", 1)],
)
def test_acm_rates_per_second(throttle: Throttle, clock: Clock, action: str, rate: int) -> None:
    assert passed(throttle, call("acm", action)) == rate
    clock.advance(1)
    assert passed(throttle, call("acm", action)) == rate


@pytest.mark.parametrize(
    ("action", "rate"),
    [
        ("IssueCertificate", 25),
        ("GetCertificate", 75),
        ("RevokeCertificate", 20),
        ("DescribeCertificateAuthority", 20),
        ("ListCertificateAuthorities", 20),
        ("CreatePermission", 1),
    ],
)
def test_private_ca_rates_per_second(throttle: Throttle, clock: Clock, action: str, rate: int) -> None:
    """General Reference, "AWS Private CA quotas"."""
    assert passed(throttle, call("acm-pca", action)) == rate
    clock.advance(1)
    assert passed(throttle, call("acm-pca", action)) == rate


def test_acm_counts_each_account_region_and_action_by_itself(throttle: Throttle) -> None:
    assert passed(throttle, call("acm", "RequestCertificate")) == 5
    assert passed(throttle, call("acm", "RequestCertificate", region="us-east-1")) == 5
    assert passed(throttle, call("acm", "RequestCertificate", account=OTHER)) == 5
    assert passed(throttle, call("acm", "DescribeCertificate")) == 10


def test_route53_has_a_burst_of_50_and_10_a_second(throttle: Throttle, clock: Clock) -> None:
    assert passed(throttle, call("route53", "GetChange")) == 50
    clock.advance(1)
    assert passed(throttle, call("route53", "GetChange")) == 10


def test_route53_actions_share_the_account_bucket(throttle: Throttle) -> None:
    assert passed(throttle, call("route53", "GetChange")) == 50
    assert passed(throttle, call("route53", "ListHostedZones")) == 0
    assert passed(throttle, call("route53", "ListHostedZones", account=OTHER)) == 50


def test_route53_create_hosted_zone_has_a_slower_bucket(throttle: Throttle, clock: Clock) -> None:
    assert passed(throttle, call("route53", "CreateHostedZone")) == 40
    clock.advance(2)
    assert passed(throttle, call("route53", "CreateHostedZone")) == 4


def test_route53_changes_cost_tokens(throttle: Throttle, clock: Clock) -> None:
    throttle.charge_changes(ACCOUNT, 1500)
    with pytest.raises(AwsError, match="Rate exceeded"):
        throttle.charge_changes(ACCOUNT, 1)
    clock.advance(10)
    throttle.charge_changes(ACCOUNT, 1000)


def test_a_refused_request_costs_nothing(throttle: Throttle, clock: Clock) -> None:
    passed(throttle, call("acm", "RequestCertificate"))
    passed(throttle, call("acm", "RequestCertificate"))
    clock.advance(0.2)
    assert passed(throttle, call("acm", "RequestCertificate")) == 1


def test_nothing_is_throttled_unless_asked(sandbox: Sandbox) -> None:
    acm = sandbox.boto("acm")
    for dummy in range(20):
        acm.list_certificates()


def test_acm_answers_throttling_exception(sandbox: Sandbox) -> None:
    sandbox.configure(throttle=True)
    acm = sandbox.boto("acm")
    error = until_refused(acm.list_certificates)
    assert (error["Error"]["Code"], error["Error"]["Message"]) == ("ThrottlingException", "Rate exceeded")
    sandbox.advance(60)
    acm.list_certificates()
    assert "ThrottlingException" in {made["error"] for made in sandbox.calls("acm")}


def test_route53_answers_throttling_with_400(sandbox: Sandbox) -> None:
    sandbox.configure(throttle=True)
    error = until_refused(sandbox.boto("route53").list_hosted_zones)
    assert (error["Error"]["Code"], error["Error"]["Message"]) == ("Throttling", "Rate exceeded")
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 400
