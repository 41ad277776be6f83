# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Where a node keeps its key and certificate: the directory of Puppet's agent, or paths of one's own."""

from __future__ import annotations

import dataclasses
import os
import typing as t

from .. import _files
from .._errors import InvalidInput
from .._files import Rights, rights

LAYOUT_ARGUMENTS: dict[str, t.Any] = {
    "ssldir": {"type": "path", "default": "/etc/puppetlabs/puppet/ssl"},
    "key_path": {"type": "path", "no_log": False},
    "certificate_path": {"type": "path"},
    "crl_path": {"type": "path"},
    "owner": {"type": "str"},
    "group": {"type": "str"},
    "mode": {"type": "raw"},
}
#: Of certificates and revocation lists, which are no secret.
_PUBLIC_MODE = 0o644
#: What nobody may have on a private key: others anything, the group more than reading.
_TOO_MUCH = 0o137


@dataclasses.dataclass(frozen=True)
class Layout:
    """``pending_key`` waits for its certificate, while the old pair goes on serving.

    ``given`` is what the options say of rights, ``owner`` whom new files are for. Where no mode is given, Puppet's
    agent may set what it likes, if it keeps the key private.
    """

    key: str
    certificate: str
    ca: str
    crl: str
    request: str
    owner: Rights
    given: Rights
    mode_given: bool = False

    @property
    def pending_key(self) -> str:
        return f"{self.key}.pending"

    @property
    def public_rights(self) -> Rights:
        return dataclasses.replace(self.owner, mode=_PUBLIC_MODE)

    def kept_rights(self) -> Rights:
        """What the key that is there should have."""
        mode = self.given.mode if self.mode_given else os.stat(self.key).st_mode & 0o7777 & ~_TOO_MUCH
        return dataclasses.replace(self.given, mode=mode)


def layout(options: t.Mapping[str, t.Any]) -> Layout:
    """Raises InvalidInput with every fault."""
    ssldir, name = options["ssldir"], options["certname"]
    given = owner = rights(options)
    if os.geteuid() == 0 and os.path.isdir(ssldir):
        # Puppet's own user, if there is one.
        found = os.stat(ssldir)
        owner = dataclasses.replace(
            given,
            uid=found.st_uid if given.uid is None else given.uid,
            gid=found.st_gid if given.gid is None else given.gid,
        )
    paths = {
        "key": options.get("key_path") or os.path.join(ssldir, "private_keys", f"{name}.pem"),
        "certificate": options.get("certificate_path") or os.path.join(ssldir, "certs", f"{name}.pem"),
        "ca": options.get("ca_path") or os.path.join(ssldir, "certs", "ca.pem"),
        "crl": options.get("crl_path") or os.path.join(ssldir, "crl.pem"),
        "request": f"{options['certificate_path']}.csr"
        if options.get("certificate_path")
        else os.path.join(ssldir, "certificate_requests", f"{name}.pem"),
    }
    if len(set(paths.values())) < len(paths):
        raise InvalidInput(["key_path, certificate_path, ca_path and crl_path must be different files"])
    return Layout(**paths, owner=owner, given=given, mode_given=bool(options.get("mode")))


def write(path: str, text: str, allowed: Rights) -> None:
    """With the directories above it."""
    make_directories(os.path.dirname(path), allowed)
    _files.replace_text(path, text, allowed)


def make_directories(path: str, allowed: Rights) -> None:
    if path and not os.path.isdir(path):
        make_directories(os.path.dirname(path), dataclasses.replace(allowed, mode=_PUBLIC_MODE))
        _files.make_directory(path, allowed)
