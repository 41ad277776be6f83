# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ..plugin_utils._deferred import deferred

DOCUMENTATION = r"""
name: deployment_texts
short_description: Certificates and keys from what slurp has read
version_added: 0.1.0
description:
  - Used by the role P(tlsops.certificates.certificate_deploy#role).
  - Use it under C(no_log) only.
options:
  _input:
    description: Results of M(ansible.builtin.slurp), with the paths as items.
    type: list
    elements: dict
    required: true
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: What was read
  ansible.builtin.debug:
    msg: "{{ [] | tlsops.certificates.deployment_texts }}"
"""

RETURN = r"""
_value:
  description: By directory, C(private_key), C(certificate) and C(root).
  type: dict
"""


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"deployment_texts": deferred("_deployment_steps", "deployment_texts")}
