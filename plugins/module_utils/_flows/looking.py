# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""What is kept in a directory, as a record."""

from __future__ import annotations

import datetime
import typing as t

from .. import _conditions
from .._conditions import Condition
from .._deployable import NOTHING, Deployable, NothingKept, read
from .._errors import InvalidInput, TlsopsError
from .._expiry_alerts import watched_alert
from .._renewal import RenewalPolicy


def look(directory: str, policy: RenewalPolicy, now: datetime.datetime) -> dict[str, t.Any]:
    try:
        found = read(directory)
    except InvalidInput:
        raise
    except TlsopsError as error:
        missing = isinstance(error, NothingKept)
        phase = _conditions.PENDING if missing else _conditions.FAILED
        reason = "DoesNotExist" if missing else "InvalidCertificate"
        return _record(directory, Condition(phase, reason, f"{error.message[0].upper()}{error.message[1:]}."))
    alert = watched_alert(found.chain.facts, policy, now)
    return _record(directory, condition(directory, found, now), found, alert)


def condition(directory: str, found: Deployable, now: datetime.datetime) -> Condition:
    facts = found.chain.facts
    if facts.not_after <= now:
        return Condition(_conditions.FAILED, "Expired", f"In {directory}, it expired at {facts.not_after.isoformat()}.")
    if facts.not_before > now:
        said = f"In {directory}, it isn't valid before {facts.not_before.isoformat()}."
        return Condition(_conditions.FAILED, "NotYetValid", said)
    return Condition(_conditions.ISSUED, "Kept", f"Kept in {directory}, valid until {facts.not_after:%Y-%m-%d}.")


def _record(
    directory: str, found: Condition, kept: Deployable | None = None, alert: str | None = None
) -> dict[str, t.Any]:
    return {
        "directory": directory,
        "phase": found.phase,
        "ready": found.ready,
        "reason": found.reason,
        "message": found.message,
        "alert": alert,
        "refusal": kept.refusal if kept else None,
        "issuer": kept.issuer if kept else None,
        **(kept.summary() if kept else NOTHING),
    }
