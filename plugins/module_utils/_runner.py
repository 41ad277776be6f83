# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""What every run has in common, with AWS or without: the one check-mode ``if`` and the one ``try``."""

from __future__ import annotations

import contextlib
import datetime
import os
import signal
import sys
import typing as t

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.common.warnings import warn

from ._errors import InvalidInput, TlsopsError, parse_all
from ._module_result import Result
from ._names import InvalidName
from ._plan import Step, diff

if t.TYPE_CHECKING:
    from ansible.module_utils.basic import AnsibleModule


#: ansible-core 2.17 still runs modules on 3.7, and what RHEL 9 calls python3 is 3.9.
_OLDEST_PYTHON = (3, 10)


class Plan(t.Protocol):
    """Data only: what a run will do."""

    @property
    def steps(self) -> t.Sequence[Step]:
        """The changes, in the order of the calls."""

    def predict(self) -> Result:
        """The result, as far as it is known before."""


class Runner:
    """One execution of a module."""

    def __init__(self, module: AnsibleModule) -> None:
        self._module = module
        self.params: dict[str, t.Any] = module.params

    def parse(self, *parsers: t.Callable[[], t.Any]) -> tuple[t.Any, ...]:
        """What each parser makes of its options. Every fault of every option is said at once, before anything else."""
        return parse_all(*parsers)

    def nested(self, option: str, argument_spec: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """A dictionary whose keys depend on another option, as a specification of its own would have it."""
        validated = ArgumentSpecValidator(dict(argument_spec)).validate(self.params[option])
        self._module.no_log_values.update(validated._no_log_values)
        if validated.error_messages:
            raise InvalidInput([f"{option}: {message}" for message in validated.error_messages])
        return validated.validated_parameters

    @property
    def check_mode(self) -> bool:
        return bool(self._module.check_mode)

    @property
    def now(self) -> datetime.datetime:
        """The moment that rules on validity are given."""
        return datetime.datetime.now(datetime.timezone.utc)

    def command(self, arguments: t.Sequence[str]) -> str:
        """What went wrong with a command of the host, in a line; nothing if it did its work."""
        code, out, err = self._module.run_command(list(arguments), handle_exceptions=True)
        return " ".join((err or out).split()) or f"it ended with {code}" if code else ""

    def give_context(self, path: str, context: t.Sequence[str | None]) -> bool:
        """Whether the file had another SELinux context; in check mode it keeps that. None leaves a part as it is."""
        if not self._module.selinux_enabled():
            return False
        parts = context if self._module.selinux_mls_enabled() else context[:3]
        return bool(self._module.set_context_if_different(path, list(parts), False))

    def carry_out(
        self, plan: Plan, apply: t.Callable[[], Result], complete: t.Callable[[Result], None] = lambda result: None
    ) -> None:
        """Apply the plan, or say what it would do. ``complete`` adds what follows from either result."""
        result = plan.predict() if self.check_mode else apply()
        complete(result)
        self.finish(result, plan.steps)

    def finish(self, result: Result, steps: t.Sequence[Step] = ()) -> None:
        values = dict(result.values, changed=result.changed)
        if self._module._diff and steps:
            values["diff"] = diff(steps)
        for warning in result.warnings:
            # AnsibleAWSModule.warn would also pass it to exit_json, which ansible-core 2.19 warns of in its turn.
            warn(warning)
        if result.failure is not None:
            if "failure" in values:
                values["failure"] = result.failure
            self._module.fail_json(msg=result.failure, **values)
        self._module.exit_json(**values)


def require_python(version: t.Sequence[t.Any]) -> None:
    """Raises TlsopsError where the Python that runs the task is too old for what comes now."""
    if tuple(version[:2]) < _OLDEST_PYTHON:
        found, oldest = (".".join(map(str, each)) for each in (version[:2], _OLDEST_PYTHON))
        raise TlsopsError(
            f"The task runs with Python {found} ({sys.executable}), and {oldest} is the oldest that will do: install a "
            "newer one, with what the module requires, and name it in ansible_python_interpreter."
        )


@contextlib.contextmanager
def sentences(module: AnsibleModule) -> t.Iterator[None]:
    """Everything a user or a service can cause ends as one sentence; only our own faults end in a traceback."""
    try:
        require_python(sys.version_info)
        yield
    except TlsopsError as error:
        module.fail_json(msg=error.message, **error.details)
    except InvalidName as error:
        module.fail_json(msg=str(error))
    except KeyboardInterrupt:
        # Threads that wait for their turn would keep Python for as long, and some would still make their call.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
