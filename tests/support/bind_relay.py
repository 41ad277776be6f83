# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A name server between a client and a BIND: does what BIND can't be made to do, and asks BIND for all else."""

from __future__ import annotations

import contextlib
import random
import socket
import socketserver
import struct
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import dns.edns
import dns.exception
import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype

Fault = Callable[[dns.message.Message, bytes], "bytes | None"]
"""From a question and the true answer to what is sent: nothing at all where it is None."""


@contextlib.contextmanager
def relay(
    address: str,
    port: int,
    upstream: str,
    fault: Fault,
    tcp_fault: Fault | None = None,
    upstream_port: int | None = None,
) -> Iterator[None]:
    """Answers at an address with what the BIND at ``upstream`` says, changed by a fault; TCP may have its own."""
    # From its own address, so that it isn't taken for its client in BIND's logs.
    source = None if ":" in address else address

    def ask(question: dns.message.Message) -> dns.message.Message:
        return dns.query.tcp(question, upstream, timeout=5, port=upstream_port or port, source=source)

    with (
        _Udp(address, port, _Datagram, ask, fault) as udp,
        _Tcp(address, port, _Stream, ask, tcp_fault or fault) as tcp,
    ):
        threads = [threading.Thread(target=server.serve_forever, args=(0.02,)) for server in (udp, tcp)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            udp.shutdown()
            tcp.shutdown()
            for thread in threads:
                thread.join()


class _Relaying(socketserver.BaseServer):
    """What the servers for UDP and TCP have in common."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, address: str, port: int, handler: Any, ask: Any, fault: Fault) -> None:
        self.address_family: int = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.ask = ask
        self.fault = fault
        super().__init__((address, port), handler)

    def answer(self, query: bytes) -> bytes | None:
        try:
            question = dns.message.from_wire(query)
            true = self.ask(question)
        except (OSError, EOFError, dns.exception.DNSException):
            return None
        return self.fault(question, true.to_wire())

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Its client may have gone away, or the relay have ended in between. Nothing else may go wrong."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class _Udp(_Relaying, socketserver.ThreadingUDPServer):
    pass


class _Tcp(_Relaying, socketserver.ThreadingTCPServer):
    pass


class _Datagram(socketserver.BaseRequestHandler):
    server: _Udp

    def handle(self) -> None:
        query, channel = self.request
        wire = self.server.answer(query)
        if wire is not None:
            channel.sendto(wire, self.client_address)


class _Stream(socketserver.StreamRequestHandler):
    server: _Tcp

    def handle(self) -> None:
        while len(head := self.rfile.read(2)) == 2:
            wire = self.server.answer(self.rfile.read(*struct.unpack("!H", head)))
            if wire is None:
                continue  # The connection stays open: its client has to have a time-out.
            self.wfile.write(struct.pack("!H", len(wire)) + wire)


# --- Faults ----------------------------------------------------------------------------------------------------------


def honest(question: dns.message.Message, answer: bytes) -> bytes:
    return answer


def silent(question: dns.message.Message, answer: bytes) -> None:
    return None


def wrong_id(question: dns.message.Message, answer: bytes) -> bytes:
    return bytes([answer[0] ^ 0xFF, answer[1]]) + answer[2:]


def wrong_question(question: dns.message.Message, answer: bytes) -> bytes:
    """The answer to another question, with the right id."""
    other = dns.message.make_query("other.invalid", "A", id=question.id)
    return dns.message.make_response(other).to_wire()


def garbage(question: dns.message.Message, answer: bytes) -> bytes:
    """The right header, and rubbish after it."""
    return answer[:12] + b"\xff" * 40


def cut_off(question: dns.message.Message, answer: bytes) -> bytes:
    """Always says that the answer is longer, and to ask over TCP."""
    response = dns.message.make_response(question)
    response.flags |= dns.flags.TC
    return response.to_wire()


def no_edns(question: dns.message.Message, answer: bytes) -> bytes:
    """A server from before 1999."""
    if question.edns < 0:
        return answer
    response = dns.message.make_response(question)
    response.use_edns(False)
    response.set_rcode(dns.rcode.FORMERR)
    return response.to_wire()


def fails(rcode: dns.rcode.Rcode, *rdtypes: str, because: dns.edns.EDECode | None = None) -> Fault:
    """Answers questions for some types, or all, with an error, which may have an extended code (RFC 8914)."""

    def fault(question: dns.message.Message, answer: bytes) -> bytes:
        if rdtypes and dns.rdatatype.to_text(question.question[0].rdtype) not in rdtypes:
            return answer
        response = dns.message.make_response(question)
        if because is not None:
            response.use_edns(0, options=[dns.edns.EDEOption(because)])
        response.set_rcode(rcode)
        return response.to_wire()

    return fault


def drops(*rdtypes: str) -> Fault:
    """Some types get no answer, as with a firewall that knows better."""

    def fault(question: dns.message.Message, answer: bytes) -> bytes | None:
        return None if dns.rdatatype.to_text(question.question[0].rdtype) in rdtypes else answer

    return fault


def scrambles(seed: int) -> Fault:
    """Some octets of some answers are others, but for the id."""
    chance = random.Random(seed)

    def fault(question: dns.message.Message, answer: bytes) -> bytes:
        octets = bytearray(answer)
        if chance.random() < 0.4:
            for dummy in range(chance.randint(1, 6)):
                octets[chance.randrange(2, len(octets))] = chance.randrange(256)
        return bytes(octets)

    return fault
