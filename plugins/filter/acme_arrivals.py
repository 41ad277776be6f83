# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ..plugin_utils._deferred import deferred

DOCUMENTATION = r"""
name: acme_arrivals
short_description: What has come for a host from an ACME CA
version_added: 0.1.0
description:
  - Turns what M(tlsops.certificates.acme_certificate_orders) returned into what
    M(tlsops.certificates.certificate_install) takes on one of the hosts. What has failed is left out.
positional: requested, entries
options:
  _input:
    description: What it returned as RV(tlsops.certificates.acme_certificate_orders#module:orders).
    type: list
    elements: dict
    required: true
  requested:
    description: What M(tlsops.certificates.certificate_signing_request) returned on the host.
    type: list
    elements: dict
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
    msg: "{{ orders | tlsops.certificates.acme_arrivals(requested, entries) }}"
  vars:
    orders: []
    requested: []
    entries: []
"""

RETURN = r"""
_value:
  description: One entry for each certificate that has come.
  type: list
  elements: dict
"""


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"acme_arrivals": deferred("_acme_certificates", "acme_arrivals")}
