#!/usr/bin/python
# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: rfc2136_validation_records
short_description: Write DNS-01 challenges to a name server by dynamic updates
version_added: 0.1.0
description:
  - Adds TXT values by DNS UPDATE (RFC 2136), signed with TSIG, and takes them away again, on BIND, Knot, PowerDNS, Windows DNS and
    other name servers.
  - The values of a zone go in one update, which the server makes as a whole or not at all. Values of others at the same name are kept.
  - What is there is read before and after, at the same server, since a server may accept an update and not carry it out.
  - Nothing is written unless every record has a zone and nothing is in the way.
requirements:
  - dnspython >= 2.6.1
  - idna >= 3.7 (only for names with letters beyond ASCII)
attributes:
  check_mode:
    support: full
    description: Reads with the same key, and says what it would change.
  diff_mode:
    support: full
    description: Shows the values at each name that changes.
options:
  server:
    description: Name or IP address of the primary name server of the zones.
    type: str
    required: true
  port:
    description: Its port.
    type: int
    default: 53
  protocol:
    description: How to reach it.
    type: str
    choices:
      udp: Over UDP, and over TCP when there is no answer or a message is too long.
      tcp: Only over TCP.
    default: udp
  zone:
    description:
      - The zone of records that don't say theirs. Left out, the server is asked, which takes a SOA record that it answers with
        authority.
    type: str
  key_name:
    description: Name of the TSIG key. Without a key, updates aren't signed.
    type: str
  key_algorithm:
    description: Algorithm of the key; V(hmac-sha256) if left out.
    type: str
    choices: [hmac-sha256, hmac-sha512, hmac-sha384, hmac-sha224, hmac-sha1, hmac-md5]
  key_secret:
    description: Secret of the key in base64.
    type: str
  key_file:
    description: A file with the key, as C(tsig-keygen) writes it and BIND includes it, in place of the three options.
    type: path
extends_documentation_fragment:
  - tlsops.certificates.challenges
  - tlsops.certificates.challenges.publishing
notes:
  - C(BADKEY) means that the server has no key of this name, or with another algorithm; C(BADSIG) that the secret is another one;
    C(BADTIME) that the clocks differ by more than five minutes.
  - C(REFUSED) means that the key may not write this name. In BIND, C(update-policy) with
    C(grant acme. name _acme-challenge.www.example.com. TXT;) allows just that.
  - C(NOTAUTH) means that the server isn't the primary of the zone.
  - C(... is a CNAME to ...) means that the challenge is delegated. Write it where the CNAME leads.
seealso:
  - module: tlsops.certificates.route53_validation_records
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: Write two challenges of one name, for example.com and *.example.com
  tlsops.certificates.rfc2136_validation_records:
    server: "{{ primary }}"
    port: "{{ primary_port }}"
    key_name: acme
    key_algorithm: hmac-sha256
    key_secret: "{{ tsig_secret }}"
    records:
      - name: _acme-challenge.example.com
        values:
          - gfj9Xq-Rg85nM-kb6jyFbqr3d6lXc0EuJm4sXJ1aLkw
          - LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0

- name: Take them away again
  tlsops.certificates.rfc2136_validation_records:
    state: absent
    server: "{{ primary }}"
    port: "{{ primary_port }}"
    key_file: "{{ tsig_key_file }}"
    records:
      - name: _acme-challenge.example.com
        values:
          - gfj9Xq-Rg85nM-kb6jyFbqr3d6lXc0EuJm4sXJ1aLkw
          - LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0
"""

RETURN = r"""
records:
  description: One entry for each name, sorted by name.
  returned: always, unless nothing could be read
  type: list
  elements: dict
  contains:
    name:
      description: Name of the record.
      type: str
      returned: always
      sample: _acme-challenge.example.com
    type:
      description: V(TXT).
      type: str
      returned: always
      sample: TXT
    zone:
      description: The zone it is in.
      type: str
      returned: always
      sample: example.com
    values_there:
      description: All values at the name, those of others too. In check mode, those that there would be.
      type: list
      elements: str
      returned: always
      sample: [gfj9Xq-Rg85nM-kb6jyFbqr3d6lXc0EuJm4sXJ1aLkw]
    action:
      description: V(created), V(deleted), V(unchanged), or V(failed) where the zone couldn't be changed.
      type: str
      returned: always
      sample: created
"""

import dataclasses
import typing as t

from ..module_utils._challenge_records import PUBLISHING_ARGUMENTS, EditPlan, check_publishing, parse_records
from ..module_utils._dns.primary import Primary, Server
from ..module_utils._errors import InvalidInput
from ..module_utils._files import read_text
from ..module_utils._flows import updating
from ..module_utils._host_module import host_run
from ..module_utils._names import normalise, zone_name_faults
from ..module_utils._tsig import KEY_ARGUMENTS, parse_key

ARGUMENTS: dict[str, t.Any] = {
    "server": {"type": "str", "required": True},
    "port": {"type": "int", "default": 53},
    "protocol": {"type": "str", "choices": ["udp", "tcp"], "default": "udp"},
    "zone": {"type": "str"},
    **KEY_ARGUMENTS,
    **PUBLISHING_ARGUMENTS,
}


def parse_server(params: dict[str, t.Any]) -> Server:
    """Raises InvalidInput."""
    faults = [] if params["server"].strip() else ["server is empty: give the name or the address of the primary"]
    if not 0 < params["port"] < 65536:
        faults.append(f"port must be between 1 and 65535, not {params['port']}")
    faults += zone_name_faults(params["zone"]) if params["zone"] else []
    if faults:
        raise InvalidInput(faults)
    return Server(params["server"].strip(), params["port"], params["protocol"] == "tcp", params["timeout"])


def main() -> None:
    with host_run(ARGUMENTS) as run:
        records, server, key, dummy = run.parse(
            lambda: parse_records(run.params),
            lambda: parse_server(run.params),
            lambda: parse_key(run.params, read_text),
            lambda: check_publishing(run.params),
        )
        zone = normalise(run.params["zone"] or "")
        records = [dataclasses.replace(each, zone=each.zone or zone) for each in records]
        primary = Primary(server, key)
        plan = EditPlan(tuple(updating.observe(primary, records, run.params["state"], run.params["ttl"])))
        run.carry_out(plan, lambda: updating.apply(primary, plan))


if __name__ == "__main__":
    main()
