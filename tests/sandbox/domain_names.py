# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Domain names as Route 53 stores them: lower case, absolute, odd characters as three-digit octal escapes.

https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html
"""

from __future__ import annotations

import re
import string

import dns.name

PLAIN = frozenset((string.ascii_lowercase + string.digits + "-_").encode())
"""Characters Route 53 shows as they are; every other one is shown as an escape, the wildcard as `\\052`."""
_TOKEN = re.compile(r"\\([0-7]{3})|\\(.)|(\.)|(.)", re.DOTALL)


class NameFault(Exception):
    """A name that Route 53 refuses, in the words of its messages."""

    def __init__(self, code: str, text: str, name: str) -> None:
        super().__init__(f"FATAL problem: {code} ({text}) encountered with '{name}'")


def labels_of(name: str) -> tuple[bytes, ...]:
    """The labels of a name, lower-cased, without the root. Octal escapes are undone."""
    labels: list[bytearray] = [bytearray()]
    for octal, escaped, dot, plain in _TOKEN.findall(name):
        if dot:
            labels.append(bytearray())
        elif octal:
            labels[-1].append(int(octal, 8) & 0xFF)
        else:
            labels[-1] += (escaped or plain).encode()
    if not labels[-1]:
        labels.pop()
    if not labels or not all(labels):
        raise NameFault("DomainLabelEmpty", "Domain label is empty", name)
    if any(len(label) > 63 for label in labels):
        raise NameFault("DomainLabelTooLong", "Domain label is too long", name)
    if sum(len(label) + 1 for label in labels) + 1 > 255:
        raise NameFault("DomainNameTooLong", "Domain name is too long", name)
    return tuple(bytes(label).lower() for label in labels)


def normal(name: str) -> str:
    """The name as Route 53 stores and returns it: `WWW.Example.com` → `www.example.com.`, `*.x` → `\\052.x.`."""
    return "".join(_escaped(label) + "." for label in labels_of(name))


def _escaped(label: bytes) -> str:
    return "".join(chr(byte) if byte in PLAIN else f"\\{byte:03o}" for byte in label)


def reversed_labels(normal_name: str) -> str:
    """The key Route 53 sorts by: `com.example.www.`, compared as text, escapes and trailing dot included.

    "Note the trailing dot, which can change the sort order" and "The labels are reversed and alphabetized using
    the escaped value": API reference of ListResourceRecordSets and ListHostedZonesByName.
    """
    return ".".join(reversed(normal_name.rstrip(".").split("."))) + "."


def within(normal_name: str, zone: str) -> bool:
    """Whether the name is the zone's apex or below it, on label boundaries."""
    return normal_name == zone or normal_name.endswith("." + zone)


def ancestors(normal_name: str) -> list[str]:
    """The name and its parents, up to the top-level domain."""
    labels = normal_name.rstrip(".").split(".")
    return [".".join(labels[index:]) + "." for index in range(len(labels))]


def dns_name(normal_name: str) -> dns.name.Name:
    """The name for dnspython, which reads escapes as decimal numbers."""
    return dns.name.Name((*labels_of(normal_name), b""))
