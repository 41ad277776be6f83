# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.tlsops.certificates.plugins.plugin_utils._tenant_lists import (
    tenant_certificates,
    tenant_requests,
)

ARN = "arn:aws:acm:us-east-1:111111111111:certificate/aaaa-1"
WILD = {"name": "wild", "domains": ["*.example.com"], "request": "true", "key_algorithm": "EC_prime256v1"}


@pytest.mark.parametrize(
    "given",
    [
        "# customers\na: a.example.com\n\nb: b.example.com, www.b.example.com\n",
        "- name: a\n  domains: a.example.com\n- name: b\n  domains: [b.example.com, www.b.example.com]\n",
        ["a: a.example.com", {"name": "b", "domains": "b.example.com www.b.example.com"}],
    ],
)
def test_texts_of_a_survey_and_lists(given: Any) -> None:
    assert tenant_certificates(given, "") == {
        "tenants": [
            {"name": "a", "domains": ["a.example.com"]},
            {"name": "b", "domains": ["b.example.com", "www.b.example.com"]},
        ],
        "waiting": [],
        "requested": [],
    }


def test_a_certificate_of_its_own_is_requested_for_its_domains() -> None:
    assert tenant_requests([WILD, {"name": "a", "domains": "a.example.com"}], "web") == [
        {
            "name": "tenant/web/wild",
            "subject_alternative_names": ["*.example.com"],
            "key_algorithm": "EC_prime256v1",
            "cloudfront": True,
        }
    ]
    assert tenant_requests([{**WILD, "state": "absent"}], "web") == []


def test_a_tenant_waits_for_its_certificate() -> None:
    record = {"name": "tenant/web/wild", "arn": ARN, "ready": True}
    ready = tenant_certificates([WILD], "web", requested=[record])
    assert ready["tenants"] == [{"name": "wild", "domains": ["*.example.com"], "certificate_arn": ARN}]
    assert ready["requested"] == [ARN]
    late = tenant_certificates([WILD], "web", requested=[{**record, "ready": False}])
    assert (late["tenants"], late["waiting"]) == ([], ["wild"])
    named = [{"name": "a", "certificate": "cdn"}]
    assert tenant_certificates(named, "", certificates={"cdn": ARN})["tenants"][0]["certificate_arn"] == ARN
    assert tenant_certificates(named, "", certificates={"cdn": None})["waiting"] == ["a"]


@pytest.mark.parametrize(
    ("given", "part"),
    [
        ("just-a-name", "'name: domain, domain'"),
        (17, "a text or a list"),
        ([{"domains": "a.example.com"}], "no name"),
        ([{"name": "a", "domain": "a.example.com"}], "has domain; known are"),
        ([{"name": "a", "certificate": "cdn"}], "known are: none"),
    ],
)
def test_what_can_t_be(given: Any, part: str) -> None:
    with pytest.raises(AnsibleFilterError, match=part):
        tenant_certificates(given, "")


@pytest.mark.parametrize(("group", "entry"), [("", WILD), ("web", {**WILD, "domains": []})])
def test_a_request_needs_a_group_and_names(group: str, entry: dict[str, Any]) -> None:
    with pytest.raises(AnsibleFilterError, match="wild"):
        tenant_requests([entry], group)
