# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Whom a certificate is for: subject and subject alternative names, as text in the one form in which they are compared.

Alternative names are written as OpenSSL writes them: ``DNS:www.example.com``, ``IP:192.0.2.1``, ``email:``, ``URI:``,
``RID:``, ``otherName:<OID>;UTF8:<text>``.
"""

from __future__ import annotations

import contextlib
import dataclasses
import ipaddress
import re
import typing as t

from ._errors import InvalidInput
from ._names import MAX_LABEL, MAX_NAME, InvalidName, normalise

#: Attributes of a subject by the name of the option, in the order in which they are written. RFC 4519 has the short
#: names, RFC 5280 (appendix A.1, upper bounds) and AWS's ASN1Subject the lengths.
ATTRIBUTES: t.Mapping[str, tuple[str, int]] = {
    "country": ("C", 2),
    "state": ("ST", 128),
    "locality": ("L", 128),
    "organization": ("O", 64),
    "organizational_unit": ("OU", 64),
    "serial_number": ("serialNumber", 64),
    "common_name": ("CN", 64),
}
_KINDS = ("DNS", "IP", "email", "URI", "RID", "otherName")
_LABEL = re.compile(r"^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?$")
OID = re.compile(r"^[0-2](\.(0|[1-9]\d*))+$")
_OTHER_NAME = re.compile(r"^(?P<oid>[0-9.]+);UTF8(String)?:(?P<text>.+)$")
_URI = re.compile(r"^[a-zA-Z][a-zA-Z0-9+.-]*:[^\s]+$")
_EMAIL = re.compile(r"^[^@\s]+@[^@\s]+$")


@dataclasses.dataclass(frozen=True)
class SubjectNames:
    """``subject`` has pairs such as ("CN", "db"); ``alternative`` names like ``DNS:db.corp.internal``."""

    subject: tuple[tuple[str, str], ...] = ()
    alternative: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.subject or self.alternative)

    @property
    def label(self) -> str:
        """What a person would call it."""
        common_names = [value for attribute, value in self.subject if attribute == "CN"]
        return next(iter([*common_names, *(name.partition(":")[2] for name in self.alternative)]), "")

    @property
    def shown_subject(self) -> str:
        return ", ".join(f"{attribute}={value}" for attribute, value in self.subject)

    def satisfied_by(self, actual: SubjectNames) -> bool:
        """Whether a certificate with the actual names is what was asked for. A subject nobody asked for is free."""
        if set(self.alternative) != set(actual.alternative):
            return False
        return not self.subject or sorted(self.subject) == sorted(actual.subject)


def subject_names(options: t.Mapping[str, t.Any]) -> SubjectNames:
    """From ``common_name``, ``subject`` and ``subject_alternative_names``. Raises InvalidInput with every fault.

    A common name that is a host's is an alternative name, too, if there are no others: clients don't look at common
    names any more (RFC 9525, section 6.3).
    """
    given = {key: str(value) for key, value in (options.get("subject") or {}).items() if value not in (None, "")}
    faults = []
    if options.get("common_name"):
        if given.get("common_name", options["common_name"]) != options["common_name"]:
            faults.append("common_name and subject.common_name differ: leave one of them out")
        given["common_name"] = options["common_name"]
    for key, value in given.items():
        if key not in ATTRIBUTES:
            faults.append(f"subject: {key} is none of {', '.join(ATTRIBUTES)}")
        elif len(value) > ATTRIBUTES[key][1] or (key == "country" and not re.fullmatch("[A-Za-z]{2}", value)):
            faults.append(f"{key} {value!r} has up to {ATTRIBUTES[key][1]} characters (a country just two letters)")
    alternative: dict[str, None] = {}
    for text in options.get("subject_alternative_names") or []:
        try:
            alternative[alternative_name(text)] = None
        except ValueError as error:
            faults.append(f"subject_alternative_names: {error}")
    if faults:
        raise InvalidInput(faults)
    if not alternative and "." in given.get("common_name", ""):
        with contextlib.suppress(ValueError):
            alternative[f"DNS:{_dns_name(given['common_name'])}"] = None
    subject = tuple((short, given[key]) for key, (short, longest) in ATTRIBUTES.items() if key in given)
    return SubjectNames(subject, tuple(alternative))


def alternative_name(text: str) -> str:
    """The one form of a name; without a kind in front it is what it looks like. Raises ValueError."""
    text = text.strip()
    kind, colon, value = text.partition(":")
    known = next((each for each in _KINDS if colon and each.lower() == kind.lower()), None)
    if known is None:
        known, value = _guessed_kind(text), text
    readers: dict[str, t.Callable[[str], str]] = {
        "DNS": _dns_name,
        "IP": _address,
        "email": _email,
        "URI": _uri,
        "RID": _registered_id,
        "otherName": _other_name,
    }
    return f"{known}:{readers[known](value.strip())}"


def _guessed_kind(text: str) -> str:
    try:
        ipaddress.ip_address(text.strip("[]"))
    except ValueError:
        pass
    else:
        return "IP"
    if "://" in text:
        return "URI"
    return "email" if "@" in text else "DNS"


def _dns_name(value: str) -> str:
    if value.endswith("."):
        raise ValueError(f"{value!r} ends with a dot: leave it out")
    try:
        name = normalise(value)
    except InvalidName as error:
        raise ValueError(str(error)) from error
    labels = name.removeprefix("*.").split(".")
    if not name or len(name) > MAX_NAME or any(len(label) > MAX_LABEL or not _LABEL.match(label) for label in labels):
        raise ValueError(f"{value!r} isn't a DNS name (letters, digits and hyphens; * only as the whole first label)")
    return name


def _address(value: str) -> str:
    try:
        return str(ipaddress.ip_address(value.strip("[]")))
    except ValueError as error:
        raise ValueError(f"{value!r} isn't an IP address") from error


def _email(value: str) -> str:
    if not _EMAIL.match(value) or not value.isascii():
        raise ValueError(f"{value!r} isn't an e-mail address in ASCII")
    local, dummy, domain = value.rpartition("@")
    return f"{local}@{domain.lower()}"


def _uri(value: str) -> str:
    if not _URI.match(value) or not value.isascii():
        raise ValueError(f"{value!r} isn't a URI in ASCII, such as spiffe://example.org/web")
    return value


def _registered_id(value: str) -> str:
    if not OID.match(value):
        raise ValueError(f"{value!r} isn't an OID, such as 1.2.3.4")
    return value


def _other_name(value: str) -> str:
    found = _OTHER_NAME.match(value)
    if not found or not OID.match(found["oid"]):
        raise ValueError(f"otherName {value!r} isn't of the form <OID>;UTF8:<text>")
    return f"{found['oid']};UTF8:{found['text']}"
