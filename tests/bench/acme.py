# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ACME certificates by DNS-01, ours beside other clients, all on the same Pebble and BIND.

python tests/bench/acme.py              measures, and writes it to docs/performance.md (five minutes)
python tests/bench/acme.py --quick      does it still run? Ours and one peer, two certificates, nothing written
python tests/bench/acme.py --no-write   prints the table only
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / ".cache" / "collections")]

from support.acme_world import AcmeWorld  # noqa: E402
from support.bind_zones import program  # noqa: E402

from bench import acme_clients, report  # noqa: E402
from bench.acme_clients import CERTBOT, OURS, Client, Run  # noqa: E402

SIZES = (1, 20)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--quick", action="store_true", help="a smoke run in seconds that writes nothing")
    parser.add_argument("--no-write", action="store_true", help="print the table only")
    options = parser.parse_args()
    sizes = (2,) if options.quick else SIZES
    clients = [OURS, CERTBOT] if options.quick else acme_clients.ALL
    found = {(client.name, count): _measure(client, count) for client in clients for count in sizes}
    versions = [each for client in clients if (each := client.version())]
    bind = " ".join(report.output(program("named"), "-V").split(" ")[:2])
    pebble = report.output("dpkg-query", "-W", "-f", "pebble ${Version}", "pebble")
    about = report.circumstances(["ansible-core"], [*versions, bind, *filter(None, [pebble])])
    text = "\n\n".join([about, _table(clients, sizes, found), _comparison(sizes, found)]) + "\n"
    print(text)
    if not (options.quick or options.no_write):
        report.write(ROOT / "docs" / "performance.md", text, report.ACME)
    return 0


def _measure(client: Client, count: int) -> tuple[Run, Run]:
    """Fresh, with no account yet, and once more with nothing to do; each client on servers of its own."""
    print(f"... {client.name}: {count} certificates (load {report.load()})", file=sys.stderr, flush=True)
    names = [name for number in range(count) for name in acme_clients.names(number)]
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as folder,
        AcmeWorld.start(Path(folder) / "pebble", names) as world,
    ):
        scene = acme_clients.Scene(world, Path(folder), count)
        fresh = _run(scene, client.fresh(scene))
        if (issued := world.pebble.log().count("Issued certificate serial")) != count:
            raise SystemExit(f"{client.name} has had {issued} certificates issued, where {count} were wanted")
        return fresh, _run(scene, client.again(scene))


def _run(scene: acme_clients.Scene, commands: list[list[str]]) -> Run:
    """The commands one after the other; all of them have to succeed."""
    requests, began, used = scene.world.pebble.requests(), time.monotonic(), _processor()
    for command in commands:
        done = subprocess.run(
            command, env={**os.environ, **scene.environment}, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
    seconds = time.monotonic() - began
    processor = _processor() - used
    return Run(seconds if commands else None, processor, scene.world.pebble.requests() - requests)


def _processor() -> float:
    """Seconds of one, of all commands that have ended. The servers haven't."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _table(clients: list[Client], sizes: tuple[int, ...], found: dict[tuple[str, int], tuple[Run, Run]]) -> str:
    columns = ["client"]
    for count in sizes:
        columns += [f"{count} fresh", "processor", "requests", f"{count} again", "processor", "requests"]
    rows: list[list[object]] = []
    for client in clients:
        row: list[object] = [client.name]
        for count in sizes:
            for run in found[client.name, count]:
                measured = [report.duration(run.seconds or 0), report.duration(run.processor), run.requests]
                row += ["-"] * 3 if run.seconds is None else measured
        rows.append(row)
    return report.table(columns, rows)


def _comparison(sizes: tuple[int, ...], found: dict[tuple[str, int], tuple[Run, Run]]) -> str:
    count = max(sizes)
    ours, theirs = (found[client.name, count][0].seconds or 0.0 for client in (OURS, CERTBOT))
    return f"For {count} certificates the role takes {ours / theirs:.2f} times as long as certbot."


if __name__ == "__main__":
    sys.exit(main())
