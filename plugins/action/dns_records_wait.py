# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ..module_utils._propagation import WAIT_TIMEOUT, late_sentence, seen_line, to_be_looked_for
from ..plugin_utils._progress import Result, WaitingAction


class ActionModule(WaitingAction):
    module = "tlsops.certificates.dns_records_wait"
    reports = False
    records, identity = "records", "name"
    first_pause, longest_pause = 1.0, 10.0
    wait_timeout = float(WAIT_TIMEOUT)

    def _look(self, arguments: t.Mapping[str, t.Any], records: t.Any, task_vars: t.Any) -> Result:
        look = {**arguments, "records": to_be_looked_for(records), "wait": False}
        return t.cast(Result, self._execute_module(self.module, module_args=look, task_vars=task_vars))

    def _diagnosed(self, arguments: t.Mapping[str, t.Any], asks: bool) -> Result:
        return {}

    def _latest(self, record: Result, seen: Result, keep: bool) -> Result:
        return seen

    def _line(self, records: t.Sequence[Result]) -> str:
        return seen_line(records)

    def _single(self, records: t.Sequence[Result]) -> Result:
        return {}

    def _failure(self, records: t.Sequence[Result], timeout: float) -> str | None:
        return late_sentence(records, timeout)
