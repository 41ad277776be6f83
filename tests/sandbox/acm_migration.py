# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The move of a certificate from e-mail to DNS validation, as ACM keeps it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .clock import utc

# "add the records to your DNS configuration within 72 hours" (ACM guide, "Updating a certificate's validation method").
MIGRATION_PERIOD = 72 * 3600
PENDING = "PENDING_DOMAIN_VALIDATION"


@dataclass
class Migration:
    """Times are the sandbox clock's. `validated` are the names whose CNAME has been seen."""

    requested_at: float
    status: str = PENDING
    updated_at: float | None = None
    validated: set[str] = field(default_factory=set)

    @property
    def pending(self) -> bool:
        return self.status == PENDING

    def settle(self, now: float) -> None:
        if self.pending and now >= self.requested_at + MIGRATION_PERIOD:
            self.finish("FAILED", self.requested_at + MIGRATION_PERIOD)

    def finish(self, status: str, now: float) -> None:
        self.status, self.updated_at = status, now

    def update_summary(self) -> dict[str, Any]:
        """UpdateSummary of DescribeCertificate (API model)."""
        return {
            "Status": self.status,
            "Type": "DOMAIN_VALIDATION_METHOD",
            "DomainValidationMethodUpdateSummary": {"From": "EMAIL", "To": "DNS"},
            "RequestedAt": utc(self.requested_at),
            "UpdatedAt": utc(self.updated_at or self.requested_at),
        }
