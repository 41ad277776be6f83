# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils._acme_problems import explain, problem_of
from hypothesis import given
from hypothesis import strategies as st

ERROR = "urn:ietf:params:acme:error:"
# Boulder's sentences (policy/ratelimits and ra), with other names.
LIMITED = (
    "too many certificates (5) already issued for this exact set of identifiers in the last 168h0m0s, "
    "retry after 2026-11-28 09:15:20 UTC: see https://letsencrypt.org/docs/rate-limits/"
)
PAUSED = (
    "Your account is temporarily prevented from requesting certificates for shop.example.com and possibly others. "
    "Please visit: https://portal.example.com/sfe/v1/unpause?jwt=abc.def"
)


def result(kind: str, detail: str, **more: Any) -> dict[str, Any]:
    return {"failed": True, "msg": "…", "other": {"problem": {"type": ERROR + kind, "detail": detail}, **more}}


def invalid(kind: str, detail: str) -> dict[str, Any]:
    """As community.crypto returns an authorization that is invalid."""
    challenges = [{"type": "http-01", "status": "pending"}, {"type": "dns-01", "error": {"type": ERROR + kind}}]
    challenges[1]["error"]["detail"] = detail  # type: ignore[index]
    return {
        "failed": True,
        "msg": "…",
        "other": {"identifier": "dns:a.test", "authorization": {"challenges": challenges}},
    }


@pytest.mark.parametrize(
    ("answer", "reason", "said"),
    [
        (result("rateLimited", LIMITED), "RateLimited", "It may be asked again at 2026-11-28T09:15:20+00:00."),
        (
            result("rateLimited", PAUSED),
            "Paused",
            "Unpause it at https://portal.example.com/sfe/v1/unpause?jwt=abc.def",
        ),
        (result("rejectedIdentifier", "issuance is forbidden by policy"), "RejectedIdentifier", "forbidden by policy."),
        (result("externalAccountRequired", "binding"), "ExternalAccountRequired", "acme_certificates_eab"),
        (result("accountDoesNotExist", "unknown"), "AccountDoesNotExist", "Register it"),
        (result("invalidProfile", "no such profile"), "InvalidProfile", "no such profile"),
        (invalid("caa", "CAA record for a.test prevents issuance"), "Caa", "a.test: CAA record"),
        (invalid("unauthorized", "Incorrect TXT record"), "Unauthorized", "a.test: Incorrect TXT record"),
        (invalid("dns", "SERVFAIL looking up TXT"), "Dns", "SERVFAIL"),
        ({"failed": True, "timed_out": True}, "TimedOut", "run again"),
        ({"failed": True, "msg": "Failure downloading https://a, refused"}, "NotReached", "refused"),
        ({"failed": True, "msg": "some of the authorizations are in a bad state: x"}, "OrderLost", "any more"),
        ({"failed": True, "msg": "The ACME CA does not support profiles."}, "NotSupported", "profiles"),
        ({"failed": True, "msg": "Giving up", "other": {"http_status": 503}}, "NotReached", "Giving up"),
        ({}, "NotReached", "said nothing"),
    ],
)
def test_why_an_order_has_failed(answer: dict[str, Any], reason: str, said: str) -> None:
    found = problem_of(answer)
    assert found.condition.reason == reason
    assert said in found.condition.message
    assert found.condition.failed


def test_subproblems_are_named() -> None:
    subproblems = [{"type": ERROR + "caa", "detail": "forbidden", "identifier": {"type": "dns", "value": "b.test"}}]
    found = problem_of(result("compound", "Several", subproblems=subproblems))
    assert "b.test: forbidden" in found.condition.message


def test_the_time_of_the_header_counts_where_the_text_has_none() -> None:
    found = explain({"type": ERROR + "rateLimited", "detail": "slow down", "retry_after": "2026-11-27T02:00:00+00:00"})
    assert found.retry_after is not None
    assert found.retry_after.isoformat() == "2026-11-27T02:00:00+00:00"


@given(st.dictionaries(st.sampled_from(["type", "detail", "title"]), st.text(max_size=40)))
def test_any_problem_is_one_sentence(problem: dict[str, str]) -> None:
    found = explain(problem)
    assert found.condition.reason.isalnum()
    assert "\n" not in found.condition.message
