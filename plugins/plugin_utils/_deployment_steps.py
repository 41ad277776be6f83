# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""What goes between the tasks of a deployment: what each module is given, and what came of it all."""

from __future__ import annotations

import base64
import itertools
import typing as t

Entry: t.TypeAlias = "dict[str, t.Any]"

_PARTS = {"privkey.pem": "private_key", "fullchain.pem": "certificate", "ca.pem": "root"}
#: Types whose modules take many certificates at once, and return a record for each.
_BULK = ("files", "acm", "secretsmanager")


def deployment_texts(read: t.Iterable[t.Mapping[str, t.Any]]) -> dict[str, dict[str, str]]:
    """{directory: {private_key, certificate, root}} from the results of slurp. What isn't there is left out."""
    texts: dict[str, dict[str, str]] = {}
    for each in read:
        directory, dummy, name = str(each["item"]).rpartition("/")
        if each.get("content"):
            texts.setdefault(directory, {})[_PARTS[name]] = base64.b64decode(each["content"]).decode("utf-8")
    return texts


def deployment_entries(
    deployments: t.Iterable[Entry], kind: str, texts: t.Mapping[str, t.Mapping[str, str]] | None = None
) -> list[Entry]:
    """What the module for this type of target is given; with texts in place of the directory."""
    chosen = [each for each in deployments if each["type"] == kind]
    if kind in _BULK:
        return [_bulk(each, texts) for each in chosen]
    given = [(each, (texts or {}).get(each["directory"]) or {}) for each in chosen]
    if kind == "vault":
        return [{**each["options"], "data": _vault_data(found)} for each, found in given]
    return [_kubernetes(each, found, namespace) for each, found in given for namespace in each["options"]["namespaces"]]


def _bulk(deployment: Entry, texts: t.Mapping[str, t.Mapping[str, str]] | None) -> Entry:
    options = {"name": deployment["certificate"], **deployment["options"]}
    source = {"directory": deployment["directory"]} if texts is None else texts.get(deployment["directory"], {})
    return {**options, **source}


def _vault_data(found: t.Mapping[str, str]) -> Entry:
    return {"privkey": found.get("private_key", ""), "fullchain": found.get("certificate", "")}


def _kubernetes(deployment: Entry, found: t.Mapping[str, str], namespace: str) -> Entry:
    """A Secret of the type kubernetes.io/tls."""
    options = deployment["options"]
    labels = {"app.kubernetes.io/managed-by": "tlsops.certificates", **(options.get("labels") or {})}
    metadata: Entry = {"name": options["secret"], "namespace": namespace, "labels": labels}
    if options.get("annotations"):
        metadata["annotations"] = options["annotations"]
    data = {"tls.crt": found.get("certificate", ""), "tls.key": found.get("private_key", "")}
    encoded = {key: base64.b64encode(text.encode("utf-8")).decode("ascii") for key, text in data.items()}
    return {"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls", "metadata": metadata, "data": encoded}


def deployment_endpoints(deployments: t.Iterable[Entry], kept: t.Iterable[Entry]) -> list[Entry]:
    """Where to look whether a certificate is served, and by which name to ask for it."""
    known = {record["directory"]: record for record in kept}
    found = []
    for each in deployments:
        record = known[each["directory"]]
        for endpoint in each["verify"]:
            name = endpoint.get("server_name") or _server_name(record)
            entry = {"endpoint": endpoint["endpoint"], "fingerprint": record["fingerprint"]}
            found.append({**entry, "server_name": name} if name else entry)
    return found


def _server_name(record: Entry) -> str | None:
    """The first of its names; in place of a wildcard one that it covers."""
    names = [name[4:] for name in record["subject_alternative_names"] if name.startswith("DNS:")]
    return f"www{names[0][1:]}" if names and names[0].startswith("*.") else next(iter(names), None)


def deployment_records(
    deployments: t.Iterable[Entry],
    kept: t.Iterable[Entry],
    results: t.Mapping[str, t.Any],
    served: t.Iterable[Entry],
    check_mode: bool = False,
) -> list[Entry]:
    """One record a target. ``results`` has, by type, what the tasks registered; ``served`` what was seen."""
    known = {record["directory"]: record for record in kept}
    pending = {kind: iter(_outcomes(kind, result)) for kind, result in results.items()}
    seen = iter(list(served))
    return [_record(each, known[each["directory"]], pending, seen, check_mode) for each in deployments]


def _outcomes(kind: str, result: t.Any) -> t.Iterable[Entry]:
    """Where a module could do nothing at all, that is what came of each of its targets."""
    result = result or {}
    if kind not in _BULK:
        return list(result.get("results") or [])
    if result.get("msg") and "certificates" not in result:
        return itertools.repeat({"failed": True, "msg": result["msg"]})
    return list(result.get("certificates") or [])


def _record(
    deployment: Entry,
    kept: Entry,
    pending: t.Mapping[str, t.Iterator[Entry]],
    seen: t.Iterator[Entry],
    check_mode: bool,
) -> Entry:
    """Of a certificate that isn't there, nothing was done, so it has no results."""
    results = pending.get(deployment["type"], iter(()))
    calls, looks = (_calls(deployment), len(deployment["verify"])) if kept["ready"] else (0, 0)
    outcomes, endpoints = _taken(results, calls), _taken(seen, looks)
    problem = _problem(outcomes)
    changed = problem is None and any(each.get("changed") for each in outcomes)
    stale = any(each["reason"] == "AnotherServed" for each in endpoints)
    phase, reason, message = _condition(deployment, kept, problem, endpoints)
    if check_mode and changed:
        phase, reason, message = "Pending", "NotDeployed", f"It would be deployed to {deployment['target']}"
    return {
        **{key: deployment[key] for key in ("certificate", "directory", "type", "target", "production")},
        "changed": changed,
        "fingerprint": kept["fingerprint"],
        "not_after": kept["not_after"],
        "phase": phase,
        "ready": phase == "Attached",
        "reason": reason,
        "message": f"{deployment['certificate']}: {message}" + ("" if message.endswith((".", "?")) else "."),
        "notify": deployment["notify"] if changed or (stale and problem is None) else [],
        "endpoints": endpoints,
    }


def _taken(source: t.Iterator[Entry], count: int) -> list[Entry]:
    return [found for dummy in range(count) if (found := next(source, None)) is not None]


def _condition(
    deployment: Entry, kept: Entry, problem: str | None, endpoints: t.Sequence[Entry]
) -> tuple[str, str, str]:
    """Phase, reason and message."""
    unserved = [each for each in endpoints if not each["ready"]]
    if not kept["ready"]:
        return "Pending", kept["reason"], kept["message"]
    if problem is not None:
        return "Failed", "NotDeployed", f"Not deployed to {deployment['target']}: {problem}"
    if unserved:
        said = " ".join(each["message"] for each in unserved)
        return "Attaching", unserved[0]["reason"], f"Deployed to {deployment['target']}, but {said}"
    served = f", and served by {', '.join(each['endpoint'] for each in endpoints)}" if endpoints else ""
    return "Attached", "Deployed", f"Deployed to {deployment['target']}{served}"


def _calls(deployment: Entry) -> int:
    """How many results belong to it."""
    return len(deployment["options"]["namespaces"]) if deployment["type"] == "kubernetes" else 1


def _problem(outcomes: t.Iterable[Entry]) -> str | None:
    """What went wrong, as the module says it; of a key nothing is ever shown."""
    said = [
        str(each.get("msg") or each.get("message") or "it failed without a word")
        for each in outcomes
        if each.get("failed") or each.get("phase") == "Failed"
    ]
    if any("PRIVATE KEY" in sentence or "LS0tLS1CRUdJTi" in sentence for sentence in said):
        return "it failed, and the message isn't shown, as it has the private key in it"
    return " ".join(" ".join(sentence.split()) for sentence in said) or None
