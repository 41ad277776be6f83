# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""The CA of a Puppet Server on the host's disk, and how one that was made beside its place gets there.

``puppetserver ca`` writes file after file, and never goes on with what was begun. So it works in a directory of its
own. One rename says that all is there and was looked at (``READY``); from then on the files are moved to their places,
by this run or the next one.
"""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import os
import pwd
import typing as t

from .. import _files
from .._errors import TlsopsError
from .._files import Rights
from .._puppet import ca_state
from .._puppet.ca_state import CaState
from .._puppet.server_files import ServerFiles
from .._x509 import Unreadable, describe_key

#: In the CA's directory: what is being made, and what is complete.
MAKING, READY = ".tlsops-making", ".tlsops-ready"
_OWNERS = ("pe-puppet", "puppet")
_DIRECTORY = 0o750


def state(cadir: str) -> CaState:
    """Of what is in the directory."""
    key = _files.read_text(os.path.join(cadir, ca_state.KEY))
    return ca_state.assess(cadir, _names(cadir), _files.read_text(os.path.join(cadir, ca_state.CERTIFICATE)), key)


def _names(cadir: str) -> set[str]:
    paths = {name: os.path.join(cadir, name) for name in (os.listdir(cadir) if os.path.isdir(cadir) else ())}
    return {name for name, path in paths.items() if not os.path.isdir(path) or os.listdir(path)}


def making(files: ServerFiles) -> str:
    return files.in_ca(MAKING)


def ready(files: ServerFiles) -> str:
    return files.in_ca(READY)


def staged(files: ServerFiles, folder: str) -> ServerFiles:
    """The same files, below another directory."""
    return dataclasses.replace(files, cadir=os.path.join(folder, "ca"), ssldir=os.path.join(folder, "ssl"))


def owner() -> Rights:
    """Puppet's user, if there is one and we may give files away."""
    if os.geteuid() == 0:
        for name in _OWNERS:
            with contextlib.suppress(KeyError):
                found = pwd.getpwnam(name)
                return Rights(_DIRECTORY, found.pw_uid, found.pw_gid)
    return Rights(_DIRECTORY)


def begin(files: ServerFiles) -> str:
    """An empty directory to make the CA in. What a killed run has left there was never used."""
    folder = making(files)
    make_directories(files.cadir)
    _files.remove(folder)
    _files.make_directory(folder, Rights())
    return folder


def make_directories(path: str) -> None:
    if path and not os.path.isdir(path):
        make_directories(os.path.dirname(path))
        os.mkdir(path, 0o700)
        rights = owner()
        if rights.uid is not None:
            os.chown(path, rights.uid, t.cast(int, rights.gid))
        os.chmod(path, _DIRECTORY)


def commit(files: ServerFiles) -> None:
    os.rename(making(files), ready(files))
    _files.sync(files.cadir)
    finish(files)


def finish(files: ServerFiles) -> None:
    """Move what is ready; as often as it takes. The CA's key comes last."""
    source = staged(files, ready(files))
    _move_all(source.ssldir, files.ssldir)
    _move_all(source.cadir, files.cadir)
    found = state(files.cadir)
    if found.kind != ca_state.WHOLE:
        raise TlsopsError(f"{found.message} What belongs there is in {ready(files)}.")
    _files.remove(ready(files))


def _move_all(source: str, target: str) -> None:
    for folder, dummy, names in os.walk(source):
        place = os.path.normpath(os.path.join(target, os.path.relpath(folder, source)))
        make_directories(place)
        for name in sorted(names, key=lambda each: (each == ca_state.KEY, each)):
            _move(os.path.join(folder, name), os.path.join(place, name))
        _files.sync(place)


def _move(source: str, target: str) -> None:
    """Nothing that is there is overwritten, but public keys, which ``puppetserver ca`` writes in its own way."""
    if os.path.lexists(target) and os.path.basename(os.path.dirname(target)) != "public_keys":
        if not _same(source, target):
            raise TlsopsError(f"{target} is there already, and isn't what was made: move it away and run again.")
        os.unlink(source)
        return
    try:
        os.rename(source, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        _files.replace_text(target, _files.read_bytes(source) or b"", _files.rights_of(source))
        os.unlink(source)


def _same(source: str, target: str) -> bool:
    """The same text, or the same key in another form."""
    texts = [_files.read_text(path) or "" for path in (source, target)]
    if texts[0] == texts[1]:
        return True
    try:
        return describe_key(texts[0])[1] == describe_key(texts[1])[1]
    except Unreadable:
        return False
