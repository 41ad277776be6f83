# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""dns_preflight_info has nothing to say about healthy names, and asks no more than it has to."""

from __future__ import annotations

import collections
import time

import healthy
import pytest
from conftest import Preflight
from support import bind_bulk, bind_internet
from support.bind import Laboratory, has_ipv6

VIEWS = pytest.mark.parametrize("authoritative", [False, True], ids=["resolver", "authoritative"])
# Of a name below a DNAME, the challenge is as well, so it can't be written where it seems to be.
CHALLENGED = [name for name in healthy.NAMES if name != "www.moved.alias.com"]
NAMES = bind_bulk.NAMES[: len(bind_bulk.NAMES) // 2]


@VIEWS
def test_nothing_is_found_for_acm(preflight: Preflight, authoritative: bool) -> None:
    result = preflight(*healthy.NAMES, records=healthy.RECORDS, authoritative=authoritative)
    assert result["findings"] == []
    assert result["ok"] is True
    assert len(result["names"]) == len(healthy.NAMES) >= 200


@VIEWS
def test_nothing_is_found_for_an_acme_ca(preflight: Preflight, authoritative: bool) -> None:
    result = preflight(*CHALLENGED, issuer="letsencrypt", method="dns-01", authoritative=authoritative)
    assert result["findings"] == []


def test_nothing_is_found_where_the_zones_are_known(preflight: Preflight) -> None:
    """Zones as a provider knows them, their hosts in any spelling."""
    zones = [
        {
            "id": f"Z{number}",
            "name": f"{zone.name}.",
            "name_servers": [f"{server.host.upper()}." for server in zone.own_name_servers],
        }
        for number, zone in enumerate(healthy.ZONES)
        if zone.parent_says
    ]
    result = preflight(*healthy.NAMES, hosted_zones=zones, authoritative=True)
    assert result["findings"] == []


def test_nothing_is_found_by_two_resolvers(preflight: Preflight) -> None:
    both = (bind_internet.RESOLVER.address, bind_internet.INSIDE)
    assert preflight(*healthy.NAMES, resolvers=both)["findings"] == []


@pytest.mark.skipif(not has_ipv6(), reason="loopback has no IPv6")
def test_servers_are_asked_over_ipv6_when_told_to(laboratory: Laboratory, preflight: Preflight) -> None:
    # The resolver asks over IPv6, too, from the same address as the test; after the first time it remembers.
    preflight("www.six.com", authoritative=True)
    for ipv6 in (False, True):
        laboratory.forget_questions()
        assert preflight("www.six.com", authoritative=True, ipv6=ipv6)["findings"] == []
        assert any(question.server == "::1" for question in laboratory.questions()) is ipv6


@VIEWS
def test_each_question_is_asked_once(laboratory: Laboratory, preflight: Preflight, authoritative: bool) -> None:
    laboratory.forget_questions()
    result = preflight(*NAMES, authoritative=authoritative)
    assert result["findings"] == []
    asked = collections.Counter(laboratory.questions())
    assert [question for question, times in asked.items() if times > 1] == []
    assert sum(asked.values()) == result["statistics"]["queries"]
    assert result["statistics"]["unanswered"] == 0
    # Two for a name (is it a zone, and its CAA), and a few for a zone; each server of it, with the authoritative view.
    zones = bind_bulk.ZONE_COUNT // 2
    assert sum(asked.values()) <= (4 if authoritative else 2) * len(NAMES) + 10 * zones


@pytest.mark.alone
def test_a_dead_name_server_is_given_up_on(laboratory: Laboratory, preflight: Preflight) -> None:
    """Half of all servers are down: each costs its tries, and not those of every name."""
    with laboratory.dead("second"):
        result = preflight(*NAMES, authoritative=True, timeout=1)
    assert {finding["check"] for finding in result["findings"]} == {"lame_name_server"}
    assert {finding["name"] for finding in result["findings"]} == set(NAMES)
    assert result["ok"] is True
    assert result["statistics"]["unanswered"] <= 8


@VIEWS
def test_a_wrong_clock_is_no_reason_to_blame_a_zone(
    preflight: Preflight, monkeypatch: pytest.MonkeyPatch, authoritative: bool
) -> None:
    """Signatures look expired to a machine that is a year ahead."""
    right = time.time
    monkeypatch.setattr(time, "time", lambda: right() + 365 * 86400)
    result = preflight("www.signed.com", "www.plain.com", authoritative=authoritative)
    assert {(each["check"], each["level"]) for each in result["findings"]} == {("clock_wrong", "warning")}
