# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A distribution tenant from nothing to attached, and what may go wrong on the way."""

from __future__ import annotations

import json
from typing import Any

import pytest
from aws_world import World
from tenant_world import DOMAIN, WEB_ACL, Tenancy, bad, good, statuses


@pytest.fixture
def tenancy(world: World) -> Tenancy:
    return Tenancy(world)


# --- The way to Attached ---------------------------------------------------------------------------------------------


def test_cloudfront_answers_from_nothing_to_attached_in_one_run(tenancy: Tenancy) -> None:
    tenancy.point()
    tenant = good(tenancy.run(host="cloudfront"))
    assert (tenant["phase"], tenant["ready"], tenant["reason"]) == ("Attached", True, "Validated")
    assert statuses(tenant) == {DOMAIN: "active"}
    assert tenancy.changes() == {"CreateDistributionTenant": 1, "UpdateDistributionTenant": 1}
    (certificate,) = tenancy.requests()
    assert tenant["certificate_arn"] == tenant["attached_certificate_arn"] == certificate["CertificateArn"]
    assert tenant["routing_endpoint"] == tenancy.endpoint
    assert tenant["dns_records"] == [{"name": DOMAIN, "type": "CNAME", "value": tenancy.endpoint}]
    again = tenancy.converged(host="cloudfront")
    assert again["tenant"] == tenant
    (shown,) = again["certificates"]
    assert (shown["arn"], shown["phase"], shown["ready"]) == (certificate["CertificateArn"], "Issued", True)
    assert shown["subject_alternative_names"] == [DOMAIN]


def test_self_hosted_the_first_run_ends_with_what_the_web_servers_have_to_show(tenancy: Tenancy) -> None:
    tenant = good(tenancy.run("shop", DOMAIN, "www.example.com", wait=False))
    assert (tenant["phase"], tenant["ready"], tenant["reason"]) == ("PendingValidation", False, "PendingValidation")
    tokens = tenancy.sandbox.tokens(tenant["certificate_arn"])
    assert {each["domain"]: each["redirect_to"] for each in tenant["validation_tokens"]} == {
        domain: token["to"] for domain, token in tokens.items()
    }
    assert all(each["redirect_from"] in tenant["message"] for each in tenant["validation_tokens"])
    waiting = good(tenancy.run("shop", DOMAIN, "www.example.com", wait=False), changed=False)
    assert waiting["reason"] == "PendingValidation"
    tenancy.settle()
    assert good(tenancy.run("shop", DOMAIN, "www.example.com"))["phase"] == "Attached"
    assert len(tenancy.requests()) == 1


def test_attachment_does_not_wait_for_the_deployment(tenancy: Tenancy) -> None:
    tenancy.sandbox.configure(cloudfront_deploy_delay=86400)
    good(tenancy.run(wait=False))
    tenancy.settle()
    tenant = good(tenancy.run(wait=False))
    assert (tenant["phase"], tenant["reason"], tenant["ready"]) == ("Attaching", "Deploying", False)
    assert tenant["attached_certificate_arn"] == tenant["certificate_arn"]


def test_what_is_attached_is_not_attached_again(tenancy: Tenancy) -> None:
    """The domains come late: the run looks again, and sends nothing."""
    tenancy.sandbox.configure(domain_activation_delay=400)
    good(tenancy.run(wait=False))
    tenancy.settle()
    tenancy.changes()
    assert good(tenancy.run())["phase"] == "Attached"
    assert tenancy.changes() == {"UpdateDistributionTenant": 1}


def test_cloudfront_may_attach_by_itself(tenancy: Tenancy) -> None:
    tenancy.sandbox.configure(tenants_attach_themselves=True)
    good(tenancy.run(wait=False))
    tenancy.settle()
    tenancy.changes()
    assert good(tenancy.run(), changed=False)["phase"] == "Attached"
    assert tenancy.changes() == {}


def test_attaching_keeps_the_other_customizations(tenancy: Tenancy) -> None:
    """Customizations are replaced as a whole."""
    geo = {"RestrictionType": "whitelist", "Locations": ["DE", "FR"]}
    acl = {"Action": "override", "Arn": WEB_ACL}
    good(tenancy.run(wait=False, web_acl={"action": "override", "arn": WEB_ACL}))
    tenancy.edit(Customizations={"WebAcl": acl, "GeoRestrictions": geo})
    arn = tenancy.settle()
    good(tenancy.run())
    assert tenancy.tenant()["Customizations"] == {
        "WebAcl": acl,
        "GeoRestrictions": geo,
        "Certificate": {"Arn": arn},
    }


def test_the_distributions_certificate_is_enough(tenancy: Tenancy) -> None:
    (arn,) = tenancy.sandbox.add_certificates([{"domain_name": "*.example.com", "region": "us-east-1"}])
    shared = tenancy.sandbox.distribution(certificate_arn=arn, parameters=[])["id"]
    tenant = good(tenancy.run(distribution_id=shared))
    assert (tenant["ready"], tenant["reason"], tenant["certificate_arn"]) == (True, "CoveredByExisting", None)
    tenancy.converged(distribution_id=shared)
    other = good(tenancy.run("other", "other.example.com", host=None, distribution_id=shared))
    assert (other["ready"], other["reason"]) == (True, "Deployed")


def test_an_own_certificate_is_attached_at_the_creation(tenancy: Tenancy) -> None:
    (arn,) = tenancy.sandbox.add_certificates([{"domain_name": "*.example.com", "region": "us-east-1"}])
    tenant = good(tenancy.run("all", "*.example.com", host=None, certificate_arn=arn))
    assert (tenant["phase"], tenant["attached_certificate_arn"]) == ("Attached", arn)
    assert tenancy.changes() == {"CreateDistributionTenant": 1}


def test_a_domain_is_added_by_a_new_request_while_the_old_certificate_serves(tenancy: Tenancy) -> None:
    old = tenancy.attached()
    both = ("shop", DOMAIN, "www.example.com")
    tenant = good(tenancy.run(*both, wait=False))
    assert statuses(tenant) == {DOMAIN: "active", "www.example.com": "inactive"}
    assert (tenant["attached_certificate_arn"], tenant["reason"]) == (old, "PendingValidation")
    new = tenancy.settle()
    tenant = good(tenancy.run(*both))
    assert (tenant["attached_certificate_arn"], tenant["phase"]) == (new, "Attached")
    assert len(tenancy.requests()) == 2
    tenancy.world.counted()
    assert good(tenancy.run(*both), changed=False)["phase"] == "Attached"
    assert tenancy.changes() == {}


# --- Failures --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "shown"),
    [
        ("VALIDATION_TIMED_OUT", "validation-timed-out"),
        ("FAILED", "failed"),
        ("REVOKED", "revoked"),
        ("EXPIRED", "expired"),
        ("INACTIVE", "inactive"),
    ],
)
def test_a_failed_request_says_so_and_is_made_anew_when_told(tenancy: Tenancy, status: str, shown: str) -> None:
    good(tenancy.run(wait=False))
    first = tenancy.settle(status)
    bad(tenancy.run(), "CertificateFailed", shown, "retry_failed")
    assert len(tenancy.requests()) == 1
    tenant = good(tenancy.run(retry_failed=True, wait=False))
    assert (tenant["reason"], tenant["certificate_status"]) == ("PendingValidation", "pending-validation")
    second = tenancy.settle()
    assert second != first
    assert good(tenancy.run(retry_failed=True))["attached_certificate_arn"] == second
    tenancy.converged(retry_failed=True)


def test_a_run_that_times_out_says_what_is_missing_and_the_next_goes_on(tenancy: Tenancy) -> None:
    late = tenancy.run(wait_timeout=600)
    message = bad(late, "PendingValidation", DOMAIN, "600")
    assert late["changed"] is True
    assert "/.well-known/pki-validation/" in message
    assert bad(tenancy.run(wait_timeout=73 * 3600, poll_interval=7200), "CertificateFailed", "validation-timed-out")


def test_a_tenant_without_a_request_gets_one(tenancy: Tenancy) -> None:
    """ACM had no room when CloudFront asked."""
    tenancy.sandbox.configure(total_quota=0)
    good(tenancy.run(wait=False))
    assert tenancy.requests() == []
    tenancy.sandbox.configure(total_quota=10)
    bad(tenancy.run(wait_timeout=600), "PendingValidation")
    assert len(tenancy.requests()) == 1


def test_a_domain_that_does_not_point_to_cloudfront_creates_nothing_and_says_all(tenancy: Tenancy) -> None:
    tenancy.point("www.example.com", to="elsewhere.example.com")
    result = tenancy.run("shop", DOMAIN, "www.example.com", host="cloudfront", wait=False)
    assert tenancy.changes() == {}
    message = result["tenant"]["message"] if not result.failed else result["msg"]
    for part in (DOMAIN, "www.example.com", tenancy.endpoint):
        assert part in message
    assert result["tenant"]["reason"] == "DomainValidationPending"
    assert result["changed"] is False


def test_cloudfronts_own_refusal_of_a_domain_is_understood(tenancy: Tenancy) -> None:
    """aws-sdk-php#3129; without our own look at the DNS."""
    result = tenancy.run(host="cloudfront", wait=False, check_dns=False)
    assert result["tenant"]["reason"] == "DomainValidationPending", result.result
    assert tenancy.endpoint in result["tenant"]["message"]
    tenancy.point()
    assert good(tenancy.run(host="cloudfront"))["phase"] == "Attached"


def test_an_apex_needs_the_txt_record_beside_the_alias(tenancy: Tenancy) -> None:
    target = {"HostedZoneId": "Z2FDTNDATAQYW2", "DNSName": tenancy.endpoint, "EvaluateTargetHealth": False}
    alias = {"Name": "example.com", "Type": "A", "AliasTarget": target}
    changes = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": alias}]}
    tenancy.world.route53().change_resource_record_sets(HostedZoneId=tenancy.zone, ChangeBatch=changes)
    early = good(tenancy.run("apex", "example.com", host="cloudfront", wait=False), changed=False)
    assert early["reason"] == "DomainValidationPending"
    assert "_cf-challenge" in early["message"]
    tenancy.world.put_record(tenancy.zone, "_cf-challenge.example.com", "TXT", f'"{tenancy.endpoint}"')
    assert good(tenancy.run("apex", "example.com", host="cloudfront"))["phase"] == "Attached"


def test_the_first_tenant_of_an_account_has_no_endpoint_to_point_to(tenancy: Tenancy) -> None:
    """The default connection group only comes with it."""
    tenancy.sandbox.reset()
    template = tenancy.sandbox.distribution(parameters=[])["id"]
    early = good(tenancy.run(host="cloudfront", wait=False, distribution_id=template), changed=False)
    assert early["reason"] == "DomainValidationPending"
    assert "connection_group_id" in early["message"]
    group = tenancy.sandbox.connection_group("shops")
    zone = tenancy.world.zone("example.com")
    tenancy.world.put_record(zone, DOMAIN, "CNAME", group["endpoint"])
    given = {"distribution_id": template, "connection_group_id": group["id"]}
    assert good(tenancy.run(host="cloudfront", **given))["routing_endpoint"] == group["endpoint"]


def test_the_run_goes_on_when_the_records_come_meanwhile(tenancy: Tenancy) -> None:
    """It waits for the DNS, too: a record that is there at the second look is enough."""
    tenancy.sandbox.configure(insync_delay=200)
    tenancy.world.put_record(tenancy.zone, DOMAIN, "CNAME", tenancy.endpoint)
    assert good(tenancy.run(host="cloudfront"))["phase"] == "Attached"


def test_a_domain_of_another_tenant_is_named_with_its_owner(tenancy: Tenancy) -> None:
    tenancy.attached("theirs")
    bad(tenancy.run(), "DomainConflict", DOMAIN, "theirs")
    assert list(tenancy.sandbox.tenants()) == ["theirs"]


def test_a_domain_of_another_account_is_said_to_be_taken(tenancy: Tenancy) -> None:
    other = tenancy.sandbox.distribution(parameters=[], account="222222222222")["id"]
    tenancy.sandbox.add_tenants(other, [{"name": "theirs", "domains": [DOMAIN]}], account="222222222222")
    bad(tenancy.run(), "DomainConflict", DOMAIN)


def test_an_etag_that_moves_is_read_again(tenancy: Tenancy) -> None:
    """Between our read and our update: once, twice."""
    good(tenancy.run(wait=False))
    tenancy.settle()
    tenancy.sandbox.fail("cloudfront", "UpdateDistributionTenant", times=1, code="PreconditionFailed", status=412)
    tenancy.sandbox.fail("cloudfront", "UpdateDistributionTenant", times=1, code="InvalidIfMatchVersion", status=400)
    assert good(tenancy.run())["phase"] == "Attached"


def test_a_tenant_that_appears_meanwhile_is_adopted_if_it_is_the_same(tenancy: Tenancy) -> None:
    """No idempotency token: the answer of the first CreateDistributionTenant was lost."""
    tenancy.sandbox.fail("cloudfront", "CreateDistributionTenant", cut="after")
    result = tenancy.run(wait=False)
    assert result["tenant"]["reason"] == "PendingValidation", result.result
    assert len(tenancy.sandbox.tenants()) == len(tenancy.requests()) == 1


def test_a_name_that_belongs_to_another_distribution_is_left_alone(tenancy: Tenancy) -> None:
    tenancy.attached()
    other = tenancy.sandbox.distribution(parameters=[])["id"]
    bad(tenancy.run(distribution_id=other), "BindingMismatch", tenancy.distribution, "move_distribution")
    assert tenancy.tenant()["DistributionId"] == tenancy.distribution
    moved = good(tenancy.run(distribution_id=other, move_distribution=True))
    assert moved["distribution_id"] == other


# --- Three-way comparison --------------------------------------------------------------------------------------------


def test_what_the_task_names_is_corrected_and_the_rest_is_kept(tenancy: Tenancy) -> None:
    arn = tenancy.attached(parameters={"origin": "a", "tier": "basic"}, tags={"team": "web"})
    geo = {"RestrictionType": "blacklist", "Locations": ["US"]}
    tenancy.edit(Customizations={"Certificate": {"Arn": arn}, "GeoRestrictions": geo}, Enabled=False)
    tenancy.converged(enabled=None)
    check = tenancy.run(check=True, diff=True, enabled=True, tags={"team": "shop"}, parameters={"origin": "b"})
    assert tenancy.changes() == {}
    result = tenancy.run(diff=True, enabled=True, tags={"team": "shop"}, parameters={"origin": "b"})
    assert good(result)["phase"] == "Attached"
    assert check["changed"] is True
    assert check["diff"] == result["diff"]
    after = json.dumps(result["diff"]["after"])
    for part in ("enabled", "shop", "origin"):
        assert part in after.lower()
    found = tenancy.tenant()
    assert found["Enabled"] is True
    assert found["Parameters"] == [{"Name": "origin", "Value": "b"}]
    assert found["Tags"] == {"Items": [{"Key": "team", "Value": "shop"}]}
    assert found["Customizations"] == {"Certificate": {"Arn": arn}, "GeoRestrictions": geo}
    tenancy.converged(enabled=True, tags={"team": "shop"}, parameters={"origin": "b"})


def test_drift_can_be_reported_only(tenancy: Tenancy) -> None:
    tenancy.attached(enabled=False)
    tenancy.world.counted()
    result = tenancy.run(enabled=True, on_drift="report")
    assert tenancy.changes() == {}
    assert result["tenant"]["reason"] in ("DriftDetected", "Disabled")
    assert result["changed"] is False


def test_check_mode_predicts_the_whole_creation(tenancy: Tenancy) -> None:
    tenancy.point()
    check = tenancy.run(host="cloudfront", check=True, diff=True, tags={"team": "shop"})
    assert tenancy.sandbox.tenants() == {}
    assert check["changed"] is True
    real = tenancy.run(host="cloudfront", diff=True, tags={"team": "shop"})
    assert real["changed"] is True
    assert set(check["tenant"]) == set(real["tenant"])
    assert check["diff"]["before"] == real["diff"]["before"]
    assert check["tenant"]["dns_records"] == real["tenant"]["dns_records"]


# --- Absent ----------------------------------------------------------------------------------------------------------


def test_absent_disables_waits_and_deletes(tenancy: Tenancy) -> None:
    tenancy.attached()
    gone = good(tenancy.run(state="absent"))
    assert gone["reason"] == "Absent"
    assert tenancy.changes() == {"UpdateDistributionTenant": 1, "DeleteDistributionTenant": 1}
    assert tenancy.sandbox.tenants() == {}
    tenancy.converged(state="absent")


def test_absent_without_waiting_is_finished_by_a_later_run(tenancy: Tenancy) -> None:
    tenancy.attached()
    assert good(tenancy.run(state="absent", wait=False))["reason"] in ("Disabling", "Deleting")
    assert good(tenancy.run(state="absent", wait=False), changed=False)["reason"] == "Deleting"
    tenancy.sandbox.advance(60)
    assert good(tenancy.run(state="absent", wait=False))["reason"] == "Absent"
    assert tenancy.sandbox.tenants() == {}


def test_absent_in_check_mode_changes_nothing(tenancy: Tenancy) -> None:
    tenancy.attached()
    tenancy.world.counted()
    assert good(tenancy.run(state="absent", check=True))
    assert tenancy.changes() == {}


# --- Moving domains --------------------------------------------------------------------------------------------------


def test_a_domain_moves_from_a_disabled_tenant_when_asked(tenancy: Tenancy) -> None:
    (arn,) = tenancy.sandbox.add_certificates([{"domain_name": "*.example.com", "region": "us-east-1"}])
    tenancy.attached("old", DOMAIN, "old.example.com")
    ours: dict[str, Any] = {"host": None, "certificate_arn": arn, "move_domains": True}
    result = tenancy.run("new", DOMAIN, "new.example.com", **ours)
    assert result.failed
    assert "disabled" in result["msg"]
    tenancy.edit("old", Enabled=False)
    tenant = good(tenancy.run("new", DOMAIN, "new.example.com", **ours))
    assert statuses(tenant) == {DOMAIN: "active", "new.example.com": "active"}
    assert [each["Domain"] for each in tenancy.tenant("old")["Domains"]] == ["old.example.com"]
    assert tenancy.changes()["UpdateDomainAssociation"] == 1


# --- Bad input, and what AWS says ------------------------------------------------------------------------------------


def test_all_faults_are_said_at_once_and_no_call_is_made(tenancy: Tenancy) -> None:
    result = tenancy.run(
        "-shop-",
        "*.example.com",
        "bad_..name",
        managed_certificate={"validation_token_host": "self-hosted", "primary_domain_name": "x.example.org"},
        parameters={"": "a"},
        web_acl={"action": "override"},
        geo_restrictions={"restriction_type": "whitelist", "locations": ["Germany"]},
    )
    assert result.failed
    for part in ("-shop-", "wildcard", "bad_..name", "x.example.org", "web_acl", "Germany"):
        assert part in result["msg"], (part, result["msg"])
    assert tenancy.world.counted() == {}
    assert "Traceback" not in result.stdout


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"distribution_id": "ENOSUCH"}, "ENOSUCH"),
        ({"parameters": {"color": "red"}}, "color"),
        ({"connection_group_id": "cg_none"}, "cg_none"),
        ({"certificate_arn": "arn:aws:acm:us-east-1:111111111111:certificate/none", "host": None}, "certificate/none"),
    ],
)
def test_what_cloudfront_would_refuse_is_said_in_one_sentence(
    tenancy: Tenancy, options: dict[str, Any], words: str
) -> None:
    tenancy.sandbox.add_certificates([{"domain_name": "other.example.com", "region": "us-east-1"}])
    result = tenancy.run(**options)
    assert result.failed, result.result
    assert words in result["msg"]
    assert tenancy.sandbox.tenants() == {}
    assert "Traceback" not in result.stdout + result.stderr


def test_a_standard_distribution_is_refused_with_the_reason(tenancy: Tenancy) -> None:
    result = tenancy.run(distribution_id=tenancy.sandbox.distribution()["id"])
    assert result.failed
    assert "tenant" in result["msg"]
    assert tenancy.changes().get("CreateDistributionTenant", 0) <= 1


def test_missing_permissions_are_named(tenancy: Tenancy) -> None:
    tenancy.sandbox.deny("111111111111", ["acm:RequestCertificate"])
    bad(tenancy.run(), "AccessDenied", "acm:RequestCertificate")


def test_reading_less_than_everything_is_enough(tenancy: Tenancy) -> None:
    """Neither connection groups nor the distribution nor ACM may be looked at."""
    refused = ["cloudfront:ListConnectionGroups", "cloudfront:GetDistribution", "acm:ListCertificates"]
    tenancy.sandbox.deny("111111111111", refused)
    assert good(tenancy.run(wait=False))["reason"] == "PendingValidation"
    tenancy.settle()
    assert good(tenancy.run())["phase"] == "Attached"


def test_an_old_botocore_is_one_sentence(tenancy: Tenancy, monkeypatch: pytest.MonkeyPatch) -> None:
    from ansible_collections.tlsops.certificates.plugins.module_utils._aws.access import Access

    monkeypatch.setattr(Access, "offers", lambda *dummy: False)
    result = tenancy.run()
    assert result.failed
    assert "botocore 1.3" in result["msg"]
    assert tenancy.world.counted() == {}


def test_throttling_is_waited_out_and_said(tenancy: Tenancy) -> None:
    tenancy.point()
    for action in ("GetDistributionTenant", "CreateDistributionTenant", "UpdateDistributionTenant"):
        tenancy.sandbox.fail("cloudfront", action, times=3, code="Throttling", message="Rate exceeded", status=400)
    result = tenancy.run(host="cloudfront")
    assert good(result)["phase"] == "Attached"
    assert "CloudFront has throttled 9 calls" in json.dumps(result["warnings"])


@pytest.mark.parametrize(
    ("action", "after"),
    [
        ("CreateDistributionTenant", 0),
        ("UpdateDistributionTenant", 0),
        ("UpdateDistributionTenant", 1),
        ("DeleteDistributionTenant", 0),
    ],
)
def test_a_change_whose_answer_is_lost_does_no_harm(tenancy: Tenancy, action: str, after: int) -> None:
    """It was made, and is sent again: the creation, the attachment, the disabling, the deletion."""
    tenancy.point()
    tenancy.sandbox.fail("cloudfront", action, after=after, cut="after")
    attached = tenancy.run(host="cloudfront")
    assert not attached.failed, attached.result
    assert attached["tenant"]["phase"] == "Attached"
    assert len(tenancy.requests()) == 1
    gone = tenancy.run(state="absent")
    assert not gone.failed, gone.result
    assert tenancy.sandbox.tenants() == {}
