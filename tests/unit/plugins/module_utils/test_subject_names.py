# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils import _key_usages as key_usages
from ansible_collections.tlsops.certificates.plugins.module_utils._errors import InvalidInput
from ansible_collections.tlsops.certificates.plugins.module_utils._subject_names import (
    SubjectNames,
    alternative_name,
    subject_names,
)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("WWW.Example.com", "DNS:www.example.com"),
        ("*.example.com", "DNS:*.example.com"),
        ("localhost", "DNS:localhost"),
        ("my_host", "DNS:my_host"),
        ("müller.example", "DNS:xn--mller-kva.example"),
        ("DNS:10.example", "DNS:10.example"),
        ("192.0.2.1", "IP:192.0.2.1"),
        ("2001:DB8:0::1", "IP:2001:db8::1"),
        ("[2001:db8::1]", "IP:2001:db8::1"),
        ("ip: 192.0.2.1", "IP:192.0.2.1"),
        ("Someone@EXAMPLE.com", "email:Someone@example.com"),
        ("spiffe://example.org/web", "URI:spiffe://example.org/web"),
        ("URI:urn:uuid:1", "URI:urn:uuid:1"),
        ("RID:1.2.3.4", "RID:1.2.3.4"),
        ("otherName:1.3.6.1.4.1.311.20.2.3;UTF8:a@b.c", "otherName:1.3.6.1.4.1.311.20.2.3;UTF8:a@b.c"),
        ("othername:1.2.3;UTF8String:x", "otherName:1.2.3;UTF8:x"),
    ],
)
def test_a_name_is_what_it_looks_like(text: str, name: str) -> None:
    assert alternative_name(text) == name


@pytest.mark.parametrize(
    "text",
    [
        *("", "a b", "www.example.com.", "a..b", "-a.example", "a.*.example", "*", "x" * 64, "DNS:192.0.2.1:443"),
        *("IP:10.0.0", "email:nobody", "ä@example.com", "URI:nothing", "RID:1", "RID:x", "otherName:1.2.3;INT:5"),
    ],
)
def test_what_is_no_name(text: str) -> None:
    with pytest.raises(ValueError, match=r"isn't|ends with|empty"):
        alternative_name(text)


def test_a_subject_in_the_usual_order_and_names_each_once() -> None:
    names = subject_names(
        {
            "common_name": "db",
            "subject": {"organization": "Example", "country": "DE", "state": ""},
            "subject_alternative_names": ["db.corp", "DB.corp", "10.0.0.1"],
        }
    )
    assert names == SubjectNames((("C", "DE"), ("O", "Example"), ("CN", "db")), ("DNS:db.corp", "IP:10.0.0.1"))
    assert names.label == "db"
    assert names.shown_subject == "C=DE, O=Example, CN=db"


@pytest.mark.parametrize(
    ("options", "alternative"),
    [
        ({"common_name": "DB.corp.internal"}, ("DNS:db.corp.internal",)),
        ({"common_name": "db.corp.internal", "subject_alternative_names": ["10.0.0.5"]}, ("IP:10.0.0.5",)),
        ({"common_name": "reporting"}, ()),
        ({"common_name": "Reporting v1.2 (test)"}, ()),
    ],
)
def test_a_host_s_common_name_is_an_alternative_name_if_there_is_no_other(
    options: dict[str, Any], alternative: tuple[str, ...]
) -> None:
    assert subject_names(options).alternative == alternative


@pytest.mark.parametrize(
    "options",
    [
        {"common_name": "a", "subject": {"common_name": "b"}},
        {"common_name": "x" * 65},
        {"subject": {"country": "Germany"}},
        {"subject": {"colour": "red"}},
        {"subject_alternative_names": ["a b"]},
    ],
)
def test_subjects_that_can_t_be(options: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as caught:
        subject_names(options)
    assert len(caught.value.faults) == 1


def test_usages() -> None:
    assert key_usages.faults(["server_auth", "digital_signature", "1.3.6.1.5.5.7.3.17"]) == []
    assert len(key_usages.faults(["serverAuth", "1", "everything"])) == 3
    assert key_usages.normalise(["1.3.6.1.5.5.7.3.2", "1.2.3"]) == {"client_auth", "1.2.3"}


@pytest.mark.parametrize(
    ("wanted", "actual", "good"),
    [
        ({"client_auth"}, {"client_auth", "digital_signature"}, True),
        ({"client_auth"}, {"client_auth", "server_auth"}, False),
        ({"client_auth", "server_auth"}, {"client_auth"}, False),
        ({"client_auth", "key_agreement"}, {"client_auth"}, False),
        (set(), {"digital_signature"}, True),
        (set(), {"server_auth"}, False),
    ],
)
def test_which_usages_will_do(wanted: set[str], actual: set[str], good: bool) -> None:
    assert key_usages.match(wanted, actual) is good
