#!/usr/bin/python
# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: route53_validation_records
short_description: Write validation records to the hosted zones they belong in
version_added: 0.1.0
description:
  - Takes CNAME and TXT records as certificate authorities want to see them, finds the hosted zone of each, and makes the fewest
    changes that bring them about, in batches of up to 500.
  - Equal records are written once. A right record with another TTL is left alone, a CNAME with another value is replaced, and a
    record of another type in the way is an error. TXT values are merged into what is there, read back, and written once more where
    another writer of the same record set has undone them.
  - Nothing is written unless every record has a zone and nothing is in the way.
options:
  state:
    description: Whether the records should be there.
    type: str
    choices:
      present: Write them.
      absent:
        - Take them away, except CNAMEs that a certificate of this account needs to be issued or renewed, and values that aren't
          the given ones.
    default: present
  records:
    description:
      - The records, such as RV(tlsops.certificates.acm_dns_certificates#module:certificates[].validation_records). Records without
        a name, as they are in check mode, are left out.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: Name of the record.
        type: str
      type:
        description: Type of the record.
        type: str
        choices: [CNAME, TXT]
        default: CNAME
      value:
        description: Value of the record. A TXT value may be given with or without its quotes.
        type: str
      ttl:
        description: TTL in seconds of this record, if it is written.
        type: int
      hosted_zone_id:
        description: ID of the hosted zone it goes to, if that is known.
        type: str
      hosted_zone_name:
        description: Name of that zone. It is only accepted, so that records can be passed as they were returned.
        type: str
      hosted_zone_name_servers:
        description: Only accepted, too.
        type: list
        elements: str
      domain_names:
        description: The names of the certificate that the record validates, for messages.
        type: list
        elements: str
        default: []
  ttl:
    description:
      - TTL in seconds of records that are written.
    type: int
    default: 300
  wait:
    description:
      - Wait until all of Route 53's name servers have the changes. A CA that looks at once needs that (ACME), ACM doesn't.
    type: bool
    default: false
  wait_timeout:
    description:
      - For how many seconds to wait. It mostly takes up to 60 seconds.
    type: int
    default: 300
  keep_needed:
    description:
      - With O(state=absent), keep CNAMEs that a certificate of the task's account needs. This takes C(acm:ListCertificates).
    type: bool
    default: true
  regions:
    description:
      - Where to look for certificates that need a record. If left out, every Region is searched that the account has enabled.
    type: list
    elements: str
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - tlsops.certificates.aws
  - tlsops.certificates.dns
notes:
  - C(a CNAME record cannot be written, because the name already has ...) means that another record is in the way. It is never
    overwritten. Nothing at all is written, then.
  - C(haven't reached all of Route 53's name servers) is a wait that ended too early. The records are written. Run again to go on
    waiting.
seealso:
  - module: tlsops.certificates.acm_dns_certificates
  - module: tlsops.certificates.route53_hosted_zone_match_info
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: Request a certificate without writing its records
  tlsops.certificates.acm_dns_certificates:
    region: eu-west-1
    certificates:
      - domain_name: www.example.net
    write_records: false
    wait: false
  register: requested

- name: Write them with the credentials of the account that has the zones
  tlsops.certificates.route53_validation_records:
    records: "{{ requested.certificates | map(attribute='validation_records') | flatten }}"
    dns_role_arn: arn:aws:iam::222222222222:role/dns-validation
    dns_role_external_id: tlsops-demo

- name: Write a DNS-01 challenge and wait until every name server has it
  tlsops.certificates.route53_validation_records:
    records:
      - name: _acme-challenge.www.example.com
        type: TXT
        value: "{{ challenge }}"
        ttl: 60
    hosted_zone_id: "{{ hosted_zone_id }}"
    wait: true

- name: Take the challenge away again
  tlsops.certificates.route53_validation_records:
    state: absent
    records:
      - name: _acme-challenge.www.example.com
        type: TXT
        value: "{{ challenge }}"
    hosted_zone_id: "{{ hosted_zone_id }}"
    regions: [eu-west-1]
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
      sample: _3639ac514e785e898d2646601fa951d5.www.example.com
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
"""

import typing as t

from ..module_utils._certificate_options import deletion_settings
from ..module_utils._flows import publishing
from ..module_utils._flows.zones import ZONE_ARGUMENTS, parse_zone_options
from ..module_utils._module import DNS_ROLE_ARGUMENTS, module_run

RECORD: dict[str, t.Any] = {
    "name": {"type": "str"},
    "type": {"type": "str", "choices": ["CNAME", "TXT"], "default": "CNAME"},
    "value": {"type": "str"},
    "ttl": {"type": "int"},
    "hosted_zone_id": {"type": "str"},
    "hosted_zone_name": {"type": "str"},
    "hosted_zone_name_servers": {"type": "list", "elements": "str"},
    "domain_names": {"type": "list", "elements": "str", "default": []},
}
ARGUMENTS: dict[str, t.Any] = {
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "records": {"type": "list", "elements": "dict", "required": True, "options": RECORD},
    "ttl": {"type": "int", "default": 300},
    "wait": {"type": "bool", "default": False},
    "wait_timeout": {"type": "int", "default": 300},
    "keep_needed": {"type": "bool", "default": True},
    "regions": {"type": "list", "elements": "str"},
    **ZONE_ARGUMENTS,
    **DNS_ROLE_ARGUMENTS,
}


def main() -> None:
    with module_run(ARGUMENTS) as run:
        records, zones, settings = run.parse(
            lambda: publishing.parse(run.params),
            lambda: parse_zone_options(run.params),
            lambda: deletion_settings(run.params),
        )
        desired = publishing.desired(run.params, records, zones, settings.regions)
        observed = publishing.observe(run.access, run.dns_access, desired)
        plan = publishing.make_plan(observed)
        run.carry_out(plan, lambda: publishing.apply(run.dns_access, plan, desired.wait_timeout))


if __name__ == "__main__":
    main()
