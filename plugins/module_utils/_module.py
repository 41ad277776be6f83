# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""The runner of modules that call AWS: parse -> observe -> plan -> apply."""

from __future__ import annotations

import contextlib
import re
import typing as t

from ansible_collections.amazon.aws.plugins.module_utils.common import set_collection_info
from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ._aws.access import Access, Role
from ._aws.clients import Clients
from ._errors import InvalidInput
from ._flows.waiting import WaitSettings
from ._pace import POLL_INTERVAL, RATE_NAMES, WAIT_TIMEOUT, Buckets, Clock, SystemClock
from ._record_sets import LONGEST_TTL
from ._runner import Runner, sentences

_VERSION = "0.1.0"
_ROLE_ARN = re.compile(r"^arn:[\w-]+:iam::\d{12}:role/[\w+=,.@/-]+$")

DNS_ROLE_ARGUMENTS: dict[str, t.Any] = {
    "dns_role_arn": {"type": "str"},
    "dns_role_external_id": {"type": "str", "no_log": True},
}
WAIT_ARGUMENTS: dict[str, t.Any] = {
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": WAIT_TIMEOUT},
    "poll_interval": {"type": "int", "default": POLL_INTERVAL},
}
#: AWS Private CA issues within seconds.
PRIVATE_WAIT_ARGUMENTS: dict[str, t.Any] = {
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 300},
    "poll_interval": {"type": "int", "default": 5},
}
ISSUING_ARGUMENTS: dict[str, t.Any] = {
    "write_records": {"type": "bool", "default": True},
    "ttl": {"type": "int", "default": 300},
    **WAIT_ARGUMENTS,
}
RATE_ARGUMENTS: dict[str, t.Any] = {"rate_limits": {"type": "dict", "default": {}}}


class Run(Runner):
    """One execution of a module that calls AWS."""

    def __init__(self, module: AnsibleAWSModule, access: Access) -> None:
        super().__init__(module)
        self.access = access
        self._dns_access: Access | None = None

    @property
    def dns_access(self) -> Access:
        """AWS as the account of the hosted zones lets us see it."""
        if self._dns_access is None:
            self._dns_access = self.access.as_role(dns_role(self.params))
        return self._dns_access

    def parse(self, *parsers: t.Callable[[], t.Any]) -> tuple[t.Any, ...]:
        common = (lambda: dns_role(self.params), lambda: rate_limits(self.params))
        return super().parse(*parsers, *common)[: len(parsers)]


def dns_role(params: t.Mapping[str, t.Any]) -> Role | None:
    """Raises InvalidInput."""
    arn, external_id = params.get("dns_role_arn") or None, params.get("dns_role_external_id") or None
    if external_id and not arn:
        raise InvalidInput(["dns_role_external_id is given without dns_role_arn"])
    if arn and not _ROLE_ARN.match(arn):
        raise InvalidInput([f"dns_role_arn {arn} isn't the ARN of an IAM role (arn:aws:iam::222222222222:role/name)"])
    return Role(arn, external_id) if arn else None


def ttl_faults(params: t.Mapping[str, t.Any]) -> list[str]:
    if params.get("ttl") is None or 0 < params["ttl"] <= LONGEST_TTL:
        return []
    return [f"ttl must be between 1 and {LONGEST_TTL} seconds, not {params['ttl']}"]


def check_ttl(params: t.Mapping[str, t.Any]) -> None:
    """Raises InvalidInput."""
    faults = ttl_faults(params)
    if faults:
        raise InvalidInput(faults)


def wait_settings(params: t.Mapping[str, t.Any], stop_at_failure: bool = False) -> WaitSettings | None:
    """None: don't wait. Raises InvalidInput."""
    named = ("wait_timeout", "poll_interval", "first_interval")
    faults = [f"{name} must be above 0" for name in named if params.get(name, 1) <= 0]
    faults += ttl_faults(params)
    if faults:
        raise InvalidInput(faults)
    if not params["wait"]:
        return None
    first = {"first_pause": params["first_interval"]} if "first_interval" in params else {}
    return WaitSettings(params["wait_timeout"], params["poll_interval"], stop_at_failure, **first)


def rate_limits(params: t.Mapping[str, t.Any]) -> dict[str, float]:
    """Raises InvalidInput."""
    rates, faults = {}, []
    for action, rate in (params.get("rate_limits") or {}).items():
        if action not in RATE_NAMES:
            faults.append(f"rate_limits: {action} isn't an API action that this collection calls")
        try:
            rates[action] = float(rate)
        except (TypeError, ValueError):
            rates[action] = 0.0
        if not rates[action] > 0:
            faults.append(f"rate_limits: {action} must be a number of calls a second above 0, not {rate}")
    if faults:
        raise InvalidInput(faults)
    return rates


def _buckets(clock: Clock, params: t.Mapping[str, t.Any]) -> Buckets:
    try:
        return Buckets(clock, rate_limits(params))
    except InvalidInput:
        return Buckets(clock)  # Run.parse says what is wrong, with all other faults.


@contextlib.contextmanager
def module_run(argument_spec: t.Mapping[str, t.Any], clock: Clock | None = None, **settings: t.Any) -> t.Iterator[Run]:
    set_collection_info(collection_name="tlsops.certificates", collection_version=_VERSION)
    module = AnsibleAWSModule(argument_spec={**RATE_ARGUMENTS, **argument_spec}, supports_check_mode=True, **settings)
    clock = clock or SystemClock()
    with sentences(module):
        yield Run(module, Access(Clients(module), clock, _buckets(clock, module.params)))
