# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""CloudFront's edges: the addresses behind a name of cloudfront.net, and Route 53's alias records to it.

Pure. The addresses are a function of the name; nothing listens there (RFC 2544's and RFC 3849's ranges).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

DOMAIN = "cloudfront.net"
# "If you're using CloudFront, specify Z2FDTNDATAQYW2" (Route 53 API reference, AliasTarget).
HOSTED_ZONE_ID = "Z2FDTNDATAQYW2"
ALIAS_TTL = 60
ALIAS_TYPES = ("A", "AAAA", "HTTPS")


def new_host(seed: str) -> str:
    """A name like d111111abcdef8.cloudfront.net."""
    return f"d{hashlib.sha256(seed.encode()).hexdigest()[:13]}.{DOMAIN}"


def addresses(host: str, record_type: str) -> tuple[str, ...]:
    """What the name resolves to, with or without its trailing dot."""
    digest = hashlib.sha256(host.rstrip(".").lower().encode()).digest()
    if record_type == "A":
        return tuple(f"198.{18 + digest[at] % 2}.{digest[at + 1]}.{digest[at + 2]}" for at in (0, 4))
    if record_type == "AAAA":
        return (f"2001:db8::{digest[8]:x}{digest[9]:02x}:{digest[10]:x}{digest[11]:02x}",)
    return ()


def alias_values(alias: Iterable[tuple[str, Any]] | None, record_type: str) -> tuple[str, ...]:
    """What the name servers answer for an alias record to CloudFront; nothing for other aliases."""
    target = dict(alias or ())
    if target.get("HostedZoneId") != HOSTED_ZONE_ID:
        return ()
    return addresses(target["DNSName"], record_type)


def fault_of_alias(alias: Iterable[tuple[str, Any]] | None, record_type: str) -> str | None:
    """Why Route 53 refuses an alias to CloudFront. Message: aws-cloudformation-user-guide#544; "You can't
    set EvaluateTargetHealth to true when the alias target is a CloudFront distribution" (AliasTarget, API model)."""
    target = dict(alias or ())
    if target.get("HostedZoneId") != HOSTED_ZONE_ID:
        return None
    host = target["DNSName"].rstrip(".").lower() + "."
    tried = f"Tried to create an alias that targets {host}, type {record_type} in zone {HOSTED_ZONE_ID}, but"
    if not host.endswith(f".{DOMAIN}."):
        return f"{tried} the alias target name does not lie within the target zone"
    if record_type not in ALIAS_TYPES:
        return f"{tried} that target was not found"
    if target.get("EvaluateTargetHealth"):
        return "EvaluateTargetHealth cannot be set to true when the alias target is a CloudFront distribution"
    return None
