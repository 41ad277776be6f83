# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many calls a run may make. AWS's rates make calls the price of everything; seconds are in test_throttled.py.

Fresh: 2 calls a certificate (request, describe), 1 per 500 records, and per poll 1 listing per 1,000 certificates; and
the reads that any run makes, however many certificates there are (READS). Converged: 25 calls for 1,000 certificates.
"""

from __future__ import annotations

import math

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils._certificate_choice import request_tags
from ansible_collections.tlsops.certificates.plugins.module_utils._certificate_options import wanted_certificates
from bench.scene import UNPACED, certificates, fresh_budget, make_zone, measure
from sandbox.client import Sandbox

#: One listing of certificates, the zones, and the zone's records: before the requests (for zone cuts) and after.
READS = {"ListCertificates": 1, "GetResources": 0, "ListHostedZones": 1, "ListResourceRecordSets": 2}


def seed(sandbox: Sandbox, count: int, *, named: bool = True) -> None:
    """The certificates as a run of ours would have left them."""
    wanted = wanted_certificates([_entry(entry, named) for entry in certificates(count)], {"region": "eu-west-1"})
    sandbox.add_certificates(
        [
            {
                "domain_name": each.domain_name,
                "subject_alternative_names": list(each.names),
                "tags": request_tags(each),
                "age": 3600,
            }
            for each in wanted
        ]
    )


def _entry(entry: dict[str, object], named: bool) -> dict[str, object]:
    return entry if named else {key: value for key, value in entry.items() if key != "name"}


def test_fresh_certificates_cost_two_calls_each(sandbox: Sandbox) -> None:
    count = 100
    make_zone(sandbox)
    run = measure(sandbox, certificates(count), rate_limits=UNPACED)
    assert run.result.exit_code == 0, run.result.stdout[:2000]
    assert run.errors == []
    polls = run.counts["ListCertificates"] - READS["ListCertificates"]
    assert 1 <= polls <= 6
    assert len(run.calls) <= fresh_budget(count) + sum(READS.values()) + polls
    # The same once more, each by itself.
    assert run.counts["RequestCertificate"] == count
    assert run.counts["DescribeCertificate"] == count
    assert run.counts["ChangeResourceRecordSets"] == 1
    assert run.counts["ListResourceRecordSets"] <= READS["ListResourceRecordSets"]


def test_a_page_of_certificates_is_read_once_a_poll(sandbox: Sandbox) -> None:
    """Others' certificates don't make a poll dearer: the newest come first, and who has seen all of his stops."""
    make_zone(sandbox)
    others = [{"domain_name": f"n{number}.example.org", "age": 86_400} for number in range(1100)]
    sandbox.add_certificates(others)
    run = measure(sandbox, certificates(5), rate_limits=UNPACED)
    assert run.result.exit_code == 0, run.result.stdout[:2000]
    listings = [call for call in run.calls if call["action"] == "ListCertificates"]
    second_pages = [call for call in listings if call["parameters"].get("NextToken")]
    assert len(second_pages) == 1  # of the look before all
    assert len(run.calls) <= fresh_budget(5) + sum(READS.values()) + len(listings)


@pytest.mark.parametrize("named", [True, False])
def test_a_converged_run_costs_a_listing_and_the_tags_a_hundred_a_page(sandbox: Sandbox, named: bool) -> None:
    count = 250
    seed(sandbox, count, named=named)
    run = measure(sandbox, [_entry(entry, named) for entry in certificates(count)])
    assert run.result["changed"] is False
    assert all(each["ready"] for each in run.result["certificates"])
    assert run.counts == {"ListCertificates": 1, "GetResources": math.ceil(count / 100)}


def test_converged_in_several_regions(sandbox: Sandbox) -> None:
    """A listing and a page of tags for each Region, whatever else is there."""
    wanted = [{**entry, "cloudfront": bool(number % 2)} for number, entry in enumerate(certificates(6))]
    make_zone(sandbox)
    assert measure(sandbox, wanted, rate_limits=UNPACED).result.exit_code == 0
    run = measure(sandbox, wanted)
    assert run.result["changed"] is False
    assert run.counts == {"ListCertificates": 2, "GetResources": 2}


@pytest.mark.alone
@pytest.mark.parametrize("named", [True, False])
def test_a_thousand_converged_certificates(sandbox: Sandbox, named: bool) -> None:
    """At most 25 calls, and 5 seconds inside the module: of its process, Python's start included."""
    seed(sandbox, 1000, named=named)
    wanted = [_entry(entry, named) for entry in certificates(1000)]
    runs = [measure(sandbox, wanted) for _attempt in range(2)]
    for run in runs:
        assert run.result["changed"] is False
        assert len(run.result["certificates"]) == 1000
        assert len(run.calls) <= 25, run.counts
    # The better of two: other work on this machine is not ours.
    assert min(run.seconds for run in runs) <= 5


def test_a_thousand_converged_among_those_of_others(sandbox: Sandbox) -> None:
    """Also where the Region holds twice as many that are ours (as the tags of all of them are read)."""
    seed(sandbox, 2000)
    run = measure(sandbox, certificates(1000))
    assert run.result["changed"] is False
    assert len(run.calls) <= 25, run.counts
