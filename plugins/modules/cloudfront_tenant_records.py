#!/usr/bin/python
# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: cloudfront_tenant_records
short_description: Point the domains of CloudFront distribution tenants to CloudFront
version_added: 0.1.0
description:
  - Writes for each domain the record that leads to its routing endpoint, in the most specific public hosted zone of Route 53.
  - That is a CNAME. At the apex of a zone, and where the name has other records, DNS allows none. There it is alias records
    (V(A) and V(AAAA)), with the TXT record C(_cf-challenge) in which CloudFront reads where they lead.
  - Nothing is written unless every domain has a zone and nothing is in the way.
options:
  state:
    description: Whether the domains should point there.
    type: str
    choices:
      present: Write the records.
      absent: Take away those that lead to the given endpoints. Others are kept.
    default: present
  records:
    description:
      - The domains and where they are to point to, such as
        RV(tlsops.certificates.cloudfront_tenant_cert#module:tenant.dns_records).
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: The domain.
        type: str
        required: true
      type:
        description: It is only accepted, so that records can be passed as they were returned.
        type: str
        choices: [CNAME]
        default: CNAME
      value:
        description: The routing endpoint.
        type: str
        required: true
  replace:
    description:
      - Put the record in the place of other addresses of the name (V(A), V(AAAA), V(CNAME)), in one change. Viewers come to CloudFront
        then, so the tenant should be ready. Without this they are an error.
    type: bool
    default: false
  ttl:
    description:
      - TTL in seconds of records that are written.
    type: int
    default: 300
  wait:
    description:
      - Wait until all of Route 53's name servers have the changes.
    type: bool
    default: false
  wait_timeout:
    description:
      - For how many seconds to wait. It mostly takes up to 60 seconds.
    type: int
    default: 300
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - tlsops.certificates.aws
  - tlsops.certificates.dns
notes:
  - C(... can't be pointed to ..., as it has ...) means that the name leads elsewhere. Nothing at all is written, then.
  - C(haven't reached all of Route 53's name servers) is a wait that ended too early. The records are written. Run again to go on
    waiting.
seealso:
  - module: tlsops.certificates.cloudfront_tenant_cert
  - module: tlsops.certificates.cloudfront_tenant_certs
  - name: Point domains to CloudFront
    description: What CloudFront wants to see in the DNS.
    link: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/managed-cloudfront-certificates.html
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: Point a domain to the connection group of its tenant
  tlsops.certificates.cloudfront_tenant_records:
    records:
      - name: a.customers.example.com
        value: "{{ routing_endpoint }}"

- name: The same in another account, at the apex of the zone, in place of the old address
  tlsops.certificates.cloudfront_tenant_records:
    records:
      - name: example.net
        value: "{{ routing_endpoint }}"
    replace: true
    dns_role_arn: arn:aws:iam::222222222222:role/dns-validation
    dns_role_external_id: tlsops-demo
"""

RETURN = r"""
records:
  description: One entry for each record set, sorted by name.
  returned: always
  type: list
  elements: dict
  contains:
    name:
      description: Name of the record set.
      type: str
      returned: always
      sample: shop.example.com
    type:
      description: Type of the record set.
      type: str
      returned: always
      sample: CNAME
    hosted_zone_id:
      description: The zone it is in.
      type: str
      returned: always
      sample: Z0123456789ABC
    hosted_zone_name:
      description: Name of the zone.
      type: str
      returned: always
      sample: example.com
    action:
      description:
        - V(created), V(replaced), V(deleted), V(unchanged) or V(kept). In check mode, what would be done.
      type: str
      returned: always
      sample: created
    reason:
      description: Why it was kept; empty otherwise.
      type: str
      returned: always
      sample: ""
change_ids:
  description: IDs of the changes in Route 53.
  returned: always
  type: list
  elements: str
  sample: ["C0123456789ABC"]
faults:
  description: Everything that is wrong with the options, or in the way, one sentence each. Nothing was written then.
  returned: when the options can't be carried out
  type: list
  elements: str
  sample: ["records[0]: an empty name is given"]
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
      sample: ChangeResourceRecordSets
    message:
      description: AWS's own words.
      type: str
      returned: always
"""

import typing as t

from ..module_utils._flows import pointing, publishing
from ..module_utils._flows.zones import ZONE_ARGUMENTS, parse_zone_options
from ..module_utils._module import DNS_ROLE_ARGUMENTS, module_run

RECORD: dict[str, t.Any] = {
    "name": {"type": "str", "required": True},
    "type": {"type": "str", "choices": ["CNAME"], "default": "CNAME"},
    "value": {"type": "str", "required": True},
}
ARGUMENTS: dict[str, t.Any] = {
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "records": {"type": "list", "elements": "dict", "required": True, "options": RECORD},
    "replace": {"type": "bool", "default": False},
    "ttl": {"type": "int", "default": 300},
    "wait": {"type": "bool", "default": False},
    "wait_timeout": {"type": "int", "default": 300},
    **ZONE_ARGUMENTS,
    **DNS_ROLE_ARGUMENTS,
}


def main() -> None:
    with module_run(ARGUMENTS) as run:
        params = run.params
        pointers, zones = run.parse(lambda: pointing.parse(params), lambda: parse_zone_options(params))
        settings = pointing.Settings(params["state"], params["ttl"], params["replace"])
        plan = publishing.PublishingPlan(tuple(pointing.plan(run.dns_access, pointers, zones, settings)))
        timeout = params["wait_timeout"] if params["wait"] else None
        run.carry_out(plan, lambda: publishing.apply(run.dns_access, plan, timeout))


if __name__ == "__main__":
    main()
