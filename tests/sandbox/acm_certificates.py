# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A certificate as ACM keeps it, and as DescribeCertificate and ListCertificates show it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Protocol

from . import http_tokens
from .acm_migration import Migration
from .clock import utc
from .settings import Settings

DAY = 86400
# "ACM makes repeated attempts to validate a certificate for 72 hours and then times out" (API model, Status).
VALIDATION_PERIOD = 72 * 3600
# Public certificates since 18 February 2026; private ones 13 months (facts: Validity & policy changes; ACM guide).
PUBLIC_VALIDITY = 198 * DAY
PRIVATE_VALIDITY = 395 * DAY
SUMMARY_NAMES = 100
MAILBOXES = ("admin", "administrator", "hostmaster", "postmaster", "webmaster")


class PrivateIssuer(Protocol):
    """AWS Private CA, as ACM sees it."""

    def refusal(self, certificate: Certificate) -> str | None: ...

    def sign(self, certificate: Certificate) -> tuple[str, str]: ...

    def lets_renew(self, certificate: Certificate) -> bool: ...


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


def shuffled(names: tuple[str, ...], salt: str) -> list[str]:
    """The order of names in answers is not specified; a fixed, other order keeps clients from relying on one."""
    return sorted(names, key=lambda name: hashlib.sha256(f"{salt}{name}".encode()).digest())


def key_usages(certificate: Certificate) -> list[str]:
    if certificate.not_after is None:
        return []
    usages = ["DIGITAL_SIGNATURE"]
    return [*usages, "KEY_ENCIPHERMENT"] if certificate.key_algorithm.startswith("RSA") else usages


def _without_nothing(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}


def _times(certificate: Certificate) -> dict[str, Any]:
    """IssuedAt, NotBefore, NotAfter exist only once issued (aws-sdk-js#2133, API model)."""
    members = {
        "CreatedAt": certificate.created_at,
        "IssuedAt": certificate.issued_at,
        "ImportedAt": certificate.imported_at,
        "RevokedAt": certificate.revoked_at,
        "NotBefore": certificate.not_before,
        "NotAfter": certificate.not_after,
    }
    return {name: utc(value) for name, value in members.items() if value is not None}


def _renewal_eligibility(certificate: Certificate, in_use: bool) -> str:
    """Only certificates in use or exported are renewed, and never imported ones; those of a private CA only where it
    lets ACM (ACM guide, "Managed renewal")."""
    if certificate.renewal_eligibility:
        return certificate.renewal_eligibility
    renewable = certificate.type != "IMPORTED" and certificate.status == "ISSUED"
    if certificate.issuer is not None:
        renewable = renewable and certificate.issuer.lets_renew(certificate)
    return "ELIGIBLE" if renewable and (in_use or certificate.exported) else "INELIGIBLE"


def describe(certificate: Certificate, now: float, settings: Settings) -> dict[str, Any]:
    """CertificateDetail."""
    users = certificate.used_by(now, settings.in_use_lag)
    detail = {
        "CertificateArn": certificate.arn,
        "DomainName": certificate.names[0] if certificate.names else None,
        "SubjectAlternativeNames": shuffled(certificate.names, certificate.arn),
        "DomainValidationOptions": _validation_options(certificate, now, settings),
        "Serial": certificate.serial,
        "Subject": f"CN={certificate.names[0]}" if certificate.names else None,
        "Issuer": "Amazon" if certificate.type == "AMAZON_ISSUED" else "Sandbox",
        "Status": certificate.status,
        "FailureReason": certificate.failure_reason,
        # Describe writes RSA-2048 where requests and filters write RSA_2048 (aws-sdk-js#2133).
        "KeyAlgorithm": certificate.key_algorithm.replace("_", "-", 1),
        "SignatureAlgorithm": "SHA256WITHRSA",
        "InUseBy": users,
        "Type": certificate.type,
        "KeyUsages": [{"Name": usage} for usage in key_usages(certificate)],
        "ExtendedKeyUsages": _extended_key_usages(certificate),
        "CertificateAuthorityArn": certificate.authority_arn,
        "RenewalEligibility": _renewal_eligibility(certificate, bool(users)),
        "RenewalSummary": certificate.renewal,
        "UpdateSummary": certificate.migration.update_summary() if certificate.migration else None,
        "Options": {"CertificateTransparencyLoggingPreference": "ENABLED", "Export": certificate.export},
        "ManagedBy": certificate.managed_by,
        "CertificateKeyPairOrigin": certificate.origin,
    }
    return _without_nothing(detail) | _times(certificate)


def _extended_key_usages(certificate: Certificate) -> list[dict[str, str]]:
    """Only server authentication: clientAuth has been gone since 11 June 2025."""
    if certificate.not_after is None:
        return []
    return [{"Name": "TLS_WEB_SERVER_AUTHENTICATION", "OID": "1.3.6.1.5.5.7.3.1"}]


def _validation_options(certificate: Certificate, now: float, settings: Settings) -> list[dict[str, Any]] | None:
    """DomainValidationOptions exist for AMAZON_ISSUED only (API model). After a request they come late: first the
    list is missing, then it lacks records, then it lacks some (aws-sdk-js#2133, community.aws#321, cdk#8282)."""
    if certificate.type != "AMAZON_ISSUED":
        return None
    age = now - certificate.created_at
    delay = settings.record_delay
    if age < delay / 2:
        return None
    options = []
    for position, name in enumerate(shuffled(certificate.names, certificate.arn + "validation"), 1):
        option: dict[str, Any] = {
            "DomainName": name,
            "ValidationStatus": certificate.validated.get(name, "PENDING_VALIDATION"),
            "ValidationMethod": certificate.validation_method,
        }
        if age >= delay * (0.5 + 0.5 * position / len(certificate.names)):
            option |= challenge(certificate, name, certificate.validation_method)
        options.append(option)
    return options


def challenge(certificate: Certificate, name: str, method: str) -> dict[str, Any]:
    domain = certificate.validation_domains.get(name, base_name(name))
    if method == "DNS":
        record_name, value = validation_record(certificate.account, name)
        return {
            "ValidationDomain": domain,
            "ResourceRecord": {"Name": record_name, "Type": "CNAME", "Value": value},
        }
    if method == "EMAIL":
        return {"ValidationDomain": domain, "ValidationEmails": [f"{box}@{domain}" for box in MAILBOXES]}
    start, end = http_tokens.redirect(certificate, name)
    return {"HttpRedirect": {"RedirectFrom": start, "RedirectTo": end}}


def summarize(certificate: Certificate, now: float, settings: Settings) -> dict[str, Any]:
    """CertificateSummary: no tags, no list of users, and the first 100 names only (API model)."""
    in_use = bool(certificate.used_by(now, settings.in_use_lag))
    summary = {
        "CertificateArn": certificate.arn,
        "DomainName": certificate.names[0] if certificate.names else None,
        "SubjectAlternativeNameSummaries": shuffled(certificate.names, certificate.arn)[:SUMMARY_NAMES],
        "HasAdditionalSubjectAlternativeNames": len(certificate.names) > SUMMARY_NAMES,
        "Status": certificate.status,
        "Type": certificate.type,
        "KeyAlgorithm": certificate.key_algorithm,
        "KeyUsages": key_usages(certificate),
        "ExtendedKeyUsages": [usage["Name"] for usage in _extended_key_usages(certificate)],
        "ExportOption": certificate.export,
        "InUse": in_use,
        "Exported": certificate.exported,
        "RenewalEligibility": _renewal_eligibility(certificate, in_use),
        "ManagedBy": certificate.managed_by,
        "CertificateKeyPairOrigin": certificate.origin,
    }
    return _without_nothing(summary) | _times(certificate)
