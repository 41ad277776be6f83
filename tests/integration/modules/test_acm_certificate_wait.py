# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from aws_world import ACCOUNT, World
from support.modules import ModuleResult

NAMES = ("one", "two", "three", "four", "five")


def requested(world: World, *names: str, **options: Any) -> list[dict[str, Any]]:
    """Certificates that were requested, with their records written, and not waited for."""
    world.zone("example.com")
    entries = [{"name": name, "domain_name": f"{name}.example.com"} for name in names]
    certificates: list[dict[str, Any]] = world.issue_all(entries, wait=False, **options)["certificates"]
    world.counted()
    return certificates


def wait(world: World, **options: Any) -> ModuleResult:
    result = world.run("acm_certificate_wait", **options)
    assert (result.result or {}).get("changed", False) is False
    return result


def test_records_of_an_earlier_task_come_back_issued_and_in_order(world: World) -> None:
    certificates = requested(world, *NAMES)
    result = wait(world, certificates=certificates)
    assert [each["name"] for each in result["certificates"]] == list(NAMES)
    assert all(each["ready"] for each in result["certificates"])
    assert [set(each) for each in result["certificates"]] == [set(each) for each in certificates]
    for before, after in zip(certificates, result["certificates"], strict=True):
        assert after["validation_records"] == before["validation_records"]
        assert after["tags"] == before["tags"]
    assert set(world.counted()) == {"acm:ListCertificates"}


def test_arns_of_several_regions(world: World) -> None:
    world.zone("example.com")
    entries: list[dict[str, Any]] = [
        {"domain_name": "a.example.com"},
        {"domain_name": "b.example.com", "cloudfront": True},
    ]
    arns = [each["arn"] for each in world.issue_all(entries, wait=False)["certificates"]]
    result = wait(world, certificate_arns=arns)
    assert [each["arn"] for each in result["certificates"]] == arns
    assert [each["region"] for each in result["certificates"]] == ["eu-west-1", "us-east-1"]
    assert all(each["ready"] for each in result["certificates"])


def test_what_is_issued_already_costs_no_call(world: World) -> None:
    world.zone("example.com")
    certificates = world.issue_all([{"domain_name": "a.example.com"}])["certificates"]
    world.counted()
    assert wait(world, certificates=certificates)["certificates"] == certificates
    assert world.counted() == {}


def test_what_check_mode_foretold_is_passed_on(world: World) -> None:
    world.zone("example.com")
    foretold = world.issue_all([{"domain_name": "a.example.com"}], check=True)["certificates"]
    assert wait(world, certificates=foretold, wait=False)["certificates"] == foretold
    assert wait(world, certificates=foretold, check=True)["certificates"] == foretold


def test_the_first_failure_ends_the_wait(world: World) -> None:
    certificates = requested(world, *NAMES, write_records=False)
    world.sandbox.certificate(certificates[1]["arn"], status="FAILED", failure_reason="CAA_ERROR")
    result = wait(world, certificates=certificates)
    assert result.failed
    assert "two" in result["msg"]
    assert "CAA_ERROR" in result["msg"]
    assert 'issue "amazon.com"' in result["msg"]
    assert [each["phase"] for each in result["certificates"]].count("Failed") == 1
    assert len(world.sandbox.calls("acm", "ListCertificates")) <= 2


def test_the_others_are_waited_for_if_failures_are_reported(world: World) -> None:
    certificates = requested(world, *NAMES)
    world.sandbox.certificate(certificates[1]["arn"], status="FAILED", failure_reason="DOMAIN_NOT_ALLOWED")
    result = wait(world, certificates=certificates, on_failure="report")
    assert not result.failed
    assert [each["ready"] for each in result["certificates"]] == [True, False, True, True, True]
    assert result["certificates"][1]["reason"] == "DomainNotAllowed"


def test_time_that_is_up_says_what_is_missing(world: World) -> None:
    certificates = requested(world, "one", write_records=False)
    record = certificates[0]["validation_records"][0]
    result = wait(world, certificates=certificates, wait_timeout=60)
    assert result.failed
    assert "1 of 1 certificate not issued within 60 seconds: one" in result["msg"]
    assert record["name"] in result["msg"]


def test_one_look_fails_for_nothing_that_is_pending(world: World) -> None:
    certificates = requested(world, "one", write_records=False)
    result = wait(world, certificates=certificates, wait=False)
    assert (result.failed, result["certificates"][0]["phase"]) == (False, "PendingValidation")
    assert world.counted() == {"acm:DescribeCertificate": 1}


def test_check_mode_looks_once(world: World) -> None:
    certificates = requested(world, "one", write_records=False)
    result = wait(world, certificates=certificates, check=True)
    assert (result.failed, result["certificates"][0]["ready"]) == (False, False)


def test_a_certificate_that_acm_doesn_t_know(world: World) -> None:
    never = f"arn:aws:acm:eu-west-1:{ACCOUNT}:certificate/00000000-0000-0000-0000-000000000000"
    result = wait(world, certificate_arns=[never])
    assert result.failed
    assert never in result["msg"]
    assert "doesn't know the certificate" in result["msg"]
    assert world.clock.now() - world.started < 120, "a minute is enough to become known"


def test_a_certificate_that_is_deleted_meanwhile(world: World) -> None:
    certificates = requested(world, "one", write_records=False)
    world.sandbox.boto("acm").delete_certificate(CertificateArn=certificates[0]["arn"])
    result = wait(world, certificates=certificates)
    assert result.failed
    assert "doesn't know the certificate" in result["msg"]


def test_a_certificate_that_is_not_known_yet(world: World) -> None:
    """A run that broke off right after its request is taken up while ACM doesn't know the certificate yet."""
    world.zone("example.com")
    world.sandbox.deny(ACCOUNT, ["acm:DescribeCertificate"])
    assert world.issue("www.example.com").failed
    [arn] = world.certificates()
    world.sandbox.control("DELETE", "denials", {})
    world.sandbox.configure(describe_lag=15)
    assert wait(world, certificate_arns=[arn], wait=False)["certificates"][0]["ready"] is False
    assert world.issue("www.example.com")["certificate_arn"] == arn
    assert wait(world, certificate_arns=[arn])["certificates"][0]["ready"] is True


def test_nothing_to_wait_for(world: World) -> None:
    assert wait(world)["certificates"] == []
    assert world.counted() == {}


@pytest.mark.parametrize("status", ["FAILED", "ISSUED", "PENDING_VALIDATION"])
def test_a_record_that_was_cut_short_is_refused(world: World, status: str) -> None:
    arn = requested(world, "one", write_records=False)[0]["arn"]
    result = wait(world, certificates=[{"arn": arn, "phase": "x", "status": status}])
    assert result.failed
    assert "certificates[0]" in result["msg"]
    assert "message" in result["msg"]
    assert world.counted() == {}


def test_a_private_certificate_is_waited_for(world: World) -> None:
    arn = world.add(
        "db.internal", type="PRIVATE", status="PENDING_VALIDATION", authority_arn="arn:aws:acm-pca:x", ready_at=0
    )
    world.sandbox.certificate(arn, status="ISSUED")
    assert wait(world, certificate_arns=[arn])["certificates"][0]["ready"] is True
