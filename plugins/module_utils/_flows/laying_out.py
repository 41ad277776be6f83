# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Certificates as the files that servers read, put in place together."""

from __future__ import annotations

import dataclasses
import os
import typing as t

from .. import _files
from .._deployable import SOURCE_ARGUMENTS, Deployable, from_options
from .._deployed_files import KINDS, SECRET_KINDS, content, described, holds
from .._errors import InvalidInput, TlsopsError, parse_all
from .._files import Rights, file_errors
from .._module_result import Result

_CONTEXT = ("seuser", "serole", "setype", "selevel")

ARGUMENTS: dict[str, t.Any] = {
    "name": {"type": "str"},
    **SOURCE_ARGUMENTS,
    **{f"{kind}_path": {"type": "path"} for kind in KINDS},
    "pkcs12_passphrase": {"type": "str", "no_log": True},
    "pkcs12_name": {"type": "str"},
    "owner": {"type": "str"},
    "group": {"type": "str"},
    "mode": {"type": "raw", "default": "0600"},
    "certificate_mode": {"type": "raw", "default": "0644"},
    **{part: {"type": "str"} for part in _CONTEXT},
}

#: An SELinux context: user, role, type and level; None leaves a part as it is.
Context: t.TypeAlias = "tuple[str | None, ...]"


@dataclasses.dataclass(frozen=True)
class WantedFile:
    kind: str
    path: str
    rights: Rights


@dataclasses.dataclass(frozen=True)
class Layout:
    """One certificate, and the files that it is wanted in."""

    name: str | None
    source: str | None
    deployable: Deployable
    files: tuple[WantedFile, ...]
    context: Context | None = None
    passphrase: str | None = dataclasses.field(default=None, repr=False)
    pkcs12_name: str | None = None

    @property
    def label(self) -> str:
        return self.name or self.source or self.files[0].path


def layouts(entries: t.Sequence[t.Mapping[str, t.Any]], check_mode: bool = False) -> list[Layout]:
    """Raises InvalidInput with every fault of every entry. In check mode, a directory may still be made."""
    found, faults = [], []
    for number, entry in enumerate(entries):
        try:
            found.append(_layout(entry, check_mode))
        except InvalidInput as error:
            label = entry.get("name") or entry.get("directory") or f"certificates[{number}]"
            faults += [f"{label}: {fault}" for fault in error.faults]
    paths = [file.path for each in found for file in each.files]
    faults += [f"{path} is wanted twice" for path in sorted({each for each in paths if paths.count(each) > 1})]
    if faults:
        raise InvalidInput(faults)
    return found


def _layout(entry: t.Mapping[str, t.Any], check_mode: bool) -> Layout:
    deployable, secret, public, dummy = parse_all(
        lambda: from_options(entry),
        lambda: _files.rights(entry),
        lambda: _files.rights({**entry, "mode": entry.get("certificate_mode") or "0644"}),
        lambda: _check(entry, check_mode),
    )
    files = tuple(
        WantedFile(kind, path, secret if kind in SECRET_KINDS else public) for kind, path in _paths(entry).items()
    )
    context = tuple(entry.get(part) or None for part in _CONTEXT)
    layout = Layout(
        entry.get("name") or None,
        entry.get("directory"),
        deployable,
        files,
        context if any(context) else None,
        entry.get("pkcs12_passphrase"),
        entry.get("pkcs12_name") or entry.get("name"),
    )
    try:
        for file in files:
            content(file.kind, deployable, layout.passphrase)
    except TlsopsError as error:
        raise InvalidInput([error.message]) from error
    return layout


def _paths(entry: t.Mapping[str, t.Any]) -> dict[str, str]:
    return {kind: entry[f"{kind}_path"] for kind in KINDS if entry.get(f"{kind}_path")}


def _check(entry: t.Mapping[str, t.Any], check_mode: bool) -> None:
    paths = _paths(entry)
    faults = [] if paths else [f"say where: {', '.join(f'{kind}_path' for kind in KINDS)}, at least one of them"]
    if "pkcs12" in paths and not entry.get("pkcs12_passphrase"):
        faults.append("pkcs12_path asks for pkcs12_passphrase")
    for path in paths.values():
        if not os.path.isabs(path):
            faults.append(f"{path!r} isn't an absolute path")
        elif os.path.isdir(path):
            faults.append(f"{path} is a directory")
        elif not check_mode and not os.path.isdir(os.path.dirname(path)):
            faults.append(f"the directory {os.path.dirname(path)} isn't there: make it first")
    if faults:
        raise InvalidInput(faults)


@dataclasses.dataclass(frozen=True)
class FileStep:
    """A file that is written, or whose rights are put right."""

    layout: Layout
    file: WantedFile
    old: bytes | None = dataclasses.field(repr=False)
    writes: bool

    @property
    def subject(self) -> str:
        return self.file.path

    def before(self) -> dict[str, t.Any] | None:
        return None if self.old is None else self._shown(self.old, _files.rights_of(self.file.path))

    def after(self) -> dict[str, t.Any]:
        return self._shown(self.new if self.writes else self.old, self.file.rights)

    def _shown(self, found: bytes | None, rights: Rights) -> dict[str, t.Any]:
        return {"mode": f"{rights.mode:04o}", **described(self.file.kind, found, self.layout.passphrase)}

    @property
    def new(self) -> bytes:
        layout = self.layout
        return content(self.file.kind, layout.deployable, layout.passphrase, layout.pkcs12_name)

    @property
    def temporary(self) -> str:
        return f"{self.file.path}.new"

    def prepare(self) -> None:
        """Beside its place, so that one rename is all that is left to do."""
        _files.remove(self.temporary)
        _files.write_new(self.temporary, self.new, self.file.rights)

    def put_in_place(self) -> None:
        os.replace(self.temporary, self.file.path)


@dataclasses.dataclass(frozen=True)
class LayoutPlan:
    layouts: tuple[Layout, ...]
    steps: tuple[FileStep, ...]

    def predict(self) -> Result:
        return Result(bool(self.steps), {"certificates": [self._record(each) for each in self.layouts]})

    def _record(self, layout: Layout) -> dict[str, t.Any]:
        written = [step.file.path for step in self.steps if step.layout is layout]
        return {
            "name": layout.label,
            "directory": layout.source,
            "files": {file.kind: file.path for file in layout.files},
            "changed": bool(written),
            "changed_files": written,
            **layout.deployable.summary(),
        }


def make_plan(wanted: t.Sequence[Layout]) -> LayoutPlan:
    """Reads only."""
    with file_errors():
        steps = [step for layout in wanted for file in layout.files if (step := _step(layout, file))]
    return LayoutPlan(tuple(wanted), tuple(steps))


def _step(layout: Layout, file: WantedFile) -> FileStep | None:
    old = _files.read_bytes(file.path)
    writes = not holds(file.kind, old, layout.deployable, layout.passphrase)
    if not writes and not file.rights.differ(file.path):
        return None
    return FileStep(layout, file, old, writes)


def apply(plan: LayoutPlan) -> Result:
    """All new files are on the disk before the first is renamed, so what is left between key and certificate is the
    time of two renames; a run that is killed there is finished by the next."""
    written = [step for step in plan.steps if step.writes]
    with file_errors():
        for step in written:
            step.prepare()
        for step in written:
            step.put_in_place()
        for folder in {os.path.dirname(step.file.path) for step in written}:
            _files.sync(folder)
        for step in plan.steps:
            if not step.writes:
                step.file.rights.give(step.file.path)
    return plan.predict()


def relabel(plan: LayoutPlan, result: Result, give: t.Callable[[str, Context], bool]) -> None:
    """``give`` gives a file its SELinux context and says whether it had another. What isn't there yet is skipped."""
    for layout, record in zip(plan.layouts, result.values["certificates"], strict=True):
        for file in layout.files if layout.context else ():
            if os.path.exists(file.path) and give(file.path, t.cast(Context, layout.context)):
                record["changed"] = result.changed = True
                record["changed_files"] = [*dict.fromkeys([*record["changed_files"], file.path])]
