# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import datetime
from datetime import timedelta
from typing import Any

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils import _renewal_windows as windows
from ansible_collections.tlsops.certificates.plugins.module_utils._renewal_windows import Suggestion, is_due, suggestion
from hypothesis import given
from hypothesis import strategies as st

NOW = datetime.datetime(2026, 11, 27, tzinfo=datetime.timezone.utc)
ISSUED = NOW - timedelta(days=30)


def said(start: timedelta, length: timedelta, **more: Any) -> dict[str, Any]:
    begin = NOW + start
    return {"suggestedWindow": {"start": begin.isoformat(), "end": (begin + length).isoformat()}, **more}


def ask(
    answer: dict[str, Any] | None, before: Suggestion | None = None, now: datetime.datetime = NOW, draw: float = 0.5
) -> Suggestion:
    return suggestion("id", answer, before, ISSUED, now, lambda: draw)


@given(st.integers(1, 40), st.integers(1, 10), st.floats(0, 1), st.floats(0, 1))
def test_a_moment_is_drawn_once_for_a_window(start: int, length: int, first: float, second: float) -> None:
    answer = said(timedelta(days=start), timedelta(days=length))
    drawn = ask(answer, draw=first)
    assert drawn.start is not None
    assert drawn.end is not None
    assert drawn.renew_at is not None
    assert drawn.start <= drawn.renew_at <= drawn.end
    assert ask(answer, drawn, draw=second).renew_at == drawn.renew_at
    assert Suggestion.from_json(drawn.as_json()) == drawn


def test_another_window_is_drawn_anew() -> None:
    """A CA that has to revoke moves the window to the past."""
    drawn = ask(said(timedelta(days=20), timedelta(days=2)))
    assert not is_due(drawn, NOW)
    moved = ask(said(timedelta(days=-3), timedelta(days=1), explanationURL="https://ca.example.com/why"), drawn)
    assert is_due(moved, NOW)
    assert moved.explanation == "https://ca.example.com/why"


def test_it_is_urgent_where_the_window_was_over_when_it_was_named() -> None:
    past, future = (said(timedelta(days=days), timedelta(days=1)) for days in (-3, 3))
    assert ask(past).urgent
    assert not ask(future).urgent
    assert ask(past, ask(future)).urgent
    # Nobody has come in time; that is no incident.
    assert not ask(future, ask(future), now=NOW + timedelta(days=10)).urgent
    assert ask(None, ask(past)).urgent


@pytest.mark.parametrize(
    "answer",
    [
        None,
        {},
        {"suggestedWindow": {"start": "soon", "end": "later"}},
        {"suggestedWindow": {"start": None, "end": None}},
        said(timedelta(days=5), timedelta(0)),
        said(timedelta(days=-31), timedelta(days=1)),
    ],
)
def test_what_is_no_answer_leaves_what_was_said_before(answer: dict[str, Any] | None) -> None:
    assert ask(answer).renew_at is None
    assert not is_due(ask(answer), NOW + timedelta(days=365))
    before = ask(said(timedelta(days=20), timedelta(days=2)))
    assert ask(answer, before).renew_at == before.renew_at


@pytest.mark.parametrize(
    ("retry_after", "hours"),
    [
        (None, 6),
        ("2026-11-27T03:00:00Z", 3),
        ("2026-11-27T00:00:10.123Z", 1),
        ("2026-12-27T00:00:00+00:00", 168),
        ("x", 6),
    ],
)
def test_how_soon_the_ca_is_asked_again(retry_after: str | None, hours: int) -> None:
    answer = said(timedelta(days=20), timedelta(days=2), retryAfter=retry_after)
    assert ask(answer).ask_again_at == NOW + timedelta(hours=hours)


@pytest.mark.parametrize(("supported", "hours"), [(True, 6), (False, 24)])
def test_a_ca_that_gives_no_answer_is_asked_again_too(supported: bool, hours: int) -> None:
    before = ask(said(timedelta(days=20), timedelta(days=2)))
    for known in (None, before):
        found = windows.unanswered("id", known, NOW, supported=supported)
        assert (found.ask_again_at, found.supported) == (NOW + timedelta(hours=hours), supported)
        assert found.renew_at == (known.renew_at if known else None)


def test_what_the_ca_calls_a_certificate() -> None:
    """The example of RFC 9773, 4.1."""
    assert (
        windows.encoded_identity(bytes.fromhex("69885B6B87464041E1B37B847BA0AE2CDE01C8D4"), 0x87654321)
        == "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE"
    )
