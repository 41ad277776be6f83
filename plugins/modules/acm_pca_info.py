#!/usr/bin/python
# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: acm_pca_info
short_description: Show private CAs of AWS Private CA, and what is wrong with them
version_added: 0.1.0
description:
  - Shows private CAs with their status, end, usage mode and revocation, whether ACM may renew certificates of them, and their own
    certificates, such as for trust stores.
  - Says what is wrong, such as a CA that isn't active or is about to end, a bucket that refuses the revocation list, or a missing permission.
options:
  certificate_authority_arns:
    description:
      - ARNs of the private CAs to show, in any Region. Without them, all of the account in the Region are shown.
    type: list
    elements: str
    default: []
  shared:
    description:
      - Without O(certificate_authority_arns), show also those that other accounts share with this one.
    type: bool
    default: true
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - tlsops.certificates.aws
  - tlsops.certificates.aws.info
requirements:
  - cryptography >= 3.4
notes:
  - That a bucket refuses the revocation list is known from CloudWatch, which counts it. Allow C(cloudwatch:GetMetricStatistics). Without
    it, as without C(acm-pca:ListPermissions), the rest is shown all the same.
seealso:
  - module: tlsops.certificates.acm_pca_certificate
  - module: tlsops.certificates.trust_bundle
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: Look at all private CAs
  tlsops.certificates.acm_pca_info:
    region: eu-west-1
  register: found

- name: Say what is wrong with them
  ansible.builtin.debug:
    msg: "{{ found.certificate_authorities | items2dict(key_name='arn', value_name='problems') }}"

- name: Look at one, for its root
  tlsops.certificates.acm_pca_info:
    certificate_authority_arns: ["{{ certificate_authority_arn }}"]
"""

RETURN = r"""
faults:
  description: Everything that is wrong with the options, or in the way, one sentence each. Nothing was changed then.
  returned: when the options can't be carried out
  type: list
  elements: str
  sample: ["certificate_authority_arn 'x' isn't the ARN of a private CA (arn:aws:acm-pca:...)"]
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
      sample: ListCertificateAuthorities
    message:
      description: AWS's own words.
      type: str
      returned: always
certificate_authorities:
  description: One entry for each private CA.
  returned: always
  type: list
  elements: dict
  contains:
    arn:
      description: Its ARN.
      type: str
      returned: always
      sample: arn:aws:acm-pca:eu-west-1:111111111111:certificate-authority/12345678-1234-1234-1234-123456789012
    region:
      description: Its Region.
      type: str
      returned: always
      sample: eu-west-1
    owner_account:
      description: The account that has it; another one than the credentials' if it is shared.
      type: str
      returned: always
      sample: "111111111111"
    type:
      description: V(ROOT) or V(SUBORDINATE).
      type: str
      returned: always
      sample: SUBORDINATE
    status:
      description: V(CREATING), V(PENDING_CERTIFICATE), V(ACTIVE), V(DISABLED), V(EXPIRED), V(FAILED) or V(DELETED).
      type: str
      returned: always
      sample: ACTIVE
    ready:
      description: Whether it issues certificates.
      type: bool
      returned: always
      sample: true
    reason:
      description: The status, as one word for programs.
      type: str
      returned: always
      sample: Active
    message:
      description: One sentence on the state, and on all that is wrong.
      type: str
      returned: always
      sample: It issues certificates.
    problems:
      description: What somebody should look after, one sentence each.
      type: list
      elements: str
      returned: always
      sample: ["ACM can't renew the certificates that it has from this CA: it may not IssueCertificate"]
    subject:
      description: Its subject, as it was configured.
      type: str
      returned: always
      sample: CommonName=Example Internal CA
    serial_number:
      description: Serial number of its certificate.
      type: str
      returned: always
    key_algorithm:
      description: Kind of its key.
      type: str
      returned: always
      sample: EC_prime256v1
    signing_algorithm:
      description: How it signs.
      type: str
      returned: always
      sample: SHA256WITHECDSA
    usage_mode:
      description: V(GENERAL_PURPOSE), or V(SHORT_LIVED_CERTIFICATE), which signs for seven days at most.
      type: str
      returned: always
      sample: GENERAL_PURPOSE
    not_before:
      description: Start of its validity, ISO 8601 in UTC; null until its certificate is installed.
      type: str
      returned: always
      sample: "2026-01-01T00:00:00+00:00"
    not_after:
      description: End of its validity.
      type: str
      returned: always
      sample: "2036-01-01T00:00:00+00:00"
    revocation:
      description: How it publishes what was revoked.
      type: dict
      returned: always
      contains:
        crl:
          description: Whether it writes a revocation list.
          type: bool
          returned: always
        crl_bucket:
          description: The bucket that the list is written to.
          type: str
          returned: always
        crl_days:
          description: For how many days a list is valid.
          type: int
          returned: always
        crl_name:
          description: Another host name for the bucket, in the certificates.
          type: str
          returned: always
        ocsp:
          description: Whether it answers by OCSP.
          type: bool
          returned: always
        ocsp_name:
          description: Another host name for that, in the certificates.
          type: str
          returned: always
    acm_renews:
      description: Whether ACM may renew the certificates that it has from this CA; null where that can't be seen, as of a shared CA.
      type: bool
      returned: always
      sample: true
    certificate:
      description: Its certificate, in PEM; null until that is installed.
      type: str
      returned: always
    chain:
      description: The certificates between it and the root, in PEM.
      type: str
      returned: always
    root:
      description: The root's certificate, in PEM; its own, if it is a root.
      type: str
      returned: always
"""

import typing as t

from ..module_utils._certificate_options import required_region
from ..module_utils._flows import authorities
from ..module_utils._module import module_run
from ..module_utils._x509 import require_cryptography

ARGUMENTS: dict[str, t.Any] = {
    "certificate_authority_arns": {"type": "list", "elements": "str", "default": []},
    "shared": {"type": "bool", "default": True},
}


def parse(params: t.Mapping[str, t.Any], region: str | None) -> authorities.Wanted:
    arns = params["certificate_authority_arns"]
    return authorities.check(arns, "" if arns else required_region(region), params["shared"])


def main() -> None:
    with module_run(ARGUMENTS) as run:
        require_cryptography()
        (wanted,) = run.parse(lambda: parse(run.params, run.access.region))
        run.finish(authorities.read(run.access, wanted, run.now))


if __name__ == "__main__":
    main()
