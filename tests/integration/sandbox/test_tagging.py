# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Resource Groups Tagging API: reference of GetResources, TagResources, UntagResources."""

from __future__ import annotations

from typing import Any

import pytest
from aws_session import NEVER, OTHER, refused, request
from sandbox.client import Sandbox

CERTIFICATES = ["acm:certificate"]


def seed(sandbox: Sandbox, count: int, **more: Any) -> list[str]:
    return sandbox.add_certificates(
        [{"domain_name": f"n{i}.example.com", "tags": {"number": str(i)}} | more for i in range(count)]
    )


def found(tagging: Any, **filters: Any) -> dict[str, dict[str, str]]:
    pages = tagging.get_paginator("get_resources").paginate(**filters)
    return {
        item["ResourceARN"]: {tag["Key"]: tag["Value"] for tag in item["Tags"]}
        for page in pages
        for item in page["ResourceTagMappingList"]
    }


def test_only_what_is_or_was_tagged_is_returned(sandbox: Sandbox, acm: Any, tagging: Any) -> None:
    """GetResources: "all the tagged or previously tagged resources"."""
    never = request(acm, "never.example.com")
    once = request(acm, "once.example.com", Tags=[{"Key": "a", "Value": "1"}])
    now = request(acm, "now.example.com", Tags=[{"Key": "a", "Value": "2"}])
    acm.remove_tags_from_certificate(CertificateArn=once, Tags=[{"Key": "a"}])
    assert found(tagging, ResourceTypeFilters=CERTIFICATES) == {once: {}, now: {"a": "2"}}
    assert never not in found(tagging)


def test_other_accounts_and_regions_are_not_seen(sandbox: Sandbox, tagging: Any) -> None:
    seed(sandbox, 1, account=OTHER)
    seed(sandbox, 1, region="us-east-1")
    assert found(tagging) == {}


@pytest.mark.parametrize(
    ("filters", "numbers"),
    [
        ([{"Key": "number", "Values": ["1", "2"]}], {"1", "2"}),
        ([{"Key": "number"}], {"0", "1", "2"}),
        ([{"Key": "number", "Values": ["1"]}, {"Key": "other"}], set()),
        ([{"Key": "Number"}], set()),
    ],
)
def test_tag_filters(sandbox: Sandbox, tagging: Any, filters: list[dict[str, Any]], numbers: set[str]) -> None:
    """All filters, any of a filter's values; keys and values with their case."""
    seed(sandbox, 3)
    assert {tags["number"] for tags in found(tagging, TagFilters=filters).values()} == numbers


def test_type_filters(sandbox: Sandbox, tagging: Any) -> None:
    seed(sandbox, 1)
    assert len(found(tagging, ResourceTypeFilters=["acm"])) == 1
    assert found(tagging, ResourceTypeFilters=["ec2:instance"]) == {}


def test_pages_of_100_at_most(sandbox: Sandbox, tagging: Any) -> None:
    arns = seed(sandbox, 250)
    pages, token = [], ""
    while True:
        page = tagging.get_resources(ResourcesPerPage=100, PaginationToken=token)
        pages.append(len(page["ResourceTagMappingList"]))
        token = page["PaginationToken"]
        if not token:
            break
    assert pages == [100, 100, 50]
    assert set(found(tagging)) == set(arns)
    for size in (0, 101):
        assert refused(tagging.get_resources, ResourcesPerPage=size)["Code"] == "InvalidParameterException"


def test_pages_by_tags(sandbox: Sandbox, tagging: Any) -> None:
    """TagsPerPage: a resource's tags are not split over pages."""
    seed(sandbox, 6, tags={f"k{number}": "" for number in range(40)})
    page = tagging.get_resources(TagsPerPage=100)
    assert len(page["ResourceTagMappingList"]) == 2
    for wrong in ({"TagsPerPage": 150}, {"TagsPerPage": 600}, {"TagsPerPage": 100, "ResourcesPerPage": 10}):
        assert refused(tagging.get_resources, **wrong)["Code"] == "InvalidParameterException"


def test_a_token_of_another_question_is_refused(sandbox: Sandbox, tagging: Any) -> None:
    seed(sandbox, 20)
    token = tagging.get_resources(ResourcesPerPage=10)["PaginationToken"]
    error = refused(tagging.get_resources, ResourcesPerPage=10, PaginationToken=token, ResourceTypeFilters=["acm"])
    assert error["Code"] == "PaginationTokenExpiredException"


def test_arns_may_be_named_100_at_a_time_and_without_filters(sandbox: Sandbox, tagging: Any) -> None:
    arns = seed(sandbox, 101)
    assert set(found(tagging, ResourceARNList=[*arns[:3], NEVER])) == set(arns[:3])
    assert len(tagging.get_resources(ResourceARNList=arns[:100])["ResourceTagMappingList"]) == 100
    error = refused(tagging.get_resources, ResourceARNList=arns)
    assert error["Code"] == "InvalidParameterException"
    for other in ({"TagFilters": [{"Key": "a"}]}, {"ResourceTypeFilters": CERTIFICATES}, {"ResourcesPerPage": 10}):
        error = refused(tagging.get_resources, ResourceARNList=arns[:1], **other)
        assert error["Code"] == "InvalidParameterException"


def test_the_index_follows_with_a_lag(sandbox: Sandbox, acm: Any, tagging: Any) -> None:
    sandbox.configure(tagging_lag=100)
    arn = request(acm, "example.com", Tags=[{"Key": "a", "Value": "1"}])
    assert found(tagging) == {}
    sandbox.advance(101)
    assert found(tagging) == {arn: {"a": "1"}}
    acm.add_tags_to_certificate(CertificateArn=arn, Tags=[{"Key": "a", "Value": "2"}])
    acm.delete_certificate(CertificateArn=arn)
    assert found(tagging) == {arn: {"a": "1"}}
    sandbox.advance(101)
    assert found(tagging) == {}


def test_tagging_and_untagging_20_at_a_time(sandbox: Sandbox, acm: Any, tagging: Any) -> None:
    arns = seed(sandbox, 21)
    assert tagging.tag_resources(ResourceARNList=arns[:20], Tags={"team": "web"})["FailedResourcesMap"] == {}
    assert len(found(tagging, TagFilters=[{"Key": "team", "Values": ["web"]}])) == 20
    tagging.untag_resources(ResourceARNList=arns[:1], TagKeys=["team", "number"])
    assert acm.list_tags_for_certificate(CertificateArn=arns[0])["Tags"] == []
    for operation, more in (
        (tagging.tag_resources, {"Tags": {"a": "b"}}),
        (tagging.untag_resources, {"TagKeys": ["a"]}),
    ):
        assert refused(operation, ResourceARNList=arns, **more)["Code"] == "InvalidParameterException"


def test_what_cannot_be_tagged_is_reported_and_the_rest_is_done(sandbox: Sandbox, tagging: Any) -> None:
    (arn,) = seed(sandbox, 1)
    failed = tagging.tag_resources(ResourceARNList=[arn, NEVER], Tags={"team": "web"})["FailedResourcesMap"]
    assert list(failed) == [NEVER]
    assert found(tagging)[arn]["team"] == "web"


def test_tagging_needs_the_permission_of_acm_too(sandbox: Sandbox, tagging: Any) -> None:
    """TagResources: "you must also have permission to tag the resource with its own service"."""
    (arn,) = seed(sandbox, 1)
    sandbox.deny("*", ["acm:AddTagsToCertificate"])
    error = refused(tagging.tag_resources, ResourceARNList=[arn], Tags={"a": "b"})
    assert error["Code"] == "AccessDeniedException"
    assert "acm:AddTagsToCertificate" in error["Message"]
