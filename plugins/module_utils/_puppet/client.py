# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""The one way to call a Puppet CA: over HTTPS, on connections that are kept, trusting that CA and nobody else."""

from __future__ import annotations

import dataclasses
import http.client
import ssl
import threading
import typing as t
import urllib.parse

from .._chains import split
from .._errors import InvalidInput, ServiceError, parse_all
from .._files import read_text
from .._pace import Clock, Deadline
from .._x509 import load_certificate
from . import crl
from .answers import Answer, Meaning, classify, explain
from .trust import chain, fingerprint

DEFAULT_PORT = 8140
_TIMEOUT = 60.0  # seconds for one answer; the first ones after a start are slow
_PAUSE = 1.0
# An answer lists all nodes at the most: 10,000 of them are some 12 MB.
_LARGEST_ANSWER = 64 * 1024 * 1024
_BASE = "/puppet-ca/v1/"

#: How to reach the CA, and as whom.
CA_ARGUMENTS: dict[str, t.Any] = {
    "ca_url": {"type": "str", "required": True},
    "ca_path": {"type": "path"},
    "ca_fingerprint": {"type": "str"},
    "start_timeout": {"type": "int", "default": 60},
}
ADMIN_ARGUMENTS: dict[str, t.Any] = {
    "client_cert": {"type": "path"},
    "client_key": {"type": "path", "no_log": False},
    "token": {"type": "str", "no_log": True},
}


@dataclasses.dataclass(frozen=True)
class Endpoint:
    host: str
    port: int

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"https://{host}:{self.port}"


@dataclasses.dataclass(frozen=True)
class Credentials:
    """Of an administrator: a certificate with its key, a token, or both."""

    certificate_path: str | None = None
    key_path: str | None = None
    token: str | None = dataclasses.field(default=None, repr=False)


@dataclasses.dataclass(frozen=True)
class ConnectionSettings:
    """``fingerprint`` vouches for the CA's certificates, also where ``ca_path`` isn't there yet."""

    endpoint: Endpoint
    ca_path: str | None = None
    fingerprint: str | None = None
    credentials: Credentials | None = None
    start_timeout: float = 60


def connection_settings(options: t.Mapping[str, t.Any], admin: bool = False) -> ConnectionSettings:
    """With ``admin`` credentials are needed. Raises InvalidInput with every fault."""
    endpoint, fingerprint_, credentials, start_timeout = parse_all(
        lambda: _endpoint(options["ca_url"]),
        lambda: _fingerprint(options.get("ca_fingerprint")),
        lambda: _credentials(options, admin),
        lambda: _start_timeout(options["start_timeout"]),
    )
    return ConnectionSettings(endpoint, options.get("ca_path") or None, fingerprint_, credentials, start_timeout)


def _fingerprint(text: str | None) -> str | None:
    try:
        return fingerprint(text) if text else None
    except ValueError as error:
        raise InvalidInput([f"ca_fingerprint {error}"]) from error


def _endpoint(url: str) -> Endpoint:
    """A host name alone will do. Without a port it is Puppet's."""
    parts = urllib.parse.urlsplit(url if "://" in url else f"https://{url}")
    try:
        port = parts.port or DEFAULT_PORT
    except ValueError as error:
        raise InvalidInput([f"ca_url {url!r} has a port that isn't one"]) from error
    if parts.scheme != "https":
        raise InvalidInput([f"ca_url {url!r}: a Puppet CA is reached by https only"])
    if not parts.hostname or parts.path not in ("", "/") or parts.query or parts.username:
        raise InvalidInput([f"ca_url {url!r}: give the server only, such as https://puppet.example.com:8140"])
    return Endpoint(parts.hostname, port)


def _credentials(options: t.Mapping[str, t.Any], admin: bool) -> Credentials | None:
    certificate, key, token = (options.get(name) or None for name in ("client_cert", "client_key", "token"))
    if bool(certificate) != bool(key):
        raise InvalidInput(["client_cert and client_key go together"])
    if admin and not certificate and not token:
        raise InvalidInput(["client_cert and client_key of an administrator of the CA are needed, or a token"])
    return Credentials(certificate, key, token) if certificate or token else None


def _start_timeout(seconds: int) -> int:
    if seconds < 0:
        raise InvalidInput(["start_timeout can't be below 0"])
    return seconds


class Client:
    """A CA as anybody sees it, and, with credentials, as an administrator does. Safe to use from several threads.

    Requests that everybody may make are made without the client certificate: a revoked one would break them, too.
    ``trusted`` are the CA's certificates in PEM; None trusts whoever answers, for the first look only.
    """

    def __init__(self, settings: ConnectionSettings, clock: Clock, trusted: str | None) -> None:
        self._settings = settings
        self._clock = clock
        self.endpoint = settings.endpoint
        self._credentials = settings.credentials
        self._started = Deadline(clock, settings.start_timeout)
        self._trusted = trusted
        self._connections = threading.local()
        self._opened: list[http.client.HTTPSConnection] = []
        #: Of the last answer, to compare clocks with.
        self.date = ""
        #: The common name of the server's certificate.
        self.server_name = ""

    @property
    def is_admin(self) -> bool:
        return self._credentials is not None

    @property
    def certificate_path(self) -> str | None:
        return self._credentials.certificate_path if self._credentials else None

    def close(self) -> None:
        for connection in self._opened:
            connection.close()

    def as_node(self, certificate_path: str, key_path: str) -> Client:
        """The same CA as the holder of a certificate sees it."""
        credentials = Credentials(certificate_path, key_path)
        return Client(dataclasses.replace(self._settings, credentials=credentials), self._clock, self._trusted)

    def call(
        self,
        method: str,
        endpoint: str,
        name: str = "",
        *,
        body: str | None = None,
        admin: bool = False,
        headers: t.Mapping[str, str] | None = None,
        query: str = "",
    ) -> tuple[Meaning, Answer]:
        """One request, once more if a kept connection has broken; a CA that is starting is waited for."""
        path = _BASE + endpoint + (f"/{urllib.parse.quote(name, safe='')}" if name else "") + query
        sent = {"Accept": "application/json" if endpoint.startswith("certificate_status") else "text/plain"}
        sent.update(headers or {})
        if admin and self._credentials and self._credentials.token:
            sent["X-Authentication"] = self._credentials.token
        while True:
            try:
                answer = self._exchange(method, path, body, sent, admin)
                return classify(endpoint, method, answer), answer
            except ConnectionRefusedError as error:
                if self._started.passed():
                    raise self.unreachable("ConnectionRefused", "it refuses connections", method, path) from error
                self._started.pause(_PAUSE)
            except ssl.SSLCertVerificationError as error:
                raise self._unverified(error, method, path) from error
            except (OSError, http.client.HTTPException) as error:
                if admin and _may_be_rejection(error):
                    return Meaning.TLS_REJECTED, Answer(None, str(error))
                raise self.unreachable(type(error).__name__, str(error) or "no answer", method, path) from error

    def refusal(self, meaning: Meaning, answer: Answer, action: str) -> ServiceError:
        """``action`` follows "doesn't", such as "sign the certificate of node1.example.com"."""
        words = self._why_rejected() if meaning is Meaning.TLS_REJECTED else explain(meaning, answer)
        return ServiceError(
            f"{self.endpoint.url} doesn't {action}: {words}.",
            code=meaning.value if answer.status is None else f"{meaning.value} ({answer.status})",
            operation=action,
            service_message=answer.body,
        )

    def _why_rejected(self) -> str:
        """The server only closes the connection. What it knows of the client certificate is in its public lists."""
        path = self.certificate_path
        certificate = load_certificate(read_text(path) or "") if path else None
        if certificate is None:
            return "it closed the connection"
        name = certificate.subject.rfc4514_string()
        if self._trusted and not chain(certificate, split(self._trusted)):
            issuer = certificate.issuer.rfc4514_string()
            return f"the client certificate {name} isn't from the CA of ca_path, but from {issuer}"
        meaning, answer = self.call("GET", "certificate_revocation_list", "ca")
        if meaning is Meaning.CRL and crl.revokes(crl.read(answer.body), certificate):
            return f"the client certificate {name} was revoked: get a new one"
        return f"it closed the connection, which mostly means that it doesn't accept the client certificate {name}"

    def unreachable(self, code: str, words: str, method: str, path: str) -> ServiceError:
        return ServiceError(
            f"the Puppet CA can't be reached at {self.endpoint.url}: {words}. Check ca_url, whether puppetserver runs "
            "there (it takes a minute to start), and the firewalls between.",
            code=code,
            operation=f"{method} {path}",
            service_message=words,
        )

    def _unverified(self, error: ssl.SSLCertVerificationError, method: str, path: str) -> ServiceError:
        words = error.verify_message
        if "not yet valid" in words:
            advice = "its certificate or CRL isn't valid yet by this host's clock, so check the clocks"
        elif "expired" in words:
            advice = (
                "its certificate has expired by this host's clock, so check that, or renew the server's certificate"
            )
        elif "match" in words:
            advice = "it has a certificate for other names: use one of those in ca_url"
        else:
            advice = "it isn't from the CA of ca_path: this is another server, or the CA was replaced"
        return ServiceError(
            f"{self.endpoint.url} isn't trusted: {advice} ({words}).",
            code="CertificateVerificationFailed",
            operation=f"{method} {path}",
            service_message=words,
        )

    def _exchange(self, method: str, path: str, body: str | None, headers: t.Mapping[str, str], admin: bool) -> Answer:
        kept: dict[bool, http.client.HTTPSConnection] = self._connections.__dict__.setdefault("kept", {})
        reused = admin in kept
        if not reused:
            kept[admin] = self._connect(admin)
        connection = kept[admin]
        try:
            connection.request(method, path, body.encode("utf-8") if body is not None else None, dict(headers))
            response = connection.getresponse()
            content = response.read(_LARGEST_ANSWER)
        except (OSError, http.client.HTTPException):
            connection.close()
            del kept[admin]
            if not reused:
                raise
            # The server ends idle connections; each request of ours may be repeated.
            return self._exchange(method, path, body, headers, admin)
        self.date = response.getheader("Date") or ""
        return Answer(
            response.status,
            content.decode("utf-8", errors="replace"),
            response.getheader("Content-Type") or "",
            date=self.date,
        )

    def _connect(self, admin: bool) -> http.client.HTTPSConnection:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        if self._trusted is None:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        else:
            context.load_verify_locations(cadata=self._trusted)
        if admin and self._credentials and self._credentials.certificate_path:
            context.load_cert_chain(self._credentials.certificate_path, self._credentials.key_path)
        connection = http.client.HTTPSConnection(
            self.endpoint.host, self.endpoint.port, timeout=_TIMEOUT, context=context
        )
        self._opened.append(connection)
        connection.connect()
        self.server_name = _common_name(connection.sock)
        return connection


def _common_name(connection: t.Any) -> str:
    attributes = [pair for name in (connection.getpeercert() or {}).get("subject", ()) for pair in name]
    return next((value for attribute, value in attributes if attribute == "commonName"), "")


def _may_be_rejection(error: Exception) -> bool:
    """With TLS 1.3 a server refuses a client certificate after the handshake, by an alert or by closing."""
    return isinstance(error, (ssl.SSLError, ConnectionResetError, BrokenPipeError, http.client.RemoteDisconnected))
