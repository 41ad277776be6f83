# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ..plugin_utils._deferred import deferred

DOCUMENTATION = r"""
name: deployment_records
short_description: What became of each target
version_added: 0.1.0
description:
  - Used by the role P(tlsops.certificates.certificate_deploy#role).
  - Puts together what the tasks have registered.
positional: kept, results, served, check_mode
options:
  _input:
    description: The targets, as P(tlsops.certificates.certificate_deployments#filter) gives them.
    type: list
    elements: dict
    required: true
  kept:
    description: What M(tlsops.certificates.kept_certificate_info) says of the directories.
    type: list
    elements: dict
    required: true
  results:
    description: What was registered, by the type of target.
    type: dict
    required: true
  served:
    description: What M(tlsops.certificates.served_certificate_info) has seen.
    type: list
    elements: dict
    required: true
  check_mode:
    description: Whether what has changed has only been foretold.
    type: bool
    default: false
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: What became of them
  ansible.builtin.debug:
    msg: "{{ [] | tlsops.certificates.deployment_records([], {}, []) }}"
"""

RETURN = r"""
_value:
  description: One record for each target, without any key.
  type: list
  elements: dict
"""


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"deployment_records": deferred("_deployment_steps", "deployment_records")}
