# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""The errors this collection raises on purpose. Each message is one sentence for the person who ran the play."""

from __future__ import annotations

import typing as t


class TlsopsError(Exception):
    """Something the user or a service caused. The module runner turns it into a failed result without a traceback.

    ``details`` are further keys of that result.
    """

    def __init__(self, message: str, **details: t.Any) -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class InvalidInput(TlsopsError):
    """The options can't be carried out as given. Raised before anything is changed; lists every fault at once."""

    def __init__(self, faults: t.Sequence[str]) -> None:
        faults = list(dict.fromkeys(faults))
        intro = "" if len(faults) == 1 else f"{len(faults)} faults in the options: "
        super().__init__(intro + "; ".join(faults), faults=faults)
        self.faults = faults


def parse_all(*parsers: t.Callable[[], t.Any]) -> tuple[t.Any, ...]:
    """What each parser makes of its options, or InvalidInput with the faults of them all."""
    parsed, faults = [], []
    for parser in parsers:
        try:
            parsed.append(parser())
        except InvalidInput as error:
            faults += error.faults
    if faults:
        raise InvalidInput(faults)
    return tuple(parsed)


class ServiceError(TlsopsError):
    """A service refused a call, or couldn't be reached. ``code`` is the service's own error code."""

    def __init__(self, message: str, *, code: str, operation: str = "", service_message: str = "") -> None:
        super().__init__(message, error={"code": code, "operation": operation, "message": service_message})
        self.code = code
        self.operation = operation
        self.service_message = service_message


class UncertainError(ServiceError):
    """The answer to a change was lost: whether it was made has to be looked up."""

    @classmethod
    def of(cls, error: ServiceError) -> UncertainError:
        return cls(error.message, code=error.code, operation=error.operation, service_message=error.service_message)
