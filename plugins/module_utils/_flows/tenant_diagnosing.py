# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""What keeps a tenant's certificate from being issued: what CloudFront sees of its domains, and what the DNS shows."""

from __future__ import annotations

import dataclasses
import typing as t

from .._aws import cloudfront_tenants
from .._aws.access import Access
from .._caa import issuer
from .._dns.questions import DnsSettings
from .._dns.resolver import DnspythonMissing, Nameserver
from .._errors import ServiceError
from .._findings import sentence
from .._preflight_subject import HTTP, Subject
from .._tenants import Tenant, WantedTenant
from . import preflight

_DEADLINE = 10.0  # seconds for all questions of one tenant
_VALID = "valid-configuration"


@dataclasses.dataclass(frozen=True)
class DnsCheck:
    """``on`` is false where the public DNS has nothing to do with the endpoint that is called."""

    on: bool
    nameservers: tuple[Nameserver, ...] = ()


def what_keeps(access: Access, wanted: WantedTenant, tenant: Tenant, dns: DnsCheck) -> str:
    """Sentences, empty where nothing is found. A wait must not fail for this, so what goes wrong here is not said."""
    names = tenant.inactive or tuple(tenant.domains)
    told = [*_seen_by_cloudfront(access, wanted, tenant), *(_seen_in_dns(names, dns.nameservers) if dns.on else [])]
    return " ".join(told)


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


def _seen_in_dns(names: t.Iterable[str], nameservers: tuple[Nameserver, ...]) -> list[str]:
    subjects = [Subject(name, issuer("acm"), HTTP) for name in names]
    try:
        found = preflight.examination(DnsSettings(nameservers, deadline=_DEADLINE), subjects).findings
    except DnspythonMissing:
        return []
    told = sentence(found)
    return [f"In the DNS, {told}."] if told else []
