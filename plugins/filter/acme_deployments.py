# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ..plugin_utils._deferred import deferred

DOCUMENTATION = r"""
name: acme_deployments
short_description: What certificate_deploy is asked
version_added: 0.1.0
description:
  - Used by the role P(tlsops.certificates.acme_certificates#role). Says where the certificates are kept that
    have targets.
positional: kept, ready
options:
  _input:
    description: What P(tlsops.certificates.acme_certificate_entries#filter) gave for the host.
    type: list
    elements: dict
    required: true
  kept:
    description: What it gave for the place where they are kept, which may be for several hosts.
    type: list
    elements: dict
    required: true
  ready:
    description: Directories of the certificates that are there.
    type: list
    elements: str
    required: true
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: Nothing is deployed
  ansible.builtin.debug:
    msg: "{{ [] | tlsops.certificates.acme_deployments([], []) }}"
"""

RETURN = r"""
_value:
  description: Entries for the role P(tlsops.certificates.certificate_deploy#role).
  type: list
  elements: dict
"""


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"acme_deployments": deferred("_acme_certificates", "acme_deployments")}
