# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ..plugin_utils._deferred import deferred

DOCUMENTATION = r"""
name: listener_certificates
short_description: The certificates of a listener's members
version_added: 0.1.0
description:
  - Used by the role P(tlsops.certificates.elb_certificates#role). Puts together what the listener is to have,
    from what was requested and found.
positional: group
options:
  _input:
    description: The list, as the role takes it.
    type: list
    elements: dict
    required: true
  group:
    description: Name of the group.
    type: str
    required: true
  requested:
    description: Records of the requested certificates.
    type: list
    elements: dict
    default: []
  matches:
    description: What M(tlsops.certificates.acm_certificate_match_info) found.
    type: list
    elements: dict
    default: []
  certificate_arn:
    description: A certificate for all members.
    type: str
    default: ""
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: What a listener is to have
  ansible.builtin.debug:
    msg: "{{ members | tlsops.certificates.listener_certificates('web') }}"
  vars:
    members:
      - name: shop
        certificate_arn: arn:aws:acm:eu-west-1:111111111111:certificate/12345678-1234-1234-1234-123456789012
"""

RETURN = r"""
_value:
  description: C(certificate_arns) in order, C(waiting) members whose certificate isn't issued, and C(requested) ARNs.
  type: dict
"""


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"listener_certificates": deferred("_attaching", "listener_certificates")}
