# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which domain names belong to which distribution or tenant, over all accounts. Pure.

Source: page CNAMEs, "Restrictions on using alternate domain names".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .errors import AwsError


@dataclass(frozen=True)
class Holder:
    """A distribution or tenant with its names; `type` is "distribution" or "distribution-tenant"."""

    account: str
    type: str
    id: str
    names: frozenset[str]


def covers(name: str, alias: str) -> bool:
    """A wildcard stands for exactly one label; a wildcard alias needs the same wildcard (same page)."""
    return name == alias or (name.startswith("*.") and alias.partition(".")[2] == name[2:])


def overlapping(domain: str, holder: Holder) -> list[str]:
    """The holder's names that are the domain, a wildcard over it, or below it when it is a wildcard itself."""
    return sorted(name for name in holder.names if covers(name, domain) or covers(domain, name))


def refuse_taken(account: str, names: Iterable[str], others: Iterable[Holder]) -> None:
    """A name is at one resource only, whosever it is; of another account's, not even one that a wildcard overlaps."""
    wanted = set(names)
    for other in others:
        taken = bool(wanted & other.names)
        if not taken and other.account != account:
            taken = any(overlapping(name, other) for name in wanted)
        if taken:
            message = "One or more of the CNAMEs you provided are already associated with a different resource."
            raise AwsError("CNAMEAlreadyExists", message, 409)
