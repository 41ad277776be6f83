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
from pathlib import Path

from support.modules import COLLECTIONS

from .playbook import Command, aws_cli
from .scene import Measured

BEGIN, END = "<!-- measured: begin (make bench writes this) -->", "<!-- measured: end -->"
PACKAGES = ("ansible-core", "boto3", "botocore", "moto")


@dataclasses.dataclass
class Found:
    """Everything that was measured, by the number of certificates."""

    ours: dict[int, tuple[Measured, Measured]] = dataclasses.field(default_factory=dict)
    playbook: dict[int, Command] = dataclasses.field(default_factory=dict)
    throttled: tuple[int, Measured, float] | None = None
    peer: dict[int, tuple[Command, Command]] = dataclasses.field(default_factory=dict)


def render(found: Found) -> str:
    parts = [_circumstances(), _ours(found), _throttled(found), _beside(found)]
    return "\n\n".join(part for part in parts if part) + "\n"


def write(page: Path, text: str) -> None:
    """Replace what is between the markers."""
    old = page.read_text(encoding="utf-8")
    if BEGIN not in old or END not in old:
        raise SystemExit(f"{page} has lost its markers: {BEGIN} {END}")
    before, after = old.split(BEGIN)[0], old.split(END)[1]
    page.write_text(f"{before}{BEGIN}\n\n{text}\n{END}{after}", encoding="utf-8")


def load() -> str:
    return f"{os.getloadavg()[0]:.1f}"


def _circumstances() -> str:
    versions = [
        f"Python {platform.python_version()}",
        *(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES),
    ]
    cli = _output(aws_cli(), "--version").split(" ")[0].replace("/", " ")
    manifest = COLLECTIONS / "ansible_collections" / "amazon" / "aws" / "MANIFEST.json"
    if manifest.is_file():
        versions.append(f"amazon.aws {json.loads(manifest.read_text(encoding='utf-8'))['collection_info']['version']}")
    versions += [cli] if cli else []
    today = datetime.datetime.now(tz=datetime.timezone.utc).date().isoformat()
    return f"Measured on {today}, on {_processor()}, load {load()} at the end, with {', '.join(versions)}."


def _processor() -> str:
    model = platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        found = re.search(r"model name\s*:\s*(.+)", cpuinfo.read_text(encoding="utf-8"))
        model = found[1] if found else model
    return f"{os.cpu_count()} cores of {model}"


def _output(*command: str) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def _ours(found: Found) -> str:
    rows = [
        f"| {count:,} | {len(fresh.calls):,} | {fresh.counts['RequestCertificate'] + fresh.counts['DescribeCertificate']:,} "
        f"| {fresh.counts['ChangeResourceRecordSets']} | {fresh.seconds:.1f} s "
        f"| {len(again.calls)} | {again.seconds:.1f} s | {found.playbook[count].calls} | {found.playbook[count].seconds:.1f} s |"
        for count, (fresh, again) in found.ours.items()
    ]
    return "\n".join(
        [
            "### What our code costs by itself",
            "",
            "The sandbox doesn't throttle, and `rate_limits` lifts our own pacing.",
            "",
            "| certificates | fresh: calls | of them for certificates | for records | fresh: module | converged: calls "
            "| converged: module | playbook: calls | converged: whole playbook |",
            "|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
            *rows,
        ]
    )


def _throttled(found: Found) -> str:
    if found.throttled is None:
        return ""
    count, run, allowed = found.throttled
    throttles = sum("Throttl" in error for error in run.errors)
    return "\n".join(
        [
            "### At AWS's rates",
            "",
            f"{count} fresh certificates, the sandbox throttling as AWS does: {run.seconds:.1f} s, where those rates allow "
            f"{allowed:.1f} s: {run.seconds / allowed:.2f} times that. {len(run.calls)} calls, {throttles} of them throttled.",
        ]
    )


def _beside(found: Found) -> str:
    if not found.peer:
        return ""
    rows = []
    for count, (fresh, again) in found.ours.items():
        peer_fresh, peer_again, mark = _peer(found, count)
        rows.append(
            f"| {count:,} | {len(fresh.calls):,} | {fresh.seconds:.1f} s | {peer_fresh.calls:,}{mark} | {_time(peer_fresh.seconds)}{mark} "
            f"| {len(again.calls)} | {found.playbook[count].seconds:.1f} s | {peer_again.calls:,}{mark} | {_time(peer_again.seconds)}{mark} |"
        )
    largest = max(found.peer)
    return "\n".join(
        [
            "### Beside the way people do it today",
            "",
            "| certificates | fresh: calls | time | peer: calls | time | converged: calls | whole playbook | peer: calls | time |",
            "|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
            *rows,
            "",
            f"\\* not measured, but extrapolated in a straight line from {largest} certificates. (The peer's cost a record grows "
            "with the zone, which it reads a page at a time, so this is kind to it.)",
        ]
    )


def _peer(found: Found, count: int) -> tuple[Command, Command, str]:
    if count in found.peer:
        return *found.peer[count], ""
    largest = max(found.peer)
    fresh, again = (
        Command(run.seconds * count / largest, round(run.calls * count / largest)) for run in found.peer[largest]
    )
    return fresh, again, "\\*"


def _time(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
