# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults on demand: the wire formats, cut connections, latency, and the death of the caller."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import Any

import pytest
from aws_session import ACCOUNT, refused
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError
from sandbox.client import Sandbox, SandboxError
from sandbox.context import Context
from sandbox.credentials import Credentials
from sandbox.endpoint import Endpoint
from sandbox.sts import Sts
from sandbox.wire import Request


@pytest.mark.parametrize(
    ("service", "action", "method", "code"),
    [
        ("acm", "ListCertificates", "list_certificates", "ThrottlingException"),
        ("tag", "GetResources", "get_resources", "ThrottlingException"),
        ("sts", "GetCallerIdentity", "get_caller_identity", "Throttling"),
        ("route53", "ListHostedZones", "list_hosted_zones", "PriorRequestNotComplete"),
    ],
)
def test_any_error_in_the_wire_format_of_the_service(
    sandbox: Sandbox, service: str, action: str, method: str, code: str
) -> None:
    client = sandbox.boto({"tag": "resourcegroupstaggingapi"}.get(service, service))
    sandbox.fail(service, action, code=code, message="<so & so>", status=400)
    error = refused(getattr(client, method))
    assert (error["Code"], error["Message"], error["Status"]) == (code, "<so & so>", 400)
    getattr(client, method)()
    assert [call["error"] for call in sandbox.calls(service, action)] == [code, None]


def test_a_fault_strikes_n_times_after_k_calls(sandbox: Sandbox) -> None:
    acm = sandbox.boto("acm")
    sandbox.fail("acm", "ListCertificates", times=2, after=1)
    acm.list_certificates()
    for dummy in range(2):
        assert refused(acm.list_certificates)["Code"] == "ThrottlingException"
    acm.list_certificates()


def test_a_fault_without_a_service_counts_every_call(sandbox: Sandbox) -> None:
    acm = sandbox.boto("acm")
    sandbox.fail(after=2, code="InternalFailure")
    acm.list_certificates()
    sandbox.boto("sts").get_caller_identity()
    assert refused(acm.list_certificates)["Status"] == 500


def test_a_failed_call_was_not_executed(sandbox: Sandbox) -> None:
    sandbox.fail("acm", "RequestCertificate", code="InternalFailure")
    refused(sandbox.boto("acm").request_certificate, DomainName="example.com", ValidationMethod="DNS")
    assert sandbox.certificates() == []


@pytest.mark.parametrize(("cut", "made"), [(True, 0), ("before", 0), ("after", 1)])
def test_a_cut_connection_before_or_after_execution(sandbox: Sandbox, cut: bool | str, made: int) -> None:
    sandbox.fail("acm", "RequestCertificate", cut=cut)
    acm = sandbox.boto("acm")
    with pytest.raises(ConnectionClosedError):
        acm.request_certificate(DomainName="example.com", ValidationMethod="DNS")
    assert len(sandbox.certificates()) == made
    call = sandbox.calls("acm")[0]
    assert (call["error"], call["status"]) == (("ConnectionCut", None) if made == 0 else (None, 200))


def test_a_client_that_retries_gets_over_a_cut(sandbox: Sandbox) -> None:
    sandbox.fail("acm", "ListCertificates", cut=True, times=2)
    sandbox.boto("acm", config=Config(retries={"mode": "standard", "total_max_attempts": 3})).list_certificates()
    assert sandbox.count("acm", "ListCertificates") == 3


CALLER = """
import sys, boto3
sys.stdin.readline()
boto3.client("acm").request_certificate(DomainName="example.com", ValidationMethod="DNS")
print("got an answer")
"""


@pytest.mark.parametrize("group", [False, True])
def test_the_caller_is_killed_after_the_call_and_before_the_answer(sandbox: Sandbox, group: bool) -> None:
    caller = subprocess.Popen(
        [sys.executable, "-c", CALLER],
        env={**os.environ, **sandbox.environment()},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    sandbox.fail("acm", "RequestCertificate", kill_pid=-caller.pid if group else caller.pid)
    output, _errors = caller.communicate(b"go\n", timeout=30)
    assert (caller.returncode, output) == (-signal.SIGKILL, b"")
    assert [(call["action"], call["status"]) for call in sandbox.calls()] == [("RequestCertificate", 200)]
    assert len(sandbox.certificates()) == 1


def test_the_call_is_in_the_log_when_its_caller_dies(monkeypatch: pytest.MonkeyPatch) -> None:
    context = Context()
    endpoint = Endpoint(context, Credentials(context.clock))
    Sts(context, endpoint.credentials).install()
    user = endpoint.credentials.add_user(ACCOUNT)
    endpoint.faults.add({"service": "sts", "action": None, "kill_pid": 4711})
    logged: list[tuple[int, str, int | None]] = []

    def kill(pid: int, _signal: int) -> None:
        logged.extend((pid, call.action, call.status) for call in context.calls.find())

    monkeypatch.setattr(os, "kill", kill)
    scope = f"AWS4-HMAC-SHA256 Credential={user.access_key}/20261122/eu-west-1/sts/aws4_request, Signature=0"
    body = b"Action=GetCallerIdentity&Version=2011-06-15"
    assert endpoint.answer(Request("POST", "/", headers={"authorization": scope}, body=body)) is None
    assert logged == [(4711, "GetCallerIdentity", 200)]


def test_latency_is_added_to_every_call(sandbox: Sandbox) -> None:
    acm = sandbox.boto("acm")
    acm.list_certificates()
    sandbox.configure(latency=0.3)
    started = time.monotonic()
    acm.list_certificates()
    assert time.monotonic() - started >= 0.3


def test_reset_forgets_faults_denials_and_settings(sandbox: Sandbox) -> None:
    sandbox.fail("acm", "ListCertificates", times=100)
    sandbox.deny(ACCOUNT, ["acm:*"])
    sandbox.configure(throttle=True)
    sandbox.reset()
    acm = sandbox.boto("acm")
    for dummy in range(12):
        acm.list_certificates()


@pytest.mark.parametrize(
    ("ask", "why"),
    [
        (lambda sandbox: sandbox.configure(throtle=True), "throtle"),
        (lambda sandbox: sandbox.fail("acm", cut="sideways"), "sideways|cut"),
        (lambda sandbox: sandbox.role("1", "x", trusted=[]), "12 digits"),
        (lambda sandbox: sandbox.certificate("arn:none", status="ISSUED"), "arn:none"),
        (lambda sandbox: sandbox.control("GET", "nothing"), "no control"),
        (lambda sandbox: sandbox.role("111111111111", "x", trusted=[], policy={}), "Statement"),
    ],
)
def test_what_a_test_gets_wrong_is_an_error_and_no_silence(sandbox: Sandbox, ask: Any, why: str) -> None:
    with pytest.raises(SandboxError, match=why):
        ask(sandbox)
