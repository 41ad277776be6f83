# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""How long something lasts, as people write it."""

from __future__ import annotations

import datetime
import re
import typing as t

from ._errors import InvalidInput

_DURATION = re.compile(r"^(?=\d)((?P<w>\d+)w)?((?P<d>\d+)d)?((?P<h>\d+)h)?((?P<m>\d+)m)?((?P<s>\d+)s?)?$")
_SECONDS = {"w": 604800, "d": 86400, "h": 3600, "m": 60, "s": 1}


def duration(text: str) -> datetime.timedelta:
    """``90d``, ``12h``, ``1w2d``, or a number of seconds. Raises ValueError."""
    found = _DURATION.match(text.replace(" ", "").lower())
    if not found:
        raise ValueError(f"{text!r} isn't a time such as 90d, 12h or 1w2d")
    try:
        return datetime.timedelta(seconds=sum(int(found[unit] or 0) * size for unit, size in _SECONDS.items()))
    except OverflowError as error:
        raise ValueError(f"{text!r} is longer than anything lasts") from error


def as_text(lasting: datetime.timedelta) -> str:
    """As ``duration`` reads it, in whole seconds: ``6d16h``."""
    left, parts = int(lasting.total_seconds()), []
    for unit in ("d", "h", "m", "s"):
        number, left = divmod(left, _SECONDS[unit])
        parts.append(f"{number}{unit}" if number else "")
    return "".join(parts) or "0s"


def duration_option(options: t.Mapping[str, t.Any], name: str) -> datetime.timedelta:
    """Raises InvalidInput."""
    try:
        return duration(str(options[name]))
    except ValueError as error:
        raise InvalidInput([f"{name} {error}"]) from error


def collected_duration(value: t.Any, option: str, faults: list[str]) -> datetime.timedelta | None:
    """None, and a fault more, where it is none."""
    try:
        return duration(str(value))
    except ValueError as error:
        faults.append(f"{option} {error}")
        return None
