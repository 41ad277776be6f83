# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""The plan for distribution tenants: every step to the end, as far as it can be known before."""

from __future__ import annotations

import dataclasses
import typing as t

from ._certificates import Certificate
from ._module_result import Result
from ._tenant_result import ROUTING, certificate_results, tenant_result
from ._tenant_states import NONE, WAIT, Assessment, Seen, assess
from ._tenant_steps import TenantStep, step_for, tag_step
from ._tenants import ACTIVE, DEPLOYED, ISSUED, WantedTenant

#: No tenant takes as many steps; a plan that doesn't end is cut off.
_MOST_STEPS = 20


@dataclasses.dataclass(frozen=True)
class PlannedTenant:
    """``assessment`` is what is there now, ``steps`` what makes it what is wanted."""

    wanted: WantedTenant
    seen: Seen
    assessment: Assessment
    steps: tuple[TenantStep, ...]

    @property
    def requests(self) -> bool:
        """Whether a managed certificate is to be requested."""
        return any("ManagedCertificateRequest" in step.parameters() for step in self.steps)

    @property
    def domains(self) -> tuple[str, ...]:
        """Those that the tenant will have."""
        there = tuple(self.seen.tenant.domains) if self.seen.tenant else ()
        return there if self.wanted.domains is None else self.wanted.domains


@dataclasses.dataclass(frozen=True)
class TenantsPlan:
    tenants: tuple[PlannedTenant, ...]
    routing: ROUTING
    certificates: t.Mapping[str, Certificate]

    @property
    def requesting(self) -> list[PlannedTenant]:
        return [planned for planned in self.tenants if planned.requests]

    @property
    def steps(self) -> list[TenantStep]:
        return [step for planned in self.tenants for step in planned.steps]

    def predict(self) -> Result:
        shown = [tenant_result(each.wanted, each.seen, each.assessment, self.routing) for each in self.tenants]
        values = {"tenants": shown, "certificates": certificate_results(shown, self.certificates), "failure": None}
        return Result(bool(self.steps), values)


def plan_tenant(wanted: WantedTenant, seen: Seen, waits: bool) -> PlannedTenant:
    """With ``waits`` the run goes on to the end, so what it does after a wait is planned, too."""
    first = assess(wanted, seen)
    steps: list[TenantStep] = []
    current = seen
    while len(steps) < _MOST_STEPS:
        found = assess(wanted, current)
        step = next_step(wanted, current, found)
        if step:
            steps.append(step)
            current = step.applied(current)
        elif waits and found.next == WAIT and (later := _later(current)) != current:
            current = later
        else:
            break
    return PlannedTenant(wanted, seen, first, tuple(steps))


def next_step(wanted: WantedTenant, seen: Seen, found: Assessment) -> TenantStep | None:
    """None where there is nothing to do (yet). Tags are set where nothing more urgent is to be done."""
    return step_for(wanted, seen, found) or (tag_step(wanted, seen.tenant) if found.next in (NONE, WAIT) else None)


def _later(seen: Seen) -> Seen:
    """What is there when CloudFront has done its part."""
    managed, tenant = seen.managed, seen.tenant
    if managed and managed.status != ISSUED:
        managed = dataclasses.replace(managed, status=ISSUED)
        return dataclasses.replace(seen, managed=managed, replaced=None)
    if tenant:
        tenant = dataclasses.replace(tenant, domains=dict.fromkeys(tenant.domains, ACTIVE), status=DEPLOYED)
    return dataclasses.replace(seen, tenant=tenant)
