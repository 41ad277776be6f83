# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ACM's own private certificates: the CA is looked at before ACM is asked."""

from __future__ import annotations

from typing import Any

import pytest
from aws_world import ACCOUNT, CA_ARN, DNS_ACCOUNT, World
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


def test_many_certificates_of_one_ca_cost_no_more(world: World) -> None:
    world.private_ca()
    wanted = [{"domain_name": f"n{number}.internal"} for number in range(6)]
    assert world.issue_all(wanted, certificate_authority_arn=CA_ARN)["failure"] is None
    assert sorted(private_calls(world)) == ["DescribeCertificateAuthority", "ListPermissions"]


def test_half_a_permission_is_none(world: World) -> None:
    """CreatePermission doesn't add to one that is there."""
    world.private_ca(renewal_permission=False)
    pca = world.sandbox.boto("acm-pca")
    pca.create_permission(CertificateAuthorityArn=CA_ARN, Principal="acm.amazonaws.com", Actions=["GetCertificate"])
    assert "IssueCertificate, ListPermissions" in str(issue(world, check=True)["warnings"])
    assert "delete-permission" in issue(world, grant_renewal_permission=True)["msg"]
    assert requests(world) == 0


def test_what_may_not_be_seen_of_permissions_is_no_reason_to_stop(world: World) -> None:
    world.private_ca()
    world.sandbox.deny("*", ["acm-pca:ListPermissions"])
    result = issue(world)
    assert (result.failed, result["certificate"]["ready"]) == (False, True)


def test_what_may_not_be_granted_is_said_before_the_request(world: World) -> None:
    world.private_ca(renewal_permission=False)
    world.sandbox.deny("*", ["acm-pca:CreatePermission"])
    result = issue(world, grant_renewal_permission=True)
    assert "acm-pca:CreatePermission" in result["msg"]
    assert requests(world) == 0


def test_a_ca_of_another_account_that_is_shared(world: World) -> None:
    """Between accounts it is the CA's policy that lets ACM renew, and no permission could."""
    shared = world.private_ca(arn=None, account=DNS_ACCOUNT, shared_with=[ACCOUNT], renewal_permission=False)
    result = world.issue("db.internal", certificate_authority_arn=shared)
    assert (result.failed, result["certificate"]["ready"]) == (False, True)
    assert "won't be able to renew" not in str(result.result)
    assert world.sandbox.count("acm-pca", "CreatePermission") == 0


def test_a_ca_of_another_account_that_is_not_shared(world: World) -> None:
    theirs = world.private_ca(arn=None, account=DNS_ACCOUNT)
    result = world.issue("db.internal", certificate_authority_arn=theirs)
    assert theirs in result["msg"]
    assert requests(world) == 0


def test_what_was_granted_makes_it_renewable(world: World) -> None:
    world.private_ca(renewal_permission=False)
    arn = issue(world, grant_renewal_permission=True)["certificate_arn"]
    world.sandbox.certificate(arn, in_use_by=[f"arn:aws:elasticloadbalancing:eu-west-1:{ACCOUNT}:loadbalancer/app/x/1"])
    assert world.certificates()[arn]["RenewalEligibility"] == "ELIGIBLE"
