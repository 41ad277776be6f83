# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a private CA signs: validity, extensions, revocation lists.

Sources: Private CA guide ("Issue private end-entity certificates", "CRL structure", "CA modes"), the API model of
IssueCertificate, RFC 5280.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtensionOID

from . import acm_pca_keys as keys
from . import acm_pca_passthrough as passthrough
from . import acm_pca_templates as templates
from .acm_pca_store import DAY, Authority, IssuedCertificate
from .clock import utc
from .errors import AwsError

# "Short-lived certificate validity is limited to seven days" (API model, UsageMode).
SHORT_LIVED = 7 * DAY
# "AWS Private CA sets the "Not Before" date to the issuance time minus 60 minutes" (API model, ValidityNotBefore).
BACKDATED = 3600
CRL_VALIDITY = 7  # days, unless ExpirationInDays says otherwise
REASONS = {
    "KEY_COMPROMISE": x509.ReasonFlags.key_compromise,
    "CERTIFICATE_AUTHORITY_COMPROMISE": x509.ReasonFlags.ca_compromise,
    "AFFILIATION_CHANGED": x509.ReasonFlags.affiliation_changed,
    "SUPERSEDED": x509.ReasonFlags.superseded,
    "CESSATION_OF_OPERATION": x509.ReasonFlags.cessation_of_operation,
    "PRIVILEGE_WITHDRAWN": x509.ReasonFlags.privilege_withdrawn,
    "A_A_COMPROMISE": x509.ReasonFlags.aa_compromise,
}


def validation_error(message: str) -> AwsError:
    return AwsError("ValidationException", message)


def end_of(validity: dict[str, Any], now: float) -> float:
    """NotAfter, in whole seconds."""
    kind, value = validity["Type"], validity["Value"]
    start = utc(float(int(now)))
    try:
        if kind == "ABSOLUTE":
            end = utc(float(value))
        elif kind == "END_DATE":
            end = _end_date(str(value))
        elif kind == "DAYS":
            end = start + timedelta(days=value)
        else:
            end = _months_later(start, value * (12 if kind == "YEARS" else 1))
    except (ValueError, OverflowError, OSError) as error:
        raise validation_error(f"The validity {value} {kind} is not valid.") from error
    return end.timestamp()


def _end_date(digits: str) -> datetime:
    """UTCTime (YYMMDDHHMMSS, years from 50 on are 19xx) or GeneralizedTime (YYYYMMDDHHMMSS)."""
    if len(digits) <= 12:
        digits = digits.zfill(12)
        digits = ("19" if digits[:2] >= "50" else "20") + digits
    return datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=timezone.utc)


def _months_later(start: datetime, months: int) -> datetime:
    year, month = divmod(start.month - 1 + months, 12)
    for day in range(start.day, 27, -1):
        try:
            return start.replace(year=start.year + year, month=month + 1, day=day)
        except ValueError:
            continue
    return start.replace(year=start.year + year, month=month + 1)


def start_of(validity: dict[str, Any] | None, now: float) -> float:
    """NotBefore: an absolute time, or an hour ago."""
    if validity is None:
        return float(int(now)) - BACKDATED
    if validity["Type"] != "ABSOLUTE":
        raise validation_error("ValidityNotBefore must be of the type ABSOLUTE.")
    return float(validity["Value"])


def check_validity(authority: Authority, start: float, end: float, now: float) -> None:
    if end <= now or end <= start:
        raise validation_error("The certificate validity ends before it begins.")
    if authority.not_after is not None and end > authority.not_after:
        raise validation_error("The certificate validity specified exceeds the certificate authority validity.")
    if authority.usage_mode == "SHORT_LIVED_CERTIFICATE" and end - now > SHORT_LIVED:
        raise validation_error("A certificate authority in short-lived mode issues for seven days at most.")


def check_depth(authority: Authority, template: templates.Template) -> None:
    """ "The CA depth configured on a subordinate CA certificate must not exceed the limit set by its parents" (API
    model, TemplateArn)."""
    if not template.is_authority or template.is_root or authority.certificate is None:
        return
    own = authority.certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.path_length
    if own is not None and (own == 0 or (template.path_length or 0) >= own):
        raise validation_error("The path length of the template exceeds what the certificate authority permits.")


def new_certificate(
    authority: Authority,
    request: x509.CertificateSigningRequest,
    template: templates.Template,
    given: dict[str, Any],
    serial: int,
    period: tuple[float, float],
) -> x509.Certificate:
    """Signed by the CA, for the CSR's key; `given` are the parameters of IssueCertificate."""
    api = given.get("ApiPassthrough", {}) if template.takes_api else {}
    name = passthrough.subject(api["Subject"]) if api.get("Subject") else request.subject
    # A root CA signs its own; its name comes from its request.
    issuer = request.subject if authority.certificate is None else authority.certificate.subject
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(request.public_key())
        .serial_number(serial)
        .not_valid_before(utc(period[0]))
        .not_valid_after(utc(period[1]))
    )
    for extension, critical in _extensions(authority, request, template, api):
        builder = builder.add_extension(extension, critical)
    made: x509.Certificate = keys.signed(builder, authority.key, given["SigningAlgorithm"])
    return made


def _extensions(
    authority: Authority, request: x509.CertificateSigningRequest, template: templates.Template, api: dict[str, Any]
) -> Iterator[tuple[x509.ExtensionType, bool]]:
    """The template's, then the API's, then the CSR's; of each kind the first."""
    found: dict[x509.ObjectIdentifier, tuple[x509.ExtensionType, bool]] = {}
    own = [*template.extensions(), *_identifiers(authority, request), *_revocation(authority, template)]
    given = api.get("Extensions", {})
    names = given.get("SubjectAlternativeNames")
    if names:
        own.append((x509.SubjectAlternativeName(passthrough.alternative_names(names)), False))
    for extension, critical in [*own, *passthrough.extensions(given)]:
        found.setdefault(extension.oid, (extension, critical))
    for item in request.extensions:
        # The alternative names of the CSR are taken whatever the variety; the rest only where it is let in.
        is_name = item.oid == ExtensionOID.SUBJECT_ALTERNATIVE_NAME
        if is_name or (template.takes_csr and item.oid not in templates.OWN):
            found.setdefault(item.oid, (item.value, item.critical))
    yield from found.values()


def _identifiers(
    authority: Authority, request: x509.CertificateSigningRequest
) -> Iterator[tuple[x509.ExtensionType, bool]]:
    yield x509.SubjectKeyIdentifier.from_public_key(request.public_key()), False
    yield x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key()), False


def _revocation(authority: Authority, template: templates.Template) -> Iterator[tuple[x509.ExtensionType, bool]]:
    """Where to ask for revocation; a root has none."""
    if template.is_root:
        return
    crl = authority.crl_configuration
    omitted = crl.get("CrlDistributionPointExtensionConfiguration", {}).get("OmitExtension")
    if crl.get("Enabled") and not omitted:
        point = x509.DistributionPoint([x509.UniformResourceIdentifier(crl_url(authority))], None, None, None)
        yield x509.CRLDistributionPoints([point]), False
    ocsp = authority.revocation.get("OcspConfiguration", {})
    if ocsp.get("Enabled"):
        host = ocsp.get("OcspCustomCname") or f"ocsp.acm-pca.{authority.region}.amazonaws.com"
        location = x509.UniformResourceIdentifier(f"http://{host}")
        access = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, location)
        yield x509.AuthorityInformationAccess([access]), False


def crl_url(authority: Authority) -> str:
    """ "CRL distribution point" of the guide: http://<name>/crl/<CA id>.crl, or the custom path."""
    crl = authority.crl_configuration
    host = crl.get("CustomCname") or f"{crl['S3BucketName']}.s3.{authority.region}.amazonaws.com"
    folder = (crl.get("CustomPath") or "crl").strip("/")
    return f"http://{host}/{folder}/{authority.arn.rpartition('/')[2]}.crl"


def new_crl(authority: Authority, now: float, delay: float) -> str:
    """The list as of now, in PEM. Its number grows with each revocation, and with time, as it is written anew before
    it ends."""
    days = authority.crl_configuration.get("ExpirationInDays", CRL_VALIDITY)
    revoked = [item for item in authority.issued.values() if item.revoked_at is not None]
    seen = [item for item in revoked if (item.revoked_at or 0.0) + delay <= now]
    renewed = int((now - authority.created_at) / (days * DAY / 2))
    certificate = authority.certificate
    if certificate is None:
        raise ValueError(f"{authority.arn} has no certificate")
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(certificate.subject)
        .last_update(utc(float(int(now))))
        .next_update(utc(float(int(now))) + timedelta(days=days))
        .add_extension(x509.CRLNumber(1 + len(seen) + renewed), False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key()), False)
    )
    for item in seen:
        builder = builder.add_revoked_certificate(_entry(item))
    made = keys.signed(builder, authority.key, authority.configuration["SigningAlgorithm"])
    return keys.pem(made)


def _entry(item: IssuedCertificate) -> x509.RevokedCertificate:
    entry = (
        x509.RevokedCertificateBuilder()
        .serial_number(item.serial)
        .revocation_date(utc(float(int(item.revoked_at or 0))))
    )
    reason = REASONS.get(item.revocation_reason or "")
    if reason is not None:
        entry = entry.add_extension(x509.CRLReason(reason), False)
    return entry.build()
