# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Why a validation would fail, or does: what the public DNS shows of some names, as findings."""

from __future__ import annotations

import dataclasses
import time
import typing as t

from .._certificates import ValidationRecord
from .._dns.authority_view import AuthorityView
from .._dns.questions import DnsSettings, Questions
from .._dns.resolver import system_nameservers
from .._dns.resolver_view import ResolverView
from .._dns_answers import WRONG_ANSWER, clock_error
from .._findings import WARNING, Finding, in_order
from .._names import InvalidName, base_name, normalise
from .._pace import SystemClock
from .._preflight import check_name, examine_name
from .._preflight_subject import Subject, View, unanswered
from .._preflight_views import Report, merge
from .._threads import gather


@dataclasses.dataclass(frozen=True)
class Examination:
    """What was found, and what it took."""

    findings: list[Finding]
    statistics: dict[str, int]


def examination(
    settings: DnsSettings, subjects: t.Sequence[Subject], records: t.Sequence[ValidationRecord] = ()
) -> Examination:
    """The findings for all subjects, in their order; nothing is found of a healthy name.

    ``records`` are those that should be there by now; before a request there are none. They are sorted out to the
    subjects that they validate.

    Ends by ``settings.deadline``, and raises nothing for what the DNS does. Without dnspython it raises
    ``DnspythonMissing`` (a TlsopsError).
    """
    names = list(dict.fromkeys(subject.name for subject in subjects))
    unfit = {subject.name: list(check_name(subject)) for subject in subjects}
    fit = [_with_records(subject, records) for subject in subjects if not any(f.stops for f in unfit[subject.name])]
    findings = [found for each in unfit.values() for found in each]
    questions = Questions(settings, SystemClock())
    if fit:
        resolvers, now = _resolvers(questions), time.time()
        seconds = max(clock_error(resolver.root, now) for resolver in resolvers)
        views = _views(questions, resolvers, None if seconds else now)
        findings += _clock_findings(fit[0].name, seconds)
        findings += [found for each in gather(lambda s: _examine(s, views), _one_each(fit)) for found in each]
    counted = {kind: questions.statistics[kind] for kind in ("queries", "unanswered")}
    return Examination(in_order(findings, names), counted)


def _one_each(subjects: t.Iterable[Subject]) -> list[Subject]:
    return list({subject.name: subject for subject in subjects}.values())


def _with_records(subject: Subject, records: t.Iterable[ValidationRecord]) -> Subject:
    """The records that validate this name: those that say so, else those whose names are its own."""
    own = tuple(record for record in records if _validates(record, subject))
    return dataclasses.replace(subject, records=own)


def _validates(record: ValidationRecord, subject: Subject) -> bool:
    if record.domain_names:
        return any(base_name(normalise(name)) == subject.base for name in record.domain_names)
    return normalise(record.name).partition(".")[2] == subject.base


def _resolvers(questions: Questions) -> list[ResolverView]:
    given = questions.settings.nameservers
    if not given:
        return [ResolverView(questions, system_nameservers(), "the system's resolver")]
    return gather(lambda server: ResolverView(questions, [server], f"the resolver {server}"), given)


def _views(questions: Questions, resolvers: t.Sequence[ResolverView], now: float | None) -> list[View]:
    if questions.settings.authoritative and not all(resolver.fault for resolver in resolvers):
        return [AuthorityView(questions, resolvers, now), *resolvers]
    return list(resolvers)


def _clock_findings(name: str, seconds: int) -> list[Finding]:
    explanation = (
        f"the clock of this machine is wrong by {seconds} s or more: by it the root's signatures are not valid"
    )
    remedy = "set the clock; requests to AWS and to name servers (TSIG) fail as well when it is wrong"
    return [Finding("clock_wrong", WARNING, name, explanation, remedy=remedy)] if seconds else []


def _examine(subject: Subject, views: t.Sequence[View]) -> list[Finding]:
    return merge(subject, [Report(view, tuple(_look(subject, view))) for view in views])


def _look(subject: Subject, view: View) -> list[Finding]:
    try:
        return examine_name(subject, view)
    except InvalidName as error:
        # A name server may answer with anything.
        return [unanswered(subject, view, WRONG_ANSWER, str(error))]
