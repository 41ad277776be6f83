# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Private CAs of AWS Private CA: what they are, and what they would refuse to sign."""

from __future__ import annotations

import dataclasses
import datetime
import re
import typing as t

from ._conditions import camel_case

if t.TYPE_CHECKING:
    from ._chains import Chain

AUTHORITY_ARN = re.compile(
    r"^arn:(?P<partition>[\w-]+):acm-pca:(?P<region>[a-z0-9-]+):(?P<account>\d{12}):certificate-authority/[\w-]+$"
)
ACTIVE = "ACTIVE"
SHORT_LIVED = "SHORT_LIVED_CERTIFICATE"
# CreateCertificateAuthority, UsageMode: "Short-lived certificates ... maximum validity period of seven days".
_LONGEST_SHORT_LIVED = datetime.timedelta(days=7)
#: From when on the end of a CA is a problem: this share of its lifetime is left.
_ENDING = 0.1
_WHAT_TO_DO = {
    "CREATING": "wait until AWS has made it",
    "PENDING_CERTIFICATE": "its own certificate has to be installed first",
    "DISABLED": "enable it (UpdateCertificateAuthority), or use another",
    "EXPIRED": "its certificate has expired; renew that, or use another",
    "FAILED": "it can't be used; make another",
    "DELETED": "restore it within its waiting time (RestoreCertificateAuthority), or use another",
}
#: Who renews ACM's certificates, and what it has to be allowed (AWS Private CA user guide, "Assign certificate renewal
#: permissions to ACM").
ACM_PRINCIPAL = "acm.amazonaws.com"
ACM_ACTIONS = ("IssueCertificate", "GetCertificate", "ListPermissions")


@dataclasses.dataclass(frozen=True)
class Authority:
    """A private CA, as DescribeCertificateAuthority and ListCertificateAuthorities say it."""

    arn: str
    status: str
    type: str
    key_algorithm: str
    signing_algorithm: str
    subject: t.Mapping[str, t.Any] = dataclasses.field(default_factory=dict)
    usage_mode: str = "GENERAL_PURPOSE"
    not_before: datetime.datetime | None = None
    not_after: datetime.datetime | None = None
    serial: str | None = None
    failure_reason: str | None = None
    owner_account: str | None = None
    crl: t.Mapping[str, t.Any] = dataclasses.field(default_factory=dict)
    ocsp: t.Mapping[str, t.Any] = dataclasses.field(default_factory=dict)

    @property
    def region(self) -> str:
        return region_of(self.arn)


def from_detail(detail: t.Mapping[str, t.Any]) -> Authority:
    configuration = detail.get("CertificateAuthorityConfiguration") or {}
    revocation = detail.get("RevocationConfiguration") or {}
    return Authority(
        arn=detail["Arn"],
        status=detail.get("Status") or "",
        type=detail.get("Type") or "",
        key_algorithm=configuration.get("KeyAlgorithm") or "",
        signing_algorithm=configuration.get("SigningAlgorithm") or "",
        subject=configuration.get("Subject") or {},
        usage_mode=detail.get("UsageMode") or "GENERAL_PURPOSE",
        not_before=detail.get("NotBefore"),
        not_after=detail.get("NotAfter"),
        serial=detail.get("Serial"),
        failure_reason=detail.get("FailureReason"),
        owner_account=detail.get("OwnerAccount"),
        crl=revocation.get("CrlConfiguration") or {},
        ocsp=revocation.get("OcspConfiguration") or {},
    )


def region_of(arn: str) -> str:
    found = AUTHORITY_ARN.match(arn)
    return found["region"] if found else ""


def arn_faults(arn: str | None) -> list[str]:
    if arn and AUTHORITY_ARN.match(arn):
        return []
    return [f"certificate_authority_arn {arn!r} isn't the ARN of a private CA (arn:aws:acm-pca:...)"]


def unknown_authority(arn: str) -> str:
    return (
        f"AWS doesn't know the private CA {arn}: check account and Region in the ARN, and that a CA of another account "
        "is shared with this one (AWS RAM)"
    )


def status_problem(authority: Authority) -> str | None:
    """Why it signs nothing at all."""
    if authority.status == ACTIVE:
        return None
    why = f" ({authority.failure_reason})" if authority.failure_reason else ""
    advice = _WHAT_TO_DO.get(authority.status, "only an ACTIVE one issues certificates")
    return f"the private CA {authority.arn} is {authority.status}{why}: {advice}"


def validity_problem(authority: Authority, not_after: datetime.datetime, now: datetime.datetime) -> str | None:
    """Why it signs nothing that is valid until then."""
    if not_after <= now:
        return f"not_after {not_after.isoformat()} has passed"
    if authority.usage_mode == SHORT_LIVED and not_after - now > _LONGEST_SHORT_LIVED:
        return f"the private CA {authority.arn} is for short-lived certificates: a validity of 7d is the most"
    if authority.not_after and not_after > authority.not_after:
        return (
            f"the certificate would be valid until {not_after.isoformat()}, and the private CA {authority.arn} itself "
            f"only until {authority.not_after.isoformat()}: shorten the validity, or renew the CA"
        )
    return None


def lacking_permissions(permissions: t.Iterable[t.Mapping[str, t.Any]]) -> list[str]:
    """What ACM isn't allowed that it needs to renew certificates of the CA."""
    granted = {
        action
        for permission in permissions
        if permission.get("Principal") == ACM_PRINCIPAL
        for action in permission.get("Actions") or ()
    }
    return [action for action in ACM_ACTIONS if action not in granted]


@dataclasses.dataclass(frozen=True)
class GrantRenewal:
    """ACM gets the permission that it needs to renew certificates of a CA; ``lacking`` is what it may not yet."""

    authority_arn: str
    lacking: tuple[str, ...]

    @property
    def subject(self) -> str:
        return f"permission of {ACM_PRINCIPAL} on {self.authority_arn}"

    def before(self) -> list[str] | None:
        return [action for action in ACM_ACTIONS if action not in self.lacking] or None

    def after(self) -> list[str]:
        return list(ACM_ACTIONS)


@dataclasses.dataclass(frozen=True)
class RenewalGrants:
    """What has to be granted before certificates are requested of private CAs, and what should be said about them."""

    grants: tuple[GrantRenewal, ...] = ()
    warnings: tuple[str, ...] = ()


def acm_problem(authority: Authority, key_algorithm: str) -> str | None:
    """Why ACM would fail a request for a certificate with such a key: RequestCertificate, KeyAlgorithm."""
    if problem := status_problem(authority):
        return problem
    if authority.key_algorithm[:2] == key_algorithm[:2]:
        return None
    return (
        f"the private CA {authority.arn} has an {authority.key_algorithm} key, and for ACM the key of a certificate is "
        f"of the same family, which {key_algorithm} isn't: choose another key_algorithm"
    )


def authority_problems(
    authority: Authority,
    permissions: t.Sequence[t.Mapping[str, t.Any]] | None,
    failed_crls: float | None,
    now: datetime.datetime,
) -> list[str]:
    """What somebody should look after, one sentence each; what couldn't be looked at is no problem."""
    status = status_problem(authority)
    problems = [status] if status else []
    if authority.not_before and authority.not_after and authority.status == ACTIVE:
        left = authority.not_after - now
        if left < (authority.not_after - authority.not_before) * _ENDING:
            problems.append(f"it ends at {authority.not_after.isoformat()}, and no certificate can be valid for longer")
    lacking = lacking_permissions(permissions) if permissions is not None else []
    if lacking:
        problems.append(f"ACM can't renew the certificates that it has from this CA: it may not {', '.join(lacking)}")
    if failed_crls:
        bucket = authority.crl.get("S3BucketName")
        problems.append(f"AWS couldn't write the revocation list to the bucket {bucket}: correct the bucket's policy")
    if not authority.crl.get("Enabled") and not authority.ocsp.get("Enabled") and authority.usage_mode != SHORT_LIVED:
        problems.append("revoked certificates aren't published: it has neither a revocation list nor OCSP")
    return problems


def authority_result(
    authority: Authority,
    chain: Chain | None,
    permissions: t.Sequence[t.Mapping[str, t.Any]] | None,
    problems: t.Sequence[str],
) -> dict[str, t.Any]:
    """The record of a CA, with the same keys always."""
    ready = authority.status == ACTIVE
    sentence = "; ".join(problems)
    return {
        "arn": authority.arn,
        "region": authority.region,
        "owner_account": authority.owner_account,
        "type": authority.type,
        "status": authority.status,
        "ready": ready,
        "reason": camel_case(authority.status),
        "message": f"{sentence[0].upper()}{sentence[1:]}." if problems else "It issues certificates.",
        "problems": list(problems),
        "subject": ", ".join(f"{key}={value}" for key, value in authority.subject.items()),
        "serial_number": authority.serial,
        "key_algorithm": authority.key_algorithm,
        "signing_algorithm": authority.signing_algorithm,
        "usage_mode": authority.usage_mode,
        "not_before": authority.not_before.isoformat() if authority.not_before else None,
        "not_after": authority.not_after.isoformat() if authority.not_after else None,
        "revocation": {
            "crl": bool(authority.crl.get("Enabled")),
            "crl_bucket": authority.crl.get("S3BucketName"),
            "crl_days": authority.crl.get("ExpirationInDays"),
            "crl_name": authority.crl.get("CustomCname"),
            "ocsp": bool(authority.ocsp.get("Enabled")),
            "ocsp_name": authority.ocsp.get("OcspCustomCname"),
        },
        "acm_renews": None if permissions is None else not lacking_permissions(permissions),
        "certificate": chain.leaf if chain else None,
        "chain": "".join(chain.intermediates) if chain else None,
        "root": chain.root if chain else None,
    }
