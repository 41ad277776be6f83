# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificates of listeners: which are taken, the default and the list, quota, lag, InUseBy."""

from __future__ import annotations

from typing import Any

import pytest
from aws_session import OTHER, refused
from balancing import FIXED, certificate, certificates, in_use_by, named, served
from sandbox.client import Sandbox, SandboxError

LISTENER = "listener_arn"


@pytest.fixture
def elb(sandbox: Sandbox) -> Any:
    return sandbox.boto("elbv2")


@pytest.fixture
def default(sandbox: Sandbox) -> str:
    return certificate(sandbox, "default.example.com")


@pytest.fixture
def listener(sandbox: Sandbox, default: str) -> str:
    return sandbox.load_balancer("web", certificate_arn=default)[LISTENER]


# Which certificates are taken


def test_https_needs_exactly_one_certificate_and_http_none(sandbox: Sandbox, elb: Any, default: str) -> None:
    web = elb.create_load_balancer(Name="web")["LoadBalancers"][0]["LoadBalancerArn"]
    given = {"LoadBalancerArn": web, "Port": 443, "DefaultActions": FIXED}
    assert refused(elb.create_listener, Protocol="HTTPS", **given)["Code"] == "ValidationError"
    assert (
        refused(elb.create_listener, Protocol="HTTP", Certificates=named(default), **given)["Code"] == "ValidationError"
    )
    two = named(default) + named(certificate(sandbox))
    error = refused(elb.create_listener, Protocol="HTTPS", Certificates=two, **given)
    assert error["Code"] == "TooManyCertificates"
    assert error["Message"] == "Up to '1' certificate ARNs can be specified, but '2' were specified"


def test_one_certificate_a_call_and_is_default_is_not_for_the_caller(sandbox: Sandbox, elb: Any, listener: str) -> None:
    one, two = certificates(sandbox, 2)
    for call in (elb.add_listener_certificates, elb.remove_listener_certificates, elb.modify_listener):
        error = refused(call, ListenerArn=listener, Certificates=named(one) + named(two))
        assert error["Code"] == "TooManyCertificates"
        for flag in (True, False):
            given = [{"CertificateArn": one, "IsDefault": flag}]
            assert refused(call, ListenerArn=listener, Certificates=given)["Code"] == "ValidationError"


def test_a_certificate_must_be_of_the_listeners_account_and_region(sandbox: Sandbox, elb: Any, listener: str) -> None:
    elsewhere = certificate(sandbox, region="us-east-1")
    foreign = certificate(sandbox, account=OTHER)
    never = elsewhere.replace("us-east-1", "eu-west-1")
    for arn in (elsewhere, foreign, never):
        for call in (elb.add_listener_certificates, elb.modify_listener):
            error = refused(call, ListenerArn=listener, Certificates=named(arn))
            assert (error["Code"], error["Message"]) == ("CertificateNotFound", f"Certificate '{arn}' not found")
    with pytest.raises(SandboxError, match="CertificateNotFound"):
        sandbox.load_balancer("new", certificate_arn=elsewhere)


def test_what_is_no_arn_of_a_certificate_is_not_valid(elb: Any, listener: str, default: str) -> None:
    for arn in ("x", f"{default},{default}", default.replace(":certificate/", ":key/")):
        error = refused(elb.add_listener_certificates, ListenerArn=listener, Certificates=named(arn))
        assert (error["Code"], error["Message"]) == ("ValidationError", f"Certificate ARN '{arn}' is not valid")


@pytest.mark.parametrize("status", ["PENDING_VALIDATION", "FAILED", "EXPIRED", "REVOKED", "VALIDATION_TIMED_OUT"])
def test_a_certificate_must_be_issued(sandbox: Sandbox, elb: Any, listener: str, status: str) -> None:
    arn = certificate(sandbox, status=status)
    for call in (elb.add_listener_certificates, elb.modify_listener):
        error = refused(call, ListenerArn=listener, Certificates=named(arn))
        assert error["Code"] == "UnsupportedCertificate"
        assert "must have a fully-qualified domain name, a supported signature, and a supported key" in error["Message"]


@pytest.mark.parametrize("code", ["CertificateNotFound", "UnsupportedCertificate"])
def test_just_after_the_issuance_a_certificate_is_refused(sandbox: Sandbox, elb: Any, listener: str, code: str) -> None:
    sandbox.configure(elb_certificate_lag=60, elb_lag_error=code)
    issued, imported = certificate(sandbox, age=0), certificate(sandbox, age=0, type="IMPORTED")
    for arn in (issued, imported):
        assert refused(elb.add_listener_certificates, ListenerArn=listener, Certificates=named(arn))["Code"] == code
        assert refused(elb.modify_listener, ListenerArn=listener, Certificates=named(arn))["Code"] == code
    sandbox.advance(59)
    assert refused(elb.add_listener_certificates, ListenerArn=listener, Certificates=named(issued))["Code"] == code
    sandbox.advance(1)
    elb.add_listener_certificates(ListenerArn=listener, Certificates=named(issued))
    elb.modify_listener(ListenerArn=listener, Certificates=named(imported))


def test_a_lag_error_of_another_name_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(SandboxError, match="elb_lag_error"):
        sandbox.configure(elb_lag_error="NotReady")


def test_network_load_balancers_refuse_rsa_4096(sandbox: Sandbox, elb: Any, default: str) -> None:
    """RSA up to 3072 bits, P-256, P-384, P-521: aws-terminator#309, community.aws#2142."""
    web = sandbox.load_balancer("web", certificate_arn=default)[LISTENER]
    net = sandbox.load_balancer("net", type="network", certificate_arn=default)[LISTENER]
    fit = ("RSA_1024", "RSA_2048", "RSA_3072", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1")
    for algorithm in fit:
        elb.add_listener_certificates(
            ListenerArn=net, Certificates=named(certificate(sandbox, key_algorithm=algorithm))
        )
    large = certificate(sandbox, key_algorithm="RSA_4096")
    for call in (elb.add_listener_certificates, elb.modify_listener):
        assert refused(call, ListenerArn=net, Certificates=named(large))["Code"] == "UnsupportedCertificate"
        call(ListenerArn=web, Certificates=named(large))


# Default and list


def test_the_list_and_the_default_are_shown_apart(sandbox: Sandbox, elb: Any, listener: str, default: str) -> None:
    one, two = certificates(sandbox, 2)
    for arn in (one, two):
        elb.add_listener_certificates(ListenerArn=listener, Certificates=named(arn))
    assert served(elb, listener) == (default, {one, two})
    assert served(elb, sandbox.load_balancer("web", port=80)[LISTENER]) == (None, set())


def test_adding_twice_changes_nothing(sandbox: Sandbox, elb: Any, listener: str, default: str) -> None:
    one = certificate(sandbox)
    for _time in range(2):
        elb.add_listener_certificates(ListenerArn=listener, Certificates=named(one))
    assert served(elb, listener) == (default, {one})


def test_a_default_that_is_added_too_appears_twice(elb: Any, listener: str, default: str) -> None:
    elb.add_listener_certificates(ListenerArn=listener, Certificates=named(default))
    assert served(elb, listener) == (default, {default})


def test_certificates_come_in_pages(sandbox: Sandbox, elb: Any, listener: str, default: str) -> None:
    wanted = certificates(sandbox, 4)
    for arn in wanted:
        elb.add_listener_certificates(ListenerArn=listener, Certificates=named(arn))
    paginator = elb.get_paginator("describe_listener_certificates")
    pages = list(paginator.paginate(ListenerArn=listener, PaginationConfig={"PageSize": 2}))
    assert [len(page["Certificates"]) for page in pages] == [2, 2, 1]
    shown = [entry["CertificateArn"] for page in pages for entry in page["Certificates"]]
    assert sorted(shown) == sorted([default, *wanted])
    first = elb.describe_listener_certificates(ListenerArn=listener, PageSize=2)
    other = sandbox.load_balancer("web", certificate_arn=default, port=8443)[LISTENER]
    error = refused(elb.describe_listener_certificates, ListenerArn=other, Marker=first["NextMarker"])
    assert error["Code"] == "ValidationError"
    assert refused(elb.describe_listener_certificates, ListenerArn=listener, PageSize=401)["Code"] == "ValidationError"
    sandbox.configure(page_limit=3)
    assert len(elb.describe_listener_certificates(ListenerArn=listener)["Certificates"]) == 3


def test_removing_what_is_not_there_succeeds(sandbox: Sandbox, elb: Any, listener: str, default: str) -> None:
    one, two = certificates(sandbox, 2)
    elb.add_listener_certificates(ListenerArn=listener, Certificates=named(one))
    for _time in range(2):
        elb.remove_listener_certificates(ListenerArn=listener, Certificates=named(one))
    elb.remove_listener_certificates(ListenerArn=listener, Certificates=named(two))
    assert served(elb, listener) == (default, set())


def test_the_default_cannot_be_removed_not_even_from_the_list(elb: Any, listener: str, default: str) -> None:
    error = refused(elb.remove_listener_certificates, ListenerArn=listener, Certificates=named(default))
    assert (error["Code"], error["Message"]) == ("OperationNotPermitted", "Default certificate cannot be removed")
    elb.add_listener_certificates(ListenerArn=listener, Certificates=named(default))
    error = refused(elb.remove_listener_certificates, ListenerArn=listener, Certificates=named(default))
    assert error["Code"] == "OperationNotPermitted"


@pytest.mark.parametrize("old_default", ["removed", "kept"])
def test_modify_listener_replaces_the_default_and_keeps_the_list(
    sandbox: Sandbox, elb: Any, listener: str, default: str, old_default: str
) -> None:
    """What becomes of the old default is told in both ways (issue 3)."""
    sandbox.configure(old_default=old_default)
    one, two, new = certificates(sandbox, 3)
    for arn in (one, two):
        elb.add_listener_certificates(ListenerArn=listener, Certificates=named(arn))
    changed = elb.modify_listener(ListenerArn=listener, Certificates=named(new))["Listeners"][0]
    assert changed["Certificates"] == named(new)
    left = {default} if old_default == "kept" else set()
    assert served(elb, listener) == (new, {one, two} | left)
    elb.modify_listener(ListenerArn=listener, Certificates=named(one))
    left |= {new} if old_default == "kept" else set()
    assert served(elb, listener) == (one, {one, two} | left)


def test_modify_listener_without_certificates_leaves_them(
    sandbox: Sandbox, elb: Any, listener: str, default: str
) -> None:
    one = certificate(sandbox)
    elb.add_listener_certificates(ListenerArn=listener, Certificates=named(one))
    elb.modify_listener(ListenerArn=listener, Port=8443)
    assert served(elb, listener) == (default, {one})
    assert elb.describe_listeners(ListenerArns=[listener])["Listeners"][0]["Port"] == 8443


def test_changing_to_http_removes_the_certificates_and_back_needs_one(
    sandbox: Sandbox, elb: Any, listener: str, default: str
) -> None:
    elb.add_listener_certificates(ListenerArn=listener, Certificates=named(certificate(sandbox)))
    shown = elb.modify_listener(ListenerArn=listener, Protocol="HTTP")["Listeners"][0]
    assert "Certificates" not in shown
    assert "SslPolicy" not in shown
    assert served(elb, listener) == (None, set())
    assert refused(elb.modify_listener, ListenerArn=listener, Protocol="HTTPS")["Code"] == "ValidationError"
    elb.modify_listener(ListenerArn=listener, Protocol="HTTPS", Certificates=named(default))
    assert served(elb, listener) == (default, set())


def test_http_listeners_take_no_certificates(sandbox: Sandbox, elb: Any, default: str) -> None:
    plain = sandbox.load_balancer("web", port=80)[LISTENER]
    for call in (elb.add_listener_certificates, elb.remove_listener_certificates, elb.modify_listener):
        assert refused(call, ListenerArn=plain, Certificates=named(default))["Code"] == "ValidationError"


def test_an_unknown_listener_is_not_found(elb: Any, listener: str, default: str) -> None:
    unknown = listener[:-4] + "0000"
    for call in (elb.add_listener_certificates, elb.remove_listener_certificates, elb.modify_listener):
        assert refused(call, ListenerArn=unknown, Certificates=named(default))["Code"] == "ListenerNotFound"
    assert refused(elb.describe_listener_certificates, ListenerArn=unknown)["Code"] == "ListenerNotFound"


def test_a_new_listener_may_not_be_found_for_a_while(sandbox: Sandbox, elb: Any, default: str) -> None:
    """aws-load-balancer-controller, listener_manager: AddListenerCertificates is retried while ListenerNotFound."""
    sandbox.configure(listener_lag=5)
    listener = sandbox.load_balancer("web", certificate_arn=default)[LISTENER]
    given = {"ListenerArn": listener, "Certificates": named(certificate(sandbox))}
    assert refused(elb.add_listener_certificates, **given)["Code"] == "ListenerNotFound"
    assert served(elb, listener) == (default, set())
    sandbox.advance(5)
    elb.add_listener_certificates(**given)


# Quota


def test_a_list_holds_25_certificates_besides_the_default(
    sandbox: Sandbox, elb: Any, listener: str, default: str
) -> None:
    *wanted, last = certificates(sandbox, 26)
    for arn in wanted:
        elb.add_listener_certificates(ListenerArn=listener, Certificates=named(arn))
    error = refused(elb.add_listener_certificates, ListenerArn=listener, Certificates=named(last))
    assert error["Code"] == "TooManyCertificates"
    elb.add_listener_certificates(ListenerArn=listener, Certificates=named(wanted[0]))
    elb.modify_listener(ListenerArn=listener, Certificates=named(last))
    assert served(elb, listener) == (last, set(wanted))


def test_the_default_counts_in_the_list_unless_told_otherwise(
    sandbox: Sandbox, elb: Any, listener: str, default: str
) -> None:
    sandbox.configure(listener_quota=1)
    elb.add_listener_certificates(ListenerArn=listener, Certificates=named(default))
    given = {"ListenerArn": listener, "Certificates": named(certificate(sandbox))}
    assert refused(elb.add_listener_certificates, **given)["Code"] == "TooManyCertificates"
    sandbox.configure(default_in_list_counts=False)
    elb.add_listener_certificates(**given)


def test_an_old_default_that_is_kept_needs_room(sandbox: Sandbox, elb: Any, listener: str, default: str) -> None:
    sandbox.configure(listener_quota=1, old_default="kept")
    one, new = certificates(sandbox, 2)
    elb.add_listener_certificates(ListenerArn=listener, Certificates=named(one))
    error = refused(elb.modify_listener, ListenerArn=listener, Certificates=named(new))
    assert error["Code"] == "TooManyCertificates"
    assert served(elb, listener) == (default, {one})
    elb.modify_listener(ListenerArn=listener, Certificates=named(one))
    assert served(elb, listener) == (one, {one, default})


# InUseBy


def test_in_use_by_is_the_load_balancer_as_long_as_any_listener_uses_it(
    sandbox: Sandbox, elb: Any, default: str
) -> None:
    one = certificate(sandbox)
    first = sandbox.load_balancer("web", certificate_arn=default)
    second = sandbox.load_balancer("web", certificate_arn=default, port=8443)
    other = sandbox.load_balancer("api", certificate_arn=default)
    assert in_use_by(sandbox, default) == sorted([first["load_balancer_arn"], other["load_balancer_arn"]])
    assert in_use_by(sandbox, one) == []
    elb.add_listener_certificates(ListenerArn=second[LISTENER], Certificates=named(one))
    assert in_use_by(sandbox, one) == [first["load_balancer_arn"]]
    elb.modify_listener(ListenerArn=first[LISTENER], Certificates=named(one))
    assert in_use_by(sandbox, default) == sorted([first["load_balancer_arn"], other["load_balancer_arn"]])
    elb.delete_load_balancer(LoadBalancerArn=other["load_balancer_arn"])
    elb.delete_listener(ListenerArn=second[LISTENER])
    assert in_use_by(sandbox, default) == []
    assert in_use_by(sandbox, one) == [first["load_balancer_arn"]]


def test_a_default_that_was_replaced_is_in_use_no_more_unless_it_was_kept(
    sandbox: Sandbox, elb: Any, listener: str, default: str
) -> None:
    one, two = certificates(sandbox, 2)
    elb.modify_listener(ListenerArn=listener, Certificates=named(one))
    assert in_use_by(sandbox, default) == []
    sandbox.configure(old_default="kept")
    elb.modify_listener(ListenerArn=listener, Certificates=named(two))
    assert in_use_by(sandbox, one) == in_use_by(sandbox, two) != []


def test_a_certificate_in_use_cannot_be_deleted_and_in_use_by_lags(sandbox: Sandbox, elb: Any, listener: str) -> None:
    acm = sandbox.boto("acm")
    sandbox.configure(in_use_lag=100)
    one = certificate(sandbox)
    elb.add_listener_certificates(ListenerArn=listener, Certificates=named(one))
    assert in_use_by(sandbox, one) == []
    assert refused(acm.delete_certificate, CertificateArn=one)["Code"] == "ResourceInUseException"
    sandbox.advance(100)
    assert len(in_use_by(sandbox, one)) == 1
    elb.remove_listener_certificates(ListenerArn=listener, Certificates=named(one))
    sandbox.advance(99)
    assert len(in_use_by(sandbox, one)) == 1
    assert refused(acm.delete_certificate, CertificateArn=one)["Code"] == "ResourceInUseException"
    sandbox.advance(1)
    assert in_use_by(sandbox, one) == []
    acm.delete_certificate(CertificateArn=one)


def test_a_test_that_forces_in_use_by_does_not_hide_the_load_balancer(
    sandbox: Sandbox, elb: Any, listener: str
) -> None:
    one = certificate(sandbox, in_use_by=["arn:aws:apigateway:x"])
    elb.add_listener_certificates(ListenerArn=listener, Certificates=named(one))
    assert len(in_use_by(sandbox, one)) == 2
    sandbox.certificate(one, in_use_by=[])
    assert [":loadbalancer/" in user for user in in_use_by(sandbox, one)] == [True]
