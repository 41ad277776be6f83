#!/usr/bin/python
# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: puppet_ca_settings
short_description: Tell the CA of a Puppet Server what it may sign
version_added: 0.1.0
description:
  - Writes what is about the CA into C(puppet.conf), leaving all else there as it is, and into C(ca.conf). What isn't given isn't touched,
    but C(ca.conf) is written as a whole, with the settings that are given, as soon as there is one.
  - With O(autosign_policies) it installs a program that Puppet Server asks about each request. It decides by the same rules as
    M(tlsops.certificates.puppet_ca_sign), as it is made of the same code, and needs neither Ansible nor this collection.
  - C(auth.conf) isn't touched. It is the package's, which changes it with its releases, and lets administrators
    (C(pp_cli_auth)) do all that the modules of this collection do.
options:
  allow_subject_alt_names:
    description:
      - Whether the CA signs requests with alternative names. Which names is for O(autosign), or for who signs.
    type: bool
  allow_authorization_extensions:
    description:
      - Whether it signs requests with authorization extensions (C(pp_auth_role) and others).
    type: bool
  enable_infra_crl:
    description:
      - Whether nodes get a revocation list of the infrastructure's certificates only.
    type: bool
  allow_auto_renewal:
    description:
      - Whether nodes may renew their certificates by themselves (Puppet Server 8.1 and newer).
    type: bool
  auto_renewal_cert_ttl:
    description:
      - How long renewed certificates are valid, such as V(90d).
    type: str
  ca_ttl:
    description:
      - How long certificates are valid that the CA signs from now on, such as V(1825d).
      - C(puppetserver ca setup) by hand reads it, too, and makes a CA that ends as soon. M(tlsops.certificates.puppet_ca_setup) doesn't.
    type: str
  autosign:
    description:
      - What the CA signs as soon as it is asked. V(false) for nothing, V(true) for everything, which nobody should want.
      - Or a list of names and patterns such as V(*.example.com), which are no secret, and can be asked for by anybody.
    type: raw
  autosign_policies:
    description:
      - What it signs as soon as it is asked, by policies. One of them has to be met, in all it says.
    type: list
    elements: dict
    suboptions:
      certnames:
        description:
          - Names and patterns that the policy is for. All, if left out.
        type: list
        elements: str
      challenge_passwords:
        description:
          - Passwords of which the request must have one. Whoever knows one may have any key, unless fingerprints are given, too.
        type: list
        elements: str
      expected_fingerprints:
        description:
          - SHA-256 fingerprints of public keys, a list, or a dictionary of lists by certname.
        type: raw
      any_key:
        description:
          - Sign any key. Without passwords and fingerprints this has to be said.
        type: bool
      allowed_alt_names:
        description:
          - Alternative names and patterns that a request may have besides its certname.
        type: list
        elements: str
      allowed_extensions:
        description:
          - Authorization extensions that a request may have.
        type: list
        elements: str
      extension_requests:
        description:
          - Extensions that the request must have, with these values, by Puppet's short names or OIDs.
        type: dict
  autosign_program:
    description:
      - Where the program goes. Its policies are in a second file, V(PATH.json).
    type: path
    default: /usr/local/lib/tlsops-puppet-autosign
  group:
    description:
      - The group that Puppet Server runs as, which must be able to read the policies. If left out, that of the user C(puppet) or C(pe-puppet),
        where there is one.
    type: str
extends_documentation_fragment:
  - tlsops.certificates.puppet_server
attributes:
  check_mode:
    support: full
    description: Can run in C(check_mode) and says what it would change, without changing anything.
  diff_mode:
    support: full
    description: Shows with C(--diff) the files before and after, except policies, which may have passwords.
  idempotent:
    support: full
    description: Run again with the same options, it changes nothing.
notes:
  - Puppet Server reads the files when it starts. Restart it when something has changed.
  - The program begins with the Python that runs this module on the host (C(ansible_python_interpreter)). What it refuses is in the server's
    log.
seealso:
  - module: tlsops.certificates.puppet_ca_setup
  - module: tlsops.certificates.puppet_ca_sign
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: Sign requests of web servers that know the password
  tlsops.certificates.puppet_ca_settings:
    certname: puppet.example.com
    confdir: "{{ puppet_confdir }}"
    server_confdir: "{{ puppet_server_confdir }}"
    allow_subject_alt_names: true
    ca_ttl: 1825d
    autosign_program: "{{ puppet_confdir }}/autosign"
    autosign_policies:
      - certnames: ["web*.example.com"]
        challenge_passwords: ["{{ puppet_challenge_password }}"]
        allowed_alt_names: ["*.example.com"]
"""

RETURN = r"""
changed_files:
  description: The files that were changed, or would be.
  returned: always
  type: list
  elements: str
  sample: [/etc/puppetlabs/puppet/puppet.conf]
confdir:
  description: The directory of C(puppet.conf).
  returned: always
  type: str
  sample: /etc/puppetlabs/puppet
server_confdir:
  description: The directory of the server's C(conf.d).
  returned: always
  type: str
  sample: /etc/puppetlabs/puppetserver
ssldir:
  description: The directory of the server's own key and certificate.
  returned: always
  type: str
  sample: /etc/puppetlabs/puppet/ssl
cadir:
  description: The directory of the CA.
  returned: always
  type: str
  sample: /etc/puppetlabs/puppetserver/ca
"""

import typing as t

from ..module_utils._files import rights
from ..module_utils._flows import puppet_ca_settings as flow
from ..module_utils._host_module import host_run
from ..module_utils._puppet.ca_settings import SETTINGS_ARGUMENTS, ca_settings
from ..module_utils._puppet.server_files import SERVER_ARGUMENTS, server_files
from ..module_utils._x509 import require_cryptography

ARGUMENTS: dict[str, t.Any] = {**SERVER_ARGUMENTS, **SETTINGS_ARGUMENTS, "group": {"type": "str"}}


def main() -> None:
    with host_run(ARGUMENTS) as run:
        require_cryptography()
        files, wanted, allowed = run.parse(
            lambda: server_files(run.params),
            lambda: ca_settings(run.params),
            lambda: rights({"group": run.params["group"]}),
        )
        plan = flow.make_plan(files, wanted, run.params, allowed.gid)
        run.carry_out(plan, lambda: flow.apply(plan))


if __name__ == "__main__":
    main()
