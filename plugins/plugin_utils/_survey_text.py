# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""What people type into a survey."""

from __future__ import annotations

import re
import typing as t

import yaml
from ansible.errors import AnsibleFilterError

_SEPARATORS = re.compile(r"[,;\s]+")
_CRON_FIELDS = 5


def names_of(value: t.Any) -> list[str]:
    """Host names from a list, or from the text of a survey."""
    if isinstance(value, str):
        return [name for name in _SEPARATORS.split(value.strip()) if name]
    return [str(name) for name in value or []]


def listed(text: str, asking: str) -> t.Any:
    """The lines of a text that say something, or the YAML or JSON list that it is."""
    if text.lstrip().startswith(("- ", "[")):
        try:
            return yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise AnsibleFilterError(f"{asking}: the text isn't the YAML list it looks like: {error}") from error
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def windows_of(value: t.Any) -> list[t.Any]:
    """Maintenance windows from a list of dictionaries or texts, or from the text of a survey."""
    given = listed(value, "renew_windows") if isinstance(value, str) else value
    each_one = [given] if isinstance(given, t.Mapping) else given
    return [_window(each) if isinstance(each, str) else each for each in each_one]


def _window(text: str) -> dict[str, str]:
    """``0 3 * * sun 4h Europe/Berlin``: five fields of cron, how long it is open, and in whose time."""
    parts = text.split()
    if not _CRON_FIELDS < len(parts) <= _CRON_FIELDS + 2:
        raise AnsibleFilterError(
            f"renew_windows: {text!r} isn't a window such as '0 3 * * sun 4h Europe/Berlin': five fields of cron, how "
            "long it is open, and the time zone, which may be left out"
        )
    cron, (duration, *zone) = " ".join(parts[:_CRON_FIELDS]), parts[_CRON_FIELDS:]
    return {"cron": cron, "duration": duration, **({"timezone": zone[0]} if zone else {})}
