# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Directories of certificates and files of keys, as they are on the disk, in one piece that can be kept elsewhere."""

from __future__ import annotations

import dataclasses
import grp
import io
import os
import pwd
import stat
import tarfile
import typing as t

from . import _files
from ._errors import TlsopsError
from ._files import Rights

_NOBODY = ""


@dataclasses.dataclass(frozen=True)
class Member:
    """A file, a directory or a link, by its absolute path."""

    path: str
    kind: str
    mode: int
    uid: int
    gid: int
    owner: str
    group: str
    content: bytes = dataclasses.field(default=b"", repr=False)
    target: str = ""


Snapshot: t.TypeAlias = "tuple[Member, ...]"


def take(path: str) -> Snapshot:
    """Links aren't followed. Raises TlsopsError for what is no file, directory or link."""
    found = [_member(path)]
    if found[0].kind == "directory":
        for name in sorted(os.listdir(path)):
            found += take(os.path.join(path, name))
    return tuple(found)


def _member(path: str) -> Member:
    status = os.lstat(path)
    common = (stat.S_IMODE(status.st_mode), status.st_uid, status.st_gid, _user(status.st_uid), _group(status.st_gid))
    if stat.S_ISLNK(status.st_mode):
        return Member(path, "link", 0o777, *common[1:], target=os.readlink(path))
    if stat.S_ISDIR(status.st_mode):
        return Member(path, "directory", *common)
    if stat.S_ISREG(status.st_mode):
        return Member(path, "file", *common, content=_files.read_bytes(path) or b"")
    raise TlsopsError(f"{path} is neither a file nor a directory")


def _user(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return _NOBODY


def _group(gid: int) -> str:
    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return _NOBODY


_TYPES = {"file": tarfile.REGTYPE, "directory": tarfile.DIRTYPE, "link": tarfile.SYMTYPE}


def pack(members: t.Iterable[Member]) -> bytes:
    """The same members are the same bytes: the time isn't in them."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for member in members:
            entry = tarfile.TarInfo(member.path.lstrip("/"))
            entry.type = _TYPES[member.kind]
            entry.mode, entry.uid, entry.gid = member.mode, member.uid, member.gid
            entry.uname, entry.gname = member.owner, member.group
            entry.linkname, entry.size = member.target, len(member.content)
            tar.addfile(entry, io.BytesIO(member.content))
    return buffer.getvalue()


def unpack(content: bytes) -> Snapshot:
    """Raises TlsopsError where it isn't an archive of ours."""
    kinds = {value: key for key, value in _TYPES.items()}
    found = []
    try:
        with tarfile.open(fileobj=io.BytesIO(content)) as tar:
            for entry in tar:
                if ".." in entry.name.split("/"):
                    raise TlsopsError(f"the archive has the path {entry.name}, which leads out of its place")
                file = tar.extractfile(entry) if entry.isreg() else None
                common = (entry.mode, entry.uid, entry.gid, entry.uname, entry.gname)
                text = file.read() if file else b""
                found.append(Member(f"/{entry.name}", kinds[entry.type], *common, text, entry.linkname))
    except (tarfile.TarError, KeyError) as error:
        raise TlsopsError("this isn't an archive of certificates") from error
    return tuple(found)


def tops(snapshot: t.Iterable[Member]) -> dict[str, list[Member]]:
    """The members below each path that was asked for: such a path has none above it in the archive."""
    found: dict[str, list[Member]] = {}
    for member in snapshot:
        top = next((path for path in found if member.path.startswith(f"{path}/")), member.path)
        found.setdefault(top, []).append(member)
    return found


def moved(members: t.Iterable[Member], old: str, new: str) -> list[Member]:
    """The same members at another path."""
    return [dataclasses.replace(each, path=new + each.path.removeprefix(old)) for each in members]


def alike(one: t.Iterable[Member], other: t.Iterable[Member]) -> bool:
    """Owners are compared by their names, where they have names: numbers differ between hosts."""
    return [_comparable(each) for each in one] == [_comparable(each) for each in other]


def _comparable(member: Member) -> tuple[t.Any, ...]:
    owners = (member.owner or member.uid, member.group or member.gid)
    return (member.path, member.kind, member.mode, *owners, member.content, member.target)


def write(members: t.Iterable[Member]) -> None:
    """None of them is there yet. A directory can be entered by nobody else until all is in it."""
    members = list(members)
    for member in members:
        allowed = Rights(member.mode, *_owners(member))
        if member.kind == "directory":
            os.mkdir(member.path, 0o700)
        elif member.kind == "link":
            os.symlink(member.target, member.path)
        else:
            _files.write_new(member.path, member.content, allowed)
    for member in reversed(members):
        if member.kind == "directory":
            uid, gid = _owners(member)
            os.chown(member.path, -1 if uid is None else uid, -1 if gid is None else gid)
            os.chmod(member.path, member.mode)


def _owners(member: Member) -> tuple[int | None, int | None]:
    """None where it is whom a new file belongs to anyway, whoever may not give files away."""
    uid, gid = member.uid, member.gid
    try:
        uid = pwd.getpwnam(member.owner).pw_uid if member.owner else uid
        gid = grp.getgrnam(member.group).gr_gid if member.group else gid
    except KeyError:
        pass
    return (None if uid == os.geteuid() else uid), (None if gid == os.getegid() else gid)
