# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a call of Elastic Load Balancing may see: the resources of its account and Region, page by page."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from typing import TypeVar

from . import elbv2_rules as rules
from .acm import CertificateStore
from .calls import Call
from .context import Context
from .elbv2_store import Listener, LoadBalancer, Output, Store, TargetGroup
from .errors import AwsError

MAX_PAGE = 400
Item = TypeVar("Item")


class Lookup:
    """Finds what is named in a call, or raises what Elastic Load Balancing answers."""

    def __init__(self, context: Context, certificates: CertificateStore) -> None:
        self.context = context
        self._certificates = certificates
        self.store = Store(certificates)

    @property
    def now(self) -> float:
        return self.context.clock.now()

    def balancers(self, call: Call) -> list[LoadBalancer]:
        return [b for b in self.store.load_balancers.values() if (b.account, b.region) == (call.account, call.region)]

    def balancer(self, call: Call, arn: str) -> LoadBalancer:
        balancer = self.store.load_balancers.get(arn)
        if balancer is None or (balancer.account, balancer.region) != (call.account, call.region):
            if ":loadbalancer/" not in arn:
                raise rules.invalid(f"'{arn}' is not a valid load balancer ARN")
            raise AwsError("LoadBalancerNotFound", f"Load balancer '{arn}' not found")
        return balancer

    def listener(self, call: Call, arn: str, lag: float = 0.0) -> Listener:
        listener = self.store.listeners.get(arn)
        if ":listener/" not in arn:
            raise rules.invalid(f"'{arn}' is not a valid listener ARN")
        if (
            listener is None
            or (listener.load_balancer.account, listener.load_balancer.region) != (call.account, call.region)
            or self.now < listener.created + lag
        ):
            raise AwsError("ListenerNotFound", "One or more listeners not found")
        return listener

    def groups(self, call: Call) -> list[TargetGroup]:
        return [g for g in self.store.target_groups.values() if (g.account, g.region) == (call.account, call.region)]

    def resource(self, call: Call, arn: str) -> LoadBalancer | Listener | TargetGroup:
        if ":listener/" in arn:
            return self.listener(call, arn)
        if ":targetgroup/" in arn:
            groups = [group for group in self.groups(call) if group.arn == arn]
            if not groups:
                raise AwsError("TargetGroupNotFound", "One or more target groups not found")
            return groups[0]
        return self.balancer(call, arn)

    def check_certificate(self, call: Call, protocol: str, arn: str) -> None:
        now = self.now
        certificate = self._certificates.find(arn, call.account, call.region, now)
        rules.check_certificate(certificate, arn, protocol, now, self.context.settings)

    def check_actions(self, call: Call, balancer: LoadBalancer, actions: list[Output]) -> None:
        rules.check_actions(balancer.type, actions)
        for action in actions:
            arn = action.get("TargetGroupArn")
            if arn and arn not in self.store.target_groups:
                raise AwsError("TargetGroupNotFound", f"Target group '{arn}' not found")

    def page(self, call: Call, items: list[Item], key: Callable[[Item], str]) -> tuple[list[Item], Output]:
        """One page, and the marker of the next; it is good for the same question only."""
        size = call.parameters.get("PageSize", MAX_PAGE)
        size = min(size, self.context.settings.page_limit or size)
        question = {name: value for name, value in call.parameters.items() if name not in ("Marker", "PageSize")}
        asked = json.dumps([call.action, call.account, call.region, question], sort_keys=True)
        fingerprint = hashlib.sha256(asked.encode()).hexdigest()[:16]
        items = sorted(items, key=key)
        if call.parameters.get("Marker"):
            try:
                known, last = base64.b64decode(call.parameters["Marker"], validate=True).decode().split(" ")
            except ValueError:
                known, last = "", ""
            if known != fingerprint:
                raise rules.invalid("The marker is not valid")
            items = [item for item in items if key(item) > last]
        if len(items) <= size:
            return items, {}
        marker = base64.b64encode(f"{fingerprint} {key(items[size - 1])}".encode()).decode()
        return items[:size], {"NextMarker": marker}
