# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sockets of the sandbox's DNS: root, top-level domains, Route 53's name servers, and a recursing resolver.

All listen on loopback at one port number, UDP and TCP: the resolver at 127.0.0.1, the servers at 127.53.0.0/16
(see `public_dns`), so that each of them can be asked directly. Needs Linux, where all of 127/8 is there.
"""

from __future__ import annotations

import contextlib
import random
import selectors
import socket
import struct
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import dns.exception
import dns.flags
import dns.message
import dns.opcode
import dns.rcode
import dns.rdataclass
import dns.rdatatype

from .context import Context
from .public_dns import SERVER_ADDRESSES, PublicDns
from .resolution import Resolver

RESOLVER_ADDRESS = "127.0.0.1"
MAX_UDP = 1232
"""The largest UDP answer: DNS Flag Day 2020, and what Route 53's servers keep to."""
CLASSIC_UDP = 512
# Below the range that the kernel hands out to outgoing sockets, which would be in the way.
_PORTS = range(20_000, 32_000)

AnswerWire = Callable[[str, bytes, bool], "bytes | None"]
"""Answers a query: (address asked, query, over TCP) → message, or None for no answer at all."""


@dataclass
class _TcpConnection:
    address: str
    received: bytearray = field(default_factory=bytearray)


class SocketLoop:
    """One thread that serves UDP and TCP on a number of addresses."""

    def __init__(self, name: str, answer: AnswerWire) -> None:
        self._answer = answer
        self._selector = selectors.DefaultSelector()
        self._wake_reader, self._wake_writer = socket.socketpair()
        self._selector.register(self._wake_reader, selectors.EVENT_READ, None)
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def listen(self, address: str, port: int) -> None:
        for kind, handle in ((socket.SOCK_DGRAM, self._on_datagram), (socket.SOCK_STREAM, self._on_connection)):
            listener = socket.socket(socket.AF_INET, kind)
            if kind == socket.SOCK_STREAM:
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listener.bind((address, port))
            except OSError:
                listener.close()
                raise
            if kind == socket.SOCK_STREAM:
                listener.listen(64)
            else:
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
            listener.setblocking(False)
            self._selector.register(listener, selectors.EVENT_READ, (handle, address))

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        if self._thread.is_alive():
            self._wake_writer.send(b"x")
            self._thread.join(5)
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]
        self._wake_writer.close()
        self._selector.close()

    def _run(self) -> None:
        while True:
            for key, _events in self._selector.select():
                if key.data is None:
                    return
                handle, argument = key.data
                handle(key.fileobj, argument)

    def _on_datagram(self, listener: socket.socket, address: str) -> None:
        for _burst in range(64):
            try:
                query, peer = listener.recvfrom(4096)
            except OSError:
                return
            message = self._answer(address, query, False)
            if message is not None:
                with contextlib.suppress(OSError):
                    listener.sendto(message, peer)

    def _on_connection(self, listener: socket.socket, address: str) -> None:
        with contextlib.suppress(OSError):
            stream, _peer = listener.accept()
            stream.settimeout(2)
            self._selector.register(stream, selectors.EVENT_READ, (self._on_stream, _TcpConnection(address)))

    def _on_stream(self, stream: socket.socket, connection: _TcpConnection) -> None:
        """RFC 1035 4.2.2: each message has its length in two octets before it."""
        try:
            piece = stream.recv(65536)
            connection.received += piece
            while len(connection.received) >= 2:
                (length,) = struct.unpack_from("!H", connection.received)
                if len(connection.received) < 2 + length:
                    break
                message = self._answer(connection.address, bytes(connection.received[2 : 2 + length]), True)
                del connection.received[: 2 + length]
                if message is not None:
                    stream.sendall(struct.pack("!H", len(message)) + message)
        except OSError:
            piece = b""
        if not piece:
            self._selector.unregister(stream)
            stream.close()


class Authority:
    """Turns queries to the authoritative servers into messages."""

    def __init__(self, public_dns: PublicDns) -> None:
        self._dns = public_dns

    def answer(self, address: str, query: bytes, tcp: bool) -> bytes | None:
        return respond(query, tcp, lambda request: self._fill(address, request))

    def _fill(self, address: str, request: dns.message.Message) -> dns.message.Message:
        question = request.question[0]
        reply = self._dns.reply(address, question.name, question.rdtype)
        response = dns.message.make_response(request, our_payload=MAX_UDP)
        response.set_rcode(reply.rcode)
        if reply.authoritative:
            response.flags |= dns.flags.AA
        response.answer, response.authority, response.additional = reply.answer, reply.authority, reply.additional
        return response


def respond(query: bytes, tcp: bool, fill: Callable[[dns.message.Message], dns.message.Message]) -> bytes | None:
    """The message for a query: malformed ones get FORMERR, kinds we do not serve NOTIMP or REFUSED, the rest `fill`."""
    if len(query) < 12 or query[2] & 0x80:
        return None
    try:
        request = dns.message.from_wire(query)
    except dns.exception.DNSException:
        return query[:2] + struct.pack("!HHHHH", 0x8001, 0, 0, 0, 0)
    if request.opcode() != dns.opcode.QUERY or len(request.question) != 1:
        return _refusal(request, dns.rcode.NOTIMP)
    question = request.question[0]
    transfers = (dns.rdatatype.AXFR, dns.rdatatype.IXFR)
    if question.rdclass != dns.rdataclass.IN or question.rdtype in transfers:
        return _refusal(request, dns.rcode.REFUSED)
    response = fill(request)
    limit = 65535 if tcp else min(MAX_UDP, max(CLASSIC_UDP, request.payload if request.edns >= 0 else 0))
    try:
        return response.to_wire(max_size=limit)
    except dns.exception.TooBig:
        response.answer, response.authority, response.additional = [], [], []
        response.flags |= dns.flags.TC
        return response.to_wire()


def _refusal(request: dns.message.Message, rcode: dns.rcode.Rcode) -> bytes:
    response = dns.message.make_response(request)
    response.set_rcode(rcode)
    return response.to_wire()


def _recursion(resolver: Resolver) -> AnswerWire:
    def fill(request: dns.message.Message) -> dns.message.Message:
        question = request.question[0]
        found = resolver.look_up(question.name, question.rdtype)
        response = dns.message.make_response(request, recursion_available=True, our_payload=MAX_UDP)
        response.set_rcode(found.rcode)
        response.answer, response.authority = list(found.answer), list(found.authority)
        return response

    return lambda _address, query, tcp: respond(query, tcp, fill)


class NameServers:
    """The running DNS of one sandbox."""

    def __init__(self, public_dns: PublicDns, resolver_factory: Callable[[int], Resolver], port: int = 0) -> None:
        candidates: Iterable[int] = [port] if port else random.SystemRandom().sample(_PORTS, 50)
        failure: OSError | None = None
        for candidate in candidates:
            self.resolver = resolver_factory(candidate)
            self._loops = (
                SocketLoop("sandbox name servers", Authority(public_dns).answer),
                SocketLoop("sandbox resolver", _recursion(self.resolver)),
            )
            try:
                self._loops[1].listen(RESOLVER_ADDRESS, candidate)
                for address in SERVER_ADDRESSES:
                    self._loops[0].listen(address, candidate)
            except OSError as error:
                failure = error
                for loop in self._loops:
                    loop.stop()
                continue
            self.port = candidate
            break
        else:
            raise OSError(f"no free port for DNS: {failure}")
        for loop in self._loops:
            loop.start()

    @property
    def address(self) -> str:
        """Where the resolver listens, e.g. 127.0.0.1:25353."""
        return f"{RESOLVER_ADDRESS}:{self.port}"

    def stop(self) -> None:
        for loop in self._loops:
            loop.stop()
        self.resolver.close()


def start(context: Context, port: int = 0) -> NameServers:
    """Serve the context's DNS; `route53.install(context)` comes first. Sets `name_servers` and `resolver`."""
    if context.registrar is None:
        raise RuntimeError("route53.install(context) comes before name_servers.start(context)")
    public_dns: Any = context.registrar.public_dns
    servers = NameServers(public_dns, lambda candidate: Resolver(candidate, public_dns), port)
    context.name_servers, context.resolver = servers, servers.resolver
    return servers
