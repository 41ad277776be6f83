# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Certificates that are kept on this host: what there is of them, and the key and the request for a new one."""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

from .._certificate_decisions import KEEP, REQUEST, Decision, decide, new_request
from .._certificate_requests import WantedCertificate
from .._errors import InvalidInput
from .._files import file_errors
from .._kept_certificates import CertificateDirectory, Pending, Request
from .._kept_result import kept_result
from .._module_result import Result
from .._renewal import Reason
from .._x509 import Unreadable, build_csr, describe_key, generate_key

#: Stands for what only the key will tell, in check mode.
_UNKNOWN_CSR = ""


@dataclasses.dataclass(frozen=True)
class Place:
    """One wanted certificate where it is kept, and what to do there. ``directory`` is None where it is only returned.

    ``leftover``: what remains of a request that nobody needs any more. ``drift``: files whose rights aren't as wanted.
    """

    decision: Decision
    directory: CertificateDirectory | None = None
    leftover: bool = False
    drift: tuple[str, ...] = ()
    planned: Request | None = None

    @property
    def wanted(self) -> WantedCertificate:
        return self.decision.wanted

    @property
    def request(self) -> Request | None:
        """What is or will be asked for; its CSR is empty while there is no key."""
        return self.decision.pending.request if self.decision.pending else self.planned

    @property
    def where(self) -> str:
        return self.wanted.directory or f"certificate {self.wanted.label}"

    @property
    def paths(self) -> dict[str, str]:
        return self.directory.paths if self.directory else {}


def observe(wanted: t.Sequence[WantedCertificate], now: datetime.datetime) -> list[Place]:
    """Reads only. Raises InvalidInput with every directory that can't be used."""
    with file_errors():
        directories = [_directory(each) for each in wanted]
        faults = [fault for directory in directories if directory for fault in directory.faults()]
        if faults:
            raise InvalidInput(faults)
        return [_place(each, directory, now) for each, directory in zip(wanted, directories, strict=True)]


def _directory(wanted: WantedCertificate) -> CertificateDirectory | None:
    if wanted.directory is None:
        return None
    return CertificateDirectory(wanted.directory, wanted.rights, with_key=wanted.csr is None)


def _place(wanted: WantedCertificate, directory: CertificateDirectory | None, now: datetime.datetime) -> Place:
    if directory is None:
        decision = Decision(wanted, REQUEST, Reason("Requested", "It is requested in each run, as it isn't kept."))
        return Place(decision, planned=new_request(wanted, wanted.csr or _UNKNOWN_CSR, now))
    decision = decide(wanted, directory.read_current(), directory.read_pending(), now)
    planned = new_request(wanted, wanted.csr or _UNKNOWN_CSR, now) if decision.action == REQUEST else None
    whole = decision.kept is not None
    return Place(
        decision,
        directory,
        leftover=directory.has_pending() and decision.action == KEEP and decision.pending is None,
        drift=tuple(directory.drift()) if whole else (),
        planned=planned,
    )


def prepare(place: Place) -> Pending:
    """The key and the request, on the disk before anybody is asked: those of an earlier run, or new ones."""
    if place.decision.pending:
        return place.decision.pending
    wanted, planned = place.wanted, t.cast(Request, place.planned)
    if wanted.csr is not None:
        pending = Pending(planned)
    else:
        key = _reused_key(place) or generate_key(str(wanted.key_algorithm))
        csr = build_csr(key, wanted.names, wanted.wanted_usages or (), wanted.ca)
        pending = Pending(dataclasses.replace(planned, csr=csr), key)
    if place.directory:
        with file_errors():
            place.directory.keep_pending(pending)
    return pending


def _reused_key(place: Place) -> str | None:
    """The present key, if it is to stay and is of the wanted kind."""
    if not place.wanted.reuse_key or place.directory is None:
        return None
    with file_errors():
        key = place.directory.current_key()
    try:
        return key if key and describe_key(key)[0] == place.wanted.key_algorithm else None
    except Unreadable:
        return None


def tidy(place: Place) -> bool:
    """Whether anything of a certificate that stays had to be put right."""
    if place.directory is None or not (place.leftover or place.drift):
        return False
    with file_errors():
        if place.leftover:
            place.directory.drop_pending()
        place.directory.repair()
    return True


@dataclasses.dataclass(frozen=True)
class NewCertificate:
    """A certificate is requested; where one is kept already, it is replaced."""

    place: Place

    @property
    def subject(self) -> str:
        return self.place.where

    def before(self) -> dict[str, t.Any] | None:
        return (
            _shown(kept_result(self.place.decision, chain=kept.chain)) if (kept := self.place.decision.kept) else None
        )

    def after(self) -> dict[str, t.Any]:
        request = t.cast(Request, self.place.request)
        shown = _shown(kept_result(self.place.decision))
        return {**shown, "not_after": request.not_after.isoformat(), "reason": self.place.decision.reason.reason}


def _shown(record: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    keys = ("issuer", "subject", "subject_alternative_names", "usages", "key_algorithm", "not_after")
    return {key: record[key] for key in keys}


@dataclasses.dataclass(frozen=True)
class PutRight:
    """Rights, links, and what an interrupted run has left."""

    place: Place

    @property
    def subject(self) -> str:
        return f"files in {self.place.where}"

    def before(self) -> dict[str, t.Any]:
        return {"to put right": list(self.place.drift), "request left over": self.place.leftover}

    def after(self) -> dict[str, t.Any]:
        return {"to put right": [], "request left over": False}


@dataclasses.dataclass(frozen=True)
class RequestsPlan:
    """Keys and requests only: who issues the certificates is another's business."""

    places: tuple[Place, ...]

    @property
    def steps(self) -> list[NewCertificate | PutRight]:
        new: list[NewCertificate | PutRight] = [
            NewCertificate(place) for place in self.places if place.decision.action == REQUEST
        ]
        return [*new, *put_right(self.places)]

    def predict(self) -> Result:
        shown = [record(place, place.decision.pending) for place in self.places]
        return Result(bool(self.steps), {"certificates": shown}, warnings=warnings(self.places))


def warnings(places: t.Iterable[Place]) -> list[str]:
    return [warning for place in places for warning in place.decision.warnings]


def put_right(places: t.Iterable[Place]) -> list[PutRight]:
    return [PutRight(place) for place in places if place.leftover or place.drift]


def record(place: Place, pending: Pending | None) -> dict[str, t.Any]:
    """Of a certificate that stays, or of the request for another one."""
    kept = place.decision.kept if place.decision.action == KEEP else None
    request = pending.request if pending and not kept else None
    shown = kept_result(place.decision, paths=place.paths, request=request, chain=kept.chain if kept else None)
    if request is None and place.planned:
        # Check mode has no CSR, and knows the end all the same.
        shown["requested_not_after"] = place.planned.not_after.isoformat()
    return shown


def apply(plan: RequestsPlan) -> Result:
    result = plan.predict()
    for place in plan.places:
        tidy(place)
    pendings = [prepare(place) if place.decision.action != KEEP else None for place in plan.places]
    result.values["certificates"] = [record(*each) for each in zip(plan.places, pendings, strict=True)]
    return result
