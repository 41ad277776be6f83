# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ..plugin_utils._deferred import deferred

DOCUMENTATION = r"""
name: certificate_arrivals
short_description: What has come for a host from a CA
version_added: 0.1.0
description:
  - Turns what M(tlsops.certificates.acm_pca_certificates) returned for the orders of
    P(tlsops.certificates.certificate_orders#filter) into what M(tlsops.certificates.certificate_install) takes on one
    of the hosts. What was refused is left out.
positional: host, entries
options:
  _input:
    description: What it returned as RV(tlsops.certificates.acm_pca_certificates#module:certificates).
    type: list
    elements: dict
    required: true
  host:
    description: The host, as it was called in the orders.
    type: str
    required: true
  entries:
    description: The certificates of the host. C(owner), C(group) and C(mode) of each are handed on.
    type: list
    elements: dict
    required: true
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: What has come for this host
  ansible.builtin.debug:
    msg: "{{ issued | tlsops.certificates.certificate_arrivals(inventory_hostname, entries) }}"
  vars:
    issued: []
    entries:
      - directory: /etc/tlsops/db
"""

RETURN = r"""
_value:
  description: One entry for each certificate that has come, or of which only the ARN is known yet.
  type: list
  elements: dict
"""


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"certificate_arrivals": deferred("_private_certificates", "certificate_arrivals")}
