# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleFilterError

DOCUMENTATION = r"""
name: certificate_line
short_description: A certificate's record as one line for people
version_added: 0.1.0
description:
  - Turns a record as returned in RV(tlsops.certificates.acm_dns_certificates#module:certificates) or
    RV(tlsops.certificates.acm_pca_certificates#module:certificates) into one line for a summary.
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
    msg: "{{ acm_certificates_result.certificates | map('tlsops.certificates.certificate_line') }}"
"""

RETURN = r"""
_value:
  description: The line.
  type: str
  sample: "shop (eu-west-1): Issued, valid until 2027-06-07. arn:aws:acm:eu-west-1:111111111111:certificate/1234"
"""


def certificate_line(record: t.Any) -> str:
    """Name, Region or directory, message and ARN of a certificate's record."""
    try:
        name = record["name"] or record["domain_name"]
        line = f"{name} ({record.get('region') or record['directory']}): {record['message']}"
    except (TypeError, KeyError) as error:
        raise AnsibleFilterError(
            f"certificate_line: a certificate's record is needed, not {record!r}"
        ) from error
    return f"{line} {record['arn']}" if record.get("arn") else line


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"certificate_line": certificate_line}
