# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""AWS Private CA: the authorities themselves, from their making to their end.

Sources: API model of acm-pca; Private CA guide, "Private CA status". Where AWS's words are unknown, they are ours.
"""

from __future__ import annotations

from cryptography import x509

from . import acm_pca_keys as keys
from . import acm_pca_passthrough as passthrough
from . import acm_pca_rules as rules
from .acm_pca_lookup import AuthorityLookup
from .acm_pca_store import DAY, Authority, Output, new_arn
from .calls import Call
from .context import Handler
from .errors import AwsError

# "Idempotency tokens for CreateCertificateAuthority time out after five minutes" (API model).
TOKEN_LIFETIME = 300
RESTORATION_DAYS = 30


class Authorities:
    """The operations; each takes the call and returns the members of its output."""

    def __init__(self, find: AuthorityLookup) -> None:
        self._find = find
        self._settings = find.context.settings

    def operations(self) -> dict[str, Handler]:
        return {
            "CreateCertificateAuthority": self.create,
            "DescribeCertificateAuthority": self.describe,
            "ListCertificateAuthorities": self.list_all,
            "GetCertificateAuthorityCsr": self.get_csr,
            "ImportCertificateAuthorityCertificate": self.import_certificate,
            "GetCertificateAuthorityCertificate": self.get_certificate,
            "UpdateCertificateAuthority": self.update,
            "DeleteCertificateAuthority": self.delete,
            "RestoreCertificateAuthority": self.restore,
        }

    def create(self, call: Call) -> Output:
        given, now, store = call.parameters, self._find.now, self._find.store
        configuration = given["CertificateAuthorityConfiguration"]
        token = (call.account, call.region, given.get("IdempotencyToken") or "")
        arn, at = store.tokens.get(token, ("", 0.0))
        if arn and now < at + TOKEN_LIFETIME:
            return {"CertificateAuthorityArn": arn}
        self._find.check_bucket(given.get("RevocationConfiguration", {}))
        held = [authority for authority in store.of(call.region, now) if authority.account == call.account]
        if len(held) >= self._settings.authorities_quota:
            raise AwsError(
                "LimitExceededException", f"You have reached {len(held)} certificate authorities, the quota."
            )
        passthrough.subject(configuration["Subject"])
        key = store.new_key(configuration["KeyAlgorithm"])
        keys.check_signing_algorithm(configuration["SigningAlgorithm"], key)
        authority = Authority(
            arn=new_arn(call.account, call.region),
            account=call.account,
            region=call.region,
            type=given["CertificateAuthorityType"],
            configuration=configuration,
            key=key,
            created_at=now,
            ready_at=now + self._settings.authority_create_delay,
            usage_mode=given.get("UsageMode", "GENERAL_PURPOSE"),
            key_storage=given.get("KeyStorageSecurityStandard", "FIPS_140_2_LEVEL_3_OR_HIGHER"),
            revocation=rules.revocation({}, given.get("RevocationConfiguration", {})),
            tags=rules.merged_tags({}, given.get("Tags", [])),
        )
        store.add(authority)
        if token[2]:
            store.tokens[token] = (authority.arn, now)
        return {"CertificateAuthorityArn": authority.arn}

    def describe(self, call: Call) -> Output:
        return {"CertificateAuthority": self._find.authority(call).describe()}

    def list_all(self, call: Call) -> Output:
        """One's own, or those that others share."""
        everyone = self._find.store.of(call.region, self._find.now)
        if call.parameters.get("ResourceOwner") == "OTHER_ACCOUNTS":
            listed = [one for one in everyone if one.account != call.account and one.shared_with(call.account)]
        else:
            listed = [authority for authority in everyone if authority.account == call.account]
        return self._find.page(call, "CertificateAuthorities", [authority.describe() for authority in listed])

    def get_csr(self, call: Call) -> Output:
        authority = self._find.authority(call)
        if authority.status == "CREATING":
            raise AwsError("RequestInProgressException", "The certificate authority is still being created.")
        if authority.status in ("DELETED", "FAILED"):
            raise rules.wrong_state(authority, "to have a certificate signing request")
        return {"Csr": keys.pem(rules.own_request(authority))}

    def import_certificate(self, call: Call) -> Output:
        authority, given, now = self._find.authority(call), call.parameters, self._find.now
        if authority.status == "CREATING":
            raise AwsError("RequestInProgressException", "The certificate authority is still being created.")
        if authority.status in ("DELETED", "FAILED"):
            raise rules.wrong_state(authority, "to import a certificate")
        certificate, chain = rules.imported(authority, given["Certificate"], given.get("CertificateChain") or b"", now)
        self.install(authority, certificate, chain)
        return {}

    def install(self, authority: Authority, certificate: x509.Certificate, chain: list[x509.Certificate]) -> None:
        """The CA can issue from now on; a disabled one stays that."""
        authority.certificate = certificate
        authority.chain = "".join(keys.pem(item) for item in chain)
        if authority.status != "DISABLED":
            authority.enter("ACTIVE", self._find.now)
        self._find.write_crl(authority)

    def get_certificate(self, call: Call) -> Output:
        authority = self._find.authority(call)
        if authority.certificate is None or authority.status in ("DELETED", "FAILED"):
            raise rules.wrong_state(authority, "to have a CA certificate")
        return {"Certificate": authority.pem} | ({"CertificateChain": authority.chain} if authority.chain else {})

    def update(self, call: Call) -> Output:
        authority, given = self._find.authority(call), call.parameters
        if authority.status not in ("ACTIVE", "DISABLED"):
            message = "The certificate authority must be in the ACTIVE or DISABLED state to be updated"
            raise AwsError("InvalidStateException", message)
        status = given.get("Status")
        if status not in (None, "ACTIVE", "DISABLED"):
            raise AwsError("InvalidArgsException", f"A certificate authority cannot be set to {status}.")
        self._find.check_bucket(given.get("RevocationConfiguration", {}))
        authority.revocation = rules.revocation(authority.revocation, given.get("RevocationConfiguration", {}))
        if status is not None:
            authority.enter(status, self._find.now)
        self._find.write_crl(authority)
        return {}

    def delete(self, call: Call) -> Output:
        """An active one has to be disabled before; what never was anything can't be restored (API model)."""
        authority, now = self._find.authority(call), self._find.now
        if authority.status in ("ACTIVE", "DELETED"):
            raise rules.wrong_state(authority, "to be deleted")
        days = call.parameters.get("PermanentDeletionTimeInDays", RESTORATION_DAYS)
        authority.restorable_until = now if authority.status in ("CREATING", "FAILED") else now + days * DAY
        authority.status_before_deletion = authority.status
        authority.enter("DELETED", now)
        return {}

    def restore(self, call: Call) -> Output:
        authority = self._find.authority(call)
        if authority.status != "DELETED":
            raise rules.wrong_state(authority, "to be restored")
        authority.restorable_until = None
        authority.enter(authority.status_before_deletion, self._find.now)
        return {}
