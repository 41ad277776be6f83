# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Where certificates go: what users write, as one list of targets, and everything that is wrong with it."""

from __future__ import annotations

import importlib.util
import re
import typing as t

from ansible.errors import AnsibleFilterError
from ansible.module_utils.parsing.convert_bool import boolean

from ._survey_text import listed, names_of

Entry: t.TypeAlias = "dict[str, t.Any]"

_FILES = tuple(f"{kind}_path" for kind in ("privkey", "combined", "pkcs12", "fullchain", "cert", "chain", "ca"))
_COMMON = ("type", "production", "notify", "verify")
_SOURCE = ("region", "tags")
#: Options of each type of target. Those that are needed come first, in a tuple of their own.
_TYPES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "files": (
        (),
        (
            *(*_FILES, "pkcs12_passphrase", "pkcs12_name", "owner", "group", "mode", "certificate_mode"),
            *("seuser", "serole", "setype", "selevel"),
        ),
    ),
    "acm": ((), ("name", "certificate_arn", *_SOURCE)),
    "secretsmanager": (("secret",), ("kms_key_id", "description", *_SOURCE)),
    "kubernetes": (("secret", "namespaces"), ("labels", "annotations")),
    "vault": (("path",), ("engine_mount_point",)),
}
_COLLECTIONS = {"kubernetes": "kubernetes.core", "vault": "community.hashi_vault"}
#: RFC 1123 labels and subdomains, which is what Kubernetes allows (Object Names and IDs).
_NAMESPACE = re.compile(r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")
_SECRET = re.compile(r"^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$")
_ENDPOINT = re.compile(r"^(\[[0-9A-Fa-f:.]+\]|[^\s:/\[\]]+)(:\d{1,5})?$")


def certificate_deployments(
    entries: t.Any,
    folder: str = "/etc/tlsops",
    production: t.Any = False,
    notify: t.Any = None,
    installed: t.Callable[[str], bool] | None = None,
) -> list[Entry]:
    """One dictionary a target. Every fault of every entry is said at once."""
    found, faults = [], []
    for number, entry in enumerate(_entries(entries)):
        label = f"certificate_deploy_list[{number}]"
        if not isinstance(entry, dict):
            faults.append(f"{label} isn't a dictionary with deploy, a list of targets")
            continue
        name, directory = _source(entry, folder)
        if not directory:
            faults.append(f"{label} has neither name nor directory")
        for position, target in enumerate(_as_list(entry.get("deploy"))):
            where = f"{name or label}, deploy[{position}]"
            wrong = _target_faults(target, installed or _installed)
            faults += [f"{where}: {fault}" for fault in wrong]
            if not wrong:
                found.append(_deployment(name, directory, target, production, _as_list(notify)))
    if faults:
        raise AnsibleFilterError(f"certificate_deployments: {'; '.join(dict.fromkeys(faults))}")
    return found


def _entries(entries: t.Any) -> list[t.Any]:
    return _as_list(listed(entries, "certificate_deployments") if isinstance(entries, str) else entries)


def _as_list(value: t.Any) -> list[t.Any]:
    if value in (None, ""):
        return []
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _source(entry: Entry, folder: str) -> tuple[str, str]:
    directory = str(entry.get("directory") or "").rstrip("/")
    name = str(entry.get("name") or directory.rpartition("/")[2])
    return name, directory or (f"{folder.rstrip('/')}/{name}" if name else "")


def _target_faults(target: t.Any, installed: t.Callable[[str], bool]) -> list[str]:
    if not isinstance(target, dict):
        return [f"{target!r} isn't a dictionary with a type"]
    kind = target.get("type")
    if kind not in _TYPES:
        return [f"type {kind!r} is none of {', '.join(_TYPES)}"]
    needed, more = _TYPES[kind]
    faults = [f"{key} is no option of the type {kind}" for key in target if key not in (*_COMMON, *needed, *more)]
    faults += [f"the type {kind} needs {key}" for key in needed if not target.get(key)]
    if kind == "files" and not any(target.get(path) for path in _FILES):
        faults.append(f"say at least one file: {', '.join(_FILES)}")
    if target.get("pkcs12_path") and not target.get("pkcs12_passphrase"):
        faults.append("pkcs12_path needs pkcs12_passphrase")
    collection = _COLLECTIONS.get(kind)
    if collection and not installed(collection):
        faults.append(
            f"the type {kind} needs the collection {collection}: ansible-galaxy collection install {collection}"
        )
    return [*faults, *_kubernetes_faults(target), *_verify_faults(target), *_bool_faults(target)]


def _kubernetes_faults(target: Entry) -> list[str]:
    if target["type"] != "kubernetes":
        return []
    faults = [
        f"namespace {each!r} is no name that Kubernetes takes"
        for each in names_of(target.get("namespaces"))
        if not _NAMESPACE.match(each)
    ]
    if target.get("secret") and not _SECRET.match(str(target["secret"])):
        faults.append(f"secret {target['secret']!r} is no name that Kubernetes takes")
    return faults


def _verify_faults(target: Entry) -> list[str]:
    faults = []
    for each in _as_list(target.get("verify")):
        endpoint = each.get("endpoint") if isinstance(each, dict) else each
        if not isinstance(endpoint, str) or not _ENDPOINT.match(endpoint):
            faults.append(f"verify: {each!r} isn't a host and a port, such as www.example.com:443")
        elif isinstance(each, dict) and set(each) - {"endpoint", "server_name"}:
            faults.append(f"verify: {sorted(set(each) - {'endpoint', 'server_name'})} are no options of an endpoint")
    return faults


def _bool_faults(target: Entry) -> list[str]:
    try:
        boolean(target.get("production") or False)
    except TypeError:
        return [f"production {target['production']!r} is neither true nor false"]
    return []


def _installed(collection: str) -> bool:
    try:
        return importlib.util.find_spec(f"ansible_collections.{collection}") is not None
    except ModuleNotFoundError:
        return False


def _deployment(name: str, directory: str, target: Entry, production: t.Any, notify: list[t.Any]) -> Entry:
    kind = target["type"]
    options = {key: value for key, value in target.items() if key not in _COMMON and value not in (None, "")}
    if kind == "kubernetes":
        options["namespaces"] = names_of(options["namespaces"])
    given = target.get("production")
    return {
        "certificate": name,
        "directory": directory,
        "type": kind,
        "target": _shown(kind, options, name),
        "production": boolean(production if given in (None, "") else given),
        "notify": [*_as_list(target.get("notify")), *notify],
        "verify": [each if isinstance(each, dict) else {"endpoint": each} for each in _as_list(target.get("verify"))],
        "options": options,
    }


def _shown(kind: str, options: Entry, name: str) -> str:
    """The target in a word, for messages."""
    if kind == "files":
        return ", ".join(str(options[path]) for path in _FILES if options.get(path))
    if kind == "kubernetes":
        return f"{options['secret']} in {', '.join(options['namespaces'])}"
    keys = ("certificate_arn", "name", "secret", "path")
    return str(next((options[key] for key in keys if options.get(key)), name))


def deployment_refusals(deployments: t.Iterable[Entry], kept: t.Iterable[Entry], check_mode: bool = False) -> list[str]:
    """What must not go where it should, one sentence each. In check mode, what isn't there yet may still come."""
    known = {record["directory"]: record for record in kept}
    sentences = []
    for each in deployments:
        record = known[each["directory"]]
        if not record["ready"] and not (check_mode and record["phase"] == "Pending"):
            sentences.append(f"{each['certificate']}: {record['message']}")
        elif each["production"] and record["refusal"]:
            sentences.append(
                f"{each['certificate']}: {each['target']} is marked production, and the certificate must not go there, "
                f"as {record['refusal']}."
            )
    return list(dict.fromkeys(sentences))
