# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ..plugin_utils._deferred import deferred

DOCUMENTATION = r"""
name: acme_issuer
short_description: An issuer by its name
version_added: 0.1.0
description:
  - Used by the role P(tlsops.certificates.acme_certificates#role). Says whom the name stands for.
options:
  _input:
    description: A name, or the URL of a directory.
    type: str
    required: true
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: The directory
  ansible.builtin.debug:
    msg: "{{ ('letsencrypt' | tlsops.certificates.acme_issuer).directory }}"
"""

RETURN = r"""
_value:
  description:
    - Its C(name), its C(directory) (empty where no CA is asked), whether clients trust it as C(trusted), what
      M(tlsops.certificates.dns_preflight_info) calls it as C(preflight), and a name for files as C(host).
  type: dict
"""


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"acme_issuer": deferred("_acme_certificates", "acme_issuer")}
