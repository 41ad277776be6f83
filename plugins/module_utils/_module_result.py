# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""The result of a module run, as data."""

from __future__ import annotations

import dataclasses
import typing as t


@dataclasses.dataclass
class Result:
    """What a run found or did. With ``failure`` the task fails with this sentence, and still returns all of it."""

    changed: bool
    values: dict[str, t.Any]
    failure: str | None = None
    warnings: t.Sequence[str] = ()
