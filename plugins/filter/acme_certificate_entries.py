# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ..plugin_utils._deferred import deferred

DOCUMENTATION = r"""
name: acme_certificate_entries
short_description: Certificates of an ACME CA with their directories and defaults
version_added: 0.1.0
description:
  - Used by the role P(tlsops.certificates.acme_certificates#role). Fills in what the entries of its list
    leave out. Entries with the same names, kind of key and profile become one, with the targets of all.
positional: folder, defaults, issuer_name
options:
  _input:
    description: The entries, as P(tlsops.certificates.certificate_entries#filter) gives them.
    type: list
    elements: dict
    required: true
  folder:
    description: Where the directory of a certificate is, if the certificate names none.
    type: str
    required: true
  defaults:
    description: Options for all entries that do not say. Empty ones count as not said.
    type: dict
    required: true
  issuer_name:
    description: The issuer, by name or by the URL of its directory.
    type: str
    required: true
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: What would be kept
  ansible.builtin.debug:
    msg: "{{ entries | tlsops.certificates.acme_certificate_entries('/etc/tlsops', {}, 'letsencrypt_staging') }}"
  vars:
    entries:
      - dns_names: [example.test, "*.example.test"]
"""

RETURN = r"""
_value:
  description: One dictionary for each certificate.
  type: list
  elements: dict
"""


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"acme_certificate_entries": deferred("_acme_certificates", "acme_certificate_entries")}
