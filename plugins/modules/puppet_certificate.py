#!/usr/bin/python
# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: puppet_certificate
short_description: Get this node a certificate from a Puppet CA, and keep it
version_added: 0.1.0
description:
  - Makes a key, requests a certificate with it, waits until it is signed, verifies it, and puts all in the place where Puppet's agent
    looks for it.
  - Looks first, and does only what is missing. The key waits beside its place until its certificate is there, so a run that is killed at any
    moment is finished by the next one, with the same key and one request.
  - What the CA has under the name is compared by public key. A certificate with another key is never installed, and a request
    of somebody else for the name is found and said.
  - Without credentials it does what any node may do, and somebody else signs, such as M(tlsops.certificates.puppet_ca_sign). With those of an
    administrator it also signs, and replaces what can't be renewed.
options:
  certname:
    description:
      - Name of the node at the CA, mostly its FQDN. It is in lower case.
    type: str
    required: true
  state:
    description: Whether the node has a certificate.
    type: str
    choices:
      present: It has one that is valid and its own.
      absent: Its key, certificate and request are removed from this host. What the CA has is left as it is, see
        O(tlsops.certificates.puppet_ca_sign#module:state=cleaned).
    default: present
  subject_alternative_names:
    description:
      - DNS names and IP addresses that the certificate has beside its certname, such as V(puppet.example.com) or V(10.1.2.3).
      - If left out, whatever names a certificate has will do, and a new one has its certname only.
    type: list
    elements: str
  extension_requests:
    description:
      - Extensions of the certificate, which become the node's trusted facts, by Puppet's short name such as V(pp_role), or by OID.
      - The same as in C(csr_attributes.yaml), which isn't read.
    type: dict
    default: {}
  custom_attributes:
    description:
      - Attributes of the request, by OID. They aren't in the certificate.
    type: dict
    default: {}
  challenge_password:
    description:
      - Password in the request, for an autosigning policy. Anybody who reaches the CA can read it there while the request is pending.
    type: str
  key_algorithm:
    description:
      - Algorithm of the key. If left out, it is V(RSA_4096) for a new key, and that of a key which is there will do.
    type: str
    choices: [RSA_2048, RSA_3072, RSA_4096, EC_prime256v1, EC_secp384r1]
  renew_before:
    description:
      - How long before its end a certificate is replaced, such as V(30d) or V(12h).
      - It is renewed with its key where the CA does that (Puppet Server from 8.1 on, if it is enabled). Elsewhere it is revoked and requested
        anew with a new key, for which O(client_cert) of an administrator is needed. Without that, the task fails from then on.
    type: str
    default: 30d
  force:
    description:
      - Replace what is valid at the CA, but isn't this node's or not as wanted. A certificate with another key is revoked, and so is one with
        other names or extensions. A pending request with another key is removed.
      - Needs O(client_cert) of an administrator.
    type: bool
    default: false
  cert_ttl:
    description:
      - How long the certificate is valid, in seconds, if this task signs it.
    type: int
  ssldir:
    description:
      - Directory in which Puppet's agent has its keys and certificates. With Debian's packages it is C(/var/lib/puppet/ssl).
    type: path
    default: /etc/puppetlabs/puppet/ssl
  key_path:
    description:
      - Another place for the key than C(private_keys/NAME.pem) in O(ssldir).
    type: path
  certificate_path:
    description:
      - Another place for the certificate than C(certs/NAME.pem) in O(ssldir).
    type: path
  ca_path:
    description:
      - File with the certificates of the CA, in PEM, and with nothing else trusted. Without it C(certs/ca.pem) in O(ssldir).
      - If there is no such file, O(ca_fingerprint) is needed, and the file is written.
    type: path
  crl_path:
    description:
      - Another place for the CA's revocation lists than C(crl.pem) in O(ssldir). They are written if there are none.
        M(tlsops.certificates.puppet_ca_crl) keeps them up to date.
    type: path
  owner:
    description:
      - Owner of new files, and of the key. Without it new files belong to the owner of O(ssldir).
    type: str
  group:
    description:
      - Group of new files, and of the key. Without it new files belong to the group of O(ssldir).
    type: str
  mode:
    description:
      - Mode of the key, such as V('0640'). Without it a new key has V('0600'), and one that is there keeps its mode, unless others than owner
        and group can read it.
    type: raw
  wait:
    description:
      - Wait until the certificate is signed. Otherwise the task ends with RV(phase) V(Requesting), and the next run goes on.
    type: bool
    default: true
  wait_timeout:
    description:
      - For how many seconds to wait. If it isn't signed by then, the task fails. The request stays.
    type: int
    default: 600
  poll_interval:
    description:
      - The longest pause in seconds between two looks. The first is 5 seconds.
    type: int
    default: 30
extends_documentation_fragment:
  - tlsops.certificates.puppet_ca
  - tlsops.certificates.puppet_ca.admin
  - tlsops.certificates.puppet_ca.changes
notes:
  - C(does not match the key here) means that the name is taken. Either another machine has the same certname, or this one was installed
    anew and has lost its key. Find out which, and clean the name for the latter.
  - C(is revoked, and blocks the name) means that the CA keeps a revoked certificate under the name. It sends such a certificate like any
    other, so only its revocation list tells.
  - C(was rejected) means that somebody has removed the request while the task waited for it.
  - C(nothing says which CA to trust) is the first run without a file O(ca_path) and without O(ca_fingerprint). A CA is never trusted silently.
  - With credentials of an administrator, a revoked or expired certificate of the name is cleaned and replaced. Leave them away where a
    revoked node must stay out.
seealso:
  - module: tlsops.certificates.puppet_ca_sign
  - module: tlsops.certificates.puppet_ca_crl
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: Request a certificate, and don't wait for it
  tlsops.certificates.puppet_certificate:
    ca_url: https://puppet.example.com:8140
    ca_fingerprint: "{{ puppet_ca_fingerprint }}"
    ssldir: /etc/puppetlabs/puppet/ssl
    certname: web1.example.com
    extension_requests:
      pp_role: web
    wait: false
  register: node

- name: Sign exactly this key, on the controller
  tlsops.certificates.puppet_ca_sign:
    ca_url: https://puppet.example.com:8140
    ca_path: /etc/puppetlabs/puppet/ssl/certs/ca.pem
    client_cert: /etc/puppetlabs/puppet/ssl/certs/puppet.example.com.pem
    client_key: /etc/puppetlabs/puppet/ssl/private_keys/puppet.example.com.pem
    certnames:
      - web1.example.com
    expected_fingerprints:
      web1.example.com: "{{ node.public_key_fingerprint }}"

- name: Fetch it
  tlsops.certificates.puppet_certificate:
    ca_url: https://puppet.example.com:8140
    ssldir: /etc/puppetlabs/puppet/ssl
    certname: web1.example.com
    wait_timeout: 60
"""

RETURN = r"""
certname:
  description: Name of the node.
  returned: always
  type: str
  sample: web1.example.com
phase:
  description: How far it is, V(Pending) (nothing there), V(Requesting) (waits for signing), V(Signed) (installed), or V(Error).
  returned: always
  type: str
  sample: Signed
ready:
  description: Whether the certificate is installed and can be used.
  returned: always
  type: bool
  sample: true
reason:
  description:
    - One word for programs, such as V(Signed), V(Requested), V(WaitingForSigning), V(AnotherKey), V(Revoked), V(Expired), V(Due),
      V(NotRenewable), V(Rejected).
  returned: always
  type: str
  sample: Signed
message:
  description: One sentence on the state, and on what to do about it.
  returned: always
  type: str
  sample: The certificate of web1.example.com is installed.
public_key_fingerprint:
  description:
    - SHA-256 of the node's public key, in hex, for O(tlsops.certificates.puppet_ca_sign#module:expected_fingerprints); null in check mode if the
      key isn't made yet.
  returned: always
  type: str
  sample: 6e9463bfa2a467765911af3a1c8ad9d100a6d8b4ef48145feab7a720bf0120a4
serial_number:
  description: Serial number of the certificate, in hex; null until it is installed.
  returned: always
  type: str
  sample: 1c
fingerprint:
  description: SHA-256 of the certificate, in hex; null until it is installed.
  returned: always
  type: str
  sample: d85ffb224ab9f0b618c69ea66bc4c1b484f56c97f33ca3d812d8be6094dfb474
not_before:
  description: Start of its validity, ISO 8601 in UTC; null until it is installed.
  returned: always
  type: str
  sample: "2026-11-21T15:00:00+00:00"
not_after:
  description: End of its validity, ISO 8601 in UTC; null until it is installed.
  returned: always
  type: str
  sample: "2031-11-21T15:00:00+00:00"
subject_alternative_names:
  description: Its alternative names, each with its kind.
  returned: always
  type: list
  elements: str
  sample: ["DNS:web1.example.com"]
key_path:
  description: Where the key is.
  returned: always
  type: str
  sample: /etc/puppetlabs/puppet/ssl/private_keys/web1.example.com.pem
certificate_path:
  description: Where the certificate is.
  returned: always
  type: str
  sample: /etc/puppetlabs/puppet/ssl/certs/web1.example.com.pem
ca_path:
  description: Where the certificates of the CA are.
  returned: always
  type: str
  sample: /etc/puppetlabs/puppet/ssl/certs/ca.pem
crl_path:
  description: Where its revocation lists are.
  returned: always
  type: str
  sample: /etc/puppetlabs/puppet/ssl/crl.pem
"""

import dataclasses
import datetime

from ..module_utils._flows import puppet_node as node
from ..module_utils._flows.puppet_access import opened, warn_of_clock
from ..module_utils._flows.puppet_enrolling import Enrolment
from ..module_utils._host_module import host_run
from ..module_utils._pace import SystemClock
from ..module_utils._puppet.client import ADMIN_ARGUMENTS, CA_ARGUMENTS, connection_settings
from ..module_utils._puppet.enrol_options import ENROL_ARGUMENTS, enrol_settings, wanted_enrolment
from ..module_utils._puppet.layout import LAYOUT_ARGUMENTS, layout
from ..module_utils._x509 import require_cryptography


def main() -> None:
    with host_run({**CA_ARGUMENTS, **ADMIN_ARGUMENTS, **LAYOUT_ARGUMENTS, **ENROL_ARGUMENTS}) as run:
        require_cryptography()
        connection, wanted, places, settings = run.parse(
            lambda: connection_settings(run.params),
            lambda: wanted_enrolment(run.params),
            lambda: layout(run.params),
            lambda: enrol_settings(run.params),
        )
        name = wanted.request.certname
        if run.params["state"] == "absent":
            removal = node.removal(name, places)
            run.carry_out(removal, lambda: node.remove(removal))
        now, clock = datetime.datetime.now(datetime.timezone.utc), SystemClock()
        local = node.observe_local(places)
        with opened(dataclasses.replace(connection, ca_path=places.ca), clock, now) as (client, bundle):
            plan = node.make_plan(
                wanted, places, local, node.observe_remote(client, bundle, name), now, client.is_admin
            )
            enrolment = Enrolment(client, bundle, plan, settings, clock, now)
            run.carry_out(plan, enrolment.apply, lambda result: warn_of_clock(client, now, result))


if __name__ == "__main__":
    main()
