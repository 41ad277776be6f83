# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ..plugin_utils._deferred import deferred

DOCUMENTATION = r"""
name: tenant_certificates
short_description: Distribution tenants with their certificates
version_added: 0.1.0
description:
  - Used by the role P(tlsops.certificates.cloudfront_tenants#role). Puts together what each tenant is to be.
  - "A text, as from a survey, has one tenant a line (C(name: domain, domain))."
positional: group
options:
  _input:
    description: The list, as the role takes it.
    type: raw
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
  certificates:
    description: ARNs of certificates by name.
    type: dict
    default: {}
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: What tenants are to be
  ansible.builtin.debug:
    msg: "{{ tenants | tlsops.certificates.tenant_certificates('shops') }}"
  vars:
    tenants: |
      customer-a: a.example.com
      customer-b: b.example.com, www.b.example.com
"""

RETURN = r"""
_value:
  description:
    - C(tenants) for M(tlsops.certificates.cloudfront_tenant_certs), C(waiting) ones, and C(requested) ARNs.
  type: dict
"""


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"tenant_certificates": deferred("_tenant_lists", "tenant_certificates")}
