# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A private certificate authority as AWS Private CA keeps it, and as DescribeCertificateAuthority shows it."""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from cryptography import x509

from . import acm_pca_keys as keys
from . import iam
from .clock import utc
from .errors import AwsError

SERVICE = "acm-pca"
DAY = 86400
Output = dict[str, Any]


@dataclass
class IssuedCertificate:
    """One certificate of a private CA. Times are the sandbox clock's."""

    arn: str
    serial: int
    pem: str
    ready_at: float
    is_self_signed: bool = False
    revoked_at: float | None = None
    revocation_reason: str | None = None


@dataclass
class Permission:
    """What an AWS service may do with the CA."""

    principal: str
    source_account: str
    actions: list[str]
    created_at: float


@dataclass
class Authority:
    """One private CA."""

    arn: str
    account: str
    region: str
    type: str
    configuration: Output
    key: keys.PrivateKey
    created_at: float
    ready_at: float
    usage_mode: str = "GENERAL_PURPOSE"
    key_storage: str = "FIPS_140_2_LEVEL_3_OR_HIGHER"
    revocation: Output = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    status: str = "CREATING"
    status_before_deletion: str = ""
    failure_reason: str | None = None
    changed_at: float = 0.0
    restorable_until: float | None = None
    certificate: x509.Certificate | None = None
    chain: str = ""
    """The certificates above its own, in PEM; the root last."""
    policy: str | None = None
    permissions: dict[str, Permission] = field(default_factory=dict)
    issued: dict[int, IssuedCertificate] = field(default_factory=dict)
    tokens: dict[str, tuple[str, float]] = field(default_factory=dict)
    crl: str | None = None
    """The list that was written last, in PEM."""
    crl_writes: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """When it was written (CRLGenerated), and when it could not be (MisconfiguredCRLBucket)."""

    @property
    def not_before(self) -> float | None:
        return self.certificate.not_valid_before_utc.timestamp() if self.certificate else None

    @property
    def not_after(self) -> float | None:
        return self.certificate.not_valid_after_utc.timestamp() if self.certificate else None

    @property
    def pem(self) -> str:
        return keys.pem(self.certificate) if self.certificate else ""

    @property
    def crl_configuration(self) -> Output:
        found: Output = self.revocation.get("CrlConfiguration", {})
        return found

    def enter(self, status: str, now: float) -> None:
        self.status, self.changed_at = status, now

    def settle(self, now: float) -> None:
        """Let time do what it does: make the key, expire."""
        if self.status == "CREATING" and self.ready_at <= now:
            self.enter("PENDING_CERTIFICATE", self.ready_at)
        if self.status in ("ACTIVE", "DISABLED") and self.not_after is not None and now > self.not_after:
            self.enter("EXPIRED", self.not_after)

    def record(self, certificate: x509.Certificate, ready_at: float, is_self_signed: bool = False) -> IssuedCertificate:
        """Keep what was issued; its ARN ends in the serial number."""
        serial = certificate.serial_number
        arn = f"{self.arn}/certificate/{serial:032x}"
        self.issued[serial] = IssuedCertificate(arn, serial, keys.pem(certificate), ready_at, is_self_signed)
        return self.issued[serial]

    def grants(self, account: str, action: str, template_arn: str | None = None) -> bool:
        """Whether its resource-based policy lets the other account do this."""
        if self.policy is None:
            return False
        values = {} if template_arn is None else {"acm-pca:TemplateArn": template_arn}
        statements = [
            {name: value for name, value in statement.items() if name != "Principal"}
            for statement in json.loads(self.policy)["Statement"]
            if _means(statement["Principal"], account)
        ]
        return iam.decide([{"Statement": statements}], f"{SERVICE}:{action}", self.arn, values) == "Allow"

    def shared_with(self, account: str) -> bool:
        return self.grants(account, "DescribeCertificateAuthority")

    def lets_acm_renew(self) -> bool:
        """ACM needs all three actions ("Assign certificate renewal permissions to ACM", Private CA guide)."""
        permission = self.permissions.get("acm.amazonaws.com")
        return permission is not None and len(set(permission.actions)) == 3

    def describe(self) -> Output:
        """CertificateAuthority; what is not known yet is not there."""
        shown = {
            "Arn": self.arn,
            "OwnerAccount": self.account,
            "CreatedAt": utc(self.created_at),
            "LastStateChangeAt": utc(self.changed_at or self.created_at),
            "Type": self.type,
            "Serial": str(self.certificate.serial_number) if self.certificate else None,
            "Status": self.status,
            "NotBefore": utc(self.not_before) if self.not_before is not None else None,
            "NotAfter": utc(self.not_after) if self.not_after is not None else None,
            "FailureReason": self.failure_reason,
            "CertificateAuthorityConfiguration": self.configuration,
            "RevocationConfiguration": self.revocation or None,
            "RestorableUntil": utc(self.restorable_until) if self.restorable_until is not None else None,
            "KeyStorageSecurityStandard": self.key_storage,
            "UsageMode": self.usage_mode,
        }
        return {name: value for name, value in shown.items() if value is not None}


def _means(principal: Any, account: str) -> bool:
    """Whether a policy's Principal is this account, as id or as its root ARN, or everybody."""
    named = principal if isinstance(principal, str) else principal.get("AWS", [])
    named = [named] if isinstance(named, str) else named
    return any(item in ("*", account) or item.startswith(f"arn:aws:iam::{account}:") for item in named)


class AuthorityStore:
    """All private CAs of the sandbox. Guarded by `Context.lock`."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.authorities: dict[str, Authority] = {}
        self.tokens: dict[tuple[str, str, str], tuple[str, float]] = {}
        self._keys_used: dict[str, int] = defaultdict(int)

    def new_key(self, algorithm: str) -> keys.PrivateKey:
        """A key no other CA of this sandbox has; after a reset they are used again, since making them is slow."""
        self._keys_used[algorithm] += 1
        return keys.private_key(algorithm, self._keys_used[algorithm])

    def add(self, authority: Authority) -> None:
        self.authorities[authority.arn] = authority

    def of(self, region: str, now: float) -> Iterator[Authority]:
        """Those of a Region, as of now; a deleted one is gone for good when it can't be restored any more."""
        for authority in sorted(self.authorities.values(), key=lambda item: item.arn):
            if authority.region == region and self.find(authority.arn, now) is not None:
                yield authority

    def find(self, arn: str, now: float) -> Authority | None:
        authority = self.authorities.get(arn)
        if authority is None:
            return None
        authority.settle(now)
        gone = authority.status == "DELETED" and (authority.restorable_until or 0.0) <= now
        return None if gone else authority

    def tags_of(self, arn: str) -> dict[str, str] | None:
        authority = self.authorities.get(arn)
        return authority.tags if authority else None


def partition_of(region: str) -> str:
    if region.startswith("cn-"):
        return "aws-cn"
    return "aws-us-gov" if region.startswith("us-gov-") else "aws"


def new_arn(account: str, region: str) -> str:
    return f"arn:{partition_of(region)}:{SERVICE}:{region}:{account}:certificate-authority/{uuid.uuid4()}"


def not_found(arn: str) -> AwsError:
    return AwsError("ResourceNotFoundException", f"Could not find certificate authority {arn}.")
