# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""AWS Private CA: one function an API call. The Region is that of the CA's ARN."""

from __future__ import annotations

import typing as t

from .._errors import ServiceError
from .._private_authorities import Authority, from_detail, region_of
from .access import Access
from .errors import require_code

_LARGEST_PAGE = 1000


def describe_authority(access: Access, arn: str) -> Authority:
    answer = _call(access, "DescribeCertificateAuthority", arn, {}, arn)
    return from_detail(answer["CertificateAuthority"])


def list_authorities(access: Access, region: str, owner: str) -> list[Authority]:
    """Those of the account (``SELF``), or those that others share with it (``OTHER_ACCOUNTS``)."""
    parameters = {"MaxResults": _LARGEST_PAGE, "ResourceOwner": owner}
    pages = access.pages(
        "acm-pca", "ListCertificateAuthorities", parameters, result_key="CertificateAuthorities", region=region
    )
    return [from_detail(each) for each in pages]


def authority_certificates(access: Access, arn: str) -> str | None:
    """The CA's own certificate and those above it, as PEM; None while it has none."""
    try:
        answer = _call(access, "GetCertificateAuthorityCertificate", arn, {}, arn)
    except ServiceError as error:
        require_code(error, {"InvalidStateException"})
        return None
    return f"{answer['Certificate']}\n{answer.get('CertificateChain') or ''}"


def issue_certificate(access: Access, parameters: t.Mapping[str, t.Any], about: str) -> str:
    """The ARN of the certificate - or of an earlier one, if the token was seen within five minutes."""
    answer = _call(access, "IssueCertificate", parameters["CertificateAuthorityArn"], parameters, about)
    return str(answer["CertificateArn"])


def get_certificate(access: Access, authority_arn: str, arn: str, about: str) -> str | None:
    """The certificate and its chain, as PEM; None while AWS is still at it."""
    try:
        answer = _call(access, "GetCertificate", authority_arn, {"CertificateArn": arn}, about)
    except ServiceError as error:
        require_code(error, {"RequestInProgressException"})
        return None
    return f"{answer['Certificate']}\n{answer.get('CertificateChain') or ''}"


def revoke_certificate(access: Access, authority_arn: str, serial: str, reason: str, about: str) -> bool:
    """False where it was revoked already."""
    parameters = {"CertificateSerial": serial, "RevocationReason": reason}
    try:
        _call(access, "RevokeCertificate", authority_arn, parameters, about)
    except ServiceError as error:
        require_code(error, {"RequestAlreadyProcessedException"})
        return False
    return True


def list_permissions(access: Access, arn: str) -> list[dict[str, t.Any]]:
    parameters = {"CertificateAuthorityArn": arn, "MaxResults": _LARGEST_PAGE}
    region = region_of(arn)
    return list(
        access.pages("acm-pca", "ListPermissions", parameters, result_key="Permissions", region=region, about=arn)
    )


def create_permission(access: Access, arn: str, principal: str, actions: t.Sequence[str]) -> None:
    parameters = {"Principal": principal, "Actions": list(actions)}
    _call(access, "CreatePermission", arn, parameters, arn)


def _call(
    access: Access, operation: str, authority_arn: str, parameters: t.Mapping[str, t.Any], about: str
) -> dict[str, t.Any]:
    """A missing certificate or CA is said with the CA's ARN: a wrong account or Region is the usual reason."""
    return access.call(
        "acm-pca",
        operation,
        {"CertificateAuthorityArn": authority_arn, **parameters},
        region=region_of(authority_arn),
        about=about,
    )
