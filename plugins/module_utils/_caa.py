# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Certification Authority Authorization: may a CA issue for a name? RFC 8659, with the parameters of RFC 8657."""

from __future__ import annotations

import dataclasses
import re
import typing as t

from ._names import base_name, labels

# The names a CA answers to, as it says on its page on CAA.
ISSUERS: dict[str, tuple[str, ...]] = {
    "acm": ("amazon.com", "amazontrust.com", "awstrust.com", "amazonaws.com"),
    "letsencrypt": ("letsencrypt.org",),
    "google_trust_services": ("pki.goog",),
    "sectigo_zerossl": ("sectigo.com",),
    "buypass": ("buypass.com",),
}
# ACM doesn't say that it reads validationmethods or accounturi.
ACM_METHOD = "acm-dns"

NO_CAA = "no_caa"
NO_RELEVANT_PROPERTY = "no_relevant_property"
AUTHORISED = "authorised"
OTHER_ISSUER_ONLY = "other_issuer_only"
NOBODY_ALLOWED = "nobody_allowed"
UNKNOWN_CRITICAL = "unknown_critical"
MALFORMED_PROPERTY = "malformed_property"
ACCOUNT_NOT_ALLOWED = "account_not_allowed"
METHOD_NOT_ALLOWED = "method_not_allowed"
LOOKUP_ERROR = "lookup_error"
_ALLOWING = (NO_CAA, NO_RELEVANT_PROPERTY, AUTHORISED)

_CRITICAL = 0x80
# Boulder takes flags of 1 for critical, too: a common mistake, as RFC 8659 numbers the bits from the left.
_CRITICAL_FOR_LETSENCRYPT = 0x81
# RFC 8659 4, RFC 9495 (issuemail), Baseline Requirements A.1 (contact...), the Mark Certificates' issuevmc.
_KNOWN_TAGS = frozenset({"issue", "issuewild", "iodef", "issuemail", "issuevmc", "contactemail", "contactphone"})
# RFC 8659 4.2. Of an issuer's labels only the characters matter: it is compared as a whole.
_WSP = " \t"
_ISSUER = re.compile(r"[A-Za-z0-9.-]*")
_PARAMETER_TAG = re.compile(r"[A-Za-z0-9]+(-+[A-Za-z0-9]+)*")
_PARAMETER_VALUE = re.compile(r"[\x21-\x3a\x3c-\x7e]*")


class MalformedProperty(ValueError):
    """The value of an issue or issuewild property doesn't follow the grammar of RFC 8659 4.2."""


@dataclasses.dataclass(frozen=True)
class Issuer:
    """Who is to issue, and how it will validate. Empty method or account: not known, so they can't be refused."""

    identities: tuple[str, ...]
    method: str = ""
    account_uri: str = ""

    @property
    def reads_parameters(self) -> bool:
        return self.method != ACM_METHOD


@dataclasses.dataclass(frozen=True)
class Property:
    """One CAA record."""

    flags: int
    tag: str
    value: str


@dataclasses.dataclass(frozen=True)
class CaaAnswer:
    """The CAA records at a name, or at ``owner`` through its aliases; or the error that kept them from being read."""

    properties: tuple[Property, ...] = ()
    error: str = ""
    owner: str = ""


@dataclasses.dataclass(frozen=True)
class Decision:
    """Why the CA may issue or not.

    ``found_at`` is the name whose records decided, ``owner`` where they are when it is an alias, ``error_at`` the name
    whose records can't be read.
    """

    reason: str
    found_at: str = ""
    properties: tuple[Property, ...] = ()
    error_at: str = ""
    error: str = ""
    owner: str = ""

    @property
    def allowed(self) -> bool | None:
        """None: it can't be known, which a CA takes for a refusal."""
        return None if self.reason == LOOKUP_ERROR else self.reason in _ALLOWING


def issuer(name: str, method: str = "", account_uri: str = "") -> Issuer:
    """One of ISSUERS."""
    return Issuer(ISSUERS[name], ACM_METHOD if name == "acm" else method, account_uri)


def decide(domain: str, wanted: Issuer, look_up: t.Callable[[str], CaaAnswer]) -> Decision:
    """The first name with any CAA record decides alone, from the domain up to its top-level domain (RFC 8659 3).

    A look-up that fails before that is never permission (Baseline Requirements 3.2.2.8).
    """
    parts = labels(base_name(domain))
    for start in range(len(parts)):
        name = ".".join(parts[start:])
        answer = look_up(name)
        if answer.error:
            return Decision(LOOKUP_ERROR, error_at=name, error=answer.error)
        if answer.properties:
            relevant = _relevant(answer.properties, domain.startswith("*."))
            return Decision(_judge(answer.properties, relevant, wanted), name, relevant, owner=answer.owner)
    return Decision(NO_CAA)


def parse_value(value: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Issuer ("" allows nobody) and parameters of an issue or issuewild property. Raises MalformedProperty."""
    head, dummy, rest = value.partition(";")
    name = head.strip(_WSP)
    if not _ISSUER.fullmatch(name):
        raise MalformedProperty("bad issuer domain name")
    if not rest.strip(_WSP):
        return name, ()
    return name, tuple(_parameter(text) for text in rest.split(";"))


def _parameter(text: str) -> tuple[str, str]:
    tag, equals, value = (part.strip(_WSP) for part in text.partition("="))
    if not equals:
        raise MalformedProperty("parameter not tag=value")
    if not _PARAMETER_TAG.fullmatch(tag):
        raise MalformedProperty("bad tag character")
    if not _PARAMETER_VALUE.fullmatch(value):
        raise MalformedProperty("bad value character")
    return tag, value


def _relevant(properties: t.Sequence[Property], wildcard: bool) -> tuple[Property, ...]:
    """RFC 8659 4.3: where there is an issuewild, it alone counts for wildcards; for other names it never does."""
    by_tag: dict[str, list[Property]] = {}
    for each in properties:
        by_tag.setdefault(each.tag.lower(), []).append(each)
    if wildcard and "issuewild" in by_tag:
        return tuple(by_tag["issuewild"])
    return tuple(by_tag.get("issue", ()))


def _judge(properties: t.Sequence[Property], relevant: t.Sequence[Property], wanted: Issuer) -> str:
    critical = _CRITICAL_FOR_LETSENCRYPT if "letsencrypt.org" in wanted.identities else _CRITICAL
    if any(each.flags & critical and each.tag.lower() not in _KNOWN_TAGS for each in properties):
        return UNKNOWN_CRITICAL
    if not relevant:
        return NO_RELEVANT_PROPERTY
    verdicts = {_verdict(each.value, wanted) for each in relevant}
    return min(verdicts, key=_NEAREST.index)


# One that authorises is enough. Of several refusals the one counts that is nearest to it, as that is the one to mend.
_NEAREST = (
    AUTHORISED,
    METHOD_NOT_ALLOWED,
    ACCOUNT_NOT_ALLOWED,
    OTHER_ISSUER_ONLY,
    MALFORMED_PROPERTY,
    NOBODY_ALLOWED,
)


def _verdict(value: str, wanted: Issuer) -> str:
    """What one issue or issuewild property says to the issuer."""
    try:
        name, parameters = parse_value(value)
    except MalformedProperty:
        return MALFORMED_PROPERTY
    if not name:
        return NOBODY_ALLOWED
    if name.lower() not in wanted.identities:
        return OTHER_ISSUER_ONLY
    if not wanted.reads_parameters:
        return AUTHORISED
    # RFC 8657: no certificate can satisfy a parameter that is there twice.
    accounts = [value for tag, value in parameters if tag == "accounturi"]
    if accounts and accounts != [wanted.account_uri]:
        return ACCOUNT_NOT_ALLOWED
    methods = [value for tag, value in parameters if tag == "validationmethods"]
    if len(methods) > 1 or (methods and wanted.method not in methods[0].split(",")):
        return METHOD_NOT_ALLOWED
    return AUTHORISED


def refusal(decision: Decision, domain: str, wanted: Issuer) -> tuple[str, str]:
    """Why the CA may not issue, and what to do about it; both empty when it may."""
    tag = "issuewild" if any(each.tag.lower() == "issuewild" for each in decision.properties) else "issue"
    words = {
        "domain": base_name(domain),
        "found_at": decision.owner or decision.found_at,
        "error_at": decision.error_at,
        "rcode": decision.error,
        "issuer": wanted.identities[0] if wanted.identities else "",
        "issuers": ", ".join(sorted(_named(decision.properties))),
        "tag": tag,
        "method": wanted.method or "the method",
        "account": wanted.account_uri or "the account",
    }
    why, remedy = _REFUSALS.get(decision.reason, ("", ""))
    return why.format(**words), remedy.format(**words)


def advice(decision: Decision, domain: str, wanted: Issuer) -> str:
    """A refusal in one sentence; empty when there is none."""
    parts = [part for part in refusal(decision, domain, wanted) if part]
    return "; ".join(parts) + "." if parts else ""


def _named(properties: t.Iterable[Property]) -> set[str]:
    heads = {each.value.partition(";")[0].strip(_WSP).lower() for each in properties}
    return heads - {""}


_REFUSALS = {
    OTHER_ISSUER_ONLY: (
        "CAA at {found_at} allows only {issuers}",
        "add '0 {tag} \"{issuer}\"' there, or put an own CAA set at {domain}",
    ),
    NOBODY_ALLOWED: ("CAA at {found_at} forbids every CA for {domain}", ""),
    UNKNOWN_CRITICAL: (
        "CAA at {found_at} has a critical property that no CA knows",
        "remove it, or take its critical flag away",
    ),
    MALFORMED_PROPERTY: (
        "CAA at {found_at} has a value that can't be read, which allows nobody",
        "write it as '0 {tag} \"{issuer}\"'",
    ),
    ACCOUNT_NOT_ALLOWED: (
        "CAA at {found_at} allows {issuer} for other ACME accounts only",
        "put {account} in its accounturi",
    ),
    METHOD_NOT_ALLOWED: (
        "CAA at {found_at} doesn't allow {issuer} to validate by {method}",
        "add it to its validationmethods",
    ),
    LOOKUP_ERROR: (
        "CAA lookup for {error_at} failed ({rcode})",
        "CAs refuse until it works (check name servers and DNSSEC)",
    ),
}
