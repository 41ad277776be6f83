# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ..plugin_utils._deferred import deferred

DOCUMENTATION = r"""
name: listener_sources
short_description: Where the certificates of a listener's members come from
version_added: 0.1.0
description:
  - Used by the role P(tlsops.certificates.elb_certificates#role). Says what to request and what to look for among
    existing certificates.
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
  certificate_arn:
    description: A certificate for all members.
    type: str
    default: ""
  certificate_authority_arn:
    description: The private CA of requests that don't say.
    type: str
    default: ""
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: What a group needs
  ansible.builtin.debug:
    msg: "{{ members | tlsops.certificates.listener_sources('web') }}"
  vars:
    members:
      - name: shop
        hosts: [shop.example.com]
        request: true
"""

RETURN = r"""
_value:
  description: C(requests) for the role P(tlsops.certificates.acm_certificates#role), and C(searches) by private CA.
  type: dict
"""


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"listener_sources": deferred("_attaching", "listener_sources")}
