# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""What several views of the DNS make together: where they agree, what is wrong; where they don't, that they don't."""

from __future__ import annotations

import dataclasses
import typing as t

from ._dns_answers import TIME_OUT
from ._findings import ERROR, WARNING, Finding
from ._names import normalise
from ._preflight_subject import Subject, View, zone_of

_UNUSABLE = ("resolver_silent", "resolver_wrong_answers")
# Then there are no zones to compare.
_NOT_COMPARABLE = frozenset({"zone_unanswered", "dnssec_bogus", "not_examined", "alias_loop"})
# What a validating resolver knows better than the name servers themselves, and a CA will find, too.
_RESOLVERS_KNOW = ("dnssec_bogus", "caa_unanswered", "not_examined", "alias_loop")


@dataclasses.dataclass(frozen=True)
class Report:
    """What one view shows of a name."""

    view: View
    findings: tuple[Finding, ...]

    @property
    def usable(self) -> bool:
        return not any(found.check in _UNUSABLE for found in self.findings)

    @property
    def faults(self) -> dict[str, Finding]:
        return {found.check: found for found in self.findings if found.stops}


def merge(subject: Subject, reports: t.Sequence[Report]) -> list[Finding]:
    """The findings of the first view that can be used, and how the others differ from it."""
    truth = next((report for report in reports if report.usable), None)
    if truth is None:
        return list(reports[0].findings)
    findings = list(truth.findings)
    for report in reports:
        if report is truth:
            continue
        if report.usable:
            findings += _differences(subject, truth, report)
        else:
            # One place that can't be asked is no reason to stop when another one can.
            findings += [dataclasses.replace(found, level=WARNING) for found in report.findings if found.stops]
    return findings


def _differences(subject: Subject, truth: Report, other: Report) -> t.Iterator[Finding]:
    more = [found for check, found in other.faults.items() if check not in truth.faults and not _is_slow(found)]
    less = [found for check, found in truth.faults.items() if check not in other.faults]
    if truth.view.authoritative:
        yield from _besides_authority(subject, truth, other, more, less)
    elif "dnssec_bogus" in {*truth.faults, *other.faults}:
        # Not every resolver validates. One that does is right.
        yield from (found for found in more if found.check == "dnssec_bogus")
    elif more or less:
        seen, where, elsewhere = (more[0], other, truth) if more else (less[0], truth, other)
        yield subject.error(
            "resolvers_disagree",
            f"{subject.name} looks well from {elsewhere.view.label}, but not from {where.view.label}",
            f"{seen.explanation} ({seen.check})",
            "a CA looks from several places, and all must see the same: check geo-DNS, firewalls and stale servers",
        )
    elif not truth.faults.keys() & _NOT_COMPARABLE and _is_another_dns(subject, truth.view, other.view):
        yield _split(subject, "resolvers_disagree", truth, other)


def _besides_authority(
    subject: Subject, truth: Report, other: Report, more: t.Sequence[Finding], less: t.Sequence[Finding]
) -> t.Iterator[Finding]:
    mismatch = truth.faults.get("delegation_mismatch")
    half_moved = mismatch is not None and mismatch.level == ERROR  # then a resolver may have either half
    if half_moved or any(report.faults.keys() & _NOT_COMPARABLE for report in (truth, other)):
        yield from (found for found in more if found.check in _RESOLVERS_KNOW)
        return
    hidden = [found for found in less if found.check in ("domain_not_registered", "delegation_mismatch", "child_zone")]
    if hidden or _is_another_dns(subject, truth.view, other.view):
        yield _split(subject, "split_view", truth, other, next(iter((*more, *hidden)), None))
        return
    for found in more:
        if found.check in _RESOLVERS_KNOW:
            yield found
        elif found.check not in ("record_missing", "record_wrong_value"):
            yield _split(subject, "split_view", truth, other, found)
        elif not any(each.check == "propagation_lag" for each in truth.findings):
            yield _remembered(subject, other.view)


def _is_slow(found: Finding) -> bool:
    """A resolver that tries a dead name server first takes its time, which says nothing about the zone."""
    return found.check in ("zone_unanswered", "caa_unanswered") and TIME_OUT in found.detail


def _remembered(subject: Subject, view: View) -> Finding:
    record = subject.records[0]
    answer = view.ask(normalise(record.name), record.type)
    what = f"another value of {record.name}" if answer.values else f"that {record.name} was not there"
    seconds = answer.ttl if answer.values else answer.negative_ttl
    return subject.warning(
        "negative_cache",
        f"{view.label} remembers {what}" + (f", for up to {seconds} s" if seconds else ""),
        "the authoritative name servers have it",
        "wait, and don't ask for a record before it is written",
    )


def _is_another_dns(subject: Subject, one: View, other: View) -> bool:
    """Whether they see two zones of one name. A zone may be served by several providers, each with a SOA of its own."""
    zones = [zone_of(subject.validated_at, view).zone for view in (one, other)]
    if zones[0] != zones[1]:
        return all(zones)
    soas = [view.ask(zones[0], "SOA").values for view in (one, other)]
    servers = [set(view.delegation(zones[0]).name_servers) for view in (one, other)]
    return all(servers) and soas[0] != soas[1] and not servers[0] & servers[1]


def _split(subject: Subject, check: str, truth: Report, other: Report, found: Finding | None = None) -> Finding:
    return subject.warning(
        check,
        f"{other.view.label} sees another DNS for {subject.name} than {truth.view.label}",
        f"{found.explanation} ({found.check})" if found else "the zones have other name servers",
        "look through public resolvers (nameservers); a CA sees the public DNS only",
    )
