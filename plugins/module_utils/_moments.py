# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Moments, as options and services have them."""

from __future__ import annotations

import datetime
import re
import typing as t

from ._errors import InvalidInput


def read(text: str) -> datetime.datetime:
    """RFC 3339, in UTC where it doesn't say. Raises ValueError."""
    # Python 3.10 knows fractions of three and six digits only.
    whole = re.sub(r"\.\d+", "", text)
    found = datetime.datetime.fromisoformat(whole.replace("Z", "+00:00"))
    return found if found.tzinfo else found.replace(tzinfo=datetime.timezone.utc)


def moment(options: t.Mapping[str, t.Any], name: str) -> datetime.datetime | None:
    """None where the option isn't given. Raises InvalidInput."""
    text = options.get(name)
    if not text:
        return None
    try:
        return read(str(text))
    except ValueError:
        raise InvalidInput([f"{name} {text!r} isn't a time such as 2027-01-31T12:00:00Z"]) from None
