# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Token buckets at AWS's published rates.

Sources: ACM "Quotas" (acm-limits): requests per second, per account and Region; Route 53 "Throttling of API
requests" (in force since 30 July 2026): a bucket of 50, refilled by 10 a second, per account and per account and
action, CreateHostedZone 40/2, DeleteHostedZone 40/5. Tagging: "Resource Groups Tagging API quotas". STS: "IAM and
STS quotas" (600 a second, shared). Elastic Load Balancing: "Request throttling for the Elastic Load Balancing API": per
account and Region, a bucket for all calls, one for Describe*, one for changes, one for resource-intensive changes.
Private CA: General Reference, "AWS Private CA quotas". CloudFront publishes none; seen were four updates at once and
then one in two to four seconds (certd#796).
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from .calls import Call
from .clock import Clock
from .errors import AwsError
from .settings import Settings

ACM_RATES = {
    "RequestCertificate": 5,
    "DescribeCertificate": 10,
    "ListCertificates": 8,
    "SearchCertificates": 5,
    "GetCertificate": 10,
    "DeleteCertificate": 10,
    "ImportCertificate": 1,
    "ExportCertificate": 10,
    "RenewCertificate": 5,
    "UpdateCertificateOptions": 5,
    "ResendValidationEmail": 1,
    "AddTagsToCertificate": 5,
    "RemoveTagsFromCertificate": 5,
    "ListTagsForCertificate": 10,
    "GetAccountConfiguration": 1,
    "PutAccountConfiguration": 1,
}
PCA_RATES = {
    "CreateCertificateAuthority": 1,
    "CreatePermission": 1,
    "DeletePermission": 1,
    "DescribeCertificateAuthority": 20,
    "GetCertificate": 75,
    "GetCertificateAuthorityCertificate": 20,
    "IssueCertificate": 25,
    "ListCertificateAuthorities": 20,
    "ListPermissions": 5,
    "RevokeCertificate": 20,
}
TAGGING_RATES = {"GetResources": 15, "TagResources": 5, "UntagResources": 5}
ROUTE53_BUCKETS = {"CreateHostedZone": (40, 2), "DeleteHostedZone": (40, 5)}
ROUTE53_BUCKET = (50, 10)
ROUTE53_CHANGE_BUCKET = (1500, 100)
ELB_BUCKETS = {"all": (40, 10), "describe": (40, 10), "change": (20, 3), "resource-intensive": (10, 0.2)}
ELB_RESOURCE_INTENSIVE = {"CreateLoadBalancer", "DeleteLoadBalancer", "SetSubnets"}
CLOUDFRONT_UPDATE_BUCKET = (4, 1 / 3)
CLOUDFRONT_CHANGES = {
    "UpdateDistribution",
    "CreateDistributionTenant",
    "UpdateDistributionTenant",
    "DeleteDistributionTenant",
}


class TokenBucket:
    """A bucket that starts full."""

    def __init__(self, capacity: float, rate: float, now: Callable[[], float]) -> None:
        self.capacity = float(capacity)
        self.rate = float(rate)
        self._now = now
        self._tokens = float(capacity)
        self._filled_at = now()
        self._lock = threading.Lock()

    def _refill(self) -> None:
        now = self._now()
        self._tokens = min(self.capacity, self._tokens + max(0.0, now - self._filled_at) * self.rate)
        self._filled_at = now

    def has(self, count: float = 1) -> bool:
        """Whether that many tokens are there; takes none."""
        with self._lock:
            self._refill()
            return self._tokens >= count

    def take(self, count: float = 1) -> bool:
        """Take the tokens, or none of them."""
        with self._lock:
            self._refill()
            if self._tokens < count:
                return False
            self._tokens -= count
            return True


class Throttle:
    """All buckets of one sandbox; without `settings.throttle` nothing is counted."""

    def __init__(self, clock: Clock, settings: Settings) -> None:
        self._clock = clock
        self._settings = settings
        self._buckets: dict[tuple[str, ...], TokenBucket] = {}
        self._lock = threading.Lock()

    def reset(self) -> None:
        with self._lock:
            self._buckets.clear()

    def bucket(self, key: tuple[str, ...], capacity: float, rate: float) -> TokenBucket:
        """The bucket of this key, made on first use."""
        with self._lock:
            if key not in self._buckets:
                self._buckets[key] = TokenBucket(capacity, rate, self._clock.now)
            return self._buckets[key]

    def charge(self, call: Call) -> None:
        """Count the request, or raise the service's throttling error."""
        if call.service == "cloudfront":
            buckets = self._cloudfront_buckets(call)
        elif self._settings.throttle:
            buckets = self._request_buckets(call)
        else:
            return
        with self._lock:
            enough = all(bucket.has() for bucket in buckets)
            if enough:
                for bucket in buckets:
                    bucket.take()
        if not enough:
            raise throttled(call.service)

    def charge_changes(self, account: str, tokens: int) -> None:
        """Count Route 53's change tokens (UPSERT 2, CREATE and DELETE 1), or raise Throttling."""
        if not self._settings.throttle:
            return
        if not self.bucket(("route53-changes", account), *ROUTE53_CHANGE_BUCKET).take(tokens):
            raise throttled("route53")

    def _request_buckets(self, call: Call) -> list[TokenBucket]:
        if call.service == "route53":
            return [
                self.bucket(("route53", call.account), *ROUTE53_BUCKET),
                self.bucket(("route53", call.account, call.action), *ROUTE53_BUCKETS.get(call.action, ROUTE53_BUCKET)),
            ]
        if call.service == "elasticloadbalancing":
            return [
                self.bucket((call.service, call.account, call.region, kind), *ELB_BUCKETS[kind])
                for kind in ("all", _elb_kind(call.action))
            ]
        rate = {"acm": ACM_RATES, "acm-pca": PCA_RATES, "tag": TAGGING_RATES}.get(call.service, {}).get(call.action)
        if rate is None:
            return []
        return [self.bucket((call.service, call.account, call.region, call.action), rate, rate)]

    def _cloudfront_buckets(self, call: Call) -> list[TokenBucket]:
        if not self._settings.cloudfront_throttle or call.action not in CLOUDFRONT_CHANGES:
            return []
        return [self.bucket((call.service, call.account), *CLOUDFRONT_UPDATE_BUCKET)]


def _elb_kind(action: str) -> str:
    if action.startswith("Describe"):
        return "describe"
    return "resource-intensive" if action in ELB_RESOURCE_INTENSIVE else "change"


def throttled(service: str) -> AwsError:
    """The XML services answer `Throttling` (Elastic Load Balancing: boto3#3125, although its page says
    ThrottlingException; CloudFront: certd#796), the JSON ones ThrottlingException; all 400 "Rate exceeded"."""
    xml = service in ("route53", "elasticloadbalancing", "cloudfront")
    return AwsError("Throttling" if xml else "ThrottlingException", "Rate exceeded")
