#!/usr/bin/python
# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: cloudflare_validation_records
short_description: Write DNS-01 challenges to zones at Cloudflare
version_added: 0.1.0
description:
  - Adds TXT values to zones at Cloudflare, and takes them away again. Values of others at the same name are kept.
  - The zone of each record is looked up by name, the longest first. Nothing is written unless every record has an active zone.
  - A value that is there already isn't written again.
requirements:
  - idna >= 3.7 (only for names with letters beyond ASCII)
attributes:
  check_mode:
    support: full
    description: Reads with the same credentials, and says what it would change.
  diff_mode:
    support: full
    description: Shows the values at each name that changes.
options:
  api_token:
    description:
      - An API token with the permissions Zone:Read and DNS:Edit, for the zones or for all of them.
      - If left out, the environment variable E(CLOUDFLARE_TOKEN) is taken.
    type: str
  account_email:
    description: E-mail address of the account, for O(account_api_key).
    type: str
  account_api_key:
    description: The global API key, in place of a token. It may do everything in the account, so a token is better.
    type: str
  endpoint:
    description: URL of the API.
    type: str
    default: https://api.cloudflare.com/client/v4
extends_documentation_fragment:
  - tlsops.certificates.challenges
  - tlsops.certificates.challenges.publishing
notes:
  - C(no Cloudflare zone for ...) means that the token lacks Zone:Read for it, or that the domain is in another account. Cloudflare doesn't
    tell which.
  - C(9109) and C(10000) mean that the token is wrong or has too few permissions.
seealso:
  - module: tlsops.certificates.dns_challenge_info
  - module: tlsops.certificates.dns_records_wait
  - module: community.general.cloudflare_dns
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: Write two challenges of one name, for example.com and *.example.com
  tlsops.certificates.cloudflare_validation_records:
    api_token: "{{ cloudflare_token }}"
    endpoint: "{{ cloudflare_endpoint }}"
    records:
      - name: _acme-challenge.example.com
        values:
          - gfj9Xq-Rg85nM-kb6jyFbqr3d6lXc0EuJm4sXJ1aLkw
          - LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0

- name: Take them away again
  tlsops.certificates.cloudflare_validation_records:
    state: absent
    api_token: "{{ cloudflare_token }}"
    endpoint: "{{ cloudflare_endpoint }}"
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

import typing as t

from ansible.module_utils.basic import env_fallback

from ..module_utils._challenge_records import PUBLISHING_ARGUMENTS, check_publishing, parse_records
from ..module_utils._dns.cloudflare import ENDPOINT, Cloudflare, parse_credentials
from ..module_utils._flows import cloudflare
from ..module_utils._host_module import host_run
from ..module_utils._pace import SystemClock

ARGUMENTS: dict[str, t.Any] = {
    "api_token": {"type": "str", "no_log": True, "fallback": (env_fallback, ["CLOUDFLARE_TOKEN"])},
    "account_email": {"type": "str"},
    "account_api_key": {"type": "str", "no_log": True},
    "endpoint": {"type": "str", "default": ENDPOINT},
    **PUBLISHING_ARGUMENTS,
}


def main() -> None:
    with host_run(ARGUMENTS) as run:
        params = run.params
        records, credentials, dummy = run.parse(
            lambda: parse_records(params), lambda: parse_credentials(params), lambda: check_publishing(params)
        )
        account = Cloudflare(credentials, SystemClock(), params["endpoint"], params["timeout"])
        plan = cloudflare.observe(account, records, params["state"], params["ttl"])
        run.carry_out(plan, lambda: cloudflare.apply(account, plan))


if __name__ == "__main__":
    main()
