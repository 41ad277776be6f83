#!/usr/bin/python
# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certificate_backup
short_description: Keep encrypted archives of certificates, their keys and account keys
version_added: 0.1.0
description:
  - Puts directories of certificates, and files such as the account keys of ACME, in one archive that is encrypted with a passphrase as Ansible
    Vault does it, or for recipients with age or GPG. So C(ansible-vault), C(age) and C(gpg) can open it, too. What is encrypted is never on a
    disk, except where it is kept anyway.
  - A new archive is made only if something is other than in the newest one, or if that is encrypted with another passphrase or for others. Of
    the old archives, some are kept.
options:
  paths:
    description:
      - Directories and files to keep. Links are kept as links.
    type: list
    elements: path
    required: true
  directory:
    description:
      - Where the archives are. It is made if it isn't there, for nobody but its owner.
    type: path
    required: true
  name:
    description:
      - What the names of the archives begin with. They go on with the time, in UTC.
    type: str
    default: certificates
  encryption:
    description:
      - How the archives are encrypted.
    type: str
    choices:
      vault: With O(passphrase), as Ansible Vault does it. The host needs no program for it.
      age: For O(recipients), by the program C(age) of the host.
      gpg: For O(recipients), by the program C(gpg) of the host.
    default: vault
  passphrase:
    description:
      - What the archives are encrypted with, at least 16 characters. Without it nobody can restore them, so keep it elsewhere.
      - Needed with O(encryption=vault), and with nothing else.
    type: str
  recipients:
    description:
      - Who can open the archives. Keep the keys that belong to them elsewhere. The host has nothing that is secret, and can't read its own
        archives.
      - With O(encryption=age), what age shows as the public key of an identity (C(age1...)), or public SSH keys.
      - With O(encryption=gpg), the fingerprints of keys that are in O(gnupg_home). They are taken as they are, whether somebody has certified
        them or not, since fingerprints can't be mistaken.
    type: list
    elements: str
    default: []
  gnupg_home:
    description:
      - The directory where GPG has the keys of the recipients.
      - Without it, the one that C(gpg) uses, which is C(~/.gnupg) mostly.
    type: path
  keep:
    description:
      - How many archives to keep, the newest among them.
    type: int
    default: 10
attributes:
  check_mode:
    support: full
    description: Can run in C(check_mode) and says what it would change, without changing anything.
  diff_mode:
    support: full
    description: Shows with C(--diff) the files in a new archive, and which archives go. What is in the files is never shown.
  idempotent:
    support: full
    description: Run again with the same options, it changes nothing.
requirements:
  - python >= 3.10
  - cryptography >= 3.4
  - age >= 1.0, with O(encryption=age)
  - GnuPG >= 2.2, with O(encryption=gpg)
notes:
  - All is read and encrypted in memory, which is meant for the few megabytes of certificates.
  - With recipients nobody on the host can open an archive to see whether it is still current. So the names of such archives have the first 16
    digits of a hash of what is in them and for whom.
  - C(isn't there) names a path that is wanted and doesn't exist. Nothing is archived then, since a backup with holes is found out too late.
seealso:
  - module: tlsops.certificates.certificate_restore
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: Keep what is on this host
  tlsops.certificates.certificate_backup:
    paths: ["{{ kept_certificate }}"]
    directory: "{{ folder }}/backups"
    passphrase: "{{ backup_passphrase }}"

- name: Keep it for whoever has the identity of age, which isn't on this host
  tlsops.certificates.certificate_backup:
    paths: ["{{ kept_certificate }}"]
    directory: "{{ folder }}/backups"
    name: for-recipients
    encryption: age
    recipients: ["{{ age_recipient }}"]
"""

RETURN = r"""
faults:
  description: Everything that is wrong with the options, or in the way, one sentence each. Nothing was changed then.
  returned: when the options can't be carried out
  type: list
  elements: str
  sample: ["/etc/tlsops isn't there"]
archive:
  description: The newest archive.
  returned: always
  type: str
  sample: /var/backups/tlsops/certificates-20261122T120000Z.tar.vault
created:
  description: Whether it was made by this task.
  returned: always
  type: bool
  sample: true
files:
  description: The files in it.
  returned: always
  type: list
  elements: str
  sample: ["/etc/tlsops/shop/versions/3f1e9ab7/privkey.pem"]
removed:
  description: Old archives that were removed.
  returned: always
  type: list
  elements: str
  sample: []
"""

import typing as t

from ..module_utils._archive_seals import ENCRYPTIONS, VAULT
from ..module_utils._flows import backing_up
from ..module_utils._host_module import host_run
from ..module_utils._x509 import require_cryptography

ARGUMENTS: dict[str, t.Any] = {
    "paths": {"type": "list", "elements": "path", "required": True},
    "directory": {"type": "path", "required": True},
    "name": {"type": "str", "default": "certificates"},
    "encryption": {"type": "str", "choices": list(ENCRYPTIONS), "default": VAULT},
    "passphrase": {"type": "str", "no_log": True},
    "recipients": {"type": "list", "elements": "str", "default": []},
    "gnupg_home": {"type": "path"},
    "keep": {"type": "int", "default": 10},
}


def main() -> None:
    with host_run(ARGUMENTS) as run:
        require_cryptography()
        (wanted,) = run.parse(lambda: backing_up.wanted_backup(run.params))
        plan = backing_up.plan_backup(wanted, run.now)
        run.carry_out(plan, lambda: backing_up.back_up(plan))


if __name__ == "__main__":
    main()
