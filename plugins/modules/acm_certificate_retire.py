#!/usr/bin/python
# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: acm_certificate_retire
short_description: Delete the certificates of a group that nothing uses any more
version_added: 0.1.0
description:
  - Deletes certificates that this collection has requested under names with a common prefix, except those that are given as still
    wanted. So what a rotation has replaced, and what was removed from a list, goes - and nobody else's.
  - A certificate in use is kept and reported. AWS notices a detach after seconds or minutes, and a later run deletes it then.
  - Each certificate goes first, and then those of its validation records that no other certificate of the account needs.
options:
  name_prefix:
    description:
      - How the names (O(tlsops.certificates.acm_dns_certificates#module:certificates[].name)) of the group begin, such as C(web/).
        At least three characters.
    type: str
    required: true
  keep:
    description:
      - ARNs of the certificates that are still wanted.
    type: list
    elements: str
    required: true
  regions:
    description:
      - Where else certificates of this account may need the same validation records. If left out, every Region is searched that the
        account has enabled.
    type: list
    elements: str
  remove_records:
    description:
      - Remove validation records that no other certificate needs.
    type: bool
    default: true
  in_use_timeout:
    description:
      - For how many seconds to wait until ACM has noticed that nothing uses a certificate any more.
    type: int
    default: 0
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - tlsops.certificates.aws
  - tlsops.certificates.dns
seealso:
  - module: tlsops.certificates.acm_dns_certificate
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: Request what the group needs now
  tlsops.certificates.acm_dns_certificates:
    region: eu-west-1
    certificates:
      - name: web/shop
        domain_name: shop.example.com
  register: wanted

- name: Delete what it had before, once nothing uses it
  tlsops.certificates.acm_certificate_retire:
    region: eu-west-1
    name_prefix: web/
    keep: "{{ wanted.certificates | map(attribute='arn') }}"
"""

RETURN = r"""
deleted:
  description: The certificates that were deleted, each as in RV(tlsops.certificates.acm_dns_certificates#module:certificates).
  returned: always
  type: list
  elements: dict
  sample: []
kept:
  description: Certificates that were to go and are still in use, in the same form. A later run deletes them.
  returned: always
  type: list
  elements: dict
  sample: []
kept_records:
  description: The validation records that were not removed.
  returned: always
  type: list
  elements: dict
  contains:
    name:
      description: Name of the record.
      type: str
      returned: always
      sample: _3639ac514e785e898d2646601fa951d5.www.example.com
    reason:
      description: Why it stays.
      type: str
      returned: always
      sample: another certificate needs it to be issued or renewed
faults:
  description: Everything that is wrong with the options, or in the way, one sentence each. Nothing was changed then.
  returned: when the options can't be carried out
  type: list
  elements: str
  sample: []
error:
  description: What AWS said, when a call of the whole task was refused.
  returned: when AWS refused a call
  type: dict
  contains:
    code:
      description: AWS's error code.
      type: str
      returned: always
      sample: AccessDenied
    operation:
      description: The API operation.
      type: str
      returned: always
      sample: DeleteCertificate
    message:
      description: AWS's words.
      type: str
      returned: always
      sample: ""
"""

import typing as t

from ..module_utils._certificate_options import retired_certificates
from ..module_utils._flows import deleting
from ..module_utils._flows.zones import ZONE_ARGUMENTS, parse_zone_options
from ..module_utils._module import DNS_ROLE_ARGUMENTS, module_run

ARGUMENTS: dict[str, t.Any] = {
    "name_prefix": {"type": "str", "required": True},
    "keep": {"type": "list", "elements": "str", "required": True},
    "regions": {"type": "list", "elements": "str"},
    "remove_records": {"type": "bool", "default": True},
    "in_use_timeout": {"type": "int", "default": 0},
    **ZONE_ARGUMENTS,
    **DNS_ROLE_ARGUMENTS,
}


def parse(params: dict[str, t.Any], region: str | None) -> deleting.Desired:
    return deleting.Desired(
        unwanted=retired_certificates(params, region),
        zones=parse_zone_options(params),
        regions=tuple(params["regions"]) if params["regions"] else None,
        remove_records=params["remove_records"],
        in_use_timeout=params["in_use_timeout"],
        keep_in_use=True,
    )


def main() -> None:
    with module_run(ARGUMENTS) as run:
        desired = parse(run.params, run.access.region)
        observed = deleting.observe(run.access, run.dns_access, desired)
        plan = deleting.make_plan(observed)
        run.carry_out(plan, lambda: deleting.apply(run.access, run.dns_access, plan, observed))


if __name__ == "__main__":
    main()
