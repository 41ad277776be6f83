# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible.parsing.vault import VaultLib, VaultSecret
from ansible_collections.tlsops.certificates.plugins.module_utils._errors import TlsopsError
from ansible_collections.tlsops.certificates.plugins.module_utils._vault_format import decrypt, encrypt
from hypothesis import given, settings
from hypothesis import strategies as st

TEXT = st.text(st.characters(blacklist_categories=["Cs"]), min_size=1, max_size=20)


def ansible(passphrase: str) -> VaultLib:
    return VaultLib([("default", VaultSecret(passphrase.encode()))])


@settings(max_examples=15, deadline=None)
@given(st.binary(max_size=300), TEXT)
def test_what_is_sealed_is_opened_by_ansible_vault_and_by_us(content: bytes, passphrase: str) -> None:
    sealed = encrypt(content, passphrase)
    assert decrypt(sealed, passphrase) == content
    assert ansible(passphrase).decrypt(sealed.encode()) == content


@settings(max_examples=10, deadline=None)
@given(st.binary(min_size=1, max_size=300), TEXT)
def test_what_ansible_vault_seals_is_opened(content: bytes, passphrase: str) -> None:
    assert decrypt(ansible(passphrase).encrypt(content).decode(), passphrase) == content


def test_the_same_is_never_sealed_alike() -> None:
    assert encrypt(b"key", "secret") != encrypt(b"key", "secret")
    assert encrypt(b"key", "secret", b"salt") == encrypt(b"key", "secret", b"salt")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "isn't a file of Ansible Vault"),
        ("plain text", "isn't a file of Ansible Vault"),
        ("$ANSIBLE_VAULT;1.1;AES256\nxyz", "damaged"),
        ("$ANSIBLE_VAULT;1.1;AES256\n6162", "damaged"),
        (encrypt(b"key", "another"), "isn't the one it was sealed with"),
        (encrypt(b"key" * 100, "secret").replace("3", "4", 40), "damaged"),
    ],
)
def test_what_cannot_be_opened_is_said(text: str, said: str) -> None:
    with pytest.raises(TlsopsError, match=said):
        decrypt(text, "secret")
