# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Before ACM requests certificates of private CAs: whether these will sign, and whether ACM may renew them."""

from __future__ import annotations

import typing as t

from .._aws import acm_pca, sts
from .._aws.access import Access
from .._aws.errors import ACCESS_DENIED_CODES, NOT_FOUND_CODES, require_code
from .._certificates import WantedCertificate
from .._errors import InvalidInput, ServiceError, TlsopsError
from .._private_authorities import (
    ACM_ACTIONS,
    ACM_PRINCIPAL,
    Authority,
    GrantRenewal,
    RenewalGrants,
    acm_problem,
    lacking_permissions,
    unknown_authority,
)
from .._threads import gather

# How AWS refuses a CA of another account, in contrast to one that the credentials have no policy for.
_NOT_SHARED = "no resource-based policy"


def observe(access: Access, wanted: t.Sequence[WantedCertificate], grant: bool) -> RenewalGrants:
    """Two calls for each CA of what is to be requested. Raises InvalidInput with all that ACM would fail."""
    keys: dict[str, set[str]] = {}
    for each in wanted:
        keys.setdefault(str(each.certificate_authority_arn), set()).add(each.key_algorithm)
    seen = gather(lambda arn: _look(access, arn), keys)
    problems = [
        problem
        for arn, (authority, lacking) in zip(keys, seen, strict=True)
        for key_algorithm in sorted(keys[arn])
        if authority and (problem := acm_problem(authority, key_algorithm))
    ]
    if problems:
        raise InvalidInput(problems)
    grants = [GrantRenewal(arn, lacking) for arn, (authority, lacking) in zip(keys, seen, strict=True) if lacking]
    unseen = [arn for arn, (authority, lacking) in zip(keys, seen, strict=True) if lacking is None]
    warnings = [
        f"Whether ACM may renew certificates of {arn} can't be seen: allow acm-pca:DescribeCertificateAuthority and "
        "acm-pca:ListPermissions. For a CA of another account, the resource share decides."
        for arn in unseen
    ]
    if grant:
        return RenewalGrants(tuple(grants), tuple(warnings))
    warnings += [
        f"ACM won't be able to renew certificates of {each.authority_arn}: it may not {', '.join(each.lacking)}. Set "
        "grant_renewal_permission, or run aws acm-pca create-permission."
        for each in grants
    ]
    return RenewalGrants(warnings=tuple(warnings))


def _look(access: Access, arn: str) -> tuple[Authority | None, tuple[str, ...] | None]:
    """The CA, and what ACM lacks; None for what the credentials may not see."""
    authority, lacking = None, None
    try:
        authority = acm_pca.describe_authority(access, arn)
        lacking = tuple(lacking_permissions(acm_pca.list_permissions(access, arn)))
    except ServiceError as error:
        if authority is None and (error.code in NOT_FOUND_CODES or _NOT_SHARED in error.message):
            raise InvalidInput([unknown_authority(arn)]) from error
        require_code(error, ACCESS_DENIED_CODES | NOT_FOUND_CODES | {"InvalidStateException"})
    if authority and lacking and authority.owner_account != sts.account_id(access):
        # CreatePermission: between accounts permissions can't enable renewals, the CA's policy does.
        lacking = ()
    return authority, lacking


def apply(access: Access, renewals: RenewalGrants) -> bool:
    """Whether anything was granted."""
    granted = False
    for each in renewals.grants:
        try:
            acm_pca.create_permission(access, each.authority_arn, ACM_PRINCIPAL, ACM_ACTIONS)
            granted = True
        except ServiceError as error:
            if error.code != "PermissionAlreadyExistsException":
                raise
            # Another run was quicker, unless there was something before.
            if each.before():
                raise TlsopsError(
                    f"ACM has a permission on {each.authority_arn}, but may not {', '.join(each.lacking)}, and AWS "
                    "doesn't extend one: run aws acm-pca delete-permission, and then this again."
                ) from error
    return granted
