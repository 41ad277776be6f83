# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is asked of CloudFront, and what is made of answers that a sandbox doesn't give."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils._errors import TlsopsError
from ansible_collections.tlsops.certificates.plugins.module_utils._flows import tenants
from ansible_collections.tlsops.certificates.plugins.module_utils._flows.tenant_diagnosing import DnsCheck
from ansible_collections.tlsops.certificates.plugins.module_utils._flows.waiting import WaitSettings
from ansible_collections.tlsops.certificates.plugins.module_utils._module_result import Result
from ansible_collections.tlsops.certificates.plugins.module_utils._tenants import ManagedRequest, WantedTenant
from stub_aws import StubAws, aws_error

NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
ARN = "arn:aws:acm:us-east-1:111111111111:certificate/aaaa-1"
DOMAIN = "shop.example.com"
WANTED = WantedTenant("shop", "E1", (DOMAIN,), managed=ManagedRequest("self-hosted", DOMAIN))
GROUPS = {"ConnectionGroups": [{"Id": "cg_1", "RoutingEndpoint": "d1.cloudfront.net", "IsDefault": True}]}


def shown(*domains: str, etag: str = "1", **more: Any) -> dict[str, Any]:
    listed = [{"Domain": domain, "Status": "active"} for domain in domains or (DOMAIN,)]
    tenant = {"Id": "dt_1", "Name": "shop", "Arn": "arn:dt_1", "DistributionId": "E1", "Domains": listed, **more}
    return {"DistributionTenant": tenant, "ETag": etag}


def attached(*domains: str, **more: Any) -> dict[str, Any]:
    return shown(*domains, Customizations={"Certificate": {"Arn": ARN}}, **more)


ISSUED = {"ManagedCertificateDetails": {"CertificateStatus": "issued", "CertificateArn": ARN}}
NO_CERTIFICATES: dict[str, Any] = {"CertificateSummaryList": []}


def run(aws: StubAws, wanted: WantedTenant = WANTED, wait: WaitSettings | None = None, describe: bool = True) -> Result:
    access = aws.access()
    desired = tenants.Desired((wanted,), DnsCheck(public=False), describe, wait=wait)
    observed = tenants.observe(access, desired, NOW)
    return tenants.apply(access, tenants.make_plan(observed, desired), observed, desired)


def world(**answers: list[Any]) -> StubAws:
    usual: dict[str, list[Any]] = {
        "CreateDistributionTenant": [shown()],
        "GetDistributionTenant": [attached()],
        "GetManagedCertificateDetails": [ISSUED],
        "ListConnectionGroups": [GROUPS],
        "ListCertificates": [NO_CERTIFICATES],
        "GetDistribution": [aws_error("AccessDenied")],
    }
    return StubAws({**usual, **answers})


def test_an_old_botocore_is_one_sentence() -> None:
    with pytest.raises(TlsopsError, match=r"install botocore 1\.38\.4 or later"):
        run(StubAws({"ListDistributions": [{}]}))


def test_a_served_tenant_is_only_looked_at() -> None:
    aws = world()
    result = run(aws)
    assert (result.changed, result.values["tenants"][0]["phase"]) == (False, "Attached")
    assert result.values["tenants"][0]["routing_endpoint"] == "d1.cloudfront.net"
    assert aws.count("CreateDistributionTenant") == 0


def test_a_creation_whose_answer_was_lost_is_found_again() -> None:
    aws = world(
        GetDistributionTenant=[aws_error("EntityNotFound", status=404), attached()],
        CreateDistributionTenant=[aws_error("EntityAlreadyExists", status=409)],
    )
    assert run(aws).values["tenants"][0]["ready"]
    assert aws.count("CreateDistributionTenant") == 1


def test_somebody_else_s_creation_at_the_same_moment_isn_t_changed() -> None:
    aws = world(
        GetDistributionTenant=[aws_error("EntityNotFound", status=404), attached("other.example.com")],
        CreateDistributionTenant=[aws_error("EntityAlreadyExists", status=409)],
    )
    result = run(aws)
    assert result.values["tenants"][0]["reason"] == "BindingMismatch"
    assert result.failure is not None


def test_a_moved_etag_is_read_again_and_what_others_changed_is_kept() -> None:
    others = {"WebAcl": {"Action": "disable"}}
    aws = world(
        GetDistributionTenant=[shown(), shown(etag="2", Customizations=others)],
        UpdateDistributionTenant=[aws_error("PreconditionFailed", status=412), attached(etag="3")],
    )
    assert run(aws).changed
    first, second = [parameters for operation, parameters, _at in aws.calls if operation == "UpdateDistributionTenant"]
    assert (first["IfMatch"], second["IfMatch"]) == ("1", "2")
    assert second["Customizations"] == {**others, "Certificate": {"Arn": ARN}}


def test_a_tenant_that_changes_all_the_time_is_given_up_on() -> None:
    aws = world(GetDistributionTenant=[shown()], UpdateDistributionTenant=[aws_error("PreconditionFailed", status=412)])
    result = run(aws)
    assert result.values["tenants"][0]["reason"] == "PreconditionFailed"
    assert aws.count("UpdateDistributionTenant") == 11


def test_a_move_whose_answer_was_lost_isn_t_repeated() -> None:
    wider = WantedTenant("shop", "E1", (DOMAIN, "old.example.com"), move_domains=True)
    holder = shown("old.example.com", Id="dt_0", Name="old", Enabled=False)
    aws = world(
        GetDistributionTenant=[attached(), attached(DOMAIN, "old.example.com", etag="2")],
        GetDistributionTenantByDomain=[holder],
        UpdateDomainAssociation=[aws_error("PreconditionFailed", status=412)],
    )
    assert run(aws, wider).values["tenants"][0]["ready"]
    assert aws.count("UpdateDomainAssociation") == 1


def test_throttling_is_waited_out_and_said() -> None:
    aws = world(GetDistributionTenant=[aws_error("Throttling"), aws_error("Throttling"), attached()])
    result = run(aws)
    assert result.values["tenants"][0]["ready"]
    (warning,) = result.warnings
    assert "has throttled 2 calls" in warning


def test_the_first_look_comes_after_thirty_seconds_and_a_failed_look_ends_nothing() -> None:
    pending = {"ManagedCertificateDetails": {"CertificateStatus": "pending-validation", "CertificateArn": ARN}}
    aws = world(
        GetDistributionTenant=[shown(), shown(), shown(), attached()],
        GetManagedCertificateDetails=[pending, aws_error("AccessDenied", status=403), ISSUED],
        UpdateDistributionTenant=[attached()],
    )
    result = run(aws, wait=WaitSettings(900, 60, first_pause=30))
    assert result.values["tenants"][0]["ready"]
    first, second = aws.times("GetDistributionTenant")[:2]
    assert 24 <= second - first <= 31


@pytest.mark.parametrize("describe", [True, False])
def test_a_request_for_a_new_domain_is_followed_where_domains_are_active_at_once(describe: bool) -> None:
    """Not every endpoint of this API waits for the certificate before it calls a domain active."""
    both, new = (DOMAIN, "www.example.com"), ARN.replace("aaaa", "bbbb")
    old = {**ISSUED["ManagedCertificateDetails"], "ValidationTokenDetails": [{"Domain": DOMAIN}]}
    issued = {"CertificateStatus": "issued", "CertificateArn": new}
    aws = world(
        GetDistributionTenant=[attached()],
        GetManagedCertificateDetails=[{"ManagedCertificateDetails": old}] * (2 if describe else 1)
        + [{"ManagedCertificateDetails": issued}],
        DescribeCertificate=[aws_error("UnknownOperationException")],
        UpdateDistributionTenant=[
            attached(*both, etag="2"),
            attached(*both, etag="3"),
            shown(*both, etag="4", Customizations={"Certificate": {"Arn": new}}),
        ],
    )
    wanted = WantedTenant("shop", "E1", both, managed=ManagedRequest("cloudfront", DOMAIN))
    found = run(aws, wanted, describe=describe).values["tenants"][0]
    assert (found["reason"], found["attached_certificate_arn"]) == ("Validated", new)
    assert aws.count("UpdateDistributionTenant") == 3


def test_an_endpoint_without_acm_will_do() -> None:
    aws = world(ListCertificates=[aws_error("UnknownOperationException")])
    (certificate,) = run(aws).values["certificates"]
    assert (certificate["arn"], certificate["phase"]) == (ARN, "Issued")
