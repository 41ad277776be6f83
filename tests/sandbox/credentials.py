# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who may call: access keys, what they stand for, and how AWS refuses a bad one."""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass
from typing import Any

from . import iam
from .clock import Clock
from .errors import AwsError
from .wire import Request, Scope, protocol_of

ACCOUNT_LENGTH = 12


@dataclass(frozen=True)
class Credential:
    """An access key. Sessions have a token and an end."""

    access_key: str
    secret_key: str
    account: str
    principal: str
    user_id: str
    policy: dict[str, Any]
    session_token: str | None = None
    expires_at: float | None = None
    role: str | None = None
    """The ARN of the assumed role, for a session."""
    session_policy: dict[str, Any] | None = None
    """Narrows a session: what both policies allow is allowed."""

    @property
    def policies(self) -> list[dict[str, Any]]:
        """Every one of them must allow."""
        return [self.policy] if self.session_policy is None else [self.policy, self.session_policy]

    @property
    def is_session(self) -> bool:
        return self.session_token is not None


@dataclass(frozen=True)
class Role:
    """A role; without a policy it may do everything (as if AdministratorAccess were attached)."""

    arn: str
    account: str
    name: str
    role_id: str
    trusted: tuple[str, ...]
    external_id: str | None
    policy: dict[str, Any]
    max_duration: int


class Credentials:
    """All access keys and roles of the sandbox."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._keys: dict[str, Credential] = {}
        self.roles: dict[str, Role] = {}
        self._lock = threading.Lock()

    def reset(self) -> None:
        """Forget roles, sessions, and users with a policy; plain access keys stay valid."""
        with self._lock:
            self.roles.clear()
            self._keys = {
                key: credential
                for key, credential in self._keys.items()
                if not credential.is_session and credential.policy is iam.ALLOW_ALL
            }

    def add(self, credential: Credential) -> Credential:
        with self._lock:
            self._keys[credential.access_key] = credential
        return credential

    def get(self, access_key: str) -> Credential:
        return self._keys[access_key]

    def add_user(self, account: str, name: str = "sandbox", policy: dict[str, Any] | None = None) -> Credential:
        """A user of the account with a new access key."""
        require_account(account)
        if policy is not None:
            iam.check(policy)
        return self.add(
            Credential(
                access_key=new_access_key("AKIA"),
                secret_key=secrets.token_urlsafe(30),
                account=account,
                principal=f"arn:aws:iam::{account}:user/{name}",
                user_id=new_access_key("AIDA"),
                policy=iam.ALLOW_ALL if policy is None else policy,
            )
        )

    def add_role(
        self,
        account: str,
        name: str,
        trusted: list[str],
        external_id: str | None = None,
        policy: dict[str, Any] | None = None,
        max_duration: int = 3600,
    ) -> Role:
        """A role that the trusted accounts (12 digits) or principals (ARNs) may assume."""
        require_account(account)
        if policy is not None:
            iam.check(policy)
        arn = f"arn:aws:iam::{account}:role/{name}"
        role = Role(
            arn=arn,
            account=account,
            name=name.rpartition("/")[2],
            role_id=new_access_key("AROA"),
            trusted=tuple(trusted),
            external_id=external_id,
            policy=iam.ALLOW_ALL if policy is None else policy,
            max_duration=max_duration,
        )
        with self._lock:
            self.roles[arn] = role
        return role

    def authenticate(self, request: Request, scope: Scope | None) -> Credential:
        """The caller's credential, or the error AWS answers.

        Source: "Common errors" of the services. Signatures are not verified, a session's token is.
        """
        if scope is None:
            raise AwsError("MissingAuthenticationToken", "Request is missing Authentication Token", 403)
        json = protocol_of(scope.signing_name) == "json"
        invalid = AwsError(
            "UnrecognizedClientException" if json else "InvalidClientTokenId",
            "The security token included in the request is invalid.",
            403,
        )
        credential = self._keys.get(scope.access_key)
        if credential is None or request.headers.get("x-amz-security-token") != credential.session_token:
            raise invalid
        if credential.expires_at is not None and self._clock.now() >= credential.expires_at:
            raise AwsError(
                "ExpiredTokenException" if json else "ExpiredToken",
                "The security token included in the request is expired",
                403,
            )
        return credential


def require_account(account: str) -> None:
    if len(account) != ACCOUNT_LENGTH or not account.isdigit():
        raise ValueError(f"an account is 12 digits, not {account!r}")


def new_access_key(prefix: str) -> str:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    return prefix + "".join(secrets.choice(alphabet) for dummy in range(16))
