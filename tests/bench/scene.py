# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is measured: a number of certificates with three names each in one zone, and the calls and seconds they cost."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import math
import time
from typing import Any

from sandbox.client import Sandbox
from support.modules import ModuleResult, run_module

DOMAIN = "example.com"
NAMES_EACH = 3
#: AWS's own pace is left out of what our code costs by itself.
UNPACED = dict.fromkeys(
    [
        *["RequestCertificate", "DescribeCertificate", "ListCertificates", "ListTagsForCertificate"],
        *["ListHostedZones", "ListResourceRecordSets", "ChangeResourceRecordSets", "GetChange"],
        *["change tokens", "*"],
    ],
    100_000,
)


@dataclasses.dataclass(frozen=True)
class Measured:
    """One run: what it returned, how long its process took (Python's start and imports included), what it called."""

    result: ModuleResult
    seconds: float
    calls: list[dict[str, Any]]

    @property
    def counts(self) -> collections.Counter[str]:
        return collections.Counter(call["action"] for call in self.calls)

    @property
    def errors(self) -> list[str]:
        return [call["error"] for call in self.calls if call["error"]]


def certificates(count: int) -> list[dict[str, Any]]:
    return [
        {
            "name": f"site{number}",
            "domain_name": f"site{number}.{DOMAIN}",
            "subject_alternative_names": [f"www.site{number}.{DOMAIN}", f"api.site{number}.{DOMAIN}"],
        }
        for number in range(count)
    ]


def make_zone(sandbox: Sandbox) -> str:
    made = sandbox.boto("route53").create_hosted_zone(Name=DOMAIN, CallerReference=str(time.monotonic_ns()))
    zone_id = str(made["HostedZone"]["Id"]).rpartition("/")[2]
    sandbox.delegate(DOMAIN, zone_id)
    return zone_id


def measure(sandbox: Sandbox, wanted: list[dict[str, Any]], **options: Any) -> Measured:
    """One run of acm_dns_certificates in a process of its own."""
    sandbox.clear_calls()
    began = time.monotonic()
    result = run_module(
        "acm_dns_certificates",
        {"certificates": wanted, "nameservers": [sandbox.dns_address], **options},
        sandbox.environment(),
    )
    return Measured(result, time.monotonic() - began, sandbox.calls())


def fresh_budget(count: int) -> int:
    """What may be called for certificates that aren't there, besides the reads that every run makes, and the polls."""
    return 2 * count + math.ceil(count * NAMES_EACH / 500)


def allowed_seconds(sandbox: Sandbox, run: Measured) -> float:
    """The time AWS's rates allowed this fresh run, had it wasted none.

    The slowest stage is RequestCertificate at 5 a second: the last request of n can't be made before (n - 1) / 5
    seconds. What has to follow it is AWS's own: the last certificate's records appear (`record_delay`); and from the
    last change of records to the last certificate's IssuedAt, Route 53 makes them visible, ACM's checker comes by and
    resolves them all, and ACM issues. All else (a description each at 10 a second, the records at 100 change tokens a
    second, the listings) fits in beside the requests.
    """
    requests = run.counts["RequestCertificate"]
    written = max(call["at"] for call in run.calls if call["action"] == "ChangeResourceRecordSets")
    issued = max(datetime.datetime.fromisoformat(each["IssuedAt"]).timestamp() for each in sandbox.certificates())
    return (requests - 1) / 5 + float(sandbox.control("GET", "settings")["record_delay"]) + max(0.0, issued - written)
