# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Sequence

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils import _pace as pace
from fake_clock import FakeClock
from hypothesis import given, settings
from hypothesis import strategies as st


def run_in_threads(clock: FakeClock, jobs: Sequence[Callable[[], None]]) -> None:
    def run(job: Callable[[], None]) -> None:
        try:
            job()
        finally:
            clock.leave()

    threads = [threading.Thread(target=run, args=(job,), daemon=True) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert not any(thread.is_alive() for thread in threads)


def most_over(grants: Sequence[tuple[float, float]], rate: float, capacity: float) -> float:
    """By how much the worst of all stretches of time exceeds rate * seconds + capacity."""
    ordered = sorted(grants)
    worst = float("-inf")
    for first in range(len(ordered)):
        for last in range(first, len(ordered)):
            spent = sum(cost for _at, cost in ordered[first : last + 1])
            worst = max(worst, spent - capacity - rate * (ordered[last][0] - ordered[first][0]))
    return worst


def test_a_deadline_counts_down_and_stops_at_nothing() -> None:
    clock = FakeClock()
    deadline = pace.Deadline(clock, 10)
    assert (deadline.left(), deadline.passed()) == (10, False)
    deadline.pause(4)
    assert deadline.left() == 6
    deadline.pause(60)
    assert clock.slept == [4, 6]
    assert (deadline.left(), deadline.passed()) == (0, True)
    clock.advance(5)
    assert deadline.left() == 0


def test_no_deadline_never_passes() -> None:
    clock = FakeClock()
    deadline = pace.Deadline(clock, None)
    clock.advance(1e9)
    assert not deadline.passed()
    deadline.pause(3)
    assert clock.slept == [3]


def test_intervals_grow_to_the_maximum() -> None:
    pauses = pace.intervals(1, 2, 5, 0, lambda: 0.9)
    assert list(itertools.islice(pauses, 5)) == [1, 2, 4, 5, 5]


def test_jitter_only_shortens() -> None:
    pauses = pace.intervals(8, 2, 10, 0.25, lambda: 0.5)
    assert list(itertools.islice(pauses, 2)) == [7, 8.75]


def test_a_bucket_grants_its_capacity_at_once_and_then_its_rate() -> None:
    clock = FakeClock()
    bucket = pace.TokenBucket(2, 3, clock)
    assert [bucket.reserve() for dummy in range(5)] == [0, 0, 0, 0.5, 1.0]
    clock.advance(1.0)
    assert bucket.reserve() == 0.5


def test_an_idle_bucket_fills_up_to_its_capacity_only() -> None:
    clock = FakeClock()
    bucket = pace.TokenBucket(10, 2, clock)
    clock.advance(3600)
    assert [bucket.reserve() for dummy in range(3)] == [0, 0, 0.1]


def test_a_cost_above_the_capacity_is_waited_for() -> None:
    assert pace.TokenBucket(100, 1500, FakeClock()).reserve(2000) == 5


@pytest.mark.parametrize(("rate", "capacity"), [(0, 1), (1, 0), (-1, 1)])
def test_a_bucket_that_never_grants_is_refused(rate: float, capacity: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        pace.TokenBucket(rate, capacity, FakeClock())


def test_after_a_throttle_nothing_is_granted_for_a_while_and_then_one_at_a_time() -> None:
    clock = FakeClock()
    bucket = pace.TokenBucket(2, 10, clock)
    bucket.penalise(5)
    bucket.penalise(5)
    assert [bucket.reserve() for dummy in range(2)] == [5.5, 6.0]


def test_a_penalty_does_not_shorten_a_longer_wait() -> None:
    bucket = pace.TokenBucket(1, 1, FakeClock())
    bucket.reserve(101)
    bucket.penalise(2)
    assert bucket.reserve() == 101


@settings(max_examples=40)
@given(
    rate=st.floats(0.5, 50),
    capacity=st.floats(1, 20),
    steps=st.lists(
        st.one_of(
            st.tuples(st.just("take"), st.floats(0.5, 5)),
            st.tuples(st.just("pass"), st.floats(0, 3)),
            st.tuples(st.just("penalise"), st.floats(0, 3)),
        ),
        max_size=40,
    ),
)
def test_never_more_than_the_rate_allows(rate: float, capacity: float, steps: list[tuple[str, float]]) -> None:
    clock = FakeClock()
    bucket = pace.TokenBucket(rate, capacity, clock)
    grants = []
    for step, amount in steps:
        if step == "take":
            grants.append((clock.now() + bucket.reserve(amount), amount))
        elif step == "pass":
            clock.advance(amount)
        else:
            bucket.penalise(amount)
    assert most_over(grants, rate, max(capacity, 5)) < 1e-6


def test_never_more_than_the_rate_allows_with_threads() -> None:
    clock = FakeClock(threads=6)
    bucket = pace.TokenBucket(7, 3, clock)
    grants: list[tuple[float, float]] = []

    def work() -> None:
        for dummy in range(10):
            bucket.acquire()
            grants.append((clock.now(), 1))

    run_in_threads(clock, [work] * 6)
    assert len(grants) == 60
    assert most_over(grants, 7, 3) < 1e-6
    # ... and no slower than that either.
    assert clock.now() - 1000 == pytest.approx(57 / 7)


def test_sleepers_do_not_hold_the_lock() -> None:
    clock = FakeClock(threads=2)
    bucket = pace.TokenBucket(1, 1, clock)
    bucket.reserve()
    seen: list[float] = []

    def sleeper() -> None:
        bucket.acquire()

    def asker() -> None:
        seen.append(bucket.reserve())

    run_in_threads(clock, [sleeper, asker])
    assert seen[0] in (1.0, 2.0)


def test_published_rates_are_used_a_little_below() -> None:
    buckets = pace.Buckets(FakeClock())
    request = buckets.bucket("acm", "RequestCertificate")
    listing = buckets.bucket("route53", "ListHostedZones")
    assert request is not None
    assert listing is not None
    assert (request.rate, request.capacity) == (4.75, 1)
    assert (listing.rate, listing.capacity) == (9.5, 47.5)
    assert buckets.bucket("sts", "AssumeRole") is None


def test_each_account_region_and_action_has_its_own_bucket_and_route_53_none_by_region() -> None:
    buckets = pace.Buckets(FakeClock())
    first = buckets.bucket("acm", "ListCertificates", account="1", region="eu-west-1")
    assert buckets.bucket("acm", "ListCertificates", account="1", region="eu-west-1") is first
    assert buckets.bucket("acm", "ListCertificates", account="1", region="us-east-1") is not first
    assert buckets.bucket("acm", "ListCertificates", account="2", region="eu-west-1") is not first
    assert buckets.bucket("route53", "GetChange", account="1", region="eu-west-1") is buckets.bucket(
        "route53", "GetChange", account="1", region="us-east-1"
    )


def test_a_rate_can_be_set_by_hand() -> None:
    buckets = pace.Buckets(FakeClock(), overrides={"RequestCertificate": 20, "AssumeRole": 3})
    request, assume = buckets.bucket("acm", "RequestCertificate"), buckets.bucket("sts", "AssumeRole")
    assert request is not None
    assert assume is not None
    assert (request.rate, assume.rate) == (20, 3)


def test_200_requests_take_little_longer_than_their_rate_allows() -> None:
    clock = FakeClock()
    buckets = pace.Buckets(clock)
    for dummy in range(200):
        buckets.acquire("acm", "RequestCertificate")
    assert 195 / 5 < clock.now() - 1000 < 1.08 * 195 / 5


def test_route_53_calls_count_for_the_account_as_well_as_for_their_action() -> None:
    clock = FakeClock()
    buckets = pace.Buckets(clock)
    for action in ("ListHostedZones", "GetChange"):
        for dummy in range(40):
            buckets.acquire("route53", action)
    assert clock.now() - 1000 == pytest.approx((80 - 47.5) / 9.5)


def test_change_tokens_are_waited_for() -> None:
    clock = FakeClock()
    buckets = pace.Buckets(clock)
    for dummy in range(3):
        buckets.acquire("route53", "ChangeResourceRecordSets", changes=1000)
    assert clock.now() - 1000 == pytest.approx((3000 - 1425) / 95)


def test_a_throttled_action_is_held_up_and_its_neighbour_is_not() -> None:
    clock = FakeClock()
    buckets = pace.Buckets(clock)
    buckets.penalise("acm", "RequestCertificate", 4)
    buckets.acquire("acm", "DescribeCertificate")
    assert clock.now() == 1000
    buckets.acquire("acm", "RequestCertificate")
    assert clock.now() - 1000 == pytest.approx(4 + 1 / 4.75)


def test_every_published_rate_is_positive_and_named_as_the_api_names_it() -> None:
    assert pace.RATES["acm", "ListCertificates"].per_second == 8
    for (service, action), rate in pace.RATES.items():
        assert rate.per_second > 0
        assert rate.burst >= 1
        if action not in (pace.ALL_ACTIONS, pace.CHANGE_TOKENS):
            assert service in ("acm", "acm-pca", "route53", "elbv2", "cloudfront")
            assert action[:1].isupper() != (action in pace.CATEGORIES.values())


def test_actions_of_a_category_draw_on_one_bucket() -> None:
    clock = FakeClock()
    buckets = pace.Buckets(clock, share=1.0)
    for dummy in range(10):
        buckets.acquire("elbv2", "AddListenerCertificates")
        buckets.acquire("elbv2", "RemoveListenerCertificates")
    assert clock.now() == 1000
    buckets.acquire("elbv2", "ModifyListener")
    assert clock.now() - 1000 == pytest.approx(1 / 3)
