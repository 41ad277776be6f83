# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""What there is of a node's certificate, here and at its Puppet CA."""

from __future__ import annotations

import contextlib
import datetime
import os

from .. import _files
from .._chains import split
from .._errors import TlsopsError
from .._files import file_errors, read_text
from .._module_result import Result
from .._puppet import api, crl, csr, enrol
from .._puppet.client import Client
from .._puppet.enrol_plan import EnrolPlan, Key, Local, Remote, RemovalPlan, WantedEnrolment, situation
from .._puppet.layout import Layout
from .._x509 import Certificate, Unreadable, load_certificate


def observe_local(layout: Layout) -> Local:
    """Reads only. Raises TlsopsError where there is a key that can't be read: it is never replaced by itself."""
    with file_errors():
        key = _read_key(layout.key)
        return Local(
            key=key,
            pending=_read_key(layout.pending_key),
            certificate=_read_certificate(layout.certificate),
            has_ca=os.path.exists(layout.ca),
            has_crl=os.path.exists(layout.crl),
            drifts=key is not None and layout.kept_rights().differ(layout.key),
            submitted=os.path.exists(layout.request),
        )


def _read_key(path: str) -> Key | None:
    text = read_text(path)
    if text is None:
        return None
    try:
        return Key.read(text)
    except Unreadable as error:
        raise TlsopsError(f"{path}: {error.message}. It wasn't replaced: look what it is, and move it away.") from error


def _read_certificate(path: str) -> Certificate | None:
    """What isn't one will be replaced."""
    with contextlib.suppress(Unreadable):
        return load_certificate(read_text(path) or "")
    return None


def observe_remote(client: Client, bundle: str, certname: str) -> Remote:
    """Reads only: the certificate, what was revoked, and the pending request only where there is no certificate."""
    certificate = api.get_certificate(client, certname)
    lists = api.get_crls(client) or ""
    shows, request = (True, None) if certificate else api.get_request(client, certname)
    return Remote(
        tuple(split(bundle)),
        tuple(crl.read(lists)),
        lists,
        load_certificate(certificate) if certificate else None,
        csr.read_any_request(request) if request else None,
        shows,
    )


def make_plan(
    wanted: WantedEnrolment, layout: Layout, local: Local, remote: Remote, now: datetime.datetime, admin: bool
) -> EnrolPlan:
    decision = enrol.decide(situation(wanted, local, remote, now, admin))
    return EnrolPlan(decision, wanted, layout, local, remote)


def removal(certname: str, layout: Layout) -> RemovalPlan:
    """Of what is this node's own; the certificates of the CA and its lists stay."""
    paths = (layout.key, layout.pending_key, layout.certificate, layout.request)
    return RemovalPlan(certname, layout, tuple(path for path in paths if os.path.lexists(path)))


def remove(plan: RemovalPlan) -> Result:
    """The certificate first: a key without one is what the next run knows how to go on with."""
    with file_errors():
        for path in sorted(plan.present, key=lambda path: path != plan.layout.certificate):
            _files.remove(path)
    return plan.predict()
