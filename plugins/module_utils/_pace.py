# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""How fast and how long: deadlines, intervals, and token buckets at the rates AWS publishes. The clock is passed in."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

# What modules that wait default to, in seconds. ACM mostly validates within half an hour; Terraform waits as long.
WAIT_TIMEOUT = 4500
POLL_INTERVAL = 15

# Other people's jobs work in the same account, and clocks differ a little: stay below what AWS publishes.
SHARE = 0.95


class Clock(Protocol):
    """Monotonic seconds, and a way to let them pass."""

    def now(self) -> float:
        """Seconds since some moment."""

    def sleep(self, seconds: float) -> None:
        """Let the seconds pass."""


class SystemClock:
    """The real time."""

    def now(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        if seconds > 0:
            time.sleep(seconds)


class Deadline:
    """The end of a wait, a number of seconds from when it is made; None never comes."""

    def __init__(self, clock: Clock, seconds: float | None) -> None:
        self._clock = clock
        self._end = None if seconds is None else clock.now() + seconds

    def left(self) -> float:
        """Seconds till then, never below 0."""
        return float("inf") if self._end is None else max(0.0, self._end - self._clock.now())

    def passed(self) -> bool:
        return self.left() <= 0

    def pause(self, seconds: float) -> None:
        """Sleep, but not past the end."""
        self._clock.sleep(min(seconds, self.left()))


def intervals(
    first: float, factor: float, maximum: float, jitter: float, random: Callable[[], float]
) -> Iterator[float]:
    """Growing pauses between polls, each shortened by up to the jitter (0..1) so that runs do not poll in step.

    `random` gives numbers in [0, 1). No pause is longer than the maximum.
    """
    pause = min(first, maximum)
    while True:
        yield pause * (1 - jitter * random())
        pause = min(pause * factor, maximum)


class TokenBucket:
    """Grants at most `capacity` at once and `rate` a second ever after, however many threads ask.

    The tokens may go negative: a caller takes its tokens under the lock and then sleeps off the debt outside it, so
    that callers are served in the order they came and nobody sleeps with the lock held.
    """

    def __init__(self, rate: float, capacity: float, clock: Clock) -> None:
        if rate <= 0 or capacity <= 0:
            raise ValueError(f"a rate and a capacity above 0 are needed, not {rate} and {capacity}")
        self.rate = rate
        self.capacity = capacity
        self._clock = clock
        self._lock = threading.Lock()
        self._tokens = capacity
        self._counted_at = clock.now()

    def acquire(self, cost: float = 1) -> None:
        """Return when the cost may be spent."""
        wait = self.reserve(cost)
        if wait > 0:
            self._clock.sleep(wait)

    def reserve(self, cost: float = 1) -> float:
        """Take the cost and say in how many seconds it may be spent."""
        with self._lock:
            self._refill()
            self._tokens -= cost
            return max(0.0, -self._tokens / self.rate)

    def penalise(self, seconds: float) -> None:
        """After a throttle: AWS's bucket is emptier than ours, so nothing more is granted for these seconds.

        Throttles that come in together (one a thread) do not add up.
        """
        with self._lock:
            self._refill()
            self._tokens = min(self._tokens, -seconds * self.rate)

    def _refill(self) -> None:
        now = self._clock.now()
        self._tokens = min(self.capacity, self._tokens + (now - self._counted_at) * self.rate)
        self._counted_at = now


@dataclass(frozen=True)
class Rate:
    """Calls (or change tokens) a second, and how many at once."""

    per_second: float
    burst: float = 1


# Per account and Region. ACM publishes no burst, so calls are spread evenly.
# https://docs.aws.amazon.com/acm/latest/userguide/acm-limits.html (read 2026-11)
_ACM = {
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
# Per account and Region. https://docs.aws.amazon.com/general/latest/gr/pca.html (read 2026-11)
_ACM_PCA = {
    "IssueCertificate": 25,
    "GetCertificate": 75,
    "RevokeCertificate": 20,
    "DescribeCertificateAuthority": 20,
    "ListCertificateAuthorities": 20,
    "GetCertificateAuthorityCertificate": 20,
    "ListPermissions": 5,
    "CreatePermission": 1,
}
# Per account and action, the same again for all actions of an account together, and tokens for changes (an UPSERT
# takes 2, a CREATE or DELETE 1).
# https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/throttling-api-requests.html (in force since 2026-07-30)
_ROUTE53 = ("ListHostedZones", "ListHostedZonesByName", "GetHostedZone", "ListResourceRecordSets", "GetChange")
ALL_ACTIONS = "*"
CHANGE_TOKENS = "change tokens"

# Per account and Region: all actions together, the Describe actions together, and the mutating ones together.
# https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-api-throttling.html (read 2026-11)
_ELBV2_MUTATING = ("AddListenerCertificates", "RemoveListenerCertificates", "ModifyListener", "AddTags", "RemoveTags")
_ELBV2_DESCRIBE = ("DescribeLoadBalancers", "DescribeListeners", "DescribeListenerCertificates", "DescribeTags")
# Unpublished. Seen: Throttling after some four updates of a distribution in as many seconds (certd/certd#796). Tenants
# are meant to come in thousands, so theirs may go faster; a throttled call slows all of its kind down.
_CLOUDFRONT_CHANGES = (
    *("CreateDistributionTenant", "UpdateDistributionTenant", "DeleteDistributionTenant"),
    *("UpdateDomainAssociation", "TagResource", "UntagResource"),
)
_CLOUDFRONT_READS = (
    *("ListDistributionTenants", "GetDistributionTenant", "GetDistributionTenantByDomain"),
    *("GetManagedCertificateDetails", "ListConnectionGroups", "VerifyDnsConfiguration", "ListDomainConflicts"),
    "ListTagsForResource",
)

#: Actions that draw on one bucket together, by its name.
CATEGORIES: Mapping[tuple[str, str], str] = {
    **{("elbv2", action): "mutating" for action in _ELBV2_MUTATING},
    **{("elbv2", action): "describe" for action in _ELBV2_DESCRIBE},
    **{("cloudfront", action): "changes of tenants" for action in _CLOUDFRONT_CHANGES},
}

RATES: Mapping[tuple[str, str], Rate] = {
    **{("acm", action): Rate(per_second) for action, per_second in _ACM.items()},
    **{("route53", action): Rate(10, 50) for action in (*_ROUTE53, "ChangeResourceRecordSets", ALL_ACTIONS)},
    ("route53", CHANGE_TOKENS): Rate(100, 1500),
    **{("acm-pca", action): Rate(per_second) for action, per_second in _ACM_PCA.items()},
    ("elbv2", ALL_ACTIONS): Rate(10, 40),
    ("elbv2", "describe"): Rate(10, 40),
    ("elbv2", "mutating"): Rate(3, 20),
    ("cloudfront", "changes of tenants"): Rate(1, 4),
    **{("cloudfront", action): Rate(10, 20) for action in _CLOUDFRONT_READS},
}


_UNRATED = {
    *("AssumeRole", "GetResources", "GetDistribution", "ListDistributions", "UpdateDistribution"),
    *("ListCertificateDomainValidations", "GetSecretValue", "CreateSecret", "PutSecretValue"),
}
#: What a rate can be given for: actions, and the buckets of Route 53 and load balancers that are no action.
RATE_NAMES = frozenset({action for _service, action in (*RATES, *CATEGORIES)} | _UNRATED) - set(CATEGORIES.values())


@dataclass
class Buckets:
    """One bucket for each account, Region and action, made when first asked for.

    `overrides` maps an action (`RequestCertificate`) to the calls a second to use in place of the published rate.
    Actions nobody publishes a rate for are not held up.
    """

    clock: Clock
    overrides: Mapping[str, float] = field(default_factory=dict)
    rates: Mapping[tuple[str, str], Rate] = field(default_factory=lambda: RATES)
    share: float = SHARE

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._buckets: dict[tuple[str, str, str, str], TokenBucket] = {}
        #: How often each service has throttled.
        self.penalties: Counter[str] = Counter()

    def acquire(self, service: str, action: str, *, account: str = "", region: str = "", changes: float = 0) -> None:
        """Return when one such call, with this many change tokens, may be sent."""
        for bucket, cost in self._buckets_of(service, action, account, region, changes):
            bucket.acquire(cost)

    def penalise(self, service: str, action: str, seconds: float, *, account: str = "", region: str = "") -> None:
        """Hold up all such calls after AWS has throttled one."""
        with self._lock:
            self.penalties[service] += 1
        for bucket, _cost in self._buckets_of(service, action, account, region, 0):
            bucket.penalise(seconds)

    def bucket(self, service: str, action: str, *, account: str = "", region: str = "") -> TokenBucket | None:
        """The bucket for one action, None where no rate is known."""
        if action not in self.overrides:
            action = CATEGORIES.get((service, action), action)
        rate = self._rate(service, action)
        if rate is None:
            return None
        # Route 53 is global: whatever Region a client was made for, the account has one bucket.
        key = (service, action, account, "" if service == "route53" else region)
        with self._lock:
            if key not in self._buckets:
                self._buckets[key] = TokenBucket(rate.per_second, rate.burst, self.clock)
            return self._buckets[key]

    def _buckets_of(
        self, service: str, action: str, account: str, region: str, changes: float
    ) -> Iterator[tuple[TokenBucket, float]]:
        # The slowest first: tokens taken before a long sleep would be spent late, on top of those refilled meanwhile.
        wanted = ((CHANGE_TOKENS, changes), (action, 1), (ALL_ACTIONS, 1))
        for name, cost in wanted:
            bucket = self.bucket(service, name, account=account, region=region) if cost else None
            if bucket is not None:
                yield bucket, cost

    def _rate(self, service: str, action: str) -> Rate | None:
        published = self.rates.get((service, action))
        if action in self.overrides:
            return Rate(self.overrides[action], published.burst if published else 1)
        if published is None:
            return None
        return Rate(published.per_second * self.share, max(1.0, published.burst * self.share))
