# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""500 certificates of AWS Private CA in one run, with the sandbox throttling as AWS does, and once more.

python tests/bench/private.py              measures, and writes it to docs/performance.md (a minute)
python tests/bench/private.py --no-write   prints the table only
"""

from __future__ import annotations

import argparse
import collections
import dataclasses
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / ".cache" / "collections")]

from sandbox.client import Sandbox  # noqa: E402
from support.modules import run_module  # noqa: E402

from bench import report  # noqa: E402

COUNT = 500
KEYS = ("EC_prime256v1", "RSA_2048")
ACTIONS = ("DescribeCertificateAuthority", "IssueCertificate", "GetCertificate")


@dataclasses.dataclass(frozen=True)
class Run:
    """One run in a process of its own, Python's start, all imports and the making of keys included."""

    key_algorithm: str
    again: bool
    seconds: float
    calls: list[dict[str, Any]]

    def count(self, action: str) -> int:
        return sum(call["action"] == action for call in self.calls)

    def busiest(self, action: str) -> int:
        """How many calls there were in the busiest second."""
        moments = sorted(call["at"] for call in self.calls if call["action"] == action)
        window: collections.deque[float] = collections.deque()
        most = 0
        for moment in moments:
            window.append(moment)
            while window[0] <= moment - 1:
                window.popleft()
            most = max(most, len(window))
        return most

    @property
    def throttled(self) -> int:
        return sum("Throttl" in (call["error"] or "") for call in self.calls)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--no-write", action="store_true", help="print the table only")
    options = parser.parse_args()
    runs: list[Run] = []
    for key_algorithm in KEYS:
        with tempfile.TemporaryDirectory(prefix="bench-") as folder, Sandbox.start(throttle=True) as sandbox:
            authority = sandbox.certificate_authority(subordinate=True)
            runs += [_measure(sandbox, authority, key_algorithm, folder, again) for again in (False, True)]
    text = f"{report.circumstances(report.PACKAGES)}\n\n{_table(runs)}\n"
    print(text)
    if not options.no_write:
        report.write(ROOT / "docs" / "performance.md", text, report.PRIVATE)
    return 0


def _measure(sandbox: Sandbox, authority: str, key_algorithm: str, folder: str, again: bool) -> Run:
    wish = {
        "certificate_authority_arn": authority,
        "certificates": [
            {
                "directory": f"{folder}/n{number}",
                "subject_alternative_names": [f"n{number}.internal"],
                "key_algorithm": key_algorithm,
            }
            for number in range(COUNT)
        ],
    }
    sandbox.clear_calls()
    began = time.monotonic()
    result = run_module("acm_pca_certificates", wish, sandbox.environment())
    seconds = time.monotonic() - began
    if result.failed or result["changed"] is again:
        raise SystemExit(f"a run that should have been fine wasn't: {result.stdout[:2000]} {result.stderr}")
    return Run(key_algorithm, again, seconds, sandbox.calls())


def _table(runs: list[Run]) -> str:
    columns = ["certificates", "keys", "run", "describe", "issue", "get", "most issues in a second", "most gets"]
    rows: list[list[object]] = [
        [
            *(COUNT, run.key_algorithm, "second" if run.again else "first"),
            *(run.count(action) for action in ACTIONS),
            *(run.busiest("IssueCertificate"), run.busiest("GetCertificate")),
            *(run.throttled, report.duration(run.seconds)),
        ]
        for run in runs
    ]
    return report.table([*columns, "throttled", "time"], rows)


if __name__ == "__main__":
    sys.exit(main())
