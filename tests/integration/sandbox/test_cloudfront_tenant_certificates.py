# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificates of tenants: managed ones from the request to active domains, and own ones."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from aws_session import later, put_records, refused
from sandbox.client import Sandbox
from tenancy import BY_CLOUDFRONT, DOMAIN, SELF_HOSTED, create, details, point, read, states, update, wildcard

REGION = "us-east-1"
MANAGED_STATES = {
    "PENDING_VALIDATION": "pending-validation",
    "ISSUED": "issued",
    "INACTIVE": "inactive",
    "EXPIRED": "expired",
    "VALIDATION_TIMED_OUT": "validation-timed-out",
    "REVOKED": "revoked",
    "FAILED": "failed",
}


class WebServer:
    """A domain's own web server: answers by path."""

    def __init__(self) -> None:
        self.redirects: dict[str, str] = {}
        self.files: dict[str, str] = {}
        self.asked: list[tuple[str | None, str]] = []
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.asked.append((self.headers["Host"], self.path))
                target, content = server.redirects.get(self.path), server.files.get(self.path)
                self.send_response(301 if target else 200 if content else 404)
                if target:
                    self.send_header("Location", target)
                self.end_headers()
                self.wfile.write((content or "").encode())

            def log_message(self, format: str, *args: Any) -> None:
                """Said in `asked`."""

        self._server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def web_server() -> Iterator[WebServer]:
    server = WebServer()
    yield server
    server.close()


@pytest.fixture
def cloudfront(sandbox: Sandbox) -> Any:
    sandbox.configure(insync_delay=0, issue_delay=0, record_delay=0, validation_interval=3600)
    return sandbox.boto("cloudfront")


@pytest.fixture
def template(sandbox: Sandbox) -> dict[str, str]:
    """A multi-tenant distribution without a certificate of its own."""
    return sandbox.distribution(parameters=[])


@pytest.fixture
def endpoint(sandbox: Sandbox) -> str:
    """The routing endpoint of the default connection group, which is there before the first tenant."""
    return sandbox.connection_group(default=True)["endpoint"]


def managed(cloudfront: Any, template: dict[str, str], **members: Any) -> str:
    """A tenant with a self-hosted request; the certificate's ARN."""
    create(cloudfront, template, ManagedCertificateRequest=SELF_HOSTED, **members)
    return str(details(cloudfront)["CertificateArn"])


def attach(cloudfront: Any, arn: str, **others: Any) -> dict[str, Any]:
    return update(cloudfront, Customizations={"Certificate": {"Arn": arn}} | others)


# From the request to active domains


def test_a_request_makes_a_certificate_in_acm(sandbox: Sandbox, cloudfront: Any, template: dict[str, str]) -> None:
    arn = managed(cloudfront, template, Domains=["www.example.com", DOMAIN])
    assert arn.startswith("arn:aws:acm:us-east-1:111111111111:certificate/")
    found = sandbox.boto("acm", region=REGION).describe_certificate(CertificateArn=arn)["Certificate"]
    assert (found["DomainName"], found["ManagedBy"], found["Status"]) == (DOMAIN, "CLOUDFRONT", "PENDING_VALIDATION")
    assert set(found["SubjectAlternativeNames"]) == {DOMAIN, "www.example.com"}
    redirects = {option["DomainName"]: option["HttpRedirect"] for option in found["DomainValidationOptions"]}
    told = details(cloudfront)
    assert told["ValidationTokenHost"] == "self-hosted"
    for token in told["ValidationTokenDetails"]:
        assert redirects[token.pop("Domain")] == token
    assert told["ValidationTokenDetails"][0]["RedirectFrom"].startswith(f"http://{DOMAIN}/.well-known/pki-validation/")


def test_the_whole_way_of_a_domain_that_points_to_cloudfront(
    sandbox: Sandbox, cloudfront: Any, template: dict[str, str], endpoint: str
) -> None:
    point(sandbox, endpoint, DOMAIN)
    made = create(cloudfront, template, ManagedCertificateRequest=BY_CLOUDFRONT)
    arn = details(cloudfront)["CertificateArn"]
    assert details(cloudfront)["CertificateStatus"] == "pending-validation"
    sandbox.advance(60)
    assert details(cloudfront)["CertificateStatus"] == "issued"
    issued = read(cloudfront)
    assert issued["ETag"] != made["ETag"]
    assert (states(issued), "Customizations" in issued) == ({DOMAIN: "inactive"}, False)
    old = refused(
        cloudfront.update_distribution_tenant,
        Id=made["Id"],
        IfMatch=made["ETag"],
        Customizations={"Certificate": {"Arn": arn}},
    )
    assert old["Code"] == "PreconditionFailed"
    attached = attach(cloudfront, arn)
    assert states(attached) == {DOMAIN: "active"}
    assert details(cloudfront)["CertificateStatus"] == "issued"


def test_domains_are_inactive_for_ever_without_the_attachment(
    sandbox: Sandbox, cloudfront: Any, template: dict[str, str]
) -> None:
    """Domits PRs 3213, 3214."""
    sandbox.certificate(managed(cloudfront, template), status="ISSUED")
    sandbox.advance(30 * 86400)
    assert states(read(cloudfront)) == {DOMAIN: "inactive"}


def test_cloudfront_may_attach_by_itself(sandbox: Sandbox, cloudfront: Any, template: dict[str, str]) -> None:
    """terraform-provider-aws#45987."""
    sandbox.configure(tenants_attach_themselves=True)
    geo = {"GeoRestrictions": {"RestrictionType": "whitelist", "Locations": ["DE"]}}
    arn = managed(cloudfront, template, Customizations=geo)
    sandbox.certificate(arn, status="ISSUED")
    found = read(cloudfront)
    assert found["Customizations"] == geo | {"Certificate": {"Arn": arn}}
    assert states(found) == {DOMAIN: "active"}


def test_activation_can_take_time(sandbox: Sandbox, cloudfront: Any, template: dict[str, str]) -> None:
    sandbox.configure(domain_activation_delay=120)
    arn = managed(cloudfront, template)
    sandbox.certificate(arn, status="ISSUED")
    assert states(attach(cloudfront, arn)) == {DOMAIN: "inactive"}
    sandbox.advance(121)
    assert states(read(cloudfront)) == {DOMAIN: "active"}


@pytest.mark.parametrize(("in_acm", "told"), MANAGED_STATES.items())
def test_every_state_of_acm_has_its_name(
    sandbox: Sandbox, cloudfront: Any, template: dict[str, str], in_acm: str, told: str
) -> None:
    arn = managed(cloudfront, template)
    etag = read(cloudfront)["ETag"]
    sandbox.certificate(arn, status=in_acm)
    assert details(cloudfront)["CertificateStatus"] == told
    assert (read(cloudfront)["ETag"] != etag) == (told != "pending-validation")


def test_the_request_times_out_after_72_hours(sandbox: Sandbox, cloudfront: Any, template: dict[str, str]) -> None:
    managed(cloudfront, template)
    sandbox.advance(72 * 3600 - 60)
    assert details(cloudfront)["CertificateStatus"] == "pending-validation"
    sandbox.advance(61)
    assert details(cloudfront)["CertificateStatus"] == "validation-timed-out"


def test_caa_counts(sandbox: Sandbox, cloudfront: Any, template: dict[str, str], endpoint: str) -> None:
    zone = point(sandbox, endpoint, DOMAIN)
    put_records(sandbox, zone, [("example.com", "CAA", '0 issue "letsencrypt.org"')])
    create(cloudfront, template, ManagedCertificateRequest=BY_CLOUDFRONT)
    sandbox.advance(60)
    assert details(cloudfront)["CertificateStatus"] == "failed"


# What is refused


def test_one_request_is_pending_at_a_time(sandbox: Sandbox, cloudfront: Any, template: dict[str, str]) -> None:
    first = managed(cloudfront, template)
    error = refused(lambda: update(cloudfront, ManagedCertificateRequest=SELF_HOSTED))
    assert error["Code"] == "InvalidArgument"
    assert "pending" in error["Message"]
    sandbox.certificate(first, status="FAILED")
    update(cloudfront, ManagedCertificateRequest=SELF_HOSTED)
    assert details(cloudfront)["CertificateStatus"] == "pending-validation"
    assert details(cloudfront)["CertificateArn"] != first


@pytest.mark.parametrize("domains", [["*.example.com", DOMAIN], ["www.example.com"]])
def test_wildcards_and_a_strange_primary_domain_are_refused(
    cloudfront: Any, template: dict[str, str], domains: list[str]
) -> None:
    error = refused(lambda: create(cloudfront, template, Domains=domains, ManagedCertificateRequest=SELF_HOSTED))
    assert error["Code"] == "InvalidArgument"


def test_a_tenant_without_a_request_has_no_details(sandbox: Sandbox, cloudfront: Any) -> None:
    """terraform-provider-aws#46790: also when the distribution's certificate has all the domains."""
    template = sandbox.distribution(certificate_arn=wildcard(sandbox), parameters=[])
    create(cloudfront, template, ManagedCertificateRequest=SELF_HOSTED)
    error = refused(cloudfront.get_managed_certificate_details, Identifier="shop")
    assert (error["Code"], error["Status"]) == ("EntityNotFound", 404)
    assert states(read(cloudfront)) == {DOMAIN: "active"}


def test_a_tenant_is_there_when_acm_has_no_room(sandbox: Sandbox, cloudfront: Any, template: dict[str, str]) -> None:
    sandbox.configure(total_quota=0)
    create(cloudfront, template, ManagedCertificateRequest=SELF_HOSTED)
    assert refused(cloudfront.get_managed_certificate_details, Identifier="shop")["Code"] == "EntityNotFound"
    sandbox.configure(total_quota=1)
    update(cloudfront, ManagedCertificateRequest=SELF_HOSTED)
    assert details(cloudfront)["CertificateStatus"] == "pending-validation"


def test_a_certificate_that_is_not_issued_cannot_be_attached(cloudfront: Any, template: dict[str, str]) -> None:
    arn = managed(cloudfront, template)
    assert refused(lambda: attach(cloudfront, arn))["Code"] == "InvalidArgument"


def test_a_managed_certificate_is_for_cloudfront_only(
    sandbox: Sandbox, cloudfront: Any, template: dict[str, str]
) -> None:
    arn = managed(cloudfront, template)
    acm = sandbox.boto("acm", region=REGION)
    assert refused(acm.delete_certificate, CertificateArn=arn)["Code"] == "ResourceInUseException"
    sandbox.certificate(arn, status="ISSUED")
    balancer = sandbox.load_balancer("web", port=80, region=REGION)
    listener = {"Protocol": "HTTPS", "Port": 443, "LoadBalancerArn": balancer["load_balancer_arn"]}
    actions = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200"}}]
    make = sandbox.boto("elbv2", region=REGION).create_listener
    error = refused(make, **listener, Certificates=[{"CertificateArn": arn}], DefaultActions=actions)
    assert error["Code"] == "UnsupportedCertificate"


def test_acm_knows_who_uses_it_and_keeps_it_when_the_tenant_goes(
    sandbox: Sandbox, cloudfront: Any, template: dict[str, str]
) -> None:
    sandbox.configure(cloudfront_deploy_delay=0)
    arn = managed(cloudfront, template)
    sandbox.certificate(arn, status="ISSUED")
    tenant = attach(cloudfront, arn)
    acm = sandbox.boto("acm", region=REGION)
    assert acm.describe_certificate(CertificateArn=arn)["Certificate"]["InUseBy"] == [tenant["Arn"]]
    etag = update(cloudfront, Enabled=False)["ETag"]
    cloudfront.delete_distribution_tenant(Id=tenant["Id"], IfMatch=etag)
    assert acm.describe_certificate(CertificateArn=arn)["Certificate"]["InUseBy"] == []
    acm.delete_certificate(CertificateArn=arn)


def test_a_domain_can_be_added_by_a_new_request_while_the_old_certificate_serves(
    sandbox: Sandbox, cloudfront: Any, template: dict[str, str]
) -> None:
    old = managed(cloudfront, template)
    sandbox.certificate(old, status="ISSUED")
    attach(cloudfront, old)
    both = [{"Domain": DOMAIN}, {"Domain": "www.example.com"}]
    assert refused(lambda: update(cloudfront, Domains=both))["Code"] == "InvalidArgument"
    changed = update(cloudfront, Domains=both, ManagedCertificateRequest=SELF_HOSTED)
    assert states(changed) == {DOMAIN: "active", "www.example.com": "inactive"}
    assert changed["Customizations"]["Certificate"]["Arn"] == old
    new = details(cloudfront)["CertificateArn"]
    sandbox.certificate(new, status="ISSUED")
    assert set(states(attach(cloudfront, new)).values()) == {"active"}


def test_a_domain_that_left_and_comes_back_has_to_be_validated_anew(
    sandbox: Sandbox, cloudfront: Any, template: dict[str, str]
) -> None:
    both = wildcard(sandbox, "www.example.com", subject_alternative_names=[DOMAIN])
    one = wildcard(sandbox, DOMAIN)
    domains = [{"Domain": DOMAIN}, {"Domain": "www.example.com"}]
    create(cloudfront, template, Domains=[DOMAIN, "www.example.com"], Customizations={"Certificate": {"Arn": both}})
    update(cloudfront, Domains=domains[:1], Customizations={"Certificate": {"Arn": one}})
    back = update(cloudfront, Domains=domains, ManagedCertificateRequest=SELF_HOSTED)
    assert states(back) == {DOMAIN: "active", "www.example.com": "inactive"}


# Own certificates


def test_an_own_certificate_is_issued_in_us_east_1_and_covers_the_domains(
    sandbox: Sandbox, cloudfront: Any, template: dict[str, str]
) -> None:
    bad = [
        wildcard(sandbox, region="eu-west-1"),
        wildcard(sandbox, account="222222222222"),
        wildcard(sandbox, status="PENDING_VALIDATION"),
        "arn:aws:acm:us-east-1:111111111111:certificate/none",
    ]
    for arn in bad:
        given = {"Certificate": {"Arn": arn}}
        assert (
            refused(lambda given=given: create(cloudfront, template, Customizations=given))["Code"] == "InvalidArgument"
        )
    foreign = {"Certificate": {"Arn": wildcard(sandbox, "*.example.org")}}
    assert "doesn't cover" in refused(lambda: create(cloudfront, template, Customizations=foreign))["Message"]
    made = create(cloudfront, template, Customizations={"Certificate": {"Arn": wildcard(sandbox)}})
    assert states(made) == {DOMAIN: "active"}


# Validation is real


def test_self_hosted_a_redirect_to_acm_proves_the_domain(
    sandbox: Sandbox, cloudfront: Any, template: dict[str, str], web_server: WebServer
) -> None:
    arn = managed(cloudfront, template)
    token = sandbox.tokens(arn)[DOMAIN]
    path = token["from"].removeprefix(f"http://{DOMAIN}")
    web_server.redirects[path] = token["to"] + ".not"
    put_records(sandbox, point(sandbox, "unused"), [(DOMAIN, "A", "127.0.0.1")])
    sandbox.configure(http_port=web_server.port)
    sandbox.advance(60)
    assert details(cloudfront)["CertificateStatus"] == "pending-validation"
    assert web_server.asked[-1] == (DOMAIN, path)
    web_server.redirects[path] = token["to"]
    sandbox.advance(60)
    assert details(cloudfront)["CertificateStatus"] == "issued"


def test_self_hosted_the_file_itself_proves_the_domain(
    sandbox: Sandbox, cloudfront: Any, template: dict[str, str], web_server: WebServer
) -> None:
    arn = managed(cloudfront, template)
    token = sandbox.tokens(arn)[DOMAIN]
    path = token["from"].removeprefix(f"http://{DOMAIN}")
    put_records(sandbox, point(sandbox, "unused"), [(DOMAIN, "A", "127.0.0.1")])
    sandbox.configure(http_port=web_server.port, validation_interval=0.1)
    web_server.files[path] = "something else"
    later(lambda: len(web_server.asked) > 1, "the checker asks again")
    assert details(cloudfront)["CertificateStatus"] == "pending-validation"
    web_server.files[path] = token["content"] + "\n"
    later(lambda: details(cloudfront)["CertificateStatus"] == "issued", "issued")


def test_self_hosted_never_ends_without_another_server(
    sandbox: Sandbox, cloudfront: Any, template: dict[str, str], endpoint: str
) -> None:
    """Domits PR 3251: CloudFront does not serve the token then."""
    point(sandbox, endpoint, DOMAIN)
    managed(cloudfront, template)
    sandbox.advance(3600)
    assert details(cloudfront)["CertificateStatus"] == "pending-validation"


def test_by_cloudfront_every_domain_must_keep_pointing_there(
    sandbox: Sandbox, cloudfront: Any, template: dict[str, str], endpoint: str
) -> None:
    zone = point(sandbox, endpoint, DOMAIN)
    create(cloudfront, template, ManagedCertificateRequest=BY_CLOUDFRONT)
    put_records(sandbox, zone, [(DOMAIN, "CNAME", "elsewhere.example.net")])
    sandbox.advance(60)
    assert details(cloudfront)["CertificateStatus"] == "pending-validation"
    put_records(sandbox, zone, [(DOMAIN, "CNAME", endpoint)])
    sandbox.advance(60)
    assert details(cloudfront)["CertificateStatus"] == "issued"
