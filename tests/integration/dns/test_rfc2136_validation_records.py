# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Against a BIND that takes updates with TSIG."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils._flows import updating
from support import bind_primary
from support.bind import free_port
from support.bind_primary import KEY_NAME, Primary
from support.in_process import run_main
from support.modules import ModuleResult

APEX, WWW, ALIAS = (f"_acme-challenge.{name}" for name in ("example.test", "www.example.test", "alias.example.test"))
SHARED, OTHER = "_acme-challenge.shared.example.test", "_acme-challenge.other.test"
FORBIDDEN = "_acme-challenge.secret.example.test"
ZONES = {
    "example.test": f"""
        _acme-challenge.alias CNAME {WWW}.
        _acme-challenge.shared TXT "theirs"
        lost NS ns1.nowhere.test.
    """,
    "other.test": "",
    "read-only.test": "",
}


@pytest.fixture(scope="module")
def primary() -> Iterator[Primary]:
    with bind_primary.start(ZONES, [APEX, WWW, ALIAS, SHARED, OTHER]) as running:
        yield running


class Writer:
    def __init__(self, primary: Primary, monkeypatch: pytest.MonkeyPatch) -> None:
        self.primary = primary
        self.monkeypatch = monkeypatch

    def __call__(self, values: dict[str, Any], check: bool = False, **options: Any) -> ModuleResult:
        """``values`` are those wanted by name. Options that are None are left out."""
        wish = {
            "server": bind_primary.ADDRESS,
            "port": self.primary.port,
            "key_name": KEY_NAME,
            "key_secret": self.primary.secret,
            "records": [{"name": name, "values": wanted} for name, wanted in values.items()],
            "timeout": 2,
            **options,
        }
        wish = {name: value for name, value in wish.items() if value is not None}
        result = run_main(self.monkeypatch, "rfc2136_validation_records", wish, check=check, diff=True)
        assert self.primary.secret not in result.stdout + result.stderr
        return result


@pytest.fixture
def write(primary: Primary, monkeypatch: pytest.MonkeyPatch) -> Writer:
    return Writer(primary, monkeypatch)


def actions(result: ModuleResult) -> dict[str, str]:
    return {record["name"]: record["action"] for record in result["records"]}


@pytest.mark.parametrize("options", [{}, {"protocol": "tcp"}, {"zone": "example.test"}], ids=str)
def test_values_come_and_go_and_others_stay(write: Writer, primary: Primary, options: dict[str, Any]) -> None:
    ours = {APEX: ["one", "two", "x" * 300], SHARED: ["ours"]}
    foretold = write(ours, check=True, **options)
    assert primary.texts(APEX) == []
    done = write(ours, **options)
    assert (done["changed"], actions(done)) == (True, {APEX: "created", SHARED: "created"})
    assert (foretold["changed"], foretold["records"], foretold["diff"]) == (True, done["records"], done["diff"])
    assert json.loads(done["diff"]["after"])[f"TXT {SHARED} in example.test"] == ["theirs", "ours"]
    assert primary.texts(APEX) == ["one", "two", "x" * 300]
    again = write(ours, **options)
    assert (again["changed"], set(actions(again).values())) == (False, {"unchanged"})
    gone = write(ours, state="absent", **options)
    assert (gone["changed"], actions(gone)) == (True, {APEX: "deleted", SHARED: "deleted"})
    assert (primary.texts(APEX), primary.texts(SHARED)) == ([], ["theirs"])
    assert write(ours, state="absent", **options)["changed"] is False


def test_only_what_is_missing_is_written_and_only_our_values_are_taken_away(write: Writer, primary: Primary) -> None:
    assert write({WWW: ["one"]})["changed"] is True
    assert write({WWW: ["one", '"two"']})["records"][0]["values_there"] == ["one", "two"]
    assert write({WWW: ["one", "three"]}, state="absent")["records"][0]["values_there"] == ["two"]
    assert primary.texts(WWW) == ["two"]
    write({WWW: ["two"]}, state="absent")


def test_a_key_from_a_file_and_two_zones_at_once(write: Writer, primary: Primary) -> None:
    from_file = {"key_name": None, "key_secret": None, "key_file": str(primary.key_file)}
    result = write({APEX: ["file"], OTHER: ["file"]}, **from_file)
    assert {record["zone"] for record in result["records"]} == {"example.test", "other.test"}
    assert (primary.texts(APEX), primary.texts(OTHER)) == (["file"], ["file"])
    assert write({APEX: ["file"], OTHER: ["file"]}, state="absent", **from_file)["changed"] is True


@pytest.mark.parametrize(
    ("options", "code", "says"),
    [
        ({"key_secret": base64.b64encode(b"another secret").decode()}, "BADSIG", "the secret is another one there"),
        ({"key_name": "nobody"}, "BADKEY", "its name or its algorithm"),
        ({"key_algorithm": "hmac-sha512"}, "BADKEY", "its name or its algorithm"),
        (
            {"zone": "sub.example.test", "records": [{"name": "_x.sub.example.test", "value": "x"}]},
            "NOTAUTH",
            "isn't the primary of the zone",
        ),
        ({"key_name": None, "key_secret": None}, "REFUSED", "no key may not do that"),
        ({"records": [{"name": FORBIDDEN, "value": "x"}]}, "REFUSED", "update-policy"),
        ({"records": [{"name": "_acme-challenge.read-only.test", "value": "x"}]}, "REFUSED", "allow-update"),
    ],
    ids=["secret", "name", "algorithm", "zone", "no key", "not granted", "no updates"],
)
def test_each_refusal_is_a_sentence(
    write: Writer, primary: Primary, options: dict[str, Any], code: str, says: str
) -> None:
    result = write({APEX: ["refused"]}, **options)
    assert result.failed
    assert says in result["msg"], result["msg"]
    assert code in json.dumps(result.result)
    assert primary.texts(APEX) == []


def test_clocks_that_differ(write: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() - 900)
    result = write({APEX: ["late"]})
    assert result.failed
    assert "set the clocks" in result["msg"]


def test_a_zone_that_is_refused_doesn_t_keep_others_from_theirs(write: Writer, primary: Primary) -> None:
    result = write({OTHER: ["done"], FORBIDDEN: ["x"]})
    assert result.failed
    assert result["msg"].startswith("1 of 2 zones are done. ")
    assert (result["changed"], actions(result)) == (True, {OTHER: "created", FORBIDDEN: "failed"})
    write({OTHER: ["done"]}, state="absent")


def test_what_is_in_the_way_is_said_before_anything_is_written(write: Writer, primary: Primary) -> None:
    result = write(
        {
            APEX: ["x"],
            ALIAS: ["x"],
            "_acme-challenge.lost.example.test": ["x"],
            "_acme-challenge.nowhere.invalid": ["x"],
        }
    )
    assert result.failed
    for said in (f"is a CNAME to {WWW}", "the name is delegated away", "_acme-challenge.nowhere.invalid"):
        assert said in result["msg"], result["msg"]
    assert primary.texts(APEX) == []
    assert write({ALIAS: ["x"]}, state="absent")["changed"] is False


def test_a_server_that_drops_a_value_and_says_no_error(
    write: Writer, primary: Primary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """BIND ignores a TXT beside a CNAME; here the CNAME comes between the look and the update."""
    monkeypatch.setattr(
        updating, "_look", lambda primary, record, state: updating.edit(record, "example.test", (), state)
    )
    result = write({ALIAS: ["dropped"]})
    assert result.failed
    assert f"isn't as it was written: a CNAME to {WWW} is there" in result["msg"]


def test_nobody_is_there(write: Writer) -> None:
    result = write({APEX: ["x"]}, port=free_port(bind_primary.ADDRESS), timeout=1)
    assert result.failed
    assert "gives no answer" in result["msg"]
    assert "no address here" in write({APEX: ["x"]}, server="primary.invalid")["msg"]


def test_every_fault_of_the_options_is_said_at_once(write: Writer, tmp_path: Path) -> None:
    records = [{"name": "a b", "value": "x"}, {"name": APEX}, {"name": APEX, "value": "x", "zone": "other.test"}]
    result = write({}, records=records, server=" ", port=0, timeout=0, ttl=-1, zone="a b", key_secret=None)
    for word in (
        "records[0]",
        "records[1]",
        "isn't in the zone other.test",
        "server is empty",
        "port",
        "timeout",
        "ttl",
        "belong together",
    ):
        assert word in result["msg"], (word, result["msg"])
    assert "isn't base64" in write({APEX: ["x"]}, key_secret="n o")["msg"]
    key = tmp_path / "key"
    file = {"key_name": None, "key_secret": None, "key_file": str(key)}
    assert "doesn't exist" in write({APEX: ["x"]}, **file)["msg"]
    for text, fault in (
        ("", "no key"),
        ('key "a" { algorithm hmac-sha256; };', "needs an algorithm and a secret"),
        ('key "a" { algorithm rot13; secret "YQ=="; };', "its algorithm is none of"),
        ('key a { algorithm hmac-sha256; secret "?"; }; # key b', "isn't base64"),
    ):
        key.write_text(text, encoding="utf-8")
        assert fault in write({APEX: ["x"]}, **file)["msg"]
    assert "leave out key_name" in write({APEX: ["x"]}, key_file=str(key))["msg"]
