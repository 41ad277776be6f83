# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Route 53 and its DNS in this process, on a clock that stands still: for tests that need no HTTP."""

from __future__ import annotations

import itertools
from types import TracebackType
from typing import Any

from . import name_servers, route53
from .calls import Call
from .clock import Clock
from .context import Context
from .errors import AwsError
from .throttle import Throttle

ACCOUNT = "111111111111"
START = 1_800_000_000.0


class LocalRoute53:
    """`with LocalRoute53() as aws: zone_id = aws.zone("example.com")`"""

    def __init__(self, dns: bool = True) -> None:
        self.context = Context(clock=Clock(lambda: START))
        self.context.throttle = Throttle(self.context.clock, self.context.settings)
        self.service = route53.install(self.context)
        self._references = itertools.count(1)
        self.servers = name_servers.start(self.context) if dns else None

    def __enter__(self) -> LocalRoute53:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.servers is not None:
            self.servers.stop()

    def call(self, action: str, account: str = ACCOUNT, **parameters: Any) -> dict[str, Any]:
        call = Call(START, "route53", action, account, "aws-global", "", parameters)
        with self.context.lock:
            return self.context.operations["route53", action](call)

    def refused(self, action: str, account: str = ACCOUNT, **parameters: Any) -> AwsError:
        """The error the call ends with; it is a failure when there is none."""
        try:
            self.call(action, account, **parameters)
        except AwsError as error:
            return error
        raise AssertionError(f"{action} was not refused")

    def zone(self, name: str, account: str = ACCOUNT, vpc: str | None = None, delegate: bool = False) -> str:
        """A hosted zone, INSYNC; its id."""
        parameters: dict[str, Any] = {"Name": name, "CallerReference": str(next(self._references))}
        if vpc:
            parameters["VPC"] = {"VPCRegion": "eu-west-1", "VPCId": vpc}
        zone_id = str(self.call("CreateHostedZone", account, **parameters)["HostedZone"]["Id"])
        self.settle()
        if delegate:
            self.context.registrar.delegate(name, zone_id)
        return zone_id

    def change(self, zone_id: str, *changes: dict[str, Any], account: str = ACCOUNT) -> dict[str, Any]:
        batch = {"Changes": list(changes)}
        return self.call("ChangeResourceRecordSets", account, HostedZoneId=zone_id, ChangeBatch=batch)

    def put(self, zone_id: str, name: str, record_type: str, *values: str, ttl: int = 300) -> None:
        """UPSERT, and INSYNC."""
        self.change(zone_id, change("UPSERT", name, record_type, *values, ttl=ttl))
        self.settle()

    def refused_change(self, zone_id: str, *changes: dict[str, Any]) -> AwsError:
        return self.refused("ChangeResourceRecordSets", HostedZoneId=zone_id, ChangeBatch={"Changes": list(changes)})

    def settle(self) -> None:
        self.context.clock.advance(self.context.settings.insync_delay)


def change(
    action: str, name: str, record_type: str, *values: str, ttl: int | None = 300, **more: Any
) -> dict[str, Any]:
    """One change of a batch, as boto3 takes it."""
    record_set: dict[str, Any] = {"Name": name, "Type": record_type, **more}
    if values:
        record_set |= {"TTL": ttl, "ResourceRecords": [{"Value": value} for value in values]}
    return {"Action": action, "ResourceRecordSet": {key: item for key, item in record_set.items() if item is not None}}
