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
import re
import typing as t

from . import _key_usages
from ._errors import InvalidInput
from ._subject_names import SubjectNames

_DURATION = re.compile(r"^(?=\d)((?P<w>\d+)w)?((?P<d>\d+)d)?((?P<h>\d+)h)?((?P<m>\d+)m)?((?P<s>\d+)s?)?$")
_SECONDS = {"w": 604800, "d": 86400, "h": 3600, "m": 60, "s": 1}
_SHORTEST_VALIDITY = datetime.timedelta(hours=1)
_SHORTEST_RENEW_BEFORE = datetime.timedelta(minutes=5)
# Let's Encrypt, "When to renew": https://letsencrypt.org/docs/integration-guide/
_SHORT_LIVED = datetime.timedelta(days=10)
#: From this share of the validity on, nearly every run renews.
_RESTLESS = 0.9


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
        return lifetime / 2 if self.half_when_short and lifetime < _SHORT_LIVED else lifetime / 3

    def renew_at(self, not_before: datetime.datetime, not_after: datetime.datetime) -> datetime.datetime:
        """From the real validity, since a CA may shorten what was asked for; in whole seconds."""
        return (not_after - self.left(not_after - not_before)).replace(microsecond=0)


def duration(text: str) -> datetime.timedelta:
    """``90d``, ``12h``, ``1w2d``, or a number of seconds. Raises ValueError."""
    found = _DURATION.match(text.replace(" ", "").lower())
    if not found:
        raise ValueError(f"{text!r} isn't a time such as 90d, 12h or 1w2d")
    return datetime.timedelta(seconds=sum(int(found[unit] or 0) * size for unit, size in _SECONDS.items()))


def duration_option(options: t.Mapping[str, t.Any], name: str) -> datetime.timedelta:
    """Raises InvalidInput."""
    try:
        return duration(str(options[name]))
    except ValueError as error:
        raise InvalidInput([f"{name} {error}"]) from error


def validity_and_policy(options: t.Mapping[str, t.Any]) -> tuple[datetime.timedelta, RenewalPolicy]:
    """From ``validity``, ``renew_before`` and ``renew_at_percent_left``. Raises InvalidInput with every fault."""
    faults: list[str] = []
    validity = _read(options["validity"], "validity", faults)
    renew_before = _read(options["renew_before"], "renew_before", faults) if options.get("renew_before") else None
    percent = options.get("renew_at_percent_left")
    if validity is not None and validity < _SHORTEST_VALIDITY:
        faults.append(f"validity {options['validity']} is shorter than an hour")
    if renew_before is not None and renew_before < _SHORTEST_RENEW_BEFORE:
        faults.append(f"renew_before {options['renew_before']} is shorter than five minutes")
    if renew_before is not None and validity is not None and renew_before >= validity:
        faults.append(f"renew_before {options['renew_before']} isn't shorter than the validity {options['validity']}")
    if percent is not None and not 0 < percent < 100:
        faults.append(f"renew_at_percent_left must be between 1 and 99 per cent of the lifetime, not {percent}")
    if renew_before is not None and percent is not None:
        faults.append("renew_before and renew_at_percent_left exclude each other")
    if faults or validity is None:
        raise InvalidInput(faults)
    return validity, RenewalPolicy(renew_before, percent)


def _read(text: str, option: str, faults: list[str]) -> datetime.timedelta | None:
    try:
        return duration(str(text))
    except ValueError as error:
        faults.append(f"{option} {error}")
        return None


def restless(validity: datetime.timedelta, policy: RenewalPolicy) -> str | None:
    """A warning about a policy that renews nearly always."""
    left = policy.left(validity)
    if left < validity * _RESTLESS:
        return None
    return (
        f"certificates that are valid for {validity} are renewed when {left} is left, so nearly every run renews them"
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
    renew_at = wanted.policy.renew_at(kept.not_before, kept.not_after)
    if now >= renew_at:
        return Reason(
            "Due", f"The certificate expires at {kept.not_after.isoformat()}, due since {renew_at.isoformat()}."
        )
    return Reason("Forced", "A new certificate was asked for with force.") if wanted.force else None


def _shown(names: SubjectNames) -> str:
    shown = ", ".join(names.alternative) or "no alternative names"
    return f"{shown} ({names.shown_subject})" if names.subject else shown
