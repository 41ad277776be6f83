# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import itertools

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils import _chains as chains
from ansible_collections.tlsops.certificates.plugins.module_utils import _x509 as x509
from ansible_collections.tlsops.certificates.plugins.module_utils._subject_names import SubjectNames
from support.authority import Authority

ROOT = Authority("Root")
MIDDLE = Authority("Middle", ROOT)
ISSUING = Authority("Issuing", MIDDLE)
OTHER_ROOT = Authority("Other")
#: As somebody might forge it: the right name, and a key of its own.
FALSE_ISSUING = Authority("Issuing", OTHER_ROOT)
LEAF = ISSUING.issue(x509.build_csr(x509.generate_key("EC_prime256v1"), SubjectNames((), ("DNS:web",)), ()))
WHOLE = (LEAF, ISSUING.pem, MIDDLE.pem, ROOT.pem)


@pytest.mark.parametrize(
    "pems", list(itertools.permutations(WHOLE)), ids=lambda pems: "-".join(str(WHOLE.index(p)) for p in pems)
)
def test_any_order_is_put_right_and_the_root_set_apart(pems: tuple[str, ...]) -> None:
    chain = chains.order("".join(pems))
    assert chain == chains.Chain(LEAF, (ISSUING.pem, MIDDLE.pem), ROOT.pem)
    assert chain.full == LEAF + ISSUING.pem + MIDDLE.pem
    assert chain.facts.names.alternative == ("DNS:web",)


def test_duplicates_and_what_stands_between_go() -> None:
    text = f"# the leaf\n{LEAF}subject=CN = Issuing\n{ISSUING.pem}{LEAF}\r\n{MIDDLE.pem}{MIDDLE.pem} end"
    assert chains.order(text) == chains.Chain(LEAF, (ISSUING.pem, MIDDLE.pem))


def test_a_lone_certificate() -> None:
    assert chains.order(LEAF) == chains.Chain(LEAF)
    assert chains.order(ROOT.pem) == chains.Chain(ROOT.pem, root=ROOT.pem)


def test_a_signature_with_pss_is_checked_too() -> None:
    root = Authority("PSS root", pss=True)
    leaf = root.issue(x509.build_csr(x509.generate_key("RSA_2048"), SubjectNames((), ("DNS:web",)), ()))
    assert chains.order(root.pem + leaf) == chains.Chain(leaf, root=root.pem)


@pytest.mark.parametrize(
    "pems",
    [
        (),
        (LEAF, MIDDLE.pem, ROOT.pem),
        (LEAF, ISSUING.pem, ROOT.pem),
        (LEAF, ISSUING.pem, MIDDLE.pem, OTHER_ROOT.pem),
        (*WHOLE, OTHER_ROOT.pem),
        (LEAF, FALSE_ISSUING.pem, OTHER_ROOT.pem),
        (*WHOLE, FALSE_ISSUING.pem),
        (ROOT.pem, OTHER_ROOT.pem),
        (LEAF, ROOT.issue(x509.build_csr(x509.generate_key("EC_prime256v1"), SubjectNames((), ("DNS:b",)), ()))),
    ],
    ids=["nothing", "gap", "gap above", "foreign root", "stray root", "forged", "stray", "two roots", "two leaves"],
)
def test_what_is_no_chain(pems: tuple[str, ...]) -> None:
    with pytest.raises(chains.BrokenChain):
        chains.order("".join(pems))


def test_what_is_a_ca() -> None:
    assert x509.is_ca(ROOT.certificate)
    assert x509.is_ca(ISSUING.certificate)
    assert not x509.is_ca(x509.load_certificate(LEAF))
    assert not x509.is_signed_by(ISSUING.certificate, ROOT.certificate)
