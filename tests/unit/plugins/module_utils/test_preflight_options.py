# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils._caa import Issuer, issuer
from ansible_collections.tlsops.certificates.plugins.module_utils._errors import InvalidInput
from ansible_collections.tlsops.certificates.plugins.module_utils._known_zones import KnownZone
from ansible_collections.tlsops.certificates.plugins.module_utils._preflight_options import (
    parse_issuer,
    parse_records,
    parse_zones,
)

EMPTY = {"issuer": None, "caa_identities": None, "method": None, "account_uri": None, "hosted_zones": None}
ZONE = KnownZone("Z1", "example.com", name_servers=("ns1.ours.test",))


@pytest.mark.parametrize(
    "given",
    [
        {"id": "Z1", "name": "example.com", "name_servers": ["ns1.ours.test"]},
        {"hosted_zone_id": "Z1", "hosted_zone_name": "example.com.", "name": "*.www.example.com", "reason": "Matched"}
        | {"name_servers": ["NS1.ours.test."]},
        {"id": "/hostedzone/Z1", "name": "example.com.", "config": {"private_zone": False}, "caller_reference": "1"}
        | {"delegation_set": {"name_servers": ["ns1.ours.test"]}},
        {
            "HostedZone": {"Id": "/hostedzone/Z1", "Name": "example.com.", "Config": {"PrivateZone": False}},
            "DelegationSet": {"NameServers": ["ns1.ours.test"]},
            "changed": False,
        },
    ],
    ids=["plain", "match_info", "listed", "route53_info"],
)
def test_zones_are_taken_as_modules_return_them(given: dict[str, Any]) -> None:
    assert parse_zones({"hosted_zones": [given, given]}) == (ZONE,)


@pytest.mark.parametrize("given", [{"private": True}, {"private": "true"}, {"Config": {"PrivateZone": True}}])
def test_private_zones_are_told_by_any_of_these(given: dict[str, Any]) -> None:
    [zone] = parse_zones({"hosted_zones": [{"id": "Z1", "name": "example.com", **given}]}) or ()
    assert zone.private


def test_nothing_known_is_not_the_same_as_none() -> None:
    assert parse_zones({"hosted_zones": None}) is None
    assert parse_zones({"hosted_zones": []}) == ()


def test_every_fault_of_every_zone_and_record_is_said() -> None:
    with pytest.raises(InvalidInput) as raised:
        parse_zones({"hosted_zones": [{"name": "a..b", "id": "Z1"}, {"id": "Z1"}, {"name": "example.com"}]})
    assert len(raised.value.faults) == 3
    with pytest.raises(InvalidInput) as raised:
        parse_records({"records": [{"name": "a b", "type": "CNAME", "value": "", "domain_names": None}]})
    assert len(raised.value.faults) == 2


def test_records_of_check_mode_have_no_names_yet() -> None:
    assert parse_records({"records": [{"name": None, "type": "CNAME", "value": None, "domain_names": []}]}) == ()


def test_issuers() -> None:
    assert parse_issuer({**EMPTY, "issuer": "acm"}) == issuer("acm")
    assert parse_issuer({**EMPTY, "caa_identities": [" CA.Example. "]}) == Issuer(("ca.example",))
    assert parse_issuer(EMPTY) == Issuer(())


@pytest.mark.parametrize(
    "given",
    [
        {"issuer": "letsencrypt", "caa_identities": ["ca.example"]},
        {"issuer": "acm", "method": "dns-01"},
        {"issuer": "acm", "account_uri": "https://acme.example/1"},
        {"caa_identities": ["not a name"]},
    ],
)
def test_contradictions_are_refused(given: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        parse_issuer({**EMPTY, **given})
