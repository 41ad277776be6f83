# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The guard as a user runs it, every day: it tells, it repairs when asked to, and the next run has nothing to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from sandbox.client import Sandbox
from support import two_accounts
from support.playbooks import Playbook

BALANCER = "arn:aws:elasticloadbalancing:eu-west-1:111111111111:loadbalancer/app/web/1"
USED = {"in_use_by": [BALANCER], "age": 86400}


@pytest.fixture
def playbook(sandbox: Sandbox, tmp_path: Path) -> Playbook:
    sandbox.configure(record_delay=0, insync_delay=0.2)
    built = two_accounts.build(sandbox).playbook_variables
    variables = {name.replace("acm_certificates", "acm_guard"): value for name, value in built.items()}
    variables.pop("acm_guard_region", None)
    sandbox.add_certificates(
        [
            {"domain_name": "www.example.com", **USED},
            {"domain_name": "mail.example.com", "validation_method": "EMAIL", **USED},
            {"domain_name": "idle.example.com"},
        ]
    )
    guard = {"acm_guard_regions": "eu-west-1,\nus-east-1", "acm_guard_check_dns": "no", **variables}
    playbook = Playbook("tlsops.certificates.acm_guard", sandbox, tmp_path, guard)
    sandbox.clear_calls()
    return playbook


def wrote(playbook: Playbook) -> int:
    count = playbook.sandbox.count
    return count("route53", "ChangeResourceRecordSets") + count("acm", "UpdateCertificateOptions")


def test_it_only_tells_unless_asked_and_fails_if_that_is_wanted(playbook: Playbook) -> None:
    run = playbook.run(acm_guard_fail_on="error")
    assert (run.exit_code, run.changed, wrote(playbook)) == (2, 0, 0), run.output
    assert "1 certificate needs a person. www.example.com (eu-west-1): the validation record _" in run.output
    summary = run.output.partition("TASK [Summary]")[2]
    assert "(record_missing)" in summary
    assert "(email_validation)" in summary
    assert "(not_in_use)" not in summary, "only counted: there may be hundreds"


def test_the_second_repair_changes_nothing_and_check_mode_predicts_the_first(playbook: Playbook) -> None:
    wish = {"acm_guard_repair": "true", "acm_guard_migrate_email": "yes", "acm_guard_fail_on": "error"}
    check = playbook.run("--check", "--diff", **wish)
    assert (check.exit_code, check.changed, wrote(playbook)) == (0, 2, 0), check.output
    assert '"CNAME _' in check.output
    first = playbook.run(**wish)
    assert (first.exit_code, first.changed, wrote(playbook)) == (0, 2, 3), first.output
    assert "(record_missing)" not in first.output
    assert "certificate/" in first.output.partition("moved_to_dns_validation")[2]
    again = playbook.run(**wish)
    assert (again.exit_code, again.changed) == (0, 0), again.output
