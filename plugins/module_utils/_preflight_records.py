# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Preflight of validation records: are they there, on every name server, and if not, what was done instead?"""

from __future__ import annotations

import typing as t

from ._certificates import ValidationRecord
from ._dns01 import WAIT, appended_zone, control_name, doubled_names, spread
from ._dns_answers import Answer
from ._findings import Finding
from ._names import InvalidName, normalise, registered_domain
from ._preflight_subject import Subject, View, why_failed, zone_of
from ._txt import unquote_txt


def check_challenge(subject: Subject, view: View) -> t.Iterator[Finding]:
    """Before a TXT record is written: is an alias in its place?"""
    if subject.records or not subject.challenge:
        return
    target = view.ask(subject.challenge, "TXT").alias
    if not target:
        return
    if _is_wildcard(subject.challenge, "CNAME", target, view):
        yield _wildcard(subject, subject.challenge, target, view, subject.warning)
    else:
        yield _alias_in_the_way(subject, subject.challenge, target, subject.warning)


def check_addresses(subject: Subject, view: View) -> t.Iterator[Finding]:
    """A CA that validates over HTTP has to get there."""
    if not subject.over_http:
        return
    answers = [view.ask(subject.base, rdtype) for rdtype in ("A", "AAAA")]
    failed = [answer for answer in answers if answer.failure]
    if failed:
        yield why_failed(subject, failed[0], view)
    elif not any(answer.records for answer in answers):
        yield subject.fatal(
            "no_address",
            f"{subject.name} has no address in the public DNS, so it can't be validated over HTTP",
            " -> ".join(answers[0].chain),
            "point it to the server that answers the validation, or validate by DNS",
        )


def check_records(subject: Subject, view: View) -> t.Iterator[Finding]:
    for record in subject.records:
        spreading = list(_check_spread(subject, record, view)) if view.authoritative else []
        yield from spreading or _check_record(subject, record, view)


def _check_spread(subject: Subject, record: ValidationRecord, view: View) -> t.Iterator[Finding]:
    """Some of the zone's servers have the record, and some don't yet. Silent ones are said to be lame once."""
    name, wanted = normalise(record.name), _plain(record.type, record.value)
    zone = zone_of(name, view).zone
    answers = {s: answer for s, answer in view.ask_each(zone, name, record.type).items() if not answer.failure}
    seen = {server: _plain_values(record.type, answer) for server, answer in answers.items()}
    without = [server for server, values in seen.items() if wanted not in values]
    if spread(wanted, seen) != WAIT or len(without) == len(seen):
        return
    serials = {
        s: answer.records[0].fields[1] for s, answer in view.ask_each(zone, zone, "SOA").items() if answer.records
    }
    yield subject.warning(
        "propagation_lag",
        f"{name} is not yet on {', '.join(without)}; the other name servers of {zone} have it",
        ", ".join(f"serial {serial} on {server}" for server, serial in serials.items()),
        "wait; if it stays so, zone transfers to that name server are broken",
    )


def _check_record(subject: Subject, record: ValidationRecord, view: View) -> t.Iterator[Finding]:
    name, wanted = normalise(record.name), _plain(record.type, record.value)
    answer = view.ask(name, record.type)
    if answer.failure:
        yield why_failed(subject, answer, view)
        return
    if wanted in _plain_values(record.type, answer):
        return
    if answer.alias and _is_wildcard(name, "CNAME", answer.alias, view):
        yield _wildcard(subject, name, answer.alias, view, subject.error)
    elif record.type == "TXT" and answer.alias:
        yield _alias_in_the_way(subject, name, answer.alias, subject.error)
    elif answer.values:
        yield _wrong_value(subject, record, answer.values)
    else:
        yield _missing(subject, record, answer, view)


def _wrong_value(subject: Subject, record: ValidationRecord, seen: t.Sequence[str]) -> Finding:
    zone = appended_zone(record.value, seen[0], record.name) if record.type == "CNAME" else None
    if zone:
        return subject.error(
            "zone_name_appended",
            f"{normalise(record.name)} points to {seen[0]}: {zone} was appended to the value",
            f"expected {record.value}",
            "add the final dot to the record's value",
        )
    return subject.error(
        "record_wrong_value",
        f"{normalise(record.name)} {'points to' if record.type == 'CNAME' else 'has'} {', '.join(seen)}, "
        f"expected {record.value}",
        remedy="write the value that the CA wants; another account or a former request may have left the old one",
    )


def _missing(subject: Subject, record: ValidationRecord, answer: Answer, view: View) -> Finding:
    """What was done in place of writing the record, as far as that can be seen."""
    for explain in (_doubled, _without_underscore, _other_record):
        found = explain(subject, record, view)
        if found:
            return found
    seconds = None if view.authoritative else answer.negative_ttl
    return subject.error(
        "record_missing",
        f"the validation record {normalise(record.name)} is not in the public DNS",
        f"{record.type} of {normalise(record.name)}: {answer.rcode if answer.rcode != 'NOERROR' else 'no data'}, "
        f"{view.label}" + (f", which remembers that for up to {seconds} s" if seconds else ""),
        f"write {record.type} {record.value} there, and leave it there: each renewal looks for it again",
    )


def _doubled(subject: Subject, record: ValidationRecord, view: View) -> Finding | None:
    zone = zone_of(record.name, view).zone
    for name in doubled_names(record.name, [zone, subject.base, registered_domain(subject.base)]):
        if _has(record, name, view):
            return subject.error(
                "zone_name_appended",
                f"the record was created as {name}, not as {normalise(record.name)}",
                remedy="enter the name without the zone, or with a final dot",
            )
    return None


def _without_underscore(subject: Subject, record: ValidationRecord, view: View) -> Finding | None:
    name = normalise(record.name)
    if name.startswith("_") and _has(record, name[1:], view):
        return subject.error(
            "underscore_dropped",
            f"the record was created as {name[1:]}: the leading underscore is missing",
            remedy=f"create it as {name}; a provider that takes no underscores can't be used for validation",
        )
    return None


def _other_record(subject: Subject, record: ValidationRecord, view: View) -> Finding | None:
    """Where a CNAME should be: addresses are what a proxying provider shows of it, any other record keeps it out."""
    name = normalise(record.name)
    if record.type != "CNAME":
        return None
    for rdtype in ("A", "AAAA", "TXT"):
        values = view.ask(name, rdtype).values
        if not values or _is_wildcard(name, rdtype, values[0], view):
            continue
        if rdtype == "TXT":
            return subject.error(
                "other_record_at_name",
                f"{name} has a TXT record, so the CNAME record that the CA looks for can't be there",
                ", ".join(values),
                "remove the TXT record, and write the CNAME record",
            )
        return subject.error(
            "record_proxied",
            f"{name} is answered with addresses ({', '.join(values)}) in place of its CNAME record",
            remedy=f"switch {name} to DNS only at the provider, or replace the address records by the CNAME record",
        )
    return None


def _has(record: ValidationRecord, name: str, view: View) -> bool:
    seen = _plain_values(record.type, view.ask(name, record.type))
    return any(
        value == _plain(record.type, record.value)
        or (record.type == "CNAME" and appended_zone(record.value, value, name))
        for value in seen
    )


def _is_wildcard(name: str, rdtype: str, value: str, view: View) -> bool:
    return value in view.ask(control_name(name), rdtype).values


def _wildcard(
    subject: Subject, name: str, target: str, view: View, finding: t.Callable[[str, str, str, str], Finding]
) -> Finding:
    return finding(
        "wildcard_cname",
        f"a wildcard CNAME to {target} answers for {name}; that is no delegation of the validation",
        f"{control_name(name)} has it as well",
        f"write the record itself in the zone {zone_of(name, view).zone}; it goes before the wildcard",
    )


def _alias_in_the_way(
    subject: Subject, name: str, target: str, finding: t.Callable[[str, str, str, str], Finding]
) -> Finding:
    return finding(
        "other_record_at_name",
        f"{name} is a CNAME to {target}, and no TXT record can be beside it",
        "some name servers take the TXT record without a word, and drop it",
        f"write the TXT record at {target}, or remove the CNAME",
    )


def _plain(rdtype: str, value: str) -> str:
    """Values in the form in which they are compared: ACM takes a target with and without its leading underscore."""
    if rdtype != "CNAME":
        return unquote_txt(value)
    try:
        return normalise(value).removeprefix("_")
    except InvalidName:
        return value


def _plain_values(rdtype: str, answer: Answer) -> list[str]:
    """A TXT value comes as text, its strings joined: what looks quoted there has quotes in it by mistake."""
    return [_plain(rdtype, value) if rdtype == "CNAME" else value for value in answer.values]
