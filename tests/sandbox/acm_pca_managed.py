# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private certificates that ACM requests and renews: the CA behind CertificateAuthorityArn.

Sources: API model of ACM (FailureReason, RequestCertificateRequest.KeyAlgorithm), ACM guide ("Conditions for using AWS
Private CA to sign ACM private certificates"), terraform-provider-aws#31132 (a CA that is not active yet).
"""

from __future__ import annotations

from cryptography import x509
from cryptography.x509.oid import NameOID

from . import acm_pca_keys as keys
from . import acm_pca_signing as signing
from . import acm_pca_templates as templates
from .acm_certificates import PRIVATE_VALIDITY, Certificate
from .acm_pca_lookup import AuthorityLookup
from .acm_pca_store import Authority
from .certificate_pem import leaf_key


class ManagedIssuer:
    """What ACM does with private CAs, in the name of the certificate's account."""

    def __init__(self, find: AuthorityLookup) -> None:
        self._find = find

    def _authority(self, certificate: Certificate) -> Authority | None:
        found = self._find.store.find(certificate.authority_arn or "", self._find.now)
        return found if found is not None and found.region == certificate.region else None

    @staticmethod
    def _may_issue(authority: Authority, certificate: Certificate) -> bool:
        template = templates.arn_of(templates.DEFAULT, authority.region)
        return authority.grants(certificate.account, "IssueCertificate", template)

    def refusal(self, certificate: Certificate) -> str | None:
        """The FailureReason with which the request ends, or None."""
        if f":acm-pca:{certificate.region}:" not in (certificate.authority_arn or ""):
            return "PCA_INVALID_ARN"
        authority = self._authority(certificate)
        if authority is None:
            return "PCA_RESOURCE_NOT_FOUND"
        if authority.account != certificate.account and not self._may_issue(authority, certificate):
            return "PCA_ACCESS_DENIED"
        if authority.status != "ACTIVE":
            return "PCA_INVALID_STATE"
        if not self._same_family(authority, certificate):
            return "PCA_INVALID_ARGS"
        end = self._find.now + PRIVATE_VALIDITY
        if authority.usage_mode == "SHORT_LIVED_CERTIFICATE" or end > (authority.not_after or 0.0):
            return "PCA_INVALID_DURATION"
        return None

    @staticmethod
    def _same_family(authority: Authority, certificate: Certificate) -> bool:
        """ "When you request a private PKI certificate signed by a CA from AWS Private CA, the specified signing
        algorithm family (RSA or ECDSA) must match the algorithm family of the CA's secret key" (API model)."""
        return authority.configuration["KeyAlgorithm"].partition("_")[0] == certificate.key_algorithm.partition("_")[0]

    def sign(self, certificate: Certificate) -> tuple[str, str]:
        """Body and chain, with the names, serial and dates that Describe shows; the CA remembers it."""
        authority = self._authority(certificate)
        if authority is None:
            raise ValueError(f"{certificate.authority_arn} does not exist")
        names = x509.SubjectAlternativeName([x509.DNSName(name) for name in certificate.names])
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, certificate.names[0])])
        key = leaf_key(certificate.key_algorithm)
        builder = x509.CertificateSigningRequestBuilder().subject_name(subject).add_extension(names, critical=False)
        request = keys.signed(builder, key, f"SHA256WITH{keys.family(key)}")
        template = templates.template_of(templates.arn_of(templates.DEFAULT, authority.region), authority.region)
        given = {"SigningAlgorithm": authority.configuration["SigningAlgorithm"]}
        period = (certificate.not_before or 0.0, certificate.not_after or 0.0)
        serial = int((certificate.serial or "01").replace(":", ""), 16)
        issued = authority.record(
            signing.new_certificate(authority, request, template, given, serial, period), self._find.now
        )
        return issued.pem, authority.pem + authority.chain

    def lets_renew(self, certificate: Certificate) -> bool:
        """By a permission in one account; between accounts by the CA's policy (API model, CreatePermission)."""
        authority = self._authority(certificate)
        if authority is None:
            return False
        if authority.account == certificate.account:
            return authority.lets_acm_renew()
        return self._may_issue(authority, certificate)
