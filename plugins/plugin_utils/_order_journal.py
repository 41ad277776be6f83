# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""What is known on the controller of orders at ACME CAs, so that a run that is killed doesn't lose them."""

from __future__ import annotations

import os
import typing as t

from ..module_utils import _files
from ..module_utils._acme_orders import Noted
from ..module_utils._files import Rights, file_errors


class OrderJournal:
    """A directory with a file for each order, from its placement until its records are gone and its certificate is
    in place; and for each that has failed, until it succeeds. Without a path nothing is kept.
    """

    def __init__(self, path: str | None) -> None:
        self._path = path

    def read(self, identity: str) -> Noted | None:
        try:
            return Noted.from_json(_files.read_text(self._file(identity)) or "") if self._path else None
        except (ValueError, KeyError, TypeError):
            return None

    def all(self) -> list[Noted]:
        if not self._path or not os.path.isdir(self._path):
            return []
        names = sorted(name for name in os.listdir(self._path) if name.endswith(".order"))
        found = [self.read(name.removesuffix(".order")) for name in names]
        return [each for each in found if each]

    def note(self, noted: Noted) -> None:
        if self._path:
            with file_errors():
                os.makedirs(self._path, mode=0o700, exist_ok=True)
                _files.replace_text(self._file(noted.identity), noted.as_json(), Rights())

    def forget(self, identities: t.Iterable[str]) -> None:
        if self._path:
            with file_errors():
                for identity in identities:
                    _files.remove(self._file(identity))

    def _file(self, identity: str) -> str:
        return os.path.join(self._path or "", f"{identity}.order")
