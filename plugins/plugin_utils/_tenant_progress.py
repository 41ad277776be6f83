# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Progress of tenants on their way. A look is another run of the module, which also does what has become possible."""

from __future__ import annotations

import typing as t

from ..module_utils._progress_line import progress_line
from ..module_utils._tenant_result import failure_sentence, late_sentence
from ..module_utils._tenant_states import SETTLED, SOON
from ._progress import Result, WaitingAction


class WaitingTenantAction(WaitingAction):
    """Base of the action plugins of modules that return ``tenants``."""

    records, identity = "tenants", "name"
    first_pause, longest_pause = SOON, 2 * SOON

    def _look(self, arguments: t.Mapping[str, t.Any], records: t.Any, task_vars: t.Any) -> Result:
        look = {**arguments, "wait": False, **self._narrowed(arguments, {record["name"] for record in records})}
        return t.cast(Result, self._execute_module(self.module, module_args=look, task_vars=task_vars))

    def _narrowed(self, arguments: t.Mapping[str, t.Any], names: t.AbstractSet[str]) -> Result:
        """What a look asks for: a certificate that fails again is for a later run."""
        return {"retry_failed": False}

    def _diagnosed(self, arguments: t.Mapping[str, t.Any], asks: bool) -> Result:
        return {}

    def _latest(self, record: Result, seen: Result, keep: bool) -> Result:
        return seen

    def _settled(self, record: t.Mapping[str, t.Any]) -> bool:
        return record["next"] in SETTLED

    def _patience(self, pending: t.Sequence[Result]) -> float:
        return min([record["retry_after"] or SOON for record in pending], default=SOON) / SOON

    def _line(self, records: t.Sequence[Result]) -> str:
        leaving = [record for record in records if self._settled(record) and not record["ready"]]
        served = [record for record in records if record not in leaving or record["phase"] == "Failed"]
        return progress_line(served, "tenant", "served")

    def _with(self, done: Result, look: Result) -> Result:
        diffs = [each for result in (done, look) for each in _listed(result.get("diff"))]
        found = {record["arn"]: record for record in (*done["certificates"], *look.get("certificates", ()))}
        said = dict.fromkeys([*done.get("warnings", ()), *look.get("warnings", ())])
        return {
            **done,
            "changed": done["changed"] or look.get("changed", False),
            "certificates": list(found.values()),
            **({"diff": diffs} if diffs else {}),
            **({"warnings": list(said)} if said else {}),
        }

    def _single(self, records: t.Sequence[Result]) -> Result:
        return {"tenant": records[0]}

    def _failure(self, records: t.Sequence[Result], timeout: float) -> str | None:
        return failure_sentence(records) or late_sentence(records, timeout)


def _listed(diff: t.Any) -> list[t.Any]:
    return diff if isinstance(diff, list) else [diff] if diff else []
