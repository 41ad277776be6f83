#!/usr/bin/python
# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: puppet_ca_sign
short_description: Sign, revoke and clean certificates at a Puppet CA
version_added: 0.1.0
description:
  - Signs the pending requests of a Puppet CA that are what they should be, and no others. Each request is read before, and signed
    only if it has a key that was expected, no alternative names or authorization extensions beyond those allowed, and a
    key that is strong enough. The CA itself looks at neither the key nor whose it is.
  - Revokes certificates, and cleans names so that they can be requested anew. A certificate is deleted only when the CA's revocation
    list has it, as one that was deleted before can't be revoked any more by most CAs.
  - Takes any number of names in one task, side by side, over a few connections that are kept.
options:
  state:
    description: What is wanted of the names.
    type: str
    choices:
      signed: Each has a certificate, with one of the keys of O(expected_fingerprints).
      revoked: No certificate of theirs is valid. The CA keeps them, and the names stay taken.
      cleaned: The CA has neither a certificate nor a request of theirs, and what there was is revoked.
    default: signed
  certnames:
    description:
      - The names, or shell patterns such as V(*.example.com). V(*) is all there are.
      - For O(state=signed) a pattern finds the requests that are pending. What a pattern finds is never the certificate with which the
        task itself speaks, nor that of the CA's server.
    type: list
    elements: str
    required: true
  expected_fingerprints:
    description:
      - Whose requests are signed. A dictionary has the fingerprint of each node's public key by its certname, and a list of them where
        there may be several. RV(tlsops.certificates.puppet_certificate#module:public_key_fingerprint) is what a node says of its own.
      - A list is good for all names. Anyone who has one of these keys can then have a certificate for any of the names, so prefer
        the dictionary.
      - A fingerprint is a SHA-256 in hexadecimal digits, with or without colons. That of a request as a whole will do as well, which is
        what C(puppet agent --fingerprint) shows.
    type: raw
  any_key:
    description:
      - Sign without knowing whose request it is. Whoever can reach the CA can then have a certificate for any of the names.
    type: bool
    default: false
  allowed_alt_names:
    description:
      - Alternative names that a request may have beside its certname, such as V(puppet.example.com), V(*.example.com) (one label in
        place of the asterisk), V(10.1.2.3) or V(10.0.0.0/8).
      - A list is good for all names. Then the holder of one expected key could have the names of another, so where there are several
        nodes with such names, prefer a dictionary of lists by certname.
      - The CA has to allow alternative names, too (C(allow-subject-alt-names)).
    type: raw
    default: []
  allowed_extensions:
    description:
      - Authorization extensions that a request may have, by Puppet's short name such as V(pp_auth_role), or by OID.
      - The CA has to allow these, too (C(allow-authorization-extensions)), and never signs C(pp_cli_auth) over HTTP.
    type: list
    elements: str
    default: []
  cert_ttl:
    description:
      - How long the certificates are valid, in seconds. Without it the CA's C(ca-ttl) counts, which is five years as shipped.
    type: int
  reject:
    description:
      - Remove a request that isn't signed, so that it doesn't block its name.
    type: bool
    default: false
extends_documentation_fragment:
  - tlsops.certificates.puppet_ca
  - tlsops.certificates.puppet_ca.admin
  - tlsops.certificates.puppet_ca.changes
notes:
  - A request that is refused makes the task fail if its name was given. If only a pattern has found it, there is a warning, since
    anybody can submit requests, and could stop your jobs by that.
  - C(has the key ..., which isn't one of expected_fingerprints) means that somebody else has requested the name, or that the node has made a
    new key since you asked it. Never sign such a request to get on.
  - The CA signs by name only. So the request is read again right before it is signed, and the certificate right after. If it was
    exchanged in these milliseconds, the certificate is revoked at once and the task fails.
  - C(contains extra subject alternative names) and C(contains an authorization extension) come from the CA. Its C(ca.conf) forbids them.
  - C(Found extensions that are not permitted) is final. No setting of the CA makes it sign these.
  - If something fails for one name, the others are finished, and the task fails at its end.
seealso:
  - module: tlsops.certificates.puppet_certificate
  - module: tlsops.certificates.puppet_ca_info
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: Sign exactly the keys that the nodes have
  tlsops.certificates.puppet_ca_sign:
    ca_url: https://puppet.example.com:8140
    ca_path: /etc/puppetlabs/puppet/ssl/certs/ca.pem
    client_cert: /etc/puppetlabs/puppet/ssl/certs/puppet.example.com.pem
    client_key: /etc/puppetlabs/puppet/ssl/private_keys/puppet.example.com.pem
    certnames:
      - web1.example.com
    expected_fingerprints:
      web1.example.com: "{{ web1_fingerprint }}"

- name: Decommission a node
  tlsops.certificates.puppet_ca_sign:
    ca_url: https://puppet.example.com:8140
    ca_path: /etc/puppetlabs/puppet/ssl/certs/ca.pem
    client_cert: /etc/puppetlabs/puppet/ssl/certs/puppet.example.com.pem
    client_key: /etc/puppetlabs/puppet/ssl/private_keys/puppet.example.com.pem
    certnames:
      - old.example.com
    state: cleaned
"""

RETURN = r"""
certificates:
  description: One entry for each name, as it is when all is done, or would be in check mode.
  returned: always
  type: list
  elements: dict
  contains:
    certname:
      description: The name.
      type: str
      returned: always
      sample: web1.example.com
    state:
      description: What the CA has of it, V(requested), V(signed), V(revoked) or V(absent).
      type: str
      returned: always
      sample: signed
    changed:
      description: Whether something was changed for this name.
      type: bool
      returned: always
    phase:
      description: V(Pending) (nothing there), V(Requesting), V(Signed) or V(Error).
      type: str
      returned: always
      sample: Signed
    ready:
      description: Whether there is a certificate that can be used.
      type: bool
      returned: always
      sample: true
    reason:
      description: One word for programs, such as V(Signed), V(Refused), V(Rejected), V(NotRequested), V(AnotherKey), V(Revoked).
      type: str
      returned: always
      sample: Signed
    message:
      description: One sentence on the state, and on what to do about it.
      type: str
      returned: always
      sample: The request of web1.example.com is as expected, and is signed.
    public_key_fingerprint:
      description: SHA-256 of the public key of the request or certificate, in hex; null if there is none.
      type: str
      returned: always
      sample: 6e9463bfa2a467765911af3a1c8ad9d100a6d8b4ef48145feab7a720bf0120a4
    key_algorithm:
      description: Algorithm of this key.
      type: str
      returned: always
      sample: RSA_4096
    subject_alternative_names:
      description: Alternative names of the request or certificate, each with its kind.
      type: list
      elements: str
      returned: always
      sample: ["DNS:web1.example.com"]
    serial_number:
      description: Serial number of the certificate, in hex; null if there is none, or in check mode for one that isn't signed yet.
      type: str
      returned: always
      sample: 1c
    not_before:
      description: Start of its validity, ISO 8601 in UTC.
      type: str
      returned: always
      sample: "2026-11-21T15:00:00+00:00"
    not_after:
      description: End of its validity, ISO 8601 in UTC.
      type: str
      returned: always
      sample: "2031-11-21T15:00:00+00:00"
"""

import datetime
import typing as t

from ..module_utils._flows import puppet_signing as flow
from ..module_utils._flows.puppet_access import opened, warn_of_clock
from ..module_utils._host_module import host_run
from ..module_utils._pace import SystemClock
from ..module_utils._puppet.client import ADMIN_ARGUMENTS, CA_ARGUMENTS, connection_settings
from ..module_utils._puppet.signing import policy, requested_names
from ..module_utils._x509 import require_cryptography

ARGUMENTS: dict[str, t.Any] = {
    **CA_ARGUMENTS,
    **ADMIN_ARGUMENTS,
    "state": {"type": "str", "choices": ["signed", "revoked", "cleaned"], "default": "signed"},
    "certnames": {"type": "list", "elements": "str", "required": True},
    "expected_fingerprints": {"type": "raw"},
    "any_key": {"type": "bool", "default": False, "no_log": False},
    "allowed_alt_names": {"type": "raw", "default": []},
    "allowed_extensions": {"type": "list", "elements": "str", "default": []},
    "cert_ttl": {"type": "int"},
    "reject": {"type": "bool", "default": False},
}


def main() -> None:
    with host_run(ARGUMENTS) as run:
        require_cryptography()
        settings, signing, certnames = run.parse(
            lambda: connection_settings(run.params, admin=True),
            lambda: policy(run.params),
            lambda: requested_names(run.params),
        )
        now, clock = datetime.datetime.now(datetime.timezone.utc), SystemClock()
        with opened(settings, clock, now) as (client, dummy):
            wanted = flow.Wanted(run.params["state"], certnames, signing, run.params["reject"], run.params["cert_ttl"])
            plan = flow.make_plan(wanted, *flow.observe(client, wanted))
            run.carry_out(
                plan, lambda: flow.apply(client, plan, wanted, clock), lambda result: warn_of_clock(client, now, result)
            )


if __name__ == "__main__":
    main()
