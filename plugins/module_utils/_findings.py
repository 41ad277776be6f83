# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""What a preflight finds: one cause each, with a name that docs/troubleshooting.md has a section for."""

from __future__ import annotations

import dataclasses
import typing as t

FATAL = "fatal"  # the CA will refuse, whatever else is done
ERROR = "error"  # it will refuse as things are now
WARNING = "warning"  # it may refuse, or something is about to break
INFO = "info"
LEVELS = (FATAL, ERROR, WARNING, INFO)

#: Every check in the order in which they are made, and what a finding of it means.
CHECKS = {
    "name_not_allowed": "a public certificate can't have this name",
    "resolver_silent": "a resolver doesn't answer",
    "resolver_wrong_answers": "a resolver's answers don't belong to the questions, or can't be read",
    "not_examined": "the time was over before all was asked",
    "domain_not_registered": "the registered domain doesn't exist in the public DNS",
    "zone_unanswered": "no name server of the zone gives an answer",
    "no_hosted_zone": "none of the zones given holds the name",
    "private_zone": "only a private zone holds the name",
    "duplicate_zone": "several public zones have the same name",
    "zone_inactive": "the provider hasn't activated the zone",
    "child_zone": "the name is delegated away from the zone given",
    "delegation_mismatch": "the domain is delegated to other name servers than the zone has",
    "other_record_at_name": "another record keeps the validation record from being there",
    "wildcard_cname": "a wildcard CNAME answers where the validation record belongs",
    "alias_loop": "aliases lead in a circle, or there are too many",
    "caa_forbids": "CAA records don't allow the CA",
    "caa_unanswered": "the CAA records can't be read, which counts as a refusal",
    "dnssec_bogus": "DNSSEC of the zone is broken",
    "clock_wrong": "this machine's clock is wrong",
    "lame_name_server": "a name server that the zone is delegated to doesn't serve it",
    "record_missing": "the validation record isn't there",
    "record_wrong_value": "the validation record has another value",
    "zone_name_appended": "the zone's name was appended to the record's name or value",
    "underscore_dropped": "the leading underscore of the record's name was dropped",
    "record_proxied": "the provider answers with addresses in place of the record",
    "propagation_lag": "not all of the zone's name servers have the record yet",
    "negative_cache": "a resolver remembers that the record was not there, or what was there before",
    "split_view": "a resolver sees another DNS than the public one",
    "resolvers_disagree": "resolvers in several places see different answers",
    "no_address": "the name has no address, so it can't be validated over HTTP",
}
_ORDER = {check: position for position, check in enumerate(CHECKS)}


@dataclasses.dataclass(frozen=True)
class Finding:
    """``explanation`` is one sentence with the name in it, ``detail`` what was seen, ``remedy`` what to do."""

    check: str
    level: str
    name: str
    explanation: str
    detail: str = ""
    remedy: str = ""

    @property
    def stops(self) -> bool:
        """Whether the CA will refuse for this alone."""
        return self.level in (FATAL, ERROR)


def in_order(findings: t.Iterable[Finding], names: t.Sequence[str]) -> list[Finding]:
    """By name as they were given, then by check; each but once."""
    positions = {name: position for position, name in enumerate(names)}
    unique = dict.fromkeys(findings)
    return sorted(unique, key=lambda found: (positions.get(found.name, len(positions)), _ORDER[found.check]))


def sentence(findings: t.Sequence[Finding]) -> str:
    """One line for the worst of them, and how many names have any that count; empty when there is nothing to say.

    ``example.com is delegated to ns1.other.net, not to the zone Z123 (delegation_mismatch)``
    """
    counting = [found for found in findings if found.level != INFO]
    if not counting:
        return ""
    worst = min(counting, key=lambda found: LEVELS.index(found.level))
    others = len({found.name for found in counting} - {worst.name})
    more = f"; {others} more name{'s have' if others > 1 else ' has'} findings" if others else ""
    return f"{worst.explanation} ({worst.check}){more}"
