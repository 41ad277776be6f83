# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Resource Groups Tagging: the tags of many resources in few calls."""

from __future__ import annotations

import typing as t

from .._certificates import CLOUDFRONT_REGION
from .access import Access

_LARGEST_PAGE = 100
_MOST_ARNS = 100  # GetResources, ResourceARNList
_MOST_VALUES = 20  # GetResources, TagFilters


def tags_by_filter(access: Access, region: str, key: str, values: t.Sequence[str]) -> dict[str, dict[str, str]]:
    """{ARN: tags} of the certificates whose tag ``key`` has one of ``values``."""
    found: dict[str, dict[str, str]] = {}
    for start in range(0, len(values), _MOST_VALUES):
        parameters = {
            "ResourceTypeFilters": ["acm:certificate"],
            "TagFilters": [{"Key": key, "Values": list(values[start : start + _MOST_VALUES])}],
            "ResourcesPerPage": _LARGEST_PAGE,
        }
        found.update(_get_resources(access, region, parameters))
    return found


def tags_of_tenants(access: Access) -> dict[str, dict[str, str]]:
    """{ARN: tags} of CloudFront's distribution tenants; those that never had a tag are missing."""
    parameters = {"ResourceTypeFilters": ["cloudfront:distribution-tenant"], "ResourcesPerPage": _LARGEST_PAGE}
    return _get_resources(access, CLOUDFRONT_REGION, parameters)


def tags_by_arn(access: Access, region: str, arns: t.Sequence[str]) -> dict[str, dict[str, str]]:
    """{ARN: tags}; certificates that never had a tag are missing."""
    found: dict[str, dict[str, str]] = {}
    for start in range(0, len(arns), _MOST_ARNS):
        found.update(_get_resources(access, region, {"ResourceARNList": list(arns[start : start + _MOST_ARNS])}))
    return found


def _get_resources(access: Access, region: str, parameters: t.Mapping[str, t.Any]) -> dict[str, dict[str, str]]:
    resources = access.pages(
        "resourcegroupstaggingapi", "GetResources", parameters, result_key="ResourceTagMappingList", region=region
    )
    return {
        resource["ResourceARN"]: {tag["Key"]: tag.get("Value", "") for tag in resource.get("Tags") or []}
        for resource in resources
    }
