# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ..plugin_utils._deferred import deferred

DOCUMENTATION = r"""
name: deployment_refusals
short_description: Which certificates must not go where they should
version_added: 0.1.0
description:
  - Used by the role P(tlsops.certificates.certificate_deploy#role).
  - A certificate of a staging, self-signed or other development issuer doesn't go to a target marked
    C(production).
positional: kept, check_mode
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
  check_mode:
    description: Whether a certificate that isn't there yet may still come.
    type: bool
    default: false
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: What is in the way
  ansible.builtin.debug:
    msg: "{{ [] | tlsops.certificates.deployment_refusals([]) }}"
"""

RETURN = r"""
_value:
  description: One sentence for each.
  type: list
  elements: str
"""


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"deployment_refusals": deferred("_deployments", "deployment_refusals")}
