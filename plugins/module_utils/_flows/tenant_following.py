# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Taking distribution tenants through their life: one step after the other, and a look after each pause."""

from __future__ import annotations

import dataclasses
import random
import typing as t

from .. import _conditions
from .._aws import cloudfront_tenants
from .._aws.access import Access
from .._conditions import Condition
from .._dns.pointing import why_not_pointing
from .._errors import ServiceError, TlsopsError
from .._pace import Deadline, intervals
from .._tenant_plan import PlannedTenant, next_step
from .._tenant_refusals import GONE_CODES, after_error, not_pointing
from .._tenant_states import FAIL, GET_BY_NAME, REFETCH, SOON, Assessment, Holder, assess
from .._tenant_steps import CreateTenant, DeleteTenant, MoveDomain, TagTenant, TenantStep, UpdateTenant
from .._tenants import Tenant
from .._threads import concurrently
from .tenant_diagnosing import DnsCheck, what_keeps
from .tenant_reading import Reader
from .waiting import WaitSettings

_GROWTH = 1.2
_JITTER = 0.2
_MOST_STEPS = 20
_MOST_CONFLICTS = 10
_HANGS_AFTER = 120.0  # seconds of a tenant's life; CloudFront mostly validates sooner
_EXPLAINED_AT_MOST = 10  # of those that hang: mostly one cause keeps them all


class Followed:
    """One tenant on its way. What fails for it is kept with it, and the others go on."""

    def __init__(self, planned: PlannedTenant, access: Access, reader: Reader, dns: DnsCheck) -> None:
        self.wanted = planned.wanted
        self.seen = planned.seen
        self.assessment = planned.assessment
        self.changed = False
        self._access = access
        self._reader = reader
        self._dns = dns
        self._conflicts = 0
        self._extended = False

    @property
    def settled(self) -> bool:
        return self.assessment.settled

    def advance(self) -> None:
        """Do what can be done now."""
        try:
            self._advance()
        except TlsopsError as error:
            reason = getattr(error, "code", "") or type(error).__name__
            self.assessment = Assessment(Condition(_conditions.FAILED, reason, error.message), FAIL)

    def look(self, tenant: Tenant | None) -> None:
        """Take in what CloudFront shows after a pause, and go on from there."""
        try:
            self._see_again(tenant)
        except TlsopsError as error:
            self.assessment = self._with(assess(self.wanted, self.seen), error.message)
        else:
            self.advance()

    def hangs(self, late: bool) -> bool:
        """Whether it is time to ask what keeps it."""
        waits = self.assessment.condition.reason in ("PendingValidation", "Attaching") and not self.settled
        return waits and (late or (self.seen.age or 0.0) > _HANGS_AFTER)

    def explain(self) -> None:
        if self.seen.tenant:
            told = what_keeps(self._access, self.wanted, self.seen.tenant, self._dns)
            self.assessment = self._with(self.assessment, told) if told else self.assessment

    def _advance(self) -> None:
        for dummy in range(_MOST_STEPS):
            self.assessment = assess(self.wanted, self.seen)
            step = next_step(self.wanted, self.seen, self.assessment)
            if step is None or not self._take(step):
                return

    def _see_again(self, tenant: Tenant | None) -> None:
        known = {"replaced": self.seen.replaced, "elsewhere": _still(self.seen.elsewhere, tenant)}
        self.seen = self._reader.see(self.wanted, tenant, self._extended, **known)

    def _take(self, step: TenantStep) -> bool:
        """Whether there may be another step right after it."""
        if isinstance(step, CreateTenant) and self._points_elsewhere():
            return False
        try:
            tenant = carry_out(self._access, step, self.seen.tenant)
        except ServiceError as error:
            return self._refused(step, error)
        self.changed = True
        self._remember(step, tenant)
        return True

    def _remember(self, step: TenantStep, tenant: Tenant | None) -> None:
        replaced = self.seen.replaced
        if isinstance(step, CreateTenant) and self.wanted.managed:
            replaced = ""
        elif "ManagedCertificateRequest" in step.parameters():
            replaced = (self.seen.managed.arn if self.seen.managed else None) or ""
            self._extended = False
        if isinstance(step, (UpdateTenant, MoveDomain)) and tenant and self.seen.tenant:
            self._extended |= not set(tenant.domains) <= set(self.seen.tenant.domains)
        known = {"replaced": replaced, "elsewhere": _still(step.applied(self.seen).elsewhere, tenant)}
        self.seen = self._reader.see(self.wanted, tenant, self._extended, **known)

    def _points_elsewhere(self) -> bool:
        """Told in time, and for all domains: CloudFront's own words come late and don't say which."""
        endpoint = self.seen.endpoint
        if not (self._dns.points and endpoint and self.wanted.validated_by_cloudfront):
            return False
        asked = concurrently(
            lambda domain: why_not_pointing(domain, endpoint, self._dns.nameservers), self.wanted.domains or ()
        )
        wrong = {each.item: each.result for each in asked if each.result}
        if wrong:
            self.assessment = not_pointing(wrong, endpoint, f"Now {'; '.join(wrong.values())}.", SOON)
        return bool(wrong)

    def _refused(self, step: TenantStep, error: ServiceError) -> bool:
        found = after_error(self.wanted, step.operation, error.code, error.service_message, error.message)
        if found.next == GET_BY_NAME:
            tenant = cloudfront_tenants.get_tenant(self._access, self.wanted.name)
            self.seen = self._reader.see(self.wanted, tenant, replaced="", adopted=True)
            return tenant is not None
        if found.next == REFETCH:
            self._conflicts += 1
            tenant = cloudfront_tenants.get_tenant(self._access, self.wanted.name)
            if self._conflicts > _MOST_CONFLICTS or (tenant and error.code in GONE_CODES):
                raise error
            self._see_again(tenant)
            return True
        self.assessment = self._explained(found)
        return False

    def _explained(self, found: Assessment) -> Assessment:
        if found.condition.reason == "DomainConflict":
            return self._with(found, self._holders())
        if found.condition.reason == "DomainValidationPending":
            return not_pointing(self.wanted.domains or (), self.seen.endpoint, "CloudFront doesn't see it yet.")
        return found

    def _holders(self) -> str:
        """Who has the domains, as far as CloudFront tells."""
        tenant = self.seen.tenant
        mine = set(tenant.domains) if tenant else set()
        asked = [domain for domain in self.wanted.domains or () if domain not in mine]
        held = [self._reader.holder(domain, tenant) for domain in asked]
        known = [f"{each.domain} is with {each.label}" for each in held if each]
        if known:
            return f"{'; '.join(known)}. move_domains: true moves them, when that is disabled."
        return f"No tenant of this account has {' or '.join(asked)}: ask whoever has it in CloudFront to let it go."

    @staticmethod
    def _with(found: Assessment, sentence: str) -> Assessment:
        message = f"{found.condition.message} {sentence}"
        return dataclasses.replace(found, condition=dataclasses.replace(found.condition, message=message))


def _still(elsewhere: t.Iterable[Holder], tenant: Tenant | None) -> tuple[Holder, ...]:
    """Those that have domains which the tenant hasn't got yet: the answer to a move may have been lost."""
    return tuple(each for each in elsewhere if tenant is None or each.domain not in tenant.domains)


def carry_out(access: Access, step: TenantStep, tenant: Tenant | None) -> Tenant | None:
    """One step; the tenant after it, None where it is gone."""
    if isinstance(step, CreateTenant):
        return cloudfront_tenants.create_tenant(access, step.parameters())
    if isinstance(step, UpdateTenant):
        return cloudfront_tenants.update_tenant(access, step.parameters(), step.subject)
    if isinstance(step, DeleteTenant):
        cloudfront_tenants.delete_tenant(access, step.parameters(), f"tenant {step.tenant.name}")
        return None
    if isinstance(step, TagTenant):
        if step.change.remove:
            cloudfront_tenants.untag_tenant(access, step.tenant.arn, step.change.remove)
        if step.change.add:
            cloudfront_tenants.tag_tenant(access, step.parameters())
        return dataclasses.replace(step.tenant, tags=step.after())
    if isinstance(step, MoveDomain):
        cloudfront_tenants.move_domain(access, step.parameters())
    return cloudfront_tenants.get_tenant(access, tenant.id) if tenant else None


def follow(access: Access, reader: Reader, followed: t.Sequence[Followed], settings: WaitSettings | None) -> None:
    """Take all of them as far as they go now, and to their end if that is waited for."""
    concurrently(Followed.advance, followed)
    if settings:
        _wait(access, reader, followed, settings)
    hanging = [each for each in followed if each.hangs(late=settings is not None)]
    concurrently(Followed.explain, hanging[:_EXPLAINED_AT_MOST])


def _wait(access: Access, reader: Reader, followed: t.Sequence[Followed], settings: WaitSettings) -> None:
    deadline = Deadline(access.clock, settings.timeout)
    pauses = intervals(settings.first_pause, _GROWTH, settings.longest_pause, _JITTER, random.random)
    while pending := [each for each in followed if not each.settled]:
        if deadline.passed():
            return
        patience = min(each.assessment.retry_after or SOON for each in pending) / SOON
        deadline.pause(next(pauses) * patience)
        _look(reader, pending)


def _look(reader: Reader, pending: t.Sequence[Followed]) -> None:
    tenants = reader.tenants([each.wanted for each in pending])
    concurrently(lambda each: each.look(tenants.get(each.wanted.name)), pending)
