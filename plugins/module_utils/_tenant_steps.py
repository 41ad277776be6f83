# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""The steps of a distribution tenant's life, as data: the call, what the diff shows of it, and what it leaves."""

from __future__ import annotations

import dataclasses
import typing as t

from ._certificate_choice import TagChange
from ._plan import UNKNOWN, Step
from ._tenant_shown import SHOWN, as_members, readable
from ._tenant_states import ATTACH, CREATE, DELETE, DISABLE, MOVE, REQUEST, UPDATE, Assessment, Holder, Seen
from ._tenants import (
    CERTIFICATE,
    PENDING_VALIDATION,
    ManagedCertificate,
    Tenant,
    WantedTenant,
    as_domain_items,
    as_parameter_items,
    as_tag_items,
    differences,
    merged,
)


class TenantStep(Step, t.Protocol):
    """A step that is one API call."""

    @property
    def operation(self) -> str:
        """The API operation."""

    def parameters(self) -> dict[str, t.Any]:
        """What is sent: nothing that isn't named."""

    def applied(self, seen: Seen) -> Seen:
        """What is there when CloudFront has taken it."""


@dataclasses.dataclass(frozen=True)
class CreateTenant:
    wanted: WantedTenant
    operation = "CreateDistributionTenant"

    @property
    def subject(self) -> str:
        return f"distribution tenant {self.wanted.name}"

    def parameters(self) -> dict[str, t.Any]:
        wanted = self.wanted
        members = {
            "Name": wanted.name,
            "DistributionId": wanted.distribution_id,
            "Domains": as_domain_items(wanted.domains or ()),
            "ConnectionGroupId": wanted.connection_group_id,
            "Parameters": as_parameter_items(wanted.parameters or {}),
            "Customizations": merged({}, wanted.customizations),
            "ManagedCertificateRequest": wanted.managed.to_api() if wanted.managed else None,
            "Tags": {"Items": as_tag_items(wanted.tags)} if wanted.tags else None,
        }
        given = {name: value for name, value in members.items() if value}
        return {**given, "Enabled": wanted.enabled is not False}

    def before(self) -> None:
        return None

    def after(self) -> dict[str, t.Any]:
        parameters = self.parameters()
        shown = {SHOWN[name]: readable(name, value) for name, value in parameters.items() if name in SHOWN}
        return {**shown, **({"tags": dict(self.wanted.tags)} if self.wanted.tags else {})}

    def applied(self, seen: Seen) -> Seen:
        wanted = self.wanted
        tenant = Tenant(
            id=UNKNOWN,
            arn=UNKNOWN,
            name=wanted.name,
            distribution_id=wanted.distribution_id or "",
            domains=dict.fromkeys(wanted.domains or (), "inactive"),
            etag="",
            enabled=wanted.enabled is not False,
            status="InProgress",
            connection_group_id=wanted.connection_group_id,
            customizations=merged({}, wanted.customizations),
            parameters=dict(wanted.parameters or {}),
            tags=dict(wanted.tags or {}),
        )
        seen = dataclasses.replace(seen, tenant=tenant, managed=None)
        return _with_request(seen) if wanted.managed else seen


@dataclasses.dataclass(frozen=True)
class UpdateTenant:
    """``part`` says what of the tenant it is about, where a plan has several."""

    tenant: Tenant
    members: t.Mapping[str, t.Any]
    part: str = ""
    operation = "UpdateDistributionTenant"

    @property
    def subject(self) -> str:
        return f"{self.part}distribution tenant {self.tenant.name}"

    def parameters(self) -> dict[str, t.Any]:
        return {"Id": self.tenant.id, "IfMatch": self.tenant.etag, **self.members}

    def before(self) -> dict[str, t.Any] | None:
        current = as_members(self.tenant)
        shown = {SHOWN[name]: readable(name, current[name]) for name in self.members if name in current}
        return shown or None

    def after(self) -> dict[str, t.Any]:
        return {SHOWN[name]: readable(name, value) for name, value in self.members.items()}

    def applied(self, seen: Seen) -> Seen:
        members, tenant = self.members, self.tenant
        domains = [each["Domain"] for each in members.get("Domains", ())] or list(tenant.domains)
        changed = dataclasses.replace(
            tenant,
            domains={domain: tenant.domains.get(domain, "inactive") for domain in domains},
            enabled=members.get("Enabled", tenant.enabled),
            status="InProgress",
            distribution_id=members.get("DistributionId", tenant.distribution_id),
            connection_group_id=members.get("ConnectionGroupId", tenant.connection_group_id),
            customizations=members.get("Customizations", tenant.customizations),
            parameters=(
                {each["Name"]: each["Value"] for each in members["Parameters"]}
                if "Parameters" in members
                else tenant.parameters
            ),
        )
        names = seen.names
        if "Domains" in members and names is None and seen.managed:
            names = frozenset(tenant.domains)  # what the certificate was requested for
        after = dataclasses.replace(seen, tenant=changed, names=names)
        return _with_request(after) if "ManagedCertificateRequest" in members else after


@dataclasses.dataclass(frozen=True)
class MoveDomain:
    """A domain comes over from what has it now."""

    tenant: Tenant
    holder: Holder
    operation = "UpdateDomainAssociation"

    @property
    def subject(self) -> str:
        return f"domain {self.holder.domain}"

    def parameters(self) -> dict[str, t.Any]:
        return {
            "Domain": self.holder.domain,
            "TargetResource": {"DistributionTenantId": self.tenant.id},
            "IfMatch": self.tenant.etag,
        }

    def before(self) -> str:
        return self.holder.label

    def after(self) -> str:
        return f"distribution tenant {self.tenant.name}"

    def applied(self, seen: Seen) -> Seen:
        domains = {**self.tenant.domains, self.holder.domain: "inactive"}
        left = tuple(each for each in seen.elsewhere if each.domain != self.holder.domain)
        return dataclasses.replace(seen, tenant=dataclasses.replace(self.tenant, domains=domains), elsewhere=left)


@dataclasses.dataclass(frozen=True)
class DeleteTenant:
    tenant: Tenant
    operation = "DeleteDistributionTenant"

    @property
    def subject(self) -> str:
        return f"distribution tenant {self.tenant.name} itself"

    def parameters(self) -> dict[str, t.Any]:
        return {"Id": self.tenant.id, "IfMatch": self.tenant.etag}

    def before(self) -> dict[str, t.Any]:
        return {SHOWN[name]: readable(name, value) for name, value in as_members(self.tenant).items() if value}

    def after(self) -> None:
        return None

    def applied(self, seen: Seen) -> Seen:
        return dataclasses.replace(seen, tenant=None)


@dataclasses.dataclass(frozen=True)
class TagTenant:
    """Tags have calls of their own, one to set and one to remove."""

    tenant: Tenant
    change: TagChange
    operation = "TagResource"

    @property
    def subject(self) -> str:
        return f"tags of distribution tenant {self.tenant.name}"

    def parameters(self) -> dict[str, t.Any]:
        return {"Resource": self.tenant.arn, "Tags": {"Items": as_tag_items(self.change.add)}}

    def before(self) -> dict[str, str]:
        return dict(self.tenant.tags or {})

    def after(self) -> dict[str, str]:
        return {
            **{key: value for key, value in self.before().items() if key not in self.change.remove},
            **self.change.add,
        }

    def applied(self, seen: Seen) -> Seen:
        return dataclasses.replace(seen, tenant=dataclasses.replace(self.tenant, tags=self.after()))


def step_for(wanted: WantedTenant, seen: Seen, assessment: Assessment) -> TenantStep | None:
    """The call that an assessment asks for."""
    tenant = seen.tenant
    if assessment.next == CREATE:
        return CreateTenant(seen.staying(wanted))
    if tenant is None:
        return None
    if assessment.next == UPDATE:
        return UpdateTenant(tenant, _update(seen.staying(wanted), tenant))
    if assessment.next == DISABLE:
        return UpdateTenant(tenant, {"Enabled": False})
    if assessment.next == REQUEST and wanted.managed:
        return UpdateTenant(tenant, {"ManagedCertificateRequest": wanted.managed.to_api()}, "certificate request of ")
    if assessment.next == ATTACH and seen.managed:
        certificate = {CERTIFICATE: {"Arn": seen.managed.arn}}
        return UpdateTenant(tenant, {"Customizations": merged(tenant.customizations, certificate)}, "certificate of ")
    if assessment.next == MOVE:
        return MoveDomain(tenant, seen.elsewhere[0])
    return DeleteTenant(tenant) if assessment.next == DELETE else None


def _update(wanted: WantedTenant, tenant: Tenant) -> dict[str, t.Any]:
    """A new domain that doesn't point to CloudFront is only taken together with the request that will prove it."""
    members = differences(wanted, tenant)
    gained = not set(wanted.domains or ()) <= set(tenant.domains)
    if "Domains" in members and gained and wanted.managed and not wanted.validated_by_cloudfront:
        members["ManagedCertificateRequest"] = wanted.managed.to_api()
    return members


def tag_step(wanted: WantedTenant, tenant: Tenant | None) -> TagTenant | None:
    """None where the tags are right, aren't named, or weren't read. ``aws:`` tags are AWS's own."""
    if tenant is None or wanted.absent or wanted.tags is None or tenant.tags is None:
        return None
    add = {key: value for key, value in wanted.tags.items() if tenant.tags.get(key) != value}
    remove = {
        key: value
        for key, value in tenant.tags.items()
        if wanted.purge_tags and key not in wanted.tags and not key.startswith("aws:")
    }
    change = TagChange(add, remove)
    return TagTenant(tenant, change) if change else None


def _with_request(seen: Seen) -> Seen:
    domains = frozenset(seen.tenant.domains) if seen.tenant else frozenset()
    return dataclasses.replace(seen, managed=ManagedCertificate(UNKNOWN, PENDING_VALIDATION), names=domains)
