# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""What a node does next to get its certificate. Public keys decide, never a status alone.

The order is that of Puppet's agent, with a look before each change: certificate, pending request, and only then a
submission.
"""

from __future__ import annotations

import dataclasses
import enum

# The steps of a decision, in the words of the CA's API.
MAKE_KEY = "make_key"
SUBMIT = "submit"
POLL = "poll"
SIGN = "sign"
FETCH = "fetch"
WRITE = "write"
RENEW = "renew"
REVOKE = "revoke"
VERIFY_CRL = "verify_crl"
DELETE = "delete"
DELETE_CSR = "delete_csr"

WAITING = "WaitingForSigning"


class Holds(enum.Enum):
    """Whose key is in what the CA has under the name. ``HIDDEN``: it doesn't show it (openvox-ca, pending requests)."""

    NOTHING = "absent"
    OUR_KEY = "same_key"
    OTHER_KEY = "other_key"
    HIDDEN = "hidden"


@dataclasses.dataclass(frozen=True)
class AtCa:
    """The certificate that the CA has. ``differs`` says in words what isn't as wanted."""

    holds: Holds = Holds.NOTHING
    revoked: bool = False
    expired: bool = False
    due: bool = False
    differs: str = ""
    installed: bool = False

    @property
    def of_use(self) -> bool:
        return not self.revoked and not self.expired


@dataclasses.dataclass(frozen=True)
class Situation:
    """``admin``: with credentials that may sign and revoke. ``renewable`` None: the CA wasn't asked yet.

    ``request_differs`` says in words what is in our pending request that is no longer wanted. ``kept``: what is
    installed is whole and valid, whatever the CA has forgotten.
    """

    certname: str
    has_key: bool
    certificate: AtCa = AtCa()
    request: Holds = Holds.NOTHING
    request_differs: str = ""
    kept: bool = False
    admin: bool = False
    force: bool = False
    renewable: bool | None = None


@dataclasses.dataclass(frozen=True)
class Decision:
    """``reason`` and ``message`` say why; with ``failed`` nothing is done."""

    steps: tuple[str, ...]
    reason: str
    message: str
    failed: bool = False

    @property
    def changes(self) -> bool:
        """A poll alone changes nothing by itself."""
        return any(step != POLL for step in self.steps)


def decide(situation: Situation) -> Decision:
    if situation.certificate.holds is Holds.NOTHING:
        return _without_certificate(situation)
    if situation.certificate.holds is Holds.OTHER_KEY:
        return _of_another_key(situation)
    return _of_our_key(situation)


def _finish(situation: Situation) -> tuple[str, ...]:
    return (SIGN, FETCH) if situation.admin else (POLL,)


def _without_certificate(situation: Situation) -> Decision:
    name, finish = situation.certname, _finish(situation)
    if situation.kept and situation.request is Holds.NOTHING:
        return Decision(
            (), "Signed", f"The certificate of {name} is installed and valid, though the CA has none any more."
        )
    if situation.request is Holds.OTHER_KEY:
        if situation.admin and situation.force:
            key = () if situation.has_key else (MAKE_KEY,)
            return Decision((DELETE_CSR, *key, SUBMIT, *finish), "Replaced", f"{name} had a request with another key.")
        return _fail(
            "AnotherKey",
            f"the CA has a pending request for {name} with another key, from somebody else or from a key that is lost. "
            f"Find out whose it is. To replace it, {_by_force(situation)}",
        )
    if situation.request is Holds.OUR_KEY and situation.request_differs:
        if situation.admin:
            steps = (DELETE_CSR, SUBMIT, *finish)
            return Decision(steps, "Replaced", f"The request of {name} had {situation.request_differs}.")
        return _fail(
            "RequestDiffers",
            f"the pending request of {name} has {situation.request_differs}, and a CA doesn't replace requests: "
            "remove it "
            "there with puppet_ca_sign (state cleaned), and run again",
        )
    if situation.request in (Holds.OUR_KEY, Holds.HIDDEN):
        if situation.admin:
            return Decision(finish, "Signed", f"The request of {name} was waiting, and is signed.")
        return Decision(finish, WAITING, f"The request of {name} is waiting for signing.")
    key = () if situation.has_key else (MAKE_KEY,)
    return Decision((*key, SUBMIT, *finish), "Requested", f"{name} has no certificate, so one is requested.")


def _of_another_key(situation: Situation) -> Decision:
    name, certificate = situation.certname, situation.certificate
    key = () if situation.has_key else (MAKE_KEY,)
    if not certificate.of_use:
        return _replace_dead(situation, key)
    if situation.admin and situation.force:
        steps = (REVOKE, VERIFY_CRL, DELETE, *key, SUBMIT, *_finish(situation))
        return Decision(steps, "Replaced", f"The CA's certificate for {name} was for another key.")
    return _fail(
        "AnotherKey",
        f"the CA's certificate for {name} does not match the key here: the name is taken by another machine, or this "
        "one "
        f"has lost its key. To revoke and replace it, {_by_force(situation)}",
    )


def _of_our_key(situation: Situation) -> Decision:
    name, certificate = situation.certname, situation.certificate
    if not certificate.of_use:
        return _replace_dead(situation, (MAKE_KEY,))
    if certificate.differs:
        if situation.admin and situation.force:
            return _reissue(situation, "Replaced", f"The certificate of {name} had {certificate.differs}.")
        return _fail(
            "CertificateDiffers",
            f"the certificate of {name} has {certificate.differs}. To revoke and replace it, {_by_force(situation)}",
        )
    if certificate.due:
        return _renew(situation)
    if certificate.installed:
        return Decision((), "Signed", f"The certificate of {name} is installed.")
    return Decision((FETCH, WRITE), "Signed", f"The CA has signed the certificate of {name}.")


def _replace_dead(situation: Situation, key: tuple[str, ...]) -> Decision:
    """A revoked certificate was revoked already, and an expired one needn't be."""
    name = situation.certname
    what = "revoked" if situation.certificate.revoked else "expired"
    if situation.admin:
        steps = (DELETE, *key, SUBMIT, *_finish(situation))
        return Decision(steps, what.capitalize(), f"The certificate of {name} is {what}.")
    return _fail(
        what.capitalize(),
        f"the CA's certificate for {name} is {what}, and blocks the name until it is cleaned: do that with "
        "puppet_ca_sign "
        "(state cleaned) and run again, or give this task client_cert and client_key of an administrator",
    )


def _renew(situation: Situation) -> Decision:
    name = situation.certname
    if situation.renewable is not False:
        return Decision((RENEW, WRITE), "Due", f"The certificate of {name} is due, and is renewed with its key.")
    if situation.admin:
        return _reissue(situation, "Due", f"The certificate of {name} is due, and this CA doesn't renew.")
    return _fail(
        "NotRenewable",
        f"the certificate of {name} is due, and this CA doesn't renew certificates (Puppet Server does from 8.1 on, "
        "with "
        "allow-auto-renewal in its ca.conf): give this task client_cert and client_key of an administrator, and it is "
        "replaced by one with a new key",
    )


def _reissue(situation: Situation, reason: str, message: str) -> Decision:
    return Decision((REVOKE, VERIFY_CRL, DELETE, MAKE_KEY, SUBMIT, *_finish(situation)), reason, message)


def _by_force(situation: Situation) -> str:
    missing = [] if situation.force else ["force: true"]
    missing += [] if situation.admin else ["client_cert and client_key of an administrator"]
    return f"give this task {' and '.join(missing)}"


def _fail(reason: str, message: str) -> Decision:
    return Decision((), reason, message, failed=True)


@dataclasses.dataclass(frozen=True)
class Look:
    """What one look at the CA shows after a submission."""

    certificate: Holds
    request: Holds
    late: bool = False


def judge(certname: str, look: Look) -> Decision | None:
    """What the look means; None: look again."""
    if look.certificate is Holds.OUR_KEY:
        return Decision((WRITE,), "Signed", f"The CA has signed the certificate of {certname}.")
    if look.certificate is Holds.OTHER_KEY:
        return _fail(
            "AnotherKey",
            f"the CA has signed a certificate for {certname} that does not match the key here: somebody else has "
            "requested "
            "the same name at the same moment. It was not installed",
        )
    if look.request is Holds.OTHER_KEY:
        return _fail(
            "AnotherKey",
            f"the pending request for {certname} does not match the key here: somebody else has requested the same "
            "name "
            "at the same moment",
        )
    if look.request is Holds.NOTHING:
        return _fail(
            "Rejected",
            f"the request of {certname} was rejected: the CA has neither the request nor a certificate any more. Ask "
            "who "
            "runs the CA, and run again to request anew",
        )
    return Decision((), WAITING, f"The request of {certname} is waiting for signing.") if look.late else None
