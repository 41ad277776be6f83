# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Everything that a Puppet CA has, or what is asked for of it."""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

from .._chains import split
from .._module_result import Result
from .._puppet import api, ca_plan, crl, report
from .._puppet.client import Client
from .._puppet.signing import matching
from .._threads import gather
from .puppet_signing import WORKERS, find


@dataclasses.dataclass(frozen=True)
class Asked:
    """``certnames`` are names or patterns; what the CA doesn't have is left out."""

    certnames: tuple[str, ...]
    states: frozenset[str]
    within: datetime.timedelta


def listing(client: Client, bundle: str, asked: Asked, now: datetime.datetime) -> Result:
    """What each certificate says is read from itself: the summaries of the CAs differ, and cut long serial numbers."""
    states = {str(each["name"]): str(each["state"]) for each in api.get_statuses(client)}
    chosen = [name for name in matching(asked.certnames, states) if states.get(name) in asked.states]
    found = gather(lambda name: find(client, name, states[name]), chosen, WORKERS)
    certificates, crls = split(bundle), crl.read(api.get_crls(client) or "")
    odd = report.oddities(found, certificates, crls, now, asked.within)
    entries = {each.certname: report.as_entry(each) for each in found}
    requests = [each.certname for each in found if each.state == ca_plan.REQUESTED]
    values: dict[str, t.Any] = {
        "requests": [entries[name] for name in requests],
        "certificates": [entry for name, entry in entries.items() if name not in requests],
        "ca_certificates": [report.as_ca(each) for each in certificates],
        "crls": [crl.shown(each) for each in crls],
        "findings": [dataclasses.asdict(each) for each in odd],
    }
    return Result(False, values)
