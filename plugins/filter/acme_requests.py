# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ..plugin_utils._deferred import deferred

DOCUMENTATION = r"""
name: acme_requests
short_description: What is asked of certificate_signing_request
version_added: 0.1.0
description:
  - Used by the role P(tlsops.certificates.acme_certificates#role). Leaves out what
    M(tlsops.certificates.certificate_signing_request) doesn't know.
positional: suggested, replaced
options:
  _input:
    description: What P(tlsops.certificates.acme_certificate_entries#filter) gave.
    type: list
    elements: dict
    required: true
  suggested:
    description:
      - What M(tlsops.certificates.acme_renewal_suggestions_info) said of the certificates, each by its directory. It is
        handed on as O(tlsops.certificates.certificate_signing_request#module:certificates[].renew_at).
      - Where the CA says that it is urgent, nothing is said of maintenance windows.
    type: list
    elements: dict
    default: []
  replaced:
    description: Directories that have another certificate since then.
    type: list
    elements: str
    default: []
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: See what is due
  tlsops.certificates.certificate_signing_request:
    certificates: "{{ entries | tlsops.certificates.acme_requests }}"
  vars:
    entries: []
"""

RETURN = r"""
_value:
  description: One entry for each certificate.
  type: list
  elements: dict
"""


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"acme_requests": deferred("_acme_certificates", "acme_requests")}
