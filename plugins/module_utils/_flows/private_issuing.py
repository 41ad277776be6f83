# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Certificates of AWS Private CA, from a key or a CSR to what is kept on the disk: observe, plan, apply.

Whatever moment a run is killed at, the next one goes on: key and CSR are on the disk before AWS is asked, the validity
is part of what was written, and so the token is the same; the certificate's ARN is on the disk before it is fetched.
"""

from __future__ import annotations

import dataclasses
import datetime
import random
import typing as t

from .._aws import acm_pca
from .._aws.access import Access
from .._aws.errors import LOST_CODES
from .._certificate_decisions import KEEP, mismatches
from .._certificate_requests import WantedCertificate
from .._chains import BrokenChain, Chain, order
from .._conditions import ISSUED, PENDING, Condition
from .._errors import InvalidInput, ServiceError, TlsopsError
from .._files import file_errors
from .._journals import Journal
from .._kept_certificates import Pending
from .._kept_result import failed, failure_sentence, kept_result
from .._module_result import Result
from .._pace import Deadline, intervals
from .._private_authorities import Authority, status_problem, validity_problem
from .._private_requests import issue_parameters
from .._threads import concurrently, gather
from . import authorities, keeping
from .keeping import NewCertificate, Place, PutRight
from .waiting import WaitSettings

_FIRST_PAUSE = 0.5
_GROWTH = 1.5
_JITTER = 0.2


@dataclasses.dataclass(frozen=True)
class Desired:
    """``journal``: where the ARNs of what isn't kept are noted, between AWS's answer and the certificate."""

    certificates: tuple[WantedCertificate, ...]
    wait: WaitSettings | None = None
    report_failures: bool = False
    journal: Journal | None = None


@dataclasses.dataclass(frozen=True)
class Observed:
    places: tuple[Place, ...]
    authorities: t.Mapping[str, Authority] = dataclasses.field(default_factory=dict)


def observe(access: Access, desired: Desired, now: datetime.datetime) -> Observed:
    """What is on the disk, and the CAs of what has to be issued: reads only, a call a CA at most."""
    places = [_with_noted_arn(place, desired.journal) for place in keeping.observe(desired.certificates, now)]
    arns = sorted({str(place.wanted.issuer) for place in places if _to_issue(place)})
    found = gather(lambda arn: authorities.find(access, arn), arns)
    return Observed(tuple(places), dict(zip(arns, found, strict=True)))


def _with_noted_arn(place: Place, journal: Journal | None) -> Place:
    if journal is None or place.directory or place.planned is None or place.planned.certificate_arn:
        return place
    with file_errors():
        arn = journal.read(place.planned)
    return dataclasses.replace(place, planned=dataclasses.replace(place.planned, certificate_arn=arn))


def _to_issue(place: Place) -> bool:
    return place.decision.action != KEEP and not (place.request and place.request.certificate_arn)


def _changes(place: Place) -> bool:
    """Fetching what was issued, without keeping it, changes nothing."""
    return place.decision.action != KEEP and (place.directory is not None or _to_issue(place))


@dataclasses.dataclass(frozen=True)
class PrivatePlan:
    """``fetches``: the run goes on until the certificates are there."""

    observed: Observed
    fetches: bool = True

    @property
    def steps(self) -> list[NewCertificate | PutRight]:
        new: list[NewCertificate | PutRight] = [
            NewCertificate(place) for place in self.observed.places if _changes(place)
        ]
        return [*new, *keeping.put_right(self.observed.places)]

    def predict(self) -> Result:
        shown = [keeping.record(place, place.decision.pending) for place in self.observed.places]
        return self.result(shown, bool(self.steps))

    def result(self, shown: list[dict[str, t.Any]], changed: bool) -> Result:
        warnings = keeping.warnings(self.observed.places)
        return Result(changed, {"certificates": shown, "failure": None}, warnings=warnings)


def make_plan(observed: Observed, desired: Desired, now: datetime.datetime) -> PrivatePlan:
    """Raises InvalidInput with all that the CAs would refuse, before any is asked for anything."""
    problems: dict[str, None] = {}
    for place in observed.places:
        if not _to_issue(place) or place.request is None:
            continue
        authority = observed.authorities[str(place.wanted.issuer)]
        status = status_problem(authority)
        validity = validity_problem(authority, place.request.not_after, now)
        problems.update(dict.fromkeys([status] if status else [f"{place.where}: {validity}"] if validity else []))
    if problems:
        raise InvalidInput(list(problems))
    return PrivatePlan(observed, fetches=desired.wait is not None)


@dataclasses.dataclass
class _Item:
    """What has become of one place so far."""

    place: Place
    pending: Pending | None = None
    chain: Chain | None = None
    error: TlsopsError | None = None

    @property
    def arn(self) -> str | None:
        return self.pending.request.certificate_arn if self.pending else None

    @property
    def waits(self) -> bool:
        return self.arn is not None and self.chain is None and self.error is None

    def result(self) -> dict[str, t.Any]:
        place, request = self.place, self.pending.request if self.pending else None
        if place.decision.action == KEEP:
            return keeping.record(place, None)
        condition = Condition(PENDING, "Issuing", "AWS has been asked for it, and it wasn't fetched yet.")
        if self.error:
            condition = failed(self.error)
        elif self.chain:
            condition = Condition(
                ISSUED, place.decision.reason.reason, f"It was issued now, since: {place.decision.reason.message}"
            )
        return kept_result(place.decision, paths=place.paths, request=request, chain=self.chain, condition=condition)


def apply(access: Access, plan: PrivatePlan, desired: Desired, now: datetime.datetime) -> Result:
    """Request, note the ARN, fetch, verify, install. What fails for one certificate is kept with it."""
    items = [_Item(place) for place in plan.observed.places]
    tidied = [keeping.tidy(place) for place in plan.observed.places]
    begun = [item for item in items if item.place.decision.action != KEEP]
    _each(lambda item: _begin(access, plan.observed, desired.journal, item), begun)
    changed = any(tidied) or any(item.pending and _changes(item.place) for item in begun)
    late = _fetch_all(access, begun, desired, desired.wait, now) if desired.wait else None
    result = plan.result([item.result() for item in items], changed)
    failure = failure_sentence(result.values["certificates"]) or late
    result.values["failure"] = failure
    result.failure = None if desired.report_failures else failure
    return result


def _each(function: t.Callable[[_Item], None], items: t.Iterable[_Item]) -> None:
    for outcome in concurrently(function, items):
        outcome.item.error = outcome.error


def _begin(access: Access, observed: Observed, journal: Journal | None, item: _Item) -> None:
    """Key and CSR to the disk, the request to AWS, its ARN to the disk."""
    place = item.place
    item.pending = pending = keeping.prepare(place)
    if pending.request.certificate_arn:
        return
    parameters = issue_parameters(pending.request, observed.authorities[str(place.wanted.issuer)], place.wanted.ca)
    arn = acm_pca.issue_certificate(access, parameters, place.where)
    item.pending = dataclasses.replace(pending, request=dataclasses.replace(pending.request, certificate_arn=arn))
    with file_errors():
        if place.directory:
            place.directory.keep_request(item.pending)
        elif journal:
            journal.note(item.pending.request, arn)


def _fetch_all(
    access: Access, items: t.Sequence[_Item], desired: Desired, settings: WaitSettings, now: datetime.datetime
) -> str | None:
    """In rounds, so that one that AWS is still at doesn't hold up the others; a sentence on those that are late."""
    deadline = Deadline(access.clock, settings.timeout)
    pauses = intervals(_FIRST_PAUSE, _GROWTH, settings.longest_pause, _JITTER, random.random)
    while True:
        _each(lambda item: _fetch(access, desired.journal, item, now), [item for item in items if item.waits])
        late = [item.place.where for item in items if item.waits]
        if not late:
            return None
        if deadline.passed():
            return (
                f"AWS hasn't issued {', '.join(late)} within {settings.timeout:.0f} seconds. "
                "They are requested; run again to fetch them."
            )
        deadline.pause(next(pauses))


def _fetch(access: Access, journal: Journal | None, item: _Item, now: datetime.datetime) -> None:
    place, pending = item.place, t.cast(Pending, item.pending)
    arn = str(pending.request.certificate_arn)
    try:
        found = acm_pca.get_certificate(access, str(place.wanted.issuer), arn, place.where)
    except ServiceError as error:
        if error.code in LOST_CODES:
            # It may be the CA that isn't found, with the credentials of another account. Nothing is lost then.
            authorities.find(access, str(place.wanted.issuer))
            _give_up(place, journal, pending)
        raise
    if found is None:
        return
    chain = _verified(place, pending, found, now)
    with file_errors():
        if place.directory:
            place.directory.install(pending, chain)
        elif journal:
            journal.forget(pending.request)
    item.chain = chain


def _give_up(place: Place, journal: Journal | None, pending: Pending) -> None:
    """The next run requests another."""
    with file_errors():
        if place.directory:
            place.directory.drop_pending()
        elif journal:
            journal.forget(pending.request)


def _verified(place: Place, pending: Pending, found: str, now: datetime.datetime) -> Chain:
    """What came is what was asked for, and leads to its CA. Raises TlsopsError."""
    arn = pending.request.certificate_arn
    try:
        chain = order(found)
    except BrokenChain as error:
        raise TlsopsError(f"{place.where}: {arn}: {error.message}") from error
    problems = mismatches(pending.request, chain.facts)
    if not chain.intermediates and not chain.root:
        problems.append("it came without the certificate of its CA")
    if chain.facts.not_after <= now:
        problems.append(f"it expired at {chain.facts.not_after.isoformat()}")
    if problems:
        raise TlsopsError(
            f"{place.where}: the certificate {arn} isn't what was asked for, and isn't installed: "
            f"{'; '.join(problems)}. The template mostly decides: choose another, or ask for something else."
        )
    return chain
