# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Progress of a wait: the action plugin runs the module with ``wait: false`` and then looks again and again.

A module can't print while it runs; an action plugin can, and what it prints reaches ansible-runner and AWX as well.
With ``async``, in check mode, and when nothing is to be waited for, the module runs once and does everything itself.
"""

from __future__ import annotations

import random
import typing as t

from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ..module_utils._certificate_plan import failure_sentence, late_sentence
from ..module_utils._diagnosis import Hanging
from ..module_utils._pace import POLL_INTERVAL, WAIT_TIMEOUT, Deadline, SystemClock, intervals
from ..module_utils._progress_line import progress_line

_WAIT_MODULE = "tlsops.certificates.acm_certificate_wait"
_GROWTH = 1.5
_JITTER = 0.2

#: Options that say how to reach AWS: the looks use those of the task. Their aliases are amazon.aws's.
_CONNECTION_OPTIONS = {
    *("region", "aws_region", "profile", "aws_profile", "endpoint_url", "aws_endpoint_url"),
    *("access_key", "aws_access_key_id", "aws_access_key", "secret_key", "aws_secret_access_key", "aws_secret_key"),
    *("session_token", "aws_session_token", "validate_certs", "aws_ca_bundle", "aws_config", "rate_limits"),
    *("debug_botocore_endpoint_logs", "nameservers", "diagnose"),
}

display = Display()

Result = dict[str, t.Any]


class WaitingAction(ActionBase):
    """Base of the action plugins of modules that return records, ``certificates`` unless they say so, and can wait."""

    _supports_async = True
    _supports_check_mode = True

    #: FQCN of the module.
    module: str
    #: Whether the first failure ends the wait for the others.
    stop_at_failure = False
    #: Whether the module has the option ``on_failure``.
    reports = True
    #: Under which key the module returns its records, and which of their keys tells one from another.
    records, identity = "certificates", "arn"
    #: The first pause and the longest one, in seconds, where the task doesn't say.
    first_pause, longest_pause = 2.0, float(POLL_INTERVAL)
    #: For how long, where the task doesn't say.
    wait_timeout = float(WAIT_TIMEOUT)

    def run(self, tmp: t.Any = None, task_vars: t.Any = None) -> Result:
        result: Result = super().run(tmp, task_vars)
        arguments = dict(self._task.args)
        if self._task.async_val or self._task.check_mode or not self._waits(arguments):
            once = self._execute_module(
                self.module, module_args=arguments, task_vars=task_vars, wrap_async=self._task.async_val
            )
            return {**result, **once}
        first = {**arguments, "wait": False, **({"on_failure": "report"} if self.reports else {})}
        done = self._execute_module(self.module, module_args=first, task_vars=task_vars)
        if done.get("failed") or not done.get(self.records):
            return {**result, **done}
        return {**result, **self._wait(arguments, done, task_vars)}

    @staticmethod
    def _waits(arguments: t.Mapping[str, t.Any]) -> bool:
        if arguments.get("state") == "absent":
            return False
        try:
            return bool(boolean(arguments.get("wait", True)))
        except TypeError:
            return False  # The module says what is wrong with it.

    def _wait(self, arguments: t.Mapping[str, t.Any], done: Result, task_vars: t.Any) -> Result:
        clock = SystemClock()
        given = arguments.get("wait_timeout")
        timeout = self.wait_timeout if given in (None, "") else float(given)
        deadline = Deadline(clock, timeout)
        first = float(arguments.get("first_interval") or self.first_pause)
        longest = float(arguments.get("poll_interval") or self.longest_pause)
        pauses = intervals(first, _GROWTH, longest, _JITTER, random.random)
        records, shown, hanging = done[self.records], "", Hanging(clock)
        while not self._finished(records, arguments) and not deadline.passed():
            line = self._line(records)
            if line != shown:
                display.display(f"  {line} ({deadline.left() / 60:.0f} min left)")
                shown = line
            pending = [record for record in records if not self._settled(record)]
            deadline.pause(next(pauses) * self._patience(pending))
            asks = hanging.asks()
            look = self._look({**arguments, **self._diagnosed(arguments, asks)}, pending, task_vars)
            done = self._with(done, look)
            if not look.get(self.records):
                return {**look, **done, "failed": True, "msg": look.get("msg", ""), self.records: records}
            records = self._merged(records, look, keep=hanging.asked and not asks)
        records = self._explained(arguments, records, task_vars)
        if shown:
            display.display(f"  {self._line(records)}")
        return self._complete(done, records, arguments, timeout)

    def _look(self, arguments: t.Mapping[str, t.Any], records: t.Any, task_vars: t.Any) -> Result:
        connection = {name: arguments[name] for name in _CONNECTION_OPTIONS if name in arguments}
        look = {**connection, "certificates": records, "wait": False, "on_failure": "report"}
        return t.cast(Result, self._execute_module(_WAIT_MODULE, module_args=look, task_vars=task_vars))

    def _diagnosed(self, arguments: t.Mapping[str, t.Any], asks: bool) -> Result:
        """The option by which a look also asks the public DNS what keeps those that are still pending."""
        # YAML takes off without quotes for false.
        wanted = arguments.get("diagnose") != "never" and arguments.get("preflight") not in ("off", False)
        return {"diagnose": "always" if asks and wanted else "never"}

    def _explained(self, arguments: t.Mapping[str, t.Any], records: list[Result], task_vars: t.Any) -> list[Result]:
        """The records when the wait is over: those that are still pending with what keeps them."""
        asking = self._diagnosed(arguments, True)
        pending = [record for record in records if not self._settled(record)]
        if self._finished(records, arguments) or asking.get("diagnose") != "always":
            return records
        look = self._look({**arguments, **asking}, pending, task_vars)
        return self._merged(records, look) if look.get(self.records) else records

    def _merged(self, records: list[Result], look: Result, keep: bool = False) -> list[Result]:
        """The records as a look has seen them; with ``keep`` what was last said of those that are as they were."""
        seen = {record[self.identity]: record for record in look[self.records]}
        return [self._latest(record, seen.get(record[self.identity], record), keep) for record in records]

    def _latest(self, record: Result, seen: Result, keep: bool) -> Result:
        return {**seen, "message": record["message"]} if keep and seen["reason"] == record["reason"] else seen

    def _finished(self, records: t.Sequence[Result], arguments: t.Mapping[str, t.Any]) -> bool:
        failed = [record for record in records if record["phase"] == "Failed"]
        if failed and self.stop_at_failure and arguments.get("on_failure", "fail") == "fail":
            return True
        return all(self._settled(record) for record in records)

    def _settled(self, record: t.Mapping[str, t.Any]) -> bool:
        return bool(record["ready"]) or record["phase"] == "Failed"

    def _patience(self, pending: t.Sequence[Result]) -> float:
        """By what a pause is longer than usual."""
        return 1.0

    def _line(self, records: t.Sequence[Result]) -> str:
        return progress_line(records)

    def _with(self, done: Result, look: Result) -> Result:
        """What the run has done so far, with what a look has done."""
        return done

    def _single(self, records: t.Sequence[Result]) -> Result:
        """What a module for one returns besides."""
        return {"certificate": records[0], "certificate_arn": records[0]["arn"]}

    def _failure(self, records: t.Sequence[Result], timeout: float) -> str | None:
        return failure_sentence(records) or late_sentence(records, timeout)

    def _complete(
        self, done: Result, records: list[Result], arguments: t.Mapping[str, t.Any], timeout: float
    ) -> Result:
        done = {**done, self.records: records}
        done.update({key: value for key, value in self._single(records).items() if key in done})
        failure = self._failure(records, timeout)
        if "failure" in done:
            done["failure"] = failure
        if failure and arguments.get("on_failure", "fail") == "fail":
            done.update(failed=True, msg=failure)
        return done
