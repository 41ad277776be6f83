# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ..plugin_utils._deferred import deferred

DOCUMENTATION = r"""
name: acme_signed
short_description: Orders that were signed at once
version_added: 0.1.0
description:
  - Used by the role P(tlsops.certificates.acme_certificates#role). Puts what
    M(community.crypto.x509_certificate_pipe) has signed beside the orders.
positional: signed, root
options:
  _input:
    description: What P(tlsops.certificates.acme_orders#filter) gave.
    type: list
    elements: dict
    required: true
  signed:
    description: The results, in the same order.
    type: list
    elements: dict
    required: true
  root:
    description: The certificate of the CA that has signed them.
    type: str
    default: ""
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: Nothing was ordered
  ansible.builtin.debug:
    msg: "{{ [] | tlsops.certificates.acme_signed([]) }}"
"""

RETURN = r"""
_value:
  description: The orders, as RV(tlsops.certificates.acme_certificate_orders#module:orders) has them.
  type: list
  elements: dict
"""


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"acme_signed": deferred("_acme_certificates", "acme_signed")}
