# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Visitors of a page on loopback, who trust a CA and check chain and name."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import socket
import ssl
import threading
from collections.abc import Iterator


@dataclasses.dataclass(frozen=True)
class Page:
    """What a visitor sees."""

    status: str
    issuer: str
    fingerprint: str


class Visitors:
    """``root`` is in PEM. Each visit is by a new connection."""

    def __init__(self, port: int, name: str, root: str) -> None:
        self.name = name
        self.seen: list[str] = []
        self.failures: list[str] = []
        self._port = port
        self._context = ssl.create_default_context(cadata=root)
        self._end = threading.Event()

    def visit(self) -> Page:
        with (
            socket.create_connection(("127.0.0.1", self._port), timeout=5) as plain,
            self._context.wrap_socket(plain, server_hostname=self.name) as connection,
        ):
            connection.sendall(f"GET / HTTP/1.0\r\nHost: {self.name}\r\n\r\n".encode())
            answer = connection.makefile("rb").read().decode()
            issuer = dict(part[0] for part in connection.getpeercert()["issuer"])  # type: ignore[index, misc]
            fingerprint = hashlib.sha256(connection.getpeercert(binary_form=True) or b"").hexdigest()
        return Page(answer.splitlines()[0], str(issuer["commonName"]), fingerprint)

    @contextlib.contextmanager
    def coming(self, pause: float = 0.05) -> Iterator[None]:
        """One after the other, all the time. Their fingerprints are ``seen``."""
        thread = threading.Thread(target=self._come, args=(pause,))
        thread.start()
        try:
            yield
        finally:
            self._end.set()
            thread.join()

    def _come(self, pause: float) -> None:
        while not self._end.wait(pause):
            try:
                self.seen.append(self.visit().fingerprint)
            except (OSError, LookupError) as error:
                self.failures.append(repr(error))
