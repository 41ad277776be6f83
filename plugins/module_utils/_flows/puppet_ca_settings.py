# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""The files that tell a Puppet Server's CA what to do."""

from __future__ import annotations

import dataclasses
import json
import os
import sys
import typing as t

from .. import _files
from .. import _standalone as standalone
from .._errors import InvalidInput
from .._file_changes import FileChange, file_change
from .._files import Rights, file_errors
from .._module_result import Result
from .._puppet import autosign as autosign_program
from .._puppet import puppet_conf
from .._puppet.ca_settings import CaSettings, puppet_settings
from .._puppet.server_files import ServerFiles
from . import puppet_ca_files as ca_files

_PROGRAM_MODE, _POLICIES_MODE, _READABLE = 0o755, 0o640, 0o644
_EVERYTHING = (
    "autosign: true signs whatever anybody who reaches the CA asks for, under any name that is still free. Name the "
    "nodes that may, or give policies."
)


@dataclasses.dataclass(frozen=True)
class SettingsPlan:
    files: ServerFiles
    changes: tuple[FileChange, ...]
    warnings: tuple[str, ...]

    @property
    def steps(self) -> list[FileChange]:
        return [each for each in self.changes if each.changed]

    def predict(self) -> Result:
        found = self.files
        values = {
            "confdir": found.confdir,
            "server_confdir": found.server_confdir,
            "ssldir": found.ssldir,
            "cadir": found.cadir,
            "changed_files": [each.path for each in self.steps],
        }
        return Result(bool(self.steps), values, warnings=self.warnings)


def make_plan(
    files: ServerFiles, wanted: CaSettings, options: t.Mapping[str, t.Any], group: int | None
) -> SettingsPlan:
    """Reads only. The program and its policies come before the setting that names it. Raises InvalidInput.

    Without ``group`` Puppet's own reads the policies.
    """
    directories = {name: options[name] for name in ("ssldir", "cadir") if options.get(name)}
    with file_errors():
        readers = ca_files.owner().gid if group is None else group
        setting, changes = _autosign(files, wanted, options["autosign_program"], readers)
        settings = puppet_settings(files.certname, wanted, setting, directories)
        if faults := puppet_conf.faults(settings, files.settings):
            raise InvalidInput(faults)
        present = _files.read_text(files.puppet_conf) or ""
        changes.append(file_change(files.puppet_conf, puppet_conf.with_settings(present, settings)))
        if wanted.ca_conf is not None:
            changes.append(file_change(os.path.join(files.server_confdir, "conf.d", "ca.conf"), wanted.ca_conf))
    signs_all = wanted.autosign is not None and wanted.autosign.everything
    return SettingsPlan(files, tuple(changes), (_EVERYTHING,) if signs_all else ())


def _autosign(
    files: ServerFiles, wanted: CaSettings, program: str, group: int | None
) -> tuple[str | None, list[FileChange]]:
    """What puppet.conf says of it, and the files that this needs."""
    autosign = wanted.autosign
    if autosign is None:
        return None, []
    if autosign.globs:
        path = os.path.join(files.confdir, "autosign.conf")
        return path, [file_change(path, "".join(f"{each}\n" for each in autosign.globs), Rights(_READABLE))]
    if not autosign.policies:
        return str(autosign.everything).lower(), []
    text = json.dumps(list(autosign.policies), indent=2, sort_keys=True) + "\n"
    code = standalone.program(autosign_program.__name__.partition("module_utils.")[2], sys.executable)
    return program, [
        # The passwords of a policy let a node in.
        file_change(f"{program}.json", text, Rights(_POLICIES_MODE, gid=group), secret=True),
        file_change(program, code, Rights(_PROGRAM_MODE)),
    ]


def apply(plan: SettingsPlan) -> Result:
    with file_errors():
        for step in plan.steps:
            step.carry_out()
    return plan.predict()
