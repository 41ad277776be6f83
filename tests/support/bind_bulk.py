# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""500 healthy names of 20 zones, as a company has them: signed and unsigned, two operators, some aliases, some CAA."""

from __future__ import annotations

from .bind_internet import ALPHA, BETA
from .bind_zones import NSEC, NSEC3, Zone

ZONE_COUNT = 20
NAMES_EACH = 25
_RECORDS = """
@ CAA 0 issue "amazon.com"
@ CAA 0 issue "letsencrypt.org"
host A 192.0.2.1
www CNAME host
"""

ZONES = [
    Zone(f"bulk{number}.com", (ALPHA, BETA)[number % 2], _RECORDS, signed=((), NSEC, NSEC3, ())[number % 4])
    for number in range(ZONE_COUNT)
]
#: The apex, a wildcard, an alias, and hosts on two levels, most of them not in DNS yet.
NAMES = [
    name
    for zone in ZONES
    for name in (
        zone.name,
        f"*.{zone.name}",
        f"www.{zone.name}",
        *(f"app{number}.{zone.name}" for number in range(NAMES_EACH // 2)),
        *(f"api.app{number}.{zone.name}" for number in range(NAMES_EACH - 3 - NAMES_EACH // 2)),
    )
]
