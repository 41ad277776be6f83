# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Moments, as options and services have them."""

from __future__ import annotations

import datetime
import typing as t

from ._errors import InvalidInput


def moment(options: t.Mapping[str, t.Any], name: str) -> datetime.datetime | None:
    """None where the option isn't given; in UTC where it doesn't say. Raises InvalidInput."""
    text = options.get(name)
    if not text:
        return None
    try:
        found = datetime.datetime.fromisoformat(str(text).replace("Z", "+00:00"))
    except ValueError:
        raise InvalidInput([f"{name} {text!r} isn't a time such as 2027-01-31T12:00:00Z"]) from None
    return found if found.tzinfo else found.replace(tzinfo=datetime.timezone.utc)
