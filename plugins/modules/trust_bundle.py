#!/usr/bin/python
# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: trust_bundle
short_description: Give a host the roots of CAs that it is to trust
version_added: 0.1.0
description:
  - Puts the certificates of CAs in a file, or in the trust store of the host, from which most programs take whom they trust.
  - The list is all there is under this O(name). While a CA is rotated it has the old and the new root. A root that is left out later is
    removed, and those of others stay.
options:
  name:
    description:
      - What the files in the trust store begin with. Give each list of roots a name of its own.
    type: str
    default: tlsops
  certificates:
    description:
      - Certificates of CAs, in PEM. A text may have several.
    type: list
    elements: str
    required: true
  path:
    description:
      - A file that has all of them, for programs that are pointed at one.
    type: path
  system:
    description:
      - Put them in the trust store of the host. That of Debian, Ubuntu and Alpine, of RHEL and Fedora, and of SUSE is found by itself.
      - Without O(path), this is the default.
    type: bool
  anchors_directory:
    description:
      - Where roots are put for the trust store, if it is another one.
    type: path
  update_command:
    description:
      - The command that makes the trust store of them, if it is another one, with its arguments.
    type: list
    elements: str
    default: []
  owner:
    description: The user that O(path) belongs to. Default is the user who runs the task.
    type: str
  group:
    description: The group that O(path) belongs to.
    type: str
  mode:
    description: Rights of O(path).
    type: raw
    default: "0644"
attributes:
  check_mode:
    support: full
    description: Can run in C(check_mode) and says what it would change, without changing anything.
  diff_mode:
    support: full
    description: Shows with C(--diff) each file that changes, before and after.
  idempotent:
    support: full
    description: Run again with the same options, it changes nothing.
requirements:
  - python >= 3.10
  - cryptography >= 3.4
notes:
  - Programs read the trust store when they start. Restart those that run for long.
  - Java, Firefox and programs that bring their own roots don't look at the trust store of the host on all systems.
  - C(... isn't the certificate of a CA) mostly means that a server's certificate was taken for its root.
seealso:
  - module: tlsops.certificates.acm_pca_info
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: Look up the root of a private CA, where there are credentials for it
  tlsops.certificates.acm_pca_info:
    certificate_authority_arns: ["{{ certificate_authority_arn }}"]
  delegate_to: localhost
  register: found

- name: A file with it, for programs that are pointed at one
  tlsops.certificates.trust_bundle:
    certificates: "{{ found.certificate_authorities | map(attribute='root') }}"
    path: "{{ folder }}/roots.pem"

- name: A trust store of another kind
  tlsops.certificates.trust_bundle:
    name: corp
    certificates: "{{ found.certificate_authorities | map(attribute='root') }}"
    anchors_directory: "{{ folder }}/anchors"
    update_command: [ls, "{{ folder }}/anchors"]
"""

RETURN = r"""
faults:
  description: Everything that is wrong with the options, or in the way, one sentence each. Nothing was changed then.
  returned: when the options can't be carried out
  type: list
  elements: str
  sample: ["certificates[0]: CN=www.example.com isn't the certificate of a CA"]
roots:
  description: The CAs of the list, each once.
  returned: always
  type: list
  elements: dict
  contains:
    subject:
      description: Whose certificate it is.
      type: str
      returned: always
      sample: CN=Example Root CA
    fingerprint:
      description: Its SHA-256 fingerprint.
      type: str
      returned: always
      sample: 3f1e9ab7
    not_after:
      description: End of its validity, ISO 8601 in UTC.
      type: str
      returned: always
      sample: "2036-01-01T00:00:00+00:00"
path:
  description: The file that has all of them; null without one.
  returned: always
  type: str
  sample: /etc/ssl/corp-roots.pem
updated:
  description: Whether the trust store was made anew.
  returned: always
  type: bool
  sample: true
"""

import typing as t

from ..module_utils import _files
from ..module_utils._flows import trusting
from ..module_utils._host_module import host_run
from ..module_utils._trust_bundles import check_name, roots
from ..module_utils._x509 import require_cryptography

ARGUMENTS: dict[str, t.Any] = {
    "name": {"type": "str", "default": "tlsops"},
    "certificates": {"type": "list", "elements": "str", "required": True},
    "path": {"type": "path"},
    "system": {"type": "bool"},
    "anchors_directory": {"type": "path"},
    "update_command": {"type": "list", "elements": "str", "default": []},
    "owner": {"type": "str"},
    "group": {"type": "str"},
    "mode": {"type": "raw", "default": "0644"},
}


def store(params: t.Mapping[str, t.Any]) -> trusting.Store | None:
    wanted = params["path"] is None if params["system"] is None else params["system"]
    wanted = wanted or bool(params["anchors_directory"])
    return trusting.find_store(params["anchors_directory"], params["update_command"]) if wanted else None


def main() -> None:
    with host_run(ARGUMENTS) as run:
        require_cryptography()
        params = run.params
        found, allowed, target, dummy = run.parse(
            lambda: roots(params["certificates"]),
            lambda: _files.rights(params),
            lambda: store(params),
            lambda: check_name(params["name"]),
        )
        wanted = trusting.Wanted(params["name"], tuple(found), params["path"], allowed, target)
        plan = trusting.make_plan(wanted, run.now)
        run.carry_out(plan, lambda: trusting.apply(plan, run.command))


if __name__ == "__main__":
    main()
