# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""What the role acme_certificates puts together between its tasks."""

from __future__ import annotations

import importlib.util
import re
import typing as t
import urllib.parse

from ansible.errors import AnsibleFilterError

from ..module_utils._acme_issuers import downgrade, issuer, production_faults
from ..module_utils._conditions import ISSUED
from ..module_utils._errors import InvalidInput
from ..module_utils._names import is_within
from ._private_certificates import KNOWN, private_certificate_entries
from ._survey_text import names_of

#: Of an entry, what isn't the business of certificate_signing_request.
_OURS = ("deploy", "production", "dns_names", "profile")
_RIGHTS = ("owner", "group", "mode")
#: What an entry may say. The rest of what a request can have is the role's to say, or the CA's.
_LISTED = frozenset(
    {
        *("name", "directory", "subject_alternative_names", "key_algorithm", "reuse_key", "force"),
        *("renew_before", "renew_at_percent_left", "renew_windows"),
        *_OURS,
        *_RIGHTS,
    }
)
#: Kept with the request where no profile is asked for. It says that usages are the CA's to decide.
_NO_PROFILE = "default"
_COLLECTIONS = {"community.crypto": "it speaks with ACME CAs"}
#: Who can write records, and the options without which each can't.
_PROVIDERS: dict[str, set[str]] = {"route53": set(), "rfc2136": {"server"}, "cloudflare": set(), "manual": set()}

Record = t.Mapping[str, t.Any]


def acme_certificate_entries(
    entries: t.Iterable[t.Mapping[str, t.Any]], folder: str, defaults: t.Mapping[str, t.Any], issuer_name: str
) -> list[dict[str, t.Any]]:
    """Each certificate once, with what its entries leave out; of entries with the same names, the targets of all."""
    try:
        key = issuer(issuer_name).key
    except InvalidInput:
        key = issuer_name
    listed = list(entries)
    if faults := [fault for entry in listed for fault in _entry_faults(entry)]:
        raise AnsibleFilterError(f"acme_certificates_list: {'; '.join(faults)}")
    given = [_with_names(entry) for entry in listed]
    found: dict[tuple[t.Any, ...], dict[str, t.Any]] = {}
    filled = private_certificate_entries(given, folder, defaults, known=KNOWN | _LISTED)
    for entry, targets in zip(filled, map(_targets, given), strict=True):
        first = found.setdefault(_kind(entry), {**entry, "deploy": [], "production": False, "issuer": key})
        first["template"] = entry.get("profile") or _NO_PROFILE
        first["deploy"] = [*first["deploy"], *targets]
        first["production"] = any(map(_yes, [first["production"], entry.get("production"), *_production(targets)]))
    return list(found.values())


def _kind(entry: t.Mapping[str, t.Any]) -> tuple[t.Any, ...]:
    """What makes one certificate of two entries."""
    names = tuple(sorted(str(name).lower() for name in entry["subject_alternative_names"]))
    return names, entry.get("key_algorithm"), entry.get("profile")


def _entry_faults(entry: t.Mapping[str, t.Any]) -> list[str]:
    """Also of a word that nobody knows and that says nothing: it may be a name or a right, mistyped."""
    faults = [] if _names(entry) else [f"an entry has no dns_names: {dict(entry)!r}"]
    called = entry.get("name") or ", ".join(_names(entry)) or "an entry"
    unknown = ", ".join(repr(str(key)) for key in entry if key not in _LISTED)
    return faults + ([f"{called}: {unknown} is none of {', '.join(sorted(_LISTED))}"] if unknown else [])


def _names(entry: t.Mapping[str, t.Any]) -> list[str]:
    return [*names_of(entry.get("dns_names")), *names_of(entry.get("subject_alternative_names"))]


def _with_names(entry: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    names = _names(entry)
    return {**{key: value for key, value in entry.items() if key != "dns_names"}, "subject_alternative_names": names}


def _targets(entry: t.Mapping[str, t.Any]) -> list[t.Any]:
    given = entry.get("deploy") or []
    return [given] if isinstance(given, t.Mapping) else list(given)


def _production(targets: t.Iterable[t.Any]) -> list[t.Any]:
    return [target.get("production") for target in targets if isinstance(target, t.Mapping)]


def _yes(value: t.Any) -> bool:
    return str(value).strip().lower() in ("true", "yes", "on", "1", "y", "t")


def acme_deployments(
    entries: t.Iterable[t.Mapping[str, t.Any]], kept: t.Iterable[t.Mapping[str, t.Any]], ready: t.Iterable[str]
) -> list[dict[str, t.Any]]:
    """What a host's entries have deployed, from the directories where ``kept`` has it, as far as these are ready."""
    directories = {_kind(each): each["directory"] for each in kept}
    found = [(entry, directories[_kind(entry)]) for entry in entries if entry["deploy"]]
    return [
        {"name": _called(entry), "directory": directory, "deploy": [_target(each, entry) for each in entry["deploy"]]}
        for entry, directory in found
        if directory in ready
    ]


def _target(target: t.Any, entry: t.Mapping[str, t.Any]) -> t.Any:
    """A certificate for production has targets for production."""
    return {"production": True, **target} if entry["production"] and isinstance(target, t.Mapping) else target


def acme_requests(
    entries: t.Iterable[t.Mapping[str, t.Any]], suggested: t.Iterable[Record] = (), replaced: t.Iterable[str] = ()
) -> list[dict[str, t.Any]]:
    """What certificate_signing_request is asked. ``suggested`` is what the CA has said of the certificates that were
    there; those in the directories ``replaced`` are others now."""
    wishes = {each["name"]: each for each in suggested}
    for directory in replaced:
        wishes.pop(directory, None)
    return [_request(entry, wishes.get(entry["directory"])) for entry in entries]


def _request(entry: t.Mapping[str, t.Any], wish: Record | None) -> dict[str, t.Any]:
    """After an incident at the CA nobody waits for a maintenance window."""
    request = {key: value for key, value in entry.items() if key not in _OURS}
    request["force"] = _yes(entry.get("force"))
    if wish and wish["renew_at"]:
        request["renew_at"] = wish["renew_at"]
        if wish["urgent"]:
            request.pop("renew_windows", None)
    return request


def acme_orders(
    requested: t.Mapping[str, t.Iterable[Record]], suggested: t.Mapping[str, t.Iterable[Record]] | None = None
) -> list[dict[str, t.Any]]:
    """What is pending on hosts, {host: records}, as orders; ``suggested`` has what the CA calls the present ones."""
    replaced = {(host, each["name"]): each["identity"] for host, found in (suggested or {}).items() for each in found}
    return [
        {
            "name": record["name"],
            "csr_content": record["csr"],
            "profile": None if record["template"] == _NO_PROFILE else record["template"],
            "replaces": replaced.get((host, record["directory"])),
            "force": record["reason"] == "Forced",
        }
        for host, records in requested.items()
        for record in records
        if record["csr"]
    ]


def acme_signed(orders: t.Iterable[Record], signed: t.Iterable[Record], root: str = "") -> list[dict[str, t.Any]]:
    """Orders that a CA of ours has answered at once, as an ACME CA's would be."""
    return [
        {**order, "certificate": each["certificate"], "chain": root, "phase": ISSUED}
        for order, each in zip(orders, signed, strict=True)
    ]


def acme_arrivals(
    orders: t.Iterable[Record], requested: t.Iterable[Record], entries: t.Iterable[t.Mapping[str, t.Any]]
) -> list[dict[str, t.Any]]:
    """What has come for the requests of a host, for certificate_install."""
    certified = {order["csr_content"]: order for order in orders if order["certificate"]}
    allowed = {entry["directory"]: {key: entry[key] for key in _RIGHTS if key in entry} for entry in entries}
    return [
        {
            "directory": record["directory"],
            "certificate": certified[record["csr"]]["certificate"],
            "chain": certified[record["csr"]]["chain"],
            **allowed.get(record["directory"], {}),
        }
        for record in requested
        if record["csr"] in certified
    ]


def acme_faults(
    entries: t.Iterable[t.Mapping[str, t.Any]], issuer_name: str, dns: t.Any, terms_agreed: bool
) -> list[str]:
    """What is wrong with the role's variables, before anything is done."""
    providers = acme_dns(dns)
    faults = [
        f"the collection {name} is needed, as {why}: install it with ansible-galaxy collection install {name}"
        for name, why in _COLLECTIONS.items()
        if not _is_installed(name)
    ]
    try:
        wanted = issuer(issuer_name)
    except InvalidInput as error:
        return [*faults, *error.faults]
    faults += production_faults(wanted, [(_called(entry), entry["production"]) for entry in entries])
    if not wanted.directory:
        return faults
    if not terms_agreed:
        faults.append(f"read the terms of {wanted.name}, and say acme_certificates_terms_agreed: true")
    return [*faults, *_dns_faults(providers)]


def _is_installed(collection: str) -> bool:
    try:
        return importlib.util.find_spec(f"ansible_collections.{collection}") is not None
    except ImportError:
        return False


def _called(entry: t.Mapping[str, t.Any]) -> str:
    return str(entry.get("name") or entry["subject_alternative_names"][0])


def acme_dns(given: t.Any) -> list[dict[str, t.Any]]:
    """Who writes the records, from a word, a dictionary or a list of these."""
    listed = given if isinstance(given, list) else [given]
    found = [{"provider": each} if isinstance(each, str) else dict(each) for each in listed if each]
    return [{**each, "zones": names_of(each.get("zones"))} for each in found]


def _dns_faults(providers: t.Sequence[t.Mapping[str, t.Any]]) -> list[str]:
    if not providers:
        return ["say who writes the records: acme_certificates_dns"]
    faults = []
    for position, each in enumerate(providers):
        where, provider = f"acme_certificates_dns[{position}]", each.get("provider")
        if provider not in _PROVIDERS:
            faults.append(f"{where}: the provider is one of {', '.join(_PROVIDERS)}, not {provider!r}")
            continue
        faults += [f"{where}: {provider} needs {key}" for key in sorted(_PROVIDERS[provider]) if not each.get(key)]
    if sum(not each["zones"] for each in providers) > 1:
        faults.append("acme_certificates_dns: only one provider may be without zones")
    return faults


def acme_downgrades(records: t.Iterable[Record], issuer_name: str) -> list[str]:
    """Certificates that clients trust, and that would be replaced by ones that they don't."""
    found = [downgrade(record["name"], record["previous_issuer"], issuer(issuer_name)) for record in records]
    return [sentence for sentence in found if sentence]


def acme_publishers(
    records: t.Iterable[Record], providers: t.Sequence[t.Mapping[str, t.Any]]
) -> list[dict[str, t.Any]]:
    """Which provider writes which records: the one with the longest matching zone, else the one without zones."""
    published: dict[int, list[Record]] = {}
    for record in records:
        position = _provider(record, providers)
        if position is None:
            zone = record.get("zone") or record["name"]
            raise AnsibleFilterError(f"acme_certificates_dns: no provider is for the zone {zone}")
        published.setdefault(position, []).append(record)
    return [
        {"position": position, "provider": providers[position]["provider"], "records": found}
        for position, found in sorted(published.items())
    ]


def _provider(record: Record, providers: t.Sequence[t.Mapping[str, t.Any]]) -> int | None:
    fits = [
        (len(zone.rstrip(".")), -position)
        for position, each in enumerate(providers)
        for zone in each["zones"]
        if is_within(record["name"].rstrip("."), zone.rstrip("."))
    ]
    if fits:
        return -max(fits)[1]
    return next((position for position, each in enumerate(providers) if not each["zones"]), None)


def single_values(records: t.Iterable[Record]) -> list[dict[str, t.Any]]:
    """One entry a value, for modules that take it so."""
    return [
        {"name": record["name"], "type": "TXT", "value": value} for record in records for value in record["txt_values"]
    ]


def acme_issuer(name: str) -> dict[str, t.Any]:
    """Whom a name stands for; nobody where it is wrong, which acme_faults says."""
    try:
        found = issuer(name)
    except InvalidInput:
        return {"name": name, "directory": "", "trusted": None, "preflight": None, "host": ""}
    host = urllib.parse.urlsplit(found.directory)
    return {
        "name": found.name,
        "directory": found.directory,
        "trusted": found.trusted,
        "preflight": found.preflight,
        "host": "_".join(filter(None, re.split(r"[^A-Za-z0-9.-]+", f"{host.netloc}{host.path}"))),
    }
