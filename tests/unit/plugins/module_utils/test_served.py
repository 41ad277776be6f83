# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import datetime
from typing import Any

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils import _served
from ansible_collections.tlsops.certificates.plugins.module_utils._development_issuers import refusal
from ansible_collections.tlsops.certificates.plugins.module_utils._errors import InvalidInput
from ansible_collections.tlsops.certificates.plugins.module_utils._renewal import RenewalPolicy
from ansible_collections.tlsops.certificates.plugins.module_utils._served import Endpoint, Seen, judge, record
from ansible_collections.tlsops.certificates.plugins.module_utils._subject_names import SubjectNames
from ansible_collections.tlsops.certificates.plugins.module_utils._x509 import CertificateFacts

NOW = datetime.datetime(2026, 3, 2, tzinfo=datetime.timezone.utc)
DAY = datetime.timedelta(days=1)
WANTED, OTHER = "a" * 64, "b" * 64


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"endpoint": "www.example.com"}, ("www.example.com", 443, "www.example.com")),
        ({"endpoint": "www.example.com:8443"}, ("www.example.com", 8443, "www.example.com")),
        ({"endpoint": "10.0.0.1:443"}, ("10.0.0.1", 443, None)),
        ({"endpoint": "[2001:db8::1]:443"}, ("2001:db8::1", 443, None)),
        ({"endpoint": "[2001:db8::1]"}, ("2001:db8::1", 443, None)),
        ({"endpoint": "10.0.0.1", "server_name": "Shop.Example.com"}, ("10.0.0.1", 443, "shop.example.com")),
    ],
)
def test_an_endpoint_is_a_host_and_a_port_and_a_name_to_ask_for(entry: dict[str, Any], expected: Any) -> None:
    found = _served.endpoint(entry)
    assert (found.host, found.port, found.server_name) == expected


@pytest.mark.parametrize("text", ["", "a b", "host:0", "host:65536", "host:x", "2001:db8::1:443", "https://host/"])
def test_what_is_no_endpoint_is_said(text: str) -> None:
    with pytest.raises(InvalidInput, match="isn't a host and a port"):
        _served.endpoint({"endpoint": text})


def test_a_fingerprint_may_be_written_as_openssl_writes_it() -> None:
    given = ":".join(["AB"] * 32)
    assert _served.endpoint({"endpoint": "host", "fingerprint": given}).fingerprint == "ab" * 32


def facts(
    fingerprint: str, start: datetime.datetime = NOW - DAY, end: datetime.datetime = NOW + DAY
) -> CertificateFacts:
    names = SubjectNames((), ("DNS:a",))
    return CertificateFacts(names, frozenset(), "EC_prime256v1", "", "1", "CN=ca", fingerprint, start, end)


@pytest.mark.parametrize(
    ("seen", "wanted", "expected"),
    [
        (Seen(facts(WANTED)), WANTED, ("Attached", "Served")),
        (Seen(facts(OTHER)), WANTED, ("Attaching", "AnotherServed")),
        (Seen(facts(OTHER)), None, ("Attached", "Served")),
        (Seen(facts(WANTED, end=NOW)), WANTED, ("Failed", "Expired")),
        (Seen(facts(WANTED, start=NOW + DAY / 2)), WANTED, ("Failed", "NotYetValid")),
        (Seen(reason="Unreachable", problem="there is no connection"), WANTED, ("Failed", "Unreachable")),
    ],
)
def test_what_is_served_is_judged(seen: Seen, wanted: str | None, expected: Any) -> None:
    condition = judge(Endpoint("host", 443, None, wanted), seen, NOW)
    assert (condition.phase, condition.reason) == expected


@pytest.mark.parametrize(("days", "alert"), [(30, "none"), (6, "warning"), (3, "critical"), (0, "critical")])
def test_what_is_served_for_too_long_is_a_worry(days: int, alert: str) -> None:
    seen = Seen(facts(WANTED, start=NOW - (30 - days) * DAY, end=NOW + days * DAY))
    assert record(Endpoint("host", 443, None, WANTED), seen, RenewalPolicy(), NOW)["alert"] == alert


@pytest.mark.parametrize(
    ("issuer", "names", "self_signed", "said"),
    [
        ("arn:aws:acm-pca:eu-west-1:1:certificate-authority/1", ["CN=Corp CA"], False, None),
        (None, ["CN=www.example.com", "CN=YE1,O=Let's Encrypt,C=US"], False, None),
        (None, ["CN=a", "CN=(STAGING) Riddling Rhubarb R12"], False, "staging"),
        (None, ["CN=a", "CN=Yearning Yucca YE"], False, "Yearning Yucca"),
        ("own_ca", ["CN=a", "CN=ours"], False, "development issuer own_ca"),
        ("self_signed", ["CN=a"], True, "development issuer self_signed"),
        (None, ["CN=a"], True, "self-signed"),
    ],
)
def test_what_no_client_trusts_is_refused(
    issuer: str | None, names: list[str], self_signed: bool, said: str | None
) -> None:
    found = refusal(issuer, names, self_signed)
    assert found is None if said is None else said in (found or "")
