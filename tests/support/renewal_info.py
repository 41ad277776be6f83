# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ACME Renewal Information (RFC 9773) for a Pebble that has none: a proxy in front of it, as strict as the RFC.

What isn't its business goes through unchanged. An order's ``replaces`` is looked at on its way, since a JWS is signed
and not encrypted: the certificate is one that was issued here, to the same account, shares a name with the order, and
has no successor yet (section 5).
"""

from __future__ import annotations

import base64
import contextlib
import datetime
import http.client
import json
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509

from .pebble import Pebble

PATH = "/renewal-info"
_ERROR = "urn:ietf:params:acme:error:"
_PASSED_ON = ("Content-Type", "Accept", "User-Agent")
_HANDED_BACK = ("Replay-Nonce", "Location", "Link", "Content-Type", "Retry-After", "Cache-Control")


@dataclass
class Issued:
    """A certificate, the account it is for, and the order that has replaced it."""

    names: frozenset[str]
    account: str
    successor: str = ""


@dataclass
class _Answer:
    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


class RenewalInfo:
    """``window`` is what is suggested for each certificate, ``retry_after`` its header, and another ``status`` an error
    in its place.
    """

    def __init__(self, pebble: Pebble) -> None:
        now = datetime.datetime.now(datetime.timezone.utc)
        self.window = (now + datetime.timedelta(days=60), now + datetime.timedelta(days=62))
        self.retry_after = "21600"
        self.status = 200
        self.asked: list[str] = []
        #: What orders have said to replace, and why it was refused.
        self.replaced: list[str] = []
        self.refused: list[str] = []
        self.issued: dict[str, Issued] = {}
        self._pebble = pebble
        self._orders: dict[str, str] = {}
        self._finalizing: dict[str, str] = {}
        self._lock = threading.Lock()
        handler = type("Handler", (_Handler,), {"proxy": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pebble.ca_path, pebble.folder / "pebble.key")
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @classmethod
    @contextlib.contextmanager
    def running(cls, pebble: Pebble) -> Iterator[RenewalInfo]:
        proxy = cls(pebble)
        try:
            yield proxy
        finally:
            proxy._server.shutdown()
            proxy._server.server_close()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._server.server_port}"

    @property
    def directory(self) -> str:
        return f"https://{self.host}/dir"

    def also_known(self, certificate: x509.Certificate, like: x509.Certificate) -> None:
        """One that wasn't issued here, and might have been, for whom ``like`` is."""
        self.issued[identity(certificate)] = self.issued[identity(like)]

    def answer(self, method: str, path: str, headers: Any, body: bytes) -> _Answer:
        if path.startswith(f"{PATH}/"):
            return self._suggestion(method, path.removeprefix(f"{PATH}/"))
        protected, payload = _parts(body)
        wanted = payload.get("replaces")
        if wanted is not None and (wrong := self._why_not(wanted, protected, payload)):
            self.refused.append(wrong.body.decode())
            return wrong
        answer = self._pebble_s(method, path, headers, body)
        return self._learn(path, protected, wanted, answer)

    def _suggestion(self, method: str, identity: str) -> _Answer:
        """4.1: by an unauthenticated GET."""
        self.asked.append(identity)
        if method != "GET":
            return _problem(405, "malformed", "renewal information is for GET")
        if self.status != 200:
            return _problem(self.status, "serverInternal", "no renewal information now")
        if identity not in self.issued:
            return _problem(404, "malformed", "no such certificate")
        start, end = (each.strftime("%Y-%m-%dT%H:%M:%SZ") for each in self.window)
        document = {"suggestedWindow": {"start": start, "end": end}, "explanationURL": "https://ca.example.com/why"}
        return _json(200, document, {"Retry-After": self.retry_after})

    def _why_not(self, wanted: Any, protected: dict[str, Any], payload: dict[str, Any]) -> _Answer | None:
        known = self.issued.get(wanted) if isinstance(wanted, str) else None
        names = {each["value"] for each in payload.get("identifiers", [])}
        if known is None:
            return _problem(404, "malformed", f"replaces: no such certificate {wanted}")
        if known.account != protected.get("kid"):
            return _problem(403, "unauthorized", "replaces: the certificate is another account's")
        if not known.names & names:
            return _problem(400, "malformed", "replaces: the certificate has none of these names")
        if known.successor:
            return _problem(409, "alreadyReplaced", f"replaces: {known.successor} has replaced it")
        return None

    def _learn(self, path: str, protected: dict[str, Any], wanted: str | None, answer: _Answer) -> _Answer:
        """What Pebble has done, and what it doesn't say: of an order, what it replaces."""
        with self._lock:
            if wanted and answer.status == 201:
                self.replaced.append(wanted)
                order = answer.headers["Location"]
                self._orders[order] = wanted
                self._finalizing[str(json.loads(answer.body)["finalize"])] = order
            here = f"https://{self.host}{path}"
            if here in self._finalizing and answer.status == 200:
                order = self._finalizing.pop(here)
                self.issued[self._orders[order]].successor = order
            if answer.headers.get("Content-Type", "").startswith("application/pem-certificate-chain"):
                self._certificate(answer.body, str(protected.get("kid")))
        order = answer.headers.get("Location", here)
        if path == "/dir":
            return _json(200, {**json.loads(answer.body), "renewalInfo": f"https://{self.host}{PATH}"}, answer.headers)
        if order in self._orders and answer.status < 300:
            return _json(answer.status, {**json.loads(answer.body), "replaces": self._orders[order]}, answer.headers)
        return answer

    def _certificate(self, chain: bytes, account: str) -> None:
        leaf = x509.load_pem_x509_certificates(chain)[0]
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        issued = Issued(frozenset(names.get_values_for_type(x509.DNSName)), account)
        self.issued.setdefault(identity(leaf), issued)

    def _pebble_s(self, method: str, path: str, headers: Any, body: bytes) -> _Answer:
        """Pebble makes its URLs of the host that it is asked for."""
        port = urlsplit(self._pebble.directory).port
        context = ssl.create_default_context(cafile=str(self._pebble.ca_path))
        connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=30, context=context)
        sent = {name: headers[name] for name in _PASSED_ON if headers[name]}
        connection.request(method, path, body or None, {**sent, "Host": self.host})
        response = connection.getresponse()
        found = response.read()
        connection.close()
        kept = {name: value for name in _HANDED_BACK if (value := response.headers.get(name))}
        return _Answer(response.status, found, kept)


def identity(certificate: x509.Certificate) -> str:
    """4.1, by cryptography alone."""
    key_id = certificate.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier or b""
    serial = certificate.serial_number.to_bytes(certificate.serial_number.bit_length() // 8 + 1, "big")
    return ".".join(base64.urlsafe_b64encode(each).decode().rstrip("=") for each in (key_id, serial))


def _parts(body: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and payload of a JWS; nothing of what is none."""
    if not body:
        return {}, {}
    jws = json.loads(body)
    texts = [base64.urlsafe_b64decode(jws[part] + "=" * (-len(jws[part]) % 4)) for part in ("protected", "payload")]
    return json.loads(texts[0]), json.loads(texts[1] or b"{}")


def _json(status: int, document: dict[str, Any], headers: dict[str, str]) -> _Answer:
    return _Answer(status, json.dumps(document).encode(), {"Content-Type": "application/json", **headers})


def _problem(status: int, kind: str, detail: str) -> _Answer:
    document = {"type": f"{_ERROR}{kind}", "detail": detail, "status": status}
    return _json(status, document, {"Content-Type": "application/problem+json"})


class _Handler(BaseHTTPRequestHandler):
    proxy: RenewalInfo
    timeout = 30

    def _do(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        answer = self.proxy.answer(self.command, self.path, self.headers, body)
        with contextlib.suppress(OSError):
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(b"" if self.command == "HEAD" else answer.body)

    do_GET = do_POST = do_HEAD = _do

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is printed."""
