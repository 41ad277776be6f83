# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One BIND on 127.0.0.1 that takes updates signed with TSIG, and a key for some of its TXT names.

It answers resolvers' questions as well, so that who follows CNAMEs from zone to zone gets there.
"""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import dns.message
import dns.query
import dns.rdatatype

from .bind import free_port
from .bind_zones import program

ADDRESS = "127.0.0.1"
KEY_NAME = "acme"
ALGORITHM = "hmac-sha256"


@dataclasses.dataclass(frozen=True)
class Primary:
    """The running server. Its key may write TXT records in its zones, at names that begin with ``_acme-challenge``."""

    folder: Path
    port: int
    secret: str
    process: subprocess.Popen[bytes]

    @property
    def at(self) -> str:
        """As the option ``nameservers`` wants it."""
        return f"{ADDRESS}:{self.port}"

    @property
    def key_file(self) -> Path:
        return self.folder / "acme.key"

    def texts(self, name: str) -> list[str]:
        """The TXT values at a name."""
        query = dns.message.make_query(name, "TXT")
        response = dns.query.tcp(query, ADDRESS, port=self.port, timeout=10)
        rrsets = [rrset for rrset in response.answer if rrset.rdtype == dns.rdatatype.TXT]
        return sorted(b"".join(rdata.strings).decode() for rrset in rrsets for rdata in rrset)

    @property
    def log(self) -> str:
        return (self.folder / "named.log").read_text(encoding="utf-8")


@contextlib.contextmanager
def start(zones: Mapping[str, str], names: Sequence[str], port: int | None = None) -> Iterator[Primary]:
    """``zones`` are names and lines of zone files; the name server of each is ns1 in it. ``names`` are those of which
    the key may write the TXT records.
    """
    with tempfile.TemporaryDirectory(prefix="primary-") as place:
        folder, port = Path(place), port or free_port(ADDRESS)
        secret = base64.b64encode(secrets.token_bytes(32)).decode()
        key = f'key "{KEY_NAME}" {{ algorithm {ALGORITHM}; secret "{secret}"; }};\n'
        (folder / "acme.key").write_text(key, encoding="utf-8")
        (folder / "acme.key").chmod(0o600)
        (folder / "named.conf").write_text(_configuration(folder, port, zones, names), encoding="utf-8")
        # Where AppArmor confines /usr/sbin/named to Debian's own folders, a copy elsewhere isn't confined.
        named = shutil.copy(program("named"), folder / "named")
        # The shell ends its named when this process closes the pipe, be it by dying.
        script = '"$0" "$@" & while read -r line; do :; done; kill $!; wait $!'
        command = ["sh", "-c", script, str(named), "-f", "-n", "1", "-c", str(folder / "named.conf")]
        with (folder / "output").open("wb") as output:
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=output, stderr=output, cwd=folder)
        try:
            _wait(folder)
            yield Primary(folder, port, secret, process)
        finally:
            if process.stdin is not None:
                process.stdin.close()
            process.wait(timeout=30)


def _configuration(folder: Path, port: int, zones: Mapping[str, str], names: Sequence[str]) -> str:
    lines = [
        f"""include "{folder}/acme.key";
options {{
    directory "{folder}"; pid-file "named.pid"; session-keyfile "session.key";
    listen-on port {port} {{ {ADDRESS}; }}; listen-on-v6 {{ none; }};
    recursion yes; allow-recursion {{ any; }}; dnssec-validation no; empty-zones-enable no; notify no;
    trust-anchor-telemetry no; max-cache-size 16M;
}};
controls {{ }};
logging {{ channel all {{ file "named.log"; severity info; print-time yes; }}; category default {{ all; }}; }};
"""
    ]
    # What is asked first of a resolver, to see whether it answers at all.
    root = f"$TTL 60\n. SOA ns1. hostmaster. 1 3600 600 86400 5\n. NS ns1.\nns1. A {ADDRESS}\n"
    (folder / "root.db").write_text(root, encoding="utf-8")
    lines.append(f'zone "." {{ type primary; file "{folder}/root.db"; }};')
    for zone, records in zones.items():
        head = f"$ORIGIN {zone}.\n$TTL 60\n@ SOA ns1 hostmaster 1 3600 600 86400 5\n@ NS ns1\nns1 A {ADDRESS}\n"
        lines_of = [line.strip() for line in records.splitlines()]
        (folder / f"{zone}.db").write_text(head + "\n".join([*lines_of, ""]), encoding="utf-8")
        grants = " ".join(f"grant {KEY_NAME}. name {name}. TXT;" for name in names if name.endswith(f".{zone}"))
        policy = f"update-policy {{ {grants} }};" if grants else ""
        lines.append(f'zone "{zone}" {{ type primary; file "{folder}/{zone}.db"; {policy} }};')
    return "\n".join(lines)


def _wait(folder: Path) -> None:
    deadline, log = time.monotonic() + 30, folder / "named.log"
    while not (log.exists() and " running\n" in log.read_text(encoding="utf-8")):
        if time.monotonic() > deadline:
            raise RuntimeError(f"named did not start: {(folder / 'output').read_text(encoding='utf-8')}")
        time.sleep(0.02)
