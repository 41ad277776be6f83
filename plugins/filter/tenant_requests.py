# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ..plugin_utils._deferred import deferred

DOCUMENTATION = r"""
name: tenant_requests
short_description: What to request for distribution tenants
version_added: 0.1.0
description:
  - Used by the role P(tlsops.certificates.cloudfront_tenants#role). Gives the requests for tenants that ask for a
    certificate of their own.
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
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: What tenants need
  ansible.builtin.debug:
    msg: "{{ tenants | tlsops.certificates.tenant_requests('shops') }}"
  vars:
    tenants:
      - name: customers
        domains: ["*.customers.example.com"]
        request: true
"""

RETURN = r"""
_value:
  description: Entries for the role P(tlsops.certificates.acm_certificates#role).
  type: list
  elements: dict
"""


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"tenant_requests": deferred("_tenant_lists", "tenant_requests")}
