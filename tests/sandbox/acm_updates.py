# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ACM: UpdateCertificateOptions and ListCertificateDomainValidations, which move e-mail validation to DNS.

Sources: API model of both; ACM guide, "Updating a certificate's validation method".
"""

from __future__ import annotations

from typing import Any

from .acm import DEFAULT_PAGE, Acm, CertificateStore
from .acm_certificates import Certificate
from .acm_descriptions import challenge, shuffled
from .acm_migration import Migration
from .calls import Call
from .context import Context
from .errors import AwsError


class AcmUpdates:
    """The operations; `install` registers them."""

    def __init__(self, context: Context, store: CertificateStore, acm: Acm) -> None:
        self._context = context
        self._store = store
        self._acm = acm

    def install(self) -> None:
        self._context.register(
            "acm",
            {
                "UpdateCertificateOptions": self.update_certificate_options,
                "ListCertificateDomainValidations": self.list_certificate_domain_validations,
            },
        )

    def update_certificate_options(self, call: Call) -> dict[str, Any]:
        """From EMAIL to DNS; nothing else is "to change" (API model, CertificateOptions). Codes by their names in the
        model, words unknown."""
        certificate, options = self._acm.certificate(call), call.parameters["Options"]
        if "Export" in options:
            # "You cannot update the value of Export after the certificate is created" (API model).
            raise AwsError("ValidationException", "The value of Export cannot be updated.")
        if options.get("ValidationMethod") != "DNS" or certificate.type != "AMAZON_ISSUED":
            raise AwsError("ValidationException", "Only the validation method of a public certificate can become DNS.")
        if certificate.migration and certificate.migration.pending:
            raise AwsError("ConflictException", f"Certificate {certificate.arn} is being updated.")
        if certificate.status != "ISSUED" or certificate.validation_method != "EMAIL":
            raise AwsError(
                "InvalidStateException", f"Certificate {certificate.arn} is not issued by e-mail validation."
            )
        certificate.migration = Migration(self._context.clock.now())
        self._store.watch(certificate)
        return {}

    def list_certificate_domain_validations(self, call: Call) -> dict[str, Any]:
        certificate = self._acm.certificate(call)
        names = shuffled(certificate.names, certificate.arn + "validation")
        size = call.parameters.get("MaxItems", DEFAULT_PAGE)
        size = min(size, self._context.settings.page_limit or size)
        token = call.parameters.get("NextToken", "0")
        if not token.isdigit() or int(token) > len(names):
            raise AwsError("InvalidArgsException", "The NextToken is not valid for this request.")
        page = names[int(token) : int(token) + size]
        answer: dict[str, Any] = {"DomainValidationSummaryList": [self._summary(certificate, name) for name in page]}
        following = int(token) + size
        return answer | ({"NextToken": str(following)} if following < len(names) else {})

    def _summary(self, certificate: Certificate, name: str) -> dict[str, Any]:
        """DomainValidationSummary. The requested configuration "is present only when a migration is in progress", and
        its record comes late, as after a request."""
        status = certificate.validated.get(name, "PENDING_VALIDATION")
        summary = {
            "DomainName": name,
            "ActiveValidationConfiguration": _configuration(certificate, name, certificate.validation_method, status),
        }
        migration = certificate.migration
        if migration and migration.pending:
            found = "SUCCESS" if name in migration.validated else "PENDING_VALIDATION"
            requested = _configuration(certificate, name, "DNS", found)
            if self._context.clock.now() < migration.requested_at + self._context.settings.record_delay:
                del requested["ValidationChallenge"]
            summary["RequestedValidationConfiguration"] = requested
        return summary


def _configuration(certificate: Certificate, name: str, method: str, status: str) -> dict[str, Any]:
    """ValidationConfiguration; HTTP has no challenge in the model."""
    shown: dict[str, Any] = {"ValidationMethod": method, "ValidationStatus": status}
    members = challenge(certificate, name, method)
    if method == "DNS":
        shown["ValidationChallenge"] = {"DnsValidationChallenge": {"ResourceRecord": members["ResourceRecord"]}}
    elif method == "EMAIL":
        shown["ValidationChallenge"] = {"EmailValidationChallenge": members}
    return shown
