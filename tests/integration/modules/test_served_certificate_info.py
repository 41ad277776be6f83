# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A real nginx, and what it shows."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from support.in_process import run_main
from support.kept import Issuer
from support.modules import ModuleResult
from support.nginx import TlsSite

NAMES = ("shop.example.com", "www.example.com")


@pytest.fixture(scope="module")
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture(scope="module")
def site(issuer: Issuer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TlsSite]:
    """Two names with a certificate each."""
    folder = tmp_path_factory.mktemp("site")
    for name in NAMES:
        issuer.keep(folder / name, name)
    running = TlsSite(folder / "nginx", {name: folder / name for name in NAMES})
    yield running
    running.stop()


class Looker:
    def __init__(self, site: TlsSite, monkeypatch: pytest.MonkeyPatch) -> None:
        self.site = site
        self._monkeypatch = monkeypatch

    def fingerprint(self, name: str) -> str:
        options = {"directories": [str(self.site.kept[name])]}
        found = run_main(self._monkeypatch, "kept_certificate_info", options)
        return str(found["certificates"][0]["fingerprint"])

    def look(self, *endpoints: dict[str, Any], **options: Any) -> ModuleResult:
        given = {"endpoints": list(endpoints), "wait": False, **options}
        return run_main(self._monkeypatch, "served_certificate_info", given)

    def entry(self, name: str, **more: Any) -> dict[str, Any]:
        return {"endpoint": self.site.endpoint, "server_name": name, **more}


@pytest.fixture
def looker(site: TlsSite, monkeypatch: pytest.MonkeyPatch) -> Looker:
    return Looker(site, monkeypatch)


def test_each_name_is_asked_for(looker: Looker) -> None:
    result = looker.look(*(looker.entry(name, fingerprint=looker.fingerprint(name)) for name in NAMES))
    assert [each["subject_alternative_names"] for each in result["endpoints"]] == [[f"DNS:{name}"] for name in NAMES]
    assert [each["reason"] for each in result["endpoints"]] == ["Served", "Served"]
    assert [each["alert"] for each in result["endpoints"]] == ["none", "none"]
    assert result["failure"] is None


def test_another_certificate_is_told_from_the_wanted_one(looker: Looker) -> None:
    wrong = looker.entry(NAMES[0], fingerprint=looker.fingerprint(NAMES[1]).upper())
    result = looker.look(wrong)
    assert (result.failed, "serves another certificate" in result["msg"]) == (True, True)
    assert looker.look(wrong, on_failure="report")["endpoints"][0]["phase"] == "Attaching"


def test_it_waits_for_the_reload(looker: Looker, issuer: Issuer) -> None:
    issuer.keep(looker.site.kept[NAMES[0]], NAMES[0])
    wanted = looker.entry(NAMES[0], fingerprint=looker.fingerprint(NAMES[0]))
    assert looker.look(wanted).failed
    reload = threading.Timer(0.5, looker.site.reload)
    reload.start()
    result = looker.look(wanted, wait=True, wait_timeout=20, poll_interval=1)
    reload.join()
    assert (result.failed, result["endpoints"][0]["reason"]) == (False, "Served")


def test_the_time_is_up_some_time(looker: Looker) -> None:
    wanted = looker.entry(NAMES[0], fingerprint="0" * 64)
    assert looker.look(wanted, wait=True, wait_timeout=1, poll_interval=1).failed


def test_what_speaks_no_tls_is_said(looker: Looker) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    plain, dumb = looker.site.port, socket.create_server(("127.0.0.1", 0))
    with dumb:
        silent = dumb.getsockname()[1]
        entries = [{"endpoint": f"127.0.0.1:{each}"} for each in (port, plain, silent)]
        result = looker.look(*entries, timeout=1, on_failure="report")
    assert [each["reason"] for each in result["endpoints"]] == ["Unreachable", "HandshakeFailed", "TimedOut"]
    assert [(each["server_name"], each["alert"]) for each in result["endpoints"]] == [(None, None)] * 3


def test_every_fault_is_said_at_once(looker: Looker) -> None:
    entries = [{"endpoint": "a b"}, {"endpoint": "x:99999"}, {"endpoint": "fine:443", "fingerprint": "1234"}]
    said = looker.look(*entries, timeout=0, renew_before="x")["msg"]
    options = ("timeout must be above 0", "renew_before 'x' isn't")
    for part in ("'a b' isn't", "'x:99999' isn't", "'1234' isn't a SHA-256", *options):
        assert part in said, part
