# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils._challenge_places import Place, find_place
from ansible_collections.tlsops.certificates.plugins.module_utils._dns01 import challenge_name, control_name
from ansible_collections.tlsops.certificates.plugins.module_utils._dns_answers import MAX_ALIASES, TIME_OUT
from fake_dns import FakeView

ZONES = {
    "com": ("a.gtld.test",),
    "example.com": ("ns1.ours.test", "ns2.ours.test"),
    "dev.example.com": ("ns1.dev.test",),
    "challenges.net": ("ns1.net.test",),
}
WWW = challenge_name("www.example.com")
ELSEWHERE = "www.challenges.net"


def place(name: str, *records: str, follow: bool = True, failing: dict[str, str] | None = None) -> Place:
    return find_place(name, FakeView(ZONES, records, failing or {}), follow_aliases=follow)


@pytest.mark.parametrize(
    ("domain", "zone"),
    [
        ("example.com", "example.com"),
        ("*.example.com", "example.com"),
        ("www.example.com", "example.com"),
        ("a.b.www.example.com", "example.com"),
        ("dev.example.com", "dev.example.com"),
        ("*.dev.example.com", "dev.example.com"),
        ("xdev.example.com", "example.com"),
    ],
)
def test_the_nearest_zone_takes_it(domain: str, zone: str) -> None:
    name = challenge_name(domain)
    assert place(name) == Place(name, name, zone, ZONES[zone])


@pytest.mark.parametrize(
    ("records", "name", "zone"),
    [
        ([f"{WWW} CNAME {ELSEWHERE}"], ELSEWHERE, "challenges.net"),
        ([f"{WWW} CNAME x.example.com", f"x.example.com CNAME {ELSEWHERE}"], ELSEWHERE, "challenges.net"),
        ([f"{WWW} CNAME www.dev.example.com"], "www.dev.example.com", "dev.example.com"),
        # A wildcard gives it to every name.
        ([f"{WWW} CNAME {ELSEWHERE}", f"{control_name(WWW)} CNAME {ELSEWHERE}"], WWW, "example.com"),
        # Other names are aliases, too, but not of the same target.
        ([f"{WWW} CNAME {ELSEWHERE}", f"{control_name(WWW)} CNAME other.challenges.net"], ELSEWHERE, "challenges.net"),
        # A delegation that leads to a wildcard ends there.
        (
            [
                f"{WWW} CNAME {ELSEWHERE}",
                f"{ELSEWHERE} CNAME w.example.com",
                f"{control_name(ELSEWHERE)} CNAME w.example.com",
            ],
            ELSEWHERE,
            "challenges.net",
        ),
    ],
    ids=["one", "two", "sub-domain", "wildcard", "another target", "a wildcard at the end"],
)
def test_a_cname_leads_to_the_place_unless_a_wildcard_gives_it(records: list[str], name: str, zone: str) -> None:
    found = place(WWW, *records)
    assert (found.challenge_name, found.name, found.zone, found.fault) == (WWW, name, zone, "")


def test_cnames_need_not_be_followed() -> None:
    found = place(WWW, f"{WWW} CNAME {ELSEWHERE}", follow=False)
    assert (found.name, found.zone) == (WWW, "example.com")


CIRCLE = [f"{WWW} CNAME a.example.com", f"a.example.com CNAME {WWW}"]
ENDLESS = [f"{WWW} CNAME n0.example.com"]
ENDLESS += [f"n{number}.example.com CNAME n{number + 1}.example.com" for number in range(MAX_ALIASES + 1)]


@pytest.mark.parametrize(
    ("name", "records", "failing", "said"),
    [
        (WWW, CIRCLE, {}, f"the CNAME records from {WWW} have no end: loop"),
        (WWW, ENDLESS, {}, f"have no end: too many CNAMEs (limit {MAX_ALIASES})"),
        # Above it, example.com would be taken for the zone.
        ("_acme-challenge.dev.example.com", [], {"dev.example.com": "SERVFAIL"}, "SERVFAIL for dev.example.com"),
        (WWW, [], {WWW: TIME_OUT}, f"the zone of {WWW} can't be found: the resolver 192.0.2.53 answers time-out"),
        ("_acme-challenge.nobody.com", [], {}, "isn't registered, or not delegated: the nearest zone is com"),
        ("_acme-challenge.nobody.org", [], {}, "isn't registered, or not delegated"),
        (WWW, [f"{WWW} CNAME gone.org"], {}, "the domain of gone.org isn't registered"),
    ],
    ids=["circle", "no end", "failed above", "failed", "public suffix", "nothing at all", "delegated to nowhere"],
)
def test_why_there_is_no_place(name: str, records: list[str], failing: dict[str, str], said: str) -> None:
    found = place(name, *records, failing=failing)
    assert said in found.fault
    assert (found.challenge_name, found.zone, found.name_servers) == (name, "", ())
