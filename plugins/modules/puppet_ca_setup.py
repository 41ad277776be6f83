#!/usr/bin/python
# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: puppet_ca_setup
short_description: Make the CA of a Puppet Server once, from nothing or by importing one
version_added: 0.1.0
description:
  - Runs C(puppetserver ca setup), or C(puppetserver ca import), on a host that has no CA yet, and never again. There is a CA if
    C(ca_crt.pem) and C(ca_key.pem) are both there and belong together.
  - It is made beside its place, looked at, and then put there. A run that is killed is finished by the next one.
  - Half a CA, as a set-up by hand leaves it that was killed, and files that don't belong together are an error. Nothing is ever overwritten.
  - A CA to be imported is looked at first, since C(puppetserver ca import) takes keys that it can't write. Afterwards the files are looked
    at again, whatever the command says of itself.
options:
  ca_name:
    description:
      - Common name of a new CA. Left out, Puppet Server chooses one.
    type: str
  subject_alternative_names:
    description:
      - Names of the server's certificate besides O(certname), such as V(puppet) or V(IP:10.0.0.5).
    type: list
    elements: str
    default: []
  import_key_path:
    description:
      - File with the private key of a CA from elsewhere, in PEM, RSA, and without a passphrase. The three options go together. The CA must
        be a new one that has signed nothing.
    type: path
  import_certificates_path:
    description:
      - File with its certificate and those of all CAs above it, up to the root.
    type: path
  import_crls_path:
    description:
      - File with a revocation list of each CA above it, and its own if it has one.
    type: path
  command:
    description:
      - The program C(puppetserver).
    type: str
    default: puppetserver
  timeout:
    description:
      - For how many seconds the command may run, at least 60. It makes three keys of 4096 bits.
    type: int
    default: 300
extends_documentation_fragment:
  - tlsops.certificates.puppet_server
attributes:
  check_mode:
    support: full
    description: Can run in C(check_mode) and says what it would change, without changing anything.
  diff_mode:
    support: full
    description: Shows with C(--diff) the CA that would be made.
  idempotent:
    support: full
    description: Where there is a CA, nothing is changed.
notes:
  - The CA is valid for fifteen years, whatever C(ca_ttl) in C(puppet.conf) says, which is for nodes. C(keylength) there is kept to.
  - A key that Puppet's agent has made for O(certname) stays. C(this host is or was a node of another CA) means that its certificates are in
    the way. Move them away, or choose another O(certname) and O(ssldir).
  - Puppet Server makes a CA by itself when it is started without one, and not in the same way. Run this before its first start.
  - C(... without ca_key.pem, as after a set-up that was killed) is for a person to decide. If this CA has never signed anything, move
    its directory away, and run again.
seealso:
  - module: tlsops.certificates.puppet_ca_settings
  - module: tlsops.certificates.puppet_ca_info
  - module: tlsops.certificates.certificate_backup
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: Make the CA, if there is none
  tlsops.certificates.puppet_ca_setup:
    certname: puppet.example.com
    ca_name: "Puppet CA: example.com"
    subject_alternative_names: [puppet]
    confdir: "{{ puppet_confdir }}"
    ssldir: "{{ puppet_ssldir }}"
    cadir: "{{ puppet_cadir }}"
"""

RETURN = r"""
certificates:
  description: The certificates of the CA and of those above it, in PEM; null while there is none.
  returned: always
  type: str
crls:
  description: Their revocation lists, in PEM; null while there are none.
  returned: always
  type: str
fingerprint:
  description: SHA-256 fingerprint of the root, with which nodes can trust the CA; null while there is none.
  returned: always
  type: str
  sample: 3f1e9ab7
bundle_fingerprint:
  description: SHA-256 of the file with all certificates, which Puppet's own setting C(ca_fingerprint) means.
  returned: always
  type: str
  sample: 9ab73f1e
not_after:
  description: When the first of the certificates ends.
  returned: always
  type: str
  sample: "2041-11-27T12:00:00+00:00"
cadir:
  description: The directory of the CA.
  returned: always
  type: str
  sample: /etc/puppetlabs/puppetserver/ca
ssldir:
  description: The directory of the server's own key and certificate.
  returned: always
  type: str
  sample: /etc/puppetlabs/puppet/ssl
ca_path:
  description: The file with the CA's certificates that the server itself trusts.
  returned: always
  type: str
  sample: /etc/puppetlabs/puppet/ssl/certs/ca.pem
admin_certificate_path:
  description: The server's certificate, which is an administrator's.
  returned: always
  type: str
  sample: /etc/puppetlabs/puppet/ssl/certs/puppet.example.com.pem
admin_key_path:
  description: Its key.
  returned: always
  type: str
  sample: /etc/puppetlabs/puppet/ssl/private_keys/puppet.example.com.pem
phase:
  description: V(Issued), or V(Pending) in check mode.
  returned: always
  type: str
  sample: Issued
ready:
  description: Whether the CA is there.
  returned: always
  type: bool
  sample: true
reason:
  description: V(Exists), V(SetUp) or V(Imported).
  returned: always
  type: str
  sample: Exists
message:
  description: One sentence on it.
  returned: always
  type: str
  sample: The CA is in /etc/puppetlabs/puppetserver/ca.
"""

import typing as t

from ..module_utils._errors import InvalidInput
from ..module_utils._flows import puppet_ca_setup as flow
from ..module_utils._host_module import host_run
from ..module_utils._puppet.server_files import SERVER_ARGUMENTS, server_files
from ..module_utils._subject_names import alternative_name
from ..module_utils._x509 import require_cryptography

_IMPORTED = ("import_key_path", "import_certificates_path", "import_crls_path")
ARGUMENTS: dict[str, t.Any] = {
    **SERVER_ARGUMENTS,
    "ca_name": {"type": "str"},
    "subject_alternative_names": {"type": "list", "elements": "str", "default": []},
    "import_key_path": {"type": "path", "no_log": False},
    "import_certificates_path": {"type": "path"},
    "import_crls_path": {"type": "path"},
    "command": {"type": "str", "default": "puppetserver"},
    "timeout": {"type": "int", "default": 300},
}


def parse_origin(params: dict[str, t.Any]) -> flow.Origin:
    """Raises InvalidInput with every fault."""
    faults = []
    if params["timeout"] < 60:
        faults.append(f"timeout must be at least 60 seconds, not {params['timeout']}")
    if params["ca_name"] and params["import_key_path"]:
        faults.append("ca_name is for a new CA, and the one to import has a name")
    names = []
    for each in params["subject_alternative_names"]:
        try:
            names.append(alternative_name(each))
        except ValueError as error:
            faults.append(f"subject_alternative_names: {error}")
    faults += [
        f"subject_alternative_names: {each} is neither a DNS name nor an IP address"
        for each in names
        if not each.startswith(("DNS:", "IP:"))
    ]
    if faults:
        raise InvalidInput(faults)
    imported = tuple(params[name] for name in _IMPORTED)
    origin = t.cast("tuple[str, str, str] | None", imported if all(imported) else None)
    return flow.Origin(params["command"], params["ca_name"], tuple(names), origin, params["timeout"])


def main() -> None:
    with host_run(ARGUMENTS, required_together=[_IMPORTED]) as run:
        require_cryptography()
        files, origin = run.parse(lambda: server_files(run.params), lambda: parse_origin(run.params))
        plan = flow.observe(files, origin, run.now)
        run.carry_out(plan, lambda: flow.apply(plan))


if __name__ == "__main__":
    main()
