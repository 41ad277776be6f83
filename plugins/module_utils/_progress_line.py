# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""One line on how far a wait is."""

from __future__ import annotations

import typing as t

_NAMED = 3


def progress_line(records: t.Sequence[t.Mapping[str, t.Any]], what: str = "certificate", done: str = "issued") -> str:
    """``2 of 5 certificates issued, 1 failed; shop: ACM hasn't validated shop.example.com yet; and 1 more``

    The same records give the same line, so a caller can stay quiet when nothing has changed.
    """
    ready = sum(1 for record in records if record["ready"])
    failed = sum(1 for record in records if record["phase"] == "Failed")
    pending = [record for record in records if not record["ready"] and record["phase"] != "Failed"]
    parts = [f"{ready} of {len(records)} {what}{'' if len(records) == 1 else 's'} {done}"]
    if failed:
        parts[0] += f", {failed} failed"
    for record in pending[:_NAMED]:
        # What ACM looks for stands in brackets: too long for a line that comes again and again.
        waits_for = record["message"].partition(" (")[0].rstrip(".")
        called = record["name"] or record.get("domain_name") or record["arn"]
        parts.append(f"{called}: {waits_for}")
    if len(pending) > _NAMED:
        parts.append(f"and {len(pending) - _NAMED} more")
    return "; ".join(parts)
