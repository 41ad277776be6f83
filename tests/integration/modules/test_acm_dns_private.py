# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ACM's own private certificates: the CA is looked at before ACM is asked."""

from __future__ import annotations

from typing import Any

import pytest
from aws_world import CA_ARN, World
from support.modules import ModuleResult


def issue(world: World, **options: Any) -> ModuleResult:
    return world.issue("db.internal", certificate_authority_arn=CA_ARN, **options)


def requests(world: World) -> int:
    return len(world.sandbox.calls("acm", "RequestCertificate"))


def private_calls(world: World) -> list[str]:
    return [call["action"] for call in world.sandbox.calls("acm-pca")]


def test_a_ca_that_acm_may_renew_from_costs_two_calls_once(world: World) -> None:
    world.private_ca()
    result = issue(world)
    assert result["certificate"]["status"] == "ISSUED"
    assert "warnings" not in (result.result or {})
    assert sorted(private_calls(world)) == ["DescribeCertificateAuthority", "ListPermissions"]
    assert not issue(world)["changed"]
    assert len(private_calls(world)) == 2


def test_a_missing_permission_is_said_before_the_request(world: World) -> None:
    world.private_ca(renewal_permission=False)
    assert "ACM won't be able to renew" in str(issue(world, check=True)["warnings"])
    assert requests(world) == 0
    assert "ACM won't be able to renew" in str(issue(world)["warnings"])
    assert requests(world) == 1


def test_the_permission_is_granted_when_told_to(world: World) -> None:
    world.private_ca(renewal_permission=False)
    predicted = issue(world, grant_renewal_permission=True, check=True, diff=True)
    assert "permission of acm.amazonaws.com" in predicted["diff"]["after"]
    result = issue(world, grant_renewal_permission=True)
    assert "warnings" not in (result.result or {})
    order = [call["action"] for call in world.sandbox.calls()]
    assert order.index("CreatePermission") < order.index("RequestCertificate")
    assert not issue(world, grant_renewal_permission=True)["changed"]
    assert order.count("CreatePermission") == 1


@pytest.mark.parametrize("status", ["DISABLED", "EXPIRED"])
def test_a_ca_that_isn_t_active(world: World, status: str) -> None:
    world.private_ca()
    world.sandbox.change_certificate_authority(CA_ARN, status=status)
    result = issue(world)
    assert f"is {status}" in result["msg"]
    assert requests(world) == 0


def test_a_ca_with_a_key_of_another_family(world: World) -> None:
    world.private_ca(key_algorithm="EC_prime256v1")
    assert "of the same family" in issue(world)["msg"]
    assert requests(world) == 0
    assert issue(world, key_algorithm="EC_secp384r1")["certificate"]["ready"]


def test_a_ca_that_isn_t_there(world: World) -> None:
    assert "AWS doesn't know the private CA" in issue(world)["msg"]
    assert requests(world) == 0
