# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Files that nobody ever sees half written, and whose content only those see who may."""

from __future__ import annotations

import contextlib
import dataclasses
import grp
import os
import pwd
import shutil
import typing as t

from ._errors import InvalidInput, TlsopsError

#: Nobody but root and the owner reads a private key, unless the user says so.
DEFAULT_MODE = 0o600


@dataclasses.dataclass(frozen=True)
class Rights:
    """Of files; a directory can also be entered by those who may read in it. None: the user who runs the task."""

    mode: int = DEFAULT_MODE
    uid: int | None = None
    gid: int | None = None

    @property
    def directory_mode(self) -> int:
        return self.mode | 0o700 | (self.mode & 0o444) >> 2

    def differ(self, path: str) -> bool:
        found = os.stat(path)
        mode = self.directory_mode if os.path.isdir(path) else self.mode
        owners = ((self.uid, found.st_uid), (self.gid, found.st_gid))
        return found.st_mode & 0o7777 != mode or any(wanted not in (None, actual) for wanted, actual in owners)

    def give(self, path: str) -> None:
        """A file's owner comes before its mode: else the old group could read it for a moment."""
        if self.uid is not None or self.gid is not None:
            os.chown(path, -1 if self.uid is None else self.uid, -1 if self.gid is None else self.gid)
        os.chmod(path, self.directory_mode if os.path.isdir(path) else self.mode)


def rights_of(path: str) -> Rights:
    found = os.stat(path)
    return Rights(found.st_mode & 0o7777, found.st_uid, found.st_gid)


def rights(options: t.Mapping[str, t.Any]) -> Rights:
    """From ``mode``, ``owner`` and ``group``. Raises InvalidInput with every fault."""
    faults: list[str] = []
    mode = DEFAULT_MODE
    try:
        mode = _mode(options.get("mode"))
    except ValueError:
        faults.append(f"mode {options['mode']!r} isn't an octal number such as '0640'")
    if not 0o400 <= mode <= 0o777 or mode & 0o133:
        faults.append(
            f"mode {options['mode']!r}: give rights to read, and to nobody but the owner any to write ('0640')"
        )
    uid = _id(options.get("owner"), lambda name: pwd.getpwnam(name).pw_uid, "user", faults)
    gid = _id(options.get("group"), lambda name: grp.getgrnam(name).gr_gid, "group", faults)
    if faults:
        raise InvalidInput(faults)
    return Rights(mode, uid, gid)


def _mode(given: t.Any) -> int:
    """YAML makes a number of 0640, and has then read it as octal already."""
    if given in (None, ""):
        return DEFAULT_MODE
    return given if isinstance(given, int) else int(str(given), 8)


def _id(name: str | None, look_up: t.Callable[[str], int], kind: str, faults: list[str]) -> int | None:
    if not name:
        return None
    if name.isdigit():
        return int(name)
    try:
        return look_up(name)
    except KeyError:
        faults.append(f"there is no {kind} {name} on this host")
        return None


@contextlib.contextmanager
def file_errors() -> t.Iterator[None]:
    """What the operating system refuses, in a sentence."""
    try:
        yield
    except OSError as error:
        where = error.filename or "a file"
        advice = " Run the task with become." if isinstance(error, PermissionError) else ""
        raise TlsopsError(f"{where}: {error.strerror or error}.{advice}") from error


def read_text(path: str) -> str | None:
    """None where there is no such file."""
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except UnicodeDecodeError:
        return ""


def read_bytes(path: str) -> bytes | None:
    """None where there is no such file."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except (FileNotFoundError, NotADirectoryError):
        return None


def write_new(path: str, content: str | bytes, allowed: Rights) -> None:
    """A file that isn't there yet, on the disk when this returns."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content.encode("utf-8") if isinstance(content, str) else content)
        file.flush()
        os.fsync(file.fileno())
    allowed.give(path)


def replace_text(path: str, text: str | bytes, allowed: Rights) -> None:
    """The new content at once: whoever opens the file sees the old or the new."""
    temporary = f"{path}.new"
    remove(temporary)
    write_new(temporary, text, allowed)
    os.replace(temporary, path)
    sync(os.path.dirname(path))


def replace_link(path: str, target: str) -> None:
    """The link points elsewhere at once."""
    temporary = f"{path}.new"
    remove(temporary)
    os.symlink(target, temporary)
    os.replace(temporary, path)
    sync(os.path.dirname(path))


def make_directory(path: str, allowed: Rights) -> None:
    os.mkdir(path, 0o700)
    allowed.give(path)


def remove(path: str) -> None:
    """A file, a link, or a directory with all in it; nothing where there is none."""
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
        return
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)


def sync(directory: str) -> None:
    """What was renamed in a directory is so after a power failure, too."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
