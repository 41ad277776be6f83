# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Where a Puppet CA is: as given, the host of the inventory, or what the SRV records of a domain say.

https://www.puppet.com/docs/puppet/7/dns_srv_records.html is the source for the latter.
"""

from __future__ import annotations

import dataclasses
import typing as t

#: The CA's own service, and the one of all servers, which counts where there is no other.
SERVICES = ("_x-puppet-ca._tcp", "_x-puppet._tcp")


@dataclasses.dataclass(frozen=True)
class Server:
    """One SRV record."""

    priority: int
    weight: int
    port: int
    target: str


def best(servers: t.Iterable[Server]) -> str | None:
    """Of the same priority it is the heaviest, and not a random one, so that runs agree.

    A target of a mere dot says that the service isn't offered (RFC 2782).
    """
    named = [each for each in servers if each.target.strip(".")]
    if not named:
        return None
    first = min(named, key=lambda each: (each.priority, -each.weight, each.target))
    return f"https://{first.target.rstrip('.').lower()}:{first.port}"
