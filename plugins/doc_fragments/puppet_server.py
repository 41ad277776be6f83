# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """Where a Puppet Server on this host has its files."""

    DOCUMENTATION = r"""
options:
  certname:
    description:
      - What the server is called, which is a name that nodes reach it by. It is in C(puppet.conf), and in its certificate.
    type: str
    required: true
  confdir:
    description:
      - The directory of C(puppet.conf). Left out, that of the package on this host, V(/etc/puppetlabs/puppet) or V(/etc/puppet).
    type: path
  server_confdir:
    description:
      - The directory that has the server's C(conf.d). Left out, that of the package, V(/etc/puppetlabs/puppetserver) or
        V(/etc/puppet/puppetserver).
    type: path
  ssldir:
    description:
      - The directory of the server's own key and certificate. Left out, what C(puppet.conf) says, or that of the package.
    type: path
  cadir:
    description:
      - The directory of the CA. Left out, what C(puppet.conf) says, or C(ca) in O(server_confdir).
    type: path
requirements:
  - python >= 3.10
  - cryptography >= 3.4
notes:
  - Run it on the CA's host, with C(become) where the files are Puppet's.
  - C(puppet.conf has cadir = $...) means that a directory is given by other settings, which only Puppet resolves. Give it as an option.
"""
