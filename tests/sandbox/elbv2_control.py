# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Load balancers a test asks for, made without a call."""

from __future__ import annotations

from typing import Any

from .calls import Call
from .context import Handler
from .elbv2_lookup import Lookup
from .elbv2_store import SERVICE, Output
from .errors import AwsError

FIXED_ACTION: Output = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}


class Elbv2Control:
    """The handler of `/sandbox/load_balancers`."""

    def __init__(self, find: Lookup, operations: dict[str, Handler]) -> None:
        self._find = find
        self._operations = operations

    def load_balancers(self, method: str, wish: dict[str, Any]) -> Any:
        """POST {name, type, port, certificate_arn, account, region}: the load balancer, made if need be, with one more
        listener; GET: all listeners with what they serve."""
        with self._find.context.lock:
            if method == "GET":
                return {
                    listener.arn: {"default": listener.default, "certificates": listener.certificates}
                    for listener in self._find.store.listeners.values()
                }
            try:
                return self._make(wish)
            except AwsError as error:
                raise ValueError(f"{error.code}: {error.message}") from error

    def _make(self, wish: dict[str, Any]) -> dict[str, str]:
        call = Call(self._find.now, SERVICE, "", wish["account"], wish["region"], "")
        arns = [balancer.arn for balancer in self._find.balancers(call) if balancer.name == wish["name"]]
        if not arns:
            made = self._run(call, "CreateLoadBalancer", {"Name": wish["name"], "Type": wish["type"]})
            arns = [made["LoadBalancers"][0]["LoadBalancerArn"]]
        action, secure, plain = FIXED_ACTION, "HTTPS", "HTTP"
        if wish["type"] == "network":
            secure, plain = "TLS", "TCP"
            group = self._run(call, "CreateTargetGroup", {"Name": wish["name"], "Protocol": plain})
            action = {"Type": "forward", "TargetGroupArn": group["TargetGroups"][0]["TargetGroupArn"]}
        certificate = wish.get("certificate_arn")
        listener = {
            "LoadBalancerArn": arns[0],
            "Port": wish["port"],
            "Protocol": secure if certificate else plain,
            "DefaultActions": [action],
        }
        if certificate:
            listener["Certificates"] = [{"CertificateArn": certificate}]
        made = self._run(call, "CreateListener", listener)
        return {"load_balancer_arn": arns[0], "listener_arn": made["Listeners"][0]["ListenerArn"]}

    def _run(self, call: Call, action: str, parameters: Output) -> Output:
        call.action, call.parameters = action, parameters
        return self._operations[action](call)
