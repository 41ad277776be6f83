# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Requesting certificates: from the plan to ARNs whose validation records are known."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import threading
import typing as t

from .._aws import acm
from .._aws.access import Access
from .._certificate_choice import idempotency_token, request_tags
from .._certificates import Certificate, WantedCertificate
from .._errors import ServiceError, TlsopsError
from .._pace import Deadline
from .._threads import Outcome, concurrently

#: ACM answers DescribeCertificate without the records "for several seconds" after the request (API reference).
#: Asking later costs nothing while other requests are still under way, asking too early costs a call.
_FIRST_LOOK = 3.0
_EARLIER_LOOK = 1.5
_MANY = (
    20  # certificates, so that some are yet to be requested when the earlier look has shown whether it was too early
)
_LONGEST_PAUSE = 15.0
_RECORDS_WITHIN = 300.0  # seconds; one minute was too short above 20 names (terraform-provider-aws#12371)
_UNKNOWN_FOR_AT_MOST = 20.0  # seconds that a new ARN may be unknown to DescribeCertificate
_MOST_GENERATIONS = 20
_LOOKERS = 64  # threads that mostly sleep


@dataclasses.dataclass(frozen=True)
class PlannedRequest:
    wanted: WantedCertificate
    dead: tuple[str, ...] = ()

    @property
    def token(self) -> str:
        return idempotency_token(self.wanted, self.dead)


class _LookPace:
    """When to look for the records of a new certificate: later, once a look has come too early.

    With ``scout`` the first look is earlier, and if it finds the records, so are those to come: nothing overlaps with
    the wait after the last request.
    """

    def __init__(self, scout: bool = False) -> None:
        self._seconds = _FIRST_LOOK
        self._send_scout = self._scout_is_out = scout
        self._lock = threading.Lock()

    def seconds(self) -> float:
        with self._lock:
            scout, self._send_scout = self._send_scout, False
            return _EARLIER_LOOK if scout else self._seconds

    def found(self) -> None:
        with self._lock:
            if self._scout_is_out:
                self._seconds = _EARLIER_LOOK
            self._scout_is_out = False

    def too_early(self, age: float) -> None:
        with self._lock:
            self._scout_is_out = False
            self._seconds = min(max(self._seconds, age * 1.5), _LONGEST_PAUSE)


def request_all(access: Access, requests: t.Sequence[PlannedRequest]) -> list[Outcome[PlannedRequest, Certificate]]:
    """Request every certificate and read its validation records, in the order of ``requests``.

    Requests and descriptions have rates of their own, so the look at one certificate overlaps the request of the next.
    A quota that is used up ends the requests that would meet it as well; certificates requested before that are
    finished.
    """
    quota = _Quota()
    pace = _LookPace(scout=len(requests) >= _MANY)
    lookers = concurrent.futures.ThreadPoolExecutor(max_workers=min(_LOOKERS, max(1, len(requests))))
    try:

        def start(request: PlannedRequest) -> _Started:
            arn, requested_at = _request(access, request, quota)
            return _Started(arn, lookers.submit(_look, access, request, arn, requested_at, pace))

        return [_finished(outcome) for outcome in concurrently(start, requests)]
    finally:
        lookers.shutdown(wait=False, cancel_futures=True)


def await_records(
    access: Access, pending: t.Sequence[tuple[WantedCertificate, Certificate]]
) -> list[Outcome[t.Any, Certificate]]:
    """The same for certificates that an earlier run requested, and that showed no records when they were looked at."""
    pace = _LookPace()

    def look(item: tuple[WantedCertificate, Certificate]) -> Certificate:
        wanted, certificate = item
        found = _look(access, PlannedRequest(wanted), certificate.arn, access.clock.now() - _FIRST_LOOK, pace)
        return dataclasses.replace(found, tags=certificate.tags) if found.arn == certificate.arn else found

    return concurrently(look, pending)


@dataclasses.dataclass(frozen=True)
class _Started:
    arn: str
    look: concurrent.futures.Future[Certificate]


def _finished(started: Outcome[PlannedRequest, _Started]) -> Outcome[PlannedRequest, Certificate]:
    if started.result is None:
        return Outcome(started.item, error=started.error)
    try:
        return Outcome(started.item, result=started.result.look.result())
    except TlsopsError as error:
        # It is there all the same: the result says so, beside what is wrong with it.
        return Outcome(started.item, result=_unseen(started.item.wanted, started.result.arn), error=error)


def _unseen(wanted: WantedCertificate, arn: str) -> Certificate:
    """A certificate that was requested, as far as it is known without looking."""
    return Certificate(
        arn,
        wanted.region,
        wanted.domain_name,
        frozenset(wanted.names),
        status="PENDING_VALIDATION",
        type="PRIVATE" if wanted.private else "AMAZON_ISSUED",
        key_algorithm=wanted.key_algorithm,
        certificate_authority_arn=wanted.certificate_authority_arn,
        tags=request_tags(wanted),
    )


class _Quota:
    """The quota of certificates, once a request has met it. (The quota of names concerns one certificate only.)"""

    def __init__(self) -> None:
        self.error: dict[str, ServiceError] = {}

    def met(self, region: str, error: ServiceError) -> None:
        if error.code == "LimitExceededException" and "names per certificate" not in error.message:
            self.error[region] = error

    def check(self, region: str) -> None:
        if region in self.error:
            raise self.error[region]


def _request(access: Access, request: PlannedRequest, quota: _Quota) -> tuple[str, float]:
    """The ARN, and when it was given (by the access's clock)."""
    wanted = request.wanted
    quota.check(wanted.region)
    parameters: dict[str, t.Any] = {
        "DomainName": wanted.domain_name,
        "SubjectAlternativeNames": list(wanted.names),
        "KeyAlgorithm": wanted.key_algorithm,
        "IdempotencyToken": request.token,
        "Tags": acm.as_tag_list(request_tags(wanted)),
    }
    if wanted.private:
        parameters["CertificateAuthorityArn"] = wanted.certificate_authority_arn
    else:
        # Left out it means EMAIL, to ACM and to IAM's condition key acm:ValidationMethod.
        parameters["ValidationMethod"] = "DNS"
    about = f"certificate {wanted.label}"
    try:
        return acm.request_certificate(access, wanted.region, parameters, about), access.clock.now()
    except ServiceError as error:
        quota.met(wanted.region, error)
        raise


def _look(access: Access, request: PlannedRequest, arn: str, requested_at: float, pace: _LookPace) -> Certificate:
    """The certificate, once ACM shows all of its validation records (or that it has failed)."""
    wanted = request.wanted
    deadline = Deadline(access.clock, _RECORDS_WITHIN)
    access.clock.sleep(max(0.0, requested_at + pace.seconds() - access.clock.now()))
    while True:
        certificate = acm.describe_certificate(access, arn, wanted.region, about=f"certificate {wanted.label}")
        age = access.clock.now() - requested_at
        if certificate and not certificate.awaits_records:
            pace.found()
            return dataclasses.replace(certificate, tags=request_tags(wanted))
        if certificate is None and age > _UNKNOWN_FOR_AT_MOST:
            return _look_at_next_generation(access, request, arn, pace)
        if deadline.passed():
            raise TlsopsError(
                f"certificate {wanted.label}: ACM has shown no validation records of {arn} for {_RECORDS_WITHIN:.0f} "
                "seconds. "
                "The certificate is kept; run again, and it is found and finished."
            )
        pace.too_early(age)
        deadline.pause(min(max(age / 2, 1.0), _LONGEST_PAUSE))


def _look_at_next_generation(access: Access, request: PlannedRequest, arn: str, pace: _LookPace) -> Certificate:
    """``arn`` stays unknown: it was deleted, and the token brought it back. It becomes part of the generation."""
    if len(request.dead) >= _MOST_GENERATIONS:
        raise TlsopsError(
            f"certificate {request.wanted.label}: ACM keeps answering with certificates that it then doesn't know, "
            f"last {arn}. "
            "Wait an hour (the life of an idempotency token) and run again."
        )
    request = dataclasses.replace(request, dead=(*request.dead, arn))
    return _look(access, request, *_request(access, request, _Quota()), pace)
