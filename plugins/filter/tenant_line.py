# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleFilterError

DOCUMENTATION = r"""
name: tenant_line
short_description: A distribution tenant's record as one line for people
version_added: 0.1.0
description:
  - Turns a record as returned in RV(tlsops.certificates.cloudfront_tenant_certs#module:tenants) into one line for a
    summary.
options:
  _input:
    description: The record.
    type: dict
    required: true
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: A summary
  ansible.builtin.debug:
    msg: "{{ cloudfront_tenants_result.tenants | map('tlsops.certificates.tenant_line') }}"
"""

RETURN = r"""
_value:
  description: The line.
  type: str
  sample: "shop (shop.example.com): Attached. Every domain is served with the managed certificate."
"""


def tenant_line(record: t.Any) -> str:
    """Name, domains, phase and message of a tenant's record."""
    try:
        domains = ", ".join(each["domain"] for each in record["domains"])
        called = f"{record['name']} ({domains})" if domains else record["name"]
        return f"{called}: {record['phase']}. {record['message']}"
    except (TypeError, KeyError) as error:
        raise AnsibleFilterError(
            f"tenant_line: a record of cloudfront_tenant_certs is needed, not {record!r}"
        ) from error


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"tenant_line": tenant_line}
