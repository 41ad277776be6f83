# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All certificates that ACM keeps."""

from __future__ import annotations

from collections import defaultdict

from .acm_certificates import Certificate, PrivateIssuer


class CertificateStore:
    """All certificates of the sandbox. Guarded by `Context.lock`."""

    def __init__(self) -> None:
        self.private_issuer: PrivateIssuer | None = None
        self.reset()

    def reset(self) -> None:
        self.certificates: dict[str, Certificate] = {}
        self.deleted: dict[str, Certificate] = {}
        self.by_place: dict[tuple[str, str], dict[str, Certificate]] = defaultdict(dict)
        self.requested_at: dict[tuple[str, str], list[float]] = defaultdict(list)
        self.tokens: dict[tuple[str, str, str], tuple[str, float]] = {}
        self.pending: dict[str, Certificate] = {}
        self.migrating: dict[str, Certificate] = {}

    def add(self, certificate: Certificate) -> None:
        if certificate.authority_arn:
            certificate.issuer = self.private_issuer
        self.certificates[certificate.arn] = certificate
        self.by_place[certificate.account, certificate.region][certificate.arn] = certificate
        self.watch(certificate)

    def watch(self, certificate: Certificate) -> None:
        """Keep the lists of the certificates the checker has to look at."""
        migration = certificate.migration
        for watched, wanted in (
            (self.pending, certificate.status == "PENDING_VALIDATION"),
            (self.migrating, migration is not None and migration.pending),
        ):
            watched.pop(certificate.arn, None)
            if wanted and certificate.deleted_at is None:
                watched[certificate.arn] = certificate

    def find(self, arn: str, account: str, region: str, now: float) -> Certificate | None:
        """The certificate of that account and Region, as of now."""
        certificate = self.certificates.get(arn)
        if certificate is None or (certificate.account, certificate.region) != (account, region):
            return None
        certificate.settle(now)
        self.watch(certificate)
        return certificate

    def remove(self, certificate: Certificate, now: float) -> None:
        certificate.deleted_at = now
        del self.certificates[certificate.arn]
        del self.by_place[certificate.account, certificate.region][certificate.arn]
        self.deleted[certificate.arn] = certificate
        self.watch(certificate)
