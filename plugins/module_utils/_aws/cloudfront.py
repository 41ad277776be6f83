# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""CloudFront: one function an API call."""

from __future__ import annotations

import dataclasses
import typing as t

from .._errors import ServiceError
from .access import Access
from .errors import require_code


@dataclasses.dataclass(frozen=True)
class Distribution:
    """A standard distribution. ``config`` is what an update has to send back, all of it; ``etag`` is its version."""

    id: str
    arn: str
    status: str
    etag: str
    config: t.Mapping[str, t.Any]

    @property
    def aliases(self) -> tuple[str, ...]:
        return tuple((self.config.get("Aliases") or {}).get("Items") or ())

    @property
    def viewer_certificate(self) -> dict[str, t.Any]:
        return dict(self.config.get("ViewerCertificate") or {})

    @property
    def deployed(self) -> bool:
        return self.status == "Deployed"


def get_distribution(access: Access, distribution_id: str) -> Distribution | None:
    """None where there is no such distribution."""
    about = f"distribution {distribution_id}"
    try:
        answer = access.call("cloudfront", "GetDistribution", {"Id": distribution_id}, about=about)
    except ServiceError as error:
        require_code(error, {"NoSuchDistribution"})
        return None
    return _distribution(answer)


def update_distribution(access: Access, distribution: Distribution, config: t.Mapping[str, t.Any]) -> Distribution:
    """Send the whole configuration back; refused with PreconditionFailed if it has changed since it was read."""
    parameters = {"Id": distribution.id, "DistributionConfig": config, "IfMatch": distribution.etag}
    return _distribution(
        access.call("cloudfront", "UpdateDistribution", parameters, about=f"distribution {distribution.id}")
    )


def distribution_ids_by_alias(access: Access) -> dict[str, str]:
    """{alias: distribution id} of all distributions of the account."""
    found: dict[str, str] = {}
    paging: dict[str, t.Any] = {}
    while True:
        answer = access.call("cloudfront", "ListDistributions", paging, about="the distributions of the account")
        page = answer["DistributionList"]
        for item in page.get("Items") or []:
            found.update({alias.lower(): item["Id"] for alias in (item.get("Aliases") or {}).get("Items") or []})
        if not page.get("IsTruncated"):
            return found
        paging = {"Marker": page["NextMarker"]}


def _distribution(answer: t.Mapping[str, t.Any]) -> Distribution:
    found = answer["Distribution"]
    return Distribution(found["Id"], found["ARN"], found["Status"], answer["ETag"], found["DistributionConfig"])
