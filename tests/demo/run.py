# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The demo: certificates from names to issued, as a user would do it, on an AWS that lives on this machine.

Run it with ``make demo``.
"""

from __future__ import annotations

import collections
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS))

from sandbox.client import Sandbox  # noqa: E402
from support import two_accounts  # noqa: E402

PLAYBOOK = "tlsops.certificates.acm_certificates"
CERTIFICATES = TESTS / "demo" / "certificates.yml"


class DemoError(Exception):
    """The demo didn't show what it is there to show."""


def say(text: str) -> None:
    print(f"\n\033[1m{text}\033[0m" if sys.stdout.isatty() else f"\n{text}", flush=True)


def run_playbook(sandbox: Sandbox, variables: str) -> tuple[int, float]:
    """How much the run changed, and the seconds it took."""
    command = ["ansible-playbook", PLAYBOOK, "-i", "localhost,", "-e", f"@{CERTIFICATES}", "-e", f"@{variables}"]
    say(f"$ ansible-playbook {PLAYBOOK} -e @{CERTIFICATES.relative_to(Path.cwd())} -e @dns-account.json")
    environment = {**os.environ, **sandbox.environment(two_accounts.CERTIFICATES)}
    started = time.monotonic()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    changed = None
    for line in process.stdout or []:
        print(line, end="", flush=True)
        recap = re.search(r"ok=\d+ +changed=(\d+)", re.sub(r"\x1b\[[0-9;]*m", "", line))
        changed = int(recap[1]) if recap else changed
    if process.wait() != 0 or changed is None:
        raise DemoError(f"ansible-playbook ended with exit code {process.returncode}")
    return changed, time.monotonic() - started


def summarise_calls(sandbox: Sandbox) -> str:
    counts = collections.Counter(f"{call['service']}:{call['action']}" for call in sandbox.calls())
    listed = ", ".join(f"{count} × {name}" for name, count in counts.most_common())
    return f"{sum(counts.values())} AWS calls: {listed}"


def validation_records(sandbox: Sandbox, zone_id: str) -> list[str]:
    route53 = sandbox.boto("route53", account=two_accounts.DNS)
    record_sets = route53.list_resource_record_sets(HostedZoneId=zone_id)["ResourceRecordSets"]
    return [each["Name"] for each in record_sets if each["Type"] == "CNAME"] or ["none"]


def demonstrate(sandbox: Sandbox, folder: str) -> None:
    say(f"An AWS on this machine: {sandbox.endpoint}, its public DNS on {sandbox.dns_address}.")
    world = two_accounts.build(sandbox)
    print(
        f"Account {two_accounts.CERTIFICATES} gets the certificates. Account {two_accounts.DNS} has the hosted zones:"
    )
    for name, zone_id in world.zones.items():
        decoy = "  (private: a decoy)" if name.startswith("private.") else ""
        print(f"  {zone_id}  {name.removeprefix('private.')}{decoy}")
    variables = str(Path(folder) / "dns-account.json")
    Path(variables).write_text(json.dumps(world.playbook_variables), encoding="utf-8")

    sandbox.clear_calls()
    changed, seconds = run_playbook(sandbox, variables)
    print(f"First run: changed={changed}, {seconds:.1f} s. {summarise_calls(sandbox)}")
    if not changed:
        raise DemoError("the first run changed nothing")

    say("The validation records, by hosted zone (ACM found them asking the public DNS from its root servers on):")
    for name, zone_id in world.zones.items():
        print(f"  {zone_id}  {name.removeprefix('private.')}")
        for record in validation_records(sandbox, zone_id):
            print(f"      {record}")

    sandbox.clear_calls()
    changed, seconds = run_playbook(sandbox, variables)
    print(f"Second run: changed={changed}, {seconds:.1f} s. {summarise_calls(sandbox)}")
    if changed:
        raise DemoError("the second run changed something")


def main() -> int:
    started = time.monotonic()
    try:
        # Slow enough to see it wait: records reach the name servers after 3 seconds, and ACM takes 4 more.
        with (
            Sandbox.start(insync_delay=3, issue_delay=4) as sandbox,
            tempfile.TemporaryDirectory(prefix="tlsops-demo-") as folder,
        ):
            demonstrate(sandbox, folder)
    except DemoError as error:
        print(f"\nThe demo failed: {error}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nEnded. The sandbox is gone, and with it everything in it.", file=sys.stderr)
        return 130
    say(f"Done in {time.monotonic() - started:.0f} s. The sandbox is stopped; nothing is left behind.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
