#!/usr/bin/python
# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: acme_certificate_orders
short_description: Order certificates at an ACME CA, many at a time
version_added: 0.1.0
description:
  - Places orders for certificate signing requests, says which TXT records prove their names, and when these are there, has the CA
    validate them and fetches the certificates. The steps between are others' - those who write the records, and
    M(tlsops.certificates.dns_records_wait). The role P(tlsops.certificates.acme_certificates#role) does all of it.
  - The protocol is spoken by the modules of community.crypto, which run side by side, a process for each order.
  - It notes each order before its records can be written. A run that was killed is gone on with by the next one, with the same order,
    and the records that it has left are returned, to be taken away.
  - It runs on the controller, as the user who runs Ansible, whatever the task is delegated to. The account key is there.
options:
  state:
    description: Which step to do.
    type: str
    choices:
      placed: Place the orders at the CA. What is returned says which records prove the names.
      issued: Have the CA look at the records, and fetch the certificates.
      closed: Forget the orders, when records are taken away and certificates in place. No request is sent.
    default: placed
  orders:
    description:
      - The orders. With O(state=issued) and O(state=closed) they are those that were returned, as they were returned.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: What you call the certificate, in messages and results. Default is the first of its names.
        type: str
      csr_content:
        description: The certificate signing request, in PEM. Its alternative names, which have to be DNS names, are what is ordered.
        type: str
        required: true
      profile:
        description: A profile of the CA, such as V(shortlived) of Let's Encrypt.
        type: str
      replaces:
        description: What the CA calls the certificate that is renewed (RFC 9773), which exempts the order from rate limits.
        type: str
      force:
        description: Order even though an order for these names has failed just now.
        type: bool
        default: false
      order_uri:
        description: As returned.
        type: str
      identity:
        description: As returned.
        type: str
      dns_names:
        description: As returned.
        type: list
        elements: str
      records:
        description: As returned.
        type: list
        elements: dict
      resumed:
        description: As returned.
        type: bool
      certificate:
        description: As returned.
        type: str
      chain:
        description: As returned.
        type: str
      phase:
        description: As returned. An order that has failed is left alone.
        type: str
      ready:
        description: As returned.
        type: bool
      reason:
        description: As returned.
        type: str
      message:
        description: As returned.
        type: str
      retry_after:
        description: As returned.
        type: str
  acme_directory:
    description: URL of the CA's directory.
    type: str
    required: true
  account_key_src:
    description: File with the private key of the account. The account has to exist, see M(community.crypto.acme_account).
    type: path
  account_key_content:
    description: The key itself, in place of O(account_key_src).
    type: str
  account_key_passphrase:
    description: Passphrase of the key.
    type: str
  account_uri:
    description: What the CA calls the account. If left out, the CA is asked once an order and step.
    type: str
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
  preferred_chain:
    description:
      - Common name of the root that the chain should lead to, where the CA offers several. If it offers none to this root, its default is
        taken.
    type: str
  journal:
    description:
      - A directory in which orders are noted. Without it, a run that is killed leaves its orders and records behind.
    type: path
  leftovers:
    description: With O(state=closed), records of earlier runs that were taken away, as returned.
    type: list
    elements: dict
    default: []
  cleaned:
    description:
      - With O(state=closed), whether the records were taken away. If they weren't, the next run returns them as RV(leftovers).
    type: bool
    default: true
  at_once:
    description: How many orders are worked on at a time.
    type: int
    default: 10
  timeout:
    description:
      - For how many seconds to wait for the CA in a step, for all orders together. Some CAs take minutes to issue.
    type: int
    default: 600
  retry_after:
    description:
      - How long the CA isn't asked for a certificate again that has failed, once, twice and so on. The last one is that of all further
        failures. The default is what Let's Encrypt asks for.
      - Another key, other names, another profile or another CA is another certificate, and is asked for at once.
    type: list
    elements: str
    default: [1m, 10m, 100m, 1d]
  on_failure:
    description: What to do when an order has failed. The others are finished in any case.
    type: str
    choices:
      fail: The task fails.
      report: The task doesn't fail; RV(failure) says what has failed.
    default: fail
attributes:
  check_mode:
    support: full
    description: Says what would be ordered, and sends no request.
  diff_mode:
    support: none
    description: Nothing is changed that has a before.
  idempotent:
    support: partial
    description: An order of an earlier run that wasn't finished is gone on with. Each finished one gives another certificate.
requirements:
  - community.crypto >= 3.0.0
  - cryptography >= 3.4
notes:
  - C(the CA isn't asked again before) means that the certificate has failed before, and that O(retry_after) isn't over. It keeps a loop from
    using up the CA's limits. O(orders[].force) doesn't care.
  - C(A rate limit of the CA is used up) is said at once, with the time from which on the CA may be asked again in
    RV(orders[].retry_after). A CA that is only busy is asked again.
  - C(has paused this name) names the page on which to unpause it, where the CA says so.
seealso:
  - module: community.crypto.acme_account
  - module: tlsops.certificates.certificate_signing_request
  - module: tlsops.certificates.certificate_install
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: Have an account
  community.crypto.acme_account:
    acme_directory: "{{ acme_directory }}"
    account_key_src: "{{ account_key }}"
    state: present
    terms_agreed: true

- name: See what is due, and make keys and requests for it
  tlsops.certificates.certificate_signing_request:
    certificates:
      - directory: "{{ folder }}/ordered"
        subject_alternative_names: [example.com, "*.example.com"]
        template: default
        issuer: "{{ acme_directory }}"
  register: requested

- name: Place the orders
  tlsops.certificates.acme_certificate_orders:
    acme_directory: "{{ acme_directory }}"
    account_key_src: "{{ account_key }}"
    journal: "{{ folder }}/journal"
    orders: "{{ {inventory_hostname: requested.certificates} | tlsops.certificates.acme_orders }}"
  register: placed

- name: Write the records
  tlsops.certificates.rfc2136_validation_records:
    server: "{{ primary }}"
    port: "{{ primary_port }}"
    key_file: "{{ tsig_key_file }}"
    records: "{{ placed.records }}"
  when: placed.records | length > 0

- name: Have the names validated, and fetch the certificates
  tlsops.certificates.acme_certificate_orders:
    state: issued
    acme_directory: "{{ acme_directory }}"
    account_key_src: "{{ account_key }}"
    journal: "{{ folder }}/journal"
    orders: "{{ placed.orders }}"
  register: issued

- name: Put them in place
  tlsops.certificates.certificate_install:
    certificates: "{{ issued.orders | tlsops.certificates.acme_arrivals(requested.certificates, []) }}"
"""

RETURN = r"""
orders:
  description: One record for each order, in the order given.
  returned: always
  type: list
  elements: dict
  contains:
    name:
      description: What the certificate is called.
      type: str
      returned: always
      sample: www
    identity:
      description: What the order is called in the journal; the same for each run that wants this certificate with this key.
      type: str
      returned: always
      sample: 0123456789abcdef0123456789abcdef
    dns_names:
      description: The names that are ordered.
      type: list
      elements: str
      returned: always
      sample: [www.example.test]
    csr_content:
      description: The certificate signing request.
      type: str
      returned: always
    profile:
      description: The profile, as given.
      type: str
      returned: always
    replaces:
      description: The certificate that is renewed, as given.
      type: str
      returned: always
    force:
      description: As given.
      type: bool
      returned: always
      sample: false
    order_uri:
      description: What the CA calls the order; null if there is none.
      type: str
      returned: always
      sample: https://acme.example.com/order/1
    records:
      description: The TXT records that prove the names. Empty where the CA wants no proof, as it has had it.
      type: list
      elements: dict
      returned: always
      sample: [{"name": "_acme-challenge.www.example.test", "type": "TXT", "values": ["gfj9Xq-Rg85nM-kb6jyFbqr3d6lXc0EuJm4sXJ1aLkw"]}]
    resumed:
      description: Whether it is an order of an earlier run.
      type: bool
      returned: always
      sample: false
    certificate:
      description: The certificate, in PEM, once it is issued.
      type: str
      returned: always
    chain:
      description: The certificates of the CAs above it, in PEM.
      type: str
      returned: always
    phase:
      description: How far it is, V(Pending), V(PendingValidation), V(Issued) or V(Failed).
      type: str
      returned: always
      sample: PendingValidation
    ready:
      description: Whether the certificate is there.
      type: bool
      returned: always
      sample: false
    reason:
      description:
        - Why, as one word for programs. V(Wanted), V(Placed), V(Resumed) or V(Issued).
        - Of one that has failed, the type of the CA's problem, such as V(RejectedIdentifier), V(Unauthorized), V(Caa) or V(RateLimited);
          or V(Paused), V(BackOff), V(OrderLost), V(TimedOut), V(NotSupported) or V(NotReached).
      type: str
      returned: always
      sample: Placed
    message:
      description: One sentence on the state, and on what to do about it.
      type: str
      returned: always
      sample: The order is placed, and the CA waits for the TXT records.
    retry_after:
      description: When the order may be tried again, ISO 8601 in UTC; null where nobody says.
      type: str
      returned: always
records:
  description: The records of all orders, with all values of a name together, to be written.
  returned: always
  type: list
  elements: dict
  sample: [{"name": "_acme-challenge.www.example.test", "type": "TXT", "values": ["gfj9Xq-Rg85nM-kb6jyFbqr3d6lXc0EuJm4sXJ1aLkw"]}]
leftovers:
  description: Records of runs that were killed, or couldn't take them away. They are returned with O(state=placed).
  returned: always
  type: list
  elements: dict
  sample: []
failure:
  description: Which orders have failed and why, in one text; null if none has.
  returned: always
  type: str
"""
