# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""AWS Private CA: certificates. moto issues from any CA, for a year, whatever is asked, so this is not moto's.

Sources: API model of acm-pca, Private CA guide; terraform-provider-aws#26968 and #37592 for the messages of CAs that
are in the wrong state. Where AWS's words are unknown, they are ours.
"""

from __future__ import annotations

import re
import secrets

from . import acm_pca_keys as keys
from . import acm_pca_metrics as metrics
from . import acm_pca_signing as signing
from . import acm_pca_templates as templates
from .acm import CertificateStore
from .acm_pca_access import Access
from .acm_pca_authorities import Authorities
from .acm_pca_control import AuthorityControl
from .acm_pca_lookup import AuthorityLookup
from .acm_pca_managed import ManagedIssuer
from .acm_pca_store import SERVICE, Authority, AuthorityStore, IssuedCertificate, Output
from .calls import Call
from .context import Context, Handler
from .errors import AwsError

# "Idempotency tokens for IssueCertificate time out after five minutes" (API model).
TOKEN_LIFETIME = 300


class Certificates:
    """The operations; each takes the call and returns the members of its output."""

    def __init__(self, find: AuthorityLookup) -> None:
        self._find = find
        self._settings = find.context.settings

    def operations(self) -> dict[str, Handler]:
        return {
            "IssueCertificate": self.issue_certificate,
            "GetCertificate": self.get_certificate,
            "RevokeCertificate": self.revoke_certificate,
        }

    def issue_certificate(self, call: Call) -> Output:
        given, now = call.parameters, self._find.now
        template_arn = given.get("TemplateArn") or templates.arn_of(templates.DEFAULT, call.region)
        authority = self._find.authority(call, template_arn)
        template = templates.template_of(template_arn, call.region)
        self._check_state(authority, template)
        keys.check_signing_algorithm(given["SigningAlgorithm"], authority.key)
        arn, at = authority.tokens.get(given.get("IdempotencyToken") or "", ("", 0.0))
        if arn and now < at + TOKEN_LIFETIME:
            # "AWS Private CA recognizes that you are requesting only one certificate": the token alone decides.
            return {"CertificateArn": arn}
        if len(authority.issued) >= self._settings.private_certificates_quota:
            raise AwsError("LimitExceededException", "The certificate authority cannot issue more certificates.")
        issued = self._issue(authority, template, given, now)
        if given.get("IdempotencyToken"):
            authority.tokens[given["IdempotencyToken"]] = (issued.arn, now)
        return {"CertificateArn": issued.arn}

    @staticmethod
    def _check_state(authority: Authority, template: templates.Template) -> None:
        """A root CA that still waits for its certificate issues that one."""
        installing = template.is_root and authority.type == "ROOT" and authority.status == "PENDING_CERTIFICATE"
        if authority.status != "ACTIVE" and not installing:
            message = "The certificate authority is not in a valid state for issuing certificates"
            raise AwsError("InvalidStateException", message)

    def _issue(
        self, authority: Authority, template: templates.Template, given: Output, now: float
    ) -> IssuedCertificate:
        request = keys.read_request(given["Csr"])
        is_own = keys.public_bytes(request.public_key()) == keys.public_bytes(authority.key.public_key())
        if template.is_root and not (is_own and authority.type == "ROOT"):
            raise AwsError("InvalidArgsException", f"{template.name} is for the request of a root CA itself.")
        start, end = signing.start_of(given.get("ValidityNotBefore"), now), signing.end_of(given["Validity"], now)
        if not template.is_root:
            signing.check_validity(authority, start, end, now)
            signing.check_depth(authority, template)
        serial = secrets.randbits(126) | 1 << 126
        certificate = signing.new_certificate(authority, request, template, given, serial, (start, end))
        return authority.record(certificate, now + self._settings.private_issue_delay, template.is_root)

    def get_certificate(self, call: Call) -> Output:
        authority = self._find.authority(call)
        if authority.status in ("CREATING", "DELETED", "FAILED"):
            message = (
                f"The certificate authority {authority.arn} is not in the correct state to have issued certificates."
            )
            raise AwsError("InvalidStateException", message)
        arn = call.parameters["CertificateArn"]
        start, dummy, serial = arn.rpartition("/certificate/")
        if start != authority.arn or re.fullmatch("[0-9a-f]{32}", serial) is None:
            raise AwsError("InvalidArnException", f"{arn} is not the ARN of a certificate of {authority.arn}.")
        issued = authority.issued.get(int(serial, 16))
        if issued is None:
            raise AwsError("ResourceNotFoundException", f"Could not find certificate {arn}.")
        if self._find.now < issued.ready_at:
            raise AwsError("RequestInProgressException", "The request to issue certificate is still in progress.")
        chain = "" if issued.is_self_signed else authority.pem + authority.chain
        return {"Certificate": issued.pem} | ({"CertificateChain": chain} if chain else {})

    def revoke_certificate(self, call: Call) -> Output:
        """By serial in hexadecimal, with colons or without; a second time is an error."""
        authority, now = self._find.authority(call), self._find.now
        if authority.status not in ("ACTIVE", "DISABLED", "EXPIRED"):
            message = "The certificate authority is not in a valid state for revoking certificates"
            raise AwsError("InvalidStateException", message)
        serial = call.parameters["CertificateSerial"]
        if re.fullmatch(r"[0-9A-Fa-f]+|[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2})*", serial) is None:
            raise AwsError("InvalidRequestException", f"The certificate serial {serial} is not hexadecimal.")
        issued = authority.issued.get(int(serial.replace(":", ""), 16))
        if issued is None:
            raise AwsError("ResourceNotFoundException", f"Could not find a certificate with the serial {serial}.")
        if issued.is_self_signed:
            raise AwsError("InvalidRequestException", "A self-signed certificate of a root CA cannot be revoked.")
        if now < issued.ready_at:
            raise AwsError("RequestInProgressException", "The request to issue certificate is still in progress.")
        if issued.revoked_at is not None:
            message = f"The certificate with the serial {serial} has already been revoked."
            raise AwsError("RequestAlreadyProcessedException", message)
        issued.revoked_at, issued.revocation_reason = now, call.parameters["RevocationReason"]
        self._find.write_crl(authority)
        return {}


def install(context: Context, certificates: CertificateStore) -> AuthorityStore:
    """Answer the operations in this context."""
    store = AuthorityStore()
    find = AuthorityLookup(context, store)
    parts = (Authorities(find), Certificates(find), Access(find))
    operations = {name: handler for part in parts for name, handler in part.operations().items()}
    context.register(SERVICE, operations)
    context.register(metrics.SERVICE, metrics.Metrics(find).operations())
    context.control |= AuthorityControl(find, operations).handlers()
    context.on_reset.append(store.reset)
    certificates.private_issuer = ManagedIssuer(find)
    return store
