# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Elastic Load Balancing v2: the certificates of a listener."""

from __future__ import annotations

from . import elbv2_rules as rules
from .calls import Call
from .context import Handler
from .elbv2_lookup import Lookup
from .elbv2_store import Listener, Output, entry_key
from .errors import AwsError


class ListenerCertificates:
    """The operations; each takes the call and returns the members of its output."""

    def __init__(self, find: Lookup) -> None:
        self._find = find
        self._store = find.store

    def operations(self) -> dict[str, Handler]:
        return {
            "DescribeListenerCertificates": self.describe_listener_certificates,
            "AddListenerCertificates": self.add_listener_certificates,
            "RemoveListenerCertificates": self.remove_listener_certificates,
        }

    def describe_listener_certificates(self, call: Call) -> Output:
        listener = self._find.listener(call, call.parameters["ListenerArn"])
        page, marker = self._find.page(call, listener.entries(), entry_key)
        return {"Certificates": page} | marker

    def add_listener_certificates(self, call: Call) -> Output:
        """ "If the certificate in already in the certificate list, the call is successful but the certificate is not
        added again." A listener just made is not found (aws-load-balancer-controller, listener_manager)."""
        listener, arn = self._change_of_list(call)
        self._find.check_certificate(call, listener.protocol, arn)
        if arn not in listener.certificates:
            rules.check_room(listener.certificates, listener.default, self._find.context.settings)
            listener.certificates = [*listener.certificates, arn]
            self._store.tell_certificates([arn], self._find.now)
        return {"Certificates": [{"CertificateArn": arn, "IsDefault": False}]}

    def remove_listener_certificates(self, call: Call) -> Output:
        """The default cannot be removed, not even from the list (terraform-provider-aws#35403); one that is not there
        is no error."""
        listener, arn = self._change_of_list(call)
        if arn == listener.default:
            raise AwsError("OperationNotPermitted", "Default certificate cannot be removed")
        listener.certificates = [present for present in listener.certificates if present != arn]
        self._store.tell_certificates([arn], self._find.now)
        return {}

    def _change_of_list(self, call: Call) -> tuple[Listener, str]:
        given = call.parameters
        listener = self._find.listener(call, given["ListenerArn"], self._find.context.settings.listener_lag)
        arn = rules.only_certificate(given["Certificates"])
        if listener.protocol not in rules.SECURE:
            raise rules.invalid(f"A certificate cannot be specified for {listener.protocol} listeners")
        return listener, arn
