# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values of resource records: what Route 53 accepts, and what its name servers send.

https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html
"""

from __future__ import annotations

import re

import dns.exception
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype

_QUOTED = re.compile(r'"((?:[^"\\]|\\[0-7]{3}|\\.)*)"')
_ESCAPE = re.compile(r"\\([0-7]{3})")
_STRING_TYPES = frozenset({"TXT", "SPF"})
_FAULTS = {
    "A": ("ARRDATAIllegalIPv4Address", "Value is not a valid IPv4 address"),
    "AAAA": ("AAAARRDATAIllegalIPv6Address", "Value is not a valid IPv6 address"),
    "CNAME": ("CNAMERRDATANotSingleField", "Value is not a valid domain name"),
}


def fault_in_value(record_type: str, value: str) -> str | None:
    """What Route 53 says against the value, or None."""
    if record_type in _STRING_TYPES:
        return _fault_in_strings(value)
    try:
        rdata_of(record_type, value)
    except (dns.exception.DNSException, ValueError):
        code, text = _FAULTS.get(record_type, (f"Invalid{record_type}RDATA", "Value is not valid for this type"))
        return f"FATAL problem: {code} ({text}) encountered with '{value}'"
    return None


def _fault_in_strings(value: str) -> str | None:
    """Strings in quotation marks, at most 255 characters each (ResourceRecordTypes.html#TXTFormat).

    Messages: redhat-cop/infra-ansible#376 (quotation marks), boto/boto3#1462 (too long).
    """
    strings = _QUOTED.findall(value)
    if not strings or _QUOTED.sub("", value).strip(" \t"):
        return (
            "FATAL problem: InvalidCharacterString (Value should be enclosed in quotation marks) "
            f"encountered with '{value}'"
        )
    if any(len(_ESCAPE.sub(".", text)) > 255 for text in strings):
        return f"FATAL problem: CharacterStringTooLong (Value is too long) encountered with '{value}'"
    return None


def rdata_of(record_type: str, value: str) -> dns.rdata.Rdata:
    """The value for dnspython. Names without a trailing dot are absolute; escapes are octal here, decimal there."""
    decimal = _ESCAPE.sub(lambda match: f"\\{int(match[1], 8) & 0xFF:03d}", value)
    return dns.rdata.from_text(
        dns.rdataclass.IN, dns.rdatatype.from_text(record_type), decimal, origin=dns.name.root, relativize=False
    )
