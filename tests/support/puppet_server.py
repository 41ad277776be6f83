# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A real Puppet Server on loopback: Debian's ``puppetserver`` as a plain process of whoever runs the tests.

It takes 30 to 50 seconds until it answers. So it is made in two steps, ``start`` and ``wait``, and others can work
between them.
"""

from __future__ import annotations

import contextlib
import dataclasses
import fcntl
import http.client
import json
import os
import shlex
import shutil
import signal
import socket
import ssl
import subprocess
import time
import urllib.request
from pathlib import Path

from . import puppet_config
from .puppet_config import CERTNAME

JAR = "/usr/share/puppetserver/puppetserver.jar"
# The server is used for a minute or two: compiling less and one collector thread make it start sooner.
_JAVA = ("-Xms512m", "-Xmx1g", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto")
_JRUBY = ("-Djruby.logger.class=com.puppetlabs.jruby_utils.jruby.Slf4jLogger", "-Djruby.lib=/usr/share/jruby/lib")

#: Python complains of processes that nobody holds any more.
_launched: list[subprocess.Popen[bytes]] = []


@dataclasses.dataclass(frozen=True)
class PuppetServer:
    """``pid`` is the server's process, whose group is its own."""

    folder: Path
    port: int
    pid: int

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"

    @property
    def ca_path(self) -> Path:
        return self.folder / "ssl" / "certs" / "ca.pem"

    @property
    def ca_key_path(self) -> Path:
        return self.folder / "ca" / "ca_key.pem"

    @property
    def admin(self) -> dict[str, str]:
        """Options of a module that acts as the administrator whom the set-up made."""
        return {
            "client_cert": str(self.folder / "ssl" / "certs" / f"{CERTNAME}.pem"),
            "client_key": str(self.folder / "ssl" / "private_keys" / f"{CERTNAME}.pem"),
        }

    @property
    def options(self) -> dict[str, str]:
        return {"ca_url": self.url, "ca_path": str(self.ca_path)}

    def wait(self, seconds: float = 180) -> None:
        """Until the CA answers."""
        context = ssl.create_default_context(cafile=str(self.ca_path))
        end = time.monotonic() + seconds
        while True:
            try:
                with urllib.request.urlopen(f"{self.url}/status/v1/simple/ca", context=context, timeout=10) as answer:
                    if answer.read() == b"running":
                        return
            except OSError as error:
                if time.monotonic() > end or not _alive(self.pid):
                    raise RuntimeError(f"Puppet Server doesn't start: {self.log()[-4000:]}") from error
            time.sleep(0.2)

    def request(self, method: str, path: str, body: str | None = None, admin: bool = False) -> tuple[int, str]:
        """One bare request below /puppet-ca/v1/, as curl would make it: status and text."""
        context = ssl.create_default_context(cafile=str(self.ca_path))
        if admin:
            context.load_cert_chain(self.admin["client_cert"], self.admin["client_key"])
        connection = http.client.HTTPSConnection("localhost", self.port, context=context, timeout=60)
        kind = "application/json" if path.startswith("certificate_status") else "text/plain"
        with contextlib.closing(connection):
            connection.request(method, f"/puppet-ca/v1/{path}", body, {"Content-Type": kind, "Accept": kind})
            response = connection.getresponse()
            return response.status, response.read().decode()

    def issued(self, certname: str) -> int:
        """How many certificates of the name the CA has ever signed."""
        lines = (self.folder / "ca" / "inventory.txt").read_text(encoding="utf-8").splitlines()
        return sum(line.endswith(f"/CN={certname}") for line in lines)

    def log(self) -> str:
        return (self.folder / "log" / "out.log").read_text(encoding="utf-8", errors="replace")

    def stop(self) -> None:
        try:
            os.killpg(self.pid, signal.SIGTERM)
        except ProcessLookupError:
            return
        for attempt in range(100):
            if not _alive(self.pid):
                return
            time.sleep(0.1 if attempt else 0)
        os.killpg(self.pid, signal.SIGKILL)


def start(folder: Path) -> PuppetServer:
    """A CA from nothing, and the server's process, which may not answer yet."""
    port = _free_port()
    shutil.rmtree(folder, ignore_errors=True)  # of a start that has failed
    puppet_config.write(folder, port)
    _set_up(folder)
    return PuppetServer(folder, port, _launch(folder))


def _set_up(folder: Path) -> None:
    names = f"DNS:{CERTNAME},DNS:puppet,DNS:localhost,IP:127.0.0.1"
    command = ["puppetserver", "ca", "setup", "--config", str(folder / "conf" / "puppet.conf")]
    command += ["--certname", CERTNAME, "--ca-name", f"Puppet CA: {CERTNAME}", "--subject-alt-names", names]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode:
        raise RuntimeError(f"puppetserver ca setup: {done.stdout}{done.stderr}")


def _command(folder: Path) -> list[str]:
    command = ["java", *_JAVA, *_JRUBY, "-jar", JAR, "--config", str(folder / "conf" / "conf.d")]
    command += ["--bootstrap-config", str(folder / "conf" / "services.d")]
    return [*command, "--restart-file", str(folder / "run" / "restart")]


def _launch(folder: Path) -> int:
    with (folder / "log" / "out.log").open("wb") as log:
        process = subprocess.Popen(
            _command(folder),
            # puppetserver's jar finds its libraries beside it.
            cwd="/usr/share/puppetserver",
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    _launched.append(process)
    return process.pid


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _alive(pid: int) -> bool:
    """Whether the process runs; an ended child is reaped, so that it doesn't count."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


class Unmade:
    """A server that is installed and configured, and has no CA yet: where the role puppet_ca begins.

    ``variables`` are the role's, for a host that is this one. They have a command that starts it, in the background.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = _free_port()
        puppet_config.write(folder, self.port)
        self._pid = folder / "run" / "pid"
        self.variables = {
            "puppet_ca_become": False,
            "puppet_ca_packages": "none",
            "puppet_ca_certname": CERTNAME,
            "puppet_ca_subject_alternative_names": "puppet, localhost",
            "puppet_ca_confdir": str(folder / "conf"),
            "puppet_ca_server_confdir": str(folder / "conf"),
            "puppet_ca_ssldir": str(folder / "ssl"),
            "puppet_ca_cadir": str(folder / "ca"),
            "puppet_ca_autosign_program": str(folder / "conf" / "autosign"),
            "puppet_ca_service": "",
            "puppet_ca_start_command": [str(self._script())],
            "puppet_ca_url": f"https://localhost:{self.port}",
        }

    def _script(self) -> Path:
        script = self.folder / "start"
        java, log = shlex.join(_command(self.folder)), shlex.quote(str(self.folder / "log" / "out.log"))
        script.write_text(
            f"#!/bin/sh\ncd /usr/share/puppetserver\nsetsid {java} >{log} 2>&1 </dev/null &\n"
            f"echo $! >{shlex.quote(str(self._pid))}\n",
            encoding="utf-8",
        )
        script.chmod(0o755)
        return script

    @property
    def server(self) -> PuppetServer:
        """Once it was started."""
        return PuppetServer(self.folder, self.port, int(self._pid.read_text(encoding="utf-8")))

    def switch_ca_off(self, certname: str) -> None:
        puppet_config.switch_ca_off(self.folder, self.port, certname)

    def __enter__(self) -> Unmade:
        return self

    def __exit__(self, *_error: object) -> None:
        with contextlib.suppress(FileNotFoundError):
            self.server.stop()


class Shared:
    """One server for all processes of a test run that name the same folder; the last one to leave ends it."""

    def __init__(self, folder: Path, wait: bool = True) -> None:
        """Without ``wait`` somebody else may be starting it just now."""
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._users = (folder / "users").open("w")
        fcntl.flock(self._users, fcntl.LOCK_SH)
        self.server: PuppetServer | None = None
        with (folder / "starting").open("w") as starting:
            try:
                fcntl.flock(starting, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                return
            self.server = self._read() or self._start()

    def _read(self) -> PuppetServer | None:
        try:
            found = json.loads((self._folder / "server.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        return PuppetServer(self._folder / "server", found["port"], found["pid"])

    def _start(self) -> PuppetServer:
        server = start(self._folder / "server")
        found = json.dumps({"port": server.port, "pid": server.pid})
        (self._folder / "server.json").write_text(found, encoding="utf-8")
        return server

    def leave(self) -> None:
        fcntl.flock(self._users, fcntl.LOCK_UN)
        try:
            fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        finally:
            self._users.close()
        if server := self._read():
            server.stop()
        shutil.rmtree(self._folder, ignore_errors=True)
