#!/usr/bin/python
# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certificate_restore
short_description: Put back certificates and keys from an encrypted archive
version_added: 0.1.0
description:
  - Puts the directories and files of an archive of M(tlsops.certificates.certificate_backup) back where they were, with their owners and
    rights.
  - Each is written beside its place first, and is there whole or not at all. What is the same already stays as it is.
options:
  archive:
    description:
      - The archive, on the host that runs the task.
    type: path
    required: true
  passphrase:
    description:
      - What it was encrypted with, as Ansible Vault does it; or, of an archive that is encrypted with GPG, the passphrase of the key, which
        GPG's agent is asked for without it.
    type: str
  identity:
    description:
      - For an archive that is encrypted with age, the identity of one of its recipients, as it is in its file. A private SSH key will do if its
        public key is a recipient. It has to be without a passphrase.
      - The program C(age) gets it by its standard input, so it need not be in a file of this host.
    type: str
  gnupg_home:
    description:
      - For an archive that is encrypted with GPG, the directory on this host where GPG has the secret key of one of its recipients.
      - Without it, the one that C(gpg) uses, which is C(~/.gnupg) mostly.
    type: path
  paths:
    description:
      - What to put back, of the paths that were archived. Without it, all.
    type: list
    elements: path
    default: []
  force:
    description:
      - Replace what is there and other than in the archive. Without it, that is a failure, as it may be newer.
    type: bool
    default: false
attributes:
  check_mode:
    support: full
    description: Can run in C(check_mode) and says what it would change, without changing anything.
  diff_mode:
    support: full
    description: Shows with C(--diff) the files of what is put back, with rights and owners, before and after. What is in the files is never shown.
  idempotent:
    support: full
    description: Run again with the same options, it changes nothing.
requirements:
  - python >= 3.10
  - cryptography >= 3.4
  - age >= 1.0, for archives that are encrypted with it
  - GnuPG >= 2.2, for archives that are encrypted with it
notes:
  - How the archive is encrypted is seen by what is in it, and not by its name.
  - Owners are found by name, and where this host has no such name, by number.
  - C(the passphrase is another) also means that the file was cut off or changed.
seealso:
  - module: tlsops.certificates.certificate_backup
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: Keep what is on this host
  tlsops.certificates.certificate_backup:
    paths: ["{{ kept_certificate }}"]
    directory: "{{ folder }}/archives"
    passphrase: "{{ backup_passphrase }}"
  register: kept

- name: Put it back, where it was lost or changed
  tlsops.certificates.certificate_restore:
    archive: "{{ kept.archive }}"
    passphrase: "{{ backup_passphrase }}"
    force: true

- name: Keep it for whoever has the identity of age
  tlsops.certificates.certificate_backup:
    paths: ["{{ kept_certificate }}"]
    directory: "{{ folder }}/archives"
    name: for-recipients
    encryption: age
    recipients: ["{{ age_recipient }}"]
  register: kept_for_recipients

- name: Put it back with the identity, which is on the controller
  tlsops.certificates.certificate_restore:
    archive: "{{ kept_for_recipients.archive }}"
    identity: "{{ lookup('ansible.builtin.file', age_identity_file) }}"
"""

RETURN = r"""
faults:
  description: Everything that is wrong with the options, or in the way, one sentence each. Nothing was changed then.
  returned: when the options can't be carried out
  type: list
  elements: str
  sample: ["/etc/tlsops/shop is there, and other than in the archive: use force to replace it"]
paths:
  description: The paths that were wanted.
  returned: always
  type: list
  elements: str
  sample: ["/etc/tlsops/shop"]
restored:
  description: Those that were put back by this task.
  returned: always
  type: list
  elements: str
  sample: ["/etc/tlsops/shop"]
files:
  description: All files in what was wanted.
  returned: always
  type: list
  elements: str
  sample: ["/etc/tlsops/shop/versions/3f1e9ab7/privkey.pem"]
"""

import typing as t

from ..module_utils._flows import backing_up
from ..module_utils._host_module import host_run
from ..module_utils._x509 import require_cryptography

ARGUMENTS: dict[str, t.Any] = {
    "archive": {"type": "path", "required": True},
    "passphrase": {"type": "str", "no_log": True},
    "identity": {"type": "str", "no_log": True},
    "gnupg_home": {"type": "path"},
    "paths": {"type": "list", "elements": "path", "default": []},
    "force": {"type": "bool", "default": False},
}


def main() -> None:
    with host_run(ARGUMENTS) as run:
        require_cryptography()
        plan = backing_up.plan_restore(run.params)
        run.carry_out(plan, lambda: backing_up.restore(plan))


if __name__ == "__main__":
    main()
