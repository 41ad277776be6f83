# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""AWS as a list of answers: what a flow asks, in which order, and what it makes of what it is told."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.tlsops.certificates.plugins.module_utils._aws.access import Access
from ansible_collections.tlsops.certificates.plugins.module_utils._pace import Buckets
from botocore.exceptions import ClientError
from fake_clock import FakeClock

Answer = Mapping[str, Any] | BaseException | Callable[[dict[str, Any]], Any]


def aws_error(code: str, message: str = "no", status: int = 400) -> ClientError:
    return ClientError(
        {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}, "Operation"
    )


class StubAws:
    """Answers each operation with the next of its answers; the last one stands for all later calls.

    ``calls`` are (operation, parameters, seconds since the start).
    """

    def __init__(self, answers: Mapping[str, list[Answer]], clock: FakeClock | None = None) -> None:
        self.clock = clock or FakeClock()
        self.calls: list[tuple[str, dict[str, Any], float]] = []
        self.clients: list[tuple[str, dict[str, Any]]] = []
        self.region = "eu-west-1"
        self._answers = {operation: list(listed) for operation, listed in answers.items()}
        self._start = self.clock.now()

    def access(self, **rates: float) -> Access:
        return Access(self, self.clock, Buckets(self.clock, rates))

    def count(self, operation: str) -> int:
        return sum(1 for called, _parameters, _at in self.calls if called == operation)

    def times(self, operation: str) -> list[float]:
        return [at for called, _parameters, at in self.calls if called == operation]

    # What Access asks of the module and of its clients.

    def client(self, service: str, **parameters: Any) -> Any:
        self.clients.append((service, parameters))
        return _Client(self)

    def answer(self, operation: str, parameters: dict[str, Any]) -> Any:
        self.calls.append((operation, parameters, self.clock.now() - self._start))
        listed = self._answers[operation]
        given = listed.pop(0) if len(listed) > 1 else listed[0]
        if callable(given):
            given = given(parameters)
        if isinstance(given, BaseException):
            raise given
        return given


class _Client:
    def __init__(self, aws: StubAws) -> None:
        self._aws = aws
        self.meta = self

    @property
    def method_to_api_mapping(self) -> dict[str, str]:
        return {re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower(): name for name in self._aws._answers}

    @property
    def service_model(self) -> Any:
        return self

    def operation_model(self, _operation: str) -> Any:
        return self

    input_shape = None

    def __getattr__(self, method: str) -> Any:
        operation = "".join(part.capitalize() for part in method.split("_"))
        return lambda **parameters: self._aws.answer(operation, parameters)
