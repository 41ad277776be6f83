# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A real Pebble on loopback, Let's Encrypt's own ACME server for tests, as a plain process of whoever runs them.

Each start is as new: accounts, orders and the roots of an earlier one are gone.
"""

from __future__ import annotations

import contextlib
import datetime
import ipaddress
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

PROGRAM = shutil.which("pebble") or "/usr/bin/pebble"
#: No pauses, no refused nonces, and each order with authorizations of its own: what the defaults leave to chance.
STEADY = {"PEBBLE_VA_NOSLEEP": "1", "PEBBLE_WFE_NONCEREJECT": "0", "PEBBLE_AUTHZREUSE": "0"}
START_TIMEOUT = 30.0
_HOST = "127.0.0.1"


class Pebble:
    """``settings`` are of its configuration file, ``environment`` has its own switches (``PEBBLE_…``)."""

    def __init__(
        self,
        folder: Path,
        resolver: str,
        settings: dict[str, object] | None = None,
        environment: dict[str, str] | None = None,
    ) -> None:
        self.folder = folder
        self.ca_path = folder / "pebble.pem"
        self.log_path = folder / "pebble.log"
        self._resolver = resolver
        self._environment = {**STEADY, **(environment or {})}
        self._port, self._management = free_ports(2)
        folder.mkdir(parents=True, exist_ok=True)
        _make_server_pair(self.ca_path, folder / "pebble.key")
        configuration = {
            "listenAddress": f"{_HOST}:{self._port}",
            "managementListenAddress": f"{_HOST}:{self._management}",
            "certificate": str(self.ca_path),
            "privateKey": str(folder / "pebble.key"),
            "httpPort": 5002,
            "tlsPort": 5001,
            "ocspResponderURL": "",
            "externalAccountBindingRequired": False,
            **(settings or {}),
        }
        self._configuration = folder / "pebble.json"
        self._configuration.write_text(json.dumps({"pebble": configuration}), encoding="utf-8")
        self._process: subprocess.Popen[bytes] | None = None

    @classmethod
    @contextlib.contextmanager
    def running(
        cls,
        folder: Path,
        resolver: str,
        settings: dict[str, object] | None = None,
        environment: dict[str, str] | None = None,
    ) -> Iterator[Pebble]:
        """``resolver`` is the address and port of the name server that Pebble validates with."""
        pebble = cls(folder, resolver, settings, environment)
        try:
            pebble.start()
            yield pebble
        finally:
            pebble.stop()

    @property
    def directory(self) -> str:
        return f"https://{_HOST}:{self._port}/dir"

    def start(self) -> None:
        """On the same port as before, if it ran before; it knows nobody then."""
        with self.log_path.open("ab") as log:
            self._process = subprocess.Popen(
                [PROGRAM, "-config", str(self._configuration), "-dnsserver", self._resolver],
                env={**os.environ, **self._environment},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_TIMEOUT
        while True:
            try:
                self._get(self.directory)
                return
            except (urllib.error.URLError, OSError):
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"pebble did not start: {self.log()}") from None
                time.sleep(0.02)

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=10)
            self._process = None

    def silence(self) -> None:
        """It takes connections and answers none, until ``wake``."""
        self._signal(signal.SIGSTOP)

    def wake(self) -> None:
        self._signal(signal.SIGCONT)

    def root(self) -> str:
        """Of this start, in PEM."""
        return self._get(f"https://{_HOST}:{self._management}/roots/0").decode()

    def log(self) -> str:
        return self.log_path.read_text(encoding="utf-8", errors="replace")

    def orders(self) -> int:
        """How many were placed, in all its starts."""
        return self.log().count("Added order ")

    def requests(self) -> int:
        """How many it was sent, those of ``start`` included."""
        return self.log().count("calling handler")

    def _signal(self, number: int) -> None:
        if self._process is not None:
            self._process.send_signal(number)

    def _get(self, url: str) -> bytes:
        context = ssl.create_default_context(cafile=str(self.ca_path))
        with urllib.request.urlopen(url, timeout=5, context=context) as answer:
            return bytes(answer.read())


def free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _each in range(count)]
        for probe in probes:
            probe.bind((_HOST, 0))
        return [int(probe.getsockname()[1]) for probe in probes]


def _make_server_pair(certificate_path: Path, key_path: Path) -> None:
    """Debian's package has none. The certificate is its own CA bundle."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "pebble")])
    now = datetime.datetime.now(datetime.timezone.utc)
    alternative = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address(_HOST))]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName(alternative), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate_path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_path.touch(mode=0o600)
    key_path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
