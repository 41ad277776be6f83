# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What CloudFront refuses of a distribution tenant. Pure.

Sources: the API model as botocore has it, and the page "Quotas" (cloudfront-limits), unless a rule names another.
AWS's words are known for the ownership of a domain only (aws-sdk-php#3129).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from .acm_certificates import Certificate
from .cloudfront_domains import covers
from .cloudfront_rules import BAD_CERTIFICATE
from .cloudfront_tenant_store import TenantConfig
from .errors import AwsError
from .settings import Settings

MAX_PARAMETERS = 5
NOT_OWNED = (
    "The provided Domain Name is not valid. Could not verify Domain Name ownership. "
    "It may not be pointing to a valid CloudFront resource."
)
_LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
_DOMAIN = re.compile(rf"(\*\.)?({_LABEL}\.)+{_LABEL}")
_WEB_ACL = re.compile(r"arn:aws:wafv2:us-east-1:\d{12}:global/webacl/[^/]+/[^/]+")
_COUNTRY = re.compile(r"[A-Z]{2}")


def invalid(message: str) -> AwsError:
    return AwsError("InvalidArgument", message)


def check_config(config: TenantConfig, definitions: Iterable[dict[str, Any]], settings: Settings) -> None:
    """What is checked without knowing the rest of the world; `definitions` are the distribution's parameters."""
    _check_domains(config.domains, settings)
    _check_parameters(dict(config.parameters), len(config.parameters), definitions)
    _check_web_acl(config.customizations.get("WebAcl"))
    _check_restrictions(config.customizations.get("GeoRestrictions"))


def _check_domains(domains: tuple[str, ...], settings: Settings) -> None:
    """ "You must specify at least one domain" (CreateDistributionTenant); names are lower case (page CNAMEs)."""
    if not domains:
        raise invalid("At least one domain must be specified.")
    if len(set(domains)) != len(domains):
        raise invalid("A domain is specified more than once.")
    if len(domains) > settings.tenant_domains_quota:
        message = f"A distribution tenant can have at most {settings.tenant_domains_quota} domains."
        raise AwsError("EntityLimitExceeded", message)
    for domain in domains:
        if len(domain) > 253 or not _DOMAIN.fullmatch(domain):
            raise invalid(f"The provided Domain Name is not valid: {domain}")


def _check_parameters(values: dict[str, str], count: int, definitions: Iterable[dict[str, Any]]) -> None:
    """ "A valid parameter value must exist for any parameter that is marked as required in the multi-tenant
    distribution." """
    schemas = {item["Name"]: item.get("Definition", {}).get("StringSchema", {}) for item in definitions}
    if len(values) != count:
        raise invalid("A parameter is specified more than once.")
    if count > MAX_PARAMETERS:
        raise AwsError("EntityLimitExceeded", f"A distribution tenant can have at most {MAX_PARAMETERS} parameters.")
    unknown = sorted(set(values) - set(schemas))
    if unknown:
        raise invalid(f"The distribution does not define the parameters: {', '.join(unknown)}")
    missing = sorted(
        name
        for name, schema in schemas.items()
        if schema.get("Required") and "DefaultValue" not in schema and name not in values
    )
    if missing:
        raise invalid(f"The distribution requires values for the parameters: {', '.join(missing)}")


def _check_web_acl(given: dict[str, str] | None) -> None:
    if given is None:
        return
    arn = given.get("Arn")
    if given["Action"] == "disable" and arn:
        raise invalid("A web ACL cannot be specified with the action disable.")
    if given["Action"] == "override" and not _WEB_ACL.fullmatch(arn or ""):
        raise invalid("The action override needs the ARN of a web ACL of AWS WAF (v2, global).")


def _check_restrictions(given: dict[str, Any] | None) -> None:
    if given is None:
        return
    locations = given.get("Locations") or []
    if (given["RestrictionType"] == "none") == bool(locations):
        raise invalid("Locations must be specified for whitelist and blacklist, and for these only.")
    if not all(_COUNTRY.fullmatch(location) for location in locations):
        raise invalid("Locations are two-letter, upper-case country codes.")


def check_request(request: dict[str, str], domains: tuple[str, ...]) -> None:
    """Managed certificates are validated over HTTP, so never for wildcards (ACM guide, "HTTP validation")."""
    wildcards = [domain for domain in domains if domain.startswith("*.")]
    if wildcards:
        raise invalid(f"A managed certificate cannot be requested for wildcard domains: {', '.join(wildcards)}")
    primary = request.get("PrimaryDomainName", domains[0]).lower()
    if primary not in domains:
        raise invalid(f"The primary domain name {primary} is not a domain of the distribution tenant.")


def check_certificate(certificate: Certificate | None, domains: Iterable[str], now: float, lag: float) -> None:
    """A tenant's own certificate: in us-east-1, of the account, issued, and for all its domains (DeveloperGuide,
    managed-cloudfront-certificates: "The certificate verifies whether you're authorized to use the domain name")."""
    if certificate is None or certificate.usable_since is None or now < certificate.usable_since + lag:
        raise invalid(BAD_CERTIFICATE)
    left = uncovered(domains, certificate)
    if left:
        raise invalid(f"The certificate doesn't cover the domains: {', '.join(left)}")


def uncovered(domains: Iterable[str], certificate: Certificate | None) -> list[str]:
    names = certificate.names if certificate is not None else ()
    return [domain for domain in domains if not any(covers(name, domain) for name in names)]
