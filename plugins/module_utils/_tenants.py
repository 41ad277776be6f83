# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""A CloudFront distribution tenant as data: what is wanted, what is there, and what differs. No service is called."""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

from ._names import InvalidName, normalise

DEPLOYED = "Deployed"
ACTIVE = "active"
#: ManagedCertificateStatus, but for those that say that a request has failed.
PENDING_VALIDATION = "pending-validation"
ISSUED = "issued"
#: The kinds of customizations, as UpdateDistributionTenant names them.
CERTIFICATE = "Certificate"
WEB_ACL = "WebAcl"
GEO_RESTRICTIONS = "GeoRestrictions"


@dataclasses.dataclass(frozen=True)
class ManagedRequest:
    """A certificate that CloudFront is to request and manage."""

    validation_token_host: str
    primary_domain_name: str
    transparency_logging: str | None = None

    def to_api(self) -> dict[str, str]:
        request = {
            "ValidationTokenHost": self.validation_token_host,
            "PrimaryDomainName": self.primary_domain_name,
            "CertificateTransparencyLoggingPreference": self.transparency_logging or "",
        }
        return {name: value for name, value in request.items() if value}


@dataclasses.dataclass(frozen=True)
class WantedTenant:
    """A tenant as the user wants it. None: the task doesn't name it, and what is there is kept.

    ``customizations`` has those that are named, in the words of the API; None as the value of one removes it, so that
    the distribution's counts again.
    """

    name: str
    distribution_id: str | None = None
    domains: tuple[str, ...] | None = None
    enabled: bool | None = None
    connection_group_id: str | None = None
    parameters: t.Mapping[str, str] | None = dataclasses.field(default=None, hash=False)
    customizations: t.Mapping[str, t.Mapping[str, t.Any] | None] = dataclasses.field(default_factory=dict, hash=False)
    managed: ManagedRequest | None = None
    tags: t.Mapping[str, str] | None = dataclasses.field(default=None, hash=False)
    purge_tags: bool = True
    absent: bool = False
    retry_failed: bool = False
    move_domains: bool = False
    move_distribution: bool = False
    report_drift: bool = False

    @property
    def own_certificate_arn(self) -> str | None:
        """The certificate that the task gives, not CloudFront."""
        return (self.customizations.get(CERTIFICATE) or {}).get("Arn")

    @property
    def validated_by_cloudfront(self) -> bool:
        """The names must point to CloudFront before the certificate is requested."""
        return self.managed is not None and self.managed.validation_token_host == "cloudfront"


@dataclasses.dataclass(frozen=True)
class Tenant:
    """A tenant as CloudFront shows it. ``parameters`` and ``tags`` are None where they weren't read: a listing has
    neither. ``domains`` maps each name to its status."""

    id: str
    arn: str
    name: str
    distribution_id: str
    domains: t.Mapping[str, str]
    etag: str
    enabled: bool = True
    status: str = DEPLOYED
    connection_group_id: str | None = None
    customizations: t.Mapping[str, t.Mapping[str, t.Any]] = dataclasses.field(default_factory=dict)
    parameters: t.Mapping[str, str] | None = None
    tags: t.Mapping[str, str] | None = None
    created_at: datetime.datetime | None = None

    @property
    def certificate_arn(self) -> str | None:
        return (self.customizations.get(CERTIFICATE) or {}).get("Arn")

    @property
    def inactive(self) -> tuple[str, ...]:
        return tuple(domain for domain, status in self.domains.items() if status != ACTIVE)

    @property
    def deployed(self) -> bool:
        return self.status == DEPLOYED


@dataclasses.dataclass(frozen=True)
class ValidationToken:
    """Where CloudFront looks for the proof of a name, and what it has to be redirected to."""

    domain: str
    redirect_from: str | None
    redirect_to: str | None


@dataclasses.dataclass(frozen=True)
class ManagedCertificate:
    """What CloudFront tells of the certificate that it requested for a tenant."""

    arn: str | None
    status: str
    token_host: str | None = None
    tokens: tuple[ValidationToken, ...] = ()


@dataclasses.dataclass(frozen=True)
class ParentDistribution:
    """What matters of a distribution to its tenants. None: CloudFront didn't say."""

    id: str
    exists: bool = True
    tenant_only: bool | None = None
    own_certificate: bool | None = None
    required_parameters: frozenset[str] = frozenset()


def from_detail(found: t.Mapping[str, t.Any], etag: str) -> Tenant:
    """``DistributionTenant`` of Get, Create and Update."""
    parameters = {each["Name"]: each["Value"] for each in found.get("Parameters") or []}
    tags = tags_of(found["Tags"]) if "Tags" in found else None
    return dataclasses.replace(from_summary({**found, "ETag": etag}), parameters=parameters, tags=tags)


def tags_of(tags: t.Mapping[str, t.Any] | None) -> dict[str, str]:
    return {tag["Key"]: tag.get("Value") or "" for tag in (tags or {}).get("Items") or []}


def from_summary(found: t.Mapping[str, t.Any]) -> Tenant:
    """A member of DistributionTenantList."""
    return Tenant(
        id=found["Id"],
        arn=found.get("Arn") or "",
        name=found["Name"],
        distribution_id=found.get("DistributionId") or "",
        domains={comparable(each["Domain"]): each.get("Status") or "inactive" for each in found.get("Domains") or []},
        etag=found.get("ETag") or "",
        enabled=bool(found.get("Enabled", True)),
        status=found.get("Status") or DEPLOYED,
        connection_group_id=found.get("ConnectionGroupId"),
        customizations={kind: value for kind, value in (found.get("Customizations") or {}).items() if value},
        created_at=found.get("CreatedTime"),
    )


def from_managed(details: t.Mapping[str, t.Any]) -> ManagedCertificate | None:
    """``ManagedCertificateDetails``; None where it is empty, as if there were no request."""
    if not details.get("CertificateStatus"):
        return None
    return ManagedCertificate(
        arn=details.get("CertificateArn"),
        status=details["CertificateStatus"],
        token_host=details.get("ValidationTokenHost"),
        tokens=tuple(
            ValidationToken(comparable(each["Domain"]), each.get("RedirectFrom"), each.get("RedirectTo"))
            for each in details.get("ValidationTokenDetails") or []
        ),
    )


def from_distribution(distribution_id: str, config: t.Mapping[str, t.Any]) -> ParentDistribution:
    """A ``DistributionConfig``, as far as it matters to tenants."""
    mode, viewer = config.get("ConnectionMode"), config.get("ViewerCertificate") or {}
    definitions = (config.get("TenantConfig") or {}).get("ParameterDefinitions") or []
    schemas = {each["Name"]: (each.get("Definition") or {}).get("StringSchema") or {} for each in definitions}
    return ParentDistribution(
        distribution_id,
        tenant_only=mode == "tenant-only" if mode else None,
        own_certificate=bool(viewer.get("ACMCertificateArn") or viewer.get("IAMCertificateId")) if viewer else None,
        required_parameters=frozenset(
            name for name, schema in schemas.items() if schema.get("Required") and not schema.get("DefaultValue")
        ),
    )


def comparable(domain: str) -> str:
    """The one form of a name. What somebody else has put there must not stop the run, whatever it is."""
    try:
        return normalise(domain)
    except InvalidName:
        return domain.lower()


def differences(wanted: WantedTenant, tenant: Tenant) -> dict[str, t.Any]:
    """The members of UpdateDistributionTenant that make the tenant what is wanted; {} where nothing is to be changed.

    What the task doesn't name is left out, and stays as it is. Customizations are replaced as a whole, so those that
    aren't named are sent back as they are.
    """
    changed: dict[str, t.Any] = {}
    if wanted.distribution_id and wanted.distribution_id != tenant.distribution_id:
        changed["DistributionId"] = wanted.distribution_id
    if wanted.domains is not None and set(wanted.domains) != set(tenant.domains):
        changed["Domains"] = as_domain_items(wanted.domains)
    if wanted.enabled is not None and wanted.enabled != tenant.enabled:
        changed["Enabled"] = wanted.enabled
    if wanted.connection_group_id and wanted.connection_group_id != tenant.connection_group_id:
        changed["ConnectionGroupId"] = wanted.connection_group_id
    if wanted.parameters is not None and tenant.parameters is not None and wanted.parameters != tenant.parameters:
        changed["Parameters"] = as_parameter_items(wanted.parameters)
    customizations = merged(tenant.customizations, wanted.customizations)
    if _comparable_customizations(customizations) != _comparable_customizations(tenant.customizations):
        changed["Customizations"] = customizations
    return changed


def merged(
    current: t.Mapping[str, t.Mapping[str, t.Any]], named: t.Mapping[str, t.Mapping[str, t.Any] | None]
) -> dict[str, t.Mapping[str, t.Any]]:
    """All customizations: the named ones as they are to be, the others as they are."""
    return {kind: value for kind, value in {**current, **named}.items() if value}


def _comparable_customizations(customizations: t.Mapping[str, t.Mapping[str, t.Any]]) -> dict[str, t.Any]:
    """The order of locations means nothing, nor does an empty member."""
    return {
        kind: {
            key: sorted(value) if isinstance(value, (list, tuple)) else value for key, value in each.items() if value
        }
        for kind, each in customizations.items()
    }


def as_domain_items(domains: t.Iterable[str]) -> list[dict[str, str]]:
    return [{"Domain": domain} for domain in domains]


def as_parameter_items(parameters: t.Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in sorted(parameters.items())]


def as_tag_items(tags: t.Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]
