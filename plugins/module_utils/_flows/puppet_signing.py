# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Sign, revoke and clean at a Puppet CA, many names in one go."""

from __future__ import annotations

import dataclasses
import random
import typing as t

from .._errors import InvalidInput, TlsopsError
from .._files import read_text
from .._module_result import Result
from .._pace import Clock, Deadline, intervals
from .._puppet import api, ca_plan, crl
from .._puppet.ca_plan import CaPlan, Done, Found, Work
from .._puppet.client import Client
from .._puppet.csr import Asked, read_certificate, read_request
from .._puppet.signing import Policy, is_pattern, matching
from .._threads import concurrently, gather
from .._x509 import Certificate, CertificateFacts, Unreadable, describe_certificate, load_certificate

#: Each has a TLS connection of its own, and the CA signs one after the other anyway.
WORKERS = 4
#: openvox-ca may take a minute until its list has a revocation; Puppet Server's has it at once.
_REVOKED_WITHIN = 90.0
_FIRST_PAUSE, _GROWTH, _LONGEST_PAUSE, _JITTER = 0.5, 2.0, 10.0, 0.2


@dataclasses.dataclass(frozen=True)
class Wanted:
    """``state`` is that of the module."""

    state: str
    certnames: tuple[str, ...]
    policy: Policy
    reject: bool = False
    cert_ttl: int | None = None


def observe(client: Client, wanted: Wanted) -> tuple[list[Found], list[crl.Crl]]:
    """Reads only. For signing, a pattern means the requests that are pending."""
    states = {str(each["name"]): str(each["state"]) for each in api.get_statuses(client)}
    own = certificate_in(client.certificate_path)
    spared = {client.server_name, own.common_name if own else ""}
    relevant = {
        name
        for name, state in states.items()
        if name not in spared and (wanted.state != "signed" or state == ca_plan.REQUESTED)
    }
    named = {each for each in wanted.certnames if not is_pattern(each)}
    if own and own.common_name in named and wanted.state != "signed":
        raise InvalidInput([f"certnames: {own.common_name} is the certificate with which this task speaks to the CA"])
    names = matching(wanted.certnames, relevant)
    found = gather(lambda name: find(client, name, states.get(name, ca_plan.ABSENT), name in named), names, WORKERS)
    crls = crl.read(api.get_crls(client) or "") if wanted.state != "signed" else []
    return found, crls


def find(client: Client, certname: str, state: str, named: bool = True) -> Found:
    """What is there may have changed since the listing; then what is seen now counts."""
    if state == ca_plan.REQUESTED:
        dummy, csr = api.get_request(client, certname)
        if csr is not None:
            try:
                return Found(certname, state, read_request(csr), named=named)
            except Unreadable as error:
                return Found(certname, state, unreadable=f"can't be read ({error.message})", named=named)
        state = ca_plan.IS_SIGNED
    if state == ca_plan.ABSENT:
        return Found(certname, named=named)
    certificate = _certificate(client, certname)
    if certificate is None:
        return Found(certname, named=named)
    facts = describe_certificate(certificate)
    return Found(certname, state, read_certificate(certificate), facts, named=named)


def certificate_in(path: str | None) -> Asked | None:
    """Of an administrator, whom we have asked for it before."""
    pem = read_text(path) if path else None
    return read_certificate(load_certificate(pem)) if pem else None


def _certificate(client: Client, certname: str) -> Certificate | None:
    pem = api.get_certificate(client, certname)
    return load_certificate(pem) if pem else None


def make_plan(wanted: Wanted, found: t.Sequence[Found], crls: t.Sequence[crl.Crl]) -> CaPlan:
    if wanted.state == "signed":
        return CaPlan(tuple(ca_plan.to_sign(each, wanted.policy, wanted.reject) for each in found))
    decide = ca_plan.to_revoke if wanted.state == "revoked" else ca_plan.to_clean
    return CaPlan(tuple(decide(each, _is_listed(crls, each.facts)) for each in found))


def _is_listed(crls: t.Iterable[crl.Crl], facts: CertificateFacts | None) -> bool:
    return facts is not None and crl.lists_serial(crls, facts.issuer, int(facts.serial, 16))


def apply(client: Client, plan: CaPlan, wanted: Wanted, clock: Clock) -> Result:
    """Side by side for each action: all are revoked before the list is looked at, and deleted after."""
    done = {work.certname: Done(work, work.found.facts) for work in plan.works}
    _each(done, ca_plan.SIGN, lambda work: _sign(client, work, wanted.cert_ttl))
    _each(done, ca_plan.REVOKE, lambda work: _revoke(client, work))
    _see_all_revoked(client, done, clock)
    _each(done, ca_plan.DELETE, lambda work: _delete(client, work))
    return plan.result(list(done.values()))


def _each(done: dict[str, Done], action: str, function: t.Callable[[Work], Done]) -> None:
    """Those that have gone well so far. One that fails spares the others."""
    works = [each.work for each in done.values() if action in each.work.actions and not each.problem]
    for outcome in concurrently(function, works, WORKERS):
        before = done[outcome.item.certname]
        if outcome.error:
            problem = f"{outcome.item.certname}: {outcome.error.message}"
            done[outcome.item.certname] = dataclasses.replace(before, problem=problem)
        elif outcome.result:
            done[outcome.item.certname] = outcome.result


def _sign(client: Client, work: Work, cert_ttl: int | None) -> Done:
    asked = work.found.asked
    if asked is None:
        raise TlsopsError(f"the request of {work.certname} wasn't read")
    facts = sign_exactly(client, work.certname, asked.public_key, cert_ttl)
    return Done(work, facts, changed=True)


def sign_exactly(client: Client, certname: str, public_key: str, cert_ttl: int | None = None) -> CertificateFacts:
    """Sign the request with this key and no other. The CA signs by name only, so it is looked at before and after.

    What was exchanged between these two looks is revoked at once.
    """
    dummy, csr = api.get_request(client, certname)
    if csr is not None and read_request(csr).public_key != public_key:
        raise TlsopsError(f"the request of {certname} was exchanged for one with another key, and wasn't signed")
    refusal = api.sign(client, certname, cert_ttl) if csr is not None else None
    if refusal:
        raise TlsopsError(f"{refusal} The request stays, and blocks the name until it is removed.")
    certificate = _certificate(client, certname)
    if certificate is None:
        raise TlsopsError(f"the request of {certname} has vanished: somebody has rejected it meanwhile")
    facts = describe_certificate(certificate)
    if facts.public_key != public_key:
        if csr is not None:
            api.revoke(client, certname)
        raise TlsopsError(
            f"the request of {certname} was exchanged at the moment of signing. The certificate with the other key was "
            "revoked: clean it, and find out who requests that name"
            if csr is not None
            else f"the CA has signed a certificate of {certname} for another key meanwhile"
        )
    return facts


def _revoke(client: Client, work: Work) -> Done:
    api.revoke(client, work.certname)
    return Done(work, work.found.facts, changed=True)


def _see_all_revoked(client: Client, done: dict[str, Done], clock: Clock) -> None:
    waiting = [each for each in done.values() if ca_plan.REVOKE in each.work.actions and not each.problem]
    unseen = see_revoked(client, [each.facts for each in waiting if each.facts], clock)
    for each in waiting:
        if each.facts in unseen:
            problem = (
                f"{each.work.certname}: the CA's revocation list doesn't have the certificate within "
                f"{_REVOKED_WITHIN:.0f} seconds. It wasn't deleted; run again."
            )
            done[each.work.certname] = dataclasses.replace(each, problem=problem)


def see_revoked(client: Client, revoked: t.Sequence[CertificateFacts], clock: Clock) -> list[CertificateFacts]:
    """Those that the CA's list doesn't have in time. A revocation counts when it does: the list is what others see."""
    deadline = Deadline(clock, _REVOKED_WITHIN)
    pauses = intervals(_FIRST_PAUSE, _GROWTH, _LONGEST_PAUSE, _JITTER, random.random)
    unseen = list(revoked)
    while unseen:
        crls = crl.read(api.get_crls(client) or "")
        unseen = [each for each in unseen if not _is_listed(crls, each)]
        if deadline.passed():
            break
        if unseen:
            deadline.pause(next(pauses))
    return unseen


def _delete(client: Client, work: Work) -> Done:
    """Somebody else may have done it."""
    if work.refused:
        _still_refused(client, work)
    api.delete(client, work.certname)
    return Done(work, work.found.facts, changed=True)


def _still_refused(client: Client, work: Work) -> None:
    """A good request may have come in the place of the bad one."""
    dummy, csr = api.get_request(client, work.certname)
    if csr is None:
        raise TlsopsError(f"the request of {work.certname} has changed meanwhile, so it wasn't removed: run again")
    asked = work.found.asked
    if asked is not None and read_request(csr).fingerprint != asked.fingerprint:
        raise TlsopsError(f"the request of {work.certname} was exchanged meanwhile, so it wasn't removed: run again")
