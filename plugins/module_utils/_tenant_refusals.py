# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""What it means for a distribution tenant when CloudFront refuses a call."""

from __future__ import annotations

import dataclasses
import re
import typing as t

from . import _conditions
from ._conditions import Condition
from ._tenant_states import (
    GET_BY_NAME,
    NONE,
    REFETCH,
    RETRY,
    SOON,
    THROTTLED,
    UNTIL_DNS_IS_SEEN,
    WAIT,
    Assessment,
    failed,
    pending,
)
from ._tenants import WantedTenant

# aws/aws-sdk-php#3129 has the words; nothing wider, as InvalidArgument says much else, too.
_NOT_POINTING_HERE = re.compile("verify domain name ownership", re.IGNORECASE)
_IN_FLIGHT = re.compile("pending", re.IGNORECASE)
_NO_ENDPOINT = (
    "the routing endpoint of its connection group. It has none that is known (an account's default group may only come "
    "with its first tenant): name one in connection_group_id, or let your web servers answer (self-hosted)"
)
_CONFLICT_CODES = frozenset({"PreconditionFailed", "InvalidIfMatchVersion"})
_THROTTLING = re.compile("Throttl|TooManyRequests|RequestLimitExceeded|SlowDown")
_INVALID_CODES = frozenset(
    {"InvalidArgument", "InvalidAssociation", "InvalidTagging", "EntityNotFound", "NoSuchDistribution", "IllegalUpdate"}
)
GONE_CODES = frozenset({"EntityNotFound", "NoSuchDistributionTenant"})


def after_error(wanted: WantedTenant, operation: str, code: str, said: str, sentence: str = "") -> Assessment:
    """What a refusal means. ``said`` is CloudFront's message, ``sentence`` the whole error for the user."""
    sentence = sentence or f"CloudFront {operation} failed with {code}: {said}"
    if code in _CONFLICT_CODES:
        condition = Condition(_conditions.PENDING, "Conflict", "The tenant has changed meanwhile, and is read again.")
        return Assessment(condition, REFETCH, certificate_ready=None if wanted.absent else False)
    if _THROTTLING.search(code):
        condition = Condition(_conditions.PENDING, "Throttled", sentence)
        return Assessment(condition, RETRY, retry_after=THROTTLED)
    if code == "AccessDenied":
        return failed("AccessDenied", sentence)
    if operation == "DeleteDistributionTenant":
        return _refused_deletion(code, sentence)
    return _refused_change(wanted, operation, code, said, sentence)


def _refused_deletion(code: str, sentence: str) -> Assessment:
    if code == "ResourceNotDisabled":
        condition = Condition(_conditions.PENDING, "Deleting", "CloudFront is still disabling it.")
        return Assessment(condition, WAIT, SOON, None)
    if code in GONE_CODES:
        condition = Condition(_conditions.PENDING, "Absent", "There is no such tenant any more.")
        return Assessment(condition, NONE, certificate_ready=None)
    return dataclasses.replace(failed("AWSError", sentence), certificate_ready=None)


def _refused_change(wanted: WantedTenant, operation: str, code: str, said: str, sentence: str) -> Assessment:
    created = operation == "CreateDistributionTenant"
    if code == "EntityAlreadyExists" and created:
        condition = Condition(
            _conditions.PENDING, "Adopting", "A tenant of this name exists already, and is looked at."
        )
        return Assessment(condition, GET_BY_NAME)
    if code in GONE_CODES and not created:
        condition = Condition(_conditions.PENDING, "Conflict", "The tenant may be gone, and is read again.")
        return Assessment(condition, REFETCH)
    if code == "CNAMEAlreadyExists":
        return failed("DomainConflict", sentence)
    if code == "EntityLimitExceeded":
        return failed("LimitExceeded", f"{sentence} Ask AWS for a higher quota, or delete what isn't needed.")
    if code == "InvalidArgument" and wanted.validated_by_cloudfront and _NOT_POINTING_HERE.search(said):
        return not_pointing(wanted.domains or (), None)
    if code == "InvalidArgument" and not created and wanted.managed and _IN_FLIGHT.search(said):
        return pending("PendingValidation", "CloudFront is still working on an earlier request of this tenant.")
    return failed("InvalidSpec" if code in _INVALID_CODES else "AWSError", sentence)


def not_pointing(
    domains: t.Iterable[str], endpoint: str | None, found: str = "", retry_after: float = UNTIL_DNS_IS_SEEN
) -> Assessment:
    """CloudFront takes no request before the names point to it.

    It can't see where an alias record leads ("Point domains to CloudFront"; _cf-challenge).
    """
    message = (
        f"{', '.join(domains)} must point to CloudFront before the certificate can be requested: a CNAME (at the apex "
        "of a zone an alias record, and a TXT record _cf-challenge.<domain> that names the endpoint) to "
        f"{endpoint or _NO_ENDPOINT}."
    )
    condition = Condition(_conditions.PENDING, "DomainValidationPending", f"{message} {found}".rstrip())
    return Assessment(condition, RETRY, retry_after=retry_after)
