# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private CAs a test asks for, made without a call."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from . import acm_pca_keys as keys
from . import acm_pca_signing as signing
from . import acm_pca_templates as templates
from .acm_pca_authorities import RESTORATION_DAYS
from .acm_pca_lookup import AuthorityLookup
from .acm_pca_rules import own_request
from .acm_pca_store import DAY, SERVICE, Authority, Output
from .calls import Call
from .context import ControlHandler, Handler
from .errors import AwsError

STATUSES = ("CREATING", "PENDING_CERTIFICATE", "ACTIVE", "DELETED", "DISABLED", "EXPIRED", "FAILED")
ROOT_DAYS, SUBORDINATE_DAYS = 3650, 1825
# AWSRAMDefaultPermissionCertificateAuthority, RAM's default for private CAs (Private CA guide, "Cross-account access").
SHARED_ACTIONS = (
    "DescribeCertificateAuthority",
    "GetCertificate",
    "GetCertificateAuthorityCertificate",
    "ListPermissions",
    "ListTags",
)


class AuthorityControl:
    """The handlers of `/sandbox/certificate_authorities` and `/sandbox/crl`."""

    def __init__(self, find: AuthorityLookup, operations: Mapping[str, Handler]) -> None:
        self._find = find
        self._operations = operations

    def handlers(self) -> dict[str, ControlHandler]:
        return {"certificate_authorities": self.certificate_authorities, "crl": self.crl}

    def certificate_authorities(self, method: str, wish: dict[str, Any]) -> Any:
        """POST {account, region, ...}: an active CA; POST {"arn": ..., "changes": {...}}: another state; GET: all."""
        with self._find.context.lock:
            if method == "GET":
                now = self._find.now
                arns = sorted(self._find.store.authorities)
                found = [authority for arn in arns if (authority := self._find.store.find(arn, now))]
                return [authority.describe() | {"Issued": len(authority.issued)} for authority in found]
            try:
                if "changes" in wish:
                    return self._change(self._find.store.authorities[wish["arn"]], wish["changes"])
                return {"arn": self._make(wish)}
            except AwsError as error:
                raise ValueError(f"{error.code}: {error.message}") from error

    def crl(self, method: str, wish: dict[str, Any]) -> Any:
        """GET ?ca=ARN: the revocation list as it is in the bucket, in PEM; null when there is none."""
        with self._find.context.lock:
            authority = self._find.store.authorities[wish["ca"]]
            self._find.write_crl(authority)
            return {"crl": authority.crl}

    def _change(self, authority: Authority, changes: dict[str, Any]) -> Any:
        unknown = sorted(set(changes) - {"status", "failure_reason"})
        if unknown or changes.get("status", "ACTIVE") not in STATUSES:
            raise ValueError(f"status must be one of {', '.join(STATUSES)}; unknown: {', '.join(unknown)}")
        now, status = self._find.now, changes.get("status", authority.status)
        authority.ready_at = now + self._find.context.settings.authority_create_delay
        authority.restorable_until = now + RESTORATION_DAYS * DAY if status == "DELETED" else None
        authority.enter(status, now)
        authority.failure_reason = changes.get("failure_reason", authority.failure_reason)
        return authority.describe()

    def _make(self, wish: dict[str, Any]) -> str:
        """A root CA; a subordinate one gets a root of its own above it."""
        place = (wish["account"], wish["region"])
        parent = self._make(wish | {"subordinate": False, "arn": None}) if wish["subordinate"] else None
        algorithm = wish["key_algorithm"]
        given = {
            "CertificateAuthorityType": "SUBORDINATE" if parent else "ROOT",
            "CertificateAuthorityConfiguration": {
                "KeyAlgorithm": algorithm,
                "SigningAlgorithm": f"SHA256WITH{'RSA' if algorithm.startswith('RSA') else 'ECDSA'}",
                "Subject": {"CommonName": wish["name"] + ("" if parent else " Root")},
            },
            "UsageMode": wish["usage_mode"],
        }
        if wish.get("crl_bucket"):
            crl = {"Enabled": True, "S3BucketName": wish["crl_bucket"], "ExpirationInDays": 7}
            given["RevocationConfiguration"] = {"CrlConfiguration": crl}
        made = self._run(place, "CreateCertificateAuthority", given)["CertificateAuthorityArn"]
        authority = self._find.store.authorities[made]
        authority.settle(authority.ready_at)
        if wish.get("arn"):
            del self._find.store.authorities[made]
            authority.arn = wish["arn"]
            self._find.store.add(authority)
        self._activate(authority, self._find.store.authorities[parent] if parent else None, wish.get("days"))
        if wish.get("shared_with"):
            self._share(place, authority.arn, wish["shared_with"])
        if wish.get("renewal_permission"):
            actions = ["IssueCertificate", "GetCertificate", "ListPermissions"]
            permission = {"Principal": "acm.amazonaws.com", "Actions": actions}
            self._run(place, "CreatePermission", permission | {"CertificateAuthorityArn": authority.arn})
        return authority.arn

    def _activate(self, authority: Authority, parent: Authority | None, days: float | None) -> None:
        """Sign its certificate and import it, as a caller would, but at once."""
        now, issuer = self._find.now, parent or authority
        name = "SubordinateCACertificate_PathLen0" if parent else "RootCACertificate"
        template = templates.template_of(templates.arn_of(name, authority.region), authority.region)
        end = now + (days or (SUBORDINATE_DAYS if parent else ROOT_DAYS)) * DAY
        given = {"SigningAlgorithm": issuer.configuration["SigningAlgorithm"]}
        serial = len(self._find.store.authorities) + 0x1000
        certificate = signing.new_certificate(
            issuer, own_request(authority), template, given, serial, (now - signing.BACKDATED, end)
        )
        body = {"Certificate": keys.pem(certificate).encode()}
        if parent:
            body["CertificateChain"] = (parent.pem + parent.chain).encode()
        place = (authority.account, authority.region)
        self._run(place, "ImportCertificateAuthorityCertificate", {"CertificateAuthorityArn": authority.arn} | body)

    def _share(self, place: tuple[str, str], arn: str, accounts: list[str]) -> None:
        template = templates.arn_of(templates.DEFAULT, place[1])
        principal = {"Principal": {"AWS": accounts}, "Effect": "Allow", "Resource": arn}
        read = principal | {"Action": [f"{SERVICE}:{action}" for action in SHARED_ACTIONS]}
        condition = {"StringEquals": {"acm-pca:TemplateArn": template}}
        issue = principal | {"Action": [f"{SERVICE}:IssueCertificate"], "Condition": condition}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [read, issue]})
        self._run(place, "PutPolicy", {"ResourceArn": arn, "Policy": policy})

    def _run(self, place: tuple[str, str], action: str, parameters: Output) -> Output:
        return self._operations[action](Call(self._find.now, SERVICE, action, *place, "", parameters))
