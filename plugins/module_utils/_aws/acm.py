# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""AWS Certificate Manager: one function an API call."""

from __future__ import annotations

import typing as t

from .._certificates import Certificate, DomainValidation, from_detail, from_requested, from_summary
from .._errors import ServiceError
from .access import Access
from .errors import NOT_FOUND_CODES, require_code

#: Without these filters ListCertificates hides every certificate that isn't RSA 1024/2048 or comes from an ACME
#: endpoint (API reference, ListCertificates, "Filters"): an EC certificate would be requested again and again.
_ALL_KEY_TYPES = ["RSA_1024", "RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1"]
_ALL_ORIGINS = ["AWS_MANAGED", "ACME", "CUSTOMER_PROVIDED"]
_LARGEST_PAGE = 1000


def list_certificates(access: Access, region: str) -> t.Iterator[Certificate]:
    """Every certificate of the account in ``region``, the newest first; a page of 1,000 is read when it is needed.

    SearchCertificates isn't used: at the quota of 2,500 certificates this is three calls, and whether a search finds
    pending certificates by name is nowhere documented.
    """
    parameters: dict[str, t.Any] = {
        "Includes": {"keyTypes": _ALL_KEY_TYPES},
        "MaxItems": _LARGEST_PAGE,
        "SortBy": "CREATED_AT",
        "SortOrder": "DESCENDING",
    }
    if _lists_by_origin(access, region):
        parameters["CertificateKeyPairOrigins"] = _ALL_ORIGINS
    pages = access.pages("acm", "ListCertificates", parameters, result_key="CertificateSummaryList", region=region)
    return (from_summary(summary, region) for summary in pages)


def _lists_by_origin(access: Access, region: str) -> bool:
    """botocore before 1.43.38 doesn't know the filter, and ACM then lists no ACME certificates; we reuse none."""
    return access.knows("acm", "ListCertificates", "CertificateKeyPairOrigins", region)


def describe_certificate(access: Access, arn: str, region: str, about: str = "") -> Certificate | None:
    """None where ACM doesn't know the certificate (yet: right after the request this can last some seconds)."""
    try:
        answer = access.call("acm", "DescribeCertificate", {"CertificateArn": arn}, region=region, about=about or arn)
    except ServiceError as error:
        require_code(error, NOT_FOUND_CODES)
        return None
    return from_detail(answer["Certificate"], region)


def request_certificate(access: Access, region: str, parameters: t.Mapping[str, t.Any], about: str) -> str:
    """The ARN of the requested certificate - or of an earlier one, if the token was seen within the hour."""
    answer = access.call("acm", "RequestCertificate", parameters, region=region, about=about)
    return str(answer["CertificateArn"])


def get_certificate(access: Access, arn: str, region: str) -> str | None:
    """The certificate in PEM; None where ACM doesn't know it."""
    try:
        answer = access.call("acm", "GetCertificate", {"CertificateArn": arn}, region=region, about=arn)
    except ServiceError as error:
        require_code(error, NOT_FOUND_CODES)
        return None
    return str(answer["Certificate"])


def import_certificate(access: Access, region: str, parameters: t.Mapping[str, t.Any], about: str) -> str:
    """The ARN. Without one in the parameters, UncertainError means that the certificate may have been imported."""
    known = "CertificateArn" in parameters
    answer = access.call("acm", "ImportCertificate", parameters, region=region, about=about, repeatable=known)
    return str(answer["CertificateArn"])


def delete_certificate(access: Access, arn: str, region: str) -> bool:
    """False where it was gone already."""
    try:
        access.call("acm", "DeleteCertificate", {"CertificateArn": arn}, region=region, about=arn)
    except ServiceError as error:
        require_code(error, NOT_FOUND_CODES)
        return False
    return True


def can_migrate(access: Access, region: str) -> bool:
    """botocore before 1.43.71 doesn't know how to move a certificate from e-mail to DNS validation."""
    return access.offers("acm", "ListCertificateDomainValidations", region)


def migrate_to_dns(access: Access, arn: str, region: str) -> None:
    parameters = {"CertificateArn": arn, "Options": {"ValidationMethod": "DNS"}}
    access.call("acm", "UpdateCertificateOptions", parameters, region=region, about=arn)


def list_requested_validations(access: Access, arn: str, region: str) -> list[DomainValidation]:
    """How each name will be validated once a migration is over; [] where none is in progress."""
    pages = access.pages(
        "acm",
        "ListCertificateDomainValidations",
        {"CertificateArn": arn},
        result_key="DomainValidationSummaryList",
        region=region,
        about=arn,
    )
    return [from_requested(summary) for summary in pages if "RequestedValidationConfiguration" in summary]


def list_tags(access: Access, arn: str, region: str) -> dict[str, str]:
    """{} where the certificate is gone."""
    try:
        answer = access.call("acm", "ListTagsForCertificate", {"CertificateArn": arn}, region=region, about=arn)
    except ServiceError as error:
        require_code(error, NOT_FOUND_CODES)
        return {}
    return {tag["Key"]: tag.get("Value", "") for tag in answer.get("Tags") or []}


def add_tags(access: Access, arn: str, region: str, tags: t.Mapping[str, str]) -> None:
    parameters = {"CertificateArn": arn, "Tags": as_tag_list(tags)}
    access.call("acm", "AddTagsToCertificate", parameters, region=region, about=arn)


def remove_tags(access: Access, arn: str, region: str, tags: t.Mapping[str, str]) -> None:
    """ACM removes a tag only if its value is given too, and right."""
    parameters = {"CertificateArn": arn, "Tags": as_tag_list(tags)}
    access.call("acm", "RemoveTagsFromCertificate", parameters, region=region, about=arn)


def as_tag_list(tags: t.Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]
