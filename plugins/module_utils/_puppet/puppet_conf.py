# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Puppet's puppet.conf: what it says, and the same file with other settings.

Two programs read it, and ``puppetserver ca`` reads less than Puppet does: its values end at a blank, ``#`` or ``{``. So
nothing is written that the two would understand differently.
"""

from __future__ import annotations

import re
import typing as t

Sections: t.TypeAlias = "dict[str, dict[str, str]]"

_SECTION = re.compile(r"^\s*\[(\w+)\]")
_SETTING = re.compile(r"^\s*(\w+)\s*=\s*(.*?)\s*$")
_CUT = re.compile(r"[\s#{]")
#: Of the sections that the server reads, those that are looked at first.
_ORDER = ("server", "master", "main")


def read(text: str) -> Sections:
    """Settings by section; those before the first one are in ``main``."""
    found: Sections = {}
    for section, key, value in _settings(text):
        found.setdefault(section, {})[key] = value
    return found


def _settings(text: str) -> t.Iterator[tuple[str, str, str]]:
    section = "main"
    for line in text.splitlines():
        if begins := _SECTION.match(line):
            section = begins[1]
        elif setting := _SETTING.match(line):
            yield section, setting[1], setting[2]


def effective(sections: Sections, key: str) -> str | None:
    """What the server takes."""
    return next((sections[name][key] for name in _ORDER if key in sections.get(name, {})), None)


def faults(wanted: Sections, present: Sections) -> list[str]:
    """What keeps the settings from being what both programs read."""
    found = []
    for section, settings in wanted.items():
        for key, value in settings.items():
            if not value or _CUT.search(value):
                found.append(f"{key}: puppetserver ca can't read {value!r} in puppet.conf (no blank, # or {{)")
            found += [
                f"puppet.conf has another {key} in [{other}], which comes before that in [{section}]: remove it there"
                for other in _ORDER[: _ORDER.index(section)]
                if present.get(other, {}).get(key, value) != value
            ]
    return found


def with_settings(text: str, wanted: Sections) -> str:
    """The text with these settings, and all else as it was."""
    lines = text.splitlines()
    for section, settings in wanted.items():
        for key, value in settings.items():
            lines = _with_setting(lines, section, key, value)
    return "\n".join(lines) + "\n" if lines else ""


def _with_setting(lines: t.Sequence[str], section: str, key: str, value: str) -> list[str]:
    current, result, end, done = "main", [], -1, False
    for line in lines:
        if begins := _SECTION.match(line):
            current = begins[1]
        setting = _SETTING.match(line)
        if current == section and setting and setting[1] == key:
            if not done:
                result.append(line if setting[2] == value else f"{key} = {value}")
            done = True
        else:
            result.append(line)
        if current == section and line.strip() and (begins or setting):
            end = len(result)
    if done:
        return result
    if end < 0:
        return [*result, f"[{section}]", f"{key} = {value}"]
    return [*result[:end], f"{key} = {value}", *result[end:]]
