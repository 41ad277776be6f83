# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """How to reach a Puppet CA."""

    DOCUMENTATION = r"""
options:
  ca_url:
    description:
      - Where the Puppet CA is, such as V(https://puppet.example.com:8140). A host name alone will do, and the port is V(8140) if left
        out.
      - The name must be one that the server's certificate has.
    type: str
    required: true
  ca_path:
    description:
      - File with the certificates of the CA, in PEM, and with nothing else trusted. Puppet has it as C(certs/ca.pem) in its C(ssldir).
    type: path
  ca_fingerprint:
    description:
      - SHA-256 fingerprint with which the CA is trusted if there is no file O(ca_path) yet, with or without colons. It is that of the
        root's certificate, or of the whole file C(ca.pem), which is what Puppet's own setting C(ca_fingerprint) means.
      - If the file is there, it must have this fingerprint.
    type: str
  start_timeout:
    description:
      - For how many seconds refused connections are tried again. Puppet Server refuses them for up to a minute when it starts.
    type: int
    default: 60
requirements:
  - python >= 3.10
  - cryptography >= 3.4
notes:
  - The CA is called directly, without a proxy.
  - C(there is no Puppet CA at this address) means that something answers, but no CA. Either O(ca_url) is the address of another server, or
    it is a Puppet Server whose CA service is disabled in C(services.d/ca.cfg), as on compilers.
  - C(... isn't trusted) comes with the reason. The server isn't the one of this CA, has no certificate for the name in O(ca_url), or a clock
    is wrong.
  - C(the CA's auth.conf doesn't allow it) means that the client certificate is good, but isn't one of an administrator. The one that
    C(puppetserver ca setup) made for the CA server itself has the extension C(pp_cli_auth), and is one.
  - C(the client certificate ... was revoked) or C(has expired) means that another one is needed. C(puppetserver ca generate --ca-client)
    makes one on the CA while the server is stopped.
  - Answers of Puppet Server 7.9 are what all rules were made from. OpenVox Server and newer Puppet Servers have the same API.
"""

    ADMIN = r"""
options:
  client_cert:
    description:
      - File with the certificate of an administrator of the CA, in PEM. On the CA server it is C(certs/NAME.pem) in its C(ssldir).
    type: path
  client_key:
    description:
      - File with the key of O(client_cert).
    type: path
  token:
    description:
      - A token that is sent as C(X-Authentication), with which Puppet Enterprise takes requests of an administrator in place of a
        client certificate.
    type: str
"""

    CHANGES = r"""
attributes:
  check_mode:
    support: full
    description: Can run in C(check_mode) and says what it would change, without changing anything.
  diff_mode:
    support: full
    description: Shows with C(--diff) each thing that changes, before and after.
  idempotent:
    support: full
    description: Run again with the same options, it changes nothing.
"""
