# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The addresses of a laboratory's name servers: passes on what arrives there to the BIND behind, and its answers back.

BIND listens at an interface's own addresses only. Loopback has one, and giving it more takes root. So a process of ours
has the addresses, and BIND tells by a packet's source which of its servers was meant.

``python -m support.bind_front PORT '{"127.54.1.1": 40001, ...}'`` says `ready`, and ends when its input does.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import json
import os
import sys
from typing import Any

BEHIND = "127.0.0.1"
_OURS = ipaddress.ip_network("127.54.0.0/16")


def source_of(address: str, *, asked_by_server: bool = False) -> str:
    """What BIND sees as the source of a packet to the server at an address: another one when a server asked."""
    number = ipaddress.ip_address(address)
    inner = number if number in _OURS else _OURS[-2]
    return str(inner + (1 << 16 if asked_by_server else 0))


def _asked_by_server(client: str) -> bool:
    return ipaddress.ip_address(client) in _OURS


class _Outside(asyncio.DatagramProtocol):
    """Takes questions. They go on with an id of ours, as many clients share one way to BIND."""

    def __init__(self) -> None:
        self.inside: dict[bool, _Inside] = {}

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        if len(data) >= 2:
            self.inside[_asked_by_server(addr[0])].ask(data, addr)


class _Inside(asyncio.DatagramProtocol):
    """Asks BIND from one source address, and hands its answers back."""

    def __init__(self, outside: _Outside) -> None:
        self.outside = outside
        self.asked: dict[bytes, tuple[bytes, Any]] = {}
        self.last = 0

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def ask(self, data: bytes, client: Any) -> None:
        self.last = (self.last + 1) % 0x10000
        number = self.last.to_bytes(2, "big")
        self.asked[number] = (data[:2], client)
        self.transport.sendto(number + data[2:])

    def datagram_received(self, data: bytes, addr: Any) -> None:
        number, client = self.asked.pop(data[:2], (b"", None))
        if number:
            self.outside.transport.sendto(number + data[2:], client)

    def error_received(self, exc: Exception) -> None:
        """BIND is gone: nobody answers."""


async def _serve(port: int, servers: dict[str, int]) -> None:
    loop = asyncio.get_running_loop()
    for address, behind in servers.items():
        dummy, outside = await loop.create_datagram_endpoint(_Outside, local_addr=(address, port))
        for asked_by_server in (False, True):
            dummy, outside.inside[asked_by_server] = await loop.create_datagram_endpoint(
                lambda outside=outside: _Inside(outside),  # type: ignore[misc]
                local_addr=(source_of(address, asked_by_server=asked_by_server), 0),
                remote_addr=(BEHIND, behind),
            )
        await asyncio.start_server(_stream(address, behind), address, port)
    print("ready", flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    # At once: connections may still be open.
    os._exit(0)


def _stream(address: str, behind: int) -> Any:
    running = set()

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # The event loop forgets a task that nobody else remembers.
        running.add(asyncio.current_task())
        by_server = _asked_by_server(writer.get_extra_info("peername")[0])
        source = source_of(address, asked_by_server=by_server)
        with contextlib.suppress(OSError):
            back, out = await asyncio.open_connection(BEHIND, behind, local_addr=(source, 0))
            await asyncio.gather(_copy(reader, out), _copy(back, writer))
        writer.close()
        running.discard(asyncio.current_task())

    return pass_on


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    with contextlib.suppress(OSError):
        writer.write_eof()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), json.loads(sys.argv[2])))
