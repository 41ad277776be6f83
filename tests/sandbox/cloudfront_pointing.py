# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a domain points to a routing endpoint, as the sandbox's DNS has it.

Source: DeveloperGuide, "Point domains to CloudFront": a CNAME to the routing endpoint; for an alias record, whose
target nobody sees from outside, the routing endpoint in a TXT record at `_cf-challenge.<domain>` as well.
"""

from __future__ import annotations

from typing import NamedTuple

from . import cloudfront_edges
from .resolution import Resolver

CHALLENGE = "_cf-challenge"


class Verdict(NamedTuple):
    """DnsConfigurationStatus and why."""

    status: str
    reason: str


VALID = "valid-configuration"
INVALID = "invalid-configuration"
UNKNOWN = "unknown-configuration"


def has_challenge(resolver: Resolver, domain: str, endpoint: str) -> bool:
    """Whether the TXT record proves who owns the domain."""
    found = resolver.resolve(f"{CHALLENGE}.{domain}", "TXT").values
    return endpoint in {value.strip('"').rstrip(".").lower() for value in found}


def reaches(resolver: Resolver, domain: str, endpoint: str) -> bool:
    """Whether a request for the domain comes to the endpoint: by CNAME, or by its addresses."""
    answer = resolver.resolve(domain, "A")
    return f"{endpoint}." in answer.chain or bool(set(answer.values) & set(cloudfront_edges.addresses(endpoint, "A")))


def is_proven(resolver: Resolver, domain: str, endpoint: str) -> bool:
    """Whether who runs the domain's DNS wants it at the endpoint."""
    return f"{endpoint}." in resolver.resolve(domain, "A").chain or has_challenge(resolver, domain, endpoint)


def judge(resolver: Resolver, domain: str, endpoint: str) -> Verdict:
    """VerifyDnsConfiguration, of one domain."""
    answer = resolver.resolve(domain, "A")
    if f"{endpoint}." in answer.chain:
        return Verdict(VALID, f"The domain has a CNAME record that points to {endpoint}.")
    if answer.rcode not in ("NOERROR", "NXDOMAIN"):
        return Verdict(UNKNOWN, f"The DNS records of the domain could not be read ({answer.rcode}).")
    if set(answer.values) & set(cloudfront_edges.addresses(endpoint, "A")):
        if has_challenge(resolver, domain, endpoint):
            return Verdict(VALID, f"The domain has addresses of {endpoint} and a TXT record that names it.")
        return Verdict(UNKNOWN, f"The domain has no TXT record {CHALLENGE}.{domain} with the value {endpoint}.")
    if len(answer.chain) > 1:
        return Verdict(INVALID, f"The domain points to {answer.chain[-1].rstrip('.')} and not to {endpoint}.")
    found = "addresses that are not CloudFront's" if answer.records else "no DNS record"
    return Verdict(INVALID, f"The domain has {found}; point it to {endpoint}.")
