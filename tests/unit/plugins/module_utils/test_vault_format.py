# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ansible-vault opens what we encrypt, and we open what it has encrypted."""

from __future__ import annotations

import pytest
from ansible.parsing.vault import VaultLib, VaultSecret
from ansible_collections.tlsops.certificates.plugins.module_utils import _vault_format as vault
from ansible_collections.tlsops.certificates.plugins.module_utils._errors import InvalidInput
from hypothesis import given, settings
from hypothesis import strategies as st

PASSPHRASE = "correct horse battery staple"
ANSIBLE = VaultLib([("default", VaultSecret(PASSPHRASE.encode()))])


@pytest.mark.parametrize("content", [b"", b"text", b"\x00\xff" * 500, "ü".encode()])
def test_ansible_opens_what_we_encrypt(content: bytes) -> None:
    text = vault.encrypt(content, PASSPHRASE)
    assert ANSIBLE.decrypt(text) == content
    assert max(map(len, text.splitlines())) == 80


def test_we_open_what_ansible_has_encrypted() -> None:
    assert vault.decrypt(ANSIBLE.encrypt(b"secret").decode(), PASSPHRASE) == b"secret"


@settings(max_examples=25, derandomize=True, deadline=None)
@given(st.binary(max_size=200))
def test_what_goes_in_comes_out(content: bytes) -> None:
    assert vault.decrypt(vault.encrypt(content, PASSPHRASE), PASSPHRASE) == content


def test_no_two_are_alike() -> None:
    assert vault.encrypt(b"same", PASSPHRASE) != vault.encrypt(b"same", PASSPHRASE)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda text: text, "the passphrase is another"),
        (lambda text: text.replace("1.1", "9.9"), "isn't a file that ansible-vault has encrypted"),
        (lambda text: text[:-100], "damaged"),
        (lambda text: text.replace("3", "g"), "damaged"),
        (lambda text: "", "isn't a file that ansible-vault has encrypted"),
        (lambda text: text.splitlines()[0] + "\n", "damaged"),
    ],
)
def test_what_can_not_be_opened_is_said(spoil: object, said: str) -> None:
    text = vault.encrypt(b"content", PASSPHRASE)
    with pytest.raises(vault.CannotOpen, match=said):
        vault.decrypt(spoil(text), "another passphrase of mine")  # type: ignore[operator]


@pytest.mark.parametrize("passphrase", [None, "", "short"])
def test_a_short_passphrase_is_refused(passphrase: str | None) -> None:
    with pytest.raises(InvalidInput, match="16 characters"):
        vault.check_passphrase(passphrase, "passphrase")
