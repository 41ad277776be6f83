#!/usr/bin/python
# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: dns_challenge_info
short_description: Find the zones that DNS-01 challenges have to be written to
version_added: 0.1.0
description:
  - Follows the CNAMEs of challenge names, by which they may be delegated to another zone, and looks for the zone of the name at their end,
    by SOA records from the name upwards.
  - A CNAME that a wildcard gives to every name is no delegation. A record of the challenge's own name takes its place.
  - A look-up that fails ends the search. Above it another zone would be taken for the right one.
options:
  nameservers:
    description:
      - Addresses of DNS resolvers, each with an optional port (C(192.0.2.1), C(192.0.2.1:5353), C([2001:db8::1]:5353)). If there are
        none, those of the system are asked.
    type: list
    elements: str
    default: []
  follow_aliases:
    description: Whether CNAMEs are followed. Without that a record is written at the challenge's own name.
    type: bool
    default: true
extends_documentation_fragment:
  - tlsops.certificates.challenges
  - tlsops.certificates.dns.port
attributes:
  check_mode:
    support: full
    description: It only reads.
  diff_mode:
    support: none
    description: Nothing is changed.
  idempotent:
    support: full
    description: It changes nothing.
notes:
  - C(isn't registered, or not delegated) means that the nearest zone above the name is a public suffix or none at all.
  - C(have no end) means that CNAMEs lead in a circle.
seealso:
  - module: tlsops.certificates.dns_records_wait
  - module: tlsops.certificates.rfc2136_validation_records
  - module: tlsops.certificates.dns_preflight_info
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: Find where a challenge goes
  tlsops.certificates.dns_challenge_info:
    nameservers: ["{{ resolver }}"]
    records:
      - name: _acme-challenge.example.com
        values: ["{{ challenge }}"]
  register: found
"""

RETURN = r"""
records:
  description: The records as they have to be written, in the order of the challenges.
  returned: always
  type: list
  elements: dict
  contains:
    name:
      description: Name of the record.
      type: str
      returned: always
      sample: _acme-challenge.example.com
    type:
      description: Always V(TXT).
      type: str
      returned: always
      sample: TXT
    txt_values:
      description: All values that were given for the challenge.
      type: list
      elements: str
      returned: always
      sample: ["gfj9Xq-Rg85nM-kb6jyFbqr3d6lXc0EuJm4sXJ1aLkw"]
    zone:
      description: The zone it goes to.
      type: str
      returned: always
      sample: example.com
    challenge_name:
      description: Name of the challenge; another one than RV(records[].name) where it is delegated.
      type: str
      returned: always
      sample: _acme-challenge.example.com
    name_servers:
      description: Name servers of the zone.
      type: list
      elements: str
      returned: always
      sample: [ns1.example.com]
ok:
  description: Whether there is a place for each of them. The task doesn't fail where there is none.
  returned: always
  type: bool
  sample: true
message:
  description: Why there is no place for some of them, in one text; empty if there is one for each.
  returned: always
  type: str
  sample: ""
"""

import typing as t

from ..module_utils._challenge_records import RECORDS_ARGUMENTS, parse_records
from ..module_utils._dns.questions import PORT_ARGUMENTS, DnsSettings, check_port
from ..module_utils._dns.resolver import parse_nameservers
from ..module_utils._flows import challenges
from ..module_utils._host_module import host_run
from ..module_utils._module_result import Result

ARGUMENTS: dict[str, t.Any] = {
    **RECORDS_ARGUMENTS,
    **PORT_ARGUMENTS,
    "nameservers": {"type": "list", "elements": "str", "default": []},
    "follow_aliases": {"type": "bool", "default": True},
}


def main() -> None:
    with host_run(ARGUMENTS) as run:
        records, nameservers, _port = run.parse(
            lambda: parse_records(run.params, empty=True),
            lambda: parse_nameservers(run.params["nameservers"]),
            lambda: check_port(run.params),
        )
        settings = DnsSettings(nameservers, port=run.params["authoritative_port"])
        found = challenges.places(settings, [each.name for each in records], run.params["follow_aliases"])
        run.finish(Result(False, challenges.placed(records, found)))


if __name__ == "__main__":
    main()
