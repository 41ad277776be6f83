# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""At AWS's own rates: no throttling reaches the user, and hardly any time is lost.

The time the rates allow is bench.scene.allowed_seconds: the requests at 5 a second, and what AWS itself does after the
last of them. Measured is the whole process, Python's start and the import of boto3 included. What doesn't grow with the
work (a second for the start, and on average half of a pause between two looks) weighs heavily on 40 certificates, which
take 8 seconds; here it is measured with one certificate and subtracted. `make bench` measures 200 as they are.
"""

from __future__ import annotations

import pytest
from bench.scene import Measured, allowed_seconds, certificates, make_zone, measure
from sandbox.client import Sandbox

LOST_AT_MOST = 1.15


def run_throttled(sandbox: Sandbox, count: int) -> tuple[Measured, float]:
    """A fresh run at AWS's rates, and the seconds they allow."""
    sandbox.reset()
    make_zone(sandbox)
    sandbox.configure(throttle=True)
    run = measure(sandbox, certificates(count))
    assert run.result.exit_code == 0, run.result.stdout[:2000]
    return run, allowed_seconds(sandbox, run)


@pytest.mark.alone
def test_no_throttling_reaches_the_user_and_little_time_is_lost(sandbox: Sandbox) -> None:
    single, single_allowed = run_throttled(sandbox, 1)
    overhead = single.seconds - single_allowed
    run, allowed = run_throttled(sandbox, 40)
    assert all(each["ready"] for each in run.result["certificates"])
    # Not even one that would have been repeated.
    assert run.errors == []
    assert run.seconds - overhead <= LOST_AT_MOST * allowed


def test_throttling_by_others_is_waited_out(sandbox: Sandbox) -> None:
    """Somebody else works in the account and takes the tokens: the run slows down, and ends well."""
    make_zone(sandbox)
    for service, action, code in (
        ("acm", "ListCertificates", "ThrottlingException"),
        ("acm", "RequestCertificate", "ThrottlingException"),
        ("acm", "DescribeCertificate", "ThrottlingException"),
        ("tag", "GetResources", "ThrottledException"),
        ("route53", "ListHostedZones", "Throttling"),
        ("route53", "ChangeResourceRecordSets", "PriorRequestNotComplete"),
    ):
        sandbox.fail(service, action, times=2, code=code)
    run = measure(sandbox, certificates(3))
    assert run.result.exit_code == 0, run.result.stdout[:2000]
    assert len(run.errors) >= 8
    assert "Throttl" not in run.result.stdout
    assert "PriorRequest" not in run.result.stdout
