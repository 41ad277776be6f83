# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""AWS Secrets Manager: one function an API call."""

from __future__ import annotations

import typing as t

from .._errors import ServiceError
from .access import Access
from .acm import as_tag_list
from .errors import NOT_FOUND_CODES, require_code


def get_secret(access: Access, region: str, name: str) -> dict[str, t.Any] | None:
    """ARN, VersionId and SecretString of the current version; None where there is no secret, or none in it yet."""
    try:
        return access.call("secretsmanager", "GetSecretValue", {"SecretId": name}, region=region, about=name)
    except ServiceError as error:
        require_code(error, NOT_FOUND_CODES)
        return None


def create_secret(
    access: Access, region: str, name: str, value: str, tags: t.Mapping[str, str], **more: str
) -> dict[str, t.Any] | None:
    """None where it is there already, such as from a call whose answer was lost."""
    parameters = {"Name": name, "SecretString": value, "Tags": as_tag_list(tags), **more}
    try:
        return access.call("secretsmanager", "CreateSecret", parameters, region=region, about=name)
    except ServiceError as error:
        require_code(error, {"ResourceExistsException"})
        return None


def put_secret_value(access: Access, region: str, name: str, value: str) -> dict[str, t.Any]:
    parameters = {"SecretId": name, "SecretString": value}
    return access.call("secretsmanager", "PutSecretValue", parameters, region=region, about=name)
