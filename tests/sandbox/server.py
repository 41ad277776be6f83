# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTTP on loopback: `/sandbox/...` is the control API, everything else is AWS.

A plain threaded HTTP/1.1 server with keep-alive, because thousands of calls go through it and because a
connection must be cut at will. Services the sandbox has no operations of are answered by moto.
"""

from __future__ import annotations

import io
import json
import socket
import threading
import traceback
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

from .context import Context
from .wire import Request, Response

CONTROL_PREFIX = "/sandbox/"
Answer = Callable[[Request], "Response | None"]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256
    answer: Answer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that went away is no news: tests kill callers."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else b""
        path, dummy, query = self.path.partition("?")
        headers = {name.lower(): value for name, value in self.headers.items()}
        response = self.server.answer(Request(self.command, path, query, headers, body))
        if response is None:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response_only(response.status)
        for name, value in response.headers.items():
            if name.lower() not in ("content-length", "connection"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)
        self.wfile.flush()

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = _serve

    def log_message(self, format: str, *args: Any) -> None:
        """Calls are logged in the call log."""


class HttpServer:
    """The endpoint of one sandbox."""

    def __init__(self, context: Context, aws: Answer, port: int = 0) -> None:
        self._context = context
        self._aws = aws
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.answer = self._answer
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, request: Request) -> Response | None:
        if request.path.startswith(CONTROL_PREFIX):
            return control(self._context, request)
        return self._aws(request)


def control(context: Context, request: Request) -> Response:
    """One request of the control API: JSON in, JSON out, ValueError is a 400."""
    name = request.path.removeprefix(CONTROL_PREFIX).strip("/")
    handler = context.control.get(name)
    if handler is None:
        return _json(404, {"error": f"no control {name!r}; there are: {', '.join(sorted(context.control))}"})
    try:
        wish = json.loads(request.body) if request.body else dict(parse_qsl(request.query))
        return _json(200, handler(request.method, wish))
    except (ValueError, TypeError, KeyError) as error:
        return _json(400, {"error": f"{type(error).__name__}: {error}"})
    except Exception as error:
        traceback.print_exc()
        return _json(500, {"error": f"{type(error).__name__}: {error}"})


def _json(status: int, value: Any) -> Response:
    return Response(status, {"Content-Type": "application/json"}, json.dumps(value, default=str).encode())


class MotoFallback:
    """moto for the services the sandbox has nothing of its own for; made on first use, as it is slow to load."""

    def __init__(self) -> None:
        self._application: Any = None
        self._lock = threading.Lock()

    def reset(self) -> None:
        """Forget what moto holds."""
        if self._application is not None:
            from moto.moto_api._internal import moto_api_backend

            moto_api_backend.reset()

    def __call__(self, request: Request, account: str) -> Response:
        with self._lock:
            if self._application is None:
                from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

                self._application = DomainDispatcherApplication(create_backend_app)
        headers = {name: value for name, value in request.headers.items() if name != "x-moto-account-id"}
        environ = {
            "REQUEST_METHOD": request.method,
            "PATH_INFO": request.path,
            "QUERY_STRING": request.query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "CONTENT_LENGTH": str(len(request.body)),
            "CONTENT_TYPE": headers.get("content-type", ""),
            "HTTP_X_MOTO_ACCOUNT_ID": account,
            "wsgi.input": io.BytesIO(request.body),
            "wsgi.url_scheme": "http",
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            "wsgi.version": (1, 0),
        }
        for name, value in headers.items():
            environ["HTTP_" + name.upper().replace("-", "_")] = value
        started: dict[str, Any] = {}

        def start_response(status: str, response_headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            started["status"] = int(status.split()[0])
            started["headers"] = dict(response_headers)
            return lambda data: None

        body = b"".join(self._application(environ, start_response))
        return Response(started["status"], started["headers"], body)
