# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""The revocation lists of a Puppet CA, kept in a file."""

from __future__ import annotations

import dataclasses
import datetime
import email.utils
import os
import typing as t

from .._chains import split
from .._durations import duration_option
from .._errors import TlsopsError, parse_all
from .._files import Rights, file_errors, read_text, replace_text, rights
from .._module_result import Result
from .._puppet import api, crl
from .._puppet.changes import Change
from .._puppet.client import CA_ARGUMENTS, Client
from .._puppet.crl import Crl
from .._x509 import Certificate, Unreadable

CRL_ARGUMENTS: dict[str, t.Any] = {
    **CA_ARGUMENTS,
    "path": {"type": "path", "required": True},
    "warn_before": {"type": "str", "default": "30d"},
    "owner": {"type": "str"},
    "group": {"type": "str"},
    "mode": {"type": "raw", "default": "0644"},
}
# A list may change in the second in which it was sent, and HTTP dates have no smaller unit.
_EARLIER = 2


@dataclasses.dataclass(frozen=True)
class WantedFile:
    path: str
    rights: Rights
    warn_before: datetime.timedelta


def wanted_file(options: t.Mapping[str, t.Any]) -> WantedFile:
    """Raises InvalidInput with every fault."""
    allowed, warn_before = parse_all(lambda: rights(options), lambda: duration_option(options, "warn_before"))
    return WantedFile(options["path"], allowed, warn_before)


@dataclasses.dataclass(frozen=True)
class CrlPlan:
    """``new`` is None where the file stays; ``drifts``: it hasn't the wanted rights."""

    wanted: WantedFile
    old: tuple[Crl, ...]
    new: str | None
    drifts: bool
    now: datetime.datetime

    @property
    def crls(self) -> t.Sequence[Crl]:
        return self.old if self.new is None else crl.read(self.new)

    @property
    def steps(self) -> list[Change]:
        changes = []
        if self.new is not None:
            before = [crl.shown(each) for each in self.old] or None
            changes.append(Change(self.wanted.path, before, [crl.shown(each) for each in self.crls]))
        if self.drifts:
            changes.append(Change(f"rights of {self.wanted.path}", "other", f"{self.wanted.rights.mode:04o}"))
        return changes

    def predict(self) -> Result:
        ends = crl.first_end(self.crls)
        values = {
            "crl_path": self.wanted.path,
            "crls": [crl.shown(each) for each in self.crls],
            "next_update": ends.isoformat() if ends else None,
        }
        warnings = crl.endings(self.crls, self.now, self.wanted.warn_before)
        return Result(bool(self.steps), values, warnings=warnings)


def make_plan(client: Client, bundle: str, wanted: WantedFile, now: datetime.datetime) -> CrlPlan:
    """Reads only. Raises TlsopsError where the CA's lists can't be trusted, or are older than what is there."""
    certificates = split(bundle)
    with file_errors():
        present, old = _present(wanted.path, certificates)
        since = email.utils.formatdate(os.path.getmtime(wanted.path) - _EARLIER, usegmt=True) if old else None
        drifts = present is not None and wanted.rights.differ(wanted.path)
    text = api.get_crls(client, since)
    if text is None or text == present:
        return CrlPlan(wanted, old, None, drifts, now)
    new = crl.read(text)
    problems = [*crl.problems(new, certificates), *crl.regressions(new, old)]
    if problems:
        raise TlsopsError(
            f"the revocation lists of {client.endpoint.url} weren't taken, and {wanted.path} stays as it is: "
            f"{'; '.join(problems)}."
        )
    return CrlPlan(wanted, old, text, drifts, now)


def _present(path: str, bundle: t.Sequence[Certificate]) -> tuple[str | None, tuple[Crl, ...]]:
    """The file's text, and its lists if they can be trusted; what else is in it is replaced."""
    text = read_text(path)
    if text is None:
        return None, ()
    try:
        found = crl.read(text)
    except Unreadable:
        return text, ()
    return text, () if crl.problems(found, bundle) else tuple(found)


def apply(client: Client, plan: CrlPlan) -> Result:
    """The file's time is that of the CA's answer, by the CA's clock, with which the next run asks for what is newer."""
    wanted = plan.wanted
    with file_errors():
        if plan.new is not None:
            replace_text(wanted.path, plan.new, wanted.rights)
        elif plan.drifts:
            wanted.rights.give(wanted.path)
        answered = email.utils.parsedate_to_datetime(client.date).timestamp() if client.date else None
        if answered is not None and (plan.new is not None or plan.old):
            os.utime(wanted.path, (answered, answered))
    return plan.predict()
