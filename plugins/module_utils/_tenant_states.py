# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""How far a distribution tenant is, and what comes next, from what CloudFront shows."""

from __future__ import annotations

import dataclasses

from . import _conditions
from ._conditions import Condition
from ._names import covers_all
from ._tenant_shown import options_of
from ._tenants import ISSUED, PENDING_VALIDATION, ManagedCertificate, Tenant, WantedTenant, differences

# What comes next.
CREATE, UPDATE, REQUEST, ATTACH, MOVE = "create", "update", "request", "attach", "move"
DISABLE, DELETE = "disable", "delete"
GET_BY_NAME, REFETCH, RETRY, WAIT, NONE, FAIL = "get_by_name", "refetch_retry", "retry", "wait", "none", "fail"
#: Nothing changes any more by waiting.
SETTLED = frozenset({NONE, FAIL})

# Seconds until the next look.
SOON = 30.0
THROTTLED = 60.0
UNTIL_DNS_IS_SEEN = 300.0
#: Seconds for which CloudFront may not tell of a new request.
_SILENT_FOR = 120.0

#: ManagedCertificateStatus of requests that came to nothing, and what to do about it.
_FAILED_STATUSES = {
    "validation-timed-out": "It wasn't validated within 72 hours: put the names right first",
    "failed": "Look at the certificate in ACM (us-east-1) for the reason",
    "revoked": "It was revoked, and browsers refuse it",
    "expired": "It wasn't renewed in time: check where the names point to",
    "inactive": "It isn't used any more",
}


@dataclasses.dataclass(frozen=True)
class Holder:
    """What has a domain that is wanted here. ``enabled``: CloudFront lets nothing go of it before it is disabled."""

    domain: str
    label: str
    enabled: bool = False


@dataclasses.dataclass(frozen=True)
class Seen:
    """What a run knows of a tenant.

    ``managed`` is None where CloudFront knows of no request; with ``details_read`` false nobody asked. ``names`` are
    those of the attached certificate, where they were read. ``replaced`` is the certificate that this run's own request
    is to replace ("" for none): CloudFront shows the old one for a while. ``endpoint`` is where names have to point to,
    ``elsewhere`` what has wanted domains that are to be moved here.
    """

    tenant: Tenant | None
    managed: ManagedCertificate | None = None
    details_read: bool = True
    names: frozenset[str] | None = None
    replaced: str | None = None
    age: float | None = None
    adopted: bool = False
    endpoint: str | None = None
    elsewhere: tuple[Holder, ...] = ()

    def has(self, certificate_arn: str | None) -> bool:
        """Whether this certificate is attached, or none is asked for."""
        return certificate_arn is None or (self.tenant is not None and self.tenant.certificate_arn == certificate_arn)

    def staying(self, wanted: WantedTenant) -> WantedTenant:
        """What is wanted, but for the domains that have to be moved here."""
        moving = {each.domain for each in self.elsewhere}
        if wanted.domains is None or not moving:
            return wanted
        return dataclasses.replace(wanted, domains=tuple(domain for domain in wanted.domains if domain not in moving))


@dataclasses.dataclass(frozen=True)
class Assessment:
    """``next`` is what to do, ``retry_after`` when to look again. ``certificate_ready`` is None where none matters."""

    condition: Condition
    next: str
    retry_after: float | None = None
    certificate_ready: bool | None = False

    @property
    def settled(self) -> bool:
        return self.next in SETTLED


def assess(wanted: WantedTenant, seen: Seen) -> Assessment:
    """The condition of a tenant, and what comes next."""
    if wanted.absent:
        return _leaving(seen)
    if seen.tenant is None:
        return pending("Creating", f"There is no tenant {wanted.name}: it is to be created.", CREATE)
    foreign = _mismatch(wanted, seen.tenant, seen.adopted)
    if foreign:
        return failed("BindingMismatch", foreign)
    changes = differences(seen.staying(wanted), seen.tenant)
    differs = f"It differs in {options_of(changes, seen.tenant)}"
    if changes and not wanted.report_drift:
        return pending("UpdatePending", f"{differs}, which is to be changed.", UPDATE)
    found = _managed(seen.tenant, wanted, seen) if wanted.managed else _served(seen.tenant)
    if seen.elsewhere and found.next == NONE:
        moving = ", ".join(f"{each.domain} from {each.label}" for each in seen.elsewhere)
        return pending("UpdatePending", f"To be moved here: {moving}.", MOVE)
    if changes and found.next == NONE:
        drifted = Condition(_conditions.PENDING, "DriftDetected", f"{differs}; on_drift keeps it.")
        return Assessment(drifted, NONE, certificate_ready=found.certificate_ready)
    return found


def _mismatch(wanted: WantedTenant, tenant: Tenant, adopted: bool) -> str | None:
    """Why this tenant isn't the one that is meant. One that appears while ours is created must be the same in all."""
    if wanted.distribution_id and wanted.distribution_id != tenant.distribution_id and not wanted.move_distribution:
        return (
            f"Tenant {tenant.name} belongs to distribution {tenant.distribution_id}, not to {wanted.distribution_id}: "
            "move_distribution: true moves it."
        )
    changes = differences(wanted, tenant) if adopted else {}
    binding = {member: value for member, value in changes.items() if member in ("Domains", "ConnectionGroupId")}
    if binding:
        return (
            f"Somebody else has created tenant {tenant.name} meanwhile, with other {options_of(binding, tenant)}. Run "
            "again if it is to be changed."
        )
    return None


def _leaving(seen: Seen) -> Assessment:
    """``state: absent``: disable, wait, delete."""
    tenant = seen.tenant
    if tenant is None:
        condition = Condition(_conditions.PENDING, "Absent", "There is no such tenant.")
        return Assessment(condition, NONE, certificate_ready=None)
    if tenant.enabled:
        condition = Condition(_conditions.PENDING, "Disabling", "A tenant has to be disabled before it can be deleted.")
        return Assessment(condition, DISABLE, SOON, None)
    if not tenant.deployed:
        condition = Condition(_conditions.PENDING, "Deleting", "CloudFront is still disabling it.")
        return Assessment(condition, WAIT, SOON, None)
    condition = Condition(_conditions.PENDING, "Deleting", "It is disabled, and is to be deleted.")
    return Assessment(condition, DELETE, SOON, None)


def _served(tenant: Tenant) -> Assessment:
    """Without a managed certificate: the tenant's own, or the distribution's."""
    if not tenant.enabled:
        return _switched_off()
    if tenant.inactive:
        whose = (
            "its certificate covers them" if tenant.certificate_arn else "the distribution's certificate covers them"
        )
        return _attaching(f"CloudFront doesn't serve {', '.join(tenant.inactive)} yet; check that {whose}.")
    return _serving(tenant, "Deployed", "Every domain is served.")


def _managed(tenant: Tenant, wanted: WantedTenant, seen: Seen) -> Assessment:
    if not seen.details_read:
        return _serving(tenant, "Validated", "Every domain is served with its certificate.")
    managed = seen.managed
    if managed is None:
        return _unrequested(tenant, wanted, seen)
    if seen.replaced is not None and managed.arn == seen.replaced:
        return pending("PendingValidation", "CloudFront has taken the request and doesn't show it yet.")
    if managed.status == PENDING_VALIDATION:
        return pending("PendingValidation", _validation_message(tenant, managed, seen.endpoint))
    if managed.status == ISSUED:
        return _issued(tenant, managed, seen)
    if managed.status not in _FAILED_STATUSES:
        return failed(
            "UnknownStatus",
            f"CloudFront says {managed.status} of the managed certificate, which this version doesn't know. Look at "
            f"{managed.arn} in ACM (us-east-1).",
        )
    if wanted.retry_failed and seen.replaced is None:
        return pending("Requesting", f"The managed certificate is {managed.status}; another one is requested.", REQUEST)
    return failed(
        "CertificateFailed",
        f"The managed certificate is {managed.status}. {_FAILED_STATUSES[managed.status]}; then run with "
        "retry_failed: true, which requests another one.",
    )


def _unrequested(tenant: Tenant, wanted: WantedTenant, seen: Seen) -> Assessment:
    """CloudFront requests none where an existing certificate covers the domains (terraform-provider-aws#46790)."""
    asked = wanted.retry_failed and tenant.certificate_arn and seen.replaced is None
    if tenant.domains and not tenant.inactive and not asked:
        message = "Every domain is served with a certificate that was there already."
        advice = " retry_failed: true requests a managed one in the place of the tenant's own."
        return _serving(tenant, "CoveredByExisting", message + (advice if tenant.certificate_arn else ""))
    if seen.replaced is not None or (seen.age is not None and seen.age < _SILENT_FOR):
        return pending("PendingValidation", "CloudFront has taken the request and doesn't show it yet.")
    return pending("Requesting", "There is no managed certificate; one is requested.", REQUEST)


def _issued(tenant: Tenant, managed: ManagedCertificate, seen: Seen) -> Assessment:
    if not managed.arn:
        return _attaching("The certificate is issued, and CloudFront doesn't tell its ARN yet.")
    if tenant.certificate_arn != managed.arn:
        return _attaching(f"{managed.arn} is issued and is to be attached.", ATTACH)
    bare = [] if seen.names is None else [d for d in tenant.domains if not covers_all(seen.names, [d])]
    if bare:
        return pending(
            "Requesting", f"{managed.arn} doesn't have {', '.join(bare)}; another one is requested.", REQUEST
        )
    if not tenant.enabled:
        return _switched_off()
    if tenant.inactive:
        return _attaching(f"The certificate is attached; CloudFront hasn't activated {', '.join(tenant.inactive)} yet.")
    return _serving(tenant, "Validated", "Every domain is served with the managed certificate.")


def _validation_message(tenant: Tenant, managed: ManagedCertificate, endpoint: str | None) -> str:
    names = ", ".join(tenant.inactive or tenant.domains)
    if managed.token_host != "self-hosted":
        return (
            f"CloudFront hasn't validated {names} yet; each needs a CNAME (an alias record at the apex of a zone) to "
            f"{endpoint or 'the routing endpoint of its connection group'}."
        )
    tokens = [each for each in managed.tokens if each.redirect_from]
    if not tokens:
        return f"CloudFront hasn't said yet which tokens it wants to see for {names}."
    shown = "; ".join(f"{each.domain}: redirect {each.redirect_from} to {each.redirect_to}" for each in tokens)
    return f"CloudFront hasn't seen every validation token yet. {shown}."


def pending(reason: str, message: str, then: str = WAIT) -> Assessment:
    validating = reason == "PendingValidation"
    phase = _conditions.PENDING_VALIDATION if validating else _conditions.PENDING
    return Assessment(Condition(phase, reason, message), then, SOON)


def _attaching(message: str, then: str = WAIT) -> Assessment:
    return Assessment(Condition(_conditions.ATTACHING, "Attaching", message), then, SOON)


def _serving(tenant: Tenant, reason: str, message: str) -> Assessment:
    if not tenant.deployed:
        deploying = Condition(_conditions.ATTACHING, "Deploying", "Every domain is active; CloudFront is deploying.")
        return Assessment(deploying, WAIT, SOON, True)
    return Assessment(Condition(_conditions.ATTACHED, reason, message), NONE, certificate_ready=True)


def _switched_off() -> Assessment:
    return Assessment(Condition(_conditions.ATTACHING, "Disabled", "The tenant is disabled and serves nothing."), NONE)


def failed(reason: str, message: str) -> Assessment:
    return Assessment(Condition(_conditions.FAILED, reason, message), FAIL)
