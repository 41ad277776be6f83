# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The path of every call: who, whether, then what; logged, and struck by the faults a test asked for."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import time
import traceback
from collections.abc import Callable
from typing import Any

from . import model_validation, wire
from .authorization import Authorizer
from .calls import Call
from .context import Context
from .credentials import Credential, Credentials
from .errors import AwsError
from .faults import Fault, Faults
from .throttle import Throttle
from .wire import Request, Response, Scope

# Services with operations of our own; an operation of theirs that is not registered is refused, never passed on.
OWN_SERVICES = frozenset(
    {"acm", "acm-pca", "cloudfront", "cloudwatch", "elasticloadbalancing", "route53", "secretsmanager", "sts", "tag"}
)


class Endpoint:
    """Answers requests; None means that the connection is to be cut."""

    def __init__(
        self, context: Context, credentials: Credentials, fallback: Callable[[Request, str], Response] | None = None
    ) -> None:
        self.context = context
        self.credentials = credentials
        self.authorizer = Authorizer()
        self.throttle = Throttle(context.clock, context.settings)
        self.faults = Faults()
        context.throttle = self.throttle
        context.faults = self.faults
        context.on_reset += [credentials.reset, self.authorizer.reset, self.throttle.reset, self.faults.clear]
        self._fallback = fallback

    def answer(self, request: Request) -> Response | None:
        """Execute, log, and answer one AWS call."""
        context = self.context
        if context.settings.latency > 0:
            time.sleep(context.settings.latency)
        scope = wire.scope_of(request)
        call = Call(context.clock.now(), "", "", "", "", "")
        fault: Fault | None = None
        try:
            if scope is None:
                raise AwsError("MissingAuthenticationToken", "Request is missing Authentication Token", 403)
            call.service, call.region, call.access_key = scope.service, scope.region, scope.access_key
            call.action, variables = wire.action_of(request, scope.signing_name)
            fault = self.faults.strike(call)
            if fault is not None and not fault.strikes_after_execution:
                self._identify(call, request, scope)
                if fault.cut == "before":
                    call.error = "ConnectionCut"
                    context.calls.add(call)
                    return None
                raise fault.error()
            response = self._execute(request, scope, call, variables)
        except AwsError as error:
            call.error = error.code
            response = wire.serialize_error(error, scope.signing_name if scope else "")
        except Exception as error:
            traceback.print_exc()
            call.error = "InternalFailure"
            # 501 and not 500: botocore retries a 500, and a fault of the sandbox must show at once.
            failure = AwsError("InternalFailure", f"The sandbox failed: {type(error).__name__}: {error}", 501)
            response = wire.serialize_error(failure, scope.signing_name if scope else "")
        call.status = response.status
        context.calls.add(call)
        return self._after(fault, response)

    @staticmethod
    def _after(fault: Fault | None, response: Response) -> Response | None:
        if fault is None or not fault.strikes_after_execution:
            return response
        if fault.kill_pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(fault.kill_pid, signal.SIGKILL)
        return None

    def _identify(self, call: Call, request: Request, scope: Scope) -> None:
        """Fill in who called, as far as it can be told, for the log."""
        try:
            credential = self.credentials.authenticate(request, scope)
        except AwsError:
            return
        call.account, call.principal = credential.account, credential.principal

    def _execute(self, request: Request, scope: Scope, call: Call, variables: dict[str, str]) -> Response:
        """Authentication, then throttling, then the parameters, then permission, then the operation."""
        credential = self.credentials.authenticate(request, scope)
        call.account, call.principal = credential.account, credential.principal
        self.throttle.charge(call)
        if call.service not in OWN_SERVICES:
            return self._pass_on(request, call, credential)
        if not call.action or call.action not in wire.service_model(scope.signing_name).operation_names:
            raise AwsError("UnknownOperationException", f"{call.service} has no operation {call.action!r}", 400)
        call.parameters = wire.parse(request, scope.signing_name, call.action, variables)
        model_validation.validate(call.parameters, scope.signing_name, call.action)
        self.authorizer.authorize(call, credential)
        handler = self.context.operations.get((call.service, call.action))
        if handler is None:
            # 501 is not retried by botocore; AWS itself has the operation, so the sandbox must not look like AWS.
            raise AwsError("NotImplemented", f"The sandbox does not implement {call.service}:{call.action}", 501)
        with self.context.lock:
            result: dict[str, Any] = handler(call) or {}
        return wire.serialize(result, scope.signing_name, call.action)

    def _pass_on(self, request: Request, call: Call, credential: Credential) -> Response:
        self.authorizer.authorize(call, credential)
        if self._fallback is None:
            raise AwsError("NotImplemented", f"The sandbox does not implement {call.service}", 501)
        missing = AwsError("NotImplemented", f"The sandbox does not implement {call.service}:{call.action}", 501)
        try:
            response = self._fallback(request, credential.account)
        except NotImplementedError as error:
            raise missing from error
        if response.status >= 400:
            # moto answers HTML for paths it does not know.
            if "html" in response.headers.get("Content-Type", ""):
                raise missing
            found = re.search(rb'<Code>([^<]+)</Code>|"__type": *"([^"]+)"', response.body)
            call.error = (found[1] or found[2]).decode() if found else "Unknown"
        return response
