# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A node and its certificate, against a real Puppet Server."""

from __future__ import annotations

import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from ansible_collections.tlsops.certificates.plugins.modules import puppet_certificate
from support.puppet_relay import Asked, Reply, relayed
from support.puppet_world import Node, PuppetWorld


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def files(node: Node) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in node.ssldir.rglob("*") if path.is_file()}


class ClockWith:
    """Time passes at once, and something happens meanwhile."""

    def __init__(self, happens: Callable[[], object] = lambda: None) -> None:
        self._happens = happens
        self._now = 0.0
        self.pauses: list[float] = []

    def now(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self._now += seconds
        self._happens()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[..., ClockWith]:
    def set_clock(happens: Callable[[], object] = lambda: None) -> ClockWith:
        made = ClockWith(happens)
        monkeypatch.setattr(puppet_certificate, "SystemClock", lambda: made)
        return made

    return set_clock


def test_a_node_requests_and_fetches_and_then_nothing_changes(ca: PuppetWorld) -> None:
    node = ca.node()
    requested = ca.enrol(node)
    assert (requested["changed"], requested["phase"], requested["ready"]) == (True, "Requesting", False)
    assert (ca.state(node.certname), mode(node.pending_key)) == ("requested", 0o600)
    waiting = ca.enrol(node)
    assert (waiting["changed"], waiting["reason"]) == (False, "WaitingForSigning")
    assert requested["public_key_fingerprint"] == waiting["public_key_fingerprint"] == node.fingerprint
    assert not ca.sign(node).failed
    fetched = ca.enrol(node)
    assert (fetched["changed"], fetched["phase"], fetched["ready"]) == (True, "Signed", True)
    assert ca.certificate_key(node.certname) == node.fingerprint == fetched["public_key_fingerprint"]
    assert (mode(node.key), mode(node.certificate), node.pending_key.exists()) == (0o600, 0o644, False)
    again = ca.enrol(node, renew_before="1d")
    assert (again["changed"], again["serial_number"]) == (False, fetched["serial_number"])


def test_openssl_finds_the_files_good_with_the_revocation_lists_of_all_cas(ca: PuppetWorld) -> None:
    node = ca.enrolled()
    trust = ["-CAfile", str(node.ssldir / "certs" / "ca.pem"), "-CRLfile", str(node.ssldir / "crl.pem")]
    command = ["openssl", "verify", "-x509_strict", "-crl_check_all", *trust, str(node.certificate)]
    assert subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip().endswith("OK")


def test_check_mode_predicts_each_step_and_changes_nothing(ca: PuppetWorld) -> None:
    node = ca.node()
    for prepare in (lambda: None, lambda: None, lambda: ca.sign(node), lambda: None):
        prepare()
        before, state = files(node), ca.state(node.certname)
        predicted = ca.enrol(node, check=True, diff=True)
        assert (files(node), ca.state(node.certname)) == (before, state)
        done = ca.enrol(node, diff=True)
        assert predicted["changed"] == done["changed"] == (files(node) != before)
        assert predicted["phase"] == done["phase"]
        if done["changed"]:
            assert predicted["diff"] == done["diff"]


def test_names_and_trusted_facts_are_in_the_certificate(ca: PuppetWorld) -> None:
    wanted = {
        "subject_alternative_names": ["puppet.example.com", "10.1.2.3"],
        "extension_requests": {"pp_role": "web", "1.3.6.1.4.1.34380.1.2.1": "own"},
        "custom_attributes": {"1.3.6.1.4.1.34380.1.2.7": "only asked"},
        "challenge_password": "hunter2hunter2",
    }
    node = ca.node()
    first = ca.enrol(node, **wanted)
    assert "hunter2hunter2" not in first.stdout
    assert not ca.sign(node, allowed_alt_names=["*.example.com", "10.0.0.0/8"]).failed
    names = [f"DNS:{node.certname}", "DNS:puppet.example.com", "IP:10.1.2.3"]
    assert ca.enrol(node, **wanted)["subject_alternative_names"] == sorted(names)
    assert not ca.enrol(node, **wanted)["changed"]
    [entry] = ca.run("puppet_ca_info", {**ca.server.options, **ca.server.admin, "certnames": [node.certname]})[
        "certificates"
    ]
    assert entry["extensions"] == {"pp_role": "web", "1.3.6.1.4.1.34380.1.2.1": "own"}


def test_other_names_or_facts_are_said_and_replaced_only_by_force(ca: PuppetWorld) -> None:
    node = ca.enrolled(extension_requests={"pp_role": "web"})
    key, serial = node.fingerprint, ca.enrol(node)["serial_number"]
    changed = {"extension_requests": {"pp_role": "db"}}
    refused = ca.enrol(node, **changed, **ca.server.admin)
    assert refused.failed
    assert "'web' for pp_role, and 'db' is wanted" in refused["msg"]
    assert "force: true" in refused["msg"]
    replaced = ca.enrol(node, **changed, **ca.server.admin, force=True)
    assert (replaced["changed"], replaced["phase"]) == (True, "Signed")
    assert key != node.fingerprint == ca.certificate_key(node.certname)
    assert serial != replaced["serial_number"]
    assert not ca.enrol(node, **changed, **ca.server.admin, force=True)["changed"]


def test_autosigned_requests_are_fetched_at_once(ca: PuppetWorld) -> None:
    node = ca.node("autosign.test")
    result = ca.enrol(node)
    assert (result["phase"], result["changed"]) == ("Signed", True)
    assert not ca.enrol(node)["changed"]


def test_a_refusal_to_autosign_says_what_blocks_the_name(ca: PuppetWorld) -> None:
    node = ca.node("autosign.test")
    result = ca.enrol(node, extension_requests={"pp_authorization": "true"})
    assert "authorization extension" in result["msg"]
    assert "blocks the name" in result["msg"]
    assert ca.state(node.certname) == "requested"


def test_it_waits_and_asks_again_after_five_seconds_and_then_less_often(
    ca: PuppetWorld, clock: Callable[..., ClockWith]
) -> None:
    node = ca.node()
    made = clock(lambda: ca.set_state(node.certname, "signed") if len(made.pauses) == 5 else None)
    assert ca.enrol(node, wait=True)["phase"] == "Signed"
    assert 4 <= made.pauses[0] <= 5
    assert made.pauses[0] < made.pauses[-1] <= 30


def test_nobody_signs_in_time(ca: PuppetWorld, clock: Callable[..., ClockWith]) -> None:
    node = ca.node()
    made = clock()
    result = ca.enrol(node, wait=True, wait_timeout=60)
    assert result.failed
    assert "waiting for signing" in result["msg"]
    assert "60 seconds" in result["msg"]
    assert (result["phase"], result["changed"], made.now()) == ("Requesting", True, 60)


def test_a_rejected_request_ends_the_wait(ca: PuppetWorld, clock: Callable[..., ClockWith]) -> None:
    node = ca.node()
    clock(lambda: ca.delete(node.certname))
    result = ca.enrol(node, wait=True)
    assert result.failed
    assert (result["reason"], result["phase"]) == ("Rejected", "Error")


def test_somebody_elses_request_is_found_and_replaced_only_by_force(ca: PuppetWorld) -> None:
    node = ca.node()
    ca.submit(node.certname)
    refused = ca.enrol(node)
    assert "pending request" in refused["msg"]
    assert "another key" in refused["msg"]
    assert not node.pending_key.exists()
    assert ca.enrol(node, **ca.server.admin).failed
    replaced = ca.enrol(node, **ca.server.admin, force=True)
    assert (replaced["phase"], ca.certificate_key(node.certname)) == ("Signed", node.fingerprint)


def test_a_certificate_for_another_key_is_never_installed(ca: PuppetWorld) -> None:
    node = ca.node()
    ca.enrol(node)
    ca.delete(node.certname)
    ca.submit(node.certname)
    ca.set_state(node.certname, "signed")
    result = ca.enrol(node)
    assert "does not match" in result["msg"]
    assert not node.certificate.exists()
    taken_over = ca.enrol(node, **ca.server.admin, force=True)
    assert (taken_over["phase"], ca.certificate_key(node.certname)) == ("Signed", node.fingerprint)


def test_the_loser_of_a_race_installs_nothing(ca: PuppetWorld, clock: Callable[..., ClockWith]) -> None:
    node = ca.node()

    def somebody_is_faster() -> None:
        ca.delete(node.certname)
        ca.submit(node.certname)
        ca.set_state(node.certname, "signed")

    clock(somebody_is_faster)
    result = ca.enrol(node, wait=True)
    assert "does not match" in result["msg"]
    assert not node.certificate.exists()


def test_a_certificate_that_is_exchanged_between_two_looks_is_not_installed(ca: PuppetWorld) -> None:
    node, other = ca.node(), ca.enrolled()
    ca.enrol(node)
    ca.sign(node)
    looks = []

    def exchanged(asked: Asked) -> Reply | None:
        if asked.path != f"certificate/{node.certname}":
            return None
        looks.append(asked)
        return Reply(200, other.certificate.read_text()) if len(looks) == 2 else None

    with relayed(ca.server, exchanged) as relay:
        result = ca.enrol(node, ca_url=relay.url)
    assert "wasn't installed: it does not match the key here" in result["msg"]
    assert not node.certificate.exists()
    assert ca.enrol(node)["phase"] == "Signed"


def test_a_revoked_certificate_is_seen_though_the_ca_still_sends_it(ca: PuppetWorld) -> None:
    node = ca.enrolled()
    old = node.fingerprint
    ca.set_state(node.certname, "revoked")
    refused = ca.enrol(node)
    assert refused.failed
    assert "is revoked, and blocks the name" in refused["msg"]
    replaced = ca.enrol(node, **ca.server.admin)
    assert (replaced["phase"], ca.state(node.certname)) == ("Signed", "signed")
    assert old != node.fingerprint == ca.certificate_key(node.certname)


def test_a_cleaned_node_asks_with_a_new_key(ca: PuppetWorld) -> None:
    node = ca.enrolled()
    old = node.fingerprint
    ca.sign(node, state="cleaned")
    result = ca.enrol(node)
    assert (result["phase"], result["changed"], ca.state(node.certname)) == ("Requesting", True, "requested")
    assert node.fingerprint == result["public_key_fingerprint"] != old


def test_what_the_ca_has_forgotten_but_not_revoked_is_kept(ca: PuppetWorld) -> None:
    node = ca.enrolled()
    ca.delete(node.certname)
    result = ca.enrol(node)
    assert (result["changed"], result["phase"]) == (False, "Signed")


def test_a_request_with_names_that_are_no_longer_wanted_is_replaced_by_an_administrator_only(ca: PuppetWorld) -> None:
    node = ca.node()
    ca.enrol(node)
    wanted = {"subject_alternative_names": ["db.example.com"]}
    refused = ca.enrol(node, **wanted)
    assert "pending request" in refused["msg"]
    assert "remove it" in refused["msg"]
    replaced = ca.enrol(node, **wanted, **ca.server.admin)
    assert replaced["subject_alternative_names"] == ["DNS:db.example.com", f"DNS:{node.certname}"]
