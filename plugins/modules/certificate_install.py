#!/usr/bin/python
# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certificate_install
short_description: Put certificates in place together with the keys they were requested for
version_added: 0.1.0
description:
  - Takes certificates that were issued for the requests of M(tlsops.certificates.certificate_signing_request), and puts them in place.
  - Each is verified first, that it is for the pending key, has the names and usages that were asked for, and that its chain is in
    order, each certificate signed by the next. If any of them isn't, none is put in place.
  - Key and certificate change in one instant. Whoever opens the files finds a pair that belongs together, whatever moment a run is
    killed at.
options:
  certificates:
    description:
      - What has come.
    type: list
    elements: dict
    required: true
    suboptions:
      directory:
        description:
          - The directory that O(tlsops.certificates.certificate_signing_request#module:certificates[].directory) named.
        type: path
        required: true
      certificate:
        description:
          - The certificate, in PEM. Its chain may follow in the same text.
        type: str
      chain:
        description:
          - The certificates of the CAs above it, in PEM, in any order.
        type: str
      root:
        description:
          - The root's certificate, in PEM, if it isn't in O(certificates[].chain).
        type: str
      certificate_arn:
        description:
          - What the issuer calls the certificate. Without O(certificates[].certificate) it is only noted beside the pending request, so that
            the next run can fetch it, if this one is killed.
        type: str
      discard:
        description:
          - Nothing will come for the pending request, since the issuer has given it up. The next run makes another.
        type: bool
        default: false
      owner:
        description:
          - The user that the files belong to, by name or number. Default is the user who runs the task.
        type: str
      group:
        description:
          - The group that the files belong to, by name or number.
        type: str
      mode:
        description:
          - Rights of the files, the private key among them. V(0640) together with O(certificates[].group) lets a group read them. Who may
            read them may also enter the directories.
        type: raw
        default: "0600"
attributes:
  check_mode:
    support: full
    description: Can run in C(check_mode) and says what it would change, without changing anything.
  diff_mode:
    support: full
    description: Shows with C(--diff) each certificate that changes, before and after.
  idempotent:
    support: full
    description: Run again with the same options, it changes nothing.
requirements:
  - python >= 3.10
  - cryptography >= 3.4
notes:
  - C(no request is pending for this certificate) means that no request was made in this directory, or that another certificate was
    put in place since.
  - C(the certificate isn't what was asked for) names what differs. The certificate that is in use stays.
  - C(the certificate chain is malformed or broken) lists the certificates that don't lead from one to the next.
seealso:
  - module: tlsops.certificates.certificate_signing_request
  - module: tlsops.certificates.acm_pca_certificates
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: See what is due on this host
  tlsops.certificates.certificate_signing_request:
    certificates:
      - name: mail
        directory: "{{ folder }}/installed"
        subject_alternative_names: [mail.corp.internal]
  register: requested

- name: Have it signed
  tlsops.certificates.acm_pca_certificates:
    certificate_authority_arn: "{{ certificate_authority_arn }}"
    certificates:
      - csr_content: "{{ requested.certificates[0].csr }}"
  delegate_to: localhost
  register: issued
  when: requested.certificates[0].csr is truthy

- name: Put it in place
  tlsops.certificates.certificate_install:
    certificates:
      - directory: "{{ folder }}/installed"
        certificate: "{{ issued.certificates[0].certificate }}"
        chain: "{{ issued.certificates[0].chain }}"
        root: "{{ issued.certificates[0].root }}"
  when: requested.certificates[0].csr is truthy
"""

RETURN = r"""
faults:
  description: Everything that is wrong with the options, or in the way, one sentence each. Nothing was changed then.
  returned: when the options can't be carried out
  type: list
  elements: str
  sample: ["/etc/tlsops/db: no request is pending for this certificate"]
certificates:
  description:
    - One record for each certificate, in the order given.
  returned: always
  type: list
  elements: dict
  contains:
    directory:
      description: Where it is kept.
      type: str
      returned: always
      sample: /etc/tlsops/db
    paths:
      description: Its files by name.
      type: dict
      returned: always
      sample: {"privkey": "/etc/tlsops/db/privkey.pem", "fullchain": "/etc/tlsops/db/fullchain.pem"}
    changed:
      description: Whether it was put in place by this task. What uses it has to be reloaded, then.
      type: bool
      returned: always
      sample: true
    arn:
      description: What the issuer calls it, as given.
      type: str
      returned: always
      sample: arn:aws:acm-pca:eu-west-1:111111111111:certificate-authority/12345678-1234-1234-1234-123456789012/certificate/0123456789abcdef
    subject_alternative_names:
      description: Its names, each with its kind.
      type: list
      elements: str
      returned: always
      sample: ["DNS:db.corp.internal"]
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
    not_after:
      description: End of its validity, ISO 8601 in UTC.
      type: str
      returned: always
      sample: "2027-02-20T12:00:00+00:00"
    previous_issuer:
      description: Issuer of the certificate that it has replaced; null if it hasn't.
      type: str
      returned: always
      sample: arn:aws:acm-pca:eu-west-1:111111111111:certificate-authority/12345678-1234-1234-1234-123456789012
    previous_serial_number:
      description: Serial number of the certificate that it has replaced; null if it hasn't.
      type: str
      returned: always
      sample: 0fedcba987654321
"""

import typing as t

from ..module_utils._flows import installing
from ..module_utils._host_module import host_run
from ..module_utils._x509 import require_cryptography

ARGUMENTS: dict[str, t.Any] = {
    "certificates": {"type": "list", "elements": "dict", "required": True, "options": installing.INSTALL_ARGUMENTS},
}


def main() -> None:
    with host_run(ARGUMENTS) as run:
        require_cryptography()
        (wanted,) = run.parse(lambda: installing.arrivals(run.params["certificates"]))
        plan = installing.make_plan(wanted, run.now)
        run.carry_out(plan, lambda: installing.apply(plan))


if __name__ == "__main__":
    main()
