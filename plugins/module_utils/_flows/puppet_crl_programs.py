# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""The program that keeps revocation lists fresh, on a host: made of the code that this module itself runs with."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import sys
import typing as t

from .. import _standalone as standalone
from .._errors import InvalidInput
from .._files import Rights, file_errors, read_bytes, replace_text
from .._module_result import Result
from .._puppet.changes import Change
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
class WantedPart:
    """One of the two files. ``shown`` is what the diff has of a content."""

    path: str
    content: bytes
    rights: Rights
    present: bytes | None
    drifts: bool
    shown: t.Callable[[bytes], t.Any]

    @property
    def step(self) -> Change | None:
        if self.present != self.content:
            before = None if self.present is None else self.shown(self.present)
            return Change(self.path, before, self.shown(self.content))
        return Change(f"rights of {self.path}", "other", f"{self.rights.mode:04o}") if self.drifts else None


@dataclasses.dataclass(frozen=True)
class ProgramPlan:
    """The options come before the program, which doesn't run without them."""

    options: t.Mapping[str, t.Any]
    parts: tuple[WantedPart, ...]

    @property
    def steps(self) -> list[Change]:
        return [each.step for each in self.parts if each.step]

    def predict(self) -> Result:
        options, program = self.parts
        values = {"program_path": program.path, "options_path": options.path, "options": dict(self.options)}
        return Result(bool(self.steps), values)


def make_plan(path: str, options: t.Mapping[str, t.Any], allowed: Rights) -> ProgramPlan:
    """Reads only. Who may read the program may also run it."""
    text = json.dumps(options, indent=2, sort_keys=True) + "\n"
    program = standalone.program("_flows.puppet_crl_program", sys.executable)
    executable = dataclasses.replace(allowed, mode=allowed.directory_mode)
    with file_errors():
        parts = (
            _part(f"{path}.json", text.encode("utf-8"), allowed, _shown_options),
            _part(path, program, executable, lambda content: f"SHA-256 {hashlib.sha256(content).hexdigest()}"),
        )
    return ProgramPlan(options, parts)


def _shown_options(content: bytes) -> t.Any:
    try:
        return json.loads(content)
    except ValueError:
        return content.decode("utf-8", "replace")


def _part(path: str, content: bytes, allowed: Rights, shown: t.Callable[[bytes], t.Any]) -> WantedPart:
    present = read_bytes(path)
    return WantedPart(path, content, allowed, present, present is not None and allowed.differ(path), shown)


def apply(plan: ProgramPlan) -> Result:
    with file_errors():
        for part in plan.parts:
            if part.present != part.content:
                replace_text(part.path, part.content, part.rights)
            elif part.drifts:
                part.rights.give(part.path)
    return plan.predict()
