# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""A node gets its certificate from a Puppet CA. Killed at any moment, the next run goes on with the same key."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import os
import random
import typing as t

from .. import _files
from .._conditions import REQUESTING, SIGNED
from .._errors import TlsopsError
from .._files import file_errors, read_text
from .._module_result import Result
from .._pace import Clock, Deadline, intervals
from .._puppet import api, crl, csr, enrol, trust
from .._puppet.client import Client
from .._puppet.csr import Asked
from .._puppet.enrol import Decision, Holds, Look
from .._puppet.enrol_options import EnrolSettings
from .._puppet.enrol_plan import DEFAULT_KEY, EnrolPlan, Key, situation
from .._puppet.layout import write
from .._x509 import Certificate, certificate_pem, describe_certificate, generate_key, load_certificate
from .puppet_signing import see_revoked, sign_exactly

_FIRST_PAUSE, _GROWTH, _JITTER = 5.0, 1.5, 0.2


class Enrolment:
    """Carries out a plan, a method a step."""

    def __init__(
        self,
        client: Client,
        bundle: str,
        plan: EnrolPlan,
        settings: EnrolSettings,
        clock: Clock,
        now: datetime.datetime,
    ) -> None:
        self._client = client
        self._bundle = bundle
        self._plan = plan
        self._settings = settings
        self._clock = clock
        self._begun, self._started = now, clock.now()
        self._layout = plan.layout
        self._name = plan.wanted.request.certname
        self._key = plan.local.pending or plan.local.key
        self._certificate = plan.remote.certificate
        self._changed = False

    @property
    def _now(self) -> datetime.datetime:
        """A certificate that is signed while we wait is valid from then on."""
        return self._begun + datetime.timedelta(seconds=self._clock.now() - self._started)

    def apply(self) -> Result:
        plan = self._plan
        if plan.decision.failed:
            return plan.predict()
        with file_errors():
            self._write_what_is_missing()
            decision = self._take(plan.decision)
        there = not decision.failed and decision.reason != enrol.WAITING
        installed = (self._certificate or plan.local.certificate) if there else None
        phase = SIGNED if installed else REQUESTING
        return plan.result(decision, phase, installed, self._changed, self._key)

    def _write_what_is_missing(self) -> None:
        layout, local = self._layout, self._plan.local
        if not local.has_ca:
            self._write(layout.ca, self._bundle)
        if local.drifts:
            layout.kept_rights().give(layout.key)
            self._changed = True
        if not local.has_crl:
            problems = crl.problems(self._plan.remote.crls, self._plan.remote.bundle)
            if problems:
                raise TlsopsError(f"the CA's revocation lists weren't installed: {'; '.join(problems)}")
            self._write(layout.crl, self._plan.remote.crl_text)

    def _take(self, decision: Decision) -> Decision:
        steps: dict[str, t.Callable[[], None]] = {
            enrol.MAKE_KEY: self._make_key,
            enrol.SUBMIT: self._submit,
            enrol.DELETE_CSR: self._delete,
            enrol.REVOKE: self._revoke,
            enrol.VERIFY_CRL: self._see_revoked,
            enrol.DELETE: self._delete,
            enrol.SIGN: self._sign,
            enrol.FETCH: self._fetch,
            enrol.WRITE: self._install,
        }
        for step in decision.steps:
            if step == enrol.POLL:
                return self._poll(decision)
            if step == enrol.RENEW:
                if not self._renew():
                    return self._replace()
            else:
                steps[step]()
        if enrol.FETCH in decision.steps and enrol.WRITE not in decision.steps:
            self._install()
        return decision

    def _make_key(self) -> None:
        """One that waits from a run before is used; it has never had a certificate."""
        algorithm = self._plan.wanted.key_algorithm
        pending = self._plan.local.pending
        if pending and algorithm in (None, pending.algorithm):
            self._key = pending
            return
        pem = generate_key(algorithm or DEFAULT_KEY)
        write(self._layout.pending_key, pem, self._layout.owner)
        self._key = Key.read(pem)
        self._changed = True

    def _own_key(self) -> Key:
        if self._key is None:
            raise TlsopsError(f"{self._layout.key} has vanished while the task ran")
        return self._key

    def _submit(self) -> None:
        request = csr.build(self._plan.wanted.request, self._own_key().pem)
        write(self._layout.request, request, self._layout.public_rights)
        self._changed = True
        api.put_request(self._client, self._name, request)

    def _revoke(self) -> None:
        self._changed = True
        api.revoke(self._client, self._name)

    def _see_revoked(self) -> None:
        revoked = self._plan.remote.certificate
        if revoked is not None and not see_revoked(self._client, [describe_certificate(revoked)], self._clock):
            return
        raise TlsopsError(f"the CA's revocation list doesn't have the old certificate of {self._name} yet: run again")

    def _delete(self) -> None:
        self._changed = True
        api.delete(self._client, self._name)

    def _sign(self) -> None:
        sign_exactly(self._client, self._name, self._own_key().public_key, self._settings.cert_ttl)
        self._changed = True

    def _fetch(self) -> None:
        pem = api.get_certificate(self._client, self._name)
        if pem is None:
            raise TlsopsError(
                f"the certificate of {self._name} has vanished from the CA: somebody has cleaned it meanwhile"
            )
        self._certificate = load_certificate(pem)

    def _poll(self, decision: Decision) -> Decision:
        """5 seconds at first, growing; the look after the deadline is the last."""
        deadline = Deadline(self._clock, self._settings.timeout or 0)
        pauses = intervals(_FIRST_PAUSE, _GROWTH, self._settings.longest_pause, _JITTER, random.random)
        while True:
            judged = enrol.judge(self._name, self._look(late=deadline.passed()))
            if judged is None:
                deadline.pause(next(pauses))
                continue
            if enrol.WRITE in judged.steps:
                self._install()
            if judged.steps or judged.failed or self._settings.timeout is None:
                return judged
            late = f"Nobody has signed it within {self._settings.timeout:.0f} seconds: sign it, and run again."
            return dataclasses.replace(judged, failed=True, message=f"{judged.message} {late}")

    def _look(self, late: bool) -> Look:
        """A certificate may come between the look for it and the look for the request, so it is looked for again."""
        for dummy in range(2):
            pem = api.get_certificate(self._client, self._name)
            if pem:
                self._certificate = load_certificate(pem)
                return Look(self._whose(csr.read_certificate(self._certificate)), Holds.NOTHING, late)
            shows, request = api.get_request(self._client, self._name)
            if not shows:
                return Look(Holds.NOTHING, Holds.HIDDEN, late)
            if request:
                return Look(Holds.NOTHING, self._whose(csr.read_any_request(request)), late)
        return Look(Holds.NOTHING, Holds.NOTHING, late)

    def _whose(self, asked: Asked) -> Holds:
        return Holds.OUR_KEY if asked.public_key == self._own_key().public_key else Holds.OTHER_KEY

    def _renew(self) -> bool:
        """With the certificate that is installed, and its key. False: this CA doesn't renew."""
        self._install()
        with contextlib.closing(self._client.as_node(self._layout.certificate, self._layout.key)) as node:
            pem = api.renew(node)
        if pem is None:
            return False
        self._changed = True
        self._certificate = load_certificate(pem)
        return True

    def _replace(self) -> Decision:
        plan = self._plan
        now = situation(plan.wanted, plan.local, plan.remote, self._now, self._client.is_admin)
        decision = enrol.decide(dataclasses.replace(now, renewable=False))
        return decision if decision.failed else self._take(decision)

    def _install(self) -> None:
        """Key and certificate, verified. A kill between the two leaves a new key, for which the next run fetches."""
        certificate, layout = self._certificate, self._layout
        if certificate is None:
            raise TlsopsError(f"there is no certificate of {self._name} to install")
        problems = self._problems(certificate)
        if problems:
            raise TlsopsError(
                f"the CA's certificate of {self._name} wasn't installed: {'; '.join(problems)}", certname=self._name
            )
        pem = certificate_pem(certificate)
        public_key = describe_certificate(certificate).public_key
        pending = self._plan.local.pending if self._key is self._plan.local.key else self._key
        if pending and pending.public_key == public_key and os.path.exists(layout.pending_key):
            os.replace(layout.pending_key, layout.key)
            _files.sync(os.path.dirname(layout.key))
            self._changed = True
        if pem != read_text(layout.certificate):
            self._write(layout.certificate, pem)
        _files.remove(layout.request)

    def _problems(self, certificate: Certificate) -> list[str]:
        bundle, crls = self._plan.remote.bundle, crl.read(api.get_crls(self._client) or "")
        asked = csr.read_certificate(certificate)
        found = trust.certificate_problems(certificate, bundle, self._now)
        found += crl.problems(crls, bundle)
        if crl.revokes(crls, certificate):
            found.append("it is revoked")
        revoked = [each for each in trust.chain(certificate, bundle) if crl.revokes(crls, each)]
        found += [f"its CA {each.subject.rfc4514_string()} is revoked" for each in revoked]
        ours = {key.public_key for key in (self._key, self._plan.local.key, self._plan.local.pending) if key}
        if asked.public_key not in ours:
            found.append("it does not match the key here")
        if difference := csr.difference(self._plan.wanted.request, asked):
            found.append(f"it has {difference}")
        return found

    def _write(self, path: str, text: str) -> None:
        write(path, text, self._layout.public_rights)
        self._changed = True
