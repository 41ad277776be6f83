#!/usr/bin/python
# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: acm_certificate_retire
short_description: Delete ACM certificates of a group that nothing uses any more
version_added: 0.1.0
description:
  - Deletes the certificates that this collection has requested under names with a common prefix, except those that are given as
    still wanted. So what a rotation has replaced goes, and what was removed from a list, but nothing of anybody else.
  - A certificate in use is kept and reported. ACM notices a detach after seconds or minutes, and a later run deletes it then.
  - Each certificate goes first, and then those of its validation records that no other certificate of the account needs.
options:
  name_prefix:
    description:
      - How the names (O(tlsops.certificates.acm_dns_certificates#module:certificates[].name)) of the group begin, such as C(web/).
        At least three characters. End it with a separator, or C(web) also means what belongs to C(website).
    type: str
    required: true
  keep:
    description:
      - ARNs of the certificates that are still wanted. What is in this list is never deleted, an empty list keeps nothing.
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
      - For how many seconds to wait until ACM has noticed that nothing uses a certificate any more. Also in check mode.
    type: int
    default: 0
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - tlsops.certificates.aws
  - tlsops.certificates.dns
notes:
  - Only the Region of the task is looked at. CloudFront's certificates are in V(us-east-1).
  - A certificate in RV(kept) is no failure. If it stays there run after run, its C(in_use_by) says what uses it. Detach it there.
  - C(keep ... isn't the ARN of an ACM certificate) mostly comes from a certificate that wasn't requested yet, in check mode or after
    a failure. Then don't retire anything.
  - A certificate that something begins to use in this moment is kept, too, even if ACM's list of its users is still empty.
  - C(AccessDeniedException) for C(acm:DeleteCertificate) may mean that the certificate doesn't carry our tag, since the policy in
    C(docs/iam) asks for it.
seealso:
  - module: tlsops.certificates.acm_dns_certificate
  - module: tlsops.certificates.elb_listener_certificates
  - module: tlsops.certificates.cloudfront_distribution_cert
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

- name: Attach it
  tlsops.certificates.elb_listener_certificates:
    region: eu-west-1
    load_balancer: web
    certificate_arns: "{{ wanted.certificates | map(attribute='arn') | select }}"
    owner: web

- name: Delete what the group had before, once nothing uses it
  tlsops.certificates.acm_certificate_retire:
    region: eu-west-1
    name_prefix: web/
    keep: "{{ wanted.certificates | map(attribute='arn') | select }}"
    in_use_timeout: 120
  register: retired

- name: Show what the next run will delete
  ansible.builtin.debug:
    msg: "{{ item.arn }} is still used by {{ item.in_use_by | join(', ') }}"
  loop: "{{ retired.kept }}"
  loop_control:
    label: "{{ item.name }}"
"""

RETURN = r"""
deleted:
  description: The certificates that were deleted, each as in RV(tlsops.certificates.acm_dns_certificates#module:certificates).
  returned: always
  type: list
  elements: dict
  sample: []
kept:
  description: The certificates that were to go and are still in use (C(in_use_by)), in the same form. A later run deletes them.
  returned: always
  type: list
  elements: dict
  sample: []
certificates:
  description: Empty. It can be read from the result of every module of this collection.
  returned: always
  type: list
  elements: dict
  sample: []
certificate:
  description: Null, as there may be any number of them.
  returned: always
  type: dict
certificate_arn:
  description: Null, as there may be any number of them.
  returned: always
  type: str
failure:
  description: What failed, in the words the task would fail with; null if nothing did.
  returned: always
  type: str
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
  description: Everything that is wrong with the options, one sentence each. Nothing was deleted then.
  returned: when the options can't be carried out
  type: list
  elements: str
  sample: ["name_prefix 'w': a group's prefix has at least 3 characters"]
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
      description: AWS's own words.
      type: str
      returned: always
"""

import typing as t

from ..module_utils._certificate_options import deletion_settings, retired_certificates
from ..module_utils._flows import deleting
from ..module_utils._flows.zones import ZONE_ARGUMENTS, parse_zone_options
from ..module_utils._module import DNS_ROLE_ARGUMENTS, Run, module_run

ARGUMENTS: dict[str, t.Any] = {
    "name_prefix": {"type": "str", "required": True},
    "keep": {"type": "list", "elements": "str", "required": True},
    "regions": {"type": "list", "elements": "str"},
    "remove_records": {"type": "bool", "default": True},
    "in_use_timeout": {"type": "int", "default": 0},
    **ZONE_ARGUMENTS,
    **DNS_ROLE_ARGUMENTS,
}


def parse(run: Run) -> deleting.Desired:
    unwanted, zones, settings = run.parse(
        lambda: retired_certificates(run.params, run.access.region),
        lambda: parse_zone_options(run.params),
        lambda: deletion_settings(run.params),
    )
    return deleting.Desired(unwanted, zones, settings, keep_in_use=True)


def main() -> None:
    with module_run(ARGUMENTS) as run:
        desired = parse(run)
        observed = deleting.observe(run.access, run.dns_access, desired)
        plan = deleting.make_plan(observed)
        run.carry_out(plan, lambda: deleting.apply(run.access, run.dns_access, plan, observed))


if __name__ == "__main__":
    main()
