# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""What goes between the hosts that use certificates and the one that has them issued."""

from __future__ import annotations

import re
import typing as t

from ansible.errors import AnsibleFilterError

from ..module_utils._certificate_requests import HOST_ARGUMENTS
from ._survey_text import windows_of

_SEPARATORS = re.compile(r"[,;\s]+")
_UNFIT_FOR_A_FILE = re.compile(r"[^A-Za-z0-9._-]+")
#: AWS has given up on the certificate, or doesn't have it.
_LOST = ("RequestFailedException", "ResourceNotFoundException")
_RIGHTS = ("owner", "group", "mode")
#: What an entry may say. Of these an empty one, as surveys deliver it, counts as not said. Others are mistakes, empty
#: or not.
KNOWN = frozenset({*HOST_ARGUMENTS, *HOST_ARGUMENTS["issuer"]["aliases"], "deploy"})
#: Where check mode's orders are kept, and no file is ever found (Debian policy, 9.2.3).
_NOWHERE = "/nonexistent"

Record = t.Mapping[str, t.Any]


def private_certificate_entries(
    entries: t.Iterable[t.Mapping[str, t.Any]],
    folder: str,
    defaults: t.Mapping[str, t.Any] | None = None,
    targets: bool = False,
    known: t.Container[str] = KNOWN,
) -> list[dict[str, t.Any]]:
    """Each with what it leaves out, its directory included; or of those that go further, the targets."""
    filled = []
    for entry in entries:
        said = {**(defaults or {}), **entry}
        given = {key: value for key, value in said.items() if value not in (None, "", []) or key not in known}
        for key in ("subject_alternative_names", "usages"):
            if isinstance(given.get(key), str):
                given[key] = [part for part in _SEPARATORS.split(given[key].strip()) if part]
        if "renew_windows" in given:
            given["renew_windows"] = windows_of(given["renew_windows"])
        directory = given.get("directory") or _directory(given, folder)
        deploy = given.pop("deploy", None)
        if not targets:
            filled.append({**given, "directory": directory})
        elif deploy:
            filled.append({"name": given.get("name"), "directory": directory, "deploy": deploy})
    return filled


def _directory(entry: t.Mapping[str, t.Any], folder: str) -> str:
    names = [entry.get("name"), entry.get("common_name"), *(entry.get("subject_alternative_names") or [])]
    name = next((str(each) for each in names if each), "")
    fit = _UNFIT_FOR_A_FILE.sub("_", name.replace("*", "wildcard")).strip("._")
    if not fit:
        raise AnsibleFilterError(f"private_certificate_entries: an entry has neither a name nor names: {dict(entry)!r}")
    return f"{folder.rstrip('/')}/{fit}"


def certificate_orders(
    requested: t.Mapping[str, t.Iterable[Record]], placed: t.Iterable[Record] | None = None
) -> list[dict[str, t.Any]]:
    """What the requests that are pending on hosts ask of the CA, {host: records}.

    With what came of placing the orders it is what can be fetched: those of which the ARN is known.

    Check mode makes no keys, so it has no CSR. Its orders are for keys to be made, so that the CA is looked at.
    """
    orders = [
        _order(host, record)
        for host, records in requested.items()
        for record in records
        if record.get("csr") or record.get("requested_not_after")
    ]
    if placed is None:
        return orders
    arns = {record["name"]: record["arn"] for record in placed if record["arn"]}
    return [{**order, "certificate_arn": arns[order["name"]]} for order in orders if order["name"] in arns]


def _order(host: str, record: Record) -> dict[str, t.Any]:
    order = {
        "name": _order_name(host, record["directory"]),
        "certificate_authority_arn": record["issuer"],
        **_subject(host, record),
        "not_after": record["requested_not_after"],
        "certificate_arn": record["arn"],
        "template": record["template"],
        "ca": record["ca"],
        "usages": record["usages"],
    }
    return {key: value for key, value in order.items() if value not in (None, [])}


def _subject(host: str, record: Record) -> dict[str, t.Any]:
    if record["csr"]:
        return {"csr_content": record["csr"]}
    directory = f"{_NOWHERE}/{host}{record['directory']}"
    return {"directory": directory, "common_name": "check"}


def _order_name(host: str, directory: str) -> str:
    return f"{host}:{directory}"


def certificate_arrivals(
    issued: t.Iterable[Record], host: str, entries: t.Iterable[t.Mapping[str, t.Any]]
) -> list[dict[str, t.Any]]:
    """What has come of a host's orders, for M(certificate_install); nothing for those that were refused."""
    wanted = {_order_name(host, entry["directory"]): entry for entry in entries}
    return [
        _arrival(wanted[record["name"]], record)
        for record in issued
        if record["name"] in wanted and (record["certificate"] or record["arn"])
    ]


def _arrival(entry: t.Mapping[str, t.Any], record: Record) -> dict[str, t.Any]:
    if record["phase"] == "Failed" and record["reason"] in _LOST:
        return {"directory": entry["directory"], "discard": True}
    rights = {key: entry[key] for key in _RIGHTS if entry.get(key) is not None}
    parts = {key: record[key] for key in ("certificate", "chain", "root") if record[key]}
    return {"directory": entry["directory"], "certificate_arn": record["arn"], **parts, **rights}
