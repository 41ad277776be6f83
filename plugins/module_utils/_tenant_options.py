# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""From a module's options to wanted distribution tenants: every fault is said, before the first call."""

from __future__ import annotations

import re
import typing as t

from ._certificate_options import CERTIFICATE_ARN, tag_text_faults
from ._certificates import CLOUDFRONT_REGION
from ._errors import InvalidInput
from ._names import certificate_name_faults
from ._tenants import (
    CERTIFICATE,
    GEO_RESTRICTIONS,
    WEB_ACL,
    ManagedRequest,
    ParentDistribution,
    WantedTenant,
    comparable,
)

_INHERIT = "inherit"
MANAGED_ARGUMENTS: dict[str, t.Any] = {
    "validation_token_host": {
        "type": "str",
        "choices": ["cloudfront", "self-hosted"],
        "required": True,
        "no_log": False,
    },
    "primary_domain_name": {"type": "str"},
    "certificate_transparency_logging_preference": {"type": "str", "choices": ["enabled", "disabled"]},
}
#: Options of one tenant, alone or as an entry of a list.
TENANT_ARGUMENTS: dict[str, t.Any] = {
    "name": {"type": "str", "required": True},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "distribution_id": {"type": "str"},
    "domains": {"type": "list", "elements": "str"},
    "enabled": {"type": "bool"},
    "connection_group_id": {"type": "str"},
    "parameters": {"type": "dict"},
    "web_acl": {
        "type": "dict",
        "options": {
            "action": {"type": "str", "choices": ["override", "disable", _INHERIT], "required": True},
            "arn": {"type": "str"},
        },
    },
    "geo_restrictions": {
        "type": "dict",
        "options": {
            "restriction_type": {
                "type": "str",
                "choices": ["none", "whitelist", "blacklist", _INHERIT],
                "required": True,
            },
            "locations": {"type": "list", "elements": "str"},
        },
    },
    "managed_certificate": {"type": "dict", "options": MANAGED_ARGUMENTS},
    "certificate_arn": {"type": "str"},
    "tags": {"type": "dict", "aliases": ["resource_tags"]},
    "purge_tags": {"type": "bool", "default": True},
    "retry_failed": {"type": "bool", "default": False},
    "on_drift": {"type": "str", "choices": ["correct", "report"], "default": "correct"},
    "move_distribution": {"type": "bool", "default": False},
    "move_domains": {"type": "bool", "default": False},
}

# CreateDistributionTenant: Name, Parameters; UpdateDistributionTenant: Domains.
_NAME = re.compile(r"^[a-zA-Z0-9][a-zA-Z0-9.-]{1,126}[a-zA-Z0-9]$")
_PARAMETER_NAME = re.compile(r"^[a-zA-Z0-9_-]{1,128}$")
_LONGEST_PARAMETER_VALUE = 256
_MOST_DOMAINS = 5
# ISO 3166-1 alpha-2, as GeoRestrictions wants them.
_COUNTRY = re.compile(r"^[A-Z]{2}$")


def wanted_tenants(entries: t.Sequence[t.Mapping[str, t.Any]]) -> list[WantedTenant]:
    """The wanted tenants of a list of entries. Raises InvalidInput with every fault of every entry."""
    faults: list[str] = []
    names = [entry.get("name") for entry in entries]
    for position, entry in enumerate(entries):
        where = f"tenants[{position}] ({entry.get('name')}): " if len(entries) > 1 else ""
        faults += [where + fault for fault in _entry_faults(entry)]
    faults += [f"tenant {name} is asked for twice" for name in dict.fromkeys(names) if names.count(name) > 1]
    if faults:
        raise InvalidInput(faults)
    return [_wanted(entry) for entry in entries]


def with_defaults(entry: t.Mapping[str, t.Any], defaults: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """An entry with what it leaves to the options that stand for all. A certificate of its own is not added to."""
    filled = {**entry, **{name: value for name, value in defaults.items() if entry.get(name) is None}}
    if entry.get("certificate_arn") is not None:
        filled["managed_certificate"] = entry.get("managed_certificate")
    return filled


def _wanted(entry: t.Mapping[str, t.Any]) -> WantedTenant:
    domains = entry.get("domains")
    return WantedTenant(
        name=entry["name"],
        distribution_id=entry.get("distribution_id") or None,
        domains=None if domains is None else tuple(dict.fromkeys(map(comparable, domains))),
        enabled=entry.get("enabled"),
        connection_group_id=entry.get("connection_group_id") or None,
        parameters=_as_text(entry.get("parameters")),
        customizations=_customizations(entry),
        managed=_managed(entry),
        tags=_as_text(entry.get("tags")),
        purge_tags=entry.get("purge_tags", True),
        absent=entry.get("state") == "absent",
        retry_failed=bool(entry.get("retry_failed")),
        move_domains=bool(entry.get("move_domains")),
        move_distribution=bool(entry.get("move_distribution")),
        report_drift=entry.get("on_drift") == "report",
    )


def _as_text(values: t.Mapping[str, t.Any] | None) -> dict[str, str] | None:
    return None if values is None else {str(key): str(value) for key, value in values.items()}


def _managed(entry: t.Mapping[str, t.Any]) -> ManagedRequest | None:
    given = entry.get("managed_certificate")
    if not given:
        return None
    primary = given.get("primary_domain_name") or (entry.get("domains") or [""])[0]
    return ManagedRequest(
        given["validation_token_host"],
        comparable(primary),
        given.get("certificate_transparency_logging_preference"),
    )


def _customizations(entry: t.Mapping[str, t.Any]) -> dict[str, t.Mapping[str, t.Any] | None]:
    """In the words of the API. What is inherited, and an empty ARN, are named as something to remove."""
    named: dict[str, t.Mapping[str, t.Any] | None] = {}
    acl, geo, arn = entry.get("web_acl"), entry.get("geo_restrictions"), entry.get("certificate_arn")
    if acl:
        value = {"Action": acl["action"], **({"Arn": acl["arn"]} if acl.get("arn") else {})}
        named[WEB_ACL] = None if acl["action"] == _INHERIT else value
    if geo:
        locations = sorted({location.upper() for location in geo.get("locations") or []})
        value = {"RestrictionType": geo["restriction_type"], **({"Locations": locations} if locations else {})}
        named[GEO_RESTRICTIONS] = None if geo["restriction_type"] == _INHERIT else value
    if arn is not None:
        named[CERTIFICATE] = {"Arn": arn} if arn else None
    return named


def _entry_faults(entry: t.Mapping[str, t.Any]) -> list[str]:
    faults = []
    if not _NAME.match(entry.get("name") or ""):
        faults.append(
            f"name {entry.get('name')!r}: a tenant's name has 3 to 128 letters, digits, dots and hyphens, and begins "
            "and ends with a letter or digit"
        )
    if entry.get("state") == "absent":
        return faults
    return [
        *faults,
        *_domain_faults(entry),
        *_certificate_faults(entry),
        *_customization_faults(entry),
        *_parameter_faults(_as_text(entry.get("parameters")) or {}),
        *tag_text_faults(_as_text(entry.get("tags")) or {}),
    ]


def _domain_faults(entry: t.Mapping[str, t.Any]) -> list[str]:
    domains = entry.get("domains")
    if domains is None:
        return []
    faults = [f"domains: {fault}" for domain in domains for fault in certificate_name_faults(domain)]
    count = len({comparable(domain) for domain in domains})
    if not 0 < count <= _MOST_DOMAINS:
        faults.append(f"domains: a tenant has 1 to {_MOST_DOMAINS} of them, not {count}")
    return faults


def _certificate_faults(entry: t.Mapping[str, t.Any]) -> list[str]:
    managed, arn = entry.get("managed_certificate"), entry.get("certificate_arn")
    faults = []
    if managed and arn is not None:
        faults.append("managed_certificate and certificate_arn exclude each other: leave one of them out")
    found = CERTIFICATE_ARN.match(arn or "")
    if arn and not found:
        faults.append(f"certificate_arn {arn} isn't the ARN of an ACM certificate")
    elif found and found["region"] != CLOUDFRONT_REGION:
        faults.append(
            f"certificate_arn {arn} is in {found['region']}, and CloudFront takes certificates from "
            f"{CLOUDFRONT_REGION} only: request it there (cloudfront: true)"
        )
    return faults + (_managed_faults(entry, managed) if managed else [])


def _managed_faults(entry: t.Mapping[str, t.Any], managed: t.Mapping[str, t.Any]) -> list[str]:
    primary, domains = managed.get("primary_domain_name"), entry.get("domains")
    faults = [
        f"domains: {domain} is a wildcard, and CloudFront validates over HTTP, which can't prove one: give "
        "certificate_arn, of a certificate that is validated by DNS"
        for domain in domains or []
        if domain.startswith("*.")
    ]
    if not primary and not domains:
        faults.append("managed_certificate: primary_domain_name is missing, and there are no domains to take it from")
    if primary and domains and comparable(primary) not in {comparable(domain) for domain in domains}:
        faults.append(f"managed_certificate: primary_domain_name {primary} isn't one of the domains")
    return faults


def _customization_faults(entry: t.Mapping[str, t.Any]) -> list[str]:
    acl, geo = entry.get("web_acl") or {}, entry.get("geo_restrictions") or {}
    faults = []
    if acl.get("action") == "override" and not (acl.get("arn") or "").startswith("arn:"):
        faults.append("web_acl: action override needs the arn of a web ACL of WAFv2")
    if acl.get("action") in ("disable", _INHERIT) and acl.get("arn"):
        faults.append(f"web_acl: arn is for action override, not for {acl['action']}")
    locations = [str(location) for location in geo.get("locations") or []]
    listing = geo.get("restriction_type") in ("whitelist", "blacklist")
    if geo and listing != bool(locations):
        faults.append("geo_restrictions: locations go with whitelist and blacklist, and those need some")
    faults += [
        f"geo_restrictions: {location!r} isn't a country code of two letters (DE)"
        for location in locations
        if not _COUNTRY.match(location.upper())
    ]
    return faults


def _parameter_faults(parameters: t.Mapping[str, str]) -> list[str]:
    faults = []
    for name, value in parameters.items():
        if not _PARAMETER_NAME.match(name):
            faults.append(f"parameters: {name!r}: a name has 1 to 128 letters, digits, hyphens and underscores")
        if not 0 < len(value) <= _LONGEST_PARAMETER_VALUE:
            faults.append(f"parameters: the value of {name} has 1 to {_LONGEST_PARAMETER_VALUE} characters")
    return faults


def creation_faults(wanted: WantedTenant, parent: ParentDistribution | None) -> list[str]:
    """Why CloudFront wouldn't create the tenant. ``parent`` is None where it wasn't read."""
    faults = [
        f"tenant {wanted.name} doesn't exist yet: to create it, {name} is needed"
        for name, value in (("distribution_id", wanted.distribution_id), ("domains", wanted.domains))
        if not value
    ]
    if parent is None:
        return faults
    if not parent.exists:
        return [*faults, f"distribution {parent.id} doesn't exist in this account"]
    if parent.tenant_only is False:
        faults.append(
            f"distribution {parent.id} takes no tenants: it is a standard one, and its ConnectionMode isn't tenant-only"
        )
    if parent.own_certificate is False and not wanted.managed and not wanted.own_certificate_arn:
        faults.append(
            f"tenant {wanted.name} needs managed_certificate or certificate_arn: distribution {parent.id} has no "
            "certificate to serve its domains with"
        )
    missing = sorted(parent.required_parameters - set(wanted.parameters or {}))
    if missing:
        faults.append(f"parameters: tenant {wanted.name} lacks {', '.join(missing)}, which {parent.id} requires")
    return faults
