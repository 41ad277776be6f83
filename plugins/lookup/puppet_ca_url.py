# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: puppet_ca_url
short_description: Where the Puppet CA is, by the inventory or the DNS
version_added: 0.1.0
description:
  - The first host of a group of the inventory. Where there is none, the server of the SRV records
    C(_x-puppet-ca._tcp.DOMAIN), or C(_x-puppet._tcp.DOMAIN) if these don't exist, which is how Puppet's agent finds
    it with C(use_srv_records).
  - Where several servers are named, it is the one of the lowest priority and the highest weight.
  - This only says where the CA may be. Whether it is the right one is told by its certificates.
options:
  _terms:
    description: The domain whose SRV records are asked for. There may be none.
    type: list
    elements: str
    required: true
  group:
    description: The group of the inventory. The CA is called by its host's name there.
    type: str
    default: puppet_ca
  port:
    description: Port of the host in O(group).
    type: int
    default: 8140
  nameservers:
    description:
      - Resolvers to ask, each an IP address with an optional port, or a text with several. Without them those of the
        controller.
    type: raw
    default: []
requirements:
  - dnspython, for SRV records
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: Show where the CA is
  ansible.builtin.debug:
    msg: "{{ lookup('tlsops.certificates.puppet_ca_url', 'example.com') }}"
"""

RETURN = r"""
_raw:
  description: The URL for the option O(tlsops.certificates.puppet_certificate#module:ca_url).
  type: list
  elements: str
"""

import typing as t

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from ..module_utils._dns.resolver import parse_nameservers
from ..module_utils._dns.services import find_services
from ..module_utils._errors import TlsopsError
from ..module_utils._puppet.discovery import SERVICES, Server, best
from ..plugin_utils._survey_text import names_of


class LookupModule(LookupBase):
    def run(self, terms: list[str], variables: t.Any = None, **kwargs: t.Any) -> list[str]:
        self.set_options(var_options=variables, direct=kwargs)
        group = self.get_option("group")
        hosts = (variables or {}).get("groups", {}).get(group) or []
        return [ca_url(terms, hosts, group, self.get_option("port"), self.get_option("nameservers"))]


def ca_url(domains: t.Iterable[str], hosts: t.Sequence[str], group: str, port: int, nameservers: t.Any) -> str:
    """``hosts`` are those of the group."""
    if hosts:
        return f"https://{hosts[0].lower()}:{port}"
    asked = [f"{each.strip('.')}" for each in domains if each]
    try:
        found = [_of_domain(each, nameservers) for each in asked]
    except TlsopsError as error:
        raise AnsibleLookupError(f"no Puppet CA is given, and {error.message}") from error
    for url in found:
        if url:
            return url
    also = f", nor an SRV record {' or '.join(f'{SERVICES[0]}.{each}' for each in asked)}" if asked else ""
    raise AnsibleLookupError(f"no Puppet CA is given, and there is no host in the group {group}{also}")


def _of_domain(domain: str, nameservers: t.Any) -> str | None:
    asked = parse_nameservers(names_of(nameservers))
    for service in SERVICES:
        records = find_services(f"{service}.{domain}", asked)
        if records:
            return best(Server(*record) for record in records)
    return None
