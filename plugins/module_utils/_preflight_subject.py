# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""What a preflight looks at: a name and what is known of it, and a view of the DNS."""

from __future__ import annotations

import dataclasses
import typing as t

from ._caa import ACM_METHOD, Issuer
from ._certificates import ValidationRecord
from ._dns01 import challenge_name
from ._dns_answers import NO_TIME_LEFT, TOO_MANY_ALIASES, TRUNCATED, WRONG_ANSWER, Answer, ZoneFound, find_zone, follow
from ._findings import ERROR, FATAL, WARNING, Finding
from ._known_zones import KnownZone
from ._names import base_name, normalise

HTTP = "http"
DNS = "dns"
# RFC 8914: what a validating resolver says of broken DNSSEC.
_DNSSEC_ERRORS = frozenset({6, 7, 8, 9, 10, 11, 12})
_HTTP_METHODS = ("http-01", "tls-alpn-01")


@dataclasses.dataclass(frozen=True)
class Delegation:
    """The name servers that a zone is delegated to."""

    zone: str
    name_servers: tuple[str, ...] = ()


class View(t.Protocol):
    """The DNS as it is seen from one place."""

    @property
    def label(self) -> str:
        """Who answers, for messages."""

    @property
    def authoritative(self) -> bool:
        """Whether the zones' own name servers answer, and not a resolver."""

    @property
    def fault(self) -> str:
        """Why nobody answers at all; empty when somebody does."""

    def ask(self, name: str, rdtype: str) -> Answer:
        """The answer at the end of the aliases."""

    def ask_unchecked(self, name: str, rdtype: str) -> Answer:
        """The same without validation by DNSSEC."""

    def delegation(self, zone: str) -> Delegation:
        """Who the zone is delegated to."""

    def addresses(self, host: str) -> frozenset[str]:
        """Where a name server is."""

    def ask_each(self, zone: str, name: str, rdtype: str) -> t.Mapping[str, Answer]:
        """What each of the zone's name servers says, by server; nothing when a resolver answers."""

    def signature_fault(self, name: str) -> tuple[str, str]:
        """The zone on the way to the name whose DNSSEC is broken, and how, as far as that can be told."""


@dataclasses.dataclass(frozen=True)
class Subject:
    """One name of a certificate, who is to issue it and how, and what is known of it besides the DNS.

    ``zones`` are the hosted zones that its records go to, None when nothing is known of them. One without name servers
    isn't compared with the delegation.
    """

    name: str
    issuer: Issuer
    validation: str = DNS
    zones: t.Sequence[KnownZone] | None = None
    records: tuple[ValidationRecord, ...] = ()

    @property
    def base(self) -> str:
        return base_name(normalise(self.name))

    @property
    def wildcard(self) -> bool:
        return self.name.startswith("*.")

    @property
    def over_http(self) -> bool:
        return self.validation == HTTP or self.issuer.method in _HTTP_METHODS

    @property
    def challenge(self) -> str:
        """Where an ACME challenge goes; empty when that isn't how the name is validated."""
        method, account_uri = self.issuer.method or "dns-01", self.issuer.account_uri
        if self.over_http or method == ACM_METHOD or (method == "dns-account-01" and not account_uri):
            return ""
        return challenge_name(self.base, method, account_uri)

    @property
    def validated_at(self) -> str:
        """The name whose zone counts."""
        if self.records:
            return normalise(self.records[0].name)
        return self.challenge or self.base

    def fatal(self, check: str, explanation: str, detail: str = "", remedy: str = "") -> Finding:
        return Finding(check, FATAL, self.name, explanation, detail, remedy)

    def error(self, check: str, explanation: str, detail: str = "", remedy: str = "") -> Finding:
        return Finding(check, ERROR, self.name, explanation, detail, remedy)

    def warning(self, check: str, explanation: str, detail: str = "", remedy: str = "") -> Finding:
        return Finding(check, WARNING, self.name, explanation, detail, remedy)


def why_failed(subject: Subject, answer: Answer, view: View) -> Finding:
    """What stands behind a look-up that fails."""
    asked = f"{answer.rdtype} of {answer.name or 'the root'}"
    detail = f"{asked}: {answer.failure}" + (f" ({answer.error_texts})" if answer.errors else "") + f", {view.label}"
    if view.fault or answer.fault in (NO_TIME_LEFT, WRONG_ANSWER, TRUNCATED):
        return unanswered(subject, view, answer.fault or view.fault, detail)
    if _is_bogus(answer, view):
        zone = find_zone(answer.name, view.ask_unchecked).zone or answer.name
        return bogus(subject, zone, detail)
    chain, circle = _aliases(answer, view)
    if circle:
        return subject.fatal(
            "alias_loop",
            f"the CNAME records from {answer.name} have no end: {circle}",
            " -> ".join(chain),
            "let the last of them point to a name that has the records",
        )
    return subject.fatal(
        "zone_unanswered",
        f"{subject.name} can't be looked up, as no name server gives an answer for {answer.name}",
        detail,
        "see that the name servers the domain is delegated to are up and serve the zone",
    )


def bogus(subject: Subject, zone: str, detail: str) -> Finding:
    return subject.fatal(
        "dnssec_bogus",
        f"DNSSEC of {zone} is broken, so nobody who validates gets an answer for {subject.name}",
        detail,
        f"put the DS record of {zone} at the registrar right, or remove it, and have the zone signed anew",
    )


def _aliases(answer: Answer, view: View) -> tuple[tuple[str, ...], str]:
    """The aliases that a failing look-up has gone through, one by one."""
    if answer.fault and answer.fault != TOO_MANY_ALIASES:
        return (), ""  # no answer comes, and none would to further questions
    return follow(answer.name, lambda name: view.ask_unchecked(name, "CNAME").alias)


def zone_of(name: str, view: View) -> ZoneFound:
    """The zone that a name lies in, also when the name is an alias to where nobody answers."""
    found = find_zone(name, view.ask)
    while found.failed and view.ask_unchecked(found.failed.name, "CNAME").alias:
        found = find_zone(found.failed.name.partition(".")[2], view.ask)
    return found


def unanswered(subject: Subject, view: View, fault: str, detail: str = "") -> Finding:
    """Nobody answers, or nothing that makes sense."""
    if fault == NO_TIME_LEFT:
        return not_examined(subject)
    if fault in (WRONG_ANSWER, TRUNCATED):
        return subject.error(
            "resolver_wrong_answers",
            f"the answers of {view.label} can't be used, so {subject.name} can't be looked up there: {fault}",
            detail,
            "give other nameservers; something on the way to this one changes DNS packets or lets no TCP through",
        )
    return subject.error(
        "resolver_silent",
        f"{view.label} gives no answer, so {subject.name} can't be looked up there: {fault}",
        detail,
        "give nameservers that can be reached from here over UDP and TCP",
    )


def not_examined(subject: Subject) -> Finding:
    return subject.error(
        "not_examined",
        f"{subject.name} was not examined to the end: the deadline passed before all questions were answered",
        remedy="give a longer deadline, or fewer names",
    )


def _is_bogus(answer: Answer, view: View) -> bool:
    if view.authoritative or answer.rcode != "SERVFAIL":
        return False
    return any(code in _DNSSEC_ERRORS for code, dummy in answer.errors) or not (
        view.ask_unchecked(answer.name, answer.rdtype).failure
    )
