# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""What the roles that attach certificates put together: requests from their lists, attachments from the answers."""

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleFilterError
from ansible.module_utils.parsing.convert_bool import boolean

from ..module_utils._listener_members import PUBLIC, Member, faults, merge, sources
from ._survey_text import names_of

_MEMBER_KEYS = {"name", "order", "hosts", "certificate_arn", "request", "certificate_authority_arn"}
#: Keys of a member that go into its request as they are.
_REQUEST_KEYS = {"key_algorithm", "tags", "match"}
_DISTRIBUTION_KEYS = {"distribution_id", "alias", "hosts", "certificate_arn"}
_VIEWER_KEYS = {"minimum_protocol_version", "ssl_support_method"}

Record = t.Mapping[str, t.Any]


def check_keys(what: str, entry: t.Any, known: t.AbstractSet[str]) -> None:
    """Raises AnsibleFilterError for what isn't known."""
    if not isinstance(entry, t.Mapping):
        raise AnsibleFilterError(f"{what} is a dictionary, not {entry!r}")
    unknown = sorted(set(entry) - known)
    if unknown:
        raise AnsibleFilterError(f"{what} has {', '.join(unknown)}; known are {', '.join(sorted(known))}")


def _members(entries: t.Iterable[t.Mapping[str, t.Any]]) -> list[Member]:
    members = []
    for entry in entries:
        check_keys("a member", entry, _MEMBER_KEYS | _REQUEST_KEYS)
        if not entry.get("name"):
            raise AnsibleFilterError(f"a member has no name: {dict(entry)!r}")
        members.append(
            Member(
                name=str(entry["name"]),
                order=int(entry.get("order") or 0),
                hosts=tuple(names_of(entry.get("hosts"))),
                certificate_arn=entry.get("certificate_arn") or None,
                request=bool(boolean(entry.get("request") or False)),
                certificate_authority_arn=entry.get("certificate_authority_arn") or None,
            )
        )
    return members


def listener_sources(
    entries: t.Sequence[t.Mapping[str, t.Any]],
    group: str,
    certificate_arn: str = "",
    certificate_authority_arn: str = "",
) -> dict[str, t.Any]:
    """What to request and what to look for: ``{requests: [...], searches: [{certificate_authority_arns, hosts}]}``."""
    members = _members(entries)
    wrong = faults(members, certificate_arn=certificate_arn or None)
    if wrong:
        raise AnsibleFilterError("; ".join(wrong))
    extras = {str(entry["name"]): {key: entry[key] for key in _REQUEST_KEYS if key in entry} for entry in entries}
    requests, searches = [], dict[str, list[str]]()
    for source in sources(
        members,
        certificate_arn=certificate_arn or None,
        certificate_authority_arn=certificate_authority_arn or None,
    ):
        if source.origin == "requested":
            request = {"name": request_name("elb", group, source.member.name), **extras[source.member.name]}
            request["subject_alternative_names"] = list(source.member.hosts)
            if source.certificate_authority_arn:
                request["certificate_authority_arn"] = source.certificate_authority_arn
            elif source.member.certificate_authority_arn == PUBLIC:
                # Said, not left out: the role that requests may have a CA for all that don't say.
                request["certificate_authority_arn"] = ""
            requests.append(request)
        elif source.origin == "discovered":
            searches.setdefault(source.certificate_authority_arn or "", []).extend(source.member.hosts)
    return {
        "requests": requests,
        "searches": [
            {"certificate_authority_arns": [authority] if authority else [], "hosts": list(dict.fromkeys(hosts))}
            for authority, hosts in sorted(searches.items())
        ],
    }


def request_name(kind: str, group: str, member: str) -> str:
    """What a certificate of a group's member is called. The group's prefix is what retiring goes by."""
    return f"{group_prefix(kind, group)}{member}"


def group_prefix(kind: str, group: str) -> str:
    return f"{kind}/{group}/"


def listener_certificates(
    entries: t.Sequence[t.Mapping[str, t.Any]],
    group: str,
    requested: t.Sequence[Record] = (),
    matches: t.Sequence[Record] = (),
    certificate_arn: str = "",
) -> dict[str, t.Any]:
    """What the listener is to have: ``{certificate_arns: [...], waiting: [members], requested: [ARNs]}``.

    A member is waiting when its certificate isn't issued (yet): nothing that may still serve it is taken away then.
    """
    members = _members(entries)
    by_name = {record["name"]: record for record in requested}
    by_host = {match["host"]: match["certificate_arns"] for match in matches}
    certificates: dict[str, list[str]] = {}
    waiting = []
    for source in sources(members, certificate_arn=certificate_arn or None):
        member = source.member
        if source.origin == "given" and source.certificate_arn:
            certificates[member.name] = [source.certificate_arn]
        elif source.origin == "requested":
            record = by_name.get(request_name("elb", group, member.name), {})
            if record.get("ready"):
                certificates[member.name] = [record["arn"]]
            else:
                waiting.append(member.name)
        elif source.origin == "discovered":
            certificates[member.name] = [arn for host in member.hosts for arn in by_host.get(host, [])]
    return {
        "certificate_arns": list(merge(members, certificates).certificates),
        "waiting": waiting,
        "requested": [record["arn"] for record in requested if record.get("arn")],
    }


def distribution_requests(entries: t.Sequence[t.Mapping[str, t.Any]], group: str) -> list[dict[str, t.Any]]:
    """What to request for distributions that aren't given a certificate."""
    requests = []
    for entry in entries:
        check_keys("a distribution", entry, _DISTRIBUTION_KEYS | _VIEWER_KEYS | _REQUEST_KEYS)
        if entry.get("certificate_arn"):
            continue
        hosts = names_of(entry.get("hosts"))
        label = entry.get("distribution_id") or entry.get("alias")
        if not label:
            raise AnsibleFilterError(f"a distribution has neither distribution_id nor alias: {dict(entry)!r}")
        if not hosts:
            raise AnsibleFilterError(f"distribution {label} has neither certificate_arn nor hosts to request one for")
        request = {key: entry[key] for key in _REQUEST_KEYS if key in entry}
        request.update(name=request_name("cloudfront", group, label), subject_alternative_names=hosts, cloudfront=True)
        requests.append(request)
    return requests


def distribution_certificates(
    entries: t.Sequence[t.Mapping[str, t.Any]], group: str, requested: t.Sequence[Record] = ()
) -> dict[str, t.Any]:
    """What each distribution is to have: ``{distributions: [...], waiting: [labels], requested: [ARNs]}``."""
    by_name = {record["name"]: record for record in requested}
    distributions, waiting = [], []
    for entry in entries:
        label = entry.get("distribution_id") or entry.get("alias")
        arn = entry.get("certificate_arn")
        if not arn:
            record = by_name.get(request_name("cloudfront", group, str(label)), {})
            arn = record["arn"] if record.get("ready") else None
        if arn:
            kept = {key: entry[key] for key in {"distribution_id", "alias", *_VIEWER_KEYS} if entry.get(key)}
            distributions.append({**kept, "certificate_arn": arn})
        else:
            waiting.append(label)
    return {
        "distributions": distributions,
        "waiting": waiting,
        "requested": [record["arn"] for record in requested if record.get("arn")],
    }
