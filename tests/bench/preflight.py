# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A preflight of 500 names in 20 zones against BIND, with all name servers up and with every second one dead.

python tests/bench/preflight.py              measures, and writes it to docs/performance.md (half a minute)
python tests/bench/preflight.py --no-write   prints the table only
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / ".cache" / "collections")]

from support.bind import Laboratory  # noqa: E402
from support.bind_bulk import NAMES, ZONE_COUNT, ZONES  # noqa: E402
from support.bind_internet import OPERATORS, REGISTRIES, RESOLVER  # noqa: E402
from support.bind_zones import program  # noqa: E402
from support.modules import run_module  # noqa: E402

from bench import report  # noqa: E402

VIEWS = {False: "a resolver", True: "the zones' own name servers, and a resolver"}


@dataclasses.dataclass(frozen=True)
class Run:
    """One run in a process of its own, Python's start and all imports included."""

    authoritative: bool
    dead: bool
    questions: int
    seconds: float


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--no-write", action="store_true", help="print the table only")
    options = parser.parse_args()
    runs = [_measure(authoritative, dead) for dead in (False, True) for authoritative in (False, True)]
    bind = " ".join(report.output(program("named"), "-V").split(" ")[:2])
    text = f"{report.circumstances(['ansible-core', 'dnspython'], [bind])}\n\n{_table(runs)}\n"
    print(text)
    if not options.no_write:
        report.write(ROOT / "docs" / "performance.md", text, report.PREFLIGHT)
    return 0


def _measure(authoritative: bool, dead: bool) -> Run:
    """With servers of its own, so that no resolver remembers anything."""
    with Laboratory.start([*REGISTRIES, *OPERATORS, *ZONES], [RESOLVER]) as laboratory:
        wish = {
            "names": NAMES,
            "issuer": "acm",
            "nameservers": [laboratory.at(RESOLVER.address)],
            "authoritative": authoritative,
            "authoritative_port": laboratory.port,
        }
        with laboratory.dead("second") if dead else contextlib.nullcontext():
            began = time.monotonic()
            result = run_module("dns_preflight_info", wish, {})
            seconds = time.monotonic() - began
    if result.failed or not result["ok"] or bool(result["findings"]) is not (dead and authoritative):
        raise SystemExit(f"a run that should have been fine wasn't: {result.stdout[:2000]} {result.stderr}")
    return Run(authoritative, dead, result["statistics"]["queries"], seconds)


def _table(runs: list[Run]) -> str:
    columns = ["names", "zones", "asked", "dead name servers", "questions", "time"]
    rows: list[list[object]] = [
        [
            *(len(NAMES), ZONE_COUNT, VIEWS[run.authoritative], "one of two" if run.dead else "none"),
            *(run.questions, report.duration(run.seconds)),
        ]
        for run in runs
    ]
    return report.table(columns, rows)


if __name__ == "__main__":
    sys.exit(main())
