# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Killed after any AWS call, a run is finished by the next one, and the one after that has nothing to do.

Each test walks every call of its run: for call k the sandbox starts as new, the process gets SIGKILL when its k-th call
was executed and before it sees the answer (the worst moment there is), and the module runs twice more.
"""

from __future__ import annotations

import functools
import itertools
import re
import signal
import subprocess
import time
from collections.abc import Callable
from typing import Any

import pytest
from aws_world import ACCOUNT, DNS_ACCOUNT, NAME, WRITES
from module_process import run_forked
from sandbox.client import Sandbox
from support.modules import finish_module, start_module

Records = dict[tuple[str, str], list[str]]
Names = frozenset[str]

SITE = {"name": "site", "domain_name": "example.com", "subject_alternative_names": ["*.example.com"]}
CDN = {
    "name": "cdn",
    "domain_name": "cdn.example.org",
    "subject_alternative_names": ["cdn.example.com"],
    "cloudfront": True,
}
SITE_NAMES: Names = frozenset({"example.com", "*.example.com"})
CDN_NAMES: Names = frozenset({"cdn.example.org", "cdn.example.com"})
# Somebody else's, in the same zones.
THEIRS = {
    "example.com": [("www.example.com", "A", "192.0.2.1"), ("_0a.example.com", "CNAME", "_0b.acm-validations.aws")],
    "example.org": [("mail.example.org", "TXT", '"v=spf1 -all"')],
}


@functools.lru_cache(maxsize=1)
def _route53(sandbox: Sandbox) -> Any:
    return sandbox.boto("route53", DNS_ACCOUNT)


class Stage:
    """Two accounts, two zones with other people's records in them, and a role for them."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        sandbox.reset()
        self._route53 = _route53(sandbox)
        self.zones = {domain: self._make_zone(domain, records) for domain, records in THEIRS.items()}
        role = sandbox.role(DNS_ACCOUNT, "dns", trusted=[ACCOUNT], external_id="tlsops-test")
        self.dns = {"dns_role_arn": role, "dns_role_external_id": "tlsops-test"}
        self.theirs = self.records()
        # AWS at its slowest to tell: right after the kill, the next run doesn't find what this one has requested.
        sandbox.configure(list_lag=4, describe_lag=2, tagging_lag=3)

    def _make_zone(self, domain: str, records: list[tuple[str, str, str]]) -> str:
        made = self._route53.create_hosted_zone(Name=domain, CallerReference=f"{domain} {time.monotonic_ns()}")
        zone_id = str(made["HostedZone"]["Id"]).rpartition("/")[2]
        changes = [
            {
                "Action": "CREATE",
                "ResourceRecordSet": {"Name": name, "Type": kind, "TTL": 60, "ResourceRecords": [{"Value": value}]},
            }
            for name, kind, value in records
        ]
        self._route53.change_resource_record_sets(HostedZoneId=zone_id, ChangeBatch={"Changes": changes})
        self.sandbox.delegate(domain, zone_id)
        return zone_id

    def issue(self, *certificates: dict[str, Any], **how: Any) -> Any:
        options = {"certificates": list(certificates), **self.dns}
        return run_forked(self.sandbox, "acm_dns_certificates", options, **how)

    def delete(self, name: str, **how: Any) -> Any:
        options = {"name": name, "state": "absent", "regions": ["eu-west-1", "us-east-1"], **self.dns}
        return run_forked(self.sandbox, "acm_dns_certificate", options, **how)

    def certificates(self) -> list[dict[str, Any]]:
        return self.sandbox.certificates()

    def issued(self) -> list[Names]:
        """The names of every issued certificate there is; each other certificate is as good as an orphan."""
        assert {each["Status"] for each in self.certificates()} <= {"ISSUED"}
        return sorted((frozenset(each["SubjectAlternativeNames"]) for each in self.certificates()), key=sorted)

    def records(self) -> Records:
        return {
            (each["Name"].rstrip("."), each["Type"]): [value["Value"].rstrip(".") for value in each["ResourceRecords"]]
            for zone_id in self.zones.values()
            for each in self._route53.list_resource_record_sets(HostedZoneId=zone_id)["ResourceRecordSets"]
        }

    def wanted_records(self, of: Names | None = None) -> Records:
        """Those that the certificates ask for that there are, or the one with these names."""
        return {
            (record["Name"].rstrip("."), record["Type"]): [record["Value"].rstrip(".")]
            for each in self.certificates()
            if of in (None, frozenset(each["SubjectAlternativeNames"]))
            for option in each["DomainValidationOptions"]
            if (record := option.get("ResourceRecord"))
        }


Killed = Callable[[int], "str | None"]


def walk(killed_at: Killed, at_least: int) -> None:
    """``killed_at(k)`` says which call the run was killed at, or None when it had ended before the k-th."""
    last = ""
    for call in itertools.count(1):
        try:
            state = killed_at(call)
        except AssertionError as error:
            raise AssertionError(f"killed after call {call} (the walk's last good one was {last})") from error
        if state is None:
            assert call > at_least, f"the run made {call - 1} calls only: does it still do what this test is about?"
            return
        last = state


def last_call(sandbox: Sandbox) -> str:
    call = sandbox.calls()[-1]
    return f"{call['service']}:{call['action']}"


def run_twice_more(stage: Stage, run: Callable[[], Any]) -> Any:
    """The second run finishes, the third has nothing to do, and its result is returned."""
    second = run()
    assert not second.failed, second.result
    stage.sandbox.clear_calls()
    third = run()
    assert not third.failed, third.result
    assert third["changed"] is False, third.result
    made = {f"{call['service']}:{call['action']}" for call in stage.sandbox.calls()}
    assert not made & WRITES
    return third


@pytest.mark.slow
def test_a_fresh_run(sandbox: Sandbox) -> None:
    def killed_at(call: int) -> str | None:
        stage = Stage(sandbox)
        sandbox.clear_calls()
        if stage.issue(SITE, CDN, kill_after_call=call):
            return None
        struck = last_call(sandbox)
        run_twice_more(stage, lambda: stage.issue(SITE, CDN))
        assert stage.issued() == sorted([SITE_NAMES, CDN_NAMES], key=sorted)
        assert {
            each["region"] for each in stage.certificates() if "cdn.example.org" in each["SubjectAlternativeNames"]
        } == {"us-east-1"}
        assert stage.records() == {**stage.theirs, **stage.wanted_records()}
        assert len(stage.wanted_records()) == 3
        return struck

    walk(killed_at, at_least=14)


@pytest.mark.slow
def test_a_run_that_changes_the_names_of_a_certificate(sandbox: Sandbox) -> None:
    """The old one stays, as something may use it, and the new one says so."""
    wider = {**SITE, "subject_alternative_names": ["*.example.com", "example.org"]}

    def killed_at(call: int) -> str | None:
        stage = Stage(sandbox)
        first = stage.issue(SITE, CDN)
        (old,) = (each["arn"] for each in first["certificates"] if each["name"] == "site")
        sandbox.clear_calls()
        if stage.issue(wider, CDN, kill_after_call=call):
            return None
        struck = last_call(sandbox)
        third = run_twice_more(stage, lambda: stage.issue(wider, CDN))
        assert stage.issued() == sorted([SITE_NAMES, SITE_NAMES | {"example.org"}, CDN_NAMES], key=sorted)
        assert stage.records() == {**stage.theirs, **stage.wanted_records()}
        assert len(stage.wanted_records()) == 4
        assert [each["superseded"] for each in third["certificates"]] == [[old], []]
        assert old not in [each["arn"] for each in third["certificates"]]
        return struck

    walk(killed_at, at_least=8)


@pytest.mark.slow
def test_a_run_that_changes_tags(sandbox: Sandbox) -> None:
    before = {**SITE, "tags": {"team": "web", "old": "yes"}}
    after = {**SITE, "tags": {"team": "shop", "new": "yes"}}

    def killed_at(call: int) -> str | None:
        stage = Stage(sandbox)
        stage.issue(before)
        sandbox.clear_calls()
        if stage.issue(after, kill_after_call=call):
            return None
        struck = last_call(sandbox)
        run_twice_more(stage, lambda: stage.issue(after))
        (certificate,) = stage.certificates()
        own = {key: value for key, value in certificate["tags"].items() if not key.startswith("tlsops:")}
        assert own == {"team": "shop", "new": "yes"}
        assert certificate["tags"][NAME] == "site"
        return struck

    walk(killed_at, at_least=4)


@pytest.mark.slow
def test_a_run_that_deletes(sandbox: Sandbox) -> None:
    """The certificate goes first, as it needs its records for as long as it exists.

    What remains: killed after the deletion of the certificate and before that of its record, the run leaves the record
    behind. Only the certificate could tell the next run which record it was, and who can't tell deletes nothing. The
    record does no harm: ACM asks for the very same one when the name's next certificate is requested in the account.
    """
    left_behind = []

    def killed_at(call: int) -> str | None:
        stage = Stage(sandbox)
        stage.issue(SITE, CDN)
        own = stage.wanted_records(SITE_NAMES)
        sandbox.clear_calls()
        if stage.delete("site", kill_after_call=call):
            return None
        struck = last_call(sandbox)
        deleted = sandbox.count("acm", "DeleteCertificate")
        cleaned = sandbox.count("route53", "ChangeResourceRecordSets")
        run_twice_more(stage, lambda: stage.delete("site"))
        assert stage.issued() == [CDN_NAMES]
        remaining = own if deleted and not cleaned else {}
        assert stage.records() == {**stage.theirs, **stage.wanted_records(), **remaining}
        left_behind.append(bool(remaining))
        return struck

    walk(killed_at, at_least=6)
    assert left_behind.count(True) == 1


@pytest.mark.alone
@pytest.mark.parametrize(
    ("moment", "count", "options"),
    [
        ("waiting", 2, {}),
        ("requesting", 60, {}),
        ("looking for records", 20, {"rate_limits": {"RequestCertificate": 1000}}),
    ],
)
def test_ctrl_c_ends_a_run_at_once(sandbox: Sandbox, moment: str, count: int, options: dict[str, Any]) -> None:
    """SIGINT, which ansible-playbook's process group gets: three seconds at most, and nothing like a result."""
    stage = Stage(sandbox)
    sandbox.configure(record_delay=60 if moment == "looking for records" else 0, validation_interval=600)
    certificates = [{"domain_name": f"n{number}.example.com"} for number in range(count)]
    process = start_module(
        "acm_dns_certificates", {"certificates": certificates, **stage.dns, **options}, sandbox.environment()
    )
    _wait_for(sandbox, process, moment)
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    result = finish_module(process, timeout=30)
    took = time.monotonic() - began
    assert took < 3, f"{took:.1f} s"
    assert result.exit_code != 0
    assert result.stdout.count("Traceback") == 0
    # Python shows an error that was being handled then, too, such as an import's KeyError.
    assert not result.stderr or re.search(r"KeyboardInterrupt:?\s*\Z", result.stderr)
    seen = sandbox.count()
    time.sleep(0.5)
    assert sandbox.count() == seen


def _wait_for(sandbox: Sandbox, process: subprocess.Popen[str], moment: str) -> None:
    calls = {
        "waiting": lambda: sandbox.count("route53", "ChangeResourceRecordSets") >= 1,
        "requesting": lambda: sandbox.count("acm", "RequestCertificate") >= 5,
        "looking for records": lambda: sandbox.count("acm", "DescribeCertificate") >= 3,
    }[moment]
    deadline = time.monotonic() + 30
    while not calls():
        assert process.poll() is None, "the module ended by itself"
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.1)
    time.sleep(0.3)
