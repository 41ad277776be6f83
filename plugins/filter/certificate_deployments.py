# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ..plugin_utils._deferred import deferred

DOCUMENTATION = r"""
name: certificate_deployments
short_description: Certificates and their targets as one list of targets
version_added: 0.1.0
description:
  - Used by the role P(tlsops.certificates.certificate_deploy#role).
  - Checks every option of every target, and says all that is wrong at once.
positional: folder, production, notify
options:
  _input:
    description: The entries, each with C(name) or C(directory), and C(deploy), a list of targets.
    type: raw
    required: true
  folder:
    description: Where the directory of a certificate is that says none.
    type: str
    default: /etc/tlsops
  production:
    description: Whether targets are for production that do not say.
    type: raw
    default: false
  notify:
    description: Handlers to notify for each target, besides its own.
    type: raw
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: Every target of a list
  ansible.builtin.debug:
    msg: "{{ entries | tlsops.certificates.certificate_deployments | map(attribute='target') }}"
  vars:
    entries:
      - name: shop
        deploy:
          - type: files
            fullchain_path: /etc/nginx/shop.pem
            privkey_path: /etc/nginx/shop.key
"""

RETURN = r"""
_value:
  description: One entry for each target, with its certificate and directory.
  type: list
  elements: dict
"""


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"certificate_deployments": deferred("_deployments", "certificate_deployments")}
