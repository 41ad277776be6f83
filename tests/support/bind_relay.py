# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A name server between a client and a BIND: does what BIND can't be made to do, and asks BIND for all else."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import struct
import threading
from collections.abc import Callable, Iterator

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

    def answer(query: bytes, fault: Fault) -> bytes | None:
        try:
            question = dns.message.from_wire(query)
            true = dns.query.tcp(question, upstream, timeout=5, port=upstream_port or port, source=source)
        except (OSError, dns.exception.DNSException):
            return None
        return fault(question, true.to_wire())

    class Datagram(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            query, channel = self.request
            wire = answer(query, fault)
            if wire is not None:
                channel.sendto(wire, self.client_address)

    class Stream(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            while len(head := self.rfile.read(2)) == 2:
                wire = answer(self.rfile.read(*struct.unpack("!H", head)), tcp_fault or fault)
                if wire is None:
                    continue  # The connection stays open: its client has to have a time-out.
                self.wfile.write(struct.pack("!H", len(wire)) + wire)

    kinds = (_Udp6, _Tcp6) if ":" in address else (_Udp, _Tcp)
    with kinds[0]((address, port), Datagram) as udp, kinds[1]((address, port), Stream) as tcp:
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


class _Udp(socketserver.ThreadingUDPServer):
    daemon_threads = True


class _Tcp(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


class _Udp6(_Udp):
    address_family = socket.AF_INET6


class _Tcp6(_Tcp):
    address_family = socket.AF_INET6


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
