# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ..plugin_utils._deferred import deferred

DOCUMENTATION = r"""
name: single_values
short_description: Records with one value each
version_added: 0.1.0
description:
  - Makes an entry a value of records with several, as M(tlsops.certificates.route53_validation_records) takes them.
options:
  _input:
    description: The records, with C(name) and C(txt_values).
    type: list
    elements: dict
    required: true
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: Two entries
  ansible.builtin.debug:
    msg: "{{ records | tlsops.certificates.single_values }}"
  vars:
    records:
      - name: _acme-challenge.example.test
        txt_values: [one, two]
"""

RETURN = r"""
_value:
  description: The records, with C(name), C(type) and C(value).
  type: list
  elements: dict
"""


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"single_values": deferred("_acme_certificates", "single_values")}
