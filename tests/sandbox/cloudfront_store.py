# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A distribution as CloudFront keeps and shows it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any

from . import cloudfront_edges
from .clock import utc

Output = dict[str, Any]

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
# Members of DistributionSummary that are the configuration's.
SUMMARY = (
    "Aliases",
    "Origins",
    "OriginGroups",
    "DefaultCacheBehavior",
    "CacheBehaviors",
    "CustomErrorResponses",
    "Comment",
    "PriceClass",
    "Enabled",
    "ViewerCertificate",
    "Restrictions",
    "WebACLId",
    "HttpVersion",
    "IsIPV6Enabled",
    "Staging",
)


def new_id() -> str:
    return "E" + "".join(secrets.choice(ALPHABET) for dummy in range(13))


@dataclass
class Distribution:
    id: str
    account: str
    config: Output
    etag: str
    modified: float
    deployed_at: float
    certificate_deployed_at: float
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def arn(self) -> str:
        return f"arn:aws:cloudfront::{self.account}:distribution/{self.id}"

    @property
    def certificate(self) -> str | None:
        arn: str | None = self.config["ViewerCertificate"].get("ACMCertificateArn")
        return arn

    @property
    def host(self) -> str:
        return f"d{self.id[1:].lower()}.{cloudfront_edges.DOMAIN}"

    @property
    def multi_tenant(self) -> bool:
        return bool(self.config.get("ConnectionMode") == "tenant-only")

    def status(self, now: float) -> str:
        return "InProgress" if now < self.deployed_at else "Deployed"

    def as_output(self, now: float) -> Output:
        return self._head(now) | {
            "InProgressInvalidationBatches": 0,
            "ActiveTrustedSigners": {"Enabled": False, "Quantity": 0},
            "ActiveTrustedKeyGroups": {"Enabled": False, "Quantity": 0},
            "DistributionConfig": self.config,
        }

    def summary(self, now: float) -> Output:
        shown = self._head(now) | {"ETag": self.etag} | {name: self.config[name] for name in SUMMARY}
        return shown | {"ConnectionMode": self.config.get("ConnectionMode", "direct")}

    def _head(self, now: float) -> Output:
        return {
            "Id": self.id,
            "ARN": self.arn,
            "Status": self.status(now),
            "LastModifiedTime": utc(self.modified),
            "DomainName": self.host,
        }


def simple_config(aliases: list[str], certificate_arn: str | None, parameters: list[Output] | None = None) -> Output:
    """The least one can create a distribution from; with `parameters` ({name, required, default}) for tenants."""
    config: Output = {
        "CallerReference": new_id(),
        "Aliases": {"Quantity": len(aliases), "Items": aliases} if aliases else {"Quantity": 0},
        "Origins": {
            "Quantity": 1,
            "Items": [
                {
                    "Id": "origin",
                    "DomainName": "origin.example.net",
                    "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"},
                }
            ],
        },
        "DefaultCacheBehavior": {
            "TargetOriginId": "origin",
            "ViewerProtocolPolicy": "redirect-to-https",
            "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
        },
        "Comment": "",
        "Enabled": True,
    }
    if parameters is not None:
        del config["Aliases"]
        config |= {"ConnectionMode": "tenant-only", "HttpVersion": "http2"}
        config["TenantConfig"] = {"ParameterDefinitions": [_definition(parameter) for parameter in parameters]}
    if certificate_arn:
        config["ViewerCertificate"] = {
            "ACMCertificateArn": certificate_arn,
            "SSLSupportMethod": "sni-only",
            "MinimumProtocolVersion": "TLSv1.2_2021",
        }
    return config


def _definition(given: Output) -> Output:
    schema: Output = {"Required": bool(given.get("required", False))}
    if given.get("default"):
        schema["DefaultValue"] = given["default"]
    return {"Name": given["name"], "Definition": {"StringSchema": schema}}
