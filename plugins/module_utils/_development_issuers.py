# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Issuers that no client trusts: what they sign is for development, and never for a target marked production."""

from __future__ import annotations

import typing as t

#: Names of issuers of this collection that make a certificate here, without a CA that anybody else knows.
DEVELOPMENT_ISSUERS = ("self_signed", "own_ca")
#: Roots of Let's Encrypt's staging environment, and what the names of all its CAs begin with.
#: https://letsencrypt.org/docs/staging-environment/ (read 2026-11)
STAGING_NAMES = ("Pretend Pear", "Bogus Broccoli", "Yearning Yucca", "Yonder Yam", "(STAGING)")


def staging_name(names: t.Iterable[str]) -> str | None:
    """The first of the names of a chain's subjects and issuers that is of a staging CA."""
    lowered = [staging.lower() for staging in STAGING_NAMES]
    return next((name for name in names if any(staging in name.lower() for staging in lowered)), None)


def refusal(issuer: str | None, names: t.Iterable[str], self_signed: bool) -> str | None:
    """Why no client would trust the certificate; None where nothing speaks against it."""
    if (found := staging_name(names)) is not None:
        return f"its chain is of a staging CA ({found}), which no client trusts"
    if issuer in DEVELOPMENT_ISSUERS:
        return f"it comes from the development issuer {issuer}, which no client trusts"
    if self_signed:
        return "it is self-signed, which no client trusts"
    return None
