# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""When a certificate that is kept somewhere is replaced, and why: the first reason counts.

The order of the reasons is cert-manager's (its policies for a Certificate): what is broken comes before what has
changed, and that before what is due.
"""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

from . import _key_usages
from ._durations import as_text, collected_duration
from ._errors import InvalidInput
from ._maintenance_windows import MaintenanceWindow, opening
from ._subject_names import SubjectNames

_SHORTEST_VALIDITY = datetime.timedelta(hours=1)
_SHORTEST_RENEW_BEFORE = datetime.timedelta(minutes=5)
# Let's Encrypt, "When to renew": https://letsencrypt.org/docs/integration-guide/
SHORT_LIVED = datetime.timedelta(days=10)
#: From this share of the validity on, nearly every run renews.
RESTLESS = 0.9
#: For how long a new certificate isn't due, whoever says so: an hour, or this share of a short life.
_YOUNG = datetime.timedelta(hours=1)
_YOUNG_SHARE = 0.1


@dataclasses.dataclass(frozen=True)
class RenewalPolicy:
    """At most one of the first two; else a third of the lifetime is left, or half of one under ten days, if wanted."""

    renew_before: datetime.timedelta | None = None
    percent_left: int | None = None
    half_when_short: bool = False

    def left(self, lifetime: datetime.timedelta) -> datetime.timedelta:
        """How much of a lifetime is left when a certificate is due."""
        zero = datetime.timedelta(0)
        if self.renew_before is not None and zero < self.renew_before < lifetime:
            return self.renew_before
        if self.percent_left is not None and 0 < self.percent_left < 100:
            return lifetime * self.percent_left / 100
        return lifetime / 2 if self.half_when_short and lifetime < SHORT_LIVED else lifetime / 3

    def renew_at(self, not_before: datetime.datetime, not_after: datetime.datetime) -> datetime.datetime:
        """From the real validity, since a CA may shorten what was asked for; in whole seconds."""
        return (not_after - self.left(not_after - not_before)).replace(microsecond=0)


def validity_and_policy(
    options: t.Mapping[str, t.Any], asks_for_validity: bool = True
) -> tuple[datetime.timedelta, RenewalPolicy]:
    """From ``validity``, ``renew_before`` and ``renew_at_percent_left``. Raises InvalidInput with every fault.

    ``asks_for_validity``: whether the issuer is told for how long the certificate is wanted.
    """
    faults: list[str] = []
    validity = collected_duration(options["validity"], "validity", faults)
    given, percent = options.get("renew_before"), options.get("renew_at_percent_left")
    renew_before = collected_duration(given, "renew_before", faults) if given else None
    if validity is not None and validity < _SHORTEST_VALIDITY:
        faults.append(f"validity {options['validity']} is shorter than an hour")
    if renew_before is not None and renew_before < _SHORTEST_RENEW_BEFORE:
        faults.append(f"renew_before {given} is shorter than five minutes")
    if asks_for_validity and renew_before is not None and validity is not None and renew_before >= validity:
        faults.append(f"renew_before {given} isn't shorter than the validity {options['validity']}")
    if percent is not None and not 0 < percent < 100:
        faults.append(f"renew_at_percent_left must be between 1 and 99 per cent of the lifetime, not {percent}")
    if renew_before is not None and percent is not None:
        faults.append("renew_before and renew_at_percent_left exclude each other")
    if faults or validity is None:
        raise InvalidInput(faults)
    return validity, RenewalPolicy(renew_before, percent)


def restless(lifetime: datetime.timedelta, policy: RenewalPolicy) -> str | None:
    """A warning about a policy that renews nearly always, or that can't be followed."""
    left, wanted = policy.left(lifetime), policy.renew_before
    if wanted is not None and wanted >= lifetime:
        return (
            f"renew_before is {as_text(wanted)}, and it is valid for {as_text(lifetime)} only, so it is renewed when "
            f"{as_text(left)} is left"
        )
    if left < lifetime * RESTLESS:
        return None
    return (
        f"certificates that are valid for {as_text(lifetime)} are renewed when {as_text(left)} is left, so nearly "
        "every run renews them"
    )


@dataclasses.dataclass(frozen=True)
class Reason:
    """``reason`` is a CamelCase token for programs, ``message`` a sentence for people."""

    reason: str
    message: str


@dataclasses.dataclass(frozen=True)
class WantedState:
    """None: whatever it is, it will do."""

    names: SubjectNames
    policy: RenewalPolicy = RenewalPolicy()
    usages: frozenset[str] | None = None
    key_algorithm: str | None = None
    issuer: str | None = None
    force: bool = False
    windows: tuple[MaintenanceWindow, ...] = ()
    #: When the issuer wants the one that is kept to be renewed.
    suggested: datetime.datetime | None = None


@dataclasses.dataclass(frozen=True)
class KeptState:
    """A certificate as it is kept, whole and with its key; ``issuer`` is what the issuer was called when asked."""

    names: SubjectNames
    usages: frozenset[str]
    key_algorithm: str
    issuer: str | None
    not_before: datetime.datetime
    not_after: datetime.datetime
    revoked: bool = False
    #: Many CAs write an earlier moment into a certificate than that at which they issue it.
    requested_at: datetime.datetime | None = None

    def issued_at(self, now: datetime.datetime) -> datetime.datetime:
        """As far as that is known, by a clock that hasn't been put back since."""
        known = self.requested_at
        return max(self.not_before, known) if known and known <= now else self.not_before


@dataclasses.dataclass(frozen=True)
class RenewalTime:
    """``wished``: by the policy or the issuer. ``planned``: the first moment for it. ``next``: the next one, from now.

    ``grown_at``: when the certificate is old enough. ``outside``: no maintenance window is left before its end.
    """

    wished: datetime.datetime
    grown_at: datetime.datetime
    planned: datetime.datetime
    next: datetime.datetime
    outside: bool = False

    def held_back(self, now: datetime.datetime) -> bool:
        """A loop that renews again and again would use up what a CA allows."""
        return self.wished <= now < self.grown_at


def renewal_time(wanted: WantedState, kept: KeptState, now: datetime.datetime) -> RenewalTime:
    """When a certificate with which nothing is wrong is renewed; what is wrong waits for no window."""
    lifetime = kept.not_after - kept.not_before
    wished = wanted.policy.renew_at(kept.not_before, kept.not_after)
    if wanted.suggested is not None:
        wished = min(wished, wanted.suggested)
    grown_at = kept.issued_at(now) + min(_YOUNG, lifetime * _YOUNG_SHARE)
    due_at = max(wished, grown_at)
    if not wanted.windows:
        return RenewalTime(wished, grown_at, due_at, due_at)
    planned = opening(wanted.windows, due_at, kept.not_after)
    following = opening(wanted.windows, max(due_at, now), kept.not_after)
    return RenewalTime(wished, grown_at, planned or due_at, following or due_at, following is None)


def reissue(wanted: WantedState, kept: KeptState, now: datetime.datetime) -> Reason | None:
    """Why a whole certificate is replaced; None: it stays. What is missing or broken is said before this is asked."""
    return _changed(wanted, kept) or _ended(wanted, kept, now)


def _changed(wanted: WantedState, kept: KeptState) -> Reason | None:
    if wanted.key_algorithm not in (None, kept.key_algorithm):
        return Reason("KeyAlgorithmChanged", f"The key is {kept.key_algorithm}, and {wanted.key_algorithm} is wanted.")
    if not wanted.names.satisfied_by(kept.names):
        return Reason("NamesChanged", f"The certificate is for {_shown(kept.names)}, not for {_shown(wanted.names)}.")
    if wanted.usages is not None and not _key_usages.match(wanted.usages, kept.usages):
        here, there = ", ".join(sorted(kept.usages)) or "none", ", ".join(sorted(wanted.usages)) or "none"
        return Reason("UsagesChanged", f"The certificate's usages are {here}, not {there}.")
    if wanted.issuer not in (None, kept.issuer):
        return Reason("IssuerChanged", f"The certificate is from {kept.issuer or 'elsewhere'}, not {wanted.issuer}.")
    return None


def _ended(wanted: WantedState, kept: KeptState, now: datetime.datetime) -> Reason | None:
    if kept.revoked:
        return Reason("Revoked", "The certificate was revoked.")
    if now >= kept.not_after:
        return Reason("Expired", f"The certificate expired at {kept.not_after.isoformat()}.")
    renewal = renewal_time(wanted, kept, now)
    if now >= renewal.next:
        whose = "and its issuer wants it renewed" if renewal.wished == wanted.suggested else "due"
        until = kept.not_after.isoformat()
        return Reason("Due", f"The certificate expires at {until}, {whose} since {renewal.planned.isoformat()}.")
    return Reason("Forced", "A new certificate was asked for with force.") if wanted.force else None


def _shown(names: SubjectNames) -> str:
    shown = ", ".join(names.alternative) or "no alternative names"
    return f"{shown} ({names.shown_subject})" if names.subject else shown
