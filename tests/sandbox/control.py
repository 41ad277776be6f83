# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The control API under `/sandbox/`: what a test can ask of the sandbox. Never logged as an AWS call."""

from __future__ import annotations

from typing import Any

from .acm import CertificateStore
from .acm_descriptions import describe
from .acm_seed import change_certificate, new_certificate
from .context import Context
from .credentials import Credentials
from .endpoint import Endpoint
from .settings import Settings


class Control:
    """The handlers; `install` registers them."""

    def __init__(self, context: Context, endpoint: Endpoint, credentials: Credentials, store: CertificateStore) -> None:
        self._context = context
        self._endpoint = endpoint
        self._credentials = credentials
        self._store = store
        self._initial = Settings(**context.settings.as_dict())

    def install(self) -> None:
        self._context.control |= {
            "calls": self.calls,
            "reset": self.reset,
            "settings": self.settings,
            "clock": self.clock,
            "faults": self.faults,
            "denials": self.denials,
            "roles": self.roles,
            "credentials": self.credentials,
            "certificates": self.certificates,
        }

    def calls(self, method: str, wish: dict[str, Any]) -> Any:
        """GET the log, filtered by service and action; DELETE empties it."""
        if method == "DELETE":
            self._context.calls.clear()
            return {}
        return [call.as_dict() for call in self._context.calls.find(wish.get("service"), wish.get("action"))]

    def reset(self, method: str, wish: dict[str, Any]) -> Any:
        """Forget certificates, zones, roles, sessions, faults, calls; clock and settings as at the start."""
        with self._context.lock:
            self._context.settings.update(self._initial.as_dict())
            self._context.clock.reset()
            self._context.calls.clear()
            self._context.reset()
        return {}

    def settings(self, method: str, wish: dict[str, Any]) -> Any:
        if method == "POST":
            self._context.settings.update(wish)
        return self._context.settings.as_dict()

    def clock(self, method: str, wish: dict[str, Any]) -> Any:
        """POST {"advance": seconds}; answers when ACM's checker has looked at what the new time brings."""
        if method == "POST":
            self._context.clock.advance(float(wish["advance"]))
        return {"now": self._context.clock.now()}

    def faults(self, method: str, wish: dict[str, Any]) -> Any:
        if method == "DELETE":
            self._endpoint.faults.clear()
        else:
            self._endpoint.faults.add(wish)
        return {}

    def denials(self, method: str, wish: dict[str, Any]) -> Any:
        if method == "DELETE":
            self._endpoint.authorizer.reset()
        else:
            self._endpoint.authorizer.deny(wish["account"], wish["actions"], wish.get("principal"))
        return {}

    def roles(self, method: str, wish: dict[str, Any]) -> Any:
        if method == "POST":
            return {"arn": self._credentials.add_role(**wish).arn}
        return [{"arn": role.arn, "trusted": role.trusted} for role in self._credentials.roles.values()]

    def credentials(self, method: str, wish: dict[str, Any]) -> Any:
        """POST {account, name?, policy?}: a user with a new access key."""
        credential = self._credentials.add_user(**wish)
        return {
            "access_key": credential.access_key,
            "secret_key": credential.secret_key,
            "principal": credential.principal,
        }

    def certificates(self, method: str, wish: dict[str, Any]) -> Any:
        """GET all; POST {"add": [...]} seeds, POST {"arn": ..., "changes": {...}} changes one."""
        now = self._context.clock.now()
        with self._context.lock:
            if method == "GET":
                settings = self._context.settings
                return [
                    {"account": c.account, "region": c.region, "tags": c.tags, **describe(c, now, settings)}
                    for c in self._store.certificates.values()
                ]
            if "add" in wish:
                added = [new_certificate(item, now) for item in wish["add"]]
                for certificate in added:
                    self._store.add(certificate)
                return [certificate.arn for certificate in added]
            certificate = self._store.certificates[wish["arn"]]
            change_certificate(certificate, wish["changes"], now)
            self._store.watch(certificate)
            return describe(certificate, now, self._context.settings)
