# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ..plugin_utils._deferred import deferred

DOCUMENTATION = r"""
name: distribution_requests
short_description: What to request for distributions
version_added: 0.1.0
description:
  - Used by the role P(tlsops.certificates.cloudfront_distribution_certificate#role). Gives the requests for
    distributions that have no certificate given.
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
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: What distributions need
  ansible.builtin.debug:
    msg: "{{ distributions | tlsops.certificates.distribution_requests('web') }}"
  vars:
    distributions:
      - distribution_id: E1ABCDEFGHIJKL
        hosts: [cdn.example.com]
"""

RETURN = r"""
_value:
  description: Entries for the role P(tlsops.certificates.acm_certificates#role).
  type: list
  elements: dict
"""


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"distribution_requests": deferred("_attaching", "distribution_requests")}
