# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The policies of docs/iam allow what the modules do, and nothing that no module does.

The flows run as roles that have these policies and no others; the sandbox refuses whatever they do not allow. Then its
call log is held against them.
"""

from __future__ import annotations

import copy
import dataclasses
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils import _module
from botocore.exceptions import ClientError
from sandbox import iam
from sandbox.authorization import needs
from sandbox.calls import Call
from sandbox.client import Sandbox
from support import two_accounts
from support.in_process import run_main
from support.kept import Issuer
from support.modules import ROOT, ModuleResult
from support.sandbox_clock import SandboxClock

PLACEHOLDER_ZONE = "Z0123456789ABC"
CA_ARN = "arn:aws:acm-pca:eu-west-1:111111111111:certificate-authority/12345678-1234-1234-1234-123456789012"
OURS = {"tlsops:managed-by": "tlsops.certificates"}
RECORD = {"name": "_0123456789abcdef0123456789abcdef.www.example.com", "value": "_0.acm-validations.aws"}
WITHOUT_DNS = {
    "acm_certificate_import",
    "acm_certificate_match_info",
    "acm_certificate_wait",
    "acm_pca_certificate",
    "acm_pca_certificates",
    "acm_pca_info",
    "cloudfront_distribution_cert",
    "cloudfront_tenant_cert",
    "cloudfront_tenant_certs",
    "elb_listener_certificates",
    "secretsmanager_certificate",
}
#: Without pauses for pacing: how fast the modules call is the subject of other tests.
FAST = dict.fromkeys(
    [
        *("RequestCertificate", "AddTagsToCertificate", "ListCertificates"),
        *("CreateDistributionTenant", "UpdateDistributionTenant", "TagResource", "UntagResource"),
    ],
    1000,
)

Policy = dict[str, Any]


def read(*names: str) -> list[Policy]:
    """The statements of these policies, as attached to one role."""
    statements: list[Policy] = []
    for name in names:
        policy = json.loads((ROOT / "docs" / "iam" / f"{name}.json").read_text(encoding="utf-8"))
        assert policy["Version"] == "2012-10-17"
        statements += policy["Statement"]
    return statements


def as_policy(statements: Iterable[Policy], zone_id: str = PLACEHOLDER_ZONE) -> Policy:
    text = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    found: Policy = json.loads(text.replace(PLACEHOLDER_ZONE, zone_id))
    return found


def actions(statements: Iterable[Policy]) -> set[str]:
    named = [statement["Action"] for statement in statements]
    return {action for entry in named for action in ([entry] if isinstance(entry, str) else entry)}


def differences(statements: list[Policy], calls: Iterable[Call], zone_id: str) -> list[str]:
    """What the policy has too little or too much of for these calls; each is a sentence."""
    log = list(calls)
    wanted = [need for call in log for need in needs(call, lambda arn: OURS)]
    used = {need.action for need in wanted}
    found = [f"lacks {action}, which was used" for action in sorted(used - actions(statements))]
    found += [f"has {action}, which no flow uses" for action in sorted(actions(statements) - used)]
    found += [
        f"refused {call.service}:{call.action} ({call.error})"
        for call in log
        if (call.error or "").startswith("AccessDenied")
    ]

    def refused(kept: list[Policy]) -> list[str]:
        policy = as_policy(kept, zone_id)
        return [n.action for n in wanted if iam.decide([policy], n.action, n.resource, n.keys) != "Allow"]

    if found:
        return found
    found = [
        f"refuses {action} on the resource or under the conditions of a call"
        for action in sorted(set(refused(statements)))
    ]
    for position, statement in enumerate(statements):
        others = [*statements[:position], *statements[position + 1 :]]
        if not refused(others):
            found.append(f"has the statement {statement['Sid']}, without which nothing is missing")
        found += [
            f"has {value} in the statement {statement['Sid']}, without which nothing is missing"
            for value, narrower in without_a_value(statement)
            if not refused([*others, narrower])
        ]
    return found


def without_a_value(statement: Policy) -> Iterable[tuple[str, Policy]]:
    """The statement without one value of a list in its conditions, or without one resource, for each of them."""
    resources = statement["Resource"]
    for resource in resources if isinstance(resources, list) else []:
        yield resource, {**statement, "Resource": [each for each in resources if each != resource]}
    for operator, test in statement.get("Condition", {}).items():
        for key, values in test.items():
            for value in values if isinstance(values, list) and len(values) > 1 else []:
                narrower = copy.deepcopy(statement)
                narrower["Condition"][operator][key].remove(value)
                yield value, narrower


@dataclasses.dataclass
class Accounts:
    """A role in each account, with the policies in question; modules run as the first and assume the second."""

    sandbox: Sandbox
    zones: dict[str, str]
    certificates: list[Policy]
    dns: list[Policy]
    dns_role_arn: str
    environment: dict[str, str]
    session: dict[str, str]

    @property
    def zone_id(self) -> str:
        return self.zones["example.com"]

    def run(self, module: str, check: bool = False, **options: Any) -> ModuleResult:
        trust = read("dns-account-trust")[0]["Condition"]["StringEquals"]
        if module not in WITHOUT_DNS:
            options = {"dns_role_arn": self.dns_role_arn, "dns_role_external_id": trust["sts:ExternalId"], **options}
        with pytest.MonkeyPatch.context() as patch:
            for name in [name for name in os.environ if name.startswith("AWS_")]:
                patch.delenv(name)
            for name, value in self.environment.items():
                patch.setenv(name, value)
            clock = SandboxClock(self.sandbox)
            patch.setattr(_module, "SystemClock", lambda: clock)
            result = run_main(patch, module, {"rate_limits": FAST, **options}, check=check)
        assert not result.failed, (result.result or {}).get("msg") or result.stderr
        return result

    def certificates_calls(self) -> list[Call]:
        return self._calls(two_accounts.CERTIFICATES, "certificates")

    def dns_calls(self) -> list[Call]:
        return self._calls(two_accounts.DNS, self.dns_role_arn.rpartition("/")[2])

    def _calls(self, account: str, role: str) -> list[Call]:
        who = f"arn:aws:sts::{account}:assumed-role/{role}/"
        return [Call(**call) for call in self.sandbox.calls() if call["principal"].startswith(who)]


def set_up(
    sandbox: Sandbox, certificates: list[Policy], dns: list[Policy], dns_role: str = "dns-validation"
) -> Accounts:
    world = two_accounts.build(sandbox)
    trust = read("dns-account-trust")[0]
    certificates_role = sandbox.role(
        two_accounts.CERTIFICATES, "certificates", trusted=[two_accounts.CERTIFICATES], policy=as_policy(certificates)
    )
    dns_role_arn = sandbox.role(
        two_accounts.DNS,
        dns_role,
        trusted=[trust["Principal"]["AWS"]],
        external_id=trust["Condition"]["StringEquals"]["sts:ExternalId"],
        policy=as_policy(dns, world.zones["example.com"]),
    )
    session = sandbox.boto("sts").assume_role(RoleArn=certificates_role, RoleSessionName="test")["Credentials"]
    environment = sandbox.environment() | {
        "AWS_ACCESS_KEY_ID": session["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": session["SecretAccessKey"],
        "AWS_SESSION_TOKEN": session["SessionToken"],
    }
    return Accounts(sandbox, world.zones, certificates, dns, dns_role_arn, environment, session)


def full_life(accounts: Accounts, **zones: Any) -> None:
    """Request, reuse, tag, wait, look again, delete; ``zones`` says how the hosted zones are found."""
    shop = {"name": "shop", "domain_name": "shop.example.com", "subject_alternative_names": ["*.shop.example.com"]}
    made = accounts.run("acm_dns_certificates", certificates=[{**shop, "tags": {"team": "a", "old": "x"}}], **zones)
    assert made["certificates"][0]["ready"]
    again = accounts.run("acm_dns_certificates", certificates=[{**shop, "tags": {"team": "b"}}], **zones)
    assert again["certificates"][0]["tags"]["team"] == "b"
    assert "old" not in again["certificates"][0]["tags"]
    assert not accounts.run("acm_dns_certificate", **shop, tags={"team": "b"}, **zones)["changed"]
    accounts.run("acm_certificate_wait", certificate_arns=[made["certificates"][0]["arn"]])
    gone = accounts.run("acm_dns_certificate", state="absent", name="shop", regions=["eu-west-1", "us-east-1"], **zones)
    assert gone["changed"]


def publish(accounts: Accounts, **zones: Any) -> None:
    """Write a record, replace it, and take it away."""
    wrong = {**RECORD, "value": "_1.acm-validations.aws"}
    written = accounts.run("route53_validation_records", records=[wrong], **zones)
    assert written["records"][0]["action"] == "created"
    corrected = accounts.run("route53_validation_records", records=[RECORD], wait=True, **zones)
    assert corrected["records"][0]["action"] == "replaced"
    gone = accounts.run(
        "route53_validation_records", records=[RECORD], state="absent", regions=["eu-west-1", "us-east-1"], **zones
    )
    assert gone["records"][0]["action"] == "deleted"


@dataclasses.dataclass(frozen=True)
class Log:
    """The calls of the full life cycle, by the role that made them."""

    certificates: list[Call]
    dns: list[Call]
    zone_id: str


@pytest.fixture(scope="module")
def full_access(sandbox_process: Sandbox) -> Log:
    sandbox_process.reset()
    accounts = set_up(sandbox_process, read("certificate-account"), read("dns-account"))
    full_life(accounts)
    publish(accounts)
    accounts.run("route53_hosted_zone_match_info", names=["*.shop.example.com", "www.example.com"])
    return Log(accounts.certificates_calls(), accounts.dns_calls(), accounts.zone_id)


def test_full_access(full_access: Log) -> None:
    assert differences(read("certificate-account"), full_access.certificates, full_access.zone_id) == []
    assert differences(read("dns-account"), full_access.dns, full_access.zone_id) == []


def test_a_given_zone_needs_no_listing(sandbox: Sandbox) -> None:
    dns = read("dns-account-given-zone")
    accounts = set_up(sandbox, read("certificate-account"), dns)
    full_life(accounts, hosted_zone_id=accounts.zone_id)
    publish(accounts, hosted_zones={"example.com": accounts.zone_id})
    accounts.run("route53_hosted_zone_match_info", names=["www.example.com"], hosted_zone_id=accounts.zone_id)
    assert differences(dns, accounts.dns_calls(), accounts.zone_id) == []


def test_challenges_of_acme_cas(sandbox: Sandbox) -> None:
    """As the role acme_certificates writes them, and takes them away."""
    challenges = read("dns-account-challenges")
    accounts = set_up(sandbox, read("certificate-account"), challenges)
    names = ["_acme-challenge.example.com", "_acme-challenge.www.example.com"]

    def publish_texts(state: str, value: str) -> None:
        records = [{"name": name, "type": "TXT", "value": value} for name in names]
        wait = state == "present"
        done = accounts.run("route53_validation_records", records=records, state=state, keep_needed=False, wait=wait)
        assert done["changed"]

    for state, value in (("present", "one"), ("present", "two"), ("absent", "one"), ("absent", "two")):
        publish_texts(state, value)
    assert differences(challenges, accounts.dns_calls(), accounts.zone_id) == []


def test_a_private_ca_needs_one_statement_more(sandbox: Sandbox) -> None:
    private = read("private-certificates")
    sandbox.certificate_authority(arn=CA_ARN, key_algorithm="RSA_2048", renewal_permission=True)
    accounts = set_up(sandbox, read("certificate-account", "private-certificates"), read("dns-account"))
    found = accounts.run("acm_dns_certificate", domain_name="db.internal.example.com", certificate_authority_arn=CA_ARN)
    assert found["certificate"]["type"] == "PRIVATE"
    requests = [call for call in accounts.certificates_calls() if call.action == "RequestCertificate"]
    need = needs(requests[0], lambda arn: {})[0]
    assert iam.decide([as_policy(private)], need.action, need.resource, need.keys) == "Allow"
    assert iam.decide([as_policy(read("certificate-account"))], need.action, need.resource, need.keys) == ""


def private_calls(accounts: Accounts) -> list[Call]:
    return [call for call in accounts.certificates_calls() if call.service in ("acm-pca", "cloudwatch")]


def test_acm_is_let_renew_with_what_the_policy_of_private_certificates_has(sandbox: Sandbox) -> None:
    private = read("private-certificates")
    sandbox.certificate_authority(arn=CA_ARN, key_algorithm="RSA_2048")
    accounts = set_up(sandbox, read("certificate-account", "private-certificates"), read("dns-account"))
    wish = {"certificate_authority_arn": CA_ARN, "grant_renewal_permission": True}
    accounts.run("acm_dns_certificate", domain_name="db.internal.example.com", **wish)
    assert (
        differences([each for each in private if each["Sid"] != "RequestFromOurPrivateCa"], private_calls(accounts), "")
        == []
    )


def test_certificates_of_a_private_ca(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.certificate_authority(arn=CA_ARN)
    accounts = set_up(sandbox, read("private-ca"), read("dns-account"))
    usages = [["client_auth"], ["email_protection"]]
    wishes = [
        {"directory": f"{tmp_path}/{number}", "common_name": "a", "usages": each} for number, each in enumerate(usages)
    ]
    accounts.run("acm_pca_certificates", certificate_authority_arn=CA_ARN, certificates=wishes)
    accounts.run("acm_pca_certificate", state="revoked", directory=f"{tmp_path}/0")
    assert differences(read("private-ca"), private_calls(accounts), "") == []


def test_deployments(sandbox: Sandbox, tmp_path: Path) -> None:
    """Import, tag, import again; the same by the ARN; a secret, and its next version."""
    accounts = set_up(sandbox, read("deployments"), read("dns-account"))
    issuer, kept = Issuer(), tmp_path / "shop"
    entry = {"name": "shop", "directory": str(kept)}
    secret = {"secret": "web/shop", "directory": str(kept)}
    for tags in ({}, {"team": "a"}):
        issuer.keep(kept, "shop.example.com")
        made = accounts.run("acm_certificate_import", certificates=[entry])
        accounts.run("acm_certificate_import", certificates=[{**entry, "tags": tags}])
        accounts.run("secretsmanager_certificate", certificates=[secret])
    arn = made["certificates"][0]["arn"]
    accounts.run("acm_certificate_import", certificates=[{"certificate_arn": arn, "directory": str(kept)}])
    assert differences(read("deployments"), accounts.certificates_calls(), "") == []


def test_looking_at_private_cas(sandbox: Sandbox) -> None:
    sandbox.certificate_authority(arn=CA_ARN, crl_bucket="lists")
    accounts = set_up(sandbox, read("private-ca-read-only"), read("dns-account"))
    assert accounts.run("acm_pca_info", region="eu-west-1")["certificate_authorities"][0]["arn"] == CA_ARN
    accounts.run("acm_pca_info", certificate_authority_arns=[CA_ARN])
    assert differences(read("private-ca-read-only"), private_calls(accounts), "") == []


def test_read_only_access_is_enough_for_check_mode_and_info(sandbox: Sandbox) -> None:
    certificates, dns = read("certificate-account-read-only"), read("dns-account-read-only")
    accounts = set_up(sandbox, certificates, dns, dns_role="dns-read-only")
    [arn] = sandbox.add_certificates([{"domain_name": "www.example.com"}])
    new = accounts.run("acm_dns_certificates", check=True, certificates=[{"domain_name": "new.example.com"}])
    assert new["certificates"][0]["validation_records"][0]["hosted_zone_id"] == accounts.zone_id
    tagged = accounts.run("acm_dns_certificate", check=True, domain_name="www.example.com", tags={"team": "b"})
    assert (tagged["certificate_arn"], tagged["changed"]) == (arn, True)
    accounts.run("acm_certificate_wait", certificate_arns=[arn])
    accounts.run("acm_dns_certificate", check=True, state="absent", certificate_arn=arn, regions=["eu-west-1"])
    accounts.run("route53_hosted_zone_match_info", names=["www.example.com"])
    accounts.run("route53_validation_records", check=True, records=[RECORD])
    assert differences(certificates, accounts.certificates_calls(), accounts.zone_id) == []
    assert differences(dns, accounts.dns_calls(), accounts.zone_id) == []


# --- Attaching, discovery, retiring --------------------

ATTACHED = ["load-balancers", "distributions"]


@dataclasses.dataclass(frozen=True)
class Endpoints:
    """Two load balancers, a distribution, and certificates to put there: one that is there, and two others."""

    listeners: list[str]
    distribution_id: str
    regional: list[str]
    for_cloudfront: list[str]


def endpoints(sandbox: Sandbox) -> Endpoints:
    seed = {"domain_name": "www.example.com", "age": 86400}
    regional = sandbox.add_certificates([seed] * 3)
    for_cloudfront = sandbox.add_certificates([{**seed, "region": "us-east-1"}] * 3)
    application = sandbox.load_balancer("web", certificate_arn=regional[0])
    network = sandbox.load_balancer("tcp", type="network", certificate_arn=regional[0])
    distribution = sandbox.distribution(["www.example.com"], for_cloudfront[0])
    listeners = [made["listener_arn"] for made in (application, network)]
    return Endpoints(listeners, distribution["id"], regional, for_cloudfront)


def attach(accounts: Accounts, there: Endpoints, check: bool = False) -> None:
    """Put a certificate on listeners, make another the default, take all away that is ours; the same for CloudFront."""
    old, one, two = there.regional
    balancers = [{"load_balancer": "web"}, {"listener_arn": there.listeners[1]}]

    def listeners(**wish: Any) -> ModuleResult:
        wishes = [{**each, **wish} for each in balancers]
        return accounts.run("elb_listener_certificates", check, region="eu-west-1", listeners=wishes)

    assert listeners(certificate_arns=[one])["changed"]
    assert listeners(certificate_arns=[two], default_certificate_arn=two)["changed"]
    if not check:
        assert listeners(certificate_arns=[], default_certificate_arn=old)["changed"]
    by_id = {"distribution_id": there.distribution_id}
    for which, arn in ((by_id, there.for_cloudfront[1]), ({"alias": "www.example.com"}, there.for_cloudfront[2])):
        assert accounts.run("cloudfront_distribution_cert", check, certificate_arn=arn, **which)["changed"]


def of_endpoints(calls: Iterable[Call]) -> list[Call]:
    return [call for call in calls if call.service in ("elasticloadbalancing", "cloudfront")]


def test_attaching_needs_two_policies_more(sandbox: Sandbox) -> None:
    accounts = set_up(sandbox, read("certificate-account-read-only", *ATTACHED), read("dns-account-read-only"))
    attach(accounts, endpoints(sandbox))
    calls = accounts.certificates_calls()
    assert differences(read(*ATTACHED), of_endpoints(calls), accounts.zone_id) == []
    assert {call.action for call in calls if call not in of_endpoints(calls)} == {"ListCertificates"}


def test_check_mode_of_attaching_only_reads(sandbox: Sandbox) -> None:
    statements = read("certificate-account-read-only", "endpoints-read-only")
    accounts = set_up(sandbox, statements, read("dns-account-read-only"))
    attach(accounts, endpoints(sandbox), check=True)
    found = differences(read("endpoints-read-only"), of_endpoints(accounts.certificates_calls()), accounts.zone_id)
    assert found == []


def test_discovery_needs_no_more_than_reading(sandbox: Sandbox) -> None:
    """The CA of a private certificate is only in its description."""
    accounts = set_up(sandbox, read("certificate-account-read-only"), read("dns-account-read-only"))
    private = {"domain_name": "www.example.com", "type": "PRIVATE", "authority_arn": CA_ARN}
    [arn] = sandbox.add_certificates([{**private, "age": 86400}])
    wish = {"hosts": ["www.example.com"], "certificate_authority_arns": [CA_ARN], "tags": {}}
    found = accounts.run("acm_certificate_match_info", region="eu-west-1", **wish)
    assert found["matches"][0]["certificate_arn"] == arn
    assert {call.action for call in accounts.certificates_calls()} == {
        "ListCertificates",
        "GetResources",
        "DescribeCertificate",
    }
    assert not [call for call in accounts.certificates_calls() if call.error]


def test_retiring_needs_no_more_than_the_life_cycle(sandbox: Sandbox) -> None:
    accounts = set_up(sandbox, read("certificate-account"), read("dns-account"))
    made = accounts.run("acm_dns_certificate", name="web/shop", domain_name="shop.example.com")
    wish = {"name_prefix": "web/", "region": "eu-west-1", "regions": ["eu-west-1", "us-east-1"]}
    assert not accounts.run("acm_certificate_retire", keep=[made["certificate_arn"]], **wish)["changed"]
    gone = accounts.run("acm_certificate_retire", keep=[], **wish)
    assert [each["arn"] for each in gone["deleted"]] == [made["certificate_arn"]]
    assert not [call for call in (*accounts.certificates_calls(), *accounts.dns_calls()) if call.error]


# --- Tenants of CloudFront ------------------------------

PACE = {"first_interval": 1, "poll_interval": 1, "wait_timeout": 60}


def test_tenants_need_a_policy_more(sandbox: Sandbox) -> None:
    """Point, create, extend, tag, move, find out why it hangs, delete: one tenant and a fleet."""
    certificates, dns = read("certificate-account", "tenants"), read("dns-account-tenants")
    accounts = set_up(sandbox, certificates, dns)
    endpoint = sandbox.connection_group(default=True)["endpoint"]
    template = sandbox.distribution(parameters=[])["id"]
    point(accounts, endpoint)

    tenant = {
        "name": "shop",
        "distribution_id": template,
        "managed_certificate": {"validation_token_host": "cloudfront"},
    }
    names = ["shop.example.com", "www.example.com"]
    one = {**tenant, **PACE, "domains": names[:1], "tags": {"team": "a"}}
    assert accounts.run("cloudfront_tenant_cert", **one)["tenant"]["ready"]
    assert accounts.run("cloudfront_tenant_cert", **{**one, "domains": names, "tags": {}})["tenant"]["ready"]
    fleet(accounts, template)
    move(accounts, template)
    assert accounts.run("cloudfront_tenant_cert", name="shop", state="absent", **PACE)["changed"]

    calls = [call for call in accounts.certificates_calls() if call.service == "cloudfront"]
    assert differences(read("tenants"), calls, accounts.zone_id) == []
    assert differences(dns, accounts.dns_calls(), accounts.zone_id) == []


def point(accounts: Accounts, endpoint: str) -> None:
    def records(*names: str, **more: Any) -> ModuleResult:
        wanted = [{"name": name, "value": more.pop("value", endpoint)} for name in names]
        return accounts.run("cloudfront_tenant_records", records=wanted, **more)

    assert records("www.example.com", value="old.cloudfront.net")["changed"]
    assert records("example.com", "shop.example.com", "www.example.com", replace=True, wait=True)["changed"]
    assert records("example.com", state="absent")["changed"]


def fleet(accounts: Accounts, template: str) -> None:
    """More than are read one by one; one of them hangs."""
    many = [{"name": f"t-{number}", "domains": [f"t{number}.example.com"]} for number in range(11)]
    accounts.sandbox.add_tenants(template, [{**each, "tags": {"team": "a"}} for each in many[:-1]])
    accounts.sandbox.add_tenants(template, [{**many[-1], "certificate": "pending-validation"}])
    managed = {"validation_token_host": "cloudfront"}
    wish = {"tenants": many, "managed_certificate": managed, "tags": {"team": "b"}, "on_failure": "report"}
    result = accounts.run("cloudfront_tenant_certs", **{**wish, **PACE, "wait_timeout": 1})
    assert [each["name"] for each in result["tenants"] if not each["ready"]] == ["t-10"]


def move(accounts: Accounts, template: str) -> None:
    """A domain of a tenant that is disabled, and one that nobody has."""
    sandbox = accounts.sandbox
    [arn] = sandbox.add_certificates([{"domain_name": "*.example.com", "region": "us-east-1", "age": 86400}])
    sandbox.add_tenants(template, [{"name": "old", "domains": ["old.example.com"], "enabled": False}])
    new = {"name": "new", "domains": ["new.example.com"], "certificate": None, "certificate_arn": arn}
    sandbox.add_tenants(template, [new])
    names = ["new.example.com", "old.example.com", "free.example.com"]
    wish = {"name": "new", "domains": names, "move_domains": True, **PACE}
    assert accounts.run("cloudfront_tenant_cert", **wish)["tenant"]["ready"]
    assert "old.example.com" not in [each["Domain"] for each in sandbox.tenants()["old"]["Domains"]]


# --- Renewals --------------------


def neglected(sandbox: Sandbox) -> None:
    """Two certificates in use: one without its record, one that is validated by e-mail."""
    used = {"age": 86400, "in_use_by": ["arn:aws:apigateway:eu-west-1::/domainnames/www"]}
    sandbox.add_certificates(
        [
            {**used, "domain_name": "www.example.com"},
            {**used, "domain_name": "mail.example.com", "validation_method": "EMAIL"},
        ]
    )


def test_guarding_needs_no_more_than_reading(sandbox: Sandbox) -> None:
    accounts = set_up(sandbox, read("certificate-account-read-only"), read("dns-account-read-only"), "dns-read-only")
    neglected(sandbox)
    found = accounts.run("acm_renewal_info", regions=["eu-west-1", "us-east-1"], check_dns=False)
    assert [each["check"] for each in found["problems"]] == ["record_missing", "email_validation"]
    assert accounts.run("route53_validation_records", check=True, records=found["records"])["changed"]
    assert not [call for call in (*accounts.certificates_calls(), *accounts.dns_calls()) if call.error]


def test_repairs_need_no_more_than_the_life_cycle_and_moving_from_email_one_statement_more(sandbox: Sandbox) -> None:
    more = read("email-migration")
    accounts = set_up(sandbox, [*read("certificate-account"), *more], read("dns-account"))
    neglected(sandbox)
    found = accounts.run("acm_renewal_info", regions=["eu-west-1"], check_dns=False)
    arns = [each["certificate_arn"] for each in found["problems"] if each["check"] == "email_validation"]
    assert accounts.run("route53_validation_records", records=found["records"])["changed"]
    assert accounts.run("acm_certificate_migrate", certificate_arns=arns)["changed"]
    needed = {need.action for call in accounts.certificates_calls() for need in needs(call, lambda arn: OURS)}
    assert actions(more) == needed - actions(read("certificate-account"))
    assert not [call for call in (*accounts.certificates_calls(), *accounts.dns_calls()) if call.error]


# --- The comparison itself can fail --------------------

LIST = Call(0.0, "acm", "ListCertificates", "111111111111", "eu-west-1", "x", {})
DELETE = Call(
    0.0,
    "acm",
    "DeleteCertificate",
    "111111111111",
    "eu-west-1",
    "x",
    {"CertificateArn": "arn:aws:acm:eu-west-1:1:certificate/a"},
)


def allow(action: str, sid: str = "One", **more: Any) -> Policy:
    return {"Sid": sid, "Effect": "Allow", "Action": action, "Resource": "*", **more}


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([allow("acm:ListCertificates"), allow("acm:DeleteCertificate", "Two")], []),
        ([allow("acm:ListCertificates")], ["lacks acm:DeleteCertificate, which was used"]),
        (
            [
                allow("acm:ListCertificates"),
                allow("acm:DeleteCertificate", "Two"),
                allow("acm:GetCertificate", "Three"),
            ],
            ["has acm:GetCertificate, which no flow uses"],
        ),
        (
            [
                allow("acm:ListCertificates"),
                allow("acm:DeleteCertificate", "Two", Resource="arn:aws:acm:*:2:certificate/*"),
            ],
            ["refuses acm:DeleteCertificate on the resource or under the conditions of a call"],
        ),
        (
            [
                allow("acm:ListCertificates"),
                allow("acm:DeleteCertificate", "Two"),
                allow("acm:DeleteCertificate", "Three"),
            ],
            [
                "has the statement Two, without which nothing is missing",
                "has the statement Three, without which nothing is missing",
            ],
        ),
        (
            [
                allow("acm:ListCertificates"),
                allow(
                    "acm:DeleteCertificate",
                    "Two",
                    Condition={"StringEquals": {"aws:ResourceTag/tlsops:managed-by": ["tlsops.certificates", "other"]}},
                ),
            ],
            ["has other in the statement Two, without which nothing is missing"],
        ),
        (
            [
                allow("acm:ListCertificates"),
                allow("acm:DeleteCertificate", "Two", Resource=["arn:aws:acm:*:1:certificate/*", "arn:aws:acm:*:2:*"]),
            ],
            ["has arn:aws:acm:*:2:* in the statement Two, without which nothing is missing"],
        ),
    ],
)
def test_the_comparison_sees_what_is_missing_and_what_is_too_much(
    statements: list[Policy], expected: list[str]
) -> None:
    assert differences(statements, [LIST, DELETE], "Z1") == expected


def test_the_comparison_sees_a_refusal_that_a_module_got_over() -> None:
    refused = dataclasses.replace(LIST, error="AccessDeniedException")
    assert differences([allow("acm:ListCertificates")], [refused], "Z1") == [
        "refused acm:ListCertificates (AccessDeniedException)"
    ]


@pytest.mark.parametrize("action", sorted(actions(read("certificate-account"))))
def test_no_action_can_be_left_out_unnoticed(full_access: Log, action: str) -> None:
    statements = copy.deepcopy(read("certificate-account"))
    for statement in statements:
        named = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        statement["Action"] = [each for each in named if each != action]
    assert differences(statements, full_access.certificates, "Z1") == [f"lacks {action}, which was used"]


# --- What the conditions keep out --------------------


def refused_code(call: Any, **parameters: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    return str(caught.value.response["Error"]["Code"])


@pytest.fixture
def accounts(sandbox: Sandbox) -> Accounts:
    return set_up(sandbox, read("certificate-account"), read("dns-account"))


OUR_TAGS = [{"Key": key, "Value": value} for key, value in OURS.items()]


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param({"Tags": OUR_TAGS}, id="email, by leaving the method out"),
        pytest.param({"ValidationMethod": "EMAIL", "Tags": OUR_TAGS}, id="email"),
        pytest.param({"ValidationMethod": "DNS"}, id="without our tag"),
        pytest.param({"CertificateAuthorityArn": CA_ARN, "Tags": OUR_TAGS}, id="private"),
    ],
)
def test_other_requests_are_refused(accounts: Accounts, request_: dict[str, Any]) -> None:
    acm = accounts.sandbox.boto("acm", credentials=accounts.session)
    assert refused_code(acm.request_certificate, DomainName="www.example.com", **request_) == "AccessDeniedException"


def test_other_peoples_certificates_are_neither_deleted_nor_tagged(accounts: Accounts) -> None:
    [arn] = accounts.sandbox.add_certificates([{"domain_name": "www.example.com"}])
    acm = accounts.sandbox.boto("acm", credentials=accounts.session)
    assert refused_code(acm.delete_certificate, CertificateArn=arn) == "AccessDeniedException"
    tags = [{"Key": "team", "Value": "b"}]
    assert refused_code(acm.add_tags_to_certificate, CertificateArn=arn, Tags=tags) == "AccessDeniedException"


@pytest.mark.parametrize(
    ("name", "kind", "value"),
    [
        ("www.example.com", "CNAME", "elsewhere.example.net"),
        ("_0.www.example.com", "TXT", '"x"'),
        ("_0.www.example.com", "A", "192.0.2.1"),
        ("_0.www.example.net", "CNAME", "elsewhere.example.net"),
    ],
)
def test_the_dns_role_writes_nothing_but_validation_records(
    accounts: Accounts, name: str, kind: str, value: str
) -> None:
    trust = read("dns-account-trust")[0]["Condition"]["StringEquals"]
    sts = accounts.sandbox.boto("sts", credentials=accounts.session)
    session = sts.assume_role(
        RoleArn=accounts.dns_role_arn, RoleSessionName="test", ExternalId=trust["sts:ExternalId"]
    )["Credentials"]
    route53 = accounts.sandbox.boto("route53", credentials=session)
    zone_id = accounts.zones["example.net" if name.endswith(".net") else "example.com"]

    def change(action: str, *sets: tuple[str, str, str]) -> dict[str, Any]:
        return {
            "HostedZoneId": zone_id,
            "ChangeBatch": {
                "Changes": [
                    {
                        "Action": action,
                        "ResourceRecordSet": {"Name": n, "Type": k, "TTL": 60, "ResourceRecords": [{"Value": v}]},
                    }
                    for n, k, v in sets
                ]
            },
        }

    good = ("_1.www.example.com", "CNAME", "_1.acm-validations.aws")
    assert refused_code(route53.change_resource_record_sets, **change("UPSERT", (name, kind, value))) == "AccessDenied"
    # One good record doesn't carry the others.
    assert (
        refused_code(route53.change_resource_record_sets, **change("UPSERT", good, (name, kind, value)))
        == "AccessDenied"
    )


def test_the_dns_role_is_for_the_certificates_role_with_the_external_id(accounts: Accounts) -> None:
    as_certificates = accounts.sandbox.boto("sts", credentials=accounts.session)
    as_somebody = accounts.sandbox.boto("sts")
    who = {"RoleArn": accounts.dns_role_arn, "RoleSessionName": "test"}
    assert refused_code(as_certificates.assume_role, **who) == "AccessDenied"
    assert refused_code(as_somebody.assume_role, **who, ExternalId="tlsops-demo") == "AccessDenied"


def test_listeners_get_no_other_tags_than_ours(sandbox: Sandbox) -> None:
    accounts = set_up(sandbox, read("load-balancers"), read("dns-account"))
    there = endpoints(sandbox)
    elb = accounts.sandbox.boto("elbv2", credentials=accounts.session)
    ours, other = {"Key": "tlsops:certificate/1", "Value": "web"}, {"Key": "team", "Value": "b"}
    elb.add_tags(ResourceArns=there.listeners, Tags=[ours])
    assert refused_code(elb.add_tags, ResourceArns=there.listeners, Tags=[ours, other]) == "AccessDenied"
    assert refused_code(elb.remove_tags, ResourceArns=there.listeners, TagKeys=["team"]) == "AccessDenied"
    balancer = elb.describe_load_balancers(Names=["web"])["LoadBalancers"][0]["LoadBalancerArn"]
    assert refused_code(elb.add_tags, ResourceArns=[balancer], Tags=[ours]) == "AccessDenied"
