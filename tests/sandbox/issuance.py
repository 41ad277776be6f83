# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ACM's checker: looks every pending name up over real DNS (or asks its web server), minds CAA, and issues or fails.

Sources: ACM guide, "DNS validation" (the CNAME is looked up publicly, at most five chained CNAMEs, for 72 hours),
"CAA problems" and "Certificate request fails".
"""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable

from . import acm_rules, caa
from .acm import CertificateStore
from .acm_certificates import Certificate, base_name, validation_record
from .context import Context

# "ACM follows at most five chained CNAME records" (ACM guide, troubleshooting-DNS-validation).
CHAINED_CNAMES = 5
TICK = 0.1  # seconds


class Checker:
    """Runs in a thread of its own, and at once when the clock is moved.

    The look-ups are made without `Context.lock`, so that a slow round keeps no call waiting.
    """

    def __init__(
        self, context: Context, store: CertificateStore, proves_by_http: Callable[[Certificate, str], bool]
    ) -> None:
        self._context = context
        self._store = store
        self._proofs = {"DNS": self._proves, "HTTP": proves_by_http}
        self._round = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="acm-checker", daemon=True)

    def start(self) -> None:
        self._context.clock.on_advance(self.look_now)
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        looked = time.monotonic()
        # In short steps: the interval may become shorter while it lasts, and a reset must not wait for the old one.
        while not self._stopping.wait(min(TICK, self._context.settings.validation_interval)):
            if time.monotonic() - looked < self._context.settings.validation_interval:
                continue
            try:
                self.look_now()
            except Exception:
                traceback.print_exc()
            looked = time.monotonic()

    def look_now(self) -> None:
        """One round over everything pending."""
        with self._round:
            with self._context.lock:
                self._settle()
                pending = [c for c in self._store.pending.values() if c.ready_at is None]
                migrating = list(self._store.migrating.values())
            for certificate in pending:
                self._look_at(certificate)
            for certificate in migrating:
                self._migrate(certificate)
            with self._context.lock:
                self._settle()

    def _settle(self) -> None:
        now = self._context.clock.now()
        for certificate in [*self._store.pending.values(), *self._store.migrating.values()]:
            certificate.settle(now)
            self._store.watch(certificate)

    def _look_at(self, certificate: Certificate) -> None:
        settings = self._context.settings
        failure = acm_rules.failure_of(certificate.names, settings) if certificate.type == "AMAZON_ISSUED" else None
        if failure is not None:
            self._fail(certificate, *failure)
            return
        proves = self._proofs.get(certificate.validation_method)
        if proves is None:
            return
        found = [name for name in certificate.names if name in certificate.validated or proves(certificate, name)]
        refused = None
        if len(found) == len(certificate.names):
            refused = next((name for name in certificate.names if not self._may_issue(name)), None)
        if refused is not None:
            self._fail(certificate, "CAA_ERROR", refused)
            return
        with self._context.lock:
            if certificate.status != "PENDING_VALIDATION":
                return
            for name in found:
                certificate.validated.setdefault(name, "SUCCESS")
            if len(found) == len(certificate.names):
                certificate.ready_at = self._context.clock.now() + settings.issue_delay

    def _migrate(self, certificate: Certificate) -> None:
        """E-mail validation becomes DNS validation once the CNAME of every name is seen."""
        found = {name for name in certificate.names if self._proves(certificate, name)}
        with self._context.lock:
            migration = certificate.migration
            if migration is None or not migration.pending:
                return
            migration.validated |= found
            if migration.validated == set(certificate.names):
                certificate.validation_method = "DNS"
                migration.finish("SUCCESS", self._context.clock.now())
                self._store.watch(certificate)

    def _fail(self, certificate: Certificate, reason: str, name: str) -> None:
        with self._context.lock:
            if certificate.status == "PENDING_VALIDATION":
                certificate.fail(reason, [name])
                self._store.watch(certificate)

    def _proves(self, certificate: Certificate, name: str) -> bool:
        """Whether the name's CNAME leads to the value ACM gave, along the public delegation."""
        resolver = self._context.resolver
        if resolver is None:
            return False
        target, expected = validation_record(certificate.account, name)
        for _link in range(CHAINED_CNAMES):
            answer = resolver.resolve(target, "CNAME")
            values = [value.lower() for rdtype, value in answer.records if rdtype == "CNAME"]
            if len(values) != 1:
                return False
            if values[0].rstrip(".") == expected.rstrip("."):
                return True
            target = values[0]
        return False

    def _may_issue(self, name: str) -> bool:
        return caa.allows(self._context.resolver, base_name(name), wildcard=name.startswith("*."))
