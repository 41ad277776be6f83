# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""What a node has, what the CA has for it, and the plan that follows."""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

from .._conditions import ERROR, PENDING, REQUESTING, SIGNED
from .._module_result import Result
from .._plan import UNKNOWN
from .._renewal import RenewalPolicy
from .._x509 import Certificate, CertificateFacts, describe_certificate, describe_key
from . import enrol, trust
from .changes import Change
from .crl import Crl, revokes
from .csr import Asked, WantedRequest, difference, read_certificate
from .enrol import AtCa, Decision, Holds, Situation
from .layout import Layout

DEFAULT_KEY = "RSA_4096"


@dataclasses.dataclass(frozen=True)
class Key:
    """``pem`` is never shown."""

    algorithm: str
    public_key: str
    pem: str = dataclasses.field(repr=False)

    @classmethod
    def read(cls, pem: str) -> Key:
        """Raises Unreadable."""
        return cls(*describe_key(pem), pem)


@dataclasses.dataclass(frozen=True)
class WantedEnrolment:
    """``key_algorithm`` None: that of the key which is there."""

    request: WantedRequest
    policy: RenewalPolicy
    key_algorithm: str | None = None
    force: bool = False


@dataclasses.dataclass(frozen=True)
class Local:
    """What is on the node. ``drifts``: the rights of the key aren't as wanted. ``submitted``: we have sent a "
    "request."""

    key: Key | None = None
    pending: Key | None = None
    certificate: Certificate | None = None
    has_ca: bool = False
    has_crl: bool = False
    drifts: bool = False
    submitted: bool = False


@dataclasses.dataclass(frozen=True)
class Remote:
    """What the CA has. ``shows_requests``: whether it tells us which are pending."""

    bundle: tuple[Certificate, ...]
    crls: tuple[Crl, ...]
    crl_text: str
    certificate: Certificate | None = None
    request: Asked | None = None
    shows_requests: bool = True


def situation(wanted: WantedEnrolment, local: Local, remote: Remote, now: datetime.datetime, admin: bool) -> Situation:
    ours = {key.public_key for key in (local.pending, local.key) if key}
    request = Holds.NOTHING
    if remote.request:
        request = Holds.OUR_KEY if remote.request.public_key in ours else Holds.OTHER_KEY
    elif not remote.shows_requests and local.submitted and ours:
        request = Holds.HIDDEN
    kept = local.certificate is not None and local.key is not None and _is_whole(wanted, local, remote, now)
    return Situation(
        wanted.request.certname,
        has_key=_usable_key(wanted, local, remote, now) is not None,
        certificate=_at_ca(wanted, local, remote, now, ours),
        request=request,
        request_differs=difference(wanted.request, remote.request) if remote.request else "",
        kept=kept,
        admin=admin,
        force=wanted.force,
    )


def _usable_key(wanted: WantedEnrolment, local: Local, remote: Remote, now: datetime.datetime) -> Key | None:
    """For a new request: not the key of a certificate that was revoked, or has reached its end."""
    if local.pending:
        return local.pending
    worn_out = local.certificate is not None and (
        revokes(remote.crls, local.certificate) or _is_due(wanted, describe_certificate(local.certificate), now)
    )
    return None if worn_out else local.key


def _at_ca(wanted: WantedEnrolment, local: Local, remote: Remote, now: datetime.datetime, ours: set[str]) -> AtCa:
    if remote.certificate is None:
        return AtCa()
    facts = describe_certificate(remote.certificate)
    return AtCa(
        Holds.OUR_KEY if facts.public_key in ours else Holds.OTHER_KEY,
        revoked=revokes(remote.crls, remote.certificate),
        expired=now >= facts.not_after,
        due=_is_due(wanted, facts, now),
        differs=_difference(wanted, remote.certificate),
        installed=remote.certificate == local.certificate
        and local.key is not None
        and local.key.public_key == facts.public_key,
    )


def _is_due(wanted: WantedEnrolment, facts: CertificateFacts, now: datetime.datetime) -> bool:
    return now >= wanted.policy.renew_at(facts.not_before, facts.not_after)


def _difference(wanted: WantedEnrolment, certificate: Certificate) -> str:
    asked = read_certificate(certificate)
    if wanted.key_algorithm not in (None, asked.key_algorithm):
        return f"a key of {asked.key_algorithm}, and {wanted.key_algorithm} is wanted"
    return difference(wanted.request, asked)


def _is_whole(wanted: WantedEnrolment, local: Local, remote: Remote, now: datetime.datetime) -> bool:
    if local.certificate is None or local.key is None:
        return False
    facts = describe_certificate(local.certificate)
    return (
        facts.public_key == local.key.public_key
        and not trust.certificate_problems(local.certificate, remote.bundle, now)
        and not revokes(remote.crls, local.certificate)
        and not _is_due(wanted, facts, now)
        and not _difference(wanted, local.certificate)
    )


@dataclasses.dataclass(frozen=True)
class EnrolPlan:
    decision: Decision
    wanted: WantedEnrolment
    layout: Layout
    local: Local
    remote: Remote

    @property
    def steps(self) -> list[Change]:
        if self.decision.failed:
            return []
        return [*self._at_ca(), *self._files()]

    def _at_ca(self) -> list[Change]:
        name, steps = self.wanted.request.certname, self.decision.steps
        if not {enrol.SUBMIT, enrol.SIGN, enrol.DELETE, enrol.RENEW}.intersection(steps):
            return []
        old = shown(self.remote.certificate) if self.remote.certificate else None
        if self.remote.request:
            old = {"requested": True, "public_key_fingerprint": self.remote.request.public_key}
        names = self.wanted.request.alternative
        new: dict[str, t.Any] = {"subject_alternative_names": list(names)} if names is not None else {}
        new["requested" if enrol.POLL in steps else "serial_number"] = True if enrol.POLL in steps else UNKNOWN
        return [Change(f"{name} on the CA", old, new)]

    def _files(self) -> list[Change]:
        local, layout, steps = self.local, self.layout, self.decision.steps
        found = []
        if not local.has_ca:
            found.append(Change(layout.ca, None, "the certificates of the CA"))
        if not local.has_crl:
            found.append(Change(layout.crl, None, "the revocation lists of the CA"))
        if enrol.MAKE_KEY in steps and not local.pending:
            found.append(Change(layout.pending_key, None, f"a new {self.wanted.key_algorithm or DEFAULT_KEY} key"))
        if local.drifts:
            found.append(Change(f"rights of {layout.key}", "other", f"{layout.owner.mode:04o}"))
        if {enrol.WRITE, enrol.FETCH}.intersection(steps):
            old = shown(local.certificate) if local.certificate else None
            arriving = enrol.SIGN in steps or enrol.RENEW in steps or not self.remote.certificate
            new = {"serial_number": UNKNOWN} if arriving else shown(self.remote.certificate)
            found.append(Change(layout.certificate, old, new))
        return found

    def predict(self) -> Result:
        """A renewal that the CA doesn't offer becomes a replacement; that is seen only when it is tried."""
        steps, certificate = self.decision.steps, None
        if not steps and not self.decision.failed:
            certificate = self.remote.certificate or self.local.certificate
        elif steps == (enrol.FETCH, enrol.WRITE):
            certificate = self.remote.certificate
        phase = REQUESTING if enrol.POLL in steps else SIGNED
        return self.result(self.decision, phase, certificate, changed=bool(self.steps))

    def result(
        self, decision: Decision, phase: str, certificate: Certificate | None, changed: bool, key: Key | None = None
    ) -> Result:
        """``key``: of a request that waits; else the certificate's, or the one that is there."""
        facts = describe_certificate(certificate) if certificate else None
        known = key or self.local.pending or self.local.key
        values = {
            "certname": self.wanted.request.certname,
            "phase": ERROR if decision.failed and decision.reason != enrol.WAITING else phase,
            "ready": phase == SIGNED and not decision.failed,
            "reason": decision.reason,
            "message": decision.message,
            "public_key_fingerprint": facts.public_key if facts else known.public_key if known else None,
            **(shown(certificate) if certificate else _NOTHING_SHOWN),
            "key_path": self.layout.key,
            "certificate_path": self.layout.certificate,
            "ca_path": self.layout.ca,
            "crl_path": self.layout.crl,
        }
        return Result(changed, values, failure=decision.message if decision.failed else None)


_NOTHING_SHOWN: dict[str, t.Any] = {
    "serial_number": None,
    "fingerprint": None,
    "not_before": None,
    "not_after": None,
    "subject_alternative_names": [],
}


def shown(certificate: Certificate | None) -> dict[str, t.Any]:
    if certificate is None:
        return dict(_NOTHING_SHOWN)
    facts = describe_certificate(certificate)
    return {
        "serial_number": facts.serial,
        "fingerprint": facts.fingerprint,
        "not_before": facts.not_before.isoformat(),
        "not_after": facts.not_after.isoformat(),
        "subject_alternative_names": sorted(set(facts.names.alternative)),
    }


@dataclasses.dataclass(frozen=True)
class RemovalPlan:
    """Of the files of a node; what the CA has stays."""

    certname: str
    layout: Layout
    present: tuple[str, ...]

    @property
    def steps(self) -> list[Change]:
        return [Change(path, "present", None) for path in self.present]

    def predict(self) -> Result:
        where = "removed here" if self.present else "not here"
        return Result(
            bool(self.present),
            {
                "certname": self.certname,
                "phase": PENDING,
                "ready": False,
                "reason": "Absent",
                "message": f"Key and certificate of {self.certname} are {where}. What the CA has wasn't touched.",
                "public_key_fingerprint": None,
                **_NOTHING_SHOWN,
                "key_path": self.layout.key,
                "certificate_path": self.layout.certificate,
                "ca_path": self.layout.ca,
                "crl_path": self.layout.crl,
            },
        )
