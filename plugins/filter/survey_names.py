# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ..plugin_utils._deferred import deferred

DOCUMENTATION = r"""
name: survey_names
short_description: The names in a survey's text
version_added: 0.1.0
description:
  - Splits a text at commas, semicolons, blanks and line ends. A list stays as it is.
options:
  _input:
    description: A text or a list of names.
    type: raw
    required: true
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: Show two names
  ansible.builtin.debug:
    msg: "{{ 'web1.example.com, web2.example.com' | tlsops.certificates.survey_names }}"
    # Gives [web1.example.com, web2.example.com].
"""

RETURN = r"""
_value:
  description: The names.
  type: list
  elements: str
"""


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"survey_names": deferred("_survey_text", "names_of")}
