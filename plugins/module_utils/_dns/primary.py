# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""A zone's primary name server: questions and dynamic updates (RFC 2136), signed with TSIG. Over dnspython."""

from __future__ import annotations

import dataclasses
import socket
import typing as t

from .._challenge_records import TxtEdit
from .._dns_answers import Answer
from .._errors import ServiceError
from .._tsig import TsigKey
from .exchange import Question, answer_of
from .resolver import HAS_DNSPYTHON, DnspythonMissing, Nameserver

try:
    import dns.exception
    import dns.flags
    import dns.message
    import dns.name
    import dns.query
    import dns.rcode
    import dns.rdataclass
    import dns.rdatatype
    import dns.rdtypes.ANY.TXT
    import dns.tsig
    import dns.update
except ImportError:
    pass  # Primary says so to those who would come here.

# DNS Flag Day 2020: what is larger gets lost in fragments.
_LARGEST_PACKET = 1232
_STRING = 255


@dataclasses.dataclass(frozen=True)
class Server:
    """``timeout`` is that of one try, in seconds. With ``tcp`` UDP isn't tried."""

    host: str
    port: int = 53
    tcp: bool = False
    timeout: float = 10.0

    def __str__(self) -> str:
        return str(Nameserver(self.host, self.port))


class Primary:
    """One server, with a key or without. Raises ServiceError, in a sentence, for all that it refuses."""

    def __init__(self, server: Server, key: TsigKey | None) -> None:
        if not HAS_DNSPYTHON:
            raise DnspythonMissing
        self.server = server
        self._key = key and dns.tsig.Key(key.name, key.secret, _algorithm(key.algorithm))
        self._key_text = f"the key {key.name} ({key.algorithm})" if key else "no key"
        self._addresses = _addresses(server)

    def ask(self, name: str, rdtype: str) -> Answer:
        query = dns.message.make_query(name + ".", rdtype)
        query.flags &= ~dns.flags.RD
        question = Question(Nameserver(self.server.host, self.server.port), name, rdtype, recursive=False)
        return answer_of(question, self._send(query, f"the {rdtype} records of {name}"))

    def update(self, zone: str, edits: t.Sequence[TxtEdit]) -> None:
        """All edits of a zone, of which the server makes all or none."""
        message = dns.update.UpdateMessage(zone + ".")
        for edit in edits:
            name = dns.name.from_text(edit.name + ".")
            for value in edit.remove:
                message.delete(name, _txt(value))
            for value in edit.add:
                message.add(name, edit.ttl, _txt(value))
        what = f"an update of {zone} ({', '.join(edit.name for edit in edits)})"
        code = dns.rcode.to_text(self._send(message, what).rcode())
        if code != "NOERROR":
            raise self._refusal(code, what, zone)

    def _send(self, message: t.Any, what: str) -> t.Any:
        if self._key:
            message.use_tsig(self._key)
        error: Exception = OSError()
        for address in self._addresses:
            try:
                return self._exchange(message, address)
            except (dns.tsig.PeerError, dns.tsig.BadSignature, dns.tsig.BadTime) as signature_error:
                raise self._unsigned(signature_error, what) from signature_error
            except (OSError, EOFError, dns.exception.DNSException) as other:
                error = other
        code = "TIMEOUT" if isinstance(error, dns.exception.Timeout) else "UNREACHABLE"
        said = " ".join(str(error).split()) or type(error).__name__
        raise ServiceError(
            f"The name server {self.server} gives no answer to {what}: {said}. Is it the primary, and does it let "
            "this host in over UDP and TCP?",
            code=code,
            operation=what,
            service_message=said,
        )

    def _exchange(self, message: t.Any, address: str) -> t.Any:
        """Over UDP, and over TCP where that isn't enough. An update that was made twice is made once."""
        there: dict[str, t.Any] = {"port": self.server.port, "timeout": self.server.timeout}
        if not self.server.tcp and len(message.to_wire()) <= _LARGEST_PACKET:
            try:
                response = dns.query.udp(message, address, ignore_unexpected=True, **there)
                if not response.flags & dns.flags.TC:
                    return response
            except dns.exception.Timeout:
                pass  # a packet was lost, or UDP doesn't get through
        return dns.query.tcp(message, address, **there)

    def _unsigned(self, error: Exception, what: str) -> ServiceError:
        """What is wrong with the key, by what the server says of the signature, or we of its answer's."""
        found = {
            "PeerBadKey": ("BADKEY", "doesn't know it: its name or its algorithm is another one there"),
            "PeerBadSignature": ("BADSIG", "finds the signature wrong: the secret is another one there"),
            "PeerBadTime": ("BADTIME", "finds the time of the signature wrong: set the clocks, here or there"),
            "PeerBadTruncation": ("BADTRUNC", "wants a longer signature"),
            "BadTime": ("BADTIME", "signs with another time: set the clocks, here or there"),
        }
        code, says = found.get(type(error).__name__, ("BADSIG", "signs its answers with another secret"))
        return ServiceError(
            f"The name server {self.server} takes {what} not from {self._key_text}: it {says}.",
            code=code,
            operation=what,
            service_message=str(error),
        )

    def _refusal(self, code: str, what: str, zone: str) -> ServiceError:
        remedies = {
            "NOTAUTH": f"it isn't the primary of the zone {zone}; give the right zone, or the server that has it",
            "NOTZONE": f"a name isn't in the zone {zone}",
            "REFUSED": f"{self._key_text} may not do that; let its update-policy or allow-update have these TXT names",
            "NOTIMP": "it takes no dynamic updates; give the primary of the zone",
            "SERVFAIL": "its log says why; often it can't write the zone's journal",
        }
        remedy = remedies.get(code, "its log may say why")
        return ServiceError(
            f"The name server {self.server} answers {code} to {what}: {remedy}.", code=code, operation=what
        )


def _algorithm(name: str) -> t.Any:
    return dns.tsig.HMAC_MD5 if name == "hmac-md5" else dns.name.from_text(name + ".")


def _addresses(server: Server) -> list[str]:
    try:
        found = socket.getaddrinfo(server.host, server.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise ServiceError(
            f"The name server {server.host} has no address here: {error}.", code="NO_ADDRESS", operation="getaddrinfo"
        ) from error
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def _txt(value: str) -> t.Any:
    octets = value.encode("utf-8", "surrogateescape")
    strings = [octets[start : start + _STRING] for start in range(0, len(octets), _STRING)]
    return dns.rdtypes.ANY.TXT.TXT(dns.rdataclass.IN, dns.rdatatype.TXT, strings)
