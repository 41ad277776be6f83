# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Giving CloudFront distributions their viewer certificate, and nothing else."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import random
import typing as t

from .._aws import cloudfront
from .._aws.access import Access
from .._aws.cloudfront import Distribution
from .._certificate_result import as_result
from .._certificates import CLOUDFRONT_REGION, Certificate, unknown_for
from .._distributions import (
    ViewerCertificateChange,
    WantedDistribution,
    certificate_problems,
    differs,
    viewer_certificate,
)
from .._errors import InvalidInput, ServiceError, TlsopsError
from .._module_result import Result
from .._pace import Deadline, intervals
from .._threads import concurrently, gather
from . import observing
from .waiting import WaitSettings

_FIRST_PAUSE = 5.0
_GROWTH = 1.5
_JITTER = 0.2
_MOST_CONFLICTS = 10
#: How long to wait for the end of another change of the viewer certificate.
_BUSY_FOR_AT_MOST = 900.0


@dataclasses.dataclass(frozen=True)
class Observed:
    distributions: tuple[tuple[WantedDistribution, Distribution], ...]
    certificates: t.Mapping[str, Certificate]


def observe(access: Access, wanted: t.Sequence[WantedDistribution]) -> Observed:
    """Reads only. Raises InvalidInput with every distribution that doesn't exist."""
    ids = cloudfront.distribution_ids_by_alias(access) if any(each.alias for each in wanted) else {}
    asked = [each.distribution_id or ids.get(str(each.alias)) for each in wanted]
    found = gather(lambda each: cloudfront.get_distribution(access, each) if each else None, asked)
    missing = [each.label for each, distribution in zip(wanted, found, strict=True) if not distribution]
    if missing:
        raise InvalidInput([f"there is no distribution {label} in this account" for label in missing])
    arns = [each.certificate_arn for each in wanted]
    certificates = observing.read_by_arn(access, CLOUDFRONT_REGION, arns)
    pairs = [(each, distribution) for each, distribution in zip(wanted, found, strict=True) if distribution]
    counted = collections.Counter(distribution.id for each, distribution in pairs)
    if len(counted) < len(pairs):
        twice = [f"{count} entries name the same distribution, {each}" for each, count in counted.items() if count > 1]
        raise InvalidInput(twice)
    return Observed(tuple(pairs), certificates)


@dataclasses.dataclass(frozen=True)
class DistributionsPlan:
    """``waits``: the run ends when everything is deployed."""

    changes: tuple[ViewerCertificateChange, ...]
    observed: Observed
    waits: bool = False

    @property
    def steps(self) -> list[ViewerCertificateChange]:
        return [change for change in self.changes if change.changed]

    def predict(self) -> Result:
        if self.waits:
            return self.result({change.distribution_id: "Deployed" for change in self.changes})
        return self.result({change.distribution_id: "InProgress" for change in self.steps})

    def result(self, statuses: t.Mapping[str, str]) -> Result:
        shown = [
            {
                "distribution_id": distribution.id,
                "arn": distribution.arn,
                "aliases": sorted(distribution.aliases),
                "status": statuses.get(distribution.id, distribution.status),
                **change.after(),
                "previous_certificate_arn": change.before()["certificate_arn"] if change.changed else None,
            }
            for change, (wanted, distribution) in zip(self.changes, self.observed.distributions, strict=True)
        ]
        arns = dict.fromkeys(change.wanted.certificate_arn for change in self.changes)
        certificates = [as_result(self.observed.certificates[arn]) for arn in arns if arn in self.observed.certificates]
        return Result(bool(self.steps), {"distributions": shown, "certificates": certificates})


def make_plan(observed: Observed, waits: bool = False) -> DistributionsPlan:
    """Raises InvalidInput with all that CloudFront would refuse, before anything is changed."""
    changes, problems = [], []
    for wanted, distribution in observed.distributions:
        change = ViewerCertificateChange(wanted, distribution.id, distribution.viewer_certificate)
        if change.changed:
            certificate = observed.certificates.get(wanted.certificate_arn)
            found = certificate_problems(wanted.certificate_arn, certificate, distribution.aliases)
            problems += [f"distribution {distribution.id}: {problem}" for problem in found]
        changes.append(change)
    if problems:
        raise InvalidInput(problems)
    return DistributionsPlan(tuple(changes), observed, waits)


def apply(access: Access, plan: DistributionsPlan, now: datetime.datetime, settings: WaitSettings | None) -> Result:
    outcomes = concurrently(lambda change: _update(access, change, plan.observed, now), plan.steps)
    distributions = {outcome.result.id: outcome.result for outcome in outcomes if outcome.result}
    failed = [f"distribution {each.item.distribution_id}: {each.error.message}" for each in outcomes if each.error]
    late: list[str] = []
    if settings:
        pending = {each.id: each for wanted, each in plan.observed.distributions} | distributions
        distributions, late = _wait_deployed(access, pending, settings)
    result = plan.result({each.id: each.status for each in distributions.values()})
    if failed or late:
        result.failure = " ".join([*failed, *late])
        result.changed = any(outcome.result for outcome in outcomes)
    return result


def _update(
    access: Access, change: ViewerCertificateChange, observed: Observed, now: datetime.datetime
) -> Distribution:
    """Read, change the one field, send all back. Who was quicker is read again, and keeps what they changed."""
    known = Deadline(access.clock, unknown_for(observed.certificates[change.wanted.certificate_arn], now))
    busy = Deadline(access.clock, _BUSY_FOR_AT_MOST)
    conflicts = 0
    distribution = next(each for wanted, each in observed.distributions if each.id == change.distribution_id)
    while True:
        wanted = viewer_certificate(change.wanted, distribution.viewer_certificate)
        if not differs(wanted, distribution.viewer_certificate):
            return distribution
        try:
            return cloudfront.update_distribution(
                access, distribution, {**distribution.config, "ViewerCertificate": wanted}
            )
        except ServiceError as error:
            conflicts += error.code == "PreconditionFailed"
            if not _may_pass(error, known, busy, conflicts):
                raise
            if error.code != "PreconditionFailed":
                busy.pause(_FIRST_PAUSE)
        distribution = _read_again(access, change.distribution_id)


def _may_pass(error: ServiceError, known: Deadline, busy: Deadline, conflicts: int) -> bool:
    if error.code == "PreconditionFailed":
        return conflicts <= _MOST_CONFLICTS
    if error.code == "InvalidViewerCertificate":
        return not known.passed()
    # "Only one viewer certificate change may be in progress at a time"
    return error.code == "IllegalUpdate" and "viewer certificate" in error.service_message and not busy.passed()


def _read_again(access: Access, distribution_id: str) -> Distribution:
    distribution = cloudfront.get_distribution(access, distribution_id)
    if distribution is None:
        raise TlsopsError(f"distribution {distribution_id} was deleted meanwhile")
    return distribution


def _wait_deployed(
    access: Access, distributions: dict[str, Distribution], settings: WaitSettings
) -> tuple[dict[str, Distribution], list[str]]:
    """The distributions, once CloudFront has them everywhere, and a sentence on those that aren't in time."""
    deadline = Deadline(access.clock, settings.timeout)
    pauses = intervals(_FIRST_PAUSE, _GROWTH, settings.longest_pause, _JITTER, random.random)
    while pending := [each.id for each in distributions.values() if not each.deployed]:
        if deadline.passed():
            late = f"CloudFront hasn't deployed {', '.join(sorted(pending))} within {settings.timeout:.0f} seconds."
            return distributions, [f"{late} The change is made; run again to go on waiting."]
        deadline.pause(next(pauses))
        distributions |= {each.id: each for each in gather(lambda each: _read_again(access, each), pending)}
    return distributions, []
