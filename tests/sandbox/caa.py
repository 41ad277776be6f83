# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certification Authority Authorization: may this CA issue for the name? RFC 8659, over a real look-up.

ACM looks at CAA for amazon.com, amazontrust.com, awstrust.com and amazonaws.com; CAA at a CNAME's target counts
(ACM user guide, "Certification Authority Authorization (CAA) problems").
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Protocol

import dns.rdata
import dns.rdataclass
import dns.rdatatype

from . import domain_names
from .resolution import Answer

AMAZON = frozenset({"amazon.com", "amazontrust.com", "awstrust.com", "amazonaws.com"})
CRITICAL = 0x80
# RFC 8659 4, RFC 9495 (issuemail), CA/B Baseline Requirements A.1 (contact...), the Mark Certificates' issuevmc.
KNOWN_TAGS = frozenset({"issue", "issuewild", "iodef", "issuemail", "issuevmc", "contactemail", "contactphone"})


class Resolves(Protocol):
    def resolve(self, name: str, rdtype: str) -> Answer:
        """See the class that implements it."""


@dataclass(frozen=True)
class Property:
    """One CAA record. RFC 8659 4.1: tags are matched without regard to case."""

    flags: int
    tag: str
    value: str

    @property
    def issuer(self) -> str:
        """The issuer's domain name; empty forbids everybody. Parameters (after `;`) bind other CAs than Amazon's."""
        return self.value.split(";")[0].strip().lower().rstrip(".")


@dataclass(frozen=True)
class Decision:
    """Whether the CA may issue, the name whose records decided ("" for none), and why in one word."""

    allowed: bool
    found_at: str
    reason: str


def allows(resolver: Resolves, domain: str, wildcard: bool = False, issuers: Collection[str] = AMAZON) -> bool:
    """Whether one of these issuers may issue for the domain (given without `*.`)."""
    return decide(resolver, domain, wildcard, issuers).allowed


def decide(resolver: Resolves, domain: str, wildcard: bool = False, issuers: Collection[str] = AMAZON) -> Decision:
    """RFC 8659 3: the first name with CAA records, from the domain up to its top-level domain, decides alone.

    A name that cannot be looked up is not a name without records: the CA must not issue (CA/B BR 3.2.2.8).
    """
    for name in domain_names.ancestors(domain_names.normal(domain.removeprefix("*."))):
        found = resolver.resolve(name, "CAA")
        if found.rcode not in ("NOERROR", "NXDOMAIN"):
            return Decision(False, name.rstrip("."), "lookup_error")
        if found.records:
            properties = [_property(value) for value in found.values]
            reason = _judge(properties, wildcard, issuers)
            return Decision(reason in ("authorised", "no_relevant_property"), name.rstrip("."), reason)
    return Decision(True, "", "no_caa")


def _judge(properties: list[Property], wildcard: bool, issuers: Collection[str]) -> str:
    if any(item.flags & CRITICAL and item.tag not in KNOWN_TAGS for item in properties):
        return "unknown_critical"
    issue = [item for item in properties if item.tag == "issue"]
    issue_wild = [item for item in properties if item.tag == "issuewild"]
    # RFC 8659 4.3: issuewild alone decides for wildcards when there is any, and means nothing for other names.
    relevant = issue_wild if wildcard and issue_wild else issue
    if not relevant:
        return "no_relevant_property"
    named = {item.issuer for item in relevant} - {""}
    if named & set(issuers):
        return "authorised"
    return "other_issuer_only" if named else "nobody_allowed"


def _property(value: str) -> Property:
    rdata: Any = dns.rdata.from_text(dns.rdataclass.IN, dns.rdatatype.CAA, value)
    return Property(rdata.flags, rdata.tag.decode().lower(), rdata.value.decode("utf-8", "replace"))
