# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""A step of whatever is done for or at a Puppet CA."""

from __future__ import annotations

import dataclasses
import typing as t


@dataclasses.dataclass(frozen=True)
class Change:
    """One step, as the diff shows it."""

    subject: str
    old: t.Any
    new: t.Any

    def before(self) -> t.Any:
        return self.old

    def after(self) -> t.Any:
        return self.new
