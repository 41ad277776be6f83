# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""CloudWatch, as far as Private CA counts there: revocation lists that could and could not be written.

Source: Private CA guide, "Supported CloudWatch metrics": namespace AWS/ACMPrivateCA, dimension PrivateCAArn.
"""

from __future__ import annotations

from datetime import datetime

from .acm_pca_lookup import AuthorityLookup
from .acm_pca_store import Output
from .calls import Call
from .clock import utc
from .context import Handler

SERVICE = "cloudwatch"
NAMESPACE, DIMENSION = "AWS/ACMPrivateCA", "PrivateCAArn"


class Metrics:
    """GetMetricStatistics; what nobody counted has no data points."""

    def __init__(self, find: AuthorityLookup) -> None:
        self._find = find

    def operations(self) -> dict[str, Handler]:
        return {"GetMetricStatistics": self.get_metric_statistics}

    def get_metric_statistics(self, call: Call) -> Output:
        given = call.parameters
        start, end = _seconds(given["StartTime"]), _seconds(given["EndTime"])
        count = len([moment for moment in self._moments(call) if start <= moment < end])
        point = {"Timestamp": utc(start), "Sum": float(count), "SampleCount": float(count), "Unit": "Count"}
        return {"Label": given["MetricName"], "Datapoints": [point] if count else []}

    def _moments(self, call: Call) -> list[float]:
        given = call.parameters
        named = {item["Name"]: item["Value"] for item in given.get("Dimensions") or []}
        authority = self._find.store.authorities.get(named.get(DIMENSION, ""))
        if given["Namespace"] != NAMESPACE or authority is None:
            return []
        if (authority.account, authority.region) != (call.account, call.region):
            return []
        return authority.crl_writes.get(given["MetricName"], [])


def _seconds(moment: datetime | float) -> float:
    return moment.timestamp() if isinstance(moment, datetime) else float(moment)
