#!/usr/bin/python
# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: puppet_crl_program
short_description: Install a program that fetches the revocation lists of a Puppet CA without Ansible
version_added: 0.1.0
description:
  - Revocation lists should be fetched every hour, also while Ansible doesn't run. This module makes a program for that, which does
    what M(tlsops.certificates.puppet_ca_crl) does, as it is made of the same code. The role P(tlsops.certificates.puppet_crl#role) has
    it run by a timer.
  - The program is one file that needs Python and C(cryptography), and neither Ansible nor this collection. It takes no arguments,
    says in a line what it has done, writes warnings to C(stderr), and ends with 1 if it has failed.
options:
  path:
    description:
      - The file of the program. Its options are in a second file, V(PATH.json).
    type: path
    required: true
  options:
    description:
      - What the program is to do, which are the options of M(tlsops.certificates.puppet_ca_crl). Paths must be absolute.
    type: dict
    required: true
  owner:
    description: Owner of the files.
    type: str
  group:
    description: Group of the files.
    type: str
  mode:
    description:
      - Who may read the files. Whoever may read the program may also run it.
    type: raw
    default: '0644'
extends_documentation_fragment:
  - tlsops.certificates.puppet_ca.changes
requirements:
  - python >= 3.10
  - cryptography >= 3.4
notes:
  - The program begins with the Python that runs this module on the host (C(ansible_python_interpreter)).
  - It can be looked into like any archive (C(python3 -m zipfile -l FILE)).
  - It changes when this collection is updated, so run the task again then.
seealso:
  - module: tlsops.certificates.puppet_ca_crl
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: Give this node a program that fetches revocation lists
  tlsops.certificates.puppet_crl_program:
    path: /etc/puppetlabs/puppet/ssl/fetch-crl
    options:
      ca_url: https://puppet.example.com:8140
      ca_path: /etc/puppetlabs/puppet/ssl/certs/ca.pem
      path: /etc/puppetlabs/puppet/ssl/crl.pem
"""

RETURN = r"""
program_path:
  description: The file of the program.
  returned: always
  type: str
  sample: /usr/local/lib/tlsops-puppet-crl
options_path:
  description: The file of its options.
  returned: always
  type: str
  sample: /usr/local/lib/tlsops-puppet-crl.json
options:
  description: What it does, with the defaults of what was left out.
  returned: always
  type: dict
  sample: {"ca_url": "https://puppet.example.com:8140", "path": "/etc/puppetlabs/puppet/ssl/crl.pem", "warn_before": "30d"}
"""

import typing as t

from ..module_utils._files import rights
from ..module_utils._flows import puppet_crl_programs as flow
from ..module_utils._flows.puppet_crls import CRL_ARGUMENTS
from ..module_utils._host_module import host_run
from ..module_utils._x509 import require_cryptography

ARGUMENTS: dict[str, t.Any] = {
    "path": {"type": "path", "required": True},
    "options": {"type": "dict", "required": True},
    "owner": {"type": "str"},
    "group": {"type": "str"},
    "mode": {"type": "raw", "default": "0644"},
}


def main() -> None:
    with host_run(ARGUMENTS) as run:
        require_cryptography()
        allowed, options = run.parse(
            lambda: rights(run.params),
            lambda: flow.checked(run.nested("options", CRL_ARGUMENTS)),
        )
        plan = flow.make_plan(run.params["path"], options, allowed)
        run.carry_out(plan, lambda: flow.apply(plan))


if __name__ == "__main__":
    main()
