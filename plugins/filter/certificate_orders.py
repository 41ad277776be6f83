# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ..plugin_utils._deferred import deferred

DOCUMENTATION = r"""
name: certificate_orders
short_description: What is pending on hosts, as orders to a CA
version_added: 0.1.0
description:
  - Turns what M(tlsops.certificates.certificate_signing_request) returned on hosts into what
    M(tlsops.certificates.acm_pca_certificates) takes. Certificates that stay are left out.
  - What it returned in check mode has no CSRs. The orders are for check mode then, too, and only good for seeing
    whether the CA would sign.
positional: placed
options:
  _input:
    description: What it returned as RV(tlsops.certificates.certificate_signing_request#module:certificates), by host.
    type: dict
    required: true
  placed:
    description:
      - What M(tlsops.certificates.acm_pca_certificates) returned when it was given the orders, without waiting. The
        orders are then those of which the ARN is known, with it, to be fetched.
    type: list
    elements: dict
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: How many certificates of this host have to be issued
  ansible.builtin.debug:
    msg: "{{ {inventory_hostname: records} | tlsops.certificates.certificate_orders | length }}"
  vars:
    records: []
"""

RETURN = r"""
_value:
  description: One entry for each certificate that has to be issued. Its name is the host, a colon, and the directory.
  type: list
  elements: dict
"""


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"certificate_orders": deferred("_private_certificates", "certificate_orders")}
