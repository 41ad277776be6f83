# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ..plugin_utils._deferred import deferred

DOCUMENTATION = r"""
name: acme_publishers
short_description: Which provider writes which records
version_added: 0.1.0
description:
  - Used by the role P(tlsops.certificates.acme_certificates#role). A record goes to the provider with the
    longest zone that it lies in, else to the one without zones.
positional: providers
options:
  _input:
    description: The records.
    type: list
    elements: dict
    required: true
  providers:
    description: What P(tlsops.certificates.acme_dns#filter) gave.
    type: list
    elements: dict
    required: true
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: Who writes this one
  ansible.builtin.debug:
    msg: "{{ records | tlsops.certificates.acme_publishers('route53' | tlsops.certificates.acme_dns) }}"
  vars:
    records:
      - name: _acme-challenge.example.test
        txt_values: [gfj9Xq-Rg85nM-kb6jyFbqr3d6lXc0EuJm4sXJ1aLkw]
"""

RETURN = r"""
_value:
  description: For each provider its C(position) in the list, its name as C(provider), and its C(records).
  type: list
  elements: dict
"""


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"acme_publishers": deferred("_acme_certificates", "acme_publishers")}
