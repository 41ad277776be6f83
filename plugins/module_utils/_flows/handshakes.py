# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Looking at what servers show in a TLS handshake, until they show what they should."""

from __future__ import annotations

import datetime
import socket
import ssl
import typing as t

from .._pace import Clock, Deadline
from .._served import Endpoint, Seen, judge
from .._threads import gather
from .._x509 import Unreadable, describe_certificate, load_certificate


def wait(
    wanted: t.Sequence[Endpoint],
    clock: Clock,
    now: t.Callable[[], datetime.datetime],
    *,
    wait_timeout: float | None,
    poll_interval: float,
    timeout: float,
) -> list[Seen]:
    """The last look at each. ``wait_timeout`` None: one look at all."""
    deadline = Deadline(clock, wait_timeout or 0)
    seen: dict[Endpoint, Seen] = {}
    while True:
        open_ = [each for each in dict.fromkeys(wanted) if each not in seen or not judge(each, seen[each], now()).ready]
        seen.update(zip(open_, gather(lambda each: look(each, timeout), open_), strict=True))
        if deadline.passed() or all(judge(each, seen[each], now()).ready for each in wanted):
            return [seen[each] for each in wanted]
        deadline.pause(poll_interval)


def look(wanted: Endpoint, timeout: float) -> Seen:
    """Whoever signed the certificate: that it is the right one is known by its fingerprint."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        with (
            socket.create_connection((wanted.host, wanted.port), timeout) as connection,
            context.wrap_socket(connection, server_hostname=wanted.server_name) as encrypted,
        ):
            der = encrypted.getpeercert(binary_form=True)
    except ssl.SSLError as error:
        return Seen(reason="HandshakeFailed", problem=f"the TLS handshake failed: {error.reason or error}")
    except TimeoutError:
        return Seen(reason="TimedOut", problem=f"no answer within {timeout:g} seconds")
    except OSError as error:
        return Seen(reason="Unreachable", problem=f"there is no connection: {error.strerror or error}")
    if der is None:
        return Seen(reason="HandshakeFailed", problem="the server has shown no certificate")
    try:
        return Seen(describe_certificate(load_certificate(ssl.DER_cert_to_PEM_cert(der))))
    except Unreadable as error:
        return Seen(reason="HandshakeFailed", problem=error.message)
