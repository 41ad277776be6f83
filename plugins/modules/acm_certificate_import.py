#!/usr/bin/python
# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: acm_certificate_import
short_description: Import certificates into ACM, each to the ARN that it had before
version_added: 0.1.0
description:
  - Imports certificates of other CAs, such as Let's Encrypt, into AWS Certificate Manager, for load balancers and CloudFront. ACM doesn't
    renew them, so run it after each renewal. The ARN stays the same, and whatever uses it gets the new certificate.
  - A certificate is found again by its O(certificates[].name), which is kept as the tag C(tlsops:name), or by its ARN. It is imported only if
    ACM has another one.
  - What ACM would refuse is said before anything is imported, such as a key of another kind than the present one's.
options:
  certificates:
    description:
      - The certificates. Each is given as a directory that it is kept in, or as texts.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description:
          - What the certificate is called, unique in the Region. By this name the next run finds it again.
        type: str
      certificate_arn:
        description:
          - ARN of the imported certificate that it replaces, if that was imported by somebody else.
        type: str
      region:
        description:
          - Region to import it to, if it isn't that of the task. CloudFront takes certificates of V(us-east-1) only.
        type: str
      tags:
        description:
          - Tags of the certificate, added to those that it has.
        type: dict
        aliases: [resource_tags]
      directory:
        description:
          - Where the certificate is kept, on the host that runs the task.
        type: path
      private_key:
        description:
          - The private key in PEM, without a passphrase, if the certificate isn't in a directory of this host.
        type: str
      certificate:
        description:
          - The certificate in PEM, together with O(certificates[].private_key). Its chain may follow in the same text.
        type: str
      chain:
        description:
          - The certificates of the CAs above it, in PEM, in any order.
        type: str
      root:
        description:
          - The root's certificate, in PEM.
        type: str
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - tlsops.certificates.aws
requirements:
  - cryptography >= 3.4
notes:
  - ACM takes one import a second. An account can have 2,500 imported certificates, and import 5,000 a year.
  - C(ACM doesn't let it replace ...) means that the new certificate has a key of another kind, or lacks a usage that the present one has.
    Import it under another name and attach that one.
  - The call sends the private key to AWS. It is in no result, log or command line.
seealso:
  - module: tlsops.certificates.elb_listener_certificates
  - module: tlsops.certificates.secretsmanager_certificate
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: Give a renewed certificate to the load balancers that have its ARN
  tlsops.certificates.acm_certificate_import:
    region: eu-west-1
    certificates:
      - name: imported-shop
        directory: "{{ kept_certificate }}"
        tags:
          team: shop
  register: imported

- name: Say the ARN
  ansible.builtin.debug:
    msg: "{{ imported.certificates[0].arn }}"
"""

RETURN = r"""
faults:
  description: Everything that is wrong with the options, or in the way, one sentence each. Nothing was changed then.
  returned: when the options can't be carried out
  type: list
  elements: str
  sample: ["shop: give name, so that the next run finds the certificate again, or certificate_arn"]
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
      sample: ImportCertificate
    message:
      description: AWS's own words.
      type: str
      returned: always
failure:
  description: What failed, in one text; null if nothing did. The task fails with it, then.
  returned: always
  type: str
certificates:
  description: One record for each certificate, in the order given.
  returned: always
  type: list
  elements: dict
  contains:
    name:
      description: Its name, or the ARN if it was given by that.
      type: str
      returned: always
      sample: imported-shop
    region:
      description: Region that it is in.
      type: str
      returned: always
      sample: eu-west-1
    directory:
      description: Where it is kept; null if it was given as texts.
      type: str
      returned: always
      sample: /etc/tlsops/shop
    arn:
      description: Its ARN; null in check mode, if it is new to ACM.
      type: str
      returned: always
      sample: arn:aws:acm:eu-west-1:111111111111:certificate/12345678-1234-1234-1234-123456789012
    changed:
      description: Whether it was imported, or its tags changed, by this task.
      type: bool
      returned: always
      sample: true
    previous_fingerprint:
      description: SHA-256 fingerprint of the certificate that it has replaced; null if it hasn't.
      type: str
      returned: always
      sample: 9ab73f1e
    subject_alternative_names:
      description: Names of the certificate, each with its kind.
      type: list
      elements: str
      returned: always
      sample: ["DNS:shop.example.com"]
    serial_number:
      description: Its serial number, in hexadecimal.
      type: str
      returned: always
      sample: 0123456789abcdef
    fingerprint:
      description: Its SHA-256 fingerprint.
      type: str
      returned: always
      sample: 3f1e9ab7
    not_before:
      description: Start of its validity, ISO 8601 in UTC.
      type: str
      returned: always
      sample: "2026-11-22T12:00:00+00:00"
    not_after:
      description: End of its validity, ISO 8601 in UTC.
      type: str
      returned: always
      sample: "2027-02-20T12:00:00+00:00"
    tags:
      description: All tags that it has.
      type: dict
      returned: always
      sample: {"tlsops:managed-by": "tlsops.certificates", "tlsops:name": "imported-shop"}
    phase:
      description: V(Issued), V(Pending) in check mode, if it would be imported, or V(Failed).
      type: str
      returned: always
      sample: Issued
    ready:
      description: Whether ACM has this certificate.
      type: bool
      returned: always
      sample: true
    reason:
      description: One word for programs, V(Imported), V(NotImported), V(AnotherImported), or AWS's error code.
      type: str
      returned: always
      sample: Imported
    message:
      description: One sentence for people.
      type: str
      returned: always
      sample: In ACM, valid until 2027-02-20.
"""

import typing as t

from ..module_utils._flows import importing
from ..module_utils._module import module_run
from ..module_utils._x509 import require_cryptography

ARGUMENTS: dict[str, t.Any] = {
    "certificates": {"type": "list", "elements": "dict", "required": True, "options": importing.ARGUMENTS},
}


def main() -> None:
    with module_run(ARGUMENTS) as run:
        require_cryptography()
        (wanted,) = run.parse(lambda: importing.wanted_imports(run.params["certificates"], run.access.region))
        plan = importing.observe(run.access, wanted, run.now)
        run.carry_out(plan, lambda: importing.apply(run.access, plan, run.now))


if __name__ == "__main__":
    main()
