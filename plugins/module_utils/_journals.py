# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""ARNs of certificates that were issued but have no directory here, so that a run that is killed doesn't lose them."""

from __future__ import annotations

import hashlib
import json
import os

from . import _files
from ._files import Rights
from ._kept_certificates import Request


class Journal:
    """A directory with a file for each request, from AWS's answer until the certificate was fetched."""

    def __init__(self, path: str) -> None:
        self._path = path

    def read(self, request: Request) -> str | None:
        return _files.read_text(self._file(request))

    def note(self, request: Request, arn: str) -> None:
        os.makedirs(self._path, mode=0o700, exist_ok=True)
        _files.replace_text(self._file(request), arn, Rights())

    def forget(self, request: Request) -> None:
        _files.remove(self._file(request))

    def _file(self, request: Request) -> str:
        """The same request has the same file, as it has the same token at AWS."""
        said = [request.issuer, request.csr, request.not_after.isoformat(), request.template, request.usages]
        return os.path.join(self._path, hashlib.sha256(json.dumps(said).encode()).hexdigest()[:32])
