# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ..plugin_utils._deferred import deferred

DOCUMENTATION = r"""
name: acme_dns
short_description: Who writes the records of challenges
version_added: 0.1.0
description:
  - Used by the role P(tlsops.certificates.acme_certificates#role). Makes a list of a word, a dictionary, or
    a list of these.
options:
  _input:
    description: The value of C(acme_certificates_dns).
    type: raw
    required: true
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: One provider
  ansible.builtin.debug:
    msg: "{{ 'route53' | tlsops.certificates.acme_dns }}"
"""

RETURN = r"""
_value:
  description: One dictionary for each provider.
  type: list
  elements: dict
"""


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"acme_dns": deferred("_acme_certificates", "acme_dns")}
