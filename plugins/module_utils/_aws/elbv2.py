# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Elastic Load Balancing v2: one function an API call."""

from __future__ import annotations

import dataclasses
import typing as t

from .._errors import ServiceError
from .access import Access
from .errors import require_code

_LARGEST_PAGE = 400
_MOST_TAGGED = 20  # DescribeTags, ResourceArns
_MOST_LISTENERS = 20
_MOST_NAMED = 20  # DescribeLoadBalancers, Names


@dataclasses.dataclass(frozen=True)
class ListenerDescription:
    """What DescribeListeners says that matters here. Of the certificates it shows the default only."""

    arn: str
    load_balancer_arn: str
    protocol: str
    port: int


def load_balancer_arns(access: Access, region: str, names: t.Sequence[str]) -> dict[str, str]:
    """{name: ARN}; names that don't exist are missing."""
    found: dict[str, str] = {}
    for start in range(0, len(names), _MOST_NAMED):
        found.update(_load_balancer_arns(access, region, names[start : start + _MOST_NAMED]))
    return found


def _load_balancer_arns(access: Access, region: str, names: t.Sequence[str]) -> dict[str, str]:
    parameters = {"Names": list(names)}
    about = f"load balancer {', '.join(names)}"
    try:
        page = access.call("elbv2", "DescribeLoadBalancers", parameters, region=region, about=about)
    except ServiceError as error:
        require_code(error, {"LoadBalancerNotFound"})
        # One unknown name hides all others: ask for each.
        if len(names) == 1:
            return {}
        return {name: arn for each in names for name, arn in _load_balancer_arns(access, region, [each]).items()}
    return {each["LoadBalancerName"]: each["LoadBalancerArn"] for each in page["LoadBalancers"]}


def listeners_of(access: Access, region: str, load_balancer_arn: str) -> list[ListenerDescription]:
    return _describe_listeners(access, region, {"LoadBalancerArn": load_balancer_arn}, load_balancer_arn)


def listeners(access: Access, region: str, arns: t.Sequence[str]) -> dict[str, ListenerDescription]:
    """{ARN: listener}; listeners that don't exist are missing."""
    found: dict[str, ListenerDescription] = {}
    for start in range(0, len(arns), _MOST_LISTENERS):
        found.update(_listeners(access, region, arns[start : start + _MOST_LISTENERS]))
    return found


def _listeners(access: Access, region: str, arns: t.Sequence[str]) -> dict[str, ListenerDescription]:
    described = _describe_listeners(access, region, {"ListenerArns": list(arns)}, f"listener {', '.join(arns)}")
    if described or len(arns) == 1:
        return {each.arn: each for each in described}
    # One unknown ARN hides all others: ask for each.
    return {found.arn: found for arn in arns for found in _listeners(access, region, [arn]).values()}


def _describe_listeners(
    access: Access, region: str, parameters: dict[str, t.Any], about: str
) -> list[ListenerDescription]:
    found: list[ListenerDescription] = []
    paging: dict[str, t.Any] = {}
    while True:
        try:
            page = access.call("elbv2", "DescribeListeners", {**parameters, **paging}, region=region, about=about)
        except ServiceError as error:
            require_code(error, {"ListenerNotFound", "LoadBalancerNotFound"})
            return found
        found += [
            ListenerDescription(each["ListenerArn"], each["LoadBalancerArn"], each["Protocol"], each["Port"])
            for each in page["Listeners"]
        ]
        if not page.get("NextMarker"):
            return found
        paging = {"Marker": page["NextMarker"]}


def listener_certificates(access: Access, region: str, listener_arn: str) -> tuple[str | None, tuple[str, ...]]:
    """The default certificate, and the SNI list - in which the default may stand as well."""
    default: str | None = None
    others: list[str] = []
    parameters: dict[str, t.Any] = {"ListenerArn": listener_arn, "PageSize": _LARGEST_PAGE}
    while True:
        page = access.call("elbv2", "DescribeListenerCertificates", parameters, region=region, about=listener_arn)
        for each in page["Certificates"]:
            if each.get("IsDefault"):
                default = each["CertificateArn"]
            else:
                others.append(each["CertificateArn"])
        if not page.get("NextMarker"):
            return default, tuple(others)
        parameters["Marker"] = page["NextMarker"]


def read_tags(access: Access, region: str, arns: t.Sequence[str]) -> dict[str, dict[str, str]]:
    """{ARN: tags} of listeners, 20 a call."""
    found: dict[str, dict[str, str]] = {}
    for start in range(0, len(arns), _MOST_TAGGED):
        batch = list(arns[start : start + _MOST_TAGGED])
        page = access.call("elbv2", "DescribeTags", {"ResourceArns": batch}, region=region, about="tags of listeners")
        for each in page["TagDescriptions"]:
            found[each["ResourceArn"]] = {tag["Key"]: tag.get("Value", "") for tag in each["Tags"]}
    return found


def add_tags(access: Access, region: str, arn: str, tags: t.Mapping[str, str]) -> None:
    pairs = [{"Key": key, "Value": value} for key, value in sorted(tags.items())]
    access.call("elbv2", "AddTags", {"ResourceArns": [arn], "Tags": pairs}, region=region, about=arn)


def remove_tags(access: Access, region: str, arn: str, keys: t.Iterable[str]) -> None:
    parameters = {"ResourceArns": [arn], "TagKeys": sorted(keys)}
    access.call("elbv2", "RemoveTags", parameters, region=region, about=arn)


def add_certificate(access: Access, region: str, listener_arn: str, certificate_arn: str) -> None:
    """Adding one that is there is no error."""
    _change(access, "AddListenerCertificates", region, listener_arn, certificate_arn)


def remove_certificate(access: Access, region: str, listener_arn: str, certificate_arn: str) -> None:
    """Removing one that isn't there is no error."""
    _change(access, "RemoveListenerCertificates", region, listener_arn, certificate_arn)


def set_default_certificate(access: Access, region: str, listener_arn: str, certificate_arn: str) -> None:
    """Nothing else of the listener is changed."""
    _change(access, "ModifyListener", region, listener_arn, certificate_arn)


def _change(access: Access, operation: str, region: str, listener_arn: str, certificate_arn: str) -> None:
    parameters = {"ListenerArn": listener_arn, "Certificates": [{"CertificateArn": certificate_arn}]}
    access.call("elbv2", operation, parameters, region=region, about=f"{certificate_arn} on {listener_arn}")
