# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ..plugin_utils._deferred import deferred

DOCUMENTATION = r"""
name: private_certificate_entries
short_description: Private certificates with their directories and defaults
version_added: 0.1.0
description:
  - Used by the role P(tlsops.certificates.private_certificates#role). Fills in what the entries of its list leave out.
positional: folder, defaults, targets
options:
  _input:
    description: The entries, as P(tlsops.certificates.certificate_entries#filter) gives them.
    type: list
    elements: dict
    required: true
  folder:
    description:
      - Where the directory of a certificate is, if the certificate names none. It is called by the first of its names.
    type: str
    required: true
  defaults:
    description: Options for all entries that do not say. Empty ones count as not said.
    type: dict
    default: {}
  targets:
    description:
      - Give the entries that have C(deploy), as P(tlsops.certificates.certificate_deployments#filter) takes them.
        Without it, all entries without their C(deploy).
    type: bool
    default: false
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: Where this certificate would be kept
  ansible.builtin.debug:
    msg: "{{ entries | tlsops.certificates.private_certificate_entries('/etc/tlsops') }}"
  vars:
    entries: "{{ 'db.corp.internal, 10.0.0.5' | tlsops.certificates.certificate_entries }}"
    # Gives:
    # - subject_alternative_names: [db.corp.internal, 10.0.0.5]
    #   directory: /etc/tlsops/db.corp.internal
"""

RETURN = r"""
_value:
  description:
    - Entries for M(tlsops.certificates.certificate_signing_request) or M(tlsops.certificates.acm_pca_certificates).
  type: list
  elements: dict
"""


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"private_certificate_entries": deferred("_private_certificates", "private_certificate_entries")}
