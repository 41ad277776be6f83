# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ..plugin_utils._deferred import deferred

DOCUMENTATION = r"""
name: acme_downgrades
short_description: Trusted certificates that would be replaced by others
version_added: 0.1.0
description:
  - Used by the role P(tlsops.certificates.acme_certificates#role). Finds certificates that clients trust, and
    that would be replaced by ones of an issuer that they don't trust.
positional: issuer_name
options:
  _input:
    description: What M(tlsops.certificates.certificate_signing_request) returned.
    type: list
    elements: dict
    required: true
  issuer_name:
    description: The issuer of the new ones.
    type: str
    required: true
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: None
  ansible.builtin.debug:
    msg: "{{ [] | tlsops.certificates.acme_downgrades('letsencrypt_staging') }}"
"""

RETURN = r"""
_value:
  description: One sentence for each.
  type: list
  elements: str
"""


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"acme_downgrades": deferred("_acme_certificates", "acme_downgrades")}
