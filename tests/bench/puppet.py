# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""50 nodes and a real Puppet Server: certificates by bare HTTP, by the modules, by a playbook, by Puppet's tools.

python tests/bench/puppet.py              measures, and writes it to docs/performance.md (some minutes)
python tests/bench/puppet.py --no-write   prints the table only
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / ".cache" / "collections")]

from ansible_collections.tlsops.certificates.plugins.module_utils import _x509 as x509  # noqa: E402
from ansible_collections.tlsops.certificates.plugins.module_utils._puppet import csr  # noqa: E402
from support import puppet_server  # noqa: E402
from support.in_process import run_main  # noqa: E402
from support.modules import ModuleResult  # noqa: E402
from support.puppet_server import PuppetServer  # noqa: E402
from support.puppet_site import PuppetSite  # noqa: E402

from bench import report  # noqa: E402

NODES = 50
FORKS = 10
#: Of Puppet's own tools, which take seconds a node.
PEERS = 3


@dataclasses.dataclass(frozen=True)
class Row:
    """``nodes`` were measured."""

    what: str
    nodes: int
    seconds: float

    def cells(self, bare: Row) -> list[object]:
        each = self.seconds / self.nodes
        times = f"{each / (bare.seconds / bare.nodes):.1f}"
        return [self.what, self.nodes, report.duration(self.seconds), f"{1000 * each:.0f} ms", times]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--no-write", action="store_true", help="print the table only")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        server = puppet_server.start(Path(name) / "server")
        try:
            server.wait()
            rows = _measure_all(server, Path(name))
        finally:
            server.stop()
    versions = [f"Puppet Server {_version('puppetserver')}", f"Puppet {report.output('puppet', '--version')}"]
    columns = ["", "nodes", "time", "a node", "times the bare exchanges"]
    table = report.table(columns, [row.cells(rows[0]) for row in rows]).replace("| ---: |", "| --- |", 1)
    text = f"{report.circumstances(['ansible-core', 'cryptography'], versions)}\n\n{table}\n"
    print(text)
    if not options.no_write:
        report.write(ROOT / "docs" / "performance.md", text, report.PUPPET)
    return 0


def _measure_all(server: PuppetServer, folder: Path) -> list[Row]:
    bare = _bare(server, "warm", PEERS) and _bare(server, "bare", NODES)
    signing, whole = _modules(server, folder)
    rows = [
        Row("bare HTTP: submit, sign, fetch, a connection each, as curl does it", NODES, bare),
        Row("the modules: submit, sign, fetch, all of it verified and installed", NODES, whole),
        Row("of these the one task at the CA", NODES, signing),
        Row(f"the whole play, {FORKS} forks, from prompt to prompt", NODES, _play(server, folder)),
    ]
    return rows + _peers(server, folder)


def _timed(action: Callable[[], Any]) -> float:
    began = time.monotonic()
    action()
    return time.monotonic() - began


def _bare(server: PuppetServer, prefix: str, count: int) -> float:
    names = [f"{prefix}{number}.bench.test" for number in range(count)]
    requests = {name: csr.build(csr.WantedRequest(name), x509.generate_key("EC_prime256v1")) for name in names}

    def exchange() -> None:
        for name, request in requests.items():
            signed = json.dumps({"desired_state": "signed"})
            answers = [
                server.request("PUT", f"certificate_request/{name}", request)[0],
                server.request("PUT", f"certificate_status/{name}", signed, admin=True)[0],
                server.request("GET", f"certificate/{name}")[0],
            ]
            if answers != [200, 204, 200]:
                raise SystemExit(f"{name}: {answers}")

    return _timed(exchange)


def _site(server: PuppetServer, folder: Path, prefix: str, count: int, key: str = "EC_prime256v1") -> PuppetSite:
    """Its nodes have keys, and know the CA."""
    (folder / prefix).mkdir()
    site = PuppetSite(server, folder / prefix, [f"{prefix}{number}.bench.test" for number in range(count)])
    for name in site.certnames:
        for path, text in (
            (site.key(name), x509.generate_key(key)),
            (site.folder / name / "certs" / "ca.pem", server.ca_path.read_text(encoding="utf-8")),
        ):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            path.chmod(0o600)
    return site


def _modules(server: PuppetServer, folder: Path) -> tuple[float, float]:
    """The work at the CA, and all of it: main() of each module, one after the other in one process."""
    site = _site(server, folder, "modules", NODES)
    patch = pytest.MonkeyPatch()

    def ask() -> dict[str, str]:
        found = {}
        for name in site.certnames:
            wanted = {"ca_url": server.url, "certname": name, "ssldir": str(site.folder / name), "wait": False}
            found[name] = str(_good(run_main(patch, "puppet_certificate", wanted))["public_key_fingerprint"])
        return found

    began = time.monotonic()
    fingerprints = ask()
    wanted = {"certnames": site.certnames, "expected_fingerprints": fingerprints}
    signing = _timed(lambda: _good(run_main(patch, "puppet_ca_sign", {**server.options, **server.admin, **wanted})))
    ask()
    whole = time.monotonic() - began
    _installed(site)
    return signing, whole


def _good(result: ModuleResult) -> ModuleResult:
    if result.failed:
        raise SystemExit(f"a run that should have been fine wasn't: {result.stdout[:2000]}")
    return result


def _installed(site: PuppetSite) -> None:
    missing = [name for name in site.certnames if not site.certificate(name).exists()]
    if missing:
        raise SystemExit(f"without a certificate: {missing}")


def _play(server: PuppetServer, folder: Path) -> float:
    site = _site(server, folder, "play", NODES)
    command, environment = site.playbook("puppet_certificates").command("--forks", str(FORKS))
    seconds = _timed(lambda: _command(command, environment=environment))
    _installed(site)
    return seconds


def _peers(server: PuppetServer, folder: Path) -> list[Row]:
    """A node's bootstrap ends without a certificate at first, and is run again when it is signed."""
    # Debian's Puppet 7 can't use EC keys with its OpenSSL 3.
    site = _site(server, folder, "peers", PEERS, "RSA_2048")
    sign = ["puppetserver", "ca", "sign", "--config", str(server.folder / "conf" / "puppet.conf")]

    def bootstrap(code: int) -> None:
        for name in site.certnames:
            own = site.folder / name
            command = ["puppet", "ssl", "bootstrap", "--certname", name, "--ssldir", str(own), "--waitforcert", "0"]
            command += ["--confdir", str(own / "conf"), "--vardir", str(own / "var")]
            _command([*command, "--server", "localhost", "--serverport", str(server.port)], code)

    nodes = _timed(lambda: bootstrap(1))
    signing = _timed(lambda: _command([*sign, "--certname", ",".join(site.certnames)]))
    nodes += _timed(lambda: bootstrap(0))
    _installed(site)
    return [
        Row("`puppet ssl bootstrap`, before and after signing", PEERS, nodes),
        Row("`puppetserver ca sign --certname` with all names, which looks at no key", PEERS, signing),
    ]


def _command(command: list[str], code: int = 0, environment: dict[str, str] | None = None) -> None:
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != code:
        raise SystemExit(
            f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        )


def _version(package: str) -> str:
    return report.output("dpkg-query", "--show", "--showformat=${Version}", package)


if __name__ == "__main__":
    sys.exit(main())
