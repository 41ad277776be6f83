#!/usr/bin/python
# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: dns_records_wait
short_description: Wait until every name server has the TXT records
version_added: 0.1.0
description:
  - Asks every name server of the zones of TXT records, until all of them answer with all values. A CA may ask any of them.
  - Prints a line whenever something has changed, with how many are there, which servers don't have the others, and how much time is left.
  - When the time is over, it says which name servers don't have a record, and which don't answer.
options:
  nameservers:
    description:
      - Addresses of DNS resolvers, each with an optional port (C(192.0.2.1), C(192.0.2.1:5353), C([2001:db8::1]:5353)). If there are
        none, those of the system are asked. They say what the name servers of a zone are.
    type: list
    elements: str
    default: []
  at_resolvers:
    description:
      - Ask the resolvers for the records, and not the zones' name servers. Where these can't be reached from here, that has to do. A
        resolver that was asked too early remembers for a while that a record wasn't there.
    type: bool
    default: false
  pass_over_silent:
    description: Whether name servers that don't answer are passed over, as long as another one of the zone does.
    type: bool
    default: false
  wait:
    description: Wait. With V(false) look once, and return what is seen without failing for what isn't there yet.
    type: bool
    default: true
  wait_timeout:
    description: For how many seconds to wait.
    type: int
    default: 300
  poll_interval:
    description: Longest pause between two looks, in seconds. The first ones are shorter.
    type: int
    default: 10
extends_documentation_fragment:
  - tlsops.certificates.challenges
  - tlsops.certificates.dns.port
attributes:
  async:
    support: full
    description: With C(async) the module waits by itself, and no progress is printed.
  action:
    support: partial
    description: An action plugin prints the progress. Everything else is done by the module.
  check_mode:
    support: full
    description: It looks once, and doesn't wait or fail, since nothing may be written yet.
  diff_mode:
    support: none
    description: Nothing is changed.
  idempotent:
    support: full
    description: It changes nothing.
notes:
  - C(No answer ... comes from) names servers that are in the zone's NS set and silent, or refuse. A CA that asks one of them fails,
    too.
seealso:
  - module: tlsops.certificates.dns_challenge_info
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: Write a challenge
  tlsops.certificates.rfc2136_validation_records:
    server: "{{ primary }}"
    port: "{{ primary_port }}"
    key_file: "{{ tsig_key_file }}"
    records:
      - name: _acme-challenge.example.com
        values: ["{{ challenge }}"]

- name: Wait until every name server has it
  tlsops.certificates.dns_records_wait:
    nameservers: ["{{ primary }}:{{ primary_port }}"]
    authoritative_port: "{{ primary_port }}"
    records:
      - name: _acme-challenge.example.com
        values: ["{{ challenge }}"]
"""

RETURN = r"""
records:
  description: One entry for each record, in the order given.
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
    zone:
      description: The zone it is in; empty if that isn't known.
      type: str
      returned: always
      sample: example.com
    txt_values:
      description: The values that were looked for.
      type: list
      elements: str
      returned: always
      sample: ["gfj9Xq-Rg85nM-kb6jyFbqr3d6lXc0EuJm4sXJ1aLkw"]
    phase:
      description: V(Published), V(Pending), or V(Failed) where it can't be looked for.
      type: str
      returned: always
      sample: Published
    ready:
      description: Whether every server has it.
      type: bool
      returned: always
      sample: true
    reason:
      description: V(Published), V(Propagating), V(ServerUnanswered) or V(ZoneNotFound).
      type: str
      returned: always
      sample: Published
    message:
      description: Which servers have it, don't have it, or don't answer.
      type: str
      returned: always
      sample: ns1.example.com (192.0.2.1) has _acme-challenge.example.com.
    servers:
      description: What each server has said last, with C(server), C(values), and C(fault) where it hasn't answered.
      type: list
      elements: dict
      returned: always
      sample: [{"server": "ns1.example.com (192.0.2.1)", "values": ["gfj9Xq-Rg85nM-kb6jyFbqr3d6lXc0EuJm4sXJ1aLkw"], "fault": ""}]
failure:
  description: What is missing, in one text; null if nothing is.
  returned: always
  type: str
"""

import typing as t

from ..module_utils._challenge_records import RECORDS_ARGUMENTS, parse_records
from ..module_utils._dns.questions import PORT_ARGUMENTS, DnsSettings, check_port
from ..module_utils._dns.resolver import parse_nameservers
from ..module_utils._flows.challenges import Lookout
from ..module_utils._host_module import host_run
from ..module_utils._module_result import Result
from ..module_utils._pace import SystemClock
from ..module_utils._propagation import WAIT_TIMEOUT, late_sentence

ARGUMENTS: dict[str, t.Any] = {
    **RECORDS_ARGUMENTS,
    **PORT_ARGUMENTS,
    "nameservers": {"type": "list", "elements": "str", "default": []},
    "at_resolvers": {"type": "bool", "default": False},
    "pass_over_silent": {"type": "bool", "default": False, "no_log": False},
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": WAIT_TIMEOUT},
    "poll_interval": {"type": "int", "default": 10},
}


def main() -> None:
    with host_run(ARGUMENTS) as run:
        records, nameservers, _port = run.parse(
            lambda: parse_records(run.params),
            lambda: parse_nameservers(run.params["nameservers"]),
            lambda: check_port(run.params),
        )
        settings = DnsSettings(nameservers, port=run.params["authoritative_port"])
        lookout = Lookout(settings, run.params["at_resolvers"], run.params["pass_over_silent"])
        waits = run.params["wait"] and not run.check_mode
        timeout = run.params["wait_timeout"] if waits else 0
        seen = lookout.wait(records, SystemClock(), timeout, run.params["poll_interval"])
        late = late_sentence(seen, timeout)
        result = Result(False, {"records": seen, "failure": late})
        if waits:
            result.failure = late
        run.finish(result)


if __name__ == "__main__":
    main()
