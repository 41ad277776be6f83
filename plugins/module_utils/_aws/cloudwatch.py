# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""CloudWatch: one function an API call."""

from __future__ import annotations

import datetime
import typing as t

from .access import Access


def metric_sum(
    access: Access,
    region: str,
    namespace: str,
    metric: str,
    dimension: tuple[str, str],
    start: datetime.datetime,
    end: datetime.datetime,
) -> float:
    """All that was counted between the two moments."""
    parameters: dict[str, t.Any] = {
        "Namespace": namespace,
        "MetricName": metric,
        "Dimensions": [{"Name": dimension[0], "Value": dimension[1]}],
        "StartTime": start,
        "EndTime": end,
        "Period": int((end - start).total_seconds()),
        "Statistics": ["Sum"],
    }
    answer = access.call("cloudwatch", "GetMetricStatistics", parameters, region=region, about=dimension[1])
    return sum(float(point.get("Sum") or 0) for point in answer.get("Datapoints") or [])
