# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""What keeps a tenant's certificate from being issued, before it is requested and while one waits: what CloudFront sees
of its domains, and what the DNS shows."""

from __future__ import annotations

import dataclasses
import typing as t

from .._aws import cloudfront_tenants
from .._aws.access import Access
from .._caa import issuer
from .._diagnosis import OFF, WARN, Preflight
from .._dns.questions import DnsSettings
from .._dns.resolver import DnspythonMissing, Nameserver
from .._errors import ServiceError
from .._findings import Finding, sentence
from .._preflight_subject import HTTP, Subject
from .._tenant_plan import TenantsPlan
from .._tenants import Tenant, WantedTenant
from . import preflight

_BEFORE = 30.0  # seconds for all questions before a request
_DEADLINE = 10.0  # of one tenant, while one waits
_VALID = "valid-configuration"


@dataclasses.dataclass(frozen=True)
class DnsCheck:
    """``public`` is false where the public DNS has nothing to do with the endpoint that is called. ``pointing``: see to
    it that names point to CloudFront before it is to validate them. ``preflight``: what to do about other causes."""

    public: bool
    nameservers: tuple[Nameserver, ...] = ()
    pointing: bool = True
    preflight: str = WARN

    @property
    def points(self) -> bool:
        return self.public and self.pointing

    @property
    def explains(self) -> bool:
        return self.public and self.preflight != OFF


def before_requests(plan: TenantsPlan, dns: DnsCheck) -> Preflight:
    """What would keep the certificates that are to be requested from being validated. With ``fail`` it raises."""
    names = [domain for planned in plan.requesting for domain in planned.domains]
    if not names or not dns.explains:
        return Preflight()
    try:
        found = _examined(names, dns, _BEFORE)
    except DnspythonMissing as error:
        return Preflight(fault=error.message)
    # Whether these names point to CloudFront is looked at by itself; they may well not be there yet.
    others = [planned for planned in plan.requesting if not planned.wanted.validated_by_cloudfront]
    own = {domain for planned in others for domain in planned.domains}
    done = Preflight(tuple(each for each in found if each.check != "no_address" or each.name in own))
    done.check(dns.preflight)
    return done


def what_keeps(access: Access, wanted: WantedTenant, tenant: Tenant, dns: DnsCheck) -> str:
    """Sentences, empty where nothing is found. A wait must not fail for this, so what goes wrong here is not said."""
    names = tenant.inactive or tuple(tenant.domains)
    return " ".join([*_seen_by_cloudfront(access, wanted, tenant), *_seen_in_dns(names, dns)])


def _seen_by_cloudfront(access: Access, wanted: WantedTenant, tenant: Tenant) -> list[str]:
    if not wanted.validated_by_cloudfront:
        return []
    try:
        verdicts = cloudfront_tenants.verify_dns(access, tenant)
    except ServiceError:
        return []
    wrong = [each for each in verdicts if each.status != _VALID]
    shown = "; ".join(f"{each.domain}: {each.status}" + (f", {each.reason}" if each.reason else "") for each in wrong)
    return [f"CloudFront sees {shown.rstrip('.')}."] if wrong else []


def _seen_in_dns(names: t.Iterable[str], dns: DnsCheck) -> list[str]:
    if not dns.explains:
        return []
    try:
        told = sentence(_examined(names, dns, _DEADLINE))
    except DnspythonMissing:
        return []
    return [f"In the DNS, {told}."] if told else []


def _examined(names: t.Iterable[str], dns: DnsCheck, deadline: float) -> list[Finding]:
    subjects = [Subject(name, issuer("acm"), HTTP) for name in names]
    return preflight.examination(DnsSettings(dns.nameservers, deadline=deadline), subjects).findings
