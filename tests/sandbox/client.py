# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sandbox from outside: starts it as a process of its own, and speaks its control API."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any

from .acm_pca_client import PrivateAuthorities
from .cloudfront_client import CloudFrontResources
from .defaults import DEFAULT_ACCOUNT, DEFAULT_REGION

TESTS = Path(__file__).resolve().parent.parent
START_TIMEOUT = 60.0


class SandboxError(Exception):
    """The sandbox did not start, or refused what it was asked."""


class Sandbox(PrivateAuthorities, CloudFrontResources):
    """A running sandbox. `with Sandbox.start(record_delay=0) as sandbox: ...`"""

    def __init__(self, endpoint: str, dns_address: str, process: subprocess.Popen[bytes] | None = None) -> None:
        self.endpoint = endpoint
        self.dns_address = dns_address
        self.process = process
        self._keys: dict[str, tuple[str, str]] = {}
        self._clients: dict[tuple[str, str, str], Any] = {}

    @classmethod
    def start(cls, *, port: int = 0, dns_port: int = 0, **settings: Any) -> Sandbox:
        """Start a process on free ports with these settings, and wait until it answers."""
        with tempfile.TemporaryDirectory(prefix="sandbox-") as folder:
            ready_file = Path(folder) / "ready.json"
            command = [sys.executable, "-m", "sandbox", "--port", str(port), "--dns-port", str(dns_port)]
            # A test run that is killed takes its sandbox with it.
            command += ["--ready-file", str(ready_file), "--until-stdin-closes"]
            for name, value in settings.items():
                command += ["--set", f"{name}={json.dumps(value)}"]
            environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
            environment["PYTHONPATH"] = os.pathsep.join([str(TESTS), *filter(None, [os.environ.get("PYTHONPATH")])])
            process = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
            deadline = time.monotonic() + START_TIMEOUT
            while not ready_file.exists():
                if process.poll() is not None or time.monotonic() > deadline:
                    process.kill()
                    raise SandboxError(f"the sandbox did not start (exit code {process.wait()})")
                time.sleep(0.02)
            ready = json.loads(ready_file.read_text(encoding="utf-8"))
        return cls(ready["endpoint"], ready["dns"], process)

    @classmethod
    def attach(cls, ready_file: Path | None = None) -> Sandbox:
        """A sandbox somebody else started: by its ready file, or by the environment it printed."""
        if ready_file is not None:
            ready = json.loads(ready_file.read_text(encoding="utf-8"))
            return cls(ready["endpoint"], ready["dns"])
        return cls(os.environ["AWS_ENDPOINT_URL"], os.environ["TLSOPS_SANDBOX_DNS"])

    def stop(self) -> None:
        """End the process; its exit code must be 0."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stdin is not None:
            self.process.stdin.close()

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def control(self, method: str, name: str, wish: dict[str, Any] | None = None) -> Any:
        """One request of the control API."""
        url = f"{self.endpoint}/sandbox/{name}"
        body = None
        if method == "GET" and wish:
            url += "?" + urllib.parse.urlencode({key: value for key, value in wish.items() if value is not None})
        elif wish is not None:
            body = json.dumps(wish).encode()
        request = urllib.request.Request(url, data=body, method=method, headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.loads(answer.read())
        except urllib.error.HTTPError as error:
            raise SandboxError(f"{method} /sandbox/{name}: {json.loads(error.read())['error']}") from error

    def credentials(
        self, account: str = DEFAULT_ACCOUNT, name: str = "sandbox", policy: dict[str, Any] | None = None
    ) -> tuple[str, str]:
        """Access key and secret of a user; without a policy it may do everything in its account."""
        if policy is None and name == "sandbox" and account in self._keys:
            return self._keys[account]
        made = self.control("POST", "credentials", {"account": account, "name": name, "policy": policy})
        keys = (made["access_key"], made["secret_key"])
        if policy is None and name == "sandbox":
            self._keys[account] = keys
        return keys

    def environment(
        self,
        account: str = DEFAULT_ACCOUNT,
        region: str = DEFAULT_REGION,
        policy: dict[str, Any] | None = None,
        name: str = "sandbox",
    ) -> dict[str, str]:
        """Environment variables for a process that works in the account; a policy needs a user's name of its own."""
        access_key, secret_key = self.credentials(account, name if policy is None else f"{name}-limited", policy)
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": access_key,
            "AWS_SECRET_ACCESS_KEY": secret_key,
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "TLSOPS_SANDBOX_DNS": self.dns_address,
        }

    def boto(
        self,
        service: str,
        account: str = DEFAULT_ACCOUNT,
        region: str = DEFAULT_REGION,
        credentials: dict[str, str] | None = None,
        **options: Any,
    ) -> Any:
        """A boto3 client that does not retry; `credentials` are those of an AssumeRole answer."""
        if credentials is None and not options:
            # Making one takes longer than most tests.
            place = (service, account, region)
            if place not in self._clients:
                self._clients[place] = self._new_client(service, account, region, None, {})
            return self._clients[place]
        return self._new_client(service, account, region, credentials, options)

    def _new_client(
        self, service: str, account: str, region: str, credentials: dict[str, str] | None, options: dict[str, Any]
    ) -> Any:
        import boto3
        from botocore.config import Config

        if credentials is None:
            access_key, secret_key = self.credentials(account)
            credentials = {"AccessKeyId": access_key, "SecretAccessKey": secret_key}
        options.setdefault("config", Config(retries={"total_max_attempts": 1}, max_pool_connections=50))
        return boto3.client(
            service,
            region_name=region,
            endpoint_url=self.endpoint,
            aws_access_key_id=credentials["AccessKeyId"],
            aws_secret_access_key=credentials["SecretAccessKey"],
            aws_session_token=credentials.get("SessionToken"),
            **options,
        )

    def calls(self, service: str | None = None, action: str | None = None) -> list[dict[str, Any]]:
        """The AWS calls so far, in the order of their end."""
        found: list[dict[str, Any]] = self.control("GET", "calls", {"service": service, "action": action})
        return found

    def count(self, service: str | None = None, action: str | None = None) -> int:
        return len(self.calls(service, action))

    def clear_calls(self) -> None:
        self.control("DELETE", "calls")

    def reset(self) -> None:
        """As new: state, clock and settings; access keys made without a policy stay valid."""
        self.control("POST", "reset", {})

    def configure(self, **settings: Any) -> None:
        self.control("POST", "settings", settings)

    def advance(self, seconds: float) -> float:
        """Move the sandbox's clock; ACM has looked at its pending certificates when this returns."""
        return float(self.control("POST", "clock", {"advance": seconds})["now"])

    def now(self) -> float:
        return float(self.control("GET", "clock")["now"])

    def fail(
        self,
        service: str | None = None,
        action: str | None = None,
        times: int = 1,
        code: str = "ThrottlingException",
        message: str | None = None,
        status: int | None = None,
        after: int = 0,
        cut: bool | str = False,
        kill_pid: int | None = None,
    ) -> None:
        """Let matching calls fail `times` times once `after` of them passed. `cut=True` (or "before") drops the
        connection before the call is executed, "after" when it was. `kill_pid` is killed (a negative one: the process
        group) after the call was executed and logged, before the answer."""
        wish = {"service": service, "action": action, "times": times, "code": code, "message": message}
        wish |= {"status": status, "after": after, "cut": cut, "kill_pid": kill_pid}
        self.control("POST", "faults", wish)

    def clear_faults(self) -> None:
        self.control("DELETE", "faults")

    def deny(self, account: str, actions: list[str], principal: str | None = None) -> None:
        """An explicit deny for the account ("*": all); actions and principal with IAM's wildcards."""
        self.control("POST", "denials", {"account": account, "actions": actions, "principal": principal})

    def role(
        self,
        account: str,
        name: str,
        trusted: list[str],
        external_id: str | None = None,
        policy: dict[str, Any] | None = None,
        max_duration: int = 3600,
    ) -> str:
        """A role the trusted accounts (12 digits) or principals (ARNs) may assume; without a policy it may do all."""
        wish = {"account": account, "name": name, "trusted": trusted, "external_id": external_id, "policy": policy}
        return str(self.control("POST", "roles", wish | {"max_duration": max_duration})["arn"])

    def certificate(self, arn: str, **changes: Any) -> dict[str, Any]:
        """Force a certificate's state: status, failure_reason, in_use_by, renewal_status, not_after, tags ..."""
        found: dict[str, Any] = self.control("POST", "certificates", {"arn": arn, "changes": changes})
        return found

    def certificates(self) -> list[dict[str, Any]]:
        """All certificates of all accounts, as Describe shows them, with account, region and tags."""
        found: list[dict[str, Any]] = self.control("GET", "certificates")
        return found

    def add_certificates(self, certificates: list[dict[str, Any]]) -> list[str]:
        """Seed certificates (see acm_seed.new_certificate); account and region have the usual defaults."""
        place = {"account": DEFAULT_ACCOUNT, "region": DEFAULT_REGION}
        arns: list[str] = self.control("POST", "certificates", {"add": [place | item for item in certificates]})
        return arns

    def load_balancer(
        self,
        name: str,
        type: str = "application",
        certificate_arn: str | None = None,
        port: int = 443,
        account: str = DEFAULT_ACCOUNT,
        region: str = DEFAULT_REGION,
    ) -> dict[str, str]:
        """A load balancer (made if there is none of the name yet) with a new listener on the port: HTTPS or TLS with
        a certificate, else HTTP or TCP. Answers `load_balancer_arn` and `listener_arn`; makes no AWS call."""
        wish = {"name": name, "type": type, "certificate_arn": certificate_arn, "port": port}
        made: dict[str, str] = self.control("POST", "load_balancers", wish | {"account": account, "region": region})
        return made

    def listeners(self) -> dict[str, dict[str, Any]]:
        """By listener ARN: `default` certificate and `certificates` of the list, without an AWS call."""
        found: dict[str, dict[str, Any]] = self.control("GET", "load_balancers")
        return found

    def delegate(self, domain: str, hosted_zone_id: str) -> Any:
        """At the registrar: point the domain at the hosted zone's name servers."""
        return self.control("POST", "registrar", {"domain": domain, "hosted_zone_id": hosted_zone_id})

    def resolve(self, name: str, rdtype: str = "A") -> Any:
        """Look a name up as the public would, from the root servers on."""
        return self.control("GET", "resolve", {"name": name, "type": rdtype})
