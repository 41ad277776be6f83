#!/usr/bin/python
# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: secretsmanager_certificate
short_description: Keep certificates with their keys in AWS Secrets Manager
version_added: 0.1.0
description:
  - Makes a certificate and its key the current version of a secret, as one JSON object with C(privkey), C(cert), C(chain) and C(fullchain).
    So whoever reads the secret gets a pair that belongs together.
  - A new version is made only if the current one has another certificate, or something else in it.
  - The version before stays in the secret as C(AWSPREVIOUS).
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
          - What messages and results call it.
        type: str
      secret:
        description:
          - Name or ARN of the secret. If there is none of this name, it is created.
        type: str
        required: true
      region:
        description:
          - Region of the secret, if it isn't that of the task.
        type: str
      kms_key_id:
        description:
          - The KMS key that a secret is encrypted with when it is created. Without it, the account's own for Secrets Manager.
        type: str
      description:
        description:
          - Description of the secret when it is created.
        type: str
      tags:
        description:
          - Tags of the secret when it is created. Those of a secret that is there are left alone.
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
  - C(scheduled for deletion) means that a secret of this name was deleted, and its recovery window isn't over. Restore it, or choose
    another name.
  - To see whether there is something to do, the secret is read, so C(secretsmanager:GetSecretValue) is needed.
  - The key is in no result, log or command line.
seealso:
  - module: tlsops.certificates.acm_certificate_import
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: Keep a certificate where containers fetch it when they start
  tlsops.certificates.secretsmanager_certificate:
    region: eu-west-1
    certificates:
      - secret: web/shop-tls
        directory: "{{ kept_certificate }}"
"""

RETURN = r"""
faults:
  description: Everything that is wrong with the options, or in the way, one sentence each. Nothing was changed then.
  returned: when the options can't be carried out
  type: list
  elements: str
  sample: ["web: give either directory, or private_key and certificate"]
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
      sample: GetSecretValue
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
      description: Its name, or that of the secret.
      type: str
      returned: always
      sample: shop
    secret:
      description: Name of the secret, as given.
      type: str
      returned: always
      sample: web/shop-tls
    region:
      description: Region that it is in.
      type: str
      returned: always
      sample: eu-west-1
    directory:
      description: Where the certificate is kept; null if it was given as texts.
      type: str
      returned: always
      sample: /etc/tlsops/shop
    arn:
      description: ARN of the secret; null in check mode, if it would be created.
      type: str
      returned: always
      sample: arn:aws:secretsmanager:eu-west-1:111111111111:secret:web/shop-tls-a1B2c3
    changed:
      description: Whether this task has made a new version.
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
    phase:
      description: V(Issued), V(Pending) in check mode, if there would be a new version, or V(Failed).
      type: str
      returned: always
      sample: Issued
    ready:
      description: Whether this certificate is in the secret.
      type: bool
      returned: always
      sample: true
    reason:
      description: One word for programs, V(Stored), V(NotStored), or AWS's error code.
      type: str
      returned: always
      sample: Stored
    message:
      description: One sentence for people.
      type: str
      returned: always
      sample: In the secret web/shop-tls.
"""

import typing as t

from ..module_utils._flows import storing
from ..module_utils._module import module_run
from ..module_utils._x509 import require_cryptography

ARGUMENTS: dict[str, t.Any] = {
    "certificates": {"type": "list", "elements": "dict", "required": True, "options": storing.ARGUMENTS},
}


def main() -> None:
    with module_run(ARGUMENTS) as run:
        require_cryptography()
        (wanted,) = run.parse(lambda: storing.wanted_secrets(run.params["certificates"], run.access.region))
        plan = storing.observe(run.access, wanted)
        run.carry_out(plan, lambda: storing.apply(run.access, plan))


if __name__ == "__main__":
    main()
