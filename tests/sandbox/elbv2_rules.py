# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Elastic Load Balancing (v2) refuses. Sources: its API model as botocore has it, unless a rule names another."""

from __future__ import annotations

import re
from typing import Any

from .acm_certificates import Certificate
from .errors import AwsError
from .settings import Settings

PROTOCOLS = {
    "application": {"HTTP", "HTTPS"},
    "network": {"TCP", "TLS", "UDP", "TCP_UDP", "QUIC", "TCP_QUIC"},
}
SECURE = {"HTTPS", "TLS"}
DEFAULT_SSL_POLICY = "ELBSecurityPolicy-2016-08"
# "Network Load Balancers support RSA certificates with up to 3072-bit keys and ECDSA certificates with curves P-256,
# P-384, and P-521" (notice of AWS in aws-terminator#309; "Supported key algorithms" of the page create-tls-listener,
# in community.aws#2142). Application Load Balancers take all key algorithms of ACM.
NOT_FOR_NETWORK = {"RSA_4096"}
MAX_TAGS = 50
MAX_RESOURCES = 20
CERTIFICATE_ARN = re.compile(r"arn:aws[\w-]*:(acm:[\w-]+:\d{12}:certificate/[\w-]+|iam::\d{12}:server-certificate/.+)")
LOAD_BALANCER_NAME = re.compile(r"(?!internal-)(?!-)[A-Za-z0-9-]{1,32}(?<!-)")


def invalid(message: str) -> AwsError:
    return AwsError("ValidationError", message)


def check_name(name: str) -> None:
    """At most 32 letters, digits and hyphens, no hyphen at the ends, not "internal-..."."""
    if not LOAD_BALANCER_NAME.fullmatch(name):
        raise invalid(f"The load balancer name '{name}' is not valid")


def check_protocol(balancer_type: str, protocol: str | None, port: int | None) -> None:
    """Protocols by type; port and protocol are needed for both types."""
    if protocol is None:
        raise invalid("A listener protocol must be specified")
    if port is None:
        raise invalid("A listener port must be specified")
    if protocol not in PROTOCOLS[balancer_type]:
        allowed = ", ".join(sorted(PROTOCOLS[balancer_type]))
        message = f"Protocol '{protocol}' is not supported for {balancer_type} load balancers; supported are {allowed}"
        raise AwsError("UnsupportedProtocol", message)


def check_actions(balancer_type: str, actions: list[dict[str, Any]]) -> None:
    """Listeners of Network Load Balancers only forward (API model, Action: the other types are for HTTP and HTTPS)."""
    if balancer_type == "network" and any(action["Type"] != "forward" for action in actions):
        raise AwsError("InvalidLoadBalancerAction", "Only forward actions are supported for network load balancers")


def check_ssl_policy(name: str | None) -> None:
    if name is not None and not name.startswith("ELBSecurityPolicy-"):
        raise AwsError("SSLPolicyNotFound", f"SSL policy '{name}' not found")


def only_certificate(given: list[dict[str, Any]]) -> str:
    """ "You can specify one certificate per call. Set CertificateArn but do not set IsDefault." More than one:
    aws-cdk#16509, where the code of TooManyCertificates came through CloudFormation."""
    if len(given) > 1:
        message = f"Up to '1' certificate ARNs can be specified, but '{len(given)}' were specified"
        raise AwsError("TooManyCertificates", message)
    if not given or not given[0].get("CertificateArn"):
        raise invalid("A certificate must be specified")
    if given[0].get("IsDefault") is not None:
        raise invalid("IsDefault cannot be specified")
    arn = str(given[0]["CertificateArn"])
    if not CERTIFICATE_ARN.fullmatch(arn):
        # aws-load-balancer-controller#3942.
        raise invalid(f"Certificate ARN '{arn}' is not valid")
    return arn


def default_certificate(protocol: str, given: list[dict[str, Any]] | None) -> str | None:
    """ "You must provide exactly one certificate" for HTTPS and TLS; there is none for the others."""
    if protocol in SECURE:
        if not given:
            raise invalid(f"A certificate must be specified for {protocol} listeners")
        return only_certificate(given)
    if given:
        raise invalid(f"A certificate cannot be specified for {protocol} listeners")
    return None


def check_certificate(certificate: Certificate | None, arn: str, protocol: str, now: float, settings: Settings) -> None:
    """The certificate is in ACM of the listener's account and Region, was issued, some time ago, and fits.

    Another account's or Region's: CertificateNotFound (terraform-provider-aws#11334). One that is not issued:
    UnsupportedCertificate (terraform-provider-aws#41789, ministryofjustice/modernisation-platform#1202). Just after
    the issuance either comes (terraform-provider-aws#41789, #26245). CloudFront's managed ones "can only be used with
    CloudFront resources" (its DeveloperGuide, managed-cloudfront-certificates).
    """
    if certificate is None:
        raise AwsError("CertificateNotFound", f"Certificate '{arn}' not found")
    unfit = protocol == "TLS" and certificate.key_algorithm in NOT_FOR_NETWORK
    if certificate.usable_since is None or unfit or certificate.held_by:
        raise unsupported(arn)
    if now < certificate.usable_since + settings.elb_certificate_lag:
        if settings.elb_lag_error == "UnsupportedCertificate":
            raise unsupported(arn)
        raise AwsError("CertificateNotFound", f"Certificate '{arn}' not found")


def unsupported(arn: str) -> AwsError:
    message = (
        f"The certificate '{arn}' must have a fully-qualified domain name, a supported signature, "
        "and a supported key size."
    )
    return AwsError("UnsupportedCertificate", message)


def check_room(certificates: list[str], default: str | None, settings: Settings) -> None:
    """Room for one more: 25 certificates "not counting default certificates" (load balancer quotas L-9365A611,
    L-52964454; issue 3 counts them by listener)."""
    counted = [arn for arn in certificates if arn != default or settings.default_in_list_counts]
    if len(counted) >= settings.listener_quota:
        message = f"The maximum number of certificates has been reached ({settings.listener_quota})"
        raise AwsError("TooManyCertificates", message)


def merged_tags(present: dict[str, str], given: list[dict[str, str]]) -> dict[str, str]:
    keys = [tag["Key"] for tag in given]
    if len(set(keys)) < len(keys):
        raise AwsError("DuplicateTagKeys", "Tag keys must be unique")
    tags = present | {tag["Key"]: tag.get("Value") or "" for tag in given}
    if len(tags) > MAX_TAGS:
        raise AwsError("TooManyTags", f"At most {MAX_TAGS} tags can be on a resource")
    return tags


def check_number(arns: list[str], what: str) -> None:
    """ "You can specify up to 20 ... in a single call." """
    if len(arns) > MAX_RESOURCES:
        raise invalid(f"Up to '{MAX_RESOURCES}' {what} can be specified, but '{len(arns)}' were specified")
