# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ..plugin_utils._deferred import deferred

DOCUMENTATION = r"""
name: acme_faults
short_description: What is wrong with the variables of acme_certificates
version_added: 0.1.0
description:
  - Used by the role P(tlsops.certificates.acme_certificates#role). Says all of it at once, before anything is done.
positional: issuer_name, dns, terms_agreed
options:
  _input:
    description: What P(tlsops.certificates.acme_certificate_entries#filter) gave.
    type: list
    elements: dict
    required: true
  issuer_name:
    description: The issuer.
    type: str
    required: true
  dns:
    description: Who writes the records.
    type: raw
    required: true
  terms_agreed:
    description: Whether the terms of the CA are agreed to.
    type: bool
    required: true
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: Nothing is wrong
  ansible.builtin.debug:
    msg: "{{ [] | tlsops.certificates.acme_faults('letsencrypt_staging', 'manual', true) }}"
"""

RETURN = r"""
_value:
  description: One sentence for each fault.
  type: list
  elements: str
"""


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"acme_faults": deferred("_acme_certificates", "acme_faults")}
