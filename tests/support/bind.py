# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""BIND as plain processes on loopback: a small Internet of name servers, and resolvers that know only its root.

Every name server has an address of its own in 127.54.0.0/16 (`bind_front.py`), and all have the same port. Those of one
machine share a process, with a view for each address, so that a machine can fail alone. Nothing here needs root.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from .bind_front import BEHIND, source_of
from .bind_zones import PublishedZone, Zone, program, published

RESOLVER_MACHINE = "resolvers"
START_TIMEOUT = 30.0
TESTS = Path(__file__).resolve().parent.parent
_QUERY = re.compile(r"client (?:@\S+ )?(\S+)#\d+ \(\S+\): view (\S+): query: (\S+) IN (\S+) (\S+) ")


@dataclasses.dataclass(frozen=True)
class Resolver:
    """A resolver; ``inside`` are zones that it serves itself, in place of the public ones."""

    address: str
    inside: tuple[Zone, ...] = ()
    validates: bool = True


@dataclasses.dataclass(frozen=True)
class Question:
    """One line of a query log; ``flags`` are BIND's (+ recursion desired, E EDNS, T TCP, D DNSSEC, C no checking)."""

    server: str
    name: str
    rdtype: str
    flags: str
    asked_by_server: bool


@dataclasses.dataclass
class _Machine:
    """One named to be: the views of its configuration."""

    name: str
    folder: Path
    port: int
    views: dict[str, str] = dataclasses.field(default_factory=dict)

    def add(self, address: str, zones: Iterable[PublishedZone], options: str = "") -> None:
        """A server at an address: its zones."""
        folder = self.folder / address.replace(":", "-")
        folder.mkdir(parents=True)
        sources = f"{source_of(address)}; {source_of(address, asked_by_server=True)};"
        lines = [f'view "{address}" {{ match-clients {{ {sources} }};', options]
        for published_zone in zones:
            zone = published_zone.zone
            file = folder / f"{zone.name.rstrip('.') or 'root'}.db"
            file.write_text(published_zone.text, encoding="utf-8")
            updates = "allow-update { 127.0.0.0/8; };" if zone.updates else ""
            lines.append(f'zone "{zone.name}" {{ type primary; file "{file}"; {updates} }};')
        self.views[address] = "\n".join([*lines, "};"])


class Laboratory:
    """The running servers. ``with Laboratory.start(zones, [Resolver("127.54.9.1")]) as laboratory: ...``"""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port("127.54.0.1")
        self._processes: list[subprocess.Popen[bytes]] = []
        self._read: dict[Path, int] = {}

    @classmethod
    @contextlib.contextmanager
    def start(cls, zones: Sequence[Zone], resolvers: Sequence[Resolver]) -> Iterator[Laboratory]:
        """Sign and write the zones, start a process for each machine, and wait until all answer."""
        with tempfile.TemporaryDirectory(prefix="bind-") as folder:
            laboratory = cls(Path(folder))
            try:
                laboratory._start(zones, resolvers)
                yield laboratory
            finally:
                laboratory._stop()

    def at(self, address: str) -> str:
        """The address with the laboratory's port, as the option ``nameservers`` wants it."""
        return f"[{address}]:{self.port}" if ":" in address else f"{address}:{self.port}"

    @contextlib.contextmanager
    def dead(self, machine: str) -> Iterator[None]:
        """A machine that takes packets and never answers."""
        pid = int((self.folder / machine / "named.pid").read_text(encoding="utf-8"))
        os.kill(pid, signal.SIGSTOP)
        while Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(") ")[2][0] != "T":
            time.sleep(0.005)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    def forget_questions(self) -> None:
        self._read = {log: log.stat().st_size for log in self._query_logs()}

    def questions(self, *, asked_by_server: bool = False) -> list[Question]:
        """What servers and resolvers were asked since ``forget_questions``: by tests, or by resolvers and relays."""
        found = []
        for log in self._query_logs():
            with log.open(encoding="utf-8") as lines:
                lines.seek(self._read.get(log, 0))
                for match in filter(None, map(_QUERY.search, lines)):
                    source, server, name, rdtype, flags = match.groups()
                    found.append(Question(server, name.lower(), rdtype, flags, source != source_of(server)))
        return [question for question in found if question.asked_by_server == asked_by_server]

    def _query_logs(self) -> list[Path]:
        return list(self.folder.glob("*/queries.log"))

    def _start(self, zones: Sequence[Zone], resolvers: Sequence[Resolver]) -> None:
        keys = self.folder / "keys"
        keys.mkdir()
        public = published(zones, keys)
        servers = {server.address: server for each in public for server in each.zone.served_by}
        root = next(each for each in public if each.zone.name == ".")
        machines = {
            name: _Machine(name, self.folder / name, free_port(BEHIND))
            for name in dict.fromkeys([*(server.machine for server in servers.values()), RESOLVER_MACHINE])
        }
        for address, server in servers.items():
            held = [each for each in public if any(one.address == address for one in each.zone.served_by)]
            machines[server.machine].add(address, held)
        for resolver in resolvers:
            cache = _cache(self.folder / f"{resolver.address}.hints", resolver, root)
            machines[RESOLVER_MACHINE].add(resolver.address, published(resolver.inside, keys), cache)
        for machine in machines.values():
            self._start_named(machine)
        for machine in machines.values():
            _wait(machine.folder / "named.log")
        self._start_front({address: machine.port for machine in machines.values() for address in machine.views})

    def _start_named(self, machine: _Machine) -> None:
        configuration = machine.folder / "named.conf"
        text = _configuration(machine, self.port) + "\n".join(machine.views.values())
        configuration.write_text(text, encoding="utf-8")
        # Where AppArmor confines /usr/sbin/named to Debian's own folders, a copy elsewhere isn't confined.
        named = shutil.copy(program("named"), machine.folder / "named")
        # The shell ends its named when this process closes the pipe, be it by dying.
        script = '"$0" "$@" & while read -r line; do :; done; kill -CONT $!; kill $!; wait $!'
        command = ["sh", "-c", script, str(named), "-f", "-n", "1", "-c", str(configuration)]
        output = (machine.folder / "output").open("wb")
        with output:
            process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=output, stderr=output, start_new_session=True
            )
        self._processes.append(process)

    def _start_front(self, servers: dict[str, int]) -> None:
        process = subprocess.Popen(
            [sys.executable, "-m", "support.bind_front", str(self.port), json.dumps(servers)],
            cwd=TESTS,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        self._processes.append(process)
        if process.stdout is not None and process.stdout.readline() != b"ready\n":
            raise RuntimeError("the laboratory's front did not start")

    def _stop(self) -> None:
        for process in self._processes:
            if process.stdin is not None:
                process.stdin.close()
        for process in self._processes:
            process.wait(timeout=30)
            if process.stdout is not None:
                process.stdout.close()


def has_ipv6() -> bool:
    """Whether loopback has IPv6."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
        probe.bind(("::1", 0))
        return True
    return False


def free_port(address: str) -> int:
    """A port that is free for UDP and TCP; below those that the system gives to whoever asks for any."""
    for port in random.SystemRandom().sample(range(20000, 32768), 100):
        with (
            contextlib.suppress(OSError),
            socket.socket(type=socket.SOCK_STREAM) as tcp,
            socket.socket(type=socket.SOCK_DGRAM) as udp,
        ):
            tcp.bind((address, port))
            udp.bind((address, port))
            return port
    raise RuntimeError(f"no port is free at {address}")


def _wait(log: Path) -> None:
    """Until named says that it runs: all zones are loaded then, or it has said of which they aren't."""
    deadline = time.monotonic() + START_TIMEOUT
    said = ""
    while not re.search(r"^running$", said, re.MULTILINE):
        if time.monotonic() > deadline:
            raise RuntimeError(f"named did not start: {said}{(log.parent / 'output').read_text(encoding='utf-8')}")
        time.sleep(0.02)
        said = log.read_text(encoding="utf-8") if log.exists() else ""
    if "not loaded due to errors" in said:
        raise RuntimeError(f"named has zones with errors: {said}")


def _configuration(machine: _Machine, port: int) -> str:
    """What all servers of a machine have in common. ``port`` is where its resolvers ask other servers."""
    return f"""
options {{
    directory "{machine.folder}"; pid-file "named.pid"; session-keyfile "session.key";
    port {port}; listen-on port {machine.port} {{ {BEHIND}; }}; listen-on-v6 {{ none; }};
    recursion no; dnssec-validation no; empty-zones-enable no; notify no; allow-transfer {{ none; }};
    trust-anchor-telemetry no; max-cache-size 16M; check-names primary ignore;
}};
controls {{ }};
logging {{
    channel queries {{ file "queries.log"; severity info; }};
    channel rest {{ file "named.log"; severity info; }};
    category queries {{ queries; }};
    category default {{ rest; }};
}};
"""


def _cache(hints: Path, resolver: Resolver, root: PublishedZone) -> str:
    """What makes a view a resolver. It asks from its own address, so that servers' logs tell who asked."""
    lines = [f". 3600 NS {each.host}.\n{each.host}. 3600 A {each.address}\n" for each in root.zone.served_by]
    hints.write_text("".join(lines), encoding="utf-8")
    trust = f"dnssec-validation yes; trust-anchors {{ {root.trust_anchor} }};" if resolver.validates else ""
    return f"""
recursion yes; allow-recursion {{ any; }}; query-source address {resolver.address};
{trust} servfail-ttl 0;
zone "." {{ type hint; file "{hints}"; }};
"""
