# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Exchanges without a server; those with one are in tests/integration/dns."""

from __future__ import annotations

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils._dns.exchange import Question, exchange
from ansible_collections.tlsops.certificates.plugins.module_utils._dns.resolver import (
    Nameserver,
    parse_nameserver,
    parse_nameservers,
)
from ansible_collections.tlsops.certificates.plugins.module_utils._dns_answers import UNREACHABLE
from ansible_collections.tlsops.certificates.plugins.module_utils._errors import InvalidInput

NOBODY = Nameserver("127.0.0.1", 9)


@pytest.mark.parametrize("name", ["a." * 127 + "example.com", "x" * 64 + ".example.com", "a..example.com"])
def test_a_name_that_cannot_be_asked_for_does_not_exist(name: str) -> None:
    answer = exchange(Question(NOBODY, name, "TXT"), 1.0)
    assert (answer.rcode, answer.failure) == ("NXDOMAIN", "")


def test_a_closed_port_is_noticed_at_once() -> None:
    assert exchange(Question(NOBODY, "example.com", "SOA"), 60.0).fault == UNREACHABLE


@pytest.mark.parametrize("text", ["192.0.2.1", "192.0.2.1:5353", "2001:db8::1", "[2001:db8::1]:5353"])
def test_nameservers_are_written_as_they_are_read(text: str) -> None:
    assert str(parse_nameserver(text)) == text


def test_every_bad_nameserver_is_named() -> None:
    with pytest.raises(InvalidInput) as raised:
        parse_nameservers(["ns1.example.com", "192.0.2.1:0", "192.0.2.1"])
    assert len(raised.value.faults) == 2
