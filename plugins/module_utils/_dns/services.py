# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""SRV records, over dnspython."""

from __future__ import annotations

import typing as t

from .._errors import TlsopsError
from .resolver import HAS_DNSPYTHON, DnspythonMissing, Nameserver, resolver_for

if HAS_DNSPYTHON:
    import dns.exception
    import dns.resolver


def find_services(name: str, nameservers: t.Sequence[Nameserver]) -> list[tuple[int, int, int, str]]:
    """Priority, weight, port and target of each; nothing where there are none. Raises TlsopsError without an answer."""
    if not HAS_DNSPYTHON:
        raise DnspythonMissing
    try:
        answer = resolver_for(nameservers).resolve(f"{name}.", "SRV")
    except (dns.resolver.NoAnswer, dns.resolver.NXDOMAIN):
        return []
    except dns.exception.DNSException as error:
        raise TlsopsError(f"asking for the SRV records of {name} failed: {' '.join(str(error).split())}") from error
    return [(each.priority, each.weight, each.port, str(each.target)) for each in answer]
