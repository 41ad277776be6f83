# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules against what a real Puppet Server answered, and the decisions against the table of what is right."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils._puppet.answers import (
    REFUSED_BY_POLICY,
    Answer,
    classify,
    explain,
)
from ansible_collections.tlsops.certificates.plugins.module_utils._puppet.certnames import (
    cert_ttl_faults,
    certname_faults,
)
from ansible_collections.tlsops.certificates.plugins.module_utils._puppet.enrol import (
    AtCa,
    Decision,
    Holds,
    Look,
    Situation,
    decide,
    judge,
)
from hypothesis import given, settings
from hypothesis import strategies as st

HTTP = json.loads((Path(__file__).parents[3] / "cases" / "puppet_http.json").read_text(encoding="utf-8"))
#: What the file has in place of PEM.
PLACEHOLDER = re.compile(r"<PEM:([A-Z0-9 ]+)>\n?")


def with_pem(text: str) -> str:
    return PLACEHOLDER.sub(r"-----BEGIN \1-----\nAAAA\n-----END \1-----\n", text)


def endpoint_of(path: str) -> str:
    if path.startswith("/status/"):
        return "status-service"
    return path.replace("//", "/").partition("/puppet-ca/v1/")[2].split("?")[0].split("/")[0]


def answer_of(row: dict[str, Any]) -> Answer:
    return Answer(row["status"], with_pem(row["body"] or ""), row["content_type"] or "")


@pytest.mark.parametrize("row", HTTP["observed"], ids=lambda row: row["id"])
def test_each_observed_answer_means_what_it_meant(row: dict[str, Any]) -> None:
    assert classify(endpoint_of(row["path"]), row["method"], answer_of(row)).value == row["outcome"]


@pytest.mark.parametrize("row", HTTP["classification"], ids=lambda row: f"{row['endpoint']}-{row['outcome']}")
@given(data=st.data())
@settings(max_examples=5)
def test_whatever_fits_a_row_of_the_classification_means_it(row: dict[str, Any], data: st.DataObject) -> None:
    body = data.draw(st.from_regex(PLACEHOLDER.sub(r"<PEM:\1>", row["body_re"]))) if row["body_re"] else ""
    content_type = data.draw(st.from_regex(row["content_type_re"])) if row["content_type_re"] else "text/plain"
    method = "GET" if row["method"] == "*" else row["method"]
    endpoint = "nosuch" if row["endpoint"] == "*" else row["endpoint"]
    assert classify(endpoint, method, Answer(row["status"], with_pem(body), content_type)).value == row["outcome"]


@pytest.mark.parametrize("row", HTTP["certnames"], ids=lambda row: row["certname"] or "empty")
def test_certnames(row: dict[str, Any]) -> None:
    assert (not certname_faults(row["certname"])) == row["module_should_accept"]


@pytest.mark.parametrize("row", HTTP["cert_ttl"], ids=lambda row: repr(row["cert_ttl"]))
def test_lifetimes(row: dict[str, Any]) -> None:
    assert (not cert_ttl_faults(row["cert_ttl"])) == row["module_should_accept"]


@pytest.mark.parametrize("row", HTTP["csr_policy"], ids=lambda row: f"{row['server']}: {row['request']}")
def test_what_the_policy_of_the_ca_refuses(row: dict[str, Any]) -> None:
    answer = Answer(row["sign_status"], row["sign_body"], "text/plain;charset=utf-8")
    meaning = classify("certificate_status", "PUT", answer)
    assert meaning.value == row["outcome"]
    assert (meaning in REFUSED_BY_POLICY) == (row["sign_status"] == 409)
    if row["sign_status"] == 409:
        assert row["sign_body"][:100] in explain(meaning, answer)


def holds_of(text: str) -> Holds:
    return next((each for each in Holds if text.startswith(each.value)), Holds.NOTHING)


def certificate_of(text: str, local: str) -> AtCa:
    """From words such as ``same_key_near_expiry``."""
    return AtCa(
        holds_of(text),
        revoked=text.endswith("revoked"),
        expired=text.endswith("expired"),
        due=text.endswith("near_expiry"),
        differs="other alternative names" if text.endswith("san_differs") else "",
        installed=local == "same_as_server",
    )


def decision_for(given: dict[str, Any]) -> Decision:
    refused = certname_faults(given.get("certname", "node1.test"))
    if refused:
        return Decision((), "Invalid", refused[0], failed=True)
    seen = given.get("server_cert", "absent")
    if seen == "wrong_endpoint":
        page = Answer(404, "<html>", "text/html")
        meaning = classify("certificate", "GET", page)
        return Decision((), meaning.value, explain(meaning, page), failed=True)
    if seen == "forbidden" or seen.startswith("403"):
        meaning = classify("certificate", "GET", Answer(403))
        return Decision((), meaning.value, explain(meaning, Answer(403)), failed=True)
    return decide(
        Situation(
            given.get("certname", "node1.test"),
            has_key=given["local_key"] == "present",
            certificate=certificate_of(seen, given.get("local_cert", "absent")),
            request=holds_of(given.get("server_csr", "absent")),
            admin=given.get("admin", False),
            force=given.get("force", False),
            renewable=None if "renewal_endpoint" not in given else not given["renewal_endpoint"].startswith("403"),
        )
    )


def judged(given: dict[str, Any]) -> Decision | None:
    certificate, request = holds_of(given.get("poll_cert", "absent")), holds_of(given.get("poll_csr", "absent"))
    return judge("node1.test", Look(certificate, request, given.get("deadline") == "passed"))


@pytest.mark.parametrize("row", HTTP["enrol_decisions"], ids=lambda row: row["id"])
def test_what_a_node_does_next(row: dict[str, Any]) -> None:
    given, expected = row["given"], row["expect"]
    after = "after_submit" in given
    decision = judged(given) if after else decision_for(given)
    assert decision is not None
    if expected["action"] == "fail":
        assert decision.failed
    elif expected["action"] == "fail_or_pending" or given.get("check_mode"):
        assert not decision.failed
    else:
        assert ",".join(decision.steps) == expected["action"].replace("none", "")
    assert decision.failed == expected["failed"]
    assert (after or decision.changes) == expected["changed"]
    assert expected.get("msg_contains", "") in decision.message
