# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The way of a tenant to where it is wanted, on a CloudFront that does what it is told, and its known pitfalls."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils._plan import diff
from ansible_collections.tlsops.certificates.plugins.module_utils._tenant_plan import plan_tenant
from ansible_collections.tlsops.certificates.plugins.module_utils._tenant_refusals import after_error
from ansible_collections.tlsops.certificates.plugins.module_utils._tenant_result import tenant_result
from ansible_collections.tlsops.certificates.plugins.module_utils._tenant_states import Holder, Seen, assess
from ansible_collections.tlsops.certificates.plugins.module_utils._tenant_steps import UpdateTenant
from ansible_collections.tlsops.certificates.plugins.module_utils._tenants import (
    ManagedCertificate,
    ManagedRequest,
    Tenant,
    ValidationToken,
    WantedTenant,
    differences,
    from_detail,
    from_managed,
)
from hypothesis import given
from hypothesis import strategies as st

ARN = "arn:aws:acm:us-east-1:111111111111:certificate/aaaa-1"
OLD = "arn:aws:acm:us-east-1:111111111111:certificate/oooo-1"
ACL = {"Action": "override", "Arn": "arn:aws:wafv2:us-east-1:111111111111:global/webacl/x/1"}
GEO = {"RestrictionType": "whitelist", "Locations": ["DE"]}
DOMAINS = ("a.example.com", "b.example.com", "c.example.com")
BY_CLOUDFRONT = ManagedRequest("cloudfront", DOMAINS[0])
WANTED = WantedTenant("shop", "E1", (DOMAINS[0],), managed=BY_CLOUDFRONT)


def tenant(*domains: str, status: str = "active", **given: Any) -> Tenant:
    usual: dict[str, Any] = {"id": "dt_1", "arn": "arn:dt_1", "name": "shop", "distribution_id": "E1", "etag": "1"}
    shown = dict.fromkeys(domains or WANTED.domains or (), status)
    return Tenant(**{**usual, "domains": shown, "parameters": {}, "tags": {}, **given})


def served(arn: str = ARN, *domains: str, **given: Any) -> Tenant:
    return tenant(*domains, customizations={"Certificate": {"Arn": arn}}, **given)


def issued(arn: str = ARN) -> ManagedCertificate:
    return ManagedCertificate(arn, "issued", "cloudfront")


def operations(wanted: WantedTenant, seen: Seen, waits: bool = True) -> list[str]:
    return [f"{step.operation} {step.subject}" for step in plan_tenant(wanted, seen, waits).steps]


# --- The whole way ---------------------------------------------------------------------------------------------------


def test_from_nothing_to_attached() -> None:
    assert operations(WANTED, Seen(None)) == [
        "CreateDistributionTenant distribution tenant shop",
        "UpdateDistributionTenant certificate of distribution tenant shop",
    ]
    assert operations(WANTED, Seen(None), waits=False) == ["CreateDistributionTenant distribution tenant shop"]


def test_a_pending_certificate_is_attached_by_a_run_that_waits() -> None:
    seen = Seen(tenant(status="inactive"), ManagedCertificate(ARN, "pending-validation"))
    assert operations(WANTED, seen) == ["UpdateDistributionTenant certificate of distribution tenant shop"]
    assert operations(WANTED, seen, waits=False) == []


def test_a_tenant_that_goes_is_disabled_first() -> None:
    gone = dataclasses.replace(WANTED, absent=True)
    both = [
        "UpdateDistributionTenant distribution tenant shop",
        "DeleteDistributionTenant distribution tenant shop itself",
    ]
    assert operations(gone, Seen(served())) == both
    assert operations(gone, Seen(served()), waits=False) == both[:1]
    assert operations(gone, Seen(None)) == []


def test_a_domain_is_added_and_then_a_certificate_that_has_it_the_old_one_serves_until_then() -> None:
    wider = dataclasses.replace(WANTED, domains=DOMAINS[:2])
    planned = plan_tenant(wider, Seen(served(), issued()), waits=True)
    assert [sorted(step.parameters().keys() - {"Id", "IfMatch"}) for step in planned.steps] == [
        ["Domains"],
        ["ManagedCertificateRequest"],
        ["Customizations"],
    ]
    after = planned.steps[1].applied(Seen(served(), issued())).tenant
    assert after is not None
    assert after.certificate_arn == ARN


def test_with_self_hosted_the_domain_and_its_proof_are_asked_for_together() -> None:
    request = ManagedRequest("self-hosted", DOMAINS[0])
    wider = dataclasses.replace(WANTED, domains=DOMAINS[:2], managed=request)
    first = plan_tenant(wider, Seen(served(), issued()), waits=True).steps[0].parameters()
    assert first.keys() - {"Id", "IfMatch"} == {"Domains", "ManagedCertificateRequest"}
    fewer = dataclasses.replace(WANTED, managed=request)
    first = plan_tenant(fewer, Seen(served(ARN, *DOMAINS[:2]), issued()), waits=True).steps[0].parameters()
    assert first.keys() - {"Id", "IfMatch"} == {"Domains"}


def test_a_killed_run_that_added_a_domain_only_is_finished_by_the_certificate() -> None:
    wider = dataclasses.replace(WANTED, domains=DOMAINS[:2])
    half = served(ARN, *DOMAINS[:1])
    half = dataclasses.replace(half, domains={**half.domains, DOMAINS[1]: "inactive"})
    assert assess(wider, Seen(half, issued(), names=frozenset(DOMAINS[:1]))).next == "request"
    assert assess(wider, Seen(half, issued(), names=frozenset(DOMAINS[:2]))).next == "wait"
    assert assess(wider, Seen(half, issued())).next == "wait", "nobody can tell what the certificate has"


def test_domains_are_moved_one_by_one_when_the_tenant_is_ready() -> None:
    wider = dataclasses.replace(WANTED, domains=DOMAINS, managed=None, move_domains=True)
    elsewhere = tuple(Holder(domain, "tenant old (dt_0)") for domain in DOMAINS[1:])
    seen = Seen(served(), elsewhere=elsewhere)
    planned = plan_tenant(wider, seen, waits=True)
    assert [step.parameters()["Domain"] for step in planned.steps] == list(DOMAINS[1:])
    assert planned.steps[0].parameters()["TargetResource"] == {"DistributionTenantId": "dt_1"}


def test_tags_are_set_and_removed_but_for_those_of_aws() -> None:
    tagged = served(tags={"a": "1", "aws:b": "2", "c": "3"})
    (step,) = plan_tenant(dataclasses.replace(WANTED, tags={"a": "2"}), Seen(tagged, issued()), waits=True).steps
    assert (step.before(), step.after()) == ({"a": "1", "aws:b": "2", "c": "3"}, {"a": "2", "aws:b": "2"})
    kept = dataclasses.replace(WANTED, tags={"a": "1"}, purge_tags=False)
    assert operations(kept, Seen(tagged, issued())) == []
    assert operations(WANTED, Seen(tagged, issued())) == []


def test_somebody_else_s_tenant_is_left_alone_tags_included() -> None:
    other = dataclasses.replace(WANTED, distribution_id="E2", tags={"a": "b"})
    assert operations(other, Seen(served(), issued())) == []
    moved = dataclasses.replace(other, move_distribution=True, tags=None)
    (step,) = plan_tenant(moved, Seen(served(), issued()), waits=True).steps
    assert step.after() == {"distribution_id": "E2"}


def test_drift_that_is_only_reported_doesn_t_keep_a_certificate_from_being_attached() -> None:
    watched = dataclasses.replace(WANTED, enabled=False, report_drift=True)
    assert assess(watched, Seen(served(), issued())).condition.reason == "DriftDetected"
    assert operations(watched, Seen(served(OLD), issued())) == [
        "UpdateDistributionTenant certificate of distribution tenant shop"
    ]


# --- Pitfalls of others, which must not come back --------------------------------------------------------------------


def test_an_attached_certificate_isn_t_attached_again_while_domains_are_inactive() -> None:
    waiting = assess(WANTED, Seen(served(status="inactive"), issued()))
    assert (waiting.next, waiting.condition.reason) == ("wait", "Attaching")


def test_a_request_that_is_added_to_a_tenant_is_sent() -> None:
    assert assess(WANTED, Seen(tenant(status="inactive"))).next == "request"


def test_a_certificate_that_somebody_attached_stays_where_none_is_named() -> None:
    assert differences(WantedTenant("shop", "E1"), served(OLD)) == {}


@pytest.mark.parametrize("customizations", [None, {}, {"Certificate": {}}, {"GeoRestrictions": None}])
def test_no_customizations_are_no_customizations_however_they_are_written(customizations: Any) -> None:
    found = from_detail({"Id": "1", "Name": "shop", "DistributionId": "E1", "Customizations": customizations}, "1")
    assert differences(WantedTenant("shop", "E1"), found) == {}


def test_the_order_of_countries_means_nothing() -> None:
    restricted = tenant(customizations={"GeoRestrictions": {"RestrictionType": "whitelist", "Locations": ["DE", "AT"]}})
    same = {"GeoRestrictions": {"RestrictionType": "whitelist", "Locations": ["AT", "DE"]}}
    assert differences(WantedTenant("shop", customizations=same), restricted) == {}


def test_tokens_are_told_while_they_are_asked_for() -> None:
    token = ValidationToken(DOMAINS[0], "http://a.example.com/token", "https://example.net/token")
    for status, told in (("pending-validation", 1), ("issued", 0), ("failed", 0)):
        seen = Seen(tenant(status="inactive"), ManagedCertificate(ARN, status, "self-hosted", (token,)))
        assert len(tenant_result(WANTED, seen, assess(WANTED, seen), {})["validation_tokens"]) == told
    silent = ValidationToken(DOMAINS[0], None, None)
    seen = Seen(tenant(), ManagedCertificate(ARN, "pending-validation", "cloudfront", (silent,)))
    assert tenant_result(WANTED, seen, assess(WANTED, seen), {})["validation_tokens"] == []


def test_disabling_sends_nothing_else() -> None:
    (step,) = plan_tenant(dataclasses.replace(WANTED, absent=True), Seen(served()), waits=False).steps
    assert step.parameters() == {"Id": "dt_1", "IfMatch": "1", "Enabled": False}


@pytest.mark.parametrize("status", ["failed", "inactive", "expired", "revoked", "validation-timed-out"])
def test_a_failed_request_is_a_failure_and_is_repeated_once_a_run_if_asked_for(status: str) -> None:
    seen = Seen(tenant(status="inactive"), ManagedCertificate(ARN, status))
    assert assess(WANTED, seen).condition.reason == "CertificateFailed"
    again = dataclasses.replace(WANTED, retry_failed=True)
    assert assess(again, seen).next == "request"
    assert assess(again, dataclasses.replace(seen, replaced=OLD)).next == "fail"


def test_an_own_certificate_is_only_replaced_by_a_managed_one_when_that_is_said() -> None:
    assert assess(WANTED, Seen(served(OLD))).condition.reason == "CoveredByExisting"
    told = dataclasses.replace(WANTED, retry_failed=True)
    assert assess(told, Seen(served(OLD))).next == "request"
    assert assess(told, Seen(served(OLD), replaced="")).next == "none", "CloudFront had its reasons to request none"
    assert assess(told, Seen(tenant())).next == "none"


@pytest.mark.parametrize(
    ("host", "said", "reason"),
    [
        ("cloudfront", "Could not verify Domain Name ownership.", "DomainValidationPending"),
        ("cloudfront", "The parameter a b is not valid.", "InvalidSpec"),
        ("self-hosted", "Could not verify Domain Name ownership.", "InvalidSpec"),
    ],
)
def test_only_the_words_about_ownership_are_about_the_dns(host: str, said: str, reason: str) -> None:
    wanted = dataclasses.replace(WANTED, managed=ManagedRequest(host, DOMAINS[0]))
    found = after_error(wanted, "CreateDistributionTenant", "InvalidArgument", said)
    assert found.condition.reason == reason


def test_deployed_without_its_certificate_isn_t_ready() -> None:
    pending = Seen(tenant(), ManagedCertificate(ARN, "pending-validation"))
    assert not assess(WANTED, pending).condition.ready


def test_a_new_request_that_cloudfront_doesn_t_show_yet_isn_t_repeated() -> None:
    fresh = tenant(status="inactive")
    for seen in (
        Seen(fresh, age=5.0),
        Seen(fresh, replaced=""),
        Seen(fresh, ManagedCertificate(OLD, "failed"), replaced=OLD),
        Seen(served(OLD), issued(OLD), replaced=OLD),
    ):
        assert assess(WANTED, seen).condition.reason == "PendingValidation"
    assert assess(WANTED, Seen(fresh, age=500.0)).next == "request"


# --- Properties ------------------------------------------------------------------------------------------------------

customization_sets = st.dictionaries(
    st.sampled_from(["Certificate", "WebAcl", "GeoRestrictions"]), st.booleans(), max_size=3
).map(
    lambda chosen: {kind: {"Certificate": {"Arn": OLD}, "WebAcl": ACL, "GeoRestrictions": GEO}[kind] for kind in chosen}
)
tenants = st.builds(
    tenant,
    st.sampled_from(DOMAINS),
    enabled=st.booleans(),
    status=st.sampled_from(["active", "inactive"]),
    connection_group_id=st.sampled_from([None, "cg_1"]),
    customizations=customization_sets,
    parameters=st.dictionaries(st.sampled_from("ab"), st.sampled_from("xy")),
    tags=st.dictionaries(st.sampled_from("ab"), st.sampled_from("xy")),
)
certificates = st.none() | st.builds(
    ManagedCertificate,
    st.sampled_from([ARN, OLD]),
    st.sampled_from(["pending-validation", "issued", "failed", "expired"]),
)
sights = st.builds(Seen, st.none() | tenants, certificates)
wishes = st.builds(
    WantedTenant,
    st.just("shop"),
    st.just("E1"),
    st.lists(st.sampled_from(DOMAINS), min_size=1, unique=True).map(tuple),
    enabled=st.sampled_from([None, True, False]),
    connection_group_id=st.sampled_from([None, "cg_1", "cg_2"]),
    parameters=st.none() | st.dictionaries(st.sampled_from("ab"), st.sampled_from("xy")),
    customizations=st.dictionaries(st.sampled_from(["WebAcl", "GeoRestrictions"]), st.none() | st.just(ACL)),
    managed=st.none() | st.just(BY_CLOUDFRONT),
    tags=st.none() | st.dictionaries(st.sampled_from("ab"), st.sampled_from("xy")),
    absent=st.booleans(),
    retry_failed=st.just(True),
)


def arrived(wanted: WantedTenant, seen: Seen) -> Seen:
    """What is there when a run has done all it planned, and CloudFront its part."""
    for dummy in range(20):
        planned = plan_tenant(wanted, seen, waits=False)
        for step in planned.steps:
            seen = step.applied(seen)
        if seen.managed and seen.managed.status == "pending-validation":
            seen = dataclasses.replace(seen, managed=dataclasses.replace(seen.managed, status="issued"))
        elif seen.tenant:
            active = dict.fromkeys(seen.tenant.domains, "active")
            seen = dataclasses.replace(seen, tenant=dataclasses.replace(seen.tenant, domains=active, status="Deployed"))
    return seen


@given(wishes, sights)
def test_what_is_done_needs_not_be_done_again(wanted: WantedTenant, seen: Seen) -> None:
    done = arrived(wanted, seen)
    assert plan_tenant(wanted, done, waits=True).steps == ()
    found = assess(wanted, done)
    assert found.next == "none"
    assert found.condition.ready or found.condition.reason in ("Absent", "Disabled")


@given(wishes, sights)
def test_the_plan_is_what_a_run_does(wanted: WantedTenant, seen: Seen) -> None:
    planned = plan_tenant(wanted, seen, waits=True)
    for step in planned.steps:
        seen = step.applied(seen)
    done = arrived(wanted, seen)
    assert (done.tenant is None) == wanted.absent
    sides = diff(planned.steps)
    assert bool(sides["before"] or sides["after"]) == bool(planned.steps)


@given(wishes, tenants)
def test_what_isn_t_named_is_kept(wanted: WantedTenant, there: Tenant) -> None:
    changed = differences(wanted, there)
    after = UpdateTenant(there, changed).applied(Seen(there)).tenant
    assert after is not None
    for kind, value in there.customizations.items():
        if kind not in wanted.customizations:
            assert after.customizations[kind] == value
    for name, field in (
        ("enabled", "Enabled"),
        ("parameters", "Parameters"),
        ("connection_group_id", "ConnectionGroupId"),
    ):
        if getattr(wanted, name) is None:
            assert field not in changed
            assert getattr(after, name) == getattr(there, name)
    assert differences(wanted, after) == {}


@given(wishes, sights)
def test_a_record_has_the_same_keys_whatever_is_there(wanted: WantedTenant, seen: Seen) -> None:
    found = assess(wanted, seen)
    shown = tenant_result(wanted, seen, found, {"": "d1.cloudfront.net"})
    assert shown.keys() == tenant_result(WANTED, Seen(None), assess(WANTED, Seen(None)), {}).keys()
    assert shown["ready"] is (shown["phase"] == "Attached")


def test_missing_members_are_nothing_to_stumble_over() -> None:
    found = from_detail({"Id": "1", "Name": "shop"}, "")
    assert (found.domains, found.parameters, found.tags, found.enabled) == ({}, {}, None, True)
    assert from_managed({}) is None
    assert from_managed({"CertificateStatus": "issued"}) == ManagedCertificate(None, "issued")


def test_what_differs_is_said_in_the_words_of_the_options() -> None:
    wanted = dataclasses.replace(WANTED, domains=DOMAINS[:2], customizations={"WebAcl": ACL})
    found = assess(wanted, Seen(tenant(customizations={"Certificate": {"Arn": ARN}, "GeoRestrictions": GEO}), issued()))
    assert "differs in domains, web_acl, which" in found.condition.message
    twin = assess(wanted, Seen(served(), issued(), adopted=True))
    assert "with other domains." in twin.condition.message
    request = plan_tenant(WANTED, Seen(None), waits=False).steps[0].after()
    assert request["managed_certificate"] == {
        "validation_token_host": "cloudfront",
        "primary_domain_name": DOMAINS[0],
    }
