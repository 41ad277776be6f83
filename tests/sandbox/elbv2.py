# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Elastic Load Balancing v2: load balancers and their listeners.

Stock moto accepts any certificate, several a call, shows all in DescribeListeners, pages nothing, lets the default be
removed and wipes the list with ModifyListener, so this is not moto's. Sources: the API model, and elbv2_rules.
"""

from __future__ import annotations

from . import elbv2_rules as rules
from .acm import CertificateStore
from .calls import Call
from .context import Context, Handler
from .elbv2_certificates import ListenerCertificates
from .elbv2_control import Elbv2Control
from .elbv2_lookup import Lookup
from .elbv2_store import KINDS, SERVICE, Listener, LoadBalancer, Output, arn_start, new_id
from .elbv2_tags import TagsAndTargets
from .errors import AwsError


class LoadBalancers:
    """The operations; each takes the call and returns the members of its output."""

    def __init__(self, find: Lookup) -> None:
        self._find = find
        self._store = find.store

    def operations(self) -> dict[str, Handler]:
        return {
            "CreateLoadBalancer": self.create_load_balancer,
            "DescribeLoadBalancers": self.describe_load_balancers,
            "DeleteLoadBalancer": self.delete_load_balancer,
            "CreateListener": self.create_listener,
            "DescribeListeners": self.describe_listeners,
            "ModifyListener": self.modify_listener,
            "DeleteListener": self.delete_listener,
        }

    def create_load_balancer(self, call: Call) -> Output:
        """ "If you attempt to create multiple load balancers with the same settings, each call succeeds." """
        given = call.parameters
        rules.check_name(given["Name"])
        kind = given.get("Type", "application")
        if kind not in KINDS:
            raise AwsError("NotImplemented", f"The sandbox has no {kind} load balancers", 501)
        made = LoadBalancer(
            arn=f"{arn_start(call.account, call.region)}:loadbalancer/{KINDS[kind]}/{given['Name']}/{new_id()}",
            account=call.account,
            region=call.region,
            name=given["Name"],
            type=kind,
            scheme=given.get("Scheme", "internet-facing"),
            created=self._find.now,
            subnets=given.get("Subnets") or [item["SubnetId"] for item in given.get("SubnetMappings") or []],
            security_groups=given.get("SecurityGroups") or [],
            tags=rules.merged_tags({}, given.get("Tags") or []),
        )
        for balancer in self._find.balancers(call):
            if balancer.name == made.name:
                same = ("type", "scheme", "subnets", "security_groups", "tags")
                if any(getattr(balancer, name) != getattr(made, name) for name in same):
                    message = f"A load balancer with the same name '{made.name}' exists, but with different settings"
                    raise AwsError("DuplicateLoadBalancerName", message)
                return {"LoadBalancers": [balancer.as_output()]}
        self._store.load_balancers[made.arn] = made
        return {"LoadBalancers": [made.as_output()]}

    def describe_load_balancers(self, call: Call) -> Output:
        given = call.parameters
        arns, names = given.get("LoadBalancerArns"), given.get("Names")
        if arns and names:
            raise rules.invalid("Load balancer names and load balancer ARNs cannot be specified at the same time")
        if arns:
            rules.check_number(arns, "load balancers")
            return {"LoadBalancers": [self._find.balancer(call, arn).as_output() for arn in dict.fromkeys(arns)]}
        known = {balancer.name: balancer for balancer in self._find.balancers(call)}
        if names:
            missing = [name for name in names if name not in known]
            if missing:
                raise AwsError("LoadBalancerNotFound", f"Load balancers '[{', '.join(missing)}]' not found")
            return {"LoadBalancers": [known[name].as_output() for name in dict.fromkeys(names)]}
        page, marker = self._find.page(call, list(known.values()), lambda balancer: balancer.arn)
        return {"LoadBalancers": [balancer.as_output() for balancer in page]} | marker

    def delete_load_balancer(self, call: Call) -> Output:
        """With its listeners. "If the load balancer does not exist or has already been deleted, the call succeeds." """
        balancer = self._store.load_balancers.get(call.parameters["LoadBalancerArn"])
        if balancer is not None and (balancer.account, balancer.region) == (call.account, call.region):
            for listener in self._store.listeners_of(balancer):
                self._forget(listener)
            del self._store.load_balancers[balancer.arn]
        return {}

    def create_listener(self, call: Call) -> Output:
        """ "If you attempt to create multiple listeners with the same settings, each call succeeds." """
        given = call.parameters
        balancer = self._find.balancer(call, given["LoadBalancerArn"])
        protocol, port = given.get("Protocol"), given.get("Port")
        rules.check_protocol(balancer.type, protocol, port)
        rules.check_ssl_policy(given.get("SslPolicy"))
        default = rules.default_certificate(str(protocol), given.get("Certificates"))
        self._find.check_actions(call, balancer, given["DefaultActions"])
        made = Listener(
            arn=f"{balancer.arn.replace(':loadbalancer/', ':listener/')}/{new_id()}",
            load_balancer=balancer,
            port=given["Port"],
            protocol=str(protocol),
            actions=given["DefaultActions"],
            created=self._find.now,
            default=default,
            ssl_policy=given.get("SslPolicy") or (rules.DEFAULT_SSL_POLICY if default else None),
            alpn_policy=given.get("AlpnPolicy") or [],
            mutual_authentication=given.get("MutualAuthentication"),
            tags=rules.merged_tags({}, given.get("Tags") or []),
        )
        for listener in self._store.listeners_of(balancer):
            if listener.port == made.port:
                same = ("protocol", "actions", "default", "ssl_policy", "alpn_policy", "mutual_authentication", "tags")
                if any(getattr(listener, name) != getattr(made, name) for name in same):
                    message = f"A listener already exists on this port for this load balancer '{balancer.arn}'"
                    raise AwsError("DuplicateListener", message)
                return {"Listeners": [listener.as_output()]}
        if default:
            self._find.check_certificate(call, made.protocol, default)
        self._store.listeners[made.arn] = made
        self._store.tell_certificates(made.used, self._find.now)
        return {"Listeners": [made.as_output()]}

    def describe_listeners(self, call: Call) -> Output:
        """ "You must specify either a load balancer or one or more listeners." """
        given = call.parameters
        if bool(given.get("ListenerArns")) == bool(given.get("LoadBalancerArn")):
            raise rules.invalid("You must specify either listener ARNs or a load balancer ARN")
        if given.get("ListenerArns"):
            listeners = [self._find.listener(call, arn) for arn in dict.fromkeys(given["ListenerArns"])]
        else:
            listeners = self._store.listeners_of(self._find.balancer(call, given["LoadBalancerArn"]))
        page, marker = self._find.page(call, listeners, lambda listener: listener.arn)
        return {"Listeners": [listener.as_output() for listener in page]} | marker

    def modify_listener(self, call: Call) -> Output:
        """ "Any properties that you do not specify remain unchanged. Changing the protocol from HTTPS to HTTP, or from
        TLS to TCP, removes the security policy and default certificate properties." """
        given = call.parameters
        listener = self._find.listener(call, given["ListenerArn"])
        protocol, port = given.get("Protocol", listener.protocol), given.get("Port", listener.port)
        rules.check_protocol(listener.load_balancer.type, protocol, port)
        rules.check_ssl_policy(given.get("SslPolicy"))
        others = [other for other in self._store.listeners_of(listener.load_balancer) if other is not listener]
        if any(other.port == port for other in others):
            message = f"A listener already exists on this port for this load balancer '{listener.load_balancer.arn}'"
            raise AwsError("DuplicateListener", message)
        default = listener.default if protocol in rules.SECURE else None
        if given.get("Certificates") or not default:
            default = rules.default_certificate(protocol, given.get("Certificates"))
        self._find.check_actions(call, listener.load_balancer, given.get("DefaultActions") or [])
        before = listener.used
        listener.certificates = self._list_after(call, listener, protocol, default)
        listener.default, listener.protocol, listener.port = default, protocol, port
        if default:
            listener.ssl_policy = given.get("SslPolicy") or listener.ssl_policy or rules.DEFAULT_SSL_POLICY
        listener.actions = given.get("DefaultActions") or listener.actions
        listener.alpn_policy = given.get("AlpnPolicy") or listener.alpn_policy
        listener.mutual_authentication = given.get("MutualAuthentication") or listener.mutual_authentication
        self._store.tell_certificates(before | listener.used, self._find.now)
        return {"Listeners": [listener.as_output()]}

    def _list_after(self, call: Call, listener: Listener, protocol: str, default: str | None) -> list[str]:
        """The list under a new default: it stays ("Certificates: the default certificate", API model; issue 3). Whether
        the old default joins it is told in both ways, hence `old_default`; there must be room for it then."""
        if default is None:
            return []
        if default != listener.default:
            self._find.check_certificate(call, protocol, default)
            old, settings = listener.default, self._find.context.settings
            if settings.old_default == "kept" and old and old not in listener.certificates:
                rules.check_room([arn for arn in listener.certificates if arn != default], None, settings)
                return [*listener.certificates, old]
        return listener.certificates

    def delete_listener(self, call: Call) -> Output:
        self._forget(self._find.listener(call, call.parameters["ListenerArn"]))
        return {}

    def _forget(self, listener: Listener) -> None:
        del self._store.listeners[listener.arn]
        self._store.tell_certificates(listener.used, self._find.now)


def install(context: Context, certificates: CertificateStore) -> Lookup:
    """Answer the operations in this context."""
    find = Lookup(context, certificates)
    operations = LoadBalancers(find).operations()
    operations |= ListenerCertificates(find).operations() | TagsAndTargets(find).operations()
    context.register(SERVICE, operations)
    context.control["load_balancers"] = Elbv2Control(find, operations).load_balancers
    context.on_reset.append(find.store.reset)
    return find
