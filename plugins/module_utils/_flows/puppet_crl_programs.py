# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""The program that keeps revocation lists fresh, on a host: made of the code that this module itself runs with."""

from __future__ import annotations

import dataclasses
import json
import os
import sys
import typing as t

from .. import _standalone as standalone
from .._errors import InvalidInput
from .._file_changes import FileChange, file_change
from .._files import Rights, file_errors
from .._module_result import Result
from . import puppet_crl_program as crl_program

_PATHS = ("ca_path", "path")


def checked(options: dict[str, t.Any]) -> dict[str, t.Any]:
    """Here, and not when the program runs at night. Raises InvalidInput with every fault."""
    faults = [
        f"options: {name} {options[name]} must be absolute"
        for name in _PATHS
        if options.get(name) and not os.path.isabs(options[name])
    ]
    try:
        crl_program.parse(options)
    except InvalidInput as error:
        faults += error.faults
    if faults:
        raise InvalidInput(faults)
    return {name: value for name, value in options.items() if value is not None}


@dataclasses.dataclass(frozen=True)
class ProgramPlan:
    """``changes``: the options come before the program, which doesn't run without them."""

    path: str
    options: t.Mapping[str, t.Any]
    changes: tuple[FileChange, FileChange]

    @property
    def steps(self) -> list[FileChange]:
        return [each for each in self.changes if each.changed]

    def predict(self) -> Result:
        values = {"program_path": self.path, "options_path": _options_path(self.path), "options": dict(self.options)}
        return Result(bool(self.steps), values)


def _options_path(path: str) -> str:
    return f"{path}.json"


def make_plan(path: str, options: t.Mapping[str, t.Any], allowed: Rights) -> ProgramPlan:
    """Reads only. Who may read the program may also run it."""
    text = json.dumps(options, indent=2, sort_keys=True) + "\n"
    program = standalone.program("_flows.puppet_crl_program", sys.executable)
    executable = dataclasses.replace(allowed, mode=allowed.directory_mode)
    with file_errors():
        changes = (file_change(_options_path(path), text, allowed), file_change(path, program, executable))
    return ProgramPlan(path, options, changes)


def apply(plan: ProgramPlan) -> Result:
    with file_errors():
        for step in plan.steps:
            step.carry_out()
    return plan.predict()
