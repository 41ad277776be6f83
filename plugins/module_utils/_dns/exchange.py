# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""One question to one name server, over UDP and, where that isn't enough, TCP. Over dnspython."""

from __future__ import annotations

import ipaddress
import socket
import time
import typing as t

from .._dns_answers import TIME_OUT, TRUNCATED, UNREACHABLE, WRONG_ANSWER, Answer, Record
from .resolver import Nameserver

try:
    import dns.edns
    import dns.exception
    import dns.flags
    import dns.message
    import dns.query
    import dns.rcode
    import dns.rdatatype
except ImportError:
    pass  # resolver.HAS_DNSPYTHON says so to those who would come here.

# DNS Flag Day 2020: larger answers get lost in fragments.
_PAYLOAD = 1232
# Servers from before EDNS answer so (RFC 6891, 7).
_WITHOUT_EDNS = ("FORMERR", "NOTIMP", "BADVERS")


class Question(t.NamedTuple):
    """``unchecked`` asks a validating resolver not to validate (the flag CD)."""

    server: Nameserver
    name: str
    rdtype: str
    recursive: bool = True
    unchecked: bool = False


def exchange(question: Question, timeout: float) -> Answer:
    """The answer, or why there is none within the time."""
    end = time.monotonic() + timeout
    answer = _exchange(question, end, edns=True)
    return _exchange(question, end, edns=False) if answer.rcode in _WITHOUT_EDNS else answer


def _exchange(question: Question, end: float, edns: bool) -> Answer:
    try:
        query = _query(question, edns)
    except dns.exception.DNSException:
        # Too long, or no name at all: nobody can have it.
        return Answer(question.name, question.rdtype, "NXDOMAIN", server=str(question.server))
    try:
        response = _over_udp(query, question.server, end)
        if response.flags & dns.flags.TC:
            response = _over_tcp(query, question.server, end)
    except dns.exception.Timeout:
        return _nothing(question, TIME_OUT)
    except _Truncated:
        return _nothing(question, TRUNCATED)
    except OSError:
        return _nothing(question, UNREACHABLE)
    except dns.exception.DNSException:
        return _nothing(question, WRONG_ANSWER)
    return answer_of(question, response)


class _Truncated(Exception):
    """The answer doesn't fit into UDP, and there is none over TCP."""


def _query(question: Question, edns: bool) -> t.Any:
    options: dict[str, t.Any] = {"use_edns": 0, "want_dnssec": True, "payload": _PAYLOAD} if edns else {}
    query = dns.message.make_query(question.name + ".", question.rdtype, **options)
    if not question.recursive:
        query.flags &= ~dns.flags.RD
    if question.unchecked:
        query.flags |= dns.flags.CD
    return query


def _over_udp(query: t.Any, server: Nameserver, end: float) -> t.Any:
    """The first packet that answers the query. What else comes is no answer, but doesn't keep one from being read."""
    wrong: Exception = dns.exception.Timeout()
    with socket.socket(_family(server), socket.SOCK_DGRAM) as channel:
        # Connected, so that a closed port is noticed at once and nobody else's packets are taken.
        channel.connect((server.address, server.port))
        channel.send(query.to_wire())
        while (left := end - time.monotonic()) > 0:
            channel.settimeout(left)
            try:
                response = dns.message.from_wire(channel.recv(65535), ignore_trailing=True)
            except TimeoutError:
                break
            except (dns.exception.DNSException, ValueError) as error:
                wrong = error
                continue
            if query.is_response(response):
                return response
            wrong = dns.query.BadResponse()
    raise wrong


def _over_tcp(query: t.Any, server: Nameserver, end: float) -> t.Any:
    try:
        return dns.query.tcp(query, server.address, timeout=max(0.0, end - time.monotonic()), port=server.port)
    except (OSError, EOFError, dns.exception.DNSException) as error:
        raise _Truncated from error


def _family(server: Nameserver) -> socket.AddressFamily:
    return socket.AF_INET6 if ipaddress.ip_address(server.address).version == 6 else socket.AF_INET


def _nothing(question: Question, fault: str) -> Answer:
    return Answer(question.name, question.rdtype, server=str(question.server), fault=fault)


def answer_of(question: Question, response: t.Any) -> Answer:
    """What dnspython has read, as data."""
    return Answer(
        name=question.name,
        rdtype=question.rdtype,
        rcode=dns.rcode.to_text(response.rcode()),
        answer=_records(response.answer),
        authority=_records(response.authority),
        additional=_records(response.additional),
        authoritative=bool(response.flags & dns.flags.AA),
        authenticated=bool(response.flags & dns.flags.AD),
        errors=tuple((int(option.code), option.text or "") for option in response.options if _is_error(option)),
        server=str(question.server),
    )


def _is_error(option: t.Any) -> bool:
    return int(option.otype) == dns.edns.EDE


def _records(rrsets: t.Iterable[t.Any]) -> tuple[Record, ...]:
    found = []
    for rrset in rrsets:
        name, kind = _text(rrset.name), dns.rdatatype.to_text(rrset.rdtype)
        fields = _FIELDS.get(kind, _as_text)
        found += [Record(name, kind, fields(rdata), rrset.ttl) for rdata in rrset]
    return tuple(found)


def _text(name: t.Any) -> str:
    return str(name).rstrip(".").lower()


def _as_text(rdata: t.Any) -> tuple[str, ...]:
    return (str(rdata.to_text()),)


_FIELDS: dict[str, t.Callable[[t.Any], tuple[str, ...]]] = {
    "CNAME": lambda rdata: (_text(rdata.target),),
    "NS": lambda rdata: (_text(rdata.target),),
    "SOA": lambda rdata: (_text(rdata.mname), str(rdata.serial), str(rdata.minimum), str(rdata.to_text())),
    "TXT": lambda rdata: (b"".join(rdata.strings).decode("utf-8", "surrogateescape"),),
    "CAA": lambda rdata: (str(rdata.flags), _latin(rdata.tag), _latin(rdata.value)),
    "RRSIG": lambda rdata: (
        dns.rdatatype.to_text(rdata.type_covered),
        str(rdata.inception),
        str(rdata.expiration),
        str(rdata.to_text()),
    ),
}


def _latin(octets: bytes) -> str:
    return octets.decode("latin-1")
