# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""From when on it is a worry that a certificate hasn't been renewed."""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

from ._durations import duration_option
from ._renewal import SHORT_LIVED, RenewalPolicy
from ._x509 import CertificateFacts

#: Options of who only looks.
WATCH_ARGUMENTS: dict[str, t.Any] = {"renew_before": {"type": "str"}}
NONE, WARNING, CRITICAL = "none", "warning", "critical"
# cert-manager-mixin warns when 30 % of the time between renewal and end have passed. That is a moment later here, so
# that no rounding makes it a moment earlier.
_WARN_PERMILLE, _WARN_PERMILLE_SHORT = 699, 700
_CRITICAL_PERCENT, _CRITICAL_PERCENT_SHORT = 10, 20
_WARN_PERCENT_SHORT = 35


@dataclasses.dataclass(frozen=True)
class Thresholds:
    """How much of a lifetime is left then, in whole seconds."""

    warning: datetime.timedelta
    critical: datetime.timedelta


def thresholds(lifetime: datetime.timedelta, left_at_renewal: datetime.timedelta) -> Thresholds:
    """In parts of the time between renewal and end, and of the lifetime; never before a renewal is due."""
    life, window = (int(each.total_seconds()) for each in (lifetime, left_at_renewal))
    if lifetime < SHORT_LIVED:
        warning = min(life * _WARN_PERCENT_SHORT // 100, window * _WARN_PERMILLE_SHORT // 1000)
        critical = life * _CRITICAL_PERCENT_SHORT // 100
    else:
        warning = window * _WARN_PERMILLE // 1000
        critical = life * _CRITICAL_PERCENT // 100
    return Thresholds(datetime.timedelta(seconds=warning), datetime.timedelta(seconds=min(critical, warning)))


def alert(
    not_before: datetime.datetime, not_after: datetime.datetime, renew_at: datetime.datetime, now: datetime.datetime
) -> str:
    """How worrying it is that this certificate is still the one."""
    limits, left = thresholds(not_after - not_before, not_after - renew_at), not_after - now
    if left <= limits.critical:
        return CRITICAL
    return WARNING if left <= limits.warning else NONE


def watched_policy(options: t.Mapping[str, t.Any]) -> RenewalPolicy:
    """When what is looked at should be renewed, from ``renew_before``. Raises InvalidInput."""
    renew_before = duration_option(options, "renew_before") if options.get("renew_before") else None
    return RenewalPolicy(renew_before, half_when_short=True)


def watched_alert(facts: CertificateFacts, policy: RenewalPolicy, now: datetime.datetime) -> str:
    return alert(facts.not_before, facts.not_after, policy.renew_at(facts.not_before, facts.not_after), now)
