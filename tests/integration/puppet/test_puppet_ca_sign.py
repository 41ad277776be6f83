# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is signed, revoked and cleaned at a real Puppet Server, and what isn't."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils import _x509 as x509
from ansible_collections.tlsops.certificates.plugins.module_utils._flows import puppet_signing
from support.modules import ModuleResult
from support.puppet_config import CERTNAME
from support.puppet_relay import Asked, Reply, relayed
from support.puppet_world import Node, PuppetWorld


def only(result: ModuleResult) -> dict[str, Any]:
    [record] = result["certificates"]
    return dict(record)


def requested(ca: PuppetWorld, **options: Any) -> Node:
    node = ca.node()
    assert ca.enrol(node, **options)["phase"] == "Requesting"
    return node


def test_what_is_expected_is_signed_and_then_nothing_changes(ca: PuppetWorld) -> None:
    node = requested(ca)
    predicted = ca.sign(node, check=True, diff=True)
    assert (predicted["changed"], ca.state(node.certname)) == (True, "requested")
    signed = ca.sign(node, diff=True)
    assert signed["diff"] == predicted["diff"]
    record = only(signed)
    assert (record["state"], record["phase"], record["ready"], record["changed"]) == ("signed", "Signed", True, True)
    assert record["public_key_fingerprint"] == node.fingerprint == only(predicted)["public_key_fingerprint"]
    again = ca.sign(node)
    assert (again["changed"], only(again)["serial_number"]) == (False, record["serial_number"])


def test_an_exchanged_request_is_never_signed(ca: PuppetWorld) -> None:
    node = requested(ca)
    ca.delete(node.certname)
    ca.submit(node.certname)
    result = ca.sign(node)
    assert "isn't one of expected_fingerprints" in result["msg"]
    assert (only(result)["reason"], result["changed"], ca.state(node.certname)) == ("Refused", False, "requested")


def exchanging(ca: PuppetWorld, node: Node, reads: int) -> Callable[[Asked], Reply | None]:
    """Somebody who puts another request in the place of the node's after so many looks at it."""
    looks = 0

    def exchange(asked: Asked) -> Reply | None:
        nonlocal looks
        looks += asked.path.startswith("certificate_request/") and asked.method == "GET"
        if looks > reads or (looks == reads and asked.method == "PUT"):
            looks = -100
            ca.delete(node.certname)
            ca.submit(node.certname)
        return None

    return exchange


def test_a_request_exchanged_between_the_look_and_the_signature_is_not_signed(ca: PuppetWorld) -> None:
    """In the first case the second look finds it. In the other it is too late for that: the certificate is revoked."""
    for reads, state in ((1, "requested"), (2, "revoked")):
        node = requested(ca)
        with relayed(ca.server, exchanging(ca, node, reads)) as relay:
            result = ca.sign(node, ca_url=relay.url)
        assert "was exchanged" in result["msg"]
        assert ca.state(node.certname) == state


def test_the_key_of_one_node_is_no_ticket_for_the_name_of_another(ca: PuppetWorld) -> None:
    good, bad = requested(ca), ca.node()
    ca.submit(bad.certname, good.any_key)
    expected = {good.certname: good.fingerprint, bad.certname: "00" * 32}
    result = ca.sign(good, bad, expected_fingerprints=expected)
    assert [(each["state"], each["changed"]) for each in result["certificates"]] == [
        ("signed", True),
        ("requested", False),
    ]
    assert bad.certname in result["msg"]


def test_lists_whole_requests_and_any_key_will_do_if_that_is_said(ca: PuppetWorld) -> None:
    by_list, by_request, by_any = requested(ca), requested(ca), requested(ca)
    assert ca.sign(by_list, expected_fingerprints=[by_list.fingerprint.upper()])["changed"]
    info = ca.run("puppet_ca_info", {**ca.server.options, **ca.server.admin, "certnames": [by_request.certname]})
    assert ca.sign(by_request, expected_fingerprints=info["requests"][0]["fingerprint"])["changed"]
    assert ca.sign(by_any, any_key=True)["changed"]
    assert "expected_fingerprints is needed" in ca.sign(by_any, expected_fingerprints=None)["msg"]


def test_names_extensions_and_weak_keys_are_refused_unless_allowed(ca: PuppetWorld) -> None:
    node = requested(ca, subject_alternative_names=["other.example.com"], extension_requests={"pp_auth_role": "x"})
    result = ca.sign(node)
    assert "DNS:other.example.com" in result["msg"]
    assert "pp_auth_role" in result["msg"]
    allowed = ca.sign(node, allowed_alt_names=["other.example.com"], allowed_extensions=["pp_auth_role"])
    assert "allow-authorization-extensions" in allowed["msg"]
    assert only(allowed)["phase"] == "Error"
    assert ca.state(node.certname) == "requested"


def test_a_refused_request_is_removed_if_that_is_wanted(ca: PuppetWorld) -> None:
    node = requested(ca, subject_alternative_names=["other.example.com"])
    predicted = ca.sign(node, reject=True, check=True)
    assert (predicted["changed"], ca.state(node.certname)) == (True, "requested")
    result = ca.sign(node, reject=True)
    assert result.failed
    assert (only(result)["reason"], only(result)["state"], result["changed"]) == ("Rejected", "absent", True)
    assert ca.enrol(node)["phase"] == "Requesting"


def test_a_pattern_signs_what_is_pending_and_warns_of_strangers(ca: PuppetWorld) -> None:
    domain = f"p{os.getpid()}.test"
    nodes = [ca.node(domain) for dummy in range(3)]
    for node in nodes[:2]:
        ca.enrol(node)
    ca.submit(nodes[2].certname)
    expected = {node.certname: node.fingerprint for node in nodes[:2]}
    result = ca.sign(certnames=[f"*.{domain}"], expected_fingerprints=expected)
    assert not result.failed
    assert [ca.state(node.certname) for node in nodes] == ["signed", "signed", "requested"]
    [warning] = result["warnings"]
    assert nodes[2].certname in json.dumps(warning)
    again = ca.sign(certnames=[f"*.{domain}"], expected_fingerprints=expected)
    assert (again["changed"], len(again["certificates"])) == (False, 1)


def test_nobody_has_requested_it_or_somebody_else_has_it_already(ca: PuppetWorld) -> None:
    node = ca.node()
    nothing = ca.sign(node, expected_fingerprints={node.certname: "00" * 32})
    assert "has no request" in nothing["msg"]
    ca.submit(node.certname)
    ca.set_state(node.certname, "signed")
    taken = ca.sign(node, expected_fingerprints={node.certname: "00" * 32})
    assert "somebody else has it" in taken["msg"]
    ca.set_state(node.certname, "revoked")
    assert "is revoked" in ca.sign(node, any_key=True)["msg"]


def test_a_lifetime_of_ones_own(ca: PuppetWorld) -> None:
    node = requested(ca)
    assert "between 1 and" in ca.sign(node, cert_ttl=0)["msg"]
    record = only(ca.sign(node, cert_ttl=7200))
    facts = x509.describe_certificate(
        x509.load_certificate(ca.server.request("GET", f"certificate/{node.certname}")[1])
    )
    assert record["not_after"] == facts.not_after.isoformat()
    # The CA dates the beginning a day back.
    assert (facts.not_after - facts.not_before).total_seconds() == 86400 + 7200


def test_two_signers_at_once_both_say_that_it_is_signed(ca: PuppetWorld) -> None:
    node = requested(ca)
    together = threading.Barrier(8)

    def somebody_else() -> None:
        together.wait()
        ca.set_state(node.certname, "signed")

    others = [threading.Thread(target=somebody_else) for dummy in range(7)]

    def let_them_go(asked: Asked) -> Reply | None:
        if asked.method == "PUT":
            for other in others:
                other.start()
            together.wait()
        return None

    with relayed(ca.server, let_them_go) as relay:
        result = ca.sign(node, ca_url=relay.url)
    for other in others:
        other.join()
    assert not result.failed, result["msg"]
    assert only(result)["public_key_fingerprint"] == node.fingerprint
    assert ca.server.issued(node.certname) == 1


def test_revoked_means_in_the_list_and_the_node_is_turned_away(ca: PuppetWorld) -> None:
    node = ca.enrolled()
    assert ca.sign(node, state="revoked", check=True)["changed"]
    assert ca.state(node.certname) == "signed"
    assert only(ca.sign(node, state="revoked"))["state"] == "revoked"
    assert not ca.sign(node, state="revoked")["changed"]
    assert ca.turns_away(node)


def test_cleaned_is_revoked_first_and_nothing_is_left(ca: PuppetWorld) -> None:
    signed, revoked, asked, nothing = ca.enrolled(), ca.enrolled(), requested(ca), ca.node()
    ca.set_state(revoked.certname, "revoked")
    nodes = (signed, revoked, asked, nothing)
    predicted = ca.sign(*nodes, state="cleaned", check=True)
    result = ca.sign(*nodes, state="cleaned")
    changes = [each["changed"] for each in result["certificates"]]
    assert changes == [each["changed"] for each in predicted["certificates"]] == [True, True, True, False]
    assert [ca.state(node.certname) for node in nodes] == [None] * 4
    assert not ca.sign(*nodes, state="cleaned")["changed"]
    assert ca.has_revoked(signed)


def test_a_certificate_that_the_list_does_not_have_is_not_deleted(
    ca: PuppetWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(puppet_signing, "_REVOKED_WITHIN", 0.0)
    node = ca.enrolled()
    dummy, lists = ca.server.request("GET", "certificate_revocation_list/ca")

    def old_lists(asked: Asked) -> Reply | None:
        return Reply(200, lists) if asked.path.startswith("certificate_revocation_list") else None

    with relayed(ca.server, old_lists) as relay:
        result = ca.sign(node, state="cleaned", ca_url=relay.url)
    assert "wasn't deleted" in result["msg"]
    assert ca.state(node.certname) == "revoked"
    assert not ca.sign(node, state="cleaned").failed
    assert ca.state(node.certname) is None


def test_patterns_spare_the_ca_itself_and_names_say_why(ca: PuppetWorld) -> None:
    predicted = ca.sign(certnames=["*"], state="cleaned", check=True)
    assert CERTNAME not in [each["certname"] for each in predicted["certificates"]]
    assert "with which this task speaks" in ca.sign(certnames=[CERTNAME], state="cleaned")["msg"]


def test_many_nodes_are_one_task_of_four_requests_each(ca: PuppetWorld) -> None:
    keys = {f"{number}.p{os.getpid()}.test": x509.generate_key("EC_prime256v1") for number in range(12)}
    for name, key in keys.items():
        ca.submit(name, key)
    expected = {name: x509.describe_key(key)[1] for name, key in keys.items()}
    with relayed(ca.server) as relay:
        result = ca.sign(certnames=list(keys), expected_fingerprints=expected, ca_url=relay.url)
        assert len(relay.asked) == 1 + 4 * 12
    assert [each["changed"] for each in result["certificates"]] == [True] * 12
    with relayed(ca.server) as relay:
        assert not ca.sign(certnames=list(keys), expected_fingerprints=expected, ca_url=relay.url)["changed"]
        assert len(relay.asked) == 1 + 12


def test_a_token_is_sent_in_place_of_a_certificate_and_never_shown(ca: PuppetWorld) -> None:
    """Of Puppet Enterprise, whose server isn't at hand: the header is what its documentation says."""
    node = requested(ca)
    options = {**ca.server.options, "certnames": [node.certname], "any_key": True, "token": "s3cret-t0ken"}
    with relayed(ca.server) as relay:
        result = ca.run("puppet_ca_sign", {**options, "ca_url": relay.url})
    assert result["changed"]
    assert "s3cret-t0ken" not in result.stdout
