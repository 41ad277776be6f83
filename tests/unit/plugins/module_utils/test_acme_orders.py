# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import datetime
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils._acme_orders import (
    RETRY_AFTER,
    Noted,
    can_resume,
    failure_of,
    gathered,
    held_back,
    left_behind,
    order_result,
    pauses,
    wanted_orders,
)
from ansible_collections.tlsops.certificates.plugins.module_utils._errors import InvalidInput
from ansible_collections.tlsops.certificates.plugins.module_utils._subject_names import SubjectNames
from ansible_collections.tlsops.certificates.plugins.module_utils._x509 import build_csr, generate_key

NOW = datetime.datetime(2026, 11, 27, tzinfo=datetime.timezone.utc)
DIRECTORY = "https://acme.example.com/dir"
KEY = generate_key("EC_prime256v1")
RETRIES = json.loads((Path(__file__).parents[2] / "cases" / "renew_policy.json").read_text(encoding="utf-8"))["retry"]


def csr(*names: str, key: str = KEY) -> str:
    return build_csr(key, SubjectNames((), names), ())


def noted(identity: str = "a", **more: object) -> Noted:
    values = {"directory": DIRECTORY, "dns_names": ("a.test",), "uri": "https://acme.example.com/1", "records": {}}
    return Noted(identity, **{**values, "placed_at": NOW, **more})  # type: ignore[arg-type]


def test_the_same_names_and_key_are_the_same_order() -> None:
    first, second, other = wanted_orders(
        [
            {"csr_content": csr("DNS:b.test", "DNS:*.b.test")},
            {"csr_content": csr("DNS:*.b.test", "DNS:b.test"), "name": "again"},
            {"csr_content": csr("DNS:b.test", "DNS:*.b.test", key=generate_key("EC_prime256v1"))},
        ],
        DIRECTORY,
    )
    assert first.identity == second.identity != other.identity
    assert first.dns_names == ("*.b.test", "b.test")
    assert (first.name, second.name) == ("*.b.test", "again")


def test_all_faults_of_all_orders_at_once() -> None:
    entries = [{"csr_content": "none", "name": "x"}, {"csr_content": csr("IP:10.0.0.1", "DNS:a.test")}]
    with pytest.raises(InvalidInput) as caught:
        wanted_orders(entries, DIRECTORY)
    assert len(caught.value.faults) == 2
    assert caught.value.faults[0].startswith("orders[0] (x): ")
    assert "IP:10.0.0.1" in caught.value.faults[1]


def test_what_is_returned_can_be_given_back() -> None:
    [order] = wanted_orders([{"csr_content": csr("DNS:a.test"), "order_uri": "https://x/1"}], DIRECTORY)
    record = order_result(order)
    [again] = wanted_orders([record], DIRECTORY)
    assert again == order
    assert failure_of([record]) is None


def test_values_of_a_name_stand_together() -> None:
    records = [
        {"name": "_acme-challenge.a.test", "values": ["1"]},
        {"name": "_acme-challenge.a.test", "values": ["2", "1"]},
    ]
    assert gathered(records) == {"_acme-challenge.a.test": ["1", "2"]}


@pytest.mark.parametrize(
    ("status", "alive"),
    [("pending", True), ("ready", True), ("processing", True), ("valid", True), ("invalid", False), (None, False)],
)
def test_which_orders_are_gone_on_with(status: str | None, alive: bool) -> None:
    assert can_resume(noted(), DIRECTORY, status) == alive
    assert not can_resume(noted(), "https://other.example.com/dir", status)
    assert not can_resume(noted(uri=None), DIRECTORY, status)
    assert not can_resume(None, DIRECTORY, status)


def test_what_was_left_behind() -> None:
    """Another play may be at work just now; what is old, or known to be left, is nobody's."""
    old = NOW - timedelta(hours=2)
    [wanted] = wanted_orders([{"csr_content": csr("DNS:a.test")}], DIRECTORY)
    known = [
        noted("young"),
        noted("old", placed_at=old),
        noted("left", left=True),
        noted("failed", uri=None, placed_at=old),
        noted(wanted.identity, placed_at=old),
    ]
    assert [each.identity for each in left_behind(known, [wanted], NOW)] == ["old", "left"]


@pytest.mark.parametrize(
    ("failures", "minutes", "held"),
    [
        (0, 0, False),
        (1, 0, True),
        (1, 1, False),
        (2, 9, True),
        (2, 10, False),
        (3, 99, True),
        (4, 1439, True),
        (9, 1440, False),
    ],
)
def test_after_failures_the_ca_is_left_alone(failures: int, minutes: int, held: bool) -> None:
    found = held_back(noted(failures=failures), pauses(RETRY_AFTER), NOW + timedelta(minutes=minutes))
    assert bool(found) == held
    if found:
        assert found[0].reason == "BackOff"
        assert found[1] > NOW


def waits(case: dict[str, Any]) -> list[int]:
    """What a row says in seconds, attempt by attempt, with the last one again."""
    if "after_failure" in case:
        return [*case["after_failure"], *[case["then_every_s"]] * 3]
    said = [hours * 3600 for dummy, hours in sorted(case["attempt_to_wait_h"].items(), key=lambda each: int(each[0]))]
    assert said == [min(case["base_s"] * case["factor"] ** number, case["max_s"]) for number in range(len(said))]
    return [*said, said[-1]]


@pytest.mark.parametrize("case", RETRIES, ids=lambda case: case["id"])
def test_how_long_the_ca_is_left_alone(case: dict[str, Any]) -> None:
    """Each client's pauses, as they would be said here."""
    said = waits(case)
    given = pauses([str(seconds) for seconds in dict.fromkeys(said)])
    for failures, pause in enumerate(said, start=1):
        last = noted(failures=failures)
        ends = last.placed_at + timedelta(seconds=pause)
        assert held_back(last, given, ends - timedelta(seconds=1)) is not None
        assert held_back(last, given, ends) is None


def test_what_let_s_encrypt_asks_for_is_the_default() -> None:
    [case] = [case for case in RETRIES if case["id"] == "le-backoff"]
    assert [pause.total_seconds() for pause in pauses(RETRY_AFTER)] == [*case["after_failure"], case["then_every_s"]]


@pytest.mark.parametrize(
    "changed",
    [
        {"csr_content": csr("DNS:a.test", key=generate_key("EC_prime256v1"))},
        {"csr_content": csr("DNS:a.test", "DNS:b.test")},
        {"profile": "shortlived"},
        {"directory": "https://other.example.com/dir"},
    ],
    ids=["key", "names", "profile", "CA"],
)
def test_what_is_wanted_differently_is_another_order_that_hasn_t_failed(changed: dict[str, str]) -> None:
    """As with cert-manager: who has found the fault and changed it needn't wait."""
    entry = {"csr_content": csr("DNS:a.test"), "directory": DIRECTORY}
    before, after = (wanted_orders([each], each["directory"])[0] for each in (entry, {**entry, **changed}))
    assert before.identity != after.identity


@pytest.mark.parametrize(
    ("given", "parts"),
    [
        ([], ["retry_after is empty"]),
        (["1m", "0s"], ["a pause of less than a second"]),
        (["x", "-1m", "1d"], ["retry_after 'x'", "retry_after '-1m'"]),
    ],
)
def test_pauses_that_can_t_be(given: list[str], parts: list[str]) -> None:
    with pytest.raises(InvalidInput) as caught:
        pauses(given)
    assert len(caught.value.faults) == len(parts)
    for part, fault in zip(parts, caught.value.faults, strict=True):
        assert part in fault


def test_the_journal_reads_what_it_has_written() -> None:
    known = noted(records={"_acme-challenge.a.test": ["1"]}, failures=2)
    assert Noted.from_json(known.as_json()) == known
