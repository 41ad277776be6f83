# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Certificates to a service, side by side: what fails for one of them spares the others."""

from __future__ import annotations

import typing as t

from .._conditions import FAILED
from .._errors import ServiceError, TlsopsError
from .._module_result import Result
from .._threads import concurrently


class Sendable(t.Protocol):
    """One certificate and where it goes."""

    def record(self, arn: str | None = None) -> dict[str, t.Any]:
        """``arn``: what the service has answered; None where nothing was sent."""


Item = t.TypeVar("Item", bound=Sendable)


def send(items: t.Sequence[Item], steps: t.Sequence[Item], carry_out: t.Callable[[Item], str]) -> Result:
    """A record for each of the items, of which the steps are sent."""
    outcomes = {id(each.item): each for each in concurrently(carry_out, steps)}
    records, failed = [], []
    for each in items:
        outcome = outcomes.get(id(each))
        records.append(each.record(outcome.result if outcome else None))
        if outcome and outcome.error:
            records[-1] |= _failed(outcome.error)
            failed.append(outcome.error.message)
    failure = " ".join(failed) or None
    changed = any(outcome.result for outcome in outcomes.values())
    return Result(changed, {"certificates": records, "failure": failure}, failure=failure)


def _failed(error: TlsopsError) -> dict[str, t.Any]:
    reason = error.code if isinstance(error, ServiceError) else "Failed"
    return {"changed": False, "phase": FAILED, "ready": False, "reason": reason, "message": error.message}
