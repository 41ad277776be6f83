# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What tests about listeners and distributions say again and again."""

from __future__ import annotations

import json
from typing import Any

from aws_world import REGION, World
from sandbox.client import Sandbox
from support.modules import ModuleResult

ELB = "elasticloadbalancing"
#: Calls that change a listener or a distribution.
CHANGES = {
    *[f"{ELB}:{action}" for action in ("AddListenerCertificates", "RemoveListenerCertificates", "ModifyListener")],
    *[f"{ELB}:{action}" for action in ("AddTags", "RemoveTags")],
    "cloudfront:UpdateDistribution",
    "cloudfront:TagResource",
}
Served = tuple["str | None", set[str]]


def certificate(sandbox: Sandbox, *names: str, **wish: Any) -> str:
    """An issued certificate for the names, from an hour ago; its ARN."""
    first, *others = names or ("example.com",)
    wish = {"domain_name": first, "subject_alternative_names": others, "age": 3600, **wish}
    return sandbox.add_certificates([wish])[0]


def certificates(sandbox: Sandbox, count: int, **wish: Any) -> list[str]:
    wishes = [{"domain_name": f"n{number}.example.com", "age": 3600, **wish} for number in range(count)]
    return sandbox.add_certificates(wishes)


def listener(sandbox: Sandbox, default: str | None, *others: str, name: str = "web", **more: Any) -> str:
    """A listener with these certificates, put there by somebody else; its ARN. Leaves no call in the log."""
    made = sandbox.load_balancer(name, certificate_arn=default, **more)
    elb = sandbox.boto("elbv2", region=more.get("region", REGION))
    for other in others:
        elb.add_listener_certificates(ListenerArn=made["listener_arn"], Certificates=[{"CertificateArn": other}])
    sandbox.clear_calls()
    return made["listener_arn"]


def served(sandbox: Sandbox, listener_arn: str) -> Served:
    """Default certificate, and the list."""
    found = sandbox.listeners()[listener_arn]
    assert len(set(found["certificates"])) == len(found["certificates"])
    return found["default"], set(found["certificates"])


def owner_tags(sandbox: Sandbox, listener_arn: str, region: str = REGION) -> dict[str, str]:
    """{what follows the prefix: owner}"""
    described = sandbox.boto("elbv2", region=region).describe_tags(ResourceArns=[listener_arn])["TagDescriptions"]
    prefix = "tlsops:certificate/"
    return {
        tag["Key"].removeprefix(prefix): tag["Value"] for tag in described[0]["Tags"] if tag["Key"].startswith(prefix)
    }


def short(arn: str) -> str:
    return arn.rpartition("/")[2]


def changes(counted: dict[str, int]) -> dict[str, int]:
    """The calls that changed something, without the services' prefixes."""
    return {call.partition(":")[2]: count for call, count in counted.items() if call in CHANGES}


def attach(world: World, listener_arn: str | None = None, *arns: str, **options: Any) -> ModuleResult:
    if listener_arn:
        options["listener_arn"] = listener_arn
    return world.run("elb_listener_certificates", certificate_arns=list(arns), **options)


def did(result: ModuleResult) -> dict[str, Any]:
    """A module's result without what differs between check mode and the run by nature."""
    return {key: value for key, value in (result.result or {}).items() if key not in ("invocation", "warnings")}


def predicted(world: World, module: str, **options: Any) -> ModuleResult:
    """Runs in check mode, then for real, then again: the first says what the second does, the third does nothing.

    The result of the second run.
    """
    world.counted()
    check = world.run(module, check=True, diff=True, **options)
    assert not check.failed, check.result
    assert changes(world.counted()) == {}
    real = world.run(module, diff=True, **options)
    assert not real.failed, real.result
    assert did(check) == did(real), json.dumps([did(check), did(real)], indent=1)
    made = changes(world.counted())
    assert bool(made) is real["changed"], made
    again = world.run(module, diff=True, **options)
    assert not again.failed, again.result
    assert again["changed"] is False, again.result
    assert "diff" not in (again.result or {})
    assert changes(world.counted()) == {}
    return real


def refused(world: World, result: ModuleResult, *parts: str) -> str:
    """The run failed before it changed anything, with one sentence that has these parts."""
    assert result.failed, result.result
    made = changes(world.counted())
    assert made == {}, made
    for part in parts:
        assert part in result["msg"], f"{part!r} is missing in: {result['msg']}"
    assert result.result is not None
    assert result.result.get("changed", False) is False
    return str(result["msg"])
