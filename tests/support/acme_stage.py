# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`python -m support.acme_stage`: an ACME CA, its DNS and a web server in the foreground, until SIGINT or SIGTERM."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import sys
import tempfile
import threading
from pathlib import Path

from .acme_world import AcmeWorld
from .nginx import Nginx
from .pebble import free_ports

NAMES = ["shop.example.test", "*.shop.example.test", "api.example.test"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ready-file", type=Path, required=True, help="what variables of playbooks need, as JSON")
    ready: Path = parser.parse_args().ready_file
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tlsops-acme-")))
        world = stack.enter_context(AcmeWorld.start(folder / "pebble", NAMES))
        nginx = Nginx(folder / "nginx")
        stack.callback(nginx.stop)
        partial = ready.with_suffix(".new")
        partial.touch(mode=0o600)
        partial.write_text(json.dumps({"pid": os.getpid(), **_announcement(world, nginx, folder)}), encoding="utf-8")
        partial.replace(ready)
        stop.wait()
    return 0


def _announcement(world: AcmeWorld, nginx: Nginx, folder: Path) -> dict[str, object]:
    root = folder / "root.pem"
    root.write_text(world.pebble.root(), encoding="utf-8")
    return {
        "directory": world.pebble.directory,
        "ca_bundle": str(world.pebble.ca_path),
        "ca_log": str(world.pebble.log_path),
        "root": str(root),
        "dns": world.dns,
        "nameserver": world.primary.at,
        "nginx_snippets": str(nginx.snippets),
        "nginx_reload": nginx.reload_command,
        "endpoint": f"127.0.0.1:{free_ports(1)[0]}",
    }


if __name__ == "__main__":
    sys.exit(main())
