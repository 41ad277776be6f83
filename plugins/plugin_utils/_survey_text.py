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
