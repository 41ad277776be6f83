#!/usr/bin/python
# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: acme_renewal_suggestions_info
short_description: When an ACME CA wants certificates to be renewed
version_added: 0.1.0
description:
  - Asks the CA for the window in which it wants each certificate to be renewed (ACME Renewal Information, RFC 9773), and draws a moment
    in it. That moment is kept, so that looking often doesn't mean renewing early.
  - A CA is asked again when it says so, and after six hours where it doesn't. One that has no such information,
    or doesn't know the certificate, is asked again after a day. No account is needed.
  - A CA that can't be reached, or that fails, is no failure, and isn't asked twice. What it has said before still holds, and certificates
    are due by their end in any case.
  - It runs on the controller, as the user who runs Ansible, whatever the task is delegated to.
options:
  certificates:
    description: The certificates.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: What you call the certificate.
        type: str
        required: true
      certificate:
        description: The certificate, in PEM.
        type: str
        required: true
  acme_directory:
    description: URL of the CA's directory.
    type: str
    required: true
  validate_certs:
    description:
      - Whether the CA's own TLS certificate has to be trusted. For a CA of your own, name its root's file in the environment variable
        E(SSL_CERT_FILE) by C(environment) of the task, rather than to switch this off.
    type: bool
    default: true
  request_timeout:
    description: For how many seconds to wait for the answer to one request.
    type: int
    default: 10
  journal:
    description: A directory in which the answers are kept. Without it, a moment is drawn in each run.
    type: path
  at_once:
    description: How many certificates are asked for at a time.
    type: int
    default: 10
  timeout:
    description: For how many seconds to wait for all answers together.
    type: int
    default: 60
attributes:
  check_mode:
    support: full
    description: Looks and asks just so, and keeps no new answer.
  diff_mode:
    support: none
    description: Nothing is changed.
  idempotent:
    support: full
    description: It changes nothing.
requirements:
  - community.crypto >= 3.0.0
  - cryptography >= 3.4
seealso:
  - module: community.crypto.acme_ari_info
  - module: tlsops.certificates.acme_certificate_orders
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: See which of the certificates on this host the CA wants to be renewed
  tlsops.certificates.acme_renewal_suggestions_info:
    acme_directory: "{{ acme_directory }}"
    journal: "{{ folder }}/suggestions"
    certificates:
      - name: shop
        certificate: "{{ lookup('ansible.builtin.file', kept_certificate ~ '/cert.pem') }}"
  register: suggested
"""

RETURN = r"""
certificates:
  description: One record for each certificate, in the order given.
  returned: always
  type: list
  elements: dict
  contains:
    name:
      description: What the certificate is called.
      type: str
      returned: always
      sample: shop
    identity:
      description:
        - What the CA calls the certificate, to be said as O(tlsops.certificates.acme_certificate_orders#module:orders[].replaces) when
          it is renewed. Null where the CA has no such information, or doesn't know the certificate.
      type: str
      returned: always
      sample: aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE
    due:
      description:
        - Whether the moment has come. M(tlsops.certificates.certificate_signing_request), to which RV(certificates[].renew_at) is given,
          doesn't renew a certificate that is younger than an hour or a tenth of its lifetime, and waits for maintenance windows.
      type: bool
      returned: always
      sample: false
    renew_at:
      description: The moment, ISO 8601 in UTC; null where the CA has said nothing, as the following ones.
      type: str
      returned: always
      sample: "2027-01-21T11:40:00+00:00"
    window_start:
      description: Where the window begins that the CA has named.
      type: str
      returned: always
      sample: "2027-01-20T00:00:00+00:00"
    window_end:
      description: Where it ends.
      type: str
      returned: always
      sample: "2027-01-22T00:00:00+00:00"
    urgent:
      description: Whether the window was over already when the CA named it, as after an incident. It is no time to wait, then.
      type: bool
      returned: always
      sample: false
    explanation_url:
      description: A page on which the CA says why, if it does.
      type: str
      returned: always
    ask_again_at:
      description: When the CA will be asked again.
      type: str
      returned: always
      sample: "2027-01-01T06:00:00+00:00"
due:
  description: The names of those that are due.
  returned: always
  type: list
  elements: str
  sample: []
"""
