# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Resource Groups Tagging API, for certificates, and for reading tags of CloudFront's resources.

Source: API model and reference of 2017-01-26. GetResources "returns all the tagged or previously tagged resources";
a certificate that never had a tag is not there. The index follows changes of certificates with a lag. CloudFront's
resources are in us-east-1 ("global services are in us-east-1": supported resources).
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from . import acm_rules
from .acm import CertificateStore
from .acm_certificates import Certificate
from .calls import Call
from .cloudfront import Tagged
from .context import Context
from .errors import AwsError

MAXIMUM_PAGE = 100
DEFAULT_PAGE = 100
TAGS_PER_PAGE = (100, 500)
GLOBAL_REGION = "us-east-1"
CERTIFICATE_TYPES = {"acm", "acm:certificate"}


class Tagging:
    """The operations; `install` registers them."""

    def __init__(self, context: Context, store: CertificateStore) -> None:
        self._context = context
        self._store = store
        self.global_resources: Callable[[], Iterable[Tagged]] = tuple

    def install(self) -> None:
        self._context.register(
            "tag",
            {
                "GetResources": self.get_resources,
                "TagResources": self.tag_resources,
                "UntagResources": self.untag_resources,
            },
        )

    def get_resources(self, call: Call) -> dict[str, Any]:
        parameters = call.parameters
        self._check(parameters)
        moment = self._context.clock.now() - self._context.settings.tagging_lag
        arns = set(parameters.get("ResourceARNList", []))
        types = set(parameters.get("ResourceTypeFilters", []))
        found = []
        if not types or types & CERTIFICATE_TYPES:
            for certificate in self._seen(call, moment):
                tags = certificate.tags_seen_at(moment)
                if tags is None or (arns and certificate.arn not in arns):
                    continue
                if _matches(tags, parameters.get("TagFilters", [])):
                    found.append((certificate.arn, tags))
        found += [
            (resource.arn, resource.tags)
            for resource in self._globals(call, types)
            if (not arns or resource.arn in arns) and _matches(resource.tags, parameters.get("TagFilters", []))
        ]
        return self._page(call, sorted(found))

    def _globals(self, call: Call, types: set[str]) -> Iterator[Tagged]:
        for resource in self.global_resources() if call.region == GLOBAL_REGION else ():
            service, kind = resource.arn.split(":")[2], resource.arn.split(":")[5].split("/")[0]
            wanted = not types or types & {service, f"{service}:{kind}"}
            if wanted and resource.account == call.account and resource.tags:
                yield resource

    def _seen(self, call: Call, moment: float) -> list[Certificate]:
        place = (call.account, call.region)
        gone = [
            c
            for c in self._store.deleted.values()
            if (c.account, c.region) == place and c.deleted_at is not None and c.deleted_at > moment
        ]
        return [*self._store.by_place[place].values(), *gone]

    def _check(self, parameters: dict[str, Any]) -> None:
        """API reference, GetResources: an ARN list excludes the filters and the page sizes."""
        if "ResourceARNList" in parameters:
            others = {"TagFilters", "ResourceTypeFilters", "ResourcesPerPage", "TagsPerPage", "PaginationToken"}
            clash = sorted(name for name in others & set(parameters) if parameters[name] not in ("", []))
            if clash:
                raise _invalid(f"ResourceARNList cannot be combined with {', '.join(clash)}")
        if "ResourcesPerPage" in parameters and not 1 <= parameters["ResourcesPerPage"] <= MAXIMUM_PAGE:
            raise _invalid(f"ResourcesPerPage must be between 1 and {MAXIMUM_PAGE}")
        if "TagsPerPage" in parameters:
            low, high = TAGS_PER_PAGE
            if "ResourcesPerPage" in parameters:
                raise _invalid("ResourcesPerPage and TagsPerPage cannot be combined")
            if not low <= parameters["TagsPerPage"] <= high or parameters["TagsPerPage"] % 100:
                raise _invalid(f"TagsPerPage must be between {low} and {high}, in steps of 100")

    def _page(self, call: Call, found: list[tuple[str, dict[str, str]]]) -> dict[str, Any]:
        parameters = call.parameters
        question = {key: value for key, value in parameters.items() if key != "PaginationToken"}
        question |= {"account": call.account, "region": call.region}
        fingerprint = hashlib.sha256(json.dumps(question, sort_keys=True).encode()).hexdigest()[:16]
        start = 0
        # An empty token is what the first call of the AWS CLI sends.
        if parameters.get("PaginationToken"):
            last = _last_seen(parameters["PaginationToken"], fingerprint)
            start = sum(1 for arn, _tags in found if arn <= last)
        size = parameters.get("ResourcesPerPage", DEFAULT_PAGE)
        if "TagsPerPage" in parameters:
            size = _resources_within(found[start:], parameters["TagsPerPage"])
        size = min(size, self._context.settings.page_limit or size)
        if "ResourceARNList" in parameters:
            size = len(found)
        page = found[start : start + size]
        more = start + size < len(found)
        token = base64.b64encode(f"{fingerprint} {page[-1][0]}".encode()).decode() if more else ""
        mappings = [
            {"ResourceARN": arn, "Tags": [{"Key": key, "Value": value} for key, value in sorted(tags.items())]}
            for arn, tags in page
        ]
        return {"PaginationToken": token, "ResourceTagMappingList": mappings}

    def tag_resources(self, call: Call) -> dict[str, Any]:
        tags = [{"Key": key, "Value": value} for key, value in call.parameters["Tags"].items()]
        return self._change(call, lambda present: acm_rules.merged_tags(present, tags))

    def untag_resources(self, call: Call) -> dict[str, Any]:
        gone = set(call.parameters["TagKeys"])
        return self._change(call, lambda present: {k: v for k, v in present.items() if k not in gone})

    def _change(self, call: Call, change: Any) -> dict[str, Any]:
        """Each resource by itself: what cannot be changed is in FailedResourcesMap, and the call succeeds."""
        failed: dict[str, Any] = {}
        for arn in call.parameters["ResourceARNList"]:
            certificate = self._store.certificates.get(arn)
            try:
                if certificate is None or (certificate.account, certificate.region) != (call.account, call.region):
                    raise AwsError("ResourceNotFoundException", f"Could not find certificate {arn}.")
                certificate.set_tags(change(certificate.tags), self._context.clock.now())
            except AwsError as error:
                failed[arn] = {
                    "StatusCode": error.status,
                    "ErrorCode": "InvalidParameterException",
                    "ErrorMessage": f"{error.code}: {error.message}",
                }
        return {"FailedResourcesMap": failed}


def _matches(tags: dict[str, str], filters: list[dict[str, Any]]) -> bool:
    """All filters by key; any of a filter's values, none meaning any value."""
    return all(
        wanted["Key"] in tags and (not wanted.get("Values") or tags[wanted["Key"]] in wanted["Values"])
        for wanted in filters
    )


def _resources_within(found: list[tuple[str, dict[str, str]]], limit: int) -> int:
    """How many resources fit a page of so many tags; one without tags counts as one tag (API reference)."""
    total = 0
    for count, (_arn, tags) in enumerate(found):
        total += max(1, len(tags))
        if total > limit:
            return max(1, count)
    return max(1, len(found))


def _last_seen(token: str, fingerprint: str) -> str:
    try:
        known, last = base64.b64decode(token, validate=True).decode().split(" ")
    except ValueError:
        known, last = "", ""
    if known != fingerprint:
        raise AwsError("PaginationTokenExpiredException", "The pagination token is not valid for this request.")
    return last


def _invalid(message: str) -> AwsError:
    return AwsError("InvalidParameterException", message)
