# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Files as steps of a plan: what is in them, and what is to be."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import typing as t

from . import _files
from ._files import Rights

Content: t.TypeAlias = "str | bytes | None"


@dataclasses.dataclass(frozen=True)
class FileChange:
    """A file, now and then; None: it isn't there. With ``secret`` the diff has nothing of its content."""

    path: str
    old: Content
    new: Content
    rights: Rights
    rights_differ: bool = False
    secret: bool = False

    @property
    def subject(self) -> str:
        return self.path

    @property
    def changed(self) -> bool:
        return self.old != self.new or self.rights_differ

    def before(self) -> t.Any:
        return "(other rights)" if self._only_rights else self._shown(self.old, "the content before")

    def after(self) -> t.Any:
        return f"(mode {self.rights.mode:04o})" if self._only_rights else self._shown(self.new, "other content")

    @property
    def _only_rights(self) -> bool:
        return self.old == self.new and self.rights_differ

    def _shown(self, content: Content, in_place: str) -> str | list[str] | None:
        """Of a text, its lines: then those that differ can be told from the others."""
        if content is None:
            return None
        if self.secret:
            return f"({in_place}, which isn't shown)"
        if isinstance(content, bytes):
            return f"SHA-256 {hashlib.sha256(content).hexdigest()}"
        return content.splitlines()

    def carry_out(self) -> None:
        if self.new is None:
            _files.remove(self.path)
            return
        if self.old == self.new:
            self.rights.give(self.path)
            return
        os.makedirs(os.path.dirname(self.path), exist_ok=True)
        _files.replace_text(self.path, self.new, self.rights)


def file_change(path: str, content: str | bytes, allowed: Rights | None = None, **how: bool) -> FileChange:
    """Reads only. Without ``allowed`` a file keeps its rights, and a new one may be read by all."""
    old: Content = _files.read_bytes(path) if isinstance(content, bytes) else _files.read_text(path)
    if old is None:
        return FileChange(path, None, content, allowed or Rights(0o644), **how)
    wanted = allowed or _files.rights_of(path)
    return FileChange(path, old, content, wanted, wanted.differ(path), **how)
