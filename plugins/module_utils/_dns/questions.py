# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Questions to name servers: each asked once, side by side, and none for longer than there is time."""

from __future__ import annotations

import dataclasses

from .resolver import Nameserver


@dataclasses.dataclass(frozen=True)
class DnsSettings:
    """Whom to ask, and for how long.

    ``nameservers`` are recursive resolvers, each of which is a view of its own; none are the system's. With
    ``authoritative`` the delegations are followed from the root besides; ``port`` is that of the servers found there.
    ``timeout`` is that of one try, ``deadline`` that of everything, both in seconds.
    """

    nameservers: tuple[Nameserver, ...] = ()
    authoritative: bool = False
    port: int = 53
    ipv6: bool = False
    timeout: float = 2.0
    deadline: float = 60.0
