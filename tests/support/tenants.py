# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The two accounts, and in the first a multi-tenant distribution with its connection group.

``python -m support.tenants ENDPOINT`` builds it in a running sandbox and prints the playbooks' variables as JSON.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from sandbox.client import Sandbox

from . import two_accounts


def build(sandbox: Sandbox) -> dict[str, Any]:
    """What the role needs to know: the distribution, the routing endpoint, and the way to the zones."""
    accounts = two_accounts.build(sandbox)
    return {
        "cloudfront_tenants_dns_role_arn": accounts.role_arn,
        "cloudfront_tenants_dns_role_external_id": two_accounts.EXTERNAL_ID,
        "cloudfront_tenants_distribution_id": sandbox.distribution(parameters=[{"name": "origin"}])["id"],
        "routing_endpoint": sandbox.connection_group("default", default=True)["endpoint"],
    }


if __name__ == "__main__":
    print(json.dumps(build(Sandbox(sys.argv[1], dns_address=""))))
