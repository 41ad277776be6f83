# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""The first look at a Puppet CA: whom to trust, and as whom to speak."""

from __future__ import annotations

import contextlib
import datetime
import email.utils
import typing as t

from .._chains import split
from .._errors import TlsopsError
from .._files import file_errors, read_text
from .._module_result import Result
from .._pace import Clock
from .._puppet import api
from .._puppet.client import Client, ConnectionSettings, Credentials
from .._puppet.trust import NotTrusted, client_certificate_problem, pinned
from .._x509 import Unreadable

#: From this on a difference of the clocks makes certificates that aren't valid yet.
_CLOCKS_DIFFER = 300.0


@contextlib.contextmanager
def opened(settings: ConnectionSettings, clock: Clock, now: datetime.datetime) -> t.Iterator[tuple[Client, str]]:
    """The client, and the CA's certificates. Without a file of these a fingerprint has to vouch for them."""
    bundle = _trusted(settings, clock, now)
    with contextlib.closing(Client(settings, clock, bundle)) as client:
        yield client, bundle


def _trusted(settings: ConnectionSettings, clock: Clock, now: datetime.datetime) -> str:
    url, fingerprint = settings.endpoint.url, settings.fingerprint
    with file_errors():
        bundle = read_text(settings.ca_path) if settings.ca_path else None
        _check_credentials(settings.credentials, now)
    if bundle is None and fingerprint is None:
        where = f"there is no file {settings.ca_path}" if settings.ca_path else "no ca_path is given"
        raise NotTrusted(
            f"nothing says which CA to trust at {url}, since {where}: copy the CA's certificates there (ca.pem), or "
            "give "
            "ca_fingerprint"
        )
    if bundle is None:
        with contextlib.closing(Client(settings, clock, trusted=None)) as stranger:
            bundle = api.get_ca_certificates(stranger)
    if fingerprint:
        pinned(bundle, fingerprint, url)
    if not split(bundle):
        raise NotTrusted(f"{settings.ca_path} has no certificate in PEM")
    return bundle


def _check_credentials(credentials: Credentials | None, now: datetime.datetime) -> None:
    if credentials is None or credentials.certificate_path is None:
        return
    pems = []
    for option, path in (("client_cert", credentials.certificate_path), ("client_key", credentials.key_path or "")):
        text = read_text(path)
        if text is None:
            raise TlsopsError(f"{option}: there is no file {path}")
        pems.append(text)
    try:
        problem = client_certificate_problem(pems[0], pems[1], now)
    except Unreadable as error:
        where = f"client_cert {credentials.certificate_path} and client_key {credentials.key_path}"
        raise TlsopsError(f"{where}: {error.message}") from error
    if problem:
        raise TlsopsError(problem)


def warn_of_clock(client: Client, now: datetime.datetime, result: Result) -> None:
    """Certificates are of no use where the clock says that they aren't valid yet, or any more."""
    try:
        seconds = (now - email.utils.parsedate_to_datetime(client.date)).total_seconds()
    except (TypeError, ValueError):
        return
    if abs(seconds) >= _CLOCKS_DIFFER:
        side = "ahead of" if seconds > 0 else "behind"
        warning = (
            f"The clock of this host is {abs(seconds):.0f} seconds {side} that of {client.endpoint.url}: set it right."
        )
        result.warnings = (*result.warnings, warning)
