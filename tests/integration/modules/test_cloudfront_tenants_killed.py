# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Killed after any AWS call, a run over tenants is finished by the next one, and the third has nothing to do.

Each test walks every call of its run, as test_killed.py does.
"""

from __future__ import annotations

from typing import Any

import pytest
from aws_world import World
from module_process import run_forked
from tenant_world import CHANGES, DOMAIN, UNPACED, Tenancy
from test_killed import last_call, walk

TWO = {"shop": DOMAIN, "blog": "blog.example.com"}
SHOP = {"name": "shop", "domains": [DOMAIN]}


class Stage(Tenancy):
    """The sandbox as new, with the names of two tenants that point to CloudFront."""

    def __init__(self, world: World) -> None:
        world.sandbox.reset()
        super().__init__(world)
        self.point(*TWO.values())

    def fleet(self, **options: Any) -> Any:
        """Both tenants by one run, in a process that can be killed."""
        tenants = [{"name": name, "domains": [domain]} for name, domain in TWO.items()]
        given = {
            "tenants": tenants,
            "distribution_id": self.distribution,
            "managed_certificate": {"validation_token_host": "cloudfront"},
            "nameservers": [self.sandbox.dns_address],
            "rate_limits": UNPACED,
        }
        return self.forked("cloudfront_tenant_certs", given | options)

    def forked(self, module: str, options: dict[str, Any]) -> Any:
        kill = options.pop("kill_after_call", None)
        return run_forked(self.sandbox, module, options, kill_after_call=kill)

    def twice_more(self, **options: Any) -> Any:
        """The second run finishes, the third has nothing to do; its result."""
        second = self.fleet(**options)
        assert not second.failed, second.result
        self.sandbox.clear_calls()
        third = self.fleet(**options)
        assert not third.failed, third.result
        assert third["changed"] is False, third.result
        made = {f"{call['service']}:{call['action']}" for call in self.sandbox.calls()}
        assert not made & CHANGES
        return third


@pytest.mark.slow
def test_two_tenants_from_nothing_to_attached(world: World) -> None:
    """One tenant, one certificate request, Attached."""

    def killed_at(call: int) -> str | None:
        stage = Stage(world)
        if stage.fleet(kill_after_call=call):
            return None
        struck = last_call(stage.sandbox)
        third = stage.twice_more()
        assert {each["name"]: each["phase"] for each in third["tenants"]} == dict.fromkeys(TWO, "Attached")
        assert set(stage.sandbox.tenants()) == set(TWO)
        assert sorted(each["DomainName"] for each in stage.requests()) == sorted(TWO.values())
        for name in TWO:
            tenant = stage.tenant(name)
            assert tenant["Customizations"] == {"Certificate": {"Arn": tenant["certificate"]}}
        return struck

    walk(killed_at, at_least=8)


@pytest.mark.slow
def test_a_failed_request_that_is_made_anew(world: World) -> None:
    def killed_at(call: int) -> str | None:
        stage = Stage(world)
        stage.sandbox.add_tenants(stage.distribution, [{**SHOP, "certificate": "failed"}])
        anew = {"tenants": [SHOP], "retry_failed": True}
        if stage.fleet(**anew, kill_after_call=call):
            return None
        struck = last_call(stage.sandbox)
        third = stage.twice_more(**anew)
        assert [each["phase"] for each in third["tenants"]] == ["Attached"]
        assert sorted(each["Status"] for each in stage.requests()) == ["FAILED", "ISSUED"]
        return struck

    walk(killed_at, at_least=8)


@pytest.mark.slow
def test_a_tenant_that_is_deleted(world: World) -> None:
    gone = [{"name": "shop", "state": "absent"}]

    def killed_at(call: int) -> str | None:
        stage = Stage(world)
        stage.attached()
        if stage.fleet(tenants=gone, kill_after_call=call):
            return None
        struck = last_call(stage.sandbox)
        stage.twice_more(tenants=gone)
        assert stage.sandbox.tenants() == {}
        return struck

    walk(killed_at, at_least=5)
