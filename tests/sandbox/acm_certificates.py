# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A certificate as ACM keeps it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Protocol

from .acm_migration import Migration

DAY = 86400
# "ACM makes repeated attempts to validate a certificate for 72 hours and then times out" (API model, Status).
VALIDATION_PERIOD = 72 * 3600
# Public certificates since 18 February 2026; private ones 13 months (ACM guide, "Characteristics").
PUBLIC_VALIDITY = 198 * DAY
PRIVATE_VALIDITY = 395 * DAY


class PrivateIssuer(Protocol):
    """AWS Private CA, as ACM sees it."""

    def refusal(self, certificate: Certificate) -> str | None:
        """The FailureReason, or None."""

    def sign(self, certificate: Certificate) -> tuple[str, str]:
        """Body and chain."""

    def lets_renew(self, certificate: Certificate) -> bool:
        """Whether ACM may renew it."""


@dataclass
class Certificate:
    """Times are the sandbox clock's. `names` has the common name first, without duplicates, in lower case."""

    arn: str
    account: str
    region: str
    names: tuple[str, ...]
    created_at: float
    type: str = "AMAZON_ISSUED"
    status: str = "PENDING_VALIDATION"
    key_algorithm: str = "RSA_2048"
    validation_method: str = "DNS"
    validated: dict[str, str] = field(default_factory=dict)
    """Name -> SUCCESS or FAILED; a name that is not there is PENDING_VALIDATION."""
    ready_at: float | None = None
    """When it will be issued, once every name is validated."""
    failure_reason: str | None = None
    users: dict[str, list[str]] = field(default_factory=dict)
    """Who uses it, by the service that says so ("" is the test)."""
    use_history: list[tuple[float, list[str]]] = field(default_factory=list)
    issued_at: float | None = None
    imported_at: float | None = None
    revoked_at: float | None = None
    deleted_at: float | None = None
    not_before: float | None = None
    not_after: float | None = None
    serial: str | None = None
    managed_by: str | None = None
    export: str = "DISABLED"
    exported: bool = False
    origin: str = "AWS_MANAGED"
    authority_arn: str | None = None
    issuer: PrivateIssuer | None = None
    """What stands for the private CA of a certificate that names one."""
    renewal: dict[str, Any] | None = None
    renewal_eligibility: str | None = None
    """What a test wants to see; None: what follows from type and use."""
    migration: Migration | None = None
    validation_domains: dict[str, str] = field(default_factory=dict)
    tag_history: list[tuple[float, dict[str, str]]] = field(default_factory=list)
    pem: tuple[str, str] | None = None
    held_by: str | None = None
    """The distribution tenant that asked for it, which keeps it from being deleted."""

    @property
    def tags(self) -> dict[str, str]:
        return self.tag_history[-1][1] if self.tag_history else {}

    def set_tags(self, tags: dict[str, str], now: float) -> None:
        self.tag_history.append((now, tags))

    def tags_seen_at(self, moment: float) -> dict[str, str] | None:
        """The tags as of that moment; None when it had never been tagged by then."""
        seen = [tags for at, tags in self.tag_history if at <= moment]
        return seen[-1] if seen else None

    def settle(self, now: float) -> None:
        """Let time do what it does: issue, time out, expire."""
        if self.status == "PENDING_VALIDATION":
            deadline = self.created_at + VALIDATION_PERIOD
            if self.ready_at is not None and self.ready_at <= now:
                self._come_out(self.ready_at)
            elif self.ready_at is None and now >= deadline:
                self.status = "VALIDATION_TIMED_OUT"
                for name in self.names:
                    self.validated.setdefault(name, "FAILED")
        if self.status == "ISSUED" and self.not_after is not None and now > self.not_after:
            self.status = "EXPIRED"
        if self.migration:
            self.migration.settle(now)

    def _come_out(self, now: float) -> None:
        refusal = self.issuer.refusal(self) if self.issuer else None
        if refusal is not None:
            self.fail(refusal)
            return
        self.issue(now)
        if self.issuer:
            self.pem = self.issuer.sign(self)

    def issue(self, now: float) -> None:
        """Validity starts at midnight UTC, as the public CA does it."""
        self.status = "ISSUED"
        self.failure_reason = None
        self.issued_at = now
        self.not_before = now - now % DAY
        validity = PRIVATE_VALIDITY if self.type == "PRIVATE" else PUBLIC_VALIDITY
        self.not_after = self.not_before + validity - 1
        digest = "0" + hashlib.sha256(f"serial {self.arn} {now}".encode()).hexdigest()[:31]
        self.serial = ":".join(digest[i : i + 2] for i in range(0, 32, 2))
        self.pem = None
        for name in self.names:
            self.validated[name] = "SUCCESS"

    def fail(self, reason: str, names: list[str] | None = None) -> None:
        self.status = "FAILED"
        self.failure_reason = reason
        for name in self.names if names is None else names:
            self.validated[name] = "FAILED"

    @property
    def in_use_by(self) -> list[str]:
        """Who uses it now."""
        return list(dict.fromkeys(user for users in self.users.values() for user in users))

    def used_by(self, now: float, lag: float) -> list[str]:
        """InUseBy is eventually consistent: a resource appears late, and still shows for a while when it is gone."""
        seen = [users for at, users in self.use_history if at <= now - lag]
        return seen[-1] if seen else []

    def set_users(self, service: str, users: list[str], now: float) -> None:
        """What the service uses the certificate for."""
        if users != self.users.get(service, []):
            self.users[service] = users
            self.use_history.append((now, self.in_use_by))

    def set_in_use_by(self, users: list[str], now: float) -> None:
        """What a test wants to see; users of a test have always been there."""
        self.set_users("", users, now)
        if users:
            self.use_history = [(float("-inf"), self.in_use_by)]

    @property
    def usable_since(self) -> float | None:
        """When it became one that other services may take; None when it is none."""
        if self.status != "ISSUED":
            return None
        return self.issued_at or self.created_at

    @property
    def issued(self) -> bool:
        """Whether it was issued once, whatever has become of it."""
        return self.not_after is not None


def base_name(name: str) -> str:
    return name.removeprefix("*.")


@lru_cache(maxsize=20_000)
def validation_record(account: str, name: str) -> tuple[str, str]:
    """Name and value of the CNAME: a function of account and name alone, so the same in every Region, for every
    certificate, and for a wildcard and its apex (ACM guide, "DNS validation")."""
    base = base_name(name)
    digest = hashlib.sha256(f"{account} {base}".encode()).hexdigest()
    letters = hashlib.sha256(f"zone {account} {base}".encode()).digest()[:10]
    zone = "".join(chr(ord("a") + byte % 26) for byte in letters)
    return f"_{digest[:32]}.{base}.", f"_{digest[32:]}.{zone}.acm-validations.aws."
