# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""DNSSEC of one zone (RFC 4035, 5): do the DS records above fit its keys, and these what is signed with them?"""

from __future__ import annotations

import typing as t

from .._dns_answers import Answer, Record

try:
    import dns.dnssec
    import dns.rdata
    import dns.rdataset
    import dns.rrset
except ImportError:
    pass  # resolver.HAS_DNSPYTHON says so to those who would come here.

# What every validator knows (RFC 8624, 3.1 and 3.3). A zone with nothing else counts as insecure, and isn't looked at.
_ALGORITHMS = ("8", "10", "13", "14", "15", "16")
_DIGESTS = {"2": "SHA256", "4": "SHA384"}


def signers(records: t.Iterable[Record]) -> list[Record]:
    """The DS records that a validator can make use of."""
    return [record for record in records if _kind(record)[0] in _ALGORITHMS and _kind(record)[1] in _DIGESTS]


def signature_fault(zone: str, delegated: t.Sequence[Record], keys: Answer, signed: Answer, now: float) -> str:
    """Why nobody who validates believes the zone; empty when all fits, or can't be checked without cryptography."""
    try:
        known = [dns.rdata.from_text("IN", "DNSKEY", record.value) for record in keys.records]
        trusted = [key for key in known if any(_fits(zone, key, record) for record in delegated)]
        if not trusted:
            return "the zone has no key that a DS record stands for" if known else "there is a DS record, but no key"
        return _fault(zone, keys, trusted, now) or _fault(zone, signed, known, now)
    except ImportError:
        return ""


def _kind(record: Record) -> list[str]:
    """Algorithm and type of the digest."""
    return record.value.split()[1:3]


def _fits(zone: str, key: t.Any, record: Record) -> bool:
    return bool(dns.dnssec.make_ds(zone + ".", key, _DIGESTS[_kind(record)[1]]).to_text() == record.value)


def _fault(zone: str, answer: Answer, keys: t.Sequence[t.Any], now: float) -> str:
    """Why none of the signatures of what was answered is good."""
    texts = [record.fields[-1] for record in answer.records]
    covering = [record for record in answer.answer if record.type == "RRSIG" and record.value == answer.rdtype]
    if not texts:
        return ""
    records = dns.rrset.from_text_list(answer.name + ".", 300, "IN", answer.rdtype, texts)
    anchors: dict[t.Any, t.Any] = {dns.name.from_text(zone): dns.rdataset.from_rdata_list(300, keys)}
    fault = f"the {answer.rdtype} records of {answer.name} have no signature"
    for record in covering:
        signature: t.Any = dns.rdata.from_text("IN", "RRSIG", record.fields[-1])
        try:
            dns.dnssec.validate_rrsig(records, signature, anchors, now=now)
        except (dns.dnssec.ValidationFailure, dns.dnssec.UnsupportedAlgorithm) as error:
            fault = f"the signature of the {answer.rdtype} records of {answer.name} is no good: {error}"
        else:
            return ""
    return fault
