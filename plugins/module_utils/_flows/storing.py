# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Keeping certificates in AWS Secrets Manager."""

from __future__ import annotations

import typing as t

from .._aws import secretsmanager
from .._aws.access import Access
from .._certificate_options import required_region, tag_text_faults
from .._deployable import SOURCE_ARGUMENTS, from_options
from .._errors import InvalidInput, parse_all
from .._module_result import Result
from .._stored_secrets import LARGEST_SECRET, SECRET_NAME, SecretsPlan, SecretStep, WantedSecret, from_secret
from .._threads import gather
from .sending import send

ARGUMENTS: dict[str, t.Any] = {
    "name": {"type": "str"},
    "secret": {"type": "str", "required": True, "no_log": False},
    "region": {"type": "str"},
    "kms_key_id": {"type": "str"},
    "description": {"type": "str"},
    "tags": {"type": "dict", "aliases": ["resource_tags"]},
    **SOURCE_ARGUMENTS,
}


def wanted_secrets(entries: t.Sequence[t.Mapping[str, t.Any]], region: str | None) -> list[WantedSecret]:
    """Raises InvalidInput with every fault of every entry."""
    found, faults = [], []
    for entry in entries:
        try:
            found.append(_wanted(entry, region))
        except InvalidInput as error:
            faults += [f"{entry.get('name') or entry['secret']}: {fault}" for fault in error.faults]
    keys = [(each.region, each.secret) for each in found]
    faults += [
        f"the secret {name} is wanted twice in {where}"
        for where, name in dict.fromkeys(keys)
        if keys.count((where, name)) > 1
    ]
    if faults:
        raise InvalidInput(faults)
    return found


def _wanted(entry: t.Mapping[str, t.Any], region: str | None) -> WantedSecret:
    tags = {str(key): str(value) for key, value in (entry.get("tags") or {}).items()}

    def checks() -> None:
        faults = tag_text_faults(tags)
        if not SECRET_NAME.match(entry["secret"]):
            faults.append(f"secret {entry['secret']!r}: a name has up to 512 letters, digits and / _ + = . @ -")
        if faults:
            raise InvalidInput(faults)

    deployable, where, dummy = parse_all(
        lambda: from_options(entry), lambda: required_region(entry.get("region") or region), checks
    )
    texts = {key: entry.get(key) or None for key in ("name", "directory", "kms_key_id", "description")}
    wanted = WantedSecret(where, entry["secret"], deployable, **texts, tags=tags)
    if len(wanted.value.encode("utf-8")) > LARGEST_SECRET:
        raise InvalidInput([f"certificate, chain and key have more than {LARGEST_SECRET} octets together"])
    return wanted


def observe(access: Access, wanted: t.Sequence[WantedSecret]) -> SecretsPlan:
    """Reads only."""
    return SecretsPlan(tuple(gather(lambda each: _observed(access, each), wanted)))


def _observed(access: Access, wanted: WantedSecret) -> SecretStep:
    found = secretsmanager.get_secret(access, wanted.region, wanted.secret)
    if found is None:
        return SecretStep(wanted, exists=False, present=None)
    return SecretStep(wanted, True, from_secret(found.get("SecretString")), found["ARN"])


def apply(access: Access, plan: SecretsPlan) -> Result:
    return send(plan.secrets, plan.steps, lambda step: _carry_out(access, step))


def _carry_out(access: Access, step: SecretStep) -> str:
    wanted = step.wanted
    more = {"KmsKeyId": wanted.kms_key_id, "Description": wanted.description}
    given = {key: value for key, value in more.items() if value}
    made = None
    if not step.exists:
        tags = wanted.all_tags
        made = secretsmanager.create_secret(access, wanted.region, wanted.secret, wanted.value, tags, **given)
    made = made or secretsmanager.put_secret_value(access, wanted.region, wanted.secret, wanted.value)
    return str(made["ARN"])
