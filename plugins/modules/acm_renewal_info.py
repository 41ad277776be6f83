#!/usr/bin/python
# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: acm_renewal_info
short_description: Find the ACM certificates that will not renew, and say why
version_added: 0.1.0
description:
  - Looks at every certificate of the account in the Regions given, and says which of them ACM will not renew, or has given up, why,
    and what to do.
  - Finds validation records that are gone or changed, or that are in a zone the domain isn't delegated to; renewals that wait or
    have failed; certificates that ACM doesn't renew, because nothing uses them, because they were imported, or because it may not
    use their private CA; certificates that are validated by e-mail; and those that are dead already.
  - Changes nothing. The records to put back are returned in RV(records), for
    M(tlsops.certificates.route53_validation_records), and the role C(acm_guard) does that.
options:
  regions:
    description:
      - The Regions to look at. If left out, every Region that the account has enabled.
    type: list
    elements: str
  check_dns:
    description:
      - Ask the public DNS, too, which is what ACM goes by. It shows zones that aren't delegated, CAA records that forbid the renewal,
        and records in zones that aren't in Route 53.
      - With V(false), or without dnspython, only Route 53 and ACM are asked.
    type: bool
    default: true
  thorough:
    description:
      - Describe every certificate that ACM is to issue or renew. Nothing escapes this, at the price of a call for each, of which AWS
        allows ten a second.
      - Otherwise a certificate is described when the listing shows it in trouble, from 75 days before its end on, and when for one of
        its names no record of ACM's is seen in a hosted zone. What isn't seen that way is a record that belongs to another AWS
        account, or e-mail validation of names that have records, until 75 days before the end.
    type: bool
    default: false
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - tlsops.certificates.aws
  - tlsops.certificates.aws.info
  - tlsops.certificates.dns
notes:
  - This costs one listing for each Region and thousand certificates, one of the zones, their pages at the names, and one
    C(DescribeCertificate) for each certificate that is near its renewal or looks suspicious. A thousand healthy ones in one zone take
    about ten calls. Regions are read side by side.
  - Each message ends with the name of the check, which is explained in C(docs/troubleshooting.md) of this collection.
  - A certificate in use by nothing is reported as V(info) until it ends soon. To be rid of it, delete it.
seealso:
  - module: tlsops.certificates.acm_certificate_migrate
  - module: tlsops.certificates.dns_preflight_info
  - module: tlsops.certificates.route53_validation_records
  - name: Managed certificate renewal
    description: When ACM renews, and what it needs for that.
    link: https://docs.aws.amazon.com/acm/latest/userguide/managed-renewal.html
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: Look at all certificates of two Regions
  tlsops.certificates.acm_renewal_info:
    regions: [eu-west-1, us-east-1]
    dns_role_arn: arn:aws:iam::222222222222:role/dns-validation
    dns_role_external_id: tlsops-demo
  register: guarded

- name: Show what is wrong, the worst first
  ansible.builtin.debug:
    msg: "{{ guarded.problems | rejectattr('level', 'equalto', 'info') | map(attribute='message') }}"

- name: Put back the validation records that are gone
  tlsops.certificates.route53_validation_records:
    records: "{{ guarded.records }}"
    dns_role_arn: arn:aws:iam::222222222222:role/dns-validation
    dns_role_external_id: tlsops-demo
"""

RETURN = r"""
problems:
  description: What is wrong, the worst first. One entry for each certificate and fault.
  returned: always
  type: list
  elements: dict
  contains:
    check:
      description: The name of the check, as in C(docs/troubleshooting.md).
      type: str
      returned: always
      sample: record_missing
    level:
      description:
        - V(fatal) means that ACM has given up, or that something in use is dead. V(error) means that the renewal will fail as things
          are. V(warning) means that it may, or that a person has to act in time. V(info) is good to know.
      type: str
      returned: always
      sample: error
    name:
      description: The name it is about, mostly one of the certificate's.
      type: str
      returned: always
      sample: www.example.com
    explanation:
      description: What is wrong, in one sentence.
      type: str
      returned: always
      sample: the validation record _x1.www.example.com is gone from Z123 (example.com); the renewal before 2027-06-08 will fail
    detail:
      description: What was seen or looked for.
      type: str
      returned: always
      sample: _x1.www.example.com CNAME _x2.acm-validations.aws
    remedy:
      description: What to do; empty where the explanation says it.
      type: str
      returned: always
      sample: Put CNAME _x1.www.example.com -> _x2.acm-validations.aws back into Z123 (example.com) (acm_guard repair)
    certificate_arn:
      description: ARN of the certificate.
      type: str
      returned: always
      sample: arn:aws:acm:eu-west-1:111111111111:certificate/12345678-1234-1234-1234-123456789012
    domain_name:
      description: The certificate's first name.
      type: str
      returned: always
      sample: www.example.com
    region:
      description: Region of the certificate.
      type: str
      returned: always
      sample: eu-west-1
    repairable:
      description: Whether writing a record of RV(records) makes it good.
      type: bool
      returned: always
      sample: true
    message:
      description: All of that in one line.
      type: str
      returned: always
      sample: "www.example.com (eu-west-1): nothing uses it, so ACM doesn't renew it; it ends on 2027-06-08. (not_in_use)"
records:
  description:
    - The validation records that are gone or changed, in zones of Route 53 that are delegated. They can be given to
      O(tlsops.certificates.route53_validation_records#module:records) as they are.
  returned: always
  type: list
  elements: dict
  contains:
    name:
      description: Name of the record.
      type: str
      returned: always
      sample: _3639ac514e785e898d2646601fa951d5.www.example.com
    type:
      description: V(CNAME).
      type: str
      returned: always
      sample: CNAME
    value:
      description: The value that ACM wants to see.
      type: str
      returned: always
      sample: _98d2646601fa951d53639ac514e785e8.acm-validations.aws
    domain_names:
      description: The names that it validates.
      type: list
      elements: str
      returned: always
      sample: ["www.example.com"]
    hosted_zone_id:
      description: The hosted zone it goes to.
      type: str
      returned: always
      sample: Z0123456789ABC
    hosted_zone_name:
      description: Name of that zone.
      type: str
      returned: always
      sample: example.com
    hosted_zone_name_servers:
      description: The name servers of that zone; empty where they weren't read.
      type: list
      elements: str
      returned: always
      sample: ["ns-1.awsdns-00.com", "ns-2.awsdns-00.net"]
counts:
  description: How many problems there are of each level.
  returned: always
  type: dict
  sample: {"fatal": 0, "error": 1, "warning": 0, "info": 3}
regions:
  description: The Regions that were searched.
  returned: always
  type: list
  elements: str
  sample: ["eu-west-1", "us-east-1"]
certificates:
  description:
    - Every certificate that was found, each as in RV(tlsops.certificates.acm_dns_certificates#module:certificates), without its tags.
      Besides, C(checks) lists the checks that found something.
  returned: always
  type: list
  elements: dict
  sample: []
faults:
  description: Everything that is wrong with the options, one sentence each.
  returned: when the options can't be carried out
  type: list
  elements: str
  sample: ["region eu-west isn't the name of an AWS Region (such as eu-west-1)"]
error:
  description: What AWS said, when a call of the whole task was refused.
  returned: when AWS refused a call
  type: dict
  contains:
    code:
      description: AWS's error code.
      type: str
      returned: always
      sample: AccessDeniedException
    operation:
      description: The API operation.
      type: str
      returned: always
      sample: ListCertificates
    message:
      description: AWS's own words.
      type: str
      returned: always
"""

import typing as t

from ..module_utils._certificate_options import deletion_settings
from ..module_utils._dns.questions import DnsSettings
from ..module_utils._flows import guarding
from ..module_utils._flows.zones import ZONE_ARGUMENTS, parse_zone_options
from ..module_utils._module import DNS_ROLE_ARGUMENTS, Run, module_run
from ..module_utils._renewal_report import report

#: Seconds for all questions to the public DNS.
_DEADLINE = 120.0

ARGUMENTS: dict[str, t.Any] = {
    "regions": {"type": "list", "elements": "str"},
    "check_dns": {"type": "bool", "default": True},
    "thorough": {"type": "bool", "default": False},
    **ZONE_ARGUMENTS,
    **DNS_ROLE_ARGUMENTS,
}


def parse(run: Run) -> guarding.Desired:
    settings, zones = run.parse(lambda: deletion_settings(run.params), lambda: parse_zone_options(run.params))
    dns = DnsSettings(zones.nameservers, deadline=_DEADLINE) if run.params["check_dns"] else None
    return guarding.Desired(settings.regions, zones, dns, run.params["thorough"])


def main() -> None:
    with module_run(ARGUMENTS) as run:
        desired = parse(run)
        observed = guarding.observe(run.access, run.dns_access, desired)
        run.finish(report(observed, desired.now))


if __name__ == "__main__":
    main()
