# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""How long certificates of public CAs may last.

CA/Browser Forum, Baseline Requirements 2.2.6, 6.3.2 and 4.2.1 (ballot SC-081v3). A day is 86,400 seconds there.
"""

from __future__ import annotations

import dataclasses
import datetime

from ._durations import as_text
from ._renewal import RESTLESS, RenewalPolicy


@dataclasses.dataclass(frozen=True)
class Limits:
    """In days: how long a certificate is valid, and how long a CA may go on by one validation of its names."""

    validity: int
    validation_reuse: int


#: From which day on; certificates before the first have been issued by the same rule since September 2020.
_STEPS = (
    (datetime.date.min, Limits(398, 398)),
    (datetime.date(2026, 3, 15), Limits(200, 200)),
    (datetime.date(2027, 3, 15), Limits(100, 100)),
    (datetime.date(2029, 3, 15), Limits(47, 10)),
)


def limits(issued_on: datetime.date) -> Limits:
    return [found for first_day, found in _STEPS if issued_on >= first_day][-1]


def policy_fault(policy: RenewalPolicy, issued_on: datetime.date) -> str | None:
    """Why no certificate of a public CA could be renewed so."""
    longest = limits(issued_on).validity
    if policy.renew_before is None or policy.renew_before < datetime.timedelta(days=longest) * RESTLESS:
        return None
    return (
        f"renew_before {as_text(policy.renew_before)} isn't clearly shorter than the {longest}d for which a public CA "
        f"may issue a certificate on {issued_on}"
    )
