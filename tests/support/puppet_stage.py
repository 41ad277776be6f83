# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`python -m support.puppet_stage`: a Puppet Server that has no CA yet, in the foreground, until SIGINT or SIGTERM."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import tempfile
import threading
from pathlib import Path

from .puppet_server import JAR, Unmade


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ready-file", type=Path, required=True, help="what variables of playbooks need, as JSON")
    ready: Path = parser.parse_args().ready_file
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with tempfile.TemporaryDirectory(prefix="tlsops-puppet-") as name, Unmade(Path(name) / "server") as unmade:
        partial = ready.with_suffix(".new")
        partial.touch(mode=0o600)
        partial.write_text(json.dumps({"pid": os.getpid(), **_announcement(unmade)}), encoding="utf-8")
        partial.replace(ready)
        stop.wait()
    return 0


def _announcement(unmade: Unmade) -> dict[str, object]:
    """Where there is no Puppet Server to install, there is nothing to play."""
    variables = unmade.folder / "variables.json"
    variables.write_text(json.dumps(unmade.variables), encoding="utf-8")
    return {
        "installed": Path(JAR).exists(),
        "port": unmade.port,
        "folder": str(unmade.folder),
        "variables": str(variables),
    }


if __name__ == "__main__":
    sys.exit(main())
