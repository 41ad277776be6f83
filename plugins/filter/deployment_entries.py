# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ..plugin_utils._deferred import deferred

DOCUMENTATION = r"""
name: deployment_entries
short_description: Targets of one type, as their module takes them
version_added: 0.1.0
description:
  - Used by the role P(tlsops.certificates.certificate_deploy#role).
  - With texts, they are in place of the directory. Use it under C(no_log) then, or for options that are not
    logged.
positional: kind, texts
options:
  _input:
    description: The targets, as P(tlsops.certificates.certificate_deployments#filter) gives them.
    type: list
    elements: dict
    required: true
  kind:
    description: The type of the targets.
    type: str
    required: true
  texts:
    description: What P(tlsops.certificates.deployment_texts#filter) gives.
    type: dict
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: Targets that are files
  ansible.builtin.debug:
    msg: "{{ [] | tlsops.certificates.deployment_entries('files') }}"
"""

RETURN = r"""
_value:
  description: Options for each target, or each namespace.
  type: list
  elements: dict
"""


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"deployment_entries": deferred("_deployment_steps", "deployment_entries")}
