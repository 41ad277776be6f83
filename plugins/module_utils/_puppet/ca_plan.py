# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""What an administrator of the CA does with each name: sign, revoke, delete, or nothing."""

from __future__ import annotations

import dataclasses
import typing as t

from .._conditions import ERROR, PENDING, REQUESTING, SIGNED, Condition
from .._module_result import Result
from .._x509 import CertificateFacts
from .csr import Asked
from .signing import Policy, refusals

# What the CA calls them.
REQUESTED, REVOKED = "requested", "revoked"
IS_SIGNED = "signed"
ABSENT = "absent"

# Actions, in the order in which they are taken.
SIGN, REVOKE, DELETE = "sign", "revoke", "delete"


@dataclasses.dataclass(frozen=True)
class Found:
    """What the CA has under a name. ``unreadable`` says why a request can't be read. ``named``: not only by a "
    "pattern."""

    certname: str
    state: str = ABSENT
    asked: Asked | None = None
    facts: CertificateFacts | None = None
    unreadable: str = ""
    named: bool = True


@dataclasses.dataclass(frozen=True)
class Work:
    """``failed``: what is wanted can't be had. ``refused``: a request that we don't sign."""

    found: Found
    actions: tuple[str, ...]
    reason: str
    message: str
    failed: bool = False
    refused: bool = False

    @property
    def certname(self) -> str:
        return self.found.certname

    @property
    def subject(self) -> str:
        return f"{self.certname} on the CA"

    def before(self) -> dict[str, t.Any]:
        key = {"public_key_fingerprint": self.found.asked.public_key} if self.found.asked else {}
        return {"state": self.found.state, **key}

    def after(self) -> dict[str, t.Any] | None:
        if DELETE in self.actions:
            return None
        return {**self.before(), "state": IS_SIGNED if SIGN in self.actions else REVOKED}

    @property
    def state_after(self) -> str:
        after = self.after() if self.actions else self.before()
        return after["state"] if after else ABSENT


def to_sign(found: Found, policy: Policy, reject: bool) -> Work:
    name = found.certname
    if found.state == ABSENT:
        return _failed(found, "NotRequested", f"The CA has no request of {name}: let the node submit it first.")
    if found.state == REVOKED:
        message = f"The certificate of {name} is revoked, and blocks the name: clean it, and let the node request anew."
        return _failed(found, "Revoked", message)
    if found.state == IS_SIGNED:
        if found.asked and policy.expects(name, found.asked):
            return Work(found, (), "Signed", f"The certificate of {name} is signed.")
        return _failed(
            found,
            "AnotherKey",
            f"The CA has signed a certificate of {name} that has none of the expected keys: somebody else has it. "
            "Clean it, "
            "and let the node request anew.",
        )
    why = [found.unreadable] if found.asked is None else refusals(name, found.asked, policy)
    if not why:
        return Work(found, (SIGN,), "Signed", f"The request of {name} is as expected, and is signed.")
    message = f"The request of {name} isn't signed: it {', and it '.join(why)}."
    if reject:
        return Work(found, (DELETE,), "Rejected", f"{message} It was removed.", refused=True)
    return Work(
        found, (), "Refused", f"{message} It stays, and blocks the name (reject: true removes it).", refused=True
    )


def to_revoke(found: Found, seen: bool) -> Work:
    """``seen``: the CA's revocation list has the certificate."""
    name = found.certname
    if found.state == IS_SIGNED or (found.state == REVOKED and not seen):
        return Work(found, (REVOKE,), "Revoked", f"The certificate of {name} is revoked.")
    if found.state == REVOKED:
        return Work(found, (), "Revoked", f"The certificate of {name} is revoked.")
    if found.state == REQUESTED:
        return Work(found, (), "NotSigned", f"{name} has a request only, so there is nothing to revoke.")
    return Work(found, (), "Absent", _nothing(name))


def to_clean(found: Found, seen: bool) -> Work:
    name = found.certname
    if found.state == ABSENT:
        return Work(found, (), "Absent", _nothing(name))
    if found.state == REQUESTED:
        return Work(found, (DELETE,), "Absent", f"The request of {name} is removed.")
    first = () if found.state == REVOKED and seen else (REVOKE,)
    return Work(found, (*first, DELETE), "Absent", f"The certificate of {name} is revoked and removed.")


def _nothing(name: str) -> str:
    return (
        f"The CA has nothing of {name}. A certificate that was deleted without being revoked is still valid, and "
        "Puppet "
        "Server before 8.3 can't revoke it any more."
    )


def _failed(found: Found, reason: str, message: str) -> Work:
    return Work(found, (), reason, message, failed=True)


@dataclasses.dataclass(frozen=True)
class Done:
    """What became of the work on one name; ``facts`` of its certificate, when there is one."""

    work: Work
    facts: CertificateFacts | None = None
    changed: bool = False
    problem: str = ""
    reason: str = "Failed"


@dataclasses.dataclass(frozen=True)
class CaPlan:
    works: tuple[Work, ...]
    warnings: tuple[str, ...] = ()

    @property
    def steps(self) -> list[Work]:
        return [work for work in self.works if work.actions]

    def predict(self) -> Result:
        return self.result([Done(work, work.found.facts, changed=bool(work.actions)) for work in self.works])

    def result(self, done: t.Sequence[Done]) -> Result:
        problems = [each.problem or each.work.message for each in done if _is_failure(each)]
        refused = [each.work.message for each in done if each.work.refused and not each.work.found.named]
        return Result(
            any(each.changed for each in done),
            {"certificates": [as_record(each) for each in done]},
            failure=" ".join(problems) or None,
            warnings=(*self.warnings, *refused),
        )


def _is_failure(done: Done) -> bool:
    """A stranger can submit requests, and mustn't be able to stop everybody's jobs by that: what only a pattern "
    "finds."""
    work = done.work
    return bool(done.problem) or work.failed or (work.refused and work.found.named)


def as_record(done: Done) -> dict[str, t.Any]:
    work, condition = done.work, _condition(done)
    asked, facts = work.found.asked, done.facts
    names = facts.names if facts else asked.names if asked else None
    return {
        "certname": work.certname,
        "state": work.found.state if done.problem else work.state_after,
        "changed": done.changed,
        "phase": condition.phase,
        "ready": condition.ready,
        "reason": condition.reason,
        "message": condition.message,
        "public_key_fingerprint": facts.public_key if facts else asked.public_key if asked else None,
        "key_algorithm": facts.key_algorithm if facts else asked.key_algorithm if asked else None,
        "subject_alternative_names": sorted(set(names.alternative)) if names else [],
        "serial_number": facts.serial if facts else None,
        "not_before": facts.not_before.isoformat() if facts else None,
        "not_after": facts.not_after.isoformat() if facts else None,
    }


def _condition(done: Done) -> Condition:
    work = done.work
    if done.problem:
        return Condition(ERROR, done.reason, done.problem)
    if work.failed or work.refused:
        return Condition(ERROR, work.reason, work.message)
    phases = {IS_SIGNED: SIGNED, REQUESTED: REQUESTING}
    return Condition(phases.get(work.state_after, PENDING), work.reason, work.message)
