# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""DNS names: one form to compare them in, what ACM accepts in a certificate, what a wildcard covers."""

from __future__ import annotations

import functools
import importlib
import ipaddress
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any


def _optional(library: str) -> Any:
    try:
        return importlib.import_module(library)
    except ImportError:
        return None


idna = _optional("idna")
publicsuffixlist = _optional("publicsuffixlist")

# RFC 1035 2.3.4 (255 octets on the wire are 253 in text form) and RequestCertificate (DomainName: 1..253).
MAX_NAME = 253
MAX_LABEL = 63
# RFC 5280, ub-common-name; RequestCertificate: the first name "must be no longer than 64 octets".
MAX_COMMON_NAME = 64
# RequestCertificate, SubjectAlternativeNames: at most 100, of which one is the domain name itself.
MAX_NAMES = 100

# UTS 46 section 2.3: these three are dots, too.
_DOTS = re.compile("[.\u3002\uff0e\uff61]")
_OCTAL_ESCAPE = re.compile(r"\\([0-7]{3})")
_BAD_CHARACTERS = re.compile(r"[^a-z0-9_*-]")
_SCHEME = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*://")
_PORT = re.compile(r":[0-9]*$")


class InvalidName(ValueError):
    """The text is no DNS name."""


class IdnaRequired(InvalidName):
    """A name has letters beyond ASCII, and the library that translates them is not installed."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f'"{name}" has letters beyond ASCII: install the Python library idna, or write the name in punycode'
        )


class InvalidNames(ValueError):
    """The names of a certificate cannot be requested; every fault is listed."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(self.faults))


@dataclass(frozen=True)
class CertificateNames:
    """The names of one certificate in the form they are compared and requested in."""

    domain_name: str
    names: tuple[str, ...]


def normalise(name: str) -> str:
    """The one form in which names are compared: lower case, no trailing dot, A-labels, no octal escapes.

    ASCII labels pass as they are, also with `_` or `*` and when their punycode is not valid: zones and records
    may have such names. The root, `.`, becomes the empty string.
    """
    if name.isascii() and "\\" not in name:
        text = name.lower()
    else:
        text = ".".join(_ascii_label(label, name) for label in _DOTS.split(_decode_escapes(name)))
    shortened = text[:-1] if text.endswith(".") else text
    if shortened.startswith(".") or shortened.endswith(".") or ".." in shortened:
        raise InvalidName(f'"{name}" has an empty label')
    return shortened


def labels(name: str) -> tuple[str, ...]:
    """The labels of a name, leftmost first."""
    text = normalise(name)
    return tuple(text.split(".")) if text else ()


def base_name(name: str) -> str:
    """The name without its leading `*.`: ACM validates a wildcard by the name below it."""
    return name[2:] if name.startswith("*.") else name


def is_within(name: str, zone: str) -> bool:
    """Whether the name is the zone's own or lies below it, by whole labels."""
    return _is_within(normalise(name), normalise(zone))


def ancestors(name: str, zone: str) -> tuple[str, ...]:
    """The names strictly between a name and the zone it lies in, nearest the zone first."""
    name, zone = normalise(name), normalise(zone)
    if not _is_within(name, zone):
        return ()
    parts = name.split(".")
    depth = len(zone.split(".")) if zone else 0
    return tuple(".".join(parts[-count:]) for count in range(depth + 1, len(parts)))


def is_public_suffix(name: str) -> bool:
    """Whether names directly below it are registered. Without the list of these suffixes: whether it has one label."""
    name = normalise(name)
    return "." not in name or _is_public_suffix(name)


def registered_domain(name: str) -> str:
    """The name directly below the public suffix; the name itself when it has no more than that."""
    parts = normalise(name).split(".")
    for start in range(1, len(parts)):
        if is_public_suffix(".".join(parts[start:])):
            return ".".join(parts[start - 1 :])
    return ".".join(parts)


def covers(pattern: str, host: str) -> bool:
    """Whether a certificate for the pattern serves the host.

    Equal names do, and `*.` stands for exactly one label (RFC 6125, 6.4.3; ACM knows no `w*.`).
    Text that is no DNS name covers nothing and is covered by nothing.
    """
    try:
        pattern, host = normalise(pattern), normalise(host)
    except IdnaRequired:
        raise
    except InvalidName:
        return False
    if not pattern or not host:
        return False
    if pattern == host:
        return True
    return pattern.startswith("*.") and host.partition(".")[2] == pattern[2:]


def covers_all(patterns: Collection[str], hosts: Collection[str]) -> bool:
    """Whether a certificate with these names serves every one of the hosts."""
    return all(any(covers(pattern, host) for pattern in patterns) for host in hosts)


def zone_name_faults(name: str) -> list[str]:
    """What keeps a text from being the name of a zone or a record, or a name in a certificate."""
    try:
        form = normalise(name)
    except InvalidName as error:
        return [str(error)]
    if not form:
        return ["an empty name is given"]
    if len(form) > MAX_NAME or any(
        _BAD_CHARACTERS.search(label) or len(label) > MAX_LABEL for label in form.split(".")
    ):
        return [f'"{name}" isn\'t a DNS name']
    return []


def certificate_names(
    domain_name: str | None, subject_alternative_names: Sequence[str], *, public: bool = True
) -> CertificateNames:
    """The names of a certificate as they will be requested, or InvalidNames with every fault there is.

    Case, order, duplicates, Unicode and a domain name repeated among the alternative names are put right silently.
    Without a domain name the first listed name that fits a common name becomes it.
    """
    given = ([] if domain_name is None else [domain_name]) + list(subject_alternative_names)
    if not given:
        raise InvalidNames(["no name is given: a certificate needs at least one"])
    faults = [fault for name in dict.fromkeys(given) for fault in certificate_name_faults(name, public=public)]
    forms = [_comparable(name) for name in given]
    unique = sorted(set(forms))
    if len(unique) > MAX_NAMES:
        faults.append(f"{len(unique)} different names are given, and one certificate takes at most {MAX_NAMES}")
    common_name = next((form for form in forms if len(form) <= MAX_COMMON_NAME), None)
    if domain_name is not None and forms[0] != common_name:
        faults.append(
            f'"{domain_name}" is {len(forms[0])} octets long, and a domain name (the common name of the certificate) '
            f"takes at most {MAX_COMMON_NAME}: put a shorter name first"
        )
    elif common_name is None:
        faults.append(f"every name is longer than {MAX_COMMON_NAME} octets, and one has to fit as the common name")
    if faults or common_name is None:
        raise InvalidNames(faults)
    return CertificateNames(domain_name=common_name, names=tuple(unique))


def certificate_name_faults(name: str, *, public: bool = True) -> list[str]:
    """Every fault that keeps one name out of a certificate that ACM is asked for; empty when there is none.

    With `public=False`, for a private CA, the name need not lie below a public suffix.
    """
    faults = _not_a_host_name(name)
    if faults:
        return faults
    stem = name
    if _DOTS.fullmatch(name[-1]):
        faults.append(f'"{name}" ends with a dot: leave it out')
        stem = name[:-1]
    parts = []
    for label in _DOTS.split(stem):
        part, found = _read_label(label, name)
        parts.append(part)
        faults.extend(found)
    length = len(".".join(parts))
    if length > MAX_NAME:
        faults.append(f'"{name}" has {length} characters in its DNS form, and a name takes at most {MAX_NAME}')
    faults.extend(f'"{name}" {fault}' for fault in _wildcard_faults(parts))
    if not faults:
        faults.extend(f'"{name}" {fault}' for fault in _top_faults(parts, public))
    return list(dict.fromkeys(faults))


def _not_a_host_name(name: str) -> list[str]:
    """What is wrong with the text as a whole, so that looking at its labels would only add noise."""
    if not name.strip():
        return ["an empty name is given" if not name else f'"{name}" is an empty name: it has nothing but spaces']
    if _SCHEME.match(name):
        return [f'"{name}" is a URL: give its host name only']
    try:
        ipaddress.ip_address(name.strip("[]").rstrip("."))
    except ValueError:
        pass
    else:
        return [f'"{name}" is an IP address: give a DNS name']
    if _PORT.search(name):
        return [f'"{name}" has a port: give the host name without it']
    return []


def _read_label(label: str, name: str) -> tuple[str, list[str]]:
    """A label in its ASCII form (empty when it has none), and what is wrong with it."""
    try:
        part = _ascii_label(label, name)
    except InvalidName as error:
        return "", [str(error)]
    return part, [f'"{name}" {fault}' for fault in _label_faults(part)]


def _label_faults(label: str) -> list[str]:
    """Faults of one label, as the pattern of RequestCertificate's DomainName has it, worded to follow the name."""
    if not label:
        return ["has an empty label (two dots in a row, or a dot at the start)"]
    faults = []
    if len(label) > MAX_LABEL:
        faults.append(f"has a label of {len(label)} characters ({label}), and a label takes at most {MAX_LABEL}")
    if "_" in label:
        faults.append(f'has an underscore in "{label}": certificates take letters, digits and hyphens only')
    bad = sorted(set(_BAD_CHARACTERS.findall(label)))
    if bad:
        listed = ", ".join("a space" if character == " " else repr(character) for character in bad)
        faults.append(f"contains {listed}: certificates take letters, digits and hyphens only")
    if label.startswith("-") or label.endswith("-"):
        faults.append(f'has a hyphen at the start or end of its label "{label}"')
    # ACM user guide, DNS validation: hyphens at positions 3 and 4 only in valid punycode.
    if label[2:4] == "--" and not _is_valid_a_label(label):
        faults.append(f'has hyphens in third and fourth place of "{label}", which is not valid punycode')
    return faults


def _wildcard_faults(parts: Sequence[str]) -> list[str]:
    if not any("*" in label for label in parts):
        return []
    if list(parts) == ["*"]:
        return ["names no domain: write *.example.com"]
    if parts[0] == "*" and parts[1] == "*":
        return ["has more than one wildcard label: certificates take one, in front"]
    if ("*" in parts[0] and parts[0] != "*") or any("*" in label for label in parts[1:]):
        return ["has a wildcard that is not the whole leftmost label: write it as *.example.com"]
    return []


def _top_faults(parts: Sequence[str], public: bool) -> list[str]:
    """Faults of the right-hand end of a name whose labels are good."""
    wildcard = parts[0] == "*"
    base = parts[1:] if wildcard else parts
    if base[-1].isdigit():
        return [f'ends in "{base[-1]}": the last label of a DNS name is never all digits']
    if len(base) == 1:
        return [
            "is a wildcard directly below a top-level domain"
            if wildcard
            else "has a single label: certificates take full names"
        ]
    if len(base[-1]) == 1:
        # The pattern of RequestCertificate's DomainName wants two characters here.
        return [f'ends in "{base[-1]}": the last label needs two characters or more']
    suffix = ".".join(base)
    if public and _is_public_suffix(suffix):
        where = "is a wildcard directly below the public suffix" if wildcard else "is itself the public suffix"
        return [f"{where} {suffix}: name something below it that you own"]
    return []


def _comparable(name: str) -> str:
    try:
        return normalise(name)
    except InvalidName:
        return name.lower()


def _is_within(name: str, zone: str) -> bool:
    return not zone or name == zone or name.endswith("." + zone)


def _decode_escapes(name: str) -> str:
    """Route 53 writes what is not a letter, digit, hyphen or underscore as an octal escape (`*` comes as \\052).

    An escaped dot or backslash is part of a label and stays escaped, as does what cannot be printed.
    """
    before = None
    while before != name:
        before, name = name, _OCTAL_ESCAPE.sub(_decode_escape, name)
    return name


def _decode_escape(escape: re.Match[str]) -> str:
    character = chr(int(escape.group(1), 8))
    return character if "!" <= character <= "~" and character not in ".\\" else escape.group(0)


def _ascii_label(label: str, name: str) -> str:
    if label.isascii():
        return label.lower()
    if idna is None:
        raise IdnaRequired(name)
    try:
        # UTS 46 as browsers do it, which is what idna does by default: non-transitional, and STD3 off.
        return str(idna.encode(label, uts46=True), "ascii")
    except (idna.IDNAError, UnicodeError) as error:
        raise InvalidName(f'"{name}" cannot be written in ASCII: {error}') from error


def _is_valid_a_label(label: str) -> bool:
    if not label.startswith("xn--"):
        return False
    try:
        if idna is None:
            return not label[4:].encode("ascii").decode("punycode").isascii()
        return bool(idna.ulabel(label))
    except UnicodeError:  # idna's own errors are UnicodeErrors
        return False


def _is_public_suffix(name: str) -> bool:
    suffixes = _public_suffixes()
    return suffixes is not None and suffixes.privatesuffix(name) is None


@functools.lru_cache(maxsize=1)
def _public_suffixes() -> Any:
    """The ICANN section of the public suffix list, None where the library isn't installed."""
    return publicsuffixlist and publicsuffixlist.PublicSuffixList(only_icann=True)
