# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Encrypted archives of certificates and keys: made when something has changed, thinned out, and put back."""

from __future__ import annotations

import dataclasses
import datetime
import os
import re
import typing as t

from .. import _files
from .._archive_seals import ENDING, VAULT, Keys, Seal, wanted_seal
from .._errors import InvalidInput, TlsopsError, parse_all
from .._files import Rights, file_errors
from .._module_result import Result
from .._snapshots import Member, Snapshot, alike, moved, pack, take, tops, unpack, write
from .._vault_format import CannotOpen
from .sealing import opened, sealed, try_out

_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]*$")


@dataclasses.dataclass(frozen=True)
class WantedBackup:
    paths: tuple[str, ...]
    folder: str
    name: str
    keep: int
    seal: Seal


def wanted_backup(params: t.Mapping[str, t.Any]) -> WantedBackup:
    """Raises InvalidInput."""
    seal, paths = parse_all(lambda: wanted_seal(params), lambda: _checked_paths(params))
    return WantedBackup(tuple(sorted(set(paths))), params["directory"], params["name"], params["keep"], seal)


def _checked_paths(params: t.Mapping[str, t.Any]) -> list[str]:
    paths = [path.strip().rstrip("/") for path in params["paths"]]
    faults = [f"{path!r} isn't an absolute path" for path in [*paths, params["directory"]] if not os.path.isabs(path)]
    faults += [f"{path} isn't there" for path in paths if os.path.isabs(path) and not os.path.lexists(path)]
    faults += [f"{one} is in {other}" for one in paths for other in paths if one.startswith(f"{other}/")]
    faults += [f"the archives would be in {path}" for path in paths if f"{params['directory']}/".startswith(f"{path}/")]
    if not _NAME.match(params["name"]):
        faults.append(f"name {params['name']!r} is part of file names: letters, digits, '.', '_' and '-'")
    if params["keep"] < 1:
        faults.append("keep must be 1 or more archives")
    if not paths:
        faults.append("paths is empty")
    if faults:
        raise InvalidInput(faults)
    return paths


@dataclasses.dataclass(frozen=True)
class Archive:
    """A new archive."""

    path: str
    files: tuple[str, ...]
    previous: str | None

    @property
    def subject(self) -> str:
        return self.path

    def before(self) -> None:
        return None

    def after(self) -> dict[str, t.Any]:
        return {"files": list(self.files), "in place of": self.previous}


@dataclasses.dataclass(frozen=True)
class Removal:
    """An old archive goes."""

    path: str

    @property
    def subject(self) -> str:
        return self.path

    def before(self) -> str:
        return "an old archive"

    def after(self) -> None:
        return None


@dataclasses.dataclass(frozen=True)
class BackupPlan:
    wanted: WantedBackup
    members: Snapshot
    new: Archive | None
    current: str
    removals: tuple[Removal, ...]

    @property
    def steps(self) -> list[Archive | Removal]:
        return [*([self.new] if self.new else []), *self.removals]

    def predict(self) -> Result:
        values = {
            "archive": self.current,
            "created": self.new is not None,
            "files": [each.path for each in self.members if each.kind == "file"],
            "removed": [each.path for each in self.removals],
        }
        return Result(bool(self.steps), values)


def plan_backup(wanted: WantedBackup, now: datetime.datetime) -> BackupPlan:
    """Reads only: the newest archive, to see whether it has all that is there now."""
    with file_errors():
        members = tuple(member for path in wanted.paths for member in take(path))
        archives = _archives(wanted.folder, wanted.name)
    content = pack(members)
    newest = archives[-1] if archives else None
    new = None
    if newest is None or not _holds(newest, wanted.seal, content):
        try_out(wanted.seal)
        path = os.path.join(wanted.folder, f"{wanted.name}-{now:%Y%m%dT%H%M%SZ}{wanted.seal.ending(content)}")
        new = Archive(path, tuple(each.path for each in members if each.kind == "file"), newest)
    kept = wanted.keep - (1 if new else 0)
    old = archives[: len(archives) - kept] if len(archives) > kept else []
    removals = tuple(Removal(path) for path in old if new is None or path != new.path)
    return BackupPlan(wanted, members, new, new.path if new else str(newest), removals)


def _archives(folder: str, name: str, more: str = "") -> list[str]:
    """The oldest first, however they are encrypted: their names have the time."""
    pattern = re.compile(rf"{re.escape(name)}{ENDING}{more}")
    if not os.path.isdir(folder):
        return []
    return [os.path.join(folder, each) for each in sorted(os.listdir(folder)) if pattern.fullmatch(each)]


def _holds(path: str, seal: Seal, content: bytes) -> bool:
    """Not with another passphrase, or for others: then there has to be one that can be opened with this, or by them."""
    if seal.encryption != VAULT or not path.endswith(seal.ending(content)):
        return path.endswith(seal.ending(content))
    try:
        with file_errors():
            return opened(path, Keys(seal.passphrase)) == content
    except CannotOpen:
        return False


def back_up(plan: BackupPlan) -> Result:
    """What is encrypted is in memory only; nothing else ever reaches the disk."""
    with file_errors():
        if plan.new:
            os.makedirs(plan.wanted.folder, mode=0o700, exist_ok=True)
            for killed in _archives(plan.wanted.folder, plan.wanted.name, r"\.new"):
                _files.remove(killed)
            _files.replace_text(plan.new.path, sealed(pack(plan.members), plan.wanted.seal), Rights())
        for step in plan.removals:
            _files.remove(step.path)
    return plan.predict()


@dataclasses.dataclass(frozen=True)
class Restoration:
    """One path of an archive, and what to do with it. ``present``: it is there, and other than in the archive."""

    path: str
    members: tuple[Member, ...]
    present: Snapshot | None
    same: bool

    @property
    def subject(self) -> str:
        return self.path

    def before(self) -> list[str] | None:
        return _listed(self.present) if self.present else None

    def after(self) -> list[str]:
        return _listed(self.members)

    def carry_out(self) -> None:
        """Beside its place, and then there by a rename. What is in its place is gone only when the new is whole."""
        new, old = f"{self.path}.restored", f"{self.path}.replaced"
        for leftover in (new, old):
            _files.remove(leftover)
        os.makedirs(os.path.dirname(self.path), exist_ok=True)
        write(moved(self.members, self.path, new))
        if self.present:
            os.rename(self.path, old)
        os.rename(new, self.path)
        _files.sync(os.path.dirname(self.path))
        _files.remove(old)


def _listed(members: t.Iterable[Member]) -> list[str]:
    return [f"{each.path} {each.mode:04o} {each.owner or each.uid}:{each.group or each.gid}" for each in members]


@dataclasses.dataclass(frozen=True)
class RestorePlan:
    restorations: tuple[Restoration, ...]

    @property
    def steps(self) -> list[Restoration]:
        return [each for each in self.restorations if not each.same]

    def predict(self) -> Result:
        return Result(
            bool(self.steps),
            {
                "paths": [each.path for each in self.restorations],
                "restored": [each.path for each in self.steps],
                "files": [
                    member.path for each in self.restorations for member in each.members if member.kind == "file"
                ],
            },
        )


def plan_restore(params: t.Mapping[str, t.Any]) -> RestorePlan:
    """Reads only. Raises InvalidInput with every path that is in the way."""
    keys = Keys(params["passphrase"] or "", params["identity"] or "", params["gnupg_home"])
    try:
        with file_errors():
            found = tops(unpack(opened(params["archive"], keys)))
    except InvalidInput:
        raise
    except TlsopsError as error:
        raise InvalidInput([f"{params['archive']}: {error.message}"]) from error
    wanted = [path.strip().rstrip("/") for path in params["paths"]] or list(found)
    if missing := [path for path in wanted if path not in found]:
        raise InvalidInput([f"{path} isn't in the archive, which has {', '.join(found)}" for path in missing])
    with file_errors():
        plan = RestorePlan(tuple(_restoration(path, found[path]) for path in wanted))
    in_the_way = [each.path for each in plan.steps if each.present]
    if in_the_way and not params["force"]:
        raise InvalidInput(
            [f"{path} is there, and other than in the archive: use force to replace it" for path in in_the_way]
        )
    return plan


def _restoration(path: str, members: t.Sequence[Member]) -> Restoration:
    present = take(path) if os.path.lexists(path) else None
    return Restoration(path, tuple(members), present, present is not None and alike(present, members))


def restore(plan: RestorePlan) -> Result:
    with file_errors():
        for step in plan.steps:
            step.carry_out()
    return plan.predict()
