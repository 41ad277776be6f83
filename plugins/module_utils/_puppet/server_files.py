# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Where a Puppet Server keeps its configuration and its CA: Debian's package, or those of Puppet and OpenVox."""

from __future__ import annotations

import dataclasses
import os
import typing as t

from .. import _files
from .._errors import InvalidInput, parse_all
from . import puppet_conf
from .certnames import certname_faults

SERVER_ARGUMENTS: dict[str, t.Any] = {
    "certname": {"type": "str", "required": True},
    "confdir": {"type": "path"},
    "server_confdir": {"type": "path"},
    "ssldir": {"type": "path"},
    "cadir": {"type": "path"},
}


@dataclasses.dataclass(frozen=True)
class Defaults:
    confdir: str
    server_confdir: str
    ssldir: str


#: In the order in which they are looked for; the last one is Debian's and Ubuntu's.
_KNOWN = (
    Defaults("/etc/puppetlabs/puppet", "/etc/puppetlabs/puppetserver", "/etc/puppetlabs/puppet/ssl"),
    Defaults("/etc/puppet", "/etc/puppet/puppetserver", "/var/lib/puppet/ssl"),
)


@dataclasses.dataclass(frozen=True)
class ServerFiles:
    """``server_confdir`` has ``conf.d``; ``settings`` are those of puppet.conf."""

    certname: str
    confdir: str
    server_confdir: str
    ssldir: str
    cadir: str
    settings: puppet_conf.Sections = dataclasses.field(default_factory=dict, repr=False)

    @property
    def puppet_conf(self) -> str:
        return os.path.join(self.confdir, "puppet.conf")

    @property
    def ca(self) -> str:
        """What nodes trust, as the server itself has it."""
        return os.path.join(self.ssldir, "certs", "ca.pem")

    @property
    def crl(self) -> str:
        return os.path.join(self.ssldir, "crl.pem")

    @property
    def certificate(self) -> str:
        return os.path.join(self.ssldir, "certs", f"{self.certname}.pem")

    @property
    def key(self) -> str:
        return os.path.join(self.ssldir, "private_keys", f"{self.certname}.pem")

    @property
    def public_key(self) -> str:
        return os.path.join(self.ssldir, "public_keys", f"{self.certname}.pem")

    def in_ca(self, name: str) -> str:
        return os.path.join(self.cadir, name)


def server_files(options: t.Mapping[str, t.Any]) -> ServerFiles:
    """What is given comes first, then what puppet.conf says, then what the package on this host has.

    Raises InvalidInput with every fault.
    """
    found = next((each for each in _KNOWN if os.path.isdir(each.confdir)), _KNOWN[-1])
    confdir = options.get("confdir") or found.confdir
    with _files.file_errors():
        settings = puppet_conf.read(_files.read_text(os.path.join(confdir, "puppet.conf")) or "")
    server_confdir = options.get("server_confdir") or found.server_confdir
    parsed = parse_all(
        lambda: _certname(options["certname"]),
        lambda: _directory("ssldir", options, settings, found.ssldir),
        lambda: _directory("cadir", options, settings, os.path.join(server_confdir, "ca")),
    )
    certname, ssldir, cadir = parsed
    return ServerFiles(certname, confdir, server_confdir, ssldir, cadir, settings)


def _certname(name: str) -> str:
    if faults := certname_faults(name):
        raise InvalidInput(faults)
    return name


def _directory(name: str, options: t.Mapping[str, t.Any], settings: puppet_conf.Sections, default: str) -> str:
    given = options.get(name)
    value: str = given or puppet_conf.effective(settings, name) or default
    if "$" in value:
        raise InvalidInput([f"puppet.conf has {name} = {value}, which only Puppet can resolve: give {name}"])
    if faults := puppet_conf.faults({"main": {name: value}}, {}):
        raise InvalidInput(faults)
    return value
