# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Domains of tenants: who owns them, where they point to, who has them, and moving them."""

from __future__ import annotations

from typing import Any

import pytest
from aws_session import OTHER, make_zone, put_records, refused
from sandbox import cloudfront_edges
from sandbox.client import Sandbox
from tenancy import BY_CLOUDFRONT, DOMAIN, SELF_HOSTED, create, details, point, read, states, update, wildcard

NOT_OWNED = (
    "The provided Domain Name is not valid. Could not verify Domain Name ownership. "
    "It may not be pointing to a valid CloudFront resource."
)


@pytest.fixture
def cloudfront(sandbox: Sandbox) -> Any:
    sandbox.configure(insync_delay=0, issue_delay=0, validation_interval=3600)
    return sandbox.boto("cloudfront")


@pytest.fixture
def template(sandbox: Sandbox) -> dict[str, str]:
    return sandbox.distribution(parameters=[])


@pytest.fixture
def endpoint(sandbox: Sandbox) -> str:
    return sandbox.connection_group(default=True)["endpoint"]


def alias(sandbox: Sandbox, zone: str, domain: str, endpoint: str, kind: str = "A", **target: Any) -> None:
    """An alias record to CloudFront."""
    given = {"HostedZoneId": cloudfront_edges.HOSTED_ZONE_ID, "DNSName": endpoint, "EvaluateTargetHealth": False}
    record = {"Name": domain, "Type": kind, "AliasTarget": given | target}
    changes = {"Changes": [{"Action": "UPSERT", "ResourceRecordSet": record}]}
    sandbox.boto("route53").change_resource_record_sets(HostedZoneId=zone, ChangeBatch=changes)


def challenge(sandbox: Sandbox, zone: str, domain: str, endpoint: str) -> None:
    put_records(sandbox, zone, [(f"_cf-challenge.{domain}", "TXT", f'"{endpoint}"')])


# Ownership


def test_a_domain_that_nobody_proves_is_refused(cloudfront: Any, template: dict[str, str], endpoint: str) -> None:
    """aws-sdk-php#3129."""
    for members in ({}, {"ManagedCertificateRequest": BY_CLOUDFRONT}):
        error = refused(lambda members=members: create(cloudfront, template, **members))
        assert (error["Code"], error["Status"], error["Message"]) == ("InvalidArgument", 400, NOT_OWNED)


def test_each_domain_must_point_to_the_endpoint_of_the_tenants_group(
    sandbox: Sandbox, cloudfront: Any, template: dict[str, str], endpoint: str
) -> None:
    other = sandbox.connection_group("other")
    zone = point(sandbox, endpoint, DOMAIN)
    put_records(sandbox, zone, [("www.example.com", "CNAME", other["endpoint"])])
    request = {"ManagedCertificateRequest": BY_CLOUDFRONT, "Domains": [DOMAIN, "www.example.com"]}
    assert refused(lambda: create(cloudfront, template, **request))["Message"] == NOT_OWNED
    assert refused(lambda: create(cloudfront, template, ConnectionGroupId=other["id"]))["Message"] == NOT_OWNED
    put_records(sandbox, zone, [("www.example.com", "CNAME", DOMAIN)])
    create(cloudfront, template, **request)
    sandbox.advance(60)
    assert details(cloudfront)["CertificateStatus"] == "issued"


def test_nothing_can_point_to_a_default_group_that_is_not_there_yet(
    sandbox: Sandbox, cloudfront: Any, template: dict[str, str]
) -> None:
    """The first tenant brings the default group, so its own domain cannot point there before."""
    request = {"ManagedCertificateRequest": BY_CLOUDFRONT}
    assert refused(lambda: create(cloudfront, template, **request))["Message"] == NOT_OWNED
    assert cloudfront.list_connection_groups()["ConnectionGroups"] == []


def test_an_alias_record_proves_nothing_without_the_challenge(
    sandbox: Sandbox, cloudfront: Any, template: dict[str, str], endpoint: str
) -> None:
    zone = point(sandbox, endpoint)
    request = {"ManagedCertificateRequest": {"ValidationTokenHost": "cloudfront"}, "Domains": ["example.com"]}
    alias(sandbox, zone, "example.com", endpoint)
    assert refused(lambda: create(cloudfront, template, **request))["Message"] == NOT_OWNED
    challenge(sandbox, zone, "example.com", endpoint)
    create(cloudfront, template, **request)
    sandbox.advance(60)
    assert details(cloudfront)["CertificateStatus"] == "issued"


def test_an_update_adds_no_domain_without_proof(
    sandbox: Sandbox, cloudfront: Any, template: dict[str, str], endpoint: str
) -> None:
    create(cloudfront, template, ManagedCertificateRequest=SELF_HOSTED)
    both = [{"Domain": DOMAIN}, {"Domain": "www.example.com"}]
    assert refused(lambda: update(cloudfront, Domains=both))["Message"] == NOT_OWNED
    point(sandbox, endpoint, "www.example.com")
    assert states(update(cloudfront, Domains=both)) == dict.fromkeys((DOMAIN, "www.example.com"), "inactive")


# The DNS of CloudFront


def test_routing_endpoints_and_standard_distributions_resolve(sandbox: Sandbox, cloudfront: Any, endpoint: str) -> None:
    assert len(sandbox.resolve(endpoint)["records"]) == 2
    assert len(sandbox.resolve(endpoint, "AAAA")["records"]) == 1
    made = sandbox.distribution()
    host = cloudfront.get_distribution(Id=made["id"])["Distribution"]["DomainName"]
    assert sandbox.resolve(host)["rcode"] == "NOERROR"
    assert sandbox.resolve("dnosuch.cloudfront.net")["rcode"] == "NXDOMAIN"
    template = sandbox.distribution(parameters=[])
    host = cloudfront.get_distribution(Id=template["id"])["Distribution"]["DomainName"]
    assert sandbox.resolve(host)["rcode"] == "NXDOMAIN"


def test_alias_records_to_cloudfront_are_served(sandbox: Sandbox, cloudfront: Any, endpoint: str) -> None:
    zone = point(sandbox, endpoint)
    for kind in ("A", "AAAA"):
        alias(sandbox, zone, "example.com", endpoint + ".", kind)
        # The order of a record set's values means nothing (RFC 2181, section 5).
        served, wanted = (sandbox.resolve(name, kind)["records"] for name in ("example.com", endpoint))
        assert sorted(served) == sorted(wanted) != []


@pytest.mark.parametrize(
    ("kind", "target", "words"),
    [
        ("A", {"DNSName": "www.example.com"}, "the alias target name does not lie within the target zone"),
        ("TXT", {}, "but that target was not found"),
        ("A", {"EvaluateTargetHealth": True}, "EvaluateTargetHealth"),
    ],
)
def test_what_an_alias_to_cloudfront_cannot_be(
    sandbox: Sandbox, cloudfront: Any, endpoint: str, kind: str, target: dict[str, Any], words: str
) -> None:
    zone = point(sandbox, endpoint)
    error = refused(lambda: alias(sandbox, zone, "example.com", endpoint, kind, **target))
    assert error["Code"] == "InvalidChangeBatch"
    assert words in error["Message"]


def test_the_dns_of_each_domain_is_judged(
    sandbox: Sandbox, cloudfront: Any, template: dict[str, str], endpoint: str
) -> None:
    domains = [f"{name}.example.com" for name in ("good", "else", "alias", "none", "address")]
    create(cloudfront, template, Domains=domains, ManagedCertificateRequest={"ValidationTokenHost": "self-hosted"})
    zone = point(sandbox, endpoint, domains[0])
    put_records(sandbox, zone, [(domains[1], "CNAME", "example.net"), (domains[4], "A", "192.0.2.1")])
    alias(sandbox, zone, domains[2], endpoint)
    expected = dict.fromkeys(domains, "invalid-configuration")
    expected |= {domains[0]: "valid-configuration", domains[2]: "unknown-configuration"}
    assert verdicts(cloudfront, Identifier="shop") == expected
    challenge(sandbox, zone, domains[2], endpoint)
    assert verdicts(cloudfront, Identifier="shop", Domain=domains[2]) == {domains[2]: "valid-configuration"}
    error = refused(cloudfront.verify_dns_configuration, Identifier="shop", Domain="www.example.com")
    assert error["Code"] == "InvalidArgument"


def verdicts(cloudfront: Any, **given: str) -> dict[str, str]:
    found = cloudfront.verify_dns_configuration(**given)["DnsConfigurationList"]
    assert all(item["Reason"] for item in found)
    return {item["Domain"]: item["Status"] for item in found}


# Who has a domain, and moving it


def conflicts(cloudfront: Any, domain: str, **resource: str) -> list[dict[str, str]]:
    found = cloudfront.list_domain_conflicts(Domain=domain, DomainControlValidationResource=resource)
    return list(found["DomainConflicts"])


def test_conflicts_name_who_has_the_domain_with_hidden_ids(sandbox: Sandbox, cloudfront: Any) -> None:
    theirs = sandbox.distribution([DOMAIN], certificate_arn=wildcard(sandbox, account=OTHER), account=OTHER)
    template = sandbox.distribution(certificate_arn=wildcard(sandbox), parameters=[])
    (mine,) = sandbox.add_tenants(
        template["id"], [{"name": "all", "domains": ["*.example.com"], "certificate_arn": wildcard(sandbox)}]
    )
    target = create(cloudfront, template, Domains=["www.example.com"])
    assert conflicts(cloudfront, DOMAIN, DistributionTenantId=target["Id"]) == [
        {"Domain": "*.example.com", "ResourceType": "distribution-tenant", "AccountId": "111111111111"}
        | {"ResourceId": "*" * 15 + mine["id"][-15:]},
        {"Domain": DOMAIN, "ResourceType": "distribution", "AccountId": "******222222"}
        | {"ResourceId": "*" * 8 + theirs["id"][-6:]},
    ]
    assert conflicts(cloudfront, "free.example.com", DistributionTenantId=mine["id"]) == []


def test_conflicts_are_told_to_whom_has_a_certificate_for_the_domain(
    sandbox: Sandbox, cloudfront: Any, template: dict[str, str]
) -> None:
    create(cloudfront, template, ManagedCertificateRequest=SELF_HOSTED)
    tenant = read(cloudfront)["Id"]
    assert refused(lambda: conflicts(cloudfront, DOMAIN, DistributionTenantId=tenant))["Code"] == "InvalidArgument"
    assert refused(lambda: conflicts(cloudfront, DOMAIN))["Code"] == "InvalidArgument"
    assert refused(lambda: conflicts(cloudfront, DOMAIN, DistributionId="E"))["Code"] == "EntityNotFound"


def move(cloudfront: Any, domain: str, target: dict[str, Any], **members: str) -> dict[str, Any]:
    resource = {"DistributionTenantId": target["Id"]}
    moved: dict[str, Any] = cloudfront.update_domain_association(Domain=domain, TargetResource=resource, **members)
    return moved


def test_a_domain_moves_from_a_disabled_tenant(sandbox: Sandbox, cloudfront: Any) -> None:
    template = sandbox.distribution(certificate_arn=wildcard(sandbox), parameters=[])
    create(cloudfront, template, "old", Domains=[DOMAIN, "old.example.com"])
    new = create(cloudfront, template, "new", Domains=["new.example.com"])
    error = refused(lambda: move(cloudfront, DOMAIN, new, IfMatch=new["ETag"]))
    assert error["Code"] == "IllegalUpdate"
    update(cloudfront, "old", Enabled=False)
    assert refused(lambda: move(cloudfront, DOMAIN, new, IfMatch="EOLD"))["Code"] == "PreconditionFailed"
    moved = move(cloudfront, DOMAIN, new, IfMatch=new["ETag"])
    assert (moved["Domain"], moved["ResourceId"]) == (DOMAIN, new["Id"])
    assert read(cloudfront, "new")["ETag"] == moved["ETag"] != new["ETag"]
    assert states(read(cloudfront, "new")) == {"new.example.com": "active", DOMAIN: "active"}
    assert states(read(cloudfront, "old")) == {"old.example.com": "active"}


def test_what_cannot_be_moved(sandbox: Sandbox, cloudfront: Any) -> None:
    template = sandbox.distribution(certificate_arn=wildcard(sandbox), parameters=[])
    tenant = create(cloudfront, template)
    assert refused(lambda: move(cloudfront, "www.example.com", tenant))["Code"] == "EntityNotFound"
    assert refused(lambda: move(cloudfront, "www.example.org", tenant))["Code"] == "InvalidArgument"
    assert refused(lambda: move(cloudfront, DOMAIN, tenant))["Code"] == "InvalidArgument"


def test_from_another_account_it_takes_the_challenge_as_well(sandbox: Sandbox, cloudfront: Any) -> None:
    their_template = sandbox.distribution(
        certificate_arn=wildcard(sandbox, account=OTHER), parameters=[], account=OTHER
    )
    other = sandbox.boto("cloudfront", account=OTHER)
    create(other, their_template, Enabled=False)
    template = sandbox.distribution(certificate_arn=wildcard(sandbox), parameters=[])
    target = create(
        cloudfront,
        template,
        Domains=["new.example.org"],
        Customizations={
            "Certificate": {"Arn": wildcard(sandbox, "*.example.org", subject_alternative_names=["*.example.com"])}
        },
    )
    assert refused(lambda: move(cloudfront, DOMAIN, target))["Code"] == "IllegalUpdate"
    challenge(sandbox, make_zone(sandbox, "example.com"), DOMAIN, sandbox.connection_group(default=True)["endpoint"])
    move(cloudfront, DOMAIN, target)
    assert states(read(other)) == {}
