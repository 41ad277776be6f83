# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""E-mail validation becomes DNS validation: the records are written, a killed run is finished by the next."""

from __future__ import annotations

from typing import Any

import pytest
from aws_world import ACCOUNT, REGION, World
from support.modules import ModuleResult

MODULE = "acm_certificate_migrate"
BALANCER = f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:loadbalancer/app/web/1"
CHANGES = {"acm:UpdateCertificateOptions", "route53:ChangeResourceRecordSets"}


def by_email(world: World, *names: str, **wish: Any) -> str:
    return world.add(*names, **{"validation_method": "EMAIL", "in_use_by": [BALANCER], **wish})


def migrate(world: World, *arns: str, **options: Any) -> ModuleResult:
    return world.run(MODULE, certificate_arns=list(arns), **options)


def changes(world: World) -> dict[str, int]:
    return {call: count for call, count in world.counted().items() if call in CHANGES}


def state(result: ModuleResult) -> list[tuple[str, str | None]]:
    return [(each["validation_method"], each["migration_status"]) for each in result["certificates"]]


def test_it_is_predicted_done_once_and_finished_by_acm(world: World) -> None:
    zone = world.zone("example.com")
    arn = by_email(world, "example.com", "*.example.com", "www.example.com")
    world.counted()
    check = migrate(world, arn, check=True, diff=True)
    assert (check["changed"], changes(world)) == (True, {})
    assert "example.com (" in check["diff"]["after"] or zone in check["diff"]["after"]
    result = migrate(world, arn, diff=True)
    assert changes(world) == {"acm:UpdateCertificateOptions": 1, "route53:ChangeResourceRecordSets": 1}
    assert result["diff"] == check["diff"]
    assert state(result) == [("EMAIL", "PENDING_DOMAIN_VALIDATION")]
    (record,) = result["certificates"]
    assert len(record["validation_records"]) == len(world.records(zone)) == 2
    again = migrate(world, arn)
    assert (again["changed"], changes(world)) == (False, {})
    world.sandbox.advance(60)
    done = migrate(world, arn)
    assert (done["changed"], state(done)) == (False, [("DNS", "SUCCESS")])


def test_a_run_that_ended_before_the_records_is_finished(world: World) -> None:
    zone = world.zone("example.com")
    arn = by_email(world, "www.example.com")
    migrate(world, arn, write_records=False)
    assert world.records(zone) == {}
    world.counted()
    check = migrate(world, arn, check=True, diff=True)
    assert "CNAME _" in check["diff"]["after"]
    result = migrate(world, arn)
    assert result["changed"] is True
    assert changes(world) == {"route53:ChangeResourceRecordSets": 1}


def test_after_72_hours_it_begins_again(world: World) -> None:
    world.zone("example.com", delegate=False)
    arn = by_email(world, "www.example.com")
    migrate(world, arn)
    world.sandbox.advance(73 * 3600)
    world.counted()
    assert state(migrate(world, arn, check=True)) == [("EMAIL", "FAILED")]
    assert migrate(world, arn)["changed"] is True
    assert changes(world) == {"acm:UpdateCertificateOptions": 1}


def test_others_are_left_alone(world: World) -> None:
    world.zone("example.com")
    arns = [world.add("www.example.com"), world.add("other.example.com", type="IMPORTED")]
    result = migrate(world, *arns)
    assert (result["changed"], [each["arn"] for each in result["certificates"]]) == (False, arns)


def test_nothing_is_asked_unless_all_can_be_done(world: World) -> None:
    world.zone("example.com")
    good = by_email(world, "www.example.com")
    bad = by_email(world, "www.example.org")
    world.counted()
    result = migrate(world, good, bad)
    assert "no hosted zone for www.example.org" in result["msg"]
    pending = by_email(world, "new.example.com", status="PENDING_VALIDATION", in_use_by=[])
    result = migrate(world, good, pending)
    assert "it is PENDING_VALIDATION, and only ISSUED ones can" in result["msg"]
    assert changes(world) == {}


def test_what_fails_for_one_spares_the_other(world: World) -> None:
    zone = world.zone("example.com")
    arns = [by_email(world, f"{name}.example.com") for name in ("a", "b")]
    world.sandbox.fail("acm", "UpdateCertificateOptions", code="LimitExceededException")
    result = migrate(world, *arns)
    assert result.failed
    assert result["changed"] is True
    assert "LimitExceededException" in result["msg"]
    assert len(world.records(zone)) == 1
    assert not migrate(world, *arns).failed
    assert len(world.records(zone)) == 2


def test_an_older_botocore_is_named(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.zone("example.com")
    arn = by_email(world, "www.example.com")
    from ansible_collections.tlsops.certificates.plugins.module_utils._aws.access import Access

    monkeypatch.setattr(Access, "offers", lambda self, service, operation, region=None: False)
    result = migrate(world, arn)
    assert "install botocore 1.43.71 or later" in result["msg"]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"certificate_arns": ["nonsense"]}, "'nonsense' isn't the ARN of an ACM certificate"),
        ({"certificate_arns": [], "ttl": 0}, "ttl must be between 1 and"),
    ],
)
def test_bad_options(world: World, options: dict[str, Any], sentence: str) -> None:
    assert sentence in world.run(MODULE, **options)["msg"]


def test_an_unknown_certificate(world: World) -> None:
    arn = f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/00000000-0000-0000-0000-000000000000"
    assert "ACM doesn't know this certificate" in migrate(world, arn)["msg"]
