# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ..plugin_utils._deferred import deferred

DOCUMENTATION = r"""
name: distribution_certificates
short_description: The certificates of distributions
version_added: 0.1.0
description:
  - Used by the role P(tlsops.certificates.cloudfront_distribution_certificate#role). Puts together what each
    distribution is to have.
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
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: What distributions are to have
  ansible.builtin.debug:
    msg: "{{ distributions | tlsops.certificates.distribution_certificates('web') }}"
  vars:
    distributions:
      - distribution_id: E1ABCDEFGHIJKL
        certificate_arn: arn:aws:acm:us-east-1:111111111111:certificate/12345678-1234-1234-1234-123456789012
"""

RETURN = r"""
_value:
  description:
    - C(distributions) for M(tlsops.certificates.cloudfront_distribution_cert), C(waiting) ones, and C(requested) ARNs.
  type: dict
"""


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"distribution_certificates": deferred("_attaching", "distribution_certificates")}
