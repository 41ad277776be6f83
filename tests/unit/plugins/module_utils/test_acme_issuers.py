# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils._acme_issuers import (
    downgrade,
    issuer,
    production_faults,
)
from ansible_collections.tlsops.certificates.plugins.module_utils._errors import InvalidInput

PRODUCTION = "https://acme-v02.api.letsencrypt.org/directory"
STAGING = "https://acme-staging-v02.api.letsencrypt.org/directory"
OTHER = "https://acme.example.com/dir"


@pytest.mark.parametrize(
    ("text", "name", "key", "trusted", "preflight"),
    [
        ("letsencrypt", "letsencrypt", PRODUCTION, True, "letsencrypt"),
        (" letsencrypt_staging ", "letsencrypt_staging", STAGING, False, "letsencrypt"),
        (PRODUCTION, "letsencrypt", PRODUCTION, True, "letsencrypt"),
        (STAGING, "letsencrypt_staging", STAGING, False, "letsencrypt"),
        ("own_ca", "own_ca", "own_ca", False, None),
        ("self_signed", "self_signed", "self_signed", False, None),
        (OTHER, OTHER, OTHER, None, None),
    ],
)
def test_issuers_by_name_and_url(text: str, name: str, key: str, trusted: bool | None, preflight: str | None) -> None:
    found = issuer(text)
    assert (found.name, found.key, found.trusted, found.preflight) == (name, key, trusted, preflight)


@pytest.mark.parametrize("text", ["", "letsencript", "http://acme.example.com/dir", "https:///dir"])
def test_what_is_no_issuer(text: str) -> None:
    with pytest.raises(InvalidInput, match="letsencrypt_staging"):
        issuer(text)


@pytest.mark.parametrize(
    ("kept", "wanted", "refused"),
    [
        (PRODUCTION, "letsencrypt_staging", True),
        (PRODUCTION, "own_ca", True),
        (OTHER, "self_signed", True),
        (PRODUCTION, OTHER, False),
        (STAGING, "letsencrypt", False),
        (STAGING, "own_ca", False),
        ("own_ca", "self_signed", False),
        (None, "letsencrypt_staging", False),
        # Of an AWS private CA, and of what nobody knows.
        ("arn:aws:acm-pca:eu-west-1:111111111111:certificate-authority/1", "letsencrypt_staging", False),
    ],
)
def test_what_clients_trust_isnt_replaced_by_what_they_dont(kept: str | None, wanted: str, refused: bool) -> None:
    assert bool(downgrade("site", kept, issuer(wanted))) == refused


def test_production_takes_only_what_clients_trust() -> None:
    entries = [("shop", True), ("trial", False)]
    assert [fault.split(":")[0] for fault in production_faults(issuer("letsencrypt_staging"), entries)] == ["shop"]
    assert production_faults(issuer("letsencrypt"), entries) == []
    assert production_faults(issuer(OTHER), entries) == []
