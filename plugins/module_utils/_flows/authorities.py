# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""Private CAs as they are, and what is wrong with them."""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

from .._aws import acm_pca, cloudwatch, sts
from .._aws.access import Access
from .._aws.errors import ACCESS_DENIED_CODES, NOT_FOUND_CODES, require_code
from .._chains import Chain, order
from .._errors import InvalidInput, ServiceError
from .._module_result import Result
from .._private_authorities import (
    ACTIVE,
    Authority,
    arn_faults,
    authority_problems,
    authority_result,
    unknown_authority,
)
from .._threads import gather

_OWN, _SHARED = "SELF", "OTHER_ACCOUNTS"
_OBSERVED_FOR = datetime.timedelta(days=1)


@dataclasses.dataclass(frozen=True)
class Wanted:
    """``arns`` empty: all of the Region, and those that others share, if they are wanted."""

    arns: tuple[str, ...]
    region: str
    shared: bool = True


@dataclasses.dataclass(frozen=True)
class Seen:
    """None: it couldn't be looked at, mostly since the credentials may not."""

    authority: Authority
    chain: Chain | None
    permissions: t.Sequence[t.Mapping[str, t.Any]] | None
    failed_crls: float | None


def check(arns: t.Sequence[str], region: str, shared: bool) -> Wanted:
    """Raises InvalidInput."""
    faults = [fault for arn in arns for fault in arn_faults(arn)]
    if faults:
        raise InvalidInput(faults)
    return Wanted(tuple(dict.fromkeys(arns)), region, shared)


def find(access: Access, arn: str) -> Authority:
    """Raises InvalidInput where there is no such CA."""
    try:
        return acm_pca.describe_authority(access, arn)
    except ServiceError as error:
        require_code(error, NOT_FOUND_CODES)
        raise InvalidInput([unknown_authority(arn)]) from error


def read(access: Access, wanted: Wanted, now: datetime.datetime) -> Result:
    if wanted.arns:
        authorities = gather(lambda arn: find(access, arn), wanted.arns)
    else:
        owners = (_OWN, _SHARED) if wanted.shared else (_OWN,)
        listed = gather(lambda owner: acm_pca.list_authorities(access, wanted.region, owner), owners)
        authorities = [each for found in listed for each in found]
    account = sts.account_id(access) if authorities else ""
    seen = gather(lambda authority: _look(access, authority, account, now), authorities)
    shown = [
        authority_result(
            each.authority,
            each.chain,
            each.permissions,
            authority_problems(each.authority, each.permissions, each.failed_crls, now),
        )
        for each in seen
    ]
    return Result(False, {"certificate_authorities": shown})


def _look(access: Access, authority: Authority, account: str, now: datetime.datetime) -> Seen:
    text = _allowed(lambda: acm_pca.authority_certificates(access, authority.arn))
    # Of a CA of another account it is the policy that lets ACM renew, which only that account sees.
    has_permissions = authority.status == ACTIVE and authority.owner_account == account
    permissions = _allowed(lambda: acm_pca.list_permissions(access, authority.arn)) if has_permissions else None
    return Seen(
        authority,
        order(text) if text else None,
        permissions,
        _allowed(lambda: _failed_crls(access, authority, now)) if authority.crl.get("Enabled") else 0,
    )


def _failed_crls(access: Access, authority: Authority, now: datetime.datetime) -> float:
    """AWS counts the lists that it couldn't write to the bucket (user guide, "Monitor with CloudWatch")."""
    return cloudwatch.metric_sum(
        access,
        authority.region,
        "AWS/ACMPrivateCA",
        "MisconfiguredCRLBucket",
        ("PrivateCAArn", authority.arn),
        now - _OBSERVED_FOR,
        now,
    )


Found = t.TypeVar("Found")


def _allowed(look: t.Callable[[], Found]) -> Found | None:
    """Of a CA that another account shares not all can be seen, and AWS may say that it isn't there."""
    try:
        return look()
    except ServiceError as error:
        require_code(error, ACCESS_DENIED_CODES | NOT_FOUND_CODES)
        return None
