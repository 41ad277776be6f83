# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private CAs, as a test asks the running sandbox for them."""

from __future__ import annotations

from typing import Any

from .defaults import DEFAULT_ACCOUNT, DEFAULT_REGION


class PrivateAuthorities:
    """What `Sandbox` can do with private CAs; none of it is an AWS call."""

    def control(self, method: str, name: str, wish: dict[str, Any] | None = None) -> Any:
        raise NotImplementedError

    def certificate_authority(
        self,
        account: str = DEFAULT_ACCOUNT,
        region: str = DEFAULT_REGION,
        subordinate: bool = False,
        key_algorithm: str = "EC_prime256v1",
        usage_mode: str = "GENERAL_PURPOSE",
        name: str = "Sandbox Private CA",
        arn: str | None = None,
        days: float | None = None,
        crl_bucket: str | None = None,
        shared_with: list[str] | None = None,
        renewal_permission: bool = False,
    ) -> str:
        """An active private CA: its ARN, which may be given. A subordinate one has a root of its own. `days` is how
        long its certificate lasts, `shared_with` are accounts it is shared with as by RAM; makes no AWS call."""
        wish = {"account": account, "region": region, "subordinate": subordinate, "key_algorithm": key_algorithm}
        wish |= {"usage_mode": usage_mode, "name": name, "arn": arn, "days": days, "crl_bucket": crl_bucket}
        wish |= {"shared_with": shared_with, "renewal_permission": renewal_permission}
        return str(self.control("POST", "certificate_authorities", wish)["arn"])

    def change_certificate_authority(self, arn: str, **changes: Any) -> dict[str, Any]:
        """Force a private CA's `status` (any), with a `failure_reason`."""
        wish = {"arn": arn, "changes": changes}
        found: dict[str, Any] = self.control("POST", "certificate_authorities", wish)
        return found

    def certificate_authorities(self) -> list[dict[str, Any]]:
        """All private CAs as Describe shows them, and how many certificates each has `Issued`, without an AWS call."""
        found: list[dict[str, Any]] = self.control("GET", "certificate_authorities")
        return found

    def crl(self, arn: str) -> str | None:
        """The revocation list as it is in the CA's bucket, in PEM; None when there is none."""
        found: str | None = self.control("GET", "crl", {"ca": arn})["crl"]
        return found
