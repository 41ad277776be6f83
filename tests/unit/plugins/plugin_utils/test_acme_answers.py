# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A CA that limits the rate: what the modules of community.crypto would repeat twenty times."""

from __future__ import annotations

import email.message
import io
import json
import urllib.error
from collections.abc import Callable
from typing import Any

import pytest
from ansible.module_utils import urls
from ansible_collections.tlsops.certificates.plugins.module_utils._acme_problems import problem_of
from ansible_collections.tlsops.certificates.plugins.plugin_utils import _acme_answers as answers

LIMITED = {"type": "urn:ietf:params:acme:error:rateLimited", "detail": "too many certificates already issued"}


def answering(
    monkeypatch: pytest.MonkeyPatch,
    code: int,
    body: bytes,
    retry_after: str | None = None,
    listen: Callable[[], None] = answers.end_at_rate_limits,
) -> None:
    headers = email.message.Message()
    if retry_after:
        headers["Retry-After"] = retry_after

    def answer(*_arguments: Any, **_options: Any) -> Any:
        raise urllib.error.HTTPError("https://acme.test/order", code, "no", headers, io.BytesIO(body))

    monkeypatch.setattr(answers, "_open_url", answer)
    monkeypatch.setattr(urls, "open_url", urls.open_url)
    listen()


@pytest.mark.parametrize(
    ("header", "moment"),
    [("Sat, 28 Nov 2026 09:15:20 GMT", "2026-11-28T09:15:20+00:00"), ("soon", None), (None, None)],
)
def test_a_rate_limit_ends_the_module_with_the_time_of_the_ca(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], header: str | None, moment: str | None
) -> None:
    answering(monkeypatch, 429, json.dumps(LIMITED).encode(), header)
    with pytest.raises(SystemExit):
        urls.open_url("https://acme.test/order")
    found = problem_of(json.loads(capsys.readouterr().out))
    assert found.condition.reason == "RateLimited"
    assert (found.retry_after.isoformat() if found.retry_after else None) == moment


@pytest.mark.parametrize("body", [b"busy", json.dumps({"type": "urn:ietf:params:acme:error:badNonce"}).encode()])
def test_any_other_answer_is_the_modules_to_judge(monkeypatch: pytest.MonkeyPatch, body: bytes) -> None:
    answering(monkeypatch, 503, body, "3")
    with pytest.raises(urllib.error.HTTPError) as caught:
        urls.open_url("https://acme.test/order")
    assert caught.value.read() == body
    assert (caught.value.code, caught.value.headers["Retry-After"]) == (503, "3")


def test_what_a_later_run_may_ask_again_isnt_asked_twice(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answering(monkeypatch, 503, b"busy", "3", answers.end_at_failures)
    with pytest.raises(SystemExit):
        urls.open_url("https://acme.test/renewal-info/x")
    said = json.loads(capsys.readouterr().out)
    assert (said["failed"], said["status"]) == (True, 503)
    assert "busy" in said["msg"]


def test_nor_is_a_ca_that_doesnt_answer_in_time(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def answer(*_arguments: Any, **_options: Any) -> Any:
        raise TimeoutError("The read operation timed out")

    monkeypatch.setattr(answers, "_open_url", answer)
    monkeypatch.setattr(urls, "open_url", urls.open_url)
    answers.end_at_failures()
    with pytest.raises(SystemExit):
        urls.open_url("https://acme.test/renewal-info/x")
    said = json.loads(capsys.readouterr().out)
    assert (said["msg"], said["status"]) == ("the CA gives no answer: The read operation timed out", None)
