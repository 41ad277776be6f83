# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""An ACM certificate as data: what is wanted, and what is there. No service is called here."""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

from . import _conditions
from ._acm_failures import failure_advice
from ._conditions import Condition
from ._names import InvalidName, base_name, normalise

LIVE_STATUSES = frozenset({"ISSUED", "PENDING_VALIDATION"})
#: No status of ACM's: it doesn't know the certificate, or not any more.
NOT_FOUND = "NOT_FOUND"
CLOUDFRONT_REGION = "us-east-1"
_UNKNOWN_FOR = 120.0

#: Ownership: what this collection requested carries these tags. Nothing else is ever deleted by name.
TAG_MANAGED_BY = "tlsops:managed-by"
TAG_NAME = "tlsops:name"
TAG_REQUEST = "tlsops:request"
MANAGED_BY = "tlsops.certificates"


def normalise_key_algorithm(value: str) -> str:
    """``RSA-2048`` (DescribeCertificate) and ``RSA_2048`` (everything else) are one algorithm."""
    return value.replace("-", "_")


@dataclasses.dataclass(frozen=True)
class ValidationRecord:
    """The CNAME that proves control of ``domain_names`` (a wildcard and its apex share one)."""

    name: str
    type: str
    value: str
    domain_names: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class DomainValidation:
    """One name of a certificate: how it is validated, how far that is, and the record that ACM wants to see."""

    domain_name: str
    method: str | None
    status: str | None
    record_name: str | None = None
    record_type: str | None = None
    record_value: str | None = None

    @property
    def has_record(self) -> bool:
        return self.record_name is not None


@dataclasses.dataclass(frozen=True)
class WantedCertificate:
    """A certificate as the user wants it; names are normalised (see ``_names``)."""

    domain_name: str
    names: tuple[str, ...]
    region: str
    name: str | None = None
    key_algorithm: str = "RSA_2048"
    certificate_authority_arn: str | None = None
    tags: t.Mapping[str, str] | None = dataclasses.field(default=None, hash=False)
    purge_tags: bool = True
    match: str = "exact"

    @property
    def private(self) -> bool:
        return self.certificate_authority_arn is not None

    @property
    def label(self) -> str:
        """How messages and diffs call it."""
        return self.name or self.domain_name


@dataclasses.dataclass(frozen=True)
class Certificate:
    """A certificate as ACM shows it.

    ``None`` in ``validation_method``, ``certificate_authority_arn`` and ``tags`` means "not read": the listing has none
    of them. ``names_complete`` is false where the listing cut the names off at 100. ``migration_status`` is that of the
    last move from e-mail to DNS validation, ``diagnosis`` what was found to keep it from being validated.
    """

    arn: str
    region: str
    domain_name: str
    names: frozenset[str]
    status: str
    type: str
    key_algorithm: str = "RSA_2048"
    names_complete: bool = True
    created_at: datetime.datetime | None = None
    issued_at: datetime.datetime | None = None
    not_before: datetime.datetime | None = None
    not_after: datetime.datetime | None = None
    managed_by: str | None = None
    key_pair_origin: str | None = None
    in_use: bool | None = None
    in_use_by: tuple[str, ...] = ()
    described: bool = False
    validation_method: str | None = None
    certificate_authority_arn: str | None = None
    failure_reason: str | None = None
    domain_validations: tuple[DomainValidation, ...] = ()
    renewal: t.Mapping[str, t.Any] | None = None
    renewal_eligibility: str | None = None
    exported: bool | None = None
    migration_status: str | None = None
    diagnosis: str = ""
    tags: t.Mapping[str, str] | None = None

    def tagged(self, tags: t.Mapping[str, str]) -> Certificate:
        return dataclasses.replace(self, tags=tags)

    @property
    def owned(self) -> bool:
        return (self.tags or {}).get(TAG_MANAGED_BY) == MANAGED_BY

    @property
    def owner_name(self) -> str | None:
        return (self.tags or {}).get(TAG_NAME) if self.owned else None

    @property
    def live(self) -> bool:
        return self.status in LIVE_STATUSES

    @property
    def settled(self) -> bool:
        """Nothing changes any more by waiting."""
        return self.status != "PENDING_VALIDATION"

    @property
    def awaits_records(self) -> bool:
        """ACM hasn't said yet which records it wants: right after the request it answers without them (for seconds)."""
        if self.status != "PENDING_VALIDATION" or self.type == "PRIVATE":
            return False
        validated = {validation.domain_name for validation in self.domain_validations}
        return not self.names <= validated or any(
            not validation.has_record and validation.status != "SUCCESS" and validation.method in (None, "DNS")
            for validation in self.domain_validations
        )

    @property
    def validation_records(self) -> tuple[ValidationRecord, ...]:
        """The records to write, one for each base name, in the order of their names."""
        records: dict[tuple[str, str, str], list[str]] = {}
        for validation in self.domain_validations:
            if validation.record_name and validation.record_type and validation.record_value:
                key = (validation.record_name, validation.record_type, validation.record_value)
                records.setdefault(key, []).append(validation.domain_name)
        return tuple(
            ValidationRecord(name, type_, value, tuple(sorted(domain_names)))
            for (name, type_, value), domain_names in sorted(records.items())
        )

    @property
    def base_names(self) -> frozenset[str]:
        return frozenset(base_name(name) for name in self.names)

    @property
    def condition(self) -> Condition:
        if self.status == "ISSUED":
            return Condition(_conditions.ISSUED, "Issued", _issued_message(self.not_after))
        if self.status == "PENDING_VALIDATION":
            return _pending_condition(self)
        reason = self.failure_reason or self.status
        said = f"ACM: {self.status}" + (f", {self.failure_reason}" if self.failure_reason else "")
        return Condition(
            _conditions.FAILED,
            _conditions.camel_case(reason),
            f"{said}. {failure_advice(self.status, self.failure_reason)}",
        )


def _issued_message(not_after: datetime.datetime | None) -> str:
    return f"Issued, valid until {not_after:%Y-%m-%d}." if not_after else "Issued."


def _pending_condition(certificate: Certificate) -> Condition:
    phase = _conditions.PENDING_VALIDATION
    if not certificate.names:
        return Condition(phase, "Unknown", "ACM doesn't know this certificate; after a request that lasts for seconds.")
    if certificate.type == "PRIVATE":
        return Condition(phase, "AwaitingPrivateCa", "The private CA hasn't issued yet.")
    why = f": {certificate.diagnosis}" if certificate.diagnosis else ""
    if not certificate.described:
        return Condition(phase, "AwaitingValidation", f"ACM hasn't validated every name yet{why}.")
    if certificate.awaits_records:
        return Condition(phase, "AwaitingValidationRecords", "ACM hasn't said yet which DNS records it wants to see.")
    waiting = [v for v in certificate.domain_validations if v.status != "SUCCESS"]
    if not waiting:
        return Condition(phase, "AwaitingIssuance", "Every name is validated; ACM is issuing.")
    shown = ", ".join(v.domain_name for v in waiting[:3]) + (
        f" and {len(waiting) - 3} more" if len(waiting) > 3 else ""
    )
    first = next((v for v in waiting if v.has_record), None)
    record = f" (looks for {first.record_type} {first.record_name} -> {first.record_value})" if first else ""
    return Condition(phase, "AwaitingValidation", f"ACM hasn't validated {shown} yet{why}{record}.")


def from_summary(summary: t.Mapping[str, t.Any], region: str) -> Certificate:
    """A member of CertificateSummaryList. A FAILED certificate may lack its names (amazon.aws#2405)."""
    domain_name = _comparable(summary.get("DomainName") or "")
    names = {_comparable(name) for name in summary.get("SubjectAlternativeNameSummaries") or []}
    return Certificate(
        arn=summary["CertificateArn"],
        region=region,
        domain_name=domain_name,
        names=frozenset(names | ({domain_name} if domain_name else set())),
        names_complete=not summary.get("HasAdditionalSubjectAlternativeNames", False),
        status=summary.get("Status") or "FAILED",
        type=summary.get("Type") or "AMAZON_ISSUED",
        key_algorithm=normalise_key_algorithm(summary.get("KeyAlgorithm") or "RSA_2048"),
        created_at=summary.get("CreatedAt") or summary.get("ImportedAt"),
        issued_at=summary.get("IssuedAt") or summary.get("ImportedAt"),
        not_before=summary.get("NotBefore"),
        not_after=summary.get("NotAfter"),
        managed_by=summary.get("ManagedBy"),
        key_pair_origin=summary.get("CertificateKeyPairOrigin"),
        in_use=summary.get("InUse"),
        renewal_eligibility=summary.get("RenewalEligibility"),
        exported=summary.get("Exported"),
    )


def from_detail(detail: t.Mapping[str, t.Any], region: str, tags: t.Mapping[str, str] | None = None) -> Certificate:
    """DescribeCertificate's ``Certificate``. ``tags`` are carried over: this call doesn't show them."""
    validations = tuple(_domain_validation(option) for option in detail.get("DomainValidationOptions") or [])
    summary = dict(detail, SubjectAlternativeNameSummaries=detail.get("SubjectAlternativeNames"))
    in_use_by = tuple(detail.get("InUseBy") or [])
    return dataclasses.replace(
        from_summary(summary, region),
        described=True,
        in_use=bool(in_use_by),
        in_use_by=in_use_by,
        validation_method=next((validation.method for validation in validations if validation.method), None),
        certificate_authority_arn=detail.get("CertificateAuthorityArn"),
        failure_reason=detail.get("FailureReason"),
        domain_validations=validations,
        renewal=detail.get("RenewalSummary"),
        migration_status=(detail.get("UpdateSummary") or {}).get("Status"),
        tags=tags,
    )


def _comparable(name: str) -> str:
    """An imported certificate may carry anything as a name; it must not stop the run."""
    try:
        return normalise(name)
    except InvalidName:
        return name.lower()


def from_requested(summary: t.Mapping[str, t.Any]) -> DomainValidation:
    """A member of DomainValidationSummaryList, as it will be after the migration. Its record comes late."""
    wanted = summary["RequestedValidationConfiguration"]
    challenge = (wanted.get("ValidationChallenge") or {}).get("DnsValidationChallenge") or {}
    return _domain_validation({**wanted, **challenge, "DomainName": summary["DomainName"]})


def _domain_validation(option: t.Mapping[str, t.Any]) -> DomainValidation:
    record = option.get("ResourceRecord") or {}
    return DomainValidation(
        domain_name=_comparable(option["DomainName"]),
        method=option.get("ValidationMethod"),
        status=option.get("ValidationStatus"),
        record_name=normalise(record["Name"]) if record else None,
        record_type=record.get("Type"),
        record_value=normalise(record["Value"]) if record else None,
    )


def unknown_for(certificate: Certificate | None, now: datetime.datetime) -> float:
    """Seconds for which load balancers and CloudFront may not know a certificate yet: two minutes from its issuance.

    Source: terraform-provider-aws#26245. Not above 0 where that is over.
    """
    if certificate is None or certificate.issued_at is None:
        return 0.0
    return _UNKNOWN_FOR - (now - certificate.issued_at).total_seconds()
