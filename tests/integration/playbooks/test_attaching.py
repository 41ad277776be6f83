# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbooks that attach: a group on a listener, and distributions, through a rotation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sandbox.client import Sandbox
from support import served
from support.playbooks import Playbook

QUICK = {
    "acm_certificates_poll_interval": 1,
    "acm_certificates_wait_timeout": 60,
    "cloudfront_distribution_certificate_poll_interval": 1,
}


@pytest.fixture
def world(sandbox: Sandbox) -> served.Served:
    sandbox.configure(record_delay=0, insync_delay=0.2, issue_delay=0, validation_interval=0.2)
    return served.build(sandbox)


@pytest.fixture
def listener(sandbox: Sandbox, world: served.Served, tmp_path: Path) -> Playbook:
    variables = {
        **QUICK,
        **world.accounts.playbook_variables,
        "elb_certificates_group": "web",
        "elb_certificates_listener_arn": world.listener_arn,
    }
    return Playbook("tlsops.certificates.elb_certificates", sandbox, tmp_path, variables)


@pytest.fixture
def distribution(sandbox: Sandbox, world: served.Served, tmp_path: Path) -> Playbook:
    variables = {
        **QUICK,
        **world.accounts.playbook_variables,
        "cloudfront_distribution_certificate_group": "web",
    }
    return Playbook("tlsops.certificates.cloudfront_distribution_certificate", sandbox, tmp_path, variables)


def member(name: str, *hosts: str, **keys: Any) -> dict[str, Any]:
    return {"name": name, "hosts": list(hosts), "request": True, **keys}


def names_served(sandbox: Sandbox, listener_arn: str) -> set[str]:
    """Every name of every certificate in the listener's SNI list."""
    by_arn = {each["CertificateArn"]: each for each in sandbox.certificates()}
    attached = sandbox.listeners()[listener_arn]["certificates"]
    return {name for arn in attached for name in by_arn[arn]["SubjectAlternativeNames"]}


def test_names_of_a_member_change_and_the_old_certificate_goes_last(listener: Playbook, world: served.Served) -> None:
    sandbox = listener.sandbox
    first = listener.run(
        elb_certificates_members=[member("shop", "shop.example.com"), member("api", "api.example.com")]
    )
    assert first.exit_code == 0, first.output
    sandbox.clear_calls()
    new = [member("shop", "shop.example.com", "new.example.com"), member("api", "api.example.com")]
    changed = listener.run(elb_certificates_members=new)
    assert changed.exit_code == 0, changed.output
    order = [call["action"] for call in sandbox.calls() if call["action"] in ORDER]
    assert order == ORDER
    assert names_served(sandbox, world.listener_arn) == {"shop.example.com", "new.example.com", "api.example.com"}
    again = listener.run(elb_certificates_members=new)
    assert (again.exit_code, again.changed) == (0, 0), again.output


ORDER = ["RequestCertificate", "AddListenerCertificates", "RemoveListenerCertificates", "DeleteCertificate"]


def test_the_ca_of_the_whole_group_is_one_variable(listener: Playbook, world: served.Served) -> None:
    members = [member("shop", "shop.example.com"), member("api", "api.example.com")]
    assert listener.run(elb_certificates_members=members).exit_code == 0
    authority = listener.sandbox.certificate_authority(key_algorithm="RSA_2048", renewal_permission=True)
    rotated = listener.run(elb_certificates_members=members, elb_certificates_certificate_authority_arn=authority)
    assert rotated.exit_code == 0, rotated.output
    requested = [each for each in listener.sandbox.certificates() if each["Type"] != "IMPORTED"]
    assert [each["Type"] for each in requested] == ["PRIVATE", "PRIVATE"]
    assert names_served(listener.sandbox, world.listener_arn) == {"shop.example.com", "api.example.com"}


def test_a_removed_member_takes_only_its_own_certificate(listener: Playbook, world: served.Served) -> None:
    members = [member("shop", "shop.example.com"), member("shop2", "shop.example.com")]
    assert listener.run(elb_certificates_members=members).exit_code == 0
    gone = listener.run(elb_certificates_members=members[:1])
    assert gone.exit_code == 0, gone.output
    assert names_served(listener.sandbox, world.listener_arn) == {"shop.example.com"}
    left = [each["tags"].get("tlsops:name") for each in listener.sandbox.certificates()]
    assert sorted(filter(None, left)) == ["elb/web/shop"]
    assert listener.run(elb_certificates_members=members[:1]).changed == 0


def test_a_member_that_fails_keeps_its_old_certificate_and_the_others_go_on(
    listener: Playbook, world: served.Served
) -> None:
    assert listener.run(elb_certificates_members=[member("net", "www.example.net")]).exit_code == 0
    forbid_amazon(listener.sandbox, world)
    run = listener.run(
        elb_certificates_members=[
            member("net", "www.example.net", "new.example.net"),
            member("shop", "shop.example.com"),
        ]
    )
    assert run.exit_code == 2
    assert "CAA_ERROR" in run.output
    assert names_served(listener.sandbox, world.listener_arn) == {"www.example.net", "shop.example.com"}


def forbid_amazon(sandbox: Sandbox, world: served.Served) -> None:
    caa = {
        "Name": "example.net",
        "Type": "CAA",
        "TTL": 300,
        "ResourceRecords": [{"Value": '0 issue "letsencrypt.org"'}],
    }
    sandbox.boto("route53", account="222222222222").change_resource_record_sets(
        HostedZoneId=world.accounts.zones["example.net"],
        ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": caa}]},
    )


@pytest.mark.parametrize("action", ["RequestCertificate", "AddListenerCertificates", "DeleteCertificate"])
def test_a_rotation_that_is_killed_is_finished_by_the_next_run(
    listener: Playbook, world: served.Served, action: str
) -> None:
    assert listener.run(elb_certificates_members=[member("shop", "shop.example.com")]).exit_code == 0
    new = [member("shop", "shop.example.com", "new.example.com")]
    process = listener.start(elb_certificates_members=new)
    listener.sandbox.fail(action=action, kill_pid=-process.pid)
    output, _nothing = process.communicate(timeout=120)
    assert process.returncode == -9, output
    assert "shop.example.com" in names_served(listener.sandbox, world.listener_arn)
    listener.sandbox.clear_faults()
    second = listener.run(elb_certificates_members=new)
    third = listener.run(elb_certificates_members=new)
    assert second.exit_code == 0, second.output
    assert (third.exit_code, third.changed) == (0, 0), third.output
    assert names_served(listener.sandbox, world.listener_arn) == {"shop.example.com", "new.example.com"}
    assert len([each for each in listener.sandbox.certificates() if each["Type"] == "AMAZON_ISSUED"]) == 1


def test_a_distribution_through_a_rotation(distribution: Playbook, world: served.Served) -> None:
    entry = {"distribution_id": world.distribution_id, "hosts": "cdn.example.com"}
    first = distribution.run(cloudfront_distribution_certificate_list=[entry])
    assert first.exit_code == 0, first.output
    entry["hosts"] = "cdn.example.com www.example.com"
    rotated = distribution.run(cloudfront_distribution_certificate_list=[entry])
    assert rotated.exit_code == 0, rotated.output
    again = distribution.run(cloudfront_distribution_certificate_list=[entry])
    assert (again.exit_code, again.changed) == (0, 0), again.output
    own = [each for each in distribution.sandbox.certificates() if each["Type"] == "AMAZON_ISSUED"]
    assert [sorted(each["SubjectAlternativeNames"]) for each in own] == [["cdn.example.com", "www.example.com"]]
    assert own[0]["InUseBy"] == [f"arn:aws:cloudfront::111111111111:distribution/{world.distribution_id}"]


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"elb_certificates_members": [{"name": "shop", "host": "x"}]}, "host"),
        ({"elb_certificates_members": [{"name": "shop", "request": True}]}, "requests a certificate and has no hosts"),
        (
            {"elb_certificates_members": [{"name": "n", "hosts": ["www.example.org"]}]},
            "no certificate for www.example.org",
        ),
        ({"elb_certificates_members": [member("n", "www.example.org")]}, "no hosted zone for www.example.org"),
        ({"elb_certificates_members": [], "elb_certificates_listener_arn": "nonsense"}, "nonsense isn't the ARN"),
    ],
)
def test_mistakes_end_in_one_sentence(listener: Playbook, variables: dict[str, Any], message: str) -> None:
    run = listener.run(**variables)
    assert run.exit_code == 2
    assert message in " ".join(run.output.split())
    assert "Traceback" not in run.output
