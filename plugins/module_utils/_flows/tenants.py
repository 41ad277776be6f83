# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Distribution tenants from what is wanted to served, for one or for a thousand: observe, (plan), apply."""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

from .._aws import cloudfront_tenants
from .._aws.access import Access
from .._certificates import CLOUDFRONT_REGION, Certificate
from .._diagnosis import PREFLIGHT_ARGUMENTS
from .._distributions import certificate_problems
from .._dns.resolver import Nameserver
from .._errors import InvalidInput, ServiceError
from .._module_result import Result
from .._pace import WAIT_TIMEOUT
from .._tenant_options import creation_faults
from .._tenant_plan import TenantsPlan, plan_tenant
from .._tenant_result import certificate_results, failure_sentence, late_sentence, tenant_result
from .._tenant_states import Seen
from .._tenants import ParentDistribution, WantedTenant
from .._threads import gather
from . import observing
from .tenant_diagnosing import DnsCheck
from .tenant_following import Followed, follow
from .tenant_reading import Reader
from .waiting import WaitSettings

#: Options of a run, for one tenant or many.
RUN_ARGUMENTS: dict[str, t.Any] = {
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": WAIT_TIMEOUT},
    "first_interval": {"type": "int", "default": 30},
    "poll_interval": {"type": "int", "default": 60},
    "check_dns": {"type": "bool", "default": True},
    "nameservers": {"type": "list", "elements": "str", "default": []},
    **PREFLIGHT_ARGUMENTS,
}


@dataclasses.dataclass(frozen=True)
class Desired:
    """``describe``: ask for the certificates of tenants that are served, too."""

    tenants: tuple[WantedTenant, ...]
    dns: DnsCheck
    describe: bool = True
    wait: WaitSettings | None = None
    report_failures: bool = False


@dataclasses.dataclass(frozen=True)
class Observed:
    seen: tuple[Seen, ...]
    reader: Reader
    certificates: t.Mapping[str, Certificate]


def dns_check(access: Access, params: t.Mapping[str, t.Any], nameservers: tuple[Nameserver, ...]) -> DnsCheck:
    """The public DNS says nothing of names at an endpoint that isn't AWS's, unless its resolvers are given."""
    public = bool(nameservers) or access.calls_aws("cloudfront")
    return DnsCheck(public, nameservers, params["check_dns"], params["preflight"])


def observe(access: Access, desired: Desired, now: datetime.datetime) -> Observed:
    """Reads only. Raises InvalidInput with all that CloudFront would refuse."""
    cloudfront_tenants.require_tenants(access)
    reader = Reader(access, now, desired.describe)
    if desired.tenants:
        reader.read_routing()
    tenants = reader.tenants(desired.tenants)

    def see(wanted: WantedTenant) -> Seen:
        tenant = tenants.get(wanted.name)
        return reader.see(wanted, tenant, elsewhere=reader.holders(wanted, tenant))

    seen = tuple(gather(see, desired.tenants))
    certificates = _certificates(access, desired, seen)
    faults = [
        *_creation_faults(reader, desired.tenants, seen),
        *_certificate_faults(desired.tenants, seen, certificates),
        *_moving_faults(desired.tenants, seen),
    ]
    if faults:
        raise InvalidInput(faults)
    return Observed(seen, reader, certificates)


def _certificates(access: Access, desired: Desired, seen: t.Sequence[Seen]) -> dict[str, Certificate]:
    """What ACM knows of the certificates, {} where it can't be asked: then CloudFront tells the most of them.

    Nothing is decided by it, so no refusal matters: an endpoint that has CloudFront needn't have ACM.
    """
    pairs = zip(desired.tenants, seen, strict=True)
    own = {wanted.own_certificate_arn for wanted, found in pairs if not found.has(wanted.own_certificate_arn)}
    if not own and not any(each.managed for each in seen):
        return {}  # All are attached: what a listing of tenants tells of their certificates will do.
    try:
        return observing.read_by_arn(access, CLOUDFRONT_REGION, sorted(arn for arn in own if arn))
    except ServiceError:
        return {}


def _creation_faults(reader: Reader, wanted: t.Sequence[WantedTenant], seen: t.Sequence[Seen]) -> list[str]:
    new = [
        found.staying(each)
        for each, found in zip(wanted, seen, strict=True)
        if found.tenant is None and not each.absent
    ]
    ids = sorted({each.distribution_id for each in new if each.distribution_id})
    parents: dict[str | None, ParentDistribution | None] = dict(zip(ids, gather(reader.parent, ids), strict=True))
    faults = [fault for each in new for fault in creation_faults(each, parents.get(each.distribution_id))]
    groups = sorted({each.connection_group_id for each in wanted if each.connection_group_id and not each.absent})
    unknown = [group for group in groups if reader.routing and group not in reader.routing]
    return faults + [f"connection group {group} doesn't exist in this account" for group in unknown]


def _certificate_faults(
    wanted: t.Sequence[WantedTenant], seen: t.Sequence[Seen], certificates: t.Mapping[str, Certificate]
) -> list[str]:
    """Of certificates of the user's own that are to be attached. Where ACM shows nothing, CloudFront will say."""
    faults: list[str] = []
    if not certificates:
        return faults
    for each, found in zip(wanted, seen, strict=True):
        arn, tenant = each.own_certificate_arn, found.tenant
        if not arn or each.absent or found.has(arn):
            continue
        domains = each.domains if each.domains is not None else tuple(tenant.domains if tenant else ())
        faults += [
            f"tenant {each.name}: {fault}" for fault in certificate_problems(arn, certificates.get(arn), domains)
        ]
    return faults


def _moving_faults(wanted: t.Sequence[WantedTenant], seen: t.Sequence[Seen]) -> list[str]:
    return [
        f"tenant {each.name}: {holder.domain} is with {holder.label}, which has to be disabled before a domain can be "
        "moved away (enabled: false)"
        for each, found in zip(wanted, seen, strict=True)
        for holder in found.elsewhere
        if holder.enabled
    ]


def make_plan(observed: Observed, desired: Desired) -> TenantsPlan:
    planned = [
        plan_tenant(wanted, seen, desired.wait is not None)
        for wanted, seen in zip(desired.tenants, observed.seen, strict=True)
    ]
    return TenantsPlan(tuple(planned), observed.reader.routing, observed.certificates)


def apply(access: Access, plan: TenantsPlan, observed: Observed, desired: Desired) -> Result:
    reader = observed.reader
    followed = [Followed(each, access, reader, desired.dns) for each in plan.tenants]
    follow(access, reader, followed, desired.wait)
    if not all(each.seen.endpoint for each in followed):
        reader.read_routing()  # CloudFront makes the default connection group with the first tenant.
    changed = any(each.changed for each in followed)
    certificates = observed.certificates
    if changed:
        certificates = _certificates(access, desired, [each.seen for each in followed])
    shown = [tenant_result(each.wanted, each.seen, each.assessment, reader.routing) for each in followed]
    late = late_sentence(shown, desired.wait.timeout) if desired.wait else None
    failure = " ".join(filter(None, (failure_sentence(shown), late))) or None
    values = {"tenants": shown, "certificates": certificate_results(shown, certificates), "failure": failure}
    return Result(changed, values, None if desired.report_failures else failure, _throttling(access))


def _throttling(access: Access) -> list[str]:
    times = access.throttled("cloudfront")
    if not times:
        return []
    said = f"CloudFront has throttled {times} calls of this run, which went on more slowly."
    return [f"{said} Its rates are unpublished; rate_limits sets lower ones (such as UpdateDistributionTenant: 0.5)."]
