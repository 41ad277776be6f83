# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Whether a name points to a host in the public DNS."""

from __future__ import annotations

import typing as t

try:
    import dns.exception
    import dns.rdatatype
    import dns.resolver
except ImportError:
    pass  # Then nothing can be told.

from .resolver import HAS_DNSPYTHON, Nameserver, resolver_for


def why_not_pointing(name: str, host: str, nameservers: t.Sequence[Nameserver]) -> str | None:
    """A sentence where the name surely doesn't point to the host; None where it does, or nobody can tell.

    An alias record shows addresses only, and CloudFront's change from answer to answer, so an address tells nothing.
    """
    if not HAS_DNSPYTHON:
        return None
    try:
        answer = resolver_for(nameservers).resolve(name + ".", "A", raise_on_no_answer=False)
        responses, exists = [answer.response], answer.rrset is not None
    except dns.resolver.NXDOMAIN as error:
        responses, exists = list(error.responses().values()), False
    except dns.exception.DNSException:
        return None
    targets = _targets(responses, name)
    if host.lower() in targets or (exists and not targets):
        return None
    return f"{name} points to {targets[-1]}" if targets else f"{name} isn't in the public DNS"


def _targets(responses: t.Iterable[t.Any], name: str) -> list[str]:
    """The names that CNAMEs lead to, in order."""
    links = {
        _text(rrset.name): _text(rrset[0].target)
        for response in responses
        for rrset in response.answer
        if rrset.rdtype == dns.rdatatype.CNAME
    }
    found = [name.lower()]
    while links.get(found[-1], found[0]) not in found:
        found.append(links[found[-1]])
    return found[1:]


def _text(name: t.Any) -> str:
    return str(name).rstrip(".").lower()
