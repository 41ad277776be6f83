#!/usr/bin/python
# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: puppet_ca_crl
short_description: Keep the revocation lists of a Puppet CA in a file
version_added: 0.1.0
description:
  - Fetches the revocation lists of a Puppet CA and of the CAs above it, if they are newer than those in the file, and replaces the file at
    once.
  - Each list must be signed by its CA. Lists that are older than those in the file, or lack one of its issuers, are refused, since that
    would bring back what was revoked.
  - Puppet's agent fetches the lists only once a day, and C(puppet ssl verify) never does, so a revoked node may go on being accepted for that
    long.
options:
  path:
    description:
      - The file, such as C(crl.pem) in Puppet's C(ssldir).
    type: path
    required: true
  warn_before:
    description:
      - How long before the end of the first of the lists there is a warning, such as V(30d).
    type: str
    default: 30d
  owner:
    description: Owner of the file.
    type: str
  group:
    description: Group of the file.
    type: str
  mode:
    description: Mode of the file.
    type: raw
    default: '0644'
extends_documentation_fragment:
  - tlsops.certificates.puppet_ca
  - tlsops.certificates.puppet_ca.changes
notes:
  - C(has number ..., and the present one ...) means that the CA sends older lists than it did. Either it was restored from a backup, or somebody
    in between replays an old answer. If it was restored, or has begun to send its list of infrastructure nodes only (C(enable-infra-crl)),
    remove the file.
  - A list that has expired is taken, with a warning. It is better than the one before, but nothing is trusted any more with it.
  - The file's time of modification is that of the CA's answer, with which the next run asks whether there is something newer.
seealso:
  - module: tlsops.certificates.puppet_ca_sign
  - module: tlsops.certificates.puppet_ca_info
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: Let this node know what was revoked
  tlsops.certificates.puppet_ca_crl:
    ca_url: https://puppet.example.com:8140
    ca_path: /etc/puppetlabs/puppet/ssl/certs/ca.pem
    path: /etc/puppetlabs/puppet/ssl/crl.pem
  register: lists

- name: Show when the first list ends
  ansible.builtin.debug:
    var: lists.next_update
"""

RETURN = r"""
crl_path:
  description: The file.
  returned: always
  type: str
  sample: /etc/puppetlabs/puppet/ssl/crl.pem
next_update:
  description: When the first of the lists ends, ISO 8601 in UTC.
  returned: always
  type: str
  sample: "2031-11-22T15:00:00+00:00"
crls:
  description: The lists.
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
"""

import datetime

from ..module_utils._flows import puppet_crls as flow
from ..module_utils._flows.puppet_access import opened, warn_of_clock
from ..module_utils._host_module import host_run
from ..module_utils._pace import SystemClock
from ..module_utils._puppet.client import connection_settings
from ..module_utils._x509 import require_cryptography


def main() -> None:
    with host_run(flow.CRL_ARGUMENTS) as run:
        require_cryptography()
        settings, wanted = run.parse(
            lambda: connection_settings(run.params),
            lambda: flow.wanted_file(run.params),
        )
        now = datetime.datetime.now(datetime.timezone.utc)
        with opened(settings, SystemClock(), now) as (client, bundle):
            plan = flow.make_plan(client, bundle, wanted, now)
            run.carry_out(plan, lambda: flow.apply(client, plan), lambda result: warn_of_clock(client, now, result))


if __name__ == "__main__":
    main()
