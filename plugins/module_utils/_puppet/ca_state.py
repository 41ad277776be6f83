# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Whether a Puppet Server's directory holds a CA, and whether one from elsewhere may become it.

``puppetserver ca`` says that it has imported an EC key, and writes no key; it begins with serial number 2 whatever the
CA has signed before. So all is looked at before it runs, and again afterwards.
"""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

from .._chains import split
from .._x509 import (
    Certificate,
    Unreadable,
    describe_certificate,
    describe_key,
    is_ca,
    is_self_signed,
    is_signed_by,
    public_key_fingerprint,
    weakness,
)
from . import crl, trust
from .crl import Crl

ABSENT, WHOLE, HALF, MISMATCHED = "absent", "whole", "half", "mismatched"

CERTIFICATE, KEY, CRL = "ca_crt.pem", "ca_key.pem", "ca_crl.pem"
#: What only a CA leaves there; empty directories come with packages.
_TRACES = frozenset(
    {"ca_crl.pem", "ca_pub.pem", "infra_crl.pem", "inventory.txt", "root_key.pem", "serial", "signed"},
)
_ADVICE = "Restore the directory from a backup. Only if this CA has never signed anything, move it away and run again"


@dataclasses.dataclass(frozen=True)
class CaState:
    """``message`` says what is wrong with half a CA, or one whose files don't match."""

    kind: str
    message: str = ""


def assess(cadir: str, names: t.Collection[str], certificates: str | None, key: str | None) -> CaState:
    """``names`` are those of the directory's files, and of its directories that aren't empty."""
    if certificates is None and key is None:
        traces = sorted(_TRACES.intersection(names))
        if not traces:
            return CaState(ABSENT)
        return _bad(HALF, f"{cadir} has {', '.join(traces)}, but neither {CERTIFICATE} nor {KEY}")
    if certificates is None or key is None:
        there, missing = (CERTIFICATE, KEY) if key is None else (KEY, CERTIFICATE)
        return _bad(HALF, f"{cadir} has {there} without {missing}, as after a set-up that was killed")
    try:
        fingerprint = describe_key(key)[1]
    except Unreadable as error:
        imported = " Puppet Server writes this when an EC key is imported." if "#<OpenSSL" in key else ""
        return _bad(MISMATCHED, f"{KEY} in {cadir} can't be used: {error.message}.{imported}".rstrip("."))
    try:
        if any(public_key_fingerprint(each.public_key()) == fingerprint for each in split(certificates)):
            return CaState(WHOLE)
    except Unreadable as error:
        return _bad(MISMATCHED, f"{CERTIFICATE} in {cadir} can't be used: {error.message}")
    return _bad(MISMATCHED, f"{KEY} in {cadir} is the key of no certificate in {CERTIFICATE}")


def _bad(kind: str, what: str) -> CaState:
    return CaState(kind, f"{what}. Nothing was changed. {_ADVICE}.")


def import_faults(key: str, certificates: str, crls: str, now: datetime.datetime) -> list[str]:
    """Why a CA from elsewhere can't become that of a Puppet Server."""
    try:
        algorithm, fingerprint = describe_key(key)
        bundle, lists = split(certificates), crl.read(crls)
    except Unreadable as error:
        return [f"the CA can't be imported: {error.message}"]
    faults = _key_faults(algorithm)
    issuing = [each for each in bundle if public_key_fingerprint(each.public_key()) == fingerprint]
    if not issuing:
        return [*faults, "the private key belongs to none of the certificates"]
    path = trust.chain(issuing[0], bundle)
    faults += _chain_faults(issuing[0], path, bundle)
    faults += _list_faults(issuing[0], path, bundle, lists)
    for name, begins, ends in _periods([issuing[0], *path], lists):
        if now < begins:
            faults.append(f"{name} isn't valid before {begins.isoformat()}")
        if ends is not None and ends <= now:
            faults.append(f"{name} has expired at {ends.isoformat()}")
    return list(dict.fromkeys(faults))


def _key_faults(algorithm: str) -> list[str]:
    if not algorithm.startswith("RSA_"):
        return [
            (
                f"the private key is {algorithm}, and puppetserver ca import takes RSA keys only: of others it writes "
                "no key that can be read"
            )
        ]
    weak = weakness(algorithm)
    return [weak] if weak else []


def _chain_faults(issuing: Certificate, path: t.Sequence[Certificate], bundle: t.Sequence[Certificate]) -> list[str]:
    name = _name(issuing)
    faults = [f"{name} isn't the certificate of a CA"] if not is_ca(issuing) else []
    below = [each for each in bundle if each != issuing and is_signed_by(each, issuing)]
    if below:
        listed = ", ".join(map(_name, below))
        faults.append(f"the private key is that of {name}, and the certificates go on below it with {listed}")
    if not path:
        faults.append(f"the certificates don't lead from {name} to a root: all CAs above it are needed")
    else:
        strangers = [each for each in bundle if each not in (issuing, *path, *below)]
        faults += [f"{_name(each)} isn't above {name}, and nodes would trust it: leave it out" for each in strangers]
    return faults


def _list_faults(
    issuing: Certificate, path: t.Sequence[Certificate], bundle: t.Sequence[Certificate], lists: t.Sequence[Crl]
) -> list[str]:
    """The list of the issuing CA is made by the import, if it isn't given and somebody else is above it."""
    faults = crl.problems(lists, bundle, "among the certificates")
    issuers = {each.issuer for each in lists}
    faults += [f"the revocation list of {_name(each)} is missing" for each in path if _name(each) not in issuers]
    revoked = [each for each in (issuing, *path) if not is_self_signed(each) and crl.revokes(lists, each)]
    faults += [f"{_name(each)} was revoked by {each.issuer.rfc4514_string()}" for each in revoked]
    if any(each.issuer == _name(issuing) and each.revoked for each in lists) and not is_self_signed(issuing):
        faults.append(
            f"{_name(issuing)} has revoked certificates, so it has signed some, and Puppet Server would give their "
            "serial numbers again: import a CA that is new, or restore a backup"
        )
    return faults


def _periods(
    certificates: t.Iterable[Certificate], lists: t.Iterable[Crl]
) -> t.Iterator[tuple[str, datetime.datetime, datetime.datetime | None]]:
    for certificate in certificates:
        facts = describe_certificate(certificate)
        yield _name(certificate), facts.not_before, facts.not_after
    for each in lists:
        yield f"the revocation list of {each.issuer}", each.last_update, each.next_update


def _name(certificate: Certificate) -> str:
    return certificate.subject.rfc4514_string()


def server_faults(certificate: str, key: str, certificates: str, now: datetime.datetime) -> list[str]:
    """Why the server can't show its certificate to nodes of this CA."""
    try:
        found = split(certificate)
        if not found:
            return ["the server's certificate isn't there"]
        matches = describe_key(key)[1] == public_key_fingerprint(found[0].public_key())
        faults = [] if matches else ["the server's key isn't that of its certificate"]
        bundle = split(certificates)
    except Unreadable as error:
        return [f"the server's certificate can't be used: {error.message}"]
    if not trust.chain(found[0], bundle):
        faults.append(f"the server's certificate isn't from this CA, but from {found[0].issuer.rfc4514_string()}")
    ends = describe_certificate(found[0]).not_after
    if ends <= now:
        faults.append(f"the server's certificate has expired at {ends.isoformat()}")
    return faults
