# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleFilterError

DOCUMENTATION = r"""
name: renewals_left
short_description: What is left of the problems with renewals after a repair
version_added: 0.1.0
description:
  - Used by the role P(tlsops.certificates.acm_guard#role). Takes the result of M(tlsops.certificates.acm_renewal_info),
    and what was done about it, and says what is left for a person.
options:
  _input:
    description: The result of M(tlsops.certificates.acm_renewal_info).
    type: dict
    required: true
  repaired:
    description: The result of M(tlsops.certificates.route53_validation_records), or that of a skipped task.
    type: dict
    default: {}
  moved:
    description: The result of M(tlsops.certificates.acm_certificate_migrate), or that of a skipped task.
    type: dict
    default: {}
  fail_on:
    description:
      - From which level on what is left is a failure. V(none) means never.
    type: str
    choices: [none, warning, error, fatal]
    default: none
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: Look
  tlsops.certificates.acm_renewal_info:
    regions: [eu-west-1]
    check_dns: false
  register: found

- name: Say what needs a person
  ansible.builtin.debug:
    msg: "{{ (found | tlsops.certificates.renewals_left(fail_on='error')).failure }}"
"""

RETURN = r"""
_value:
  description:
    - C(problems) that are left, C(repaired) records, ARNs of C(moved) certificates, C(counts) of what is left by level,
      the C(regions) searched, C(changed), and C(failure), which is null if nothing left is as bad as O(fail_on).
  type: dict
"""

_LEVELS = ("fatal", "error", "warning", "info")
_BY_EMAIL = ("email_validation", "migration_pending", "migration_failed")


def renewals_left(
    found: t.Any,
    repaired: t.Mapping[str, t.Any] | None = None,
    moved: t.Mapping[str, t.Any] | None = None,
    fail_on: str = "none",
) -> dict[str, t.Any]:
    """The result of the role acm_guard."""
    repaired, moved = repaired or {}, moved or {}
    if fail_on not in ("none", *_LEVELS[:3]):
        raise AnsibleFilterError(f"renewals_left: fail_on is none, warning, error or fatal, not {fail_on!r}")
    try:
        problems = [each for each in found["problems"] if not _is_done(each, repaired, _arns(moved))]
        regions = list(found["regions"])
    except (TypeError, KeyError) as error:
        raise AnsibleFilterError(f"renewals_left: the result of acm_renewal_info is needed, not {found!r}") from error
    return {
        "problems": problems,
        "repaired": [each for each in repaired.get("records") or [] if each["action"] != "unchanged"],
        "moved": _arns(moved),
        "counts": {level: sum(each["level"] == level for each in problems) for level in _LEVELS},
        "regions": regions,
        "changed": bool(repaired.get("changed") or moved.get("changed")),
        "failure": _failure(problems, fail_on),
    }


def _arns(moved: t.Mapping[str, t.Any]) -> list[str]:
    return [each["arn"] for each in moved.get("certificates") or []]


def _is_done(problem: t.Mapping[str, t.Any], repaired: t.Mapping[str, t.Any], moved: t.Sequence[str]) -> bool:
    """Records that were written, and moves that ACM is about."""
    if problem["repairable"]:
        return "records" in repaired
    return problem["check"] in _BY_EMAIL and problem["certificate_arn"] in moved


def _failure(problems: t.Sequence[t.Mapping[str, t.Any]], fail_on: str) -> str | None:
    if fail_on == "none":
        return None
    bad = [each for each in problems if _LEVELS.index(each["level"]) <= _LEVELS.index(fail_on)]
    if not bad:
        return None
    certificates = len({each["certificate_arn"] for each in bad})
    what = "1 certificate needs" if certificates == 1 else f"{certificates} certificates need"
    return f"{what} a person. {' '.join(each['message'] for each in bad)}"


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"renewals_left": renewals_left}
