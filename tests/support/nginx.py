# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A real nginx on loopback, as any user may run it: the web server that a domain has before it moves to CloudFront."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

# Debian has it there, which isn't in every user's PATH.
PROGRAM = shutil.which("nginx") or "/usr/sbin/nginx"

_CONFIGURATION = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
worker_processes 1;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        include {folder}/snippets/*.conf;
        location / {{ return 200 "the old site"; }}
    }}
    include {folder}/servers/*.conf;
}}
"""
_TLS_SERVER = """
server {{
    listen 127.0.0.1:{port} ssl;
    server_name {name};
    ssl_certificate {certificate};
    ssl_certificate_key {key};
    location / {{ return 200 "{name}"; }}
}}
"""


class Nginx:
    """A server whose configuration includes what is in ``snippets``; ``servers`` are more of its kind."""

    def __init__(self, folder: Path, servers: str = "") -> None:
        self.port = _free_port()
        self.snippets = folder / "snippets"
        self.snippets.mkdir(parents=True)
        (folder / "servers").mkdir()
        (folder / "servers" / "all.conf").write_text(servers, encoding="utf-8")
        self._file = folder / "nginx.conf"
        self._file.write_text(_CONFIGURATION.format(folder=folder, port=self.port), encoding="utf-8")
        self._process = subprocess.Popen(
            [PROGRAM, "-c", str(self._file)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self._wait_until_it_answers()

    @property
    def reload_command(self) -> str:
        return f"{PROGRAM} -c {self._file} -s reload"

    def reload(self) -> None:
        subprocess.run(self.reload_command.split(), check=True, capture_output=True)

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(timeout=10)

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + 10
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=1):
                    return
            except (urllib.error.URLError, OSError):
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise
                time.sleep(0.05)


class TlsSite(Nginx):
    """The same with TLS, one server a name: each with its own files, {name: (key, certificate)}, or the directory that
    its certificate is kept in."""

    def __init__(self, folder: Path, kept: Mapping[str, Path | tuple[Path, Path]]) -> None:
        self.kept = kept
        self.tls_port = _free_port()
        servers = ""
        for name, place in kept.items():
            key, certificate = place if isinstance(place, tuple) else (place / "privkey.pem", place / "fullchain.pem")
            servers += _TLS_SERVER.format(port=self.tls_port, name=name, key=key, certificate=certificate)
        super().__init__(folder, servers)

    @property
    def endpoint(self) -> str:
        return f"127.0.0.1:{self.tls_port}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
