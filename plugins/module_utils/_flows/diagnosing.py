# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""The preflight for ACM: before a request, and while a wait hangs."""

from __future__ import annotations

import typing as t

from .._dns.questions import DnsSettings
from .zones import ZoneOptions


def dns_settings(params: t.Mapping[str, t.Any], zones: ZoneOptions, deadline: float) -> DnsSettings:
    """Whom to ask, for how many seconds at most."""
    return DnsSettings(nameservers=zones.nameservers, port=params["authoritative_port"], deadline=deadline)
