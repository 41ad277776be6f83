# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleFilterError

from ..plugin_utils._survey_text import listed, names_of

DOCUMENTATION = r"""
name: certificate_entries
short_description: Certificates from a survey's text, or from a list
version_added: 0.1.0
description:
  - Turns what people type into a survey into the list that M(tlsops.certificates.acm_dns_certificates) takes.
  - A text has one certificate a line, its names separated by commas or spaces. Empty lines, and lines that begin with
    C(#), are left out. A text that is a YAML or JSON list is read as one.
  - In a list, a text is one certificate, and a dictionary is taken as it is.
options:
  _input:
    description: The text or the list.
    type: raw
    required: true
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: From a text area of a survey
  ansible.builtin.debug:
    msg: "{{ survey_certificates | tlsops.certificates.certificate_entries }}"
  vars:
    survey_certificates: |
      shop.example.com, *.shop.example.com
      www.example.com
    # Gives:
    # - subject_alternative_names: [shop.example.com, "*.shop.example.com"]
    # - subject_alternative_names: [www.example.com]
"""

RETURN = r"""
_value:
  description: One dictionary for each certificate.
  type: list
  elements: dict
"""


def certificate_entries(value: t.Any) -> list[dict[str, t.Any]]:
    """One dictionary for each certificate in ``value``."""
    if value is None:
        return []
    if isinstance(value, str):
        value = listed(value, "certificate_entries")
    if isinstance(value, t.Mapping):
        value = [value]
    if not isinstance(value, t.Sequence):
        raise AnsibleFilterError(f"certificate_entries: a text or a list is needed, not {value!r}")
    return [_entry(item) for item in value]


def _entry(item: t.Any) -> dict[str, t.Any]:
    if isinstance(item, t.Mapping):
        return dict(item)
    if isinstance(item, str):
        return {"subject_alternative_names": names_of(item)}
    raise AnsibleFilterError(
        f"certificate_entries: a certificate is a text with its names or a dictionary, not {item!r}"
    )


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"certificate_entries": certificate_entries}
