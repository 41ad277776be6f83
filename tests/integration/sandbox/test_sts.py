# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""STS: API reference of AssumeRole and GetCallerIdentity; IAM User Guide on trust and external ids."""

from __future__ import annotations

import json
from typing import Any

import pytest
from aws_session import ACCOUNT, OTHER, refused
from sandbox.client import Sandbox

USER = f"arn:aws:iam::{ACCOUNT}:user/sandbox"


def assume(sts: Any, role: str, **parameters: Any) -> dict[str, Any]:
    found: dict[str, Any] = sts.assume_role(RoleArn=role, RoleSessionName="test", **parameters)
    return found


def test_caller_identity_of_a_user_and_of_a_session(sandbox: Sandbox, sts: Any) -> None:
    assert sts.get_caller_identity()["Arn"] == USER
    role = sandbox.role(OTHER, "dns", trusted=[ACCOUNT])
    session = sandbox.boto("sts", credentials=assume(sts, role)["Credentials"])
    identity = session.get_caller_identity()
    assert (identity["Account"], identity["Arn"]) == (OTHER, f"arn:aws:sts::{OTHER}:assumed-role/dns/test")


def test_a_session_works_in_the_account_of_its_role(sandbox: Sandbox, sts: Any) -> None:
    credentials = assume(sts, sandbox.role(OTHER, "dns", trusted=[ACCOUNT]))["Credentials"]
    sandbox.boto("route53", credentials=credentials).list_hosted_zones()
    call = sandbox.calls("route53")[-1]
    assert (call["account"], call["principal"]) == (OTHER, f"arn:aws:sts::{OTHER}:assumed-role/dns/test")


def test_a_role_that_does_not_exist_is_access_denied(sandbox: Sandbox, sts: Any) -> None:
    """AWS does not tell whether a role exists."""
    role = f"arn:aws:iam::{OTHER}:role/nobody"
    error = refused(sts.assume_role, RoleArn=role, RoleSessionName="test")
    assert (error["Code"], error["Status"]) == ("AccessDenied", 403)
    assert error["Message"] == f"User: {USER} is not authorized to perform: sts:AssumeRole on resource: {role}"


def test_a_role_that_trusts_another_account_is_access_denied(sandbox: Sandbox, sts: Any) -> None:
    role = sandbox.role(OTHER, "dns", trusted=["333333333333"])
    assert refused(sts.assume_role, RoleArn=role, RoleSessionName="test")["Code"] == "AccessDenied"


def test_trust_in_one_principal_is_not_trust_in_its_account(sandbox: Sandbox, sts: Any) -> None:
    somebody = sandbox.role(OTHER, "one", trusted=[f"arn:aws:iam::{ACCOUNT}:user/somebody"])
    assert refused(sts.assume_role, RoleArn=somebody, RoleSessionName="test")["Code"] == "AccessDenied"
    assume(sts, sandbox.role(OTHER, "two", trusted=[USER]))


@pytest.mark.parametrize("given", [{}, {"ExternalId": "wrong"}])
def test_a_missing_or_wrong_external_id_is_access_denied(sandbox: Sandbox, sts: Any, given: dict[str, str]) -> None:
    role = sandbox.role(OTHER, "dns", trusted=[ACCOUNT], external_id="right")
    assert refused(sts.assume_role, RoleArn=role, RoleSessionName="test", **given)["Code"] == "AccessDenied"
    assume(sts, role, ExternalId="right")


def test_trust_in_an_account_needs_a_policy_of_the_caller_too(sandbox: Sandbox) -> None:
    """IAM User Guide, "Cross-account policy evaluation logic"."""
    role = sandbox.role(OTHER, "dns", trusted=[ACCOUNT])
    allowed = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": role}
    for resource, code in ((role + "-other", "AccessDenied"), (role, None)):
        environment = sandbox.environment(policy={"Statement": [allowed | {"Resource": resource}]})
        sts = sandbox.boto("sts", credentials=keys_of(environment))
        if code is None:
            assume(sts, role)
        else:
            assert refused(sts.assume_role, RoleArn=role, RoleSessionName="test")["Code"] == code


def keys_of(environment: dict[str, str]) -> dict[str, str]:
    return {
        "AccessKeyId": environment["AWS_ACCESS_KEY_ID"],
        "SecretAccessKey": environment["AWS_SECRET_ACCESS_KEY"],
    }


@pytest.mark.parametrize(("duration", "valid"), [(899, False), (900, True), (3600, True), (3601, False)])
def test_duration_is_between_15_minutes_and_the_maximum_of_the_role(
    sandbox: Sandbox, sts: Any, duration: int, valid: bool
) -> None:
    role = sandbox.role(OTHER, "dns", trusted=[ACCOUNT])
    # botocore checks the range of the model itself; 3601 is within it, but above the role's.
    if valid:
        assume(sts, role, DurationSeconds=duration)
    elif duration > 3600:
        error = refused(sts.assume_role, RoleArn=role, RoleSessionName="test", DurationSeconds=duration)
        assert error["Code"] == "ValidationError"
        assert "MaxSessionDuration" in error["Message"]
    else:
        unchecked = sandbox.boto("sts", config=without_validation())
        error = refused(unchecked.assume_role, RoleArn=role, RoleSessionName="test", DurationSeconds=duration)
        assert error["Code"] == "ValidationError"


def without_validation() -> Any:
    from botocore.config import Config

    return Config(parameter_validation=False, retries={"total_max_attempts": 1})


def test_a_role_may_allow_up_to_12_hours(sandbox: Sandbox, sts: Any) -> None:
    role = sandbox.role(OTHER, "dns", trusted=[ACCOUNT], max_duration=43200)
    assume(sts, role, DurationSeconds=43200)


def test_a_chained_role_has_one_hour_at_most(sandbox: Sandbox, sts: Any) -> None:
    first = sandbox.role(ACCOUNT, "first", trusted=[ACCOUNT], max_duration=43200)
    second = sandbox.role(OTHER, "second", trusted=[first], max_duration=43200)
    chained = sandbox.boto("sts", credentials=assume(sts, first, DurationSeconds=43200)["Credentials"])
    error = refused(chained.assume_role, RoleArn=second, RoleSessionName="test", DurationSeconds=3601)
    assert (error["Code"], "role chaining" in error["Message"]) == ("ValidationError", True)
    assume(chained, second, DurationSeconds=3600)


def test_a_session_ends_by_the_clock(sandbox: Sandbox, sts: Any) -> None:
    credentials = assume(sts, sandbox.role(OTHER, "dns", trusted=[ACCOUNT]), DurationSeconds=900)["Credentials"]
    clients = {name: sandbox.boto(name, credentials=credentials) for name in ("acm", "route53", "sts")}
    clients["acm"].list_certificates()
    sandbox.advance(901)
    assert refused(clients["acm"].list_certificates)["Code"] == "ExpiredTokenException"
    assert refused(clients["route53"].list_hosted_zones)["Code"] == "ExpiredToken"
    assert refused(clients["sts"].get_caller_identity)["Code"] == "ExpiredToken"


@pytest.mark.parametrize("token", ["", "wrong"])
def test_a_session_without_its_token_is_refused(sandbox: Sandbox, sts: Any, token: str) -> None:
    credentials = assume(sts, sandbox.role(OTHER, "dns", trusted=[ACCOUNT]))["Credentials"] | {"SessionToken": token}
    if not token:
        del credentials["SessionToken"]
    error = refused(sandbox.boto("acm", credentials=credentials).list_certificates)
    assert (error["Code"], error["Status"]) == ("UnrecognizedClientException", 403)
    error = refused(sandbox.boto("route53", credentials=credentials).list_hosted_zones)
    assert (error["Code"], error["Status"]) == ("InvalidClientTokenId", 403)


def test_unknown_keys_are_refused(sandbox: Sandbox) -> None:
    keys = {"AccessKeyId": "AKIAUNKNOWN", "SecretAccessKey": "x"}
    assert refused(sandbox.boto("acm", credentials=keys).list_certificates)["Code"] == "UnrecognizedClientException"
    assert refused(sandbox.boto("sts", credentials=keys).get_caller_identity)["Code"] == "InvalidClientTokenId"


def test_the_policy_of_the_role_is_enforced(sandbox: Sandbox, sts: Any) -> None:
    policy = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "acm:List*", "Resource": "*"}}
    role = sandbox.role(OTHER, "reader", trusted=[ACCOUNT], policy=policy)
    acm = sandbox.boto("acm", credentials=assume(sts, role)["Credentials"])
    acm.list_certificates()
    error = refused(acm.request_certificate, DomainName="example.com", ValidationMethod="DNS")
    assert error["Code"] == "AccessDeniedException"


def test_reset_forgets_roles_sessions_and_users_with_a_policy(sandbox: Sandbox, sts: Any) -> None:
    role = sandbox.role(OTHER, "dns", trusted=[ACCOUNT])
    session = sandbox.boto("sts", credentials=assume(sts, role)["Credentials"])
    policy = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    limited = sandbox.boto("sts", credentials=keys_of(sandbox.environment(policy=policy)))
    sandbox.reset()
    assert refused(sts.assume_role, RoleArn=role, RoleSessionName="test")["Code"] == "AccessDenied"
    for client in (session, limited):
        assert refused(client.get_caller_identity)["Code"] == "InvalidClientTokenId"


def test_a_session_policy_narrows_the_role(sandbox: Sandbox, sts: Any) -> None:
    """API reference, AssumeRole: the session has what both the role's policy and the session's allow."""
    role = sandbox.role(OTHER, "dns", trusted=[ACCOUNT])
    policy = {"Statement": {"Effect": "Allow", "Action": "acm:List*", "Resource": "*"}}
    acm = sandbox.boto("acm", credentials=assume(sts, role, Policy=json.dumps(policy))["Credentials"])
    acm.list_certificates()
    error = refused(acm.request_certificate, DomainName="example.com", ValidationMethod="DNS")
    assert error["Code"] == "AccessDeniedException"
    error = refused(sts.assume_role, RoleArn=role, RoleSessionName="test", Policy="{}")
    assert error["Code"] == "MalformedPolicyDocument"
