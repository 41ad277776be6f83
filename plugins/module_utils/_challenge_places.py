# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Where the TXT record of a challenge has to be written: at the end of its CNAMEs, in the zone of that name."""

from __future__ import annotations

import dataclasses

from ._dns01 import control_name
from ._dns_answers import Answer, follow
from ._names import is_public_suffix
from ._preflight_subject import View, zone_of


@dataclasses.dataclass(frozen=True)
class Place:
    """Of one challenge; or, with a ``fault``, why there is none."""

    challenge_name: str
    name: str
    zone: str = ""
    name_servers: tuple[str, ...] = ()
    fault: str = ""


def find_place(challenge_name: str, view: View, *, follow_aliases: bool = True) -> Place:
    """A CNAME that a wildcard gives to every name is no delegation: a record of the name's own takes its place."""
    chain, circle = (
        follow(challenge_name, lambda name: _delegated_to(name, view)) if follow_aliases else ((challenge_name,), "")
    )
    name = chain[-1]
    if circle:
        return Place(challenge_name, name, fault=f"the CNAME records from {challenge_name} have no end: {circle}")
    found = zone_of(name, view)
    if found.failed:
        return Place(challenge_name, name, fault=_why(name, found.failed, view))
    if not found.zone or (is_public_suffix(found.zone) and found.zone != name):
        nearest = f": the nearest zone is {found.zone}" if found.zone else ""
        return Place(challenge_name, name, fault=f"the domain of {name} isn't registered, or not delegated{nearest}")
    return Place(challenge_name, name, found.zone, view.delegation(found.zone).name_servers)


def _delegated_to(name: str, view: View) -> str:
    target = view.ask(name, "CNAME").alias
    return "" if target and view.ask(control_name(name), "CNAME").alias == target else target


def _why(name: str, failed: Answer, view: View) -> str:
    at = "" if failed.name == name else f" for {failed.name}"
    return f"the zone of {name} can't be found: {view.label} answers {failed.failure}{at}"
