# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Against a stand-in that is as strict as Cloudflare documents."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils._dns.cloudflare import Cloudflare
from support.cloudflare import EMAIL, KEY, TOKEN, WITHOUT_READ, CloudflareStandIn
from support.in_process import run_main
from support.modules import ModuleResult

APEX, DEV, PENDING = (f"_acme-challenge.{zone}" for zone in ("example.com", "dev.example.com", "pending.org"))


@pytest.fixture
def cloudflare() -> Iterator[CloudflareStandIn]:
    zones = {"example.com": ("c1", "active"), "dev.example.com": ("c2", "active"), "pending.org": ("c3", "pending")}
    running = CloudflareStandIn(zones)
    yield running
    running.stop()
    assert running.unknown == []


class Writer:
    def __init__(self, cloudflare: CloudflareStandIn, monkeypatch: pytest.MonkeyPatch) -> None:
        self.cloudflare = cloudflare
        self.monkeypatch = monkeypatch

    def __call__(self, wanted: dict[str, list[str]], check: bool = False, **options: Any) -> ModuleResult:
        """``wanted`` are values by name. Options that are None are left out."""
        records = [{"name": name, "values": values} for name, values in wanted.items()]
        wish = {"api_token": TOKEN, "endpoint": self.cloudflare.endpoint, "records": records, **options}
        wish = {name: value for name, value in wish.items() if value is not None}
        result = run_main(self.monkeypatch, "cloudflare_validation_records", wish, check=check, diff=True)
        for secret in (TOKEN, WITHOUT_READ, KEY):
            assert secret not in result.stdout + result.stderr
        return result


@pytest.fixture
def write(cloudflare: CloudflareStandIn, monkeypatch: pytest.MonkeyPatch) -> Writer:
    return Writer(cloudflare, monkeypatch)


def actions(result: ModuleResult) -> dict[str, str]:
    return {record["name"]: record["action"] for record in result["records"]}


def test_values_come_and_go_and_others_stay(write: Writer, cloudflare: CloudflareStandIn) -> None:
    cloudflare.put("example.com", APEX, "theirs")
    ours = {APEX: ["one", "two"], DEV: ["three"]}
    foretold = write(ours, check=True)
    assert cloudflare.texts(APEX) == ["theirs"]
    done = write(ours)
    assert (done["changed"], actions(done)) == (True, {APEX: "created", DEV: "created"})
    assert (foretold["records"], foretold["diff"]) == (done["records"], done["diff"])
    assert (cloudflare.texts(APEX), cloudflare.texts(DEV)) == (["theirs", '"one"', '"two"'], ['"three"'])
    cloudflare.calls.clear()
    assert write(ours)["changed"] is False
    assert all(call.startswith("GET") for call in cloudflare.calls)
    gone = write(ours, state="absent")
    assert (gone["changed"], actions(gone)) == (True, {APEX: "deleted", DEV: "deleted"})
    assert (cloudflare.texts(APEX), cloudflare.texts(DEV)) == (["theirs"], [])
    assert write(ours, state="absent")["changed"] is False


def test_a_value_is_the_same_with_quotes_and_without(write: Writer, cloudflare: CloudflareStandIn) -> None:
    cloudflare.put("example.com", APEX, "one")
    assert write({APEX: ["one"]})["changed"] is False
    assert write({APEX: ["one"]}, state="absent")["changed"] is True
    assert cloudflare.texts(APEX) == []


def test_all_pages_are_read(write: Writer, cloudflare: CloudflareStandIn) -> None:
    cloudflare.page = 5
    for number in range(12):
        cloudflare.put("example.com", APEX, f'"{number}"')
    assert write({APEX: [str(number) for number in range(12)]})["changed"] is False


def test_a_zone_that_is_known_is_asked_for_once(write: Writer, cloudflare: CloudflareStandIn) -> None:
    records = [
        {"name": name, "value": "x", "zone": "example.com"} for name in (APEX, "_acme-challenge.www.example.com")
    ]
    write({}, records=records)
    assert [call for call in cloudflare.calls if call.startswith("GET /zones?")] == [
        "GET /zones?name=example.com&per_page=50&page=1"
    ]


def test_the_global_key_will_do(write: Writer) -> None:
    assert write({APEX: ["x"]}, api_token=None, account_email=EMAIL, account_api_key=KEY)["changed"] is True


def test_cloudflare_is_busy_for_a_moment(write: Writer, cloudflare: CloudflareStandIn) -> None:
    cloudflare.busy = 2
    assert write({APEX: ["x"]})["changed"] is True
    cloudflare.busy = 3
    assert "429" in write({APEX: ["y"]})["msg"]


def test_somebody_else_is_quicker(
    write: Writer, cloudflare: CloudflareStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between our look and our change."""
    cloudflare.put("example.com", APEX, '"x"')
    monkeypatch.setattr(Cloudflare, "texts", lambda self, zone, name: [])
    assert not write({APEX: ["x"]}).failed
    monkeypatch.setattr(Cloudflare, "texts", lambda self, zone, name: [{"id": "gone", "content": '"x"'}])
    assert not write({APEX: ["x"]}, state="absent").failed


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"api_token": "wrong"}, ["9109", "Zone:Read and DNS:Edit"]),
        ({"api_token": WITHOUT_READ, "zone": "example.com"}, ["no Cloudflare zone for example.com", "lacks Zone:Read"]),
        (
            {"name": "_acme-challenge.other.com"},
            ["no Cloudflare zone for _acme-challenge.other.com", "another account"],
        ),
        ({"zone": "pending.org", "name": PENDING}, ["pending.org is pending at Cloudflare"]),
        ({"ttl": 30}, ["9021", "Invalid TTL"]),
        ({"endpoint": "http://127.0.0.1:9/client/v4"}, ["gives no answer"]),
    ],
    ids=["token", "zone read", "other account", "pending", "ttl", "nobody there"],
)
def test_each_refusal_is_a_sentence(write: Writer, options: dict[str, Any], says: list[str]) -> None:
    record = {"name": options.pop("name", APEX), "value": "x", "zone": options.pop("zone", None)}
    result = write({}, records=[{key: value for key, value in record.items() if value}], **options)
    assert result.failed
    for part in says:
        assert part in result["msg"] + json.dumps(result.result), result["msg"]


def test_every_fault_of_the_options_is_said_at_once(write: Writer, cloudflare: CloudflareStandIn) -> None:
    result = write({"a b": ["x"]}, api_token="line\nend", account_email="a@example.com", timeout=0)
    for word in ("a b", "api_token has characters", "exclude each other", "timeout"):
        assert word in result["msg"], result["msg"]
    assert "line" not in result["msg"].replace("a line's end", "")
    assert "belong together" in write({APEX: ["x"]}, api_token=None, account_email=EMAIL)["msg"]
    assert "give api_token" in write({APEX: ["x"]}, api_token=None)["msg"]
    assert cloudflare.calls == []
