#!/usr/bin/python
# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: kept_certificate_info
short_description: Show certificates that are kept in directories, and whether they are for production
version_added: 0.1.0
description:
  - Reads certificates from the directories that M(tlsops.certificates.certificate_install) or
    M(tlsops.certificates.acm_pca_certificate) keep them in, and says what they are.
  - The directories of other clients can be read, too, where they have C(fullchain.pem) and C(privkey.pem).
  - A certificate whose key is another's, or whose chain is broken, is not ready. No key is ever returned.
options:
  directories:
    description:
      - Where the certificates are kept.
    type: list
    elements: path
    required: true
  renew_before:
    description:
      - How long before their end the certificates are renewed, such as V(30d), for RV(certificates[].alert). Without it, they are taken to be
        renewed when a third of their lifetime is left, or half of one under ten days.
    type: str
attributes:
  check_mode:
    support: full
    description: Only reads, so it does the same in C(check_mode).
  diff_mode:
    support: N/A
    description: Changes nothing, so there is nothing to show with C(--diff).
requirements:
  - python >= 3.10
  - cryptography >= 3.4
notes:
  - C(there is no certificate in ...) is no failure of the task, but the RV(certificates[].message) of a record that isn't ready.
seealso:
  - module: tlsops.certificates.certificate_files
  - module: tlsops.certificates.served_certificate_info
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: Look at a certificate
  tlsops.certificates.kept_certificate_info:
    directories: ["{{ kept_certificate }}"]
  register: kept

- name: Say which certificates should have been renewed by now
  ansible.builtin.debug:
    msg: "{{ kept.certificates | rejectattr('alert', 'equalto', 'none') | map(attribute='message') }}"

- name: Refuse a certificate that no browser trusts
  ansible.builtin.fail:
    msg: "{{ kept.certificates[0].refusal }}"
  when: kept.certificates[0].refusal is truthy
"""

RETURN = r"""
faults:
  description: Everything that is wrong with the options, one sentence each.
  returned: when the options can't be carried out
  type: list
  elements: str
  sample: ["renew_before 'soon' isn't a time such as 90d, 12h or 1w2d"]
certificates:
  description: One record for each directory, in the order given.
  returned: always
  type: list
  elements: dict
  contains:
    directory:
      description: Where it is kept.
      type: str
      returned: always
      sample: /etc/tlsops/shop
    ready:
      description: Whether there is a certificate with its key, valid at the moment.
      type: bool
      returned: always
      sample: true
    phase:
      description: V(Issued), V(Pending) where there is none yet, or V(Failed) where what is there can't be used.
      type: str
      returned: always
      sample: Issued
    reason:
      description: One word for programs, V(Kept), V(DoesNotExist), V(InvalidCertificate), V(Expired) or V(NotYetValid).
      type: str
      returned: always
      sample: Kept
    message:
      description: One sentence for people.
      type: str
      returned: always
      sample: "Kept in /etc/tlsops/shop, valid until 2027-02-20."
    alert:
      description:
        - Whether it is a worry that it is still there, as its renewal is late. V(none), V(warning) when three tenths of the time between its
          renewal and its end have passed, or V(critical) when a tenth of its lifetime is left (a fifth of one under ten days); null where
          no certificate was seen.
      type: str
      returned: always
      sample: none
    refusal:
      description: Why it isn't for production, such as a chain of a staging CA; null if nothing speaks against it.
      type: str
      returned: always
      sample: it is self-signed, which no client trusts
    issuer:
      description: Whom it was requested from, as the request says; null if nothing says it.
      type: str
      returned: always
      sample: https://acme-v02.api.letsencrypt.org/directory
    subject_alternative_names:
      description: Its names, each with its kind.
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
"""

import typing as t

from ..module_utils._expiry_alerts import WATCH_ARGUMENTS, watched_policy
from ..module_utils._flows.looking import look
from ..module_utils._host_module import host_run
from ..module_utils._module_result import Result
from ..module_utils._x509 import require_cryptography

ARGUMENTS: dict[str, t.Any] = {"directories": {"type": "list", "elements": "path", "required": True}, **WATCH_ARGUMENTS}


def main() -> None:
    with host_run(ARGUMENTS) as run:
        require_cryptography()
        (policy,) = run.parse(lambda: watched_policy(run.params))
        seen = [look(each, policy, run.now) for each in run.params["directories"]]
        run.finish(Result(False, {"certificates": seen}))


if __name__ == "__main__":
    main()
