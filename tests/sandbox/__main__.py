# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`python -m sandbox`: the sandbox in the foreground, until SIGINT or SIGTERM."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from .application import Application
from .defaults import DEFAULT_ACCOUNT, DEFAULT_REGION
from .settings import Settings


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="HTTP port (0: any free one)")
    parser.add_argument("--dns-port", type=int, default=0, help="DNS port (0: any free one)")
    parser.add_argument("--ready-file", type=Path, help="write what is printed to this file, as JSON")
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="a setting; the value is JSON (throttle=true)"
    )
    parser.add_argument("--until-stdin-closes", action="store_true", help="end with the process that started this one")
    options = parser.parse_args(arguments)
    settings = Settings()
    try:
        given = (item.partition("=") for item in options.set)
        settings.update({name: json.loads(value) for name, dummy, value in given})
    except ValueError as error:
        parser.error(str(error))
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    if options.until_stdin_closes:
        threading.Thread(target=wait_for_the_end_of_stdin, args=(stop,), daemon=True).start()
    application = Application(settings, options.port, options.dns_port)
    application.start()
    ready = announcement(application)
    if options.ready_file:
        write_whole(options.ready_file, json.dumps(ready))
    print(shell_lines(ready), flush=True)
    stop.wait()
    application.stop()
    return 0


def wait_for_the_end_of_stdin(stop: threading.Event) -> None:
    os.read(sys.stdin.fileno(), 1)
    stop.set()


def announcement(application: Application) -> dict[str, Any]:
    """The environment of a user of the default account, and where things are."""
    user = application.credentials.add_user(DEFAULT_ACCOUNT)
    return {
        "pid": os.getpid(),
        "endpoint": application.endpoint_url,
        "control": f"{application.endpoint_url}/sandbox/",
        "dns": application.dns_address,
        "environment": {
            "AWS_ENDPOINT_URL": application.endpoint_url,
            "AWS_ACCESS_KEY_ID": user.access_key,
            "AWS_SECRET_ACCESS_KEY": user.secret_key,
            "AWS_REGION": DEFAULT_REGION,
            "AWS_DEFAULT_REGION": DEFAULT_REGION,
            "TLSOPS_SANDBOX_DNS": application.dns_address,
        },
    }


def shell_lines(ready: dict[str, Any]) -> str:
    host, dummy, port = ready["dns"].rpartition(":")
    lines = [f"export {name}={value}" for name, value in ready["environment"].items()]
    return "\n".join(
        [
            *lines,
            f"# DNS, as the Internet sees it:  dig @{host} -p {port} example.com NS",
            f"# Control: {ready['control']} (calls, clock, settings, faults, denials, roles, registrar, reset ...)",
            f"#   every AWS call so far:  curl -s {ready['control']}calls",
            f"#   three days later:       curl -s {ready['control']}clock -d '{{\"advance\": 259200}}'",
            "# Ctrl-C ends it.",
        ]
    )


def write_whole(path: Path, text: str) -> None:
    """Under its name the file is never seen half written."""
    scratch = path.with_name(path.name + ".new")
    scratch.write_text(text, encoding="utf-8")
    scratch.replace(path)


if __name__ == "__main__":
    sys.exit(main())
