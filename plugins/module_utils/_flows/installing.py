# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Certificates that have come for the requests that are pending on this host: verified, then put in place."""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

from .. import _files
from .._certificate_decisions import mismatches
from .._chains import BrokenChain, Chain, order
from .._errors import InvalidInput, parse_all
from .._files import Rights, file_errors
from .._kept_certificates import CertificateDirectory, Kept, Pending
from .._module_result import Result
from .._x509 import CertificateFacts, Unreadable

INSTALL_ARGUMENTS: dict[str, t.Any] = {
    "directory": {"type": "path", "required": True},
    "certificate": {"type": "str"},
    "chain": {"type": "str"},
    "root": {"type": "str"},
    "certificate_arn": {"type": "str"},
    "discard": {"type": "bool", "default": False},
    "owner": {"type": "str"},
    "group": {"type": "str"},
    "mode": {"type": "raw", "default": "0600"},
}


@dataclasses.dataclass(frozen=True)
class Arrival:
    """What has come for one directory; without ``chain`` only what the issuer calls the certificate.

    ``discard``: nothing will ever come for the pending request.
    """

    directory: str
    rights: Rights
    chain: Chain | None = None
    certificate_arn: str | None = None
    discard: bool = False


def arrivals(entries: t.Sequence[t.Mapping[str, t.Any]]) -> list[Arrival]:
    """Raises InvalidInput with every fault of every entry."""
    found, faults = [], []
    for entry in entries:
        try:
            found.append(_arrival(entry))
        except InvalidInput as error:
            faults += [f"{entry['directory']}: {fault}" for fault in error.faults]
    if faults:
        raise InvalidInput(faults)
    return found


def _arrival(entry: t.Mapping[str, t.Any]) -> Arrival:
    allowed, chain = parse_all(lambda: _files.rights(entry), lambda: _chain(entry))
    return Arrival(entry["directory"], allowed, chain, entry.get("certificate_arn") or None, bool(entry.get("discard")))


def _chain(entry: t.Mapping[str, t.Any]) -> Chain | None:
    texts = [entry.get(key) or "" for key in ("certificate", "chain", "root")]
    if entry.get("discard"):
        return None
    if not any(texts):
        if entry.get("certificate_arn"):
            return None
        raise InvalidInput(["say what has come: certificate (with its chain), certificate_arn, or discard"])
    try:
        return order("\n".join(texts))
    except (BrokenChain, Unreadable) as error:
        raise InvalidInput([error.message]) from error


@dataclasses.dataclass(frozen=True)
class Installation:
    """What is done for one arrival, as a step of the run: a new pair, a note of its name, or nothing."""

    arrival: Arrival
    directory: CertificateDirectory
    kept: Kept | None
    pending: Pending | None

    @property
    def installs(self) -> bool:
        return self.arrival.chain is not None and self.pending is not None

    @property
    def discards(self) -> bool:
        return self.arrival.discard and self.pending is not None

    @property
    def notes(self) -> bool:
        if self.arrival.discard:
            return False
        known = self.pending.request.certificate_arn if self.pending else None
        return self.pending is not None and self.arrival.certificate_arn not in (None, known)

    @property
    def subject(self) -> str:
        return self.arrival.directory

    def before(self) -> dict[str, t.Any] | None:
        return _shown(self.kept.facts) if self.kept else None

    def after(self) -> dict[str, t.Any] | None:
        if self.arrival.discard:
            return self.before()
        if self.arrival.chain is None:
            return {**(self.before() or {}), "pending": self.arrival.certificate_arn}
        return _shown(self.arrival.chain.facts)

    @property
    def problem(self) -> str | None:
        chain = self.arrival.chain
        if self.pending is None:
            there = self.kept and chain and self.kept.facts.fingerprint == chain.facts.fingerprint
            return None if there or chain is None else f"{self.subject}: no request is pending for this certificate"
        if chain is None:
            return None
        found = mismatches(self.pending.request, chain.facts)
        return f"{self.subject}: the certificate isn't what was asked for: {'; '.join(found)}" if found else None

    def expired(self, now: datetime.datetime) -> str | None:
        chain = self.arrival.chain
        if chain is None or chain.facts.not_after > now:
            return None
        return f"{self.subject}: the certificate expired at {chain.facts.not_after.isoformat()}"

    def carry_out(self) -> None:
        pending = self.pending
        if self.discards:
            self.directory.drop_pending()
            return
        if pending and self.notes:
            request = dataclasses.replace(pending.request, certificate_arn=self.arrival.certificate_arn)
            pending = dataclasses.replace(pending, request=request)
        if pending and self.arrival.chain:
            self.directory.install(pending, self.arrival.chain)
        elif pending:
            self.directory.keep_request(pending)

    def result(self) -> dict[str, t.Any]:
        chain = self.arrival.chain
        facts = chain.facts if chain else None
        kept = self.kept if self.installs else None
        return {
            "directory": self.subject,
            "paths": self.directory.paths,
            "changed": self.installs,
            "arn": self.arrival.certificate_arn,
            "subject_alternative_names": list(facts.names.alternative) if facts else [],
            "serial_number": facts.serial if facts else None,
            "fingerprint": facts.fingerprint if facts else None,
            "not_after": facts.not_after.isoformat() if facts else None,
            "previous_issuer": kept.request.issuer if kept and kept.request else None,
            "previous_serial_number": kept.facts.serial if kept else None,
        }


def _shown(facts: CertificateFacts) -> dict[str, t.Any]:
    return {
        "subject_alternative_names": list(facts.names.alternative),
        "serial_number": facts.serial,
        "not_after": facts.not_after.isoformat(),
    }


@dataclasses.dataclass(frozen=True)
class InstallPlan:
    installations: tuple[Installation, ...]

    @property
    def steps(self) -> list[Installation]:
        return [each for each in self.installations if each.installs or each.notes or each.discards]

    def predict(self) -> Result:
        return Result(bool(self.steps), {"certificates": [each.result() for each in self.installations]})


def make_plan(wanted: t.Sequence[Arrival], now: datetime.datetime) -> InstallPlan:
    """Raises InvalidInput with every certificate that can't be put where it should: then none is."""
    installations = []
    with file_errors():
        for arrival in wanted:
            directory = CertificateDirectory(arrival.directory, arrival.rights)
            current = directory.read_current()
            kept = current if isinstance(current, Kept) else None
            installations.append(Installation(arrival, directory, kept, directory.read_pending()))
    problems = [problem for each in installations if (problem := each.problem or (each.installs and each.expired(now)))]
    if problems:
        raise InvalidInput([str(problem) for problem in problems])
    return InstallPlan(tuple(installations))


def apply(plan: InstallPlan) -> Result:
    with file_errors():
        for step in plan.steps:
            step.carry_out()
    return plan.predict()
