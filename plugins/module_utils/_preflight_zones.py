# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Preflight of zones: does the domain exist, and is the zone that gets the records the one that the Internet asks?"""

from __future__ import annotations

import typing as t

from ._dns_answers import NO_AUTHORITY, Answer, ZoneFound
from ._findings import Finding
from ._hosted_zones import AMBIGUOUS_ZONE, MATCHED, ONLY_PRIVATE_ZONE, delegated_zone, match_zone
from ._known_zones import KnownZone
from ._names import is_public_suffix, is_within, registered_domain
from ._preflight_subject import Subject, View, bogus, why_failed, zone_of

# Cloudflare's word for a zone that answers; an empty one is not known.
_ACTIVE = ("", "active")


def check_registration(subject: Subject, view: View) -> t.Iterator[Finding]:
    """Is there a zone, and is it more than the registry's?"""
    domain = registered_domain(subject.base)
    # Asked first, as all names of the domain share the answer: of a domain that is dead, one is waited for.
    answer = view.ask(domain, "SOA")
    found = ZoneFound(failed=answer) if answer.failure else zone_of(subject.validated_at, view)
    if found.failed:
        yield why_failed(subject, found.failed, view)
    elif (not found.zone or is_public_suffix(found.zone)) and answer.rcode == "NXDOMAIN":
        yield subject.fatal(
            "domain_not_registered",
            f"{subject.name}: {domain} does not exist in the public DNS; is it registered, and delegated?",
            f"the nearest zone is {found.zone or 'the root'}, {view.label}",
            "register it, renew it, or mend the spelling; a new domain takes up to a day to be delegated",
        )


def check_hosted_zone(subject: Subject, view: View) -> t.Iterator[Finding]:
    """Is the hosted zone that holds the name the one that answers for it?"""
    if subject.zones is None:
        return
    match = match_zone(subject.validated_at, subject.zones)
    if match.reason == AMBIGUOUS_ZONE:
        yield from _twins(subject, t.cast("tuple[KnownZone, ...]", match.candidates), view)
    elif match.reason == ONLY_PRIVATE_ZONE:
        yield subject.fatal(
            "private_zone",
            f"only a private zone, {match.candidates[0]}, holds {subject.name}; CAs can't see it",
            remedy="create a public zone of the same name, and delegate the domain to it",
        )
    elif match.reason == MATCHED:
        yield from _compare(subject, t.cast(KnownZone, match.zone), view)
    else:
        yield subject.fatal(
            "no_hosted_zone",
            f"none of the hosted zones given holds {subject.name}",
            match.message,
            "create the zone, or use credentials that may see it; a token needs read rights to the zone",
        )


def _twins(subject: Subject, twins: t.Sequence[KnownZone], view: View) -> t.Iterator[Finding]:
    """Several public zones of one name: the delegation tells which one counts, if their name servers are known."""
    name, by_id = twins[0].name, {zone.id: zone for zone in twins}
    live = view.delegation(name).name_servers
    zone_id = delegated_zone(live, {zone.id: zone.name_servers for zone in twins})
    explanation = f"{len(twins)} public zones are named {name}: {', '.join(by_id)}"
    if zone_id:
        yield subject.warning(
            "duplicate_zone",
            f"{explanation}; {name} is delegated to {zone_id}",
            f"delegated to {', '.join(live)}",
            f"write to {zone_id} only, and delete the other once nothing needs it",
        )
        yield from _compare(subject, by_id[zone_id], view)
    else:
        yield subject.error(
            "duplicate_zone",
            f"{explanation}, and it can't be told which one {name} is delegated to",
            f"delegated to {', '.join(live) or 'nobody'}",
            "set the zone's id, and delegate the domain to the name servers of that zone",
        )


def _compare(subject: Subject, zone: KnownZone, view: View) -> t.Iterator[Finding]:
    if zone.status.lower() not in _ACTIVE:
        yield subject.fatal(
            "zone_inactive",
            f"the zone {zone} of {subject.name} is {zone.status} at its provider",
            remedy="delegate the domain to the name servers that the provider names, and have it check again",
        )
        return
    live = zone_of(subject.validated_at, view).zone
    if live != zone.name and is_within(live, zone.name):
        yield subject.fatal(
            "child_zone",
            f"{live} is a zone of its own, so a record for {subject.name} in {zone} is invisible",
            f"{live} is delegated to {', '.join(view.delegation(live).name_servers)}",
            f"write the record in the zone {live}, or remove its NS records from {zone}",
        )
    elif live != zone.name:
        yield subject.fatal(
            "delegation_mismatch",
            f"{zone.name} is not delegated: {subject.name} is answered from {live}, not from {_named(subject, zone)}",
            remedy=f"delegate {zone.name} to {', '.join(zone.name_servers) or 'its name servers'} in {live}",
        )
    elif zone.name_servers:
        yield from _compare_name_servers(subject, zone, view)


def _compare_name_servers(subject: Subject, zone: KnownZone, view: View) -> t.Iterator[Finding]:
    live = view.delegation(zone.name).name_servers
    foreign = sorted(set(live) - set(zone.name_servers))
    if not foreign or _same_places(foreign, zone.name_servers, view):
        return
    detail = f"the zone has {', '.join(zone.name_servers)}, {view.label} {', '.join(live)}"
    remedy = f"enter the zone's name servers at the registrar of {zone.name}, or write to the zone that is delegated"
    if len(foreign) == len(live):
        explanation = f"{zone.name} is delegated to {', '.join(live)}, not to {_named(subject, zone)}"
        yield subject.fatal("delegation_mismatch", explanation, detail, remedy)
    else:
        explanation = f"{zone.name} is delegated to {', '.join(foreign)} besides {_named(subject, zone)}"
        yield subject.error("delegation_mismatch", explanation, detail, remedy)


def _same_places(hosts: t.Iterable[str], own: t.Iterable[str], view: View) -> bool:
    """Whether they are the zone's name servers under other names, as with Route 53's white-label name servers."""
    places = frozenset[str]().union(*(view.addresses(host) for host in own))
    return all(view.addresses(host) & places for host in hosts)


def _named(subject: Subject, zone: KnownZone) -> str:
    return f"the zone {zone.id} you wrote to" if subject.records else f"the zone {zone.id}"


def check_signatures(subject: Subject, view: View) -> t.Iterator[Finding]:
    """Would somebody who validates believe the zone? Resolvers that do have failed before this."""
    zone, fault = view.signature_fault(subject.validated_at)
    if fault:
        yield bogus(subject, zone, f"{fault}, {view.label}")


def check_name_servers(subject: Subject, view: View) -> t.Iterator[Finding]:
    """Does every server that the zone is delegated to serve it, and do they know of each other?"""
    zone = zone_of(subject.validated_at, view).zone
    answers = view.ask_each(zone, zone, "SOA")
    lame = {server: fault for server, answer in answers.items() if (fault := _lameness(answer))}
    if lame:
        listed = ", ".join(f"{server} ({fault})" for server, fault in lame.items())
        yield subject.warning(
            "lame_name_server",
            f"{subject.name}: {', '.join(lame)} {'do' if len(lame) > 1 else 'does'} not serve {zone}",
            listed,
            "let these serve the zone, or take them out of the delegation; a CA may ask just them",
        )
    delegated = view.delegation(zone).name_servers
    for server, answer in view.ask_each(zone, zone, "NS").items():
        own = sorted(answer.values)
        if own and not set(own) & set(delegated):
            yield subject.warning(
                "delegation_mismatch",
                f"{zone} is delegated to {', '.join(delegated)}, but {server} has {', '.join(own)} as its name servers",
                remedy=f"enter the same name servers in {zone} and at its registrar",
            )
            break


def _lameness(answer: Answer) -> str:
    return answer.failure or ("" if answer.authoritative else NO_AUTHORITY)
