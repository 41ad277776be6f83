# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The measurements as tables for docs/performance.md."""

from __future__ import annotations

import dataclasses
import datetime
import importlib.metadata
import json
import os
import platform
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

from support.modules import COLLECTIONS

from .playbook import Command, aws_cli
from .scene import Measured

#: The markers around what each benchmark writes.
CERTIFICATES = ("<!-- measured: begin (make bench writes this) -->", "<!-- measured: end -->")
PRIVATE = ("<!-- private: begin (make bench writes this) -->", "<!-- private: end -->")
ACME = ("<!-- acme: begin (make bench writes this) -->", "<!-- acme: end -->")
PREFLIGHT = ("<!-- preflight: begin (make bench writes this) -->", "<!-- preflight: end -->")
PUPPET = ("<!-- puppet: begin (make bench writes this) -->", "<!-- puppet: end -->")
PACKAGES = ("ansible-core", "boto3", "botocore", "moto")


@dataclasses.dataclass
class Found:
    """Everything that was measured, by the number of certificates."""

    ours: dict[int, tuple[Measured, Measured]] = dataclasses.field(default_factory=dict)
    playbook: dict[int, tuple[Command, Command]] = dataclasses.field(default_factory=dict)
    throttled: tuple[int, Measured, float] | None = None
    peer: dict[int, tuple[Command, Command]] = dataclasses.field(default_factory=dict)


def render(found: Found) -> str:
    cli = output(aws_cli(), "--version").split(" ")[0].replace("/", " ")
    about = circumstances(PACKAGES, [*_amazon_aws(), *filter(None, [cli])])
    parts = [about, _ours(found), _throttled(found), _beside(found)]
    return "\n\n".join(part for part in parts if part) + "\n"


def write(page: Path, text: str, markers: tuple[str, str]) -> None:
    """Replace what is between the markers."""
    begin, end = markers
    old = page.read_text(encoding="utf-8")
    if begin not in old or end not in old:
        raise SystemExit(f"{page} has lost its markers: {begin} {end}")
    before, after = old.split(begin)[0], old.split(end)[1]
    page.write_text(f"{before}{begin}\n\n{text}\n{end}{after}", encoding="utf-8")


def load() -> str:
    return f"{os.getloadavg()[0]:.1f}"


def circumstances(packages: Sequence[str], others: Sequence[str] = ()) -> str:
    """When, where and with what it was measured."""
    versions = [
        f"Python {platform.python_version()}",
        *(f"{name} {importlib.metadata.version(name)}" for name in packages),
        *others,
    ]
    today = datetime.datetime.now(tz=datetime.timezone.utc).date().isoformat()
    return f"Measured on {today}, on {_processor()}, load {load()} at the end, with {', '.join(versions)}."


def _amazon_aws() -> list[str]:
    version = collection_version("amazon", "aws")
    return [f"amazon.aws {version}"] if version else []


def collection_version(namespace: str, name: str) -> str:
    manifest = COLLECTIONS / "ansible_collections" / namespace / name / "MANIFEST.json"
    if not manifest.is_file():
        return ""
    return str(json.loads(manifest.read_text(encoding="utf-8"))["collection_info"]["version"])


def _processor() -> str:
    model = platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        found = re.search(r"model name\s*:\s*(.+)", cpuinfo.read_text(encoding="utf-8"))
        model = found[1] if found else model
    return f"{os.cpu_count()} cores of {model}"


def output(*command: str) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def _ours(found: Found) -> str:
    columns = ["certificates", "fresh: calls", "for certificates", "for records", "time", "converged: calls", "time"]
    rows = []
    for count, (fresh, again) in found.ours.items():
        own = fresh.counts["RequestCertificate"] + fresh.counts["DescribeCertificate"]
        row: list[object] = [count, len(fresh.calls), own, fresh.counts["ChangeResourceRecordSets"]]
        rows.append([*row, duration(fresh.seconds), len(again.calls), duration(again.seconds)])
    text = "The sandbox doesn't throttle, and `rate_limits` lifts our own pacing."
    return "\n\n".join(["### The module by itself", text, table(columns, rows)])


def _throttled(found: Found) -> str:
    if found.throttled is None:
        return ""
    count, run, allowed = found.throttled
    throttles = sum("Throttl" in error for error in run.errors)
    text = [
        f"{count} fresh certificates, with the sandbox throttling as AWS does: {run.seconds:.1f} s, where",
        f"the rates allow {allowed:.1f} s, which is {run.seconds / allowed:.2f} times as long (`allowed_seconds` in",
        f"[scene.py](../tests/bench/scene.py) defines that). {len(run.calls)} calls,",
        f"{throttles} of them throttled.",
    ]
    return "\n\n".join(["### At AWS's rates", "\n".join(text)])


def _beside(found: Found) -> str:
    columns = ["certificates", "fresh: calls", "time", "converged: calls", "time"]
    if found.peer:
        columns += [f"peer: {column}" for column in columns[1:]]
    rows = []
    for count, ours in found.playbook.items():
        row: list[object] = [count]
        for run in ours:
            row += [run.calls, duration(run.seconds)]
        if found.peer:
            theirs, mark = _peer(found, count)
            for run in theirs:
                row += [f"{run.calls:,}{mark}", duration(run.seconds) + mark]
        rows.append(row)
    note = ""
    if found.peer and not found.playbook.keys() <= found.peer.keys():
        note = (
            f"\\* Not measured: in a straight line from {max(found.peer)} certificates. Kind to the peer,\n"
            "which lists all certificates for each one, and reads the zone for each record."
        )
    title = "### The whole playbook, beside the way people do it today" if found.peer else "### The whole playbook"
    return "\n\n".join(filter(None, [title, table(columns, rows), note]))


def _peer(found: Found, count: int) -> tuple[tuple[Command, Command], str]:
    if count in found.peer:
        return found.peer[count], ""
    largest = max(found.peer)
    fresh, again = (
        Command(run.seconds * count / largest, round(run.calls * count / largest)) for run in found.peer[largest]
    )
    return (fresh, again), "\\*"


def table(columns: list[str], rows: list[list[object]]) -> str:
    lines = [columns, ["---:"] * len(columns)]
    lines += [[f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in row] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def duration(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
