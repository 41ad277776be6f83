# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The front of the sandbox: the call log, permissions and denials, unknown operations, the process itself."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from aws_session import ACCOUNT, NEVER, OTHER, later, make_zone, put_records, refused, request
from botocore.config import Config
from botocore.exceptions import ClientError
from sandbox.client import Sandbox

USER = f"arn:aws:iam::{ACCOUNT}:user/sandbox"
LIMITED = f"arn:aws:iam::{ACCOUNT}:user/sandbox-limited"
TESTS = Path(__file__).resolve().parents[2]


def allow(action: Any, resource: Any = "*", **condition: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    return statement | ({"Condition": condition} if condition else {})


def limited(sandbox: Sandbox, service: str, *statements: dict[str, Any]) -> Any:
    """A client of a user with these statements as policy."""
    environment = sandbox.environment(policy={"Version": "2012-10-17", "Statement": list(statements)})
    keys = {
        "AccessKeyId": environment["AWS_ACCESS_KEY_ID"],
        "SecretAccessKey": environment["AWS_SECRET_ACCESS_KEY"],
    }
    return sandbox.boto(service, credentials=keys)


def test_the_log_tells_who_did_what_where(sandbox: Sandbox) -> None:
    sandbox.boto("acm", OTHER, "us-east-1").list_certificates(MaxItems=7)
    call = sandbox.calls("acm", "ListCertificates")[0]
    assert call.pop("at") == pytest.approx(time.time(), abs=10)
    assert call == {
        "service": "acm",
        "action": "ListCertificates",
        "account": OTHER,
        "region": "us-east-1",
        "principal": f"arn:aws:iam::{OTHER}:user/sandbox",
        "parameters": {"MaxItems": 7},
        "status": 200,
        "error": None,
    }


def test_the_log_keeps_no_private_keys(sandbox: Sandbox) -> None:
    refused(sandbox.boto("acm").import_certificate, Certificate=b"c", PrivateKey=b"the secret")
    assert sandbox.calls("acm")[0]["parameters"]["PrivateKey"] == "***"


def test_the_log_can_be_filtered_counted_and_cleared(sandbox: Sandbox) -> None:
    sandbox.boto("acm").list_certificates()
    sandbox.boto("sts").get_caller_identity()
    assert (sandbox.count(), sandbox.count("acm"), sandbox.count("acm", "RequestCertificate")) == (2, 1, 0)
    sandbox.clear_calls()
    assert sandbox.calls() == []


def test_the_region_of_route53_is_global_whatever_the_client_signs(sandbox: Sandbox) -> None:
    """With an overridden endpoint botocore signs Route 53 calls for the client's Region."""
    sandbox.boto("route53", region="eu-west-1").list_hosted_zones()
    assert sandbox.calls("route53")[0]["region"] == "aws-global"


def test_certificates_belong_to_one_account_and_region(sandbox: Sandbox, acm: Any) -> None:
    arn = request(acm, "example.com")
    for account, region in ((OTHER, "eu-west-1"), (ACCOUNT, "us-east-1")):
        client = sandbox.boto("acm", account, region)
        assert client.list_certificates()["CertificateSummaryList"] == []
        assert refused(client.describe_certificate, CertificateArn=arn)["Code"] == "ResourceNotFoundException"


def test_an_operation_the_sandbox_lacks_says_so_and_is_not_retried(sandbox: Sandbox) -> None:
    """moto answers such calls with an HTML 500, which botocore retries."""
    acm = sandbox.boto("acm", config=Config(retries={"mode": "standard", "total_max_attempts": 5}))
    error = refused(acm.renew_certificate, CertificateArn=NEVER)
    assert (error["Code"], error["Status"]) == ("NotImplemented", 501)
    assert "acm:RenewCertificate" in error["Message"]
    assert sandbox.count("acm") == 1


def test_a_service_the_sandbox_has_nothing_for_is_motos(sandbox: Sandbox) -> None:
    """The account is the caller's here too."""
    cloudfront = sandbox.boto("cloudfront", OTHER)
    assert cloudfront.list_distributions()["DistributionList"]["Quantity"] == 0
    call = sandbox.calls("cloudfront")[0]
    assert (call["action"], call["account"], call["region"]) == ("ListDistributions", OTHER, "aws-global")


AUTHORITY = "arn:aws:acm-pca:eu-west-1:111111111111:certificate-authority/12345678-1234-1234-1234-123456789012"


@pytest.mark.parametrize(
    ("service", "method", "parameters"),
    [
        ("cloudfront", "list_streaming_distributions", {}),
        (
            "acm-pca",
            "describe_certificate_authority_audit_report",
            {"CertificateAuthorityArn": AUTHORITY, "AuditReportId": AUTHORITY[-36:]},
        ),
        ("elbv2", "modify_ip_pools", {"LoadBalancerArn": "arn:x"}),
    ],
)
def test_what_moto_lacks_is_not_retried_either(
    sandbox: Sandbox, service: str, method: str, parameters: dict[str, str]
) -> None:
    """moto answers HTML with 404 or 500."""
    client = sandbox.boto(service, config=Config(retries={"mode": "standard", "total_max_attempts": 5}))
    error = refused(getattr(client, method), **parameters)
    assert (error["Code"], error["Status"], sandbox.count()) == ("NotImplemented", 501, 1)


def test_the_log_has_the_errors_of_moto_too(sandbox: Sandbox) -> None:
    refused(sandbox.boto("cloudfront").get_distribution, Id="nope")
    assert sandbox.calls("cloudfront")[0]["error"] == "NoSuchDistribution"


def test_reset_empties_moto_too(sandbox: Sandbox) -> None:
    iam = sandbox.boto("iam")
    iam.create_user(UserName="somebody")
    sandbox.reset()
    assert iam.list_users()["Users"] == []


def test_a_denied_action_in_the_json_form(sandbox: Sandbox) -> None:
    sandbox.deny(ACCOUNT, ["acm:RequestCertificate"])
    error = refused(sandbox.boto("acm").request_certificate, DomainName="example.com", ValidationMethod="DNS")
    assert (error["Code"], error["Status"]) == ("AccessDeniedException", 400)
    assert error["Message"] == (
        f"User: {USER} is not authorized to perform: acm:RequestCertificate on resource: "
        f"arn:aws:acm:eu-west-1:{ACCOUNT}:certificate/* with an explicit deny in an identity-based policy"
    )
    sandbox.boto("acm", OTHER).request_certificate(DomainName="example.com", ValidationMethod="DNS")


def test_a_denied_action_in_the_xml_form(sandbox: Sandbox) -> None:
    sandbox.deny("*", ["route53:List*", "sts:AssumeRole"], principal="*:user/sandbox")
    error = refused(sandbox.boto("route53").list_hosted_zones)
    assert (error["Code"], error["Status"]) == ("AccessDenied", 403)
    role = sandbox.role(OTHER, "dns", trusted=[ACCOUNT])
    error = refused(sandbox.boto("sts").assume_role, RoleArn=role, RoleSessionName="test")
    assert (error["Code"], error["Status"]) == ("AccessDenied", 403)


def test_a_denial_of_another_principal_does_not_count(sandbox: Sandbox) -> None:
    sandbox.deny(ACCOUNT, ["acm:*"], principal="*:assumed-role/*")
    sandbox.boto("acm").list_certificates()


def test_what_no_policy_allows_is_denied_in_awss_words(sandbox: Sandbox) -> None:
    """Wording: DFE-Digital/teaching-vacancies#6568."""
    acm = limited(sandbox, "acm", allow("acm:ListCertificates"))
    acm.list_certificates()
    error = refused(acm.describe_certificate, CertificateArn=NEVER)
    assert error["Message"] == (
        f"User: {LIMITED} is not authorized to perform: acm:DescribeCertificate on resource: {NEVER} "
        "because no identity-based policy allows the acm:DescribeCertificate action"
    )


def test_a_certificate_policy_may_name_the_certificate(sandbox: Sandbox, acm: Any) -> None:
    mine, other = request(acm, "a.example.com"), request(acm, "b.example.com")
    client = limited(sandbox, "acm", allow("acm:DescribeCertificate", mine))
    client.describe_certificate(CertificateArn=mine)
    assert refused(client.describe_certificate, CertificateArn=other)["Code"] == "AccessDeniedException"


@pytest.mark.parametrize(
    ("key", "operator", "wanted", "good", "bad"),
    [
        ("acm:ValidationMethod", "StringEquals", "DNS", {}, {"ValidationMethod": None}),
        ("acm:DomainNames", "ForAllValues:StringLike", "*.example.com", {}, {"DomainName": "www.example.net"}),
        ("acm:KeyAlgorithm", "StringEquals", "RSA_2048", {}, {"KeyAlgorithm": "EC_prime256v1"}),
        ("aws:RequestTag/team", "StringEquals", "web", {}, {"Tags": [{"Key": "team", "Value": "db"}]}),
    ],
)
def test_conditions_of_request_certificate(
    sandbox: Sandbox, key: str, operator: str, wanted: str, good: dict[str, Any], bad: dict[str, Any]
) -> None:
    """Service Authorization Reference, ACM; an absent ValidationMethod counts as EMAIL."""
    statement = allow("acm:RequestCertificate", **{operator: {key: wanted}})
    acm = limited(sandbox, "acm", statement, allow("acm:AddTagsToCertificate"))
    usual = {
        "DomainName": "www.example.com",
        "ValidationMethod": "DNS",
        "Tags": [{"Key": "team", "Value": "web"}],
    }
    acm.request_certificate(**usual | good)
    asked = {name: value for name, value in (usual | bad).items() if value is not None}
    assert refused(acm.request_certificate, **asked)["Code"] == "AccessDeniedException"


def test_tags_at_the_request_need_a_permission_of_their_own(sandbox: Sandbox) -> None:
    """Service Authorization Reference: acm:AddTagsToCertificate."""
    acm = limited(sandbox, "acm", allow("acm:RequestCertificate"))
    request(acm, "example.com")
    tags = [{"Key": "a", "Value": "b"}]
    error = refused(acm.request_certificate, DomainName="example.com", ValidationMethod="DNS", Tags=tags)
    assert "acm:AddTagsToCertificate" in error["Message"]


def test_a_policy_may_go_by_the_tags_of_the_certificate(sandbox: Sandbox, acm: Any) -> None:
    arns = {team: request(acm, f"{team}.example.com", Tags=[{"Key": "team", "Value": team}]) for team in ("web", "db")}
    statement = allow("acm:DeleteCertificate", StringEquals={"aws:ResourceTag/team": "web"})
    client = limited(sandbox, "acm", statement)
    client.delete_certificate(CertificateArn=arns["web"])
    assert refused(client.delete_certificate, CertificateArn=arns["db"])["Code"] == "AccessDeniedException"


def dns_policy(zone: str) -> dict[str, Any]:
    prefix = "route53:ChangeResourceRecordSets"
    return allow(
        "route53:ChangeResourceRecordSets",
        f"arn:aws:route53:::hostedzone/{zone}",
        **{
            "ForAllValues:StringEquals": {f"{prefix}RecordTypes": ["CNAME"], f"{prefix}Actions": ["UPSERT"]},
            "ForAllValues:StringLike": {f"{prefix}NormalizedRecordNames": ["_*.example.com"]},
            "Null": {f"{prefix}RecordTypes": "false"},
        },
    )


@pytest.mark.parametrize(
    ("name", "kind", "action", "allowed"),
    [
        ("_A.Example.com.", "CNAME", "UPSERT", True),
        ("_a.example.com", "CNAME", "CREATE", False),
        ("_a.example.com", "TXT", "UPSERT", False),
        ("www.example.com", "CNAME", "UPSERT", False),
    ],
)
def test_a_dns_role_narrowed_by_condition_keys(
    sandbox: Sandbox, name: str, kind: str, action: str, allowed: bool
) -> None:
    """Route 53 developer guide, "Using IAM policy conditions for fine-grained access control": names are compared in
    lower case and without the trailing dot."""
    zone = make_zone(sandbox, "example.com", delegate=False)
    route53 = limited(sandbox, "route53", dns_policy(zone))
    value = '"text"' if kind == "TXT" else "x.acm-validations.aws."
    record = {"Name": name, "Type": kind, "TTL": 60, "ResourceRecords": [{"Value": value}]}
    change = {"HostedZoneId": zone, "ChangeBatch": {"Changes": [{"Action": action, "ResourceRecordSet": record}]}}
    if allowed:
        route53.change_resource_record_sets(**change)
    else:
        assert refused(route53.change_resource_record_sets, **change)["Code"] == "AccessDenied"


def test_a_dns_role_is_bound_to_its_zone_and_cannot_list(sandbox: Sandbox) -> None:
    zone, other = (make_zone(sandbox, name, delegate=False) for name in ("example.com", "example.net"))
    arns = [f"arn:aws:route53:::hostedzone/{zone}", "arn:aws:route53:::change/*"]
    route53 = limited(sandbox, "route53", allow(["route53:ListResourceRecordSets", "route53:GetChange"], arns))
    route53.list_resource_record_sets(HostedZoneId=zone)
    assert refused(route53.list_resource_record_sets, HostedZoneId=other)["Code"] == "AccessDenied"
    assert refused(route53.list_hosted_zones)["Code"] == "AccessDenied"
    assert refused(route53.get_change, Id="/change/C1")["Code"] == "NoSuchChange"


def test_permission_is_asked_before_the_certificate_is_looked_for(sandbox: Sandbox) -> None:
    acm = limited(sandbox, "acm", allow("acm:ListCertificates"))
    assert refused(acm.get_certificate, CertificateArn=NEVER)["Code"] == "AccessDeniedException"


def test_many_threads_at_once_lose_nothing(sandbox: Sandbox) -> None:
    acm = sandbox.boto("acm")
    sandbox.configure(yearly_quota=50)
    tokens = [f"token{number % 40}" for number in range(200)]
    with ThreadPoolExecutor(10) as pool:
        found = list(pool.map(lambda token: request(acm, "example.com", IdempotencyToken=token), tokens))
    assert len(set(found)) == len(sandbox.certificates()) == 40
    assert sandbox.count("acm", "RequestCertificate") == 200


def test_a_public_record_does_not_show_in_the_call_log_twice(sandbox: Sandbox) -> None:
    zone = make_zone(sandbox, "example.com")
    put_records(sandbox, zone, [("a.example.com", "CNAME", "b.example.com.")])
    actions = [call["action"] for call in sandbox.calls("route53")]
    assert actions == ["CreateHostedZone", "ChangeResourceRecordSets"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_process_prints_its_environment_and_ends_cleanly(number: signal.Signals) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox", "--set", "names_quota=3"],
        env=environment | {"PYTHONPATH": str(TESTS)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    lines = [process.stdout.readline() for dummy in range(6)]
    exports = dict(line.removeprefix("export ").strip().split("=", 1) for line in lines)
    assert set(exports) == {
        "AWS_ENDPOINT_URL",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_REGION",
        "AWS_DEFAULT_REGION",
        "TLSOPS_SANDBOX_DNS",
    }
    script = "import boto3; print(boto3.client('sts').get_caller_identity()['Account'])"
    command = [sys.executable, "-c", script]
    answer = subprocess.run(command, env=environment | exports, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == ACCOUNT
    process.send_signal(number)
    _output, errors = process.communicate(timeout=20)
    assert (process.returncode, errors) == (0, "")


def test_an_unknown_setting_stops_the_start() -> None:
    command = [sys.executable, "-m", "sandbox", "--set", "colour=1"]
    environment = os.environ | {"PYTHONPATH": str(TESTS)}
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, check=False)
    assert ended.returncode == 2
    assert "unknown settings: colour" in ended.stderr


def test_a_thousand_requests_are_quick(sandbox: Sandbox) -> None:
    """What the collection's own tests stand on; a tenth of the measured thousand, with room for a busy machine."""
    acm = sandbox.boto("acm")
    started = time.monotonic()
    with ThreadPoolExecutor(10) as pool:
        arns = list(pool.map(lambda number: request(acm, f"n{number}.example.com"), range(100)))
        list(pool.map(lambda arn: acm.describe_certificate(CertificateArn=arn), arns))
    assert time.monotonic() - started < 10


def test_errors_of_the_parser_are_the_callers(sandbox: Sandbox) -> None:
    acm = sandbox.boto("acm", config=Config(parameter_validation=False, retries={"total_max_attempts": 1}))
    with pytest.raises(ClientError) as caught:
        acm.list_certificates(MaxItems="many")
    assert caught.value.response["Error"]["Code"] == "SerializationException"


@pytest.mark.parametrize("given", [{"Tags": "no list"}, {"DomainName": 7}, {"SubjectAlternativeNames": ["a.b", {}]}])
def test_json_of_the_wrong_type_is_the_callers_error_too(sandbox: Sandbox, given: dict[str, Any]) -> None:
    acm = sandbox.boto("acm", config=Config(parameter_validation=False, retries={"total_max_attempts": 1}))
    before = acm.meta.events
    before.register("before-sign.acm", lambda request, **_: setattr(request, "data", json.dumps(given).encode()))
    assert refused(acm.request_certificate, DomainName="example.com")["Code"] == "SerializationException"


STARTER = """
import os, sys, time
from sandbox.client import Sandbox
print(Sandbox.start().process.pid, flush=True)
time.sleep(60)
"""


def test_a_sandbox_ends_with_the_test_run_that_was_killed() -> None:
    environment = os.environ | {"PYTHONPATH": str(TESTS)}
    starter = subprocess.Popen([sys.executable, "-c", STARTER], env=environment, stdout=subprocess.PIPE, text=True)
    assert starter.stdout is not None
    pid = int(starter.stdout.readline())
    starter.kill()
    starter.communicate()
    later(lambda: not Path(f"/proc/{pid}").exists() or "Z" in Path(f"/proc/{pid}/stat").read_text().split()[2])


def test_somebody_elses_sandbox_can_be_attached_to(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in sandbox.environment().items():
        monkeypatch.setenv(name, value)
    attached = Sandbox.attach()
    attached.boto("sts").get_caller_identity()
    assert sandbox.count("sts") == 1
