# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Killed before any change of the disk, any request, or any answer, the next run finishes the work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ansible_collections.tlsops.certificates.plugins.module_utils import _x509 as x509
from support.killed import killed_at
from support.puppet_world import Node, PuppetWorld


def kills(do: Callable[[Node], Any], prepare: Callable[[], Node], stride: int) -> Iterator[Node]:
    """A node for each of the steps at which it was killed. They are many, and a second each."""
    number = 1
    while True:
        node = prepare()
        if not killed_at(number, lambda node=node: do(node)):  # type: ignore[misc]
            return
        yield node
        number += stride


def certificate_key(node: Node) -> str:
    return x509.describe_certificate(x509.load_certificate(node.certificate.read_text())).public_key


def test_a_node_that_is_killed_ends_with_one_key_and_one_certificate(ca: PuppetWorld) -> None:
    admin = ca.server.admin
    steps = 0
    for node in kills(lambda node: ca.enrol(node, **admin), ca.node, 3):
        steps += 1
        before = node.fingerprint if node.pending_key.exists() or node.key.exists() else None
        if node.certificate.exists():
            assert certificate_key(node) == node.fingerprint
        result = ca.enrol(node, **admin)
        assert result["phase"] == "Signed", (steps, result.result)
        assert before in (None, node.fingerprint)
        assert certificate_key(node) == node.fingerprint == ca.certificate_key(node.certname)
        assert ca.server.issued(node.certname) == 1
        assert not node.pending_key.exists()
        assert not ca.enrol(node, **admin)["changed"]
    assert steps > 10


def test_a_replacement_that_is_killed_is_finished(ca: PuppetWorld) -> None:
    """Revoked, seen in the list, deleted, requested with a new key, signed, installed: at most one more certificate."""
    wanted = {**ca.server.admin, "extension_requests": {"pp_role": "db"}, "force": True}

    def prepare() -> Node:
        node = ca.node("autosign.test")
        ca.enrol(node)
        return node

    steps = 0
    for node in kills(lambda node: ca.enrol(node, **wanted), prepare, 6):
        steps += 1
        result = ca.enrol(node, **wanted)
        assert result["phase"] == "Signed", result["msg"]
        assert certificate_key(node) == node.fingerprint == ca.certificate_key(node.certname)
        assert ca.server.issued(node.certname) == 2
        assert not node.pending_key.exists()
        assert not ca.enrol(node, **wanted)["changed"]
    assert steps > 6


def test_cleaning_that_is_killed_leaves_nothing_valid_behind(ca: PuppetWorld) -> None:
    def prepare() -> Node:
        node = ca.node("autosign.test")
        ca.enrol(node)
        return node

    steps = 0
    for node in kills(lambda node: ca.sign(node, state="cleaned"), prepare, 3):
        steps += 1
        assert not ca.sign(node, state="cleaned").failed
        assert ca.state(node.certname) is None
        assert ca.has_revoked(node)
    assert steps > 3
