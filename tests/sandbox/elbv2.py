# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Elastic Load Balancing v2: as much of its API as certificates on listeners need.

Stock moto accepts any certificate, several a call, shows all in DescribeListeners, pages nothing, lets the default be
removed and wipes the list with ModifyListener, so this is not moto's. Sources: the API model, and elbv2_rules.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from typing import Any, TypeVar

from . import elbv2_rules as rules
from .acm import CertificateStore
from .calls import Call
from .context import Context
from .elbv2_store import KINDS, SERVICE, Listener, LoadBalancer, Output, Store, TargetGroup, entry_key, new_id
from .errors import AwsError

MAX_PAGE = 400
FIXED_ACTION = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}
TARGET_GROUP_DEFAULTS = {
    "Protocol": "HTTP",
    "Port": 80,
    "VpcId": "vpc-0123456789abcdef0",
    "HealthCheckProtocol": "HTTP",
    "HealthCheckPort": "traffic-port",
    "HealthCheckEnabled": True,
    "TargetType": "instance",
    "IpAddressType": "ipv4",
}

Item = TypeVar("Item")


class Elbv2:
    """The operations; each takes the call and returns the members of its output."""

    def __init__(self, context: Context, certificates: CertificateStore) -> None:
        self._context = context
        self._certificates = certificates
        self.store = Store(certificates)

    @property
    def _now(self) -> float:
        return self._context.clock.now()

    # Load balancers

    def create_load_balancer(self, call: Call) -> Output:
        """ "If you attempt to create multiple load balancers with the same settings, each call succeeds." """
        given = call.parameters
        rules.check_name(given["Name"])
        kind = given.get("Type", "application")
        if kind not in KINDS:
            raise AwsError("NotImplemented", f"The sandbox has no {kind} load balancers", 501)
        made = LoadBalancer(
            arn=f"{_arn_start(call)}:loadbalancer/{KINDS[kind]}/{given['Name']}/{new_id()}",
            account=call.account,
            region=call.region,
            name=given["Name"],
            type=kind,
            scheme=given.get("Scheme", "internet-facing"),
            created=self._now,
            subnets=given.get("Subnets") or [item["SubnetId"] for item in given.get("SubnetMappings") or []],
            security_groups=given.get("SecurityGroups") or [],
            tags=rules.merged_tags({}, given.get("Tags") or []),
        )
        for balancer in self._balancers(call):
            if balancer.name == made.name:
                same = ("type", "scheme", "subnets", "security_groups", "tags")
                if any(getattr(balancer, name) != getattr(made, name) for name in same):
                    message = f"A load balancer with the same name '{made.name}' exists, but with different settings"
                    raise AwsError("DuplicateLoadBalancerName", message)
                return {"LoadBalancers": [balancer.as_output()]}
        self.store.load_balancers[made.arn] = made
        return {"LoadBalancers": [made.as_output()]}

    def _balancers(self, call: Call) -> list[LoadBalancer]:
        return [b for b in self.store.load_balancers.values() if (b.account, b.region) == (call.account, call.region)]

    def _balancer(self, call: Call, arn: str) -> LoadBalancer:
        balancer = self.store.load_balancers.get(arn)
        if balancer is None or (balancer.account, balancer.region) != (call.account, call.region):
            if ":loadbalancer/" not in arn:
                raise rules.invalid(f"'{arn}' is not a valid load balancer ARN")
            raise AwsError("LoadBalancerNotFound", f"Load balancer '{arn}' not found")
        return balancer

    def describe_load_balancers(self, call: Call) -> Output:
        given = call.parameters
        arns, names = given.get("LoadBalancerArns"), given.get("Names")
        if arns and names:
            raise rules.invalid("Load balancer names and load balancer ARNs cannot be specified at the same time")
        if arns:
            rules.check_number(arns, "load balancers")
            return {"LoadBalancers": [self._balancer(call, arn).as_output() for arn in dict.fromkeys(arns)]}
        known = {balancer.name: balancer for balancer in self._balancers(call)}
        if names:
            missing = [name for name in names if name not in known]
            if missing:
                raise AwsError("LoadBalancerNotFound", f"Load balancers '[{', '.join(missing)}]' not found")
            return {"LoadBalancers": [known[name].as_output() for name in dict.fromkeys(names)]}
        page, marker = self._page(call, list(known.values()), lambda balancer: balancer.arn)
        return {"LoadBalancers": [balancer.as_output() for balancer in page]} | marker

    def delete_load_balancer(self, call: Call) -> Output:
        """With its listeners. "If the load balancer does not exist or has already been deleted, the call succeeds." """
        balancer = self.store.load_balancers.get(call.parameters["LoadBalancerArn"])
        if balancer is not None and (balancer.account, balancer.region) == (call.account, call.region):
            for listener in self.store.listeners_of(balancer):
                self._forget(listener)
            del self.store.load_balancers[balancer.arn]
        return {}

    # Listeners

    def create_listener(self, call: Call) -> Output:
        """ "If you attempt to create multiple listeners with the same settings, each call succeeds." """
        given = call.parameters
        balancer = self._balancer(call, given["LoadBalancerArn"])
        protocol, port = given.get("Protocol"), given.get("Port")
        rules.check_protocol(balancer.type, protocol, port)
        rules.check_ssl_policy(given.get("SslPolicy"))
        default = rules.default_certificate(str(protocol), given.get("Certificates"))
        self._check_actions(call, balancer, given["DefaultActions"])
        made = Listener(
            arn=f"{balancer.arn.replace(':loadbalancer/', ':listener/')}/{new_id()}",
            load_balancer=balancer,
            port=int(port),
            protocol=str(protocol),
            actions=given["DefaultActions"],
            created=self._now,
            default=default,
            ssl_policy=given.get("SslPolicy") or (rules.DEFAULT_SSL_POLICY if default else None),
            alpn_policy=given.get("AlpnPolicy") or [],
            mutual_authentication=given.get("MutualAuthentication"),
            tags=rules.merged_tags({}, given.get("Tags") or []),
        )
        for listener in self.store.listeners_of(balancer):
            if listener.port == made.port:
                same = ("protocol", "actions", "default", "ssl_policy", "alpn_policy", "mutual_authentication", "tags")
                if any(getattr(listener, name) != getattr(made, name) for name in same):
                    message = f"A listener already exists on this port for this load balancer '{balancer.arn}'"
                    raise AwsError("DuplicateListener", message)
                return {"Listeners": [listener.as_output()]}
        if default:
            self._check_certificate(call, made.protocol, default)
        self.store.listeners[made.arn] = made
        self.store.tell_certificates(made.used, self._now)
        return {"Listeners": [made.as_output()]}

    def _check_certificate(self, call: Call, protocol: str, arn: str) -> None:
        now = self._now
        certificate = self._certificates.find(arn, call.account, call.region, now)
        rules.check_certificate(certificate, arn, protocol, now, self._context.settings)

    def _check_actions(self, call: Call, balancer: LoadBalancer, actions: list[Output]) -> None:
        rules.check_actions(balancer.type, actions)
        for action in actions:
            arn = action.get("TargetGroupArn")
            if arn and arn not in self.store.target_groups:
                raise AwsError("TargetGroupNotFound", f"Target group '{arn}' not found")

    def _listener(self, call: Call, arn: str, lag: float = 0.0) -> Listener:
        listener = self.store.listeners.get(arn)
        if ":listener/" not in arn:
            raise rules.invalid(f"'{arn}' is not a valid listener ARN")
        if (
            listener is None
            or (listener.load_balancer.account, listener.load_balancer.region) != (call.account, call.region)
            or self._now < listener.created + lag
        ):
            raise AwsError("ListenerNotFound", "One or more listeners not found")
        return listener

    def describe_listeners(self, call: Call) -> Output:
        """ "You must specify either a load balancer or one or more listeners." """
        given = call.parameters
        if bool(given.get("ListenerArns")) == bool(given.get("LoadBalancerArn")):
            raise rules.invalid("You must specify either listener ARNs or a load balancer ARN")
        if given.get("ListenerArns"):
            listeners = [self._listener(call, arn) for arn in dict.fromkeys(given["ListenerArns"])]
        else:
            listeners = self.store.listeners_of(self._balancer(call, given["LoadBalancerArn"]))
        page, marker = self._page(call, listeners, lambda listener: listener.arn)
        return {"Listeners": [listener.as_output() for listener in page]} | marker

    def modify_listener(self, call: Call) -> Output:
        """ "Any properties that you do not specify remain unchanged. Changing the protocol from HTTPS to HTTP, or from
        TLS to TCP, removes the security policy and default certificate properties." """
        given = call.parameters
        listener = self._listener(call, given["ListenerArn"])
        protocol, port = given.get("Protocol", listener.protocol), given.get("Port", listener.port)
        rules.check_protocol(listener.load_balancer.type, protocol, port)
        rules.check_ssl_policy(given.get("SslPolicy"))
        others = [other for other in self.store.listeners_of(listener.load_balancer) if other is not listener]
        if any(other.port == port for other in others):
            message = f"A listener already exists on this port for this load balancer '{listener.load_balancer.arn}'"
            raise AwsError("DuplicateListener", message)
        default = listener.default if protocol in rules.SECURE else None
        if given.get("Certificates") or not default:
            default = rules.default_certificate(protocol, given.get("Certificates"))
        self._check_actions(call, listener.load_balancer, given.get("DefaultActions") or [])
        before = listener.used
        listener.certificates = self._list_after(call, listener, protocol, default)
        listener.default, listener.protocol, listener.port = default, protocol, port
        if default:
            listener.ssl_policy = given.get("SslPolicy") or listener.ssl_policy or rules.DEFAULT_SSL_POLICY
        listener.actions = given.get("DefaultActions") or listener.actions
        listener.alpn_policy = given.get("AlpnPolicy") or listener.alpn_policy
        listener.mutual_authentication = given.get("MutualAuthentication") or listener.mutual_authentication
        self.store.tell_certificates(before | listener.used, self._now)
        return {"Listeners": [listener.as_output()]}

    def _list_after(self, call: Call, listener: Listener, protocol: str, default: str | None) -> list[str]:
        """The list under a new default: kept (facts: moto wipes it, AWS does not). Whether the old default joins it is
        told in both ways, hence `old_default`."""
        if default is None:
            return []
        if default != listener.default:
            self._check_certificate(call, protocol, default)
            old = listener.default
            if self._context.settings.old_default == "kept" and old and old not in listener.certificates:
                rules.check_room([arn for arn in listener.certificates if arn != default], self._context.settings)
                return [*listener.certificates, old]
        return listener.certificates

    def delete_listener(self, call: Call) -> Output:
        self._forget(self._listener(call, call.parameters["ListenerArn"]))
        return {}

    def _forget(self, listener: Listener) -> None:
        del self.store.listeners[listener.arn]
        self.store.tell_certificates(listener.used, self._now)

    # Certificates of a listener

    def describe_listener_certificates(self, call: Call) -> Output:
        listener = self._listener(call, call.parameters["ListenerArn"])
        page, marker = self._page(call, listener.entries(), entry_key)
        return {"Certificates": page} | marker

    def add_listener_certificates(self, call: Call) -> Output:
        """ "If the certificate in already in the certificate list, the call is successful but the certificate is not
        added again." A listener just made is not found (aws-load-balancer-controller, listener_manager)."""
        listener, arn = self._change_of_list(call)
        self._check_certificate(call, listener.protocol, arn)
        if arn not in listener.certificates:
            rules.check_room(listener.certificates, self._context.settings)
            listener.certificates = [*listener.certificates, arn]
            self.store.tell_certificates([arn], self._now)
        return {"Certificates": [{"CertificateArn": arn, "IsDefault": False}]}

    def remove_listener_certificates(self, call: Call) -> Output:
        """The default cannot be removed, not even from the list (terraform-provider-aws#35403); one that is not there
        is no error."""
        listener, arn = self._change_of_list(call)
        if arn == listener.default:
            raise AwsError("OperationNotPermitted", "Default certificate cannot be removed")
        listener.certificates = [present for present in listener.certificates if present != arn]
        self.store.tell_certificates([arn], self._now)
        return {}

    def _change_of_list(self, call: Call) -> tuple[Listener, str]:
        given = call.parameters
        listener = self._listener(call, given["ListenerArn"], self._context.settings.listener_lag)
        arn = rules.only_certificate(given["Certificates"])
        if listener.protocol not in rules.SECURE:
            raise rules.invalid(f"A certificate cannot be specified for {listener.protocol} listeners")
        return listener, arn

    # Target groups

    def create_target_group(self, call: Call) -> Output:
        given = {name: value for name, value in call.parameters.items() if name not in ("Name", "Tags")}
        groups = [group for group in self._groups(call) if group.name == call.parameters["Name"]]
        if groups:
            message = f"A target group with the same name '{groups[0].name}' exists, but with different settings"
            if groups[0].settings != TARGET_GROUP_DEFAULTS | given:
                raise AwsError("DuplicateTargetGroupName", message)
            return {"TargetGroups": [groups[0].as_output()]}
        name = call.parameters["Name"]
        group = TargetGroup(
            f"{_arn_start(call)}:targetgroup/{name}/{new_id()}",
            call.account,
            call.region,
            name,
            TARGET_GROUP_DEFAULTS | given,
            rules.merged_tags({}, call.parameters.get("Tags") or []),
        )
        self.store.target_groups[group.arn] = group
        return {"TargetGroups": [group.as_output()]}

    def _groups(self, call: Call) -> list[TargetGroup]:
        return [g for g in self.store.target_groups.values() if (g.account, g.region) == (call.account, call.region)]

    def describe_target_groups(self, call: Call) -> Output:
        given, groups = call.parameters, self._groups(call)
        for member, name in (("TargetGroupArns", "arn"), ("Names", "name")):
            if given.get(member):
                groups = [group for group in groups if getattr(group, name) in given[member]]
                if len(groups) < len(set(given[member])):
                    raise AwsError("TargetGroupNotFound", "One or more target groups not found")
        page, marker = self._page(call, groups, lambda group: group.arn)
        return {"TargetGroups": [group.as_output() for group in page]} | marker

    # Tags

    def add_tags(self, call: Call) -> Output:
        for resource in self._tagged(call):
            resource.tags = rules.merged_tags(resource.tags, call.parameters["Tags"])
        return {}

    def remove_tags(self, call: Call) -> Output:
        gone = set(call.parameters["TagKeys"])
        for resource in self._tagged(call):
            resource.tags = {key: value for key, value in resource.tags.items() if key not in gone}
        return {}

    def describe_tags(self, call: Call) -> Output:
        return {
            "TagDescriptions": [
                {
                    "ResourceArn": resource.arn,
                    "Tags": [{"Key": key, "Value": value} for key, value in sorted(resource.tags.items())],
                }
                for resource in self._tagged(call)
            ]
        }

    def _tagged(self, call: Call) -> list[LoadBalancer | Listener | TargetGroup]:
        arns = call.parameters["ResourceArns"]
        rules.check_number(arns, "resources")
        return [self._resource(call, arn) for arn in arns]

    def _resource(self, call: Call, arn: str) -> LoadBalancer | Listener | TargetGroup:
        if ":listener/" in arn:
            return self._listener(call, arn)
        if ":targetgroup/" in arn:
            groups = [group for group in self._groups(call) if group.arn == arn]
            if not groups:
                raise AwsError("TargetGroupNotFound", "One or more target groups not found")
            return groups[0]
        return self._balancer(call, arn)

    def _page(self, call: Call, items: list[Item], key: Callable[[Item], str]) -> tuple[list[Item], Output]:
        """One page, and the marker of the next; it is good for the same question only."""
        size = call.parameters.get("PageSize", MAX_PAGE)
        size = min(size, self._context.settings.page_limit or size)
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

    # What tests ask for

    def control_load_balancers(self, method: str, wish: dict[str, Any]) -> Any:
        """POST {name, type, port, certificate_arn, account, region}: the load balancer, made if need be, with one more
        listener; GET: all listeners with what they serve. None of it is a call."""
        with self._context.lock:
            if method == "GET":
                return {
                    listener.arn: {"default": listener.default, "certificates": listener.certificates}
                    for listener in self.store.listeners.values()
                }
            call = Call(self._now, SERVICE, "CreateListener", wish["account"], wish["region"], "")
            try:
                arns = [balancer.arn for balancer in self._balancers(call) if balancer.name == wish["name"]]
                if not arns:
                    call.parameters = {"Name": wish["name"], "Type": wish["type"]}
                    arns = [self.create_load_balancer(call)["LoadBalancers"][0]["LoadBalancerArn"]]
                call.parameters = self._listener_wish(call, arns[0], wish)
                listener = self.create_listener(call)["Listeners"][0]["ListenerArn"]
            except AwsError as error:
                raise ValueError(f"{error.code}: {error.message}") from error
            return {"load_balancer_arn": arns[0], "listener_arn": listener}

    def _listener_wish(self, call: Call, balancer: str, wish: dict[str, Any]) -> Output:
        certificate = wish.get("certificate_arn")
        action: Output = FIXED_ACTION
        secure, plain = ("TLS", "TCP") if wish["type"] == "network" else ("HTTPS", "HTTP")
        if wish["type"] == "network":
            call.parameters = {"Name": wish["name"], "Protocol": plain}
            group = self.create_target_group(call)["TargetGroups"][0]["TargetGroupArn"]
            action = {"Type": "forward", "TargetGroupArn": group}
        listener = {
            "LoadBalancerArn": balancer,
            "Port": wish["port"],
            "Protocol": secure if certificate else plain,
            "DefaultActions": [action],
        }
        return listener | ({"Certificates": [{"CertificateArn": certificate}]} if certificate else {})


def _arn_start(call: Call) -> str:
    return f"arn:aws:elasticloadbalancing:{call.region}:{call.account}"


OPERATIONS = {
    "CreateLoadBalancer": Elbv2.create_load_balancer,
    "DescribeLoadBalancers": Elbv2.describe_load_balancers,
    "DeleteLoadBalancer": Elbv2.delete_load_balancer,
    "CreateListener": Elbv2.create_listener,
    "DescribeListeners": Elbv2.describe_listeners,
    "ModifyListener": Elbv2.modify_listener,
    "DeleteListener": Elbv2.delete_listener,
    "DescribeListenerCertificates": Elbv2.describe_listener_certificates,
    "AddListenerCertificates": Elbv2.add_listener_certificates,
    "RemoveListenerCertificates": Elbv2.remove_listener_certificates,
    "CreateTargetGroup": Elbv2.create_target_group,
    "DescribeTargetGroups": Elbv2.describe_target_groups,
    "AddTags": Elbv2.add_tags,
    "RemoveTags": Elbv2.remove_tags,
    "DescribeTags": Elbv2.describe_tags,
}


def install(context: Context, certificates: CertificateStore) -> Elbv2:
    """Answer the operations in this context."""
    service = Elbv2(context, certificates)
    context.register(SERVICE, {name: operation.__get__(service) for name, operation in OPERATIONS.items()})
    context.control["load_balancers"] = service.control_load_balancers
    context.on_reset.append(service.store.reset)
    return service
