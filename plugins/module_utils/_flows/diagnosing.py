# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""The preflight for ACM: before a request, and while a wait hangs."""

from __future__ import annotations

import typing as t

from .._dns.questions import DnsSettings
from .._errors import InvalidInput
from .zones import ZoneOptions

PORT_ARGUMENTS: dict[str, t.Any] = {"authoritative_port": {"type": "int", "default": 53}}


def dns_settings(params: t.Mapping[str, t.Any], zones: ZoneOptions, deadline: float) -> DnsSettings:
    """Whom to ask, for how many seconds at most."""
    return DnsSettings(nameservers=zones.nameservers, port=params["authoritative_port"], deadline=deadline)


def check_port(params: t.Mapping[str, t.Any]) -> None:
    """Raises InvalidInput."""
    port = params["authoritative_port"]
    if not 0 < port < 65536:
        raise InvalidInput([f"authoritative_port must be between 1 and 65535, not {port}"])
