# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a real Puppet Server has, and what is odd about it."""

from __future__ import annotations

from typing import Any

from ansible_collections.tlsops.certificates.plugins.module_utils import _x509 as x509
from support.modules import ModuleResult
from support.puppet_config import CERTNAME
from support.puppet_world import PuppetWorld


def info(ca: PuppetWorld, *certnames: str, **options: Any) -> ModuleResult:
    given = {**ca.server.options, **ca.server.admin, "certnames": list(certnames), **options}
    result = ca.run("puppet_ca_info", given)
    assert not result.failed, result["msg"]
    assert not result["changed"]
    return result


def checks(result: ModuleResult, certname: str | None) -> set[str]:
    return {each["check"] for each in result["findings"] if each["certname"] == certname}


def test_requests_and_certificates_with_what_is_in_them(ca: PuppetWorld) -> None:
    signed, asking = ca.enrolled(extension_requests={"pp_role": "web"}), ca.node()
    ca.enrol(asking)
    result = info(ca, signed.certname, asking.certname, "nosuch.test")
    [request], [certificate] = result["requests"], result["certificates"]
    assert (request["certname"], request["state"]) == (asking.certname, "requested")
    assert request["public_key_fingerprint"] == asking.fingerprint
    assert (certificate["state"], certificate["extensions"]) == ("signed", {"pp_role": "web"})
    assert certificate["public_key_fingerprint"] == signed.fingerprint
    facts = x509.describe_certificate(x509.load_certificate(signed.certificate.read_text()))
    assert (certificate["serial_number"], certificate["fingerprint"]) == (facts.serial, facts.fingerprint)
    assert checks(result, signed.certname) == checks(result, asking.certname) == set()


def test_patterns_and_states(ca: PuppetWorld) -> None:
    node = ca.enrolled()
    ca.set_state(node.certname, "revoked")
    names = [each["certname"] for each in info(ca, "puppet-*", node.certname)["certificates"]]
    assert sorted(names) == sorted([CERTNAME, node.certname])
    assert info(ca, node.certname, states=["signed", "requested"])["certificates"] == []


def test_the_ca_and_its_lists(ca: PuppetWorld) -> None:
    result = info(ca, CERTNAME)
    assert [each["root"] for each in result["ca_certificates"]] == [False, True]
    assert {each["issuer"] for each in result["crls"]} == {each["subject"] for each in result["ca_certificates"]}
    assert checks(result, None) == set()
    far = info(ca, CERTNAME, expiring_within="9000d")
    assert checks(far, None) == {"ca_expiring", "crl_expiring"}


def test_what_is_odd_about_certificates(ca: PuppetWorld) -> None:
    revoked, short = ca.enrolled(), ca.node()
    ca.set_state(revoked.certname, "revoked")
    ca.enrol(short)
    ca.sign(short, cert_ttl=86400)
    result = info(ca, revoked.certname, short.certname)
    assert checks(result, revoked.certname) == {"revoked_present"}
    assert checks(result, short.certname) == {"expiring"}


def test_what_is_odd_about_requests(ca: PuppetWorld) -> None:
    node = ca.node()
    ca.submit(node.certname, alternative=("DNS:other.test",), extensions={"1.3.6.1.4.1.34380.1.3.13": "x"})
    assert checks(info(ca, node.certname), node.certname) == {"request_alt_names", "request_authorization"}
