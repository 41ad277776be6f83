# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""AWS Private CA: whose CA a call means, pages, and the bucket with the revocation list."""

from __future__ import annotations

import base64
import hashlib
import json

from . import acm_pca_signing as signing
from .acm_pca_store import SERVICE, Authority, AuthorityStore, Output, not_found
from .calls import Call
from .context import Context
from .errors import AwsError

DEFAULT_PAGE = 100


class AuthorityLookup:
    """The store as calls see it."""

    def __init__(self, context: Context, store: AuthorityStore) -> None:
        self.context = context
        self.store = store

    @property
    def now(self) -> float:
        return self.context.clock.now()

    def authority(self, call: Call, template_arn: str | None = None) -> Authority:
        """The CA of the call's Region, the caller's own or one shared with it for this action."""
        authority = self._found(call)
        if authority.account != call.account and not authority.grants(call.account, call.action, template_arn):
            action = f"{SERVICE}:{call.action}"
            raise AwsError(
                "AccessDeniedException",
                f"User: {call.principal} is not authorized to perform: {action} on resource: {authority.arn} "
                f"because no resource-based policy allows the {action} action",
            )
        return authority

    def _found(self, call: Call) -> Authority:
        arn = call.parameters.get("CertificateAuthorityArn") or call.parameters["ResourceArn"]
        if not arn.startswith("arn:") or f":{SERVICE}:" not in arn or ":certificate-authority/" not in arn:
            raise AwsError("InvalidArnException", f"{arn} is not the ARN of a certificate authority.")
        authority = self.store.find(arn, self.now)
        # Each Region knows its own CAs only; AWS's words for one of another Region are unknown.
        if authority is None or authority.region != call.region:
            raise not_found(arn)
        return authority

    def page(self, call: Call, member: str, shown: list[Output]) -> Output:
        """One page of what is shown; the token is good for the same question only."""
        size = call.parameters.get("MaxResults", DEFAULT_PAGE)
        size = min(size, self.context.settings.page_limit or size)
        question = {name: value for name, value in call.parameters.items() if name not in ("NextToken", "MaxResults")}
        question |= {"account": call.account, "region": call.region, "action": call.action}
        fingerprint = hashlib.sha256(json.dumps(question, sort_keys=True).encode()).hexdigest()[:16]
        start = 0
        if "NextToken" in call.parameters:
            try:
                known, position = base64.b64decode(call.parameters["NextToken"], validate=True).decode().split(" ")
                start = int(position)
            except ValueError:
                known = ""
            if known != fingerprint:
                raise AwsError("InvalidNextTokenException", "The NextToken is not valid for this request.")
        answer: Output = {member: shown[start : start + size]}
        if start + size < len(shown):
            answer["NextToken"] = base64.b64encode(f"{fingerprint} {start + size}".encode()).decode()
        return answer

    def check_bucket(self, configuration: Output) -> None:
        """A CRL needs a bucket that Private CA may write to (guide, "Access policies for CRLs in Amazon S3"; the words:
        terraform-provider-aws#6460)."""
        crl = configuration.get("CrlConfiguration", {})
        if not crl.get("Enabled"):
            return
        if not crl.get("S3BucketName"):
            raise AwsError("InvalidArgsException", "The CRL configuration needs an S3 bucket name.")
        if crl["S3BucketName"] in self.context.settings.crl_buckets_refusing:
            message = (
                "The ACM Private CA Service Principal 'acm-pca.amazonaws.com' requires 's3:GetBucketAcl' permissions"
            )
            raise AwsError("ValidationException", message)

    def write_crl(self, authority: Authority) -> None:
        """Write the list as of now, unless the bucket does not let it in: then the old one stays."""
        crl, settings = authority.crl_configuration, self.context.settings
        if not crl.get("Enabled") or authority.certificate is None:
            return
        if crl["S3BucketName"] in settings.crl_buckets_refusing:
            authority.crl_writes["MisconfiguredCRLBucket"].append(self.now)
            return
        authority.crl = signing.new_crl(authority, self.now, settings.crl_delay)
        authority.crl_writes["CRLGenerated"].append(self.now)
