# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils._errors import InvalidInput
from ansible_collections.tlsops.certificates.plugins.module_utils._tenant_options import (
    creation_faults,
    wanted_tenants,
    with_defaults,
)
from ansible_collections.tlsops.certificates.plugins.module_utils._tenants import (
    ManagedRequest,
    ParentDistribution,
    WantedTenant,
)

ARN = "arn:aws:acm:us-east-1:111111111111:certificate/aaaa-1"
MANAGED = {"validation_token_host": "cloudfront"}


def entry(**given: Any) -> dict[str, Any]:
    return {"name": "shop", "distribution_id": "E1", "domains": ["shop.example.com"], **given}


def wanted(**given: Any) -> WantedTenant:
    (found,) = wanted_tenants([entry(**given)])
    return found


def faults(*entries: dict[str, Any]) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        wanted_tenants(entries)
    found: list[str] = caught.value.details["faults"]
    return found


def test_names_are_put_right_and_kept_in_their_order() -> None:
    found = wanted(domains=["WWW.example.com", "bücher.example.com", "www.EXAMPLE.com"])
    assert found.domains == ("www.example.com", "xn--bcher-kva.example.com")


def test_what_isn_t_named_isn_t_managed() -> None:
    (found,) = wanted_tenants([{"name": "shop"}])
    assert found == WantedTenant("shop")


def test_the_first_domain_is_the_primary_one() -> None:
    found = wanted(domains=["b.example.com", "a.example.com"], managed_certificate=MANAGED)
    assert found.managed == ManagedRequest("cloudfront", "b.example.com")
    assert found.managed.to_api() == {"ValidationTokenHost": "cloudfront", "PrimaryDomainName": "b.example.com"}


def test_what_is_inherited_is_named_as_something_to_remove() -> None:
    found = wanted(web_acl={"action": "inherit"}, geo_restrictions={"restriction_type": "inherit"}, certificate_arn="")
    assert found.customizations == {"WebAcl": None, "GeoRestrictions": None, "Certificate": None}


def test_customizations_in_the_words_of_the_api() -> None:
    found = wanted(geo_restrictions={"restriction_type": "whitelist", "locations": ["de", "AT", "at"]})
    assert found.customizations == {"GeoRestrictions": {"RestrictionType": "whitelist", "Locations": ["AT", "DE"]}}


@pytest.mark.parametrize("name", ["a.b", "Shop-1", "a" * 128])
def test_good_names(name: str) -> None:
    assert wanted(name=name).name == name


@pytest.mark.parametrize(
    ("given", "part"),
    [
        ({"name": "ab"}, "3 to 128"),
        ({"name": "-shop"}, "3 to 128"),
        ({"name": "sh op"}, "3 to 128"),
        ({"name": "a" * 129}, "3 to 128"),
        ({"domains": []}, "1 to 5"),
        ({"domains": ["shop"]}, "single label"),
        ({"managed_certificate": MANAGED, "certificate_arn": ARN}, "exclude each other"),
        ({"managed_certificate": MANAGED, "certificate_arn": ""}, "exclude each other"),
        ({"certificate_arn": "shop"}, "isn't the ARN"),
        ({"certificate_arn": ARN.replace("us-east-1", "eu-west-1")}, "from us-east-1 only"),
        ({"managed_certificate": MANAGED, "domains": ["*.example.com"]}, "can't prove one"),
        ({"managed_certificate": {**MANAGED, "primary_domain_name": "www.example.com"}}, "isn't one of the domains"),
        ({"managed_certificate": MANAGED, "domains": None}, "primary_domain_name is missing"),
        ({"web_acl": {"action": "override"}}, "needs the arn"),
        ({"web_acl": {"action": "disable", "arn": "arn:aws:wafv2:x"}}, "not for disable"),
        ({"geo_restrictions": {"restriction_type": "whitelist"}}, "those need some"),
        ({"geo_restrictions": {"restriction_type": "none", "locations": ["DE"]}}, "go with whitelist"),
        ({"geo_restrictions": {"restriction_type": "blacklist", "locations": ["Germany"]}}, "'Germany'"),
        ({"parameters": {"a b": "x"}}, "parameters: 'a b'"),
        ({"parameters": {"a": ""}}, "value of a"),
        ({"parameters": {"a": "x" * 257}}, "value of a"),
        ({"tags": {"aws:x": "y"}}, "reserved"),
        ({"tags": {"x" * 129: "y"}}, "1 to 128"),
        ({"tags": {"x": "y" * 257}}, "up to 256"),
    ],
)
def test_an_entry_that_can_t_be(given: dict[str, Any], part: str) -> None:
    (found,) = faults(entry(**given))
    assert part in found


def test_every_fault_of_every_entry_is_said_at_once_and_where() -> None:
    found = faults(entry(name="x", domains=[]), entry(), entry())
    assert [fault.partition(":")[0] for fault in found] == [
        *["tenants[0] (x)"] * 2,
        "tenant shop is asked for twice",
    ]


def test_of_a_tenant_that_goes_only_the_name_matters() -> None:
    assert wanted(state="absent", domains=[]).absent


def test_a_certificate_of_its_own_takes_no_default() -> None:
    defaults = {"distribution_id": "E2", "managed_certificate": MANAGED, "tags": {"a": "b"}}
    assert with_defaults({"name": "shop", "certificate_arn": ""}, defaults) == {
        "name": "shop",
        "certificate_arn": "",
        "distribution_id": "E2",
        "managed_certificate": None,
        "tags": {"a": "b"},
    }
    filled = with_defaults(entry(managed_certificate={"validation_token_host": "self-hosted"}), defaults)
    assert filled["distribution_id"] == "E1"
    assert filled["managed_certificate"] == {"validation_token_host": "self-hosted"}


@pytest.mark.parametrize(
    ("given", "parent", "parts"),
    [
        ({"distribution_id": None, "domains": None}, None, ["distribution_id", "domains"]),
        ({}, ParentDistribution("E1", exists=False), ["doesn't exist"]),
        ({}, ParentDistribution("E1", tenant_only=False), ["takes no tenants"]),
        ({}, ParentDistribution("E1", own_certificate=False), ["managed_certificate or certificate_arn"]),
        ({}, ParentDistribution("E1", required_parameters=frozenset({"b", "a"})), ["lacks a, b"]),
        ({}, ParentDistribution("E1"), []),
        ({"managed_certificate": MANAGED}, ParentDistribution("E1", True, True, False), []),
        ({"certificate_arn": ARN}, ParentDistribution("E1", True, True, False), []),
        ({"parameters": {"a": "x"}}, ParentDistribution("E1", required_parameters=frozenset({"a"})), []),
    ],
)
def test_what_keeps_a_tenant_from_being_created(
    given: dict[str, Any], parent: ParentDistribution | None, parts: list[str]
) -> None:
    found = creation_faults(wanted(**given), parent)
    assert len(found) == len(parts)
    for fault, part in zip(found, parts, strict=True):
        assert part in fault
