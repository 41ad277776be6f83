# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.tlsops.certificates.plugins.plugin_utils._private_certificates import (
    certificate_arrivals,
    certificate_orders,
    private_certificate_entries,
)


def record(directory: str, csr: str | None = "csr", **given: Any) -> dict[str, Any]:
    blank = {"template": None, "ca": False, "usages": ["client_auth"], "arn": None, "requested_not_after": "then"}
    return {"directory": directory, "csr": csr, "issuer": "ca", **blank, **given}


def answer(name: str, **given: Any) -> dict[str, Any]:
    return {
        **dict.fromkeys(("arn", "certificate", "chain", "root", "reason")),
        "name": name,
        "phase": "Pending",
        **given,
    }


def test_defaults_and_directories() -> None:
    entries = [
        {"subject_alternative_names": ["*.corp.internal", "corp.internal"]},
        {"name": "My queue!", "subject_alternative_names": "q1, q2", "validity": "1d", "mode": ""},
        {"directory": "/etc/ssl/web", "usages": "client_auth server_auth"},
        {"subject_alternative_names": ["spiffe://corp/x"]},
    ]
    filled = private_certificate_entries(entries, "/etc/tlsops/", {"validity": "30d", "template": "", "force": False})
    assert [each["directory"] for each in filled] == [
        "/etc/tlsops/wildcard.corp.internal",
        "/etc/tlsops/My_queue",
        "/etc/ssl/web",
        "/etc/tlsops/spiffe_corp_x",
    ]
    assert filled[1]["subject_alternative_names"] == ["q1", "q2"]
    assert [each["validity"] for each in filled] == ["30d", "1d", "30d", "30d"]
    assert filled[2]["usages"] == ["client_auth", "server_auth"]
    assert "template" not in filled[0]
    assert "mode" not in filled[1]


def test_an_entry_without_a_name() -> None:
    with pytest.raises(AnsibleFilterError, match="neither a name nor names"):
        private_certificate_entries([{"validity": "1d"}], "/etc/tlsops")


def test_a_mistyped_option_is_handed_on_to_who_refuses_it_though_it_is_empty() -> None:
    [filled] = private_certificate_entries([{"name": "a", "onwer": "", "owner": "", "mode": None}], "/etc/tlsops")
    assert filled == {"name": "a", "onwer": "", "directory": "/etc/tlsops/a"}


def test_orders_and_arrivals() -> None:
    stays = record("/old", csr=None, requested_not_after=None)
    requested = {"one": [record("/web"), stays], "two": [record("/web", template="T", usages=[])]}
    first, second = certificate_orders(requested)
    assert first == {
        "name": "one:/web",
        "certificate_authority_arn": "ca",
        "csr_content": "csr",
        "not_after": "then",
        "ca": False,
        "usages": ["client_auth"],
    }
    assert (second["template"], "usages" in second) == ("T", False)
    [planned] = certificate_orders({"one": [record("/web", csr=None)]})
    assert {**first, "directory": "/nonexistent/one/web", "common_name": "check"} == {"csr_content": "csr", **planned}
    placed = [answer("one:/web", arn="arn:1"), answer("two:/web")]
    [order] = certificate_orders(requested, placed)
    assert (order["name"], order["certificate_arn"]) == ("one:/web", "arn:1")
    entries = [{"directory": "/web", "owner": "nginx", "mode": None}]
    assert certificate_arrivals(placed, "one", entries) == [
        {"directory": "/web", "certificate_arn": "arn:1", "owner": "nginx"}
    ]
    came = [answer("one:/web", arn="arn:1", certificate="pem", chain="")]
    assert certificate_arrivals(came, "one", entries)[0]["certificate"] == "pem"
    assert certificate_arrivals(came, "two", entries) == []
    lost = [answer("one:/web", arn="arn:1", phase="Failed", reason="RequestFailedException")]
    assert certificate_arrivals(lost, "one", entries) == [{"directory": "/web", "discard": True}]
