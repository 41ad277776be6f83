#!/usr/bin/python
# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: route53_hosted_zone_match_info
short_description: Find the hosted zone that the validation records of a name belong in
version_added: 0.1.0
description:
  - For each name finds the most specific public hosted zone of Route 53 that it lies in, or says why there is none.
  - Private zones don't count, as a CA validates over public DNS. Of two public zones of one name, the one is taken that the public
    DNS delegates to. If that can't be told, it is an error that lists them.
  - A name that is delegated away by an NS record set inside of the zone found has no zone either. A record there would never be
    seen.
options:
  names:
    description:
      - The names, as in a certificate (C(*.example.com)), or names of records (C(_acme-challenge.www.example.com)).
    type: list
    elements: str
    required: true
  missing:
    description: What to do about a name that has no zone.
    type: str
    choices:
      fail: Fail, with one message that lists all such names.
      report: Say why in its RV(zones[].reason) and RV(zones[].message) only.
    default: fail
  check_delegation:
    description:
      - Look into the zones found for NS record sets that delegate a name away. This takes C(route53:ListResourceRecordSets) and a
        call or more for each zone.
    type: bool
    default: true
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - tlsops.certificates.aws
  - tlsops.certificates.aws.info
  - tlsops.certificates.dns
seealso:
  - module: tlsops.certificates.route53_validation_records
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: Find the zones of these names in another account
  tlsops.certificates.route53_hosted_zone_match_info:
    names:
      - "*.shop.example.net"
      - api.dev.example.net
    dns_role_arn: arn:aws:iam::222222222222:role/dns-validation
    dns_role_external_id: tlsops-demo
  register: found

- name: Show them
  ansible.builtin.debug:
    var: found.hosted_zone_ids

- name: Only say which names have no zone
  tlsops.certificates.route53_hosted_zone_match_info:
    names: [www.example.org]
    missing: report
  register: found

- name: Show why
  ansible.builtin.debug:
    msg: "{{ found.zones | rejectattr('hosted_zone_id') | map(attribute='message') }}"
"""

RETURN = r"""
zones:
  description: One entry for each name, in the order asked for.
  returned: always
  type: list
  elements: dict
  contains:
    name:
      description: The name, as given.
      type: str
      returned: always
      sample: "*.shop.example.net"
    hosted_zone_id:
      description: ID of the zone; null if there is none.
      type: str
      returned: always
      sample: Z0123456789ABC
    hosted_zone_name:
      description: Name of the zone.
      type: str
      returned: always
      sample: example.net
    reason:
      description:
        - V(Matched), V(NoZone), V(OnlyPrivateZone), V(AmbiguousZone), V(DelegatedAway), V(NotInZone) or V(ServiceManagedZone).
      type: str
      returned: always
      sample: Matched
    message:
      description: One sentence on what was found, and what to do about it.
      type: str
      returned: always
      sample: "*.shop.example.net belongs in hosted zone Z0123456789ABC (example.net)"
hosted_zone_ids:
  description: The ID of the zone by name, of the names that have one. Fits O(hosted_zones) of the other modules.
  returned: always
  type: dict
  sample: {"shop.example.net": "Z0123456789ABC", "api.dev.example.net": "Z0123456789DEF"}
missing:
  description: The names that have none.
  returned: always
  type: list
  elements: str
  sample: []
"""

import typing as t

from ..module_utils._errors import InvalidInput
from ..module_utils._flows.zones import ZONE_ARGUMENTS, find_zones, parse_zone_options
from ..module_utils._hosted_zones import ZoneMatch, missing
from ..module_utils._module import DNS_ROLE_ARGUMENTS, module_run
from ..module_utils._module_result import Result
from ..module_utils._names import base_name, normalise, zone_name_faults

ARGUMENTS: dict[str, t.Any] = {
    "names": {"type": "list", "elements": "str", "required": True},
    "missing": {"type": "str", "choices": ["fail", "report"], "default": "fail"},
    "check_delegation": {"type": "bool", "default": True},
    **ZONE_ARGUMENTS,
    **DNS_ROLE_ARGUMENTS,
}


def parse_names(params: dict[str, t.Any]) -> list[str]:
    faults = [fault for name in params["names"] for fault in zone_name_faults(name)]
    if faults:
        raise InvalidInput(faults)
    return list(dict.fromkeys(params["names"]))


def result(matches: t.Mapping[str, ZoneMatch], params: dict[str, t.Any]) -> Result:
    without = missing(matches)
    return Result(
        changed=False,
        values={
            "zones": [
                {
                    "name": name,
                    "hosted_zone_id": match.zone.id if match.zone else None,
                    "hosted_zone_name": match.zone.name if match.zone else None,
                    "reason": match.reason,
                    "message": match.message,
                }
                for name, match in matches.items()
            ],
            "hosted_zone_ids": {base_name(normalise(n)): match.zone.id for n, match in matches.items() if match.zone},
            "missing": [name for name, match in matches.items() if not match.zone],
        },
        failure=InvalidInput(without).message if without and params["missing"] == "fail" else None,
    )


def main() -> None:
    with module_run(ARGUMENTS) as run:
        names, zones = run.parse(lambda: parse_names(run.params), lambda: parse_zone_options(run.params))
        matches = find_zones(run.dns_access, names, zones, cuts=run.params["check_delegation"])
        run.finish(result(matches, run.params))


if __name__ == "__main__":
    main()
