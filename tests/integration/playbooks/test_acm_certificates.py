# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook as a user runs it: by its name, with variables in a file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from sandbox.client import Sandbox
from support import two_accounts
from support.playbooks import Playbook


@pytest.fixture
def playbook(sandbox: Sandbox, tmp_path: Path) -> Playbook:
    sandbox.configure(record_delay=0, insync_delay=0.2, issue_delay=0, validation_interval=0.2)
    variables = {
        **two_accounts.build(sandbox).playbook_variables,
        "acm_certificates_poll_interval": 1,
        "acm_certificates_wait_timeout": 60,
    }
    playbook = Playbook("tlsops.certificates.acm_certificates", sandbox, tmp_path, variables)
    sandbox.clear_calls()
    return playbook


def names(count: int) -> str:
    """A text as a survey's text area delivers it."""
    return "\n".join(f"site{number}.example.com, www.site{number}.example.com" for number in range(count))


def test_the_number_of_tasks_does_not_grow(playbook: Playbook) -> None:
    one = playbook.run(acm_certificates_list=names(1))
    many = playbook.run(acm_certificates_list=names(12), acm_certificates_rate_limits={"RequestCertificate": 100})
    assert (one.exit_code, many.exit_code) == (0, 0), many.output
    assert one.tasks == many.tasks
    assert playbook.sandbox.count("acm", "RequestCertificate") == 12


def test_a_second_run_changes_nothing(playbook: Playbook) -> None:
    assert playbook.run(acm_certificates_list=names(2)).changed == 1
    again = playbook.run(acm_certificates_list=names(2))
    assert (again.exit_code, again.changed) == (0, 0), again.output


def test_check_mode_shows_the_zone_of_each_record_and_changes_nothing(playbook: Playbook) -> None:
    shown = playbook.run("--check", "--diff", acm_certificates_list=["api.dev.example.com", "www.example.com"])
    assert shown.exit_code == 0, shown.output
    assert re.search(r'"api.dev.example.com": "CNAME \(known after the request\) in dev.example.com \(Z', shown.output)
    assert re.search(r'"www.example.com": "CNAME \(known after the request\) in example.com \(Z', shown.output)
    assert playbook.sandbox.certificates() == []
    assert playbook.sandbox.count("route53", "ChangeResourceRecordSets") == 0


def test_without_waiting_a_later_run_picks_up(playbook: Playbook) -> None:
    playbook.sandbox.configure(issue_delay=3600)
    first = playbook.run(acm_certificates_list=names(1), acm_certificates_wait="no")
    assert (first.exit_code, first.changed) == (0, 1), first.output
    assert "Issued, valid until" not in first.output
    # ACM may not have looked for the record yet, and would take its hour from then on.
    playbook.sandbox.configure(issue_delay=0)
    playbook.sandbox.advance(3600)
    later = playbook.run(acm_certificates_list=names(1))
    assert (later.exit_code, later.changed) == (0, 0), later.output
    assert "Issued, valid until" in later.output


def test_a_failed_certificate_spares_the_others_and_fails_the_play_at_the_end(playbook: Playbook) -> None:
    route53 = playbook.sandbox.boto("route53", account=two_accounts.DNS)
    zone_id = next(z["Id"] for z in route53.list_hosted_zones()["HostedZones"] if z["Name"] == "example.net.")
    caa = {
        "Name": "example.net",
        "Type": "CAA",
        "TTL": 300,
        "ResourceRecords": [{"Value": '0 issue "letsencrypt.org"'}],
    }
    route53.change_resource_record_sets(
        HostedZoneId=zone_id, ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": caa}]}
    )
    run = playbook.run(acm_certificates_list=["www.example.net", "www.example.com"])
    assert run.exit_code == 2
    assert "1 of 2 certificates failed: www.example.net (eu-west-1): ACM: FAILED, CAA_ERROR." in run.output
    assert "add a CAA record" in run.output
    assert "www.example.com (eu-west-1): Issued" in run.output


def test_progress_is_printed_while_it_waits(playbook: Playbook) -> None:
    playbook.sandbox.configure(issue_delay=12)
    run = playbook.run(acm_certificates_list=["www.example.com", "api.dev.example.com"])
    assert run.exit_code == 0, run.output
    assert re.search(r"0 of 2 certificates issued; .*\(1 min left\)", run.output)
    assert "2 of 2 certificates issued" in run.output


@pytest.mark.parametrize("action", ["RequestCertificate", "ChangeResourceRecordSets", "DescribeCertificate"])
def test_a_run_that_is_killed_half_way_is_finished_by_the_next(playbook: Playbook, action: str) -> None:
    service = "route53" if action.startswith("Change") else "acm"
    entries = ["www.example.com", "*.dev.example.com", "cdn.example.net"]
    process = playbook.start(acm_certificates_list=entries)
    playbook.sandbox.fail(service, action, kill_pid=-process.pid)
    output, _nothing = process.communicate(timeout=120)
    assert process.returncode == -9, output
    playbook.sandbox.clear_faults()
    second = playbook.run(acm_certificates_list=entries)
    third = playbook.run(acm_certificates_list=entries)
    assert second.exit_code == 0, second.output
    assert (third.exit_code, third.changed) == (0, 0), third.output
    assert sorted(each["Status"] for each in playbook.sandbox.certificates()) == ["ISSUED"] * 3


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"acm_certificates_list": ["www.example.org"]}, "no hosted zone for www.example.org"),
        ({"acm_certificates_list": ["www_1.example.com"]}, "www_1.example.com"),
        ({"acm_certificates_list": "- [oops"}, "isn't the YAML list it looks like"),
        ({"acm_certificates_list": 7}, "a text or a list is needed"),
        (
            {
                "acm_certificates_list": ["www.example.com"],
                "acm_certificates_dns_role_external_id": "wrong-external-id",
            },
            "The role can't be assumed",
        ),
        (
            {"acm_certificates_list": ["www.example.com"], "acm_certificates_region": "Ireland"},
            "Ireland isn't the name",
        ),
    ],
)
def test_mistakes_end_in_one_sentence_and_no_certificate(
    playbook: Playbook, variables: dict[str, Any], message: str
) -> None:
    run = playbook.run(**variables)
    assert run.exit_code == 2
    assert message in " ".join(run.output.split())
    assert "Traceback" not in run.output
    assert playbook.sandbox.certificates() == []


def test_no_secret_is_shown_at_any_verbosity(playbook: Playbook) -> None:
    run = playbook.run("-vvvv", acm_certificates_list=["www.example.com"])
    assert run.exit_code == 0, run.output
    secrets = [playbook.sandbox.environment()["AWS_SECRET_ACCESS_KEY"], two_accounts.EXTERNAL_ID]
    module_output = run.output.partition("PLAY [")[2]
    assert [secret for secret in secrets if secret in module_output.replace(str(playbook.folder), "")] == []


def test_a_wait_in_vain_says_what_keeps_it_in_its_last_line(playbook: Playbook) -> None:
    """The registry names another zone's servers than those of the zone the records were written to."""
    route53 = playbook.sandbox.boto("route53", account=two_accounts.CERTIFICATES)
    other = route53.create_hosted_zone(Name="example.net", CallerReference="other")["HostedZone"]["Id"]
    playbook.sandbox.delegate("example.net", other.rpartition("/")[2])
    run = playbook.run(acm_certificates_list=["www.example.net"], acm_certificates_wait_timeout=4)
    assert run.exit_code == 2
    assert "The validation may fail: " in run.output
    line = next(line for line in reversed(run.output.splitlines()) if line.startswith("  0 of 1 certificate issued"))
    assert "ACM hasn't validated www.example.net yet: " in line
    assert "is delegated to" in line
