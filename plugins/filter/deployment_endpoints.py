# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ..plugin_utils._deferred import deferred

DOCUMENTATION = r"""
name: deployment_endpoints
short_description: Where to look whether certificates are served
version_added: 0.1.0
description:
  - Used by the role P(tlsops.certificates.certificate_deploy#role).
  - For M(tlsops.certificates.served_certificate_info).
positional: kept
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
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: Where to look
  ansible.builtin.debug:
    msg: "{{ [] | tlsops.certificates.deployment_endpoints([]) }}"
"""

RETURN = r"""
_value:
  description: One entry for each endpoint.
  type: list
  elements: dict
"""


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"deployment_endpoints": deferred("_deployment_steps", "deployment_endpoints")}
