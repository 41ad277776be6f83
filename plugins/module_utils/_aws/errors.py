# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""botocore's exceptions as one sentence each: what was asked, what AWS said (its code), what to do."""

from __future__ import annotations

import typing as t

try:
    from botocore import exceptions as botocore_exceptions
    from botocore.exceptions import BotoCoreError, ClientError
except ImportError:
    pass  # AnsibleAWSModule says what is missing.

from .._acm_failures import quota_advice
from .._errors import ServiceError

#: Codes that mean "slower", of every service used here. ACM declares none of them but answers ThrottlingException;
#: Route 53 answers Throttling, and PriorRequestNotComplete while it still works on an earlier change of the zone;
#: AWS Private CA's ConcurrentModificationException is the same for a change of the CA.
THROTTLING_CODES = frozenset(
    {
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "RequestThrottled",
        "RequestThrottledException",
        "RequestLimitExceeded",
        "TooManyRequestsException",
        "SlowDown",
        "PriorRequestNotComplete",
        "ConcurrentModificationException",
    }
)
ACCESS_DENIED_CODES = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "NotAuthorized"})
#: AWS Private CA has given up on a certificate, or doesn't have it (any more).
LOST_CODES = frozenset({"RequestFailedException", "ResourceNotFoundException"})
NOT_FOUND_CODES = frozenset({"ResourceNotFoundException", "NoSuchHostedZone"})
#: What a Region that the account hasn't enabled answers, and wrong credentials everywhere.
UNKNOWN_CREDENTIALS_CODES = frozenset(
    {"UnrecognizedClientException", "InvalidClientTokenId", "SignatureDoesNotMatch", "InvalidSignatureException"}
)
EXPIRED_CODES = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})

_SERVICE_NAMES = {
    "acm": "ACM",
    "acm-pca": "AWS Private CA",
    "cloudfront": "CloudFront",
    "elbv2": "Elastic Load Balancing",
    "resourcegroupstaggingapi": "Resource Groups Tagging",
    "route53": "Route 53",
    "secretsmanager": "Secrets Manager",
    "sts": "STS",
}
_IAM_PREFIXES = {"elbv2": "elasticloadbalancing", "resourcegroupstaggingapi": "tag"}
_LONGEST_SERVICE_MESSAGE = 500


def code_of(error: BaseException) -> str:
    """AWS's code of a ClientError; the exception's own name for everything else (``EndpointConnectionError``)."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code") or error.response["ResponseMetadata"]["HTTPStatusCode"])
    return type(error).__name__


def message_of(error: BaseException) -> str:
    """What AWS said, in one line. A Route 53 InvalidChangeBatch may carry its messages outside of ``Error``."""
    text = str(error)
    if isinstance(error, ClientError):
        messages = error.response.get("messages") or []
        text = error.response.get("Error", {}).get("Message") or "; ".join(messages) or text
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST_SERVICE_MESSAGE else text[:_LONGEST_SERVICE_MESSAGE] + "..."


def is_transient(error: BaseException) -> bool:
    """Worth the same call again: the connection broke, or AWS had an internal error."""
    if isinstance(error, ClientError):
        return int(error.response["ResponseMetadata"].get("HTTPStatusCode") or 0) >= 500
    return isinstance(error, (botocore_exceptions.HTTPClientError, botocore_exceptions.ConnectionError))


def service_error(
    error: ClientError | BotoCoreError, service: str, operation: str, region: str | None, about: str
) -> ServiceError:
    code, message = code_of(error), message_of(error)
    where = f"{_SERVICE_NAMES.get(service, service)} {operation}" + (f" in {region}" if region else "")
    asked = f"{about}: {where}" if about else where
    advice = _advice(error, code, message, service, operation)
    said = f"{asked} failed with {code}: {message.rstrip('.')}."
    return ServiceError(f"{said} {advice}".strip(), code=code, operation=operation, service_message=message)


def _advice(error: BaseException, code: str, message: str, service: str, operation: str) -> str:
    if service == "sts" and operation == "AssumeRole" and code in ACCESS_DENIED_CODES:
        return (
            "The role can't be assumed: check that it exists, that its trust policy names the credentials used, and "
            "that the external ID is the one it asks for."
        )
    if code in ACCESS_DENIED_CODES:
        action = f"{_IAM_PREFIXES.get(service, service)}:{operation}"
        return f"Allow {action} to the credentials used (policies that work are in docs/iam of this collection)."
    if code in EXPIRED_CODES:
        return "The credentials have expired: get new ones and run again; what was done is found again."
    if code in UNKNOWN_CREDENTIALS_CODES:
        return "AWS doesn't know these credentials: check the access key, the clock, and that the Region is enabled."
    if code in THROTTLING_CODES:
        return "AWS still throttles after many retries: others use up the account's rate. Run again later."
    if service == "acm-pca" and operation == "GetCertificate" and code in LOST_CODES:
        return "The certificate can't be had any more: run again to request another."
    if code == "LimitExceededException" and operation == "RequestCertificate":
        return quota_advice(message)
    return _connection_advice(error)


def _connection_advice(error: BaseException) -> str:
    if isinstance(error, (botocore_exceptions.NoCredentialsError, botocore_exceptions.PartialCredentialsError)):
        return "Give access_key and secret_key, a profile, or the usual AWS environment variables."
    if isinstance(error, botocore_exceptions.SSLError):
        return "Check the CA bundle (aws_ca_bundle) and any proxy in between."
    if is_transient(error):
        return "Check the Region's name, the network, the proxy and endpoint_url, then run again."
    return ""


def require_code(error: ServiceError, codes: t.Collection[str]) -> None:
    """Go on when AWS said one of ``codes``; anything else is the user's to know."""
    if error.code not in codes:
        raise error
