# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The same work the way people do it today: the AWS CLI in a loop, and amazon.aws.route53 once a record."""

from __future__ import annotations

from pathlib import Path

from sandbox.client import Sandbox

from .playbook import Command, run
from .scene import certificates, make_zone

HERE = Path(__file__).resolve().parent


def measure(sandbox: Sandbox, count: int, folder: Path) -> tuple[Command, Command]:
    """Fresh, and once more with nothing to do."""
    sandbox.reset()
    zone_id = make_zone(sandbox)
    names, records = folder / "names", folder / "records.yml"
    lines = [" ".join([each["domain_name"], *each["subject_alternative_names"]]) for each in certificates(count)]
    names.write_text("\n".join(lines) + "\n")
    commands = [
        [str(HERE / "peer.sh"), "request", str(names), str(records)],
        [
            "ansible-playbook",
            "-i",
            "localhost,",
            str(HERE / "peer.yml"),
            "-e",
            f"@{records}",
            "-e",
            f"zone_id={zone_id}",
        ],
        [str(HERE / "peer.sh"), "wait", f"{records}.arns"],
    ]
    return run(sandbox, commands), run(sandbox, commands)
