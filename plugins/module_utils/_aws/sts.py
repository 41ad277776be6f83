# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""STS: one function an API call."""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

if t.TYPE_CHECKING:
    from .access import Access, Role

_SESSION_NAME = "tlsops-certificates"


@dataclasses.dataclass(frozen=True)
class Session:
    """Temporary credentials of an assumed role."""

    access_key_id: str
    secret_access_key: str = dataclasses.field(repr=False)
    session_token: str = dataclasses.field(repr=False)
    expiration: datetime.datetime

    def left(self) -> float:
        """Seconds until the session expires."""
        return (self.expiration - datetime.datetime.now(datetime.timezone.utc)).total_seconds()

    def client_parameters(self) -> dict[str, str]:
        return {
            "aws_access_key_id": self.access_key_id,
            "aws_secret_access_key": self.secret_access_key,
            "aws_session_token": self.session_token,
        }


def account_id(access: Access) -> str:
    """The account of the credentials, which needs no permission."""
    answer = access.call("sts", "GetCallerIdentity", {}, region=access.region or "us-east-1", about="the credentials")
    return str(answer["Account"])


def assume_role(access: Access, role: Role) -> Session:
    """A session of one hour: what a chained role gets at most."""
    parameters = {"RoleArn": role.arn, "RoleSessionName": _SESSION_NAME}
    if role.external_id:
        parameters["ExternalId"] = role.external_id
    credentials = access.call(
        "sts",
        "AssumeRole",
        parameters,
        region=access.region or "us-east-1",
        about=f"role {role.arn}",
    )["Credentials"]
    return Session(
        access_key_id=credentials["AccessKeyId"],
        secret_access_key=credentials["SecretAccessKey"],
        session_token=credentials["SessionToken"],
        expiration=credentials["Expiration"],
    )
