# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What ACM wants to find on a domain's web server (ACM guide, "HTTP validation"). Pure."""

from __future__ import annotations

import hashlib
from typing import Protocol


class Requested(Protocol):
    """A certificate."""

    arn: str
    account: str
    region: str


def redirect(certificate: Requested, name: str) -> tuple[str, str]:
    """From where to where the name's web server has to lead."""
    token = hashlib.sha256(f"token {certificate.arn} {name}".encode()).hexdigest()[:32]
    path = f".well-known/pki-validation/{token}.txt"
    home = f"https://validation.{certificate.region}.acm-validations.aws/{certificate.account}"
    return f"http://{name}/{path}", f"{home}/{path}"


def content(certificate: Requested, name: str) -> str:
    """What is to be read at the end of the redirect."""
    return hashlib.sha256(f"content {certificate.arn} {name}".encode()).hexdigest()
