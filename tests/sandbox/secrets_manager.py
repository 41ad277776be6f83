# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets Manager, as far as certificates are kept there: create, read, a new version, delete and restore.

Source: API model and reference of 2017-10-17. The model has the limits of names and values.
"""

from __future__ import annotations

import dataclasses
import secrets
import string
import uuid
from typing import Any

from .calls import Call
from .clock import utc
from .context import Context
from .errors import AwsError

_SUFFIX = string.ascii_letters + string.digits
_RECOVERY_DAYS = 30


@dataclasses.dataclass
class Secret:
    """Its versions by their ids; the last of them is AWSCURRENT."""

    arn: str
    name: str
    tags: list[dict[str, str]]
    versions: dict[str, str] = dataclasses.field(default_factory=dict)
    deleted_at: float | None = None


class SecretsManager:
    """The operations; `install` registers them."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._secrets: dict[tuple[str, str, str], Secret] = {}
        context.on_reset.append(self._secrets.clear)

    def install(self) -> None:
        self._context.register(
            "secretsmanager",
            {
                "CreateSecret": self.create_secret,
                "GetSecretValue": self.get_secret_value,
                "PutSecretValue": self.put_secret_value,
                "DescribeSecret": self.describe_secret,
                "DeleteSecret": self.delete_secret,
            },
        )

    def create_secret(self, call: Call) -> dict[str, Any]:
        given = call.parameters
        key = (call.account, call.region, given["Name"])
        present = self._secrets.get(key)
        if present is not None:
            # A deleted one keeps its name until its recovery window is over (CreateSecret, InvalidRequestException).
            if present.deleted_at is not None:
                raise AwsError(
                    "InvalidRequestException",
                    "You can't create this secret because a secret with this name is already scheduled for deletion.",
                )
            raise AwsError(
                "ResourceExistsException", f"The operation failed because the secret {given['Name']} already exists."
            )
        suffix = "".join(secrets.choice(_SUFFIX) for dummy in range(6))
        arn = f"arn:aws:secretsmanager:{call.region}:{call.account}:secret:{given['Name']}-{suffix}"
        secret = self._secrets[key] = Secret(arn, given["Name"], given.get("Tags") or [])
        answer = {"ARN": arn, "Name": secret.name}
        return {**answer, "VersionId": self._add(secret, given)} if "SecretString" in given else answer

    def get_secret_value(self, call: Call) -> dict[str, Any]:
        secret = self._find(call)
        if not secret.versions:
            message = "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT"
            raise AwsError("ResourceNotFoundException", message)
        version = list(secret.versions)[-1]
        value = {"VersionId": version, "SecretString": secret.versions[version], "VersionStages": ["AWSCURRENT"]}
        return {"ARN": secret.arn, "Name": secret.name, **value}

    def put_secret_value(self, call: Call) -> dict[str, Any]:
        secret = self._find(call)
        version = self._add(secret, call.parameters)
        return {"ARN": secret.arn, "Name": secret.name, "VersionId": version, "VersionStages": ["AWSCURRENT"]}

    def describe_secret(self, call: Call) -> dict[str, Any]:
        secret = self._find(call, deleted=True)
        deleted = {"DeletedDate": utc(secret.deleted_at)} if secret.deleted_at is not None else {}
        stages = {version: ["AWSCURRENT"] for version in list(secret.versions)[-1:]}
        return {"ARN": secret.arn, "Name": secret.name, "Tags": secret.tags, "VersionIdsToStages": stages, **deleted}

    def delete_secret(self, call: Call) -> dict[str, Any]:
        secret = self._find(call)
        now = self._context.clock.now()
        secret.deleted_at = now + call.parameters.get("RecoveryWindowInDays", _RECOVERY_DAYS) * 86400
        return {"ARN": secret.arn, "Name": secret.name, "DeletionDate": utc(secret.deleted_at)}

    def _find(self, call: Call, deleted: bool = False) -> Secret:
        wanted = call.parameters["SecretId"]
        for (account, region, name), secret in self._secrets.items():
            if (account, region) == (call.account, call.region) and wanted in (name, secret.arn):
                if secret.deleted_at is not None and not deleted:
                    message = "You can't perform this operation on the secret because it was marked for deletion."
                    raise AwsError("InvalidRequestException", message)
                return secret
        raise AwsError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")

    @staticmethod
    def _add(secret: Secret, given: dict[str, Any]) -> str:
        """The same token with the same value is the same version; with another value it is refused."""
        version = given.get("ClientRequestToken") or str(uuid.uuid4())
        present = secret.versions.get(version)
        if present is not None and present != given["SecretString"]:
            message = "You can't use ClientRequestToken because that token is already in use for a version."
            raise AwsError("ResourceExistsException", message)
        secret.versions.setdefault(version, given["SecretString"])
        return version
