# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""What is known of hosted zones from their provider, to be compared with what the public DNS shows."""

from __future__ import annotations

import dataclasses

from ._hosted_zones import HostedZone
from ._names import normalise


@dataclasses.dataclass(frozen=True)
class KnownZone(HostedZone):
    """A hosted zone with the name servers it has, when they are known, and its provider's word on its state."""

    name_servers: tuple[str, ...] = ()
    status: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "name_servers", tuple(sorted(map(normalise, self.name_servers))))
