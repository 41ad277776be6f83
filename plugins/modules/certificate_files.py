#!/usr/bin/python
# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: certificate_files
short_description: Put a certificate and its key in the files that a server reads
version_added: 0.1.0
description:
  - Takes a certificate from the directory that M(tlsops.certificates.certificate_install) or another client keeps it in, or as texts,
    and puts it with its key in the files that a server wants, in PEM or as PKCS#12.
  - Where a server can be pointed at the directory itself, that is better. Key and certificate change there in one instant.
  - Separate files can't change in one instant. All new ones are written beside their places first, the one with the key and then
    the others are renamed right after each other, and a run that is killed in between is finished by the next. O(certificates[].combined_path) and
    O(certificates[].pkcs12_path) are one file, so whoever opens them finds a pair that belongs together.
options:
  certificates:
    description:
      - Certificates and their files.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description:
          - What messages and results call it.
        type: str
      directory:
        description:
          - Where the certificate is kept, on the host that runs the task.
        type: path
      private_key:
        description:
          - The private key in PEM, without a passphrase, if the certificate isn't in a directory of this host.
        type: str
      certificate:
        description:
          - The certificate in PEM, together with O(certificates[].private_key). Its chain may follow in the same text.
        type: str
      chain:
        description:
          - The certificates of the CAs above it, in PEM, in any order.
        type: str
      root:
        description:
          - The root's certificate, in PEM.
        type: str
      privkey_path:
        description:
          - File for the private key.
        type: path
      combined_path:
        description:
          - File for certificate, chain and private key, as HAProxy reads it.
        type: path
      pkcs12_path:
        description:
          - File for all of it as PKCS#12, as Java, Windows and appliances read it.
        type: path
      fullchain_path:
        description:
          - File for the certificate and its chain, as nginx reads it.
        type: path
      cert_path:
        description:
          - File for the certificate alone.
        type: path
      chain_path:
        description:
          - File for the chain alone, without the certificate and the root.
        type: path
      ca_path:
        description:
          - File for the root.
        type: path
      pkcs12_passphrase:
        description:
          - What O(certificates[].pkcs12_path) is encrypted with. With another one, the file is written anew.
        type: str
      pkcs12_name:
        description:
          - What the entry in O(certificates[].pkcs12_path) is called, the alias in Java. Without it, O(certificates[].name).
        type: str
      owner:
        description:
          - The user that the files belong to, by name or number. Default is the user who runs the task.
        type: str
      group:
        description:
          - The group that the files belong to, by name or number.
        type: str
      mode:
        description:
          - Rights of the files that have the key in them.
        type: raw
        default: "0600"
      certificate_mode:
        description:
          - Rights of the other files.
        type: raw
        default: "0644"
      seuser:
        description:
          - The user of the files' SELinux context.
        type: str
      serole:
        description:
          - The role of the files' SELinux context.
        type: str
      setype:
        description:
          - The type of the files' SELinux context, such as V(cert_t). Without it, it is the directory's default.
        type: str
      selevel:
        description:
          - The level of the files' SELinux context.
        type: str
attributes:
  check_mode:
    support: full
    description: Can run in C(check_mode) and says what it would change, without changing anything.
  diff_mode:
    support: full
    description: Shows with C(--diff) the certificate in each file that changes, before and after. Keys are never shown.
  idempotent:
    support: full
    description: Run again with the same options, it changes nothing. Keys and certificates are compared, not how they are written down.
requirements:
  - python >= 3.10
  - cryptography >= 3.4
notes:
  - C(there is no certificate in ...) mostly means that it wasn't issued yet, or that it is kept on another host.
  - C(the private key isn't the one of the certificate) means that both were put there by somebody one after the other.
  - C(the directory ... isn't there) names the directory of a wanted file. It isn't made, as its rights are for you to choose.
    In check mode it may be missing, since another task may make it.
  - SELinux options have no effect on a host without SELinux.
seealso:
  - module: tlsops.certificates.certificate_install
  - module: tlsops.certificates.served_certificate_info
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: A directory for the files
  ansible.builtin.file:
    path: "{{ folder }}/web"
    state: directory
    mode: "0755"

- name: As nginx reads it
  tlsops.certificates.certificate_files:
    certificates:
      - directory: "{{ kept_certificate }}"
        privkey_path: "{{ folder }}/web/tls.key"
        fullchain_path: "{{ folder }}/web/tls.pem"

- name: As HAProxy and Java read it
  tlsops.certificates.certificate_files:
    certificates:
      - name: shop
        directory: "{{ kept_certificate }}"
        combined_path: "{{ folder }}/web/haproxy.pem"
        pkcs12_path: "{{ folder }}/web/keystore.p12"
        pkcs12_passphrase: "{{ keystore_passphrase }}"
"""

RETURN = r"""
faults:
  description: Everything that is wrong with the options, or in the way, one sentence each. Nothing was changed then.
  returned: when the options can't be carried out
  type: list
  elements: str
  sample: ["shop: pkcs12_path asks for pkcs12_passphrase"]
certificates:
  description: One record for each certificate, in the order given.
  returned: always
  type: list
  elements: dict
  contains:
    name:
      description: Its name, or where it came from.
      type: str
      returned: always
      sample: shop
    directory:
      description: Where it is kept; null if it was given as texts.
      type: str
      returned: always
      sample: /etc/tlsops/shop
    files:
      description: Its files, by what they are.
      type: dict
      returned: always
      sample: {"privkey": "/etc/nginx/tls.key", "fullchain": "/etc/nginx/tls.pem"}
    changed:
      description: Whether any of them was changed by this task. What uses it has to be reloaded, then.
      type: bool
      returned: always
      sample: true
    changed_files:
      description: Those that were changed.
      type: list
      elements: str
      returned: always
      sample: ["/etc/nginx/tls.key", "/etc/nginx/tls.pem"]
    subject_alternative_names:
      description: Names of the certificate, each with its kind.
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

from ..module_utils._flows import laying_out
from ..module_utils._host_module import host_run
from ..module_utils._x509 import require_cryptography

ARGUMENTS: dict[str, t.Any] = {
    "certificates": {"type": "list", "elements": "dict", "required": True, "options": laying_out.ARGUMENTS},
}


def main() -> None:
    with host_run(ARGUMENTS) as run:
        require_cryptography()
        (wanted,) = run.parse(lambda: laying_out.layouts(run.params["certificates"], run.check_mode))
        plan = laying_out.make_plan(wanted)
        run.carry_out(
            plan,
            lambda: laying_out.apply(plan),
            lambda result: laying_out.relabel(plan, result, run.give_context),
        )


if __name__ == "__main__":
    main()
