# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""A distribution tenant as the diff shows it: the members of the API in the words of the options."""

from __future__ import annotations

import typing as t

from ._tenants import CERTIFICATE, GEO_RESTRICTIONS, WEB_ACL, Tenant, as_domain_items, as_parameter_items

#: What the diff calls the members of the API.
SHOWN = {
    "DistributionId": "distribution_id",
    "Domains": "domains",
    "Enabled": "enabled",
    "ConnectionGroupId": "connection_group_id",
    "Parameters": "parameters",
    "Customizations": "customizations",
    "ManagedCertificateRequest": "managed_certificate",
}
_SHOWN_REQUEST = {
    "ValidationTokenHost": "validation_token_host",
    "PrimaryDomainName": "primary_domain_name",
    "CertificateTransparencyLoggingPreference": "certificate_transparency_logging_preference",
}
_SHOWN_CUSTOMIZATIONS = {CERTIFICATE: "certificate_arn", WEB_ACL: "web_acl", GEO_RESTRICTIONS: "geo_restrictions"}


def as_members(tenant: Tenant) -> dict[str, t.Any]:
    """What UpdateDistributionTenant would take to leave the tenant as it is."""
    return {
        "DistributionId": tenant.distribution_id,
        "Domains": as_domain_items(tenant.domains),
        "Enabled": tenant.enabled,
        "ConnectionGroupId": tenant.connection_group_id,
        "Parameters": as_parameter_items(tenant.parameters or {}),
        "Customizations": tenant.customizations,
    }


def readable(member: str, value: t.Any) -> t.Any:
    """The value of a member, without the wrapping of the API."""
    if member == "Domains":
        return sorted(each["Domain"] for each in value)
    if member == "Parameters":
        return {each["Name"]: each["Value"] for each in value}
    if member == "Customizations":
        return {_SHOWN_CUSTOMIZATIONS.get(kind, kind): _readable_customization(kind, value[kind]) for kind in value}
    if member == "ManagedCertificateRequest":
        return {_SHOWN_REQUEST.get(name, name): value[name] for name in value}
    return value


def options_of(changes: t.Mapping[str, t.Any], tenant: Tenant) -> str:
    """The options in which a tenant differs, of the members that would be sent."""
    names = {SHOWN[member] for member in changes if member != "Customizations"}
    if "Customizations" in changes:
        new, old = changes["Customizations"], tenant.customizations
        names |= {_SHOWN_CUSTOMIZATIONS.get(kind, kind) for kind in {*new, *old} if new.get(kind) != old.get(kind)}
    return ", ".join(sorted(names))


def _readable_customization(kind: str, value: t.Mapping[str, t.Any]) -> t.Any:
    return value.get("Arn") if kind == CERTIFICATE else dict(value)
