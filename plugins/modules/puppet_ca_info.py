#!/usr/bin/python
# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: puppet_ca_info
short_description: List the requests and certificates of a Puppet CA, and what is odd about them
version_added: 0.1.0
description:
  - Lists what a Puppet CA has, with the fingerprints, names and dates that are in the requests and certificates themselves.
  - Says what somebody should look at, in RV(findings). A CA's own end, or that of its revocation lists, stops everybody.
options:
  certnames:
    description:
      - The names, or shell patterns such as V(*.example.com). What the CA doesn't have is left out.
    type: list
    elements: str
    default: ['*']
  states:
    description:
      - What to list.
    type: list
    elements: str
    choices: [requested, signed, revoked]
    default: [requested, signed, revoked]
  expiring_within:
    description:
      - How long before its end a certificate, a CA or a revocation list is among the RV(findings), such as V(30d).
    type: str
    default: 30d
extends_documentation_fragment:
  - tlsops.certificates.puppet_ca
  - tlsops.certificates.puppet_ca.admin
  - tlsops.certificates.aws.info
notes:
  - One request to the CA for each name, side by side.
seealso:
  - module: tlsops.certificates.puppet_ca_sign
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: See who waits for a signature
  tlsops.certificates.puppet_ca_info:
    ca_url: https://puppet.example.com:8140
    ca_path: /etc/puppetlabs/puppet/ssl/certs/ca.pem
    client_cert: /etc/puppetlabs/puppet/ssl/certs/puppet.example.com.pem
    client_key: /etc/puppetlabs/puppet/ssl/private_keys/puppet.example.com.pem
    states:
      - requested
  register: ca

- name: Show them with the fingerprints of their keys
  ansible.builtin.debug:
    msg: "{{ item.certname }} {{ item.public_key_fingerprint }}"
  loop: "{{ ca.requests }}"
  loop_control:
    label: "{{ item.certname }}"

- name: Show what is odd
  ansible.builtin.debug:
    msg: "{{ ca.findings | map(attribute='message') }}"
"""

RETURN = r"""
requests:
  description: The requests that are pending.
  returned: always
  type: list
  elements: dict
  contains: &entry
    certname:
      description: The name.
      type: str
      returned: always
      sample: web1.example.com
    state:
      description: V(requested), V(signed) or V(revoked).
      type: str
      returned: always
      sample: signed
    public_key_fingerprint:
      description: SHA-256 of the public key, in hex; null if the request can't be read.
      type: str
      returned: always
      sample: 6e9463bfa2a467765911af3a1c8ad9d100a6d8b4ef48145feab7a720bf0120a4
    fingerprint:
      description: SHA-256 of the whole, in hex, which is what Puppet shows.
      type: str
      returned: always
      sample: d85ffb224ab9f0b618c69ea66bc4c1b484f56c97f33ca3d812d8be6094dfb474
    key_algorithm:
      description: Algorithm of the key.
      type: str
      returned: always
      sample: RSA_4096
    subject_alternative_names:
      description: Alternative names, each with its kind.
      type: list
      elements: str
      returned: always
      sample: ["DNS:web1.example.com"]
    extensions:
      description: Puppet's extensions, by short name or OID.
      type: dict
      returned: always
      sample: {"pp_role": "web"}
    serial_number:
      description: Serial number, in hex; null for requests.
      type: str
      returned: always
      sample: 1c
    not_before:
      description: Start of the validity, ISO 8601 in UTC; null for requests.
      type: str
      returned: always
      sample: "2026-11-21T15:00:00+00:00"
    not_after:
      description: End of the validity, ISO 8601 in UTC; null for requests.
      type: str
      returned: always
      sample: "2031-11-21T15:00:00+00:00"
certificates:
  description: The certificates, revoked ones included.
  returned: always
  type: list
  elements: dict
  contains: *entry
ca_certificates:
  description: The certificates of the CA and those above it.
  returned: always
  type: list
  elements: dict
  contains:
    subject:
      description: Its name.
      type: str
      returned: always
      sample: "CN=Puppet CA: puppet.example.com"
    issuer:
      description: Who has signed it.
      type: str
      returned: always
      sample: "CN=Puppet Root CA: 8166f9c4c48193"
    root:
      description: Whether it is self-signed.
      type: bool
      returned: always
      sample: false
    fingerprint:
      description: Its SHA-256, in hex. That of the root is one for O(ca_fingerprint).
      type: str
      returned: always
      sample: d85ffb224ab9f0b618c69ea66bc4c1b484f56c97f33ca3d812d8be6094dfb474
    key_algorithm:
      description: Algorithm of its key.
      type: str
      returned: always
      sample: RSA_4096
    not_before:
      description: Start of its validity, ISO 8601 in UTC.
      type: str
      returned: always
      sample: "2026-11-21T15:00:00+00:00"
    not_after:
      description: End of its validity, ISO 8601 in UTC.
      type: str
      returned: always
      sample: "2041-11-18T15:00:00+00:00"
crls:
  description: The revocation lists that the CA sends.
  returned: always
  type: list
  elements: dict
  contains:
    issuer:
      description: The CA that it is from.
      type: str
      returned: always
      sample: "CN=Puppet CA: puppet.example.com"
    number:
      description: Its number, which grows with each change; null if it has none.
      type: int
      returned: always
      sample: 71
    last_update:
      description: When it was made, ISO 8601 in UTC.
      type: str
      returned: always
      sample: "2026-11-22T15:00:00+00:00"
    next_update:
      description: When it ends, ISO 8601 in UTC; null if it doesn't.
      type: str
      returned: always
      sample: "2031-11-22T15:00:00+00:00"
    revoked_certificates:
      description: How many certificates it revokes.
      type: int
      returned: always
      sample: 72
findings:
  description: What somebody should look at, that of the CA itself first. Empty if all is well.
  returned: always
  type: list
  elements: dict
  contains:
    check:
      description:
        - One word for programs. V(ca_expiring), V(crl_expiring), V(crl_untrusted), V(expiring), V(expired_present), V(revoked_present),
          V(revoked_not_listed), V(listed_not_revoked), V(request_unreadable), V(request_other_name), V(request_weak_key),
          V(request_alt_names) or V(request_authorization).
      type: str
      returned: always
      sample: revoked_present
    certname:
      description: The name that it is about; null for the CA itself.
      type: str
      returned: always
      sample: old.example.com
    message:
      description: One sentence on it, and on what to do.
      type: str
      returned: always
      sample: "The certificate of old.example.com is revoked, and still blocks the name: clean it, so that it can be used again."
"""

import datetime
import typing as t

from ..module_utils._durations import duration_option
from ..module_utils._flows.puppet_access import opened, warn_of_clock
from ..module_utils._flows.puppet_listing import Asked, listing
from ..module_utils._host_module import host_run
from ..module_utils._pace import SystemClock
from ..module_utils._puppet.client import ADMIN_ARGUMENTS, CA_ARGUMENTS, connection_settings
from ..module_utils._x509 import require_cryptography

_STATES = ["requested", "signed", "revoked"]
ARGUMENTS: dict[str, t.Any] = {
    **CA_ARGUMENTS,
    **ADMIN_ARGUMENTS,
    "certnames": {"type": "list", "elements": "str", "default": ["*"]},
    "states": {"type": "list", "elements": "str", "choices": _STATES, "default": _STATES},
    "expiring_within": {"type": "str", "default": "30d"},
}


def main() -> None:
    with host_run(ARGUMENTS) as run:
        require_cryptography()
        settings, within = run.parse(
            lambda: connection_settings(run.params, admin=True),
            lambda: duration_option(run.params, "expiring_within"),
        )
        now = datetime.datetime.now(datetime.timezone.utc)
        with opened(settings, SystemClock(), now) as (client, bundle):
            asked = Asked(tuple(run.params["certnames"]), frozenset(run.params["states"]), within)
            result = listing(client, bundle, asked, now)
            warn_of_clock(client, now, result)
            run.finish(result)


if __name__ == "__main__":
    main()
