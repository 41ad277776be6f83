# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stands before the real Puppet Server and can answer in its place, or let something happen between two requests.

It shows the server's own certificate, or another one, and passes on what administrators ask for as the administrator.
What it answers itself, where no server is at hand that would, is what the documentation of newer servers says.
"""

from __future__ import annotations

import contextlib
import dataclasses
import http.server
import ssl
import threading
from collections.abc import Callable, Iterator

from .puppet_server import PuppetServer

_PREFIX = "/puppet-ca/v1/"
HTML_404 = (
    "<html>\n<head><title>Error 404 Not Found</title></head>\n<body><h2>HTTP ERROR 404 Not Found</h2></body></html>"
)


@dataclasses.dataclass(frozen=True)
class Asked:
    """``path`` is what comes below /puppet-ca/v1/; ``admin``: with a client certificate or a token.

    ``since`` is the header If-Modified-Since.
    """

    method: str
    path: str
    body: str
    admin: bool
    since: str = ""


@dataclasses.dataclass(frozen=True)
class Reply:
    status: int
    body: str = ""
    content_type: str = "text/plain"


#: A reply is sent in place of the server's; None asks the server.
Hook = Callable[[Asked], "Reply | None"]


class Relay:
    def __init__(self, server: PuppetServer, before: Hook, certificate: tuple[str, str] | None) -> None:
        self.asked: list[Asked] = []
        self._server = server
        self._before = before
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*(certificate or (server.admin["client_cert"], server.admin["client_key"])))
        context.verify_mode = ssl.CERT_OPTIONAL
        context.load_verify_locations(str(server.ca_path))
        relay = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one_request(self) -> None:
                with contextlib.suppress(OSError):
                    super().handle_one_request()

            def _answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                admin = bool(self.connection.getpeercert()) or "X-Authentication" in self.headers  # type: ignore[attr-defined]
                since = self.headers.get("If-Modified-Since") or ""
                asked = Asked(self.command, self.path.removeprefix(_PREFIX), body, admin, since)
                reply = relay.answer(asked)
                content = reply.body.encode()
                self.send_response(reply.status)
                self.send_header("Content-Type", reply.content_type)
                if reply.status not in (204, 304):
                    self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                if reply.status not in (204, 304):
                    self.wfile.write(content)

            do_GET = do_PUT = do_POST = do_DELETE = _answer

            def log_message(self, *arguments: object) -> None:
                pass

        self._http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self._http.socket = context.wrap_socket(self._http.socket, server_side=True)
        self._thread = threading.Thread(target=self._http.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"https://localhost:{self._http.server_address[1]}"

    def answer(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        reply = self._before(asked)
        if reply is not None:
            return reply
        status, body = self._server.request(asked.method, asked.path, asked.body or None, asked.admin)
        return Reply(status, body)

    def stop(self) -> None:
        self._http.shutdown()
        self._http.server_close()


@contextlib.contextmanager
def relayed(
    server: PuppetServer, before: Hook = lambda asked: None, certificate: tuple[str, str] | None = None
) -> Iterator[Relay]:
    relay = Relay(server, before, certificate)
    try:
        yield relay
    finally:
        relay.stop()
