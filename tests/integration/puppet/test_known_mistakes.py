# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Mistakes that others have made with this API, each one in a test: a Kubernetes operator, and Puppet's command line.

That an answer other than 200 isn't "not signed yet", and that revocation lists are read before they are written, is in
test_faults.py and test_puppet_ca_crl.py.
"""

from __future__ import annotations

from ansible_collections.tlsops.certificates.plugins.module_utils import _x509 as x509
from support.puppet_relay import Asked, relayed
from support.puppet_world import PuppetWorld


def requests_of(asked: list[Asked]) -> list[str]:
    return [f"{each.method} {each.path.split('/')[0]}" for each in asked]


def test_it_looks_before_it_submits_so_that_a_manual_signature_is_no_error(ca: PuppetWorld) -> None:
    node = ca.node()
    with relayed(ca.server) as relay:
        ca.enrol(node, ca_url=relay.url)
        first = requests_of(relay.asked)
        ca.set_state(node.certname, "signed")
        relay.asked.clear()
        assert ca.enrol(node, ca_url=relay.url)["phase"] == "Signed"
    assert first.index("GET certificate_request") < first.index("PUT certificate_request")
    assert first.count("PUT certificate_request") == 1
    assert "PUT certificate_request" not in requests_of(relay.asked)


def test_a_second_run_needs_two_requests(ca: PuppetWorld) -> None:
    node = ca.enrolled()
    with relayed(ca.server) as relay:
        assert not ca.enrol(node, ca_url=relay.url)["changed"]
    assert requests_of(relay.asked) == ["GET certificate", "GET certificate_revocation_list"]


def test_a_name_in_upper_case_is_refused_before_anything_is_asked(ca: PuppetWorld) -> None:
    node = ca.node()
    with relayed(ca.server) as relay:
        result = ca.enrol(node, ca_url=relay.url, certname=node.certname.upper())
    assert "upper-case" in result["msg"]
    assert relay.asked == []


def test_addresses_are_addresses_and_no_names(ca: PuppetWorld) -> None:
    node = ca.node()
    ca.enrol(node, subject_alternative_names=["2001:DB8::1", "192.0.2.1"])
    names = x509.describe_csr(ca.server.request("GET", f"certificate_request/{node.certname}")[1]).names.alternative
    assert names == (f"DNS:{node.certname}", "IP:192.0.2.1", "IP:2001:db8::1")


def test_cleaning_a_mere_request_removes_it_and_nothing_is_a_success_again(ca: PuppetWorld) -> None:
    """PUT clean answers 200 and leaves it there, and the command line ends with 24 where this is done."""
    node = ca.node()
    ca.enrol(node)
    first = ca.sign(node, state="cleaned")
    assert (first.failed, first["changed"], ca.state(node.certname)) == (False, True, None)
    again = ca.sign(node, state="cleaned")
    assert (again.failed, again["changed"]) == (False, False)


def test_a_refused_name_neither_leaves_files_in_the_way_nor_stops_the_others(ca: PuppetWorld) -> None:
    good, bad = ca.node(), ca.node()
    ca.enrol(good)
    ca.enrol(bad, extension_requests={"pp_authorization": "true"})
    result = ca.sign(bad, good, allowed_extensions=["pp_authorization"])
    assert [each["state"] for each in result["certificates"]] == ["requested", "signed"]
    assert bad.certname in result["msg"]
    assert good.certname not in result["msg"]
    ca.sign(bad, reject=True)
    ca.enrol(bad)
    assert not ca.sign(bad).failed
    assert ca.enrol(bad)["phase"] == "Signed"
