# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A distribution's configuration: what CloudFront adds to it, and what it refuses.

Sources: the API model as botocore has it, unless a rule names another.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

from .acm_certificates import Certificate
from .calls import Call
from .cloudfront_domains import covers
from .errors import AwsError

Config = dict[str, Any]

CERTIFICATE_REGION = "us-east-1"
MAX_ALIASES = 100
MAX_TAGS = 50
MAX_MULTI_TENANT = 20
REQUIREMENTS = (
    "For more details, see: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html"
    "#alternate-domain-names-requirements"
)
# One sentence for everything that is wrong with the certificate itself (as users of CloudFront quote it).
BAD_CERTIFICATE = (
    "The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid, "
    "or doesn't include a valid certificate chain."
)
NONE: Config = {"Quantity": 0}
DEFAULTS: Config = {
    "Aliases": NONE,
    "DefaultRootObject": "",
    "OriginGroups": NONE,
    "CacheBehaviors": NONE,
    "CustomErrorResponses": NONE,
    "Logging": {"Enabled": False, "IncludeCookies": False, "Bucket": "", "Prefix": ""},
    "PriceClass": "PriceClass_All",
    "ViewerCertificate": {"CloudFrontDefaultCertificate": True},
    "Restrictions": {"GeoRestriction": {"RestrictionType": "none", "Quantity": 0}},
    "WebACLId": "",
    "HttpVersion": "http2",
    "IsIPV6Enabled": False,
    "ContinuousDeploymentPolicyId": "",
    "Staging": False,
}
ORIGIN_DEFAULTS: Config = {
    "OriginPath": "",
    "CustomHeaders": NONE,
    "ConnectionAttempts": 3,
    "ConnectionTimeout": 10,
    "OriginShield": {"Enabled": False},
    "OriginAccessControlId": "",
}
BEHAVIOR_DEFAULTS: Config = {
    "TrustedSigners": {"Enabled": False, "Quantity": 0},
    "TrustedKeyGroups": {"Enabled": False, "Quantity": 0},
    "AllowedMethods": {
        "Quantity": 2,
        "Items": ["HEAD", "GET"],
        "CachedMethods": {"Quantity": 2, "Items": ["HEAD", "GET"]},
    },
    "SmoothStreaming": False,
    "Compress": False,
    "LambdaFunctionAssociations": NONE,
    "FunctionAssociations": NONE,
    "FieldLevelEncryptionId": "",
}
# "Required fields when you create or update distributions" (distribution-overview-required-fields): what an update
# needs beyond what the model requires. Wording: aws-controllers-k8s/community#2335.
NEEDED_FOR_UPDATES = (
    "Aliases",
    "CacheBehaviors",
    "CustomErrorResponses",
    "DefaultRootObject",
    "HttpVersion",
    "Logging",
    "PriceClass",
    "Restrictions",
    "ViewerCertificate",
    "WebACLId",
)
# Members that only standard distributions may have.
STANDARD_ONLY = ("PriceClass", "ContinuousDeploymentPolicyId", "Staging")
STANDARD_ONLY_BEHAVIOR = ("SmoothStreaming", "MinTTL", "DefaultTTL", "MaxTTL")
STANDARD_ONLY_LISTS = ("TrustedSigners",)
NOT_FOR_TENANTS = ("Aliases", "PriceClass")
# "When you're using SNI only, you must specify TLSv1 or higher"; vip takes no newer policies
# (code-dot-org#60886 quotes the refusal; console help: SSLv3 and TLSv1 for legacy clients).
SNI_REFUSES = {"SSLv3"}
VIP_TAKES = {"SSLv3", "TLSv1"}


def completed(given: Config) -> Config:
    """The configuration as CloudFront shows it: everything optional is there."""
    config: Config = copy.deepcopy(DEFAULTS) | copy.deepcopy(given)
    for origin in config["Origins"].get("Items", []):
        origin |= {name: value for name, value in copy.deepcopy(ORIGIN_DEFAULTS).items() if name not in origin}
    for behavior in (config["DefaultCacheBehavior"], *config["CacheBehaviors"].get("Items", [])):
        behavior |= {name: value for name, value in copy.deepcopy(BEHAVIOR_DEFAULTS).items() if name not in behavior}
    config["ViewerCertificate"] = _shown_viewer_certificate(config["ViewerCertificate"])
    return config


def _shown_viewer_certificate(given: Config) -> Config:
    """With the deprecated fields too; CloudFrontDefaultCertificate is false once there is a certificate."""
    arn = given.get("ACMCertificateArn")
    if arn is None:
        shown = {"SSLSupportMethod": "vip", "MinimumProtocolVersion": "TLSv1", "CertificateSource": "cloudfront"}
        return {"CloudFrontDefaultCertificate": True, **shown}
    return {
        "CloudFrontDefaultCertificate": False,
        "ACMCertificateArn": arn,
        "SSLSupportMethod": given["SSLSupportMethod"],
        "MinimumProtocolVersion": given["MinimumProtocolVersion"],
        "Certificate": arn,
        "CertificateSource": "acm",
    }


def check_config(config: Config) -> None:
    """What is checked without knowing the rest of the world."""
    check_quantities(config)
    check_connection_mode(config)
    if len(aliases_of(config)) > MAX_ALIASES:
        raise AwsError("TooManyDistributionCNAMEs", f"At most {MAX_ALIASES} alternate domain names are allowed")
    origins = {origin["Id"] for origin in config["Origins"].get("Items", [])}
    target = config["DefaultCacheBehavior"]["TargetOriginId"]
    if target not in origins:
        message = "One or more of your origins or origin groups do not exist."
        raise AwsError("NoSuchOrigin", message, 404)
    check_viewer_certificate(config.get("ViewerCertificate") or {})


def check_connection_mode(config: Config) -> None:
    """ "This field only supports standard distributions" and "... multi-tenant distributions" (DistributionConfig);
    AWS's words are unknown."""
    behaviors = [config["DefaultCacheBehavior"], *(config.get("CacheBehaviors") or {}).get("Items", [])]
    if not is_multi_tenant(config):
        if "TenantConfig" in config:
            raise AwsError("InvalidArgument", "TenantConfig is supported for multi-tenant distributions only.")
        return
    used = [name for name in STANDARD_ONLY if config.get(name, DEFAULTS[name]) != DEFAULTS[name]]
    used += ["Aliases"] if aliases_of(config) else []
    used += [name for name in STANDARD_ONLY_BEHAVIOR for behavior in behaviors if behavior.get(name)]
    used += [name for name in STANDARD_ONLY_LISTS for behavior in behaviors if behavior.get(name, NONE)["Quantity"]]
    if used:
        message = f"Multi-tenant distributions do not support: {', '.join(dict.fromkeys(used))}."
        raise AwsError("InvalidArgument", message)


def is_multi_tenant(config: Config) -> bool:
    return bool(config.get("ConnectionMode", "direct") == "tenant-only")


def parameter_definitions(config: Config) -> list[Config]:
    """What tenants may, or must, give values for."""
    found: list[Config] = (config.get("TenantConfig") or {}).get("ParameterDefinitions") or []
    return found


def check_update(config: Config) -> None:
    """An update is the whole configuration."""
    for name in NEEDED_FOR_UPDATES:
        if name not in config and not (is_multi_tenant(config) and name in NOT_FOR_TENANTS):
            raise AwsError("IllegalUpdate", f"{name} is required for updates")


def check_quantities(value: Any) -> None:
    """InconsistentQuantities: "The value of Quantity and the size of Items don't match." """
    if isinstance(value, dict):
        if "Quantity" in value and value["Quantity"] != len(value.get("Items") or []):
            raise AwsError("InconsistentQuantities", "The value of Quantity and the size of Items don't match.")
        for member in value.values():
            check_quantities(member)
    elif isinstance(value, list):
        for member in value:
            check_quantities(member)


def check_viewer_certificate(given: Config) -> None:
    """The fields among themselves."""
    arn, default = given.get("ACMCertificateArn"), given.get("CloudFrontDefaultCertificate")
    if given.get("IAMCertificateId"):
        raise AwsError("NotImplemented", "The sandbox has no certificates of IAM", 501)
    if arn is None:
        return
    if default:
        # "specify a value for one, not both"; AWS's words are unknown.
        raise _bad("Cannot specify both CloudFrontDefaultCertificate and ACMCertificateArn.")
    if given.get("CertificateSource", "acm") != "acm":
        # certbot-s3front#12, there of IAM's.
        raise _bad('Cannot specify ACMCertificateArn and a CertificateSource not equal to "acm".')
    if given.get("Certificate", arn) != arn:
        raise _bad("Your ACMCertificateArn does not match the given Certificate field.")
    for name in ("SSLSupportMethod", "MinimumProtocolVersion"):
        # "If you specify an ACM certificate ARN, you must also specify values for" both.
        if name not in given:
            raise AwsError("InvalidArgument", f"The parameter {name} is required.")
    _check_protocol(given["SSLSupportMethod"], given["MinimumProtocolVersion"])


def _check_protocol(method: str, version: str) -> None:
    if method == "static-ip":
        raise _bad("Static IP is not enabled for this distribution.")
    if (method == "sni-only" and version in SNI_REFUSES) or (method == "vip" and version not in VIP_TAKES):
        message = "The specified MinimumProtocolVersion cannot be used with the specified SSLSupportMethod"
        raise AwsError("InvalidMinimumProtocolVersion", message)


def _bad(message: str) -> AwsError:
    return AwsError("InvalidViewerCertificate", message)


def check_certificate(certificate: Certificate | None, now: float, lag: float) -> None:
    """It must be in ACM of us-east-1 and of the same account, and be issued; not at once after the issuance."""
    if certificate is None or certificate.usable_since is None or now < certificate.usable_since + lag:
        raise _bad(BAD_CERTIFICATE)


def check_aliases(aliases: Iterable[str], certificate: Certificate | None) -> None:
    """Every alternate domain name needs a certificate that has it (page CNAMEs, "Requirements for using alternate
    domain names"). Messages: terraform-aws-cloudfront-s3-cdn#72, terraform-provider-aws#13828."""
    for alias in aliases:
        if certificate is None:
            raise _bad(
                "To add an alternate domain name (CNAME) to a CloudFront distribution, you must attach a trusted "
                f"certificate that validates your authorization to use the domain name. {REQUIREMENTS}"
            )
        if not any(covers(name, alias) for name in certificate.names):
            raise _bad(
                "The certificate that is attached to your distribution doesn't cover the alternate domain name "
                f"(CNAME) that you're trying to add. {REQUIREMENTS}"
            )


def aliases_of(config: Config) -> list[str]:
    return [alias.lower() for alias in (config.get("Aliases") or {}).get("Items") or []]


def check_version(call: Call, etag: str) -> None:
    """InvalidIfMatchVersion 400 without a version, PreconditionFailed 412 with an old one."""
    version = call.parameters.get("IfMatch")
    if not version:
        message = "The If-Match version is missing or not valid for the resource."
        raise AwsError("InvalidIfMatchVersion", message)
    if version != etag:
        message = "The request failed because it didn't meet the preconditions in one or more header fields."
        raise AwsError("PreconditionFailed", message, 412)


def merged_tags(present: dict[str, str], given: list[dict[str, str]]) -> dict[str, str]:
    tags = present | {tag["Key"]: tag.get("Value") or "" for tag in given}
    if len(tags) > MAX_TAGS or any(key.lower().startswith("aws:") for key in tags):
        raise AwsError("InvalidTagging", "The tagging specified is not valid.")
    return tags
