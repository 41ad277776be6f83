# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What ACM refuses at the request: names, quotas, tags.

The model's own limits (lengths, patterns, enums) are checked before, in model_validation.py.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

from publicsuffixlist import PublicSuffixList

from .errors import AwsError
from .settings import Settings

COMMON_NAME_OCTETS = 64
YEAR = 365 * 86400
TAGS_PER_CERTIFICATE = 50
# "Algorithms supported for an ACM certificate request" (API model, RequestCertificate.KeyAlgorithm).
REQUESTABLE_ALGORITHMS = ("RSA_2048", "EC_prime256v1", "EC_secp384r1")
# "You cannot request a certificate for Amazon-owned domain names" (ACM guide, troubleshooting-failed).
AMAZON_OWNED = ("amazonaws.com", "cloudfront.net", "elasticbeanstalk.com")


def names_of(parameters: dict[str, Any]) -> tuple[str, ...]:
    """The common name first, then the others, without duplicates, in lower case."""
    names = [parameters["DomainName"], *parameters.get("SubjectAlternativeNames", [])]
    return tuple(dict.fromkeys(name.lower() for name in names))


def check_request(parameters: dict[str, Any], names: tuple[str, ...], settings: Settings) -> None:
    """Everything about the request itself; quotas over certificates come after the idempotency token."""
    if len(parameters["DomainName"]) > COMMON_NAME_OCTETS:
        # RFC 5280, ub-common-name; API model, DomainName. AWS's words are unknown.
        raise AwsError(
            "InvalidParameterException",
            f"The first domain name may have {COMMON_NAME_OCTETS} characters at most: {parameters['DomainName']}",
        )
    if len(names) > settings.names_quota:
        # Quota "Domain names per ACM certificate"; message: terraform-provider-aws#35825, #37723.
        raise AwsError("LimitExceededException", "Certificate has too many domains.")
    algorithm = parameters.get("KeyAlgorithm", "RSA_2048")
    if "CertificateAuthorityArn" not in parameters and algorithm not in REQUESTABLE_ALGORITHMS:
        raise AwsError("InvalidParameterException", f"Key algorithm {algorithm} cannot be requested.")
    if parameters.get("ValidationMethod") == "HTTP":
        # HTTP validation exists only through CloudFront's tenants (ACM guide, http-validation).
        raise AwsError("InvalidParameterException", "HTTP validation is only supported for CloudFront.")
    for option in parameters.get("DomainValidationOptions", []):
        name, domain = option["DomainName"].lower(), option["ValidationDomain"].lower()
        base = name.removeprefix("*.")
        if name not in names or not (base == domain or base.endswith("." + domain)):
            # API model, DomainValidationOption: the same domain, or one above it.
            raise AwsError("InvalidDomainValidationOptionsException", f"{domain} cannot validate {name}.")
    if "Tags" in parameters:
        merged_tags({}, parameters["Tags"])


def check_quotas(requested_at: list[float], amazon_issued: int, now: float, settings: Settings) -> None:
    """Certificates per 365 days (deleting gives nothing back) and in all. Source: acm-limits; messages: issues
    terraform-provider-aws#14025, aws-cdk#13651."""
    last_year = sum(1 for at in requested_at if at > now - YEAR)
    if last_year >= settings.yearly_quota:
        raise AwsError(
            "LimitExceededException",
            f"Error: you have reached your limit of {settings.yearly_quota} certificates in the last year.",
        )
    if amazon_issued >= settings.total_quota:
        raise AwsError(
            "LimitExceededException", f"Error: you have reached your limit of {settings.total_quota} certificates."
        )


def merged_tags(present: dict[str, str], tags: list[dict[str, Any]]) -> dict[str, str]:
    """The tags after an addition. Sources: API model (Tag, TooManyTagsException, InvalidTagException), and "Tag
    restrictions" of the ACM guide: 50 a certificate, no `aws:` prefix."""
    keys = [tag["Key"] for tag in tags]
    for key in keys:
        if key.lower().startswith("aws:"):
            raise AwsError("InvalidTagException", f"aws: prefixed tag keys are not allowed for external use: {key}")
    if len(set(keys)) != len(keys):
        raise AwsError("InvalidTagException", "Duplicate tag keys are not allowed.")
    merged = present | {tag["Key"]: tag.get("Value") or "" for tag in tags}
    if len(merged) > TAGS_PER_CERTIFICATE:
        raise AwsError("TooManyTagsException", f"A certificate can have {TAGS_PER_CERTIFICATE} tags at most.")
    return merged


def remaining_tags(present: dict[str, str], tags: list[dict[str, Any]]) -> dict[str, str]:
    """RemoveTagsFromCertificate: without a value the key goes, with a value only that pair (API model)."""
    gone = {tag["Key"] for tag in tags if tag.get("Value") is None or present.get(tag["Key"]) == tag["Value"]}
    return {key: value for key, value in present.items() if key not in gone}


@cache
def _public_suffixes() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=False, only_icann=True)


def failure_of(names: tuple[str, ...], settings: Settings) -> tuple[str, str] | None:
    """The reason, and the name, for which ACM accepts a request and then fails it; None if there is none.

    Source: ACM guide, "Certificate request fails" (troubleshooting-failed).
    """
    for name in names:
        base = name.removeprefix("*.")
        if not _is_public(base):
            return "INVALID_PUBLIC_DOMAIN", name
        if _below(base, settings.domains_not_allowed):
            return "DOMAIN_NOT_ALLOWED", name
        if _below(base, AMAZON_OWNED) or _below(base, settings.domains_needing_verification):
            return "ADDITIONAL_VERIFICATION_REQUIRED", name
    return None


@lru_cache(maxsize=20_000)
def _is_public(name: str) -> bool:
    """A name below a public suffix; asked for every pending name in every round."""
    suffix = _public_suffixes().publicsuffix(name)
    return suffix is not None and suffix != name and not _stray_hyphens(name)


def _stray_hyphens(name: str) -> bool:
    """Hyphens in third and fourth place only as Punycode that can be decoded (same page)."""
    for label in name.split("."):
        if re.match(r"..--", label) is None:
            continue
        try:
            if not label.startswith("xn--") or not label[4:].encode().decode("punycode"):
                return True
        except UnicodeError:
            return True
    return False


def _below(name: str, domains: list[str] | tuple[str, ...]) -> bool:
    return any(name == domain or name.endswith("." + domain) for domain in domains)
