# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The two accounts, and in the first a load balancer and a distribution that serve old certificates.

``python -m support.served READY_FILE`` builds it in a running sandbox and prints the playbooks' variables as JSON.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path
from typing import Any

from sandbox.client import Sandbox

from . import two_accounts


@dataclasses.dataclass(frozen=True)
class Served:
    """``old_arn`` is the listener's default, ``wildcard_arn`` a certificate for \\*.example.net that nothing uses."""

    accounts: two_accounts.TwoAccounts
    listener_arn: str
    old_arn: str
    wildcard_arn: str
    distribution_id: str

    @property
    def playbook_variables(self) -> dict[str, Any]:
        return {
            **self.accounts.playbook_variables,
            "listener_arn": self.listener_arn,
            "old_arn": self.old_arn,
            "wildcard_arn": self.wildcard_arn,
            "distribution_id": self.distribution_id,
        }


def build(sandbox: Sandbox) -> Served:
    """A load balancer ``web`` with an HTTPS listener, and a distribution for cdn.example.com."""
    imported = {"status": "ISSUED", "type": "IMPORTED"}
    old, wildcard, old_cdn = sandbox.add_certificates(
        [
            {**imported, "domain_name": "*.example.com"},
            {**imported, "domain_name": "*.example.net"},
            {**imported, "domain_name": "*.example.com", "region": "us-east-1"},
        ]
    )
    return Served(
        accounts=two_accounts.build(sandbox),
        listener_arn=sandbox.load_balancer("web", certificate_arn=old)["listener_arn"],
        old_arn=old,
        wildcard_arn=wildcard,
        distribution_id=sandbox.distribution(aliases=["cdn.example.com"], certificate_arn=old_cdn)["id"],
    )


if __name__ == "__main__":
    print(json.dumps(build(Sandbox.attach(Path(sys.argv[1]))).playbook_variables))
