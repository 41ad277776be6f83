# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ..plugin_utils._deferred import deferred

DOCUMENTATION = r"""
name: acme_orders
short_description: What is pending on hosts, as orders to an ACME CA
version_added: 0.1.0
description:
  - Turns what M(tlsops.certificates.certificate_signing_request) returned on hosts into what
    M(tlsops.certificates.acme_certificate_orders) takes. Certificates that stay are left out.
positional: suggested
options:
  _input:
    description: What it returned as RV(tlsops.certificates.certificate_signing_request#module:certificates), by host.
    type: dict
    required: true
  suggested:
    description:
      - What M(tlsops.certificates.acme_renewal_suggestions_info) returned as
        RV(tlsops.certificates.acme_renewal_suggestions_info#module:certificates), by host.
    type: dict
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: How many certificates of this host have to be ordered
  ansible.builtin.debug:
    msg: "{{ {inventory_hostname: records} | tlsops.certificates.acme_orders | length }}"
  vars:
    records: []
"""

RETURN = r"""
_value:
  description: One entry for each certificate that has to be ordered.
  type: list
  elements: dict
"""


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"acme_orders": deferred("_acme_certificates", "acme_orders")}
