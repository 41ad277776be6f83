# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where challenges go, and whether they have got there."""

from __future__ import annotations

from typing import Any

import pytest
from support import bind_internet
from support.bind import Laboratory
from support.in_process import run_main
from support.modules import ModuleResult

CHALLENGE = "_acme-challenge"


class Ask:
    def __init__(self, laboratory: Laboratory, monkeypatch: pytest.MonkeyPatch) -> None:
        self.laboratory = laboratory
        self.monkeypatch = monkeypatch

    def __call__(self, module: str, **options: Any) -> ModuleResult:
        wish = {
            "nameservers": [self.laboratory.at(bind_internet.RESOLVER.address)],
            "authoritative_port": self.laboratory.port,
            **options,
        }
        return run_main(self.monkeypatch, module, wish)


@pytest.fixture
def ask(laboratory: Laboratory, monkeypatch: pytest.MonkeyPatch) -> Ask:
    return Ask(laboratory, monkeypatch)


def challenges(*names: str) -> list[dict[str, Any]]:
    return [{"name": f"{CHALLENGE}.{name}", "value": "x"} for name in names]


def test_where_challenges_go(ask: Ask) -> None:
    names = ["plain.com", "www.challenge-alias.com", "www.wildcard.com", "x.dev.parted.com"]
    result = ask("dns_challenge_info", records=challenges(*names))
    assert (result["ok"], result["message"], result["changed"]) == (True, "", False)
    found = {each["challenge_name"]: (each["name"], each["zone"]) for each in result["records"]}
    assert found == {
        f"{CHALLENGE}.plain.com": (f"{CHALLENGE}.plain.com", "plain.com"),
        f"{CHALLENGE}.www.challenge-alias.com": ("www.vendor.plain.com", "plain.com"),
        # A wildcard's CNAME delegates nothing.
        f"{CHALLENGE}.www.wildcard.com": (f"{CHALLENGE}.www.wildcard.com", "wildcard.com"),
        f"{CHALLENGE}.x.dev.parted.com": (f"{CHALLENGE}.x.dev.parted.com", "dev.parted.com"),
    }
    assert result["records"][0]["name_servers"] == ["ns1.alpha-dns.net", "ns2.alpha-dns.net"]


def test_aliases_need_not_be_followed(ask: Ask) -> None:
    records = [{"name": f"{CHALLENGE}.www.challenge-alias.com", "values": ["a", '"b"']}]
    [found] = ask("dns_challenge_info", records=records, follow_aliases=False)["records"]
    expected = (records[0]["name"], "challenge-alias.com", ["a", "b"])
    assert (found["name"], found["zone"], found["txt_values"]) == expected


def test_what_can_t_be_found_is_said_and_the_rest_is_found(ask: Ask) -> None:
    records = challenges("plain.com", "all-lame.com", "unregistered-name.com")
    result = ask("dns_challenge_info", records=records)
    assert not result.failed
    assert [each["zone"] for each in result["records"]] == ["plain.com"]
    assert f"the zone of {CHALLENGE}.all-lame.com can't be found" in result["message"]
    assert "SERVFAIL" in result["message"]
    assert f"the domain of {CHALLENGE}.unregistered-name.com isn't registered" in result["message"]
    assert result["ok"] is False


def wild(zone: str = "wild.com") -> list[dict[str, Any]]:
    """A record that is there: the zone answers for every name."""
    return [{"name": f"{CHALLENGE}.{zone}", "values": ["wild"]}]


@pytest.mark.parametrize("at_resolvers", [False, True], ids=["name servers", "resolvers"])
def test_a_record_that_is_everywhere(ask: Ask, at_resolvers: bool) -> None:
    result = ask("dns_records_wait", records=wild(), at_resolvers=at_resolvers)
    assert not result.failed
    [record] = result["records"]
    assert (record["ready"], record["phase"], result["failure"]) == (True, "Published", None)
    assert len(record["servers"]) == (1 if at_resolvers else 2)


def test_a_record_that_is_missing_is_waited_for_until_the_time_is_over(ask: Ask) -> None:
    late = ask("dns_records_wait", records=[*challenges("plain.com"), *wild()], wait_timeout=1)
    assert late.failed
    assert "1 of 2 records is not published within 1 seconds" in late["msg"]
    assert "isn't on ns1.alpha-dns.net" in late["msg"]


@pytest.mark.parametrize(("pass_over", "ready"), [(False, False), (True, True)])
def test_one_of_two_name_servers_is_dead(ask: Ask, laboratory: Laboratory, pass_over: bool, ready: bool) -> None:
    with laboratory.dead("second"):
        result = ask("dns_records_wait", records=wild(), pass_over_silent=pass_over, wait_timeout=1)
    [record] = result["records"]
    assert (record["ready"], result.failed) == (ready, not ready)
    assert "ns2.alpha-dns.net" in record["message"]
    assert "time-out" in record["message"]


def test_a_zone_that_can_t_be_found_ends_the_wait(ask: Ask) -> None:
    result = ask("dns_records_wait", records=challenges("unregistered-name.com"))
    assert result.failed
    assert "isn't registered" in result["msg"]


def test_every_fault_of_the_options_is_said_at_once(ask: Ask) -> None:
    result = ask("dns_records_wait", records=[{"name": "a b"}], nameservers=["x"], authoritative_port=0)
    for word in ("a b", "nameservers", "authoritative_port"):
        assert word in result["msg"]
