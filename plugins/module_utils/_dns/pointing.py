# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Whether a name points to a host in the public DNS."""

from __future__ import annotations

import typing as t

try:
    import dns.exception
    import dns.resolver

    HAS_DNSPYTHON = True
except ImportError:
    HAS_DNSPYTHON = False

from .resolver import Nameserver, resolver_for


def why_not_pointing(name: str, host: str, nameservers: t.Sequence[Nameserver]) -> str | None:
    """A sentence where the name surely doesn't point to the host; None where it does, or nobody can tell.

    An alias record shows addresses only, and those of CloudFront change from answer to answer: an address tells nothing.
    """
    if not HAS_DNSPYTHON:
        return None
    try:
        answer = resolver_for(nameservers).resolve(name + ".", "A", raise_on_no_answer=False)
    except dns.resolver.NXDOMAIN as error:
        targets = _targets(error.responses().values(), name)
        return f"{targets[-1]} doesn't exist" if targets and host.lower() not in targets else _missing(name, targets)
    except dns.exception.DNSException:
        return None
    targets = _targets([answer.response], name)
    if host.lower() in targets:
        return None
    if targets:
        return f"{name} points to {targets[-1]}"
    return None if answer.rrset else f"{name} has no address"


def _missing(name: str, targets: t.Sequence[str]) -> str | None:
    return None if targets else f"{name} doesn't exist"


def _targets(responses: t.Iterable[t.Any], name: str) -> list[str]:
    """The names that CNAMEs lead to, in order."""
    found: list[str] = []
    for response in responses:
        links = {
            str(rrset.name).rstrip(".").lower(): str(rrset[0].target).rstrip(".").lower()
            for rrset in response.answer
            if rrset.rdtype == dns.rdatatype.CNAME
        }
        current = name.lower()
        while current in links and links[current] not in found:
            current = links[current]
            found.append(current)
    return found
