#!/usr/bin/python
# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: acm_certificate_migrate
short_description: Move ACM certificates from e-mail to DNS validation
version_added: 0.1.0
description:
  - A certificate that is validated by e-mail needs a person at each renewal. This moves it to DNS validation, so that ACM renews it by
    itself. The certificate keeps its ARN, and stays in service.
  - Asks ACM for the move, and writes the validation records that ACM wants to see to the right hosted zones. ACM looks for them for 72
    hours. Once it has seen them all, the certificate is validated by DNS.
  - A certificate that is validated by DNS already is left alone, and a move that is under way is finished. There is no way back.
options:
  certificate_arns:
    description:
      - ARNs of the certificates, in any Region. The Region is read from each ARN.
    type: list
    elements: str
    required: true
  write_records:
    description:
      - Write the validation records to Route 53. With V(false) they are only returned.
    type: bool
    default: true
  ttl:
    description:
      - TTL in seconds of validation records that are written. A right record with another TTL is left alone.
    type: int
    default: 300
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - tlsops.certificates.aws
  - tlsops.certificates.dns
requirements:
  - botocore >= 1.43.71 (for certificates that are validated by e-mail)
notes:
  - Nothing is asked of ACM unless every name has a hosted zone.
  - RV(certificates[].migration_status) tells how far ACM is. After V(FAILED), since a record wasn't seen for 72 hours, run again.
  - C(InvalidStateException) means that ACM doesn't take the certificate for one that can be moved. C(can't be moved to DNS
    validation) says the same before anything is asked. Request a new certificate, then.
seealso:
  - module: tlsops.certificates.acm_renewal_info
  - name: Migrate from e-mail to DNS validation
    description: What ACM does.
    link: https://docs.aws.amazon.com/acm/latest/userguide/email-to-dns-migration.html
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: Find certificates that are validated by e-mail
  tlsops.certificates.acm_renewal_info:
    regions: [eu-west-1]
    check_dns: false
  register: guarded

- name: Move them to DNS validation
  tlsops.certificates.acm_certificate_migrate:
    certificate_arns: "{{ guarded.problems | selectattr('check', 'equalto', 'email_validation') | map(attribute='certificate_arn') }}"
    dns_role_arn: arn:aws:iam::222222222222:role/dns-validation
    dns_role_external_id: tlsops-demo
  register: moved

- name: Show how far ACM is
  ansible.builtin.debug:
    msg: "{{ item.domain_name }}: {{ item.migration_status }}"
  loop: "{{ moved.certificates }}"
  loop_control:
    label: "{{ item.arn }}"
"""

RETURN = r"""
certificates:
  description:
    - One record for each ARN, as in RV(tlsops.certificates.acm_dns_certificates#module:certificates), without its tags, and with the
      keys below.
  returned: always
  type: list
  elements: dict
  contains:
    validation_method:
      description: How ACM validates the certificate now, V(EMAIL), V(DNS), V(HTTP), or null for one that isn't validated.
      type: str
      returned: always
      sample: EMAIL
    migration_status:
      description: V(PENDING_DOMAIN_VALIDATION), V(SUCCESS) or V(FAILED); null where no move was ever asked for.
      type: str
      returned: always
      sample: PENDING_DOMAIN_VALIDATION
    validation_records:
      description: The records that ACM wants to see.
      type: list
      elements: dict
      returned: always
      sample: []
failure:
  description: What failed, in the words the task would fail with; null if nothing did.
  returned: always
  type: str
faults:
  description: Everything that is wrong with the options, one sentence each. Nothing was changed then.
  returned: when the options can't be carried out
  type: list
  elements: str
  sample: ["'nonsense' isn't the ARN of an ACM certificate"]
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
      sample: UpdateCertificateOptions
    message:
      description: AWS's own words.
      type: str
      returned: always
"""

import typing as t

from ..module_utils._flows import migrating
from ..module_utils._flows.zones import ZONE_ARGUMENTS, parse_zone_options
from ..module_utils._migrations import parse_arns
from ..module_utils._module import DNS_ROLE_ARGUMENTS, Run, check_ttl, module_run

ARGUMENTS: dict[str, t.Any] = {
    "certificate_arns": {"type": "list", "elements": "str", "required": True},
    "write_records": {"type": "bool", "default": True},
    "ttl": {"type": "int", "default": 300},
    **ZONE_ARGUMENTS,
    **DNS_ROLE_ARGUMENTS,
}


def parse(run: Run) -> migrating.Desired:
    arns, zones, _ttl = run.parse(
        lambda: parse_arns(run.params),
        lambda: parse_zone_options(run.params),
        lambda: check_ttl(run.params),
    )
    return migrating.Desired(arns, zones, run.params["write_records"], run.params["ttl"])


def main() -> None:
    with module_run(ARGUMENTS) as run:
        desired = parse(run)
        observed = migrating.observe(run.access, run.dns_access, desired)
        run.carry_out(observed.plan, lambda: migrating.apply(run.access, run.dns_access, observed, desired))


if __name__ == "__main__":
    main()
