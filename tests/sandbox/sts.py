# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""STS: AssumeRole into roles that exist and trust the caller, and GetCallerIdentity."""

from __future__ import annotations

import json
import secrets
from typing import Any

from . import iam
from .calls import Call
from .clock import utc
from .context import Context
from .credentials import Credential, Credentials, Role, new_access_key
from .errors import AwsError

CHAINED_MAXIMUM = 3600
DEFAULT_DURATION = 3600


class Sts:
    """The operations; `install` registers them."""

    def __init__(self, context: Context, credentials: Credentials) -> None:
        self._context = context
        self._credentials = credentials

    def install(self) -> None:
        self._context.register("sts", {"AssumeRole": self.assume_role, "GetCallerIdentity": self.get_caller_identity})

    def _caller(self, call: Call) -> Credential:
        return self._credentials.get(call.access_key)

    def get_caller_identity(self, call: Call) -> dict[str, Any]:
        caller = self._caller(call)
        return {"UserId": caller.user_id, "Account": caller.account, "Arn": caller.principal}

    def assume_role(self, call: Call) -> dict[str, Any]:
        caller = self._caller(call)
        wanted = call.parameters["RoleArn"]
        role = self._credentials.roles.get(wanted)
        if role is None or not may_assume(caller, role, call.parameters.get("ExternalId")):
            # AWS does not tell a missing role from one that does not trust the caller.
            message = f"User: {caller.principal} is not authorized to perform: sts:AssumeRole on resource: {wanted}"
            raise AwsError("AccessDenied", message, 403)
        duration = self._duration(call, caller, role)
        name = call.parameters["RoleSessionName"]
        session = self._credentials.add(
            Credential(
                access_key=new_access_key("ASIA"),
                secret_key=secrets.token_urlsafe(30),
                session_token=secrets.token_urlsafe(120),
                account=role.account,
                principal=f"arn:aws:sts::{role.account}:assumed-role/{role.name}/{name}",
                user_id=f"{role.role_id}:{name}",
                policy=role.policy,
                expires_at=self._context.clock.now() + duration,
                role=role.arn,
                session_policy=session_policy(call),
            )
        )
        return {
            "Credentials": {
                "AccessKeyId": session.access_key,
                "SecretAccessKey": session.secret_key,
                "SessionToken": session.session_token,
                "Expiration": utc(session.expires_at or 0.0),
            },
            "AssumedRoleUser": {"AssumedRoleId": session.user_id, "Arn": session.principal},
            "PackedPolicySize": 0,
        }

    @staticmethod
    def _duration(call: Call, caller: Credential, role: Role) -> int:
        """900 s to the role's maximum; one hour at most when a role assumes a role (STS API reference)."""
        duration = int(call.parameters.get("DurationSeconds", DEFAULT_DURATION))
        if caller.is_session and duration > CHAINED_MAXIMUM:
            raise AwsError(
                "ValidationError",
                "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
            )
        if duration > role.max_duration:
            raise AwsError(
                "ValidationError",
                "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
            )
        return duration


def session_policy(call: Call) -> dict[str, Any] | None:
    """The session's own policy (API reference, AssumeRole: Policy); managed ones are not there to be named."""
    if call.parameters.get("PolicyArns"):
        raise AwsError("NotImplemented", "The sandbox has no managed policies for PolicyArns", 501)
    if "Policy" not in call.parameters:
        return None
    try:
        policy: dict[str, Any] = json.loads(call.parameters["Policy"])
        iam.check(policy)
    except (ValueError, TypeError, AttributeError) as error:
        raise AwsError("MalformedPolicyDocument", f"The policy is not in the valid format: {error}") from error
    return policy


def may_assume(caller: Credential, role: Role, external_id: str | None) -> bool:
    """Trust policy, ExternalId, and the caller's own policy.

    Sources: IAM User Guide, "Cross-account policy evaluation logic" and "Access to AWS accounts owned by third
    parties". Trusting an account delegates to its administrator, so the caller needs a policy that allows
    sts:AssumeRole; a principal named in the trust policy of its own account needs none.
    """
    if role.external_id is not None and external_id != role.external_id:
        return False
    if not trusts(caller, role):
        return False
    keys = {"sts:ExternalId": external_id} if external_id is not None else {}
    decisions = {iam.decide([policy], "sts:AssumeRole", role.arn, keys) for policy in caller.policies}
    if "Deny" in decisions:
        return False
    named = caller.account == role.account and any(entry in role.trusted for entry in (caller.principal, caller.role))
    return named or decisions == {"Allow"}


def trusts(caller: Credential, role: Role) -> bool:
    entries = {caller.principal, caller.account, f"arn:aws:iam::{caller.account}:root", caller.role}
    return any(entry in entries for entry in role.trusted)
