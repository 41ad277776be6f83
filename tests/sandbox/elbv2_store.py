# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Elastic Load Balancing (v2) holds: load balancers, listeners with their certificates, target groups."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from .acm import CertificateStore
from .clock import utc

Output = dict[str, Any]
SERVICE = "elasticloadbalancing"
KINDS = {"application": "app", "network": "net"}


@dataclass
class LoadBalancer:
    arn: str
    account: str
    region: str
    name: str
    type: str
    scheme: str
    created: float
    subnets: list[str]
    security_groups: list[str]
    tags: dict[str, str] = field(default_factory=dict)

    def as_output(self) -> Output:
        host = f"{self.name}-{self.arn.rpartition('/')[2]}"
        place = f"elb.{self.region}" if self.type == "network" else f"{self.region}.elb"
        output: Output = {
            "LoadBalancerArn": self.arn,
            "DNSName": f"{host}.{place}.amazonaws.com",
            "CanonicalHostedZoneId": "Z2IFOLAFXWLO4F" if self.type == "network" else "Z32O12XQLNTSW2",
            "CreatedTime": utc(self.created),
            "LoadBalancerName": self.name,
            "Scheme": self.scheme,
            "VpcId": "vpc-0123456789abcdef0",
            "State": {"Code": "active"},
            "Type": self.type,
            "AvailabilityZones": [
                {"ZoneName": f"{self.region}{'abcdef'[index % 6]}", "SubnetId": subnet}
                for index, subnet in enumerate(self.subnets)
            ],
            "IpAddressType": "ipv4",
        }
        return output | ({"SecurityGroups": self.security_groups} if self.security_groups else {})


@dataclass
class Listener:
    """`default` is the default certificate, `certificates` the list for SNI, in which the default may be too."""

    arn: str
    load_balancer: LoadBalancer
    port: int
    protocol: str
    actions: list[Output]
    created: float
    default: str | None = None
    certificates: list[str] = field(default_factory=list)
    ssl_policy: str | None = None
    alpn_policy: list[str] = field(default_factory=list)
    mutual_authentication: Output | None = None
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def used(self) -> set[str]:
        return {*self.certificates, *([self.default] if self.default else [])}

    def as_output(self) -> Output:
        """ "Certificates: the default certificate for the listener" (API model): the list is not shown."""
        output: Output = {
            "ListenerArn": self.arn,
            "LoadBalancerArn": self.load_balancer.arn,
            "Port": self.port,
            "Protocol": self.protocol,
            "DefaultActions": self.actions,
        }
        if self.default:
            output |= {"Certificates": [{"CertificateArn": self.default}], "SslPolicy": self.ssl_policy}
        if self.alpn_policy:
            output["AlpnPolicy"] = self.alpn_policy
        if self.protocol == "HTTPS":
            output["MutualAuthentication"] = self.mutual_authentication or {"Mode": "off"}
        return output

    def entries(self) -> list[Output]:
        """Default and list; a default that is also in the list appears twice (API model). The order is not
        specified; a fixed one in which the default is anywhere keeps clients from relying on one."""
        entries = [{"CertificateArn": arn, "IsDefault": False} for arn in self.certificates]
        if self.default:
            entries.append({"CertificateArn": self.default, "IsDefault": True})
        return sorted(entries, key=entry_key)


def entry_key(entry: Output) -> str:
    return hashlib.sha256(f"{entry['CertificateArn']} {entry['IsDefault']}".encode()).hexdigest()


@dataclass
class TargetGroup:
    arn: str
    account: str
    region: str
    name: str
    settings: Output
    tags: dict[str, str] = field(default_factory=dict)

    def as_output(self) -> Output:
        return {"TargetGroupArn": self.arn, "TargetGroupName": self.name, **self.settings}


def arn_start(account: str, region: str) -> str:
    return f"arn:aws:elasticloadbalancing:{region}:{account}"


def new_id() -> str:
    return secrets.token_hex(8)


class Store:
    """Everything by its ARN. Guarded by `Context.lock`."""

    def __init__(self, certificates: CertificateStore) -> None:
        self._certificates = certificates
        self.reset()

    def reset(self) -> None:
        self.load_balancers: dict[str, LoadBalancer] = {}
        self.listeners: dict[str, Listener] = {}
        self.target_groups: dict[str, TargetGroup] = {}

    def listeners_of(self, balancer: LoadBalancer) -> list[Listener]:
        return [listener for listener in self.listeners.values() if listener.load_balancer is balancer]

    def tell_certificates(self, arns: Iterable[str], now: float) -> None:
        """InUseBy names the load balancer, not the listener (ACM API model, InUseBy)."""
        for arn in arns:
            users = {listener.load_balancer.arn for listener in self.listeners.values() if arn in listener.used}
            certificate = self._certificates.certificates.get(arn)
            if certificate is not None:
                certificate.set_users(SERVICE, sorted(users), now)

    def tags_of(self, arn: str) -> dict[str, str] | None:
        resource: LoadBalancer | Listener | TargetGroup | None = (
            self.listeners.get(arn) or self.load_balancers.get(arn) or self.target_groups.get(arn)
        )
        return None if resource is None else resource.tags
