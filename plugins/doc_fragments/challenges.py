# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """TXT records of DNS-01 challenges."""

    DOCUMENTATION = r"""
options:
  records:
    description:
      - The TXT records. Values of one name may stand together or in several entries, and equal ones count once.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: Name of the record, in full (C(_acme-challenge.www.example.com)).
        type: str
        required: true
      type:
        description: Type of the record.
        type: str
        choices: [TXT]
        default: TXT
      value:
        description: A value, with or without its quotes.
        type: str
      values:
        description: Several values. C(txt_values) is what the modules return them as.
        type: list
        elements: str
        aliases: [txt_values]
      zone:
        description: The zone that the record goes to, if that is known.
        type: str
      challenge_name:
        description: Only accepted, so that records can be passed as they were returned.
        type: str
      name_servers:
        description: Only accepted, too.
        type: list
        elements: str
"""

    PUBLISHING = r"""
options:
  state:
    description: Whether the values should be there.
    type: str
    choices:
      present: Add them to what is there.
      absent: Take them away, and leave all others.
    default: present
  ttl:
    description: TTL in seconds of values that are written.
    type: int
    default: 60
  timeout:
    description: For how many seconds to wait for one answer.
    type: int
    default: 10
"""
