# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Giving a host the roots that it is to trust, as a file or in its trust store."""

from __future__ import annotations

import dataclasses
import datetime
import os
import typing as t

from .. import _files
from .._errors import InvalidInput, TlsopsError
from .._file_changes import FileChange
from .._files import Rights, file_errors
from .._module_result import Result
from .._trust_bundles import STORES, Root, Store, bodies, bundle, expired, is_ours

_READABLE = 0o644

Command: t.TypeAlias = "t.Callable[[t.Sequence[str]], str]"


@dataclasses.dataclass(frozen=True)
class Wanted:
    """``path``: a file with all of them; ``store``: the host's own. Either may be left out."""

    name: str
    roots: tuple[Root, ...]
    path: str | None = None
    rights: Rights = dataclasses.field(default_factory=lambda: Rights(_READABLE))
    store: Store | None = None


def find_store(anchors: str | None, command: t.Sequence[str]) -> Store:
    """The host's, or the one that is given. Raises InvalidInput."""
    known = next((each for each in STORES if os.path.isdir(each.anchors)), None)
    if anchors:
        if not command and not (known and known.anchors == anchors):
            raise InvalidInput(["anchors_directory asks for update_command"])
        return Store(anchors, tuple(command), "") if command else t.cast(Store, known)
    if known is None:
        raise InvalidInput(
            ["this host's trust store isn't known: give anchors_directory and update_command, or only a path"]
        )
    return dataclasses.replace(known, command=tuple(command)) if command else known


@dataclasses.dataclass(frozen=True)
class TrustPlan:
    """``updates``: the command has to run, to make the store of its files."""

    wanted: Wanted
    changes: tuple[FileChange, ...]
    updates: bool
    warnings: tuple[str, ...]

    @property
    def steps(self) -> list[FileChange]:
        """What comes before what goes: a moment without any root of a CA would be one too many."""
        changed = [change for change in self.changes if change.changed]
        return sorted(changed, key=lambda change: change.new is None)

    def predict(self) -> Result:
        shown = [
            {"subject": root.subject, "fingerprint": root.fingerprint, "not_after": root.not_after.isoformat()}
            for root in self.wanted.roots
        ]
        values = {"roots": shown, "path": self.wanted.path, "updated": self.updates}
        return Result(bool(self.steps) or self.updates, values, warnings=self.warnings)


def make_plan(wanted: Wanted, now: datetime.datetime) -> TrustPlan:
    """Reads only."""
    with file_errors():
        changes = [*_path_change(wanted), *_anchor_changes(wanted)]
        store = wanted.store
        anchored = [each for each in changes if store and os.path.dirname(each.path) == store.anchors.rstrip("/")]
        updates = bool(store and (any(each.changed for each in anchored) or _out_of_date(wanted, store)))
    warnings = tuple(f"{sentence}: leave it out." for sentence in expired(wanted.roots, now))
    return TrustPlan(wanted, tuple(changes), updates, warnings)


def _path_change(wanted: Wanted) -> list[FileChange]:
    if wanted.path is None:
        return []
    old = _files.read_text(wanted.path)
    differ = old is not None and wanted.rights.differ(wanted.path)
    return [FileChange(wanted.path, old, bundle(wanted.roots), wanted.rights, differ)]


def _anchor_changes(wanted: Wanted) -> list[FileChange]:
    """One file a root: Debian's tools read no more of each. Those of the same name that aren't wanted any more go."""
    if wanted.store is None:
        return []
    folder = wanted.store.anchors.rstrip("/")
    texts: dict[str, str | None] = {root.file_name(wanted.name): root.pem for root in wanted.roots}
    there = [name for name in _listed(folder) if is_ours(name, wanted.name)]
    return [
        FileChange(f"{folder}/{name}", _files.read_text(f"{folder}/{name}"), texts.get(name), Rights(_READABLE))
        for name in sorted({*texts, *there})
    ]


def _listed(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except FileNotFoundError:
        return []


def _out_of_date(wanted: Wanted, store: Store) -> bool:
    """A run was killed before the command, or somebody has removed a root from what programs read.

    What a killed run has taken away is nowhere to be seen but in the time of the directory.
    """
    text = _files.read_text(store.bundle) if store.bundle else None
    if text is None:
        return False
    older = os.path.isdir(store.anchors) and os.stat(store.bundle).st_mtime_ns < os.stat(store.anchors).st_mtime_ns
    return older or not bodies(bundle(wanted.roots)) <= bodies(text)


def apply(plan: TrustPlan, run_command: Command) -> Result:
    with file_errors():
        for step in plan.steps:
            step.carry_out()
    if plan.updates and plan.wanted.store:
        problem = run_command(plan.wanted.store.command)
        if problem:
            # As it was, so that the next run sees that something has to be done.
            with file_errors():
                for step in reversed(plan.steps):
                    dataclasses.replace(step, new=step.old).carry_out()
            raise TlsopsError(f"{' '.join(plan.wanted.store.command)} failed: {problem}")
    return plan.predict()
